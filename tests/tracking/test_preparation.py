"""Plots as the tracker reads them, against one plot at a time made the slow way."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.plots import PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import preparation_kernels
from jointsky.tracking.admission import Ordered, admit
from jointsky.tracking.preparation import merged, plot_arrays, traits
from jointsky.tracking.settings import TrackerSettings
from tracking.made import BEARING, EARTH, FLAT, GEODETIC, LOCAL, POLAR, a_world, plane_of
from tracking.naive_preparation import SEVERAL, SINGLE, WHOLE, Scene, prepared
from tracking.skies import Sky

SEEDS = st.integers(0, 2**32 - 1)
NAN = math.nan
EPOCH_S = 1_000.0
FAR_SOUTH = Sky(-89.97, 170.0)
SKIES = pytest.mark.parametrize("sky", [FLAT, EARTH, FAR_SOUTH], ids=["flat", "earth", "far south"])
ANY = TrackerSettings(
    mode_c_sigma_m=31.0, unseen_height_m=4_300.0, ceiling_m=9_000.0, speed_sigma_mps=140.0
)
# An elevation found from a height is good to some 1e-9 m over its cosine, a place to as much; sums
# and products of a few terms to 1e-12 of themselves, where no two nearly cancel.
PLACE_M, RELATIVE = 1e-4, 1e-9


def some_sensors(sky):
    """Return sensors that declare much or little; the last stands nowhere."""
    unsaid = dict.fromkeys(
        ["range_sigma_m", "azimuth_sigma_rad", "elevation_sigma_rad", "doppler_sigma_mps"]
    )
    lazy = unsaid | {"range_max_m": None, "rotation_period_s": None}
    sensors = [
        sky.radar(1200.0, -800.0, 90.0),
        sky.radar(-40e3, 9e3, 700.0, kind="ssr", **lazy),
        sky.radar(2e3, 3e3, 15.0, kind="surface-radar", **lazy),
        sky.radar(30e3, 60e3, 200.0, kind="multilateration", **lazy),
        sky.radar(-5e3, -70e3, 40.0, kind="bearing", range_max_m=30e3),
        Sensor(name="no height", kind="radar", latitude_rad=-1.1, longitude_rad=2.0),
        Sensor(name="nowhere", kind="adsb"),
    ]
    return sensors[:5] + sensors[6:] if sky.is_flat else sensors


def scene_of(sky, given=ANY):
    sensors = some_sensors(sky)
    rows = a_world(sky, sensors, given).sensors
    return Scene(sky, sensors, rows[:, layout.S_REACH], rows[:, layout.S_PERIOD], given, EPOCH_S)


def maybe(rng, values, share=0.5, nothing=(NAN, NAN, NAN, math.inf)):
    """Return values of which some are not measured."""
    values = np.array(values, float)
    lost = rng.random(len(values)) > share
    values[lost] = rng.choice(nothing, int(lost.sum()))
    return values


def some_plots(rng, scene, n, ties=False):
    """Return plots of every kind that measure this and that; columns of other kinds are filled too.

    What a plot does not read must not matter: it is there, or nonsense, or not.
    """
    sky, sensors = scene.sky, scene.sensors
    placed = [k for k, sensor in enumerate(sensors) if sensor.has_position]
    geometry = rng.integers(0, 4, n)
    anyone = rng.integers(0, len(sensors), n)
    sensor = np.where(geometry == GEODETIC, anyone, rng.choice(placed, n))
    # degrees from the origin; verticals so far off do not meet the plane of a flat sky
    spread = rng.choice([0.05, 1.0, 1.0 if sky.is_flat else 60.0], n)
    latitude = np.clip(sky.latitude_deg + spread * rng.normal(size=n), -89.9, 89.9)
    no_sigma = (NAN, 0.0, -1.0)
    far = rng.choice([0.0, 600.0, 8e3, 90e3, 390e3], n)

    def sigmas(low, high):
        return maybe(rng, rng.uniform(low, high, n), 0.5, no_sigma)

    return Plots.make(
        n,
        time_s=EPOCH_S + (rng.integers(0, 4, n) if ties else rng.uniform(0, 50, n)),
        sensor=sensor,
        geometry=geometry,
        range_m=np.where(geometry == POLAR, far * rng.uniform(1, 1.2, n), maybe(rng, far)),
        azimuth_rad=np.where(
            np.isin(geometry, [POLAR, BEARING]), rng.uniform(0, 6.28, n), maybe(rng, np.ones(n))
        ),
        elevation_rad=maybe(rng, rng.normal(0, 0.3, n)),
        doppler_mps=maybe(rng, rng.normal(0, 200, n)),
        east_m=np.where(geometry == LOCAL, rng.normal(0, 50e3, n), maybe(rng, np.ones(n))),
        north_m=np.where(geometry == LOCAL, rng.normal(0, 50e3, n), maybe(rng, np.ones(n))),
        latitude_rad=np.radians(latitude),
        longitude_rad=np.radians(sky.longitude_deg + spread * rng.normal(size=n)),
        height_m=maybe(rng, rng.uniform(-900, 15e3, n)),
        pressure_altitude_m=maybe(rng, rng.uniform(-900, 15e3, n)),
        ve_mps=maybe(rng, rng.normal(0, 150, n), 0.8),
        vn_mps=maybe(rng, rng.normal(0, 150, n), 0.8),
        range_sigma_m=sigmas(5, 200),
        azimuth_sigma_rad=sigmas(1e-4, 0.02),
        elevation_sigma_rad=sigmas(1e-4, 0.02),
        doppler_sigma_mps=sigmas(0.2, 5),
        east_sigma_m=sigmas(3, 300),
        north_sigma_m=sigmas(3, 300),
        east_north_correlation=rng.choice([NAN, 0.0, 0.6, -0.9, 1.0], n),
        height_sigma_m=sigmas(3, 300),
        mode_s=rng.choice([-1, 0, 0x48AC01], n),
        mode_a=rng.choice([-1, 0, 0o4521], n),
        flags=np.bitwise_or.reduce(
            [flag * rng.integers(0, 2, n) for flag in (1, 8, 16, 256, 512, 1024)]
        ),
    )


def kernels_rows(plots, rows, call_sign, scene):
    """Return the plots at ``rows`` as the tracker's kernel prepares them."""
    frame = scene.sky.tracker(scene.sensors).frame
    sensors = a_world(scene.sky, scene.sensors, scene.settings).sensors
    return plot_arrays(
        Ordered(plots, rows, plots.time_s[rows]),
        call_sign,
        frame,
        plane_of(scene.sky),
        (traits(scene.sensors, frame), sensors),
        scene.settings,
        scene.epoch_s,
    )


