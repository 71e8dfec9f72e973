"""What a plot tells: draws by a naive twin, combined plots, radars aboard, bands and flocks."""

import math

import numpy as np
import pytest

from jointsky.earth import geodesy
from jointsky.earth.motion import states
from jointsky.records.plots import Geometry, PlotFlag
from jointsky.records.signatures import CrossSection, Signature
from jointsky.records.vehicles import Transponder
from jointsky.sensors import measuring_kernels, scan, scan_kernels
from jointsky.sensors.observe import describe, observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_parts import Interrogator
from jointsky.sensors.radars import FixedRadar, SectorRadar
from jointsky.sensors.surroundings import Place
from sensors.radar_sky import BEGIN_S, KEY, PLACE, PLACED, radar, sky, some_flights

SURE = {"half_seen_range_km": 4_000.0, "half_seen_swerling": 0}


def raw_words(key, *counter):
    number = sum(int(c) << (64 * k) for k, c in enumerate(counter))
    generator = np.random.Philox(counter=(number - 1) % (1 << 256), key=key[0] | key[1] << 64)
    return [int(word) for word in generator.random_raw(4)]


def normals(a, b):
    """Return two normal numbers of two words (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - (a >> 11) / 2**53))
    angle = 2.0 * math.pi * (b >> 11) / 2**53
    return radius * math.cos(angle), radius * math.sin(angle)


def test_errors_are_the_draws_of_vehicle_turn_and_purpose():
    one = radar(elevation_sigma_deg=0.4, doppler_sigma_mps=2.0, range_resolution_m=1e-3, **SURE)
    surroundings = sky(some_flights(30, seed=3))
    seen = observe(one, PLACED, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 20.0, KEY)
    first = int(BEGIN_S / 5.0)
    made = scan.prepared(one, PLACED, PLACE, surroundings, KEY)
    rows, marks = scan.looked(made, surroundings, (first, first + 4))
    true = {(int(m[1]), int(m[0])): row for row, m in zip(rows, marks, strict=True)}
    assert len(true) == len(seen.plots) > 60
    for k in range(len(seen.plots)):
        vehicle = int(seen.vehicle[k])
        turn = int(seen.plots.time_s[k] // 5.0)
        row = true[vehicle, turn]
        key = int(surroundings.vehicle_keys[vehicle])
        echo = raw_words(KEY, key, turn, scan_kernels.PURPOSE_ECHO, 0)
        more = raw_words(KEY, key, turn, measuring_kernels.PURPOSE_ECHO_MORE, 0)
        along, across = normals(*echo[2:])
        up, rate = normals(*more[:2])
        wanted = [
            row[scan_kernels.F_RANGE] + 50.0 * along,
            (row[scan_kernels.F_AZIMUTH] + math.radians(0.1) * across) % (2 * math.pi),
            row[scan_kernels.F_ELEVATION] + math.radians(0.4) * up,
            row[scan_kernels.F_RATE] + 2.0 * rate,
        ]
        plot = seen.plots
        found = [plot.range_m[k], plot.azimuth_rad[k], plot.elevation_rad[k], plot.doppler_mps[k]]
        assert np.allclose(found, wanted, atol=1e-9, rtol=1e-12)


def test_what_both_radars_of_an_antenna_see_is_one_plot_placed_by_the_answer():
    one = radar(
        elevation_sigma_deg=0.4, doppler_sigma_mps=2.0, range_sigma_m=500.0,
        ssr=Interrogator(range_sigma_m=1.0, reply_probability=0.5, false_plots_per_turn=0.0),
        **SURE,
    )  # fmt: skip
    count = 40
    flights = [(0.15 * k, 80e3 + 1e3 * k, 0.0, 0.0, 6_000.0) for k in range(count)]
    surroundings = sky(flights, transponder=[7, 0] * (count // 2), mode_s=np.arange(count),
                       call_sign=[f"CALL{k}" for k in range(count)])  # fmt: skip
    seen = observe(one, PLACED, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 50.0, KEY)
    plots, vehicle = seen.plots, seen.vehicle
    assert len(plots) == 10 * count  # one for each vehicle and turn, answered or not
    both = plots.flags == (
        PlotFlag.PRIMARY | PlotFlag.SECONDARY | PlotFlag.MODE_S | PlotFlag.SIMULATED
    )
    alone = plots.flags == PlotFlag.PRIMARY | PlotFlag.SIMULATED
    assert np.all(both | alone)
    assert np.all(vehicle[both] % 2 == 0)
    assert 60 < both.sum() < 140  # half of 200: 5.6 standard deviations either way
    position, _ = states(surroundings.pieces, vehicle, plots.time_s)
    enu = geodesy.ecef_to_enu(position, PLACE.latitude_rad, PLACE.longitude_rad, PLACE.height_m)
    off = plots.range_m - geodesy.enu_to_polar(enu)[0]
    assert np.abs(off[both]).max() < 6.0
    assert np.abs(off[alone]).max() > 500.0
    assert np.all(plots.range_sigma_m[both] == 1.0)
    assert np.all(np.isfinite(plots.elevation_rad))
    assert np.all(np.isfinite(plots.doppler_mps))
    assert np.array_equal(plots.mode_s[both], vehicle[both])
    assert np.all(plots.call_sign[both] == [f"CALL{v}" for v in vehicle[both]])
    assert np.all(plots.mode_s[alone] == -1)


def test_answers_say_who_is_military_and_echoes_do_not():
    one = radar(ssr=Interrogator(reply_probability=0.5, false_plots_per_turn=0.0), **SURE)
    soldier = int(Transponder.MODE_A | Transponder.MILITARY)
    flights = [(0.5 * k, 80e3, 0.0, 0.0, 6_000.0) for k in range(8)]
    surroundings = sky(flights, transponder=[soldier, int(Transponder.MODE_A)] * 4)
    seen = observe(one, PLACED, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 50.0, KEY)
    answered = (seen.plots.flags & PlotFlag.SECONDARY) != 0
    military = (seen.plots.flags & PlotFlag.MILITARY) != 0
    assert answered.any() and not answered.all()
    assert np.array_equal(military, answered & (seen.vehicle % 2 == 0))


@pytest.mark.parametrize("elevation", [None, 0.3])
def test_a_radar_aboard_tells_places_on_earth(elevation):
    flights = [(0.0, 10.0, 1.0, 220.0, 9_000.0), *some_flights(40, seed=6, reach_m=120e3)]
    surroundings = sky(flights)
    one = radar(FixedRadar, frame_s=4.0, field_deg=360.0, faces=4, elevation_sigma_deg=elevation,
                min_elevation_deg=-10.0, range_resolution_m=1e-3, **SURE)  # fmt: skip
    aboard = Place(vehicle=0)
    seen = observe(one, PLACED, aboard, 5, surroundings, BEGIN_S, BEGIN_S + 200.0, KEY)
    plots = seen.plots
    assert np.all(plots.geometry == Geometry.GEODETIC)
    assert np.all(np.isnan(plots.range_m))
    assert np.all(plots.sensor == 5)
    assert 0 not in seen.vehicle  # it does not see what carries it
    assert len(plots) > 1_500
    position, _ = states(surroundings.pieces, seen.vehicle, plots.time_s)
    latitude, longitude, height = geodesy.ecef_to_geodetic(position)
    radius_m = geodesy.mean_radius_of_curvature_m(PLACE.latitude_rad)
    north = (plots.latitude_rad - latitude) * radius_m
    east = (plots.longitude_rad - longitude) * radius_m * np.cos(latitude)
    if elevation is None:
        assert np.all(np.isnan(plots.height_m))
        assert np.median(np.hypot(east, north)) < 2e3
        return
    for error, sigma in ((east, plots.east_sigma_m), (north, plots.north_sigma_m),
                         (plots.height_m - height, plots.height_sigma_m)):  # fmt: skip
        # own errors of the navigation last for minutes: a loose bound
        assert 0.6 < np.std(error / sigma) < 1.3
    told = describe(one, "eye", aboard, PLACED)
    assert told.latitude_rad is None


@pytest.mark.parametrize("course", [0.0, 2.2, 4.6])
@pytest.mark.parametrize("kind", ["swings", "stares", "frames"])
def test_a_sector_aboard_turns_with_the_nose(kind, course):
    """A sector of 90 degrees to the right of the course, whatever the course; false plots too."""
    declared = {"false_plots_per_turn": 20.0, "min_elevation_deg": -10.0, **SURE}
    if kind == "swings":
        one = radar(SectorRadar, sector_deg=90.0, sweep_period_s=4.0, **declared)
    else:
        look = "stare" if kind == "stares" else "raster"
        one = radar(FixedRadar, frame_s=4.0, field_deg=90.0, look=look, scan_loss_exponent=3.0,
                    **declared)  # fmt: skip
    ring = [(math.radians(a), 60e3, 0.0, 0.0, 6_000.0) for a in range(0, 360, 4)]
    surroundings = sky([(0.0, 10.0, course, 100.0, 6_000.0), *ring])
    placed = Placed(name="radar", phase=0.0, facing_deg=90.0)
    seen = observe(one, placed, Place(vehicle=0), 0, surroundings, BEGIN_S, BEGIN_S + 8.0, KEY)
    own, _ = states(surroundings.pieces, np.zeros(len(seen.plots), int), seen.plots.time_s)
    latitude, longitude, _ = geodesy.ecef_to_geodetic(own)
    east = (seen.plots.longitude_rad - longitude) * np.cos(latitude)
    azimuth = np.arctan2(east, seen.plots.latitude_rad - latitude)
    off = np.mod(azimuth - course - math.pi / 2 + math.pi, 2 * math.pi) - math.pi
    false = seen.vehicle < 0
    # 1.5 degrees: standard errors, and azimuth by a flat earth
    assert np.degrees(np.abs(off[~false])).max() < 46.5
    assert len(np.unique(seen.vehicle[~false])) >= 21  # every four degrees, but one at each end
    assert false.sum() > 15
    # 20 to 120 km: a guessed height does not matter, and the earth is flat enough
    away = np.hypot(east, seen.plots.latitude_rad - latitude)[false]
    near = (away > 0.003) & (away < 0.019)
    assert near.sum() > 5
    assert np.degrees(np.abs(off[false][near])).max() < 47.5
    swept = off[false][near]
    assert np.degrees(swept.max() - swept.min()) > 30.0


def test_a_radar_sees_nothing_that_shows_nothing_in_its_band_and_more_of_a_flock():
    metal = Signature(radar=(CrossSection(nose_dbsm=0.0, bands=("X",)),))
    bird = Signature(radar=(CrossSection(nose_dbsm=-30.0, swerling=0),))
    flights = [(1.0, 60e3, 0.0, 0.0, 5_000.0), (2.0, 60e3, 0.0, 0.0, 5_000.0),
               (3.0, 60e3, 0.0, 0.0, 5_000.0)]  # fmt: skip
    surroundings = sky(flights, [metal, bird], signature=[0, 1, 1], count=[1, 1, 100])
    one = radar(half_seen_range_km=60.0, half_seen_rcs_dbsm=-20.0)
    seen = observe(one, PLACED, PLACE, 0, surroundings, BEGIN_S, BEGIN_S + 1_000.0, KEY)
    times = np.bincount(seen.vehicle, minlength=3)
    assert times[0] == 0  # an L-band radar
    assert times[1] == 0  # one bird, 10 dB below what is half seen
    assert times[2] == 200  # a hundred of them, 10 dB above
