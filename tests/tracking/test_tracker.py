"""What the tracker makes of made skies, flat and on the earth."""

import math

import numpy as np
import pytest
from scipy.stats import chi2

from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import TrackStatus
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
    turning,
)

FLAT, EARTH = Sky(is_flat=True), Sky()
BOTH = pytest.mark.parametrize("sky", [FLAT, EARTH], ids=["flat", "earth"])
AIRLINER = straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0))


def numbers(tracks):
    return sorted(set(tracks.track_number.tolist()))


def rms(values):
    return np.sqrt(np.mean(np.square(values), axis=0))


@BOTH
def test_one_target_is_found_within_three_turns_and_keeps_one_number(sky):
    for seed in range(10):
        rng, radar = stream(seed, "one"), sky.radar(detection_probability=1.0)
        flight = Flight(AIRLINER, begins_s=5.0)
        plots = scans(rng, sky, radar, 0, [flight], 200.0)
        tracks = tracked(sky.tracker([radar]), plots)
        assert numbers(tracks) == [1]
        assert tracks.time_s[0] <= plots.time_s[2]  # the third plot of its life at the latest
        assert np.all(np.diff(tracks.time_s) > 0)
        assert tracks.time_s[-1] == plots.time_s[-1]
        late = tracks.rows(tracks.time_s > 60)
        assert rms(errors(sky, late, flight))[:2].max() < 80.0  # one plot is good to 50 m
        assert rms(errors(sky, late, flight))[3:5].max() < 12.0
        assert np.all(late.existence > 0.99) and np.all(late.plots > 10)
        assert np.all(late.sensors[:, 0] == 1)


@BOTH
def test_the_default_filter_does_not_promise_more_than_it_holds(sky):
    rng, radars = stream(4, "honest"), [sky.radar(-50e3, 10e3), sky.radar(60e3, -20e3)]
    flights = [
        Flight(straight((-80e3 + 18e3 * k, -70e3, 6000.0 + 300 * k), (30.0 * k - 100, 210.0, 0.0)))
        for k in range(10)
    ]
    flights += [
        Flight(turning((-80e3 + 18e3 * k, 70e3, 7000.0), (0.0, -200.0, 0.0), 100.0, 1.0, 1.5))
        for k in range(10)
    ]
    plots = in_time(*(scans(rng, sky, r, row, flights, 240.0) for row, r in enumerate(radars)))
    tracks = tracked(sky.tracker(radars), plots)
    owner = owners(sky, tracks, flights)
    assert len(numbers(tracks)) == 20 and np.all(owner >= 0)
    shares = []
    for k, flight in enumerate(flights):
        mine = tracks.rows((owner == k) & (tracks.time_s > 60.0))
        error = errors(sky, mine, flight)[:, :3]
        nees = np.einsum("ni,nij,nj->n", error, np.linalg.inv(mine.covariance[:, :3, :3]), error)
        shares.append(np.mean(nees < chi2.ppf(0.95, 3)))
    assert np.mean(shares) > 0.93


@BOTH
def test_crossing_targets_keep_their_numbers(sky):
    kept = 0
    for seed in range(10):
        rng, radars = stream(seed, "cross"), [sky.radar(-20e3, 0.0), sky.radar(25e3, -30e3)]
        a = straight((-26e3, 30e3, 9000.0), (220.0, 0.0, 0.0))
        b = straight((-25e3, 30e3 - 120 * 60.0, 9050.0), (210.0, 60.0, 0.0))
        flights = [Flight(a), Flight(b)]
        plots = in_time(*(scans(rng, sky, r, row, flights, 240.0) for row, r in enumerate(radars)))
        tracks = tracked(sky.tracker(radars), plots)
        owner = owners(sky, tracks, flights)
        begin, end = tracks.time_s < 60, tracks.time_s > 200
        kept += all(
            numbers(tracks.rows((owner == k) & begin)) == numbers(tracks.rows((owner == k) & end))
            and len(numbers(tracks.rows((owner == k) & end))) == 1
            for k in range(2)
        )
        assert len(numbers(tracks)) <= 3
    assert kept >= 9


