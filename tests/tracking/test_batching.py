"""Batching against lists of plots by sensor, made the plain way."""

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.plots import Geometry
from jointsky.streams import stream
from jointsky.tracking import batching_kernels
from jointsky.tracking import layout_kernels as layout

SEEDS = st.integers(0, 2**32 - 1)
POLAR, GEODETIC = int(Geometry.POLAR), int(Geometry.GEODETIC)
WINDOW_S = np.array([0.1, 0.3, 0.25, 0.05])


def batches_of(time, ints, edges):
    """Return which plots belong together: a batch of a sensor is open until its window is over.

    A target that reports by itself is in each batch once; an edge in time parts what it lies in.
    """
    open_ones, made = {}, []
    for i, now in enumerate(time):
        s, mode_s = ints[i, layout.P_SENSOR], ints[i, layout.P_MODE_S]
        own = ints[i, layout.P_GEOMETRY] != POLAR and mode_s >= 0
        batch = open_ones.get(s)
        if batch is not None:
            first = time[batch[0]]
            seen = {
                ints[k, layout.P_MODE_S] for k in batch if ints[k, layout.P_GEOMETRY] != POLAR
            } - {-1}
            parted = any(first <= edge < now for edge in edges)
            if now > first + WINDOW_S[s] or (own and mode_s in seen) or parted:
                batch = None
        if batch is None:
            batch = open_ones[s] = []
            made.append(batch)
        batch.append(i)
    return made


def some_plots(rng, n):
    time = np.sort(np.round(rng.uniform(0, 3, n), 2))
    ints = np.full((n, layout.PLOT_INTS), -1, np.int64)
    ints[:, layout.P_SENSOR] = rng.integers(0, 4, n)
    ints[:, layout.P_GEOMETRY] = np.where(ints[:, layout.P_SENSOR] < 2, POLAR, GEODETIC)
    ints[:, layout.P_MODE_S] = rng.integers(-1, 5, n)
    return time, ints


def cut(time, ints, complete, edges, by_end=False):
    """Return the batch of each plot, batches as lists in order of closing, and closed by edges."""
    n = len(time)
    batch_of, close_order = np.empty(n, np.int64), np.empty(n, np.int64)
    closed_at = np.full(len(edges), -1, np.int64)
    floats = np.zeros((n, layout.PLOT_FLOATS))
    floats[:, layout.P_TIME] = time
    sensors = np.zeros((len(WINDOW_S), layout.SENSOR_FLOATS))
    sensors[:, layout.S_WINDOW] = WINDOW_S
    open_batch = np.full(len(WINDOW_S), -1, np.int64)
    stamp = np.full(batching_kernels.STAMPS, -1, np.int64)
    order, start = np.empty(n, np.int64), np.empty(n + 1, np.int64)
    closed = batching_kernels.cut(
        floats,
        ints,
        sensors,
        (complete if isinstance(complete, float) else math.inf if complete else -math.inf, by_end),
        edges,
        (open_batch, stamp, np.empty(n + 1, np.int64)),
        (batch_of, close_order, closed_at, order, start),
    )
    batches = int(batch_of.max()) + 1 if n else 0
    lists = [order[start[b] : start[b + 1]].tolist() for b in range(closed)]
    together = [np.flatnonzero(batch_of == b).tolist() for b in range(batches)]
    return together, lists, closed_at


@settings(max_examples=120, deadline=None)
@given(SEEDS, st.integers(0, 80), st.booleans(), st.integers(0, 4))
def test_every_plot_is_in_exactly_one_batch_of_its_sensor(seed, n, close_all, cuts):
    rng = stream(seed, "batches")
    time, ints = some_plots(rng, n)
    edges = np.sort(np.round(rng.uniform(-0.5, 3.5, cuts), 2))
    wanted = batches_of(time, ints, edges)
    together, got, closed_at = cut(time, ints, close_all, edges)
    assert together == wanted
    places = [wanted.index(batch) for batch in got]  # each of them whole
    assert len(set(places)) == len(got)
    held = [wanted[k] for k in range(len(wanted)) if k not in places]
    assert sorted(itertools.chain(*got, *held)) == list(range(n))
    newest = math.inf if close_all else (time[-1] if n else -math.inf)
    for batch in held:  # only what may still grow
        s = ints[batch[0], layout.P_SENSOR]
        assert newest <= time[batch[0]] + WINDOW_S[s]
        assert not any(time[batch[0]] <= edge < newest for edge in edges)
    for s in range(4):  # each sensor's in order of time
        mine = [batch[0] for batch in got if ints[batch[0], layout.P_SENSOR] == s]
        assert mine == sorted(mine)
    for edge, closed in zip(edges, closed_at, strict=True):
        before, after = got[:closed], got[closed:]
        assert all(time[batch[-1]] <= edge for batch in before)
        if n and edge < time[-1]:  # all that has come by then counts by then
            assert all(time[batch[0]] > edge for batch in after + held)


def test_batches_close_when_their_time_is_over_in_the_order_they_opened():
    time = np.array([0.0, 0.01, 0.05, 1.0])
    ints = np.full((4, layout.PLOT_INTS), -1, np.int64)
    ints[:, layout.P_GEOMETRY] = POLAR
    ints[:, layout.P_SENSOR] = 1, 0, 1, 3  # windows of 0.3, 0.1 and 0.05 s
    together, got, _ = cut(time, ints, False, np.empty(0))
    assert together == [[0, 2], [1], [3]]
    assert got == [[0, 2], [1]]
    _, got, _ = cut(time, ints, False, np.empty(0), by_end=True)
    assert got == [[1], [0, 2]]


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 60))
def test_closed_in_the_order_of_their_ends_no_cutting_into_calls_changes_the_batches(seed, n):
    rng = stream(seed, "ends")
    time, ints = some_plots(rng, n)
    _, whole, _ = cut(time, ints, True, np.empty(0), by_end=True)
    made, held = [], np.empty(0, np.int64)
    edges = [*np.sort(rng.uniform(-0.1, 3.2, 3)).tolist(), math.inf]
    for begin, end in itertools.pairwise([-math.inf, *edges]):
        rows = np.concatenate([held, np.flatnonzero((time > begin) & (time <= end))])
        _, got, _ = cut(time[rows], ints[rows], end, np.empty(0), by_end=True)
        made += [rows[batch].tolist() for batch in got]
        held = np.setdiff1d(rows, [k for batch in made for k in batch])
    assert made == whole
