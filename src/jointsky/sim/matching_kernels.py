"""Kernels behind matching.py: the vehicle that is nearest to each track, in place and speed.

float64; radians, metres, seconds; no checks and no allocation: matching.py does both.
Shapes: T tracks; V vehicles.
"""

# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel


@kernel
def nearest(
    latitude, longitude, height, height_slack, speed, former, v_latitude, v_longitude, v_height,
    v_speed, radius_m, ground_slack, speed_slack, gate2, much_nearer, out_vehicle, out_m
):  # fmt: skip
    """Fill out_vehicle (T,) with the row of the vehicle meant, and out_m with how far it is off.

    A track of nothing: -1 and inf.  Distances count in slacks; those of a height or speed that is
    not known not at all.
    ``former`` (T,) are rows of those meant before, -1: none, which weigh ``much_nearer`` as much.
    Vehicles that are not in the air have no latitude (NaN).
    """
    for t in range(len(latitude)):
        least, best, off_m = np.inf, -1, np.inf
        shrink = math.cos(latitude[t])
        for v in range(len(v_latitude)):
            north = radius_m * (latitude[t] - v_latitude[v])
            if not math.isfinite(north):
                continue
            ahead = least / much_nearer if v == former[t] else least
            if (north / ground_slack) ** 2 > ahead:
                continue
            turned = (longitude[t] - v_longitude[v] + math.pi) % (2.0 * math.pi) - math.pi
            away = math.hypot(north, radius_m * turned * shrink)
            cost = (away / ground_slack) ** 2
            above = (height[t] - v_height[v]) / height_slack[t]
            faster = (speed[t] - v_speed[v]) / speed_slack
            if math.isfinite(above):
                cost += above * above
            if math.isfinite(faster):
                cost += faster * faster
            if cost > gate2:
                continue
            if v == former[t]:
                cost *= much_nearer
            if cost < least:
                least, best, off_m = cost, v, away
        out_vehicle[t], out_m[t] = best, off_m
