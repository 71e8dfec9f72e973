"""Two targets in one cell of a radar's resolution make one plot: it is known to be of both."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.columns import join
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import new_bench, new_book
from tracking import naive
from tracking.made import (
    FLAT,
    POLAR,
    SETTINGS,
    a_body,
    a_plot,
    a_world,
    arrays_of,
    plane_of,
    radar_of,
)
from tracking.naive_measurement import blocks_of, looked
from tracking.naive_merging import density, events, unresolved
from tracking.reached import exist_together, give_middle, settle
from tracking.reached import unresolved as kernel_unresolved
from tracking.skies import Flight, in_time, scans, straight, tracked

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=30, deadline=None)
CELL_M, CELL_RAD = 150.0, math.radians(1.4)
RESOLVING = {"range_resolution_m": CELL_M, "azimuth_resolution_rad": CELL_RAD}
QUIET, CLIMB = layout.QUIET, layout.CLIMB
UP = np.eye(3)[2]


def two_slots(rng, apart_m, speed_mps=90.0):
    """Return bench, plot and its arrays for two predicted tracks so far apart, one model each."""
    sensor = radar_of(FLAT)
    at = np.array([24e3, 33e3, 5e3])
    bench = new_bench(2, 1, 2, 2, 1)
    for slot in range(2):
        x = np.concatenate([at + slot * np.array(apart_m), [speed_mps, -60.0, 2.0, 0.0]])
        bench.slot_body[slot] = 0.0
        best = (QUIET, CLIMB)[slot]
        bench.slot_body[slot, best] = a_body(rng, x, 1.0, spread=0.3)
        bench.slot_best[slot], bench.slot_time[slot] = best, 0.8
        bench.slot_alive[slot] = rng.uniform(0.3, 0.999)
        bench.slot_track[slot] = slot
        bench.slot_first[slot], bench.pair_next[slot], bench.pair_slot[slot] = slot, -1, slot
    plot = a_plot(rng, FLAT, POLAR, at + 0.5 * np.array(apart_m), "elevation")
    world = a_world(FLAT, [sensor])
    world.sensors[0, layout.S_RANGE_CELL] = CELL_M
    world.sensors[0, layout.S_AZIMUTH_CELL] = CELL_RAD
    floats = arrays_of(FLAT, [sensor], plot)[0]
    return bench, plot, (floats[0], np.int64(POLAR), world.sensors[0], world.settings)


def seen_from(bench, slot, plot):
    """Return what the plot says of a slot's likeliest model, by the textbook, and that model."""
    x, p = naive.opened(bench.slot_body[slot, bench.slot_best[slot]])
    sensor, dt = radar_of(FLAT), 1.0 - bench.slot_time[slot]
    away_m = np.linalg.norm(x[:3] + dt * x[3:6] - sensor.flat_enu_m)
    return looked(x, p, blocks_of(plot, sensor, FLAT, dt, SETTINGS.mode_c_sigma_m), away_m), p


def middle(bench, slots, plot):
    """Return residual, derivative and errors of the middle of all ``slots``, seen by the first."""
    seen = [seen_from(bench, slot, plot) for slot in slots]
    n, own = len(slots), seen[0][0]
    errors = own.r.copy()
    for other, p in seen[1:]:
        place = p.copy()  # the others' speeds are counted as known
        place[3:], place[:, 3:] = 0.0, 0.0
        errors += np.diag(np.diag(other.h @ place @ other.h.T)) / n**2
    residual = sum(look.residual for look, _ in seen) / n
    return residual, own.h / n, errors, seen[0][1]


