"""Selection: the best arm is left as often as was asked for, with any common random numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.streams import stream
from jointsky.study.selection import Selection

REPETITIONS = 2000


def selected(values, indifference, probability=0.95, least_runs=10):
    """Return the arms that ``values`` (n, k) leave in the end, and the runs that took."""
    found = Selection(values.shape[1], indifference, probability, least_runs)
    while not found.is_done:
        found.add(values[found.runs, list(found.left)])
    return found.left, found.runs


def share_right(name, arms, common, probability=0.95, spread=1.0, **how):
    """Arms of which the last is better than all others by the indifference zone of 0.7, just so."""
    rng = stream(1, "selection", name)
    means = np.zeros(arms)
    means[-1] = 0.7
    right, runs = 0, 0
    for _ in range(REPETITIONS):
        noise = np.sqrt(1.0 - common) * rng.normal(size=(200, arms))
        noise += np.sqrt(common) * rng.normal(size=(200, 1))
        left, took = selected(means + spread * noise, 0.7, probability, **how)
        right += left == (arms - 1,)
        runs += took
    return right / REPETITIONS, runs / REPETITIONS


def test_best_of_two_independent_arms_is_found_as_often_as_asked_for():
    right, _ = share_right("two", 2, common=0.0)
    assert 0.95 <= right < 0.985  # honest, and no more dear than need be


def test_best_of_five_arms_is_found_as_often_as_asked_for_and_common_numbers_save_runs():
    right, runs = share_right("five", 5, common=0.0)
    right_common, runs_common = share_right("five common", 5, common=0.6)
    assert right >= 0.95
    assert right_common >= 0.95
    assert runs_common < 0.7 * runs


def test_a_lower_probability_is_kept_with_fewer_runs():
    right, runs = share_right("lower", 4, common=0.3, probability=0.8)
    right_high, runs_high = share_right("lower", 4, common=0.3, probability=0.95)
    assert 0.8 <= right < right_high
    assert runs < runs_high


def test_where_others_are_within_indifference_one_of_the_good_is_left():
    rng = stream(1, "good")
    good = 0
    for _ in range(300):
        values = rng.normal([1.0, 0.9, 0.95, 0.0], 1.0, (400, 4))
        left, _ = selected(values, 0.5)
        good += len(left) == 1 and left[0] < 3
    assert good >= 0.95 * 300


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_numbers_of_arms_do_not_matter(seed, arms):
    rng = stream(seed, "order")
    values = rng.normal(size=(2000, arms)) + rng.normal(size=arms)
    order = rng.permutation(arms)
    left, runs = selected(values, 0.5)
    left_other, runs_other = selected(values[:, order], 0.5)
    assert runs == runs_other
    assert left == tuple(order[list(left_other)])


@given(st.integers(0, 2**32 - 1))
def test_the_zone_scales_with_the_values(seed):
    values = stream(seed, "scale").normal([0.0, 0.2, 0.5], 1.0, (2000, 3))
    assert selected(values, 0.5) == selected(64.0 * values + 8.0, 32.0)


def test_nobody_leaves_before_the_first_runs_are_in():
    found = Selection(3, 0.1, least_runs=10)
    for _ in range(9):
        assert found.add([0.0, 100.0, 50.0]) == (0, 1, 2)
        assert not found.is_done
    assert found.add([0.0, 100.0, 50.0]) == (1,)
    assert found.is_done
    assert found.means == pytest.approx([100.0])


def test_the_bound_is_that_of_kim_and_nelson():
    """By hand: 2 arms, 4 runs, differences 1, 3, 1, 3 (variance 4/3), zone 1, probability 0.9.

    eta = ((2 * 0.1)^(-2/3) - 1) / 2 = 0.962, h2 = 2 * 3 * eta = 5.772, and the bound after r runs
    is (5.772 * 4/3 - r) / 2: 1.85 at r = 4, where the sum of differences is 8.
    """
    first = np.array([[1.0, 0.0], [3.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    for ahead, left in ((1.86 - 8.0, (0,)), (1.84 - 8.0, (0, 1))):
        found = Selection(2, 1.0, 0.9, least_runs=4)
        for ours, theirs in first:
            found.add([ours + ahead / 4.0, theirs])
        assert found.left == left


def test_arms_that_no_run_told_apart_are_left_together():
    rng = stream(1, "alike")
    found = Selection(3, 0.5, least_runs=10)
    while not found.is_done:
        value = rng.normal()
        found.add(np.array([value, value, value - 3.0 + rng.normal()])[list(found.left)])
    assert found.left == (0, 1)
    assert found.runs < 100


def test_wrong_input_says_what_was_found_and_what_was_wanted():
    with pytest.raises(ValueError, match="arms is 1; it must be 2 or more"):
        Selection(1, 0.5)
    with pytest.raises(ValueError, match="indifference is 0; it must be above 0"):
        Selection(2, 0)
    with pytest.raises(ValueError, match=r"probability is 0\.5; it must lie between 1/2 and 1"):
        Selection(2, 0.5, 0.5)
    with pytest.raises(ValueError, match="least_runs is 1"):
        Selection(2, 0.5, least_runs=1)
    found = Selection(3, 0.5)
    with pytest.raises(ValueError, match=r"values has 2 values; 3 arms are left: \(0, 1, 2\)"):
        found.add([1.0, 2.0])
    with pytest.raises(ValueError, match="NaN"):
        found.add([1.0, 2.0, np.nan])
    assert found.runs == 0
    assert np.isnan(found.means).all()
