"""Assessments: what a track is taken for, why, and what it could reach."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Identity = Literal["friend", "assumed-friend", "neutral", "unknown", "suspect", "hostile"]
IDENTITIES: tuple[Identity, ...] = (
    *("friend", "assumed-friend", "neutral"),
    *("unknown", "suspect", "hostile"),
)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that speaks for or against something, in words that people read."""

    source: Annotated[
        str,
        Meta(
            description="transponder, remote-id, plan, corridor, zone, motion, sensor, report, "
            "signal, person or model"
        ),
    ]
    words: Annotated[str, Meta(description="What it is: squawk 7000; slow and low, like a drone")]
    shift: Annotated[
        float,
        Meta(
            description="By how much it changed the logarithm of the odds that the track is "
            "hostile: positive speaks for it"
        ),
    ] = 0.0


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What one site takes one track for, from a time on."""

    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, from which it holds")]
    track: Annotated[int, Meta(description="System number of the track")]
    identity: Annotated[Identity, Meta(description="What follows: see IDENTITIES")]
    domain: Annotated[
        str, Meta(description="Likeliest domain (drone, missile, bird, ...); empty: not known")
    ] = ""
    type: Annotated[
        str, Meta(description="Likeliest class of vehicle (airliner, ...); empty: not known")
    ] = ""
    is_civil: Annotated[bool, Meta(description="Whether it is likelier civil than all else")] = (
        False
    )
    hostile: Annotated[float, Meta(ge=0, le=1, description="Probability that it is hostile")] = 0.0
    classes: Annotated[
        dict[str, float],
        Meta(description="Probability of each class that is not negligible, the likeliest first"),
    ] = {}
    evidence: Annotated[
        tuple[Evidence, ...], Meta(description="What it follows from, the weightiest first")
    ] = ()
    decided_by: Annotated[
        str, Meta(description="Person who decided the identity, which then stays; empty: nobody")
    ] = ""


class Threat(msgspec.Struct, frozen=True, kw_only=True):
    """Whether, when and how near a track may come to one protected zone."""

    time_s: Annotated[float, Meta(description="POSIX seconds, UTC, at which this was expected")]
    track: Annotated[int, Meta(description="System number of the track")]
    zone: Annotated[str, Meta(description="Name of the protected zone")]
    level: Annotated[
        float, Meta(ge=0, le=1, description="Threat: what the list is ranked by, highest first")
    ]
    reach: Annotated[
        float, Meta(ge=0, le=1, description="Probability that it comes into the zone as it flies")
    ]
    closest_m: Annotated[
        float, Meta(ge=0, description="Closest approach to the rim as it flies; 0: inside")
    ]
    closest_sigma_m: Annotated[float, Meta(ge=0, description="Standard error of that")]
    go_s: Annotated[
        float, Meta(ge=0, description="Time to the rim, or to the closest approach; 0: inside")
    ]
    go_sigma_s: Annotated[float, Meta(ge=0, description="Standard error of that")]
    soonest_s: Annotated[
        float,
        Meta(ge=0, description="Time in which it could be there if it turned that way now"),
    ]
    words: Annotated[tuple[str, ...], Meta(description="Why it ranks so, in words")] = ()
