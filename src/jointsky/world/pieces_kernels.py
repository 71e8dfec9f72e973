"""Kernels behind pieces.py: arcs beside other arcs, and arcs and climbs cut into common pieces.

Columns of arcs as in track_kernels, of climbs as in climb_kernels; a piece is the columns of an
arc, then height, rate of climb and its change.
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel
from jointsky.world.climb_kernels import CHANGE, CLIMB, HEIGHT
from jointsky.world.track_kernels import (
    ACCELERATION,
    ARC_COLUMNS,
    BEGIN,
    LASTS,
    RATE,
    TERMS,
    cross,
)

PIECE_COLUMNS = ARC_COLUMNS + 3
_SHORTEST_S = 1e-7  # POSIX seconds of today differ by 2.4e-7 at least


@inner
def _norm(x, y, z):
    return math.sqrt(x * x + y * y + z * z)


@kernel
def abreast(arcs, right_rad, blends_radps2, out):
    """Fill out with arcs that keep an angle to the right of given ones; return rows, or -1.

    The same axes, other radii: cos(r') = cos r cos d - sin r sin d about the same centre, signs
    by the side of the turn.  On a turn the rate begins and ends as on the straight and is higher
    or lower between, so that speed is continuous and both ends of the turn are reached together.
    With ``blends_radps2`` 0 speed stays as it is instead: an outer path takes longer.
    -1: the offset is inside of a turn's own circle.  A third of ``out`` may be needed per arc.
    """
    row, late = 0, 0.0
    straight, beside = math.cos(right_rad), math.sin(right_rad)
    for i in range(arcs.shape[0]):
        a = arcs[i]
        wide = _norm(a[TERMS + 3], a[TERMS + 4], a[TERMS + 5])
        along = _norm(a[TERMS + 6], a[TERMS + 7], a[TERMS + 8])
        if along == 0.0:  # it stands: right of nothing
            _copy(a, out, row)
            out[row, BEGIN] += late
            row += 1
            continue
        kx, ky, kz = cross(
            a[TERMS + 3], a[TERMS + 4], a[TERMS + 5], a[TERMS + 6], a[TERMS + 7], a[TERMS + 8]
        )
        size = _norm(kx, ky, kz)
        kx, ky, kz = kx / size, ky / size, kz / size
        aside = a[TERMS] * kx + a[TERMS + 1] * ky + a[TERMS + 2] * kz
        shifted = straight * aside - beside * wide
        radius = straight * wide + beside * aside
        if radius <= 0.0:
            return -1
        rate, lasts = a[RATE], a[LASTS]
        begins = rate * wide * straight / radius  # its rate where its speed is as on the straight
        is_turn = abs(begins - rate) * radius > 1e-12 and a[ACCELERATION] == 0.0
        is_turn = is_turn and (arcs.shape[0] > 1 or blends_radps2 == 0.0)
        ramp, begin, is_own = 0.5 * lasts, a[BEGIN] + late, False
        if is_turn and blends_radps2 == 0.0:
            is_own = True
            late += lasts * rate / begins - lasts
            rate, lasts = begins, lasts * rate / begins
        elif is_turn:
            ramp = min(ramp, abs(begins - rate) * radius / blends_radps2)
        middle = rate + (rate - begins) * ramp / (lasts - ramp)
        parts = 3 if is_turn and not is_own else 1
        angle, time = 0.0, 0.0
        for part in range(parts):
            o = out[row]
            takes = lasts if parts == 1 else (lasts - 2.0 * ramp if part == 1 else ramp)
            if takes <= 0.0:
                continue
            v = rate if parts == 1 else (begins if part == 0 else middle)
            w = begins if part == 2 else middle
            change = a[ACCELERATION] if parts == 1 else (w - v) / takes
            c, s = math.cos(angle) * radius, math.sin(angle) * radius
            o[TERMS], o[TERMS + 1], o[TERMS + 2] = shifted * kx, shifted * ky, shifted * kz
            for k in range(3):
                e, f = a[TERMS + 3 + k] / wide, a[TERMS + 6 + k] / along
                o[TERMS + 3 + k], o[TERMS + 6 + k] = c * e + s * f, c * f - s * e
            o[BEGIN], o[LASTS] = begin + time, takes
            o[RATE], o[ACCELERATION] = v, change
            angle += takes * (v + 0.5 * takes * change)
            time += takes
            row += 1
    return row


@inner
def _copy(a, out, row):
    for k in range(ARC_COLUMNS):
        out[row, k] = a[k]


@kernel
def merged(arcs, climbs, up_m, out):
    """Fill out (n, 16) with pieces cut wherever an arc or a climb begins; return n.

    Before the first and after the last climb the height stays.
    """
    row, j = 0, 0
    last = climbs.shape[0] - 1
    for i in range(arcs.shape[0]):
        a = arcs[i]
        begin, end = a[BEGIN], a[BEGIN] + a[LASTS]
        while end - begin > _SHORTEST_S:
            while j < last and climbs[j + 1, BEGIN] <= begin + _SHORTEST_S:
                j += 1
            stop = end
            if j < last and climbs[j + 1, BEGIN] < end - _SHORTEST_S:
                stop = climbs[j + 1, BEGIN]
            _piece(a, begin, stop, climbs[j], up_m, out, row)
            row += 1
            begin = stop
    return row


@inner
def _piece(a, begin, stop, climb, up_m, out, row):
    """Write the part of an arc from ``begin`` to ``stop`` with its height."""
    t = begin - a[BEGIN]
    angle = t * (a[RATE] + 0.5 * t * a[ACCELERATION])
    c, s = math.cos(angle), math.sin(angle)
    out[row, BEGIN], out[row, LASTS] = begin, stop - begin
    for k in range(3):
        e, f = a[TERMS + 3 + k], a[TERMS + 6 + k]
        out[row, TERMS + k] = a[TERMS + k]
        out[row, TERMS + 3 + k], out[row, TERMS + 6 + k] = c * e + s * f, c * f - s * e
    out[row, RATE], out[row, ACCELERATION] = a[RATE] + t * a[ACCELERATION], a[ACCELERATION]
    h = min(max(begin - climb[BEGIN], 0.0), climb[LASTS])
    is_in = climb[BEGIN] - _SHORTEST_S <= begin < climb[BEGIN] + climb[LASTS]
    out[row, ARC_COLUMNS] = up_m + climb[HEIGHT] + h * (climb[CLIMB] + 0.5 * h * climb[CHANGE])
    out[row, ARC_COLUMNS + 1] = climb[CLIMB] + h * climb[CHANGE] if is_in else 0.0
    out[row, ARC_COLUMNS + 2] = climb[CHANGE] if is_in else 0.0


@kernel
def verticals(arcs, times_s, out):
    """Fill out (n, 3) with the verticals at times (n,), which increase."""
    row = 0
    for i in range(times_s.shape[0]):
        while row + 1 < arcs.shape[0] and arcs[row + 1, BEGIN] <= times_s[i]:
            row += 1
        a = arcs[row]
        t = times_s[i] - a[BEGIN]
        angle = t * (a[RATE] + 0.5 * t * a[ACCELERATION])
        c, s = math.cos(angle), math.sin(angle)
        for k in range(3):
            out[i, k] = a[TERMS + k] + c * a[TERMS + 3 + k] + s * a[TERMS + 6 + k]


@kernel
def heights(climbs, times_s, out):
    """Fill out (n,) with heights of climbs at times (n,), which increase; the ends stay."""
    row = 0
    for i in range(times_s.shape[0]):
        while row + 1 < climbs.shape[0] and climbs[row + 1, BEGIN] <= times_s[i]:
            row += 1
        c = climbs[row]
        t = min(max(times_s[i] - c[BEGIN], 0.0), c[LASTS])
        out[i] = c[HEIGHT] + t * (c[CLIMB] + 0.5 * t * c[CHANGE])
