"""How well errors of radars can be known at all: the Cramer-Rao bound of a bench scene.

Written apart from the estimator, and in another way: no filter, but all plots of a target at once.
Unknown are its whole path (place and velocity at each plot) and the errors of all radars.  Between
two plots of a straight leg the path is straight, known to a hair; where a leg begins or ends, or
in a turn, it is free.  The derivatives are differences of the scene's own measurement at the true
places.  The path is eliminated: what stays is the information on the errors (Van Trees 1968,
2.4.3: the bound of the other unknowns' joint information, its Schur complement).
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import cho_solve_banded, cholesky_banded

PRIOR = np.array([500.0, np.radians(1.0), np.radians(1.0), 2.0])
STRAIGHT_PSD, FREE_PSD = 1e-2, 400.0  # m2/s3: 7 m in half a minute; the wildest of a tracker
SHORTEST_S = 1e-2
STEP_M = 1.0
START_M, START_MPS = 1e5, 1e3


def bound(made: dict[str, pd.DataFrame], motion: Any, generate: types.ModuleType) -> np.ndarray:
    """Return the least covariance (4 R, 4 R) of range, azimuth, elevation, clock of each radar.

    ``made`` and ``motion`` are a scene and its targets, by ``generate``; every plot of a target
    counts, false ones do not.  Metres, radians, seconds.
    """
    radars = list(made["radars"].itertuples())
    information = np.diag(np.tile(1.0 / PRIOR**2, len(radars)))
    plots = made["plots"]
    for target, mine in plots[plots.truth_id >= 0].groupby("truth_id"):
        information += of_target(int(target), mine.sort_values("time_s"), motion, radars, generate)
    return np.linalg.inv(information)


def of_target(
    target: int, plots: pd.DataFrame, motion: Any, radars: list[Any], generate: types.ModuleType
) -> np.ndarray:
    """Return what one target's plots tell of the errors (4 R, 4 R)."""
    time_s = plots.time_s.to_numpy()
    n, size = len(plots), 4 * len(radars)
    state = motion.at(np.full(n, target), time_s)
    path = np.zeros((6 * n, 6 * n))
    cross = np.zeros((6 * n, size))
    errors = np.zeros((size, size))
    path[range(6), range(6)] += 1.0 / np.array([START_M] * 3 + [START_MPS] * 3) ** 2
    slopes = np.empty((n, 3, 3))
    for row, radar in enumerate(radars):
        of = plots.radar_id.to_numpy() == row
        slopes[of] = slope(state[:, of], radar, generate)
    for k, row in enumerate(plots.radar_id.to_numpy()):
        radar, by_place = radars[row], slopes[k]
        sigma = np.array(
            [
                radar.range_sigma_m,
                np.radians(radar.azimuth_sigma_deg),
                np.radians(radar.elevation_sigma_deg),
            ]
        )
        by_error = np.zeros((3, 4))
        by_error[:, :3] = np.eye(3)
        by_error[:, 3] = -by_place @ state[3:, k]
        by_place, by_error = by_place / sigma[:, None], by_error / sigma[:, None]
        of, at = slice(6 * k, 6 * k + 3), slice(4 * row, 4 * row + 4)
        path[of, of] += by_place.T @ by_place
        cross[of, at] += by_place.T @ by_error
        errors[at, at] += by_error.T @ by_error
    for k, (dt, free) in enumerate(
        zip(np.diff(time_s), bends(target, time_s, motion), strict=True)
    ):
        path[6 * k : 6 * k + 12, 6 * k : 6 * k + 12] += link(dt, FREE_PSD if free else STRAIGHT_PSD)
    band = np.zeros((12, 6 * n))
    for d in range(12):
        band[d, : 6 * n - d] = np.diagonal(path, -d)
    solved = cho_solve_banded((cholesky_banded(band, lower=True), True), cross)
    return errors - cross.T @ solved


def slope(state: np.ndarray, radar: Any, generate: types.ModuleType) -> np.ndarray:
    """Return how range (m), azimuth and elevation (rad) change with the places (n, 3, 3)."""
    out = np.zeros((state.shape[1], 3, 3))
    for k in range(3):
        moved = np.zeros_like(state)
        moved[k] = STEP_M
        ahead, back = generate.polar(state + moved, radar), generate.polar(state - moved, radar)
        turn = (ahead[1] - back[1] + 180.0) % 360.0 - 180.0
        rise = ahead[2] - back[2]
        out[:, :, k] = np.column_stack([ahead[0] - back[0], np.radians(turn), np.radians(rise)])
    return out / (2.0 * STEP_M)


def link(dt: float, psd: float) -> np.ndarray:
    """Return the information (12, 12) that two states ``dt`` apart lie on one path."""
    dt = max(dt, SHORTEST_S)
    step = np.eye(6)
    step[:3, 3:] = dt * np.eye(3)
    noise = np.kron([[dt**3 / 3.0, dt**2 / 2.0], [dt**2 / 2.0, dt]], np.eye(3)) * psd
    apart = np.hstack([step, -np.eye(6)])
    return apart.T @ np.linalg.solve(noise, apart)


def bends(target: int, time_s: np.ndarray, motion: Any) -> np.ndarray:
    """Return for each span between plots whether the target changes its flight in it."""
    leg = np.searchsorted(motion.key, target * motion.big + np.maximum(time_s, 0.0), "right") - 1
    turns = motion.leg[6, leg] != 0.0
    return (np.diff(leg) != 0) | turns[1:] | turns[:-1]
