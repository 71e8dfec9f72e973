"""Kernels behind association.py: which plot of one batch is of which track, over sparse pairs.

The joint event "these pairs, everybody else alone" has a weight of exp(sum of its pairs' gains);
each plot and each slot is in one pair at most.  The kernels fill the marginal probability of each
pair.  Pairs that touch no other are closed forms; the rest falls into clusters that do not touch,
and each cluster is solved alone, in a numbering of its own: ``rows`` and ``columns`` (plots and
slots or the other way round) and edges in order of rows (``row_start``, ``column``, ``gain``).
No kernel allocates: association.py's ``work_sizes`` says how much room they need.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare

ASSIGNMENT, JPDA, BELIEF, SHARP = 0, 1, 2, 3
STAR = 4  # not a method: a cluster in which all methods but ASSIGNMENT agree in closed form
STATES = 32768  # room for tables over subsets: what is larger is not solved exactly
MOST_ITERATIONS = 200
SETTLED = 1e-6  # change of a probability at which loopy belief propagation ends
EXACT = 1e-14  # relative change of a message at which it ends on a tree
SAFE_GAIN = 500.0  # below this sum of gains no weight needs scaling
LARGEST_GAIN = 700.0  # exp of it, a thousand times over, is still finite


@bare
def associate(
    method,
    n_plots,
    n_slots,
    pairs,
    plot_of,
    slot_of,
    gain,
    work_int,
    work_float,
    beta,
    alone,
    unexplained,
):
    """Fill beta (pairs,), alone (n_slots,), unexplained (n_plots,): probabilities that sum to one.

    ``plot_of``, ``slot_of`` and ``gain``, (pairs,), list each pair once with the log of its odds
    against leaving both alone.  Arrays may be longer than needed; their order changes nothing.
    """
    for node in range(n_plots + n_slots):
        work_int[node] = 0  # how many pairs touch each plot, then each slot
    for plot in range(n_plots):
        unexplained[plot] = 1.0
    for slot in range(n_slots):
        alone[slot] = 1.0
    for k in range(pairs):
        work_int[plot_of[k]] += 1
        work_int[n_plots + slot_of[k]] += 1
    crowded = np.int64(0)  # typed: for a plain 0 numba would compile the callees twice
    kept = n_plots + n_slots + 1
    for k in range(pairs):
        plot = plot_of[k]
        slot = slot_of[k]
        if work_int[plot] + work_int[n_plots + slot] > 2:
            work_int[kept + crowded] = k
            crowded += 1
            continue
        work_int[plot] = 0
        work_int[n_plots + slot] = 0
        likely, unlikely = one_pair(method, gain[k])
        beta[k] = likely
        alone[slot] = unlikely
        unexplained[plot] = unlikely
    if crowded == 0:
        return
    _link(n_plots, n_slots, crowded, plot_of, slot_of, work_int)
    nodes = n_plots + n_slots
    place = work_int[kept + 3 * crowded :]
    row_start = work_int[kept + 3 * crowded + 2 * nodes :]
    pair_of = work_int[kept + 3 * (crowded + nodes) + 1 :]
    column = work_int[kept + 4 * crowded + 3 * nodes + 1 :]
    spare = work_int[kept + 5 * crowded + 3 * nodes + 1 :]
    share = work_float[crowded:]
    spare_float = work_float[2 * crowded :]
    for seed in range(n_plots):
        if work_int[seed + 1] == work_int[seed] or place[seed] != -1:
            continue  # no links, or in a cluster that is done
        rows, columns, edges = _gather(
            method, seed, n_plots, n_slots, crowded, plot_of, slot_of, gain, work_int, work_float
        )
        way = _way(method, rows, columns, edges)
        if way == STAR:
            _star(edges, work_float, share)
        elif way == BELIEF:
            _belief(rows, columns, edges, row_start, column, work_float, share, spare, spare_float)
        else:
            _match(
                way, rows, columns, edges, row_start, column, work_float, share, spare, spare_float
            )
            if way == JPDA:
                _joint(rows, columns, row_start, column, work_float, share, spare, spare_float)
            elif way == SHARP:
                _sharp(rows, columns, row_start, column, work_float, share, spare, spare_float)
        for e in range(edges):
            k = pair_of[e]
            beta[k] = share[e]
            unexplained[plot_of[k]] = max(unexplained[plot_of[k]] - share[e], 0.0)
            alone[slot_of[k]] = max(alone[slot_of[k]] - share[e], 0.0)


@bare
def one_pair(method, gain):
    """Return the probabilities that a pair which touches no other is true, and that it is not.

    Callers with a batch of one pair may ask here: the way through ``associate`` costs more.
    """
    if method == ASSIGNMENT:
        return (1.0, 0.0) if gain > 0.0 else (0.0, 1.0)
    odds = math.exp(-abs(gain))
    likelier = 1.0 / (1.0 + odds)
    return (likelier, odds * likelier) if gain > 0.0 else (odds * likelier, likelier)


@bare
def _link(n_plots, n_slots, crowded, plot_of, slot_of, work_int):
    """Turn counts and kept pairs in work_int into each node's list of pairs, in rising order.

    work_int holds start (nodes + 1,), kept (crowded,), linked (2 crowded,) and, free, (nodes,).
    """
    nodes = n_plots + n_slots
    start = work_int[: nodes + 1]
    kept = work_int[nodes + 1 : nodes + 1 + crowded]
    linked = work_int[nodes + 1 + crowded : nodes + 1 + 3 * crowded]
    fill = work_int[nodes + 1 + 3 * crowded : 2 * nodes + 1 + 3 * crowded]
    total = 0
    for node in range(nodes):
        count = start[node]
        start[node] = total
        fill[node] = total
        total += count
    start[nodes] = total
    for c in range(crowded):
        node = n_plots + slot_of[kept[c]]
        linked[fill[node]] = kept[c]
        fill[node] += 1
    for place in range(crowded, 2 * crowded):  # by slots: so each plot's list rises
        node = plot_of[linked[place]]
        linked[fill[node]] = linked[place]
        fill[node] += 1
    for node in range(n_plots, nodes):
        fill[node] = start[node]
    for place in range(crowded):  # by plots: so each slot's list rises too
        node = n_plots + slot_of[linked[place]]
        linked[fill[node]] = linked[place]
        fill[node] += 1
    for node in range(nodes):
        fill[node] = -1  # from here on: not yet in a cluster


@bare
def _gather(method, seed, n_plots, n_slots, crowded, plot_of, slot_of, gain, work_int, edge_gain):
    """Lay out the cluster of plot ``seed``; return its numbers of rows, columns and edges.

    work_int goes on with place (nodes,), queue (nodes,), row_start (nodes + 1,), pair_of and
    column (crowded,).  place is -1 where not yet seen, -2 where seen, else a column's number.
    """
    nodes = n_plots + n_slots
    start = work_int[: nodes + 1]
    linked = work_int[nodes + 1 + crowded : nodes + 1 + 3 * crowded]
    place = work_int[nodes + 1 + 3 * crowded :]
    queue = place[nodes:]
    row_start = queue[nodes:]
    pair_of = row_start[nodes + 1 :]
    column = pair_of[crowded:]
    rows = 0
    columns = 0
    edges = 0
    place[seed] = -2
    queue[0] = seed
    reached = 1
    plots = 0
    head = 0
    while head < reached:
        node = queue[head]
        head += 1
        if node < n_plots:
            plots += 1
        for at in range(start[node], start[node + 1]):
            k = linked[at]
            other = n_plots + slot_of[k] if node < n_plots else plot_of[k]
            if place[other] == -1:
                place[other] = -2
                queue[reached] = other
                reached += 1
    # tables over subsets want few columns, augmenting paths few rows
    plots_are_rows = (2 * plots > reached) == (method != ASSIGNMENT)
    for head in range(reached):
        node = queue[head]
        if (node < n_plots) != plots_are_rows:
            continue
        row_start[rows] = edges
        rows += 1
        for at in range(start[node], start[node + 1]):
            k = linked[at]
            other = n_plots + slot_of[k] if plots_are_rows else plot_of[k]
            if place[other] == -2:
                place[other] = columns
                columns += 1
            pair_of[edges] = k
            column[edges] = place[other]
            edge_gain[edges] = gain[k]
            edges += 1
    row_start[rows] = edges
    return rows, columns, edges


@bare
def _way(method, rows, columns, edges):
    """Return the method that solves a cluster: the one asked for or what stands in for it."""
    if method == ASSIGNMENT:
        return ASSIGNMENT
    if rows == 1 or columns == 1:
        return STAR
    if method == SHARP:
        return SHARP if rows + columns < 15 else BELIEF
    if edges == rows + columns - 1 or columns > 14 or (rows + 2) << columns > STATES:
        return BELIEF
    return method


@bare
def _star(edges, gain, share):
    """Fill share where all pairs are of one plot, or of one slot: at most one of them is true."""
    best = 0.0
    for e in range(edges):
        best = max(best, gain[e])
    total = math.exp(-best)
    for e in range(edges):
        share[e] = math.exp(gain[e] - best)
        total += share[e]
    for e in range(edges):
        share[e] /= total


@bare
def _match(way, rows, columns, edges, row_start, column, gain, share, spare, spare_float):
    """Fill share with the best joint event, or make gains and prices the factors that sums take.

    The prices (rows + columns,) stand first in spare_float.  As exp(gain - prices) is at most 1
    everywhere and just 1 over the best joint event, nothing overflows and nothing that counts
    is lost; where all gains together are modest, prices of zero do as well.
    """
    above_row = spare_float[:rows]
    above_column = spare_float[rows:]
    sum_of_gains = 0.0
    for e in range(edges):
        sum_of_gains += max(gain[e], 0.0)
        share[e] = 0.0
    for node in range(rows + columns):
        spare_float[node] = 0.0
    if way == ASSIGNMENT or sum_of_gains > SAFE_GAIN:
        shortest = spare_float[rows + columns :]
        _augment(rows, columns, row_start, column, gain, above_row, above_column, shortest, spare)
    if way == ASSIGNMENT:
        for row in range(rows):
            if spare[row] >= 0 and gain[spare[row]] > 0.0:
                share[spare[row]] = 1.0
        return
    for row in range(rows):
        for e in range(row_start[row], row_start[row + 1]):
            gain[e] = math.exp(gain[e] - above_row[row] - above_column[column[e]])
    for node in range(rows + columns):
        spare_float[node] = math.exp(-spare_float[node])


@bare
def _augment(rows, columns, row_start, column, gain, above_row, above_column, shortest, spare):
    """Fill spare[:rows] with the edge of each row, -1 for alone, for the highest total gain.

    Shortest augmenting paths (Jonker & Volgenant 1987) over sparse edges; a path may also end in
    leaving a row alone.  The prices in above_row (rows,) and above_column (columns,), given as
    zeros, come back as the dual solution: not negative, zero where alone, together at least each
    edge's gain and just that on the edges taken.
    """
    edge_of_row = spare
    edge_of_column = spare[rows:]
    path = spare[rows + columns :]  # edge by which a column was reached
    touched = spare[rows + 2 * columns :]  # columns: done ones first
    row_of_column = spare[rows + 3 * columns :]
    row_of_path = spare[rows + 4 * columns :]
    for j in range(columns):
        edge_of_column[j] = -1
        shortest[j] = math.inf
    for first in range(rows):
        edge_of_row[first] = -1
        for e in range(row_start[first], row_start[first + 1]):
            above_row[first] = max(above_row[first], gain[e] - above_column[column[e]])
        row = first
        length = 0.0
        ends_at = math.inf  # the shortest path that ends in leaving a row alone
        left_alone = -1
        n_touched = 0
        n_done = 0
        sink = -1
        while True:
            if length + above_row[row] < ends_at:
                ends_at = length + above_row[row]
                left_alone = row
            for e in range(row_start[row], row_start[row + 1]):
                j = column[e]
                longer = length + max(above_row[row] + above_column[j] - gain[e], 0.0)
                if longer < shortest[j]:
                    if shortest[j] == math.inf:
                        touched[n_touched] = j
                        n_touched += 1
                    shortest[j] = longer
                    path[j] = e
                    row_of_path[j] = row
            nearest = -1
            length = ends_at
            for t in range(n_done, n_touched):
                if shortest[touched[t]] < length:
                    length = shortest[touched[t]]
                    nearest = t
            if nearest < 0:
                break
            j = touched[nearest]
            if edge_of_column[j] < 0:
                sink = j
                break
            touched[nearest] = touched[n_done]
            touched[n_done] = j
            n_done += 1
            row = row_of_column[j]
        above_row[first] -= length
        for t in range(n_done):
            j = touched[t]
            above_column[j] += length - shortest[j]
            above_row[row_of_column[j]] -= length - shortest[j]
        for t in range(n_touched):
            shortest[touched[t]] = math.inf
        if sink < 0:
            if left_alone == first:
                continue
            sink = column[edge_of_row[left_alone]]
            edge_of_row[left_alone] = -1
        row = -1
        while row != first:
            row = row_of_path[sink]
            before = edge_of_row[row]
            edge_of_row[row] = path[sink]
            edge_of_column[sink] = path[sink]
            row_of_column[sink] = row
            if before >= 0:
                sink = column[before]


@bare
def _joint(rows, columns, row_start, column, weight, share, layer, factors):
    """Fill share with exact marginals: sums over rows and over all subsets of columns in use.

    Forward, before each row: the weight of all ways in which the rows so far use just that
    subset; backward: the weight of all ways to go on from it.  weight (edges,) and those of being
    alone, first in factors (rows + columns,), multiply; columns are numbered as rows reach them.
    """
    table = factors[rows + columns :]
    at = 0
    size = 1
    table[0] = 1.0
    for row in range(rows):
        wider = size
        for e in range(row_start[row], row_start[row + 1]):
            share[e] = 0.0
            wider = max(wider, 2 << column[e])
        for subset in range(size, wider):
            table[at + subset] = 0.0
        after = at + wider
        for subset in range(wider):
            table[after + subset] = 0.0
        for subset in range(wider):
            before = table[at + subset]
            if before == 0.0:
                continue
            table[after + subset] += before * factors[row]
            for e in range(row_start[row], row_start[row + 1]):
                bit = 1 << column[e]
                if subset & bit == 0:
                    table[after + subset + bit] += before * weight[e]
        layer[row] = at
        at = after
        size = wider
    onward = table[at + size : at + 2 * size]
    layer[rows] = at
    onward[0] = 1.0
    for j in range(columns):
        bit = 1 << j
        for subset in range(bit):
            onward[subset + bit] = onward[subset]
            onward[subset] *= factors[rows + j]
    for row in range(rows - 1, -1, -1):
        for subset in range(layer[row + 1] - layer[row]):  # upwards: larger ones are still old
            before = table[layer[row] + subset]
            if before == 0.0:
                continue
            total = factors[row] * onward[subset]
            for e in range(row_start[row], row_start[row + 1]):
                bit = 1 << column[e]
                if subset & bit == 0:
                    ways = weight[e] * onward[subset + bit]
                    total += ways
                    share[e] += before * ways
            onward[subset] = total
    for e in range(row_start[rows]):
        share[e] /= onward[0]


@bare
def _sharp(rows, columns, row_start, column, weight, share, choice, factors):
    """Fill share with the marginals of JPDA* (Blom & Bloem, IEEE T-AES 36(1), 2000).

    Of all joint events with the same rows and the same columns in pairs only the best counts, so
    tracks that share their plots do not run together.  A state is rows << columns | columns used.
    """
    table = factors[rows + columns :]
    size = 1 << columns
    unused = table[size << rows :]
    unused[0] = 1.0
    for j in range(columns):
        for subset in range(1 << j):
            unused[subset + (1 << j)] = unused[subset]
            unused[subset] *= factors[rows + j]
    for e in range(row_start[rows]):
        share[e] = 0.0
    for state in range(size << rows):
        table[state] = 0.0
    table[0] = 1.0
    total = 0.0
    row = -1  # the highest of the rows in pairs
    for chosen in range(1 << rows):
        if chosen >> (row + 1):
            row += 1
        factor = 1.0
        for i in range(rows):
            if chosen >> i & 1 == 0:
                factor *= factors[i]
        for subset in range(size):
            here = chosen * size + subset
            if chosen > 0:
                for e in range(row_start[row], row_start[row + 1]):
                    bit = 1 << column[e]
                    if subset & bit:
                        best = table[here - (size << row) - bit] * weight[e]
                        if best > table[here]:
                            table[here] = best
                            choice[here] = e << 4 | row
            worth = table[here] * factor * unused[subset]
            total += worth
            while worth > 0.0 and here > 0:
                e = choice[here] >> 4
                share[e] += worth
                here -= (size << (choice[here] & 15)) + (1 << column[e])
    for e in range(row_start[rows]):
        share[e] /= total


@bare
def _belief(rows, columns, edges, row_start, column, weight, share, strongest_at, spare_float):
    """Fill share by loopy belief propagation (Williams & Lau, IEEE T-AES 50(4), 2014).

    Exact on trees, where each message is final after as many rounds as the tree is long.  The
    sum over all others but one is kept as strongest and rest, as subtracting would lose it.
    """
    strongest = spare_float
    rest = spare_float[columns:]
    to_row = spare_float[2 * columns :]
    to_column = spare_float[2 * columns + edges :]
    is_tree = edges == rows + columns - 1
    for e in range(edges):
        weight[e] = math.exp(min(max(weight[e], -LARGEST_GAIN), LARGEST_GAIN))
        to_row[e] = 1.0
        share[e] = 0.0
    for _ in range(rows + columns if is_tree else MOST_ITERATIONS):
        change = 0.0
        for j in range(columns):
            strongest[j] = 0.0
            strongest_at[j] = -1
            rest[j] = 0.0
        for row in range(rows):
            top = 0.0
            top_at = -1
            others = 0.0
            for e in range(row_start[row], row_start[row + 1]):
                odds = weight[e] * to_row[e]
                others += min(odds, top)
                if odds > top:
                    top = odds
                    top_at = e
            scale = 1.0 / (1.0 + others + top)
            for e in range(row_start[row], row_start[row + 1]):
                odds = weight[e] * to_row[e]
                change = max(change, abs(odds * scale - share[e]))
                share[e] = odds * scale
                odds = weight[e] / (1.0 + (others if e == top_at else others + top - odds))
                to_column[e] = odds
                j = column[e]
                rest[j] += min(odds, strongest[j])
                if odds > strongest[j]:
                    strongest[j] = odds
                    strongest_at[j] = e
        moved = 0.0
        for e in range(edges):
            j = column[e]
            others = 1.0 + rest[j]
            if e != strongest_at[j]:
                others += strongest[j] - to_column[e]
            message = 1.0 / others
            moved = max(moved, abs(message - to_row[e]) * others)
            to_row[e] = message
        if moved <= EXACT or (not is_tree and moved < 0.1 and change < SETTLED):
            break
    for j in range(columns):
        rest[j] = 0.0
    for e in range(edges):
        rest[column[e]] += share[e]
    for e in range(edges):  # no more than one a column, even where the messages have not settled
        share[e] /= max(rest[column[e]], 1.0)
