"""Lines of sight: directions, horizon, hills in the way, who is in reach when."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy, horizon
from jointsky.earth.motion import states
from jointsky.earth.terrain import HeightGrid
from jointsky.sensors import sight_kernels as sight
from jointsky.sensors.frames import Frames, frames, ground_of, near, numbers, sites
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Place
from sensors.made_sky import (
    HEIGHT_M,
    KEY,
    LATITUDE,
    LONGITUDE,
    NOON_S,
    SITE,
    Flyer,
    local_of,
    polar_of,
    sky,
)


def site_row():
    return sites(SITE, sky(Flyer()), np.zeros(1))[0][0]


@given(st.floats(10, 5e4), st.floats(-5e4, 5e4), st.floats(-100, 2e4))
@settings(max_examples=40)
def test_a_direction_is_that_of_geodesy(east, north, up):
    point = geodesy.enu_to_ecef([[east, north, up]], LATITUDE, LONGITUDE, HEIGHT_M)
    wanted = [float(x[0]) for x in geodesy.enu_to_polar([[east, north, up]])]
    found = sight.direction(site_row(), *point[0])
    assert found[0] == pytest.approx(wanted[0], abs=1e-6)
    assert np.allclose(found[1:], wanted[1:], atol=1e-6 / max(np.hypot(east, north), 1e-3) + 1e-9)
    assert sight.distance(site_row(), *point[0]) == pytest.approx(wanted[0], abs=1e-6)


@given(st.floats(100, 4e5), st.floats(-10, 100), st.floats(-10, 12_000))
@settings(max_examples=60)
def test_the_horizon_is_that_of_the_earth_room(range_m, own_m, its_m):
    radius = horizon.EFFECTIVE_RADIUS_M
    limit = float(horizon.horizon_distance_m(own_m, its_m))
    if abs(range_m - limit) > 1e-3:
        found = sight.is_over_horizon(range_m, own_m, its_m, radius)
        assert found == (range_m < limit)


def wall(height_m):
    """Return a grid with a wall of 1 km's depth 10 km north of the site."""
    step = 500.0 / 6.371e6
    heights = np.zeros((200, 200), np.float32)
    north_m = (np.arange(200) - 100) * 500.0
    heights[(north_m >= 9_500) & (north_m <= 10_500)] = height_m
    return HeightGrid(
        LATITUDE - 100 * step, LONGITUDE - 100 * step / 0.6, step, step / 0.6, heights
    )


@pytest.mark.parametrize(("its_m", "is_seen"), [(300.0, False), (700.0, True)])
def test_a_wall_hides_what_flies_behind_it_below_its_shadow(its_m, is_seen):
    # the ray over 200 m at 10 km from 20 m is at 20 + 2 x 180 m at 20 km, 18 m less for refraction
    low = Flyer(north_m=20_000.0, height_m=its_m)
    surroundings = sky(low, terrain=wall(200.0))
    position, _ = states(surroundings.pieces, 0, NOON_S)
    args = site_row(), *position[0], horizon.EFFECTIVE_RADIUS_M
    assert sight.is_clear(ground_of(surroundings), *args) == is_seen
    assert sight.is_clear(ground_of(sky(low)), *args)


def test_the_ground_under_a_vehicle_is_that_of_the_grid():
    ground = ground_of(sky(Flyer(), terrain=wall(200.0)))
    assert sight.ground_height(ground, LATITUDE + 10_000.0 / 6.371e6, LONGITUDE) == 200.0
    assert sight.ground_height(ground_of(sky(Flyer())), LATITUDE, LONGITUDE) == 0.0


def gappy(surroundings, begin_s, end_s):
    """Return surroundings whose one vehicle is nowhere for a while and comes back elsewhere."""
    old = surroundings.pieces
    pieces = old._replace(
        first=np.array([0, 2]),
        piece=np.repeat(old.piece, 2),
        begin_s=np.array([old.begin_s[0], end_s]),
        end_s=np.array([begin_s, old.end_s[0]]),
        terms=np.repeat(old.terms, 2, axis=0),
        **{
            name: np.repeat(getattr(old, name), 2)
            for name in ("rate_radps", "acceleration_radps2", "height_m", "climb_mps")
        },
        climb_acceleration_mps2=np.repeat(old.climb_acceleration_mps2, 2),
    )
    return dataclasses.replace(surroundings, pieces=pieces)


@given(
    st.floats(-30_000, 30_000),
    st.floats(0, 6.28),
    st.floats(0, 400),
    st.floats(0.3, 20),
    st.floats(500, 20_000),
    st.booleans(),
)
@settings(max_examples=40)
def test_who_is_in_reach_is_found_without_looking_at_every_frame(
    east, course, speed, interval, reach, has_gap
):
    flyer = Flyer(east_m=east, course_rad=course, speed_mps=speed, begin_s=NOON_S - 50.0)
    surroundings = sky(flyer)
    if has_gap:
        surroundings = gappy(surroundings, NOON_S + 100.0, NOON_S + 160.0)
    seen = frames(interval, Placed(name="x", phase=0.3), NOON_S - 100.0, NOON_S + 300.0, KEY)
    rng = np.random.default_rng(1)
    seen = Frames(  # as observers do it: a moment within each interval
        seen.number, seen.time_s + interval * rng.random(len(seen.number)), seen.is_kept, interval
    )
    at = sites(SITE, surroundings, seen.time_s)[0]
    found = near(surroundings, np.ones(1, bool), seen, at, 0.0, reach)
    far = np.linalg.norm(local_of(surroundings, 0, seen.time_s), axis=1)
    assert np.array_equal(found.frame, np.flatnonzero(far <= reach))
    position, velocity = states(surroundings.pieces, 0, seen.time_s[found.frame])
    assert np.allclose(found.state, np.hstack([position, velocity]), atol=1e-6)


def test_a_sensor_aboard_sees_from_where_it_is():
    carrier = Flyer(name="carrier", north_m=0.0, height_m=3000.0, course_rad=1.0, speed_mps=200.0)
    other = Flyer(name="other", north_m=5000.0)
    surroundings = sky(carrier, other)
    times = NOON_S + np.arange(0.0, 60.0, 10.0)
    at, course = sites(Place(vehicle=0), surroundings, times)
    assert np.allclose(course, 1.0, atol=0.01)
    position, _ = states(surroundings.pieces, 0, times)
    assert np.allclose(at[:, :3], position, atol=1e-6)
    target, _ = states(surroundings.pieces, 1, times)
    for i in range(len(times)):
        lat, lon, h = (float(x[0]) for x in geodesy.ecef_to_geodetic(position[i : i + 1]))
        wanted = polar_of(
            surroundings, 1, times[i], Place(latitude_rad=lat, longitude_rad=lon, height_m=h)
        )
        found = sight.direction(at[i], *target[i])
        assert np.allclose(found, [float(x[0]) for x in wanted], atol=1e-5)
    gone, course = sites(Place(vehicle=0), surroundings, np.array([NOON_S + 1e5]))
    assert np.isnan(gone).all()
    assert np.isnan(course).all()


@given(st.floats(0.05, 60), st.floats(0, 0.999), st.floats(0, 1000), st.floats(0, 1000))
@settings(max_examples=40)
def test_frames_of_two_windows_are_those_of_both(interval, phase, first, second):
    a, b, c = NOON_S, NOON_S + first, NOON_S + first + second
    whole, left, right = (numbers(interval, phase, *w) for w in [(a, c), (a, b), (b, c)])
    assert (left[0], right[1]) == whole
    assert left[1] == right[0]
