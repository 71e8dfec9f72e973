import math

import numpy as np
import pyproj
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy, geodesy_kernels

latitudes = st.floats(-math.pi / 2, math.pi / 2) | st.sampled_from([0.0, math.pi / 2, -math.pi / 2])
longitudes = st.floats(-math.pi, math.pi)
heights = st.floats(-10e3, 40_000e3)
globe = st.tuples(latitudes, longitudes, heights)

WGS84 = pyproj.CRS.from_epsg(4979)
ECEF = pyproj.CRS.from_epsg(4978)
TO_ECEF = pyproj.Transformer.from_crs(WGS84, ECEF, always_xy=True)


def metres_between(a_rad, b_rad, height_m):
    """Return how far two angles are apart on a circle around the earth."""
    return abs(math.remainder(a_rad - b_rad, 2 * math.pi)) * (6.4e6 + height_m)


@settings(max_examples=300, deadline=None)
@given(globe)
def test_earth_centred_positions_are_those_of_pyproj(place):
    latitude, longitude, height_m = place
    ours = geodesy.geodetic_to_ecef(latitude, longitude, height_m)[0]
    theirs = TO_ECEF.transform(math.degrees(longitude), math.degrees(latitude), height_m)
    # 1e-8 m: a few units in the last place of 4.6e7 m
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=5e-8)


@settings(max_examples=500, deadline=None)
@given(globe)
def test_geodetic_positions_come_back_to_a_millionth_of_a_millimetre(place):
    latitude, longitude, height_m = place
    back = [float(x[0]) for x in geodesy.ecef_to_geodetic(geodesy.geodetic_to_ecef(*place))]
    # rounding of the earth-centred numbers themselves is 7e-9 m at 46,000 km
    assert metres_between(back[0], latitude, height_m) < 3e-8
    assert metres_between(back[1], longitude, height_m) * math.cos(latitude) < 3e-8
    assert abs(back[2] - height_m) < 3e-8


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e-6, 1e-6), st.floats(-1e-6, 1e-6), st.sampled_from([-1.0, 1.0]), heights)
def test_a_metre_around_a_pole_nothing_breaks(x_m, y_m, side, height_m):
    z_m = side * (geodesy_kernels.SEMI_MINOR_M + height_m)
    latitude, longitude, back_m = geodesy.ecef_to_geodetic([[x_m, y_m, z_m]])
    assert math.copysign(1.0, latitude[0]) == side
    assert abs(latitude[0]) == pytest.approx(math.pi / 2, abs=1e-9)
    assert back_m[0] == pytest.approx(height_m, abs=1e-7)
    assert longitude[0] == math.atan2(y_m, x_m)


def test_not_a_number_stays_not_a_number():
    assert np.isnan(geodesy.geodetic_to_ecef(np.nan, 0.0, 0.0)[0, 0])
    assert all(np.isnan(x[0]) for x in geodesy.ecef_to_geodetic([[np.nan, 1.0, 2.0]]))


@settings(max_examples=100, deadline=None)
@given(globe, latitudes, longitudes, st.floats(-1000, 9000))
def test_local_positions_are_those_of_pyproj(place, latitude, longitude, height_m):
    ecef_m = geodesy.geodetic_to_ecef(*place)
    ours = geodesy.ecef_to_enu(ecef_m, latitude, longitude, height_m)[0]
    pipeline = pyproj.Transformer.from_pipeline(
        f"+proj=topocentric +ellps=WGS84 +lat_0={math.degrees(latitude)!r} "
        f"+lon_0={math.degrees(longitude)!r} +h_0={height_m!r}"
    )
    theirs = pipeline.transform(*ecef_m[0])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-7)
    back = geodesy.enu_to_ecef([ours], latitude, longitude, height_m)
    np.testing.assert_allclose(back, ecef_m, rtol=0, atol=5e-8)


@settings(max_examples=100, deadline=None)
@given(st.floats(-1.4, 1.4), longitudes, st.floats(0, 2 * math.pi), st.floats(100, 5000))
def test_a_short_way_has_the_length_and_azimuth_of_geographiclib(lat, lon, azimuth, distance_m):
    end = Geodesic.WGS84.Direct(
        math.degrees(lat), math.degrees(lon), math.degrees(azimuth), distance_m
    )
    ecef_m = geodesy.geodetic_to_ecef(math.radians(end["lat2"]), math.radians(end["lon2"]), 0.0)
    east_m, north_m, up_m = geodesy.ecef_to_enu(ecef_m, lat, lon, 0.0)[0]
    range_m, seen_rad, elevation_rad = (
        x[0] for x in geodesy.enu_to_polar([[east_m, north_m, up_m]])
    )
    # chord and arc differ by s^3 / 24 R^2 < 0.2 mm; the chord's azimuth by far less than 1e-6
    assert range_m == pytest.approx(distance_m, abs=2e-4)
    assert abs(math.remainder(seen_rad - azimuth, 2 * math.pi)) < 1e-6
    radius_m = distance_m / (-2 * elevation_rad)
    assert radius_m == pytest.approx(geodesy.mean_radius_of_curvature_m(lat), rel=6e-3)


