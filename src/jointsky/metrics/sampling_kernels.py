"""Kernels behind sampling.py: where a path is between its points.

Rows of one path lie between start[p] and start[p + 1], times rising.  Shapes: position and
velocity (n, 3); metres, seconds; NaN velocity: not known.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel


@kernel
def before(time, first, end, t):
    """Return the last row in [first, end) with time <= t, or first - 1."""
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if time[middle] <= t:
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel
def between(time, position, velocity, row, t, out_position, out_velocity):
    """Interpolate from row to row + 1: cubic Hermite with velocities, else straight.

    The velocity is the straight mean of both, or the slope where one of them is not known.
    """
    span = time[row + 1] - time[row]
    share = (t - time[row]) / span
    smooth = math.isfinite(velocity[row, 0]) and math.isfinite(velocity[row + 1, 0])
    left = share * share * (3.0 - 2.0 * share)
    for axis in range(3):
        a, b = position[row, axis], position[row + 1, axis]
        if smooth:
            va, vb = velocity[row, axis], velocity[row + 1, axis]
            bend = share * (1.0 - share) * span * ((1.0 - share) * va - share * vb)
            out_position[axis] = a + left * (b - a) + bend
            out_velocity[axis] = va + share * (vb - va)
        else:
            out_position[axis] = a + share * (b - a)
            out_velocity[axis] = (b - a) / span


@kernel
def place_at(time, position, velocity, first, end, t, max_gap, out_position, out_velocity):
    """Fill the place at t from rows [first, end); return the row at or before it, or -1 for none.

    None: before the first row, after the last, or inside a gap longer than max_gap.
    """
    row = before(time, first, end, t)
    if row < first:
        return -1
    if time[row] == t or row + 1 == end:
        if time[row] != t:
            return -1
        for axis in range(3):
            out_position[axis] = position[row, axis]
            out_velocity[axis] = velocity[row, axis]
        if not math.isfinite(out_velocity[0]):
            _slope(time, position, row, first, end, max_gap, out_velocity)
        return row
    if time[row + 1] - time[row] > max_gap:
        return -1
    between(time, position, velocity, row, t, out_position, out_velocity)
    return row


@kernel
def _slope(time, position, row, first, end, max_gap, out_velocity):
    low = row - 1 if row > first and time[row] - time[row - 1] <= max_gap else row
    high = row + 1 if row + 1 < end and time[row + 1] - time[row] <= max_gap else row
    for axis in range(3):
        if high > low:
            span = time[high] - time[low]
            out_velocity[axis] = (position[high, axis] - position[low, axis]) / span


@kernel
def _reach(time, row, first, end, long_gap, edge, out):
    """Fill from when to when a row stands for its path: out[0] <= time < out[1].

    Up to the next row, or for ``edge`` seconds where there is none within long_gap; so before it.
    """
    out[0], out[1] = time[row], time[row] + edge
    if row == first or time[row] - time[row - 1] > long_gap:
        out[0] = time[row] - edge
    if row + 1 < end and time[row + 1] - time[row] <= long_gap:
        out[1] = time[row + 1]
    elif edge == 0.0:
        out[1] = np.nextafter(time[row], math.inf)


@kernel
def count_interpolated(time, start, moments, long_gap, edge):
    """Return how many samples sample_interpolated will make."""
    made = 0
    reach = np.empty(2)
    for p in range(len(start) - 1):
        for row in range(start[p], start[p + 1]):
            _reach(time, row, start[p], start[p + 1], long_gap, edge, reach)
            made += np.searchsorted(moments, reach[1]) - np.searchsorted(moments, reach[0])
    return made


@kernel
def sample_interpolated(
    time,
    position,
    velocity,
    start,
    moments,
    max_gap,
    long_gap,
    edge,
    moment,
    source,
    seen,
    out_position,
    out_velocity,
):
    """Fill samples of all paths; not seen: inside a gap beyond max_gap, or on an edge."""
    made = 0
    reach = np.empty(2)
    for p in range(len(start) - 1):
        first, end = start[p], start[p + 1]
        for row in range(first, end):
            _reach(time, row, first, end, long_gap, edge, reach)
            is_open = row + 1 == end or time[row + 1] - time[row] > long_gap
            for k in range(np.searchsorted(moments, reach[0]), np.searchsorted(moments, reach[1])):
                t = moments[k]
                if t == time[row] or (t > time[row] and not is_open):
                    place_at(
                        time,
                        position,
                        velocity,
                        first,
                        end,
                        t,
                        long_gap,
                        out_position[made],
                        out_velocity[made],
                    )
                    seen[made] = t == time[row] or time[row + 1] - time[row] <= max_gap
                else:
                    moves = math.isfinite(velocity[row, 0])
                    for axis in range(3):
                        step = (t - time[row]) * velocity[row, axis] if moves else 0.0
                        out_position[made, axis] = position[row, axis] + step
                        out_velocity[made, axis] = velocity[row, axis]
                    seen[made] = False
                moment[made] = k
                source[made] = row
                made += 1
    return made


@kernel
def valid_until(time, ended, start, max_age, last_age, out):
    """Fill until when each row stands in the picture: the next row, max_age, or the path's end."""
    for p in range(len(start) - 1):
        for row in range(start[p], start[p + 1]):
            if ended[row]:
                out[row] = time[row]
            elif row + 1 < start[p + 1]:
                out[row] = min(time[row + 1], time[row] + max_age)
            else:
                out[row] = time[row] + last_age


@kernel
def count_held(time, until, moments):
    """Return how many samples sample_held will make."""
    made = 0
    for row in range(len(time)):
        if until[row] > time[row]:
            made += np.searchsorted(moments, until[row]) - np.searchsorted(moments, time[row])
    return made


@kernel
def sample_held(time, position, velocity, until, moments, moment, source, out_position):
    """Fill samples of all paths as a watcher has them: the newest point, moved on by velocity."""
    made = 0
    for row in range(len(time)):
        if until[row] <= time[row]:
            continue
        moves = math.isfinite(velocity[row, 0])
        for k in range(np.searchsorted(moments, time[row]), np.searchsorted(moments, until[row])):
            age = moments[k] - time[row] if moves else 0.0
            for axis in range(3):
                step = age * velocity[row, axis] if moves else 0.0
                out_position[made, axis] = position[row, axis] + step
            moment[made] = k
            source[made] = row
            made += 1
    return made
