"""Threats: closed forms, a seeded Monte Carlo check, and what people read."""

import math

import msgspec
import numpy as np
import pytest
from scipy.special import ndtr

from jointsky.assess.areas import Area, Areas
from jointsky.assess.threat import ThreatSettings, threats
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.records.assessment import Assessment
from jointsky.records.tracks import Tracks
from jointsky.streams import stream

LAT, LON = 0.0, math.radians(27.0)  # at the equator degrees of longitude are alike for 100 km
RADIUS_M = mean_radius_of_curvature_m(LAT)
NOW_S = 1_800_000_000.0


def place(east_m, north_m):
    """Return latitude and longitude of a point about the middle of the town, on its plane."""
    latitude = LAT + np.asarray(north_m) / RADIUS_M
    return latitude, LON + np.asarray(east_m) / (RADIUS_M * np.cos(0.5 * (latitude + LAT)))


def circle(radius_m, corners=720):
    at = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    return np.column_stack(place(radius_m * np.sin(at), radius_m * np.cos(at)))


def town(radius_m=10_000.0, **given):
    return Areas([Area("town", "protected", circle(radius_m), **given)])


def track(east_m, north_m, ve_mps, vn_mps, number=1, height_m=500.0, covariance=None):
    latitude, longitude = place(east_m, north_m)
    return Tracks.make(
        1,
        time_s=NOW_S,
        track_number=number,
        latitude_rad=latitude,
        longitude_rad=longitude,
        height_m=height_m,
        ve_mps=ve_mps,
        vn_mps=vn_mps,
        vu_mps=0.0,
        covariance=np.diag([1.0] * 6) * 1e-4 if covariance is None else covariance,
        existence=0.999,
    )


def taken_for(hostile, number=1, **given):
    given = {"identity": "suspect", "hostile": hostile, **given}
    return {number: Assessment(time_s=NOW_S, track=number, **given)}


def only(tracks, areas, hostile=0.9, **given):
    (one,) = threats(tracks, taken_for(hostile), areas, NOW_S, ThreatSettings(floor=0.0, **given))
    return one


def test_head_on_it_is_there_after_distance_over_speed():
    one = only(track(0.0, -40_000.0, 0.0, 100.0), town())
    assert one.go_s == pytest.approx(300.0, rel=1e-3)
    assert one.soonest_s == pytest.approx(300.0, rel=1e-3)
    assert (one.reach, one.closest_m) == (1.0, 0.0)


@pytest.mark.parametrize("miss_m", [0.0, 8_000.0, 10_000.0, 13_000.0])
def test_with_an_error_of_place_the_chance_to_meet_a_circle_is_a_difference_of_normals(miss_m):
    sigma = 2_000.0
    covariance = np.diag([sigma**2, 1.0, 1.0, 1e-6, 1e-6, 1e-6])
    one = only(track(miss_m, -40_000.0, 0.0, 100.0, covariance=covariance), town())
    wanted = ndtr((10_000.0 - miss_m) / sigma) - ndtr((-10_000.0 - miss_m) / sigma)
    assert one.reach == pytest.approx(wanted, abs=2e-3)  # a polygon stands for the circle
    assert one.closest_m == pytest.approx(max(miss_m - 10_000.0, 0.0), abs=20.0)
    assert one.closest_sigma_m == pytest.approx(sigma, rel=1e-3)


def test_passing_by_it_is_nearest_abeam_of_the_nearest_corner():
    one = only(track(13_000.0, -40_000.0, 0.0, 100.0), town())
    assert one.reach == 0.0
    assert one.closest_m == pytest.approx(3_000.0, abs=20.0)
    assert one.go_s == pytest.approx(400.0, rel=1e-2)


def test_flying_away_it_never_comes_and_was_nearest_now():
    one = only(track(0.0, -40_000.0, 0.0, -100.0), town())
    assert (one.reach, one.go_s) == (0.0, 0.0)
    assert one.closest_m == pytest.approx(30_000.0, rel=1e-3)
    assert one.words[0] == "flies away from town, 30.0 km from its rim"


def test_inside_it_is_there():
    one = only(track(0.0, 2_000.0, 30.0, 0.0), town())
    assert (one.reach, one.closest_m, one.go_s, one.soonest_s) == (1.0, 0.0, 0.0, 0.0)
    assert one.level == 0.9
    assert one.words == ("inside town", "90 % hostile")


def flown(mean, covariance, rng, runs=100_000, radius_m=10_000.0):
    """Return by flying: the share that comes into a circle, and times at which those do."""
    drawn = rng.multivariate_normal(mean, covariance, runs)
    place_m, velocity = drawn[:, [0, 1]], drawn[:, [3, 4]]
    speed2 = (velocity**2).sum(axis=1)
    along = -(place_m * velocity).sum(axis=1) / speed2
    miss2 = (place_m**2).sum(axis=1) - along**2 * speed2
    half2 = (radius_m**2 - miss2) / speed2
    comes = (half2 > 0.0) & (along > 0.0)
    return comes, along[comes] - np.sqrt(half2[comes])