def but_for(plots, row):
    """Return what a last bit decides: the sensor itself stands where four cells meet."""
    return {"cell"} if plots.geometry[row] == POLAR and plots.range_m[row] == 0.0 else set()


def assert_same(got, wanted, skipped, note):
    """Compare one plot's numbers with those of its twin."""
    floats, ints = got
    for name, column in SINGLE.items():
        if name not in skipped:
            close = {"rel": RELATIVE, "abs": PLACE_M if name == "rise" else 1e-300}
            approx = pytest.approx(wanted[name], **close, nan_ok=True)
            assert floats[column] == approx, (name, note)
    for name, (first, count) in SEVERAL.items():
        found = floats[first : first + count]
        far = {"axes": 1e-9, "order": 0.0}.get(name, PLACE_M)
        np.testing.assert_allclose(found, np.ravel(wanted[name]), 0, far, err_msg=f"{name} {note}")
    for name, column in WHOLE.items():
        if name not in skipped:
            assert ints[column] == wanted[name], (name, note)


@SKIES
@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_every_plot_is_prepared_as_its_naive_twin(sky, seed):
    rng, scene = stream(seed, "plots"), scene_of(sky)
    plots = some_plots(rng, scene, 60)
    rows = rng.permutation(60)[:45]  # some, in any order
    call_sign = rng.integers(-1, 3, 60).astype(np.int32)
    floats, ints = kernels_rows(plots, rows, call_sign, scene)
    assert not np.isnan(np.delete(floats, layout.P_PRESSURE, axis=1)).any()
    for n, row in enumerate(rows.tolist()):
        wanted = prepared(plots.rows([row]), call_sign[row], scene)
        assert_same((floats[n], ints[n]), wanted, but_for(plots, row), (seed, row))


