"""Designs: every level as often as it must, next to no correlation, and what points mean."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.streams import stream
from jointsky.study.designs import (
    Range,
    full_factorial,
    latin_hypercube,
    levels_of,
    nearly_orthogonal,
    sobol_points,
)

SEEDS = st.integers(0, 2**32 - 1)


def parts(points):
    """Return in which of n equal parts of [0, 1) each of n points lies, sorted by column."""
    return np.sort(np.floor(points * len(points)), axis=0)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_full_factorial_has_every_combination_once_in_order(counts):
    names = [[f"{j}{level}" for level in range(count)] for j, count in enumerate(counts)]
    points = full_factorial(counts)
    assert levels_of(points, names) == [list(row) for row in itertools.product(*names)]


@settings(max_examples=50)
@given(SEEDS, st.integers(1, 40), st.integers(1, 6))
def test_latin_hypercube_has_one_point_in_every_part_of_every_factor(seed, n, d):
    points = latin_hypercube(n, d, stream(seed, "latin"))
    assert np.all(parts(points) == np.arange(n)[:, None])
    assert points.shape == (n, d)


@settings(max_examples=20)
@given(SEEDS, st.integers(1, 5), st.integers(7, 25))
def test_nearly_orthogonal_one_is_a_latin_hypercube_and_tells_its_correlation(seed, d, n):
    found = nearly_orthogonal(n, d, stream(seed, "orthogonal"))
    assert np.all(parts(found.points) == np.arange(n)[:, None])
    assert np.allclose(np.sort(found.points, axis=0), ((np.arange(n) + 0.5) / n)[:, None])
    correlations = np.abs(np.corrcoef(found.points, rowvar=False) - np.eye(d))
    assert found.largest_correlation == pytest.approx(correlations.max(), abs=1e-12)


@pytest.mark.parametrize(("n", "d"), [(17, 7), (33, 11), (65, 16), (65, 30)])
def test_nearly_orthogonal_one_keeps_the_bound_of_cioppa_and_lucas(n, d):
    found = nearly_orthogonal(n, d, stream(1, "orthogonal"))
    assert found.largest_correlation < 0.03
    random = latin_hypercube(n, d, stream(1, "random"))
    assert np.abs(np.corrcoef(random, rowvar=False) - np.eye(d)).max() > 0.2  # what it is worth


def test_sobol_points_fill_every_part_of_every_factor_and_mean_a_square_well():
    points = sobol_points(64, 3, stream(1, "sobol"))
    assert np.all(parts(points) == np.arange(64)[:, None])
    many = sobol_points(1024, 2, stream(1, "sobol"))
    plain = stream(1, "plain").random((1024, 2))
    truth = np.pi / 4.0
    inside, inside_plain = (np.mean((x**2).sum(axis=1) < 1.0) for x in (many, plain))
    assert abs(inside - truth) < 0.005 < abs(inside_plain - truth)


@settings(max_examples=50)
@given(SEEDS, st.sampled_from([1, 2, 16, 64]), st.integers(1, 5))
def test_all_points_lie_from_0_to_below_1_and_come_again_from_the_same_stream(seed, n, d):
    for design in (latin_hypercube, sobol_points):
        one, other = (design(n, d, stream(seed, "same")) for _ in range(2))
        assert np.array_equal(one, other)
        assert one.shape == (n, d)
        assert one.min() >= 0.0
        assert one.max() < 1.0
    if n > 1:
        later = latin_hypercube(n, d, stream(seed + 1, "same"))
        assert not np.array_equal(latin_hypercube(n, d, stream(seed, "same")), later)


def test_levels_are_cut_in_proportion_or_taken_from_the_list():
    points = [[0.0, 0.0, 0.0], [0.25, 0.5, 0.999], [0.75, 0.49, 0.34]]
    found = levels_of(points, [Range(10.0, 20.0), ("alone", "shared"), [1, 2, 3]])
    assert found == [[10.0, "alone", 1], [12.5, "shared", 3], [17.5, "alone", 2]]


def test_wrong_input_says_what_was_found_and_what_was_wanted():
    rng = stream(1, "wrong")
    with pytest.raises(ValueError, match=r"range is 2\.0 to 1\.0; it must rise"):
        Range(2.0, 1.0)
    with pytest.raises(ValueError, match="levels is empty"):
        full_factorial([])
    with pytest.raises(ValueError, match="levels is 0; it must be 1 or more"):
        full_factorial([2, 0])
    with pytest.raises(ValueError, match="n is 0; it must be 1 or more"):
        latin_hypercube(0, 2, rng)
    with pytest.raises(ValueError, match="n is 6 for 5 factors; it must be 7 or more"):
        nearly_orthogonal(6, 5, rng)
    with pytest.raises(ValueError, match="n is 100; it must be a power of 2"):
        sobol_points(100, 2, rng)
    with pytest.raises(ValueError, match=r"points lie in 0 to 1; they must be in \[0, 1\)"):
        levels_of([[0.0], [1.0]], [Range(0.0, 1.0)])
    with pytest.raises(ValueError, match="factors has 1 entries; points have 2 columns"):
        levels_of([[0.0, 0.0]], [Range(0.0, 1.0)])
    with pytest.raises(ValueError, match="a factor has no levels"):
        levels_of([[0.0]], [[]])
    with pytest.raises(
        ValueError, match=r"points has shape \(2,\); it must be \(points, factors\)"
    ):
        levels_of([0.0, 0.5], [Range(0.0, 1.0)])
