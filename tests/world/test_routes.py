"""Routes: exact arcs, flown as a pilot would, smooth where pieces meet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.earth.motion import pieces_of, states
from jointsky.world.flights import Route, Runway
from jointsky.world.track import turn_radius_m
from world.made import AIRLINER, BEGIN_S, COPTER, at, flown, jumps, times_of

GRAVITY_MPS2 = 9.80665


def looks(made, times, vehicle=0):
    """Return latitude, longitude (degrees), height, ground speed, climb and course (radians)."""
    position, velocity = states(pieces_of(made.motion, len(made.vehicles)), vehicle, times)
    latitude, longitude, height = geodesy.ecef_to_geodetic(position)
    enu = np.array(
        [
            geodesy.enu_rotation(a, b) @ v
            for a, b, v in zip(latitude, longitude, velocity, strict=True)
        ]
    )
    course = np.unwrap(np.arctan2(enu[:, 0], enu[:, 1]))
    speed = np.hypot(enu[:, 0], enu[:, 1])
    return np.degrees(latitude), np.degrees(longitude), height, speed, enu[:, 2], course


@settings(max_examples=60)
@given(
    st.floats(-75, 75),
    st.floats(-180, 180),
    st.lists(st.floats(-120, 120), min_size=1, max_size=4),
    st.lists(st.floats(60, 200), min_size=5, max_size=5),
    st.lists(st.floats(90, 250), min_size=5, max_size=5),
    st.lists(st.floats(1000, 4000), min_size=5, max_size=5),
)
def test_position_and_velocity_never_jump(latitude, longitude, turns, legs_km, speeds, heights):
    place, course = (np.radians(latitude), np.radians(longitude)), 0.3
    waypoints = []
    for k in range(len(turns) + 1):
        waypoints.append(at(*np.degrees(place), heights[k], speed_mps=speeds[k]))
        place = onward(*place, course, legs_km[k] * 1e3)
        course += np.radians(turns[k]) if k < len(turns) else 0.0
    made, faults = flown(Route(waypoints=tuple(waypoints)))
    assert faults == []
    # POSIX seconds resolve 2.4e-7 s: 6e-5 m at 250 m/s, 4e-7 m/s at 0.2 g
    assert np.all(jumps(made) < [1e-3, 1e-3])


def onward(latitude, longitude, course, distance_m):
    """Return a place further on a sphere; any will do here."""
    step = distance_m / 6.37e6
    new = np.clip(latitude + step * np.cos(course), -1.35, 1.35)
    longitude += step * np.sin(course) / np.cos(0.5 * (latitude + new))
    return new, float(np.remainder(longitude + np.pi, 2 * np.pi) - np.pi)


def test_a_turn_has_the_bank_speed_and_radius_that_were_asked():
    route = Route(waypoints=(at(52, 24, 9000), at(53, 25), at(52, 26)), bank_deg=20.0)
    made, _ = flown(route)
    times = times_of(made, count=2001)
    *_, speed, climb, course = looks(made, times)
    assert np.allclose(climb, 0.0, atol=1e-9)
    assert np.all(np.abs(speed / 230.0 - 1.0) < 0.004)  # the sphere for the ellipsoid
    rate = np.max(np.abs(np.gradient(course, times)))
    wanted = GRAVITY_MPS2 * np.tan(np.radians(20.0)) / 230.0  # Anderson 2016, eq. 6.119
    assert rate == pytest.approx(wanted, rel=0.01)
    assert turn_radius_m(230.0, np.radians(25.0)) == pytest.approx(11_568, abs=1)


def test_the_turn_is_flown_inside_of_its_waypoint_by_the_length_that_the_triangle_gives():
    made, _ = flown(Route(waypoints=(at(0, -1, 9000), at(0, 0), at(1, 0))))
    latitude, longitude, *_ = looks(made, times_of(made, count=4001))
    nearest = np.min(np.hypot(latitude, longitude)) * 111.19e3
    radius = turn_radius_m(230.0, np.radians(25.0))
    assert nearest == pytest.approx(radius * (np.sqrt(2.0) - 1.0), rel=0.01)  # a right angle


def test_a_flight_is_where_a_hand_flown_one_is():
    """An independent pilot: steps of 10 ms along courses that a coordinated turn changes."""
    made, _ = flown(Route(waypoints=(at(52, 24, 9000), at(52.6, 25), at(52.3, 26)), bank_deg=25.0))
    pieces = made.motion
    turn = np.flatnonzero(np.abs(pieces.terms[:, 0]).max(axis=1) > 0)
    assert len(turn) == 1
    begin, end = pieces.begin_s[turn[0]], pieces.end_s[turn[0]]
    latitude, longitude, *_, course = looks(made, [begin, end, begin - 0.05])
    place, sign = np.radians([latitude[0], longitude[0]]), np.sign(course[1] - course[0])
    came = np.radians([latitude[0] - latitude[2], longitude[0] - longitude[2]])
    heading = np.arctan2(came[1] * np.cos(place[0]), came[0])  # on the sphere of verticals
    radius = geodesy.mean_radius_of_curvature_m(place[0]) + 9000.0
    steps = 20_000
    step = (end - begin) / steps
    for _ in range(steps):
        move = 230.0 / radius * step
        rate = GRAVITY_MPS2 * np.tan(np.radians(25.0)) / 230.0
        middle = heading + 0.5 * step * sign * rate
        heading += step * sign * rate + move * np.sin(middle) * np.tan(place[0])  # convergence
        place = place + np.array([np.cos(middle), np.sin(middle) / np.cos(place[0])]) * move
    metres = (np.degrees(place) - [latitude[1], longitude[1]]) * 111e3 * [1, np.cos(place[0])]
    # a circle of r km on the sphere is flown with (r / R)² / 2 less turn than on a plane: 2e-6
    assert np.hypot(*metres) < 1.0


def test_climbs_come_early_and_descents_late_at_the_rate_of_the_type():
    route = Route(waypoints=(at(52, 24, 3000), at(52, 26, 6000), at(52, 28, 4000)))
    made, _ = flown(route)
    times = times_of(made, count=2001)
    _, _, height, _, climb, _ = looks(made, times)
    assert climb.max() == pytest.approx(12.0, abs=1e-6)
    assert climb.min() == pytest.approx(-12.0, abs=1e-6)
    # trapezium: 3,000 m at 12 m/s with 1 m/s² takes 250 + 12 s
    reached = times[np.argmax(height > 5999.99)] - BEGIN_S
    assert reached == pytest.approx(262.0, abs=1.0)
    assert height[-1] == pytest.approx(4000.0, abs=1e-3)
    assert height[times < times[-1] - 180.0].min() == pytest.approx(3000.0, abs=1e-6)


def test_speed_changes_at_the_acceleration_of_the_type_and_holds_after():
    route = Route(
        waypoints=(at(0, 0, 3000), at(0, 1, speed_mps=200), at(0, 2, speed_mps=120)),
        speed_mps=150.0,
    )
    made, _ = flown(route)
    times = times_of(made, count=4001)
    speed = looks(made, times)[3]
    # speed over the ground at height, on the ellipsoid: 0.34 % faster at the equator eastward
    assert speed[0] == pytest.approx(150.0, rel=0.004)
    assert speed[-1] == pytest.approx(120.0, rel=0.004)
    assert np.max(np.gradient(speed, times)) == pytest.approx(1.5, rel=0.01)
    quick = times[np.argmax(speed > 0.999 * speed.max())] - BEGIN_S
    assert quick == pytest.approx((200.0 - 150.0) / 1.5, abs=1.0)


def test_a_take_off_runs_lifts_and_turns_and_a_landing_ends_on_the_runway():
    route = Route(
        waypoints=(at(52.3, 24.5, 3000), at(52.6, 25.0, 3000)),
        takeoff=Runway(latitude_deg=52.0, longitude_deg=24.0, heading_deg=80.0, height_m=150.0),
        landing=Runway(latitude_deg=52.2, longitude_deg=26.0, heading_deg=110.0, height_m=180.0),
        speed_mps=130.0,
    )
    made, faults = flown(route)
    assert faults == []
    assert np.all(jumps(made) < 1e-3)
    latitude, longitude, height, speed, climb, course = looks(made, times_of(made, count=4001))
    assert (latitude[0], longitude[0]) == (pytest.approx(52.0), pytest.approx(24.0))
    assert height[0] == pytest.approx(150.0, abs=1e-6)
    assert height[-1] == pytest.approx(180.0, abs=1e-3)
    assert speed[0] == pytest.approx(0.0, abs=1e-9)
    assert speed[-1] == pytest.approx(0.0, abs=1e-3)
    on_ground = height < 150.5
    assert speed[on_ground & (longitude < 24.1)].max() == pytest.approx(1.1 * 65.0, rel=0.02)
    assert np.degrees(course[100]) % 360.0 == pytest.approx(80.0, abs=0.5)
    assert np.degrees(course[-2]) % 360.0 == pytest.approx(110.0, abs=0.5)
    # the last two minutes come down a glide path of three degrees
    final = (height < 500.0) & (height > 220.0) & (longitude > 25.0)
    assert np.degrees(np.arctan2(-climb[final], speed[final])) == pytest.approx(3.0, abs=0.15)


def test_a_copter_rises_stops_turns_on_the_spot_and_stands():
    route = Route(
        waypoints=(
            at(52, 24, 100, wait_s=0.0),
            at(52, 24, 200, wait_s=5.0),
            at(52.01, 24, 200, wait_s=20.0),
            at(52.01, 24.01, 200, wait_s=0.0),
        )
    )
    made, faults = flown(route, COPTER)
    assert faults == []
    assert np.all(jumps(made) < 1e-3)
    times = times_of(made, count=4001)
    latitude, _, height, speed, climb, _ = looks(made, times)
    assert climb.max() == pytest.approx(5.0)
    # 100 m at 5 m/s and 1 m/s²: 25 s, then 5 s of standing
    moves = times[np.argmax(speed > 1e-6)] - BEGIN_S
    assert moves == pytest.approx(30.0, abs=0.2)
    assert np.all(latitude[times - BEGIN_S < 29.9] == pytest.approx(52.0, abs=1e-12))
    assert np.sum(speed < 1e-9) * np.diff(times)[0] == pytest.approx(50.0, abs=1.0)
    assert height[-1] == pytest.approx(200.0)


def test_circles_are_flown_in_the_sense_of_the_turn():
    plain, _ = flown(Route(waypoints=(at(52, 24, 9000), at(52, 25), at(53, 25))))
    rounds, _ = flown(Route(waypoints=(at(52, 24, 9000), at(52, 25, circles=3), at(53, 25))))
    assert np.all(jumps(rounds) < 1e-3)
    radius = turn_radius_m(230.0, np.radians(AIRLINER.bank_max_deg))
    more = np.ptp(times_of(rounds)) - np.ptp(times_of(plain))
    assert more == pytest.approx(3 * 2 * np.pi * radius / 230.0, rel=1e-3)


def test_laps_fly_the_waypoints_again():
    square = (at(52, 24, 9000), at(53, 24), at(53, 26), at(52, 26))
    once, _ = flown(Route(waypoints=square))
    thrice, faults = flown(Route(waypoints=square, laps=3))
    assert faults == []
    assert np.all(jumps(thrice) < 1e-3)
    assert np.ptp(times_of(thrice)) > 3 * np.ptp(times_of(once))
