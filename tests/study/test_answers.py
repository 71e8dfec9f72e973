"""Answers are kept as numbers: what a run takes of memory is counted here."""

import tracemalloc

import numpy as np
import pytest

from jointsky.study.answers import Answer, Answers, Leaker
from jointsky.study.journal import Journal
from jointsky.study.outputs import leakers_table

FIGURES = ("shots", "leaked", "hostile", "track_to_order_s.median")
SKIES, SLACK = 20_000, 100_000
OCTETS = 8 * len(FIGURES) + 2  # of a run: its figures, whether it failed, whether its sky is there
STATE = {"study": "many"}


def answered(sky, leakers=()):
    return [Answer(sky, 0, dict.fromkeys(FIGURES[:3], float(sky % 17)), leakers=leakers)]


def leaked(sky):
    towns = [f"town-{k}" for k in range(2)]
    return tuple(Leaker(60.0 * k + sky % 7, 54.0, 28.0, f"drone-{k}", towns[k]) for k in range(2))


@pytest.fixture
def peak():
    """Return what was taken at most since the test began, in octets."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


def test_many_answers_take_eight_octets_a_figure_a_run(peak):
    answers = Answers(1, FIGURES)
    for sky in range(SKIES):
        answers.put(answered(sky))
    kept, _ = tracemalloc.get_traced_memory()
    assert kept < 1.5 * OCTETS * SKIES + SLACK and peak() < 2.5 * OCTETS * SKIES + SLACK
    assert answers.of(SKIES).column("shots", 0).sum() == sum(sky % 17 for sky in range(SKIES))
    assert np.isnan(answers.of(SKIES).column("track_to_order_s.median", 0)).all()


def test_a_study_that_goes_on_reads_its_answers_without_keeping_them_as_objects(tmp_path, peak):
    first = Journal(tmp_path / "many", Answers(1, FIGURES))
    first.begin(STATE, resume=False, fresh=False)
    for sky in range(SKIES):
        first.put(answered(sky))
    del first
    tracemalloc.reset_peak()
    answers = Answers(1, FIGURES)
    Journal(tmp_path / "many", answers).begin(STATE, resume=True, fresh=False)
    assert len(answers) == SKIES and answers.missing(SKIES + 2) == [SKIES, SKIES + 1]
    assert peak() < 2.5 * OCTETS * SKIES + SLACK


def test_the_table_of_who_came_through_is_made_without_objects(peak):
    leakers_table([answered(0, leaked(0))])  # what is imported for the first of all is not counted
    tracemalloc.clear_traces()
    table = leakers_table(answered(sky, leaked(sky)) for sky in reversed(range(SKIES)))
    assert peak() < 3 * 56 * table.num_rows + SLACK
    assert table.num_rows == 2 * SKIES and table["sky"].to_pylist()[:4] == [0, 0, 1, 1]
    assert table.slice(2, 2).to_pylist() == [
        {
            "sky": 1,
            "point": 0,
            "time_s": time_s,
            "latitude_deg": 54.0,
            "longitude_deg": 28.0,
            "vehicle": f"drone-{k}",
            "zone": f"town-{k}",
        }
        for k, time_s in enumerate((1.0, 61.0))
    ]


def test_nobody_who_came_through_is_a_table_without_rows():
    table = leakers_table([answered(0)])
    assert table.num_rows == 0 and table.schema.field("zone").type == "string"


def test_skies_that_are_missing_are_told_and_none_is_counted_twice():
    answers = Answers(1, FIGURES)
    for sky in (0, 3, 3):
        answers.put(answered(sky))
    assert len(answers) == 2 and answers.missing(5) == [1, 2, 4]
    assert answers.until_a_gap(5) == 1
