"""The lookout: what the log is told of alerts and incidents, and when files are due."""

import numpy as np

from assess.alert_tracks import place, square, tracks
from jointsky.assess.areas import Areas
from jointsky.node.lookout import WRITE_EVERY_S, Lookout
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking.numbers import label

SENSORS = [Sensor(name="hill", kind="radar"), Sensor(name="post 4", kind="bearing")]
NOBODY = Tracks.make(0)


def lookout():
    return Lookout(Areas([square()]), SENSORS, "hill")


def drone(east_m=0.0, number=7):
    bits = np.array([[1]], np.uint64)
    return tracks((number, east_m, 0.0, 20.0, 0.0), sensors=bits)


def run(made, steps, begin_s=0):
    return [
        (time_s, log)
        for time_s, one in enumerate(steps, begin_s)
        for log in made.look(one, {}, float(time_s))
    ]


def kinds(logs):
    return [log.kind for _, log in logs]


def test_the_log_is_told_of_each_change_once():
    made = lookout()
    logs = run(made, [drone()] * 20)
    assert sorted(kinds(logs)) == sorted(
        [
            *("alert-raised", "alert-raised", "incident-opened", "incident-track"),
            *("incident-alert", "incident-alert", "incident-sensor"),
        ]
    )
    assert logs[0][1].facts["label"] == label(7) and logs[0][1].facts["track"] == "7"
    noted = made.acknowledge(1, "Orsa", 20.0)
    assert [log.kind for log in noted] == ["alert-acknowledged", "incident-alert"]
    assert noted[0].facts["by"] == "Orsa"
    assert made.acknowledge(1, "Orsa", 21.0) == []
    gone = kinds(run(made, [NOBODY] * 40, begin_s=21))
    assert gone.count("alert-cleared") == 2 and gone.count("incident-track") == 1


def test_a_renamed_track_is_told_in_the_log_and_keeps_its_history():
    made = lookout()
    run(made, [drone(100.0 * k) for k in range(20)])
    made.rename(7, 9, 20.0)
    logs = run(made, [drone(100.0 * k, number=9) for k in range(20, 40)], begin_s=20)
    assert "alert-raised" not in kinds(logs)
    (one,) = made.incidents.active()
    view = made.view(one.id)
    assert set(view.tracks.track_number.tolist()) == {9}
    assert view.tracks.time_s.size == 8  # every five seconds
    assert view.names == {9: label(9)} and [zone.name for zone in view.zones] == ["town"]


def test_files_are_due_when_a_state_changes_and_now_and_then_when_lines_are_new():
    made = lookout()
    run(made, [drone()] * 5)
    (view,) = made.to_write(5.0)
    assert view.incident.state == "open" and len(view.reporters) == 0
    id = view.incident.id
    assert made.to_write(6.0) == []
    made.add(id, "a note", "Orsa", 7.0)
    assert made.to_write(8.0) == []
    assert len(made.to_write(5.0 + WRITE_EVERY_S)) == 1
    made.hand_over(id, "police", "Orsa", 66.0)
    assert len(made.to_write(66.0)) == 1
    made.add(id, "another", "Orsa", 67.0)
    assert len(made.to_write(68.0, is_last=True)) == 1


def test_what_could_not_be_written_is_tried_again_after_a_while():
    made = lookout()
    run(made, [drone()] * 5)
    (view,) = made.to_write(5.0)
    made.not_written(view.incident.id, 5.0)
    assert made.waits() and made.to_write(6.0) == []
    assert len(made.to_write(5.0 + WRITE_EVERY_S)) == 1 and not made.waits()


def test_a_report_has_its_reporter_and_a_sensor_its_name():
    made = lookout()
    lat, lon = place(5_000.0, 0.0)
    report = Reports.make(
        time_s=[1.0],
        sensor=[1],
        latitude_rad=[lat],
        longitude_rad=[lon],
        place_sigma_m=[50.0],
        claimed=["person"],
    )
    made.on_reports(report, 2.0)
    made.on_reports(report.replace(sensor=-1), 3.0, ["Ilze"])
    (one,) = made.incidents.active()
    assert made.view(one.id).reporters == ["post 4", "Ilze"]
    shown = made.status()
    assert shown["incidents"][0]["title"] == "Person with a drone near town"
    assert shown["alerts"] == []
