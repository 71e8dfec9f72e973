"""Identification: Bayes by hand on two classes, and what must hold whatever the model says."""

import math

import numpy as np
import pytest

from assess.made_tracks import (
    BY_MODE_S,
    LAT,
    LON,
    NOW_S,
    RADAR,
    SECONDARY,
    at,
    habits,
    kind,
    model,
    replaced,
    rules,
    together,
    track,
)
from jointsky.assess.areas import Area, Areas
from jointsky.assess.identification import Identifier
from jointsky.assess.model_declared import (
    Answers,
    Planned,
    Threshold,
    shipped_model,
)
from jointsky.records.plans import FlightPlan, KnownFriend, PlanPoint
from jointsky.records.plots import PlotFlag
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import TrackStatus

NOWHERE = Areas([])
SLOW, FAST = (0.0, 0.0, 100.0, 100.0), (0.0, 0.0, 400.0, 400.0)


def two(**given):
    """Return a model of a slow drone (hostile) and a fast bird, equally often met."""
    return model(
        kind("drone", "hostile", speed_mps=SLOW, **given),
        kind("bird", "nature", speed_mps=FAST, **given),
    )


def one_of(found, number=1):
    return found[number]


def shares(assessment):
    return assessment.classes


def test_speed_alone_is_weighed_as_by_hand():
    exact = np.diag([1e4, 1e4, 1e4, 1e-6, 1e-6, 4.0])
    toy = two()
    toy = replaced(toy, reading=replaced(toy.reading, speed_sigma_mps=0.01))
    found = one_of(Identifier(toy, NOWHERE, []).step(track(ve_mps=50.0, covariance=exact), NOW_S))
    slow = 0.99 / 100.0 + 0.01 / 710.0  # even over 100 m/s, or one of the odd ones
    fast = 0.99 / 400.0 + 0.01 / 710.0
    assert found.hostile == pytest.approx(slow / (slow + fast), rel=1e-6)
    assert shares(found) == pytest.approx(
        {"drone/hostile": slow / (slow + fast), "bird/nature": fast / (slow + fast)}, abs=1e-4
    )


def test_silence_weighs_as_much_as_the_track_was_asked():
    open_ = habits(answers=Answers(none=0.1, mode_s=0.9))
    toy = model(
        kind("drone", "hostile"),
        kind("plane", "civil", habits="open"),
        habits_by_name={"same": habits(), "open": open_},
    )
    identifier = Identifier(toy, NOWHERE, [RADAR])
    told = track(ve_mps=150.0, north_m=20_000.0)
    assert one_of(identifier.step(told, NOW_S)).hostile == pytest.approx(0.5)
    read = toy.reading
    found = one_of(identifier.step(told, NOW_S + 16.0))
    looks = 16.0 / 10.0  # the radar turns in 10 s, more seldom than looks are counted
    miss = read.hidden + (1 - read.hidden) * (1 - read.reply) ** looks
    silent = (1 - read.odd_answer) * (0.1 + 0.9 * miss) + read.odd_answer
    assert found.hostile == pytest.approx(1.0 / (1.0 + silent), rel=1e-6)
    assert "no transponder reply for 16 s" in [one.words for one in found.evidence]


def test_out_of_view_of_any_radar_silence_says_nothing():
    identifier = Identifier(shipped_model(), NOWHERE, [RADAR])
    for k in range(10):
        found = one_of(
            identifier.step(track(ve_mps=50.0, north_m=300_000.0, height_m=200.0), NOW_S + 5 * k)
        )
    assert not [one for one in found.evidence if one.source == "transponder"]


def test_a_thousand_times_the_same_is_not_a_thousand_times_surer():
    identifier = Identifier(shipped_model(), NOWHERE, [])
    told = track(ve_mps=45.0, height_m=300.0)
    for k in range(300):
        settled = one_of(identifier.step(told, NOW_S + k))
    for k in range(300, 1300):
        found = one_of(identifier.step(told, NOW_S + k))
    assert found is settled
    for _ in range(1000):
        assert one_of(identifier.step(told, NOW_S + 1300)) is settled


