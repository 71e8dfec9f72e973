"""Which battery gives how many salvos to which threat, in the simulation only.

Least is to be what the threats are worth that get through, as expected, and the price of the salvos
spent: the static weapon-target assignment (Manne 1958).  ``assign_fast`` gives a good plan and a
proven bound in a moment, ``assign_exact`` one within a stated gap where the problem lets it.
"""

from __future__ import annotations

import numpy as np

from jointsky.decide.assignment_changes import steadied
from jointsky.decide.assignment_prices import Market, Root, choose, find_prices
from jointsky.decide.assignment_tables import Numbers, Plan, Problem, numbers_of

__all__ = ["Plan", "Problem", "assign_exact", "assign_fast"]

_FAST_ROUNDS, _FAST_REACH, _FAST_SETS, _FAST_NODES, _FAST_GAP = 15, 5_000, 600, 20, 0.001
_ROUNDS, _REACH = 60, 20_000
_ROOMS = (1_000, 5_000)  # sets to choose from before all that may matter are taken


def assign_fast(problem: Problem, before: Plan | None = None, keep: float = 0.05) -> Plan:
    """Return a good plan with a proven bound; of ``before`` what is as good as it is kept.

    ``before``, with the same weapons and threats in its rows and columns, is changed only where
    that is worth it: what is not changed costs at most the share ``keep`` of the objective.
    """
    numbers = numbers_of(problem)
    market = Market(numbers.table, _FAST_REACH)
    root = find_prices(numbers, _FAST_ROUNDS, _FAST_GAP, market)
    if not root.is_within(_FAST_GAP):
        root, _ = choose(numbers, root, market, _FAST_SETS, _FAST_NODES, _FAST_GAP)
    return _finished(numbers, root, before, keep, "fast")


def assign_exact(
    problem: Problem,
    gap: float = 0.001,
    before: Plan | None = None,
    keep: float = 0.05,
    nodes: int = 2_000,
    sets: int = 50_000,
) -> Plan:
    """Return a plan proven to be within a share ``gap`` of the best, where the limits let it.

    Limits are of work, not of time, so that the plan is the same on a slow machine: ``nodes`` of
    the search and ``sets`` of salvos looked at.  What was proven, the plan's bound says.
    """
    numbers = numbers_of(problem)
    market = Market(numbers.table, _REACH)
    root = find_prices(numbers, _ROUNDS, gap, market)
    for room in (*_ROOMS, sets):
        if root.is_within(gap):
            break
        root, is_whole = choose(numbers, root, market, min(room, sets), nodes, gap)
        if is_whole:
            break
    return _finished(numbers, root, before, keep, "exact")


def _finished(numbers: Numbers, root: Root, before: Plan | None, keep: float, method: str) -> Plan:
    """Return the plan found, or as much of the one before as ``keep`` lets stand."""
    if before is None:
        return numbers.plan(root.added, root.bound, method)
    if keep < 0.0:
        raise ValueError(f"keep is {keep}; it must not be negative")
    if before.salvos.shape != numbers.miss.shape:
        found, wanted = before.salvos.shape, numbers.miss.shape
        raise ValueError(f"before has salvos of shape {found}; they must be {wanted}")
    former = np.maximum(before.salvos - numbers.promised, 0).T
    return numbers.plan(steadied(numbers, root.added, former, keep), root.bound, method)
