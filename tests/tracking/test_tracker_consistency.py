"""Whether the tracker knows how good it is: covariances on flights drawn from its own models.

The bounds are those of the averages, each flight counting once: see the benchmark's own page,
benchmarks/tracker_parts/consistency.py, for which bound is whose.
"""

import math
import pathlib
import sys

import numpy as np
import pytest
from scipy.stats import chi2

from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.world import model_table

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "benchmarks"))

from tracker_parts import consistency, existence, matched

SETTINGS = TrackerSettings()
RUNS = 8


def radars(away_m):
    return [
        matched.radar("west", (-away_m, 0.0), 4.0, 50.0),
        matched.radar("east", (away_m, 20e3), 5.0, 50.0),
    ]


def bounds(size, flights):
    """Return the bounds (Bar-Shalom et al. 2001, 5.4.2) that one in a thousand averages leaves."""
    return chi2.ppf([0.0005, 0.9995], size * flights) / flights


@pytest.mark.parametrize("away_m", [30e3, 200e3], ids=["near", "far"])
def test_errors_are_as_large_as_told_on_flights_of_all_five_models(away_m):
    found = consistency.many(consistency.nees, RUNS, 1, radars(away_m))
    for part, values in zip(consistency.PARTS.values(), found.values.T, strict=True):
        size = part.stop - part.start
        mean = consistency.average(values, found.flight, size)
        low, high = bounds(size, mean.flights)
        assert mean.flights == RUNS * consistency.FLIGHTS
        assert low < mean.mean < high, part
        # not only on average: an ellipsoid of 95 % holds nearly so many
        assert np.mean(values < chi2.ppf(0.95, size)) > 0.90, part


def test_plots_fall_as_near_as_expected_on_flights_of_all_five_models():
    found = consistency.many(consistency.nis, RUNS // 2, 1, radars(30e3))
    mean = consistency.average(found.values[:, 0], found.flight, consistency.MEASURED)
    low, high = bounds(consistency.MEASURED, mean.flights)
    assert low < mean.mean < high
    assert np.mean(found.values < chi2.ppf(0.95, consistency.MEASURED)) > 0.93


@pytest.mark.parametrize(
    "model", range(layout.MODELS), ids=["quiet", "climb", "turn", "any", "slow"]
)
def test_the_errors_of_no_model_are_far_from_what_is_told(model):
    """A flight that keeps to one model for ever is rare: told too much if quiet, else too little.

    Quiet flight is told with room for what may come next; the standard errors of a manoeuvre that
    never ends are told at most as 1.4 times too small.
    """
    found = consistency.many(consistency.nees, 2, 3, radars(30e3), only=model)
    mean = consistency.average(found.values[:, 2], found.flight, 6).mean
    low, high = (2.0, 6.5) if model == layout.QUIET else (3.0, 12.0)
    assert low < mean < high


@pytest.mark.parametrize(
    "model", range(layout.MODELS), ids=["quiet", "climb", "turn", "any", "slow"]
)
def test_matched_flights_really_have_the_models_noise(model):
    """The truth's own check: speeds scatter as the model's densities say."""
    only = matched.fly(stream(6, "noise"), SETTINGS, 4000, 10.0, only=model)
    row = model_table(SETTINGS)[model]
    start, end = only.states[:, 0, 3:], only.states[:, -1, 3:]
    grown = 10.0 * row[[layout.PSD_ACROSS, layout.PSD_UP]]
    if model == layout.SLOW:
        memory = row[layout.MEMORY_S]
        lost = math.exp(-10.0 / memory)
        start = lost * start
        grown = grown / 10.0 * 0.5 * memory * (1.0 - lost * lost)
    if model == layout.TURN:  # the speed stays, its direction does not
        start, end = (np.linalg.norm(v[:, :2], axis=1)[:, None] for v in (start, end))
        assert np.std(end - start) == pytest.approx(math.sqrt(grown[0]), rel=0.05)
        return
    scatter = np.var(end - start, axis=0)
    np.testing.assert_allclose(scatter, [grown[0], grown[0], grown[1]], rtol=0.1)


def test_truth_between_its_steps_is_as_smooth_as_the_flight():
    truth = matched.fly(stream(7, "between"), SETTINGS, 20, 20.0, only=layout.QUIET)
    flight = np.repeat(np.arange(20), 300)
    time = np.tile(np.linspace(0.0, 19.9, 300), 20)
    step = 1e-3
    before, after = truth.at(flight, time), truth.at(flight, time + step)
    speed = (after[:, :3] - before[:, :3]) / step
    np.testing.assert_allclose(speed, before[:, 3:], atol=0.05)


def test_an_average_within_its_bounds_is_recognised_and_one_outside_too():
    rng = stream(8, "average")
    flight = np.repeat(np.arange(100), 50)
    values = rng.chisquare(3, len(flight))
    assert consistency.average(values, flight, 3).is_within
    assert not consistency.average(1.2 * values, flight, 3).is_within
    error = rng.normal(size=(1000, 3)) * [1.0, 20.0, 300.0]
    covariance = np.tile(np.diag([1.0, 400.0, 9e4]), (1000, 1, 1))
    assert consistency.squared(error, covariance).mean() == pytest.approx(3.0, rel=0.1)


@pytest.mark.parametrize("kind", existence.KINDS[:4:3], ids=lambda kind: kind.name)
def test_existence_as_told_is_the_share_of_tracks_that_follow_a_target(kind):
    judged = existence.of_seeds(kind, range(2))
    assert len(judged.told) > 1000
    assert np.mean(judged.is_real) == pytest.approx(np.mean(judged.told), abs=0.02)
    for low, high, within in ((0.99, 1.0, 0.01), (0.9, 0.99, 0.04), (0.5, 0.9, 0.15)):
        mine = (judged.told >= low) & (judged.told < high)
        # pictures follow each other every 5 s: a doubtful track counts some four times
        few = 2.0 * math.sqrt(0.25 / (mine.sum() / 4.0)) if high < 1.0 else 0.0
        told, real = judged.told[mine].mean(), judged.is_real[mine].mean()
        assert real == pytest.approx(told, abs=within + few), (low, high)
    assert judged.brier < 0.03
