"""Alerts and incidents of a live node: people's lines, what is refused, the whole way as a user."""

import collections
import contextlib
import json
import time
import types
from collections import deque

import msgspec
import pytest

from assess.alert_tracks import square, tracks
from jointsky.assess.areas import Areas
from jointsky.assess.identification import Identifier
from jointsky.assess.incident_settings import IncidentSettings
from jointsky.assess.model_declared import shipped_model
from jointsky.live.alerting import Alerting
from jointsky.live.load import examine
from jointsky.live.people import Acknowledge, PeopleFile, Told
from jointsky.live.watch_file import read_watch
from jointsky.node.lookout import Lookout
from jointsky.tracking.numbers import label
from live.made import Made, Node, Radars
from live.test_live_files import GOOD

ZONES = """\
zones:
  - {name: town, use: protected, circle: {latitude_deg: 54, longitude_deg: 27, radius_km: 9},
     ceiling_m: 3000, active: [{begin: 2026-05-01T10:00:00Z, end: 2026-05-02T10:00:00Z}]}
"""
CHANGES = {
    "radius_km: 9": ("radius_km: -9", "zones[0].circle.radius_km", ""),
    "ceiling_m: 3000": ("ceiling_m: -300", "zones[0].ceiling_m", "not above its floor"),
    "use: protected": ("use: protected, nation: nrth", "zones[0].nation", "did you mean 'north'"),
    "use: protected ": ("use: protected, height_above: ground", "zones[0].height_above", "sea"),
    "begin: 2026-05-01T10:00:00Z": ("begin: 90", "zones[0].active[0].begin", "a stamp in UTC"),
    "begin: 2026-05-01T": ("begin: 2026-05-03T", "zones[0].active[0].end", "not after `begin`"),
    "name: town": ("nme: town", "zones[0].nme", "did you mean 'name'"),
}


def faults(tmp_path, text):
    path = tmp_path / "live.yaml"
    path.write_text(text)
    return examine(path).errors


def test_zones_are_declared_as_in_a_scenario(tmp_path):
    assert faults(tmp_path, GOOD + ZONES) == []


@pytest.mark.parametrize("words", CHANGES, ids=lambda words: words)
def test_a_fault_of_a_zone_is_told_where_it_stands(tmp_path, words):
    instead, path, told = CHANGES[words]
    text = GOOD + ZONES.replace(words.rstrip(), instead, 1)
    assert any(path in str(error) and told in str(error) for error in faults(tmp_path, text))


def test_lines_of_people_are_read_once_and_those_from_before_are_left_alone(tmp_path):
    path = tmp_path / "people.jsonl"
    path.write_text('{"do": "acknowledge", "alert": 1, "by": "Orsa"}\n')
    file = PeopleFile(path)
    assert file.new() == []
    with path.open("a") as out:
        out.write('{"do": "acknowledge", "alert": 2, "by": "Orsa"}\n{"do": "ackn')
    assert [said for _, said, _ in file.new()] == [Acknowledge(by="Orsa", alert=2)]
    with path.open("a") as out:
        out.write('owledge", "alert": 3, "by": "Orsa"}\n')
    assert [said.alert for _, said, _ in file.new()] == [3]
    assert file.new() == []
    path.write_text('{"do": "acknowledge", "alert": 4, "by": "Orsa"}\n')  # begun anew
    assert [said.alert for _, said, _ in file.new()] == [4]
    path.unlink()
    assert file.new() == []


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"do": "shoot", "by": "Orsa"}',
        '{"do": "acknowledge", "alert": "x", "by": "Orsa"}',
        '{"do": "acknowledge", "alert": 1, "by": ""}',
        '{"do": "report", "by": "Orsa", "latitude_deg": 91, "longitude_deg": 0}',
        '{"do": "report", "by": "O", "latitude_deg": 9, "longitude_deg": 0, "time": "now"}',
        '{"do": "close", "incident": "x", "by": "Orsa", "and": 1}',
    ],
)
def test_a_line_that_cannot_be_taken_says_why(tmp_path, line):
    file = PeopleFile(tmp_path / "people.jsonl")
    (tmp_path / "people.jsonl").write_text(line + "\n")
    ((text, said, why),) = file.new()
    assert (text, said) == (line, None) and why


