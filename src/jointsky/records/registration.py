"""Registration: how wrong each radar is, as estimated, applied and told to others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Component = Literal["range", "azimuth", "elevation", "clock"]
COMPONENTS: tuple[Component, ...] = ("range", "azimuth", "elevation", "clock")


class BiasEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """By how much a sensor says too much in one thing that it measures.

    Unit: metres (range), radians (azimuth, elevation), seconds (clock: its times are late by so
    much).  What was true = what was told - ``estimate``.
    """

    sensor: Annotated[str, Meta(description="Name of the sensor")]
    row: Annotated[int, Meta(ge=0, description="Its row among the sensors")]
    component: Annotated[Component, Meta(description="What is wrong: range, azimuth, ...")]
    estimate: Annotated[float, Meta(description="How much too much it says; m, rad or s")]
    sigma: Annotated[float, Meta(ge=0, description="Standard error of the estimate, same unit")]
    relative_sigma: Annotated[
        float,
        Meta(ge=0, description="The same against the mean of all radars that measure the thing"),
    ]
    prior_sigma: Annotated[
        float, Meta(gt=0, description="What was taken for granted before anything was seen")
    ]
    observable: Annotated[
        bool, Meta(description="What was seen determines it; else the estimate is mostly prior")
    ]
    since_s: Annotated[
        float, Meta(description="POSIX seconds since when: the begin, or its newest step")
    ]
    evidence: Annotated[int, Meta(ge=0, description="Plots of common targets since then")]


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What a site takes off the plots of a sensor of its own, from a time of that sensor on."""

    sensor: Annotated[str, Meta(description="Name of the sensor")]
    from_s: Annotated[float, Meta(description="Plots told at or after this time, by its clock")]
    range_m: Annotated[float, Meta(description="Taken off each range")] = 0.0
    azimuth_rad: Annotated[float, Meta(description="Taken off each azimuth")] = 0.0
    elevation_rad: Annotated[float, Meta(description="Taken off each elevation")] = 0.0
    clock_s: Annotated[float, Meta(description="Taken off each time")] = 0.0


class RegistrationEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should know of a sensor's errors."""

    time_s: Annotated[float, Meta(description="POSIX seconds at which it was noticed")]
    kind: Annotated[
        Literal["bias-step", "bias-observable", "bias-unobservable", "registration-failed"],
        Meta(
            description="An error changed at once; can be determined; cannot (any longer); "
            "or nothing more is estimated"
        ),
    ]
    sensor: Annotated[str, Meta(description="Name of the sensor")]
    facts: Annotated[dict[str, Any], Meta(description="What else there is to say, by name")] = {}
