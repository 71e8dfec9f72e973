"""Stone Soup's detections become plots of the very same places and errors."""

import datetime
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("stonesoup", reason="Stone Soup is not installed here")

from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.measurement.nonlinear import (
    Cartesian2DToBearing,
    CartesianToAzimuthElevationRange,
    CartesianToBearingRange,
    CartesianToBearingRangeRate,
    CartesianToBearingRangeRate2D,
    CartesianToElevationBearing,
    CartesianToElevationBearingRange,
    CartesianToElevationBearingRangeRate,
)
from stonesoup.types.detection import Detection
from stonesoup.types.state import State, StateVector

from jointsky.earth.geodesy import polar_to_enu
from jointsky.errors import InputError
from jointsky.records.plots import Geometry
from jointsky.records.sensors import Sensor
from jointsky.stonesoup.detections import plots_of, sensors_of
from jointsky.stonesoup.space import StateSpace, moment_of, posix_s, space_of

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 250_000)
SIGMAS = {1: (0.02,), 2: (0.02, 30.0), 3: (0.01, 0.02, 30.0), 4: (0.01, 0.02, 30.0, 1.5)}
SITE = (1000.0, -2000.0, 50.0)


def polar(kind, axes=3, sigmas=None, **given):
    """Return a model that measures from SITE in a space of so many axes."""
    mapping = (0, 2, 4)[: 2 if kind in (CartesianToBearingRange, Cartesian2DToBearing) else axes]
    sizes = {CartesianToBearingRange: (0.02, 30.0), Cartesian2DToBearing: (0.02,)}
    rates = {CartesianToBearingRangeRate: (0.02, 30.0, 1.5)}
    rates |= {CartesianToBearingRangeRate2D: (0.02, 30.0, 1.5)}
    sizes |= rates | {CartesianToElevationBearing: (0.01, 0.02)}
    sizes |= {CartesianToElevationBearingRangeRate: SIGMAS[4]}
    sizes |= {CartesianToElevationBearingRange: SIGMAS[3]}
    if kind in rates or kind is CartesianToElevationBearingRangeRate:
        given.setdefault("velocity_mapping", (1, 3, 5)[:axes])
    noise = np.diag(np.square(sigmas or sizes[kind]))
    offset = StateVector(SITE[: len(mapping)])
    return kind(2 * axes, mapping, noise, translation_offset=offset, **given)


def seen(model, state, noise=False):
    return Detection(
        model.function(State(StateVector(state)), noise=noise),
        timestamp=NOW,
        measurement_model=model,
    )


def one_plot(model, state, space=None):
    detection = seen(model, state)
    return plots_of([detection], sensors_of([detection], space), space)


places = st.floats(-9e4, 9e4).filter(lambda x: abs(x) > 100)
states = st.tuples(
    *(places, st.floats(-300, 300), places, st.floats(-300, 300)),
    *(st.floats(500, 15_000), st.floats(-20, 20)),
)


@settings(max_examples=60, deadline=None)
@given(states, st.floats(-7, 7))
def test_range_bearing_and_elevation_lead_to_the_same_place(state, yaw):
    model = polar(CartesianToElevationBearingRangeRate, rotation_offset=StateVector([0, 0, yaw]))
    plots = one_plot(model, state)
    at = polar_to_enu(plots.range_m, plots.azimuth_rad, plots.elevation_rad)[0] + SITE
    np.testing.assert_allclose(at, state[::2], rtol=0, atol=1e-5)
    line = (np.array(state[::2]) - SITE) / plots.range_m[0]
    assert plots.doppler_mps[0] == pytest.approx(np.array(state[1::2]) @ line, abs=1e-6)
    assert plots.time_s[0] == NOW.replace(tzinfo=datetime.UTC).timestamp()
    assert 0 <= plots.azimuth_rad[0] < 2 * math.pi


@settings(max_examples=30, deadline=None)
@given(states)
def test_each_model_gives_what_it_measures_and_nothing_else(state):
    east, north, up = np.array(state[::2]) - SITE
    slant, azimuth = math.hypot(east, north, up), math.atan2(east, north) % (2 * math.pi)
    for kind, columns in {
        CartesianToElevationBearingRange: ("range_m", "azimuth_rad", "elevation_rad"),
        CartesianToElevationBearing: ("azimuth_rad", "elevation_rad"),
        CartesianToBearingRangeRate: ("range_m", "azimuth_rad", "doppler_mps"),
        Cartesian2DToBearing: ("azimuth_rad",),
    }.items():
        plots = one_plot(polar(kind), state)
        assert plots.azimuth_rad[0] == pytest.approx(azimuth, abs=1e-9)
        assert plots.azimuth_sigma_rad[0] == pytest.approx(0.02)
        if "range_m" in columns:
            assert plots.range_m[0] == pytest.approx(slant)
            assert plots.range_sigma_m[0] == pytest.approx(30.0)
        for name in ("range_m", "azimuth_rad", "elevation_rad", "doppler_mps"):
            assert np.isfinite(getattr(plots, name)[0]) == (name in columns), (kind, name)
        assert np.isnan(plots.height_m[0])
        has_range = "range_m" in columns
        assert plots.geometry[0] == (Geometry.POLAR if has_range else Geometry.BEARING)


