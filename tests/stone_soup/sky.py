"""A sky of Stone Soup's own simulators, and its own metrics."""

import datetime

import numpy as np
from stonesoup.dataassociator.tracktotrack import TrackToTruth
from stonesoup.measures import Euclidean
from stonesoup.metricgenerator.manager import MultiManager
from stonesoup.metricgenerator.ospametric import GOSPAMetric
from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics
from stonesoup.models.transition.linear import (
    CombinedLinearGaussianTransitionModel,
    ConstantVelocity,
)
from stonesoup.simulator.simple import MultiTargetGroundTruthSimulator
from stonesoup.types.state import GaussianState

START = datetime.datetime(2026, 1, 1, 12)


def targets(axes=3, number=6, steps=30, step_s=5.0, seed=4, scale=1.0):
    """Return truth: targets that start within 50 km, in a space of two or three axes.

    With another ``scale`` places shrink, and speeds to its root.
    """
    noise = np.array([0.1, 0.1, 0.03])[:axes] * scale**0.5
    sizes = np.array([scale, scale**0.5] * axes)
    mean = np.array([0, 150, 0, 100, 6000, 0])[: 2 * axes] * sizes * (scale == 1.0)
    spread = np.array([3e4, 80, 3e4, 80, 1500, 1])[: 2 * axes] * sizes
    return MultiTargetGroundTruthSimulator(
        transition_model=CombinedLinearGaussianTransitionModel(
            [ConstantVelocity(q) for q in noise], seed=seed
        ),
        initial_state=GaussianState(mean, np.diag(spread**2), timestamp=START),
        timestep=datetime.timedelta(seconds=step_s),
        number_steps=steps,
        birth_rate=0,
        death_probability=0,
        initial_number_targets=number,
        seed=seed,
    )


def run(tracker, truth):
    """Iterate over a tracker; return the truths, all tracks, and each step's time and tracks."""
    truths, tracks, steps = set(), set(), []
    for time, now in tracker:
        truths |= truth.groundtruth_paths
        tracks |= now
        steps.append((time, now))
    return truths, tracks, steps


def figures(truths, tracks, axes=3, near=1000.0):
    """Return Stone Soup's SIAP figures by name, and its GOSPA parts at the last moment."""
    position = Euclidean(tuple(range(0, 2 * axes, 2)))
    velocity = Euclidean(tuple(range(1, 2 * axes, 2)))
    manager = MultiManager(
        [
            GOSPAMetric(p=2, c=near, measure=position),
            SIAPMetrics(position_measure=position, velocity_measure=velocity),
        ],
        associator=TrackToTruth(association_threshold=near, measure=position),
    )
    manager.add_data({"groundtruth_paths": truths, "tracks": tracks})
    found = manager.generate_metrics()
    siap = {
        name.removeprefix("SIAP "): metric.value
        for name, metric in found["siap_generator"].items()
        if not isinstance(metric.value, list)
    }
    return siap, found["gospa_generator"]["GOSPA Metrics"].value[-1].value
