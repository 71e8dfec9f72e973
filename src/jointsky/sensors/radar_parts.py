"""Parts that radars of several kinds are declared with: moving targets, clutter, SSR."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Metres = Annotated[float, Meta(gt=0, le=50_000)]
Degrees = Annotated[float, Meta(gt=0, le=360)]


class Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all of these are: frozen, given by name, with no field that is not known."""


class MovingTargets(Declared, frozen=True, kw_only=True):
    """How echoes that stand still are taken out: a canceller of delay lines over the pulses."""

    prfs_hz: Annotated[
        tuple[Annotated[float, Meta(gt=0)], ...],
        Meta(min_length=1, description="Pulse repetition frequencies; several: staggered"),
    ]
    delay_lines: Annotated[
        int, Meta(ge=1, le=3, description="1: two-pulse canceller, 2: three-pulse, 3: four-pulse")
    ] = 2
    min_detectable_velocity_mps: Annotated[
        float,
        Meta(ge=0, description="Slower than this along the line of sight, nothing is seen"),
    ] = 0.0


class Clutter(Declared, frozen=True, kw_only=True):
    """False plots that cluster: over spots of the ground that last, and in rain.

    The spots are drawn once for each site from its name; each is a normal cloud of plots.
    """

    ground_plots_per_turn: Annotated[
        float, Meta(ge=0, le=10_000, description="Mean number from all spots together")
    ] = 0.0
    spots: Annotated[int, Meta(ge=1, le=1000, description="How many spots")] = 20
    reach_km: Annotated[float, Meta(gt=0, description="The spots lie this near to the radar")] = (
        40.0
    )
    size_m: Annotated[float, Meta(gt=0, description="Standard deviation of a spot's cloud")] = 500.0
    rain_plots_per_1000_km2: Annotated[
        float,
        Meta(ge=0, le=1000, description="Mean number in a turn from so much rain of 10 mm/h"),
    ] = 0.0


class Interrogator(Declared, frozen=True, kw_only=True):
    """What a secondary radar asks and how well it hears the answers."""

    mode: Annotated[
        Literal["A/C", "S"], Meta(description="S: asks transponders one by one where they can")
    ] = "S"
    max_range_km: Annotated[float, Meta(gt=0, le=1000, description="Farthest answer it takes")] = (
        370.0
    )
    reply_probability: Annotated[
        float, Meta(ge=0, le=1, description="A transponder in view is plotted in a turn")
    ] = 0.98
    range_sigma_m: Annotated[Metres, Meta(description="Standard error of a range")] = 30.0
    azimuth_sigma_deg: Annotated[Degrees, Meta(description="Standard error of an azimuth")] = 0.06
    range_resolution_m: Annotated[
        Metres, Meta(description="Mode A/C answers nearer than this, and in azimuth, are one plot")
    ] = 150.0
    azimuth_resolution_deg: Annotated[
        Degrees, Meta(description="Mode A/C answers nearer than this, and in range, are one plot")
    ] = 0.6
    beamwidth_deg: Annotated[
        Degrees, Meta(description="Mode A/C answers within it can garble each other's codes")
    ] = 2.4
    garbled_probability: Annotated[
        float,
        Meta(ge=0, le=1, description="Overlapping Mode A/C answers lose their codes so often"),
    ] = 0.5
    wrong_code_probability: Annotated[
        float, Meta(ge=0, le=1, description="A Mode A or C code is wrong, and marked unsure")
    ] = 0.002
    altimeter_sigma_m: Annotated[
        float, Meta(ge=0, le=1000, description="Spread of the altimeters' lasting errors")
    ] = 15.0
    false_plots_per_turn: Annotated[
        float, Meta(ge=0, le=10_000, description="Mean number of answers to others, reflections")
    ] = 0.1