def test_the_mean_radius_is_that_of_its_formula():
    a, b = 6378137.0, 6356752.314245
    assert geodesy.mean_radius_of_curvature_m(0.0) == pytest.approx(b, abs=1e-3)
    assert geodesy.mean_radius_of_curvature_m(math.pi / 2) == pytest.approx(a * a / b, abs=1e-3)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.1, 1e6),
    st.floats(0, 2 * math.pi, exclude_max=True),
    st.floats(-math.pi / 2, math.pi / 2),
)
def test_polar_positions_come_back(range_m, azimuth_rad, elevation_rad):
    enu_m = geodesy.polar_to_enu(range_m, azimuth_rad, elevation_rad)
    back = [float(x[0]) for x in geodesy.enu_to_polar(enu_m)]
    assert back[0] == pytest.approx(range_m, rel=1e-14)
    assert back[2] == pytest.approx(elevation_rad, abs=1e-8)
    assert 0.0 <= back[1] < 2 * math.pi
    off = abs(math.remainder(back[1] - azimuth_rad, 2 * math.pi)) * math.cos(elevation_rad)
    assert off < 1e-14


def test_azimuths_run_clockwise_from_north():
    azimuths = geodesy.enu_to_polar([[0, 1, 0], [1, 0, 0], [0, -1, 0], [-1, 0, 0]])[1]
    np.testing.assert_allclose(np.degrees(azimuths), [0, 90, 180, 270])
    assert geodesy.enu_to_polar([[-1e-300, 1.0, 0.0]])[1][0] == 0.0  # not 2 pi


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 500), st.floats(0, 15e3), st.floats(200, 300e3))
def test_the_elevation_of_a_height_closes_its_triangle(radar_m, target_m, range_m):
    radius_m = 6.371e6
    elevation = float(geodesy.elevation_of_height(range_m, radar_m, target_m, radius_m))
    if abs(target_m - radar_m) < range_m * 0.999:
        x = range_m * math.cos(elevation)
        z = radius_m + radar_m + range_m * math.sin(elevation)
        assert math.hypot(x, z) - radius_m == pytest.approx(target_m, abs=1e-6)


def test_a_height_that_a_range_cannot_reach_is_straight_above_or_below():
    of = geodesy.elevation_of_height
    assert of(1000.0, 0.0, 5000.0, 6.371e6) == math.pi / 2
    assert of(1000.0, 5000.0, 0.0, 6.371e6) == -math.pi / 2
    assert of(0.0, 0.0, 5000.0, 6.371e6) == 0.0
    assert of(1000.0, 100.0, 600.0, None) == pytest.approx(math.asin(0.5))


def plain(kernel):
    """Return a kernel as the Python function it was made of."""
    return getattr(kernel, "py_func", kernel)


@settings(max_examples=50, deadline=None)
@given(globe)
def test_kernels_agree_with_themselves_as_plain_python(place):
    k = geodesy_kernels
    ecef_m = plain(k.geodetic_to_ecef)(*place)
    np.testing.assert_allclose(k.geodetic_to_ecef(*place), ecef_m, rtol=1e-15, atol=1e-8)
    for name in ("ecef_to_geodetic", "enu_to_polar"):
        compiled, interpreted = getattr(k, name)(*ecef_m), plain(getattr(k, name))(*ecef_m)
        np.testing.assert_allclose(compiled, interpreted, rtol=1e-13, atol=1e-8)
    compiled, interpreted = k.polar_to_enu(*ecef_m), plain(k.polar_to_enu)(*ecef_m)
    np.testing.assert_allclose(compiled, interpreted, rtol=1e-12, atol=1e-6)


def naive_rotation(latitude, longitude):
    """Return east, north, up as derivatives of the position along longitude, latitude, height."""
    steps = [(0.0, 1e-6, 0.0), (1e-6, 0.0, 0.0), (0.0, 0.0, 1.0)]
    rows = []
    for d_latitude, d_longitude, d_height in steps:
        ends = [
            np.array(
                TO_ECEF.transform(
                    math.degrees(longitude + s * d_longitude),
                    math.degrees(latitude + s * d_latitude),
                    s * d_height,
                )
            )
            for s in (-1, 1)
        ]
        rows.append((ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0]))
    return np.array(rows)


@settings(max_examples=100, deadline=None)
@given(st.floats(-1.5, 1.5), longitudes)
def test_the_rotation_points_along_its_derivatives(latitude, longitude):
    rotation = geodesy.enu_rotation(latitude, longitude)
    np.testing.assert_allclose(rotation, naive_rotation(latitude, longitude), atol=2e-8)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-15)


def test_scalars_fill_columns_and_wrong_shapes_are_named():
    assert geodesy.geodetic_to_ecef([0.1, 0.2], 0.3, 100.0).shape == (2, 3)
    assert geodesy.geodetic_to_ecef([], [], []).shape == (0, 3)
    with pytest.raises(ValueError, match=r"ecef_m has shape \(3,\); it must be \(n, 3\)"):
        geodesy.ecef_to_geodetic([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"columns have shape \(1, 2\)"):
        geodesy.polar_to_enu([[1.0, 2.0]], 0.0, 0.0)