@BOTH
def test_an_address_keeps_its_number_through_a_hard_turn_and_a_dropout(sky):
    for seed in range(5):
        rng, radar = stream(seed, "turn"), sky.radar(kind="ssr")
        path = turning((-30e3, 20e3, 8000.0), (250.0, 0.0, 0.0), 80.0, 3.0, math.pi / 2)
        flight = Flight(path, mode_s=0x48AC01, silent_s=(120.0, 142.0))
        plots = scans(rng, sky, radar, 0, [flight], 220.0, elevation=False, mode_c=True)
        tracks = tracked(sky.tracker([radar]), plots)
        assert numbers(tracks) == [1]
        assert set(tracks.mode_s.tolist()) == {0x48AC01}
        last = tracks.rows(tracks.time_s > 180.0)
        assert len(last) > 5 and rms(errors(sky, last, flight))[:2].max() < 150.0


@BOTH
def test_a_turn_without_any_identity_is_followed(sky):
    one = 0
    for seed in range(10):
        rng, radars = stream(seed, "bare"), [sky.radar(-10e3, 0.0), sky.radar(20e3, 15e3)]
        path = turning((-30e3, 20e3, 8000.0), (250.0, 0.0, 0.0), 80.0, 0.6, math.pi / 2)
        flights = [Flight(path)]
        plots = in_time(*(scans(rng, sky, r, row, flights, 200.0) for row, r in enumerate(radars)))
        tracks = tracked(sky.tracker(radars), plots)
        one += numbers(tracks) == [1]
    assert one >= 9


@BOTH
def test_clutter_alone_hardly_makes_a_track(sky):
    confirmed, turns = 0, 0
    for seed in range(3):
        radar = sky.radar(false_plots_per_turn=50.0)
        plots = clutter(stream(seed, "clutter"), radar, 0, 50.0, 600.0)
        tracks = tracked(sky.tracker([radar]), plots)
        confirmed += len(numbers(tracks))
        turns += 150
    assert confirmed <= turns / 75  # at most one false track in five minutes


def test_clutter_of_unknown_rate_is_learned():
    radar = FLAT.radar(false_plots_per_turn=None)
    plots = clutter(stream(5, "learn"), radar, 0, 100.0, 900.0)
    tracks = tracked(FLAT.tracker([radar]), plots)
    late = tracks.rows(tracks.time_s > 300)
    assert len(numbers(late)) <= 4


@BOTH
def test_a_formation_stays_two(sky):
    for seed in range(5):
        rng, radars = stream(seed, "two"), [sky.radar(-10e3, 5e3), sky.radar(20e3, 15e3)]
        a = straight((-30e3, 40e3, 9000.0), (220.0, -10.0, 0.0))
        b = straight((-30e3, 40.6e3, 9000.0), (220.0, -10.0, 0.0))
        flights = [Flight(a), Flight(b)]
        plots = in_time(*(scans(rng, sky, r, row, flights, 200.0) for row, r in enumerate(radars)))
        tracks = tracked(sky.tracker(radars), plots)
        assert len(numbers(tracks)) == 2
        assert set(tracks.track_number[-6:].tolist()) == set(numbers(tracks))


@BOTH
def test_a_lost_target_is_ended_within_the_coasting_time(sky):
    settings = TrackerSettings(coast_s=20.0)
    rng, radar = stream(3, "lost"), sky.radar()
    flights = [Flight(AIRLINER, ends_s=100.0), Flight(straight((0.0, -60e3, 5e3), (90.0, 0, 0)))]
    plots = in_time(scans(rng, sky, radar, 0, flights, 200.0))
    tracker = sky.tracker([radar], settings)
    seen = []
    for second in range(0, 200, 2):
        now = (plots.time_s >= second) & (plots.time_s < second + 2)
        tracker.update(plots.rows(now))
        seen.append(len(tracker.picture(second + 2.0)))
    assert set(seen[20:50]) == {2}
    assert 2 in seen[50:53]  # it is not dropped at the first miss
    # 20 s, and up to two turns more until the next plot of the other one is worked off
    assert set(seen[65:]) == {1}


