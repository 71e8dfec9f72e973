"""A plan is changed only where that is worth it: an order that flaps is worse than none.

What a new plan does otherwise than the one before falls into *changes* that share neither weapon
nor threat.  Each may be made or left without the others, and what each gains just adds up.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from jointsky.decide import assignment_kernels as kernels
from jointsky.decide.assignment_prices import improved
from jointsky.decide.assignment_tables import Integers, Numbers

_STAYS = 10  # how much a salvo's change must gain: keep, keep/2, keep/4... of the objective


def steadied(numbers: Numbers, best: Integers, former: Integers, keep: float) -> Integers:
    """Return the plan (T, W) that changes least of ``former`` and costs little more than the best.

    At most the share ``keep`` of the objective is given away.  Looked at are changes towards the
    best plan, and towards those in which a salvo is given otherwise only for a certain gain.
    """
    table = numbers.table
    former = np.array(former, np.int64, order="C")
    kernels.trim(table, former)
    least = numbers.objective(best)
    stays = [keep * least * 0.5**k for k in range(_STAYS)]
    tried = [former, *(improved(table, former, stay=stay) for stay in stays), best]
    goals = list({goal.tobytes(): goal for goal in tried}.values())
    objectives = [numbers.objective(goal) for goal in goals]
    most = (1.0 + keep) * min(objectives)
    plans = [
        _partly(numbers, former, goal, most)
        for goal, objective in zip(goals, objectives, strict=True)
        if objective <= most
    ]
    return min(plans, key=lambda plan: (_changes(former, plan), numbers.objective(plan)))


def _partly(numbers: Numbers, former: Integers, goal: Integers, most: float) -> Integers:
    """Return the goal (T, W) without changes that gain little, as long as it costs no more."""
    count, of_threat = _changes_apart(former, goal)
    gains = numbers.costs(former) - numbers.costs(goal)
    made, found = goal, []
    for change in range(count):
        rows = np.flatnonzero(of_threat == change)
        gain = float(gains[rows].sum()) / _changes(former[rows], goal[rows])
        found.append((gain, int(rows[0]), rows))
    for _, _, rows in sorted(found, key=lambda one: one[:2]):
        back = made.copy()
        back[rows] = former[rows]
        if numbers.objective(back) <= max(most, numbers.objective(made)):
            made = back
    return made


def _changes_apart(former: Integers, goal: Integers) -> tuple[int, Integers]:
    """Return how many changes share nothing, and which one each threat is in, (T,); -1: none."""
    threats, weapons = former.shape
    t, w = np.nonzero(former != goal)
    size = threats + weapons
    links = coo_array((np.ones(len(t)), (t, threats + w)), shape=(size, size))
    _, group = connected_components(links, directed=False)
    numbers, which = np.unique(group[t], return_inverse=True)
    of_threat = np.full(threats, -1)
    of_threat[t] = which
    return len(numbers), of_threat


def _changes(one: Integers, other: Integers) -> int:
    """Return how many salvos are given otherwise."""
    return int(np.abs(one - other).sum())
