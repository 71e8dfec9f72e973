"""Kernels behind assignment.py: cheap salvos for one threat, prices of weapons, better plans.

float64 in, float64 out; values in the caller's unit of worth; no checks: assignment.py does them.
Shapes: W weapons, T threats.  ``table`` and ``work`` are assignment_tables.py's tuples of arrays.
A *set* is what one threat gets: so many salvos of each weapon.  It *costs* what is left of the
threat's value, and the price of each salvo, and the fee of each weapon that was not on it before.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inner, kernel
from jointsky.numeric.assignment_kernels import solve_wide

_NARROW = 1e-12  # of a threat's value: sets that differ by less are alike
_STEPS = 5  # salvos that a bound looks ahead


@inner
def _gain(left, miss, price, fee, most):
    """Return the best that up to so many salvos of one weapon gain, and how many these are."""
    total, best_of = -fee, 0
    while best_of < most:
        step = left * (1.0 - miss) - price
        if step <= 0.0:
            break
        total += step
        left *= miss
        best_of += 1
    return total, best_of


@inner
def _sort(table, work, t, price):
    """Sort the weapons that may have a threat by price per logarithm of what it leaves."""
    weapons = table.miss.shape[1]
    order, ratio = work.order[t], work.ratio
    for w in range(weapons):
        ratio[w] = math.inf
        if table.cap[t, w] > 0:
            ratio[w] = price[w] / table.depth[t, w]
    for i in range(1, weapons):  # from call to call hardly anything moves
        w = order[i]
        j = i - 1
        while j >= 0 and ratio[order[j]] > ratio[w]:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = w


@inner
def _relaxed(table, work, t, price, first, count, left):
    """Return the least cost if salvos could be divided: a bound (Lagrange; no fees)."""
    spent = 0.0
    for i in range(first, count):
        w = work.row[i]
        ratio = work.ratio[w]
        if left <= ratio:
            break
        if table.miss[t, w] == 0.0:
            return spent
        after = left * table.full[t, w]
        if after < ratio:
            return spent + ratio * (1.0 + math.log(left / ratio))
        left = after
        spent += price[w] * table.cap[t, w]
    return spent + left


@inner
def _enter(table, work, t, price, fee, first, count, depth):
    """Return a lower bound of all sets that go on from the one at ``depth`` with rows from first.

    What several weapons gain is at most the sum of what each gains alone; and the k-th of them
    finds no more left than k salvos of the weakest leave.
    """
    left, room = work.left[depth], table.room[t] - work.used[depth]
    here, so_far, bound, weakest = left + work.spent[depth], 0.0, 0.0, 0.0
    for step in range(_STEPS):
        total, most = 0.0, 0.0
        if room > 0:
            for i in range(first, count):  # each fee counts once: ``most`` is without
                w = work.row[i]
                extra = 0.0 if table.held[t, w] else fee[w]
                gain, _ = _gain(left, table.miss[t, w], price[w], extra, min(table.cap[t, w], room))
                if gain > 0.0:
                    total += gain
                    most = max(most, left * (1.0 - table.miss[t, w]) - price[w])
                    if step == 0:
                        weakest = max(weakest, table.miss[t, w])
        if step == 0:
            work.rest[depth] = total
            bound = total
        bound = min(bound, so_far + min(total, room * most))
        so_far += most
        room -= 1
        left *= weakest
        if so_far >= bound:
            break
    divided = _relaxed(table, work, t, price, first, count, work.left[depth])
    return max(here - bound, work.spent[depth] + divided)


@inner
def _useful(table, work, t, price, fee):
    """Fill work.row with the weapons that gain by themselves, in order; return how many.

    One that does not gain alone gains nothing beside others either.
    """
    _sort(table, work, t, price)
    count = 0
    for i in range(table.miss.shape[1]):
        w = work.order[t, i]
        if table.cap[t, w] > 0:
            extra = 0.0 if table.held[t, w] else fee[w]
            gain, _ = _gain(table.value[t], table.miss[t, w], price[w], extra, table.cap[t, w])
            if gain > 0.0:
                work.row[count] = w
                count += 1
    return count


@inner
def _begin(table, work, t):
    """Begin a search with the set of no salvo at all."""
    work.left[0], work.spent[0], work.used[0] = table.value[t], 0.0, 0
    work.at[0], work.times[0] = 0, 0


@inner
def _deepen(table, work, t, price, extra, depth):
    """Put one salvo more of a weapon on the set at ``depth``, as the set one deeper."""
    w = work.row[work.at[depth]]
    work.times[depth] += 1
    times, deeper = work.times[depth], depth + 1
    before = work.left[depth] if times == 1 else work.left[deeper]
    work.left[deeper] = before * table.miss[t, w]
    work.spent[deeper] = work.spent[depth] + extra + times * price[w]
    work.used[deeper] = work.used[depth] + times
    work.chosen[deeper], work.amount[deeper] = w, times


@inner
def _write(work, depth, out):
    """Write the set at ``depth`` to out (W,)."""
    out[:] = 0
    for d in range(1, depth + 1):
        out[work.chosen[d]] = work.amount[d]


@inner
def _cheapest(table, work, t, price, fee, nodes, best):
    """Fill best (W,) with the cheapest set for a threat; return its cost and a bound of it.

    Depth first over weapons in order of efficiency; after ``nodes`` the bound may lie lower.
    """
    value = table.value[t]
    narrow, top, low = _NARROW * value, value, value
    best[:] = 0
    count = _useful(table, work, t, price, fee)
    _begin(table, work, t)
    work.bound[0] = _enter(table, work, t, price, fee, 0, count, 0)
    visited, depth = 0, 0
    while depth >= 0:
        i, room = work.at[depth], table.room[t] - work.used[depth]
        if i >= count or room <= 0:
            depth -= 1
            continue
        left, w = work.left[depth], work.row[i]
        if work.times[depth] == 0:
            bound = max(work.bound[depth], left + work.spent[depth] - work.rest[depth])
            if bound >= top - narrow or visited >= nodes:
                low = min(low, bound)
                depth -= 1
                continue
        extra = 0.0 if table.held[t, w] else fee[w]
        gain, most = _gain(left, table.miss[t, w], price[w], extra, min(table.cap[t, w], room))
        if gain <= 0.0 or work.times[depth] >= most:
            work.rest[depth] -= max(gain, 0.0)
            work.times[depth] = 0
            work.at[depth] += 1
            continue
        visited += 1
        _deepen(table, work, t, price, extra, depth)
        deeper = depth + 1
        here = work.left[deeper] + work.spent[deeper]
        if here < top:
            top = here
            _write(work, deeper, best)
        bound = _enter(table, work, t, price, fee, i + 1, count, deeper)
        if bound >= top - narrow:
            low = min(low, bound)
        else:
            work.at[deeper], work.times[deeper], work.bound[deeper] = i + 1, 0, bound
            depth = deeper
    return top, min(low, top)


@kernel
def price_all(table, work, price, fee, nodes, sets, low):
    """Fill sets (T, W) with each threat's cheapest set, and low (T,): no set costs less."""
    for t in range(table.value.shape[0]):
        _, low[t] = _cheapest(table, work, t, price, fee, nodes, sets[t])


