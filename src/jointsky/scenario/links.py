"""Links between sites, as declared: who hears whom, how late, how surely.

They are read and checked with the rest of a scenario, and act once sites exchange their pictures.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.declare_time import Moment
from jointsky.scenario.sites import Name


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span of time."""

    begin: Annotated[Moment, Meta(description="From this moment")] = 0.0
    end: Annotated[
        Annotated[Moment, Meta()] | None,
        Meta(description="To this moment; none: the end of the scenario"),
    ] = None


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What carries messages between two ends, in both directions."""

    name: Annotated[Name, Meta(description="Unique name")]
    ends: Annotated[
        tuple[str, str],
        Meta(description="Two sites, or nations: a nation stands for each of its sites"),
    ]
    delay_s: Annotated[float, Meta(ge=0, le=600, description="Least time of a message")] = 0.1
    jitter_s: Annotated[
        float, Meta(ge=0, le=600, description="Mean of what comes on top of it, exponential")
    ] = 0.02
    loss: Annotated[float, Meta(ge=0, le=1, description="Share of messages that are lost")] = 0.0
    bandwidth_kbps: Annotated[
        Annotated[float, Meta(gt=0, le=1e9)] | None,
        Meta(description="Most that it carries, kbit/s; none: no limit"),
    ] = None
    outages: Annotated[tuple[Window, ...], Meta(description="When it carries nothing")] = ()
