"""The flights of the benchmarks fly as their tables say, and radars see them where they are."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from tracker_parts import racetracks, traffic
from tracker_parts.flights import Leg, Start, fly
from tracker_parts.radars import look, observe

from jointsky.earth.geodesy import ecef_to_geodetic, enu_to_ecef, geodetic_to_ecef, polar_to_enu
from jointsky.records.plots import PlotFlag

ZERO = np.zeros(1, np.int64)


def test_straight_flight_is_a_geodesic_of_the_ellipsoid():
    moving = fly([Start(0.9, 0.4, 0.0, 250.0, 1.0, [Leg(1000.0)])], 1000.0)
    here = moving.at(ZERO, np.array([999.9]))
    there = Geodesic.WGS84.Direct(math.degrees(0.9), math.degrees(0.4), math.degrees(1.0), 249_975)
    found = np.degrees([here.latitude_rad[0], here.longitude_rad[0], here.heading_rad[0]])
    # A step of half a second of the midpoint rule: a tenth of a millimetre.
    assert found == pytest.approx([there["lat2"], there["lon2"], there["azi2"]], abs=1e-9)


def test_speed_between_positions_is_the_speed_that_is_told():
    legs = [Leg(50.0, turn_radps=0.05), Leg(50.0, speed_up_mps2=0.6), Leg(50.0, climb_mps=7.6)]
    moving = fly([Start(0.9, 0.4, 8000.0, 200.0, 1.0, legs)], 150.0)
    time_s = np.arange(0.0, 149.0, 0.01)
    flight = np.zeros(len(time_s), np.int64)
    apart_m = np.linalg.norm(np.diff(moving.at(flight, time_s).ecef_m, axis=0), axis=1)
    told = np.linalg.norm(moving.at(flight[1:], time_s[1:] - 0.005).velocity_enu_mps, axis=1)
    assert apart_m / 0.01 == pytest.approx(told, abs=1e-3)


def test_a_racetrack_is_twenty_miles_straight_and_a_turn_of_175_degrees():
    moving = racetracks.flights(900.0, 0)
    turning = moving.nodes[6] != 0.0
    for flight in range(len(moving)):
        changes = np.flatnonzero(np.diff(turning[flight].astype(int)))
        runs = np.diff(changes) * moving.step_s
        is_turn = turning[flight][changes[:-1] + 1]
        speed, rate = moving.nodes[3, flight, 0], np.abs(moving.nodes[6, flight]).max()
        # Legs are rounded to steps of half a second.
        assert runs[is_turn] * rate == pytest.approx(np.radians(175.0), abs=0.26 * rate)
        assert runs[~is_turn] * speed == pytest.approx(20 * 1852.0, abs=0.26 * speed)


def test_plots_lie_about_their_targets_by_the_errors_that_are_declared():
    moving, radars = racetracks.flights(300.0, 0), racetracks.radars()[:1]
    plots = observe(moving, radars, 300.0, 0)
    sensor = radars[0].sensor
    code_of = {int(code): k for k, code in enumerate(racetracks.mode_a_of(np.arange(len(moving))))}
    mine = plots.rows([code in code_of for code in plots.mode_a.tolist()])
    flight = np.array([code_of[code] for code in mine.mode_a.tolist()])
    polar, _ = look(moving, sensor, flight, mine.time_s)
    off_m = mine.range_m - polar[0]
    off_rad = (mine.azimuth_rad - polar[1] + np.pi) % (2 * np.pi) - np.pi
    near = np.abs(off_m) < 500.0  # the rest are false plots that happen to have the code
    assert near.mean() > 0.98
    assert off_m[near].std() == pytest.approx(65.0, rel=0.12)
    assert off_rad[near].std() == pytest.approx(np.radians(0.14), rel=0.12)
    turns = 300.0 / sensor.rotation_period_s
    assert near.sum() / (turns * len(moving)) == pytest.approx(0.98, abs=0.03)
    steps = mine.pressure_altitude_m / (25 * 0.3048)
    assert steps == pytest.approx(np.round(steps), abs=1e-6)


def test_what_a_radar_looks_at_is_where_its_polar_place_says():
    moving = traffic.flights(4, 600.0, 0)
    sensor = traffic.radars()[2].sensor
    flight, time_s = np.arange(4), np.full(4, 300.0)
    flight = flight[moving.is_alive(flight, time_s)]
    polar, _ = look(moving, sensor, flight, time_s[: len(flight)])
    enu = polar_to_enu(*polar)
    site = sensor.latitude_rad, sensor.longitude_rad, sensor.height_m
    latitude, longitude, height = ecef_to_geodetic(enu_to_ecef(enu, *site))
    state = moving.at(flight, time_s[: len(flight)])
    off_m = geodetic_to_ecef(latitude, longitude, height) - state.ecef_m
    assert np.abs(off_m).max() < 1e-3


def test_the_same_seed_gives_the_same_plots_and_a_radar_more_changes_no_other():
    moving, radars = racetracks.flights(60.0, 3), racetracks.radars()
    few = observe(moving, radars[:2], 60.0, 3)
    many = observe(moving, radars, 60.0, 3)
    again = many.rows(many.sensor < 2)
    assert np.array_equal(few.range_m, again.range_m)
    assert (few.flags == int(PlotFlag.SECONDARY)).all()