@inner
def _sets_within(table, work, t, price, fee, limit, nodes, threats, sets, n):
    """Write all sets of a threat that cost at most ``limit``; return how many, and nodes left.

    -1: there is no room for them, or ``nodes`` of the search were not enough.
    """
    _sort(table, work, t, price)
    count, room_left = 0, threats.shape[0]
    for i in range(table.miss.shape[1]):
        w = work.order[t, i]
        if table.cap[t, w] > 0:
            work.row[count] = w
            count += 1
    _begin(table, work, t)
    if _enter(table, work, t, price, fee, 0, count, 0) > limit:
        return n, nodes
    depth, is_new = 0, True
    while depth >= 0:
        if is_new and work.left[depth] + work.spent[depth] <= limit:
            if n >= room_left:
                return -1, nodes
            threats[n] = t
            _write(work, depth, sets[n])
            n += 1
        is_new = False
        i, room = work.at[depth], table.room[t] - work.used[depth]
        if i >= count or room <= 0:
            depth -= 1
            continue
        w = work.row[i]
        extra = 0.0 if table.held[t, w] else fee[w]
        most = min(table.cap[t, w], room)
        if work.times[depth] == 0:  # what the weapons after this one may gain
            gain, _ = _gain(work.left[depth], table.miss[t, w], price[w], extra, most)
            work.rest[depth] -= max(gain, 0.0)
        if work.times[depth] >= most:
            work.times[depth] = 0
            work.at[depth] += 1
            continue
        nodes -= 1
        if nodes < 0:
            return -1, nodes
        _deepen(table, work, t, price, extra, depth)
        deeper = depth + 1
        here = work.left[deeper] + work.spent[deeper]
        if here - work.rest[depth] > limit + _NARROW * table.value[t]:
            continue
        if _enter(table, work, t, price, fee, i + 1, count, deeper) <= limit:
            work.at[deeper], work.times[deeper] = i + 1, 0
            depth, is_new = deeper, True
    return n, nodes


