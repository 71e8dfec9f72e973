"""Settings of the tracker: few, declared, each with a physical meaning."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class TrackerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How targets are expected to move, appear and vanish.  The defaults serve every sky."""

    quiet_acceleration_psd: Annotated[
        Positive, Meta(description="Straight flight: horizontal acceleration noise, m²/s³")
    ] = 0.1
    manoeuvre_acceleration_psd: Annotated[
        Positive, Meta(description="Manoeuvre: horizontal acceleration noise, m²/s³")
    ] = 400.0
    quiet_climb_psd: Annotated[
        Positive, Meta(description="Level flight: vertical acceleration noise, m²/s³")
    ] = 0.03
    manoeuvre_climb_psd: Annotated[
        Positive, Meta(description="Manoeuvre: vertical acceleration noise, m²/s³")
    ] = 10.0
    mean_straight_s: Annotated[
        Positive, Meta(description="Mean time between manoeuvres, seconds")
    ] = 40.0
    mean_manoeuvre_s: Annotated[
        Positive, Meta(description="Mean length of a manoeuvre, seconds")
    ] = 20.0
    speed_sigma_mps: Annotated[
        Positive, Meta(description="Spread of a new target's speed along each horizontal axis")
    ] = 160.0
    climb_sigma_mps: Annotated[
        Positive, Meta(description="Spread of a new target's rate of climb")
    ] = 8.0
    unseen_height_m: Annotated[
        float, Meta(description="Height taken for a new target that nothing gives a height of")
    ] = 1000.0
    unseen_height_sigma_m: Annotated[
        Positive, Meta(description="Standard error of that height")
    ] = 2000.0
    mode_c_sigma_m: Annotated[
        Positive, Meta(description="Standard error of a Mode C altitude as a height")
    ] = 15.0
    detection_probability: Annotated[Share, Meta(description="For a sensor that declares none")] = (
        0.9
    )
    lost_view_probability: Annotated[
        Share, Meta(description="Chance per turn that a sensor loses a target from its view")
    ] = 0.02
    false_plots_per_turn: Annotated[
        Positive, Meta(description="Start of the estimate for a sensor that declares none")
    ] = 20.0
    new_targets_per_turn: Annotated[
        Positive, Meta(description="Targets that appear in one sensor's view in one turn")
    ] = 0.5
    gate_probability: Annotated[
        float, Meta(gt=0.5, lt=1, description="Share of a target's own plots inside its gate")
    ] = 0.9997
    confirm_existence: Annotated[
        float,
        Meta(gt=0, le=0.999, description="A track is confirmed at this probability of existence"),
    ] = 0.99
    drop_existence: Annotated[
        Share, Meta(description="A confirmed track is ended below this probability")
    ] = 0.5
    coast_s: Annotated[
        Positive,
        Meta(description="A track that nothing updates ends after this time, or four turns"),
    ] = 30.0
