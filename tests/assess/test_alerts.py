"""Alerts: their life as tables, hysteresis at a rim, predictions against a closed form."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assess.alert_tracks import place, square, tracks
from jointsky.assess.alert_settings import AlertSettings
from jointsky.assess.alerts import Alerts
from jointsky.assess.areas import Area, Areas
from jointsky.assess.sides import Sides
from jointsky.errors import InputError
from jointsky.records.assessment import Assessment
from jointsky.records.plots import PlotFlag
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.streams import stream

FAR, NEAR, IN, NOBODY = -60_000.0, -5_010.0, 0.0, Tracks.make(0)
SENSORS = [Sensor(name="hill", kind="radar"), Sensor(name="beacon", kind="ssr")]


def alerts(*areas, sensors=(), **given):
    return Alerts(Areas(areas or [square()]), AlertSettings(**given), sensors)


def still(east_m, number=7, **given):
    """Return a track that hovers at a place, faster than a drone only in its own error."""
    return tracks((number, east_m, 0.0, 0.0, 0.0), mode_a=0o1234, mode_s=5, **given)


def life(made, steps, assessments=None, begin_s=0):
    """Return (time, kind, state) of what changes; ``steps`` are tracks, one each second."""
    changed = []
    for time_s, one in enumerate(steps, begin_s):
        changed += [
            (time_s, alert.kind, alert.state)
            for alert in made.step(one, assessments or {}, float(time_s))
        ]
    return changed


def as_(identity, number=7, **given):
    return {number: Assessment(time_s=0.0, track=number, identity=identity, **given)}


def test_an_entry_is_raised_once_and_cleared_when_it_has_been_out_for_long_enough():
    made = alerts(square(use="restricted"))
    steps = [still(FAR)] * 5 + [still(IN)] * 30 + [still(FAR)] * 30
    assert life(made, steps) == [(7, "entry", "raised"), (44, "entry", "cleared")]
    assert made.active() == []


def test_an_entry_names_track_zone_and_why():
    made = alerts(square(use="restricted"))
    life(made, [still(IN)] * 5)
    (one,) = made.active()
    assert (one.number, one.track, one.zone, one.use, one.raised_s) == (
        *(1, 7, "town", "restricted"),
        2.0,
    )
    assert one.cause == "entry/7/town"
    assert one.why == "a neutral track is in restricted zone town, 5.0 km inside its rim, at 300 m"
    assert (one.latitude_rad, one.longitude_rad) == tuple(float(x) for x in place(0.0, 0.0))


@pytest.mark.parametrize(
    ("away_s", "states", "numbers"),
    [
        (5, ["raised"], {1}),  # gone for less than clear_after_s: nothing happened
        (20, ["raised", "cleared", "raised"], {1}),  # back within again_s: the same alert
        (400, ["raised", "cleared", "raised"], {1, 2}),  # back after that: a new one
    ],
)
def test_a_cause_that_comes_back_soon_has_the_same_alert(away_s, states, numbers):
    made = alerts(square(use="restricted"))
    found = []
    steps = [still(IN)] * 10 + [still(FAR)] * away_s + [still(IN)] * 10
    for time_s, one in enumerate(steps):
        found += made.step(one, {}, float(time_s))
    assert [one.state for one in found] == states
    assert {one.number for one in found} == numbers
    assert made.active()[0].reopened == (1 if away_s == 20 else 0)


def test_a_person_takes_note_once_and_a_reopened_alert_stays_taken_note_of():
    made = alerts(square(use="restricted"))
    life(made, [still(IN)] * 5)
    assert made.acknowledge(1, "Orsa", 5.0).state == "acknowledged"
    assert made.acknowledge(1, "Berzins", 6.0).acknowledged_by == "Orsa"
    changed = life(made, [still(FAR)] * 20 + [still(IN)] * 5, begin_s=6)
    assert [state for _, _, state in changed] == ["cleared", "acknowledged"]


def test_a_late_person_takes_note_of_what_is_cleared_and_it_stays_cleared():
    made = alerts(square(use="restricted"))
    life(made, [still(IN)] * 5 + [still(FAR)] * 20)
    late = made.acknowledge(1, "Orsa", 60.0)
    assert (late.state, late.acknowledged_by, late.acknowledged_s) == ("cleared", "Orsa", 60.0)
    with pytest.raises(InputError, match="alert 2"):
        made.acknowledge(2, "Orsa", 60.0)
    life(made, [NOBODY], begin_s=5000)
    with pytest.raises(InputError, match="alert 1"):
        made.acknowledge(1, "Orsa", 5001.0)


def test_the_end_of_a_track_clears_its_alerts_and_says_so():
    for end in (still(IN, status=TrackStatus.ENDED), NOBODY):
        made = alerts(square(use="restricted"))
        life(made, [still(IN)] * 5 + [end] * 12)
        assert made.active() == [] and made.alert(1).cleared_why == "the track has ended"
    ended = alerts(square(use="restricted"))
    last = [*[still(IN)] * 5, still(IN, status=TrackStatus.ENDED)]
    assert life(ended, last)[-1] == (5, "entry", "cleared")  # at once: it was told


def test_tentative_tracks_raise_nothing_and_coasted_ones_do():
    assert life(alerts(), [still(IN, status=TrackStatus.TENTATIVE)] * 9) == []
    one = alerts(square(use="restricted"))
    assert life(one, [still(IN, status=TrackStatus.COASTED)] * 9) == [(2, "entry", "raised")]


def test_a_renamed_track_keeps_its_alert():
    made = alerts(square(use="restricted"))
    life(made, [still(IN)] * 5)
    (moved,) = made.rename(7, 9, 5.0)
    assert (moved.number, moved.track) == (1, 9)
    assert life(made, [still(IN, number=9)] * 30, begin_s=6) == []
    assert [one.number for one in made.active()] == [1]


def test_two_tracks_that_turn_out_to_be_one_have_one_alert_the_older():
    made = alerts(square(use="restricted"))
    both = [tracks((7, 0, 0, 0, 0), (9, 100, 0, 0, 0), mode_a=1)] * 5
    life(made, [*[still(IN)] * 4, *both])
    assert [one.track for one in made.active()] == [7, 9]
    made.rename(7, 9, 10.0)
    assert [(one.number, one.track) for one in made.active()] == [(1, 9)]
    assert made.alert(2).cleared_why == "it is the same as alert 1"
    assert life(made, [still(IN, number=9)] * 30, begin_s=11) == []


def test_what_was_about_to_be_raised_is_raised_under_the_new_number_in_time():
    made = alerts(square(use="restricted"))
    made.step(still(IN), {}, 0.0)
    made.rename(7, 9, 0.5)
    assert life(made, [still(IN, number=9)] * 3, begin_s=1) == [(2, "entry", "raised")]


@pytest.mark.parametrize("sigma_m", [5.0, 50.0, 400.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_track_that_jitters_at_the_rim_by_its_own_error_does_not_flap(sigma_m, seed):
    rng = stream(seed, "jitter")
    made = alerts(square(use="restricted"))
    steps = [still(-5_000.0 + sigma_m * rng.standard_normal(), sigma_m=sigma_m) for _ in range(600)]
    assert len(life(made, steps)) <= 1


@given(st.integers(0, 2**32 - 1), st.floats(1.0, 300.0))
@settings(max_examples=25, deadline=None)
def test_random_walks_about_a_rim_never_have_two_open_alerts_of_one_cause(seed, step_m):
    rng = stream(seed, "walk")
    made = alerts(square(use="restricted"), square("plant", "protected", half_m=2_000.0))
    east_m = -5_000.0 + np.cumsum(step_m * rng.standard_normal((300, 2)), axis=0)
    raised = 0
    for time_s, (one, other) in enumerate(east_m):
        both = tracks((1, one, 0, 0, 0), (2, other, 0, 0, 0), mode_a=1)
        numbers = set(both.track_number.tolist()) if rng.random() < 0.9 else {1}
        both = both.rows(np.isin(both.track_number, list(numbers)))
        changed = made.step(both, {}, float(time_s))
        raised += sum(alert.raised_s == time_s and not alert.reopened for alert in changed)
        causes = [alert.cause for alert in made.active()]
        assert len(causes) == len(set(causes))
    # in 300 s, no cause can be cleared and come back after again_s: at most one each
    assert raised <= 2 * 2 * 2


@pytest.mark.parametrize("speed_mps", [60.0, 120.0, 250.0])
def test_a_straight_flight_is_predicted_when_it_has_so_far_to_go(speed_mps):
    made = alerts(square(use="restricted"), hold_s=0.0, ahead_s=100.0)
    for time_s in range(2000):
        east_m = -80_000.0 + speed_mps * time_s
        found = made.step(tracks((7, east_m, 0, speed_mps, 0), mode_a=1), {}, float(time_s))
        if found:
            break
    (one,) = found
    rim_s = (-5_000.0 - east_m) / speed_mps
    assert one.kind == "predicted-entry"
    assert 98.5 < rim_s <= 100.0  # the first look within ahead_s
    assert one.expected_s == pytest.approx(time_s + rim_s, abs=0.3)


def test_the_certainty_of_a_prediction_is_that_of_a_normal_error():
    """A flight along a rim, 200 m inside: sigma² = 100² + (10 t)² across it, t to the middle."""
    area = Areas([square(half_m=50_000.0)])
    made = alerts(*area.areas)
    one = tracks((7, -60_000.0, 49_800.0, 200.0, 0.0), sigma_m=100.0, sigma_mps=2.0, mode_a=1)
    standing = made._causes._stander.stand(one, 0.0)
    sigma_m = math.hypot(100.0, 2.0 * 120.0)
    soonest_m = math.hypot(100.0, 2.0 * 50.0)  # at the rim ahead: half of it, at most
    least, most = (0.5 * (1 + math.erf(200.0 / s / math.sqrt(2))) for s in (sigma_m, soonest_m))
    assert standing.go_s[0, 0] == pytest.approx(50.0, rel=0.01)
    assert least - 0.01 <= standing.reach[0, 0] <= most + 0.01


def test_a_prediction_ends_where_the_entry_begins_and_where_it_turns_away():
    toward = [tracks((7, -8_000 + 100 * k, 0, 100, 0), mode_a=1) for k in range(60)]
    one = alerts(square(use="restricted"))
    assert life(one, toward) == [
        (2, "predicted-entry", "raised"),
        *[
            (33, kind, state)
            for kind, state in (("predicted-entry", "cleared"), ("entry", "raised"))
        ],
    ]
    assert one.alert(1).cleared_why == "it has come in"
    away = [tracks((7, -8_000, 0, -100, 0), mode_a=1)] * 20
    two = alerts(square(use="restricted"))
    assert life(two, toward[:5] + away)[1:] == [(14, "predicted-entry", "cleared")]


def test_a_flight_over_the_ceiling_or_past_the_zone_is_not_expected():
    low = square(use="restricted", ceiling_m=1000.0)
    high = [tracks((7, -8_000, 0, 100, 0), mode_a=1, height_m=10_000.0)] * 9
    past = [tracks((7, -8_000, 6_000, 100, 0), mode_a=1)] * 9
    assert life(alerts(low), high) == [] and life(alerts(low), past) == []
    descending = [tracks((7, -8_000, 0, 100, 0), mode_a=1, height_m=1_500.0, vu_mps=-10.0)] * 9
    assert life(alerts(low), descending) == [(2, "predicted-entry", "raised")]


def test_a_zone_acts_in_its_times_only():
    made = alerts(square(use="restricted", active_s=((10.0, 20.0), (40.0, 50.0))))
    assert life(made, [still(IN)] * 70) == [
        (12, "entry", "raised"),
        (29, "entry", "cleared"),
        (42, "entry", "raised"),
        (59, "entry", "cleared"),
    ]


@pytest.mark.parametrize(
    ("use", "identity", "is_civil", "is_raised"),
    [
        ("prohibited", "friend", False, True),
        ("restricted", "friend", False, False),
        ("restricted", "neutral", True, True),
        ("protected", "neutral", True, False),
        ("protected", "unknown", False, True),
        ("protected", "hostile", False, True),
        ("corridor", "hostile", False, False),
    ],
)
def test_who_may_be_where_is_declared(use, identity, is_civil, is_raised):
    made = alerts(square(use=use))
    found = life(made, [still(IN)] * 9, as_(identity, is_civil=is_civil))
    assert found == ([(2, "entry", "raised")] if is_raised else [])


def test_a_border_tells_of_the_unknown_that_come_over_it_and_not_of_those_that_were_there():
    land = square("land", "border", half_m=30_000.0)
    come, there = [still(-31_000.0)] * 3 + [still(-29_000.0)] * 5, [still(IN)] * 8
    assert life(alerts(land), come, as_("unknown")) == [(5, "entry", "raised")]
    assert life(alerts(land), come, as_("neutral")) == []
    assert life(alerts(land), there, as_("unknown")) == []


def test_a_drone_is_told_of_near_a_guarded_zone_and_not_while_it_drifts_about_that_distance():
    drone = as_("unknown", domain="drone")
    near, wider, far = -7_900.0, -8_300.0, -9_000.0
    steps = [still(near)] * 5 + [still(wider)] * 30 + [still(far)] * 20
    found = life(alerts(), steps, drone)
    assert found == [(2, "unknown-drone", "raised"), (44, "unknown-drone", "cleared")]
    assert life(alerts(), steps, as_("friend", domain="drone")) == []
    assert life(alerts(), steps, as_("unknown", domain="bird")) == []
    made = alerts()
    life(made, steps[:5], drone)
    assert made.active()[0].why == "an unknown drone is 2.9 km from protected zone town"


def test_without_an_assessment_slow_low_and_silent_is_a_drone():
    def kinds(**given):
        rows = (7, -7_000.0, 0.0, given.pop("speed_mps", 20.0), 0.0)
        return {kind for _, kind, _ in life(alerts(ahead_s=1.0), [tracks(rows, **given)] * 5)}

    assert kinds() == {"unknown-drone"}
    assert kinds(mode_a=0o1234) == kinds(speed_mps=90.0) == kinds(height_m=2_000.0) == set()


def seen(*rows):
    """Return the bits of sensors that see a track."""
    return np.array([[sum(1 << row for row in rows)]], np.uint64)


def unanswered(height_sigma_m, *rows, **given):
    one = tracks((7, 0, 0, 200, 0), mode_a=0o1234, height_m=9_000.0, sensors=seen(*rows), **given)
    one.covariance[:, 2, 2] = height_sigma_m**2
    return one


def test_a_transponder_that_falls_silent_is_told_after_a_while_and_not_where_nothing_sees_it():
    answers, silent = unanswered(20.0, 0, 1), unanswered(900.0, 0)
    steps = [answers] * 10 + [silent] * 60 + [answers] * 20
    made = alerts(square(use="corridor"), sensors=SENSORS)
    assert life(made, steps) == [
        (41, "lost-transponder", "raised"),  # 30 s after the last answer at 9 s, held for 2
        (79, "lost-transponder", "cleared"),
    ]
    assert made.alert(1).why == "a neutral track has not answered for 32 s, and radar still sees it"
    for last in (
        unanswered(900.0),
        unanswered(20.0, 0),
        unanswered(900.0, 0, flags=PlotFlag.ON_GROUND),
    ):
        one = alerts(square(use="corridor"), sensors=SENSORS)
        assert life(one, [answers] * 10 + [last] * 60) == []


def test_a_radar_that_is_known_to_see_echoes_only_tells_of_a_lost_transponder_by_itself():
    """Its own good height does not stand for an answer."""
    echo = [Sensor(name="hill", kind="radar", senses=("echo",)), SENSORS[1]]
    steps = [unanswered(20.0, 0, 1)] * 10 + [unanswered(20.0, 0)] * 40
    for sensors, is_raised in ((echo, True), (SENSORS, False)):
        made = alerts(square(use="corridor"), sensors=sensors)
        assert bool(life(made, steps)) == is_raised


def test_what_never_answered_has_no_transponder_to_lose():
    never = tracks((7, 0, 0, 200, 0), height_m=np.nan, sensors=seen(0))
    assert life(alerts(square(use="corridor"), sensors=SENSORS), [never] * 90) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mode_a": 0o7500}, "squawks 7500: unlawful interference"),
        ({"mode_a": 0o7600}, "squawks 7600: radio failure"),
        ({"mode_a": 0o7700}, "squawks 7700: emergency"),
        ({"mode_s": 5, "flags": int(PlotFlag.EMERGENCY)}, "says it is in distress"),
    ],
)
def test_distress_is_told_wherever_it_is(given, words):
    made = Alerts(Areas([]))
    assert life(made, [tracks((7, 0, 0, 200, 0), **given)] * 5) == [(2, "emergency", "raised")]
    assert words in made.active()[0].why
    assert life(Alerts(Areas([])), [tracks((7, 0, 0, 200, 0), mode_a=0o7000)] * 5) == []


def corridor():
    """Return a corridor 10 km wide and 60 km long, east and west of the place."""
    line = np.column_stack(place(np.array([-30e3, 30e3]), np.zeros(2)))
    rim = np.array([[-30e3, -5e3], [30e3, -5e3], [30e3, 5e3], [-30e3, 5e3]])
    return Area("airway", "corridor", np.column_stack(place(*rim.T)), line_rad=line)


def leg(begin, end, mode_a=0o1234, seconds=150):
    """Return a flight from one place to another, told every second."""
    at = np.linspace(begin, end, seconds)
    speed = (np.array(end) - begin) / (seconds - 1)
    return [tracks((7, *one, *speed), mode_a=mode_a) for one in at]


def test_a_civil_flight_that_leaves_its_corridor_sideways_is_told_of():
    off = leg([-20e3, 0.0], [-10e3, 0.0], seconds=60) + leg([-10e3, 0.0], [10e3, 20e3])
    (raised,) = life(alerts(corridor()), off)
    assert raised[1:] == ("leaving", "raised")
    assert off[raised[0]].latitude_rad[0] > place(0.0, 5_000.0)[0]


@pytest.mark.parametrize(
    "flight",
    [
        leg([0.0, 0.0], [50e3, 0.0]),  # past its end
        leg([0.0, 0.0], [50e3, 0.0]) + leg([50e3, 0.0], [10e3, 20e3]),  # back beside it, later
        leg([-10e3, 30e3], [10e3, 10e3]),  # was never in it
        leg([-5e3, -20e3], [5e3, 20e3]),  # crosses it
        leg([-10e3, 0.0], [10e3, 20e3], mode_a=-1),  # does not answer: not civil
        leg([-1e3, 0.0], [1e3, 2e3]),  # slower than what is under way
    ],
)
def test_other_flights_about_a_corridor_are_not(flight):
    found = life(alerts(corridor()), flight)
    assert [kind for _, kind, _ in found if kind == "leaving"] == []


def test_a_flight_that_comes_back_into_its_corridor_clears_the_alert():
    flight = leg([-20e3, 0.0], [-10e3, 0.0], seconds=60)
    flight += leg([-10e3, 0.0], [0.0, 8e3], seconds=60) + leg([0.0, 8e3], [10e3, 0.0], seconds=60)
    made = alerts(corridor())
    assert [state for _, _, state in life(made, flight)] == ["raised", "cleared"]


def test_settings_upside_down_are_refused():
    with pytest.raises(ValueError, match="outside"):
        AlertSettings(inside=0.4, outside=0.5)


def test_no_tracks_and_no_areas_are_no_error():
    assert Alerts(Areas([])).step(NOBODY, {}, 0.0) == []
    assert Alerts(Areas([])).step(still(IN), {}, 0.0) == []
    assert alerts().step(NOBODY, {}, 0.0) == []


@pytest.mark.parametrize(
    ("east_m", "north_m", "is_in"), [(20.0, 2_000.0, True), (2_000.0, 20.0, False)]
)
def test_only_the_error_across_the_rim_counts(east_m, north_m, is_in):
    one = still(-4_900.0)
    one.covariance[:, :2, :2] = np.diag([east_m**2, north_m**2])
    assert bool(life(alerts(square(use="restricted")), [one] * 9)) == is_in


def test_a_track_that_is_renamed_on_its_way_has_still_come_from_outside():
    made = alerts(square("land", "border", half_m=30_000.0))
    unknown = {**as_("unknown"), **as_("unknown", number=9)}
    life(made, [still(-31_000.0)] * 3, unknown)
    made.rename(7, 9, 3.0)
    found = life(made, [still(-29_000.0, number=9)] * 5, unknown, begin_s=4)
    assert found == [(6, "entry", "raised")]


@pytest.mark.parametrize("latitude_deg", [0.0, 45.0, 60.0])
def test_sides_seen_together_are_the_rims_seen_one_by_one(latitude_deg):
    rng = stream(5, "sides")
    corners = np.array([[0.0, 0.0], [2.0, 0.5], [1.5, 3.0], [0.2, 2.0]])
    rims = [np.radians(corners * k + [latitude_deg, 179.0]) for k in (0.3, 1.0)]
    areas = [Area(f"a{k}", "border", rim) for k, rim in enumerate(rims)]
    points = np.radians(rng.uniform([-1.0, 178.0], [3.0, 183.0], (60, 2)))
    points[:, 0] += math.radians(latitude_deg)
    line = rng.integers(0, 2, 60)
    seen = Sides(rims).seen(*points.T, line)
    away_m = np.hypot(*seen.nearest()[0].T)
    wanted_m = Areas(areas).rim_distance_m(*points.T)[np.arange(60), line]
    assert (
        seen.is_around() == (wanted_m < 0)
    ).mean() > 0.98  # a side bends by metres between the two
    assert away_m == pytest.approx(np.abs(wanted_m), rel=1e-3, abs=1.0)
