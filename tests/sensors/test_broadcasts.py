"""ADS-B and Remote ID: when vehicles send, what is received of it, what it says."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from jointsky import streams
from jointsky.earth import geodesy
from jointsky.earth.horizon import is_above_horizon
from jointsky.earth.motion import states
from jointsky.records.plots import PlotFlag
from jointsky.records.signatures import Signature
from jointsky.records.vehicles import Transponder
from jointsky.sensors import broadcasts, others
from jointsky.sensors import broadcasts_kernels as kernels
from jointsky.sensors import drawing_kernels as drawing
from jointsky.sensors import sight_kernels as sight
from jointsky.sensors.cooperative import AdsbReceiver, RemoteIdReceiver
from jointsky.sensors.frames import ground_of, sites, words
from jointsky.sensors.surroundings import Place
from jointsky.units import KNOT_MPS
from sensors.made_sky import KEY, NOON_S, PLACED, SITE, Flyer, local_of, sky

LEAST = 1e-6  # chance of a false alarm of each statistical test here
PLAIN = Signature()
QUIET = AdsbReceiver(other_messages_per_s=0.0, report_interval_s=1.0)


def seen(sensor, surroundings, seconds, place=SITE, key=KEY):
    return others.observe(sensor, PLACED, place, 0, surroundings, NOON_S, NOON_S + seconds, key)


def every(sensor, surroundings, seconds, slot_s=0.01):
    """Return each single message that a receiver gets: rows and vehicles."""
    slots = round(NOON_S / slot_s), round((NOON_S + seconds) / slot_s), slot_s
    is_adsb = isinstance(sensor, AdsbReceiver)
    return broadcasts._received(
        broadcasts.hearing(sensor),
        broadcasts.ADSB if is_adsb else broadcasts.REMOTE_ID,
        broadcasts.ADSB_QUALITY if is_adsb else broadcasts.REMOTE_ID_QUALITY,
        120 if is_adsb else 80,
        np.arange(len(surroundings.vehicles)),
        slots,
        SITE,
        surroundings,
        KEY,
    )


def test_squitters_come_at_random_even_intervals_and_any_minute_can_be_reached():
    sky_key = words(streams.key(1, "sky"))
    first, gaps = [], []
    for vehicle in range(400):
        now, then = np.empty(120), np.empty(120)
        kernels.send_times(28_333_333, np.uint64(vehicle), sky_key, 0.5, 0.1, 0.2, now)
        kernels.send_times(28_333_334, np.uint64(vehicle), sky_key, 0.5, 0.1, 0.2, then)
        assert now[0] == pytest.approx(28_333_333 * 60.0 + 0.2, abs=1e-6)
        between = np.diff(np.concatenate([now, then[:1]]))
        assert np.all((between >= 0.4 - 1e-6) & (between <= 0.6 + 1e-6))
        first += between[:60].tolist()  # the others are their complements
        gaps.append(between)
    assert stats.kstest(first, stats.uniform(0.4, 0.2).cdf).pvalue > LEAST
    assert np.allclose(np.array(gaps).reshape(-1, 2, 60).sum(axis=1), 1.0, atol=1e-6)


def test_the_share_received_is_the_declared_one():
    assert kernels.reception_probability(100e3, 100e3, 4.0) == 0.5
    # a margin of 20 log10 2 = 6.0206 dB over 4 dB is 1.50515 sigma
    assert kernels.reception_probability(50e3, 100e3, 4.0) == pytest.approx(0.93386, abs=1e-5)
    sensor = AdsbReceiver(range_km=40.0, other_messages_per_s=0.0)
    for north_m in (20_000.0, 40_000.0, 60_000.0):
        surroundings = sky(Flyer(north_m=north_m, height_m=5000.0))
        rows, _ = every(sensor, surroundings, 3000.0)
        far = float(np.linalg.norm(local_of(surroundings, 0, NOON_S)))
        chance = kernels.reception_probability(far, 40e3, 4.0)
        chance *= kernels.clear_probability(1.0, broadcasts.hearing(sensor))
        assert stats.binomtest(len(rows), 6000, chance).pvalue > LEAST


def test_remote_id_is_sent_more_than_once_a_second_and_received_as_declared():
    sensor = RemoteIdReceiver(range_km=1.0, fading_db=6.0, channel_busy=0.3)
    surroundings = sky(Flyer(north_m=1000.0, height_m=30.0))
    rows, _ = every(sensor, surroundings, 5400.0)
    chance = 0.7 * kernels.reception_probability(1000.05, 1000.0, 6.0)
    assert stats.binomtest(len(rows), 6000, chance).pvalue > LEAST
    near = sky(Flyer(north_m=50.0, height_m=30.0))
    all_rows, _ = every(RemoteIdReceiver(channel_busy=0.0), near, 720.0)
    assert len(all_rows) == pytest.approx(800, abs=1)
    assert np.all(np.diff(all_rows[:, kernels.O_TIME]) <= 1.0 + 1e-6)


def test_more_traffic_garbles_more():
    hearing = broadcasts.hearing(AdsbReceiver(other_messages_per_s=1000.0))
    # 100 x (6.2 x 240 us + 184 us) + 1000 x 184 us = 0.1672 + 0.184
    assert kernels.clear_probability(100.0, hearing) == pytest.approx(np.exp(-0.3512), rel=1e-9)
    one = Flyer(name="one", north_m=50_000.0, height_m=9000.0)
    crowd = [
        Flyer(name=f"n{i}", east_m=1000.0 * i, north_m=60_000.0, height_m=9000.0) for i in range(99)
    ]
    alone, _ = every(QUIET, sky(one), 600.0)
    rows, who = every(QUIET, sky(one, *crowd), 600.0)
    among = rows[who == 0]
    assert set(among[:, kernels.O_TIME]) < set(alone[:, kernels.O_TIME])
    hearing = broadcasts.hearing(QUIET)
    kept = kernels.clear_probability(100.0, hearing) / kernels.clear_probability(1.0, hearing)
    assert stats.binomtest(len(among), len(alone), kept).pvalue > LEAST


@pytest.mark.parametrize("sensor", [QUIET, RemoteIdReceiver(range_km=50.0, range_max_km=100.0)])
def test_95_of_100_positions_lie_within_the_bound_that_is_sent_along(sensor):
    errors, bounds = [], []
    for seed in range(15):  # few at a time: more would garble each other
        place = np.random.default_rng(seed).uniform(-8000, 8000, (200, 2))
        flyers = [
            Flyer(name=f"v{i}", east_m=x, north_m=y, height_m=900.0)
            for i, (x, y) in enumerate(place)
        ]
        surroundings = sky(*flyers, seed=seed)
        observed = seen(sensor, surroundings, 2.0)
        # each of them once: the errors of one are alike over minutes
        vehicle, rows = np.unique(observed.vehicle, return_index=True)
        plots = observed.plots.rows(rows)
        position, _ = states(surroundings.pieces, vehicle, NOON_S)
        latitude, longitude, _ = geodesy.ecef_to_geodetic(position)
        east_m = (plots.longitude_rad - longitude) * 6.4e6 * np.cos(latitude)
        north_m = (plots.latitude_rad - latitude) * 6.385e6
        errors += np.hypot(east_m, north_m).tolist()
        bounds += (plots.east_sigma_m * broadcasts.RADIUS_95).tolist()
        assert np.array_equal(plots.east_sigma_m, plots.north_sigma_m)
    error, bound = np.array(errors), np.round(bounds, 2)
    assert len(error) > 2500
    quality = broadcasts.ADSB_QUALITY if sensor is QUIET else broadcasts.REMOTE_ID_QUALITY
    assert set(bound) == set(np.round(quality.place_m, 2))
    for size, share in zip(quality.place_m, quality.share, strict=True):
        mine = bound == round(size, 2)
        assert stats.binomtest(int(mine.sum()), len(bound), share).pvalue > LEAST
        if size > 10.0 or sensor is not QUIET:  # the 5 m steps of ADS-B widen the smallest
            inside = int((error[mine] < size).sum())
            assert stats.binomtest(inside, int(mine.sum()), 0.95).pvalue > LEAST


def test_all_receivers_get_the_same_wrong_position():
    surroundings = sky(Flyer(north_m=20_000.0, height_m=9000.0, course_rad=1.0, speed_mps=220.0))
    a, _ = every(QUIET, surroundings, 60.0)
    elsewhere = Place(latitude_rad=SITE.latitude_rad + 0.002, longitude_rad=SITE.longitude_rad)
    b = seen(QUIET, surroundings, 60.0, elsewhere, streams.key(7, "sensor", "two"))
    places = {(row[kernels.O_TIME], row[kernels.O_LATITUDE]) for row in a}
    assert len(b.plots) > 30
    assert {*zip(b.plots.time_s, b.plots.latitude_rad, strict=True)} <= places


def test_what_is_told_is_as_late_and_as_coarse_as_the_standard():
    flyer = Flyer(north_m=10_000.0, height_m=6000.0, course_rad=0.5, speed_mps=200.0, climb_mps=5.0)
    surroundings = sky(flyer)
    plots = seen(QUIET, surroundings, 120.0).plots
    feet = plots.pressure_altitude_m / 0.3048
    assert np.allclose(feet / 25.0, np.round(feet / 25.0), atol=1e-6)
    knots = plots.ve_mps / KNOT_MPS
    assert np.allclose(knots, np.round(knots), atol=1e-6)
    steps = plots.latitude_rad / (np.radians(6.0) / 2**17)
    assert np.allclose(steps, np.round(steps), atol=1e-4)
    assert np.all(plots.flags & PlotFlag.COOPERATIVE)
    assert not np.any(plots.flags & PlotFlag.ON_GROUND)
    assert np.all(plots.mode_s == 1000)
    assert np.allclose(plots.vu_mps, 5.0, atol=32 * 0.3048 / 60 + 1e-9)
    local = local_of(surroundings, 0, plots.time_s)
    error = (plots.latitude_rad - SITE.latitude_rad) * 6.386e6 - local[:, 1]
    assert np.all(np.abs(error) < 400.0)


def test_an_altimeter_errs_as_it_does_for_radars():
    surroundings = sky(*(Flyer(name=f"v{i}", height_m=3000.0) for i in range(50)))
    observed = seen(QUIET, surroundings, 5.0)
    for vehicle, told_m in zip(observed.vehicle, observed.plots.pressure_altitude_m, strict=True):
        whose = surroundings.vehicle_keys[vehicle]
        error_m = 15.0 * drawing.normals(words(surroundings.key), whose, 0, 7)[0]
        assert abs(told_m - 3000.0 - error_m) <= 12.5 * 0.3048 + 1e-6


def test_velocities_err_as_their_category_says():
    error = []
    for seed in range(10):
        flyers = [
            Flyer(name=f"v{i}", north_m=9000.0, height_m=3000.0, course_rad=1.2, speed_mps=150.0)
            for i in range(150)
        ]
        plots = seen(QUIET, sky(*flyers, seed=seed), 2.0).plots
        fine = plots.east_sigma_m < 93.0 / broadcasts.RADIUS_95  # NACv 2: 3 m/s, 95 %
        error += (plots.ve_mps[fine] - 150.0 * np.sin(1.2)).tolist()
    error = np.array(error)
    assert len(error) > 1000
    wanted = (3.0 / broadcasts.RADIUS_95) ** 2 + KNOT_MPS**2 / 12.0
    low, high = stats.chi2.ppf([LEAST / 2, 1 - LEAST / 2], len(error)) / len(error)
    # the course turns by 1e-5 rad and meridians meet by 0.001 rad over 9 km: 0.1 m/s
    assert low < np.mean(error**2) / wanted < high * 1.02


def test_aircraft_on_the_ground_say_so_without_height_and_standing_ones_rarely():
    rolling = sky(Flyer(north_m=3000.0, height_m=2.0, speed_mps=10.0))
    plots = seen(QUIET, rolling, 100.0).plots
    assert len(plots) > 80
    assert np.all(plots.flags & PlotFlag.ON_GROUND)
    assert np.isnan(plots.height_m).all()
    standing = sky(Flyer(north_m=3000.0, height_m=2.0))
    assert 15 <= len(seen(QUIET, standing, 100.0).plots) <= 21


def test_who_has_no_transmitter_is_not_heard_nor_who_is_below_the_horizon():
    mute = Flyer(transponder=int(Transponder.MODE_S), height_m=5000.0)
    assert len(seen(QUIET, sky(mute), 60.0).plots) == 0
    assert len(seen(RemoteIdReceiver(), sky(mute), 60.0).plots) == 0
    far = Flyer(north_m=200_000.0, height_m=1000.0)  # horizon at 148.63 km from 20 m
    assert len(seen(QUIET, sky(far), 60.0).plots) == 0
    assert len(seen(QUIET, sky(dataclasses.replace(far, height_m=4000.0)), 60.0).plots) > 5


def test_a_receiver_aboard_hears_over_the_horizon_and_not_itself():
    carrier = Flyer(name="carrier", height_m=9000.0, course_rad=1.0, speed_mps=200.0)
    far = Flyer(name="far", north_m=200_000.0, height_m=1000.0)
    observed = seen(QUIET, sky(carrier, far), 60.0, Place(vehicle=0))
    assert set(observed.vehicle.tolist()) == {1}


def test_longitude_zones_are_those_of_the_standard():
    # ICAO Annex 10, Vol. IV, table of transition latitudes
    for latitude_deg, below, above in [(10.47047130, 59, 58), (87.0, 2, 1), (44.19454951, 43, 42)]:
        assert kernels.longitude_zones(np.radians(latitude_deg - 1e-6)) == below
        assert kernels.longitude_zones(np.radians(latitude_deg + 1e-6)) == above
    for zones in range(3, 60):  # the same law solved for the latitude
        at = np.arccos(np.sqrt((1 - np.cos(np.pi / 30)) / (1 - np.cos(2 * np.pi / zones))))
        assert kernels.longitude_zones(at - 1e-7) == zones


def naive_receive(sensor, surroundings, seconds):
    """Return (vehicle, time) of all reports, message by message, skipping nothing."""
    hears = broadcasts.hearing(sensor)
    site = sites(SITE, surroundings, np.zeros(1))[0][0]
    ground, sky_key = ground_of(surroundings), words(surroundings.key)
    every_s = sensor.report_interval_s
    out = []
    for vehicle, whose in enumerate(surroundings.vehicle_keys):
        offset_s = 0.5 * drawing.uniform(sky_key, whose, 0, kernels.SENDING)
        reported = set()
        for block in range(int(NOON_S // 60) - 1, int((NOON_S + seconds) // 60) + 2):
            times = np.empty(120)
            kernels.send_times(block, whose, sky_key, 0.5, 0.1, offset_s, times)
            at_s = (block + 0.5) * 60.0
            here, _ = states(surroundings.pieces, np.arange(len(surroundings.vehicles)), at_s)
            heights = geodesy.ecef_to_geodetic(np.nan_to_num(here, nan=7e6))[2]
            far = np.linalg.norm(here - site[:3], axis=1)
            senders = sum(
                bool(is_above_horizon(d, 20.0, h)) and d <= hears.reach_m
                for d, h in zip(far, heights, strict=True)
            )
            for i, now_s in enumerate(times):
                slot = int(np.floor(now_s / every_s))
                position, _ = states(surroundings.pieces, vehicle, now_s)
                if not NOON_S <= slot * every_s < NOON_S + seconds or slot in reported:
                    continue
                if np.isnan(position[0, 0]):
                    continue
                range_m = float(np.linalg.norm(position[0] - site[:3]))
                share = kernels.reception_probability(range_m, hears.half_m, hears.fading_db)
                share *= kernels.clear_probability(float(senders), hears)
                luck = drawing.uniform(words(KEY), whose, block * 120 + i, kernels.RECEIVING)
                clear = sight.is_clear(ground, site, *position[0], hears.radius_m)
                if luck < share and clear and range_m <= hears.reach_m:
                    reported.add(slot)
                    out.append((vehicle, float(now_s)))
    return sorted(out)


def test_nothing_is_lost_by_not_looking_at_what_is_out_of_sight():
    rng = np.random.default_rng(4)
    flyers = [
        Flyer(
            name=f"v{i}",
            east_m=rng.uniform(-2.5e5, 2.5e5),
            north_m=rng.uniform(-2.5e5, 2.5e5),
            height_m=rng.uniform(300, 9000),
            course_rad=rng.uniform(0, 6.28),
            speed_mps=rng.uniform(0, 900),
            climb_mps=rng.uniform(-15, 15) if i % 2 else 0.0,
            begin_s=NOON_S - 100.0 if i % 3 else NOON_S + 47.0,
        )
        for i in range(14)
    ]
    sensor = AdsbReceiver(range_km=200.0, range_max_km=250.0, report_interval_s=5.0)
    surroundings = sky(*flyers)
    found = seen(sensor, surroundings, 120.0)
    told = sorted(zip(found.vehicle.tolist(), found.plots.time_s.tolist(), strict=True))
    wanted = naive_receive(sensor, surroundings, 120.0)
    assert len(told) > 40
    assert told == wanted
