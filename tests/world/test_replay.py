"""Recordings flown again: smooth, near what was reported, without what was never flown."""

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from jointsky.api import read
from jointsky.declare import Faults
from jointsky.earth import geodesy
from jointsky.earth.motion import pieces_of, states
from jointsky.records.plots import Geometry, Plots
from jointsky.world import replay_kernels as kernels
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Replay, Route
from jointsky.world.recorded import add_recording, aircraft_of
from jointsky.world.replay import Reports, replayed
from shared_data import shared
from world.made import AIRLINER, BEGIN_S, SEA, at, flown, jumps

SETTINGS = Replay(recording="made.csv")


def made_reports(seed=1, step_s=4.0, noise_m=15.0):
    """Return noisy reports of a flown route, and its motion."""
    route = Route(waypoints=(at(52, 24, 5000), at(52.6, 25, 8000), at(52.3, 26, 6000)))
    made, _ = flown(route)
    pieces = pieces_of(made.motion, 1)
    rng = np.random.default_rng(seed)
    time = np.arange(pieces.begin_s[0] + 1.0, pieces.end_s[-1], step_s)
    time = time + rng.uniform(0.0, 0.5, len(time))
    position, velocity = states(pieces, 0, time)
    latitude, longitude, height = geodesy.ecef_to_geodetic(position)
    scale = noise_m / 6.37e6
    reports = Reports(
        time,
        latitude + scale * rng.standard_normal(len(time)),
        longitude + scale / np.cos(latitude) * rng.standard_normal(len(time)),
        np.round((height + 2.0 * rng.standard_normal(len(time))) / 7.62) * 7.62,
    )
    return reports, position, velocity


def test_the_replayed_flight_is_nearer_to_the_truth_than_its_reports():
    reports, position, velocity = made_reports()
    found = replayed(reports, SETTINGS, 0)
    assert found.used.mean() > 0.98
    flies, moves = states(pieces_of(found.motion, 1), 0, reports.time_s)
    told = geodesy.geodetic_to_ecef(reports.latitude_rad, reports.longitude_rad, reports.height_m)
    error, noise = (np.linalg.norm(x - position, axis=1) for x in (flies, told))
    assert np.sqrt(np.nanmean(error**2)) < 0.85 * np.sqrt(np.mean(noise**2))
    assert np.nanmedian(np.linalg.norm(moves - velocity, axis=1)) < 4.0


def test_position_and_velocity_are_continuous():
    reports, *_ = made_reports()
    found = replayed(reports, SETTINGS, 0)
    made, _ = flown(Route(waypoints=(at(52, 24, 5000), at(52, 25))))
    assert np.all(jumps(made._replace(motion=found.motion)) < 1e-3)


def test_outliers_are_refused_and_little_else():
    reports, position, _ = made_reports(seed=2)
    wrong = np.array([20, 47, 48, 90])
    latitude = reports.latitude_rad.copy()
    latitude[wrong] += np.array([3000.0, 400.0, 400.0, -90e3]) / 6.37e6
    found = replayed(reports._replace(latitude_rad=latitude), SETTINGS, 0)
    assert not found.used[wrong].any()
    assert found.used.sum() >= len(found.used) - len(wrong) - 4
    flies, _ = states(pieces_of(found.motion, 1), 0, reports.time_s)
    assert np.nanmax(np.linalg.norm(flies - position, axis=1)) < 150.0


def test_a_height_that_nobody_can_climb_to_is_refused():
    reports, position, _ = made_reports(seed=3)
    height = reports.height_m.copy()
    height[[30, 60]] = 12_000.0, -300.0
    height[100:110] = np.nan
    found = replayed(reports._replace(height_m=height), SETTINGS, 0)
    flies, _ = states(pieces_of(found.motion, 1), 0, reports.time_s)
    assert np.nanmax(np.linalg.norm(flies - position, axis=1)) < 150.0


