"""Geometry, delay and loss switched off, a study comes to what arithmetic says."""

import pathlib

import numpy as np
import pytest
from scipy.stats import binom

from jointsky.scenario.build import build
from jointsky.sim.brief_course import brief_course
from jointsky.sim.duty_figures import leaks
from jointsky.sim.duty_setup import areas_of
from jointsky.sim.windows import parted, see, together, windows
from jointsky.study.altering import Alterable
from jointsky.study.declared import load_study
from jointsky.study.engine import seed_of
from jointsky.study.points import checked_points, scenario_at
from jointsky.tracking.settings import TrackerSettings

STUDY = pathlib.Path(__file__).parents[2] / "scenarios" / "closed-form.study.yaml"
CHANCE, SHOTS, TARGETS, SKIES = 0.7, 12, 8, 6


def left_over(targets, shots):
    """Return mean and variance of how many of the targets so many shots leave."""
    hits = np.arange(shots + 1)
    left, p = np.maximum(targets - hits, 0), binom.pmf(hits, shots, CHANCE)
    mean = float(left @ p)
    return mean, float(left**2 @ p) - mean**2


def seen(built):
    """Yield what sites would receive in each window, and its end."""
    waiting = together([])
    for begin_s, end_s in windows(built):
        now, waiting = parted(together([waiting, see(built, begin_s, end_s, map)]), end_s)
        yield now, end_s


@pytest.fixture(scope="module")
def runs():
    """By point: of each sky the shots by nation, who came through by nation, and what was spent."""
    loaded = load_study(STUDY)
    points, base = checked_points(loaded), Alterable(loaded.scenario)
    made = {}
    for point in points:
        scenario, found = scenario_at(base, point, "test"), []
        for sky in range(SKIES):
            built = build(scenario, seed_of(loaded.study, sky))
            outcome = brief_course(built, seen(built), TrackerSettings(), False)
            names = built.surroundings.vehicles.name
            left = leaks(built, areas_of(built), outcome.duty.stop_s, outcome.end_s)
            through = [str(names[one.vehicle]).split("-")[0] for one in left]
            shots = {
                unit.split("-")[0]: spent["shot"] for unit, spent in outcome.duty.spent.items()
            }
            wasted = sum(step.kind == "wasted" for step in outcome.duty.story)
            found.append((shots, through, wasted))
        made[point.name] = found
    return made


def test_arithmetic_gives_the_published_values():
    assert left_over(2 * TARGETS, 2 * SHOTS)[0] == pytest.approx(0.54977, abs=5e-6)
    assert 2 * left_over(TARGETS, SHOTS)[0] == pytest.approx(0.88839, abs=5e-6)


def test_pooled_nobody_comes_through_while_either_has_a_shot_left(runs):
    for shots, through, wasted in runs["pooled"]:
        assert not through or sum(shots.values()) == 2 * SHOTS
        assert wasted == 0


def test_halved_nobody_comes_through_while_the_own_nation_has_a_shot_left(runs):
    for shots, through, wasted in runs["halved"]:
        assert all(shots[nation] == SHOTS for nation in through)
        assert wasted == 0


@pytest.mark.parametrize(("point", "parts"), [("pooled", 1), ("halved", 2)])
def test_so_many_come_through_as_the_closed_form_says(runs, point, parts):
    mean, variance = left_over(2 * TARGETS // parts, 2 * SHOTS // parts)
    found = np.mean([len(through) for _, through, _ in runs[point]])
    assert abs(found - parts * mean) < 3.5 * np.sqrt(parts * variance / SKIES)


def test_a_shot_stops_as_often_as_was_declared(runs):
    shots = sum(sum(one.values()) for found in runs.values() for one, _, _ in found)
    stopped = sum(2 * TARGETS - len(through) for found in runs.values() for _, through, _ in found)
    assert abs(stopped / shots - CHANCE) < 3.5 * np.sqrt(CHANCE * (1.0 - CHANCE) / shots)
