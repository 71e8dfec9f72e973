"""Errors along, across and in time; phases of flight; updates and gaps; frames."""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.metrics.compare import CompareOptions, compare
from jointsky.metrics.flight import PHASES, with_motion
from jointsky.metrics.paths import geodetic_paths, make_paths
from jointsky.streams import stream
from metrics import scenes

GRID = CompareOptions(sampling="grid")


def _flight(time_s, lag_s=0.0, right_m=0.0, speed_mps=200.0, number=1):
    """Return one flat flight to the north, late and to the right by so much."""
    time_s = np.asarray(time_s, float)
    place = np.zeros((len(time_s), 3))
    place[:, 0], place[:, 1] = right_m, speed_mps * (time_s - lag_s)
    speed = np.tile([0.0, speed_mps, 0.0], (len(time_s), 1))
    return make_paths(time_s, np.full(len(time_s), number), place, speed)


def test_lateness_is_behind_and_right_is_positive():
    truth, tracks = _flight(np.arange(0, 101, 4.0)), _flight(np.arange(1.3, 99, 5.0), 0.5, 30.0)
    found = compare(truth, tracks, GRID).errors["all"]
    assert found["along_m"]["mean"] == pytest.approx(-100.0)
    assert found["across_m"]["mean"] == pytest.approx(30.0)
    assert found["horizontal_m"]["rms"] == pytest.approx(np.hypot(100.0, 30.0))
    assert found["speed_mps"]["rms"] == pytest.approx(0.0, abs=1e-9)


def test_curved_flight_is_interpolated_to_metres():
    """A turn of 3 degrees a second, told every 8 s: a straight line would be 220 m off."""

    def turn(time_s):
        angle = np.radians(3.0) * time_s
        radius = 200.0 / np.radians(3.0)
        place = radius * np.stack([1 - np.cos(angle), np.sin(angle), 0 * angle], axis=1)
        speed = 200.0 * np.stack([np.sin(angle), np.cos(angle), 0 * angle], axis=1)
        return make_paths(time_s, np.ones(len(time_s)), place, speed)

    found = compare(turn(np.arange(0, 81, 8.0)), turn(np.arange(1.0, 79, 1.7)), GRID)
    assert found.errors["all"]["horizontal_m"]["p99"] < 2.0
    assert found.errors["turning"]["horizontal_m"]["n"] == found.errors["all"]["horizontal_m"]["n"]


@pytest.mark.parametrize("tells_speed", [True, False])
def test_phases_of_flight_are_found(tells_speed):
    """20 s each: straight, a turn at 2 degrees/s, braking at 1 m/s2, a climb at 10 m/s."""
    step = np.arange(0.0, 80.0, 1.0)
    heading, speed, climb = np.zeros(80), np.full(80, 150.0), np.zeros(80)
    heading[20:40] = np.radians(2.0) * np.arange(20)
    heading[40:] = np.radians(40.0)
    speed[40:60] -= np.arange(20)
    speed[60:] = 130.0
    climb[60:] = 10.0
    velocity = np.stack([speed * np.sin(heading), speed * np.cos(heading), climb], axis=1)
    place = np.concatenate([[np.zeros(3)], np.cumsum(velocity, axis=0)[:-1]])
    given_speed = velocity if tells_speed else None
    paths = make_paths(step, np.ones(80), place, given_speed)
    found = with_motion(paths)[1]
    middles = [PHASES[found[row]] for row in (8, 30, 50, 71)]
    assert middles == ["straight", "turning", "accelerating", "climbing"]


@settings(max_examples=25, deadline=None)
@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(0, 360), st.integers(0, 2**32 - 1))
def test_distances_on_earth_are_those_of_the_ellipsoid(latitude, longitude, bearing, seed):
    """And heights, which may be barometric on one side, do not touch them."""
    time_s = np.arange(0.0, 40.0, 4.0)
    flown = [Geodesic.WGS84.Direct(latitude, longitude, bearing, 200.0 * t) for t in time_s]
    aside = [Geodesic.WGS84.Direct(f["lat2"], f["lon2"], f["azi2"] + 90, 400.0) for f in flown]
    rng = stream(seed, "heights")

    def paths(places):
        return geodetic_paths(
            time_s,
            np.ones(len(time_s)),
            np.radians([f["lat2"] for f in places]),
            np.radians([f["lon2"] for f in places]),
            height_m=rng.uniform(0, 12000, len(time_s)),
        )

    found = compare(paths(flown), paths(aside), CompareOptions(sampling="shared"))
    assert found.errors["all"]["across_m"]["mean"] == pytest.approx(400.0, abs=0.05)
    assert found.errors["all"]["along_m"]["rms"] == pytest.approx(0.0, abs=0.6)
    assert found.picture["rms_m"] == pytest.approx(400.0, abs=0.05)