def test_the_order_of_evidence_does_not_matter():
    """Whether code or address came first, in the end the same is known."""
    a, b = (Identifier(shipped_model(), NOWHERE, [RADAR]) for _ in range(2))
    code = track(ve_mps=200.0, height_m=9000.0, mode_a=0o2201, flags=SECONDARY)
    address = track(ve_mps=200.0, height_m=9000.0, mode_s=0xF00001, flags=BY_MODE_S)
    for one, order in ((a, (code, address)), (b, (address, code))):
        for k, told in enumerate(order):
            one.step(told, NOW_S + 10 * k)
        final = one_of(one.step(track(ve_mps=200.0, height_m=9000.0), NOW_S + 20))
        one.final = final
    assert shares(a.final) == pytest.approx(shares(b.final))
    assert sorted(e.words for e in a.final.evidence) == sorted(e.words for e in b.final.evidence)


def test_tracks_do_not_disturb_each_other():
    civil = track(1, ve_mps=230.0, height_m=10_000.0, mode_s=0xF00001, flags=BY_MODE_S)
    drone = track(2, east_m=50_000.0, ve_mps=48.0, height_m=300.0)
    alone, both = (Identifier(shipped_model(), NOWHERE, [RADAR]) for _ in range(2))
    for k in range(20):
        by_itself = alone.step(drone, NOW_S + 5 * k)
        beside = both.step(together(civil, drone), NOW_S + 5 * k)
    assert beside[2].classes == by_itself[2].classes
    assert (beside[1].identity, beside[1].type) == ("neutral", "airliner")
    assert both.step(together(drone, civil), NOW_S + 100.0)[2] is beside[2]


def test_two_runs_give_the_same():
    made = []
    for _ in range(2):
        identifier = Identifier(shipped_model(), NOWHERE, [RADAR])
        for k in range(30):
            found = identifier.step(track(ve_mps=50.0 + k % 3, height_m=200.0), NOW_S + 5 * k)
        made.append(found[1])
    assert made[0] == made[1]


def silent_drone(identifier, seconds=120.0, begin_s=NOW_S, number=1, **given):
    for k in range(int(seconds / 5.0) + 1):
        told = track(
            number,
            **{
                "ve_mps": 48.0,
                "height_m": 210.0,
                "north_m": 20_000.0,
                "east_m": 240.0 * k,
                **given,
            },
        )
        found = identifier.step(told, begin_s + 5.0 * k)[number]
    return found


def test_evidence_reads_well():
    zone = Area(
        "plant-zone", "restricted", np.radians([[53.5, 26], [53.5, 28], [55, 28], [55, 26]])
    )
    found = silent_drone(
        Identifier(shipped_model(), Areas([zone]), [RADAR]), 40.0, height_m=210.0, north_m=5_000.0
    )
    words = [one.words for one in found.evidence]
    assert "no transponder reply for 40 s" in words
    assert "inside plant-zone at 210 m" in words
    assert "48 m/s at 210 m: most like a light aircraft" in words
    assert words[-1].startswith("likeliest a one-way attack drone, hostile (")
    shifts = [abs(one.shift) for one in found.evidence[:-1]]
    assert shifts == sorted(shifts, reverse=True)


def test_a_shift_is_what_the_odds_would_lack_without_it():
    hidden, open_ = habits(), habits(answers=Answers(none=0.0, mode_s=1.0))
    toy = model(
        kind("drone", "hostile", speed_mps=SLOW),
        kind("plane", "civil", speed_mps=FAST, habits="open"),
        habits_by_name={"same": replaced(hidden, answers=Answers(none=0.5, mode_s=0.5)),
                        "open": open_},
    )  # fmt: skip
    told = track(ve_mps=50.0, mode_s=0xF00001, flags=BY_MODE_S)
    found = one_of(Identifier(toy, NOWHERE, [RADAR]).step(told, NOW_S))
    (answer,) = [one for one in found.evidence if one.source == "transponder"]
    odd = toy.reading.odd_answer
    uniform = odd / 5.0  # of the odd ones: any of five answers
    wanted = math.log(((1 - odd) * 0.5 + uniform) / ((1 - odd) * 1.0 + uniform))
    assert answer.shift == pytest.approx(wanted, abs=1e-3)
    assert answer.words == "answers Mode S F00001"


