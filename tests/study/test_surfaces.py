"""Surfaces foretell what they have not seen, and indices are those of known functions."""

import numpy as np
import pytest

from jointsky.study.drawing import draw_all
from jointsky.study.points import points_of
from jointsky.study.surfaces import over_two, strongest_two, surfaces_of
from study.synthetic import study, told

FACTORS = [
    {"name": "delay", "paths": ["x"], "range": [0.0, 8.0]},
    {"name": "seats", "paths": ["y"], "range": [1.0, 3.0]},
]


def known(declared, skies=4):
    """Return shots that hang on the factors in a known way, with little noise."""
    rng = np.random.default_rng(1)
    at = np.array([[one.levels["delay"], one.levels["seats"]] for one in points_of(declared)])
    shots = 3.0 * at[:, 0] + 4.0 * at[:, 1]
    return shots + rng.normal(0.0, 0.05, (skies, len(at)))


def test_a_straight_surface_is_found_and_trusted():
    declared = study(factors=FACTORS, design={"kind": "latin-hypercube", "points": 40})
    shots = known(declared)
    (found,) = [one for one in surfaces_of(told(declared, shots)) if one.response == "shots"]
    assert found.model.q2 > 0.999 and not found.matters
    at, values = found.over["delay"]
    assert values[-1] - values[0] == pytest.approx(24.0, abs=0.3)
    assert (at[0], at[-1]) == (0.0, 8.0)


def test_two_factors_together_do_what_they_do():
    declared = study(factors=FACTORS, design={"kind": "latin-hypercube", "points": 40})
    (found,) = [
        one for one in surfaces_of(told(declared, known(declared))) if one.response == "shots"
    ]
    values = over_two(declared, found, "seats", "delay")
    seats, delay = np.linspace(1.0, 3.0, 7)[:, None], np.linspace(0.0, 8.0, 7)
    np.testing.assert_allclose(values, 3.0 * delay + 4.0 * seats, atol=0.3)


def test_only_what_is_foretold_is_drawn_over_two_factors(tmp_path):
    declared = study(factors=FACTORS, design={"kind": "latin-hypercube", "points": 40})
    drawn = draw_all(told(declared, known(declared), shots=known(declared)), tmp_path)
    assert "foretold" in {one.name for one in drawn}
    noise = np.random.default_rng(7).normal(5.0, 1.0, (4, 40))
    drawn = draw_all(told(declared, noise, shots=noise), tmp_path)
    assert "foretold" not in {one.name for one in drawn}


def test_the_strongest_factors_come_first():
    third = {"name": "idle", "paths": ["z"], "range": [0.0, 1.0]}
    declared = study(factors=[third, *FACTORS], design={"kind": "latin-hypercube", "points": 40})
    found = [one for one in surfaces_of(told(declared, known(declared))) if one.response == "shots"]
    assert strongest_two(found) == ("delay", "seats")


def test_indices_are_the_shares_of_the_variance():
    declared = study(factors=FACTORS, design={"kind": "saltelli", "points": 1024})
    (found,) = [
        one for one in surfaces_of(told(declared, known(declared))) if one.response == "shots"
    ]
    spread = {"delay": (3.0 * 8.0) ** 2, "seats": (4.0 * 2.0) ** 2}
    for name, one in found.matters.items():
        share = spread[name] / sum(spread.values())
        assert one.first.low - 0.02 <= share <= one.first.high + 0.02
        assert one.total.value == pytest.approx(share, abs=0.06)


def test_levels_have_no_surface():
    assert surfaces_of(told(study(), np.random.default_rng(1).normal(5.0, 1.0, (9, 3)))) == []