def _judged(tracks, whole=True):
    truth = _flight(np.arange(0.0, 401.0, 1.0))
    found = compare(truth, tracks, CompareOptions(sampling="grid", is_whole_life=whole))
    return found, found.updates["by_standard"]["esassp_3nm"]


def test_an_update_every_interval_is_probability_one():
    _, found = _judged(_flight(np.arange(0.5, 400.0, 5.0)))
    assert found["probability_of_update"] == 1.0
    assert found["long_gaps"] == 0.0


def test_a_long_gap_is_counted_in_intervals():
    times = np.arange(0.5, 400.0, 5.0)
    _, found = _judged(_flight(times[(times < 100) | (times > 125)]))
    assert found["expected_intervals"] == 80
    assert found["probability_of_update"] == pytest.approx(75 / 80)
    assert found["long_gap_share"] == pytest.approx(5 / 80)
    assert found["long_gaps"] == 1.0


def test_coverage_unknown_expects_updates_only_while_tracked():
    tracks = _flight(np.arange(100.5, 300.0, 5.0))
    assert _judged(tracks)[1]["probability_of_update"] == pytest.approx(0.5)
    assert _judged(tracks, whole=False)[1]["probability_of_update"] == 1.0


def test_a_point_that_was_only_moved_on_is_no_update():
    times = np.arange(0.5, 400.0, 5.0)
    flight = _flight(times)
    flight.updated[20:30] = False
    assert _judged(flight)[1]["probability_of_update"] == pytest.approx(70 / 80)


def test_altitude_age_is_found_from_the_lag_in_a_climb():
    time_s = np.arange(0.0, 200.0, 1.0)

    def climb(times, lag_s):
        flight = _flight(times)
        columns = {
            "pressure_altitude_m": 10.0 * (times - lag_s),
            "climb_mps": np.full(len(times), 10.0),
        }
        return make_paths(times, flight.number, flight.position_m, flight.velocity_mps, **columns)

    found = compare(climb(time_s, 0.0), climb(time_s[2:-2] + 0.25, 3.0), GRID)
    age = found.updates["by_standard"]["esassp_3nm"]["pressure_altitude_age_s"]
    assert age == pytest.approx(3.0)
    verdicts = {c.standard: c.verdict for c in found.conformity if "age" in c.label}
    assert verdicts == {"ESASSP 3 NM": "fail", "ESASSP 5 NM": "pass"}


def test_mode_c_is_asked_for_where_the_target_tells_its_altitude():
    """On the ground it tells none: half of the updates have nothing to be compared with."""
    truth, tracks = _flight(np.arange(0.0, 401.0)), _flight(np.arange(0.5, 400.0, 5.0))
    truth.pressure_altitude_m[200:] = 3000.0
    tracks.pressure_altitude_m[:] = 3010.0

    def found():
        return compare(truth, tracks, GRID).updates["by_standard"]["ed142_approach"]

    assert found()["mode_c_probability"] == 1.0
    tracks.pressure_altitude_m[-10:] = np.nan
    assert found()["mode_c_probability"] == pytest.approx(30 / 40)
    tracks.pressure_altitude_m[-10:] = 3100.0
    assert found()["mode_c_probability"] == pytest.approx(30 / 40)
    truth.pressure_altitude_m[:] = np.nan
    assert np.isnan(found()["mode_c_probability"])


def test_a_track_is_not_helped_by_points_that_come_later():
    """Told every 10 s without a velocity: on the grid it stands still in between."""
    truth = _flight(np.arange(0.0, 101.0, 1.0), speed_mps=10.0)
    times = np.arange(0.0, 101.0, 10.0)
    place = np.zeros((len(times), 3))
    place[:, 1] = 10.0 * times
    tracks = make_paths(times, np.ones(len(times)), place)
    found = compare(truth, tracks, GRID)
    assert found.over_time["gospa_m"].max() == pytest.approx(90.0)


def test_paths_come_sorted_and_once():
    made = scenes.points([(5, 2, 1.0), (4, 2, 0.0), (5, 2, 9.0), (4, 1, 3.0), (np.nan, 1, 0.0)])
    assert list(made.number) == [1, 2, 2]
    assert list(made.position_m[:, 0]) == [3.0, 0.0, 9.0]
    assert (made.repeated, made.unplaced) == (1, 1)
