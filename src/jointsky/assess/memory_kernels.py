"""Kernels behind memory.py: means of what a track shows move towards what is told of it now.

float64; no checks and no allocation: memory.py does both.
Shapes: T tracks; N rows of memory; M stations.
"""

# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inlined, kernel


@inlined
def _share(dt, life, memory_s, is_first):
    """Return the weight of the newest reading: all time alike at first, forgetting later."""
    if is_first:
        return 1.0
    newest = max(-math.expm1(-dt / memory_s), dt / max(life, 1e-9))
    return min(max(newest, 0.0), 1.0)


@kernel
def motion(
    rows, dt, is_new, ve, vn, vu, above, covariance, life_s, sigmas, memory_s, height_sigma_max_m,
    out_speed_sigma, means
):  # fmt: skip
    """Move the means (N, 3, 2) of speed, climb and height of some rows (T,).

    ``sigmas`` (3,): errors that are added to those told.
    """
    for t in range(len(rows)):
        row = rows[t]
        speed = math.hypot(ve[t], vn[t])
        e, n = ve[t] / max(speed, 1e-9), vn[t] / max(speed, 1e-9)
        cov = covariance[t]
        speed_var = e * e * cov[3, 3] + e * n * (cov[3, 4] + cov[4, 3]) + n * n * cov[4, 4]
        out_speed_sigma[row] = math.sqrt(max(speed_var, 0.0))
        height_var = cov[2, 2] if cov[2, 2] < height_sigma_max_m**2 else np.nan
        share = _share(dt[t], life_s[row], memory_s, is_new[t])
        for k, value, var in (
            (0, speed, speed_var),
            (1, vu[t], cov[5, 5]),
            (2, above[t], height_var),
        ):
            weight = 1.0 / (var + sigmas[k] * sigmas[k])
            if math.isfinite(weight) and math.isfinite(value):
                part = 1.0 if means[row, k, 0] == 0.0 else share
                means[row, k, 0] += part * (weight - means[row, k, 0])
                means[row, k, 1] += part * (weight * value - means[row, k, 1])


@kernel
def turns_in_view(
    latitude, longitude, horizon_m, of_latitude, of_longitude, of_horizon_m, reach, per_s,
    radius_m, asked_of_horizon, out
):  # fmt: skip
    """Fill out (T,) with how often in a second each target is looked at by any station (M,).

    Horizons are the distances at which each alone would see, or be seen from, the ground.
    """
    for t in range(len(latitude)):
        out[t] = 0.0
        for m in range(len(of_latitude)):
            most_m = min(reach[m], asked_of_horizon * (of_horizon_m[m] + horizon_m[t]))
            north = (of_latitude[m] - latitude[t]) * radius_m
            if abs(north) > most_m:
                continue
            east = (of_longitude[m] - longitude[t] + math.pi) % (2.0 * math.pi) - math.pi
            east *= math.cos(0.5 * (latitude[t] + of_latitude[m])) * radius_m
            if east * east + north * north <= most_m * most_m:
                out[t] += per_s[m]
