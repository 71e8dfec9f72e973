"""Metamodels: they tell their error at points that they have not seen, and it is right."""

import numpy as np
import pytest

from jointsky.streams import stream
from jointsky.study.designs import latin_hypercube
from jointsky.study.metamodel import KINDS, best_fit, fit

CHANCE = 0.3


def bowl(x):
    return 3.0 * x[:, 0] - 2.0 * x[:, 1] ** 2 + x[:, 0] * x[:, 1]


def wavy(x):
    return np.sin(9.0 * x[:, 0]) + np.cos(7.0 * x[:, 1])


def runs_of(surface, name, n=80, chance=CHANCE):
    rng = stream(1, "runs", name)
    points = latin_hypercube(n, 3, rng)  # the third factor does nothing
    return points, surface(points) + chance * rng.normal(size=n)


@pytest.mark.parametrize("kind", KINDS)
def test_cross_validated_error_is_the_error_at_new_points(kind):
    points, outcomes = runs_of(bowl, "new")
    model = fit(points, outcomes, kind, stream(1, "folds"))
    rng = stream(2, "new points")
    new = rng.random((4000, 3))
    missed = bowl(new) + CHANCE * rng.normal(size=4000) - model.predict(new)
    real = float(np.sqrt(np.square(missed).mean()))
    assert model.rmse == pytest.approx(real, rel=0.15)
    assert model.rmse >= 0.9 * CHANCE  # nobody foretells chance
    assert model.q2 == pytest.approx(1.0 - model.rmse**2 / outcomes.var())


@pytest.mark.parametrize("kind", KINDS)
def test_without_chance_a_smooth_surface_is_foretold_nearly_wholly(kind):
    points, outcomes = runs_of(bowl, "smooth", chance=0.0)
    model = fit(points, outcomes, kind, stream(1, "folds"))
    assert model.q2 > 0.999
    assert model.predict(points) == pytest.approx(bowl(points), abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_where_there_is_only_chance_nothing_is_foretold(kind):
    points, outcomes = runs_of(lambda x: np.zeros(len(x)), "chance", chance=1.0)
    assert fit(points, outcomes, kind, stream(1, "folds")).q2 < 0.1


def test_runs_of_one_point_are_left_out_together():
    """Ten runs a point, and points that tell nothing of each other: nothing can be foretold."""
    rng = stream(1, "repeated")
    points = np.repeat(rng.random((15, 2)), 10, axis=0)
    outcomes = np.repeat(rng.normal(size=15), 10) + 0.01 * rng.normal(size=150)
    assert fit(points, outcomes, "gaussian-process", stream(1, "folds")).q2 < 0.3


def test_best_fit_takes_what_foretells_best():
    points, outcomes = runs_of(wavy, "wavy", chance=0.05)
    models = {kind: fit(points, outcomes, kind, stream(1, "folds")) for kind in KINDS}
    best = best_fit(points, outcomes, stream(1, "folds"))
    assert best.kind == "gaussian-process"
    assert best.q2 > 0.9 > models["polynomial"].q2 + 0.2


def test_same_stream_same_model():
    points, outcomes = runs_of(wavy, "same")
    one, other = (best_fit(points, outcomes, stream(4, "folds")) for _ in range(2))
    assert (one.kind, one.q2, one.rmse) == (other.kind, other.q2, other.rmse)
    assert np.array_equal(one.predict(points), other.predict(points))


def test_units_of_factors_do_not_matter():
    points, outcomes = runs_of(bowl, "units")
    scaled = points * [1000.0, 0.001, 1.0] + [0.0, 5.0, -3.0]
    for kind in KINDS:
        one = fit(points, outcomes, kind, stream(1, "folds"))
        other = fit(scaled, outcomes, kind, stream(1, "folds"))
        assert other.q2 == pytest.approx(one.q2, abs=1e-3)


def test_wrong_input_says_what_was_found_and_what_was_wanted():
    points, outcomes = runs_of(bowl, "wrong")
    rng = stream(1, "folds")
    with pytest.raises(ValueError, match="kind is 'spline'; it must be one of polynomial"):
        fit(points, outcomes, "spline", rng)
    with pytest.raises(ValueError, match="points has 5 rows; it must have 10 or more"):
        fit(points[:5], outcomes[:5], "polynomial", rng)
    with pytest.raises(ValueError, match="points has 80 rows and outcomes 79 values"):
        fit(points, outcomes[1:], "polynomial", rng)
    with pytest.raises(ValueError, match="points has 1 different rows; it must have 10"):
        fit(np.ones((20, 2)), np.arange(20.0), "polynomial", rng)
    with pytest.raises(ValueError, match="outcomes are all 1; there is no surface to fit"):
        fit(points, np.ones(80), "polynomial", rng)
    with pytest.raises(ValueError, match="points have 2 columns; the model has 3"):
        fit(points, outcomes, "polynomial", rng).predict(points[:, :2])
