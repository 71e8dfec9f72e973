"""Each kernel of the tracker against a slow, obvious twin."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from jointsky._jit import kernel
from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.streams import stream
from jointsky.tracking import batching_kernels, gating_kernels, lifecycle_kernels, motion_kernels
from jointsky.tracking.arrays import empty_tracks
from jointsky.tracking.frame import Frame, GridMap
from jointsky.tracking.measurement_kernels import ROWS, measure, take
from jointsky.tracking.preparation import plot_arrays, sensor_arrays
from jointsky.tracking.settings import TrackerSettings

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=60, deadline=None)
SETTINGS = TrackerSettings()
SITE = math.radians(54.3), math.radians(26.1), 172.0
POLAR, LOCAL, GEODETIC = Geometry.POLAR, Geometry.LOCAL, Geometry.GEODETIC


@kernel
def measured_and_taken(plots, i, sensors, is_flat, x, p, dt_s, up, rows):
    n = measure(plots, i, sensors, is_flat, x, dt_s, up, rows)
    distance2, log_density = take(rows, n, x, p)
    return n, distance2, log_density


@kernel
def position_covariance(plots, i, sensors, unseen_height_sigma, out):
    lifecycle_kernels.position_covariance(plots, i, sensors, unseen_height_sigma, out)


@kernel
def put(tracks, heads, t, east, north):
    gating_kernels.put(tracks, heads, t, east, north)


@kernel
def remove(tracks, heads, t):
    gating_kernels.remove(tracks, heads, t)


@kernel
def near(tracks, heads, plots, i, reach_m, gate_sigmas, noise_psd, found):
    return gating_kernels.near(tracks, heads, plots, i, reach_m, gate_sigmas, noise_psd, found)


def a_covariance(rng, size=6, scale=1.0):
    a = rng.normal(size=(size, size))
    return scale * (a @ a.T + 0.1 * np.eye(size))


# motion


@FEW
@given(SEEDS, st.floats(0.0, 60.0))
def test_prediction_is_that_of_white_acceleration(seed, dt):
    rng = stream(seed, "predict")
    x, p = rng.normal(size=6), a_covariance(rng)
    up = rng.normal(size=3)
    up /= np.linalg.norm(up)
    f = np.block([[np.eye(3), dt * np.eye(3)], [np.zeros((3, 3)), np.eye(3)]])
    psd = 2.0 * (np.eye(3) - np.outer(up, up)) + 0.3 * np.outer(up, up)
    q = np.block([[psd * dt**3 / 3, psd * dt**2 / 2], [psd * dt**2 / 2, psd * dt]])
    got_x, got_p = x.copy(), p.copy()
    motion_kernels.predict.py_func(got_x, got_p, dt, 2.0, 0.3, up)
    np.testing.assert_allclose(got_x, f @ x, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got_p, f @ p @ f.T + q, rtol=1e-10, atol=1e-10)


@FEW
@given(st.floats(0, 1), st.floats(0, 200), st.floats(0.5, 300), st.floats(0.5, 300))
def test_model_probabilities_follow_the_two_state_chain(weight, dt, straight_s, manoeuvre_s):
    weights, out = np.array([weight, 1 - weight]), np.empty((2, 2))
    motion_kernels.switch.py_func(weights, dt, straight_s, manoeuvre_s, out)
    a, b = 1 / straight_s, 1 / manoeuvre_s
    chain = expm(dt * np.array([[-a, a], [b, -b]]))
    np.testing.assert_allclose(out, weights[:, None] * chain, atol=1e-12)


def mixture(weights, x, p):
    mean = weights @ x
    spread = [w * (c + np.outer(s - mean, s - mean)) for w, s, c in zip(weights, x, p, strict=True)]
    return mean, sum(spread)


@FEW
@given(SEEDS)
def test_mixing_and_combining_keep_mean_and_covariance_of_the_mixture(seed):
    rng = stream(seed, "mix")
    x = 100 * rng.normal(size=(2, 6))
    p = np.array([a_covariance(rng), a_covariance(rng, scale=50.0)])
    joint = rng.uniform(0.01, 1, (2, 2))
    joint /= joint.sum()
    weights, mixed_x, mixed_p = np.empty(2), np.empty((2, 6)), np.empty((2, 6, 6))
    motion_kernels.mix.py_func(joint, x, p, weights, mixed_x, mixed_p)
    np.testing.assert_allclose(weights, joint.sum(0))
    for j in range(2):
        mean, spread = mixture(joint[:, j] / joint[:, j].sum(), x, p)
        np.testing.assert_allclose(mixed_x[j], mean)
        np.testing.assert_allclose(mixed_p[j], spread, rtol=1e-9, atol=1e-9)
    mean, spread = np.empty(6), np.empty((6, 6))
    motion_kernels.combine.py_func(joint.sum(1), x, p, mean, spread)
    wanted = mixture(joint.sum(1), x, p)
    np.testing.assert_allclose(mean, wanted[0])
    np.testing.assert_allclose(spread, wanted[1], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.tensordot(weights, mixed_x, 1), mean)  # mixing moves nothing


# measurement


def frame_of(is_flat):
    return Frame(True, SITE) if is_flat else Frame(False)


def a_sensor(is_flat, **given):
    place = {"flat_enu_m": (1200.0, -800.0, 90.0)} if is_flat else {}
    if not is_flat:
        place = dict(zip(("latitude_rad", "longitude_rad", "height_m"), SITE, strict=True))
    return Sensor(name="s", kind="radar", rotation_period_s=4.0, **place, **given)


def arrays_of(plots, sensor, is_flat):
    frame, grid = frame_of(is_flat), GridMap(is_flat, SITE[0], SITE[1])
    none = np.full(len(plots), -1, np.int32)
    sensors = sensor_arrays([sensor], frame, SETTINGS, np.array([np.nan]))
    return plot_arrays(plots, [sensor], frame, grid, SETTINGS, 0.0, none), sensors


def to_own_frame(sensor, is_flat, point):
    """East, north, up of a point about the sensor, by the functions of earth."""
    if is_flat:
        return point - np.array(sensor.flat_enu_m)
    return geodesy.ecef_to_enu(point[None], *SITE)[0]


def height_of(is_flat, point):
    return point[2] if is_flat else geodesy.ecef_to_geodetic(point[None])[2][0]


def predictions(kind, plot, sensor, is_flat, dt):
    """What a textbook says that each kind of plot measures of a state; residual angles unwrapped.

    Returns measured values, the function of the state, and the covariance of the errors.
    """
    own = geodesy.enu_rotation(*SITE[:2]) if not is_flat else np.eye(3)
    z, variances, parts = [], [], []

    def at(x):
        return x[:3] + dt * x[3:]

    def look(x):
        return to_own_frame(sensor, is_flat, at(x))

    def add(value, sigma, part):
        z.append(value)
        variances.append(sigma**2)
        parts.append(part)

    if np.isfinite(plot.pressure_altitude_m[0]):
        altitude = plot.pressure_altitude_m[0]
        add(altitude, SETTINGS.mode_c_sigma_m, lambda x: height_of(is_flat, at(x)))
    if kind == POLAR:
        azimuth = plot.azimuth_rad[0]

        def turned(x):
            e, n, _ = look(x)
            return azimuth - ((azimuth - math.atan2(e, n) + np.pi) % (2 * np.pi) - np.pi)

        add(plot.range_m[0], 40.0, lambda x: np.linalg.norm(look(x)))
        add(azimuth, 0.002, turned)
        if np.isfinite(plot.elevation_rad[0]):
            up = lambda x: math.asin(look(x)[2] / np.linalg.norm(look(x)))  # noqa: E731
            add(plot.elevation_rad[0], 0.003, up)
        if np.isfinite(plot.doppler_mps[0]):
            rate = lambda x: look(x) @ (own @ x[3:]) / np.linalg.norm(look(x))  # noqa: E731
            add(plot.doppler_mps[0], 1.5, rate)
        return np.array(z), lambda x: np.array([f(x) for f in parts]), np.diag(variances)
    if kind == LOCAL:
        measured = plot.east_m[0], plot.north_m[0]
        place = look
    else:
        here = (float(plot.latitude_rad[0]), float(plot.longitude_rad[0]), 0.0)
        own = np.eye(3) if is_flat else geodesy.enu_rotation(*here[:2])
        measured = (0.0, 0.0)
        if is_flat:
            height = 0.0  # where the vertical through the place meets the tangent plane
            for _ in range(8):
                point = geodesy.ecef_to_enu(geodesy.geodetic_to_ecef(*here[:2], height), *SITE)[0]
                height -= point[2]
            place = lambda x: at(x) - point  # noqa: E731
        else:
            place = lambda x: geodesy.ecef_to_enu(at(x)[None], *here)[0]  # noqa: E731
    add(measured[0], 30.0, lambda x: place(x)[0])
    add(measured[1], 70.0, lambda x: place(x)[1])
    if kind == GEODETIC and np.isfinite(plot.ve_mps[0]):
        add(plot.ve_mps[0], 4.0, lambda x: own[0] @ x[3:])
        add(plot.vn_mps[0], 4.0, lambda x: own[1] @ x[3:])
    covariance = np.diag(variances)
    k = 1 if np.isfinite(plot.pressure_altitude_m[0]) else 0
    covariance[k, k + 1] = covariance[k + 1, k] = 0.6 * 30.0 * 70.0
    return np.array(z), lambda x: np.array([f(x) for f in parts]), covariance


def a_plot(rng, kind, enu, is_flat, height, elevation, doppler, velocity):
    """One plot of a target at ``enu`` (about the sensor, or the site), with some error."""
    nan = math.nan
    slant, azimuth, up = (float(v[0]) for v in geodesy.enu_to_polar(enu[None]))
    latitude = longitude = nan
    if kind == GEODETIC:
        ecef = geodesy.enu_to_ecef(enu[None] * ([1, 1, 0] if is_flat else 1), *SITE)
        latitude, longitude, _ = (float(v[0]) for v in geodesy.ecef_to_geodetic(ecef))
    return Plots.make(
        1,
        time_s=1.0,
        sensor=0,
        geometry=int(kind),
        range_m=slant + 40 * rng.normal(),
        azimuth_rad=(azimuth + 0.002 * rng.normal()) % (2 * np.pi),
        elevation_rad=up + 0.003 * rng.normal() if elevation else nan,
        doppler_mps=rng.normal(0, 200) if doppler else nan,
        east_m=enu[0] + 30 * rng.normal(),
        north_m=enu[1] + 70 * rng.normal(),
        latitude_rad=latitude,
        longitude_rad=longitude,
        pressure_altitude_m=enu[2] + 50 * rng.normal() if height else nan,
        ve_mps=rng.normal(0, 200) if velocity else nan,
        vn_mps=rng.normal(0, 200) if velocity else nan,
        range_sigma_m=40.0,
        azimuth_sigma_rad=0.002,
        elevation_sigma_rad=0.003,
        doppler_sigma_mps=1.5,
        east_sigma_m=30.0,
        north_sigma_m=70.0,
        east_north_correlation=0.6,
        flags=int(PlotFlag.COOPERATIVE),
    )


CASES = [
    pytest.param(kind, is_flat, extras, id=f"{kind.name}-{'flat' if is_flat else 'earth'}-{name}")
    for is_flat in (True, False)
    for kind, name, extras in (
        (POLAR, "2-D", (False, False, False, False)),
        (POLAR, "2-D-mode-c", (True, False, False, False)),
        (POLAR, "3-D", (False, True, False, False)),
        (POLAR, "all", (True, True, True, False)),
        (LOCAL, "place", (False, False, False, False)),
        (LOCAL, "mode-c", (True, False, False, False)),
        (GEODETIC, "place", (False, False, False, False)),
        (GEODETIC, "all", (True, False, False, True)),
    )
]


@pytest.mark.parametrize(("kind", "is_flat", "extras"), CASES)
def test_sequential_update_is_the_joint_update_of_the_textbook(kind, is_flat, extras):
    rng = stream(7, "update", kind.name, str(is_flat), str(extras))
    sensor = a_sensor(is_flat)
    for _ in range(12):
        azimuth, ground = rng.uniform(0, 2 * np.pi), rng.uniform(5e3, 150e3)
        enu = np.array([ground * math.sin(azimuth), ground * math.cos(azimuth), 6000.0])
        plot = a_plot(rng, kind, enu, is_flat, *extras)
        arrays, sensors = arrays_of(plot, sensor, is_flat)
        point = enu + (sensor.flat_enu_m if is_flat and kind != GEODETIC else np.zeros(3))
        place = point if is_flat else geodesy.enu_to_ecef(enu[None], *SITE)[0]
        x = np.concatenate([place + 60 * rng.normal(size=3), 150 * rng.normal(size=3)])
        dt = rng.uniform(-0.2, 0.2)
        x[:3] -= dt * x[3:]
        p = np.diag([80.0] * 3 + [20.0] * 3) @ a_covariance(rng) @ np.diag([80.0] * 3 + [20.0] * 3)
        z, h, r = predictions(kind, plot, sensor, is_flat, dt)
        jacobian = np.column_stack(
            [(h(x + step) - h(x - step)) / (2 * step.max()) for step in np.diag([10.0] * 6)]
        )
        s = jacobian @ p @ jacobian.T + r
        gain = p @ jacobian.T @ np.linalg.inv(s)
        residual = z - h(x)
        got_x, got_p, up, rows = x.copy(), p.copy(), np.empty(3), np.empty((ROWS, 8))
        n, distance2, log_density = measured_and_taken(
            arrays, 0, sensors, is_flat, got_x, got_p, dt, up, rows
        )
        assert n == len(z)
        moved = gain @ residual
        size = np.sqrt(np.diag(p))
        np.testing.assert_allclose((got_x - x) / size, moved / size, atol=2e-5)
        scale = np.outer(size, size)
        np.testing.assert_allclose(got_p / scale, (p - gain @ s @ gain.T) / scale, atol=2e-5)
        assert distance2 == pytest.approx(residual @ np.linalg.solve(s, residual), rel=1e-4)
        log_size = np.linalg.slogdet(2 * np.pi * s)[1]
        assert log_density == pytest.approx(-0.5 * (log_size + distance2), rel=1e-6, abs=1e-6)


def test_a_target_on_top_of_its_radar_says_nothing():
    sensor = a_sensor(True)
    plot = a_plot(stream(1, "top"), POLAR, np.array([1.0, 2.0, 500.0]), True, False, *[False] * 3)
    arrays, sensors = arrays_of(plot, sensor, True)
    x = np.array([*sensor.flat_enu_m, 0.0, 0.0, 0.0])
    before, up, rows = x.copy(), np.empty(3), np.empty((ROWS, 8))
    n, distance2, _ = measured_and_taken(arrays, 0, sensors, True, x, np.eye(6), 0.0, up, rows)
    assert n == 0 and distance2 == 0.0 and np.array_equal(x, before)


@pytest.mark.parametrize("is_flat", [True, False])
@pytest.mark.parametrize("what", ["3-D", "mode C", "no height", "local", "geodetic"])
def test_first_covariance_is_that_of_many_tries(what, is_flat):
    rng, n = stream(3, "tries", what), 40_000
    kind = {"local": LOCAL, "geodetic": GEODETIC}.get(what, POLAR)
    enu = np.array([70e3, -60e3, 7000.0])
    plot = a_plot(stream(3, "mean"), kind, enu, is_flat, what != "no height", what == "3-D", 0, 0)
    plot = plot.replace(east_north_correlation=0.0)
    if what == "3-D":
        plot = plot.replace(pressure_altitude_m=np.full(1, np.nan))
    arrays, sensors = arrays_of(plot, a_sensor(is_flat), is_flat)
    out = np.empty((3, 3))
    unseen = 500.0  # small enough for a first-order formula to be right
    position_covariance(arrays, 0, sensors, unseen, out)
    height = plot.pressure_altitude_m
    sigma = SETTINGS.mode_c_sigma_m
    if what == "no height":
        height, sigma = np.array([SETTINGS.unseen_height_m]), unseen
    error = rng.normal(size=(6, n))
    many = plot.rows(np.zeros(n, int)).replace(
        range_m=plot.range_m + 40 * error[0],
        azimuth_rad=plot.azimuth_rad + 0.002 * error[1],
        elevation_rad=plot.elevation_rad + 0.003 * error[2],
        pressure_altitude_m=height + sigma * error[3],
        east_m=plot.east_m + 30 * error[4],
        north_m=plot.north_m + 70 * error[5],
    )
    if kind == GEODETIC:
        radius = 6.38e6
        many = many.replace(
            latitude_rad=plot.latitude_rad + 70 * error[5] / radius,
            longitude_rad=plot.longitude_rad + 30 * error[4] / radius / np.cos(plot.latitude_rad),
        )
    places = arrays_of(many, a_sensor(is_flat), is_flat)[0].position
    wanted = np.cov(places.T)
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    np.testing.assert_allclose(out / scale, wanted / scale, atol=0.04)


# gating


@FEW
@given(SEEDS)
def test_no_track_inside_the_coarse_gate_is_missed(seed):
    rng = stream(seed, "near")
    count = 60
    tracks, heads = empty_tracks(count, 1), np.full(64, -1, np.int64)  # buckets are shared
    tracks.time[:] = rng.uniform(0, 4, count)
    tracks.grid[:] = np.column_stack(
        [rng.uniform(-60e3, 60e3, (count, 2)), rng.normal(0, 150, (count, 2))]
    )
    tracks.spread[:] = rng.uniform([10, 1], [900, 40], (count, 2))
    for t in rng.permutation(count):
        put(tracks, heads, t, tracks.grid[t, 0], tracks.grid[t, 1])
    for t in rng.choice(count, 15, replace=False):  # some move, some go
        tracks.grid[t, :2] = rng.uniform(-60e3, 60e3, 2)
        put(tracks, heads, t, tracks.grid[t, 0], tracks.grid[t, 1])
    gone = rng.choice(count, 10, replace=False)
    for t in gone:
        remove(tracks, heads, t)
    plot = a_plot(rng, LOCAL, rng.uniform(-5e4, 5e4, 3), True, True, False, False, False)
    plots, _ = arrays_of(plot.replace(time_s=np.array([5.0])), a_sensor(True), True)
    wanted, widest = set(), 0.0
    for t in set(range(count)) - set(gone.tolist()):
        age = abs(plots.time[0] - tracks.time[t])
        place = tracks.grid[t, :2] + tracks.grid[t, 2:] * (plots.time[0] - tracks.time[t])
        sigma2 = (tracks.spread[t, 0] + tracks.spread[t, 1] * age) ** 2
        sigma2 += 50.0 * age**3 / 3 + plots.position_sigma[0] ** 2
        radius = 4.5 * math.sqrt(sigma2) + plots.slack[0]
        if np.hypot(*(plots.grid[0] - place)) <= radius:
            wanted.add(t)
        widest = max(widest, radius + np.hypot(*(tracks.grid[t, 2:])) * age)
    found = np.empty(256, np.int64)
    n = near(tracks, heads, plots, 0, widest, 4.5, 50.0, found)
    assert len(set(found[:n])) == n and set(found[:n].tolist()) == wanted


def test_identity_is_evidence_and_an_address_is_proof():
    ratio = gating_kernels.identity_log_ratio.py_func
    assert ratio(-1, -1, 0x48AC01, 0o4521) == 0.0  # nothing to compare
    assert ratio(0x48AC01, 0o4521, -1, -1) == 0.0
    assert ratio(0x48AC01, -1, 0x48AC02, -1) == -math.inf
    assert ratio(0x48AC01, 0o4521, 0x48AC02, 0o4521) == -math.inf
    same, other = ratio(-1, 0o4521, -1, 0o4521), ratio(-1, 0o4521, -1, 0o4522)
    assert -math.inf < other < 0.0 < ratio(-1, 0o7000, -1, 0o7000) < same
    address = ratio(0x48AC01, -1, 0x48AC01, -1)
    assert address > same
    both = ratio(0x48AC01, 0o4521, 0x48AC01, 0o4521)
    assert both == pytest.approx(address + same)
    assert ratio(0x48AC01, 0o4521, 0x48AC01, 0o4522) == pytest.approx(address + other)


# batching


def batches_of(time, sensor, geometry, mode_s, window):
    """Which plots belong together, the plain way: lists of plots by sensor."""
    open_ones, made = {}, []
    for i in range(len(time)):
        s = sensor[i]
        batch = open_ones.get(s)
        by_itself = geometry[i] != POLAR and mode_s[i] >= 0
        if batch is not None:
            first = batch[0]
            seen = {mode_s[k] for k in batch if geometry[k] != POLAR and mode_s[k] >= 0}
            if time[i] - time[first] > window[s] or (by_itself and mode_s[i] in seen):
                batch = None
        if batch is None:
            batch = open_ones[s] = []
            made.append(batch)
        batch.append(i)
    return made


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 80), st.booleans())
def test_every_plot_is_in_exactly_one_batch_of_its_sensor(seed, n, close_all):
    rng = stream(seed, "batches")
    time = np.sort(np.round(rng.uniform(0, 3, n), 2))
    sensor = rng.integers(0, 4, n).astype(np.int32)
    geometry = np.where(sensor < 2, POLAR, GEODETIC).astype(np.int8)
    mode_s = rng.integers(-1, 5, n).astype(np.int32)
    window = np.array([0.1, 0.3, 0.25, 0.05])
    batch_of, close_order = np.empty(n, np.int64), np.empty(n, np.int64)
    batches = batching_kernels.cut(
        time, sensor, geometry, mode_s, window, close_all, batch_of, close_order
    )
    order, start = np.empty(n, np.int64), np.empty(batches + 1, np.int64)
    closed = batching_kernels.gather(batch_of, close_order, batches, order, start)
    wanted = batches_of(time, sensor, geometry, mode_s, window)
    assert [np.flatnonzero(batch_of == b).tolist() for b in range(batches)] == wanted
    got = [order[start[b] : start[b + 1]].tolist() for b in range(closed)]
    places = [wanted.index(batch) for batch in got]  # each of them whole, in order of time
    assert len(set(places)) == closed
    held = [wanted[k] for k in range(batches) if k not in places]
    assert sorted(itertools.chain(*got, *held)) == list(range(n))
    if close_all:
        assert not held
    for batch in held:  # only what may still grow
        s = sensor[batch[0]]
        assert time[-1] - time[batch[0]] <= window[s]
    for s in range(4):  # each sensor's in order of time
        mine = [batch[0] for batch in got if sensor[batch[0]] == s]
        assert mine == sorted(mine)


# existence


@FEW
@given(st.floats(1e-4, 0.999), st.floats(1e-6, 1e6))
def test_a_plot_multiplies_the_odds_of_existence(existence, ratio):
    got = lifecycle_kernels.raise_existence.py_func(existence, ratio)
    wanted = existence * ratio / (existence * ratio + 1.0 - existence)
    assert got == pytest.approx(min(wanted, lifecycle_kernels.MOST_SURE))


@FEW
@given(SEEDS, st.floats(0.0, 45.0))
def test_missed_looks_lower_existence_as_bayes_says(seed, now):
    rng = stream(seed, "looks")
    sensors = sensor_arrays([a_sensor(True)] * 3, frame_of(True), SETTINGS, np.full(3, np.nan))
    sensors.period[:] = rng.uniform(3, 12, 3)
    sensors.detection[:] = rng.uniform(0.3, 0.99, 3)
    tracks = empty_tracks(1, 3)
    tracks.existence[0] = r = rng.uniform(0.3, 0.999)
    tracks.in_view[0] = rng.uniform(0.2, 1, 3)
    tracks.every[0] = sensors.period
    tracks.in_view[0, 1] = 0.0  # never saw it: its silence says nothing
    tracks.last_look[0] = rng.uniform(-5, 0, 3)
    lost, views, looks = 0.02, tracks.in_view[0].copy(), tracks.last_look[0].copy()
    for s in (0, 2):
        passed = 0
        while now - looks[s] > 1.35 * sensors.period[s] and views[s] >= 0.01:
            looks[s] += sensors.period[s]
            passed += 1
            seen_by_it = r * views[s] * (1 - lost)  # there is one, and it is in view
            out_of_it = r - seen_by_it
            silent = seen_by_it * (1 - sensors.detection[s])
            everything = (1 - r) + out_of_it + silent
            r = (out_of_it + silent) / everything
            views[s] = silent / (out_of_it + silent)
    lifecycle_kernels.miss_looks.py_func(tracks, 0, now, sensors, lost)
    assert tracks.existence[0] == pytest.approx(r, rel=1e-9)
    np.testing.assert_allclose(tracks.in_view[0, [0, 2]], views[[0, 2]], rtol=1e-9)
    np.testing.assert_allclose(tracks.last_look[0, [0, 2]], looks[[0, 2]], rtol=1e-9)
