"""A run made of hand-made flights and sensors: what the loop, the folder and the files promise."""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest

from jointsky.errors import InputError
from jointsky.recording.score import ScoreOptions, score
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.sim import folder as folder_module
from jointsky.sim import outputs, windows
from jointsky.sim.folder import RunFolder
from jointsky.sim.replaying import replayed
from jointsky.sim.run import RunSettings, simulate
from jointsky.store.log import read_log
from jointsky.store.tables import read_record
from sim import made_sky


@pytest.fixture(autouse=True)
def _made_sensors(monkeypatch):
    monkeypatch.setattr(windows, "observe", made_sky.see_all)


def run(built, final, workers=1, resume=False, fresh=False, stop_after=None):
    """Run as the command does; return the outcome and the figures."""
    folder = RunFolder(final)
    done = folder.begin(built, resume, fresh)
    asked = []

    def should_stop():
        asked.append(1)
        return stop_after is not None and len(asked) > stop_after

    outcome = simulate(built, folder, RunSettings(workers=workers), done, should_stop=should_stop)
    found = outputs.write(outcome, folder.work, lambda what, share: None)
    if outcome.is_whole:
        folder.finish()
    else:
        folder.interrupt()
    return outcome, found


def digests(folder):
    """Return a hash of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the folder of one whole run, its outcome and figures."""
    final = tmp_path_factory.mktemp("whole") / "sky"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "observe", made_sky.see_all)
        outcome, found = run(made_sky.built(), final)
    return final, outcome, found


def test_the_folder_holds_what_a_run_leaves(whole):
    final, _, _ = whole
    assert sorted(digests(final)) == [
        "log.jsonl",
        "pages/far.html",
        "pages/north.html",
        "pages/south.html",
        "picture.png",
        "plots.parquet",
        "report.html",
        "reports.parquet",
        "sites.png",
        "summary.json",
        "tracks.parquet",
        "truth.parquet",
    ]
    assert sorted(p.name for p in final.parent.iterdir()) == ["sky"]


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(whole, tmp_path):
    final, _, _ = whole
    run(made_sky.built(), tmp_path / "sky", workers=3)
    assert digests(tmp_path / "sky") == digests(final)


def test_another_seed_gives_other_plots_and_another_seal(whole, tmp_path):
    _, outcome, _ = whole
    other, _ = run(made_sky.built(seed=2), tmp_path / "sky")
    assert other.seal != outcome.seal


def test_an_interrupted_run_keeps_what_was_recorded_and_resumes_to_the_same_bytes(whole, tmp_path):
    final, outcome, _ = whole
    part, found = run(made_sky.built(), tmp_path / "sky", stop_after=2)
    stopped = tmp_path / "sky.interrupted"
    assert [p.name for p in tmp_path.iterdir()] == ["sky.interrupted"]
    assert not found["is_whole"] and not part.is_whole
    assert part.end_s == made_sky.BEGIN_S + 2 * windows.WINDOW_S
    early = outcome.seen.received_s < part.end_s
    assert len(part.seen.plots) == early.sum()
    assert json.loads((stopped / "summary.json").read_text())["end_s"] == part.end_s
    assert "interrupted" in (stopped / "report.html").read_text()
    run(made_sky.built(), tmp_path / "sky", resume=True)
    assert [p.name for p in tmp_path.iterdir()] == ["sky"]
    assert digests(tmp_path / "sky") == digests(final)


def test_a_killed_run_resumes_from_its_recorded_windows(whole, tmp_path, monkeypatch):
    final, _, _ = whole
    built = made_sky.built()
    calls = []

    def dies(*given):
        calls.append(given)
        if len(calls) > 5:
            raise MemoryError
        return made_sky.see_all(*given)

    monkeypatch.setattr(windows, "observe", dies)
    with pytest.raises(MemoryError):
        run(built, tmp_path / "sky")
    assert [p.name for p in tmp_path.iterdir()] == ["sky.part"]
    seen_again = []
    monkeypatch.setattr(
        windows, "observe", lambda *given: seen_again.append(given) or made_sky.see_all(*given)
    )
    run(built, tmp_path / "sky", resume=True)
    spans, sensors = windows.windows(built), len(built.sensors)
    assert len(seen_again) == (len(spans) - 1) * sensors
    assert digests(tmp_path / "sky") == digests(final)


