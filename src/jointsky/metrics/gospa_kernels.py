"""Kernel behind gospa.py: the best assignment of each moment and what it costs."""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel
from jointsky.numeric.assignment_kernels import assign_pairs


@kernel
def match_moments(
    a_start, b_start, pair_start, row_a, row_b, distance, cutoff, order, partner, assigned, cost
):
    """Fill each reference sample's track sample (-1: none) and the sums over assigned pairs.

    assigned (K,) counts pairs, cost (K,) sums distance**order.  A pair is worth
    cutoff**order - distance**order against leaving both alone, for OSPA as for GOSPA (alpha 2).
    """
    top = cutoff**order
    for k in range(len(a_start) - 1):
        first, end = pair_start[k], pair_start[k + 1]
        n_a, n_b = a_start[k + 1] - a_start[k], b_start[k + 1] - b_start[k]
        assigned[k] = 0
        cost[k] = 0.0
        if end == first:
            partner[a_start[k] : a_start[k + 1]] = -1
            continue
        gain = np.empty(end - first)
        for p in range(first, end):
            gain[p - first] = top - distance[p] ** order
        column_of = np.empty(n_a, np.int64)
        assign_pairs(
            n_a,
            n_b,
            row_a[first:end] - a_start[k],
            row_b[first:end] - b_start[k],
            gain,
            end - first,
            column_of,
        )
        for i in range(n_a):
            j = column_of[i]
            partner[a_start[k] + i] = -1 if j < 0 else b_start[k] + j
            assigned[k] += j >= 0
        for p in range(first, end):
            if partner[row_a[p]] == row_b[p]:
                cost[k] += distance[p] ** order