def hostile_model(**rule):
    """Return a model in which nearly everything is hostile, so that only rules stand against."""
    dark = habits(answers=Answers(none=0.5, mode_s=0.5), planned=Planned(civil=0.5, none=0.5))
    open_ = habits(answers=Answers(none=0.1, mode_s=0.9), planned=Planned(civil=0.5, none=0.5))
    return model(
        kind("drone", "hostile", weight=9999.0, habits="dark"),
        kind("plane", "civil", weight=1.0, habits="open"),
        habits_by_name={"dark": dark, "open": open_},
        rules=rules(beside_motion=0.0, **rule),
    )


def plan(**given):
    points = tuple(
        PlanPoint(time_s=NOW_S + s, latitude_rad=at(0.0, 150.0 * s)[0], longitude_rad=LON)
        for s in (-600.0, 0.0, 900.0)
    )
    return FlightPlan(**{"name": "QAL12", "mode_s": 0xF00001, "points": points, **given})


def test_no_track_is_hostile_before_it_was_watched_for_a_while():
    identifier = Identifier(hostile_model(), NOWHERE, [])
    ages = {}
    for k in range(10):
        found = one_of(identifier.step(track(ve_mps=150.0), NOW_S + 5.0 * k))
        ages[5.0 * k] = found.identity
    assert [ages[s] for s in (0.0, 5.0)] == ["unknown", "unknown"]
    assert [ages[s] for s in (10.0, 25.0)] == ["suspect", "suspect"]
    assert [ages[s] for s in (30.0, 45.0)] == ["hostile", "hostile"]


def test_few_plots_make_no_hostile():
    identifier = Identifier(hostile_model(), NOWHERE, [])
    for k in range(20):
        found = one_of(identifier.step(track(ve_mps=150.0, plots=4), NOW_S + 5.0 * k))
    assert found.identity == "suspect"


def test_motion_alone_makes_no_hostile():
    toy = model(
        kind("drone", "hostile", weight=999.0, speed_mps=(100.0, 140.0, 160.0, 200.0)),
        kind("plane", "civil", speed_mps=(150.0, 200.0, 300.0, 400.0)),
    )
    identifier = Identifier(toy, NOWHERE, [])
    for k in range(40):
        found = one_of(identifier.step(track(ve_mps=150.0), NOW_S + 5.0 * k))
    assert found.hostile > 0.99
    assert found.identity == "suspect"


def test_what_answers_as_a_civil_flight_in_its_place_is_never_even_suspect():
    identifier = Identifier(hostile_model(), NOWHERE, [], [plan()])
    given = {"vn_mps": 150.0, "mode_s": 0xF00001, "flags": BY_MODE_S}
    for k in range(20):
        found = one_of(identifier.step(track(north_m=750.0 * k, **given), NOW_S + 5.0 * k))
    assert found.hostile > 0.99
    assert found.identity == "unknown"
    assert "on flight plan QAL12 (0.0 km off)" in [one.words for one in found.evidence]


def test_an_emergency_is_never_hostile_by_machine():
    identifier = Identifier(hostile_model(), NOWHERE, [])
    for k in range(20):
        told = track(ve_mps=150.0, mode_a=0o7700, flags=SECONDARY)
        found = one_of(identifier.step(told, NOW_S + 5.0 * k))
    assert found.identity == "suspect"
    assert "squawk 7700: emergency" in [one.words for one in found.evidence]


def test_an_identity_is_kept_down_to_its_lower_threshold():
    """A speed at which the odds swing about a threshold does not make the identity flap."""
    limits = {
        "suspect": Threshold(enter=0.5, leave=0.3),
        "neutral_by_looks": Threshold(enter=0.65, leave=0.4),
    }
    toy = replaced(two(), rules=rules(**limits, suspect_after_s=0.0))
    toy = replaced(toy, reading=replaced(toy.reading, memory_s=1.0, speed_sigma_mps=10.0))
    identifier = Identifier(toy, NOWHERE, [])
    seen = []
    for k, speed in enumerate([150.0, 90.0, 108.0, 90.0, 108.0, 150.0, 108.0, 108.0]):
        found = one_of(identifier.step(track(ve_mps=speed), NOW_S + 20.0 * k))
        seen.append((round(found.hostile, 2), found.identity))
    assert [identity for _, identity in seen] == [
        *("neutral", "suspect", "suspect", "suspect", "suspect", "neutral"),
        *("neutral", "neutral"),
    ]  # fmt: skip
    assert seen[2][0] == seen[6][0]  # as probable, once from above and once from below