@FEW
@given(SEEDS, st.floats(-400.0, 400.0), st.floats(-2500.0, 2500.0))
def test_two_are_unresolved_as_far_as_both_gaps_may_lie_within_the_cell(seed, along_m, aside_m):
    rng = stream(seed, "unresolved")
    outward = np.array([24e3, 33e3, 0.0]) / math.hypot(24e3, 33e3)
    aside = np.array([outward[1], -outward[0], 0.0])
    bench, _, look = two_slots(rng, along_m * outward + aside_m * aside)
    at, spread = [], np.zeros(2)
    for slot in range(2):
        x, p = naive.opened(bench.slot_body[slot, bench.slot_best[slot]])
        east, north, up = x[:3] + 0.2 * x[3:6] - radar_of(FLAT).flat_enu_m
        slant, ground = math.hypot(east, north, up), math.hypot(east, north)
        h = np.array([[east, north, up], [north * slant / ground, -east * slant / ground, 0.0]])
        at.append([slant, math.atan2(east, north)])
        spread += np.diag(h @ p[:3, :3] @ h.T) / [slant**2, (slant * ground) ** 2]
    wanted = unresolved(np.subtract(*at), np.sqrt(spread), [CELL_M, CELL_RAD])
    assert kernel_unresolved(0, 1, look, bench) == pytest.approx(wanted, abs=1e-9)


@FEW
@given(SEEDS, st.floats(0.0, 400.0), st.floats(0.5, 0.99))
def test_a_plot_is_of_both_as_all_joint_events_say(seed, apart_m, detection):
    rng = stream(seed, "both")
    bench, plot, look = two_slots(rng, (apart_m, 0.0, 0.0))
    together = kernel_unresolved(0, 1, look, bench)
    alive = bench.slot_alive.copy()
    got = exist_together(0, 1, look, detection, UP, bench)
    alone = []
    for slot in range(2):
        seen, p = seen_from(bench, slot, plot)
        alone.append(density(seen.residual, seen.h, p, seen.r))
    seen, p = seen_from(bench, 0, plot)  # the two may err alike
    residual = middle(bench, (0, 1), plot)[0]
    of_both = density(residual, seen.h, p, seen.r)
    both, exist = events(alive, together, detection, *alone, of_both)
    assert (got >= 0.0) == (both > 0.5)
    assert got < 0.0 or got == pytest.approx(exist, rel=1e-3)  # derivatives by differences


@FEW
@given(SEEDS)
def test_every_track_takes_a_shared_plot_as_that_of_the_middle(seed):
    rng = stream(seed, "middle")
    bench, plot, look = two_slots(rng, (90.0, -50.0, 0.0))
    before = bench.slot_body.copy()
    book = new_book(2, 1)
    book.floats[:, layout.T_UP : layout.T_UP + 3] = UP
    bench.together[:2], bench.exists[:2] = (0, 1), (0.97, 0.6)
    bench.beta[:], bench.alone[:] = 0.5, 0.5
    give_middle(2, look, book, bench)
    for slot in range(2):
        residual, h, errors, p = middle(bench, (slot, 1 - slot), plot)
        x, _ = naive.opened(before[slot, bench.slot_best[slot]])
        gain = p @ h.T @ np.linalg.inv(h @ p @ h.T + errors)
        size = np.sqrt(np.diag(p))
        got_x, got_p = naive.opened(bench.pair_body[slot, bench.slot_best[slot]])
        np.testing.assert_allclose((got_x - x - gain @ residual) / size, 0.0, atol=1e-3)
        np.testing.assert_allclose(
            (got_p - p + gain @ h @ p) / np.outer(size, size), 0.0, atol=1e-3
        )
        assert bench.beta[slot] == bench.exists[slot] and bench.alone[slot] == 0.0
        assert bench.likely[slot].tolist() == (np.arange(5) == bench.slot_best[slot]).tolist()


