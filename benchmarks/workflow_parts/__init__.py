"""Parts of what tries out the joint workflow: every interleaving, and long histories."""
