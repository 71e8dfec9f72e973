"""Is the error as large as told?  Two trackers of one target, thousands of times, seeds fixed.

4,000 runs: the mean of squared errors in units of what is told (NEES, 4 where right) has a
standard error of sqrt(8 / 4000) = 0.045; bounds are 5 of these, a false alarm in 3 million.  The
real variance in the worst direction over that told comes out at (1 + sqrt(4 / 4000))² = 1.06 where
all is right; bounds of 1.15 are 5 standard errors of a variance above.
"""

import numpy as np
import pytest

from jointsky.streams import stream
from jointsky.tracking import shared
from jointsky.tracking.fusion import (
    Estimates,
    as_if_independent,
    covariance_intersection,
    inverse_covariance_intersection,
    split_covariance_intersection,
)
from tracking.two_trackers import GROUND, H, followed, motion, nees, six, worst

RUNS = 4000
ONE, NONE = np.ones(1, np.int64), np.zeros(1, np.int64)
ROUND = [np.eye(2) * 60.0**2] * 2
HIGH, SAFE = 4.0 + 5.0 * 0.045, 1.15
PSDS = [0.01, 1.0, 100.0]


def turned(angle, along_m, across_m):
    c, s = np.cos(angle), np.sin(angle)
    r = np.array([[c, -s], [s, c]])
    return r @ np.diag([along_m**2, across_m**2]) @ r.T


CROSSED = [turned(0.3, 30.0, 200.0), turned(1.5, 30.0, 200.0)]


@pytest.mark.parametrize("noises", [ROUND, CROSSED], ids=["alike", "crossed"])
@pytest.mark.parametrize("psd", PSDS)
def test_averaging_claims_too_much_and_the_safe_ways_do_not(psd, noises):
    one, other = (t.estimates() for t in followed(1, RUNS, psd, noises))
    for alone in (one, other):
        assert nees(as_if_independent(alone, _nothing(alone))) == pytest.approx(4.0, abs=0.225)
    average = as_if_independent(one, other)
    assert nees(average) > HIGH
    assert worst(average) > 1.3
    sizes = {}
    for way in (
        covariance_intersection,
        inverse_covariance_intersection,
        split_covariance_intersection,
    ):
        fused = way(one, other)
        assert nees(fused) < HIGH
        assert worst(fused) < SAFE
        sizes[way] = np.linalg.slogdet(fused.covariance[0])[1]
    assert sizes[split_covariance_intersection] < sizes[covariance_intersection]


def _nothing(like):
    """Return estimates so poor that fusing with them changes nothing."""
    return Estimates.of(like.mean * 0.0, np.broadcast_to(1e12 * np.eye(4), (len(like.mean), 4, 4)))


@pytest.mark.parametrize("told", [1e-4, 0.01, 0.1])
def test_split_stays_safe_where_the_targets_noise_is_taken_for_less(told):
    """Shares are found with a spectral density of 10,000, 100 and 10 times too little."""
    pair = followed(2, RUNS, 1.0, ROUND)
    wrong = []
    for tracker in pair:
        was, part, share = _again(tracker, told)
        wrong.append(Estimates.of(tracker.error, tracker.estimates().covariance, share))
        assert 0.0 < share < 1.0 and was.shape == part.shape
    assert worst(split_covariance_intersection(*wrong)) < SAFE


def _again(tracker, psd):
    """Return covariance, common part and share of a tracker of turns of 4 s, by another psd."""
    f, q = motion(4.0, 1.0)
    cov = np.diag([3600.0, 3600.0, 2500.0, 2500.0])
    part, was = cov.copy(), cov
    for _ in range(15):
        before = f @ was @ f.T + q
        gain = before @ H.T @ np.linalg.inv(H @ before @ H.T + tracker.noise)
        now = before - gain @ H @ before
        made, share = shared.follow(
            six(was)[None],
            six(now)[None],
            part[None],
            np.full(1, 4.0),
            np.full(1, psd),
            ONE,
        )
        was, part = now, made[0]
    return was, part, float(share[0])


def test_what_comes_round_twice_counts_once():
    """A tells B, B fuses rightly and tells C, and A tells C as well."""
    rng = stream(3, "twice")
    roots = rng.normal(size=(2, 4, 4)) * 30.0
    covs = roots @ np.swapaxes(roots, 1, 2) + 100.0 * np.eye(4)
    errors = [rng.normal(size=(RUNS, 4)) @ np.linalg.cholesky(p).T for p in covs]
    a, b = (
        Estimates.of(e, np.broadcast_to(p, (RUNS, 4, 4))) for e, p in zip(errors, covs, strict=True)
    )
    at_b = as_if_independent(a, b)
    assert nees(at_b) == pytest.approx(4.0, abs=0.225)
    twice = as_if_independent(at_b, a)
    assert nees(twice) > HIGH and worst(twice) > 1.3
    for way in (
        covariance_intersection,
        inverse_covariance_intersection,
        split_covariance_intersection,  # plots of a's sensors are in both: shares are 1
    ):
        safe = way(Estimates.of(at_b.mean, at_b.covariance), a)
        assert nees(safe) < HIGH and worst(safe) < SAFE


def test_the_common_part_is_the_cross_covariance_of_two_equal_trackers():
    """Bar-Shalom (1981), eq. 14, from filters' own gains; ours from their covariances alone."""
    f, q = motion(4.0, 2.0)
    noise = turned(0.4, 40.0, 150.0)
    cov = np.diag([3600.0, 3600.0, 1e4, 1e4])
    cross, part = cov.copy(), cov.copy()[None]
    for _ in range(12):
        before = f @ cov @ f.T + q
        gain = before @ H.T @ np.linalg.inv(H @ before @ H.T + noise)
        keep = np.eye(4) - gain @ H
        now = keep @ before
        cross = keep @ (f @ cross @ f.T + q) @ keep.T
        part, share = shared.follow(
            six(cov)[None], six(now)[None], part, np.full(1, 4.0), np.full(1, 2.0), ONE
        )
        cov = now
        np.testing.assert_allclose(part[0], cross, rtol=1e-7, atol=1e-7)
        most = np.linalg.eigvals(np.linalg.solve(cov, cross)).real.max()
        assert share[0] == pytest.approx(most, abs=1e-9)


def test_prediction_alone_adds_only_to_the_common_part():
    f, q = motion(7.0, 3.0)
    cov = turned(0.2, 30.0, 50.0)
    was = np.block([[cov, 0.1 * cov], [0.1 * cov, 0.05 * cov]])
    part = 0.3 * was
    now = f @ was @ f.T + q
    made, _ = shared.follow(
        six(was)[None],
        six(now)[None],
        part[None],
        np.full(1, 7.0),
        np.full(1, 99.0),
        NONE,
    )
    np.testing.assert_allclose(now - made[0], f @ (was - part) @ f.T, rtol=1e-9)


def test_what_comes_through_the_height_is_common():
    """A slant range laid on the ground with a wrong height errs by the height's error."""
    p = np.diag([100.0, 100.0, 1e6, 1.0, 1.0, 9.0])
    p[0, 2] = p[2, 0] = -5e3
    p[0, 0] += 25.0  # 5e3 squared over 1e6
    through = shared.through_height(p[None])[0]
    assert through[0, 0] == pytest.approx(25.0)
    _, share = shared.follow(p[None], p[None], np.zeros((1, 4, 4)), np.zeros(1), np.zeros(1), NONE)
    assert share[0] == pytest.approx(25.0 / 125.0)
    assert p[np.ix_(GROUND, GROUND)].shape == (4, 4)
