"""A study runs: the same bytes however many workers, killed or not, and faults stop nothing."""

import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from jointsky.errors import InputError, NotInstalledError
from jointsky.study import engine
from jointsky.study.running import looks, run_study

TOWNS = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
STUDY = """\
name: towns
scenario: sky.yaml
factors:
  - name: deciding
    alternatives:
      together: {}
      alone: {"links[joint]": null, duty.is_joint: false}
responses:
  - {name: shots, figure: shots, relative: 0.9}
  - {name: share through, figure: leaked, of: hostile}
  - {name: delay, figure: track_to_order_s.median}
runs: {least: 3, most: 6, batch: 2}
"""
LEFT = {
    *("study.json", "report.html", "effects.png", "effects.svg"),
    *("runs.parquet", "runs.csv", "leakers.parquet", "leakers.csv"),
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    text = TOWNS.read_text(encoding="utf-8")
    text = text.replace("duration_s: 420", "duration_s: 180").replace("step_s: 1", "step_s: 2")
    text = text.replace("begin: 260, end: 320", "begin: 90, end: 120")
    (folder / "sky.yaml").write_text(text + "  look_s: 4\n", encoding="utf-8")
    (folder / "towns.study.yaml").write_text(STUDY, encoding="utf-8")
    return folder / "towns.study.yaml"


@pytest.fixture(scope="module")
def ended(study, tmp_path_factory):
    return run_study(study, tmp_path_factory.mktemp("whole") / "out")


def octets(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_study_leaves_figures_runs_pictures_and_a_report(ended):
    assert ended.is_whole and {path.name for path in ended.folder.iterdir()} == LEFT
    told = json.loads((ended.folder / "study.json").read_text(encoding="utf-8"))
    assert told["skies"] in looks(ended.summary.study) and told["faults"] == []
    table = pq.read_table(ended.folder / "runs.parquet")
    assert table.num_rows == 2 * told["skies"]
    assert set(table["deciding"].to_pylist()) == {"together", "alone"}
    shots = [one for one in table.to_pylist() if one["deciding"] == "alone"]
    mean = sum(one["shots"] for one in shots) / len(shots)
    assert told["points"][1]["responses"]["shots"]["value"] == pytest.approx(mean)


def test_all_points_see_the_same_skies_and_a_seed_of_the_table_makes_that_run_again(ended):
    rows = pq.read_table(ended.folder / "runs.parquet").to_pylist()
    seeds = {row["sky"]: row["seed"] for row in rows}
    assert len(set(seeds.values())) == len(seeds) and all(0 <= s < 2**53 for s in seeds.values())
    assert all(seeds[row["sky"]] == row["seed"] for row in rows)


def test_the_outcome_is_the_same_to_the_byte_with_two_workers(ended, study, tmp_path):
    made = run_study(study, tmp_path / "two", workers=2)
    assert octets(made.folder) == octets(ended.folder)


def test_the_outcome_is_the_same_to_the_byte_on_a_ray_cluster_of_two_workers(
    ended, study, tmp_path
):
    pytest.importorskip("ray", reason="ray is not installed: pip install 'jointsky[ray]'")
    made = run_study(study, tmp_path / "ray", workers=2, ray="local")
    assert octets(made.folder) == octets(ended.folder)


def test_without_ray_it_says_what_brings_it_along(study, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(NotInstalledError, match=r"pip install 'jointsky\[ray\]'"):
        run_study(study, tmp_path / "out", ray="local")


def test_a_study_stopped_and_resumed_has_the_same_outcome(ended, study, tmp_path):
    asked = iter([False, False, True])
    first = run_study(study, tmp_path / "out", should_stop=lambda: next(asked, True))
    assert not first.is_whole and first.summary.skies == 2
    with pytest.raises(InputError, match="--resume goes on from there"):
        run_study(study, tmp_path / "out")
    made = run_study(study, tmp_path / "out", resume=True)
    assert made.is_whole and octets(made.folder) == octets(ended.folder)
    with pytest.raises(InputError, match="a study that has ended"):
        run_study(study, tmp_path / "out", resume=True)


def test_killed_between_its_name_and_tidying_it_has_ended(ended, study, tmp_path):
    shutil.copytree(ended.folder, tmp_path / "out")
    for name in ("state.json", "answers.jsonl"):
        (tmp_path / "out" / name).write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="a study that has ended"):
        run_study(study, tmp_path / "out", resume=True)
    assert octets(tmp_path / "out") == octets(ended.folder)


@pytest.mark.parametrize("cut", [1, 200])
def test_what_a_kill_cut_short_is_as_if_it_had_never_been_begun(cut, ended, study, tmp_path):
    asked = iter([False, False, True])
    first = run_study(study, tmp_path / "out", should_stop=lambda: next(asked, True))
    answers = first.folder / "answers.jsonl"
    answers.write_bytes(answers.read_bytes()[:-cut])
    made = run_study(study, tmp_path / "out", resume=True)
    assert octets(made.folder) == octets(ended.folder)


def test_answers_of_another_study_are_not_taken_up(study, tmp_path):
    asked = iter([False, True])
    first = run_study(study, tmp_path / "out", should_stop=lambda: next(asked, True))
    state = json.loads((first.folder / "state.json").read_text(encoding="utf-8"))
    text = json.dumps({**state, "scenario": "another"})
    (first.folder / "state.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="run without --resume"):
        run_study(study, tmp_path / "out", resume=True)


def test_killed_at_any_moment_it_goes_on_to_the_very_same_files(ended, study, tmp_path):
    command = [sys.executable, "-m", "jointsky", "study", str(study), "--out", str(tmp_path / "o")]
    begun = False
    for kill in range(3):
        more = ["--resume"] if begun else ["--fresh"]
        process = subprocess.Popen(
            [*command, "--workers", "2", "--quiet", *more], start_new_session=True
        )
        until_s = time.monotonic() + 60.0
        answers = tmp_path / "o.part" / "answers.jsonl"
        had = answers.stat().st_size if answers.is_file() else 0
        while process.poll() is None and time.monotonic() < until_s:
            size = answers.stat().st_size if answers.is_file() else 0
            if size > had:  # another sky was answered; now at some moment of the next
                time.sleep(0.07 * kill)
                break
            time.sleep(0.01)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        begun = (tmp_path / "o.part" / "state.json").is_file()
    if not (tmp_path / "o").is_dir():
        subprocess.run([*command, "--quiet", "--resume"], check=True, timeout=300)
    assert octets(tmp_path / "o") == octets(ended.folder)


def test_a_run_that_fails_is_kept_with_its_seed_and_traceback_and_stops_nothing(
    ended, study, tmp_path, monkeypatch
):
    real = engine.duty_figures

    def fails_once(outcome, areas):
        if outcome.built.seed == engine.seed_of(ended.summary.study, 1) and outcome.built.links:
            raise RuntimeError("this run is wrong")
        return real(outcome, areas)

    monkeypatch.setattr(engine, "duty_figures", fails_once)
    made = run_study(study, tmp_path / "out")
    (fault,) = made.summary.faults
    assert (fault.sky, fault.point) == (1, 0)
    assert "this run is wrong" in fault.fault and "Traceback" in fault.fault
    assert f"seed {engine.seed_of(made.summary.study, 1)}" in fault.fault
    assert made.summary.of("shots")[1].runs == made.summary.skies - 1
    row = pq.read_table(made.folder / "runs.parquet").to_pylist()[2]
    assert row["shots"] is None and row["fault"] == "RuntimeError: this run is wrong"


def test_a_folder_with_something_else_in_it_is_left_alone(study, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something that is no study"):
        run_study(study, tmp_path)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_looks_are_at_even_numbers_of_skies_up_to_the_most(ended):
    runs = ended.summary.study.runs
    assert list(looks(ended.summary.study)) == [3, 5, 6]
    one = dataclasses.replace(ended.summary).study
    assert runs.most == list(looks(one))[-1]
