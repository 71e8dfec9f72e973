"""What a tracker is told of a radar: what it was declared as, never its biases."""

from __future__ import annotations

import math

from jointsky.records.sensors import Sensor
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import (
    AnyRadar,
    PrimaryRadar,
    SearchRadar,
    SecondaryRadar,
    false_plots_per_turn,
    period_s,
)
from jointsky.sensors.surroundings import Place


def describe(radar: AnyRadar, name: str, place: Place, placed: Placed) -> Sensor:
    """Return the record of a radar named ``name``: place, turn, declared errors, resolution.

    An airborne one has no position.  A chance of detection is told by secondary radars only:
    that of a primary one hangs on target and range, and trackers estimate it.  So they do with
    false plots where these cluster over the ground: one number for a turn would mislead.
    """
    is_on_ground = place.vehicle < 0
    ssr = radar.ssr if isinstance(radar, SecondaryRadar | SearchRadar) else None
    primary: PrimaryRadar | None = None if isinstance(radar, SecondaryRadar) else radar
    reaches_km = [] if ssr is None else [ssr.max_range_km]
    reaches_km += [] if primary is None else [primary.max_range_km]
    false = 0.0 if ssr is None else ssr.false_plots_per_turn
    clusters = False
    if primary is not None:
        false += false_plots_per_turn(primary)
        clusters = primary.clutter is not None and primary.clutter.ground_plots_per_turn > 0.0
    errors = radar.ssr if isinstance(radar, SecondaryRadar) else radar
    elevation_deg = None if primary is None else primary.elevation_sigma_deg
    return Sensor(
        name=name,
        kind="ssr" if primary is None else "radar",
        latitude_rad=place.latitude_rad if is_on_ground else None,
        longitude_rad=place.longitude_rad if is_on_ground else None,
        height_m=place.height_m if is_on_ground else None,
        rotation_period_s=period_s(radar),
        range_max_m=1000.0 * max(reaches_km),
        range_sigma_m=errors.range_sigma_m,
        azimuth_sigma_rad=math.radians(errors.azimuth_sigma_deg),
        elevation_sigma_rad=None if elevation_deg is None else math.radians(elevation_deg),
        doppler_sigma_mps=None if primary is None else primary.doppler_sigma_mps,
        detection_probability=ssr.reply_probability if primary is None and ssr else None,
        false_plots_per_turn=None if clusters else false,
        range_resolution_m=errors.range_resolution_m,
        azimuth_resolution_rad=math.radians(errors.azimuth_resolution_deg),
        senses=(
            *(() if primary is None else ("echo",)),
            *(() if ssr is None else ("transponder",)),
        ),
    )
