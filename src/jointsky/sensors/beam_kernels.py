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
def beam_azimuth(scan, turn, beam, since_s):
    """Return where a beam is ``since_s`` after its turn began, in [0, 2 pi)."""
    start, way = ahead(scan, turn)
    swept = (beam + since_s / scan.period_s) * scan.width_rad
    return whole(start + way * swept)


@inlined
def nearest(angle_rad):
    """Return an angle in [-pi, pi)."""
    return angle_rad - _TURN * math.floor(angle_rad / _TURN + 0.5)


@inlined
def beam_of(scan, turn, first, pass_):
    """Return which beam comes upon a target next (pass 0), or has just passed it (pass 1).

    ``first`` is what ``seen_from`` tells when the turn begins.  Also the angle by which the beam
    is behind the target then, and how fast the target runs away from it.  -1 is the last beam of
    those that look all around; -100: none.
    """
    e, n, _, ve, vn, _, _, _, _ = first
    ground2 = e * e + n * n
    start, way = ahead(scan, turn)
    behind = whole(way * (math.atan2(e, n) - start))
    away = way * (ve * n - vn * e) / ground2 if ground2 > 0.0 else 0.0
    if not ground2 >= 0.0:
        return -100, behind, away
    beam = int(behind / scan.width_rad) - pass_
    behind -= beam * scan.width_rad
    if beam >= scan.beams or (beam < 0 and not scan.is_full):
        return -100, behind, away
    if pass_ == 1:  # met again only if it runs against the beam by more than it is ahead
        reach_m = 2.0 * math.hypot(ve, vn) * scan.period_s
        against = math.asin(min(reach_m / math.sqrt(ground2), 1.0)) if ground2 > 0.0 else _TURN
        if reach_m * reach_m < ground2 and behind - scan.width_rad > against:
            return -100, behind, away
    return beam, behind, away


@inlined
def met(scan, turn, pieces, low, high, row, first, pass_):
    """Return when the beam meets a target in a turn, its row then, and what is seen of it.

    The time is NaN where it does not.  Newton's method on the angle between beam and target,
    begun from ``first``, where the target is when the turn begins: nothing hangs on other turns.
    A target that crosses the line where turns begin may be met twice (pass 1) or not at all.
    """
    begin_s = turn * scan.period_s + scan.begin_s
    if scan.manner == STARE:
        at_s = begin_s + 0.5 * scan.period_s
        row = row_near(pieces, low, high, row, at_s)
        return (np.nan if pass_ == 1 else at_s), row, seen_from(scan, pieces, row, at_s)
    beam, behind, away = beam_of(scan, turn, first, pass_)
    if beam == -100:
        return np.nan, row, first
    rate = scan.width_rad / scan.period_s
    start, way = ahead(scan, turn)
    since_s = behind / (rate - away) if away < 0.5 * rate else behind / rate
    for _ in range(_STEPS):
        since_s = min(max(since_s, -0.5 * scan.period_s), 1.5 * scan.period_s)
        row = row_near(pieces, low, high, row, begin_s + since_s)
        e, n, u, ve, vn, vu, oe, on, ou = seen_from(scan, pieces, row, begin_s + since_s)
        ground2 = e * e + n * n
        swept = beam * scan.width_rad + rate * since_s
        behind = nearest(way * (math.atan2(e, n) - start) - swept)
        away = way * (ve * n - vn * e) / ground2 if ground2 > 0.0 else 0.0
        step_s = behind / (rate - away) if away < 0.5 * rate else behind / rate
        since_s += step_s
        if abs(step_s) < _LINEAR_S:
            if since_s < 0.0 or since_s >= scan.period_s:
                return np.nan, row, first
            seen = (e + ve * step_s, n + vn * step_s, u + vu * step_s, ve, vn, vu, oe, on, ou)
            return begin_s + since_s, row, seen
    return np.nan, row, first
