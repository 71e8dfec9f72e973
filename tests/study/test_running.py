"""A study runs: the same bytes however many workers, killed or not, and faults stop nothing."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from jointsky.errors import InputError, ManyInputErrors
from jointsky.study import engine
from jointsky.study.running import looks, run_study

LEFT = {
    *("study.json", "report.html"),
    *(f"{name}.{kind}" for name in ("effects", "spread", "tradeoffs") for kind in ("png", "svg")),
    *("runs.parquet", "runs.csv", "leakers.parquet", "leakers.csv"),
    *("effects.parquet", "effects.csv"),
}


def octets(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_study_leaves_figures_runs_pictures_and_a_report(ended):
    names = {path.name for path in ended.folder.iterdir()}
    assert ended.is_whole and names >= LEFT
    assert all(name.endswith((".png", ".svg")) for name in names - LEFT)  # as its figures allow
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


def test_a_figure_that_a_run_has_not_to_tell_is_a_gap_and_stops_nothing(
    study, tmp_path, monkeypatch
):
    real = engine.duty_figures

    def without_orders(outcome, areas):
        made = real(outcome, areas)
        return made | {"track_to_order_s": dict.fromkeys(made["track_to_order_s"])}

    monkeypatch.setattr(engine, "duty_figures", without_orders)
    asked = iter([False, True])
    assert run_study(study, tmp_path / "out", should_stop=lambda: next(asked, True)).summary.skies
    made = run_study(study, tmp_path / "out", resume=True)
    rows = pq.read_table(made.folder / "runs.parquet").to_pylist()
    assert {row["track_to_order_s.median"] for row in rows} == {None}
    assert made.summary.of("delay")[0].interval is None and not made.summary.faults


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
    """Twice here; ``benchmarks/study_kills.py`` does so at twenty moments, with more workers."""
    command = [sys.executable, "-m", "jointsky", "study", str(study), "--out", str(tmp_path / "o")]
    answers = tmp_path / "o.part" / "answers.jsonl"
    for kill, word in enumerate(("--fresh", "--resume")):
        process = subprocess.Popen(
            [*command, "--workers", "1", "--quiet", word], start_new_session=True
        )
        until_s = time.monotonic() + 60.0
        had = answers.stat().st_size if answers.is_file() else 0
        while process.poll() is None and time.monotonic() < until_s:
            if answers.is_file() and answers.stat().st_size > had:
                time.sleep(0.07 * kill)  # another sky was answered: at some moment of the next
                break
            time.sleep(0.01)
        assert process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
    made = run_study(study, tmp_path / "o", resume=True)
    assert octets(made.folder) == octets(ended.folder)


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


def test_a_figure_that_runs_do_not_have_is_told_with_the_names_of_those_they_have(study, tmp_path):
    wrong = study.with_name("wrong.study.yaml")
    text = study.read_text(encoding="utf-8")
    wrong.write_text(text.replace("figure: shots}", "figure: shot}"), encoding="utf-8")
    for workers in (1, 2):
        with pytest.raises(ManyInputErrors, match=r"'shot' is no figure.*shots"):
            run_study(wrong, tmp_path / f"out{workers}", workers=workers)


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