@pytest.mark.parametrize("east_m", [0.0, 6_000.0, 11_000.0])
def test_reach_and_time_agree_with_a_hundred_thousand_flights(east_m):
    covariance = np.diag([300.0**2, 400.0**2, 1e4, 2.0**2, 3.0**2, 1.0])
    covariance[0, 3] = covariance[3, 0] = 0.5 * 300.0 * 2.0
    covariance[1, 4] = covariance[4, 1] = 0.5 * 400.0 * 3.0
    mean = np.array([east_m, -60_000.0, 500.0, 0.0, 100.0, 0.0])
    one = only(track(east_m, -60_000.0, 0.0, 100.0, covariance=covariance), town())
    comes, times = flown(mean, covariance, stream(7, "threat", int(east_m)))
    share = comes.mean()
    tolerance = 3.0 * math.sqrt(max(share * (1 - share), 1e-5) / len(comes))
    assert one.reach == pytest.approx(share, abs=tolerance + 1e-3)  # 1e-3: a polygon of 720 sides
    if east_m == 0.0:
        spread = times.std()
        # the mean of a ratio is not the ratio of means, and the rim is round: both of second order
        assert one.go_s == pytest.approx(times.mean(), abs=1.5)
        # three standard errors of a standard deviation, and the second order of the same ratio
        assert one.go_sigma_s == pytest.approx(spread, rel=3.0 / math.sqrt(2e5) + 0.01)


def test_a_rim_met_aslant_makes_the_time_less_sure():
    covariance = np.diag([500.0**2, 1.0, 1.0, 1e-6, 1e-6, 1e-6])
    head_on = only(track(0.0, -40_000.0, 0.0, 100.0, covariance=covariance), town())
    aslant = only(track(7_071.0, -40_000.0, 0.0, 100.0, covariance=covariance), town())
    assert head_on.go_sigma_s < 0.2
    assert aslant.go_sigma_s == pytest.approx(5.0, rel=0.02)  # 45 degrees: 500 m at 100 m/s


def test_too_high_it_does_not_come_into_the_zone_as_it_flies():
    given = {"ceiling_m": 3_000.0}
    above = only(track(0.0, -40_000.0, 0.0, 100.0, height_m=9_000.0), town(**given))
    below = only(track(0.0, -40_000.0, 0.0, 100.0, height_m=500.0), town(**given))
    assert (above.reach, below.reach) == (0.0, 1.0)
    assert "not at its heights as it flies" in above.words
    assert above.level == below.level  # what is high can come down


def test_level_follows_its_formula():
    one = only(track(0.0, -40_000.0, 0.0, 100.0), town(), hostile=0.8)
    assert one.level == pytest.approx(0.8 * 300.0 / (300.0 + 300.0), rel=1e-3)


def test_the_surer_the_nearer_and_the_faster_ranks_higher():
    near = track(0.0, -20_000.0, 0.0, 100.0, number=1)
    far = track(0.0, -40_000.0, 0.0, 100.0, number=2)
    slow = track(0.0, -40_000.0, 0.0, 50.0, number=3)
    away = track(0.0, -40_000.0, 0.0, -50.0, number=4)
    tracks = _joined(away, slow, far, near)
    found = threats(tracks, _all(0.9, 1, 2, 3, 4), town(), NOW_S, ThreatSettings(floor=0.0))
    assert [one.track for one in found] == [1, 2, 3, 4]
    assert threats(near, taken_for(0.5), town(), NOW_S)[0].level < found[0].level


def test_a_persons_word_stands_above_the_probability():
    tracks = track(0.0, -20_000.0, 0.0, 100.0)
    ours = taken_for(0.99, identity="friend", decided_by="duty officer")
    theirs = taken_for(0.01, identity="hostile", decided_by="duty officer")
    assert threats(tracks, ours, town(), NOW_S) == []
    (one,) = threats(tracks, theirs, town(), NOW_S)
    assert one.words[1] == "100 % hostile"


def test_who_is_not_hostile_is_not_told():
    assert threats(track(0.0, -20_000.0, 0.0, 100.0), taken_for(0.01), town(), NOW_S) == []
    assert threats(track(0.0, -20_000.0, 0.0, 100.0), {}, town(), NOW_S) == []


def test_only_protected_zones_that_hold_count():
    later = town(active_s=((NOW_S + 10.0, NOW_S + 20.0),))
    closed = Areas([Area("range", "prohibited", circle(10_000.0))])
    for areas in (later, closed):
        assert threats(track(0.0, -20_000.0, 0.0, 100.0), taken_for(0.9), areas, NOW_S) == []


def test_what_could_turn_and_be_there_soon_is_told_though_its_level_is_low():
    away = track(0.0, -20_000.0, 0.0, -100.0)
    settings = ThreatSettings(floor=0.9)
    assert len(threats(away, taken_for(0.3), town(), NOW_S, settings)) == 1
    settings = msgspec.structs.replace(settings, near_s=50.0)
    assert threats(away, taken_for(0.3), town(), NOW_S, settings) == []


def test_words_say_where_when_and_how_surely():
    covariance = np.diag([100.0, 600.0**2, 1.0, 1e-6, 1e-6, 1e-6])
    one = only(track(0.0, -22_000.0, 0.0, 50.0, covariance=covariance), town(), hostile=0.92)
    assert one.words == (
        "heads for town, 12.0 km from its rim, there in 240 s ± 12 s",
        "92 % hostile",
    )
    one = only(track(13_000.0, -40_000.0, 0.0, 100.0, covariance=covariance), town())
    assert one.words[0].startswith("would pass town at 3.0 ± 0.0 km in ")
    assert one.words[2].startswith("could be there in ")


def test_a_hovering_track_has_no_course():
    one = only(track(0.0, -12_000.0, 0.0, 0.0), town())
    assert one.reach == 0.0
    assert one.soonest_s > 1_000.0


def _joined(*tracks):
    columns = {name: np.concatenate([getattr(t, name) for t in tracks]) for name in Tracks.schema()}
    return Tracks.make(len(tracks), **columns)


def _all(hostile, *numbers):
    return {number: taken_for(hostile, number)[number] for number in numbers}
