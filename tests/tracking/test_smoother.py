"""The smoother against textbook algebra, against the filter, and against itself."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from jointsky._jit import bare_kernel
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, Plots
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import small_kernels, smoothing_kernels
from jointsky.tracking.chains import Chains
from jointsky.tracking.frame import choose
from jointsky.tracking.lag_smoother import LagSmoother
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.smoother import Smoother
from jointsky.tracking.smoothing import PathSmoother, new_nodes
from jointsky.tracking.world import model_table
from tracking.skies import Flight, Sky, clutter, errors, in_time, scans, straight, turning

LINEAR = [layout.QUIET, layout.CLIMB, layout.MANOEUVRE, layout.SLOW]
FLAT = Sky(is_flat=True)
LOWER = [(a, c) for a in range(7) for c in range(a + 1)]


@bare_kernel
def joined(i, now, start, n, rate_variance, room, out):
    return smoothing_kernels.join(i, now, start, n, rate_variance, room, out)


@bare_kernel
def eigenvalues(a, vectors):
    small_kernels.eigen(a, a.shape[0], vectors)


@bare_kernel
def solved(a, columns):
    return small_kernels.solve(a, a.shape[0], columns, columns.shape[1])


def packed(matrix):
    return np.array([matrix[a, c] for a, c in LOWER[: len(matrix) * (len(matrix) + 1) // 2]])


def full(rows):
    """Return covariances (n, 6, 6) of packed ones (n, 21)."""
    out = np.zeros((len(rows), 6, 6))
    for k, (a, c) in enumerate(LOWER[:21]):
        out[:, a, c] = out[:, c, a] = rows[:, k]
    return out


def row(mean, covariance, weight=1.0):
    out = np.zeros(layout.BODY)
    out[:7], out[layout.WEIGHT], out[layout.COV :] = mean, weight, packed(covariance)
    return out


def motion(model, dt, given=None):
    """Return F and Q (6, 6) of a linear model, up being the third axis."""
    across, up, _, memory = model_table(given or TrackerSettings())[model]
    one = np.eye(3)
    if model == layout.SLOW:
        lost = math.exp(-dt / memory)
        reach, keep, fade = memory * (1.0 - lost), lost, 1.0 - lost
        vv = memory / 2.0 * (1.0 - lost**2)
        pv = memory**2 / 2.0 * fade**2
        pp = memory**2 * (dt - 2.0 * memory * fade + memory / 2.0 * (1.0 - lost**2))
    else:
        reach, keep, vv, pv, pp = dt, 1.0, dt, dt**2 / 2.0, dt**3 / 3.0
    f = np.block([[one, reach * one], [0.0 * one, keep * one]])
    return f, np.kron([[pp, pv], [pv, vv]], np.diag([across, across, up]))


def only(smoother, *models):
    """Let a smoother know only some models, which a target switches between."""
    world = smoother._world
    usual = np.zeros(layout.MODELS)
    usual[list(models)] = 1.0 / len(models)
    smoother._world = world._replace(usual=usual)
    return smoother


def level_plots(rng, time_s, path, sigma_m=30.0):
    """Return east and north, and heights, of a path in a flat scene: linear measurements."""
    at = path(time_s)[:, :3] + rng.normal(size=(len(time_s), 3)) * [sigma_m, sigma_m, 15.0]
    return Plots.make(
        time_s=time_s,
        sensor=0,
        geometry=int(Geometry.LOCAL),
        east_m=at[:, 0],
        north_m=at[:, 1],
        pressure_altitude_m=at[:, 2],
        east_sigma_m=sigma_m,
        north_sigma_m=sigma_m,
    )


def plane_smoother(*models):
    sensors = [FLAT.radar(up_m=0.0)]
    made = PathSmoother(sensors, TrackerSettings(), choose(sensors, FLAT.origin), 0.0)
    return only(made, *models) if models else made


def smoothed(smoother, plots, lag_s=np.inf):
    floats, ints = smoother.arrays(plots)
    nodes = new_nodes(floats[:, layout.P_TIME])
    smoother.filter(floats, ints, nodes)
    return nodes, smoother.smooth(nodes, 0, len(nodes.times_s), lag_s)


def least_squares(nodes, plots, model):
    """Return all states and their covariances at once: the textbook's dense normal equations."""
    n = len(nodes.times_s)
    prior = nodes.bodies[0, model]
    cov = full(prior[None, layout.COV : layout.COV + 21])[0]
    matrix, right = np.zeros((6 * n, 6 * n)), np.zeros(6 * n)
    matrix[:6, :6] = np.linalg.inv(cov)
    right[:6] = matrix[:6, :6] @ prior[:6]
    measured = np.column_stack([plots.east_m, plots.north_m, plots.pressure_altitude_m])
    weight = np.diag([1 / 30.0**2, 1 / 30.0**2, 1 / 15.0**2])
    for k in range(1, n):
        f, q = motion(model, nodes.times_s[k] - nodes.times_s[k - 1])
        h = np.zeros((6, 6 * n))
        h[:, 6 * k - 6 : 6 * k], h[:, 6 * k : 6 * k + 6] = -f, np.eye(6)
        matrix += h.T @ np.linalg.solve(q, h)
        matrix[6 * k : 6 * k + 3, 6 * k : 6 * k + 3] += weight
        right[6 * k : 6 * k + 3] += weight @ measured[k]
    spread = np.linalg.inv(matrix)
    return (spread @ right).reshape(n, 6), np.array(
        [spread[6 * k : 6 * k + 6, 6 * k : 6 * k + 6] for k in range(n)]
    )


