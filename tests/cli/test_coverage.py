"""jointsky coverage: one picture, one GeoJSON, one summary; bad input said clearly."""

import json

import pytest

from jointsky.cli.main import main

SCENARIO = """\
name: two radars
nations: [{name: west}, {name: east}]
sites:
  - name: hill
    nation: west
    latitude_deg: 54.0
    longitude_deg: 27.0
    sensors: [{name: hill-radar, type: civil-approach, above_ground_m: 30}]
  - name: lake
    nation: east
    latitude_deg: 54.2
    longitude_deg: 28.2
    sensors:
      - {name: lake-radar, type: gap-filler, above_ground_m: 20}
      - {name: lake-people, type: observer}
"""


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def run(capsys, *words):
    code = main(["coverage", *map(str, words)])
    return code, *capsys.readouterr()


def test_it_writes_a_picture_outlines_and_figures(scenario, tmp_path, capsys):
    out = tmp_path / "out"
    code, printed, _ = run(
        capsys, scenario, "--height", "1000,100", "--cell-km", 2, "--out", out, "--json", "--quiet"
    )
    assert code == 0
    figures = json.loads(printed)
    assert [row["height_m"] for row in figures["heights"]] == [100.0, 1000.0]
    low, high = (row["seen_km2"] for row in figures["heights"])
    assert 0 < low < high
    assert figures["left_out"] == {"lake-people": "no radar"}
    assert figures["target"] == "1 m², Swerling 1"
    assert (out / "coverage.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((out / "coverage.geojson").read_text())["type"] == "FeatureCollection"
    written = json.loads((out / "summary.json").read_text())
    assert written == {key: value for key, value in figures.items() if key != "seconds"}


def test_a_person_gets_a_table_and_who_is_left_out(scenario, tmp_path, capsys):
    code, printed, _ = run(
        capsys, scenario, "--height", 300, "--type", "small-quadcopter", "--cell-km", 3,
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0
    assert "2 radars, small-quadcopter, as seen from all sides" in printed
    assert "left out: 1 (no radar)" in printed
    assert "300 m" in printed


def test_less_cross_section_is_seen_in_less_of_the_sky(scenario, tmp_path, capsys):
    seen = []
    for rcs_dbsm in (10, -10, -30):
        _, printed, _ = run(
            capsys, scenario, "--height", 3000, "--rcs-dbsm", rcs_dbsm, "--cell-km", 3,
            "--out", tmp_path / "out", "--json", "--quiet",
        )  # fmt: skip
        seen.append(json.loads(printed)["heights"][0]["seen_km2"])
    assert seen[0] > seen[1] > seen[2] > 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--height", "low"], "--height: 'low'; wanted metres, as 50,100"),
        (["--height", "-5"], "--height: '-5'; wanted metres from 0"),
        (["--height", "1,2,3,4,5,6,7,8,9"], "9 heights; wanted at most 8"),
        (["--pd", "1"], "--pd: 1; wanted a probability above 0 and below 1"),
        (["--cell-km", "0"], "--cell-km: 0; wanted 0.05 to 100"),
        (["--rcs-dbsm", "nan"], "--rcs-dbsm: nan; wanted -80 to 80"),
        (["--type", "quadcoptr"], "'quadcoptr' is no vehicle type"),
        (["--type", "gap-filler"], "'gap-filler' is a sensor type"),
        (["--type", "fpv-drone", "--rcs-dbsm", "1"], "--rcs-dbsm or --swerling beside it"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(scenario, tmp_path, capsys, words, says):
    code, printed, error = run(capsys, scenario, *words, "--out", tmp_path / "out", "--quiet")
    assert code == 2
    assert printed == ""
    assert says in error.replace("\n", " ")
    assert not (tmp_path / "out").exists()


def test_a_network_that_sees_nothing_is_bad_input(tmp_path, capsys):
    path = tmp_path / "deaf.yaml"
    path.write_text(
        SCENARIO.replace("civil-approach", "observer").replace("gap-filler", "observer")
    )
    code, _, error = run(capsys, path, "--quiet", "--out", tmp_path / "out")
    assert code == 2
    assert "none of 3 sensors counts: no radar; wanted a radar at a site" in error.replace(
        "\n", " "
    )
