"""Parts of the agreement study: reference paths, the estimate of a radar's site, pictures."""