def test_the_made_plots_are_of_every_kind():
    """What the test above compares: each geometry with and without all else that it may measure."""
    for sky in (FLAT, EARTH):
        scene = scene_of(sky)
        plots = some_plots(stream(1, "plots"), scene, 4000)
        floats, ints = kernels_rows(plots, np.arange(4000), np.full(4000, -1, np.int32), scene)
        has = floats[:, [layout.P_VAR_3, layout.P_VAR_RATE, layout.P_VAR_HEIGHT]] > 0.0
        has = np.column_stack([has, floats[:, layout.P_VAR_VELOCITY] > 0.0])
        kinds = {
            (g, *h) for g, h in zip(ints[:, 1].tolist(), map(tuple, has.tolist()), strict=True)
        }
        # elevation with polar and bearing, range rate with polar, velocity with geodetic
        assert len(kinds) == 8 + 2 + 4 + 4


@SKIES
def test_a_plot_does_not_depend_on_which_others_come_with_it(sky):
    rng, scene = stream(5, "others"), scene_of(sky)
    plots = some_plots(rng, scene, 80)
    call_sign = rng.integers(-1, 3, 80).astype(np.int32)
    rows = rng.permutation(80)
    floats, ints = kernels_rows(plots, np.arange(80), call_sign, scene)
    mixed = kernels_rows(plots, rows, call_sign, scene)
    np.testing.assert_array_equal(mixed.floats, floats[rows])
    np.testing.assert_array_equal(mixed.ints, ints[rows])
    for row in range(0, 80, 9):
        alone = kernels_rows(plots.rows([row]), np.zeros(1, np.int64), call_sign[[row]], scene)
        np.testing.assert_array_equal(alone.floats[0], floats[row])


@SKIES
def test_a_place_found_from_a_height_has_that_height(sky):
    """A round earth of the right radius: some metres in 100 km; a plane: all of it."""
    scene = scene_of(sky)
    plots = some_plots(stream(6, "heights"), scene, 3000).replace(
        elevation_rad=np.full(3000, NAN), flags=np.zeros(3000, np.uint32)
    )
    plots = plots.replace(range_m=np.nan_to_num(np.clip(plots.range_m, 30e3, 120e3), nan=30e3))
    floats, _ = kernels_rows(plots, np.arange(3000), np.full(3000, -1, np.int32), scene)
    of_radar = (plots.sensor == 0) & (plots.geometry == POLAR)
    limit = 1e-6 if sky.is_flat else 60.0
    assert of_radar.sum() > 60
    assert np.abs(floats[of_radar, layout.P_RISE]).max() < limit


# what errors are bounded by, and how densely false plots lie


def alone(scene, n=1, **given):
    """Return plots of the first sensor, prepared."""
    plots = Plots.make(n, time_s=EPOCH_S, sensor=0, **given)
    return kernels_rows(plots, np.arange(n), np.full(n, -1, np.int32), scene).floats


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, -0.95])
@pytest.mark.parametrize("sigmas_m", [(30.0, 300.0), (300.0, 30.0), (80.0, 80.0)])
def test_no_error_of_a_place_is_larger_than_its_bound(share, sigmas_m):
    """In whichever direction: the coarse gate is round, and must hold what the fine one holds."""
    east_m, north_m = sigmas_m
    (q,) = alone(
        scene_of(EARTH),
        **{"geometry": int(LOCAL), "east_m": 20e3, "north_m": -9e3},
        **{"east_sigma_m": east_m, "north_sigma_m": north_m, "east_north_correlation": share},
    )
    errors = np.array(
        [[east_m**2, share * east_m * north_m], [share * east_m * north_m, north_m**2]]
    )
    largest = math.sqrt(np.linalg.eigvalsh(errors)[-1])
    assert largest * (1.0 - 1e-9) <= q[layout.P_SIGMA] < 2.0 * largest


@pytest.mark.parametrize("has_height", [False, True])
@pytest.mark.parametrize("has_rate", [False, True])
@pytest.mark.parametrize("has_elevation", [False, True])
@pytest.mark.parametrize("kind", [POLAR, BEARING])
def test_false_plots_are_one_in_all_that_is_measured(kind, has_elevation, has_rate, has_height):
    """Each thing measured takes its spread: over all of them the density sums to one."""
    scene = scene_of(EARTH)
    (q,) = alone(
        scene,
        geometry=int(kind),
        range_m=30e3 if kind == POLAR else NAN,
        azimuth_rad=1.0,
        elevation_rad=0.1 if has_elevation else NAN,
        doppler_mps=70.0 if has_rate else NAN,
        pressure_altitude_m=3e3 if has_height else NAN,
    )
    spread = 2.0 * math.pi * (scene.reach_m[0] if kind == POLAR else 1.0)
    spread *= preparation_kernels.ELEVATIONS_RAD if has_elevation else 1.0
    spread *= preparation_kernels.HEIGHTS_M if has_height else 1.0
    spread *= preparation_kernels.RATES_MPS if has_rate and kind == POLAR else 1.0
    assert q[layout.P_SHARE] * q[layout.P_OTHER] * spread == pytest.approx(1.0)


