"""Kernels of resolution: what a radar cannot tell apart becomes one plot, or garbles its codes.

Rows are sorted by turn and azimuth; ``rows`` (n, FLOATS) and ``marks`` (n, INTS) are those of
scan_kernels.  ``width`` is range, azimuth and elevation that two must be apart by, and the time
after which the beam has left a place.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare_kernel, inlined
from jointsky.sensors.scan_kernels import F_AZIMUTH, F_ELEVATION, F_RANGE, F_TIME, I_TURN

_TURN = 2.0 * math.pi
M_RANGE, M_AZIMUTH, M_ELEVATION, M_TIME, M_POWER = 0, 1, 2, 3, 4


@inlined
def root_of(leader, i):
    """Return the row that stands for the group of row i."""
    while leader[i] != i:
        leader[i] = leader[leader[i]]
        i = leader[i]
    return i


@inlined
def is_near(rows, i, j, width):
    """Return whether two rows are less apart than a width in all of range, elevation and time."""
    if abs(rows[i, F_RANGE] - rows[j, F_RANGE]) >= width[0]:
        return False
    if abs(rows[i, F_ELEVATION] - rows[j, F_ELEVATION]) >= width[2]:
        return False
    return abs(rows[i, F_TIME] - rows[j, F_TIME]) < width[3]


@inlined
def next_within(rows, i, j, first, last, width_rad):
    """Return the row after j whose azimuth is within a width clockwise of that of row i, or -1.

    From the last row of the turn it goes on with the first.
    """
    j += 1
    around = 0.0
    if j >= last:
        j -= last - first
    if j <= i:
        around = _TURN
    if j == i or rows[j, F_AZIMUTH] + around - rows[i, F_AZIMUTH] >= width_rad:
        return -1
    return j


@bare_kernel
def group(rows, marks, power, width, leader):
    """Fill leader (n,) with the row that stands for each row's group: the strongest of it.

    ``power`` (n,) is 0 where there is nothing.  Groups are chained: a plot extractor that cannot
    tell A from B nor B from C makes one plot of the three.
    """
    n = rows.shape[0]
    for i in range(n):
        leader[i] = i
    first = 0
    while first < n:
        last = first + 1
        while last < n and marks[last, I_TURN] == marks[first, I_TURN]:
            last += 1
        for i in range(first, last):
            if power[i] <= 0.0:
                continue
            j = next_within(rows, i, i, first, last, width[1])
            while j >= 0:
                if power[j] > 0.0 and is_near(rows, i, j, width):
                    a, b = root_of(leader, i), root_of(leader, j)
                    if power[a] < power[b]:
                        a, b = b, a
                    leader[b] = a
                j = next_within(rows, i, j, first, last, width[1])
        first = last
    for i in range(n):
        leader[i] = root_of(leader, i)


@bare_kernel
def centres(rows, power, leader, out):
    """Fill out (n, 5) with the power-weighted mean place and time of each group, at its leader.

    Columns: range, azimuth, elevation, time, power.  Rows that lead nothing get power 0.
    """
    n = rows.shape[0]
    for i in range(n):
        for k in range(5):
            out[i, k] = 0.0
    for i in range(n):
        if power[i] <= 0.0:
            continue
        a, p = leader[i], power[i]
        off_rad = rows[i, F_AZIMUTH] - rows[a, F_AZIMUTH]
        off_rad -= _TURN * math.floor(off_rad / _TURN + 0.5)
        out[a, M_RANGE] += p * rows[i, F_RANGE]
        out[a, M_AZIMUTH] += p * off_rad
        out[a, M_ELEVATION] += p * rows[i, F_ELEVATION]
        out[a, M_TIME] += p * (rows[i, F_TIME] - rows[a, F_TIME])
        out[a, M_POWER] += p
    for i in range(n):
        p = out[i, M_POWER]
        if p > 0.0:
            out[i, M_RANGE] /= p
            out[i, M_AZIMUTH] = rows[i, F_AZIMUTH] + out[i, M_AZIMUTH] / p
            out[i, M_ELEVATION] /= p
            out[i, M_TIME] = rows[i, F_TIME] + out[i, M_TIME] / p


@bare_kernel
def overlapping(rows, marks, power, width, out):
    """Mark rows (n,) whose answers overlap another's: nearer than a width, without chaining."""
    n = rows.shape[0]
    for i in range(n):
        out[i] = 0
    first = 0
    while first < n:
        last = first + 1
        while last < n and marks[last, I_TURN] == marks[first, I_TURN]:
            last += 1
        for i in range(first, last):
            if power[i] <= 0.0:
                continue
            j = next_within(rows, i, i, first, last, width[1])
            while j >= 0:
                if power[j] > 0.0 and is_near(rows, i, j, width):
                    out[i] = 1
                    out[j] = 1
                j = next_within(rows, i, j, first, last, width[1])
        first = last
