"""Stopping: honest after it stops, and about right in how many runs it foresees."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.streams import stream
from jointsky.study.intervals import Interval, mean, proportion
from jointsky.study.stopping import LEAST_RUNS, MOST_GROWTH, Precision, look
from study import repeated


def test_intervals_hold_the_truth_as_often_as_they_say_where_an_absolute_width_stopped_them():
    held, runs = repeated.stopped_normals()
    assert 0.93 <= held <= 0.97
    assert runs == pytest.approx((1.96 / 0.2) ** 2, rel=0.1)  # no more than a knower would take


def test_intervals_hold_the_truth_as_often_as_they_say_where_a_relative_width_stopped_them():
    held, runs = repeated.stopped_counts()
    assert 0.93 <= held <= 0.97
    assert runs == pytest.approx((1.96 * 1.1 / 0.1) ** 2 / 2.0, rel=0.1)


def test_a_first_look_too_early_would_not_be_honest():
    """Why there is a least number of runs: with 3, lucky ones stop at once."""
    draws = stream(1, "early").normal(1.0, 1.0, (repeated.REPETITIONS, 250))
    held, _ = repeated.stopped(draws, 1.0, Precision(0.5, least_runs=3), batch=1)
    assert held < 0.92


@given(st.floats(0.01, 10.0), st.integers(50, 10_000))
def test_enough_is_a_margin_of_the_wanted_half_width_or_less(wanted, runs):
    narrow = Interval(5.0, 5.0 - wanted, 5.0 + 0.5 * wanted)
    wide = Interval(5.0, 5.0 - 0.5 * wanted, 5.0 + 1.01 * wanted)
    assert look(narrow, runs, Precision(wanted * (1 + 1e-9))).is_enough
    assert not look(wide, runs, Precision(wanted)).is_enough


def test_relative_precision_is_kept_against_the_truth():
    """At a value of 100, 10 % of a truth that may be as low as 100 / 1.1 is 9.09."""
    wanted = Precision(0.1, is_relative=True)
    assert look(Interval(100.0, 91.0, 109.0), 100, wanted).is_enough
    assert not look(Interval(100.0, 90.5, 109.5), 100, wanted).is_enough
    assert look(Interval(-100.0, -109.0, -91.0), 100, wanted).is_enough


def test_runs_foreseen_are_about_those_that_it_then_takes():
    values = stream(3, "foreseen").normal(0.0, 1.0, 5000)
    wanted = Precision(0.1)
    said = look(mean(values[:200]), 200, wanted)
    assert not said.is_enough
    n = 200 + said.more_runs
    assert n == pytest.approx(1.96**2 * np.var(values[:200]) / 0.1**2, rel=0.05)
    assert mean(values[:n]).margin == pytest.approx(0.1, rel=0.1)


def test_runs_foreseen_are_at_least_one_and_at_most_some_times_as_many():
    hopeless = look(Interval(0.0, -1.0, 1.0), 100, Precision(1e-6))
    assert hopeless.more_runs == (MOST_GROWTH - 1) * 100
    nearly = look(Interval(0.0, -1.0, 1.0), 100, Precision(0.9999999))
    assert nearly.more_runs == 1
    assert look(Interval(0.0, -0.1, 0.1), 10, Precision(1.0)).more_runs == LEAST_RUNS - 10


def test_none_of_many_runs_is_enough_only_once_its_bound_is_low_enough():
    assert not look(proportion(0, 100), 100, Precision(0.01)).is_enough
    assert look(proportion(0, 299), 299, Precision(0.01)).is_enough
    assert not look(proportion(0, 9999), 9999, Precision(0.5, is_relative=True)).is_enough


def test_a_bound_that_is_not_there_is_never_enough():
    open_above = Interval(1.0, 0.5, math.inf, sides="lower")
    assert look(open_above, 1000, Precision(5.0)).more_runs == (MOST_GROWTH - 1) * 1000


def test_wrong_input_says_what_was_found_and_what_was_wanted():
    with pytest.raises(ValueError, match="half_width is 0; it must be above 0"):
        Precision(0)
    with pytest.raises(ValueError, match="least_runs is 1; it must be 2 or more"):
        Precision(1.0, least_runs=1)
    with pytest.raises(ValueError, match="runs is 0; it must be 1 or more"):
        look(Interval(0.0, -1.0, 1.0), 0, Precision(1.0))