def test_a_persons_decision_is_kept_until_it_is_released():
    identifier = Identifier(shipped_model(), NOWHERE, [RADAR])
    machine = silent_drone(identifier)
    assert machine.identity in ("suspect", "hostile")
    identifier.decide(1, "friend", "duty officer", NOW_S + 125.0, "own test flight")
    found = silent_drone(identifier, begin_s=NOW_S + 125.0)
    assert (found.identity, found.decided_by) == ("friend", "duty officer")
    assert found.evidence[0].words == "decided by duty officer: own test flight"
    assert found.evidence[0].source == "person"
    assert found.hostile > 0.5  # the machine's probability goes on beside it
    identifier.release(1)
    assert silent_drone(identifier, begin_s=NOW_S + 250.0).identity == machine.identity


def test_a_decision_needs_a_name_and_a_known_identity():
    identifier = Identifier(shipped_model(), NOWHERE, [])
    with pytest.raises(ValueError, match="by is empty; it must name the person who decides"):
        identifier.decide(1, "friend", "", NOW_S, "because")
    with pytest.raises(ValueError, match="identity is 'foe'; it must be one of friend, "):
        identifier.decide(1, "foe", "officer", NOW_S, "because")


def test_a_military_reply_makes_a_friend_and_nothing_less_does():
    def after(flags, **given):
        identifier = Identifier(shipped_model(), NOWHERE, [RADAR], **given)
        for k in range(20):
            told = track(ve_mps=250.0, height_m=7000.0, mode_a=0o4501, flags=flags)
            found = one_of(identifier.step(told, NOW_S + 5.0 * k))
        return found

    military = after(BY_MODE_S | int(PlotFlag.MILITARY))
    assert military.identity == "friend"
    assert "military reply" in [one.words for one in military.evidence]
    assert after(SECONDARY).identity not in ("friend", "assumed-friend")
    listed = after(SECONDARY, friends=[KnownFriend(name="PATROL", mode_a=0o4501)])
    assert listed.identity in ("friend", "assumed-friend")
    assert "answers as PATROL on the list of own" in [one.words for one in listed.evidence]


def test_a_hidden_civil_thing_is_unknown_and_an_open_one_neutral():
    def hovers(**given):
        identifier = Identifier(shipped_model(), NOWHERE, [RADAR, REMOTE])
        for k in range(60):
            told = track(ve_mps=4.0 * math.cos(k), vn_mps=4.0 * math.sin(k), height_m=90.0, **given)
            found = one_of(identifier.step(told, NOW_S + 5.0 * k))
        return found

    REMOTE = replaced(RADAR, name="ears", kind="adsb", senses=("remote-id",), range_max_m=5000.0)
    heard = np.array([[2]], np.uint64)
    sends = hovers(sensors=heard, flags=int(PlotFlag.PRIMARY | PlotFlag.COOPERATIVE))
    assert (sends.identity, sends.is_civil, sends.type) == ("neutral", True, "small-drone")
    assert "sends Remote ID" in [one.words for one in sends.evidence]
    assert hovers().identity == "unknown"


def test_an_answer_out_of_its_plans_place_is_told():
    identifier = Identifier(shipped_model(), NOWHERE, [RADAR], [plan()])
    told = track(east_m=80_000.0, vn_mps=200.0, height_m=9000.0, mode_s=0xF00001, flags=BY_MODE_S)
    found = one_of(identifier.step(told, NOW_S))
    words = [one.words for one in found.evidence]
    assert "answers as flight plan QAL12, but is 80.0 km off its way" in words


def test_a_silent_track_at_a_free_plans_place_and_speed_may_be_that_flight():
    def silent(**given):
        identifier = Identifier(shipped_model(), NOWHERE, [RADAR], [plan()])
        other = track(2, vn_mps=150.0, height_m=3000.0, **given)
        for k in range(12):
            mine = track(1, north_m=750.0 * k, east_m=300.0, vn_mps=150.0, height_m=3000.0)
            there = other.replace(latitude_rad=mine.latitude_rad)
            found = identifier.step(together(mine, there) if given else mine, NOW_S + 5.0 * k)
        return found[1]

    words = [one.words for one in silent().evidence]
    assert "where flight plan QAL12 should be (0.3 km off), without an answer" in words
    taken = [one.words for one in silent(mode_s=0xF00001, flags=BY_MODE_S).evidence]
    assert "on no flight plan" in taken
    assert "beside a track that answers, equally fast" in taken