def test_a_coasted_track_is_told_as_such():
    radar = FLAT.radar(detection_probability=0.9)
    flight = Flight(AIRLINER, ends_s=100.0)
    tracker = FLAT.tracker([radar])
    plots = scans(stream(1, "coast"), FLAT, radar, 0, [flight], 200.0)
    tracked(tracker, plots)
    last_s = plots.time_s[-1]
    assert tracker.picture(last_s + 1.0).status.tolist() == [TrackStatus.CONFIRMED]
    coasted = tracker.picture(last_s + 10.0)
    assert coasted.status.tolist() == [TrackStatus.COASTED]
    assert np.linalg.norm(errors(FLAT, coasted, Flight(AIRLINER))[0, :2]) < 400.0
    assert np.all(np.linalg.eigvalsh(coasted.covariance[0]) > 0)
    assert coasted.covariance[0, 0, 0] > tracker.picture(last_s).covariance[0, 0, 0]
    assert len(tracker.picture(last_s - 50.0)) == 1  # never before its own time
    assert tracker.picture(last_s - 50.0).time_s[0] == pytest.approx(last_s)


@BOTH
def test_a_late_target_gets_a_number_of_its_own(sky):
    rng, radar = stream(8, "late"), sky.radar()
    flights = [Flight(AIRLINER), Flight(straight((40e3, -20e3, 3e3), (-80.0, 60.0, 0)), 120.0)]
    plots = in_time(scans(rng, sky, radar, 0, flights, 240.0))
    tracks = tracked(sky.tracker([radar]), plots)
    owner = owners(sky, tracks, flights)
    assert numbers(tracks.rows(owner == 0)) == [1] and numbers(tracks.rows(owner == 1)) == [2]
    assert 120.0 < tracks.time_s[owner == 1].min() < 140.0


@BOTH
def test_flying_from_one_radar_s_view_into_another_s_keeps_the_number(sky):
    for seed in range(5):
        rng = stream(seed, "handover")
        radars = [
            sky.radar(-60e3, 0.0, range_max_m=70e3),
            sky.radar(60e3, 0.0, range_max_m=70e3, rotation_period_s=6.0),
        ]
        flight = Flight(straight((-90e3, 5e3, 10e3), (240.0, 0.0, 0.0)))
        plots = in_time(*(scans(rng, sky, r, row, [flight], 700.0) for row, r in enumerate(radars)))
        tracks = tracked(sky.tracker(radars), plots)
        assert numbers(tracks) == [1]
        assert tracks.sensors[0, 0] == 1 and tracks.sensors[-1, 0] == 2
        assert np.any(tracks.sensors[:, 0] == 3)


@BOTH
def test_a_2_d_radar_with_mode_c_gives_the_height(sky):
    rng, radar = stream(9, "mode C"), sky.radar(kind="ssr")
    flight = Flight(AIRLINER, mode_a=0o4521)
    plots = scans(rng, sky, radar, 0, [flight], 240.0, elevation=False, mode_c=True)
    tracks = tracked(sky.tracker([radar]), plots)
    late = tracks.rows(tracks.time_s > 60)
    error = rms(errors(sky, late, flight))
    assert error[:2].max() < 80.0 and error[2] < 15.0
    sigma = np.sqrt(np.diagonal(late.covariance, axis1=1, axis2=2))
    assert np.all(sigma[:, 2] < 20.0)
    assert set(late.mode_a.tolist()) == {0o4521}
    assert np.all(np.isfinite(late.pressure_altitude_m))


def test_without_any_height_the_place_is_right_and_the_height_is_not_told():
    rng, radar = stream(10, "no height"), EARTH.radar()
    flight = Flight(straight((-60e3, 60e3, 3000.0), (220.0, -10.0, 0.0)))
    plots = scans(rng, EARTH, radar, 0, [flight], 240.0, elevation=False)
    tracks = tracked(EARTH.tracker([radar]), plots)
    assert numbers(tracks) == [1]
    late = tracks.rows(tracks.time_s > 60)
    assert np.all(np.isnan(late.height_m))
    error = errors(EARTH, late, flight)[:, :2]
    assert rms(error).max() < 200.0
    nees = np.einsum("ni,nij,nj->n", error, np.linalg.inv(late.covariance[:, :2, :2]), error)
    assert np.mean(nees < chi2.ppf(0.997, 2)) > 0.9