def test_a_report_has_the_time_that_it_tells_or_that_of_its_coming():
    told = Told(by="Orsa", latitude_deg=54.0, longitude_deg=27.0, time="1970-01-01T00:01:00Z")
    assert told.report(90.0).time_s.tolist() == [60.0]
    assert msgspec.structs.replace(told, time=None).report(90.0).time_s.tolist() == [90.0]


class Brain:
    """What a lookout needs of a node: a picture, a clock, a log."""

    def __init__(self, picture):
        self.picture, self.time_s, self.renamed, self.logged = picture, 0.0, deque(), []
        self.clock = types.SimpleNamespace(now_s=lambda: self.time_s)

    @contextlib.contextmanager
    def held(self):
        yield types.SimpleNamespace(picture=lambda time_s: self.picture)

    def log(self, time_s, kind, facts):
        self.logged.append((kind, facts))


def alerting(tmp_path, picture):
    brain = Brain(picture)
    lookout = Lookout(Areas([square()]), site="hill")
    return brain, Alerting(brain, lookout, tmp_path / "incidents", tmp_path / "people.jsonl")


def look(brain, made, seconds):
    for _ in range(seconds):
        brain.time_s += 1.0
        made.look()


def say(tmp_path, **line):
    with (tmp_path / "people.jsonl").open("a") as file:
        file.write(json.dumps({"by": "Orsa", **line}) + "\n")


def test_people_acknowledge_note_hand_over_and_close_and_the_log_has_it_all(tmp_path):
    brain, made = alerting(tmp_path, tracks((7, 0.0, 0.0, 20.0, 0.0)))
    look(brain, made, 5)
    (one,) = made.shown["incidents"]
    assert {alert["state"] for alert in made.shown["alerts"]} == {"raised"}
    assert (tmp_path / "incidents" / one["id"] / "incident.html").is_file()
    say(tmp_path, do="acknowledge", alert=1)
    say(tmp_path, do="acknowledge", alert=99)
    say(tmp_path, do="add", incident=one["id"], words="patrol is there")
    say(tmp_path, do="hand-over", incident=one["id"], to="police")
    look(brain, made, 1)
    assert [alert["state"] for alert in made.shown["alerts"]] == ["raised", "acknowledged"]
    assert made.shown["incidents"][0]["state"] == "handed over"
    say(tmp_path, do="close", incident=one["id"], why="pilot found")
    say(tmp_path, do="open", title="Another", latitude_deg=54.0, longitude_deg=27.0)
    look(brain, made, 1)
    assert [other["title"] for other in made.shown["incidents"]] == ["Another"]
    page = (tmp_path / "incidents" / one["id"] / "incident.html").read_text()
    assert "pilot found" in page and "patrol is there" in page
    kinds = [kind for kind, _ in brain.logged]
    assert kinds.count("people-line-refused") == 1
    for kind in ("alert-acknowledged", "incident-note", "incident-handed-over", "incident-closed"):
        assert kinds.count(kind) == 1, kind


def test_a_person_says_what_a_track_is_and_may_take_it_back(tmp_path):
    picture = tracks((7, 0.0, 0.0, 20.0, 0.0))
    brain = Brain(picture)
    areas = Areas([square()])
    identifier = Identifier(shipped_model(), areas, ())
    folder, people = tmp_path / "incidents", tmp_path / "people.jsonl"
    made = Alerting(brain, Lookout(areas), folder, people, identifier)
    look(brain, made, 5)
    assert [one["kind"] for one in made.shown["alerts"]] != []
    say(tmp_path, do="identify", track=label(7).lower(), identity="friend", why="it is ours")
    say(tmp_path, do="identify", track="ZZZZZZ", identity="friend")
    look(brain, made, 20)
    assert made.shown["alerts"] == []
    say(tmp_path, do="identify", track="7")
    look(brain, made, 20)
    assert made.shown["alerts"] != []
    kinds = [kind for kind, _ in brain.logged]
    for kind in ("identity-decided", "identity-released", "people-line-refused"):
        assert kinds.count(kind) == 1, kind


