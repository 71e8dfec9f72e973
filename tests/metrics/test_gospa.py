"""OSPA and GOSPA: closed forms, axioms of a metric, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from jointsky.metrics.gospa import gospa
from jointsky.metrics.pairs import near_pairs
from jointsky.metrics.paths import make_paths
from jointsky.metrics.sampling import at_shared_times
from jointsky.streams import stream
from metrics import scenes

SEEDS = st.integers(0, 2**32 - 1)


def _gospa(a, b, cutoff_m=100.0, order=2.0):
    made = at_shared_times(a, b)
    return gospa(made, near_pairs(made.reference, made.tracks, cutoff_m), order)[0]


def _set(rng, n):
    return make_paths(np.zeros(n), np.arange(n), rng.uniform(-150, 150, (n, 3)))


def test_parts_of_a_set_computed_by_hand():
    truth = scenes.points([(0, 1, 0), (0, 2, 1000), (0, 3, 2000)])
    tracks = scenes.points([(0, 7, 30), (0, 8, 1040)])
    found = _gospa(truth, tracks)
    assert found.localisation == pytest.approx([30**2 + 40**2])
    assert (list(found.missed), list(found.false)) == ([1], [0])
    assert found.gospa_m == pytest.approx([np.sqrt(2500 + 100**2 / 2)])
    assert found.ospa_m == pytest.approx([np.sqrt((2500 + 100**2) / 3)])


def test_a_track_at_the_cutoff_is_missed_and_false_at_once():
    truth, tracks = scenes.points([(0, 1, 0)]), scenes.points([(0, 1, 100)])
    found = _gospa(truth, tracks)
    assert found.gospa_m == pytest.approx([100.0])
    assert (list(found.missed), list(found.false)) == ([1], [1])


def test_nobody_on_one_side_costs_half_the_cutoff_each():
    truth = scenes.points([(0, 1, 0), (0, 2, 9)])
    none = truth.rows(np.zeros(2, bool))
    assert _gospa(truth, none).gospa_m == pytest.approx([np.sqrt(2 * 100**2 / 2)])


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 9), st.integers(0, 9), st.sampled_from([1.0, 2.0, 3.0]))
def test_equals_the_naive_definition(seed, n, m, order):
    rng = stream(seed, "sets")
    a, b = _set(rng, n), _set(rng, m)
    if n == 0:
        return
    d = np.linalg.norm(a.position_m[:, None] - b.position_m[None], axis=2)
    cost = np.minimum(d, 100.0) ** order
    rows, columns = linear_sum_assignment(cost)
    total = cost[rows, columns].sum()
    top = 100.0**order
    found = _gospa(a, b, order=order)
    assert found.ospa_m[0] == pytest.approx(((total + top * abs(n - m)) / max(n, m)) ** (1 / order))
    assert found.gospa_m[0] == pytest.approx((total + top / 2 * abs(n - m)) ** (1 / order))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.lists(st.integers(1, 7), min_size=3, max_size=3))
def test_gospa_and_ospa_are_metrics(seed, sizes):
    rng = stream(seed, "metric")
    x, y, z = (_set(rng, n) for n in sizes)
    for name in ("gospa_m", "ospa_m"):

        def far(a, b, name=name):
            return getattr(_gospa(a, b), name)[0]

        assert far(x, x) == 0.0
        assert far(x, y) == pytest.approx(far(y, x))
        assert far(x, z) <= far(x, y) + far(y, z) + 1e-9


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_order_of_rows_numbers_and_clock_do_not_matter(seed):
    truth, tracks = scenes.scene(3, targets=6, moments=30)
    rng = stream(seed, "shuffle")
    before = _gospa(*scenes.paths(truth, tracks))
    names = rng.permutation(tracks.track_id.max() + 1)
    other = tracks.assign(track_id=names[tracks.track_id], time_s=tracks.time_s + 4096.0)
    moved = truth.assign(time_s=truth.time_s + 4096.0)
    after = _gospa(
        *scenes.paths(moved.sample(frac=1, random_state=1), other.sample(frac=1, random_state=2))
    )
    np.testing.assert_allclose(after.gospa_m, before.gospa_m, rtol=1e-12)
    np.testing.assert_allclose(after.ospa_m, before.ospa_m, rtol=1e-12)


def test_many_targets_cost_what_one_dense_assignment_costs():
    rng = stream(5, "many")
    n = 700
    a = make_paths(np.zeros(n), np.arange(n), rng.uniform(-2000, 2000, (n, 3)))
    b = make_paths(np.zeros(n), np.arange(n), a.position_m + rng.normal(0, 60, (n, 3)))
    d = np.linalg.norm(a.position_m[:, None] - b.position_m[None], axis=2)
    cost = np.minimum(d, 300.0) ** 2
    total = cost[linear_sum_assignment(cost)].sum()
    assert _gospa(a, b, cutoff_m=300.0).gospa_m[0] == pytest.approx(np.sqrt(total))
