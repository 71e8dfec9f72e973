"""Kernels behind accuracy.py: how far each track point is from its target at its own time."""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel
from jointsky.metrics.flight_kernels import split
from jointsky.metrics.sampling_kernels import before, place_at


@kernel
def label_points(
    span_track, span_truth, span_begin, span_end, track_start, track_time, out_truth, out_begin
):
    """Fill the target of each track point inside a span's times (-1: none).

    Of several spans the one that began last counts.  out_begin: work array (n,).
    """
    out_truth[:] = -1
    out_begin[:] = -math.inf
    for s in range(len(span_track)):
        first, end = track_start[span_track[s]], track_start[span_track[s] + 1]
        row = first + np.searchsorted(track_time[first:end], span_begin[s])
        while row < end and track_time[row] <= span_end[s]:
            if span_begin[s] > out_begin[row]:
                out_begin[row] = span_begin[s]
                out_truth[row] = span_truth[s]
            row += 1


@kernel
def _linear(time, value, row, end, t):
    """Return a column at t between row and row + 1, straight; NaN where one is not known."""
    if time[row] == t or row + 1 >= end:
        return value[row] if time[row] == t else math.nan
    share = (t - time[row]) / (time[row + 1] - time[row])
    return value[row] + share * (value[row + 1] - value[row])


@kernel
def point_errors(tracks, truth_of, reference, phase, flat, max_gap, out, out_phase):
    """Fill errors of track points against their targets interpolated to the points' times.

    tracks, reference: named tuples of columns (accuracy.Columns).  out (n, 9): horizontal,
    along, across (right is positive), ground speed, heading (rad), height, pressure altitude,
    climb, and the reference's climb.  NaN where either side is not known.
    """
    position, velocity = np.empty(3), np.empty(3)
    offset = np.empty(3)
    for i in range(len(truth_of)):
        out[i] = math.nan
        out_phase[i] = -1
        target = truth_of[i]
        if target < 0:
            continue
        first, end = reference.start[target], reference.start[target + 1]
        t = tracks.time[i]
        row = place_at(
            reference.time,
            reference.position,
            reference.velocity,
            first,
            end,
            t,
            max_gap,
            position,
            velocity,
        )
        if row < 0:
            continue
        for axis in range(3):
            offset[axis] = tracks.position[i, axis] - position[axis]
        along, across, up = split(position, offset, velocity, flat)
        square = offset[0] ** 2 + offset[1] ** 2 + offset[2] ** 2 - up * up
        out[i, 0] = math.sqrt(max(square, 0.0))
        out[i, 1], out[i, 2] = along, across
        v_along, v_right, _ = split(position, tracks.velocity[i], velocity, flat)
        speed, _, _ = split(position, velocity, velocity, flat)
        out[i, 3] = math.hypot(v_along, v_right) - speed
        out[i, 4] = math.atan2(v_right, v_along) if speed >= 5.0 else math.nan
        out[i, 5] = tracks.height[i] - _linear(reference.time, reference.height, row, end, t)
        altitude = _linear(reference.time, reference.altitude, row, end, t)
        out[i, 6] = tracks.altitude[i] - altitude
        climb = _linear(reference.time, reference.climb, row, end, t)
        out[i, 7] = tracks.climb[i] - climb
        out[i, 8] = climb
        later = row + 1 < end and reference.time[row + 1] - t < t - reference.time[row]
        out_phase[i] = phase[row + 1] if later else phase[row]


@kernel
def expected_updates(
    time, start, max_gap, first_update, last_update, update_start, update_time, interval, long_gap,
    expected, updated, in_long_gaps, gaps,
):  # fmt: skip
    """Count, for each target, its update intervals, those with an update, and long gaps.

    A target's time is cut where its reference is silent for longer than max_gap, and to
    [first_update, last_update] of the target.  Each piece is divided into whole intervals.
    in_long_gaps: intervals without an update that lie wholly inside a gap longer than long_gap.
    """
    for p in range(len(start) - 1):
        expected[p] = 0
        updated[p] = 0
        in_long_gaps[p] = 0
        gaps[p] = 0
        first, end = start[p], start[p + 1]
        times = update_time[update_start[p] : update_start[p + 1]]
        row = first
        while row < end:
            last = row
            while last + 1 < end and time[last + 1] - time[last] <= max_gap:
                last += 1
            low = max(time[row], first_update[p])
            high = min(time[last], last_update[p])
            windows = int((high - low) / interval + 1e-9) if high > low else 0
            for w in range(windows):
                begin = low + w * interval
                stop = begin + interval
                at = np.searchsorted(times, begin)
                expected[p] += 1
                if at < len(times) and times[at] < stop:
                    updated[p] += 1
                    continue
                left = times[at - 1] if at > 0 and times[at - 1] > low else low
                right = times[at] if at < len(times) and times[at] < high else high
                in_long_gaps[p] += right - left > long_gap
            gaps[p] += _long_gaps(times, low, high, long_gap)
            row = last + 1


@kernel
def _long_gaps(times, low, high, long_gap):
    found = 0
    previous = low
    for at in range(np.searchsorted(times, low), len(times)):
        if times[at] > high:
            break
        found += times[at] - previous > long_gap
        previous = times[at]
    return found + (1 if high - previous > long_gap else 0)


@kernel
def nearest_rows(time, start, path, t, out):
    """Fill for each (path, t) the row of that path at or before t, or -1."""
    for i in range(len(t)):
        if path[i] < 0:
            out[i] = -1
            continue
        first = start[path[i]]
        row = before(time, first, start[path[i] + 1], t[i])
        out[i] = row if row >= first else -1
