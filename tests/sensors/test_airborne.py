"""Polar measurements from aboard as places on earth: covariance, guessed heights, navigation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.sensors import airborne
from jointsky.sensors import airborne_kernels as kernels
from jointsky.sensors.frames import sites
from jointsky.sensors.surroundings import Place
from sensors.made_sky import KEY, NOON_S, SITE, Flyer, sky


def from_place(measured):
    """Return a place on earth of range, azimuth, elevation from the site, by geodesy alone."""
    home = SITE.latitude_rad, SITE.longitude_rad, SITE.height_m
    return geodesy.enu_to_ecef(geodesy.polar_to_enu(*measured), *home)[0]


@given(st.floats(1000, 2e5), st.floats(0, 6.28), st.floats(-0.3, 1.2))
@settings(max_examples=30)
def test_place_and_covariance_are_those_of_numeric_derivatives(range_m, azimuth, elevation):
    at = sites(SITE, sky(Flyer()), np.zeros(1))[0][0]
    errors = np.array([30.0, 2e-3, 5e-3])
    found = kernels.to_geodetic(at, range_m, azimuth, elevation, tuple(errors), (5.0, 8.0))
    middle = np.array([range_m, azimuth, elevation])
    place = from_place(middle)
    wanted = [float(x[0]) for x in geodesy.ecef_to_geodetic(place[None])]
    assert np.allclose(found[:2], wanted[:2], atol=1e-12)
    assert found[2] == pytest.approx(wanted[2], abs=1e-5)
    steps = np.array([1.0, 1e-5, 1e-5])
    columns = [
        (from_place(middle + np.eye(3)[k] * steps) - from_place(middle - np.eye(3)[k] * steps))
        / (2.0 * steps[k])
        for k in range(3)
    ]
    jacobian = geodesy.enu_rotation(*wanted[:2]) @ np.array(columns).T
    covariance = jacobian @ np.diag(errors**2) @ jacobian.T + np.diag([25.0, 25.0, 64.0])
    sigmas = np.sqrt(np.diag(covariance))
    assert np.allclose([found[3], found[4], found[6]], sigmas, rtol=1e-5)
    assert found[5] == pytest.approx(covariance[0, 1] / sigmas[0] / sigmas[1], abs=1e-5)


def test_without_elevation_a_height_is_guessed_and_not_told():
    surroundings = sky(Flyer(name="carrier", height_m=8000.0))
    column = np.array([100_000.0])
    plots = airborne.geodetic_plots(
        surroundings, Place(vehicle=0), 3, KEY, np.array([NOON_S]), column, np.array([1.0]),
        np.array([np.nan]), 100.0, 0.01, np.nan,
    )  # fmt: skip
    assert np.isnan(plots.height_m[0])
    assert np.isnan(plots.height_sigma_m[0])
    # at 100 km range 3 km of height shift the place by 45 m and less: across dominates
    assert plots.east_sigma_m[0] == pytest.approx(1000.0 * np.cos(1.0), rel=0.1)
    assert plots.sensor[0] == 3


def test_the_navigation_of_a_carrier_errs_alike_for_all_that_it_sees_at_a_time():
    surroundings = sky(Flyer(name="carrier", height_m=8000.0, speed_mps=200.0))
    twice = np.array([NOON_S, NOON_S])
    columns = np.array([5_000.0, 5_000.0]), np.array([1.0, 1.0]), np.array([0.0, 0.0])
    plots = airborne.geodetic_plots(
        surroundings, Place(vehicle=0), 0, KEY, twice, *columns, 10.0, 0.01, 0.01
    )
    assert plots.latitude_rad[0] == plots.latitude_rad[1]
    other = airborne.geodetic_plots(
        surroundings, Place(vehicle=0), 0, (5, 6), twice, *columns, 10.0, 0.01, 0.01
    )
    shift_m = np.abs(other.latitude_rad - plots.latitude_rad) * 6.4e6
    assert 0.01 < shift_m[0] < 60.0


def test_no_measurements_are_no_plots():
    none = np.zeros(0)
    surroundings = sky(Flyer())
    plots = airborne.geodetic_plots(
        surroundings, Place(vehicle=0), 0, KEY, none, none, none, none, 1.0, 0.1, 0.1
    )
    assert len(plots) == 0
