"""The best point is told as often as it is claimed, and not where nothing tells points apart."""

import numpy as np
import pytest

from jointsky.study.best import best_of
from study.synthetic import study, told

ASKED = {"response": "shots", "indifference": 1.0, "probability": 0.9}


def test_the_least_is_best_unless_the_larger_is_asked_for():
    rng = np.random.default_rng(1)
    shots = rng.normal([20.0, 15.0, 25.0], 2.0, (200, 3))
    found = best_of(told(study(best=ASKED), shots))
    assert found.left == (1,) and found.is_done and found.skies < 200
    larger = best_of(told(study(best=ASKED | {"is_larger_better": True}), shots))
    assert larger.left == (2,)


def test_it_is_not_told_before_it_is_sure():
    rng = np.random.default_rng(2)
    shots = rng.normal([20.0, 19.0, 25.0], 6.0, (25, 3))
    found = best_of(told(study(best=ASKED), shots))
    assert not found.is_done and {0, 1} <= set(found.left)


def test_alike_points_are_told_as_alike():
    found = best_of(told(study(best=ASKED), np.full((60, 3), 4.0)))
    assert found.is_done and found.left == (0, 1, 2)


def test_a_sky_in_which_a_run_failed_goes_by():
    rng = np.random.default_rng(3)
    shots = rng.normal([20.0, 15.0, 25.0], 1.0, (120, 3))
    failed = np.zeros(shots.shape, bool)
    failed[7, 2] = True
    shots[7] = [0.0, 99.0, 0.0]
    assert best_of(told(study(best=ASKED), shots, failed=failed)).left == (1,)


@pytest.mark.parametrize("batch", [1, 5])
def test_it_is_right_as_often_as_was_asked_for(batch):
    rng, right, count = np.random.default_rng(4), 0, 300
    declared = study(best=ASKED | {"batch": batch})
    for _ in range(count):
        common = rng.normal(0.0, 3.0, (400, 1))  # what all points share falls out
        shots = common + rng.normal([20.0, 19.0, 20.0], 2.0, (400, 3))
        right += best_of(told(declared, shots)).left == (1,)
    assert right / count >= 0.9 - 3.0 * np.sqrt(0.9 * 0.1 / count)


def test_without_the_question_there_is_no_answer():
    assert best_of(told(study(), np.ones((5, 3)))) is None
