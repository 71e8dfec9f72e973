"""Prices of salvos: what a threat chooses is its cheapest set, and what follows is a bound."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.decide.assignment_prices import Market, choose, find_prices, improved, repaired
from jointsky.decide.assignment_tables import Problem, numbers_of
from jointsky.streams import stream

SEEDS = st.integers(0, 2**32 - 1)
QUICK = settings(deadline=None, max_examples=60, derandomize=True)
ENOUGH = 1_000_000  # nodes


def made(seed, weapons, threats):
    rng = stream(seed, "prices")
    shots = rng.integers(1, 4, weapons)
    promised = np.zeros((weapons, threats), np.int64)
    promised[0, 0] = int(rng.random() < 0.5)
    return numbers_of(
        Problem(
            value=rng.uniform(0.0, 20.0, threats),
            chance=rng.choice([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], (weapons, threats)),
            shots=shots,
            targets=rng.integers(1, 3, weapons),
            most=rng.integers(0, 5, threats),
            allowed=rng.random((weapons, threats)) < 0.8,
            promised=promised,
            cost=rng.choice([0.0, 0.3], weapons),
        )
    ), rng


def every_set(table, t, price, fee):
    """Return all sets that a threat may get, and what each costs, from the definitions."""
    ranges = [range(int(most) + 1) for most in table.cap[t]]
    sets = [row for row in itertools.product(*ranges) if sum(row) <= table.room[t]]
    costs = []
    for row in sets:
        cost = table.value[t]
        for w, times in enumerate(row):
            cost *= table.miss[t, w] ** times
        for w, times in enumerate(row):
            cost += times * (table.cost[w] + price[w])
            cost += fee[w] if times and not table.held[t, w] else 0.0
        costs.append(cost)
    return sets, np.array(costs)


def best_of_all(table):
    """Return the least objective of any plan, by trying each."""
    nothing = np.zeros(len(table.shots))
    threats = range(len(table.value))
    each = [list(zip(*every_set(table, t, nothing, nothing), strict=True)) for t in threats]
    best = np.inf
    for plan in itertools.product(*each):
        sets = np.array([row for row, _ in plan])
        is_new = (sets > 0) & ~table.held
        if (sets.sum(axis=0) <= table.shots).all() and (is_new.sum(axis=0) <= table.targets).all():
            best = min(best, sum(cost for _, cost in plan))
    return best


@QUICK
@given(SEEDS, st.sampled_from([0.0, 1.0, 50.0, 300.0]))
def test_each_threat_chooses_its_cheapest_set(seed, dear):
    numbers, rng = made(seed, 4, 3)
    price, fee = rng.uniform(0.0, dear, 4), rng.uniform(0.0, dear, 4)
    offers = Market(numbers.table, ENOUGH).ask(price, fee)
    for t in range(3):
        sets, costs = every_set(numbers.table, t, price, fee)
        assert offers.low[t] == pytest.approx(costs.min(), abs=1e-8)
        assert costs[sets.index(tuple(offers.sets[t]))] == pytest.approx(costs.min(), abs=1e-8)


@QUICK
@given(SEEDS, st.sampled_from([0.0, 1.0, 50.0]), st.integers(0, 12))
def test_a_search_cut_short_still_gives_a_bound(seed, dear, nodes):
    numbers, rng = made(seed, 4, 3)
    price, fee = rng.uniform(0.0, dear, 4), rng.uniform(0.0, dear, 4)
    offers = Market(numbers.table, nodes).ask(price, fee)
    for t in range(3):
        _, costs = every_set(numbers.table, t, price, fee)
        assert offers.low[t] <= costs.min() + 1e-8


@QUICK
@given(SEEDS, st.sampled_from([0.0, 1.0, 50.0]), st.sampled_from([0.01, 20.0, 200.0]))
def test_near_sets_are_all_that_cost_so_little_and_no_others(seed, dear, slack):
    numbers, rng = made(seed, 4, 3)
    price, fee = rng.uniform(0.0, dear, 4), rng.uniform(0.0, dear, 4)
    market = Market(numbers.table, ENOUGH)
    offers = market.ask(price, fee)
    near = market.within(offers, slack, 10_000)
    for t in range(3):
        sets, costs = every_set(numbers.table, t, price, fee)
        found = {tuple(row) for row in near.sets[near.threats == t].tolist()}
        assert len(found) == (near.threats == t).sum()
        sure = {
            row for row, cost in zip(sets, costs, strict=True) if cost < costs.min() + slack - 1e-7
        }
        maybe = {
            row for row, cost in zip(sets, costs, strict=True) if cost < costs.min() + slack + 1e-7
        }
        assert sure <= found <= maybe
    assert market.within(offers, slack, len(near)) is not None
    assert len(near) == 0 or market.within(offers, slack, len(near) - 1) is None


@QUICK
@given(SEEDS, st.sampled_from([0.0, 50.0, 300.0]))
def test_whatever_the_prices_no_plan_is_better_than_their_bound(seed, dear):
    numbers, rng = made(seed, 3, 3)
    price, fee = rng.uniform(0.0, dear, 3), rng.uniform(0.0, dear, 3)
    offers = Market(numbers.table, ENOUGH).ask(price, fee)
    assert offers.bound <= best_of_all(numbers.table) + 1e-8


@QUICK
@given(SEEDS, st.sampled_from([1, 3, 60]), st.sampled_from([0.0, 0.02]))
def test_bounds_are_bounds_before_and_after_choosing(seed, rounds, gap):
    numbers, _ = made(seed, 3, 3)
    market, best = Market(numbers.table, ENOUGH), best_of_all(numbers.table)
    root = find_prices(numbers, rounds, gap, market)
    for at_hand in (root, choose(numbers, root, market, 10_000, 1000, gap)[0]):
        assert at_hand.bound <= best * (1.0 + 1e-7) + 1e-8
        assert at_hand.objective >= best - 1e-8
    assert at_hand.objective <= best * (1.0 + gap + 1e-7) + 1e-8


@QUICK
@given(SEEDS)
def test_repairs_and_exchanges_keep_all_limits_and_exchanges_cost_nothing(seed):
    numbers, rng = made(seed, 5, 6)
    table = numbers.table
    wild = rng.integers(0, 4, table.miss.shape)
    mended = repaired(table, wild)
    better = improved(table, mended)
    for plan in (mended, better):
        assert (plan >= 0).all() and (plan <= table.cap).all()
        assert (plan.sum(axis=1) <= table.room).all()
        assert (plan.sum(axis=0) <= table.shots).all()
        assert (((plan > 0) & ~table.held).sum(axis=0) <= table.targets).all()
    assert numbers.objective(better) <= numbers.objective(mended) + 1e-9


def test_an_exchange_of_three_is_found_where_no_exchange_of_two_helps():
    # each weapon stops its own threat half the time, the next one mostly, the other never: two
    # that swap leave 10 + 1 where they left 5 + 5
    chance = np.array([[0.5, 0.9, 0.0], [0.0, 0.5, 0.9], [0.9, 0.0, 0.5]])
    problem = Problem(np.full(3, 10.0), chance, np.ones(3, int), most=np.ones(3, int))
    table = numbers_of(problem).table
    assert improved(table, np.eye(3, dtype=np.int64)).T.tolist() == [
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
    ]


def test_a_salvo_stays_where_a_change_would_gain_less_than_asked():
    numbers = numbers_of(Problem([10.0, 11.0], [[0.5, 0.5]], [1], most=[1, 1]))
    former = np.array([[1], [0]])
    gain = 0.5 * 1000.0 / 11.0  # in units of the table: the dearest threat is worth 1000
    for stay, wanted in ((0.9 * gain, [[0], [1]]), (1.1 * gain, [[1], [0]])):
        assert improved(numbers.table, former, stay=stay).tolist() == wanted


def test_a_search_that_would_take_long_gives_up():
    problem = Problem(np.ones(2), np.full((30, 2), 0.3), np.full(30, 3))
    numbers = numbers_of(problem)
    market = Market(numbers.table, 100)
    offers = market.ask(np.zeros(30), np.zeros(30))
    assert market.within(offers, 1e9, 1000) is None