@pytest.mark.parametrize("what", ["place", "elevation", "height", "doppler", "velocity"])
def test_targets_are_as_many_as_fly_in_all_that_is_measured(what):
    """Over height, and over elevation at one range, the density of targets sums to about one.

    Some more: what flies above the ceiling or seems to be below the ground is not quite nothing.
    """
    scene = scene_of(FLAT)
    steps = np.linspace(-0.4, 1.2, 1601)
    given = {"geometry": int(POLAR), "range_m": 20e3, "azimuth_rad": 1.0}
    heights = [NAN] if what != "height" else (20e3 * steps).tolist()
    elevations = [NAN] if what != "elevation" else steps.tolist()
    rates = [NAN] if what != "doppler" else (1000.0 * steps - 400.0).tolist()
    if what == "velocity":
        given |= {"geometry": int(GEODETIC), "latitude_rad": 0.94, "longitude_rad": 0.45}
        given |= {"ve_mps": 50.0, "vn_mps": 20.0, "flags": int(PlotFlag.COOPERATIVE)}
    columns = {"pressure_altitude_m": heights, "elevation_rad": elevations, "doppler_mps": rates}
    n = max(len(column) for column in columns.values())
    targets = alone(scene, n, **given, **{k: np.resize(v, n) for k, v in columns.items()})
    targets = targets[:, layout.P_TARGET]
    widths = {"place": 1.0, "height": 20.0, "elevation": 1e-3, "doppler": 1.0, "velocity": 800.0**2}
    total = targets.sum() * widths[what]
    assert 0.99 < total < (1.25 if what in ("height", "elevation", "doppler") else 1.01)


# plots of two calls


@pytest.mark.parametrize("kind", [POLAR, LOCAL, GEODETIC, BEARING])
def test_plots_of_two_calls_are_merged_in_the_order_of_one(kind):
    for seed in range(8):
        rng, scene = stream(seed, "merged"), scene_of(EARTH)
        plots = some_plots(rng, scene, 60, ties=True)
        plots = plots.replace(
            **{"geometry": np.full(60, kind, np.int8), "sensor": rng.integers(0, 3, 60)},
            range_m=rng.uniform(1e3, 90e3, 60) if kind == POLAR else np.full(60, NAN),
            **{"azimuth_rad": rng.uniform(0, 6.28, 60), "offset": np.arange(60)},
            **{"east_m": rng.normal(0, 5e4, 60), "north_m": rng.normal(0, 5e4, 60)},
            # reports of few places: by address
            **{"latitude_rad": rng.choice([0.9, 0.95], 60), "longitude_rad": np.full(60, 0.45)},
            mode_s=rng.permutation(60),
        )
        whole = admit(plots, np.ones(len(scene.sensors), np.bool_), -math.inf).taken.rows
        is_held = rng.random(60) < rng.choice([0.1, 0.5, 0.9])
        nobody = np.full(60, -1, np.int32)
        held, fresh = (
            kernels_rows(plots, whole[part[whole]], nobody, scene) for part in (is_held, ~is_held)
        )
        both = merged(held, fresh)
        assert both.ints[:, layout.P_NUMBER].tolist() == whole.tolist()
        wanted = kernels_rows(plots, whole, nobody, scene)
        np.testing.assert_array_equal(both.floats, wanted.floats)
        np.testing.assert_array_equal(both.ints, wanted.ints)
        assert set(both.ints[:, layout.P_BEFORE].tolist()) == {layout.NOBODYS}


def test_nothing_held_or_nothing_new_is_merged_with_the_other():
    scene = scene_of(EARTH)
    plots = some_plots(stream(2, "merged"), scene, 5)
    nobody = np.full(5, -1, np.int32)
    some = kernels_rows(plots, np.arange(5), nobody, scene)
    none = kernels_rows(plots, np.empty(0, np.int64), nobody, scene)
    for both in (merged(some, none), merged(none, some)):
        np.testing.assert_array_equal(both.floats, some.floats)
