"""``jointsky systems``: the catalogue in tables and one entry whole."""

import json

import pytest

from jointsky.cli.main import main
from jointsky.cli.systems_text import aligned
from jointsky.scenario.systems import catalogue


def run(capsys, *words):
    code = main(["systems", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_list_names_every_system_once(capsys):
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    named = [line.split()[0] for line in out.splitlines() if line]
    for name in catalogue().systems:
        assert named.count(name) == 1


def test_a_kind_lists_its_own_only(capsys):
    _, out, _ = run(capsys, "--kind", "battery", "--json")
    listed = json.loads(out)["systems"]
    assert [it["name"] for it in listed] == list(catalogue().of_kind("battery"))
    assert listed[0]["figures"]["read"] >= 6


def test_one_system_shows_every_figure_with_unit_and_source(capsys):
    code, out, _ = run(capsys, "tor-m2k-battery")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert ["weapons[0].range_max_km", "12", "km", "read"] in [line[:4] for line in lines]
    assert ["reaction_s", "8", "s", "recalled"] in [line[:4] for line in lines]
    assert "MZKT-6922 (6x6)" in out
    assert "check before use" in out and "conflict: 15 km" in out and "polskieradio.pl" in out
    for figure in catalogue().figures("tor-m2k-battery"):
        if figure.value is not None and figure.value != ():
            assert figure.path in out


def test_one_system_as_json_carries_its_sources(capsys):
    _, out, _ = run(capsys, "civil-approach", "--json")
    told = json.loads(out)
    assert (told["name"], told["kind"]) == ("civil-approach", "sensor")
    power = {figure["path"]: figure for figure in told["figures"]}["equation.peak_power_kw"]
    assert (power["value"], power["unit"], power["is_default"]) == (25.0, "kW", False)
    assert power["source"]["reference"]["publisher"] == "Federal Aviation Administration"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tor-m2k"], "no system 'tor-m2k'; wanted one of the catalogue (did you mean 'tor-m2k-"),
        (["zzz"], "(`jointsky systems` lists them)"),
        (["fighter", "--kind", "sensor"], "'fighter' is a vehicle; wanted a sensor"),
    ],
)
def test_a_wrong_name_is_bad_input(capsys, words, said):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_columns_of_numbers_stand_right_and_texts_left():
    assert aligned([("a", "b"), ("xx", "-1"), ("y", "22")]) == ["a    b", "xx  -1", "y   22"]
