"""Log entries: what happened, when, at which site, sealed to what happened before."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log."""

    number: Annotated[int, Meta(ge=0, description="Place in the log, from 0, without gaps")]
    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which it happened")]
    kind: Annotated[str, Meta(description="Short and stable: run-begins, track-begins, ...")]
    site: Annotated[str, Meta(description="Name of the site that wrote it; empty: the run")] = ""
    facts: Annotated[dict[str, Any], Meta(description="What else there is to say, by name")] = {}
    seal: Annotated[
        str, Meta(description="BLAKE2b of the seal before and of this entry, 32 hex digits")
    ] = ""
