"""Links between sites, as declared: who hears whom, how late, how surely, and what goes over them.

A nation as an end stands for each of its sites: there is then a link between every site of one end
and every site of the other, each with all that is declared, named ``NAME.SITE.SITE``.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.declare_time import Window
from jointsky.exchange.declared import Share
from jointsky.scenario.sites import Name

LinkShare = Share | Literal["words"]


class Failing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Outages at random: spans without and with the link take turns, exponential of length."""

    share: Annotated[float, Meta(ge=0, le=1, description="Of the time, in the long run")]
    mean_s: Annotated[float, Meta(gt=0, le=1e6, description="Mean length of an outage")] = 60.0


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What carries packets between two ends, in both directions, each way apart from the other."""

    name: Annotated[Name, Meta(description="Unique name")]
    ends: Annotated[
        tuple[str, str],
        Meta(description="Two sites, or nations: a nation stands for each of its sites"),
    ]
    share: Annotated[
        LinkShare,
        Meta(
            description="plots: all plots; fused: tracks, both fuse; responsible: better tracks; "
            "words: only what command posts say to each other"
        ),
    ] = "plots"
    delay_s: Annotated[float, Meta(ge=0, le=600, description="Least time of a packet")] = 0.1
    jitter_s: Annotated[
        float, Meta(ge=0, le=600, description="Mean of what comes on top of it, exponential")
    ] = 0.02
    loss: Annotated[float, Meta(ge=0, le=1, description="Share of packets that are lost")] = 0.0
    bandwidth_kbps: Annotated[
        Annotated[float, Meta(gt=0, le=1e9)] | None,
        Meta(description="Most that it carries each way, kbit/s; none: no limit"),
    ] = None
    queue_s: Annotated[
        float,
        Meta(gt=0, le=600, description="A packet that would wait longer to be sent is dropped"),
    ] = 2.0
    outages: Annotated[tuple[Window, ...], Meta(description="When it carries nothing")] = ()
    fails: Annotated[
        Failing | None, Meta(description="Further outages, at random by the scenario's seed")
    ] = None
    relay: Annotated[
        str,
        Meta(description="Name of a vehicle that carries it, while both ends are in its sight"),
    ] = ""
    relay_range_km: Annotated[
        float, Meta(gt=0, le=1000, description="Farthest from the relay that an end may be")
    ] = 150.0


class Partition(Window, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span of time in which the network lies in parts that do not hear each other."""

    groups: Annotated[
        tuple[tuple[str, ...], ...],
        Meta(
            min_length=1,
            description="Sites, or nations for all of their sites, that still hear one another; "
            "those in no group are one more",
        ),
    ]