def test_who_keeps_to_a_plan_does_so_though_its_speed_jumps_for_some_seconds():
    identifier = Identifier(shipped_model(), NOWHERE, [RADAR], [plan()])
    kept = []
    for k in range(40):
        speed_mps = 150.0 if k <= 12 else 260.0
        mine = track(1, north_m=750.0 * k, east_m=300.0, vn_mps=speed_mps, height_m=3000.0)
        words = [one.words for one in one_of(identifier.step(mine, NOW_S + 5.0 * k)).evidence]
        kept.append(any("where flight plan QAL12 should be" in one for one in words))
    assert all(kept[:24])  # to 60 s after its speed was right for the last time
    assert not any(kept[26:])


def test_a_track_that_is_numbered_anew_keeps_what_is_known_and_decided():
    identifier = Identifier(shipped_model(), NOWHERE, [RADAR])
    before = silent_drone(identifier)
    identifier.decide(1, "suspect", "duty officer", NOW_S, "looks odd")
    identifier.rename(1, 9)
    found = silent_drone(identifier, 0.0, NOW_S + 121.0, number=9, east_m=5_800.0)
    (same,) = [one for one in [found] if one.track == 9]
    assert same.decided_by == "duty officer"
    assert same.hostile == pytest.approx(before.hostile, abs=0.02)


def test_only_live_tracks_are_assessed():
    told = together(
        track(1, status=int(TrackStatus.TENTATIVE)),
        track(2, status=int(TrackStatus.CONFIRMED)),
        track(3, status=int(TrackStatus.COASTED)),
        track(4, status=int(TrackStatus.ENDED)),
    )
    assert sorted(Identifier(shipped_model(), NOWHERE, []).step(told, NOW_S)) == [2, 3]
    assert Identifier(shipped_model(), NOWHERE, []).step(told.rows(np.arange(0)), NOW_S) == {}


def report(claimed, sensor=0, **given):
    place = at(0.0, 20_000.0)
    usual = {
        "time_s": NOW_S + 100.0,
        "received_s": NOW_S + 110.0,
        "sensor": sensor,
        "sense": "seen",
        "latitude_rad": place[0],
        "longitude_rad": place[1],
        "place_sigma_m": 500.0,
        "claimed": claimed,
    }
    return Reports.make(1, **{**usual, **given})


def test_what_people_say_is_weighed_once_for_each_of_them():
    people = Sensor(name="village", kind="bearing", latitude_rad=LAT, longitude_rad=LON)
    told = track(ve_mps=18.0, north_m=20_000.0, height_m=150.0)
    identifier = Identifier(shipped_model(), NOWHERE, [people])
    before = one_of(identifier.step(told, NOW_S + 100.0))
    once = one_of(identifier.step(told, NOW_S + 110.0, report("bird")))
    again = one_of(identifier.step(told, NOW_S + 111.0, report("bird")))
    birds = [sum(v for k, v in shares(a).items() if "nature" in k) for a in (before, once, again)]
    assert birds[0] < birds[1]
    assert again is once
    assert "seen by village as bird" in [one.words for one in once.evidence]


def test_what_was_said_of_another_place_is_of_another_track():
    identifier = Identifier(shipped_model(), NOWHERE, [RADAR])
    told = track(ve_mps=18.0, north_m=40_000.0, height_m=150.0)
    identifier.step(told, NOW_S + 100.0)
    found = one_of(identifier.step(told, NOW_S + 110.0, report("bird")))
    assert not [one for one in found.evidence if one.source == "report"]


def test_who_aims_at_a_protected_zone_is_told_so():
    town = Area(
        "town", "protected", np.radians([[54.5, 26.9], [54.5, 27.1], [54.6, 27.1], [54.6, 26.9]])
    )
    identifier = Identifier(shipped_model(), Areas([town]), [RADAR])
    for k in range(20):
        told = track(north_m=240.0 * k, vn_mps=48.0, height_m=210.0)
        found = one_of(identifier.step(told, NOW_S + 5.0 * k))
    assert "flies straight at town" in [one.words for one in found.evidence]


def test_the_origin_of_these_tests_is_where_it_says():
    assert at(0.0, 0.0) == (LAT, LON)
