"""Cameras: cycles, chances, contrast, field of regard, night, errors, words; aboard as well."""

import numpy as np
import pytest
from scipy import stats

from jointsky.earth import geodesy
from jointsky.earth.motion import states
from jointsky.records.plots import Geometry
from jointsky.records.signatures import Signature
from jointsky.sensors import optics, others
from jointsky.sensors import optics_kernels as kernels
from jointsky.sensors.passive import Camera
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Air, Place
from sensors.made_sky import KEY, NOON_S, PLACED, SITE, Flyer, polar_of, sky, wrapped

LEAST = 1e-6  # chance of a false alarm of each statistical test here
CAMERA = Camera(false_detections_per_hour=0.0)
CLEAR = Air(visibility_m=1e7)


def seen(sensor, surroundings, seconds, placed=PLACED, place=SITE, begin_s=NOON_S):
    return others.observe(sensor, placed, place, 0, surroundings, begin_s, begin_s + seconds, KEY)


def ring(count, north_m, size_m, air=CLEAR, height_m=500.0):
    turn = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    return sky(
        *(
            Flyer(
                name=f"v{i}",
                east_m=north_m * np.sin(a),
                north_m=north_m * np.cos(a),
                height_m=height_m,
                signature=Signature(size_m=size_m),
            )
            for i, a in enumerate(turn)
        ),
        air=air,
    )


@pytest.mark.parametrize(
    ("ratio", "chance"),
    # table of the target transfer probability function (Ratches et al. 1975), two digits
    [(3.0, 1.0), (2.0, 0.95), (1.5, 0.80), (1.0, 0.50), (0.75, 0.30), (0.5, 0.10), (0.25, 0.02)],
)
def test_chances_are_those_of_the_published_table(ratio, chance):
    assert kernels.task_probability(4.0 * ratio, 4.0) == pytest.approx(chance, abs=0.025)


def test_johnsons_number_of_cycles_is_seen_half_the_time():
    assert kernels.task_probability(1.0, 1.0) == 0.5
    assert kernels.task_probability(0.0, 1.0) == 0.0
    assert kernels.task_probability(1e9, 1.0) == 1.0


def test_cycles_are_those_of_pixels_in_clear_air():
    # 1 m at 1 km is 1 mrad: 10 pixels of 0.1 mrad, 5 cycles
    found = kernels.cycles_on_target(1.0, 1000.0, 1e-4, 0.5, 0.0, 0.02)
    assert found == pytest.approx(5.0)


def test_contrast_is_5_in_100_at_the_visibility_and_what_is_below_is_not_seen():
    extinction = optics.extinction_pm(Air(visibility_m=8000.0))
    assert np.exp(-extinction * 8000.0) == pytest.approx(0.05)
    seen_at = np.log(0.5 / 0.02) / extinction
    below, above = (
        kernels.cycles_on_target(50.0, seen_at * part, 1e-4, 0.5, extinction, 0.02)
        for part in (0.999, 1.001)
    )
    assert below > 0.0
    assert above == 0.0
    # blur leaves 2 / pi of the contrast at the limit of the pixels
    limit = np.log(0.5 / 0.02 * 2.0 / np.pi) / extinction
    at = kernels.cycles_on_target(50.0, limit, 1e-4, 0.5, extinction, 0.02)
    assert at == pytest.approx(50.0 / limit * 5000.0, rel=1e-6)


def test_targets_are_seen_as_often_as_their_cycles_say():
    for north_m in (3000.0, 5000.0, 6500.0):
        surroundings = ring(3000, north_m, 1.0)
        range_m = float(polar_of(surroundings, 0, NOON_S)[0][0])
        cycles = 1.0 / range_m / 2e-4
        found = seen(CAMERA, surroundings, 2.0)
        chance = kernels.task_probability(cycles, 1.0)
        assert stats.binomtest(len(found.plots), 3000, chance).pvalue > LEAST
        named = kernels.task_probability(cycles, 4.0)
        assert stats.binomtest(len(found.reports), 3000, named).pvalue > LEAST


def test_haze_hides_what_is_in_clear_air_seen():
    clear, hazy = ring(300, 3000.0, 2.0), ring(300, 3000.0, 2.0, Air(visibility_m=2500.0))
    assert len(seen(CAMERA, clear, 2.0).plots) > 290
    assert len(seen(CAMERA, hazy, 2.0).plots) == 0


def test_a_visible_camera_sees_by_day_only_a_thermal_one_at_night_too():
    surroundings = ring(50, 1000.0, 2.0)
    midnight = NOON_S - 43_200.0
    assert len(seen(CAMERA, sky(Flyer(begin_s=midnight - 9.0)), 4.0, begin_s=midnight).plots) == 0
    flyer = Flyer(begin_s=midnight - 9.0, signature=Signature(size_m=2.0))
    thermal = dataclass_with(CAMERA, spectrum="infrared")
    assert len(seen(thermal, sky(flyer), 4.0, begin_s=midnight).plots) == 2
    assert len(seen(CAMERA, surroundings, 2.0).plots) == 50


def dataclass_with(camera, **other):
    """Return a declaration with some fields exchanged."""
    given = {name: getattr(camera, name) for name in camera.__struct_fields__}
    return Camera(**{**given, **other})


