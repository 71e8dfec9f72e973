"""Kernels behind pairs.py: which tracks are near which targets, moment by moment.

Points of moment k are rows start[k] to start[k + 1].  A sweep along the axis of widest spread
looks only at points within the cutoff on that axis, so thousands of targets stay cheap.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel


@kernel
def _distance(a, i, b, j):
    dx, dy, dz = a[i, 0] - b[j, 0], a[i, 1] - b[j, 1], a[i, 2] - b[j, 2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@kernel
def _sweep(a, a_first, a_end, b, order, keys, cutoff, axis, made, row_a, row_b, distance):
    """Write the pairs of one moment that are closer than cutoff; return how many there are now.

    With no room left (made past the length of row_a) it only counts.
    """
    for i in range(a_first, a_end):
        low = np.searchsorted(keys, a[i, axis] - cutoff)
        for place in range(low, len(order)):
            if keys[place] > a[i, axis] + cutoff:
                break
            j = order[place]
            d = _distance(a, i, b, j)
            if d < cutoff:
                if made < len(row_a):
                    row_a[made] = i
                    row_b[made] = j
                    distance[made] = d
                made += 1
    return made


@kernel
def near_pairs(a, a_start, b, b_start, cutoff, axis, row_a, row_b, distance, pair_start):
    """Fill all pairs (row of a, row of b, distance < cutoff) by moment; return their number.

    Where the arrays are too short the number is still right: call again with longer ones.
    """
    made = 0
    for k in range(len(a_start) - 1):
        pair_start[k] = made
        first, end = b_start[k], b_start[k + 1]
        if a_start[k + 1] == a_start[k] or end == first:
            continue
        keys = b[first:end, axis].copy()
        if end - first > 1:
            sorted_rows = np.argsort(keys)
            keys = keys[sorted_rows]
            order = sorted_rows + first
        else:
            order = np.full(1, first, np.int64)
        made = _sweep(
            a,
            a_start[k],
            a_start[k + 1],
            b,
            order,
            keys,
            cutoff,
            axis,
            made,
            row_a,
            row_b,
            distance,
        )
    pair_start[len(a_start) - 1] = made
    return made


@kernel
def nearest(row_a, row_b, distance, near_row, near_distance):
    """Fill for each row of b its nearest row of a (the lowest where equal), -1 and inf for none."""
    near_row[:] = -1
    near_distance[:] = math.inf
    for p in range(len(row_a)):
        j = row_b[p]
        d = distance[p]
        if d < near_distance[j] or (d == near_distance[j] and row_a[p] < near_row[j]):
            near_distance[j] = d
            near_row[j] = row_a[p]
