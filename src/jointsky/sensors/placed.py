"""What belongs to one sensor where it stands, not to its type: its name and its own errors."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.declare_names import PlainName


class Placed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sensor of a site: its name, which way it faces, and by how much it is wrong.

    Its clock is wrong by ``clock_offset_s`` plus its drift since it was last set, which happens
    at whole multiples of ``clock_set_every_s`` (POSIX time): a function of time alone.
    """

    name: Annotated[PlainName, Meta(min_length=1, max_length=40, description="Unique name")]
    phase: Annotated[
        Annotated[float, Meta(ge=0, lt=1)] | None,
        Meta(description="Part of a turn by which its turns begin later; none: drawn by name"),
    ] = None
    facing_deg: Annotated[
        float,
        Meta(
            ge=-180,
            le=360,
            description="Azimuth of the middle of a sector or of a fixed face; aboard: from the "
            "vehicle's course",
        ),
    ] = 0.0
    range_bias_m: Annotated[
        float, Meta(ge=-10_000, le=10_000, description="Added to every range that it measures")
    ] = 0.0
    azimuth_bias_deg: Annotated[
        float, Meta(ge=-20, le=20, description="Added to every azimuth")
    ] = 0.0
    elevation_bias_deg: Annotated[
        float, Meta(ge=-20, le=20, description="Added to every elevation")
    ] = 0.0
    clock_offset_s: Annotated[
        float, Meta(ge=-60, le=60, description="Its clock minus UTC just after it was set")
    ] = 0.0
    clock_drift_ppm: Annotated[
        float, Meta(ge=-1000, le=1000, description="Its clock gains so many microseconds a second")
    ] = 0.0
    clock_set_every_s: Annotated[
        float, Meta(gt=0, description="Its clock is set anew so often, in seconds")
    ] = 86_400.0
    dropped_turns: Annotated[
        float, Meta(ge=0, le=1, description="Share of turns or frames that are lost as a whole")
    ] = 0.0
    latency_s: Annotated[
        float, Meta(ge=0, le=600, description="From measurement to having the plot at its site")
    ] = 0.0
