"""What the tracker makes of each kind of sensor, and of many kinds at once."""

import math

import numpy as np
import pytest
from scipy.stats import chi2

from jointsky.records.plots import Geometry
from jointsky.records.sensors import Sensor
from jointsky.streams import stream
from jointsky.tracking.settings import TrackerSettings
from tracking.skies import (
    Flight,
    Sky,
    clutter,
    errors,
    in_time,
    owners,
    reports,
    scans,
    straight,
    tracked,
)

FLAT, EARTH = Sky(is_flat=True), Sky()
BOTH = pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
METHODS = pytest.mark.parametrize("association", ["belief", "jpda", "sharp", "assignment"])
LOW = straight((-20e3, 25e3, 3000.0), (120.0, -20.0, 0.0))


def numbers(tracks):
    return sorted(set(tracks.track_number.tolist()))


def rms(values):
    return np.sqrt(np.mean(np.square(values), axis=0))


def ears(sky, *places, **given):
    """Return sensors that measure bearings only, good to half a degree, twice a turn of a radar."""
    values = {
        "kind": "bearing",
        "range_max_m": 60e3,
        "azimuth_sigma_rad": math.radians(0.5),
        "rotation_period_s": 2.0,
        "false_plots_per_turn": 0.1,
    } | given
    return [sky.radar(*place, **values) for place in places]


def bearings(plots):
    """Return the same plots without range and elevation."""
    nothing = np.full(len(plots), np.nan)
    return plots.replace(
        geometry=np.full(len(plots), int(Geometry.BEARING)), range_m=nothing, elevation_rad=nothing
    )


def heard(rng, sky, sensors, flights, end_s, first_row=0):
    """Return the bearings of all these sensors."""
    parts = [
        bearings(scans(rng, sky, sensor, first_row + k, flights, end_s, elevation=False))
        for k, sensor in enumerate(sensors)
    ]
    return in_time(*parts)


@BOTH
def test_three_bearing_sensors_triangulate_a_track(sky):
    for seed in range(4):
        rng = stream(seed, "bearings")
        sensors = ears(sky, (-15e3, 0.0), (15e3, 0.0), (0.0, -20e3))
        plots = heard(rng, sky, sensors, [Flight(LOW)], 240.0)
        tracker = sky.tracker(sensors)
        tracks = tracked(tracker, plots)
        assert numbers(tracks) == [1] and tracker.refused == 0
        assert tracks.time_s[0] < 20.0
        late = tracks.rows(tracks.time_s > 120.0)
        # one bearing is good to 260 m across at 30 km; two cross at 50 degrees or less
        assert rms(errors(sky, late, Flight(LOW)))[:2].max() < 300.0
        assert rms(errors(sky, late, Flight(LOW)))[3:5].max() < 15.0
        assert np.mean(late.sensors[:, 0] == 7) > 0.95


@BOTH
def test_triangulated_tracks_know_how_good_they_are(sky):
    shares = []
    for seed in range(6):
        sensors = ears(sky, (-15e3, 0.0), (15e3, 0.0), (0.0, -20e3))
        plots = heard(stream(seed, "sure"), sky, sensors, [Flight(LOW)], 240.0)
        late = tracked(sky.tracker(sensors), plots)
        late = late.rows(late.time_s > 60.0)
        error = errors(sky, late, Flight(LOW))[:, :2]
        nees = np.einsum("ni,nij,nj->n", error, np.linalg.inv(late.covariance[:, :2, :2]), error)
        shares.append(np.mean(nees < chi2.ppf(0.99, 2)))
    assert np.mean(shares) > 0.95


@BOTH
def test_bearings_and_a_radar_are_one_track(sky):
    for seed in range(4):
        rng = stream(seed, "mix")
        sensors = [sky.radar(-15e3, 0.0), *ears(sky, (15e3, -10e3))]
        flight = Flight(LOW)
        plots = in_time(
            scans(rng, sky, sensors[0], 0, [flight], 200.0),
            heard(rng, sky, sensors[1:], [flight], 200.0, first_row=1),
        )
        tracks = tracked(sky.tracker(sensors), plots)
        assert numbers(tracks) == [1]
        late = tracks.rows(tracks.time_s > 60.0)
        assert np.mean(late.sensors[:, 0] == 3) > 0.95
        assert rms(errors(sky, late, flight))[:2].max() < 60.0


@BOTH
def test_a_lone_bearing_sensor_never_claims_to_know_the_range(sky):
    for seed in range(4):
        sensors = ears(sky, (15e3, -10e3))
        plots = heard(stream(seed, "alone"), sky, sensors, [Flight(LOW)], 200.0)
        tracks = tracked(sky.tracker(sensors), plots)
        for row in range(len(tracks)):
            sigma = math.sqrt(np.linalg.eigvalsh(tracks.covariance[row, :2, :2])[-1])
            off = np.linalg.norm(errors(sky, tracks.rows(slice(row, row + 1)), Flight(LOW))[0, :2])
            assert off < 4.0 * sigma


