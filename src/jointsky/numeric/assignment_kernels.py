"""Kernels behind assignment.py: the cheapest rectangular assignment, dense or over sparse pairs.

Shortest augmenting paths (Jonker & Volgenant 1987) for rectangular costs as set out by Crouse
(IEEE T-AES 52(4), 2016).  Rows R, columns C, R <= C; float64 costs, no NaN; inf forbids a pair.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel


@kernel
def solve_wide(cost, column_of, row_of, u, v, shortest, path, row_done, column_done, todo):
    """Fill column_of (R,) and row_of (C,) for cost (R, C), R <= C; False where none is finite.

    u, path... are work arrays: u (R,), v, shortest, path, column_done, todo (C,), row_done (R,).
    """
    rows, columns = cost.shape
    column_of[:rows] = -1
    row_of[:columns] = -1
    u[:rows] = 0.0
    v[:columns] = 0.0
    for first in range(rows):
        sink = -1
        lowest = 0.0
        row = first
        remaining = columns
        for j in range(columns):
            shortest[j] = math.inf
            column_done[j] = False
            path[j] = -1
            todo[j] = columns - 1 - j  # backwards, so that ties go to low columns
        for i in range(rows):
            row_done[i] = False
        while sink < 0:
            row_done[row] = True
            best = math.inf
            best_at = -1
            for place in range(remaining):
                j = todo[place]
                length = lowest + cost[row, j] - u[row] - v[j]
                if length < shortest[j]:
                    path[j] = row
                    shortest[j] = length
                if shortest[j] < best or (shortest[j] == best and row_of[j] < 0):
                    best = shortest[j]
                    best_at = place
            lowest = best
            if best_at < 0 or not lowest < math.inf:
                return False
            j = todo[best_at]
            if row_of[j] < 0:
                sink = j
            else:
                row = row_of[j]
            column_done[j] = True
            remaining -= 1
            todo[best_at] = todo[remaining]
        u[first] += lowest
        for i in range(rows):
            if row_done[i] and i != first:
                u[i] += lowest - shortest[column_of[i]]
        for j in range(columns):
            if column_done[j]:
                v[j] -= lowest - shortest[j]
        j = sink
        while True:
            i = path[j]
            row_of[j] = i
            before = column_of[i]
            column_of[i] = j
            if i == first:
                break
            j = before
    return True


@kernel
def assign(cost, column_of):
    """Fill column_of (R,) with the cheapest assignment of cost (R, C), R <= C; tell if possible."""
    rows, columns = cost.shape
    return solve_wide(
        cost,
        column_of,
        np.empty(columns, np.int64),
        np.empty(rows),
        np.empty(columns),
        np.empty(columns),
        np.empty(columns, np.int64),
        np.empty(rows, np.bool_),
        np.empty(columns, np.bool_),
        np.empty(columns, np.int64),
    )


@kernel
def _root(parent, node):
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@kernel
def clusters(n_rows, n_columns, pair_row, pair_column, pairs, root_of):
    """Fill root_of (n_rows + n_columns,): nodes joined by pairs have one root (union-find)."""
    for node in range(n_rows + n_columns):
        root_of[node] = node
    for p in range(pairs):
        a = _root(root_of, pair_row[p])
        b = _root(root_of, n_rows + pair_column[p])
        if a < b:
            root_of[b] = a
        elif b < a:
            root_of[a] = b
    for node in range(n_rows + n_columns):
        root_of[node] = _root(root_of, node)


@kernel
def assign_pairs(n_rows, n_columns, pair_row, pair_column, gain, pairs, column_of):
    """Fill column_of (n_rows,), -1 for alone: the matching of pairs with the highest total gain.

    Only the first ``pairs`` entries count; gains that are not positive are never taken.  Each
    connected cluster is solved by itself; a cluster of one row or one column needs no solver.
    """
    for i in range(n_rows):
        column_of[i] = -1
    if pairs == 0:
        return
    nodes = n_rows + n_columns
    root_of = np.empty(nodes, np.int64)
    clusters(n_rows, n_columns, pair_row, pair_column, pairs, root_of)
    start = np.zeros(nodes + 1, np.int64)
    for p in range(pairs):
        start[root_of[pair_row[p]] + 1] += 1
    for node in range(nodes):
        start[node + 1] += start[node]
    fill = start[:-1].copy()
    by_cluster = np.empty(pairs, np.int64)
    for p in range(pairs):
        root = root_of[pair_row[p]]
        by_cluster[fill[root]] = p
        fill[root] += 1
    place = np.full(nodes, -1, np.int64)  # place of a node among its cluster's rows or columns
    for root in range(nodes):
        if start[root + 1] > start[root]:
            _assign_cluster(
                n_rows,
                pair_row,
                pair_column,
                gain,
                by_cluster[start[root] : start[root + 1]],
                place,
                column_of,
            )


@kernel
def _assign_cluster(n_rows, pair_row, pair_column, gain, members, place, column_of):
    rows = np.empty(len(members), np.int64)
    columns = np.empty(len(members), np.int64)
    n_r, n_c = 0, 0
    best = members[0]
    for p in members:
        if place[pair_row[p]] < 0:
            place[pair_row[p]] = n_r
            rows[n_r] = pair_row[p]
            n_r += 1
        if place[n_rows + pair_column[p]] < 0:
            place[n_rows + pair_column[p]] = n_c
            columns[n_c] = pair_column[p]
            n_c += 1
        if gain[p] > gain[best]:
            best = p
    if n_r == 1 or n_c == 1:
        if gain[best] > 0.0:
            column_of[pair_row[best]] = pair_column[best]
        return
    tall = n_r > n_c
    cost = np.zeros((min(n_r, n_c), max(n_r, n_c)))
    for p in members:
        i, j = place[pair_row[p]], place[n_rows + pair_column[p]]
        if tall:
            cost[j, i] = min(cost[j, i], -gain[p])
        else:
            cost[i, j] = min(cost[i, j], -gain[p])
    partner_of = np.empty(cost.shape[0], np.int64)
    assign(cost, partner_of)
    for a in range(cost.shape[0]):
        b = partner_of[a]
        if cost[a, b] < 0.0:
            if tall:
                column_of[rows[b]] = columns[a]
            else:
                column_of[rows[a]] = columns[b]
