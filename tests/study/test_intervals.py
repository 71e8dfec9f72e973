"""Intervals: they hold the truth as often as they say, and say what is wrong with their input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jointsky.streams import stream
from jointsky.study.intervals import Interval, mean, paired, proportion, quantile, ratio
from study import repeated

SEEDS = st.integers(0, 2**32 - 1)
LEVELS = st.floats(0.5, 0.999)


def holds_as_often_as_said(held):
    return 0.93 <= held <= 0.97


def test_means_hold_the_truth_as_often_as_they_say():
    assert holds_as_often_as_said(repeated.means_of_normals())
    assert holds_as_often_as_said(repeated.means_of_counts())
    assert holds_as_often_as_said(repeated.means_of_long_tails(200))


@pytest.mark.parametrize("p", [0.01, 0.02, 0.05])
def test_proportions_of_rare_events_hold_the_truth_as_often_as_they_say(p):
    assert holds_as_often_as_said(repeated.proportions(p))


def test_proportions_hold_every_rare_probability_as_often_as_they_say():
    exact = repeated.exact_coverage_of_proportions(np.linspace(0.01, 0.05, 81), 1000)
    assert exact.min() > 0.93
    assert exact.max() < 0.97
    assert exact.mean() == pytest.approx(0.95, abs=0.005)


def test_ratios_of_targets_that_hang_together_hold_the_truth_as_often_as_they_say():
    assert holds_as_often_as_said(repeated.ratios())
    assert repeated.ratios_as_if_targets_were_independent() < 0.8  # so it matters


@pytest.mark.parametrize("q", [0.5, 0.9])
def test_quantiles_hold_the_truth_as_often_as_they_say(q):
    assert holds_as_often_as_said(repeated.quantiles(q))


def test_paired_differences_hold_the_truth_as_often_as_they_say():
    assert holds_as_often_as_said(repeated.paired_differences())


@given(SEEDS, LEVELS)
def test_mean_is_that_of_scipys_test_of_one_sample(seed, level):
    values = stream(seed, "mean").normal(3.0, 2.0, 12)
    theirs = stats.ttest_1samp(values, 0.0).confidence_interval(level)
    ours = mean(values, level)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.value == pytest.approx(values.mean())
    assert ours.half_width == pytest.approx(ours.margin)


@given(SEEDS, st.floats(-1e3, 1e3), st.floats(0.1, 1e3))
def test_mean_moves_and_stretches_with_its_values(seed, shift, scale):
    values = stream(seed, "mean").normal(size=9)
    one, other = mean(values), mean(values * scale + shift)
    assert other.low == pytest.approx(one.low * scale + shift, abs=1e-9 * (scale + abs(shift)))
    assert other.high == pytest.approx(one.high * scale + shift, abs=1e-9 * (scale + abs(shift)))


@given(st.integers(1, 3000), st.data(), LEVELS)
def test_proportion_lies_inside_the_exact_interval_and_has_tails_of_mid_p(runs, data, level):
    hits = data.draw(st.integers(0, runs))
    ours = proportion(hits, runs, level)
    theirs = stats.binomtest(hits, runs).proportion_ci(level, "exact")
    assert theirs.low - 1e-9 <= ours.low <= ours.value <= ours.high <= theirs.high + 1e-9
    tail = (1 - level) / 2
    if 0 < hits < runs:
        above = stats.binom.sf(hits, runs, ours.low) + stats.binom.pmf(hits, runs, ours.low) / 2
        below = stats.binom.cdf(hits, runs, ours.high) - stats.binom.pmf(hits, runs, ours.high) / 2
        assert (above, below) == pytest.approx((tail, tail), rel=1e-5)


@given(st.integers(2, 2000), st.data(), LEVELS)
def test_proportion_of_misses_is_that_of_hits_turned_round(runs, data, level):
    hits = data.draw(st.integers(0, runs))
    one, other = proportion(hits, runs, level), proportion(runs - hits, runs, level)
    assert (1 - one.high, 1 - one.low) == pytest.approx((other.low, other.high), abs=1e-9)


def test_no_hit_gives_the_exact_one_sided_bound_and_says_so():
    found = proportion(0, 300)
    assert (found.value, found.low, found.sides) == (0.0, 0.0, "upper")
    assert found.high == pytest.approx(
        stats.binomtest(0, 300, alternative="less").proportion_ci().high
    )
    assert found.high == pytest.approx(3 / 300, rel=0.01)  # the rule of three
    assert proportion(300, 300).sides == "lower"
    assert proportion(300, 300).low == pytest.approx(1 - found.high)
    assert proportion(1, 300).sides == "both"


@given(st.integers(1, 500), st.data())
def test_more_hits_never_lower_a_bound(runs, data):
    hits = data.draw(st.integers(0, runs - 1))
    one, other = proportion(hits, runs), proportion(hits + 1, runs)
    assert one.low < other.low
    assert one.high < other.high


@given(SEEDS, LEVELS)
def test_ratio_of_what_is_not_skew_to_equal_wholes_is_a_mean(seed, level):
    half = stream(seed, "ratio").binomial(8, 0.3, 10)
    leaked = np.concatenate([10 - half, 10 + half])
    one, other = ratio(leaked, np.full(20, 20), level), mean(leaked / 20, level)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


@given(SEEDS)
def test_ratio_holds_what_fiellers_equation_lets_stand(seed):
    """At its bounds the parts less so many wholes differ from 0 just so, by Hall's statistic."""
    rng = stream(seed, "ratio")
    wholes = rng.poisson(20, 30) + 1
    parts = rng.binomial(wholes, rng.beta(2, 6, 30))
    found = ratio(parts, wholes)
    skew = stats.skew(parts - found.value * wholes) / np.sqrt(30)
    for bound, side in ((found.low, 1), (found.high, -1)):
        t = stats.ttest_1samp(parts - bound * wholes, 0.0).statistic
        turned = t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6
        assert turned == pytest.approx(side * stats.t.ppf(0.975, 29))


