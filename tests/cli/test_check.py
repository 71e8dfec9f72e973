"""``jointsky check`` of a scenario without faults says what is in it."""

import json
import pathlib

import pytest

from jointsky.cli.main import main

SCENARIOS = pathlib.Path(__file__).parents[2] / "scenarios"


def test_it_says_what_is_in_a_scenario(capsys):
    assert main(["check", str(SCENARIOS / "first-sky.yaml")]) == 0
    printed = capsys.readouterr().out
    assert "nations   west (1 site), east (1 site)" in printed
    assert "no faults" in printed


def test_quiet_says_nothing_where_nothing_is_wrong(capsys):
    assert main(["check", str(SCENARIOS / "first-sky.yaml"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["first-sky", "union-sky"])
def test_shipped_scenarios_have_no_faults_and_are_counted(name, capsys):
    assert main(["check", str(SCENARIOS / f"{name}.yaml"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["faults"] == []
    contents = told["contents"]
    assert len(contents["nations"]) == 2
    assert contents["duration_s"] > 0
    assert sum(contents["sensors"].values()) >= 2
    assert sum(contents["vehicles"].values()) >= 5
    if name == "union-sky":
        assert contents["sites"] >= 12
        assert contents["links"] and contents["zones"] and contents["batteries"]
        assert len(contents["files"]) > 3
