"""Kernels behind planned.py: where routes are flown about now, and how far tracks are from them.

float64; radians, metres and seconds; no checks and no allocation: planned.py does both.
Shapes: P plans; A plans that are active, by their rows; S moments about now; T tracks; K pairs.
Points of plan p are those from begin[p] to begin[p + 1], in order of time.
"""

# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inlined, kernel

_EARTH_M = 6_371_000.0


@inlined
def _to_place(begin, end, time, where, time_s, out):
    """Fill out (3,) with latitude, longitude and height of a plan at a time within it."""
    low, high = begin, end
    while low < high:  # the first point after the time
        middle = (low + high) // 2
        if time[middle] <= time_s:
            low = middle + 1
        else:
            high = middle
    after = min(max(low, min(begin + 1, end - 1)), end - 1)
    before = max(after - 1, begin)
    span = time[after] - time[before]
    part = (time_s - time[before]) / span if span > 0.0 else 0.0
    part = min(max(part, 0.0), 1.0)
    for k in range(3):
        out[k] = where[before, k] + part * (where[after, k] - where[before, k])


@kernel
def ways(begin, time, where, early_late_s, over_s, now_s, chosen, out_way, out_mps):
    """Fill out_way (A, S, 3) with the part of each chosen route flown about now, and its speed.

    From ``early_late_s`` (P,) before to as much after now.  ``out_mps`` (A,) is the mean speed
    along the way from ``over_s`` before to as much after.
    """
    samples = out_way.shape[1]
    here, former = np.empty(3), np.empty(3)
    for a in range(len(chosen)):
        p = chosen[a]
        first, last = time[begin[p]], time[begin[p + 1] - 1]
        flown_m, began_s, ended_s, shrink = 0.0, 0.0, 0.0, 1.0
        for k in range(samples):
            share = -1.0 + 2.0 * k / (samples - 1)
            at_s = min(max(now_s + share * early_late_s[p], first), last)
            _to_place(begin[p], begin[p + 1], time, where, at_s, out_way[a, k])
            at_s = min(max(now_s + share * over_s, first), last)
            _to_place(begin[p], begin[p + 1], time, where, at_s, here)
            if k == 0:
                began_s, shrink = at_s, math.cos(here[0])
            else:
                north = (here[0] - former[0]) * _EARTH_M
                east = (here[1] - former[1]) * _EARTH_M * shrink
                flown_m += math.sqrt(north * north + east * east)
            ended_s = at_s
            former[:] = here
        out_mps[a] = flown_m / max(ended_s - began_s, 1.0)


@inlined
def _off_m(way, latitude, longitude, radius_m):
    """Return how far a place is from a way (S, 3), in metres over the ground."""
    least2 = np.inf
    e0, n0 = 0.0, 0.0
    for k in range(len(way)):
        turned = (way[k, 1] - longitude + math.pi) % (2.0 * math.pi) - math.pi
        e1 = turned * math.cos(0.5 * (way[k, 0] + latitude)) * radius_m
        n1 = (way[k, 0] - latitude) * radius_m
        if k:
            side_e, side_n = e1 - e0, n1 - n0
            length2 = max(side_e * side_e + side_n * side_n, 1e-6)
            along = min(max(-(e0 * side_e + n0 * side_n) / length2, 0.0), 1.0)
            e, n = e0 + along * side_e, n0 + along * side_n
            least2 = min(least2, e * e + n * n)
        e0, n0 = e1, n1
    return math.sqrt(least2)


@inlined
def _is_level(way, height_m, vertical_m):
    """Tell whether a height is that of a way; one that is not known always is."""
    least = np.inf
    for k in range(len(way)):
        away = abs(way[k, 2] - height_m)
        if math.isfinite(away):
            least = min(least, away)
    return not math.isfinite(least) or least <= vertical_m


@inlined
def _is_out_of_reach(way, latitude, radius_m, lateral_m):
    """Tell whether all of a way is farther north or south than it may be."""
    low, high = np.inf, -np.inf
    for k in range(len(way)):
        low, high = min(low, way[k, 0]), max(high, way[k, 0])
    return max(low - latitude, latitude - high) * radius_m > lateral_m


@kernel
def answering(
    place,
    row,
    way_of,
    way,
    lat,
    lon,
    height,
    lateral,
    vertical,
    radius_m,
    out_row,
    out_off,
    out_near,
):
    """Find for each track the plan that it answers as: near to its way, then the nearest.

    ``place`` and ``row`` (K,) are pairs of a track and a plan; ``way_of`` (P,) the row of a plan's
    way.  ``out_row`` (T,) begins as -1, ``out_off`` and ``out_near`` (T,) tell how far, and whether
    that is near.
    """
    for k in range(len(place)):
        t, p = place[k], row[k]
        one = way[way_of[p]]
        off = _off_m(one, lat[t], lon[t], radius_m)
        near = off <= lateral[p] and _is_level(one, height[t], vertical[p])
        if (
            out_row[t] < 0
            or (near and not out_near[t])
            or (near == out_near[t] and off < out_off[t])
        ):
            out_row[t], out_off[t], out_near[t] = p, off, near


@kernel
def keeping(
    silent, rows, way_of, way, way_mps, lat, lon, height, speed, unsure, kept, lateral, vertical,
    radius_m, apart_mps, apart_share, out_row, out_off, out_whole
):  # fmt: skip
    """Find for each silent track the plan that it keeps to: as fast as it, then the nearest.

    ``silent`` are rows of tracks, ``rows`` of plans that nobody else is on.  ``unsure`` (T,) is
    what of a speed does not count, up to as much as it may be apart anyway.  ``kept`` (T,): the
    plan kept to until a moment ago, for which the speed is not asked.  Out as in ``answering``.
    """
    for t in silent:
        for p in rows:
            one, planned = way[way_of[p]], way_mps[way_of[p]]
            allowed = max(apart_mps, apart_share * planned)
            has_speed = abs(speed[t] - planned) <= allowed + min(unsure[t], allowed)
            if not has_speed and kept[t] != p:
                continue
            if _is_out_of_reach(one, lat[t], radius_m, lateral[p]):
                continue
            off = _off_m(one, lat[t], lon[t], radius_m)
            if off > lateral[p] or not _is_level(one, height[t], vertical[p]):
                continue
            if (
                out_row[t] < 0
                or (has_speed and not out_whole[t])
                or (has_speed == out_whole[t] and off < out_off[t])
            ):
                out_row[t], out_off[t], out_whole[t] = p, off, has_speed
