"""What takes the light: night, and rain on the way."""

import numpy as np
import pytest

from jointsky.earth.sun import sun_elevation_rad
from jointsky.sensors.frames import Frames, near, sites
from jointsky.sensors.rain_on_sight import rain_extinction_pm, rain_on_sight
from jointsky.sensors.surroundings import Place, Rain
from sensors.made_sky import HEIGHT_M, LATITUDE, LONGITUDE, NOON_S, SITE, Flyer, sky


def test_the_sun_stands_where_another_method_puts_it():
    # Reda and Andreas, NREL/TP-560-34302, table A5.1: e0 = 39.872046 degrees, uncorrected
    found = sun_elevation_rad(np.radians(39.742476), np.radians(-105.1786), 1_066_419_030.0)
    assert np.degrees(found) == pytest.approx(39.872046, abs=0.011)


def test_the_sun_at_the_equator_at_an_equinox_is_overhead_at_noon_and_below_at_midnight():
    noon = 1_742_472_000.0 + 450.0  # 2025-03-20 12:07:30 UTC; the equation of time is -7.5 min
    assert np.degrees(sun_elevation_rad(0.0, 0.0, noon)) == pytest.approx(90.0, abs=0.3)
    assert np.degrees(sun_elevation_rad(0.0, 0.0, noon + 43_200.0)) < -89.0


def test_rain_takes_light_as_the_recommendation_says():
    assert rain_extinction_pm(10.0) * 4342.944819 == pytest.approx(5.033, abs=0.01)


def cell(**other):
    given = {"radius_m": 1000.0, "top_m": 5000.0, "rate_mmph": 10.0}
    given |= {"begin_s": NOON_S - 60.0, "end_s": NOON_S + 600.0}
    north = {"latitude_rad": LATITUDE + 5000.0 / 6.383e6, "longitude_rad": LONGITUDE}
    return Rain(**{**north, **given, **other})


def on_way(rain, flyer=None, place=SITE, others=()):
    flyer = flyer or Flyer(north_m=10_000.0, height_m=100.0)
    surroundings = sky(flyer, *others, rain=(rain,))
    seen = Frames(np.array([1]), np.array([NOON_S]), np.ones(1, bool), 1.0)
    at, _ = sites(place, surroundings, seen.time_s)
    listed = np.arange(1 + len(others)) == 0
    found = near(surroundings, listed, seen, at, 0.0, 5e4)
    assert len(found.vehicle) == 1
    return rain_on_sight(place, surroundings, at, seen.time_s, found)[0]


def test_rain_on_the_way_counts_by_the_chord():
    whole = 2000.0 * rain_extinction_pm(10.0)
    assert on_way(cell()) == pytest.approx(whole, rel=2e-3)
    aside = cell(longitude_rad=LONGITUDE + 600.0 / (6.39e6 * np.cos(LATITUDE)))
    assert on_way(aside) == pytest.approx(0.8 * whole, rel=5e-3)  # half chord 800 m of 1,000
    assert on_way(cell(begin_s=NOON_S + 1.0)) == 0.0
    assert on_way(cell(), Flyer(north_m=-10_000.0)) == 0.0


def test_rain_is_met_from_aboard_too():
    carrier = Flyer(name="carrier", north_m=0.0, height_m=HEIGHT_M)
    found = on_way(cell(), place=Place(vehicle=1), others=(carrier,))
    assert found == pytest.approx(2000.0 * rain_extinction_pm(10.0), rel=2e-3)
