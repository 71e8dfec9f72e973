"""Kernels behind tgospa.py: the best history of one target, and prices where targets compete.

A cluster has K moments, agents (targets, or tracks) and resources (the other side).  Edges
(agent, resource) are sorted by agent: those of agent i are agent_start[i] to agent_start[i + 1].
Edge e has entries entry_start[e] to entry_start[e + 1], each a moment and a gain, moments rising.
Half is the cost of taking up or letting go of a partner, gamma**p / 2.
"""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel


@kernel
def best_history(
    first, end, resource, entry_start, entry_moment, entry_gain, half, price, taken, label
):
    """Fill label (K,) with the agent's best edge at each moment (-1: alone); return its worth.

    Viterbi over edges first to end.  price (K, resources) is paid for holding a resource;
    where taken (K, resources) is True it cannot be held.
    """
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
def _relaxed(
    agent_start,
    resource,
    entry_start,
    entry_moment,
    entry_gain,
    half,
    price,
    none,
    label,
    uses,
    worth,
):
    """Give each agent its best history at these prices and its worth; uses counts holders."""
    uses[:] = 0
    for i in range(len(agent_start) - 1):
        worth[i] = best_history(
            agent_start[i],
            agent_start[i + 1],
            resource,
            entry_start,
            entry_moment,
            entry_gain,
            half,
            price,
            none,
            label[i],
        )
        for k in range(price.shape[0]):
            if label[i, k] >= 0:
                uses[k, resource[label[i, k]]] += 1
    return worth.sum()


@kernel
def _one_after_another(
    agent_start, resource, entry_start, entry_moment, entry_gain, half, order, zero, taken, label
):
    """Give agents, in this order, their best history among what is left; return the sum."""
    total = 0.0
    taken[:] = False
    for i in order:
        total += best_history(
            agent_start[i],
            agent_start[i + 1],
            resource,
            entry_start,
            entry_moment,
            entry_gain,
            half,
            zero,
            taken,
            label[i],
        )
        for k in range(zero.shape[0]):
            if label[i, k] >= 0:
                taken[k, resource[label[i, k]]] = True
    return total


@kernel
def without_competition(
    moments, resources, agent_start, resource, entry_start, entry_moment, entry_gain, half, label
):
    """Fill label (agents, K) as if alone; return the worth, and whether nobody competes.

    Where nobody competes this is the optimum of the whole problem.
    """
    price = np.zeros((moments, resources))
    none = np.zeros((moments, resources), np.bool_)
    uses = np.zeros((moments, resources), np.int32)
    total = _relaxed(
        agent_start,
        resource,
        entry_start,
        entry_moment,
        entry_gain,
        half,
        price,
        none,
        label,
        uses,
        np.empty(len(agent_start) - 1),
    )
    return total, uses.max() <= 1


@kernel
def with_prices(
    moments,
    resources,
    agent_start,
    resource,
    entry_start,
    entry_moment,
    entry_gain,
    half,
    rounds,
    label,
):
    """Fill label (agents, K) with a good feasible solution; return its worth and an upper bound.

    Lagrangian relaxation of "a resource has one holder": projected subgradient steps of Polyak
    on the prices give the bound; agents served one after another, the worthiest
    first, the solution.
    """
    agents = len(agent_start) - 1
    price = np.zeros((moments, resources))
    zero = np.zeros((moments, resources))
    none = np.zeros((moments, resources), np.bool_)
    taken = np.zeros((moments, resources), np.bool_)
    uses = np.zeros((moments, resources), np.int32)
    trial = np.empty((agents, moments), np.int64)
    bound, best, scale = np.inf, -np.inf, 1.0
    worth = np.empty(agents)
    for _ in range(rounds):
        total = _relaxed(
            agent_start,
            resource,
            entry_start,
            entry_moment,
            entry_gain,
            half,
            price,
            none,
            trial,
            uses,
            worth,
        )
        total += price.sum()
        scale = scale if total < bound else scale * 0.8
        bound = min(bound, total)
        total = _one_after_another(
            agent_start,
            resource,
            entry_start,
            entry_moment,
            entry_gain,
            half,
            np.argsort(-worth),
            zero,
            taken,
            trial,
        )
        if total > best:
            best = total
            label[:] = trial
        if bound - best <= 1e-9 * max(abs(best), 1.0):
            break
        square = 0.0
        for k in range(moments):
            for j in range(resources):
                slope = uses[k, j] - 1.0
                if slope > 0.0 or price[k, j] > 0.0:
                    square += slope * slope
        if square == 0.0:
            break
        step = scale * (bound - best) / square
        for k in range(moments):
            for j in range(resources):
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
