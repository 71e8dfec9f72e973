"""Kernels of smoothing: back along a path that path_kernels has filtered.

One step back, for each pair of models (i now, j next).  What the plots after a step say of the
state before it, if model j is flown, is a Gaussian factor.  In the adjoint form of Bryson and
Frazier (Bierman, Automatica 9, 1973) it is a vector and a matrix against the mixed state (b, B)
that model j set out from:

    v = F' Pp^-1 (xs - xp)        V = F' Pp^-1 (Pp - Ps) Pp^-1 F

with (xp, Pp) the prediction, (xs, Ps) the smoothed state of model j, F the motion's derivative:
b + B v, B - B V B is the step of Rauch, Tung and Striebel.  On the state (c, C) of model i the same
factor, with K = 1 + V (C - B), w = K^-1 (v + V (b - c)) and W = K^-1 V, gives

    mean c + C w, covariance C - C W C, odds (det K)^-1/2 exp(-((v + w)'(b - c) - v'(C - B) w) / 2)

against those of the mixture; nothing of the future is inverted, which need not say anything of some
directions.  A model without a turn rate says nothing of one, so states of unequal size are no
matter.  Moments are then matched over j for each i, as the filter matches them over i for each j.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare, bare_kernel
from jointsky.tracking import motion_kernels, path_kernels, small_kernels
from jointsky.tracking.layout_kernels import (
    BODY,
    CLIMB,
    COV,
    G_SWITCHING,
    G_TURN_ACCELERATION,
    MEMORY_S,
    MODELS,
    QUIET,
    SLOW,
    STATES,
    TURN,
    WEIGHT,
)

NO_WEIGHT = 1e-9
MOST_SIGMAS = 2.0
ROUNDING = 1e-7  # below nought by less than this is nought
# Matrices (7, 8) in the room to work in; the first is V, whose last column is v
V, F, LOWER, REST, GAIN, AXES, OWN, WIDER, SOLVED, HALF = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
MATRICES = 10


@bare
def derivative(m, dt, models, turn, f):
    """Fill ``f`` (7, 7) with the derivative of a model's motion; ``turn`` (49,) is the turn's."""
    for a in range(STATES):
        for c in range(STATES):
            f[a, c] = turn[7 * a + c] if m == TURN else 0.0
    if m == TURN:
        return
    reach = dt
    keep = 1.0
    if m == SLOW:
        keep = math.exp(-dt / models[m, MEMORY_S])
        reach = models[m, MEMORY_S] * (1.0 - keep)
    for a in range(3):
        f[a, a] = 1.0
        f[a, a + 3] = reach
        f[a + 3, a + 3] = keep


@bare
def future(predicted, smoothed, n, room):
    """Fill V (7, 7) and v of a model: what comes after, told of the state before its step.

    In axes in which the prediction's covariance is 1, with M = 1 - Ps: matching moments can leave
    M negative along some axis, as if the future made the state less sure.  Nothing is known there
    then, and no axis moves the state by more sigmas than its knowledge allows.
    """
    lower = room[LOWER]
    rest = room[REST]
    g = room[GAIN]
    axes = room[AXES]
    v = room[V]
    f = room[F]
    small_kernels.unpack(predicted, lower)
    small_kernels.unpack(smoothed, rest)
    for a in range(STATES):
        v[a, STATES] = 0.0
        for c in range(STATES):
            v[a, c] = 0.0
            rest[a, c] = lower[a, c] - rest[a, c]
            g[a, c] = f[a, c]
        g[a, STATES] = smoothed[a] - predicted[a]
    if not small_kernels.factor(lower, n):
        return
    small_kernels.solve_lower(lower, n, rest, n)
    for a in range(n):
        for c in range(a):
            rest[a, c], rest[c, a] = rest[c, a], rest[a, c]
    small_kernels.solve_lower(lower, n, rest, n)
    small_kernels.solve_lower(lower, n, g, STATES + 1)
    known = rest
    half = room[HALF]
    for a in range(n):
        for c in range(a + 1):
            lower[a, c] = rest[a, c]
        lower[a, a] += ROUNDING
    if not small_kernels.factor(lower, n):
        small_kernels.eigen(rest, n, axes)
        limit(rest, axes, g, n, room[OWN])
        known = room[OWN]
    for a in range(n):
        for c in range(n):
            total = 0.0
            for k in range(n):
                total += known[a, k] * g[k, c]
            half[a, c] = total
        half[a, STATES] = g[a, STATES]
    for a in range(n):
        for c in range(STATES + 1):
            total = 0.0
            if c < n or c == STATES:
                for k in range(n):
                    total += g[k, a] * half[k, c]
            v[a, c] = total


@bare
def limit(values, axes, g, n, out):
    """Fill ``out`` with what an indefinite matrix knows; shorten the shift in g's last column.

    ``values`` has its eigenvalues on the diagonal, ``axes`` its eigenvectors as columns.
    """
    shift = out[STATES - 1]
    for a in range(n):
        shift[a] = 0.0
    for k in range(n):
        along = 0.0
        for a in range(n):
            along += axes[a, k] * g[a, STATES]
        bound = MOST_SIGMAS * math.sqrt(min(max(values[k, k], 0.0), 1.0))
        along = min(max(along, -bound), bound)
        for a in range(n):
            shift[a] += axes[a, k] * along
    for a in range(n):
        g[a, STATES] = shift[a]
    for a in range(n):
        for c in range(n):
            total = 0.0
            for k in range(n):
                total += axes[a, k] * axes[c, k] * min(max(values[k, k], 0.0), 1.0)
            out[a, c] = total


@bare
def join(i, now, start, n, rate_variance, room, out):
    """Fill ``out`` (36,) with model i's state given what model j's future says; return log odds.

    ``now`` is the filtered row of model i, ``start`` the mixed row of model j, ``n`` the size of
    j's state, ``rate_variance`` that of a turn rate which model i knows nothing of.
    """
    own = room[OWN]
    wider = room[WIDER]
    k_matrix = room[LOWER]
    solved = room[SOLVED]
    half = room[HALF]
    v = room[V]
    small_kernels.unpack(now, own)
    small_kernels.unpack(start, wider)
    rate = now[6]
    if i != TURN:
        rate = 0.0
        own[6, 6] = rate_variance
        for a in range(6):
            own[6, a] = 0.0
            own[a, 6] = 0.0
    for a in range(n):
        wider[a, STATES] = start[a] - (now[a] if a < 6 else rate)
        for c in range(n):
            wider[a, c] = own[a, c] - wider[a, c]
    for a in range(n):
        solved[a, 0] = v[a, STATES]
        for c in range(n):
            solved[a, 0] += v[a, c] * wider[c, STATES]
            solved[a, c + 1] = v[a, c]
            total = 1.0 if a == c else 0.0
            for k in range(n):
                total += v[a, k] * wider[k, c]
            k_matrix[a, c] = total
    determinant = small_kernels.solve(k_matrix, n, solved, n + 1)
    quadratic = 0.0
    for a in range(n):
        quadratic += (v[a, STATES] + solved[a, 0]) * wider[a, STATES]
        for c in range(n):
            quadratic -= v[a, STATES] * wider[a, c] * solved[c, 0]
    size = STATES if i == TURN else 6
    for k in range(BODY):
        out[k] = 0.0
    for a in range(size):
        out[a] = now[a]
        for c in range(n):
            out[a] += own[a, c] * solved[c, 0]
            total = 0.0
            for k in range(n):
                total += own[a, k] * (solved[k, c + 1] + solved[c, k + 1])
            half[a, c] = 0.5 * total
    p = COV
    sure = determinant > 0.0
    for a in range(size):
        for c in range(a + 1):
            total = own[a, c]
            for k in range(n):
                total -= half[a, k] * own[k, c]
            out[p] = total
            p += 1
        sure = sure and out[p - 1] > 0.0
    if not sure:  # rounding, where the future is known far better than the present
        for k in range(BODY):
            out[k] = now[k]
        return 0.0
    return -0.5 * (math.log(determinant) + quadratic)


@bare
def match(pairs, odds, out):
    """Fill ``out`` (M, 36) with each model's mixture over what may come next, by its moments."""
    for i in range(MODELS):
        o = out[i]
        for k in range(BODY):
            o[k] = 0.0
        total = 0.0
        best = 0
        for j in range(MODELS):
            total += odds[i, j]
            if odds[i, j] > odds[i, best]:
                best = j
        if total <= 0.0:
            continue
        base = pairs[i, best]
        for j in range(MODELS):
            w = odds[i, j] / total
            if w < NO_WEIGHT:
                continue
            motion_kernels.add_moments(o, w, pairs[i, j], base)
        n = COV
        for a in range(STATES):
            for c in range(a + 1):
                o[n] -= o[a] * o[c]
                n += 1
        for a in range(STATES):
            o[a] += base[a]
        o[WEIGHT] = total
    path_kernels.normalise(out)