@settings(max_examples=30, deadline=None)
@given(states, st.integers(0, 2**32 - 1))
def test_a_range_along_the_ground_is_a_place_with_its_ellipse(state, seed):
    """Where targets have heights; the ellipse is that of many noisy measurements."""
    model = polar(CartesianToBearingRange, sigmas=(0.001, 30.0))
    plots = one_plot(model, state)
    assert plots.geometry[0] == Geometry.LOCAL
    np.testing.assert_allclose(plots.east_m[0] + SITE[0], state[0], atol=1e-5)
    np.testing.assert_allclose(plots.north_m[0] + SITE[1], state[2], atol=1e-5)
    assert np.isnan(plots.height_m[0])
    bearing, ground = np.ravel(seen(model, state).state_vector).astype(float)
    rng = np.random.Generator(np.random.Philox(seed))
    noisy = rng.normal([bearing, ground], [0.001, 30.0], (20_000, 2))
    cloud = np.column_stack([noisy[:, 1] * np.cos(noisy[:, 0]), noisy[:, 1] * np.sin(noisy[:, 0])])
    east, north = plots.east_sigma_m[0], plots.north_sigma_m[0]
    both = east * north * plots.east_north_correlation[0]
    wanted = np.array([[east**2, both], [both, north**2]])
    # 20,000 samples give a variance to 1 %, here within 5 sigma
    np.testing.assert_allclose(np.cov(cloud.T), wanted, atol=0.05 * wanted.trace())


@pytest.mark.parametrize("kind", [CartesianToBearingRange, CartesianToBearingRangeRate2D])
def test_in_a_plane_everything_is_at_height_nought(kind):
    plots = one_plot(polar(kind, axes=2), [5e4, 100.0, -3e4, 50.0])
    assert plots.geometry[0] == Geometry.POLAR
    assert plots.range_m[0] == pytest.approx(math.hypot(4.9e4, 2.8e4))
    assert (plots.height_m[0], plots.height_sigma_m[0]) == (0.0, 1.0)
    assert sensors_of([seen(polar(kind, axes=2), [1.0, 0, 1.0, 0])])[0].flat_enu_m[2] == 0.0


def test_positions_come_with_their_covariance():
    noise = np.array([[400.0, 150.0, 0], [150.0, 900.0, 0], [0, 0, 2500.0]])
    model = LinearGaussian(6, (0, 2, 4), noise)
    plots = one_plot(model, [1.0, 0, 2.0, 0, 3.0, 0])
    assert (plots.east_m[0], plots.north_m[0], plots.height_m[0]) == (1.0, 2.0, 3.0)
    assert (plots.east_sigma_m[0], plots.north_sigma_m[0], plots.height_sigma_m[0]) == (20, 30, 50)
    assert plots.east_north_correlation[0] == pytest.approx(150 / 600)
    flat = one_plot(LinearGaussian(4, (0, 2), noise[:2, :2]), [1.0, 0, 2.0, 0])
    assert flat.height_m[0] == 0.0
    on_ground = one_plot(LinearGaussian(6, (0, 2), noise[:2, :2]), [1.0, 0, 2.0, 0, 9.0, 0])
    assert np.isnan(on_ground.height_m[0])


@pytest.mark.parametrize(
    ("size", "mapping", "position", "velocity", "whole"),
    [
        (4, (0, 2), (0, 2), (1, 3), 4),
        (6, (0, 2, 4), (0, 2, 4), (1, 3, 5), 6),
        (6, (0, 2), (0, 2, 4), (1, 3, 5), 6),
        (5, (0, 2), (0, 2), (1, 3), 5),
        (6, (0, 3), (0, 3), (1, 4), 6),
        (9, (0, 3, 6), (0, 3, 6), (1, 4, 7), 9),
        (4, (0, 1), (0, 1), (2, 3), 4),
        (6, (0, 1, 2), (0, 1, 2), (3, 4, 5), 6),
        (2, (0, 2), (0, 2), (1, 3), 4),
    ],
)
def test_the_state_space_is_read_from_the_model(size, mapping, position, velocity, whole):
    model = LinearGaussian(size, mapping, np.eye(len(mapping)))
    assert space_of(model) == StateSpace(position, velocity, whole)