def test_a_silence_longer_than_a_gap_is_a_gap():
    reports, *_ = made_reports()
    quiet = (reports.time_s < BEGIN_S + 200.0) | (reports.time_s > BEGIN_S + 300.0)
    kept = Reports(*(column[quiet] for column in reports))
    pieces = pieces_of(replayed(kept, SETTINGS, 0).motion, 1)
    inside, _ = states(pieces, 0, [BEGIN_S + 150.0, BEGIN_S + 250.0, BEGIN_S + 350.0])
    assert np.array_equal(np.isnan(inside[:, 0]), [False, True, False])
    patient = Replay(recording="made.csv", gap_s=120.0)
    inside, _ = states(pieces_of(replayed(kept, patient, 0).motion, 1), 0, BEGIN_S + 250.0)
    assert np.isfinite(inside).all()


def test_the_order_of_reports_does_not_matter():
    reports, *_ = made_reports()
    mixed = np.random.default_rng(4).permutation(len(reports.time_s))
    one = replayed(reports, SETTINGS, 0)
    other = replayed(Reports(*(column[mixed] for column in reports)), SETTINGS, 0)
    assert np.array_equal(one.motion.terms, other.motion.terms)
    assert np.array_equal(one.used[mixed], other.used)


def test_the_smoother_solves_the_least_squares_of_all_states_at_once():
    rng = np.random.default_rng(7)
    time = np.cumsum(rng.uniform(0.5, 5.0, 12))
    values, variance, density = rng.normal(0, 50, (12, 2)), 9.0, 0.3
    states_, covariances = np.empty((12, 2, 2)), np.empty((12, 3))
    kernels.smooth(time, values, variance, density, states_, covariances)
    information = np.zeros((24, 24))
    right = np.zeros((24, 2))
    information[0, 0], information[1, 1] = 0.0, 1.0 / (1e6 * variance)
    for i in range(12):
        information[2 * i, 2 * i] += 1.0 / variance
        right[2 * i] += values[i] / variance
        if i:
            t = time[i] - time[i - 1]
            spread = density * np.array([[t**3 / 3, t**2 / 2], [t**2 / 2, t]])
            step = np.hstack([-np.array([[1, t], [0, 1]]), np.eye(2)])
            rows = slice(2 * i - 2, 2 * i + 2)
            information[rows, rows] += step.T @ np.linalg.solve(spread, step)
    wanted = np.linalg.solve(information, right)
    assert np.allclose(states_[:, :, 0], wanted[0::2], atol=1e-6)
    assert np.allclose(states_[:, :, 1], wanted[1::2], atol=1e-6)
    assert np.allclose(covariances[:, 0], np.diag(np.linalg.inv(information))[0::2], rtol=1e-6)


def test_cubics_are_those_of_hermite():
    rng = np.random.default_rng(8)
    time = np.cumsum(rng.uniform(1, 5, 6))
    place, speed = rng.normal(0, 1e4, (6, 3)), rng.normal(0, 200, (6, 3))
    terms = np.empty((5, 4, 3))
    kernels.cubics(time, place, speed, terms)
    wanted = CubicHermiteSpline(time, place, speed)
    for i in range(5):
        t = 0.37 * (time[i + 1] - time[i])
        value = ((terms[i, 3] * t + terms[i, 2]) * t + terms[i, 1]) * t + terms[i, 0]
        assert np.allclose(value, wanted(time[i] + t), rtol=1e-9)


def made_plots():
    reports, *_ = made_reports()
    n = len(reports.time_s)
    return Plots.make(
        2 * n,
        time_s=np.concatenate([reports.time_s, reports.time_s + 40.0]),
        geometry=np.full(2 * n, Geometry.GEODETIC, np.int8),
        latitude_rad=np.tile(reports.latitude_rad, 2),
        longitude_rad=np.tile(reports.longitude_rad, 2),
        pressure_altitude_m=np.tile(reports.height_m, 2),
        mode_s=np.repeat(np.array([0xABC123, -1], np.int32), n),
        call_sign=np.repeat(["", "QAL77"], n),
    )