def test_only_the_field_of_regard_is_seen():
    surroundings = ring(360, 1000.0, 3.0)
    narrow = dataclass_with(CAMERA, azimuth_width_deg=60.0)
    facing = Placed(name="one", phase=0.0, facing_deg=350.0)
    found = seen(narrow, surroundings, 2.0, facing)
    azimuth = polar_of(surroundings, np.arange(360), NOON_S)[1]
    wanted = np.flatnonzero(np.abs(wrapped(azimuth - np.radians(350.0))) <= np.radians(30.0))
    assert sorted(found.vehicle.tolist()) == wanted.tolist()
    low = dataclass_with(CAMERA, elevation_max_deg=20.0)  # they stand at 25.6 degrees
    assert len(seen(low, surroundings, 2.0).plots) == 0


def test_angles_and_ranges_err_as_they_say():
    surroundings = ring(3000, 900.0, 3.0)
    ranging = dataclass_with(CAMERA, range_sigma_m=7.0)
    found = seen(ranging, surroundings, 2.0)
    plots = found.plots
    assert len(plots) > 2900
    assert np.all(plots.geometry == Geometry.POLAR)
    range_m, azimuth, elevation = polar_of(surroundings, found.vehicle, plots.time_s)
    for error, sigma in [
        (plots.range_m - range_m, plots.range_sigma_m),
        (wrapped(plots.azimuth_rad - azimuth), plots.azimuth_sigma_rad),
        (plots.elevation_rad - elevation, plots.elevation_sigma_rad),
    ]:
        assert stats.kstest(error / sigma, "norm").pvalue > LEAST
    across = plots.azimuth_sigma_rad * np.cos(elevation)
    assert np.allclose(across, np.radians(0.05), rtol=1e-9)
    bearings = seen(CAMERA, surroundings, 2.0).plots
    assert np.all(bearings.geometry == Geometry.BEARING)
    assert np.isnan(bearings.range_m).all()


def test_false_detections_come_as_often_as_declared_and_lie_in_the_field():
    sensor = dataclass_with(CAMERA, false_detections_per_hour=720.0, azimuth_width_deg=90.0)
    facing = Placed(name="one", phase=0.0, facing_deg=90.0)
    found = seen(sensor, sky(Flyer(east_m=1e6)), 7200.0, facing)
    low, high = stats.poisson.ppf([LEAST / 2, 1 - LEAST / 2], 1440.0)
    assert low <= len(found.plots) <= high
    off = wrapped(found.plots.azimuth_rad - np.pi / 2)
    assert stats.kstest(off / (np.pi / 2) + 0.5, "uniform").pvalue > LEAST
    sine = np.sin(found.plots.elevation_rad)
    first, last = np.sin(np.radians([-5.0, 60.0]))
    assert stats.kstest((sine - first) / (last - first), "uniform").pvalue > LEAST


def test_seeing_and_not_seeing_last_for_a_while():
    surroundings = ring(400, 5000.0, 1.0)
    quick = dataclass_with(CAMERA, frame_time_s=0.5, memory_s=20.0)
    found = seen(quick, surroundings, 30.0)
    table = np.zeros((400, 60), bool)
    frame = np.round((found.plots.time_s - NOON_S) / 0.5).astype(int)
    table[found.vehicle, frame] = True
    assert np.mean(table[:, 1:] == table[:, :-1]) > 0.97
    assert np.mean(table[:, 0] == table[:, -1]) < 0.75


def test_what_is_near_is_identified_in_words_once_a_memory():
    surroundings = sky(Flyer(north_m=100.0, height_m=60.0, type="fpv-drone"))
    found = seen(CAMERA, surroundings, 60.0)
    assert len(found.plots) == 30
    assert len(found.reports) == 6
    assert set(found.reports.sense) == {"identified"}
    assert set(found.reports.claimed) == {"fpv-drone"}
    assert np.all(found.reported == 0)


def test_a_camera_aboard_tells_places_with_errors_that_are_true():
    carriers = [
        Flyer(name=f"c{i}", north_m=20_000.0 * i, height_m=2000.0, course_rad=0.3, speed_mps=50.0)
        for i in range(120)
    ]
    targets = [
        Flyer(
            name=f"t{i}", east_m=1200.0, north_m=20_000.0 * i + 900.0, height_m=1800.0,
            signature=Signature(size_m=4.0),
        )
        for i in range(120)
    ]  # fmt: skip
    surroundings = sky(*carriers, *targets)
    sensor = dataclass_with(CAMERA, range_sigma_m=10.0, elevation_min_deg=-60.0, range_max_km=5.0)
    squared = []
    for i in range(120):
        key = (i, 99)  # each has a navigation of its own
        found = others.observe(
            sensor, PLACED, Place(vehicle=i), 0, surroundings, NOON_S, NOON_S + 2.0, key
        )
        assert set(found.vehicle.tolist()) <= {120 + i}
        plots = found.plots
        assert np.all(plots.geometry == Geometry.GEODETIC)
        truth, _ = states(surroundings.pieces, 120 + i, plots.time_s)
        for k in range(len(plots)):
            place = (
                float(plots.latitude_rad[k]),
                float(plots.longitude_rad[k]),
                float(plots.height_m[k]),
            )
            error = geodesy.ecef_to_enu(truth[k : k + 1], *place)[0]
            shared = (
                plots.east_north_correlation[k] * plots.east_sigma_m[k] * plots.north_sigma_m[k]
            )
            covariance = [
                [plots.east_sigma_m[k] ** 2, shared],
                [shared, plots.north_sigma_m[k] ** 2],
            ]
            squared.append(error[:2] @ np.linalg.solve(covariance, error[:2]))
            assert abs(error[2]) < 6.0 * plots.height_sigma_m[k]
    assert len(squared) > 100
    assert stats.kstest(squared, stats.chi2(2).cdf).pvalue > LEAST
