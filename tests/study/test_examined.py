"""A study's file is checked, and completed by editors, before anything runs."""

import json
import pathlib

import jsonschema
import pytest

from jointsky.cli.main import main
from jointsky.declare_tree import read_tree
from jointsky.study.examined import is_study, schema

SCENARIOS = pathlib.Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(SCENARIOS.glob("*.study.yaml"))
STUDY = f"""\
name: seats
scenario: {SCENARIOS / "two-towns.yaml"}
factors:
  - {{name: seats, paths: ["duty.posts[*].crew.seats"], levels: [1, 3]}}
  - {{name: delay, paths: ["links[joint].delay_s"], levels: [0, 2]}}
responses:
  - {{name: shots, figure: shots}}
runs: {{least: 50, most: 400}}
"""


@pytest.fixture
def file(tmp_path):
    def write(*changes):
        text = STUDY
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "x.study.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def validator():
    made = jsonschema.Draft202012Validator(json.loads(json.dumps(schema())))
    made.check_schema(made.schema)
    return made


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_studies_are_valid_by_the_schema(path):
    assert is_study(path)
    assert [error.message for error in validator().iter_errors(read_tree(path).content)] == []


@pytest.mark.parametrize(
    "change",
    [("levels: [1, 3]", "levls: [1, 3]"), ("least: 50", "least: 0"), ("name: seats\n", "")],
)
def test_what_the_shape_of_a_study_forbids_the_schema_sees(change, file):
    assert list(validator().iter_errors(read_tree(file(change)).content))


def test_the_schema_is_printed_and_written_with_the_others(capsys, tmp_path):
    assert main(["schema", "--study"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "jointsky study"
    assert main(["schema", "--out", str(tmp_path), "--quiet"]) == 0
    written = json.loads((tmp_path / "study.schema.json").read_text(encoding="utf-8"))
    assert written["$defs"]["Study"]["required"] == ["name", "scenario", "factors", "responses"]


def test_a_study_without_faults_tells_its_points_and_runs(file, capsys):
    assert main(["check", file()]) == 0
    printed = capsys.readouterr().out
    assert "points     4 (factorial)" in printed and "runs       200 to 1,600" in printed
    assert "factor     seats: 1; 3" in printed and printed.endswith("no faults\n")


def test_all_faults_of_a_study_are_told_with_those_of_its_levels(file, capsys):
    path = file(("crew.seats", "crew.seets"), ("levels: [0, 2]", "levels: [0, -1]"))
    assert main(["check", path, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["contents"] is None and {one["file"] for one in told["faults"]} == {path}
    words = [f"{one['path']} {one['found']} {one['hint']}" for one in told["faults"]]
    assert any("factors[0]" in one and "did you mean 'seats'?" in one for one in words)
    assert any("factors[1] (links[joint].delay_s: -1)" in one for one in words)


def test_a_fault_of_the_file_itself_has_its_line(file, capsys):
    assert main(["check", file(("levels: [1, 3]", "levls: [1, 3]")), "--quiet"]) == 2
    assert "x.study.yaml:4: factors[0].levls: no field" in capsys.readouterr().out


def test_a_scenario_that_is_not_there_is_a_fault_of_its_study(file, capsys):
    assert main(["check", file(("two-towns.yaml", "no-towns.yaml")), "--quiet"]) == 2
    assert "no-towns.yaml" in capsys.readouterr().out


def test_a_figure_that_no_run_has_is_told_before_any_is_made(file, capsys):
    path = file(
        (
            "  - {name: shots, figure: shots}\n",
            "  - {name: shots, figure: shoots, of: cost}\n"
            "  - {name: alerts, figure: alerts.west.border}\n"
            "rare: [{name: many, figure: leeked, at_least: 4}]\n",
        )
    )
    assert main(["check", path]) == 2
    printed = capsys.readouterr().out
    assert "responses[0].figure: 'shoots' is no figure" in printed
    assert "responses[0].of: 'cost' is no number" in printed
    assert "rare[0].figure: 'leeked' is no figure" in printed and "'leaked'" in printed
    assert "responses[1]" not in printed  # which alerts there are only runs can tell
