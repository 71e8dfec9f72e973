"""T-GOSPA: the whole linear program by hand, closed forms, and what must hold for a metric."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from jointsky.metrics.pairs import near_pairs
from jointsky.metrics.sampling import at_shared_times
from jointsky.metrics.tgospa import tgospa
from metrics import scenes

SEEDS = st.integers(0, 2**32 - 1)


def _tgospa(moments, order=2.0, gamma=None, lp_size=60_000, cutoff_m=1000.0):
    pairs = near_pairs(moments.reference, moments.tracks, cutoff_m)
    return tgospa(moments, pairs, order, gamma, lp_size)


def _naive(moments, c, p, gamma):
    """Equation 23 of the paper as it stands: all pairs, all moments, one program."""
    a, b, n = moments.reference, moments.tracks, len(moments.time_s)
    nx, ny = a.path.max() + 1, b.path.max() + 1
    x, y = np.full((n, nx, 3), np.nan), np.full((n, ny, 3), np.nan)
    x[a.moment, a.path], y[b.moment, b.path] = a.position_m, b.position_m
    has_x, has_y = ~np.isnan(x[..., 0]), ~np.isnan(y[..., 0])
    cell = np.arange(n * (nx + 1) * (ny + 1)).reshape(n, nx + 1, ny + 1)
    cost = np.zeros(cell.size + (n - 1) * nx * ny)
    for k, i, j in np.ndindex(cell.shape):
        xi, yj = i < nx and has_x[k, i], j < ny and has_y[k, j]
        far = np.linalg.norm(x[k, i] - y[k, j]) if xi and yj else 0.0
        cost[cell[k, i, j]] = min(far, c) ** p if xi and yj else c**p / 2 * (xi + yj)
    cost[cell.size :] = gamma**p / 2
    equal = lil_matrix((n * (nx + ny), len(cost)))
    row = 0
    for k in range(n):
        for i in range(nx):
            equal[row, cell[k, i]] = 1.0
            row += 1
        for j in range(ny):
            equal[row, cell[k, :, j]] = 1.0
            row += 1
    change = lil_matrix((2 * (n - 1) * nx * ny, len(cost)))
    for s, (k, i, j) in enumerate(np.ndindex(n - 1, nx, ny)):
        for up, sign in enumerate((1.0, -1.0)):
            change[2 * s + up, cell[k + 1, i, j]] = sign
            change[2 * s + up, cell[k, i, j]] = -sign
            change[2 * s + up, cell.size + s] = -1.0
    found = linprog(
        cost,
        A_eq=equal.tocsr(),
        b_eq=np.ones(equal.shape[0]),
        A_ub=change.tocsr(),
        b_ub=np.zeros(change.shape[0]),
    )
    return found.fun ** (1 / p)


@settings(max_examples=6, deadline=None)
@given(SEEDS, st.sampled_from([150.0, 1000.0]), st.sampled_from([1.0, 2.0]))
def test_equals_the_whole_linear_program(seed, gamma, order):
    made = scenes.moments(
        *scenes.scene(seed, targets=4, moments=10, area_m=1200.0, noise_m=200.0, swaps=0.1)
    )
    wanted = _naive(made, 1000.0, order, gamma)
    exact = _tgospa(made, order, gamma)
    assert exact.exact
    assert exact.value_m == pytest.approx(wanted, rel=1e-7)
    parts = exact.localisation + exact.missed + exact.false + exact.switching
    assert parts ** (1 / order) == pytest.approx(exact.value_m)
    bounded = _tgospa(made, order, gamma, lp_size=0)
    assert bounded.lower_m * (1 - 1e-7) <= wanted <= bounded.value_m * (1 + 1e-7)


def test_one_switch_costs_gamma_and_says_one_switch():
    truth = scenes.points([(t, 1, 0.0) for t in range(10)])
    tracks = scenes.points([(t, 7 if t < 5 else 8, 0.0) for t in range(10)])
    found = _tgospa(at_shared_times(truth, tracks), gamma=300.0)
    assert found.value_m == pytest.approx(300.0)
    assert found.switches == pytest.approx(1.0)


def test_a_dear_switch_is_not_made():
    """With gamma far above the cutoff one half of the target is rather missed."""
    truth = scenes.points([(t, 1, 0.0) for t in range(10)])
    tracks = scenes.points([(t, 7 if t < 5 else 8, 0.0) for t in range(10)])
    found = _tgospa(at_shared_times(truth, tracks), gamma=1e5)
    assert found.switches == 0.0
    assert found.missed == found.false == pytest.approx(5 * 1000.0**2 / 2)


def test_swapped_tracks_are_found_though_every_moment_is_perfect():
    truth = scenes.points([(t, i, 400.0 * i) for t in range(8) for i in range(2)])
    rows = [(t, i if t < 4 else 1 - i, 400.0 * i) for t in range(8) for i in range(2)]
    found = _tgospa(at_shared_times(truth, scenes.points(rows)), gamma=100.0)
    assert found.value_m == pytest.approx(np.sqrt(2 * 100.0**2))
    assert found.switches == pytest.approx(2.0)
    assert found.exact


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_is_a_metric(seed):
    made = [
        scenes.paths(*scenes.scene(seed + k, targets=3, moments=9, area_m=900.0))[1]
        for k in range(3)
    ]
    clock = scenes.points([(t, -1, 9e9) for t in range(9)])  # keeps every moment

    def far(a, b):
        shared = at_shared_times(_with(a, clock), _with(b, clock))
        return _tgospa(shared).value_m

    x, y, z = made
    assert far(x, x) == pytest.approx(0.0, abs=1e-6)
    assert far(x, y) == pytest.approx(far(y, x), rel=1e-7)
    assert far(x, z) <= (far(x, y) + far(y, z)) * (1 + 1e-7)


def _with(paths, clock):
    rows = np.column_stack([paths.time_s, paths.number, paths.position_m])
    more = np.column_stack([clock.time_s, clock.number, clock.position_m])
    return scenes.points(np.concatenate([rows, more]))


def test_a_crowd_is_solved_within_tight_bounds():
    made = scenes.moments(*scenes.scene(2, targets=60, moments=120, area_m=8e3))
    exact, bounded = _tgospa(made), _tgospa(made, lp_size=0)
    assert bounded.lower_m <= exact.value_m * (1 + 1e-9)
    assert bounded.value_m >= exact.value_m * (1 - 1e-9)
    assert bounded.value_m <= 1.03 * bounded.lower_m