@BOTH
def test_all_kinds_of_sensors_at_once_make_one_track_of_each_target(sky):
    rng = stream(5, "all kinds")
    sensors = [
        sky.radar(-20e3, 0.0),
        sky.radar(30e3, 10e3, kind="ssr", rotation_period_s=6.0),
        sky.radar(0.0, 40e3, rotation_period_s=10.0),
        Sensor(name="receiver", kind="adsb", rotation_period_s=1.0),
        *ears(sky, (10e3, -15e3)),
    ]
    flights = [
        Flight(
            straight((-30e3, 20e3, 9000.0), (220.0, -40.0, 0.0)), mode_s=0x48AC01, mode_a=0o4521
        ),
        Flight(straight((40e3, -20e3, 3000.0), (-80.0, 60.0, 0.0)), mode_s=0x3C0001, mode_a=0o7000),
        Flight(straight((0.0, -30e3, 1500.0), (-30.0, 60.0, 0.0))),  # answers nobody
    ]
    silent = [Flight(flight.path) for flight in flights]
    plots = in_time(
        scans(rng, sky, sensors[0], 0, silent, 200.0, doppler=True),
        scans(rng, sky, sensors[1], 1, flights[:2], 200.0, elevation=False, mode_c=True),
        scans(rng, sky, sensors[2], 2, silent, 200.0, elevation=False),  # 2-D, no height at all
        reports(rng, sky, 3, flights[:1], 200.0),
        heard(rng, sky, sensors[4:], silent, 200.0, first_row=4),
        clutter(rng, sensors[0], 0, 1.0, 200.0),
    )
    tracker = sky.tracker(sensors)
    tracks = tracked(tracker, plots)
    owner = owners(sky, tracks, flights)
    assert tracker.refused == 0
    seen = 0
    for k, flight in enumerate(flights):
        mine = tracks.rows((owner == k) & (tracks.time_s > 60.0))
        assert len(numbers(mine)) == 1
        assert rms(errors(sky, mine, flight))[:2].max() < 60.0
        assert set(mine.mode_s.tolist()) == {flight.mode_s}
        seen |= int(np.bitwise_or.reduce(mine.sensors[:, 0]))
    assert seen == 0b11111
    assert len(numbers(tracks)) == 3


@BOTH
def test_a_2_d_radar_and_a_3_d_one_agree_on_the_height(sky):
    rng = stream(6, "heights")
    radars = [sky.radar(-30e3, 0.0), sky.radar(40e3, 20e3)]
    flight = Flight(straight((-20e3, 30e3, 6000.0), (150.0, -60.0, 0.0)))
    plots = in_time(
        scans(rng, sky, radars[0], 0, [flight], 240.0),
        scans(rng, sky, radars[1], 1, [flight], 240.0, elevation=False),
    )
    tracks = tracked(sky.tracker(radars), plots)
    late = tracks.rows(tracks.time_s > 100.0)
    assert numbers(tracks) == [1]
    error = errors(sky, late, flight)
    assert rms(error)[:2].max() < 60.0 and rms(error)[2] < 80.0
    assert np.mean(np.abs(error[:, 2]) < 3.0 * np.sqrt(late.covariance[:, 2, 2])) > 0.95


@BOTH
@pytest.mark.parametrize(
    "elevation",
    [True, False],
    ids=["3-D", "2-D"],
)
def test_a_garbled_altitude_costs_the_word_and_not_the_plot(sky, elevation):
    rng = stream(7, "garbled")
    radar = sky.radar(kind="ssr")
    flight = Flight(straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0)), mode_a=0o1234)
    plots = scans(rng, sky, radar, 0, [flight], 240.0, elevation=elevation, mode_c=True)
    altitude = plots.pressure_altitude_m.copy()
    altitude[rng.random(len(plots)) < 0.1] += 2000.0
    tracks = tracked(sky.tracker([radar]), plots.replace(pressure_altitude_m=altitude))
    late = tracks.rows(tracks.time_s > 60.0)
    assert numbers(tracks) == [1]
    assert np.abs(errors(sky, late, flight)[:, 2]).max() < 60.0
    assert len(tracks) >= len(plots) - 4


@BOTH
def test_mode_c_makes_the_height_of_a_3_d_radar_good(sky):
    """At 100 km an elevation is good to 170 m, Mode C everywhere to 8 m."""
    rng, radar = stream(1, "3-D and mode C"), sky.radar()
    flight = Flight(straight((-60e3, 80e3, 9000.0), (220.0, -40.0, 0.0)))
    plots = scans(rng, sky, radar, 0, [flight], 240.0, mode_c=True)
    tracks = tracked(sky.tracker([radar]), plots)
    late = tracks.rows(tracks.time_s > 60.0)
    assert rms(errors(sky, late, flight))[2] < 15.0


