"""Sensitivity: the indices of Ishigami's function, which are known."""

import numpy as np
import pytest

from jointsky.streams import stream
from jointsky.study.designs import Range
from jointsky.study.sensitivity import indices, points

A, B = 7.0, 0.1
FACTORS = {name: Range(-np.pi, np.pi) for name in ("first", "second", "third")}


def ishigami(x):
    """Ishigami and Homma (1990)."""
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def known():
    """Return first-order and total indices, (2, 3): 0.314 0.442 0 and 0.558 0.442 0.244."""
    one, two = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2, A**2 / 8.0
    both = 8.0 * B**2 * np.pi**8 / 225.0
    return np.array([[one, two, 0.0], [one + both, two, both]]) / (one + two + both)


def found(seed, base, level=0.95):
    rng = stream(seed, "ishigami")
    return indices(FACTORS, ishigami(points(FACTORS, base, rng)), rng, level)


def test_indices_come_near_those_of_ishigamis_function():
    every = found(1, 4096)
    assert list(every) == list(FACTORS)
    ours = [
        [one.first.value for one in every.values()],
        [one.total.value for one in every.values()],
    ]
    assert np.array(ours) == pytest.approx(known(), abs=0.01)


def test_intervals_hold_the_known_indices_as_often_as_they_say_or_more():
    held, widths = [], []
    for seed in range(60):
        for one, first, total in zip(found(seed, 128).values(), *known(), strict=True):
            held += [one.first.holds(first), one.total.holds(total)]
            widths += [one.first.half_width, one.total.half_width]
    assert np.mean(held) >= 0.93
    assert 0.02 < np.median(widths) < 0.3


def test_first_order_and_total_have_intervals_of_their_own():
    """The total of a factor that does nothing alone is far surer than its first-order index."""
    third = found(1, 256)["third"]
    assert third.total.half_width < 0.7 * third.first.half_width


def test_a_lower_level_gives_narrower_intervals():
    wide, narrow = found(1, 256), found(1, 256, level=0.5)
    ratio = narrow["first"].total.half_width / wide["first"].total.half_width
    assert ratio == pytest.approx(0.6745 / 1.96, rel=1e-3)


def test_points_lie_in_the_factors_ranges_and_come_again_from_the_same_stream():
    factors = {"range_km": Range(10.0, 50.0), "delay_s": Range(-1.0, 0.0)}
    one, other = (points(factors, 64, stream(3, "points")) for _ in range(2))
    assert np.array_equal(one, other)
    assert one.shape == (64 * 4, 2)
    assert np.all((one >= [10.0, -1.0]) & (one <= [50.0, 0.0]))
    assert np.ptp(one, axis=0) == pytest.approx([40.0, 1.0], rel=0.05)
    assert found(5, 64) == found(5, 64)


def test_wrong_input_says_what_was_found_and_what_was_wanted():
    rng = stream(1, "wrong")
    with pytest.raises(ValueError, match="factors is empty"):
        points({}, 64, rng)
    with pytest.raises(ValueError, match="base is 100; it must be a power of 2"):
        points(FACTORS, 100, rng)
    with pytest.raises(ValueError, match="outcomes has 7 values; it must be a multiple of 5"):
        indices(FACTORS, np.arange(7.0), rng)
    with pytest.raises(ValueError, match="outcomes are all 2; where nothing varies"):
        indices(FACTORS, np.full(10, 2.0), rng)
    with pytest.raises(ValueError, match="level is 1; it must lie between 0 and 1"):
        indices(FACTORS, np.arange(10.0), rng, level=1)
