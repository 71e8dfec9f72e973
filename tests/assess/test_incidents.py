"""Incidents: what opens one, what belongs to it, what people do with it; a timeline that grows."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assess.alert_tracks import place, square, tracks
from jointsky.assess.alert_settings import AlertSettings
from jointsky.assess.alerts import Alerts
from jointsky.assess.areas import Areas
from jointsky.assess.incident_settings import IncidentSettings
from jointsky.assess.incidents import Incidents
from jointsky.errors import InputError
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.streams import stream

SENSORS = [Sensor(name="hill", kind="radar"), Sensor(name="post 4", kind="bearing")]
NOBODY = Tracks.make(0)
TOWN, LAND = square(), square("land", "border", half_m=40_000.0)


def name_of(number):
    return f"T{number}"


def made(*areas, **given):
    """Return alerts and incidents of the same areas."""
    over = Areas(areas or [TOWN, LAND])
    return (
        Alerts(over, AlertSettings(), SENSORS),
        Incidents(over, IncidentSettings(**given), SENSORS, name_of),
    )


def drone(east_m, number=7, north_m=0.0, **given):
    bits = np.array([[1]], np.uint64)
    return tracks((number, east_m, north_m, 20.0, 0.0), sensors=bits, **given)


def report(east_m, north_m=0.0, time_s=100.0, **given):
    lat, lon = place(east_m, north_m)
    told = {"claimed": "person", "words": "a man with a case and a drone", **given}
    return Reports.make(
        time_s=[time_s],
        received_s=[time_s],
        sensor=[1],
        latitude_rad=[lat],
        longitude_rad=[lon],
        place_sigma_m=[100.0],
        **{name: [value] for name, value in told.items()},
    )


def run(alerts, incidents, steps, begin_s=0):
    for time_s, one in enumerate(steps, begin_s):
        incidents.on_alerts(alerts.step(one, {}, float(time_s)), one, float(time_s))
        incidents.step(one, float(time_s))


def kinds(incident):
    return [line.kind for line in incident.timeline]


def test_an_unknown_drone_over_a_town_opens_one_incident_with_all_that_is_known():
    alerts, incidents = made()
    run(alerts, incidents, [drone(-6_000.0)] * 5 + [drone(0.0)] * 5)
    (one,) = incidents.active()
    assert (one.title, one.zone, one.state) == ("Unknown drone at town", "town", "open")
    assert one.id == "19700101-000002-1"
    assert one.tracks == (7,) and one.sensors == ("hill",)
    assert {alert.kind for alert in incidents.alerts_of(one.id)} == {
        *("predicted-entry", "unknown-drone", "entry")
    }
    assert kinds(one)[:2] == ["opened", "alert"]
    assert "seen by hill" in [line.words for line in one.timeline]


@pytest.mark.parametrize(("crossings", "count"), [(True, 1), (False, 0)])
def test_who_comes_over_a_border_unknown_opens_one_incident(crossings, count):
    alerts, incidents = made(LAND, crossings=crossings)
    flown = [drone(-45_000.0 + 1000.0 * k) for k in range(20)]
    run(alerts, incidents, flown + flown[::-1] + flown)
    assert [one.title for one in incidents.active()] == ["Entry at land"] * count


def test_alerts_that_came_before_the_incident_belong_to_it_once_their_track_does():
    alerts, incidents = made(opens=())
    run(alerts, incidents, [drone(0.0)] * 5)
    assert incidents.active() == []
    one = incidents.open("Something over town", "Orsa", 6.0, tracks=[7])
    assert set(one.alerts) == {1, 2}
    assert [line.by for line in one.timeline if line.kind == "opened"] == ["Orsa"]


@pytest.mark.parametrize(
    ("use", "opens"), [("protected", True), ("restricted", False), ("prohibited", False)]
)
def test_which_zones_open_an_incident_is_declared(use, opens):
    alerts, incidents = made(square(use=use))
    run(alerts, incidents, [drone(0.0)] * 5)
    assert bool(incidents.active()) == opens


@pytest.mark.parametrize(
    ("east_m", "given", "zone"),
    [
        (39_000.0, {}, "land"),
        (43_000.0, {}, "land"),
        (47_000.0, {}, None),
        (20_000.0, {}, None),  # deep in the land, near nothing
        (6_000.0, {}, "town"),
        (6_000.0, {"claimed": "fixed-wing"}, None),
        (6_000.0, {"claimed": "fixed-wing", "remote_id": "1581F5BKD"}, "town"),
        (0.0, {"claimed": "drone"}, "town"),
        (math.nan, {}, None),
    ],
)
def test_a_report_of_a_person_with_a_drone_opens_an_incident_near_a_border_or_a_town(
    east_m, given, zone
):
    _, incidents = made()
    incidents.on_reports(report(east_m, **given), NOBODY, 101.0)
    assert [one.zone for one in incidents.active()] == ([zone] if zone else [])


def test_reports_of_one_thing_open_exactly_one_incident():
    _, incidents = made()
    for k in range(5):
        incidents.on_reports(report(39_000.0 + 300 * k, time_s=100.0 + k), NOBODY, 101.0 + k)
    far = report(39_000.0, 20_000.0, remote_id="1581F5BKD")
    incidents.on_reports(far, NOBODY, 110.0)
    incidents.on_reports(report(0.0, -39_000.0, remote_id="1581F5BKD"), NOBODY, 120.0)
    one, other = incidents.active()
    assert (one.reports, other.reports) == (5, 2)  # the second: by the Remote ID, far away
    assert other.remote_ids == ("1581F5BKD",)
    assert len(incidents.reports_of(one.id)) == 5
    assert one.timeline[1].by == "post 4"
    assert "Remote ID 1581F5BKD" in other.timeline[1].words


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_reports_about_one_place_are_one_incident_in_any_order(seed):
    rng = stream(seed, "reports")
    _, incidents = made()
    whole = [report(39_000.0, *rng.normal(0, 100, 1), time_s=100.0 + k) for k in range(6)]
    for row in rng.permutation(6):
        incidents.on_reports(whole[row], NOBODY, 110.0)
    (one,) = incidents.active()
    assert one.reports == 6


def test_an_old_incident_takes_no_new_report_of_the_same_place():
    _, incidents = made()
    incidents.on_reports(report(39_000.0), NOBODY, 100.0)
    incidents.on_reports(report(39_000.0, time_s=4000.0), NOBODY, 4000.0)
    assert len(incidents.active()) == 2


def test_a_slow_silent_track_at_the_place_of_a_report_belongs_to_it():
    _, incidents = made()
    here = tracks((1, 39_500.0, 0, 15, 0), (2, 39_500.0, 0, 200, 0), (3, 20_000.0, 0, 15, 0))
    incidents.on_reports(report(39_000.0), here, 101.0)
    (one,) = incidents.active()
    assert one.tracks == (1,)
    answering = made()[1]
    answering.on_reports(report(39_000.0), here.replace(mode_a=0o1234), 101.0)
    assert answering.active()[0].tracks == ()


@pytest.mark.parametrize("claimed, count", [("drone", 1), ("person", 2)])
def test_a_call_about_the_track_of_an_incident_belongs_to_it_however_far_it_has_flown(
    claimed, count
):
    alerts, incidents = made(square("land", "border", half_m=40_000.0), TOWN)
    run(alerts, incidents, [drone(-45_000.0)] * 5 + [drone(-39_000.0)] * 5)
    (crossing,) = incidents.active()
    assert crossing.zone == "land"
    on = drone(0.0)
    incidents.on_reports(report(500.0, time_s=3000.0, claimed=claimed), on, 3010.0)
    assert len(incidents.active()) == count
    assert incidents.incident(crossing.id).reports == (1 if count == 1 else 0)


def test_a_second_drone_near_the_first_is_the_same_incident_and_a_far_one_is_not():
    alerts, incidents = made()
    near = tracks((1, 0, 0, 20, 0), (2, 500.0, 0, 20, 0), (3, -4_500.0, -4_500.0, 20, 0))
    run(alerts, incidents, [near] * 5)
    assert sorted(one.tracks for one in incidents.active()) == [(1, 2), (3,)]


def test_distress_is_an_incident_of_its_own():
    alerts, incidents = made()
    both = tracks((1, 0, 0, 200, 0), (2, 500.0, 0, 200, 0), mode_a=0o7700)
    run(alerts, incidents, [both] * 5)
    assert [(one.title, one.tracks) for one in incidents.active()] == [
        ("Track T1 in distress", (1,)),
        ("Track T2 in distress", (2,)),
    ]


def test_what_people_do_stands_in_the_timeline_with_their_names():
    alerts, incidents = made()
    run(alerts, incidents, [drone(0.0)] * 5)
    (one,) = incidents.active()
    incidents.on_alerts([alerts.acknowledge(1, "Orsa", 6.0)], NOBODY, 6.0)
    incidents.add(one.id, "police are on their way", "Orsa", 7.0)
    handed = incidents.hand_over(one.id, "city police", "Berzins", 8.0)
    assert (handed.state, handed.handed_to) == ("handed over", "city police")
    closed = incidents.close(one.id, "Berzins", 9.0, "pilot found")
    assert (closed.state, closed.end_s) == ("closed", 9.0)
    assert [(line.words, line.by) for line in closed.timeline[-4:]] == [
        ("alert 1 acknowledged", "Orsa"),
        ("police are on their way", "Orsa"),
        ("to city police", "Berzins"),
        ("pilot found", "Berzins"),
    ]


def test_a_closed_incident_takes_nothing_more_and_its_cause_opens_no_second():
    alerts, incidents = made()
    run(alerts, incidents, [drone(0.0)] * 5)
    closed = incidents.close(incidents.active()[0].id, "Orsa", 6.0)
    run(alerts, incidents, [drone(0.0)] * 5 + [NOBODY] * 20, begin_s=7)
    assert incidents.incident(closed.id) == closed and incidents.active() == []
    for do in (incidents.add, incidents.hand_over):
        with pytest.raises(InputError, match="closed"):
            do(closed.id, "x", "Orsa", 40.0)
    with pytest.raises(InputError, match="no such incident"):
        incidents.close("x", "Orsa", 40.0)


def test_a_track_that_ends_or_has_a_new_number_is_told_once():
    alerts, incidents = made()
    run(alerts, incidents, [drone(0.0)] * 5)
    alerts.rename(7, 9, 5.0)
    incidents.rename(7, 9, 5.0)
    run(alerts, incidents, [drone(0.0, number=9)] * 3 + [NOBODY] * 40, begin_s=5)
    (one,) = incidents.active()
    assert one.tracks == (9,)
    said = [line.words for line in one.timeline if line.kind == "track"]
    assert said == [
        *("track T7 belongs to it", "track T7 is T9 from now on"),
        "track T9 is not seen any more",
    ]


def test_a_track_that_comes_and_goes_is_told_when_it_was_away_for_long():
    alerts, incidents = made()
    run(alerts, incidents, [drone(0.0)] * 5 + [NOBODY, drone(0.0), NOBODY, NOBODY, drone(0.0)] * 3)
    (one,) = incidents.active()
    assert [line.words for line in one.timeline if line.kind == "track"] == [
        "track T7 belongs to it"
    ]
    run(alerts, incidents, [NOBODY] * 40 + [drone(0.0)] * 3 + [NOBODY] * 5, begin_s=20)
    (one,) = incidents.active()
    assert [line.words for line in one.timeline if line.kind == "track"][1:] == [
        "track T7 is not seen any more",
        "track T7 is seen again",
    ]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_a_timeline_is_never_rewritten(seed):
    rng = stream(seed, "timeline")
    alerts, incidents = made()
    before = {}
    for time_s in range(60):
        one = drone(float(rng.normal(0, 6_000.0)), number=int(rng.integers(1, 4)))
        incidents.on_alerts(alerts.step(one, {}, float(time_s)), one, float(time_s))
        incidents.step(one, float(time_s))
        if rng.random() < 0.1:
            where = float(rng.normal(0, 9_000.0))
            incidents.on_reports(report(where, time_s=float(time_s)), one, float(time_s))
        for incident in incidents.active():
            was = before.get(incident.id, ())
            assert incident.timeline[: len(was)] == was
            before[incident.id] = incident.timeline


def test_a_report_under_a_flight_in_distress_is_another_incident():
    alerts, incidents = made()
    run(alerts, incidents, [tracks((1, 39_000.0, 0, 200, 0), mode_a=0o7700)] * 5)
    incidents.on_reports(report(39_000.0, time_s=5.0), NOBODY, 5.0)
    assert [one.title for one in incidents.active()] == [
        *("Track T1 in distress", "Person with a drone near land")
    ]


def test_the_error_of_a_place_counts_twice():
    for sigma_m, count in ((100.0, 0), (1_000.0, 1)):
        _, incidents = made()
        one = report(46_500.0).replace(place_sigma_m=sigma_m)
        incidents.on_reports(one, NOBODY, 101.0)
        assert len(incidents.active()) == count