@kernel
def all_within(table, work, price, fee, limit, nodes, threats, sets):
    """Write every threat's sets that cost at most limit (T,); return how many, -1: too many.

    ``threats`` (N,) and ``sets`` (N, W): whose, and which.
    """
    n = 0
    for t in range(table.value.shape[0]):
        n, nodes = _sets_within(table, work, t, price, fee, limit[t], nodes, threats, sets, n)
        if n < 0:
            return n
    return n


@inner
def _left(table, plan, t, spared):
    """Return what a plan leaves of a threat's value, without one salvo of a weapon (-1: none)."""
    left = table.value[t]
    for w in range(table.miss.shape[1]):
        for _ in range(plan[t, w] - (1 if w == spared else 0)):
            left *= table.miss[t, w]
    return left


@inner
def _loss(table, plan, t, w):
    """Return what is lost with one salvo of a weapon on a threat."""
    return _left(table, plan, t, w) - _left(table, plan, t, -1) - table.cost[w]


@inner
def _cheapest_to_lose(table, plan, t, w):
    """Return where a salvo is lost with the least harm: on threat t or by weapon w (-1: any)."""
    best, at_t, at_w = math.inf, -1, -1
    for i in range(plan.shape[0]) if t < 0 else range(t, t + 1):
        for j in range(plan.shape[1]) if w < 0 else range(w, w + 1):
            if plan[i, j] > 0:
                loss = _loss(table, plan, i, j)
                if loss < best:
                    best, at_t, at_w = loss, i, j
    return at_t, at_w


@inner
def _engaged(table, plan, w):
    """Return how many threats a weapon is on that it was not on before."""
    count = 0
    for t in range(plan.shape[0]):
        if plan[t, w] > 0 and not table.held[t, w]:
            count += 1
    return count


@kernel
def trim(table, plan):
    """Take salvos from plan (T, W) until it keeps all limits, those first that harm least."""
    threats, weapons = plan.shape
    for t in range(threats):
        for w in range(weapons):
            plan[t, w] = min(plan[t, w], table.cap[t, w])
    for t in range(threats):
        while plan[t].sum() > table.room[t]:
            _, w = _cheapest_to_lose(table, plan, t, -1)
            plan[t, w] -= 1
    for w in range(weapons):
        while plan[:, w].sum() > table.shots[w]:
            t, _ = _cheapest_to_lose(table, plan, -1, w)
            plan[t, w] -= 1
        while _engaged(table, plan, w) > table.targets[w]:
            best, at = math.inf, -1
            for t in range(threats):
                if plan[t, w] > 0 and not table.held[t, w]:
                    loss = plan[t, w] * _loss(table, plan, t, w)
                    if loss < best:
                        best, at = loss, t
            plan[at, w] = 0


@kernel
def fill(table, plan, former, stay):
    """Add to plan (T, W), salvo by salvo, the one that gains most, until none gains (greedy).

    One that is not in ``former`` (T, W) must gain more than ``stay``.
    """
    threats, weapons = plan.shape
    left, room = np.empty(threats), np.empty(threats, np.int64)
    for t in range(threats):
        left[t] = _left(table, plan, t, -1)
        room[t] = table.room[t] - plan[t].sum()
    shots, targets = np.empty(weapons, np.int64), np.empty(weapons, np.int64)
    gain, at = np.empty(weapons), np.full(weapons, -1, np.int64)
    for w in range(weapons):
        shots[w] = table.shots[w] - plan[:, w].sum()
        targets[w] = table.targets[w] - _engaged(table, plan, w)
    stale = np.ones(weapons, np.bool_)
    while True:
        best = -1
        for w in range(weapons):
            if stale[w]:
                stale[w] = False
                gain[w], at[w] = 0.0, -1
                for t in range(threats if shots[w] > 0 else 0):
                    is_on = plan[t, w] > 0 or table.held[t, w]
                    if room[t] > 0 and plan[t, w] < table.cap[t, w] and (is_on or targets[w] > 0):
                        more = left[t] * (1.0 - table.miss[t, w]) - table.cost[w]
                        if plan[t, w] >= former[t, w]:
                            more -= stay
                        if more > gain[w]:
                            gain[w], at[w] = more, t
            if at[w] >= 0 and (best < 0 or gain[w] > gain[best]):
                best = w
        if best < 0:
            return
        t = at[best]
        if plan[t, best] == 0 and not table.held[t, best]:
            targets[best] -= 1
        plan[t, best] += 1
        shots[best] -= 1
        room[t] -= 1
        left[t] *= table.miss[t, best]
        stale[best] = True
        for w in range(weapons):
            stale[w] = stale[w] or at[w] == t