@pytest.mark.parametrize("model", LINEAR)
def test_one_linear_model_gives_what_least_squares_over_all_plots_at_once_give(model):
    rng = np.random.default_rng(model)
    time_s = np.cumsum(rng.uniform(0.5, 6.0, 25))
    speed = 5.0 if model == layout.SLOW else 90.0
    plots = level_plots(rng, time_s, straight([4e3, -9e3, 2e3], [speed, -0.5 * speed, 1.0]))
    nodes, made = smoothed(plane_smoother(model), plots)
    means, covariances = least_squares(nodes, plots, model)
    assert np.allclose(made.means, means, rtol=0.0, atol=1e-6)
    assert np.allclose(full(made.packed), covariances, rtol=1e-6, atol=1e-6)


def test_two_plots_and_four_models_give_the_exact_mixture_over_all_pairs():
    rng = np.random.default_rng(3)
    time_s = np.array([0.0, 6.0])
    plots = level_plots(rng, time_s, straight([1e3, 2e3, 900.0], [40.0, -70.0, 2.0]))
    smoother = plane_smoother(*LINEAR)
    nodes, made = smoothed(smoother, plots)
    stay = math.exp(-6.0 / TrackerSettings().mean_manoeuvre_s)
    step = stay * np.eye(layout.MODELS) + (1.0 - stay) * smoother._world.usual
    at = np.array([plots.east_m[1], plots.north_m[1], plots.pressure_altitude_m[1]])
    noise, h = np.diag([30.0**2, 30.0**2, 15.0**2]), np.eye(3, 6)
    weights, means, spreads = [], [], []
    for i in LINEAR:
        x, cov = nodes.bodies[0, i, :6], full(nodes.bodies[0, i, None, 8:29])[0]
        for j in LINEAR:
            f, q = motion(j, 6.0)
            s = h @ (f @ cov @ f.T + q) @ h.T + noise
            left = at - h @ f @ x
            gain = cov @ f.T @ h.T @ np.linalg.inv(s)
            likely = math.exp(-0.5 * left @ np.linalg.solve(s, left)) / math.sqrt(np.linalg.det(s))
            weights.append(nodes.bodies[0, i, layout.WEIGHT] * step[i, j] * likely)
            means.append(x + gain @ left)
            spreads.append(cov - gain @ s @ gain.T)
    weights = np.array(weights) / sum(weights)
    mean = weights @ np.array(means)
    apart = np.array(means) - mean
    spread = np.einsum("k,kij->ij", weights, np.array(spreads))
    spread += np.einsum("k,ki,kj->ij", weights, apart, apart)
    assert np.allclose(made.means[0], mean, rtol=0.0, atol=1e-6)
    assert np.allclose(full(made.packed)[0], spread, rtol=1e-6, atol=1e-6)