def test_ratio_of_few_runs_with_leakers_holds_the_truth_as_often_as_it_says():
    held, leaking = repeated.ratios_where_few_raids_leak()
    assert holds_as_often_as_said(held) and leaking < 0.3


def test_ratio_that_one_run_makes_up_may_have_no_upper_bound():
    wholes = np.array([20.0, 3.0, 40.0, 5.0, 12.0, 30.0])
    found = ratio(np.array([0.0, 0.0, 40.0, 0.0, 0.0, 0.0]), wholes)
    assert found.sides == "lower" and found.high == np.inf and found.low < found.value
    assert ratio(wholes / 4, wholes).sides == "both"


def test_no_leaker_at_all_is_bounded_as_no_run_with_one():
    found = ratio(np.zeros(100), np.full(100, 20))
    assert found == proportion(0, 100)
    assert ratio(np.full(100, 20), np.full(100, 20)) == proportion(100, 100)


@given(SEEDS, st.sampled_from([0.05, 0.25, 0.5, 0.9]), st.integers(120, 400))
def test_quantile_bounds_are_order_statistics_that_hold_often_enough(seed, q, runs):
    values = np.sort(stream(seed, "quantile").normal(size=runs))
    found = quantile(values, q)
    low, high = np.searchsorted(values, [found.low, found.high])  # ranks less 1
    assert values[low] == found.low
    assert values[high] == found.high
    held = stats.binom.cdf(high, runs, q) - stats.binom.cdf(low, runs, q)
    assert held >= 0.95
    narrower = stats.binom.cdf(high - 1, runs, q) - stats.binom.cdf(low + 1, runs, q)
    assert narrower < 0.95
    assert found.low <= found.value <= found.high


@given(SEEDS)
def test_quantile_rises_with_any_rising_scale(seed):
    values = stream(seed, "quantile").normal(size=150)
    one, other = quantile(values, 0.8), quantile(np.exp(values), 0.8)
    assert (other.low, other.high) == pytest.approx((math.exp(one.low), math.exp(one.high)))