def test_of_two_tracks_of_one_target_the_younger_ends():
    """They share every plot from the start: nothing ever says that there are two."""
    sensor = FLAT.radar(**RESOLVING, detection_probability=0.9)
    world = a_world(FLAT, [sensor])
    rng = stream(2, "one")
    flight = Flight(straight((20e3, 30e3, 5e3), (90.0, -60.0, 0.0)))
    plots = scans(rng, FLAT, sensor, 0, [flight], 400.0)
    tracker = FLAT.tracker([sensor])
    tracker.update(plots.rows(plots.time_s < 60.0))
    tracker.flush()
    book = tracker._book
    (elder,) = np.flatnonzero(book.ints[:, layout.I_STATUS] == layout.CONFIRMED)
    younger = int(book.counters[layout.N_LIVE])
    book.counters[layout.N_LIVE] += 1
    for column in book[:4]:
        column[younger] = column[elder]
    book.ints[younger, layout.I_NUMBER] = 77
    book.floats[younger, layout.T_BORN] += 10.0
    settle(
        book.floats,
        book.links,
        book.heads,
        book.bodies,
        younger,
        world.settings,
        plane_of(FLAT).rows,
        np.empty(21),
    )
    shown = tracker.pictures(plots.rows(plots.time_s >= 60.0), np.arange(65.0, 400.0, 5.0))
    last_s = shown.time_s[shown.track_number == 77].max()
    assert 80.0 < last_s < 390.0
    assert shown.time_s[shown.track_number == 1].max() == 395.0


def merged(plots):
    """Return plots of one radar as it sends them when it resolves no better than its cell."""
    out, kept = [], np.ones(len(plots), bool)
    for i in range(len(plots)):
        for j in range(i + 1, len(plots)):
            if (
                kept[i]
                and plots.time_s[j] - plots.time_s[i] < 1.0
                and abs(plots.range_m[j] - plots.range_m[i]) < CELL_M
                and abs(plots.azimuth_rad[j] - plots.azimuth_rad[i]) < CELL_RAD
            ):
                kept[j] = False
                out.append((i, j))
    columns = {}
    for name in ("time_s", "range_m", "azimuth_rad", "elevation_rad"):
        columns[name] = getattr(plots, name).copy()
        for i, j in out:
            columns[name][i] = 0.5 * (columns[name][i] + columns[name][j])
    return plots.replace(**columns).rows(kept), len(out)


def a_pair_that_meets(resolving):
    """Return tracks of two flights that close in, fly in one cell for a while, and part."""
    sensor = FLAT.radar(**(RESOLVING if resolving else {}), false_plots_per_turn=0.1)
    flights = [
        Flight(straight((-30e3, 60e3, 8e3), (200.0, 0.0, 0.0))),
        Flight(straight((-30e3, 60.6e3, 8e3), (200.0, -4.0, 0.0))),
    ]
    plots, shared = merged(in_time(scans(stream(3, "meet"), FLAT, sensor, 0, flights, 300.0)))
    assert shared > 12  # of 75 turns
    return tracked(FLAT.tracker([sensor]), plots)


def test_tracks_that_a_radar_sees_as_one_for_a_while_both_live_on():
    known, unknown = a_pair_that_meets(True), a_pair_that_meets(False)
    assert sorted(set(known.track_number)) == [1, 2]
    for number in (1, 2):
        its = known.time_s[known.track_number == number]
        assert its[0] < 15.0 and its[-1] > 285.0 and np.diff(its).max() < 17.0
    gaps = [np.diff(unknown.time_s[unknown.track_number == n]).max() for n in (1, 2)]
    assert len(set(unknown.track_number)) > 2 or max(gaps) > 17.0  # without it, one is lost


def test_a_radar_that_resolves_all_is_as_it_was():
    flights = [
        Flight(straight((-20e3 + 3e3 * k, 40e3, 8e3), (150.0, 60.0 - 20.0 * k, 0.0)))
        for k in range(3)
    ]
    made = []
    for resolution in ({}, RESOLVING):
        sensor = FLAT.radar(**resolution)
        seen = join([scans(stream(4, "apart"), FLAT, sensor, 0, flights, 120.0)])
        made.append(tracked(FLAT.tracker([sensor]), in_time(seen)))
    np.testing.assert_array_equal(made[0].time_s, made[1].time_s)
    np.testing.assert_array_equal(made[0].covariance, made[1].covariance)
