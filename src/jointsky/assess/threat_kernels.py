"""Kernels behind threat.py: how tracks in straight flight come to one zone.

float64; metres, seconds, radians; no checks: threat.py does them.
Shapes: T tracks; V corners of a rim (V, 2), latitude and longitude, which closes by itself.
"""

# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inlined, kernel

REACH, CLOSEST, CLOSEST_SIGMA, GO, GO_SIGMA, SOONEST, RIM = range(7)  # columns of out


@inlined
def _sigma_m(covariance, along_e, along_n, time_s, along, across):
    """Return the standard deviation of an error of place after so much straight flight.

    ``along`` and ``across``: the share of each of both directions in that error.
    """
    east = along * along_e + across * along_n
    north = along * along_n - across * along_e
    ways = (east, north)
    variance = 0.0
    for i in range(2):
        for j in range(2):
            both = covariance[i, j] + time_s * (covariance[i, j + 3] + covariance[i + 3, j])
            variance += ways[i] * ways[j] * (both + time_s * time_s * covariance[i + 3, j + 3])
    return math.sqrt(max(variance, 1e-6))


@inlined
def _phi(z):
    """Return the standard normal distribution."""
    return 0.5 * math.erfc(-z * 0.7071067811865476)


@kernel
def approach(
    latitude, longitude, along, speed, covariance, is_inside, rim, radius_m, slowest_mps, out
):
    """Fill out (T, 7) with how tracks come to a zone, on a plane about each track.

    ``along`` (T, 2) are unit vectors east and north, ``covariance`` (T, 6, 6), ``is_inside``
    (T,) who is there.  The line flown is off by an error whose standard deviation at a is ``s(a)``;
    it meets the zone where it passes between the corners ahead with the least and the greatest
    ``c / s(a)``: a along, c across.
    """
    corners = len(rim)
    a, c = np.empty(corners), np.empty(corners)
    for t in range(len(latitude)):
        ahead_e, ahead_n, fast = along[t, 0], along[t, 1], max(speed[t], slowest_mps)
        highest, lowest, is_ahead = -np.inf, np.inf, False
        for k in range(corners):
            turned = (rim[k, 1] - longitude[t] + math.pi) % (2.0 * math.pi) - math.pi
            east = turned * math.cos(0.5 * (rim[k, 0] + latitude[t])) * radius_m
            north = (rim[k, 0] - latitude[t]) * radius_m
            a[k], c[k] = east * ahead_e + north * ahead_n, east * ahead_n - north * ahead_e
            if a[k] > 0.0:
                z = c[k] / _sigma_m(covariance[t], ahead_e, ahead_n, a[k] / fast, 0.0, 1.0)
                highest, lowest, is_ahead = max(highest, z), min(lowest, z), True
        is_moving = speed[t] >= slowest_mps and is_ahead
        reach = _phi(highest) - _phi(lowest) if is_moving else 0.0
        rim_m2, enters_m, slope = np.inf, np.inf, 0.0
        passes_m, passed_m = np.inf, 0.0
        a0, c0 = a[corners - 1], c[corners - 1]
        for k in range(corners):
            side_a, side_c = a[k] - a0, c[k] - c0
            length2 = max(side_a * side_a + side_c * side_c, 1e-6)
            part = min(max(-(a0 * side_a + c0 * side_c) / length2, 0.0), 1.0)
            near_a, near_c = a0 + part * side_a, c0 + part * side_c
            rim_m2 = min(rim_m2, near_a * near_a + near_c * near_c)
            if (c0 > 0.0) != (c[k] > 0.0):
                rises = side_a / side_c
                at = a0 - c0 * rises
                if 0.0 <= at < enters_m:
                    enters_m, slope = at, rises
            if a[k] > 0.0 and abs(c[k]) < passes_m:
                passes_m, passed_m = abs(c[k]), a[k]
            a0, c0 = a[k], c[k]
        rim_m = math.sqrt(rim_m2)
        will_enter = enters_m < np.inf and is_moving
        if not passes_m < rim_m:
            passes_m, passed_m = rim_m, 0.0
        go_s = (enters_m if will_enter else passed_m) / fast
        out[t, RIM] = rim_m
        out[t, CLOSEST_SIGMA] = _sigma_m(covariance[t], ahead_e, ahead_n, go_s, 0.0, 1.0)
        if is_inside[t]:
            out[t, REACH] = 1.0
            out[t, CLOSEST] = out[t, GO] = out[t, GO_SIGMA] = out[t, SOONEST] = 0.0
            continue
        out[t, REACH] = min(max(reach, 0.0), 1.0)
        out[t, CLOSEST] = 0.0 if will_enter else passes_m
        out[t, GO] = go_s
        aside = -slope if will_enter else 0.0
        out[t, GO_SIGMA] = _sigma_m(covariance[t], ahead_e, ahead_n, go_s, 1.0, aside) / fast
        out[t, SOONEST] = rim_m / fast
