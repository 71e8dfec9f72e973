from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from jointsky import declare
from jointsky.errors import InputError


class Radar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A radar."""

    rotation_period_s: Annotated[float, Meta(gt=0, description="Time of one turn")]
    names: dict[str, int] = {}


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site."""

    radars: list[Radar] = []


def error_of(tmp_path, text, kind=Site):
    path = tmp_path / "site.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        declare.read(path, kind)
    return str(caught.value).removeprefix(str(path))


def test_a_file_becomes_the_declared_thing(tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text("radars:\n  - rotation_period_s: 4\n    names: {a: 1}\n")
    assert declare.read(path, Site) == Site(radars=[Radar(rotation_period_s=4.0, names={"a": 1})])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "radars: [{rotation_period_s: -1}]",
            ": radars[0].rotation_period_s: Expected `float` > 0.0",
        ),
        (
            "radars: [{rotation_period: 1}]",
            ": radars[0]: Object contains unknown field `rotation_period`"
            " (did you mean 'rotation_period_s'?)",
        ),
        ("radars: [{rotation_period_s: x}]", "Expected `float`, got `str`"),
        ("radars: [{rotation_period_s: 1, names: {1: 2}}]", "a key of radars[0].names"),
        ("radars: [{rotation_period_s: 1, names: {a: b}}]", ": radars[0].names[...]: Expected"),
        ("[]", ": Expected `object`, got `array`"),
        ("", ": Expected `object`, got `null`"),
        ("a: 1\nb: [", ": line 2: "),
        ("radars: []\nradars: []", ": line 2: 'radars' is given twice"),
        ("d: 2021-13-45", "month must be in 1..12"),
        (b"a: \xff", ": byte 3: not UTF-8 text"),
        ("[" * 100_000, "wanted a YAML file"),
        ("a: !!python/object:os.system x", "line 1: could not determine a constructor"),
    ],
)
def test_a_fault_is_reported_with_its_place(tmp_path, text, said):
    assert said in error_of(tmp_path, text)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        declare.read(tmp_path / "none.yaml", Site)


def test_merged_keys_may_be_overridden(tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text("{radars: [&r {rotation_period_s: 4}, {<<: *r, rotation_period_s: 5}]}")
    assert [r.rotation_period_s for r in declare.read(path, Site).radars] == [4.0, 5.0]


def test_the_schema_tells_bounds_and_meaning():
    schema = declare.schema(Site)
    period = schema["$defs"]["Radar"]["properties"]["rotation_period_s"]
    assert period == {"type": "number", "description": "Time of one turn", "exclusiveMinimum": 0.0}
    assert schema["$schema"].endswith("2020-12/schema")


def test_faults_are_collected_under_their_whole_path():
    faults = declare.Faults()
    site = faults.under("sites[0]")
    site.add("sensors[1].name", "'a' is used twice")
    site.under("links").add("[2]", "no end", "two ends", "name both sites")
    site.add("", "no sensors")
    assert [str(fault) for fault in faults.kept] == [
        "sites[0].sensors[1].name: 'a' is used twice",
        "sites[0].links[2]: no end; wanted two ends (name both sites)",
        "sites[0]: no sensors",
    ]
