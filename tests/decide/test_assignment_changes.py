"""Replanning: a plan that is nearly as good as the best stays as it is."""

import dataclasses

import numpy as np
import pytest

from jointsky.decide.assignment import Problem, assign_exact, assign_fast
from jointsky.streams import stream

KEEP = 0.05


def sky(seed, weapons=10, threats=16):
    rng = stream(seed, "sky")
    return Problem(
        value=rng.integers(5, 100, threats).astype(float),
        chance=rng.uniform(0.4, 0.9, (weapons, threats)),
        shots=np.full(weapons, 3),
        targets=np.full(weapons, 2),
        most=np.full(threats, 3),
        allowed=rng.random((weapons, threats)) < 0.7,
        cost=np.full(weapons, 0.5),
    )


def shaken(problem, rng, share):
    """Return a problem whose values and chances are all a little off."""
    value = problem.value * rng.normal(1.0, share, problem.value.shape)
    chance = problem.chance * rng.normal(1.0, share, problem.chance.shape)
    return dataclasses.replace(
        problem, value=np.maximum(value, 0.1), chance=np.clip(chance, 0.0, 1.0)
    )


def replan(seed, looks, share, keep):
    """Return salvos changed in all, and how much more than the fresh plan each plan cost at most.

    ``keep`` None: every plan is made afresh.
    """
    rng, problem = stream(seed, "shake"), sky(seed)
    plan, changed, dearest = assign_fast(problem), 0, 0.0
    for _ in range(looks):
        now = shaken(problem, rng, share)
        fresh = assign_fast(now)
        new = fresh if keep is None else assign_fast(now, plan, keep)
        changed += int(np.abs(new.salvos - plan.salvos).sum())
        dearest = max(dearest, new.objective / fresh.objective - 1.0)
        plan = new
    return changed, dearest


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_does_not_flap_while_values_and_chances_shake(seed):
    afresh, _ = replan(seed, 20, 0.02, None)
    steady, dearest = replan(seed, 20, 0.02, KEEP)
    assert afresh > 60
    assert steady < 0.1 * afresh
    assert dearest <= KEEP + 1e-9


def test_the_same_problem_again_changes_nothing():
    problem = sky(1)
    plan = assign_fast(problem)
    assert (assign_fast(problem, plan, keep=0.0).salvos == plan.salvos).all()
    assert (assign_exact(problem, before=plan, keep=0.001).salvos == plan.salvos).all()


def test_a_new_threat_is_met_and_the_rest_stays():
    problem = sky(2)
    ghost = dataclasses.replace(problem, value=np.where(np.arange(16) == 5, 0.0, problem.value))
    before = assign_fast(ghost)
    assert before.salvos[:, 5].sum() == 0
    plan = assign_fast(problem, before, KEEP)
    assert plan.salvos[:, 5].sum() > 0
    afresh = assign_fast(problem)
    moved = np.abs(plan.salvos - before.salvos).sum()
    assert moved <= min(6, np.abs(afresh.salvos - before.salvos).sum())
    assert plan.objective <= (1.0 + KEEP) * afresh.objective


def test_a_change_that_gains_much_is_made():
    problem = Problem([10.0, 10.0], [[0.5, 0.5]], [1])
    before = assign_fast(problem)
    taken = int(np.argmax(before.salvos[0]))
    worth_more = np.where(np.arange(2) == taken, 10.0, 40.0)
    plan = assign_fast(dataclasses.replace(problem, value=worth_more), before, KEEP)
    assert plan.salvos[0, 1 - taken] == 1


def test_changes_that_share_nothing_are_made_one_without_the_other():
    # weapon 0 may choose between threats 0 and 1, weapon 1 between 2 and 3
    allowed = np.array([[1, 1, 0, 0], [0, 0, 1, 1]], bool)
    chance = np.full((2, 4), 0.8)
    problem = Problem([10.0, 9.0, 10.0, 9.0], chance, [1, 1], allowed=allowed)
    before = assign_fast(problem)
    assert before.salvos.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
    now = dataclasses.replace(problem, value=np.array([10.0, 10.1, 10.0, 30.0]))
    assert assign_fast(now).salvos.tolist() == [[0, 1, 0, 0], [0, 0, 0, 1]]
    assert assign_fast(now, before, KEEP).salvos.tolist() == [[1, 0, 0, 0], [0, 0, 0, 1]]


def test_what_is_no_longer_permitted_is_not_kept():
    problem = Problem([10.0, 8.0], [[0.9, 0.9]], [1])
    before = assign_fast(problem)
    now = dataclasses.replace(problem, allowed=np.array([[False, True]]))
    assert assign_fast(now, before, keep=10.0).salvos.tolist() in ([[0, 0]], [[0, 1]])
    fewer = dataclasses.replace(problem, shots=np.array([0]))
    assert assign_fast(fewer, before, keep=10.0).salvos.sum() == 0


def test_what_was_planned_and_is_now_promised_counts_once():
    problem = Problem([10.0, 8.0], [[0.9, 0.9]], [2], most=[1, 1])
    before = assign_fast(problem)
    assert before.salvos.tolist() == [[1, 1]]
    now = dataclasses.replace(problem, promised=np.array([[1, 0]]))
    assert assign_fast(now, before, KEEP).salvos.tolist() == [[1, 1]]
