"""Kernels of the way back and of small matrices, against information filters and numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky._jit import bare_kernel
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import small_kernels, smoothing_kernels
from jointsky.tracking.frame import choose
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.smoothing import PathSmoother, new_nodes
from tracking import naive, naive_smoothing
from tracking.made import (
    EARTH,
    FLAT,
    GEODETIC,
    LOCAL,
    POLAR,
    a_body,
    a_covariance,
    a_plot,
    radar_of,
)
from tracking.skies import turning

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=30, deadline=None)
SETTINGS = TrackerSettings()
SIGMAS = np.array([60.0, 50.0, 40.0, 12.0, 9.0, 3.0, 0.02])


@bare_kernel
def opened(row, out):
    small_kernels.unpack(row, out)


@bare_kernel
def factored(a, n):
    return small_kernels.factor(a, n)


@bare_kernel
def lower_solved(lower, n, columns, count):
    small_kernels.solve_lower(lower, n, columns, count)


@bare_kernel
def future(ahead, smoothed, n, room):
    smoothing_kernels.future(ahead, smoothed, n, room)


@bare_kernel
def derivative(m, dt, models, turn, f):
    smoothing_kernels.derivative(m, dt, models, turn, f)


@bare_kernel
def matched(pairs, odds, out):
    smoothing_kernels.match(pairs, odds, out)


@bare_kernel
def step_back(now, start, ahead, turn, dt, smoothed, world, bench, out):
    smoothing_kernels.step_back(now, start, ahead, turn, dt, smoothed, world, bench, out)


# small matrices


@FEW
@given(SEEDS)
def test_a_rows_covariance_is_opened_whole(seed):
    row, out = a_body(stream(seed, "row")), np.full((7, 7), np.nan)
    opened(row, out)
    np.testing.assert_array_equal(out, naive.opened(row)[1])


@FEW
@given(SEEDS, st.integers(1, 7), st.integers(1, 8))
def test_choleskys_factor_is_numpys_and_solves(seed, n, count):
    rng = stream(seed, "cholesky")
    a, room = a_covariance(rng, SIGMAS[:n]), np.full((7, 8), 77.0)
    room[:n, :n] = a
    assert factored(room, n)
    wanted = np.linalg.cholesky(a)
    np.testing.assert_allclose(np.tril(room[:n, :n]), wanted, rtol=1e-9, atol=1e-12)
    columns = np.full((7, 8), 55.0)
    columns[:n, :count] = right = rng.normal(size=(n, count)) * SIGMAS[:n, None]
    lower_solved(room, n, columns, count)
    np.testing.assert_allclose(columns[:n, :count], np.linalg.solve(wanted, right), rtol=1e-6)
    assert (room[n:] == 77.0).all() and (columns[n:] == 55.0).all()
    assert (columns[:, count:] == 55.0).all()


@FEW
@given(SEEDS, st.integers(1, 7))
def test_a_matrix_with_a_negative_direction_has_no_factor(seed, n):
    rng = stream(seed, "indefinite")
    axes = np.linalg.qr(rng.normal(size=(n, n)))[0]
    values = rng.uniform(0.1, 2.0, n)
    values[rng.integers(n)] *= -1.0
    assert not factored(axes @ np.diag(values) @ axes.T, n)
    assert not factored(np.zeros((n, n)), n)
    assert not factored(np.full((n, n), np.nan), n)


# pieces of a step back


@pytest.mark.parametrize("m", range(layout.MODELS))
@pytest.mark.parametrize("dt", [0.02, 4.0, 60.0])
def test_the_derivative_of_a_models_motion_is_that_of_moving_it(m, dt):
    smoother = PathSmoother([radar_of(FLAT)], SETTINGS, choose([radar_of(FLAT)], FLAT.origin), 0.0)
    models, turn = smoother._world.models, stream(1, "turn").normal(size=49)
    got = np.full((7, 8), np.nan)
    derivative(m, dt, models, turn, got)
    if m == layout.TURN:
        np.testing.assert_array_equal(got[:, :7], turn.reshape(7, 7))
        return
    x = np.array([3e3, -2e3, 900.0, 60.0, -30.0, 2.0, 0.0])

    def moved(y):
        return naive.predicted(y, np.eye(7), m, dt, models, np.eye(3)[2])[0]

    wanted = naive.derivative(moved, x, [1.0] * 7)[:6, :6]
    np.testing.assert_allclose(got[:6, :6], wanted, atol=1e-8)
    assert not got[6, :7].any() and not got[:6, 6].any()


@FEW
@given(SEEDS, st.booleans(), st.booleans())
def test_what_the_future_says_is_cut_to_what_is_possible(seed, turns, is_surer):
    """A smoothed state is surer than the prediction in all directions, or by matching in some."""
    rng = stream(seed, "future")
    n = 7 if turns else 6
    ahead = a_body(rng, np.zeros(7))
    x, p = naive.opened(ahead)
    if is_surer:
        ps = np.linalg.inv(np.linalg.inv(p) + np.linalg.inv(a_covariance(rng, 2.0 * SIGMAS)))
    else:
        ps = p + 0.4 * (a_covariance(rng) - a_covariance(rng))
        size = np.sqrt(np.diag(p))
        ps += max(0.0, 0.05 - np.linalg.eigvalsh(ps / np.outer(size, size))[0]) * np.diag(size**2)
    smoothed = naive.body_of(x + SIGMAS * rng.normal(size=7), ps)
    f = np.eye(7) + 0.3 * rng.normal(size=(7, 7)) * np.outer(SIGMAS, 1.0 / SIGMAS)
    room = np.full((smoothing_kernels.MATRICES, 7, 8), 33.0)
    room[smoothing_kernels.F, :, :7] = f
    future(ahead, smoothed, n, room)
    parts = (naive_smoothing.cut_to(naive.opened(row), n) for row in (ahead, smoothed))
    big_v, v = naive_smoothing.told_by_future(*parts, f[:n, :n])
    got = room[smoothing_kernels.V]
    scale = np.outer(SIGMAS, SIGMAS)[:n, :n]  # in units of the state's errors
    np.testing.assert_allclose(got[:n, :n] * scale, big_v * scale, atol=1e-6)
    np.testing.assert_allclose(got[:n, 7] * SIGMAS[:n], v * SIGMAS[:n], atol=1e-6)
    assert not got[n:].any() and not got[:n, n:7].any()


@FEW
@given(SEEDS)
def test_pairs_of_models_are_matched_by_their_moments(seed):
    rng, m = stream(seed, "match"), layout.MODELS
    x = np.concatenate([1e6 * rng.normal(size=3), 100 * rng.normal(size=3), [0.0]])
    pairs = np.array([[a_body(rng, x) for _ in range(m)] for _ in range(m)])
    odds = rng.dirichlet(np.full(m * m, 0.3)).reshape(m, m)
    odds[rng.random((m, m)) < 0.3] = 0.0
    odds[0, 0] = max(odds[0, 0], 0.1)  # one at least; and one model of none
    odds[rng.integers(1, m)] = 0.0
    out = np.full((m, layout.BODY), np.nan)
    matched(pairs, odds, out)
    np.testing.assert_allclose(out[:, layout.WEIGHT], odds.sum(axis=1) / odds.sum(), atol=1e-12)
    for i in np.flatnonzero(odds.sum(axis=1)):
        parts = zip(*(naive.opened(pair) for pair in pairs[i]), strict=True)
        mean, p = naive.moments(odds[i] / odds[i].sum(), *parts)
        got_x, got_p = naive.opened(out[i])
        size = np.sqrt(np.diag(p))
        np.testing.assert_allclose((got_x - mean) / size, 0.0, atol=1e-6)
        np.testing.assert_allclose((got_p - p) / np.outer(size, size), 0.0, atol=1e-6)


# a whole step


FLIGHT = turning([30e3, 25e3, 6e3], [120.0, 90.0, 2.0], 16.0, 1.2, 1.5)
CASES = [
    *((FLAT, POLAR, "height elevation"), (FLAT, LOCAL, "height")),
    *((EARTH, POLAR, "height elevation"), (EARTH, GEODETIC, "height")),
]


@pytest.mark.parametrize(("sky", "kind", "what"), CASES, ids=lambda v: getattr(v, "name", None))
def test_each_step_back_is_that_of_an_information_filter(sky, kind, what):
    rng, sensor = stream(1, "back", kind.name), radar_of(sky)
    time_s = np.cumsum(rng.uniform(1.0, 6.0, 12))
    plots = [a_plot(rng, sky, kind, enu[:3], what) for enu in FLIGHT(time_s)]
    smoother = PathSmoother([sensor], SETTINGS, choose([sensor], sky.origin), 0.0)
    nodes = filtered(smoother, plots, time_s)
    smoothed = nodes.bodies[-1].copy()
    close = 0
    for k in range(len(time_s) - 1, 0, -1):
        dt = nodes.times_s[k] - nodes.times_s[k - 1]
        now = rateless(rng, nodes.bodies[k - 1])
        step = now, nodes.mixed[k], nodes.ahead[k], nodes.turns[k]
        out = np.full((layout.MODELS, layout.BODY), np.nan)
        smoothed = rateless(rng, smoothed)
        step_back(*step, dt, smoothed, smoother._world, smoother._bench, out)
        whole = (*step[:3], step[3].reshape(7, 7))
        wanted = naive_smoothing.stepped_back(whole, dt, smoothed, smoother._world, SETTINGS)
        np.testing.assert_allclose(out[:, layout.WEIGHT], wanted[:, layout.WEIGHT], atol=1e-4)
        for m in np.flatnonzero(wanted[:, layout.WEIGHT] > 1e-6):
            n = layout.STATES if m == layout.TURN else 6
            (x, p), (own_x, own_p) = naive.opened(wanted[m]), naive.opened(out[m])
            size = np.sqrt(np.diag(p))[:n]
            np.testing.assert_allclose((own_x[:n] - x[:n]) / size, 0.0, atol=1e-3)
            off = (own_p - p)[:n, :n] / np.outer(size, size)
            np.testing.assert_allclose(off, 0.0, atol=1e-3)
            close += 1
        smoothed = out
    assert close > 30
    made = smoother.smooth(nodes, 0, len(time_s), np.inf)
    mean, p = naive.combined(smoothed)
    np.testing.assert_allclose(made.means[0], mean, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(naive.unpacked(made.packed[0]), p, rtol=1e-6, atol=1e-4)


def rateless(rng, bodies):
    """Return rows with nonsense for the turn rate of models that have none: it must not matter."""
    out = bodies.copy()
    for m in range(layout.MODELS):
        if m != layout.TURN:
            out[m, [6, *range(layout.BODY - 7, layout.BODY)]] = 0.01 * rng.normal(size=8)
    return out


def filtered(smoother, plots, time_s):
    """Return a path's nodes, one plot at each time."""
    parts = [smoother.arrays(plot) for plot in plots]
    floats = np.concatenate([part.floats for part in parts])
    ints = np.concatenate([part.ints for part in parts])
    floats[:, layout.P_TIME] = time_s
    nodes = new_nodes(time_s)
    smoother.filter(floats, ints, nodes)
    return nodes
