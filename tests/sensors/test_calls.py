"""Observers: what is noticed, how it is told, how late and how wrong."""

import numpy as np
import pytest
from scipy import stats

from jointsky.earth import geodesy
from jointsky.earth.motion import states
from jointsky.records.plots import Geometry
from jointsky.records.signatures import Signature
from jointsky.sensors import calls_words, others
from jointsky.sensors.observers import Confusion, Observer
from jointsky.sensors.surroundings import Place
from sensors.made_sky import KEY, NOON_S, PLACED, SITE, Flyer, polar_of, sky, wrapped

LEAST = 1e-6  # chance of a false alarm of each statistical test here
NIGHT_S = NOON_S - 43_200.0
PLANE = Signature(size_m=12.0)


def observer(**other):
    given = {"attention": 1.0, "false_reports_per_day": 0.0, "hears": False, "interval_s": 10.0}
    return Observer(**{**given, **other})


def seen(sensor, surroundings, seconds, place=SITE, begin_s=NOON_S):
    return others.observe(sensor, PLACED, place, 0, surroundings, begin_s, begin_s + seconds, KEY)


def steady(**other):
    """Return one large vehicle that hovers 1 km north east of the site."""
    given = {"east_m": 700.0, "north_m": 700.0, "height_m": 100.0, "signature": PLANE}
    given |= {"end_s": NOON_S + 25_000.0}
    return Flyer(**{**given, **other})


def test_one_report_an_interval_of_what_stands_out_most():
    near = steady(name="near", east_m=300.0)
    found = seen(observer(), sky(steady(name="far"), near), 1000.0)
    assert len(found.plots) == len(found.reports) == 100
    assert np.all(found.vehicle == 1)
    assert np.array_equal(found.vehicle, found.reported)
    half = seen(observer(attention=0.5), sky(near), 20_000.0)
    assert stats.binomtest(len(half.plots), 2000, 0.5).pvalue > LEAST


def test_directions_are_rounded_and_err_as_they_say():
    for points in (8, 36):
        sensor = observer(compass_points=points)
        surroundings = sky(
            *(steady(name=f"v{i}", begin_s=NOON_S + i * 10.0, end_s=NOON_S + i * 10.0 + 10.0,
                     east_m=900 * np.sin(i * 0.7), north_m=900 * np.cos(i * 0.7))
              for i in range(700))
        )  # fmt: skip
        reports = seen(sensor, surroundings, 7000.0).reports
        assert len(reports) > 650
        steps = reports.azimuth_rad / (2 * np.pi / points)
        assert np.allclose(steps, np.round(steps))
        truth = polar_of(surroundings, seen(sensor, surroundings, 7000.0).reported, reports.time_s)[
            1
        ]
        squares = (wrapped(reports.azimuth_rad - truth) / reports.azimuth_sigma_rad) ** 2
        low, high = stats.chi2.ppf([LEAST / 2, 1 - LEAST / 2], len(squares)) / len(squares)
        assert low < squares.mean() < high


def test_places_err_as_they_say():
    surroundings = sky(steady())
    found = seen(observer(compass_points=36), surroundings, 20_000.0)
    plots = found.plots
    assert np.all(plots.geometry == Geometry.GEODETIC)
    truth, _ = states(surroundings.pieces, 0, NOON_S)
    local = geodesy.ecef_to_enu(truth, SITE.latitude_rad, SITE.longitude_rad, 20.0)[0]
    ratio = []
    for lat, lon in zip(plots.latitude_rad, plots.longitude_rad, strict=True):
        point = geodesy.geodetic_to_ecef(lat, lon, 20.0)
        told = geodesy.ecef_to_enu(point, SITE.latitude_rad, SITE.longitude_rad, 20.0)[0]
        ratio.append(np.hypot(*told[:2]) / np.linalg.norm(local))
    assert stats.kstest(np.log(ratio) / np.log(1.5), "norm").pvalue > LEAST
    wanted = np.hypot(*local[:2]) * np.log(1.5)
    assert np.median(found.reports.place_sigma_m) == pytest.approx(wanted, rel=0.05)
    assert np.all(np.abs(plots.east_north_correlation) <= 1.0)


def test_reports_come_in_late_with_the_declared_median_and_spread():
    found = seen(observer(delay_median_s=90.0, delay_factor=2.0), sky(steady()), 20_000.0)
    late = found.received_s - found.plots.time_s
    assert np.all(np.diff(found.received_s) >= 0.0)
    assert stats.kstest(np.log2(late / 90.0), "norm").pvalue > LEAST
    assert np.array_equal(found.reports.received_s, found.received_s)


def test_what_is_seen_is_taken_for_something_else_as_often_as_declared():
    confusion = Confusion(true_domain="drone", claimed="bird", share=0.3)
    reports = seen(observer(confusions=(confusion,)), sky(steady()), 20_000.0).reports
    wrong = reports.claimed == "bird"
    assert set(reports.claimed[~wrong]) == {"drone"}
    assert stats.binomtest(int(wrong.sum()), len(reports), 0.3).pvalue > LEAST


