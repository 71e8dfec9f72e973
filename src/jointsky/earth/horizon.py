"""How far a radar sees before the earth is in the way: standard refraction as a 4/3 earth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_M = 6_358_050.0
"""Earth radius whose 4/3 is the 8.4774e6 m of the published horizon values (docs: why)."""

EFFECTIVE_RADIUS_M = 4.0 / 3.0 * EARTH_RADIUS_M


def horizon_distance_m(
    radar_height_m: npt.ArrayLike,
    target_height_m: npt.ArrayLike = 0.0,
    effective_radius_m: float = EFFECTIVE_RADIUS_M,
) -> npt.NDArray[np.float64]:
    """Return the distance at which a target comes over the radio horizon, in metres.

    Sum of the tangent lengths ``sqrt(h (2 R + h))`` of both heights over a smooth sphere of the
    effective radius (Skolnik, Introduction to Radar Systems, 3rd ed., 8.3).  30 m: 22.55 km.
    """
    a = np.maximum(np.asarray(radar_height_m, np.float64), 0.0)
    b = np.maximum(np.asarray(target_height_m, np.float64), 0.0)
    r2 = 2.0 * effective_radius_m
    return np.sqrt(a * (r2 + a)) + np.sqrt(b * (r2 + b))


def is_above_horizon(
    distance_m: npt.ArrayLike, radar_height_m: npt.ArrayLike, target_height_m: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Return whether each target is nearer than its horizon distance."""
    return np.asarray(distance_m) <= horizon_distance_m(radar_height_m, target_height_m)
