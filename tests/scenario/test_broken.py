"""Broken scenarios: each says what is wrong with it, where, and what to do."""

import json
import pathlib

import pytest

from jointsky.cli.main import main
from jointsky.errors import ManyInputErrors
from jointsky.scenario.load import examine, load

FOLDER = pathlib.Path(__file__).parent / "broken"
BROKEN = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_there_are_more_than_twenty():
    assert len(BROKEN) >= 20


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_scenario_says_what_is_wrong(name, monkeypatch):
    monkeypatch.chdir(FOLDER)
    wanted = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    errors = examine(f"{name}.yaml").errors
    assert "\n".join(map(str, errors)) + "\n" == wanted
    for error in errors:
        assert pathlib.Path(error.file).exists()
        assert error.found
        assert error.wanted or error.hint or " must " in error.found


def test_ten_faults_are_ten_errors(monkeypatch):
    monkeypatch.chdir(FOLDER)
    with pytest.raises(ManyInputErrors) as caught:
        load("ten-faults.yaml")
    assert len(caught.value.errors) == 10


def test_the_command_prints_each_fault_and_exits_2(capsys, monkeypatch):
    monkeypatch.chdir(FOLDER)
    assert main(["check", "ten-faults.yaml", "--quiet"]) == 2
    printed = capsys.readouterr()
    assert printed.out == (FOLDER / "ten-faults.txt").read_text(encoding="utf-8")
    assert printed.err == ""


def test_the_command_tells_faults_as_json(capsys, monkeypatch):
    monkeypatch.chdir(FOLDER)
    assert main(["check", "latitude-91.yaml", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["contents"] is None
    assert told["faults"][0] == {
        "file": "latitude-91.yaml",
        "line": 8,
        "path": "sites[0].latitude_deg",
        "found": "found 91",
        "wanted": "a number from -90 to 90",
        "hint": "is it the longitude? Latitude comes first",
    }


def test_what_is_not_there_is_told_as_such(tmp_path, capsys):
    assert main(["check", str(tmp_path / "no.yaml")]) == 2
    assert "no such file or directory; wanted a YAML file" in capsys.readouterr().out
    assert main(["check", str(tmp_path)]) == 2
    assert "is a folder; wanted a YAML file" in capsys.readouterr().out
