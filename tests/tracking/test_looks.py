"""Looks: existence and view by enumeration, densities by their definitions, rates by counting."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import looks_kernels
from jointsky.tracking.arrays import new_bench, new_book
from jointsky.tracking.looks_kernels import (
    FIRST_INTERVAL_S,
    LEAST_VIEW,
    LONGEST_INTERVAL_S,
    OVERDUE,
    PRIOR_LOOKS,
)
from tracking.made import FLAT, SETTINGS, a_world
from tracking.naive_looks import after_silence
from tracking.reached import (
    cell_at,
    count_false,
    count_look,
    detection_at,
    estimate_false_rate,
    existence_at,
    false_density,
    miss_looks,
    note_interval,
    see,
    target_density,
)

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=40, deadline=None)
PROBABILITIES = st.floats(0.01, 0.99)


def undeclared_world(radars=1):
    """Return a world of radars of which neither detection nor false plots are declared."""
    nothing = {"detection_probability": None, "false_plots_per_turn": None}
    return a_world(FLAT, [FLAT.radar(**nothing)] * radars)


# cells


@FEW
@given(st.floats(-400e3, 400e3), st.floats(-400e3, 400e3))
def test_cells_are_squares_of_a_map_about_the_sensor(east, north):
    world = a_world(FLAT, [FLAT.radar(30e3, -20e3)])
    width = 2 * 250e3 / layout.CELLS_ACROSS
    edges = -250e3 + width * np.arange(1, layout.CELLS_ACROSS)  # what is outside: the outer ones
    column = np.searchsorted(edges, east - 30e3, side="right")
    row = np.searchsorted(edges, north + 20e3, side="right")
    cell = cell_at(world.sensors[0], east, north)
    assert cell == column * layout.CELLS_ACROSS + row


def test_the_share_of_a_cell_is_that_of_plots_even_in_range_and_azimuth():
    rng, n = stream(1, "share"), 200_000
    world = a_world(FLAT, [FLAT.radar()])
    reach, azimuth = 250e3 * rng.random(n), 2 * np.pi * rng.random(n)
    east, north = reach * np.sin(azimuth), reach * np.cos(azimuth)
    width = 2 * 250e3 / layout.CELLS_ACROSS
    cells = (np.floor(east / width) + 4) * layout.CELLS_ACROSS + np.floor(north / width) + 4
    counted = np.bincount(cells.astype(int), minlength=layout.CELLS) / n
    share = world.cells[0, layout.C_SHARE]
    assert share.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(share, counted, atol=0.06 * share.max())


# detection


@FEW
@given(SEEDS, st.floats(0.1, 0.98), st.integers(0, 63))
def test_the_detection_probability_of_a_cell_comes_to_what_is_counted(seed, truth, cell):
    rng, world = stream(seed, "detection"), undeclared_world()
    before = detection_at(world.sensors, world.cells, 0, cell)
    assert before == SETTINGS.detection_probability
    for _ in range(1500):
        count_look(world.sensors, world.cells, 0, cell, 1.0, rng.random() < truth)
    got = detection_at(world.sensors, world.cells, 0, cell)
    memory = 10 * PRIOR_LOOKS
    expected = (truth * memory + before * PRIOR_LOOKS) / (memory + PRIOR_LOOKS)
    assert got == pytest.approx(expected, abs=5 * math.sqrt(truth * (1 - truth) / memory) + 0.005)
    other = (cell + 1) % layout.CELLS
    assert detection_at(world.sensors, world.cells, 0, other) == before


def test_counts_fade_and_doubtful_tracks_count_for_less():
    world = undeclared_world()
    hits = looks = 0.0
    for weight, hit in [(1.0, True), (0.5, False), (0.25, True), (0.9, False)]:
        count_look(world.sensors, world.cells, 0, 7, weight, hit)
        fade = 1.0 - weight / (10 * PRIOR_LOOKS)
        looks, hits = fade * looks + weight, fade * hits + weight * hit
    assert world.cells[0, layout.C_LOOKS, 7] == pytest.approx(looks)
    assert world.cells[0, layout.C_HITS, 7] == pytest.approx(hits)


def test_a_declared_detection_probability_stays():
    world = a_world(FLAT, [FLAT.radar(detection_probability=0.8)])
    count_look(world.sensors, world.cells, 0, 7, 1.0, False)
    assert detection_at(world.sensors, world.cells, 0, 7) == 0.8
    assert not world.cells[0, layout.C_LOOKS].any()


# existence


@FEW
@given(SEEDS, PROBABILITIES, st.floats(0.0, 60.0), st.booleans())
def test_silence_lowers_existence_as_bayes_says(seed, existence, now, is_confirmed):
    rng = stream(seed, "silence")
    world = a_world(FLAT, [FLAT.radar()] * 4)
    world.sensors[:, layout.S_DETECTION] = rng.uniform(0.3, 0.99, 4)
    book = new_book(1, 4)
    track, looks = book.floats[0], book.looks[0]
    track[layout.T_EXISTENCE] = existence
    looks[:, layout.L_EVERY] = rng.uniform(3, 12, 4)
    looks[:, layout.L_VIEW] = rng.uniform(0.2, 1, 4)
    looks[1, layout.L_VIEW] = 0.0  # never saw it: its silence says nothing
    looks[:, layout.L_LOOK] = looks[:, layout.L_HIT] = rng.uniform(-5, 0, 4)
    looks[1, layout.L_HIT] = layout.NEVER
    before = looks.copy()
    status = np.int64(layout.CONFIRMED if is_confirmed else layout.TENTATIVE)
    miss_looks(track, status, looks, now, world.sensors, world.cells, world.settings)
    r = existence * math.exp(-now / SETTINGS.mean_flight_s)  # it may have gone in between
    for s in range(4):
        every, view, last = before[s, [layout.L_EVERY, layout.L_VIEW, layout.L_LOOK]]
        while view >= LEAST_VIEW and now - last > OVERDUE * every:
            detected = world.sensors[s, layout.S_DETECTION]
            r, view = after_silence(r, view, SETTINGS.lost_view_probability, detected)
            last += every
        assert looks[s, layout.L_VIEW] == pytest.approx(view, rel=1e-9)
        assert looks[s, layout.L_LOOK] == pytest.approx(last)
    assert track[layout.T_EXISTENCE] == pytest.approx(r, rel=1e-9)
    waiting = looks[:, layout.L_VIEW] >= LEAST_VIEW
    due = (looks[:, layout.L_LOOK] + OVERDUE * looks[:, layout.L_EVERY])[waiting]
    assert track[layout.T_DUE] == pytest.approx(min(due, default=math.inf))
    assert track[layout.T_DUE] >= now
    every, hit = before[:, layout.L_EVERY], before[:, layout.L_HIT]
    of_late = every[now - hit < 5 * every]
    shortest = of_late if len(of_late) else every[hit > layout.NEVER]
    assert track[layout.T_TURN_S] == shortest.min()


def test_one_silent_look_by_enumeration():
    """All of: there or not, in view still or not, detected or not."""
    r, view, lost, p = 0.7, 0.9, 0.02, 0.8
    total = there = in_view = 0.0
    for exists, seen, stays, detected in itertools.product((True, False), repeat=4):
        weight = r if exists else 1 - r
        weight *= view if seen else 1 - view
        weight *= 1 - lost if stays else lost
        weight *= p if detected else 1 - p
        if exists and seen and stays and detected:
            continue  # that would not have been silence
        total += weight
        there += weight * exists
        in_view += weight * (exists and seen and stays)
    assert after_silence(r, view, lost, p) == pytest.approx((there / total, in_view / there))


def test_existence_at_a_time_counts_what_is_due_by_then_and_changes_nothing():
    world, book = a_world(FLAT, [FLAT.radar()]), new_book(1, 1)
    track, looks = book.floats[0], book.looks[0]
    track[layout.T_EXISTENCE], track[layout.T_DUE] = 0.9, 4.0 * OVERDUE
    looks[0] = 0.0, 0.0, 1.0, 4.0
    before, bench = book.floats.copy(), new_bench(1, 1, 1, 1, 1)
    gone = math.exp(-4.0 / SETTINGS.mean_flight_s)
    assert existence_at(track, looks, 4.0, world, bench) == pytest.approx(0.9 * gone)
    counted = book.looks.copy(), track.copy()
    status = np.int64(layout.CONFIRMED)
    miss_looks(counted[1], status, counted[0][0], 11.0, world.sensors, world.cells, world.settings)
    assert existence_at(track, looks, 11.0, world, bench) == counted[1][layout.T_EXISTENCE] < 0.9
    np.testing.assert_array_equal(book.floats, before)
    assert looks[0].tolist() == [0.0, 0.0, 1.0, 4.0]


def test_a_look_that_sees_starts_the_waiting_anew():
    book = new_book(1, 1)
    track, look = book.floats[0], book.looks[0, 0]
    track[layout.T_DUE] = track[layout.T_TURN_S] = math.inf
    look[:] = 3.0, 7.0, 0.2, 5.0  # hit, look, view, every
    see(track, look, 11.0)
    assert look.tolist() == [11.0, 11.0, 1.0, 5.0]
    assert track[layout.T_DUE] == 11.0 + OVERDUE * 5.0 and track[layout.T_TURN_S] == 5.0
    see(track, look, 9.0)  # an older plot of the same batch
    assert look[layout.L_HIT] == 11.0


def test_intervals_of_reports_are_followed():
    look = np.array([0.0, 0.0, 1.0, 5.0])
    for _ in range(30):
        note_interval(look, 0.5)
    assert look[layout.L_EVERY] == pytest.approx(0.5, abs=1e-3)
    note_interval(look, 0.05)  # the same report twice
    assert look[layout.L_EVERY] == pytest.approx(0.5, abs=1e-3)
    note_interval(look, 2.5)
    assert look[layout.L_EVERY] == pytest.approx(0.7 * 0.5 + 0.3 * 2.5, abs=1e-3)
    note_interval(look, 2 * LONGEST_INTERVAL_S)
    assert look[layout.L_EVERY] == FIRST_INTERVAL_S


# densities


def test_undetected_targets_thin_out_by_looks_and_are_made_up_by_new_ones():
    """The closed form against its differential equation, integrated by numbers."""
    world = a_world(FLAT, [FLAT.radar()])
    q = np.zeros(layout.PLOT_FLOATS)
    q[layout.P_GROUND], q[layout.P_TARGET], q[layout.P_LOOKS] = 3e4, 1.0 / 15e3, 0.4
    density = SETTINGS.targets_per_1000_km2 / 1e9
    rate, enter = 2.0 * 0.4, density / SETTINGS.mean_flight_s

    def change(_, intensity):
        return enter - rate * intensity

    times = np.array([0.0, 0.3, 2.0, 11.0, 400.0])
    wanted = solve_ivp(change, (0.0, 400.0), [density], "LSODA", times, rtol=1e-10, atol=1e-25).y[0]
    for time, intensity in zip(times, wanted, strict=True):
        q[layout.P_TIME] = time
        got = target_density(q, world.settings)
        assert got == pytest.approx(intensity * 3e4 / 15e3, rel=1e-6)


def test_a_declared_false_rate_spreads_over_what_is_measured():
    world = a_world(FLAT, [FLAT.radar(false_plots_per_turn=12.0)])
    q, i = np.zeros(layout.PLOT_FLOATS), np.zeros(layout.PLOT_INTS, np.int64)
    q[layout.P_SHARE], q[layout.P_OTHER] = 0.5 / (math.pi * 250e3), 1.0 / 0.26
    wanted = 12.0 / (2 * math.pi * 250e3) / 0.26  # a turn: over azimuth, range and elevation
    for cell in (0, 27):
        i[layout.P_CELL] = cell
        assert false_density(q, i, world.sensors, world.cells) == pytest.approx(wanted)


@pytest.mark.parametrize("identified", [0, 1])
def test_the_false_rate_comes_to_what_is_counted(identified):
    rng, world = stream(3, "false"), undeclared_world()
    period, per_turn = world.sensors[0, layout.S_PERIOD], 60.0
    share = world.cells[0, layout.C_SHARE]
    estimate_false_rate(world.sensors, world.cells, 0, 0.0)
    for turn in range(1, 201):
        for cell in rng.choice(layout.CELLS, rng.poisson(per_turn), p=share):
            count_false(world.cells, 0, int(cell), identified)
        estimate_false_rate(world.sensors, world.cells, 0, turn * period)
    rates = world.sensors[0, [layout.S_FALSE, layout.S_FALSE_IDENTIFIED]]
    assert rates[identified] == pytest.approx(per_turn, rel=0.15)
    assert rates[1 - identified] == looks_kernels.LEAST_FALSE


def test_where_more_false_plots_lie_there_their_density_is_higher():
    rng, world = stream(4, "map"), undeclared_world()
    period, crowded = world.sensors[0, layout.S_PERIOD], 20
    share = world.cells[0, layout.C_SHARE].copy()
    truth = 50.0 * share
    truth[crowded] = 25.0  # a patch of clutter on a sensor that is even elsewhere
    estimate_false_rate(world.sensors, world.cells, 0, 0.0)
    for turn in range(1, 301):
        for cell, number in enumerate(rng.poisson(truth)):
            for _ in range(number):
                count_false(world.cells, 0, cell, 0)
        estimate_false_rate(world.sensors, world.cells, 0, turn * period)
    q, i = np.ones(layout.PLOT_FLOATS), np.zeros(layout.PLOT_INTS, np.int64)
    got = np.empty(layout.CELLS)
    for cell in range(layout.CELLS):
        i[layout.P_CELL] = cell
        got[cell] = false_density(q, i, world.sensors, world.cells) * share[cell]
    assert got[crowded] == pytest.approx(25.0, rel=0.2)
    middle = np.argsort(share)[-9:]
    middle = middle[middle != crowded]
    np.testing.assert_allclose(got[middle], truth[middle], rtol=0.5)
    assert got.sum() == pytest.approx(truth.sum(), rel=0.15)


def test_one_estimate_step_by_step():
    world = undeclared_world()
    rng = stream(5, "step")
    cells, sensor = world.cells[0], world.sensors[0]
    estimate_false_rate(world.sensors, world.cells, 0, 10.0)
    assert sensor[layout.S_SINCE] == 10.0
    cells[layout.C_FALSE], cells[layout.C_TURNS] = rng.uniform(0, 5, (2, layout.CELLS))
    cells[layout.C_FRESH] = rng.integers(0, 3, layout.CELLS)
    cells[layout.C_FRESH_IDENTIFIED, 0] = 4.0
    before, had = cells.copy(), sensor.copy()
    estimate_false_rate(world.sensors, world.cells, 0, 11.0)  # too soon
    np.testing.assert_array_equal(cells, before)
    estimate_false_rate(world.sensors, world.cells, 0, 22.0)
    turns = 12.0 / had[layout.S_PERIOD]
    fade = math.exp(-turns / looks_kernels.MEMORY_TURNS)
    fresh = before[layout.C_FRESH]
    np.testing.assert_allclose(cells[layout.C_FALSE], fade * before[layout.C_FALSE] + fresh)
    np.testing.assert_allclose(cells[layout.C_TURNS], fade * before[layout.C_TURNS] + turns)
    assert not cells[[layout.C_FRESH, layout.C_FRESH_IDENTIFIED]].any()
    wanted = 0.85 * had[layout.S_FALSE] + 0.15 * fresh.sum() / turns
    assert sensor[layout.S_FALSE] == pytest.approx(wanted)
    wanted = 0.85 * had[layout.S_FALSE_IDENTIFIED] + 0.15 * 4.0 / turns
    assert sensor[layout.S_FALSE_IDENTIFIED] == pytest.approx(wanted)
    assert sensor[layout.S_SINCE] == 22.0