@METHODS
def test_every_way_to_associate_finds_the_same_two_crossing_targets(association):
    kept = 0
    for seed in range(6):
        rng = stream(seed, "cross")
        radars = [FLAT.radar(-20e3, 0.0), FLAT.radar(25e3, -30e3)]
        flights = [
            Flight(straight((-26e3, 30e3, 9000.0), (220.0, 0.0, 0.0))),
            Flight(straight((-25e3, 30e3 - 120 * 60.0, 9050.0), (210.0, 60.0, 0.0))),
        ]
        parts = [scans(rng, FLAT, r, row, flights, 240.0) for row, r in enumerate(radars)]
        parts += [clutter(rng, r, row, 10.0, 240.0) for row, r in enumerate(radars)]
        tracker = FLAT.tracker(radars, TrackerSettings(association=association))
        tracks = tracked(tracker, in_time(*parts))
        owner = owners(FLAT, tracks, flights)
        ends = [
            (numbers(tracks.rows((owner == k) & early)), numbers(tracks.rows((owner == k) & late)))
            for early, late in [(tracks.time_s < 60, tracks.time_s > 200)]
            for k in range(2)
        ]
        assert all(len(before) == 1 and len(after) == 1 for before, after in ends)
        kept += all(before == after for before, after in ends)
        last = tracks.rows(tracks.time_s > 200)
        for k, flight in enumerate(flights):
            mine = last.rows(owner[tracks.time_s > 200] == k)
            assert rms(errors(FLAT, mine, flight))[:2].max() < 80.0
    assert kept >= 5


@METHODS
def test_no_way_to_associate_lets_a_formation_run_together(association):
    for seed in range(4):
        rng = stream(seed, "formation")
        radars = [FLAT.radar(-10e3, 5e3), FLAT.radar(20e3, 15e3)]
        flights = [
            Flight(straight((-30e3, 40e3 + 500.0 * k, 9000.0), (220.0, -10.0, 0.0)))
            for k in range(3)
        ]
        parts = [scans(rng, FLAT, r, row, flights, 200.0) for row, r in enumerate(radars)]
        tracker = FLAT.tracker(radars, TrackerSettings(association=association))
        tracked(tracker, in_time(*parts))
        shown = tracker.picture(200.0)
        away = np.array([np.linalg.norm(errors(FLAT, shown, f)[:, :2], axis=1) for f in flights])
        assert len(shown) == 3 and sorted(away.argmin(axis=0).tolist()) == [0, 1, 2]
        # cross-range errors are 70 m a plot; apart they are 500 m
        assert away.min(axis=0).max() < 200.0


@BOTH
def test_targets_are_found_wherever_they_begin(sky):
    """In the middle, at the edge, low, high, fast, slow, all at once and in clutter."""
    rng, radar = stream(8, "births"), sky.radar(false_plots_per_turn=20.0)
    flights = []
    for k in range(30):
        away, angle = 8e3 + 7e3 * k, 2.4 * k  # 8 to 211 km
        place = away * math.sin(angle), away * math.cos(angle)
        speed = (20.0, 90.0, 250.0, 450.0)[k % 4]
        low = max((away / 4122.0) ** 2, 300.0) if not sky.is_flat else 300.0  # over the horizon
        height = low + (0.0, 3000.0, 9000.0)[k % 3]
        velocity = speed * math.cos(k), speed * math.sin(k), 0.0
        flights.append(Flight(straight((*place, height), velocity), begins_s=20.0 + 3.0 * k))
    plots = in_time(scans(rng, sky, radar, 0, flights, 200.0), clutter(rng, radar, 0, 20.0, 200.0))
    tracks = tracked(sky.tracker([radar]), plots)
    owner = owners(sky, tracks, flights, within_m=3000.0)
    for k, flight in enumerate(flights):
        mine = tracks.rows(owner == k)
        assert len(mine) and mine.time_s[0] < flight.begins_s + 40.0, k
    assert np.mean(owner >= 0) > 0.97


@BOTH
@pytest.mark.parametrize("silent_s", [16.0, 24.0])
def test_a_dropout_shorter_than_the_coasting_time_keeps_the_number(sky, silent_s):
    kept = 0
    for seed in range(8):
        rng, radar = stream(seed, "dropout"), sky.radar()
        path = straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0))
        flight = Flight(path, silent_s=(100.0, 100.0 + silent_s))
        plots = scans(rng, sky, radar, 0, [flight], 180.0)
        tracks = tracked(sky.tracker([radar]), plots)
        last = tracks.rows(tracks.time_s > 150.0)
        assert len(last) and rms(errors(sky, last, flight))[:2].max() < 150.0
        kept += numbers(tracks) == [1]
    assert kept >= 7
