"""Kernels behind areas.py: which points lie in which areas, and how far from their rims.

float64 in; radians and metres; no checks and no allocation: areas.py does both.
Shapes: n points; A areas; R corners of all rims (R, 2), those of area a from first[a] to
first[a + 1]: latitude, and longitude from half a turn west of the area's first corner,
``west`` (A,), on, so that it does not jump.
"""

# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel


@kernel
def _is_over(latitude, x, rims, begin, end):
    """Tell whether a rim goes round a point (Haines 1994, Graphics Gems IV)."""
    y0, x0 = rims[end - 1, 0], rims[end - 1, 1]
    is_in = False
    for k in range(begin, end):
        y1, x1 = rims[k, 0], rims[k, 1]
        crosses = (y0 > latitude) != (y1 > latitude)
        if crosses and x < x0 + (latitude - y0) / (y1 - y0) * (x1 - x0):
            is_in = not is_in
        y0, x0 = y1, x1
    return is_in


@kernel
def over(latitude, longitude, rims, west, first, boxes, chosen, out):
    """Fill out[p, a], (n, A), with whether point p is over area a; others than chosen: not.

    ``boxes`` (A, 2) are the least and greatest latitude of each rim.
    """
    for a in range(len(first) - 1):
        for p in range(len(latitude)):
            out[p, a] = False
            if chosen[a] and boxes[a, 0] <= latitude[p] <= boxes[a, 1]:
                x = (longitude[p] - west[a] + math.pi) % (2.0 * math.pi)
                out[p, a] = _is_over(latitude[p], x, rims, first[a], first[a + 1])


@kernel
def rim_distances(latitude, longitude, rims, west, first, radius_m, out):
    """Fill out[p, a], (n, A), with the distance of points from the rims, negative inside.

    On a plane of the scale at the point, ``radius_m`` (A,) being that of the earth there.
    """
    for a in range(len(first) - 1):
        begin, end = first[a], first[a + 1]
        for p in range(len(latitude)):
            x = (longitude[p] - west[a] + math.pi) % (2.0 * math.pi)
            shrink = math.cos(0.5 * (latitude[p] + rims[end - 1, 0]))
            e0 = (rims[end - 1, 1] - x) * shrink * radius_m[a]
            n0 = (rims[end - 1, 0] - latitude[p]) * radius_m[a]
            least2 = np.inf
            for k in range(begin, end):
                e1 = (rims[k, 1] - x) * math.cos(0.5 * (latitude[p] + rims[k, 0])) * radius_m[a]
                n1 = (rims[k, 0] - latitude[p]) * radius_m[a]
                side_e, side_n = e1 - e0, n1 - n0
                length2 = max(side_e * side_e + side_n * side_n, 1e-6)
                along = min(max(-(e0 * side_e + n0 * side_n) / length2, 0.0), 1.0)
                away_e, away_n = e0 + along * side_e, n0 + along * side_n
                least2 = min(least2, away_e * away_e + away_n * away_n)
                e0, n0 = e1, n1
            least = math.sqrt(least2)
            is_in = _is_over(latitude[p], x, rims, begin, end)
            out[p, a] = -least if is_in else least
