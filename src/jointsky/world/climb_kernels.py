"""Kernels behind climb.py: heights between given ones, with a rate of climb that never jumps.

Metres and seconds from the beginning of the flight.  Each change of height begins and ends level:
the rate grows by a constant vertical acceleration, holds, and falls again.
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel

# Columns of a piece of height: begin, duration, height, rate of climb, its change.
BEGIN, LASTS, HEIGHT, CLIMB, CHANGE, CLIMB_COLUMNS = 0, 1, 2, 3, 4, 5
AUTO, EARLY, LATE, EVEN = 0, 1, 2, 3


@inner
def time_of_climb(rise_m, rate_mps, onset_mps2):
    """Return the time that a change of height takes; a small one never reaches the full rate.

    The area of a trapezium with slopes ``onset``, or of a triangle.
    """  # 1,000 m at 10 m/s and 1 m/s²: 110 s; 25 m: 10 s
    rise_m = abs(rise_m)
    if rise_m * onset_mps2 >= rate_mps * rate_mps:
        return rise_m / rate_mps + rate_mps / onset_mps2
    return 2.0 * math.sqrt(rise_m / onset_mps2)


@kernel
def times_of_climbs(rises_m, rates_mps, onset_mps2, out):
    """Fill out (n,) with the times that changes of height (n,) take."""
    for i in range(rises_m.shape[0]):
        out[i] = time_of_climb(rises_m[i], rates_mps[i], onset_mps2)


@inner
def _put(pieces, row, begin, lasts, height, climb, change):
    if lasts <= 0.0:
        return row, begin, height
    pieces[row, BEGIN], pieces[row, LASTS], pieces[row, HEIGHT] = begin, lasts, height
    pieces[row, CLIMB], pieces[row, CHANGE] = climb, change
    return row + 1, begin + lasts, height + lasts * (climb + 0.5 * lasts * change)


@inner
def _rate_to_fill(rise_m, room_s, onset_mps2):
    """Return the steady rate with which a change of height takes all of a time."""
    # rise = rate (room - rate / onset): the smaller root, without cancellation
    root = math.sqrt(max(room_s * room_s - 4.0 * rise_m / onset_mps2, 0.0))
    return 2.0 * rise_m / (room_s + root)


@kernel
def climb_through(anchors, onset_mps2, pieces, faults):
    """Fill pieces (n, 5) of height through anchors (A, 5); return n.

    An anchor is the time it is reached, the time it is left, its height, how the change to it is
    made (0 auto, 1 early, 2 late, 3 even) and the rate allowed for it.  Rows of ``faults`` (A, 3)
    are 1 for a climb too steep, the time it needs and the time there is.
    """
    row = 0
    for i in range(anchors.shape[0]):
        if i > 0:
            begin, room = anchors[i - 1, 1], anchors[i, 0] - anchors[i - 1, 1]
            height, rise = anchors[i - 1, 2], anchors[i, 2] - anchors[i - 1, 2]
            rate = anchors[i, 4]
            needs = time_of_climb(rise, rate, onset_mps2)
            if needs > room * (1.0 + 1e-9) + 1e-6:
                faults[i, 0], faults[i, 1], faults[i, 2] = 1.0, needs, room
                continue
            mode = anchors[i, 3]
            if mode == EVEN and rise != 0.0:
                rate = min(rate, _rate_to_fill(abs(rise), room, onset_mps2))
                needs = room
            is_late = mode == LATE or (mode == AUTO and rise < 0.0)
            idle = max(room - needs, 0.0)
            if is_late or rise == 0.0:
                row, begin, height = _put(pieces, row, begin, idle, height, 0.0, 0.0)
            row, begin, height = _change(pieces, row, begin, height, rise, rate, onset_mps2, needs)
            if not is_late and rise != 0.0:
                row, begin, height = _put(
                    pieces, row, begin, anchors[i, 0] - begin, anchors[i, 2], 0.0, 0.0
                )
        stays = anchors[i, 1] - anchors[i, 0]
        row, _, _ = _put(pieces, row, anchors[i, 0], stays, anchors[i, 2], 0.0, 0.0)
    return row


@inner
def _change(pieces, row, begin, height, rise, rate, onset_mps2, needs):
    """Write onset, steady climb and end of one change of height."""
    if rise == 0.0:
        return row, begin, height
    sign = 1.0 if rise > 0.0 else -1.0
    rate = min(rate, math.sqrt(abs(rise) * onset_mps2))
    bends = rate / onset_mps2
    steady = abs(rise) / rate - bends
    change = sign * onset_mps2
    row, begin, height = _put(pieces, row, begin, bends, height, 0.0, change)
    row, begin, height = _put(pieces, row, begin, steady, height, sign * rate, 0.0)
    return _put(pieces, row, begin, bends, height, sign * rate, -change)
