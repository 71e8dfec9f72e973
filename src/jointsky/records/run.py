"""Runs: where a simulation was written and what came out, as figures."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A simulated run.  Its tables are Parquet files in the folder, to be read as they lie."""

    folder: Annotated[str, Meta(description="Where truth, plots, tracks, log and report are")]
    is_whole: Annotated[bool, Meta(description="False: interrupted, up to figures['end_s']")]
    figures: Annotated[dict[str, Any], Meta(description="What summary.json holds")]