def test_a_folder_that_cannot_be_written_is_a_fault_that_is_told_once_and_goes_on(tmp_path):
    brain, made = alerting(tmp_path, tracks((7, 0.0, 0.0, 20.0, 0.0)))
    (tmp_path / "incidents").write_text("a file is in its place")
    look(brain, made, 20)
    assert made.fault.startswith("incidents: ")
    assert [kind for kind, _ in brain.logged].count("incidents-fault") == 1
    (tmp_path / "incidents").unlink()
    look(brain, made, 60)
    assert made.fault == "" and list((tmp_path / "incidents").iterdir())


def test_what_was_merged_keeps_its_alert(tmp_path):
    brain, made = alerting(tmp_path, tracks((7, 0.0, 0.0, 20.0, 0.0)))
    look(brain, made, 5)
    brain.renamed.append((7, 9))
    brain.picture = tracks((9, 0.0, 0.0, 20.0, 0.0))
    look(brain, made, 30)
    assert [kind for kind, _ in brain.logged].count("alert-raised") == 2
    assert "alert-cleared" not in [kind for kind, _ in brain.logged]


def restarted(tmp_path, brain, picture, identifies=True, after_s=20.0, use="protected"):
    """Return the alerting of a node that begins again a while after another one ended."""
    again = Brain(picture)
    again.time_s = brain.time_s + after_s
    areas = Areas([square(use=use)])
    folder, people = tmp_path / "incidents", tmp_path / "people.jsonl"
    identifier = Identifier(shipped_model(), areas, ()) if identifies else None
    made = Alerting(again, Lookout(areas, site="hill"), folder, people, identifier)
    made.begin()
    return again, made


def flown(time_s, number=7):
    """Return a track that flies east through the town."""
    return tracks((number, -2000.0 + 20.0 * time_s, 0.0, 20.0, 0.0), time_s=time_s)


def watch(brain, made, seconds, number=7):
    for _ in range(seconds):
        brain.time_s += 1.0
        brain.picture = flown(brain.time_s, number)
        made.look()


def counted(brain):
    return collections.Counter(kind for kind, _ in brain.logged)


@pytest.mark.parametrize("number", [7, 1234])
def test_after_a_restart_alerts_and_incidents_go_on_and_nothing_is_raised_twice(tmp_path, number):
    brain, made = alerting(tmp_path, tracks())
    watch(brain, made, 30)
    say(tmp_path, do="acknowledge", alert=1)
    watch(brain, made, 20)
    before = made.shown
    assert [one["state"] for one in before["alerts"]] == ["raised", "acknowledged"]
    say(tmp_path, do="acknowledge", alert=2)  # while the node is dead: it was never ended
    again, other = restarted(tmp_path, brain, tracks(), identifies=False)
    watch(again, other, 40, number)
    kinds = counted(again)
    assert kinds["watch-restored"] == 1
    assert kinds["track-regained"] == (number != 7)
    assert not kinds["alert-raised"] and not kinds["alert-cleared"] and not kinds["incident-opened"]
    assert [one["state"] for one in other.shown["alerts"]] == ["acknowledged"] * 2
    assert {one["track"] for one in other.shown["alerts"]} == {label(number)}
    assert [one["id"] for one in other.shown["incidents"]] == [
        one["id"] for one in before["incidents"]
    ]
    other.end()
    (folder,) = (tmp_path / "incidents").iterdir()
    shapes = json.loads((folder / "incident.geojson").read_text())["features"]
    ways = [one["geometry"] for one in shapes if one["geometry"]["type"] == "LineString"]
    points = [point for way in ways for point in way["coordinates"]]
    assert len(points) >= 15, "where it was before the restart is still there"


def test_what_does_not_come_back_after_a_restart_is_cleared_and_its_incident_stays(tmp_path):
    brain, made = alerting(tmp_path, tracks())
    watch(brain, made, 30)
    again, other = restarted(tmp_path, brain, tracks())
    look(again, other, 55)
    assert len(other.shown["alerts"]) == 2, "it may still come back"
    look(again, other, 60)
    assert other.shown["alerts"] == [] and len(other.shown["incidents"]) == 1
    once_more, third = restarted(tmp_path, again, tracks())
    look(once_more, third, 5)
    assert third.shown["alerts"] == [] and len(third.shown["incidents"]) == 1
    assert "incident-track" not in counted(once_more), "that it is gone was told"


