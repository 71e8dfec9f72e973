"""Points whose intervals are narrow enough rest; the others go on, under the same skies."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from jointsky.errors import ManyInputErrors
from jointsky.study import workers
from jointsky.study.answers import Answer
from jointsky.study.declared import load_study
from jointsky.study.running import run_study

SPREADS = 1.0, 1.0, 6.0, 2.0  # of points: the third wants most skies
TOWNS = "scenario: {towns}\nfactors:\n  - {{name: seats, paths: ['duty.posts[*].crew.seats'], "
STUDY = (
    "name: rests\n"
    + TOWNS
    + """levels: [1, 2, 3, 4]}}
responses: [{{name: shots, figure: shots, half_width: 0.5, effects: {effects}}}]
runs: {{least: 20, most: 2000, batch: 20, rests: {rests}}}
{more}"""
)


class Quick:
    """Answers at once: a luck that all points share, the third upside down, and one of each."""

    def __init__(self, study, scenario, points):
        self.asked = []

    def answer(self, sky, points):
        """Answer as an engine does."""
        shared = np.random.default_rng([1, sky]).normal(0.0, 3.0)
        made = []
        for k in points:
            own = np.random.default_rng([2, sky, k]).normal(20.0 + k, SPREADS[k])
            made.append(Answer(sky, k, {"shots": own - shared if k == 2 else own + shared}))
        return made


@pytest.fixture
def study(tmp_path, monkeypatch, request):
    monkeypatch.setattr(workers, "Engine", Quick)
    towns = request.config.rootpath / "scenarios" / "two-towns.yaml"

    def write(rests="true", effects="false", more=""):
        path = tmp_path / "rests.study.yaml"
        path.write_text(STUDY.format(towns=towns, rests=rests, effects=effects, more=more))
        return path

    return write


def test_who_is_precise_rests_and_the_others_go_on_until_they_are(study, tmp_path):
    made = run_study(study(), tmp_path / "out").summary
    asked = made.answered.asked.sum(axis=0)
    assert made.is_enough and made.skies == asked[0] == asked[2]  # the first never rests
    assert asked[1] < asked[2] and asked[3] < asked[2] and made.runs == asked.sum()
    every = run_study(study("false"), tmp_path / "every", fresh=True).summary
    assert every.skies == made.skies and every.runs == 4 * every.skies > made.runs
    for one, other in zip(made.estimates, every.estimates, strict=True):
        assert one.look.is_enough and one.interval.half_width <= 0.5
        rows = asked[one.point]
        np.testing.assert_array_equal(  # the same skies, as far as it saw them
            made.answered.values[:rows, one.point], every.answered.values[:rows, one.point]
        )
        assert other.runs == every.skies
    table = pq.read_table(tmp_path / "out" / "runs.parquet").to_pylist()
    assert len(table) == made.runs and all(row["shots"] is not None for row in table)
    assert json.loads((tmp_path / "out" / "study.json").read_text())["runs"] == made.runs
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert f"after {made.runs:,} runs" in page


def test_stopped_and_resumed_the_same_points_rest(study, tmp_path):
    path = study()
    whole = run_study(path, tmp_path / "whole")
    for stop in (30, 70, 150):
        asked = iter([False] * stop)
        run_study(path, tmp_path / "cut", should_stop=lambda asked=asked: next(asked, True))
        made = run_study(path, tmp_path / "cut", resume=True, fresh=False)
        for name in ("study.json", "runs.parquet"):
            left = (made.folder / name).read_bytes()
            assert left == (whole.folder / name).read_bytes()
        assert made.is_whole
        for file in made.folder.iterdir():
            file.unlink()
        made.folder.rmdir()


def test_differences_are_as_narrow_as_values_where_effects_are_wanted(study, tmp_path):
    values = run_study(study(), tmp_path / "values").summary
    made = run_study(study(effects="true"), tmp_path / "effects", fresh=True).summary
    apart = {one.point: one.difference.difference for one in made.estimates if one.point}
    assert all(one.half_width <= 0.5 for one in apart.values()) and made.is_enough
    wide = values.estimates[2].difference.difference.half_width
    assert wide > 0.5 and made.skies > values.skies


def test_points_do_not_rest_where_the_best_is_asked_for(study):
    best = "best: {response: shots, indifference: 1.0}"
    with pytest.raises(ManyInputErrors, match="points that rest, and the best point"):
        load_study(study(more=best))