def wide(rng, n, scale):
    a = rng.normal(size=(n, n)) * scale
    return a @ a.T + np.diag(scale**2) * 0.1


@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
@settings(max_examples=30, deadline=None)
def test_what_one_model_tells_another_is_the_product_of_gaussians(seed, now_turns, next_turns):
    rng = np.random.default_rng(seed)
    scale = np.array([60.0, 60.0, 30.0, 20.0, 20.0, 5.0, 0.03])
    n = 7 if next_turns else 6
    b, c = rng.normal(size=7) * scale, rng.normal(size=7) * scale
    prior, own = wide(rng, 7, scale), wide(rng, 7, scale)
    if not now_turns:
        c[6], own[6, :6], own[:6, 6] = 0.0, 0.0, 0.0
    factor, at = np.zeros((7, 7)), np.zeros(7)  # what the future says: information, about a point
    factor[:n, :n] = np.linalg.inv(wide(rng, n, 2.0 * scale[:n]))
    at[:n] = factor[:n, :n] @ (rng.normal(size=n) * scale[:n])
    after = np.linalg.inv(np.linalg.inv(prior[:n, :n]) + factor[:n, :n])
    mean = after @ (np.linalg.solve(prior[:n, :n], b[:n]) + at[:n])
    room = np.zeros((smoothing_kernels.MATRICES, 7, 8))
    inverse = np.linalg.inv(prior[:n, :n])
    room[smoothing_kernels.V, :n, :n] = inverse @ (prior[:n, :n] - after) @ inverse
    room[smoothing_kernels.V, :n, 7] = inverse @ (mean - b[:n])
    out = np.zeros(layout.BODY)
    model = layout.TURN if now_turns else layout.QUIET
    told = own.copy()
    told[6, 6] = own[6, 6] if now_turns else 0.0
    joined(model, row(c, told), row(b, prior), n, own[6, 6], room, out)
    spread = np.linalg.inv(np.linalg.inv(own) + factor)
    wanted = spread @ (np.linalg.solve(own, c) + at)
    size = 7 if now_turns else 6
    sigma = np.sqrt(np.diag(spread))[:size]
    assert np.allclose(out[:size] / sigma, wanted[:size] / sigma, atol=1e-6)
    got = np.zeros((7, 7))
    for k, (a, d) in enumerate(LOWER):
        got[a, d] = got[d, a] = out[layout.COV + k]
    ratio = np.outer(sigma, sigma)
    assert np.allclose(got[:size, :size] / ratio, spread[:size, :size] / ratio, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_small_matrices_are_solved_and_turned_to_their_axes(seed, n):
    rng = np.random.default_rng(seed)
    a, right = rng.normal(size=(n, n)), rng.normal(size=(n, 3))
    columns = right.copy()
    determinant = solved(a.copy(), columns)
    assert determinant == pytest.approx(np.linalg.det(a), rel=1e-9)
    assert np.allclose(a @ columns, right, atol=1e-7 * max(1.0, np.abs(columns).max()))
    both, vectors = a + a.T, np.empty((n, n))
    values = both.copy()
    eigenvalues(values, vectors)
    assert np.allclose(np.sort(np.diag(values)), np.linalg.eigvalsh(both), atol=1e-9)
    assert np.allclose(vectors @ np.diag(np.diag(values)) @ vectors.T, both, atol=1e-9)


def wiener_path(rng, time_s):
    """Return states (n, 6) of a target that moves as the quiet model says."""
    state = [np.array([*rng.normal(size=3) * 3e3, *rng.normal(size=3) * [80.0, 80.0, 1.0]])]
    for dt in np.diff(time_s):
        f, q = motion(layout.QUIET, dt)
        state.append(f @ state[-1] + rng.multivariate_normal(np.zeros(6), q))
    return np.array(state)


def test_errors_are_what_the_covariances_say_where_the_model_is_true():
    time_s = np.arange(0.0, 80.0, 4.0)
    smoother = plane_smoother(layout.QUIET)
    runs, nees = 80, {3: 0.0, 10: 0.0, 17: 0.0}
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        truth = wiener_path(rng, time_s)
        _, made = smoothed(smoother, level_plots(rng, time_s, lambda _, truth=truth: truth))
        error, spread = made.means - truth, full(made.packed)
        for k in nees:
            nees[k] += error[k] @ np.linalg.solve(spread[k], error[k])
    low, high = chi2.ppf([0.0005, 0.9995], 6 * runs)
    assert all(low < value < high for value in nees.values()), (low, nees, high)


def test_backward_in_time_gives_the_same_path():
    rng = np.random.default_rng(8)
    time_s = np.cumsum(rng.uniform(1.0, 5.0, 40))
    truth = wiener_path(rng, time_s)
    plots = level_plots(rng, time_s, lambda _: truth)
    turned = plots.rows(np.arange(len(plots))[::-1]).replace(time_s=(200.0 - time_s)[::-1])
    smoother = plane_smoother(layout.QUIET)
    _, there = smoothed(smoother, plots)
    _, back = smoothed(smoother, turned)
    mirror = back.means[::-1] * [1, 1, 1, -1, -1, -1]
    sigma = np.sqrt(np.einsum("nii->ni", full(there.packed)))
    inner = slice(5, -5)  # the ends know that a speed is some 160 m/s at most
    assert np.all(np.abs((there.means - mirror) / sigma)[inner] < 0.02)


def turns(seed):
    rng = np.random.default_rng(seed)
    heading, speed = rng.uniform(0, 2 * np.pi), rng.uniform(120, 260)
    start = [*rng.uniform(-40e3, 40e3, 2), rng.uniform(3e3, 9e3)]
    velocity = [speed * math.sin(heading), speed * math.cos(heading), 0.0]
    return turning(start, velocity, rng.uniform(50, 90), rng.uniform(0.4, 1.5), rng.uniform(0.8, 3))


def tracked(tracker, plots):
    """Return a tracker's tracks, the plot behind each row, and the chains of plots."""
    tracker.chains = Chains()
    told, of_plots = [], []
    for answer in (lambda: tracker.update(plots), tracker.flush):
        told.append(answer())
        of_plots.append(tracker.chains.told)
    return join(told), np.concatenate(of_plots), tracker.chains


@pytest.mark.parametrize("is_flat", [True, False])
def test_turning_flights_are_seen_better_at_nearly_every_time(is_flat):
    sky = Sky(is_flat=is_flat)
    sensors = [sky.radar(), sky.radar(40e3, 30e3)]
    smoother = Smoother(sensors, None, sky.origin if is_flat else None)
    seen = {"filter": [], "smoother": []}
    for seed in range(25):
        rng = np.random.default_rng(seed)
        flight = Flight(turns(seed))
        parts = [scans(rng, sky, s, k, [flight], 200.0, mode_c=True) for k, s in enumerate(sensors)]
        plots = in_time(*parts)
        tracks, of_plots, chains = tracked(sky.tracker(sensors), plots)
        better = smoother.smooth(plots, tracks, of_plots, chains)
        assert len(np.unique(better.track_number)) == 1
        for name, made in (("filter", tracks), ("smoother", better)):
            error = errors(sky, made, flight)
            truth = flight.path(made.time_s)[:, 3:5]
            course = np.arctan2(made.ve_mps, made.vn_mps) - np.arctan2(truth[:, 0], truth[:, 1])
            speed = np.hypot(made.ve_mps, made.vn_mps) - np.hypot(truth[:, 0], truth[:, 1])
            bin_s = np.floor(made.time_s / 10.0)
            nees = np.einsum("ni,nij,nj->n", error, np.linalg.inv(made.covariance), error)
            turn = (course + np.pi) % (2 * np.pi) - np.pi
            place = np.hypot(error[:, 0], error[:, 1])
            seen[name].append(np.column_stack([bin_s, place, speed, turn, nees]))
    rms = {}
    for name, parts in seen.items():
        all_of = np.concatenate(parts)
        bins = [all_of[all_of[:, 0] == k] for k in range(2, 20)]
        rms[name] = np.array([np.sqrt((b[:, 1:4] ** 2).mean(axis=0)) for b in bins])
    ratio = rms["smoother"] / rms["filter"]
    assert (ratio[:, [0, 2]] < 1.0).mean() > 0.95
    assert (ratio[:, 1] < 1.0).mean() > 0.7  # the speed is no better just where turns begin
    place, speed, heading = np.sqrt((rms["smoother"] ** 2).mean(0) / (rms["filter"] ** 2).mean(0))
    assert place < 0.6 and speed < 0.8 and heading < 0.4
    assert np.concatenate(seen["smoother"])[:, 4].mean() < 6.5  # as sure as it may be, or less


def busy_sky(sky, end_s=240.0):
    rng = np.random.default_rng(11)
    sensors = [sky.radar(), sky.radar(30e3, 20e3)]
    flights = [Flight(turns(seed), begins_s=9.0 * seed) for seed in range(5)]
    flights.append(Flight(turns(6), silent_s=(80.0, 150.0)))
    parts = [scans(rng, sky, s, k, flights, end_s, mode_c=True) for k, s in enumerate(sensors)]
    return sensors, in_time(*parts, clutter(rng, sensors[0], 0, 4, end_s)), flights


def same(one, other):
    assert len(one) == len(other) > 100
    for name in Tracks.schema():
        a, b = getattr(one, name), getattr(other, name)
        if a.dtype.kind == "f":
            assert np.allclose(a, b, rtol=1e-9, atol=1e-6, equal_nan=True), name
        else:
            assert np.array_equal(a, b), name


@pytest.mark.parametrize("lag_s", [0.0, 15.0, np.inf])
def test_beside_a_running_tracker_the_same_states_come_as_from_the_whole(lag_s):
    sky = Sky()
    sensors, plots, _ = busy_sky(sky)
    tracks, of_plots, chains = tracked(sky.tracker(sensors), plots)
    wanted = Smoother(sensors, lag_s=lag_s).smooth(plots, tracks, of_plots, chains)
    for size in (23, len(plots)):
        live = LagSmoother(sensors, lag_s=lag_s)
        told = [live.update(plots.rows(slice(k, k + size))) for k in range(0, len(plots), size)]
        assert sum(map(len, told)) == 0 if lag_s == np.inf else sum(map(len, told)) > 100
        for answer in told[:-1] if size < len(plots) else []:
            assert len(answer) == 0 or answer.time_s.max() < live.tracker.done_s()
        got = join([*told, live.flush()])
        same(got.rows(np.lexsort((got.status, got.track_number, got.time_s))), wanted)


def test_a_longer_lag_brings_states_nearer_to_those_of_the_whole():
    sky = Sky()
    sensors, plots, _ = busy_sky(sky)
    tracked_once = tracked(sky.tracker(sensors), plots)
    whole = Smoother(sensors).smooth(plots, *tracked_once)
    away = []
    for lag_s in (0.0, 8.0, 24.0, 80.0, 1e6):
        lagged = Smoother(sensors, lag_s=lag_s).smooth(plots, *tracked_once)
        away.append(np.abs(lagged.ve_mps - whole.ve_mps).mean())
    assert away[0] > 3.0 * away[2] > 3.0 * away[3] and away == sorted(away, reverse=True)
    assert away[-1] == 0.0


def test_a_track_begins_at_its_targets_first_plot_and_ends_as_it_was_told():
    sky = Sky()
    sensors, plots, flights = busy_sky(sky)
    tracks, of_plots, chains = tracked(sky.tracker(sensors), plots)
    better = Smoother(sensors).smooth(plots, tracks, of_plots, chains)
    assert set(better.track_number.tolist()) == set(tracks.track_number.tolist())
    for number in np.unique(tracks.track_number):
        mine = better.rows(better.track_number == number)
        assert mine.time_s[0] < tracks.time_s[tracks.track_number == number].min() - 1.0
        assert mine.plots[0] == 1
        assert np.all(np.isin(mine.time_s, plots.time_s))
        alive = mine.status == TrackStatus.CONFIRMED
        assert np.all(np.diff(mine.time_s[alive]) > 0.0) and np.all(np.diff(mine.plots[alive]) > 0)
    ends = [np.sort(t.track_number[t.status == TrackStatus.ENDED]) for t in (tracks, better)]
    assert len(ends[0]) > 0 and np.array_equal(*ends)
    assert len(flights) <= len(np.unique(tracks.track_number)) <= len(flights) + 2


def test_a_plot_is_in_no_two_chains_and_chains_go_on_in_time():
    sky = Sky()
    flights = [
        Flight(straight([-12e3, 8e3, 5e3], [150.0, 2.0, 0.0])),
        Flight(straight([-12e3, 8.3e3, 5e3], [150.0, -2.0, 0.0])),
    ]
    sensors = [sky.radar()]
    plots = scans(np.random.default_rng(1), sky, sensors[0], 0, flights, 200.0)
    plots = in_time(plots)
    tracks, of_plots, chains = tracked(sky.tracker(sensors), plots)
    used = []
    for number in np.unique(tracks.track_number):
        mine = of_plots[(tracks.track_number == number) & (of_plots >= 0)]
        chain = chains.up_to(int(mine[-1]))
        assert set(mine.tolist()) <= set(chain)
        assert np.all(np.diff(plots.time_s[chain]) > -0.2)  # a sector's plots come together
        used += chain
    assert len(used) == len(set(used)) > 80


def test_one_wild_plot_does_not_bend_the_path():
    rng = np.random.default_rng(2)
    time_s = np.arange(0.0, 120.0, 4.0)
    path = straight([5e3, 5e3, 2e3], [60.0, 60.0, 0.0])
    plots = level_plots(rng, time_s, path)
    wild = plots.east_m.copy()
    wild[15] += 3_000.0
    _, clean = smoothed(plane_smoother(), plots)
    _, made = smoothed(plane_smoother(), plots.replace(east_m=wild))
    assert np.abs(made.means - clean.means)[:, :3].max() < 40.0
    assert np.linalg.norm((made.means - path(time_s))[15, :2]) < 40.0


def test_two_bearings_only_sensors_make_a_path():
    sky = Sky()
    sensors = [sky.radar(kind="bearing"), sky.radar(20e3, 0.0, kind="bearing")]
    flight = Flight(straight([-9e3, 15e3, 3e3], [120.0, 20.0, 0.0]))
    rng = np.random.default_rng(0)
    parts = [scans(rng, sky, s, k, [flight], 120.0) for k, s in enumerate(sensors)]
    plots = in_time(*parts).replace(geometry=np.full(len(join(parts)), 3, np.int8))
    plots = plots.replace(range_m=np.full(len(plots), np.nan))
    tracks, of_plots, chains = tracked(sky.tracker(sensors), plots)
    better = Smoother(sensors).smooth(plots, tracks, of_plots, chains)
    error = errors(sky, better, flight)[:, :2]
    assert len(better) > 40 and np.median(np.hypot(*error.T)) < 60.0


def test_wrong_input_is_refused_with_what_was_found():
    sky = Sky()
    sensors, plots, _ = busy_sky(sky, 60.0)
    with pytest.raises(ValueError, match=r"lag_s is -1\.0; it must be a number from 0"):
        Smoother(sensors, lag_s=-1.0)
    with pytest.raises(ValueError, match="lag_s is nan"):
        LagSmoother(sensors, lag_s=math.nan)
    tracks, of_plots, chains = tracked(sky.tracker(sensors), plots)
    smoother = Smoother(sensors)
    with pytest.raises(ValueError, match=f"of_plots has 3 rows; tracks has {len(tracks)}"):
        smoother.smooth(plots, tracks, of_plots[:3], chains)
    with pytest.raises(ValueError, match="plots has 5 rows; the tracker was given more"):
        smoother.smooth(plots.rows(slice(5)), tracks, of_plots, chains)
    nothing = smoother.smooth(plots, Tracks.make(0), np.empty(0, np.int64), Chains())
    assert len(nothing) == 0 and len(LagSmoother(sensors).flush()) == 0
