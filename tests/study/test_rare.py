"""What hardly ever happens, asked of a study: right, the same after any halt, told."""

import csv
import json

import numpy as np
import pytest
from scipy import stats

from jointsky.errors import ManyInputErrors
from jointsky.streams import stream
from jointsky.study import workers
from jointsky.study.answers import Answer
from jointsky.study.declared import load_study
from jointsky.study.engine import seed_of
from jointsky.study.running import run_study

DRONES, LEAKS = 20, 0.3  # of each point's number of drones one after the other may come through
STUDY = """name: rare
scenario: {towns}
factors:
  - {{name: seats, paths: ['duty.posts[*].crew.seats'], levels: [1, 3]}}
responses: [{{name: came through, figure: leaked, of: hostile}}]
runs: {{least: 60, most: 60}}
rare:
  - {{name: many, figure: leaked, at_least: 13}}
  - name: none
    figure: leaked
    at_most: {at_most}
    at: {{seats: {at}}}
    population: 100
    splittings: 12
"""


class Luck:
    """Answers at once: every drone comes through by luck of its own name; seats help a little."""

    def __init__(self, study, scenario, points):
        self.study = study

    def answer(self, sky, points):
        """Answer as an engine does."""
        seed = seed_of(self.study, sky)
        luck = [stream(seed, "drone", k).random() for k in range(DRONES)]
        if luck[0] > 0.995:
            return [Answer(sky, k, {}, f"seed {seed}\nOSError: no luck") for k in points]
        leaked = [sum(one < LEAKS - 0.05 * k for one in luck) for k in points]
        return [
            Answer(sky, k, {"leaked": float(n), "hostile": float(DRONES)})
            for k, n in zip(points, leaked, strict=True)
        ]


@pytest.fixture
def study(tmp_path, monkeypatch, request):
    monkeypatch.setattr(workers, "Engine", Luck)
    towns = request.config.rootpath / "scenarios" / "two-towns.yaml"

    def write(at="3", at_most="0"):
        path = tmp_path / "rare.study.yaml"
        path.write_text(STUDY.format(towns=towns, at=at, at_most=at_most))
        return path

    return write


def files(folder):
    kinds = {".json", ".csv", ".png", ".html"}
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.suffix in kinds}


def test_what_hardly_ever_happens_is_as_likely_as_it_is(study, tmp_path):
    told = run_study(study(), tmp_path / "out").summary
    many, none = told.rare
    # runs that fail, one in 200, come nowhere: the drone of the first name has no more luck then
    truth = stats.binom.sf(12, DRONES, LEAKS), stats.binom.pmf(0, DRONES, LEAKS - 0.05)
    assert many.found.probability.low < truth[0] < many.found.probability.high  # 1.3e-3
    assert many.found.probability.margin < truth[0]
    assert none.point == 1
    assert none.found.probability.low < truth[1] < none.found.probability.high  # 3.2e-3
    assert many.faults and many.faults[0] == "OSError: no luck"
    assert many.found.runs < 0.5 * many.brute_runs
    down = [at for at, _ in none.reached()]
    assert down == sorted(down, reverse=True) and down[-1] == 0.0
    chances = [one.value for _, one in many.reached()]
    assert chances == sorted(chances, reverse=True)


def test_a_halted_study_goes_on_to_the_very_same_files(study, tmp_path):
    whole = run_study(study(), tmp_path / "whole")
    asked = np.cumsum([45, 200, 333, 700, 41, 5000])
    count, resume, ended = 0, False, None

    def should_stop():
        nonlocal count
        count += 1
        return count in asked.tolist()

    while ended is None or not ended.is_whole:
        ended = run_study(study(), tmp_path / "halted", resume=resume, should_stop=should_stop)
        part, resume = tmp_path / "halted.part", True
        if part.is_dir() and (part / "rare.jsonl").is_file():
            with (part / "rare.jsonl").open("ab") as file:
                file.write(b"[0,99999,")  # a kill in the middle of a line
    assert count > asked[4]
    ours, theirs = files(ended.folder), files(whole.folder)
    for one in (ours, theirs):
        one.pop("report.html")  # names its command
    assert ours == theirs and "rare.png" in ours and "rare.csv" in ours
    assert not (ended.folder / "rare.jsonl").exists()


def test_the_report_and_the_figures_tell_it(study, tmp_path):
    folder = run_study(study(), tmp_path / "out").folder
    told = json.loads((folder / "study.json").read_text())
    many = told["rare"][0]
    assert many["name"] == "many" and many["at_least"] == 13 and many["low"] < many["high"]
    page = (folder / "report.html").read_text()
    assert "What hardly ever happens" in page and "many (leaked at least 13)" in page
    said = [line for line in told["in_short"] if line.startswith("many (leaked at least 13) at 1:")]
    assert said and f"told by {many['runs']:,} runs" in said[0]
    with (folder / "rare.csv").open() as file:
        rows = list(csv.DictReader(file))
    event = next(row for row in rows if row["name"] == "many" and row["is_event"] == "true")
    assert float(event["probability"]) == many["probability"] and float(event["at"]) == 13.0


@pytest.mark.parametrize(
    ("given", "where", "found"),
    [
        ({"at_most": "0\n    at_least: 3"}, "rare[1]: ", "at_least 3.0, at_most 0.0"),
        ({"at_most": ".inf"}, "rare[1].at_most: ", "found inf"),
        ({"at": "2"}, "rare[1].at: ", "2 is no level of 'seats'"),
    ],
)
def test_an_event_that_is_none_is_told_before_anything_runs(study, given, where, found):
    with pytest.raises(ManyInputErrors) as error:
        load_study(study(**given))
    assert where in str(error.value) and found in str(error.value)
