"""When a battery could first and last meet a target that flies straight on, and where debris falls.

A shot that is fired at once after the reaction time meets the target at the first moment at which
the target is inside the envelope and the shot can be there: its way over its mean speed.  Debris
falls on a parabola without drag, which is farther than with it: an outer bound of
``speed * sqrt(2 height / g)`` about the point over which it is met.  What is below the horizon of
the battery's own antenna (4/3 earth) is out of its reach.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.duty.units import UnitOf, WeaponOf
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.earth.horizon import horizon_distance_m
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
STEP_S = 3.0
GRAVITY_MPS2 = 9.81
FAR_UP_M = 10_000.0  # a height that nobody measured hides nobody behind the horizon


class Reach(NamedTuple):
    """For each weapon and target, (W, T): seconds from now, NaN where it cannot; the meeting."""

    first_s: Floats
    last_s: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    debris_m: Floats


def reach(
    rows: list[tuple[UnitOf, WeaponOf]], tracks: Tracks, ahead_s: float, fire_in_s: float = 0.0
) -> Reach:
    """Return when and where weapons could meet tracks within ``ahead_s``, as they fly.

    ``fire_in_s``: no order is given before that time, beside the reaction of the battery.
    """
    shape = len(rows), len(tracks)
    made = Reach(*(np.full(shape, np.nan) for _ in Reach._fields))
    if not len(tracks):
        return made
    after_s = np.arange(0.0, ahead_s + STEP_S, STEP_S)
    radius_m = mean_radius_of_curvature_m(float(tracks.latitude_rad.mean()))
    latitude = tracks.latitude_rad[:, None] + tracks.vn_mps[:, None] * after_s / radius_m
    scale = radius_m * np.cos(tracks.latitude_rad)[:, None]
    longitude = tracks.longitude_rad[:, None] + tracks.ve_mps[:, None] * after_s / scale
    climb_mps = np.nan_to_num(tracks.vu_mps)[:, None]
    height_m = tracks.height_m[:, None] + climb_mps * after_s
    speed_mps = np.sqrt(tracks.ve_mps**2 + tracks.vn_mps**2 + climb_mps[:, 0] ** 2)
    for row, (unit, weapon) in enumerate(rows):
        north_m = radius_m * (latitude - unit.latitude_rad)
        middle = np.cos(0.5 * (latitude + unit.latitude_rad))
        range_m = np.hypot(north_m, radius_m * middle * (longitude - unit.longitude_rad))
        up_m = height_m - unit.height_m
        inside = (range_m >= weapon.range_min_m) & (range_m <= weapon.range_max_m)
        # a height that nobody measured counts as one that can be reached
        inside &= ~((up_m < weapon.height_min_m) | (up_m > weapon.height_max_m))
        inside &= (speed_mps <= weapon.target_speed_max_mps)[:, None]
        inside &= range_m <= horizon_distance_m(unit.antenna_m, np.nan_to_num(up_m, nan=FAR_UP_M))
        flight_s = np.hypot(range_m, np.nan_to_num(up_m)) / weapon.mean_speed_mps
        can = inside & (after_s >= unit.reaction_s + fire_in_s + flight_s)
        first = can.argmax(axis=1)
        hit = can.any(axis=1)
        last = can.shape[1] - 1 - can[:, ::-1].argmax(axis=1)
        at = np.arange(len(tracks)), first
        made.first_s[row, hit] = after_s[first[hit]]
        made.last_s[row, hit] = after_s[last[hit]]
        made.latitude_rad[row, hit] = latitude[at][hit]
        made.longitude_rad[row, hit] = longitude[at][hit]
        fall_s = np.sqrt(2.0 * np.maximum(np.nan_to_num(up_m[at]), 0.0) / GRAVITY_MPS2)
        made.debris_m[row, hit] = (speed_mps * fall_s)[hit]
    return made
