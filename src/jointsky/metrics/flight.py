"""Flight: where the reference flies straight, turns, accelerates or climbs.

About each point of the reference, over ``WINDOW_S`` to both sides: the slope of its velocities
(or the bend of a parabola through its positions, where it sends no velocity) gives the
acceleration, split along and across its horizontal flight.  In this order:

    turning       across at least 0.5 m/s2 and turn rate at least 0.5 degrees a second
    accelerating  along at least 0.5 m/s2, either sign
    climbing      climbing or descending at 500 ft/min (2.54 m/s) or more
    straight      none of these
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.metrics import flight_kernels as kernels
from jointsky.metrics.paths import Floats, Paths
from jointsky.units import DEGREE_RAD, FOOT_PER_MINUTE_MPS

PHASES = ("straight", "turning", "accelerating", "climbing")
WINDOW_S = 8.0
TURN_RATE_RADPS = 0.5 * DEGREE_RAD
LATERAL_MPS2 = 0.5
ALONG_MPS2 = 0.5
CLIMB_MPS = 500.0 * FOOT_PER_MINUTE_MPS


def with_motion(paths: Paths, max_gap_s: float = 20.0) -> tuple[Paths, npt.NDArray[np.int8]]:
    """Return the paths with velocity and climb filled in where they were missing, and phases.

    The phases (n,) count ``PHASES``; -1 where a path has too few points to tell.
    """
    n = len(paths)
    velocity, acceleration = np.full((n, 3), np.nan), np.full((n, 3), np.nan)
    kernels.motion(
        paths.time_s,
        paths.position_m,
        paths.velocity_mps,
        paths.start,
        WINDOW_S,
        max_gap_s,
        velocity,
        acceleration,
    )
    climb = _climb(paths)
    phase = np.empty(n, np.int8)
    kernels.phases(
        paths.position_m,
        velocity,
        acceleration,
        climb,
        paths.flat,
        TURN_RATE_RADPS,
        LATERAL_MPS2,
        ALONG_MPS2,
        CLIMB_MPS,
        phase,
    )
    return dataclasses.replace(paths, velocity_mps=velocity, climb_mps=climb), phase


def _climb(paths: Paths) -> Floats:
    """Return the climb as it is told, else the slope of the pressure altitude, else of height."""
    climb = paths.climb_mps.copy()
    for column in (paths.pressure_altitude_m, paths.height_m):
        if np.isfinite(climb).all():
            break
        fitted = np.empty(len(paths))
        kernels.slopes(paths.time_s, column, paths.start, WINDOW_S, fitted)
        climb = np.where(np.isfinite(climb), climb, fitted)
    return climb
