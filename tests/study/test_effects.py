"""Effects taken apart, and where a difference changes its side: with answers that are known."""

import math

import msgspec
import numpy as np
import pytest

from jointsky.study.answers import Answered
from jointsky.study.declared import Study
from jointsky.study.effects import crosses_at, crossings_of, splits_of
from jointsky.study.points import points_of
from jointsky.study.summary import summary

LEVELS = [0, 1, 2, 3]
STUDY = {
    "name": "known",
    "scenario": "none.yaml",
    "factors": [{"name": "x", "paths": ["x"], "levels": LEVELS}],
    "responses": [{"name": "y", "figure": "y"}],
    "splits": [{"name": "rise", "factor": "x", "levels": LEVELS[:3], "parts": ["one", "two"]}],
    "crossings": [
        {"name": "side", "factor": "x", "levels": LEVELS[1:], "against": 0, "words": "x"}
    ],
}


def told(rng, skies, asked=None):
    """Return the summary of y = 5.4, 4, 5 and 6 at the levels, with luck that all share.

    It lies above its value at nought from x = 2.4 on.  ``asked``: how many skies each level saw.
    """
    means, shared = np.array([5.4, 4.0, 5.0, 6.0]), rng.normal(0.0, 2.0, (skies, 1))
    values = (means + shared + rng.normal(0.0, 1.0, (skies, 4)))[:, :, None]
    seen = np.arange(skies)[:, None] < np.array(asked or [skies] * 4)
    values = np.where(seen[:, :, None], values, np.nan)
    declared = msgspec.convert(STUDY, Study)
    failed = np.zeros((skies, 4), bool)
    answered = Answered(("y",), values, failed, seen, [])
    return summary(declared, points_of(declared), answered, "0" * 16)


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ([-1.0, 1.0], 0.5),
        ([-3.0, 1.0], 0.75),
        ([2.0, -2.0], 0.5),
        ([0.0, -1.0, 1.0], 1.5),
        ([1.0, 2.0], math.nan),
        ([0.0, 0.0], math.nan),
    ],
)
def test_a_straight_line_changes_its_side_where_it_is_nought(values, where):
    at = [float(k) for k in range(len(values))]
    found = crosses_at(at, np.array(values))
    assert found == pytest.approx(where, nan_ok=True)


@pytest.mark.parametrize("asked", [None, [240, 120, 200, 240]])
def test_the_interval_of_a_crossing_holds_the_truth_as_often_as_it_says(asked):
    rng = np.random.default_rng(1)
    held, middles = 0, []
    for _ in range(100):
        (found,) = crossings_of(told(rng, 240, asked))
        held += found.where.low <= 2.4 <= found.where.high
        middles.append((found.where.low + found.where.high) / 2.0 - found.where.value)
    assert held >= 88  # of 100 at 95 %: three standard errors
    assert abs(np.mean(middles)) < 0.02  # about its value, though levels saw other skies


@pytest.mark.parametrize("asked", [None, [300, 150, 200, 300]])
def test_parts_add_up_to_the_whole_whoever_rested(asked):
    (found,) = splits_of(told(np.random.default_rng(2), 300, asked))
    assert found.last.value - found.first.value == pytest.approx(found.whole.difference.value)
    parts = [one.difference.value for one in found.parts]
    assert sum(parts) == pytest.approx(found.whole.difference.value)
    assert parts == pytest.approx([-1.4, 1.0], abs=0.3)