def test_resuming_another_scenario_or_seed_is_refused(tmp_path):
    run(made_sky.built(), tmp_path / "sky", stop_after=1)
    with pytest.raises(InputError, match=r"state\.json: seed: 1; wanted 2"):
        RunFolder(tmp_path / "sky").begin(made_sky.built(seed=2), resume=True)
    changed = dataclasses.replace(made_sky.built(), digest="f" * 16)
    with pytest.raises(InputError, match="digest"):
        RunFolder(tmp_path / "sky").begin(changed, resume=True)


def test_a_damaged_window_is_told_by_its_name(tmp_path):
    run(made_sky.built(), tmp_path / "sky", stop_after=2)
    path = tmp_path / "sky.interrupted" / "windows" / "000001.npz"
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(InputError, match=r"000001\.npz: .*whole \(run without --resume\)"):
        run(made_sky.built(), tmp_path / "sky", resume=True)


def test_there_is_an_error_where_nothing_is_to_be_resumed(tmp_path):
    with pytest.raises(InputError, match="nothing to resume"):
        RunFolder(tmp_path / "sky").begin(made_sky.built(), resume=True)


def test_a_folder_that_is_no_run_is_not_written_over(tmp_path):
    (tmp_path / "sky").mkdir()
    (tmp_path / "sky" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="something that is no run"):
        RunFolder(tmp_path / "sky").begin(made_sky.built(), resume=False)
    assert (tmp_path / "sky" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("beside", ["thesis.txt", "pictures"])
def test_nor_is_one_with_a_run_and_something_beside_it(whole, tmp_path, beside):
    final, _, _ = whole
    shutil.copytree(final, tmp_path / "sky")
    (tmp_path / "sky" / beside).mkdir()
    with pytest.raises(InputError, match="something that is no run"):
        RunFolder(tmp_path / "sky").check()


def test_nor_is_what_another_command_left(tmp_path):
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(InputError, match="something that is no run"):
        RunFolder(tmp_path).check()


@pytest.mark.parametrize("name", ["/", "."])
def test_neither_the_root_nor_a_folder_in_use_can_be_a_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"wanted a (folder of its own|new folder)"):
        RunFolder(pathlib.Path(name)).check()


def test_what_an_interrupted_run_recorded_is_not_thrown_away_unasked(tmp_path):
    run(made_sky.built(), tmp_path / "sky", stop_after=1)
    with pytest.raises(InputError, match="--resume goes on from there, --fresh throws it away"):
        run(made_sky.built(), tmp_path / "sky")
    assert (tmp_path / "sky.interrupted" / "summary.json").is_file()


def test_a_run_of_another_jointsky_is_not_resumed(tmp_path, monkeypatch):
    run(made_sky.built(), tmp_path / "sky", stop_after=1)
    monkeypatch.setattr(folder_module, "kernel_digest", lambda: "another")
    with pytest.raises(InputError, match=r"state\.json: jointsky: .*run without --resume"):
        RunFolder(tmp_path / "sky").begin(made_sky.built(), resume=True)


def test_a_former_run_is_replaced_only_when_the_new_one_is_whole(whole, tmp_path):
    final, _, _ = whole
    target = tmp_path / "sky"
    run(made_sky.built(), target)
    run(made_sky.built(seed=2), target, stop_after=1)
    assert digests(target) == digests(final)
    run(made_sky.built(seed=2), target, fresh=True)
    assert digests(target) != digests(final)
    assert [p.name for p in tmp_path.iterdir()] == ["sky"]


def test_tables_come_back_and_plots_tell_whose_they_were(whole):
    final, outcome, _ = whole
    plots, sensors, _ = read_record(final / "plots.parquet", Plots)
    assert np.array_equal(plots.range_m, outcome.seen.plots.range_m)
    assert [sensor.name for sensor in sensors] == [s.name for s in outcome.built.sensors]
    truth_id = pq.read_table(final / "plots.parquet")["truth_id"].to_pylist()
    names = outcome.built.surroundings.vehicles.name
    assert truth_id == [None if k < 0 else names[k] for k in outcome.seen.vehicle.tolist()]
    tracks, systems, _ = read_record(final / "tracks.parquet", Tracks)
    assert len(tracks) == sum(len(part) for part in outcome.tracks.values())
    for site, part in outcome.tracks.items():
        mine = tracks.rows(tracks.source == len(sensors) + site)
        assert systems[len(sensors) + site].name == outcome.built.sites[site].name
        assert np.allclose(mine.latitude_rad, part.latitude_rad, rtol=1e-15)  # degrees in between
        bits = np.bitwise_or.reduce(mine.sensors, axis=0) if len(mine) else np.zeros(1, np.uint64)
        own = [k for k, s in enumerate(outcome.built.sensors) if s.site == site]
        assert int(bits[0]) in (0, 1 << own[0])