@BOTH
def test_doppler_makes_the_velocity_better_and_sooner(sky):
    spread = {}
    for doppler in (False, True):
        found = []
        for seed in range(10):
            rng, radar = stream(seed, "doppler"), sky.radar()
            flight = Flight(straight((-5e3, 60e3, 8000.0), (10.0, -230.0, 0.0)))
            plots = scans(rng, sky, radar, 0, [flight], 40.0, doppler=doppler)
            tracks = tracked(sky.tracker([radar]), plots)
            found.append(errors(sky, tracks, flight)[:2, 4])
        spread[doppler] = rms(np.concatenate(found))
    assert spread[True] < 3.0 < spread[False]


def test_radar_and_ads_b_of_one_aircraft_are_one_track():
    sky = EARTH
    rng, radar = stream(12, "both"), sky.radar(kind="ssr")
    flights = [
        Flight(AIRLINER, mode_s=0x48AC01, mode_a=0o4521),
        Flight(straight((40e3, -20e3, 3e3), (-80.0, 60.0, 0)), mode_s=0x3C0001),
        Flight(straight((0.0, -70e3, 7e3), (-30.0, 160.0, 0))),  # sends nothing
    ]
    sensors = [radar, Sensor(name="receiver", kind="adsb", rotation_period_s=1.0)]
    plots = in_time(
        scans(rng, sky, radar, 0, flights, 200.0, elevation=False, mode_c=True),
        reports(rng, sky, 1, flights[:2], 200.0),
    )
    tracker = sky.tracker(sensors)
    tracks = tracked(tracker, plots)
    owner = owners(sky, tracks, flights)
    assert len(numbers(tracks)) == 3 and np.all(owner >= 0)
    for k in range(2):
        mine = tracks.rows((owner == k) & (tracks.time_s > 60))
        assert len(numbers(mine)) == 1
        assert set(mine.mode_s.tolist()) == {flights[k].mode_s}
        assert rms(errors(sky, mine, flights[k]))[:2].max() < 30.0
        assert np.mean(mine.sensors[:, 0] == 3) > 0.9
    assert tracker.refused == 0 and tracker.used > 0.95 * len(plots)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0.0, 180.0), (52.0, -179.9), (75.0, 179.95), (-75.0, 10.0)]
)
def test_the_date_line_and_high_latitudes_are_nothing_special(latitude, longitude):
    sky = Sky(latitude, longitude)
    rng, radars = stream(13, "far"), [sky.radar(-40e3, 0.0), sky.radar(70e3, 20e3)]
    flights = [
        Flight(straight((-60e3, 30e3, 9000.0), (230.0, -20.0, 0.0)), mode_s=0x48AC01),
        Flight(straight((70e3, -10e3, 7000.0), (-220.0, 50.0, 0.0))),
    ]
    sensors = [*radars, Sensor(name="receiver", kind="adsb", rotation_period_s=1.0)]
    plots = in_time(
        *(scans(rng, sky, r, row, flights, 400.0) for row, r in enumerate(radars)),
        reports(rng, sky, 2, flights[:1], 400.0),
    )
    tracks = tracked(sky.tracker(sensors), plots)
    owner = owners(sky, tracks, flights)
    assert len(numbers(tracks)) == 2 and np.all(owner >= 0)
    assert np.all(np.abs(tracks.longitude_rad) <= np.pi + 1e-12)
    for k, flight in enumerate(flights):
        mine = tracks.rows((owner == k) & (tracks.time_s > 60))
        assert len(numbers(mine)) == 1
        assert rms(errors(sky, mine, flight))[:2].max() < 80.0


# what it must not take


def a_plot(time_s, **given):
    given = {"range_m": 30e3, "azimuth_rad": 1.0, "elevation_rad": 0.1} | given
    return Plots.make(1, time_s=time_s, sensor=0, geometry=int(Geometry.POLAR), **given)


