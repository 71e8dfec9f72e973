"""Likelihoods against quadrature, tables by hand, and Bayes' rule."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from jointsky.assess.likelihoods import (
    log_odds,
    range_density,
    range_logs,
    table_logs,
    weighed,
)

RANGES = np.array([[50.0, 110.0, 255.0, 300.0], [20.0, 40.0, 60.0, 120.0], [5.0, 5.0, 20.0, 20.0]])


def trapezoid(x, low, rises, falls, high):
    return np.interp(x, [low, rises, falls, high], [0.0, 1.0, 1.0, 0.0], left=0.0, right=0.0) / (
        0.5 * ((high - low) + (falls - rises))
    )


@pytest.mark.parametrize("sigma", [0.5, 5.0, 60.0])
@pytest.mark.parametrize("value", [30.0, 57.0, 110.0, 280.0])
def test_the_density_is_the_mean_of_the_trapezoid_over_the_error(value, sigma):
    found = range_density(np.array([value]), np.array([sigma]), RANGES[:2])[0]
    for density, ends in zip(found, RANGES, strict=False):
        points = sorted({*ends, value})
        wanted, _ = integrate.quad(
            lambda x, e=ends: trapezoid(x, *e) * stats.norm.pdf(value, x, sigma),
            ends[0], ends[3], points=points[:20], limit=200,
        )  # fmt: skip
        assert density == pytest.approx(wanted, rel=1e-6, abs=1e-12)


def test_every_density_is_of_one_whole():
    x = np.linspace(-400.0, 800.0, 240_001)
    found = range_density(x, np.full(len(x), 12.0), RANGES)
    assert np.trapezoid(found, x, axis=0) == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)


def test_a_reading_that_is_less_sure_tells_classes_less_apart():
    logs = [
        range_logs(np.array([45.0]), np.array([sigma]), RANGES[:2], (0.0, 700.0), 0.01)[0]
        for sigma in (2.0, 50.0, 500.0)
    ]
    apart = [one[1] - one[0] for one in logs]
    assert apart[0] > apart[1] > apart[2] > 0.0


def test_what_fits_no_class_leaves_all_as_they_were():
    logs = range_logs(np.array([650.0]), np.array([1.0]), RANGES, (0.0, 700.0), 0.01)
    assert logs == pytest.approx(np.full((1, 3), np.log(0.01 / 700.0)))


def test_what_is_not_there_says_nothing():
    value, sigma = np.array([np.nan, 100.0]), np.array([1.0, np.nan])
    assert range_logs(value, sigma, RANGES, (0.0, 700.0), 0.01).tolist() == [[0.0] * 3] * 2
    table = np.array([[0.9, 0.2], [0.1, 0.8]])
    assert table_logs(np.array([-1]), table, 0.01).tolist() == [[0.0, 0.0]]


def test_a_table_by_hand():
    table = np.array([[0.9, 0.2], [0.1, 0.8]])
    found = np.exp(table_logs(np.array([1]), table, 0.1))
    assert found == pytest.approx(np.array([[0.9 * 0.1 + 0.05, 0.9 * 0.8 + 0.05]]))


def test_bayes_rule_by_hand():
    logs = np.zeros((2, 1, 2))
    logs[0, 0] = np.log([0.3, 0.1])
    found = weighed(np.log([0.5, 0.5]), logs, np.array([False, True]), np.array([True, False]))
    assert found.probabilities == pytest.approx(np.array([[0.75, 0.25]]))
    assert found.has.tolist() == [[True, False]]
    assert log_odds(np.log([[0.03, 0.01]]), np.array([True, False])) == pytest.approx(np.log(3.0))


def test_what_is_weighed_is_what_sums_of_logarithms_say():
    rng = np.random.default_rng(5)
    prior, logs = np.log(rng.dirichlet(np.ones(6))), rng.normal(0.0, 40.0, (4, 7, 6))
    logs[2, 3] = 0.0
    is_motion, chosen = np.array([True, False, False, True]), np.arange(6) < 2
    found = weighed(prior, logs, is_motion, chosen)
    total = prior + logs.sum(axis=0)
    assert found.total == pytest.approx(total)
    assert found.probabilities == pytest.approx(special.softmax(total, axis=1))
    by_motion = log_odds(prior + logs[is_motion].sum(axis=0), chosen)
    assert found.beside == pytest.approx(log_odds(total, chosen) - by_motion)
    assert (~found.has).nonzero()[0].tolist() == [3]


def test_certainty_is_finite():
    found = log_odds(np.array([[0.0, -5000.0]]), np.array([True, False]))
    assert np.isfinite(found).all()