@bare
def step_back(now, start, ahead, turn, dt, smoothed, world, bench, out):
    """Fill ``out`` (M, 36), smoothed, from the filtered models ``now`` and the next smoothed ones.

    ``start``, ``ahead`` and ``turn`` are what path_kernels.step made of ``now``.
    """
    _, _, models, settings, usual, _ = world
    stay = math.exp(-dt * settings[G_SWITCHING])
    logs = bench.logs[0]
    rates = bench.logs[1]
    for i in range(MODELS):
        rates[i] = motion_kernels.turn_rate_variance(now[i], settings[G_TURN_ACCELERATION])
    for j in range(MODELS):
        for i in range(MODELS):
            bench.odds[i, j] = 0.0
        if smoothed[j, WEIGHT] < NO_WEIGHT or ahead[j, WEIGHT] <= 0.0:
            continue
        derivative(j, dt, models, turn, bench.room[F])
        n = STATES if j == TURN else 6
        future(ahead[j], smoothed[j], n, bench.room)
        best = -math.inf
        for i in range(MODELS):
            logs[i] = -math.inf
            share = now[i, WEIGHT] * ((stay if i == j else 0.0) + (1.0 - stay) * usual[j])
            if share >= NO_WEIGHT * ahead[j, WEIGHT]:
                more = join(i, now[i], start[j], n, rates[i], bench.room, bench.pairs[i, j])
                logs[i] = math.log(share) + more
                best = max(best, logs[i])
        total = 0.0
        for i in range(MODELS):
            total += math.exp(logs[i] - best)
        for i in range(MODELS):
            bench.odds[i, j] = smoothed[j, WEIGHT] * math.exp(logs[i] - best) / total
    match(bench.pairs, bench.odds, out)


