"""The command run: from a scenario file to a folder, and how it ends."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from jointsky.cli.main import main

SCENARIOS = pathlib.Path(__file__).parents[2] / "scenarios"
FIRST = SCENARIOS / "first-sky.yaml"


def short(folder, duration_s=90):
    """Return a copy of the first sky that lasts less long."""
    text = FIRST.read_text(encoding="utf-8").replace("duration_s: 600", f"duration_s: {duration_s}")
    path = folder / "short-sky.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_json_is_one_object_and_the_folder_is_whole(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", str(short(tmp_path)), "--out", str(out), "--quiet", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["out"] == str(out) and told["is_whole"]
    summary = json.loads((out / "summary.json").read_text())
    assert {name: told[name] for name in summary} == summary
    assert {site["name"] for site in told["sites"]} == {"hill", "lake"}
    assert (out / "report.html").is_file() and (out / "pages" / "hill.html").is_file()


def test_the_table_fits_a_terminal(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", str(short(tmp_path)), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "hill" in printed and "sky in view" in printed
    assert all(len(line) <= 80 for line in printed.splitlines() if "─" in line)


def test_the_seed_names_the_folder_and_changes_the_plots(tmp_path, capsys, monkeypatch):
    path = short(tmp_path)
    monkeypatch.chdir(tmp_path)
    seals = []
    for seed in ("3", "4"):
        assert main(["run", str(path), "--seed", seed, "--quiet", "--json"]) == 0
        seals.append(json.loads(capsys.readouterr().out)["log_seal"])
        assert (tmp_path / "out" / f"short-sky-{seed}" / "summary.json").is_file()
    assert seals[0] != seals[1]


def test_a_faulty_scenario_is_told_whole_and_writes_nothing(tmp_path, capsys):
    path = tmp_path / "bad.yaml"
    text = FIRST.read_text(encoding="utf-8").replace("type: helicopter", "type: helicoptr")
    path.write_text(text.replace("latitude_deg: 54.2\n", "latitude_deg: 154.2\n"), encoding="utf-8")
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert "helicoptr" in told and "154.2" in told
    assert [entry.name for entry in tmp_path.iterdir()] == ["bad.yaml"]


def test_no_worker_at_all_is_refused(capsys):
    with pytest.raises(SystemExit) as left:
        main(["run", str(FIRST), "--workers", "0"])
    assert left.value.code == 2
    assert "at least 1" in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["-1", "x", "1e3", "9007199254740992", "9" * 5000])
def test_a_seed_that_no_scenario_may_have_is_refused(seed, capsys):
    with pytest.raises(SystemExit) as left:
        main(["run", str(FIRST), f"--seed={seed}"])
    assert left.value.code == 2
    assert "wanted a whole number from 0 to 9007199254740991" in capsys.readouterr().err


def test_an_interruption_keeps_what_was_recorded_and_resumes(tmp_path):
    path, out = short(tmp_path, 36_000), tmp_path / "out"
    command = [sys.executable, "-m", "jointsky", "run", str(path), "--out", str(out), "--quiet"]
    started = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ)
    windows = tmp_path / "out.part" / "windows"
    for _ in range(3000):
        if windows.is_dir() and any(windows.iterdir()):
            break
        time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    _, told = started.communicate(timeout=300)
    assert started.returncode == 130, told
    assert b"interrupted at" in told and b"--resume" in told
    stopped = tmp_path / "out.interrupted"
    summary = json.loads((stopped / "summary.json").read_text())
    assert not summary["is_whole"] and summary["plots"] > 0
    assert not out.exists()