def test_quantile_with_too_few_runs_for_a_bound_says_which_is_left():
    values = stream(1, "few").normal(size=100)
    high, low = quantile(values, 0.99), quantile(values, 0.01)
    assert (high.sides, high.high) == ("lower", math.inf)
    assert (low.sides, low.low) == ("upper", -math.inf)
    assert high.low > np.median(values) > low.high
    with pytest.raises(ValueError, match=r"values has 5 values; a bound of q = 0\.5 needs 6"):
        quantile(values[:5], 0.5)
    assert quantile(values[:6], 0.5).sides == "both"


def test_pairing_gains_what_the_shared_part_of_the_variance_is_worth():
    ours, theirs = (arm.ravel() for arm in repeated.pairs_of_arms("gain", 20))
    found = paired(ours, theirs)
    assert found.gain == pytest.approx(1 / (1 - 0.8), rel=0.05)
    apart = ours.var(ddof=1) + theirs.var(ddof=1)
    assert found.difference.margin**2 * found.gain == pytest.approx(
        (1.96**2) * apart / len(ours), rel=1e-3
    )
    assert paired(ours, -ours).gain == pytest.approx(0.5)
    assert paired(ours, ours + 1.0).gain > 1e20 or paired(ours, ours + 1.0).gain == math.inf
    assert paired([1.0, 1.0], [2.0, 2.0]).gain == 1.0


def test_paired_difference_tells_who_is_larger():
    found = paired([3.0, 5.0, 4.0], [1.0, 2.5, 2.0]).difference
    assert found.value == pytest.approx((2.0 + 2.5 + 2.0) / 3)
    assert (found.low, found.high) == pytest.approx(
        tuple(stats.ttest_rel([3.0, 5.0, 4.0], [1.0, 2.5, 2.0]).confidence_interval(0.95))
    )


def test_interval_knows_its_widths():
    found = Interval(1.0, 0.5, 3.0)
    assert (found.half_width, found.margin) == (1.25, 2.0)
    assert found.holds(0.5)
    assert found.holds(3.0)
    assert not found.holds(3.1)
    with pytest.raises(AttributeError):
        found.value = 2.0


def test_wrong_input_says_what_was_found_and_what_was_wanted():
    with pytest.raises(ValueError, match=r"values has shape \(1, 2\); it must be \(runs,\)"):
        mean([[1.0, 2.0]])
    with pytest.raises(ValueError, match="values has 1 values; it must have 2 or more"):
        mean([1.0])
    with pytest.raises(ValueError, match="values holds NaN or infinity, 1 of 3"):
        mean([1.0, np.nan, 2.0])
    with pytest.raises(ValueError, match="level is 95; it must lie between 0 and 1"):
        mean([1.0, 2.0], level=95)
    with pytest.raises(ValueError, match="hits is 4, of 3 runs"):
        proportion(4, 3)
    with pytest.raises(ValueError, match="hits is -1; it must be 0 or more"):
        proportion(-1, 3)
    with pytest.raises(ValueError, match=r"hits is 0\.5; it must be a whole number"):
        proportion(0.5, 3)
    with pytest.raises(ValueError, match="runs is 0; it must be 1 or more"):
        proportion(0, 0)
    with pytest.raises(ValueError, match="parts and wholes have 2 and 3 values"):
        ratio([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="wholes lie in -1 to 2"):
        ratio([1.0, 2.0], [-1.0, 2.0])
    with pytest.raises(ValueError, match="wholes lie in 0 to 0"):
        ratio([1.0, 2.0], [0.0, 0.0])
    with pytest.raises(ValueError, match="wholes vary so much that 3 runs bound no ratio"):
        ratio([1.0, 0.0, 0.0], [0.0, 0.0, 50.0])
    with pytest.raises(ValueError, match="q is 1; it must lie between 0 and 1"):
        quantile([1.0, 2.0], 1)
    with pytest.raises(ValueError, match="ours and theirs have 2 and 3 values; runs must be pairs"):
        paired([1.0, 2.0], [1.0, 2.0, 3.0])