def test_plots_of_a_sensor_without_a_place_are_refused_and_counted():
    rng, radar = stream(14, "nowhere"), EARTH.radar()
    nowhere = Sensor(name="nowhere", kind="radar", rotation_period_s=4.0)
    good = scans(rng, EARTH, radar, 0, [Flight(AIRLINER)], 100.0)
    bad = good.replace(sensor=np.ones(len(good), np.int32))
    tracker = EARTH.tracker([radar, nowhere])
    tracks = tracked(tracker, in_time(good, bad))
    assert tracker.refused == len(bad)
    assert numbers(tracks) == [1] and tracker.used == len(good) - 1  # the first one began it
    geodetic = reports(rng, EARTH, 1, [Flight(AIRLINER, mode_s=5)], 10.0)
    tracker = EARTH.tracker([radar, nowhere])
    tracked(tracker, geodetic)  # these need no site
    assert tracker.refused == 0


@pytest.mark.parametrize("flag", [PlotFlag.TEST, PlotFlag.COASTED])
def test_test_targets_and_predictions_of_the_sensor_are_not_used(flag):
    rng, radar = stream(15, "test"), FLAT.radar()
    plots = scans(rng, FLAT, radar, 0, [Flight(AIRLINER)], 100.0)
    tracker = FLAT.tracker([radar])
    assert len(tracked(tracker, plots.replace(flags=plots.flags | np.uint32(flag)))) == 0
    assert tracker.refused == len(plots)


def test_nothing_at_all_is_taken_kindly():
    tracker = FLAT.tracker([FLAT.radar()])
    assert len(tracker.picture(0.0)) == 0
    assert len(tracker.update(Plots.make(0))) == 0
    assert len(tracker.flush()) == 0
    assert len(tracked(tracker, a_plot(5.0))) == 0  # one plot is no track
    assert len(tracker.update(Plots.make(0))) == 0
    assert len(tracker.picture(6.0)) == 0
    assert tracker.refused == 0
    assert len(tracked(FLAT.tracker([]), Plots.make(0))) == 0


@pytest.mark.parametrize(
    "column", ["time_s", "range_m", "azimuth_rad"], ids=["time", "range", "azimuth"]
)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_plots_without_time_or_place_are_refused_and_harm_nothing(column, value):
    rng, radar = stream(16, "nan"), FLAT.radar()
    plots = scans(rng, FLAT, radar, 0, [Flight(AIRLINER)], 100.0)
    bad = plots.replace(**{column: np.full(len(plots), value)})
    tracker = FLAT.tracker([radar])
    tracks = tracked(tracker, join([plots, bad]))
    assert tracker.refused == len(bad)
    assert np.array_equal(tracks.time_s, tracked(FLAT.tracker([radar]), plots).time_s)


def test_a_sensor_number_that_nobody_has_is_an_error():
    tracker = FLAT.tracker([FLAT.radar()])
    for row in (-1, 1):
        with pytest.raises(ValueError, match="there are 1 sensors"):
            tracker.update(a_plot(1.0).replace(sensor=np.full(1, row, np.int32)))


GARBAGE = [
    (name, value)
    for name in ("range_m", "azimuth_rad", "elevation_rad", "doppler_mps", "pressure_altitude_m")
    for value in (-1e5, 0.0, 1e7, 1e300)
]
GARBAGE += [("ve_mps", 1e300), ("latitude_rad", 1e4)]
GARBAGE += [("doppler_mps", math.inf), ("pressure_altitude_m", -math.inf), ("ve_mps", math.inf)]
GARBAGE += [("range_sigma_m", math.inf), ("range_sigma_m", -1.0), ("east_sigma_m", 1e-300)]


def test_wild_values_in_a_seventh_of_the_plots_do_not_spoil_the_track():
    radar = EARTH.radar()
    sensors = [radar, Sensor(name="receiver", kind="adsb", rotation_period_s=1.0)]
    flight, rng = Flight(AIRLINER, mode_s=77), stream(18, "wild")
    good = in_time(
        scans(rng, EARTH, radar, 0, [flight], 60.0, doppler=True, mode_c=True),
        reports(rng, EARTH, 1, [flight], 60.0),
    )
    for name, value in GARBAGE:
        column = getattr(good, name).copy()
        column[10::7] = value
        with np.errstate(all="ignore"):  # overflow on the way to being refused is no news
            tracks = tracked(EARTH.tracker(sensors), good.replace(**{name: column}))
        assert numbers(tracks) == [1], (name, value)
        assert np.all(np.isfinite(tracks.covariance)), (name, value)
        assert np.abs(errors(EARTH, tracks, flight)[:, :2]).max() < 100.0, (name, value)
