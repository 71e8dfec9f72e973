"""Settings of registration: how wrong sensors may be, how fast that changes, when to speak."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]


class RegistrationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How wrong sensors may be before anything is seen of them, and how that is found.

    A prior of 0 says that the sensors are right in that: it is not estimated.
    """

    range_prior_m: Annotated[
        NotNegative, Meta(description="Standard deviation of range errors of radars")
    ] = 500.0
    azimuth_prior_deg: Annotated[
        NotNegative, Meta(description="Standard deviation of azimuth errors of radars")
    ] = 1.0
    elevation_prior_deg: Annotated[
        NotNegative, Meta(description="Standard deviation of elevation errors of radars")
    ] = 1.0
    clock_prior_s: Annotated[
        NotNegative, Meta(description="Standard deviation of the errors of their clocks")
    ] = 2.0
    range_drift_m: Annotated[
        NotNegative, Meta(description="By so much a range error wanders in an hour")
    ] = 2.0
    azimuth_drift_deg: Annotated[
        NotNegative, Meta(description="By so much an azimuth error wanders in an hour")
    ] = 0.005
    elevation_drift_deg: Annotated[
        NotNegative, Meta(description="By so much an elevation error wanders in an hour")
    ] = 0.01
    clock_drift_s: Annotated[
        NotNegative, Meta(description="By so much a clock wanders in an hour")
    ] = 0.005
    acceleration_psd: Annotated[
        Positive, Meta(description="Horizontal acceleration noise of common targets, m²/s³")
    ] = 5.0
    turn_rate_psd: Annotated[
        Positive, Meta(description="Noise of the turn rate of those that manoeuvre, rad²/s³")
    ] = 2e-4
    climb_psd: Annotated[
        Positive, Meta(description="Vertical acceleration noise of common targets, m²/s³")
    ] = 20.0
    age_s: Annotated[
        NotNegative, Meta(description="Positions that aircraft send are so old on average, and")
    ] = 0.1
    age_sigma_s: Annotated[Positive, Meta(description="that average is known so well")] = 0.1
    latency_sigma_s: Annotated[
        Positive, Meta(description="By so much they differ from aircraft to aircraft")
    ] = 0.2
    pressure_offset_m: Annotated[
        Positive, Meta(description="Pressure altitudes lie beside heights by an unknown so large")
    ] = 150.0
    pressure_slope: Annotated[
        Positive, Meta(description="and by an unknown share of the height, this large")
    ] = 0.03
    window_s: Annotated[
        float, Meta(ge=1, le=600, description="Plots are taken together in windows so long")
    ] = 10.0
    lag_s: Annotated[
        float, Meta(ge=0, le=600, description="A window is worked off so long after its end")
    ] = 5.0
    false_steps_per_day: Annotated[
        Positive, Meta(description="So often a step is noticed where there was none, per network")
    ] = 0.1
    most_targets: Annotated[
        int, Meta(gt=0, description="At most so many common targets are followed")
    ] = 400