@bare_kernel
def smooth_nodes(nodes, first, last, lag_s, world, bench, means, packed, manoeuvre):
    """Fill mean (N, 6), covariance (N, 21), manoeuvre (N,) of nodes ``first`` to before ``last``.

    Each node's from all plots up to ``lag_s`` after it: the way back begins there, once for all
    nodes that see as far.
    """
    times, _, bodies, mixed, ahead, turns, _, _ = nodes
    end = times.shape[0] - 1
    n = last - 1
    while n >= first:
        while times[end] > times[n] + lag_s:
            end -= 1
        now = bench.models[1]
        then = bench.models[2]
        for m in range(MODELS):
            for k in range(BODY):
                now[m, k] = bodies[end, m, k]
        k = end
        while True:
            if k <= n:
                motion_kernels.combine(now, means[k], packed[k])
                steady = now[QUIET, WEIGHT] + now[CLIMB, WEIGHT] + now[SLOW, WEIGHT]
                manoeuvre[k] = max(1.0 - steady, 0.0)
            if k <= first or (k <= n and times[end] > times[k - 1] + lag_s):
                break
            dt = times[k] - times[k - 1]
            now, then = then, now
            step_back(bodies[k - 1], mixed[k], ahead[k], turns[k], dt, then, world, bench, now)
            k -= 1
        n = k - 1
