"""Kernels of the beam: when it meets a moving target, and where the target is then.

Earth-centred metres; POSIX seconds; azimuth from north, clockwise.  ``scan`` is beam.Scan; turn k
begins at ``k period_s + begin_s``.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, inlined, kernel
from jointsky.earth.geodesy_kernels import east_north_up, ecef_to_geodetic
from jointsky.earth.motion_kernels import state
from jointsky.numeric.random_kernels import philox, unit

ROTATING, TO_AND_FRO, RASTER, STARE = 0, 1, 2, 3
PURPOSE_PHASE = 1
_TURN = 2.0 * math.pi
_LINEAR_S = 1e-4  # in so short a time the path is straight, to 2e-7 m even at 4 g
_STEPS = 60
_GENTLE = 0.05
_EDGE = 1e-9  # of a turn: turns begin and end so much early, as targets stand exactly in the north


@kernel
def phase_drawn(key0, key1):
    """Return the part of a turn by which a sensor's turns begin later."""
    zero = np.uint64(0)
    return unit(philox(key0, key1, zero, zero, np.uint64(PURPOSE_PHASE), zero)[0])


@inlined
def row_near(pieces, low, high, row, time_s):
    """Return the row from ``low`` to ``high`` that holds at a time, or the nearest one.

    ``row`` is where the search begins.
    """
    while row < high and pieces.begin_s[row + 1] <= time_s:
        row += 1
    while row > low and pieces.begin_s[row] > time_s:
        row -= 1
    return row


