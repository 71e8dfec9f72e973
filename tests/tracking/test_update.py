"""Updates: existence by every joint event, merging by the moments of the mixture."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import new_bench, new_book
from jointsky.tracking.association import Association, associate_pairs
from jointsky.tracking.update_kernels import CERTAIN, LEAST_WEIGHT
from tracking import naive
from tracking.made import FLAT, SETTINGS, a_body, a_direction, a_world, some_bodies
from tracking.naive_update import posterior
from tracking.reached import (
    keep_weights,
    merge,
    question_height,
    share_out,
    take_pairs,
)

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=30, deadline=None)


def linked(bench, slot, pairs):
    """List the pairs of a slot."""
    bench.slot_first[slot] = pairs[0]
    for k, p in enumerate(pairs):
        bench.pair_next[p] = pairs[k + 1] if k + 1 < len(pairs) else -1


@FEW
@given(SEEDS, st.integers(1, 3), st.integers(1, 3))
def test_existence_and_shares_are_those_of_all_joint_events(seed, tracks, plots):
    rng = stream(seed, "events")
    r, p = rng.uniform(0.05, 0.999, tracks), rng.uniform(0.2, 0.98, tracks)
    odds = np.exp(rng.normal(0.0, 3.0, (tracks, plots)))
    gain = (r * p / (1 - r * p))[:, None] * odds  # against both being alone
    track, plot = (v.ravel() for v in np.meshgrid(range(tracks), range(plots), indexing="ij"))
    found = associate_pairs(plots, tracks, plot, track, np.log(gain.ravel()), Association.JPDA)
    bench = new_bench(tracks, 1, tracks, tracks * plots, plots)
    bench.beta[:], bench.alone[:] = found.beta, found.alone
    there, mine, nobody = posterior(r, p, odds)
    np.testing.assert_allclose(found.unexplained, nobody, atol=1e-9)
    for t in range(tracks):
        pairs = [t * plots + j for j in rng.permutation(plots)]
        linked(bench, t, pairs)
        missed = r[t] * (1 - p[t]) / (1 - r[t] * p[t])
        got, theirs = share_out(t, pairs[0], np.int64(Association.JPDA), missed, bench)
        assert got == pytest.approx(there[t], rel=1e-7)
        assert theirs == pytest.approx(mine[t].sum() / there[t], rel=1e-7)
        shares = bench.share[t * plots : (t + 1) * plots]
        np.testing.assert_allclose(shares, mine[t] / there[t], atol=1e-9)


def test_an_assigned_plot_counts_as_certain_but_existence_as_far_as_its_odds():
    bench = new_bench(1, 1, 1, 3, 3)
    linked(bench, 0, [2, 0, 1])
    bench.gain[:] = 1.0, 0.5, -2.0
    got, theirs = share_out(0, 0, np.int64(Association.ASSIGNMENT), 0.3, bench)
    sure = 1 / (1 + math.exp(-1.0))
    assert got == pytest.approx(sure + (1 - sure) * 0.3) and theirs == 1.0
    assert bench.share.tolist() == [1.0, 0.0, 0.0]


def a_merging(seed, pairs=3, resting=()):
    """Return a bench whose slot 0 has some pairs, and the probability of none of them."""
    rng = stream(seed, "merge")
    bench = new_bench(1, 1, 1, pairs, pairs)
    bodies = some_bodies(rng, resting=resting)
    bench.slot_body[0] = bodies
    bench.pair_body[:] = bodies
    linked(bench, 0, list(range(pairs)))
    bench.likely[:] = 0.0  # P(model | pair true)
    live = [m for m in range(layout.MODELS) if m not in resting]
    for p in range(pairs):
        for m in live:
            x, _ = naive.opened(bodies[m])
            bench.pair_body[p, m] = a_body(rng, x, bodies[m, layout.WEIGHT])
        bench.likely[p, live] = rng.dirichlet(np.full(len(live), 0.3))
    shares = rng.dirichlet(np.ones(pairs + 1))
    bench.share[:] = shares[:-1]
    return bench, bodies, float(shares[-1]), live


@FEW
@given(SEEDS, st.integers(1, 4), st.sampled_from([(), (layout.SLOW,), (0, 1, 2, 4)]))
def test_merging_keeps_mean_and_covariance_of_each_models_mixture(seed, pairs, resting):
    bench, bodies, none, live = a_merging(seed, pairs, resting)
    into = np.full((5, 36), math.nan)
    merge(0, none, bench, into)
    assert into[:, layout.WEIGHT].sum() == pytest.approx(1.0)
    for m in range(layout.MODELS):
        if m not in live:
            assert into[m, layout.WEIGHT] == 0.0
            continue
        weights = np.array([none * bodies[m, layout.WEIGHT], *(bench.share * bench.likely[:, m])])
        states = [naive.opened(b) for b in (bodies[m], *bench.pair_body[:, m])]
        mean, p = naive.moments(weights / weights.sum(), *zip(*states, strict=True))
        assert into[m, layout.WEIGHT] == pytest.approx(weights.sum())
        got_x, got_p = naive.opened(into[m])
        size = np.sqrt(np.diag(p))
        np.testing.assert_allclose((got_x - mean) / size, 0.0, atol=1e-7)
        np.testing.assert_allclose((got_p - p) / np.outer(size, size), 0.0, atol=1e-7)
        assert naive.is_positive(got_p)


@FEW
@given(SEEDS, st.booleans())
def test_a_sure_pair_is_taken_alone(seed, is_sure):
    bench, bodies, _, live = a_merging(seed, 2, (layout.SLOW,))
    bench.share[:] = (CERTAIN, 0.001) if is_sure else (CERTAIN - 0.01, 0.005)
    theirs = bench.share.sum()
    own, merged = np.full((5, 36), math.nan), np.full((5, 36), math.nan)
    own[:] = bodies
    take_pairs(0, 0, theirs, own, bench)
    merge(0, 1.0 - theirs, bench, merged)
    if not is_sure:
        np.testing.assert_array_equal(own, merged)
        return
    for m in live:
        assert own[m, layout.WEIGHT] == bench.likely[0, m]
        rest = np.arange(layout.BODY) != layout.WEIGHT
        np.testing.assert_array_equal(own[m, rest], bench.pair_body[0, m, rest])
    assert own[layout.SLOW, layout.WEIGHT] == 0.0


def test_no_model_in_use_is_ever_quite_forgotten():
    bodies = some_bodies(stream(1, "weights"), resting=(layout.SLOW,))
    bodies[:4, layout.WEIGHT] = 2.0, 1e-15, 0.5, 0.0
    keep_weights(bodies)
    total = 2.0 + LEAST_WEIGHT + 0.5
    wanted = np.array([2.0, LEAST_WEIGHT, 0.5, 0.0, 0.0]) / total
    np.testing.assert_allclose(bodies[:, layout.WEIGHT], wanted, rtol=1e-9)


def test_three_wild_heights_in_a_row_open_the_tracks_own():
    rng = stream(2, "height")
    bodies, up = np.array([a_body(rng) for _ in range(5)]), a_direction(rng)
    world = a_world(FLAT, [FLAT.radar()])
    ints, before = new_book(1, 1).ints[0], bodies.copy()
    ints[layout.I_WILD] = 0
    for wild in (True, True, False, True, True):
        question_height(ints, up, wild, bodies, world.settings)
        np.testing.assert_array_equal(bodies, before)
    question_height(ints, up, True, bodies, world.settings)
    assert ints[layout.I_WILD] == 0
    for old, new in zip(before, bodies, strict=True):
        grown = naive.opened(new)[1] - naive.opened(old)[1]
        wanted = np.zeros((7, 7))
        wanted[:3, :3] = SETTINGS.unseen_height_sigma_m**2 * np.outer(up, up)
        np.testing.assert_allclose(grown, wanted, atol=1e-6)
        np.testing.assert_array_equal(new[: layout.COV], old[: layout.COV])
