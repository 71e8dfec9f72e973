"""Kernels behind admission.py: which plots a tracker can take, and their order."""
# mypy: ignore-errors

import math

from jointsky._jit import bare, bare_kernel
from jointsky.tracking.layout_kernels import GEODETIC, LOCAL, POLAR

SHORT_RUN = 8  # rows that are put in order one by one before runs of rows are merged


@bare_kernel
def admit(columns, sensor, geometry, flags, unused, placed, farthest_m, oldest_s, rows):
    """Fill ``rows`` with the plots to take; return how many, how many refused, how many too late.

    ``columns`` are (time, range, azimuth, east, north, latitude, longitude).  A plot needs a time,
    a place, a sensor that is ``placed`` (or a place on the earth) and none of the ``unused`` flags.
    Last comes whether the plots taken are in order of time.
    """
    time_s, range_m, azimuth_rad, east_m, north_m, latitude_rad, longitude_rad = columns
    taken = 0
    refused = 0
    late = 0
    newest = -math.inf
    in_order = True
    for i in range(time_s.shape[0]):
        g = geometry[i]
        if g == GEODETIC:
            good = math.isfinite(latitude_rad[i]) and math.isfinite(longitude_rad[i])
        elif g == LOCAL:
            good = math.isfinite(east_m[i]) and math.isfinite(north_m[i])
        else:
            good = math.isfinite(azimuth_rad[i])
            if g == POLAR:
                good = good and 0.0 <= range_m[i] < farthest_m
        good = good and (g == GEODETIC or placed[sensor[i]])
        if not good or (flags[i] & unused) != 0 or not math.isfinite(time_s[i]):
            refused += 1
        elif time_s[i] < oldest_s:
            late += 1
        else:
            rows[taken] = i
            taken += 1
            in_order = in_order and time_s[i] >= newest
            newest = time_s[i]
    return taken, refused, late, in_order


@bare
def order_keys(geometry, places, row):
    """Return two numbers of a plot's place, ``places`` (azimuth, east, north, latitude, longitude).

    With time, sensor, range, address and number they put plots in order, whatever order they came
    in.
    """
    azimuth_rad, east_m, north_m, latitude_rad, longitude_rad = places
    if geometry == GEODETIC:
        return latitude_rad[row], longitude_rad[row]
    if geometry == LOCAL:
        return east_m[row], north_m[row]
    return azimuth_rad[row], 0.0


@bare
def range_key(range_m):
    """Return a range, 0 where there is none."""
    return range_m if math.isfinite(range_m) else 0.0


@bare
def comes_after(a, b, marks, range_m, places):
    """Return whether plot ``a`` is to follow plot ``b`` of the same time."""
    sensor, geometry, mode_s, number = marks
    if sensor[a] != sensor[b]:
        return sensor[a] > sensor[b]
    one, other = range_key(range_m[a]), range_key(range_m[b])
    if one != other:
        return one > other
    a_first, a_second = order_keys(geometry[a], places, a)
    b_first, b_second = order_keys(geometry[b], places, b)
    if a_first != b_first:
        return a_first > b_first
    if a_second != b_second:
        return a_second > b_second
    if mode_s[a] != mode_s[b]:
        return mode_s[a] > mode_s[b]
    return number[a] > number[b]


@bare
def sort_run(marks, range_m, places, rows, spare):
    """Put a run of ``rows`` of one time in order, those alike in everything as they came."""
    n = rows.shape[0]
    for first in range(0, n, SHORT_RUN):
        for i in range(first + 1, min(first + SHORT_RUN, n)):
            row = rows[i]
            k = i
            while k > first and comes_after(rows[k - 1], row, marks, range_m, places):
                rows[k] = rows[k - 1]
                k -= 1
            rows[k] = row
    width = SHORT_RUN
    while width < n:
        for first in range(0, n - width, 2 * width):
            last = min(first + 2 * width, n)
            for k in range(first, first + width):
                spare[k] = rows[k]
            left = first
            right = first + width
            k = first
            while left < first + width:
                theirs = right < last and comes_after(
                    spare[left], rows[right], marks, range_m, places
                )
                if theirs:
                    rows[k] = rows[right]
                    right += 1
                else:
                    rows[k] = spare[left]
                    left += 1
                k += 1
        width *= 2


@bare_kernel
def order_ties(columns, marks, rows, spare):
    """Put ``rows``, in order of time, in order of what they are where times are equal.

    ``columns`` as admit() takes them; ``marks`` are (sensor, geometry,
    mode_s, number).
    """
    time_s, range_m, places = columns[0], columns[1], columns[2:]
    first = 0
    n = rows.shape[0]
    for i in range(1, n + 1):
        if i == n or time_s[rows[i]] != time_s[rows[first]]:
            if i > first + 1:
                run, room = rows[first:i], spare[first:i]
                sort_run(marks, range_m, places, run, room)
            first = i