def test_what_a_person_decided_outlives_a_restart(tmp_path):
    brain, made = restarted(tmp_path, Brain(tracks()), tracks())
    watch(brain, made, 5)
    say(tmp_path, do="identify", track="7", identity="friend", why="it is ours")
    watch(brain, made, 5)
    again, other = restarted(tmp_path, brain, tracks())
    watch(again, other, 30, 99)
    assert not counted(again)["alert-raised"]
    assert other.shown["alerts"] == []


@pytest.mark.parametrize("down_s", [60.0, 10_800.0])
def test_a_decision_never_goes_over_to_a_stranger(tmp_path, down_s):
    brain, made = restarted(tmp_path, Brain(tracks()), tracks())
    for _ in range(20):
        brain.time_s += 1.0
        brain.picture = tracks((7, -9_000.0, 0.0, 0.0, 0.0), time_s=brain.time_s)
        made.look()
    say(tmp_path, do="identify", track="7", identity="friend", why="our mapping drone")
    made.look()
    again, other = restarted(tmp_path, brain, tracks(), after_s=down_s)
    for k in range(150):
        again.time_s += 1.0
        again.picture = tracks((90, -1_000.0, 60.0 * k - 6_000.0, 0.0, 60.0), time_s=again.time_s)
        other.look()
    assert not counted(again)["track-regained"]


def test_who_crossed_a_border_is_still_over_it_after_a_restart(tmp_path):
    brain, made = restarted(tmp_path, Brain(tracks()), tracks(), use="border")

    def fly(brain, made, seconds):
        for _ in range(seconds):
            brain.time_s += 1.0
            east_m = -7_000.0 + 40.0 * brain.time_s
            brain.picture = tracks((7, east_m, 0.0, 40.0, 0.0), time_s=brain.time_s)
            made.look()

    fly(brain, made, 120)
    assert [one["kind"] for one in made.shown["alerts"]] == ["entry"]
    again, other = restarted(tmp_path, brain, tracks(), after_s=5.0, use="border")
    look(again, other, 10)  # its tracks are not there yet
    fly(again, other, 60)
    assert [one["kind"] for one in other.shown["alerts"]] == ["entry"]
    kinds = counted(again)
    assert not kinds["alert-cleared"] and not kinds["alert-raised"]


@pytest.mark.parametrize("number", [7, 1234])
def test_what_a_person_closed_stays_closed_after_a_restart(tmp_path, number):
    brain, made = alerting(tmp_path, tracks())
    watch(brain, made, 30)
    (one,) = made.shown["incidents"]
    say(tmp_path, do="close", incident=one["id"], why="a film maker, found")
    watch(brain, made, 5)
    again, other = restarted(tmp_path, brain, tracks(), identifies=False)
    watch(again, other, 40, number)
    assert other.shown["incidents"] == [] and len(other.shown["alerts"]) == 2
    assert not counted(again)["incident-opened"]


def test_what_has_to_be_known_again_is_kept_though_other_files_cannot_be_written(tmp_path):
    brain, made = alerting(tmp_path, tracks())
    (tmp_path / "incidents").write_text("a file is in its place")
    watch(brain, made, 20)
    assert made.fault.startswith("incidents: ")
    assert len(restarted(tmp_path, brain, tracks())[1].shown["alerts"]) == 0
    again, other = restarted(tmp_path, brain, tracks(), identifies=False)
    watch(again, other, 3)
    assert len(other.shown["alerts"]) == 2


def test_where_a_quiet_alert_is_is_kept_too(tmp_path):
    settings = IncidentSettings(opens=(), claims=())
    lookout = Lookout(Areas([square(half_m=50_000.0)]), incidents=settings)
    brain = Brain(tracks())
    made = Alerting(brain, lookout, tmp_path / "incidents")
    for _ in range(300):
        brain.time_s += 1.0
        brain.picture = flown(brain.time_s)
        made.look()
    kept = read_watch(tmp_path / "watch.msgpack")
    assert kept.incidents.incidents == () and kept.alerts.alerts
    assert max(kept.tracks["time_s"]) > brain.time_s - 20.0


