"""Figures equal those of the neutral scorer and of Stone Soup's metric generators."""

import importlib.util
import math

import pytest

from jointsky.metrics.compare import CompareOptions, compare
from metrics import scenes
from shared_data import shared


@pytest.fixture(scope="module")
def scorer():
    """Return the neutral scorer, loaded by path."""
    path = shared("bench/score.py")
    spec = importlib.util.spec_from_file_location("neutral_scorer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("dims", "cutoff_m", "order"), [(3, 1000.0, 2), (2, 600.0, 1)])
def test_figures_equal_those_of_the_neutral_scorer(scorer, seed, dims, cutoff_m, order):
    truth, tracks = scenes.scene(seed)
    theirs = scorer.score(truth, tracks, 1e9, c=cutoff_m, p=order, dims=dims)
    options = CompareOptions(cutoff_m=cutoff_m, order=order, sampling="shared")
    ours = scenes.figures(compare(*scenes.paths(truth, tracks, dims), options))
    assert theirs["ambiguity"] > 1.01  # the scene has what tells rules apart
    assert theirs["id_change_rate"] > 0.0
    for name, value in theirs.items():
        if math.isfinite(value):
            assert ours[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


@pytest.mark.filterwarnings("ignore")
def test_figures_equal_those_of_stone_soup(scorer):
    pytest.importorskip("stonesoup")
    truth, tracks = scenes.scene(7, targets=5, moments=30, gaps=0.0)
    truth = truth.assign(visible=1)  # Stone Soup's paths may have no holes
    theirs = scorer.score_stonesoup(truth, tracks, 1e9)
    options = CompareOptions(sampling="shared")
    ours = scenes.figures(compare(*scenes.paths(truth, tracks), options))
    for name, value in theirs.items():
        assert ours[name] == pytest.approx(float(value), rel=1e-9, abs=1e-9), name