def test_velocities_are_where_the_model_says():
    model = polar(CartesianToBearingRangeRate2D, axes=2, velocity_mapping=(3, 1))
    assert space_of(model).velocity == (3, 1)


def test_sensors_are_told_apart_by_place_and_given_ones_are_found():
    here, there = polar(CartesianToElevationBearingRange), polar(CartesianToElevationBearingRange)
    there.translation_offset = StateVector([0.0, 0.0, 0.0])
    position = LinearGaussian(6, (0, 2, 4), np.eye(3))
    state = [5e3, 0, 5e3, 0, 5e3, 0]
    detections = [seen(model, state) for model in (here, there, position, here)]
    found = sensors_of(detections)
    assert [sensor.flat_enu_m for sensor in found] == [(0.0, 0.0, 0.0), (0.0, 0.0, 0.0), SITE]
    assert {sensor.kind for sensor in found[:2]} == {"radar", "multilateration"}
    plots = plots_of(detections, found)
    assert sorted(found[row].name for row in plots.sensor) == sorted(
        [found[2].name, found[2].name, found[0].name, found[1].name]
    )
    own = [Sensor(name="mine", kind="radar", flat_enu_m=SITE, detection_probability=0.7)]
    assert plots_of(detections[:1], own).sensor.tolist() == [0]
    with pytest.raises(InputError, match=r"a sensor at \(0.0, 0.0, 0.0\); wanted one of"):
        plots_of(detections, own)


def test_the_order_of_a_set_does_not_matter():
    model = polar(CartesianToElevationBearingRange)
    rng = np.random.Generator(np.random.Philox(1))
    detections = [seen(model, rng.uniform(1e3, 9e4, 6)) for _ in range(20)]
    sensors = sensors_of(detections)
    first, second = plots_of(detections, sensors), plots_of(detections[::-1], sensors)
    for name in first.schema():
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def tilted():
    return polar(CartesianToElevationBearingRange, rotation_offset=StateVector([0, 0.1, 0]))


def moving():
    return polar(CartesianToElevationBearingRangeRate, velocity=StateVector([1.0, 0, 0]))


def correlated():
    model = polar(CartesianToElevationBearingRange)
    model.noise_covar = np.diag([1e-4, 1e-4, 900.0]) + 5e-5 * (np.eye(3)[[1, 0, 2]])
    return model


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (tilted, "ElevationBearingRange: axes that are tilted; wanted axes turned about"),
        (moving, "a sensor that moves; wanted one that stands still"),
        (correlated, "errors that are correlated; wanted a diagonal noise_covar"),
        (
            lambda: CartesianToAzimuthElevationRange(6, (0, 2, 4), np.eye(3)),
            "no way to read it as a plot; wanted one of LinearGaussian, Cartesian2DToBearing",
        ),
        (lambda: LinearGaussian(6, (1, 3), np.eye(2)), r"measures parts \(1, 3\) of the state"),
        (lambda: None, "detection: no measurement model"),
    ],
)
def test_what_we_cannot_take_is_refused_by_name(make, said):
    model = make()
    vector = StateVector([0.1] * (3 if model is None else model.ndim_meas))
    detection = Detection(vector, timestamp=NOW, measurement_model=model)
    with pytest.raises(InputError, match=said):
        plots_of([detection], sensors_of([detection], StateSpace()), StateSpace())


def test_a_state_space_that_cannot_be_is_refused():
    for wrong in [((0, 2), (1,), 4), ((0, 2), (1, 2), 4), ((0, 2), (1, 4), 4), ((0,), (1,), 2)]:
        with pytest.raises(InputError, match="two or three indices each"):
            StateSpace(*wrong)


@given(st.datetimes(datetime.datetime(1980, 1, 1), datetime.datetime(2100, 1, 1)))
def test_time_stamps_go_out_and_come_back(moment):
    assert moment_of(posix_s(moment)) == moment
    zone = datetime.timezone(datetime.timedelta(hours=3))
    there = moment.replace(tzinfo=zone)
    assert moment_of(posix_s(there), zone) == there
    assert posix_s(there) == pytest.approx(posix_s(moment) - 3 * 3600, abs=1e-6)
