"""Kernels behind tgospa.py: the best history of one target, and prices where targets compete.

A cluster has K moments, agents (targets, or tracks) and resources (the other side).  Edges
(agent, resource) are sorted by agent: those of agent i are agent_start[i] to agent_start[i + 1].
Edge e has entries entry_start[e] to entry_start[e + 1], each a moment and a gain, moments rising.
Half is the cost of taking up or letting go of a partner, gamma**p / 2.  All this comes as one
NamedTuple, tgospa.Sides.
"""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel


@kernel
def best_history(sides, agent, price, taken, label):
    """Fill label (K,) with the agent's best edge at each moment (-1: alone); return its worth.

    Viterbi over the agent's edges.  price (K, resources) is paid for holding a resource;
    where taken (K, resources) is True it cannot be held.
    """
    resource, half = sides.resource, sides.half
    entry_start, entry_moment, entry_gain = sides.entry_start, sides.entry_moment, sides.entry_gain
    first, end = sides.agent_start[agent], sides.agent_start[agent + 1]
    moments = price.shape[0]
    n = end - first
    pointer = entry_start[first:end].copy()
    value = np.zeros(n + 1)  # the last is "alone"
    back = np.empty((moments, n + 1), np.int32)
    for k in range(moments):
        top, top_at = value[n], n
        for c in range(n):
            if value[c] > top:
                top, top_at = value[c], c
        alone = value[n]
        for c in range(n):
            e = first + c
            here, came = value[c], c
            if k > 0:
                if alone - half > here:
                    here, came = alone - half, n
                if top - 2.0 * half > here:
                    here, came = top - 2.0 * half, top_at
            if pointer[c] < entry_start[e + 1] and entry_moment[pointer[c]] == k:
                here += entry_gain[pointer[c]]
                pointer[c] += 1
            if taken[k, resource[e]]:
                here = -1e300
            else:
                here -= price[k, resource[e]]
            value[c] = here
            back[k, c] = came
        back[k, n] = n
        if k > 0 and top_at < n and top - half > alone:
            value[n] = top - half
            back[k, n] = top_at
    at = 0
    for c in range(n + 1):
        if value[c] > value[at]:
            at = c
    worth = value[at]
    for k in range(moments - 1, -1, -1):
        label[k] = first + at if at < n else -1
        at = back[k, at]
    return worth


@kernel
def _histories(sides, order, price, taken, is_exclusive, label, uses, worth):
    """Give agents, in this order, their best history at these prices; return the sum of worths.

    uses (K, resources) counts holders.  If is_exclusive, what one agent holds is taken from
    those that come later.
    """
    uses[:] = 0
    taken[:] = False
    for i in order:
        worth[i] = best_history(sides, i, price, taken, label[i])
        for k in range(sides.moments):
            if label[i, k] >= 0:
                held = sides.resource[label[i, k]]
                uses[k, held] += 1
                taken[k, held] = is_exclusive
    return worth.sum()


@kernel
def without_competition(sides, label):
    """Fill label (agents, K) as if alone; return the worth, and whether nobody competes.

    Where nobody competes this is the optimum of the whole problem.
    """
    agents, shape = len(label), (sides.moments, sides.resources)
    taken, uses = np.zeros(shape, np.bool_), np.zeros(shape, np.int32)
    everybody, worth = np.arange(agents), np.empty(agents)
    total = _histories(sides, everybody, np.zeros(shape), taken, False, label, uses, worth)
    return total, uses.max() <= 1


@kernel
def with_prices(sides, rounds, label):
    """Fill label (agents, K) with a good feasible solution; return its worth and an upper bound.

    Lagrangian relaxation of "a resource has one holder": projected subgradient steps of Polyak
    on the prices give the bound; agents served one after another, the worthiest
    first, the solution.
    """
    agents, shape = len(label), (sides.moments, sides.resources)
    price, nothing = np.zeros(shape), np.zeros(shape)
    taken, everybody = np.zeros(shape, np.bool_), np.arange(agents)
    uses, uses_in_turn = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    worth, worth_in_turn = np.empty(agents), np.empty(agents)
    trial = np.empty(label.shape, np.int64)
    bound, best, scale = np.inf, -np.inf, 1.0
    for _ in range(rounds):
        total = _histories(sides, everybody, price, taken, False, trial, uses, worth)
        total += price.sum()
        scale = scale if total < bound else scale * 0.8
        bound = min(bound, total)
        worthiest = np.argsort(-worth)
        total = _histories(
            sides, worthiest, nothing, taken, True, trial, uses_in_turn, worth_in_turn
        )
        if total > best:
            best = total
            label[:] = trial
        if bound - best <= 1e-9 * max(abs(best), 1.0):
            break
        square = 0.0
        for k in range(sides.moments):
            for j in range(sides.resources):
                slope = uses[k, j] - 1.0
                if slope > 0.0 or price[k, j] > 0.0:
                    square += slope * slope
        if square == 0.0:
            break
        step = scale * (bound - best) / square
        for k in range(sides.moments):
            for j in range(sides.resources):
                price[k, j] = max(0.0, price[k, j] + step * (uses[k, j] - 1.0))
    return best, bound


@kernel
def path_clusters(n_left, n_right, left, right, root_of):
    """Fill root_of (n_left + n_right,) by joining the ends of each edge (union-find)."""
    for node in range(n_left + n_right):
        root_of[node] = node
    for e in range(len(left)):
        a, b = left[e], n_left + right[e]
        while root_of[a] != a:
            root_of[a] = root_of[root_of[a]]
            a = root_of[a]
        while root_of[b] != b:
            root_of[b] = root_of[root_of[b]]
            b = root_of[b]
        if a < b:
            root_of[b] = a
        else:
            root_of[a] = b
    for node in range(n_left + n_right):
        top = node
        while root_of[top] != top:
            top = root_of[top]
        root_of[node] = top