def test_courses_are_told_wrongly_as_often_as_declared():
    flyer = steady(course_rad=np.pi / 2, speed_mps=0.01)
    reports = seen(observer(wrong_course_share=0.2), sky(flyer), 20_000.0).reports
    right = np.abs(wrapped(reports.course_rad - np.pi / 2)) < 0.01
    assert stats.binomtest(int(right.sum()), len(reports), 0.8).pvalue > LEAST


def test_nobody_sees_at_night_or_above_what_is_remarkable_but_hears():
    loud = steady(begin_s=NIGHT_S - 60.0, signature=Signature(size_m=12.0, sound_db=130.0))
    assert len(seen(observer(), sky(loud), 600.0, begin_s=NIGHT_S).plots) == 0
    heard = seen(observer(hears=True), sky(loud), 600.0, begin_s=NIGHT_S)
    assert len(heard.plots) > 50
    assert set(heard.reports.sense) == {"heard"}
    assert np.all(heard.plots.geometry == Geometry.BEARING)
    assert np.isnan(heard.reports.course_rad).all()
    high = steady(height_m=4000.0, signature=Signature(size_m=60.0, sound_db=140.0))
    assert len(seen(observer(hears=True), sky(high), 600.0).plots) == 0


def test_false_reports_come_as_often_as_declared():
    away = sky(Flyer(east_m=1e6))
    found = seen(observer(false_reports_per_day=864.0, interval_s=5.0), away, 100_000.0)
    # at most one an interval: 1 - exp(-0.05) of 20,000
    chance = 1.0 - np.exp(-0.05)
    assert stats.binomtest(len(found.plots), 20_000, chance).pvalue > LEAST
    assert np.all(found.reported == -1)
    assert np.all(found.reports.words != "")


def test_a_drone_near_by_is_read_out():
    near = steady(east_m=200.0, north_m=200.0)
    reports = seen(observer(reads_remote_id=True), sky(near), 100.0).reports
    assert set(reports.remote_id) == {"C0"}
    assert "remote ID C0" in reports.words[0]
    plain = seen(observer(), sky(near), 100.0).reports
    assert set(plain.remote_id) == {""}


def test_with_a_person_on_the_ground_the_nearest_drone_is_read_out():
    person = steady(
        name="person", domain="person", transponder=0, east_m=90.0, north_m=0.0, height_m=1.0
    )
    drones = (steady(name=f"d{k}", east_m=away_m, north_m=200.0)
              for k, away_m in enumerate((450.0, 250.0, 2000.0)))  # fmt: skip
    found = seen(observer(reads_remote_id=True), sky(person, *drones), 400.0)
    assert set(found.reported) == {0}, "against the ground, but it fills the largest angle"
    assert len(found.reports) == 40 and not len(found.plots), "a walker is no plot of the sky"
    assert set(found.reports.claimed) == {"person"}
    assert set(found.reports.remote_id) == {"C2"}
    assert found.reports.words[0].startswith("seen a person to the ")
    assert "flying" not in found.reports.words[0] and "going" not in found.reports.words[0]
    alone = seen(observer(reads_remote_id=True), sky(person), 400.0)
    assert set(alone.reports.remote_id) == {""}


def test_large_flocks_are_guessed_and_a_few_are_counted():
    few = seen(observer(), sky(steady(count=4)), 500.0).reports
    assert set(few.count) == {4}
    many = seen(observer(), sky(steady(count=100)), 5000.0).reports.count
    assert 70 <= many.min() < 80
    assert 120 < many.max() <= 130


def test_bearings_only_where_that_is_declared():
    found = seen(observer(tells="bearing"), sky(steady()), 100.0)
    assert np.all(found.plots.geometry == Geometry.BEARING)
    assert np.isnan(found.reports.latitude_rad).all()


@pytest.mark.parametrize(
    ("azimuth", "words"),
    [
        (0.0, "north"),
        (np.pi / 2, "east"),
        (np.pi, "south"),
        (1.75 * np.pi, "north-west"),
        (6.28, "north"),
    ],
)
def test_directions_are_said_as_people_say_them(azimuth, words):
    assert calls_words.direction_in_words(azimuth) == words


def test_a_report_reads_as_a_sentence():
    surroundings = sky(steady(domain="rotary-wing", course_rad=np.pi, speed_mps=0.01))
    quiet = observer(
        confusions=(), wrong_course_share=0.0, bearing_sigma_deg=0.01, distance_factor=1.01
    )
    words = seen(quiet, surroundings, 10.0).reports.words[0]
    assert words == "seen a helicopter to the north-east, about 1 km away, flying south"


def test_another_place_sees_another_thing():
    assert len(seen(observer(), sky(steady()), 100.0, Place(latitude_rad=0.2)).plots) == 0
