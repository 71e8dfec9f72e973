"""The drone over the city, made short: nothing is fired, and nobody's flight is proposed."""

import json
import pathlib

import pytest

from jointsky.cli.main import main
from jointsky.store.log import read_log

SKY = pathlib.Path(__file__).parents[2] / "scenarios" / "minsk-drone.yaml"
SHORT = [
    ("duration_s: 1500", "duration_s: 120"),
    ('start: "+2min"', "start: 0"),
    ('start: "+1min"', "start: 0"),
    # it begins near the city, so that it is in the city's air within the time
    ("{latitude_deg: 53.85, longitude_deg: 27.52,", "{latitude_deg: 53.88, longitude_deg: 27.56,"),
]


SURE_AND_WITHOUT_JAMMER = [
    ("answer_s: 8}", "answer_s: 8, confirms_at: 0.45}"),
    ("      - {name: minsk-jamming, type: jamming-layer}\n", ""),
]


def run(folder, changes):
    """Run the scenario with changes of its text by the command; return the run's folder."""
    text = SKY.read_text(encoding="utf-8")
    for was, now in changes:
        assert was in text, f"the shipped scenario says {was!r} no more"
        text = text.replace(was, now)
    (folder / "short.yaml").write_text(text, encoding="utf-8")
    given = ["--out", str(folder / "run"), "--workers", "1", "--quiet"]
    assert main(["run", str(folder / "short.yaml"), *given]) == 0
    return folder / "run"


def figures(folder):
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))["duty"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of the short run."""
    return run(tmp_path_factory.mktemp("minsk"), SHORT)


def test_nothing_is_fired_over_the_city(made):
    duty = figures(made)
    assert duty["hostile"] == 1 and duty["targets"][0]["tracked"] is not None
    assert duty["orders"] == duty["shots"] == 0
    assert not [entry for entry in read_log(made / "log.jsonl") if entry.kind == "unit"]


def test_guns_stay_silent_over_the_city_though_both_crews_are_sure(tmp_path):
    duty = figures(run(tmp_path, SHORT + SURE_AND_WITHOUT_JAMMER))
    assert duty["targets"][0]["confirmed"] is not None
    assert duty["shots_by_unit"] == {"minsk-guns": {"burst": 0}}
    assert duty["proposals"] == duty["orders"] == 0


def test_no_flight_of_others_is_proposed_to_anybody(made):
    civil = figures(made)["civil"]["civil"]
    assert civil["tracked"] > 0
    assert civil["proposed"] == civil["ordered"] == 0


def test_an_unknown_drone_in_the_city_is_an_incident_with_a_page(made):
    entries = read_log(made / "log.jsonl")
    alerts = {entry.facts["of"] for entry in entries if entry.kind == "alert-raised"}
    assert "unknown-drone" in alerts
    opened = [entry for entry in entries if entry.kind.startswith("incident-")]
    assert opened
    assert len(list(made.rglob("incident.html"))) >= 1