def test_a_recording_joins_a_fleet_at_the_time_asked_for():
    fleet, faults = Fleet(BEGIN_S + 5000.0, BEGIN_S + 9000.0, 1, SEA), Faults()
    names = add_recording(
        fleet, "past", AIRLINER, SETTINGS, made_plots(), faults, begin_s=BEGIN_S + 5100.0
    )
    assert faults.kept == []
    assert names == ["past-QAL77", "past-abc123"]
    made = fleet.flown()
    pieces = pieces_of(made.motion, 2)
    assert pieces.begin_s[pieces.first[1]] == pytest.approx(BEGIN_S + 5100.0, abs=1e-6)
    assert pieces.begin_s[0] == pytest.approx(BEGIN_S + 5140.0, abs=1e-6)
    assert made.vehicles.mode_s.tolist() == [-1, 0xABC123]
    assert made.vehicles.call_sign.tolist() == ["QAL77", ""]


def test_what_is_wrong_with_a_replay_is_told():
    fleet, faults = Fleet(BEGIN_S, BEGIN_S + 60.0, 1, SEA), Faults()
    add_recording(fleet, "none", AIRLINER, SETTINGS, Plots.make(3), faults)
    one = Replay(recording="made.csv", only=("abc124",), begin_at_first=False)
    add_recording(fleet, "other", AIRLINER, one, made_plots(), faults.under("flight"))
    fleet = Fleet(0.0, 60.0, 1, SEA)
    past = Replay(recording="made.csv", begin_at_first=False)
    add_recording(fleet, "past", AIRLINER, past, made_plots(), faults)
    told = [str(fault) for fault in faults.kept]
    assert "3 plots, none with latitude" in told[0]
    assert told[1].startswith("flight.only[0]: 'abc124': not in the recording")
    assert "did you mean 'abc123'?" in told[1]
    assert "2 aircraft, none of which flies within the scenario" in told[2]


@pytest.mark.parametrize(
    ("name", "median_m", "used", "fastest_mps"),
    [
        # from OpenSky every 10 s, positions up to a second older than their stamps
        ("opensky/switzerland.json.gz", 30.0, 0.92, 320.0),
        ("opensky/trace_full_ac671b.json", 10.0, 0.98, 300.0),
        ("opensky/danube_valley.json.gz", 25.0, 0.95, 120.0),  # a glider
        # time stamps in whole seconds; two reports of one second are one
        ("modes/pymodes_adsb.csv", 80.0, 0.65, 280.0),
        ("asterix/lebl_160510_adsb_cat21_v023.ast", 10.0, 0.9, 320.0),
    ],
)
def test_real_recordings_are_flown_again(name, median_m, used, fastest_mps):
    plots = read(shared(f"data/{name}")).plots
    aircraft = aircraft_of(plots)[:120]
    off, speeds, counts = [], [], [0, 0]
    for one in aircraft:
        reports = Reports(
            plots.time_s[one.rows],
            plots.latitude_rad[one.rows],
            plots.longitude_rad[one.rows],
            plots.pressure_altitude_m[one.rows],
        )
        found = replayed(reports, SETTINGS, 0)
        counts[0] += found.used.sum()
        counts[1] += len(found.used)
        known = found.used & np.isfinite(reports.height_m)
        if not known.any():
            continue
        flies, moves = states(pieces_of(found.motion, 1), 0, reports.time_s[known])
        told = geodesy.geodetic_to_ecef(
            reports.latitude_rad[known], reports.longitude_rad[known], reports.height_m[known]
        )
        off.append(np.linalg.norm(flies - told, axis=1))
        speeds.append(np.linalg.norm(moves, axis=1))
    assert counts[0] >= used * counts[1]
    assert np.median(np.concatenate(off)) < median_m
    assert np.percentile(np.concatenate(speeds), 99.9) < fastest_mps
