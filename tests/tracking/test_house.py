"""Housekeeping: what ends, what is joined, what is told of it, how far to look afterwards."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.streams import stream
from jointsky.tracking import house_kernels
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import empty_rows, new_bench, new_book
from tracking import naive
from tracking.made import FLAT, SETTINGS, a_world, plane_of, some_bodies
from tracking.reached import (
    has_gone,
    is_near,
    keep_house,
    near,
    settle,
)

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=25, deadline=None)
TENTATIVE, CONFIRMED, FREE = layout.TENTATIVE, layout.CONFIRMED, layout.FREE


def a_book(rng, world, count, now, across_m=80e3, spread_s=12.0):
    """Return confirmed and tentative tracks, settled, that were seen within the last seconds."""
    book, sensors = new_book(count, len(world.sensors)), len(world.sensors)
    f, n = book.floats, book.ints
    book.counters[layout.N_LIVE] = count
    n[:, layout.I_STATUS] = rng.choice([TENTATIVE, CONFIRMED], count)
    n[:, layout.I_NUMBER] = np.where(n[:, layout.I_STATUS] == CONFIRMED, np.arange(count), -1)
    n[:, layout.I_PLOTS] = rng.integers(1, 6, count)
    n[:, layout.I_BATCH] = np.arange(count)
    n[:, layout.I_BORN_BY] = 2 * rng.integers(0, sensors, count) + rng.integers(0, 2, count)
    n[:, layout.I_BORN_CELL] = rng.integers(0, layout.CELLS, count)
    n[:, [layout.I_MODE_S, layout.I_MODE_A]] = -1
    f[:, layout.T_TIME] = f[:, layout.T_SEEN] = now - rng.uniform(0, spread_s, count)
    f[:, layout.T_BORN] = now - 60.0 - np.arange(count)
    f[:, layout.T_FIRST] = 0.3
    f[:, layout.T_EXISTENCE] = rng.uniform(0.01, 0.999, count)
    f[:, layout.T_DUE], f[:, layout.T_TURN_S] = math.inf, rng.uniform(1, 6, count)
    book.looks[:, :, layout.L_HIT] = layout.NEVER
    book.looks[:, :, layout.L_EVERY] = 4.0
    for t in range(count):
        enu = np.concatenate([rng.uniform(-across_m, across_m, 2), [5e3], rng.normal(0, 120, 3)])
        book.bodies[t] = some_bodies(rng, np.append(enu, 0.0))
        rows = f, book.links, book.heads, book.bodies
        settle(*rows, t, world.settings, plane_of(FLAT).rows, np.empty(21))
    return book


def is_over(f, n, now):
    """Whether a track is to end, as the settings say it."""
    r, age, turn = f[layout.T_EXISTENCE], now - f[layout.T_SEEN], f[layout.T_TURN_S]
    if n[layout.I_STATUS] == CONFIRMED:
        longest = max(SETTINGS.coast_s, 4 * turn)
        return r < SETTINGS.drop_existence or age > longest
    least = max(0.15 * f[layout.T_FIRST], house_kernels.LEAST_EXISTENCE)
    longest = (2.4 if n[layout.I_PLOTS] < 3 else 3.4) * turn
    if n[layout.I_MODE_S] >= 0:
        longest = max(longest, SETTINGS.coast_s)
    return r < least or age > longest


@FEW
@given(SEEDS)
def test_a_track_ends_when_it_is_improbable_or_unseen_for_long(seed):
    rng, world = stream(seed, "gone"), a_world(FLAT, [FLAT.radar()])
    book = a_book(rng, world, 1, 100.0, spread_s=50.0)
    f, n = book.floats[0], book.ints[0]
    for _ in range(20):
        f[layout.T_EXISTENCE] = rng.choice([1e-7, 0.04, 0.3, 0.6, 0.99])
        f[layout.T_SEEN] = 100.0 - rng.uniform(0, 50)
        n[layout.I_STATUS], n[layout.I_MODE_S] = rng.choice([1, 2]), rng.choice([-1, 7])
        assert has_gone(f, n, 100.0, world.settings) == is_over(f, n, 100.0)


@FEW
@given(SEEDS)
def test_house_is_kept_of_every_track(seed):
    now, count = 100.0, 30
    rng, radars = stream(seed, "house"), [FLAT.radar(), FLAT.radar(9e3, 0.0)]
    world = a_world(FLAT, [*radars])
    book = a_book(rng, world, count, now)
    floats, ints, bodies = book.floats.copy(), book.ints.copy(), book.bodies.copy()
    out, bench = empty_rows(count, 2), new_bench(count, 2, 1, 1, 1)
    over = [t for t in range(count) if is_over(floats[t], ints[t], now)]
    told = [t for t in over if ints[t, layout.I_STATUS] == CONFIRMED]
    assert keep_house(book, world, now, bench, out, np.int64(0)) == len(told)
    ended = np.flatnonzero(book.ints[:, layout.I_STATUS] == FREE)
    assert set(over) <= set(ended.tolist())  # and what was two of one: has tests of its own
    for row, t in enumerate(told):
        assert out.ints[row, layout.O_NUMBER] == ints[t, layout.I_NUMBER]
        assert out.ints[row, layout.O_STATUS] == house_kernels.ENDED_STATUS
        assert out.floats[row, layout.R_TIME] == floats[t, layout.T_TIME]
        mean, p = naive.combined(bodies[t])
        got = out.floats[row]
        np.testing.assert_allclose(got[layout.R_MEAN : layout.R_MEAN + 6], mean, rtol=1e-9)
        got_p = naive.unpacked(got[layout.R_COV : layout.R_COV + 21])
        np.testing.assert_allclose(got_p, p, rtol=1e-6, atol=1e-6)
    false = np.zeros((2, layout.CELLS)), np.zeros(2)
    for t in set(over) - set(told):  # a tentative track that comes to nothing was a false plot
        s, identified = divmod(ints[t, layout.I_BORN_BY], 2)
        if identified:
            false[1][s] += 1
        else:
            false[0][s, ints[t, layout.I_BORN_CELL]] += 1
    np.testing.assert_array_equal(world.cells[:, layout.C_FRESH], false[0])
    np.testing.assert_array_equal(world.cells[:, layout.C_FRESH_IDENTIFIED, 0], false[1])


def test_the_younger_of_two_tracks_of_one_target_ends():
    world = a_world(FLAT, [FLAT.radar()])
    for confirmed, ends in [((0, 1), 1), ((0,), 1), ((1,), 0), ((), 1)]:
        book = a_book(stream(1, "join"), world, 2, 100.0, spread_s=0.1)
        book.bodies[1] = book.bodies[0]
        for t in range(2):
            book.ints[t, layout.I_STATUS] = CONFIRMED if t in confirmed else TENTATIVE
            book.floats[t, layout.T_BORN] = 50.0 + t
            book.floats[t, layout.T_EXISTENCE] = 0.9
            book.floats[t, layout.T_TIME] = book.floats[t, layout.T_SEEN] = 99.95
            rows = book.floats, book.links, book.heads, book.bodies
            settle(*rows, t, world.settings, plane_of(FLAT).rows, np.empty(21))
            book.ints[t, layout.I_PLOTS] = 4
        keep_house(book, world, 100.0, new_bench(2, 1, 1, 1, 1), empty_rows(4, 1), np.int64(0))
        status = book.ints[:, layout.I_STATUS]
        assert status[ends] == FREE and status[1 - ends] != FREE, confirmed


@pytest.mark.parametrize("later_s", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("spread_s", [4.0, 20.0])
def test_after_housekeeping_the_grids_hide_no_track_from_its_plots(later_s, spread_s):
    """As the tracker searches: no plot near a track is missed, until house is kept again."""
    now, count = 100.0, 120
    rng, world = stream(7, "reach", str(later_s), str(spread_s)), a_world(FLAT, [FLAT.radar()])
    book = a_book(rng, world, count, now, 60e3, spread_s)
    keep_house(book, world, now, new_bench(count, 2, 1, 1, 1), empty_rows(count, 1), np.int64(0))
    sigmas = world.settings[layout.G_SIGMAS]
    live = np.flatnonzero(book.ints[:, layout.I_STATUS] != FREE)
    found, hits = np.empty(4096, np.int64), 0
    for _ in range(300):
        q = np.zeros(layout.PLOT_FLOATS)
        q[layout.P_TIME] = now + later_s
        at = book.floats[rng.choice(live), [layout.T_E, layout.T_N]]
        q[layout.P_MAP : layout.P_MAP + 2] = at + rng.normal(0, 3000, 2)
        q[layout.P_MAP + 2] = 5e3
        q[layout.P_SIGMA], q[layout.P_SIGMA_UP] = rng.choice([50.0, 800.0, 5000.0]), 1e6
        q[layout.P_SLACK] = rng.choice([0.0, 2000.0])
        n = near(book.floats, book.links, book.heads, q, world.settings, found)
        wanted = {int(t) for t in live if is_near(book.floats[t], q, sigmas, world.settings)}
        assert set(found[:n].tolist()) == wanted
        hits += len(wanted)
    assert hits > 100