def test_a_peoples_file_that_is_new_is_not_read_from_its_begin(tmp_path):
    brain = Brain(tracks())
    made = Alerting(brain, Lookout(Areas([square()])), tmp_path / "incidents")
    made.end()
    say(tmp_path, do="open", title="a line of last year")
    again, other = restarted(tmp_path, brain, tracks())
    look(again, other, 3)
    assert other.shown["incidents"] == []


@pytest.mark.parametrize("octets", [b"", b"\x81", b"{}", b"\xff" * 100])
def test_a_damaged_file_is_told_put_aside_and_nothing_else_is_lost(tmp_path, octets):
    (tmp_path / "watch.msgpack").write_bytes(octets)
    brain, made = restarted(tmp_path, Brain(tracks()), tracks())
    assert counted(brain) == {"watch-not-restored": 1}
    assert (tmp_path / "watch.damaged").read_bytes() == octets
    watch(brain, made, 30)
    assert made.shown["alerts"]
    assert restarted(tmp_path, brain, tracks())[1].shown is not None


def watched(tmp_path):
    """Return the file of a network with a prohibited zone, its radars, and the node of one site."""
    circle = {"latitude_deg": 54.85, "longitude_deg": 27.15, "radius_km": 60}
    zone = {"name": "plant", "use": "prohibited", "circle": circle}
    made = Made(tmp_path, zones=[zone], people="people.jsonl")
    path = made.write()
    return path, Radars(made), Node(path, "hill")


@pytest.mark.xdist_group("live faults")
def test_a_node_that_is_killed_goes_on_with_its_alerts(tmp_path):
    path, radars, node = watched(tmp_path)
    try:
        node.until(lambda status: len(status["alerts"]) >= 8, 240.0)
        say(tmp_path, do="acknowledge", alert=3)
        said = node.until(lambda status: states_of(status).get(3) == "acknowledged")
        node.kill()
        node = Node(path, "hill")
        told = node.until(lambda status: len(status["alerts"]) >= 8 and status["tracks"] >= 8)
        time.sleep(5.0)
        told = node.until(lambda status: len(status["alerts"]) >= 8)
        assert states_of(told) == states_of(said)
    finally:
        radars.end()
        code, messages = node.end()
    assert code == 0, messages


def states_of(status):
    return {one["number"]: one["state"] for one in status["alerts"]}


@pytest.mark.xdist_group("live faults")
def test_a_node_raises_alerts_takes_a_report_and_leaves_an_incident_in_its_folder(tmp_path):
    _, radars, node = watched(tmp_path)
    try:
        told = node.until(lambda status: len(status["alerts"]) >= 4, 240.0)
        assert {one["kind"] for one in told["alerts"]} == {"entry"}
        assert {one["zone"] for one in told["alerts"]} == {"plant"}
        say(tmp_path, do="acknowledge", alert=1)
        say(
            tmp_path,
            do="report",
            claimed="person",
            latitude_deg=54.85,
            longitude_deg=27.15,
            words="a man with a drone at the fence",
            remote_id="1581F5BKD229Q00A",
        )
        told = node.until(lambda status: status["incidents"])
        assert told["incidents"][0]["title"] == "Person with a drone near plant"
        states = {one["number"]: one["state"] for one in told["alerts"]}
        assert states[1] == "acknowledged" and "raised" in states.values()
    finally:
        radars.end()
        code, messages = node.end()
    assert code == 0, messages
    kinds, _ = node.journal()
    for kind in ("alert-raised", "alert-acknowledged", "report-came", "incident-opened"):
        assert kind in kinds
    (folder,) = (tmp_path / "hill" / "incidents").iterdir()
    shapes = json.loads((folder / "incident.geojson").read_text())
    assert "1581F5BKD229Q00A" in json.dumps(shapes)
    assert (folder / "incident.pdf").read_bytes().startswith(b"%PDF")