@inner
def _take(table, plan, turn, taken, from_t):
    """Take one salvo of each weapon off the plan, each off another threat; fill from_t (W,).

    -1: one that was not given yet; -2: none is left.  ``turn`` says who chooses first.
    """
    threats, weapons = plan.shape
    taken[:] = False
    for i in range(weapons):
        w = (i + turn) % weapons
        from_t[w] = -1 if plan[:, w].sum() < table.shots[w] else -2
        if from_t[w] == -1 and turn % 2 == 0:
            continue
        for k in range(threats):
            t = (k + turn * 7) % threats
            if plan[t, w] > 0 and not taken[t]:
                taken[t] = True
                plan[t, w] -= 1
                from_t[w] = t
                break


@inner
def _worths(table, plan, former, stay, from_t, row_w, cost):
    """Fill cost (R, T + R) of giving one salvo of weapon row_w[r] to a threat, or keeping it."""
    threats, weapons = plan.shape
    rows = 0
    for w in range(weapons):
        if from_t[w] > -2:
            row_w[rows] = w
            rows += 1
    cost[:rows, threats:] = 0.0
    for t in range(threats):
        left, is_full = _left(table, plan, t, -1), plan[t].sum() >= table.room[t]
        for r in range(rows):
            w = row_w[r]
            cost[r, t] = math.inf
            if not is_full and plan[t, w] < table.cap[t, w]:
                cost[r, t] = table.cost[w] - left * (1.0 - table.miss[t, w])
                if plan[t, w] >= former[t, w]:
                    cost[r, t] += stay
    for r in range(rows):
        w = row_w[r]
        if _engaged(table, plan, w) >= table.targets[w]:
            for t in range(threats):
                if plan[t, w] == 0 and not table.held[t, w]:
                    cost[r, t] = math.inf
    return rows


@kernel
def improve(table, plan, former, stay, rounds, stale_rounds):
    """Better plan (T, W) by taking a salvo of each weapon and giving all of them anew, at best.

    Which are taken goes round; after ``stale_rounds`` in vain, or ``rounds``, it ends.  An
    exchange of any number of salvos at once (Ahuja, Kumar, Jha and Orlin 2007), by assignment.
    A salvo that is not in ``former`` (T, W) counts as dearer by ``stay``.
    """
    threats, weapons = plan.shape
    columns = threats + weapons
    taken, from_t = np.empty(threats, np.bool_), np.empty(weapons, np.int64)
    row_w, column_of = np.empty(weapons, np.int64), np.empty(weapons, np.int64)
    costs = np.empty((weapons, columns))
    row_of, path = np.empty(columns, np.int64), np.empty(columns, np.int64)
    u, v, shortest = np.empty(weapons), np.empty(columns), np.empty(columns)
    row_done, column_done = np.empty(weapons, np.bool_), np.empty(columns, np.bool_)
    todo = np.empty(columns, np.int64)
    in_vain = 0
    for turn in range(rounds):
        _take(table, plan, turn, taken, from_t)
        rows = _worths(table, plan, former, stay, from_t, row_w, costs)
        before = after = 0.0
        solve_wide(
            costs[:rows, : threats + rows], column_of, row_of, u, v, shortest, path,
            row_done, column_done, todo,
        )  # fmt: skip
        for r in range(rows):
            if from_t[row_w[r]] >= 0:
                before += costs[r, from_t[row_w[r]]]
            after += costs[r, column_of[r]]
        is_better = after < before - 1e-9 * abs(before)
        for r in range(rows):
            w = row_w[r]
            if is_better and column_of[r] < threats:
                plan[column_of[r], w] += 1
            elif not is_better and from_t[w] >= 0:
                plan[from_t[w], w] += 1
        in_vain = 0 if is_better else in_vain + 1
        if in_vain >= stale_rounds:
            return
