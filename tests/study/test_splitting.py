"""Splitting: right on known tails, smooth and counted, and far cheaper than brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jointsky.streams import Mixed, stream
from jointsky.study.intervals import proportion
from jointsky.study.splitting import Normals, Parts, descend, find_course, rare_probability

INBOUND, STOPPED = 20, 0.7
LETS_THROUGH = stats.norm.ppf(1.0 - STOPPED)


def height(normals):
    """A standard normal made of all inputs."""
    return normals.sum(axis=1) / np.sqrt(normals.shape[1])


def leakers(normals):
    """How many of 20 inbound leak, one shot each."""
    return np.count_nonzero(normals < LETS_THROUGH, axis=1)


def drawn(parts):
    """The same height, of what 20 names draw under mixed seeds."""
    names = [f"draw {k}" for k in range(INBOUND)]
    every = [
        [stream(seed, name).standard_normal() for name in names]
        for seed in (Mixed(row) for row in parts.tolist())
    ]
    return height(np.array(every))


def leaking(count):
    return float(stats.binom.sf(count - 1, INBOUND, 1.0 - STOPPED))


SMOOTH = [(height, float(stats.norm.isf(p)), p) for p in (1e-2, 1e-3, 1e-4)]
COUNTED = [(leakers, k, leaking(k)) for k in (12, 13, 15)]  # 5.1e-3, 1.3e-3, 4.3e-5


def estimates(performance, event, name, splittings=400, population=500, courses=20):
    """Return estimates of single splittings, a row for each course, and the runs of all."""
    rng = stream(1, "splitting", name)
    found, runs = [], 0
    for _ in range(courses):
        course = find_course(performance, Normals(INBOUND), event, rng, population=population)
        every = [
            descend(performance, Normals(INBOUND), course, rng, population=population)
            for _ in range(splittings // courses)
        ]
        found.append([one.probability for one in every])
        runs += course.runs + sum(one.runs for one in every)
    return np.array(found), runs


@pytest.mark.parametrize(("performance", "event", "p"), SMOOTH + COUNTED)
def test_splitting_agrees_with_the_known_tail_and_costs_what_is_right(performance, event, p):
    found, runs = estimates(performance, event, f"{p:.1e}")
    means = found.mean(axis=1)
    error = means.std(ddof=1) / np.sqrt(len(means))
    assert abs(means.mean() - p) < 3.0 * error
    assert error < 0.05 * p  # or the line above would say little
    brute_runs = (1.0 - p) / p / (found.var(ddof=1) / p**2) * found.size
    if p < 2e-4:
        assert runs < 0.1 * brute_runs
    elif p < 2e-3:
        assert runs < 0.5 * brute_runs


@pytest.mark.parametrize(("performance", "event"), [(height, 2.3), (height, 3.0), (leakers, 12)])
def test_splitting_agrees_with_brute_force(performance, event):
    runs = 200_000
    normals = stream(1, "brute").standard_normal((runs, INBOUND), dtype=np.float32)
    brute = proportion(int(np.count_nonzero(performance(normals) >= event)), runs)
    split = rare_probability(
        performance, Normals(INBOUND), event, stream(2, "split"), population=1000, splittings=50
    ).probability
    assert abs(split.value - brute.value) < split.margin + brute.margin
    assert split.margin < 0.15 * split.value


@pytest.mark.parametrize(("performance", "event", "p"), [SMOOTH[1], COUNTED[1]])
def test_interval_of_splittings_holds_the_truth_about_as_often_as_it_says(performance, event, p):
    found, _ = estimates(performance, event, f"held {p:.1e}", splittings=8000, population=200)
    rows = found.reshape(-1, 20)
    margins = stats.t.ppf(0.975, 19) * rows.std(axis=1, ddof=1) / np.sqrt(20)
    held = np.mean(np.abs(rows.mean(axis=1) - p) <= margins)
    assert 0.90 <= held <= 0.98  # of 400: standard error 1.1 %


def test_interval_and_coefficient_of_variation_come_from_the_spread_of_the_splittings():
    found = rare_probability(
        height, Normals(5), 3.0, stream(1, "spread"), population=200, splittings=8
    )
    every = np.array([one.probability for one in found.descents])
    theirs = stats.ttest_1samp(every, 0.0).confidence_interval(0.95)
    assert found.probability.value == pytest.approx(every.mean())
    assert found.probability.high == pytest.approx(theirs.high)
    assert found.probability.low == pytest.approx(max(theirs.low, 0.0))
    assert found.coefficient_of_variation == pytest.approx(stats.sem(every) / every.mean())
    assert found.runs == found.course.runs + sum(one.runs for one in found.descents)
    assert len(found.descents) == 8


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(1, 10))
def test_levels_rise_to_the_event_and_every_run_is_counted(seed, dimension, event):
    asked = []

    def counted(normals):
        asked.append(len(normals))
        return np.count_nonzero(normals < LETS_THROUGH, axis=1)

    rng = stream(seed, "levels")
    course = find_course(counted, Normals(dimension), event, rng, population=100)
    assert course.levels[-1] == event
    assert np.all(np.diff(course.levels) > 0)
    assert len(course.steps) == len(course.levels) - 1
    assert all(0.0 < step <= 1.0 for step in course.steps)
    assert sum(asked) == course.runs
    asked.clear()
    found = descend(counted, Normals(dimension), course, rng, population=100)
    assert sum(asked) == found.runs
    assert found.probability == pytest.approx(np.prod(found.shares))


def test_chains_never_leave_the_level_they_reached():
    """All of what is asked on the way is a candidate of one that is at or above the level."""
    rng = stream(1, "never")
    course = find_course(leakers, Normals(INBOUND), 14, rng, population=1000)
    found = descend(leakers, Normals(INBOUND), course, rng, population=1000)
    conditional = [leaking(int(level)) for level in course.levels]
    wanted = [conditional[0], *np.array(conditional[1:]) / np.array(conditional[:-1])]
    assert found.shares == pytest.approx(wanted, rel=0.35)


def test_an_event_that_is_not_rare_is_counted_plainly():
    found = rare_probability(
        height, Normals(3), 0.0, stream(1, "plain"), population=500, splittings=4
    )
    assert found.course.levels == (0.0,)
    assert found.runs == 5 * 500
    assert found.probability.value == pytest.approx(0.5, abs=0.05)
    assert found.probability == proportion(round(2000 * found.probability.value), 2000)


def test_an_event_that_never_comes_is_bounded_by_the_plain_runs():
    found = rare_probability(
        leakers, Normals(5), 6, stream(1, "never"), population=100, splittings=10
    )
    assert found.probability == proportion(0, 1000)
    assert np.isnan(found.coefficient_of_variation)
    flat = rare_probability(
        lambda normals: np.zeros(len(normals)), Normals(2), 1.0, stream(1, "flat"), population=100
    )
    assert flat.probability.sides == "upper"


def test_an_event_that_always_comes_is_certain():
    found = rare_probability(
        leakers, Normals(5), 0, stream(1, "always"), population=100, splittings=3
    )
    assert found.probability == proportion(300, 300)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_bounds_of_a_probability_lie_between_0_and_1(seed, splittings):
    rng = stream(seed, "bounds")
    found = rare_probability(
        leakers, Normals(8), 6, rng, population=50, splittings=splittings
    ).probability
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0


def test_same_stream_same_answer():
    one, other = (rare_probability(height, Normals(4), 3.5, stream(7, "same")) for _ in range(2))
    assert one == other


def test_wrong_input_says_what_was_found_and_what_was_wanted():
    rng = stream(1, "wrong")
    with pytest.raises(ValueError, match="dimension is 0; it must be 1 or more"):
        rare_probability(height, Normals(0), 3.0, rng)
    with pytest.raises(ValueError, match="population is 10; it must be 50 or more"):
        rare_probability(height, Normals(2), 3.0, rng, population=10)
    with pytest.raises(ValueError, match="splittings is 1; it must be 2 or more"):
        rare_probability(height, Normals(2), 3.0, rng, splittings=1)
    with pytest.raises(ValueError, match="event is inf; it must be finite"):
        rare_probability(height, Normals(2), np.inf, rng)
    with pytest.raises(ValueError, match=r"performance gave shape \(\); it must be \(500,\)"):
        rare_probability(np.sum, Normals(2), 3.0, rng)
    with pytest.raises(ValueError, match="performance gave NaN"):
        rare_probability(lambda normals: normals[:, 0] * np.nan, Normals(2), 3.0, rng)


def test_what_cannot_be_reached_is_bounded_by_the_plain_runs():
    rng = stream(1, "far")
    found = rare_probability(height, Normals(1), 1e6, rng, population=50, splittings=2)
    assert len(found.course.levels) == 61 and found.probability == proportion(0, 100)


@pytest.mark.parametrize("dimension", [8, 64])
def test_parts_of_a_seed_lead_to_the_same_tail_as_normals(dimension):
    """Names that share a part are drawn anew together: their number must not matter."""
    p, rng = 2e-3, stream(3, "parts", dimension)
    found = rare_probability(
        drawn, Parts(dimension), stats.norm.isf(p), rng, population=100, splittings=12
    )
    assert found.probability.low < p < found.probability.high
    assert found.probability.high < 3.0 * p


def test_a_candidate_keeps_parts_and_one_at_least_is_new():
    rng, inputs = stream(1, "moved"), Parts(16)
    before = inputs.draw(2000, rng)
    for step in (1e-9, 0.25, 1.0):
        after = inputs.moved(before, step, rng)
        assert ((after >= 0) & (after < 1 << 53)).all()
        changed = (after != before).mean(axis=1)
        wanted = 1.0 / 16 + step * 15.0 / 16
        assert changed.min() > 0.0
        assert changed.mean() == pytest.approx(wanted, abs=0.01)
