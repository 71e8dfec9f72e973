"""The JSON Schema that editors complete by holds what shipped scenarios say, and little else."""

import functools
import json
import pathlib

import jsonschema
import msgspec
import pytest

from jointsky.cli.main import main
from jointsky.declare_include import read_joined
from jointsky.declare_tree import read_tree
from jointsky.scenario.scenario import Scenario
from jointsky.scenario.schema import schema

ROOT = pathlib.Path(__file__).parents[2]
SHIPPED = sorted(
    path for path in (ROOT / "scenarios").glob("*.yaml") if ".study" not in path.suffixes
)
PARTS = sorted((ROOT / "scenarios" / "union-sky").glob("*.yaml"))
BROKEN = pathlib.Path(__file__).parent / "broken"
OF_SHAPE = (  # what is wrong with these a schema can see
    "latitude-91",
    "wrong-unit-of-a-field",
    "number-with-its-unit",
    "something-missing",
    "texts-and-numbers",
    "kind-of-flight",
    "ten-faults",
    "list-at-top",
)


@functools.cache
def validator(is_part=False):
    made = jsonschema.Draft202012Validator(json.loads(json.dumps(schema(is_part))))
    made.check_schema(made.schema)
    return made


def test_there_are_scenarios_to_look_at():
    assert len(SHIPPED) >= 2
    assert len(PARTS) >= 3


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_is_valid_alone_and_with_its_parts(path):
    tree = read_joined(path)
    assert tree.errors == []
    assert list(validator().iter_errors(tree.content)) == []
    assert list(validator().iter_errors(read_tree(path).content)) == []


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)
def test_a_shipped_part_is_a_valid_part_and_no_scenario(path):
    content = read_tree(path).content
    assert list(validator(is_part=True).iter_errors(content)) == []
    assert list(validator().iter_errors(content)) != []


@pytest.mark.parametrize("name", OF_SHAPE)
def test_a_scenario_of_the_wrong_shape_is_not_valid(name):
    assert list(validator().iter_errors(read_tree(BROKEN / f"{name}.yaml").content)) != []


def fields(made):
    for name, thing in made["$defs"].items():
        for field, said in thing.get("properties", {}).items():
            yield f"{name}.{field}", said


def test_every_section_says_what_it_is():
    root = schema()["$defs"]["Scenario"]
    names = [field.encode_name for field in msgspec.structs.fields(Scenario)]
    assert list(root["properties"]) == [*names, "include"]
    for name, said in root["properties"].items():
        assert said.get("description"), name


def test_types_of_the_catalogue_are_offered_and_others_allowed():
    made = schema()["$defs"]
    offered, free = made["SensorAt"]["properties"]["type"]["anyOf"]
    assert "gap-filler" in offered["enum"]
    assert free == {"type": "string"}
    assert "airliner-narrow" in made["Vehicle"]["properties"]["type"]["anyOf"][0]["enum"]


def test_the_command_prints_or_writes_it(capsys, tmp_path):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(schema()))
    assert main(["schema", "--out", str(tmp_path / "new"), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    part = json.loads((tmp_path / "new" / "part.schema.json").read_text(encoding="utf-8"))
    assert part["$defs"]["Scenario"]["required"] == []
    assert main(["schema", "--out", str(tmp_path / "new" / "part.schema.json")]) == 2
    assert "a folder to write to" in capsys.readouterr().err