def test_no_site_is_told_of_truth_or_of_anothers_plots(whole):
    _, outcome, _ = whole
    far = next(k for k, site in enumerate(outcome.built.sites) if site.name == "far")
    plots = outcome.seen.plots
    assert len(outcome.tracks[far]) == 0 or (plots.sensor == far).any()


def test_what_is_received_after_the_end_is_not_there(whole):
    _, outcome, _ = whole
    assert outcome.seen.received_s.max() < outcome.built.end_s
    assert (np.diff(outcome.seen.received_s) >= 0).all()


def test_the_log_tells_of_sites_tracks_and_reports_and_its_seals_hold(whole):
    final, outcome, found = whole
    entries = read_log(final / "log.jsonl")
    assert entries[-1].seal == found["log_seal"] == outcome.seal
    kinds = [entry.kind for entry in entries]
    assert kinds[0] == "run-begins" and kinds[-1] == "run-ends"
    assert kinds.count("site-begins") == 3
    begun = {(e.site, e.facts["track"]) for e in entries if e.kind == "track-begins"}
    told = {
        (outcome.built.sites[site].name, str(number))
        for site, tracks in outcome.tracks.items()
        for number in np.unique(tracks.track_number[tracks.status != 0])
    }
    assert told and told <= begun  # what begins and ends between two pictures is in none
    reports = [entry for entry in entries if entry.kind == "people-report"]
    assert reports and all(entry.facts["words"] == "something flew" for entry in reports)
    assert replayed(entries, "log").differences == ()  # a person's report is no unit's
    assert not [e for e in entries if "f0" in str(e.facts) or "civil" in str(e.facts)]


def test_figures_are_those_of_the_scorer(whole):
    final, outcome, found = whole
    north = found["sites"][0]
    assert north["completeness"] > 0.9 and north["spuriousness"] < 0.05
    assert 10.0 < north["horizontal_rms_m"] < 200.0
    assert found["sites"][2]["view_share"] < 0.2 < north["view_share"]
    tracks = outcome.tracks[0]
    again = score(tracks, final / "truth.parquet", ScoreOptions(dims=2))
    # all of the sky is asked for here, and so is what was held just before and after it was in view
    assert 0.0 <= again.siap["completeness"] - north["held_share"] < 0.05
    assert found["plots"] == len(outcome.seen.plots)
    assert found["false_plots"] == (outcome.seen.vehicle < 0).sum()
    assert sum(s["plots"] for s in found["sensors"]) == found["plots"]


def test_the_tracks_of_one_site_are_scored_by_its_name(whole):
    final, outcome, _ = whole
    with pytest.raises(InputError, match="tracks of 3 systems: north, south, far"):
        score(final, final / "truth.parquet")
    named = score(final, final / "truth.parquet", ScoreOptions(tracks_source="north"))
    own = score(outcome.tracks[0], final / "truth.parquet", ScoreOptions(dims=2))
    assert named.siap["completeness"] == pytest.approx(own.siap["completeness"])


def test_a_scenario_without_sensors_or_vehicles_runs(tmp_path):
    built = made_sky.built(duration_s=40.0)
    outcome, found = run(dataclasses.replace(built, sensors=[]), tmp_path / "blind")
    assert found["plots"] == 0 and outcome.tracks == {}


def test_the_seal_does_not_hang_on_the_hash_seed(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import pathlib\n"
        "from sim import made_sky\n"
        "from jointsky.sim import windows\n"
        "from jointsky.sim.folder import RunFolder\n"
        "from jointsky.sim.run import RunSettings, simulate\n"
        "windows.observe = made_sky.see_all\n"
        "built = made_sky.built(duration_s=60.0)\n"
        "folder = RunFolder(pathlib.Path(sys.argv[2]))\n"
        "folder.begin(built, False)\n"
        "print(simulate(built, folder, RunSettings()).seal)\n"
    )
    tests = os.path.dirname(os.path.dirname(os.path.abspath(made_sky.__file__)))
    seals = set()
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code, tests, str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        seals.add(done.stdout.strip())
    assert len(seals) == 1
