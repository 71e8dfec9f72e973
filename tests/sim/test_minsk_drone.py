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


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of the short run, made by the command."""
    folder = tmp_path_factory.mktemp("minsk")
    text = SKY.read_text(encoding="utf-8")
    for was, now in SHORT:
        assert was in text, f"the shipped scenario says {was!r} no more"
        text = text.replace(was, now)
    (folder / "short.yaml").write_text(text, encoding="utf-8")
    given = ["--out", str(folder / "run"), "--workers", "1", "--quiet"]
    assert main(["run", str(folder / "short.yaml"), *given]) == 0
    return folder / "run"


def test_nothing_is_fired_over_the_city(made):
    duty = json.loads((made / "summary.json").read_text(encoding="utf-8"))["duty"]
    assert duty["hostile"] == 1 and duty["targets"][0]["tracked"] is not None
    told = [entry.facts for entry in read_log(made / "log.jsonl") if entry.kind == "unit"]
    assert [facts for facts in told if "guns" in str(facts)] == []
    assert duty["shots_at_others"] == 0


def test_no_flight_of_others_is_proposed_to_anybody(made):
    duty = json.loads((made / "summary.json").read_text(encoding="utf-8"))["duty"]
    civil = duty["civil"]["civil"]
    assert civil["tracked"] > 0
    assert civil["proposed"] == civil["ordered"] == 0


def test_an_unknown_drone_in_the_city_is_an_incident_with_a_page(made):
    entries = read_log(made / "log.jsonl")
    alerts = {entry.facts["kind"] for entry in entries if entry.kind == "alert"}
    assert "unknown-drone" in alerts
    opened = [entry for entry in entries if entry.kind == "incident"]
    assert opened
    assert len(list(made.rglob("incident.html"))) >= 1
