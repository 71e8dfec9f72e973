"""Settings of the tracker: few, declared, each with a physical meaning."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class TrackerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How targets are expected to move, appear and vanish.  The defaults serve every sky."""

    association: Annotated[
        Literal["sharp", "belief", "jpda", "assignment"],
        Meta(
            description="Who made a plot: marginal probabilities over the best permutations "
            "(close tracks stay apart), by belief propagation, exact, or the one best assignment"
        ),
    ] = "sharp"
    quiet_acceleration_psd: Annotated[
        Positive, Meta(description="Straight flight: horizontal acceleration noise, m²/s³")
    ] = 0.05
    quiet_climb_psd: Annotated[
        Positive, Meta(description="Level flight: vertical acceleration noise, m²/s³")
    ] = 0.03
    climb_psd: Annotated[
        Positive, Meta(description="Climb and descent: vertical acceleration noise, m²/s³")
    ] = 20.0
    turn_acceleration_mps2: Annotated[
        Positive, Meta(description="Spread of the acceleration across the path in a turn, m/s²")
    ] = 10.0
    turn_rate_psd: Annotated[
        Positive, Meta(description="Turn: noise of the turn rate, rad²/s³")
    ] = 2e-5
    manoeuvre_acceleration_psd: Annotated[
        Positive, Meta(description="Manoeuvre: horizontal acceleration noise, m²/s³")
    ] = 400.0
    hover_memory_s: Annotated[
        Positive, Meta(description="Slow flight: time after which a velocity is forgotten, seconds")
    ] = 20.0
    hover_speed_sigma_mps: Annotated[
        Positive, Meta(description="Slow flight: standard deviation of the speed along an axis")
    ] = 8.0
    mean_straight_s: Annotated[
        Positive, Meta(description="Mean time between manoeuvres, seconds")
    ] = 180.0
    mean_manoeuvre_s: Annotated[
        Positive, Meta(description="Mean length of a manoeuvre, seconds")
    ] = 60.0
    speed_sigma_mps: Annotated[
        Positive, Meta(description="Spread of a new target's speed along each horizontal axis")
    ] = 160.0
    climb_sigma_mps: Annotated[
        Positive, Meta(description="Spread of a new target's rate of climb")
    ] = 10.0
    unseen_height_m: Annotated[
        float, Meta(description="Height taken for a new target that nothing gives a height of")
    ] = 1000.0
    unseen_height_sigma_m: Annotated[
        Positive, Meta(description="Standard error of that height")
    ] = 2000.0
    mode_c_sigma_m: Annotated[
        Positive, Meta(description="Standard error of a Mode C altitude as a height")
    ] = 15.0
    detection_probability: Annotated[
        Share, Meta(description="Start of the estimate for a sensor that declares none")
    ] = 0.9
    lost_view_probability: Annotated[
        Share, Meta(description="Chance per turn that a sensor loses a target from its view")
    ] = 0.02
    false_plots_per_turn: Annotated[
        Positive, Meta(description="Start of the estimate for a sensor that declares none")
    ] = 20.0
    targets_per_1000_km2: Annotated[
        Positive, Meta(description="Targets over so much ground before anything is seen")
    ] = 1.0
    mean_flight_s: Annotated[
        Positive, Meta(description="Mean time that a target is there: new ones enter as often")
    ] = 1200.0
    ceiling_m: Annotated[
        Positive, Meta(description="Height below which nearly all targets fly")
    ] = 15_000.0
    gate_probability: Annotated[
        float, Meta(gt=0.5, lt=1, description="Share of a target's own plots inside its gate")
    ] = 0.9997
    confirm_existence: Annotated[
        float,
        Meta(gt=0, le=0.999, description="A track is confirmed at this probability of existence"),
    ] = 0.99
    show_existence: Annotated[
        Share, Meta(description="A confirmed track is in no picture below this probability")
    ] = 0.5
    drop_existence: Annotated[
        Share, Meta(description="A confirmed track is ended below this probability")
    ] = 0.02
    coast_s: Annotated[
        Positive,
        Meta(description="A track that nothing updates ends after this time, or four turns"),
    ] = 30.0
    late_s: Annotated[
        float,
        Meta(ge=0, description="Plots that come this late are still taken in their place"),
    ] = 5.0
    sector_s: Annotated[
        float,
        Meta(gt=0, description="The plots of one sweep wait at most so long for those beside them"),
    ] = 1.0
