"""Tracks of real recordings against an independent reference, and the study's own parts.

The bounds are about twice what the whole recordings gave (docs/agreement.md): swapped axes, another
datum, a wrong time, a lost sign or a tracker that lags leave them far behind.
"""

import pathlib
import sys

import numpy as np
import pytest

from shared_data import shared

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "benchmarks"))

from agreement_parts import paths, site, studies
from pyproj import Geod

from jointsky.earth import geodesy
from jointsky.streams import stream

MINUTES = 15.0


def quantiles(values, *shares):
    return [paths.quantile(values, share) for share in shares]


@pytest.fixture(scope="module")
def radar_study():
    folder = shared("data/asterix/ar_260429.pcap").parents[2]
    return studies.radar(folder, draws=3)


def test_multilateration_tracks_lie_where_the_aircraft_say_they_are():
    folder = shared("data/asterix/lebl_160510_mlat_cat20.ast").parents[2]
    study = studies.multilateration(folder, MINUTES)
    near = study.tracks.rows(study.tracks.from_site_m < 2e3)
    assert len(near) > 500
    median, p95 = quantiles(near.horizontal_m, 0.5, 0.95)
    assert median < 30.0 and p95 < 70.0
    far = study.tracks.rows(study.tracks.from_site_m > 10e3)
    assert len(far) > 100 and paths.quantile(far.horizontal_m, 0.5) < 200.0
    fast = study.tracks.rows(study.tracks.speed_mps > 50.0)
    assert paths.quantile(np.abs(fast.heading_error_deg), 0.5) < 3.0
    assert paths.quantile(np.abs(fast.speed_error_mps), 0.5) < 8.0
    assert paths.quantile(np.abs(fast.altitude_m), 0.5) < 15.0
    assert study.figures["track updates for one comparable plot"] > 0.95
    assert study.figures["of the other plots, with a track"] > 0.95


def test_surface_tracks_lie_on_the_aircraft_that_taxi():
    folder = shared("data/asterix/lebl_160510_smr_cat10.ast").parents[2]
    study = studies.surface(folder, MINUTES)
    moving = study.tracks.rows(study.tracks.speed_mps > 8.0)
    assert len(moving) > 200
    median, p95 = quantiles(moving.horizontal_m, 0.5, 0.95)
    assert median < 20.0 and p95 < 60.0
    assert abs(paths.quantile(moving.across_m, 0.5)) < 8.0
    assert -20.0 < paths.quantile(moving.along_m, 0.5) < 0.0  # antennas sit ahead of the middle
    assert paths.quantile(np.abs(moving.speed_error_mps), 0.5) < 2.0
    assert paths.quantile(np.abs(moving.heading_error_deg), 0.5) < 4.0
    figures = study.figures
    assert figures["reports with a track"] > figures["reports with a plot"] - 0.02


def test_a_radar_says_by_what_it_sees_where_it_stands(radar_study):
    _, found = radar_study
    assert found.used > 0.95 * found.pairs > 1000
    assert found.range_rms_m < 140.0
    assert found.azimuth_rms_deg < 0.12
    assert abs(found.latitude_deg + 26.750) < 0.002  # two halves of the time agree within 0.0005
    assert abs(found.longitude_deg + 60.482) < 0.002


def test_radar_tracks_agree_with_the_centres_own(radar_study):
    study, _ = radar_study
    tracks = study.tracks
    assert len(tracks) > 1000
    median, p95 = quantiles(tracks.horizontal_m, 0.5, 0.95)
    assert median < 350.0 and p95 < 1000.0
    assert median < paths.quantile(study.plots.horizontal_m, 0.5), "tracking should help"
    assert paths.quantile(np.abs(tracks.speed_error_mps), 0.5) < 5.0
    assert paths.quantile(np.abs(tracks.heading_error_deg), 0.5) < 1.0
    assert abs(paths.quantile(tracks.along_m, 0.5)) < 120.0
    assert abs(paths.quantile(tracks.across_m, 0.5)) < 120.0
    assert study.figures["of our updates, with a system track"] > 0.95
    assert study.figures["of system updates with a plot, with our track"] > 0.9


def flown(rng, targets, points):
    """Return straight flights about 40° S, 60° W: latitude, longitude, ve, vn, target."""
    target = np.repeat(np.arange(targets), points)
    course = rng.uniform(0.0, 2.0 * np.pi, targets)[target]
    time_s = np.tile(np.arange(points) * 20.0, targets)
    ve, vn = 220.0 * np.sin(course), 220.0 * np.cos(course)
    east = rng.uniform(-2e5, 2e5, targets)[target] + ve * time_s
    north = rng.uniform(-2e5, 2e5, targets)[target] + vn * time_s
    latitude = np.radians(-40.0) + north / site.EARTH_M
    longitude = np.radians(-60.0) + east / (site.EARTH_M * np.cos(latitude))
    return latitude, longitude, ve, vn, target


