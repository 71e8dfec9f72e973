"""Assignment: within limits, as good as the best of all plans, with bounds that are bounds."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.decide.assignment import Plan, Problem, assign_exact, assign_fast
from jointsky.streams import stream

SEEDS = st.integers(0, 2**32 - 1)
ROUNDING = 1e-7  # HiGHS solves to 1e-7 of the most valuable threat
QUICK = settings(deadline=None, max_examples=40, derandomize=True)


def small(seed, weapons=3, threats=3, promises=True):
    """Return a problem with all kinds of limits, small enough to try every plan."""
    rng = stream(seed, "small")
    shots = rng.integers(0, 3, weapons)
    chance = rng.choice([0.0, 0.3, 0.5, 0.7, 0.9, 1.0], (weapons, threats))
    promised = np.zeros((weapons, threats), np.int64)
    if promises:
        for w in range(weapons):
            if shots[w] and rng.random() < 0.4:
                promised[w, rng.integers(threats)] = 1
    return Problem(
        value=rng.integers(0, 20, threats).astype(float),
        chance=chance,
        shots=shots,
        targets=np.maximum(rng.integers(0, 3, weapons), promised.sum(axis=1)),
        most=rng.integers(0, 4, threats),
        allowed=rng.random((weapons, threats)) < 0.7,
        promised=promised,
        cost=rng.choice([0.0, 0.5, 2.0], weapons),
    )


def large(seed, weapons=12, threats=20, shots=3, most=3, targets=2):
    rng = stream(seed, "large")
    return Problem(
        value=rng.integers(1, 100, threats).astype(float),
        chance=rng.uniform(0.3, 0.9, (weapons, threats)),
        shots=np.full(weapons, shots),
        targets=np.full(weapons, targets),
        most=np.full(threats, most),
        allowed=rng.random((weapons, threats)) < 0.6,
        cost=np.full(weapons, 0.5),
    )


def worth(problem, salvos):
    """Return the objective of salvos (W, T), from its definition."""
    left = sum(
        problem.value[t]
        * np.prod([(1 - problem.chance[w, t]) ** n for w, n in enumerate(salvos[:, t])])
        for t in range(len(problem.value))
    )
    return float(left + sum(problem.cost * salvos.sum(axis=1)))


def is_fine(problem, salvos):
    """Tell whether salvos keep all limits, from their definitions."""
    added = salvos - problem.promised
    return bool(
        (added >= 0).all()
        and (salvos.sum(axis=1) <= problem.shots).all()
        and ((salvos > 0).sum(axis=1) <= problem.targets).all()
        and (salvos.sum(axis=0) <= np.maximum(problem.most, problem.promised.sum(axis=0))).all()
        and not (added > 0)[~problem.allowed].any()
    )


def best_of_all(problem):
    """Return the least objective of any plan, by trying each."""
    weapons, threats = problem.chance.shape
    rows = []
    for w in range(weapons):
        each = itertools.product(range(int(problem.shots[w]) + 1), repeat=threats)
        rows.append([row for row in each if sum(row) <= problem.shots[w]])
    plans = (np.array(rows) for rows in itertools.product(*rows))
    return min(worth(problem, plan) for plan in plans if is_fine(problem, plan))


def greedy(problem):
    """Return the plan of always giving the salvo that gains most, while any gains."""
    salvos = problem.promised.copy() if problem.promised is not None else None
    while True:
        now, best, pick = worth(problem, salvos), 0.0, None
        for w, t in np.argwhere(problem.allowed):
            salvos[w, t] += 1
            gain = now - worth(problem, salvos)
            if gain > best + 1e-12 and is_fine(problem, salvos):
                best, pick = gain, (w, t)
            salvos[w, t] -= 1
        if pick is None:
            return salvos
        salvos[pick] += 1


def filled(problem):
    """Return a problem with no limit left unsaid."""
    return dataclasses.replace(problem, promised=np.zeros(problem.chance.shape, np.int64))


@QUICK
@given(SEEDS)
def test_exact_is_as_good_as_the_best_of_all_plans(seed):
    problem = small(seed)
    best, plan = best_of_all(problem), assign_exact(problem, gap=0.0)
    assert plan.objective == pytest.approx(best, rel=ROUNDING, abs=1e-9)
    assert plan.bound <= best + ROUNDING * 20
    assert plan.gap <= 1e-6


@QUICK
@given(SEEDS)
def test_the_stated_gap_holds(seed):
    problem = small(seed)
    plan = assign_exact(problem, gap=0.05)
    assert plan.objective <= best_of_all(problem) * 1.06
    assert plan.gap <= 0.05


@QUICK
@given(SEEDS)
def test_the_bound_of_the_fast_method_is_never_above_the_best(seed):
    problem = small(seed)
    plan, best = assign_fast(problem), best_of_all(problem)
    assert plan.bound <= best + 1e-9
    assert plan.objective >= best - 1e-9


@QUICK
@given(SEEDS)
def test_every_plan_keeps_all_limits_and_says_its_own_worth(seed):
    problem = small(seed)
    for plan in (assign_fast(problem), assign_exact(problem)):
        assert is_fine(problem, plan.salvos)
        assert plan.objective == pytest.approx(worth(problem, plan.salvos))
        assert plan.spent == pytest.approx(float(problem.cost @ plan.salvos.sum(axis=1)))


@pytest.mark.parametrize("seed", range(8))
def test_fast_is_never_worse_than_greedy_and_keeps_all_limits(seed):
    problem = filled(large(seed, weapons=8, threats=12))
    plan = assign_fast(problem)
    assert is_fine(problem, plan.salvos)
    assert plan.objective <= worth(problem, greedy(problem)) + 1e-9
    assert plan.gap < 0.05


@pytest.mark.parametrize("seed", range(4))
def test_exact_proves_its_gap_on_larger_problems(seed):
    problem = filled(large(seed))
    fast, exact = assign_fast(problem), assign_exact(problem, gap=1e-4)
    assert exact.gap <= 1e-4
    assert fast.bound <= exact.objective + 1e-9
    assert exact.bound <= fast.objective + 1e-9
    assert is_fine(problem, exact.salvos)


def test_with_one_salvo_each_and_one_a_threat_it_is_the_assignment_problem():
    # three weapons, three threats: worth 4+3+3 by hand, of all six ways
    chance = np.array([[0.4, 0.9, 0.2], [0.5, 0.6, 0.3], [0.9, 0.5, 0.3]])
    problem = Problem(np.full(3, 10.0), chance, np.ones(3, int), most=np.ones(3, int))
    plan = assign_exact(problem, gap=0.0)
    assert plan.salvos.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert plan.objective == pytest.approx(1.0 + 1.0 + 7.0)


def test_nobody_wastes_a_salvo_on_what_is_nearly_stopped():
    problem = Problem([10.0], [[0.9], [0.9]], [2, 2], cost=[0.5, 0.6])
    plan = assign_exact(problem)
    assert plan.salvos.tolist() == [[2], [0]]  # 10 -> 1 -> 0.1, for 0.5 each
    assert (plan.left, plan.spent) == (pytest.approx(0.1), pytest.approx(1.0))


def test_what_is_sure_to_be_stopped_gets_no_second_salvo():
    plan = assign_exact(Problem([5.0, 3.0], [[1.0, 0.5]], [3]))
    assert plan.salvos.tolist() == [[1, 2]]
    assert plan.objective == pytest.approx(0.75)


def test_promises_are_kept_where_nothing_would_permit_them_today():
    problem = Problem(
        value=[5.0, 9.0],
        chance=[[0.5, 0.5]],
        shots=[2],
        targets=[1],
        most=[0, 3],
        allowed=np.array([[False, True]]),
        promised=[[1, 0]],
    )
    for plan in (assign_fast(problem), assign_exact(problem)):
        assert plan.salvos.tolist() == [[1, 0]]
        assert plan.objective == plan.bound == pytest.approx(2.5 + 9.0)


@pytest.mark.parametrize(("weapons", "threats"), [(0, 0), (3, 0), (0, 3)])
def test_without_weapons_or_threats_there_is_nothing_to_plan(weapons, threats):
    problem = Problem(np.ones(threats), np.ones((weapons, threats)), np.ones(weapons, int))
    for plan in (assign_fast(problem), assign_exact(problem)):
        assert plan.salvos.shape == (weapons, threats)
        assert plan.objective == plan.bound == threats
        assert plan.gap == 0.0


def test_threats_of_no_worth_get_nothing():
    plan = assign_exact(Problem([0.0, 0.0], [[0.5, 0.9]], [2]))
    assert plan.salvos.sum() == 0
    assert plan.gap == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_same_problem_same_plan(seed):
    one, other = assign_fast(large(seed)), assign_fast(large(seed))
    assert (one.salvos == other.salvos).all()
    assert (one.left, one.bound) == (other.left, other.bound)


def test_worth_in_other_units_gives_the_same_plan():
    problem = large(5)
    tiny = dataclasses.replace(problem, value=problem.value * 1e-7, cost=problem.cost * 1e-7)
    one, other = assign_exact(problem), assign_exact(tiny)
    assert (one.salvos == other.salvos).all()
    assert other.objective == pytest.approx(one.objective * 1e-7)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": [[1.0]]}, r"value has shape \(1, 1\); it must be \(n,\)"),
        ({"value": [1.0, np.nan]}, "value holds"),
        ({"chance": [[0.5]]}, r"chance has shape \(1, 1\); it must be \(n, 2\)"),
        ({"chance": [[0.5, 1.5]]}, r"chance holds 1.5"),
        ({"shots": [1, 1]}, r"shots has shape \(2,\); it must be \(1,\)"),
        ({"shots": [1.5]}, "shots has type float64"),
        ({"shots": [-1]}, "shots holds -1"),
        ({"targets": [[1]]}, r"targets has shape \(1, 1\)"),
        ({"most": [1]}, r"most has shape \(1,\); it must be \(2,\)"),
        ({"allowed": np.ones((2, 1), bool)}, r"allowed has shape \(2, 1\)"),
        ({"allowed": np.ones((1, 2))}, "type float64"),
        ({"promised": [[1, 2]]}, "promised takes 3 of weapon 0, shots gives it 2"),
        ({"promised": [[1, 1]], "targets": [1]}, "targets gives it 1"),
        ({"cost": [np.inf]}, "cost holds"),
    ],
)
def test_a_wrong_argument_is_named(changes, told):
    problem = dataclasses.replace(Problem([1.0, 2.0], [[0.5, 0.5]], [2]), **changes)
    with pytest.raises(ValueError, match=told):
        assign_fast(problem)


def test_a_plan_before_must_fit():
    problem = Problem([1.0], [[0.5]], [1])
    before = Plan(np.zeros((2, 1), int), 0.0, 0.0, 0.0, "fast")
    with pytest.raises(ValueError, match=r"shape \(2, 1\); they must be \(1, 1\)"):
        assign_fast(problem, before)
    with pytest.raises(ValueError, match="keep is -1"):
        assign_fast(problem, assign_fast(problem), keep=-1)