@bare
def carrier_row(scan, pieces, time_s):
    """Return the row of the piece on which the sensor itself moves, or -1."""
    low, high = pieces.first[scan.carrier], pieces.first[scan.carrier + 1] - 1
    if high < low:
        return -1
    row = row_near(pieces, low, high, (low + high) // 2, time_s)
    if time_s < pieces.begin_s[row] or time_s > pieces.end_s[row]:
        return -1
    return row


@inlined
def on_axes(axes, x, y, z):
    """Return a vector along the rows of a rotation (3, 3)."""
    return (
        axes[0][0] * x + axes[0][1] * y + axes[0][2] * z,
        axes[1][0] * x + axes[1][1] * y + axes[1][2] * z,
        axes[2][0] * x + axes[2][1] * y + axes[2][2] * z,
    )


@bare
def seen_aboard(scan, pieces, row, time_s):
    """Return what ``seen_from`` does, for a sensor aboard a vehicle."""
    own = carrier_row(scan, pieces, time_s)
    if own < 0:
        nan = np.nan
        return nan, nan, nan, nan, nan, nan, nan, nan, nan
    x, y, z, vx, vy, vz = state(pieces, row, time_s)
    sx, sy, sz, svx, svy, svz = state(pieces, own, time_s)
    latitude_rad, longitude_rad, _ = ecef_to_geodetic(sx, sy, sz)
    axes = east_north_up(latitude_rad, longitude_rad)
    e, n, u = on_axes(axes, x - sx, y - sy, z - sz)
    ve, vn, vu = on_axes(axes, vx - svx, vy - svy, vz - svz)
    oe, on, ou = on_axes(axes, svx, svy, svz)
    return e, n, u, ve, vn, vu, oe, on, ou


@inlined
def seen_from(scan, pieces, row, time_s):
    """Return east, north, up of a target from the sensor, their rates, the sensor's own velocity.

    Nine numbers in the sensor's local level; NaN where the vehicle that carries it is nowhere.
    """
    if scan.carrier >= 0:
        return seen_aboard(scan, pieces, row, time_s)
    x, y, z, vx, vy, vz = state(pieces, row, time_s)
    axes, origin = scan.axes, scan.origin_m
    x, y, z = x - origin[0], y - origin[1], z - origin[2]
    return (
        axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z,
        axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z,
        axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z,
        axes[0, 0] * vx + axes[0, 1] * vy + axes[0, 2] * vz,
        axes[1, 0] * vx + axes[1, 1] * vy + axes[1, 2] * vz,
        axes[2, 0] * vx + axes[2, 1] * vy + axes[2, 2] * vz,
        0.0,
        0.0,
        0.0,
    )


@bare
def nose_rad(scan, pieces, turn):
    """Return the course of the vehicle that beams turn with, when a turn begins; 0 if none do.

    Before and after its flight: as at its first and last moment.
    """
    if not scan.is_by_nose:
        return 0.0
    low, high = pieces.first[scan.carrier], pieces.first[scan.carrier + 1] - 1
    if high < low:
        return 0.0
    begin_s = turn * scan.period_s + scan.begin_s
    time_s = min(max(begin_s, pieces.begin_s[low]), pieces.end_s[high])
    row = row_near(pieces, low, high, (low + high) // 2, time_s)
    x, y, z, vx, vy, vz = state(pieces, row, time_s)
    latitude_rad, longitude_rad, _ = ecef_to_geodetic(x, y, z)
    east, north, _ = on_axes(east_north_up(latitude_rad, longitude_rad), vx, vy, vz)
    return math.atan2(east, north)


@inlined
def ahead(scan, turn):
    """Return where the first beam is when a turn begins, and which way it goes (1 clockwise)."""
    if scan.manner == TO_AND_FRO and turn % 2 != 0:
        return scan.start_rad + scan.width_rad, -1.0
    return scan.start_rad, 1.0


@inlined
def whole(angle_rad):
    """Return an angle in [0, 2 pi)."""
    angle_rad -= _TURN * math.floor(angle_rad / _TURN)
    return 0.0 if angle_rad >= _TURN else angle_rad


@inlined
def arc_tangent(up, along):
    """Return the angle of a slope, ``along`` positive: a series where it is gentle, to 1e-14."""
    t = up / along
    if abs(t) > _GENTLE:
        return math.atan2(up, along)
    t2 = t * t
    return t * (1.0 - t2 * (1.0 / 3.0 - t2 * (0.2 - t2 * (1.0 / 7.0 - t2 / 9.0))))


@inlined
def turned(azimuth_rad, e, n, east, north):
    """Return the azimuth of (east, north), given that of (e, n) not far from it."""
    along = e * east + n * north
    if along <= 0.0:
        return math.atan2(east, north)
    return azimuth_rad + arc_tangent(n * east - e * north, along)


@inlined
def nearest(angle_rad):
    """Return an angle in [-pi, pi)."""
    return angle_rad - _TURN * math.floor(angle_rad / _TURN + 0.5)


@inlined
def beam_of(scan, first, behind, pass_):
    """Return which beam comes upon a target next (pass 0), or has just passed it (pass 1).

    ``first`` is what ``seen_from`` tells when the turn begins, ``behind`` the angle from the first
    beam to the target then.  -1 is the last beam of those that look all around; -100: none.
    """
    beam = int(behind / scan.width_rad + _EDGE) - pass_
    if beam >= scan.beams or (beam < 0 and not scan.is_full):
        return -100
    if pass_ == 1:  # met again only if it runs against the beam by more than it is ahead
        e, n, _, ve, vn, _, _, _, _ = first
        reach2 = 4.0 * (ve * ve + vn * vn) * scan.period_s * scan.period_s
        ground2 = e * e + n * n
        ahead_rad = behind - (beam + 1) * scan.width_rad
        # an arc is at most pi / 2 times its sine
        if reach2 < ground2 and ahead_rad * ahead_rad * ground2 > 2.5 * reach2:
            return -100
    return beam


@inlined
def met(scan, turn, pieces, low, high, row, first, azimuth_rad, ahead_rad, pass_):
    """Return when the beam meets a target in a turn, its row then, azimuth, and what is seen.

    The time is NaN where it does not.  Newton's method on the angle between beam and target,
    begun from ``first`` and ``azimuth_rad``, where the target is when the turn begins: nothing
    hangs on other turns.  ``ahead_rad`` is the nose that the beams turn with.  A target that
    crosses the line where turns begin may be met twice (pass 1) or not at all.
    """
    begin_s = turn * scan.period_s + scan.begin_s
    if scan.manner == STARE:
        at_s = begin_s + 0.5 * scan.period_s
        row = row_near(pieces, low, high, row, at_s)
        seen = seen_from(scan, pieces, row, at_s)
        at_rad = turned(azimuth_rad, first[0], first[1], seen[0], seen[1])
        return (np.nan if pass_ == 1 else at_s), row, whole(at_rad), seen
    start, way = ahead(scan, turn)
    start += ahead_rad
    edge_rad = _EDGE * scan.width_rad
    from_first = whole(way * (azimuth_rad - start) + edge_rad) - edge_rad
    beam = beam_of(scan, first, from_first, pass_)
    if beam == -100:
        return np.nan, row, azimuth_rad, first
    rate = scan.width_rad / scan.period_s
    e, n, _, ve, vn, _, _, _, _ = first
    away = way * (ve * n - vn * e) / (e * e + n * n)
    behind = from_first - beam * scan.width_rad
    since_s = behind / (rate - away) if away < 0.5 * rate else behind / rate
    for _ in range(_STEPS):
        since_s = min(max(since_s, -0.5 * scan.period_s), 1.5 * scan.period_s)
        row = row_near(pieces, low, high, row, begin_s + since_s)
        east, north, u, ve, vn, vu, oe, on, ou = seen_from(scan, pieces, row, begin_s + since_s)
        azimuth_rad = turned(azimuth_rad, e, n, east, north)
        e, n = east, north
        swept = beam * scan.width_rad + rate * since_s
        behind = nearest(way * (azimuth_rad - start) - swept)
        away = way * (ve * n - vn * e) / (e * e + n * n)
        step_s = behind / (rate - away) if away < 0.5 * rate else behind / rate
        since_s += step_s
        if abs(step_s) < _LINEAR_S:
            if since_s < -_EDGE * scan.period_s or since_s >= (1.0 - _EDGE) * scan.period_s:
                return np.nan, row, azimuth_rad, first
            seen = (e + ve * step_s, n + vn * step_s, u + vu * step_s, ve, vn, vu, oe, on, ou)
            at_rad = start + way * (beam * scan.width_rad + rate * since_s)
            return begin_s + since_s, row, whole(at_rad), seen
    return np.nan, row, azimuth_rad, first
