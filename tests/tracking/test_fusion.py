"""Fusion of two estimates, against closed forms, naive twins and another program."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stonesoup.mixturereducer.gaussianmixture import CovarianceIntersection
from stonesoup.types.state import GaussianState

from jointsky.streams import stream
from jointsky.tracking.fusion import (
    Estimates,
    Parts,
    as_if_independent,
    covariance_intersection,
    inverse_covariance_intersection,
    split_covariance_intersection,
    split_parts,
)
from tracking import naive_fusion

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=25, deadline=None)
ALL = [
    as_if_independent,
    covariance_intersection,
    inverse_covariance_intersection,
    split_covariance_intersection,
]


def a_pair(seed, n=None):
    """Return two random estimates of one state; errors from 1 to some hundreds."""
    rng = stream(seed, "fusion")
    n = n or int(rng.integers(1, 7))
    roots = rng.normal(size=(2, n, n)) * rng.uniform(0.5, 20.0, (2, 1, n))
    covs = roots @ np.swapaxes(roots, 1, 2) + 0.1 * np.eye(n)
    return rng, rng.normal(size=(2, n)) * 20.0, covs


def near(a, b, scale=1.0):
    np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6 * scale)


@FEW
@given(SEEDS)
def test_intersections_agree_with_their_naive_twins(seed):
    _, x, p = a_pair(seed)
    for ours, naive in (
        (covariance_intersection, naive_fusion.intersected),
        (inverse_covariance_intersection, naive_fusion.inversely_intersected),
    ):
        made = ours(Estimates.of(x[0], p[0]), Estimates.of(x[1], p[1]))
        mean, cov, _ = naive(x[0], p[0], x[1], p[1])
        sizes = np.linalg.slogdet(made.covariance[0])[1], np.linalg.slogdet(cov)[1]
        assert sizes[0] <= sizes[1] + 1e-9  # never a worse weight than the general search's
        near(made.covariance[0], cov, 400.0)
        near(made.mean[0], mean, 400.0)


@FEW
@given(SEEDS)
def test_split_agrees_with_its_naive_twin_whether_parts_are_shares_or_matrices(seed):
    rng, x, p = a_pair(seed)
    share = rng.uniform(0.02, 1.0, 2)
    whole = split_covariance_intersection(
        Estimates.of(x[0], p[0], share[0]), Estimates.of(x[1], p[1], share[1])
    )
    parts = [((1.0 - s) * q, s * q) for s, q in zip(share, p, strict=True)]
    mean, alone, common, _ = naive_fusion.split(x[0], parts[0], x[1], parts[1])
    near(whole.mean[0], mean, 400.0)
    near(whole.covariance[0], alone + common, 400.0)
    # its share is the least that bounds the common part
    bound = whole.share[0] * whole.covariance[0] - common
    assert np.linalg.eigvalsh(bound).min() > -1e-4 * np.trace(common)
    most = np.linalg.eigvals(np.linalg.solve(whole.covariance[0], common)).real.max()
    assert whole.share[0] == pytest.approx(most, abs=1e-5)
    made = split_parts(*(Parts(x[k][None], parts[k][0][None], parts[k][1][None]) for k in range(2)))
    near(made.mean[0], mean, 400.0)
    near(made.independent[0], alone, 400.0)
    near(made.dependent[0], common, 400.0)


def test_split_of_general_matrices_is_that_of_the_authors_program():
    """Estimates of demo 1 of Hao Li's SplitCIF (github.com/LI-Hao-SJTU/SplitCIF)."""
    first = Parts(
        np.array([[2.0, 2.0, 1.0]]),
        np.array([[[4.0, 0, 1], [0, 4, 0], [1, 0, 4]]]),
        4.0 * np.eye(3)[None],
    )
    second = Parts(
        np.array([[-4.0, -4.0, -2.0]]),
        np.array([[[8.0, 0, 2], [0, 8, 0], [2, 0, 8]]]),
        4.0 * np.eye(3)[None],
    )
    made = split_parts(first, second)
    mean, alone, common, weight = naive_fusion.split(
        first.mean[0],
        (first.independent[0], first.dependent[0]),
        second.mean[0],
        (second.independent[0], second.dependent[0]),
    )
    assert 0.5 < weight < 1.0  # the first is the better
    near(made.mean[0], mean)
    near(made.independent[0], alone)
    near(made.dependent[0], common)


@FEW
@given(SEEDS)
def test_intersection_is_stone_soups_for_our_weight(seed):
    _, x, p = a_pair(seed)
    made = covariance_intersection(Estimates.of(x[0], p[0]), Estimates.of(x[1], p[1]))
    w = made.weight[0]
    states = [GaussianState(mean[:, None], cov) for mean, cov in zip(x, p, strict=True)]
    theirs = CovarianceIntersection.merge_components(*states, weights=[w, 1.0 - w])
    near(made.covariance[0], theirs.covar, 400.0)
    near(made.mean[0], np.ravel(theirs.state_vector), 400.0)


