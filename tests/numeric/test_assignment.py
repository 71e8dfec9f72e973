"""Assignment against scipy's solver, and what must hold for every assignment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from jointsky.numeric.assignment import assign, assign_pairs
from jointsky.streams import stream

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_dense_assignment_costs_what_scipys_costs(seed, rows, columns, has_ties):
    rng = stream(seed, "cost")
    cost = rng.normal(size=(rows, columns)) * 100
    if has_ties:
        cost = np.round(cost / 50)
    ours, theirs = assign(cost), linear_sum_assignment(cost)
    assert len(set(ours[0])) == len(set(ours[1])) == min(rows, columns)
    assert np.all(np.diff(ours[0]) > 0)
    assert cost[ours].sum() == pytest.approx(cost[theirs].sum(), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_forbidden_pairs_are_never_taken(seed):
    rng = stream(seed, "forbidden")
    cost = rng.uniform(0, 1, (7, 9))
    cost[rng.random(cost.shape) < 0.5] = np.inf
    try:
        theirs = cost[linear_sum_assignment(cost)].sum()
    except ValueError:
        with pytest.raises(ValueError, match="no full assignment"):
            assign(cost)
        return
    assert cost[assign(cost)].sum() == pytest.approx(theirs)


def test_large_assignment_costs_what_scipys_costs():
    cost = stream(1, "large").uniform(0, 1e6, (300, 420))
    assert cost[assign(cost)].sum() == pytest.approx(cost[linear_sum_assignment(cost)].sum())
    assert cost.T[assign(cost.T)].sum() == pytest.approx(cost[assign(cost)].sum())


def _best_gain(n_rows, n_columns, row, column, gain):
    """The same by one dense matrix with room for everybody to stay alone."""
    best = np.zeros((n_rows, n_columns))
    np.maximum.at(best, (row, column), gain)
    return best[linear_sum_assignment(-best)].sum()


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 30), st.integers(1, 30), st.floats(0, 0.6))
def test_sparse_assignment_gains_as_much_as_one_dense_matrix(seed, n_rows, n_columns, density):
    rng = stream(seed, "pairs")
    row, column = np.nonzero(rng.random((n_rows, n_columns)) < density)
    gain = rng.normal(0.5, 1.0, len(row))
    found = assign_pairs(n_rows, n_columns, row, column, gain)
    taken = {(i, j) for i, j in enumerate(found) if j >= 0}
    worth = {(i, j): g for i, j, g in zip(row, column, gain, strict=True)}
    assert len({j for _, j in taken}) == len(taken)
    assert all(worth[pair] > 0 for pair in taken)
    total = sum(worth[pair] for pair in taken)
    assert total == pytest.approx(_best_gain(n_rows, n_columns, row, column, gain), abs=1e-9)


def test_empty_sides_leave_everybody_alone():
    assert list(assign_pairs(3, 0, [], [], [])) == [-1, -1, -1]
    assert [len(side) for side in assign(np.zeros((0, 4)))] == [0, 0]


def test_wrong_input_names_the_argument():
    with pytest.raises(ValueError, match=r"cost has shape \(3,\)"):
        assign([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="NaN"):
        assign([[np.nan]])
    with pytest.raises(ValueError, match="row holds numbers outside 0 to 1"):
        assign_pairs(2, 2, [2], [0], [1.0])
    with pytest.raises(ValueError, match="shapes"):
        assign_pairs(2, 2, [1], [0, 1], [1.0])