@pytest.mark.parametrize("seed", range(3))
def test_the_site_and_the_biases_of_a_made_radar_are_found_again(seed):
    rng = stream(seed, "made radar")
    latitude, longitude, ve, vn, target = flown(rng, 12, 60)
    altitude = 10_000.0 + 100.0 * target
    where = np.radians(-40.3), np.radians(-59.4), 100.0
    enu = geodesy.ecef_to_enu(geodesy.geodetic_to_ecef(latitude, longitude, altitude), *where)
    range_m, azimuth, _ = geodesy.enu_to_polar(enu)
    pairs = site.Pairs(
        range_m=range_m + 150.0 + rng.normal(0.0, 60.0, len(target)),
        azimuth_rad=azimuth + np.radians(0.5 + rng.normal(0.0, 0.06, len(target))),
        altitude_m=altitude,
        latitude_rad=latitude,
        longitude_rad=longitude,
        ve_mps=ve,
        vn_mps=vn,
        target=target,
    )
    pairs.azimuth_rad[::50] += 1.0  # another aircraft with the same code
    found = site.estimate(pairs, draws=8)
    assert found.used == pytest.approx(len(target) * 0.98, abs=5)
    assert found.latitude_deg == pytest.approx(-40.3, abs=3e-4)
    assert found.longitude_deg == pytest.approx(-59.4, abs=4e-4)
    assert found.north_offset_deg == pytest.approx(0.5, abs=0.02)
    assert found.range_bias_m == pytest.approx(150.0, abs=30.0)
    assert np.all(found.sigmas[:2] < 40.0)


def test_a_bias_is_taken_apart_into_place_axis_and_lag():
    rng = stream(1, "bias")
    speed, course = rng.uniform(3.0, 80.0, 2000), rng.uniform(0.0, 2.0 * np.pi, 2000)
    u = np.sin(course), np.cos(course)
    ahead = -10.0 + 0.3 * speed
    none, no = np.full(2000, np.nan), np.zeros(2000, bool)
    given = paths.Differences(
        time_s=none,
        target=np.zeros(2000, np.int64),
        east_m=4.0 + ahead * u[0] + rng.normal(0.0, 3.0, 2000),
        north_m=-7.0 + ahead * u[1] + rng.normal(0.0, 3.0, 2000),
        ve_mps=speed * u[0],
        vn_mps=speed * u[1],
        our_ve_mps=none,
        our_vn_mps=none,
        altitude_m=none,
        sigma_m=none,
        is_on_ground=no,
        from_site_m=none,
    )
    found = studies.bias(given)
    assert (found.east_m, found.north_m) == pytest.approx((4.0, -7.0), abs=0.5)
    assert found.ahead_m == pytest.approx(-10.0, abs=0.6)
    assert found.lag_s == pytest.approx(0.3, abs=0.02)
    assert np.median(given.along_m) == pytest.approx(np.median(ahead), abs=0.8)


def test_offsets_agree_with_geographiclib_by_pyproj():
    rng = stream(2, "offsets")
    latitude, longitude = rng.uniform(-1.2, 1.2, 200), rng.uniform(-3.0, 3.0, 200)
    to = latitude + rng.uniform(-2e-4, 2e-4, 200), longitude + rng.uniform(-2e-4, 2e-4, 200)
    east, north = paths.offsets_m(latitude, longitude, *to)
    azimuth, _, distance = Geod(ellps="WGS84").inv(
        *np.degrees([longitude, latitude, to[1], to[0]]), radians=False
    )
    np.testing.assert_allclose(np.hypot(east, north), distance, rtol=1e-6)
    # a geodesic begins with another azimuth than it has half-way
    turn = np.degrees(np.arctan2(east, north)) - azimuth
    assert np.abs((turn + 180.0) % 360.0 - 180.0).max() < 0.05


def test_a_reference_is_silent_where_its_points_lie_too_far_apart():
    time_s = np.array([0.0, 4.0, 20.0, 24.0])
    zero = np.zeros(4)
    path = paths.Path(time_s, np.linspace(0, 3e-4, 4), zero, zero, zero + np.nan, zero, zero > 0)
    inside, there = paths.at(path, np.array([-1.0, 2.0, 10.0, 22.0, 30.0]), 5.0)
    assert inside.tolist() == [False, True, False, True, False]
    assert there.latitude_rad[1] == pytest.approx(5e-5)
    assert there.vn_mps[1] == pytest.approx(1e-4 * 6_335_439.0 / 4.0, rel=1e-3)