def test_equal_covariances_stay_what_they_are():
    p = np.array([[9.0, 2.0], [2.0, 4.0]])
    pair = Estimates.of([0.0, 0.0], p), Estimates.of([2.0, 4.0], p)
    for method in (covariance_intersection, inverse_covariance_intersection):
        made = method(*pair)
        np.testing.assert_allclose(made.covariance[0], p, rtol=1e-12)
        np.testing.assert_allclose(made.mean[0], [1.0, 2.0], rtol=1e-12)
    np.testing.assert_allclose(as_if_independent(*pair).covariance[0], p / 2.0, rtol=1e-12)


def test_crossed_ellipses_have_closed_forms():
    """diag(4, 1) and diag(1, 4): by symmetry the weight is one half."""
    a, b = np.diag([4.0, 1.0]), np.diag([1.0, 4.0])
    first, second = Estimates.of([0.0, 0.0], a, 0.5), Estimates.of([1.0, 1.0], b, 0.5)
    for method, variance, move in (
        (as_if_independent, 1.0 / (1.0 / 4.0 + 1.0), 0.8),
        (covariance_intersection, 2.0 / (1.0 / 4.0 + 1.0), 0.8),
        (inverse_covariance_intersection, 1.0 / 0.85, (1.0 - 0.5 / 2.5) / 0.85),
        # each as (0.5 / 0.5 + 0.5) = 1.5 times its covariance, independent
        (split_covariance_intersection, 1.5 / 1.25, 0.8),
    ):
        made = method(first, second)
        assert made.weight[0] == pytest.approx(0.5)
        np.testing.assert_allclose(made.covariance[0], variance * np.eye(2), atol=1e-12)
        np.testing.assert_allclose(made.mean[0], [move, 1.0 - move], atol=1e-12)


def test_a_far_worse_estimate_changes_nothing():
    first = Estimates.of([1.0, 2.0], np.eye(2))
    second = Estimates.of([5.0, 5.0], 1e6 * np.eye(2))
    for method in (covariance_intersection, inverse_covariance_intersection):
        made = method(first, second)
        np.testing.assert_allclose(made.mean[0], first.mean[0], atol=1e-5)
        np.testing.assert_allclose(made.covariance[0], first.covariance[0], atol=1e-5)


@FEW
@given(SEEDS)
def test_sizes_stand_in_their_order_and_the_order_of_two_does_not_matter(seed):
    rng, x, p = a_pair(seed)
    share = rng.uniform(0.0, 1.0, 2)
    pair = [Estimates.of(x[k], p[k], share[k]) for k in range(2)]
    sizes = [np.linalg.slogdet(method(*pair).covariance[0])[1] for method in ALL]
    assert sizes[0] <= sizes[3] + 1e-9 <= sizes[1] + 2e-9  # average, split, intersection
    assert sizes[0] <= sizes[2] + 1e-9 <= sizes[1] + 2e-9
    for method in ALL:
        one, other = method(*pair), method(*reversed(pair))
        near(one.covariance, other.covariance, 400.0)
        near(one.mean, other.mean, 400.0)


@FEW
@given(SEEDS)
def test_shares_of_nought_are_the_average_and_of_one_the_intersection(seed):
    _, x, p = a_pair(seed)
    for share, twin in ((0.0, as_if_independent), (1.0, covariance_intersection)):
        pair = [Estimates.of(x[k], p[k], share) for k in range(2)]
        made, wanted = split_covariance_intersection(*pair), twin(*pair)
        near(made.covariance, wanted.covariance, 400.0)
        near(made.mean, wanted.mean, 400.0)
        assert made.share[0] == pytest.approx(share, abs=1e-9)


def test_wrong_input_is_told():
    good = Estimates.of(np.zeros((2, 2)), np.stack([np.eye(2)] * 2))
    bad = Estimates.of(np.zeros((2, 2)), np.stack([np.eye(2), -np.eye(2)]))
    with pytest.raises(ValueError, match="covariance of row 1 is not positive definite"):
        covariance_intersection(good, bad)
    with pytest.raises(ValueError, match="covariance of row 1 is not positive definite"):
        covariance_intersection(bad, good)
    with pytest.raises(ValueError, match=r"mean has shape \(1, 2\), covariance \(1, 3, 3\)"):
        Estimates.of([0.0, 0.0], np.eye(3))
    with pytest.raises(ValueError, match="share must be from 0 to 1"):
        Estimates.of([0.0], [[1.0]], 1.5)
    with pytest.raises(ValueError, match="mean has shapes"):
        covariance_intersection(good, Estimates.of([0.0], [[1.0]]))
    with pytest.raises(ValueError, match="at most 7"):
        covariance_intersection(*[Estimates.of(np.zeros(8), np.eye(8))] * 2)
