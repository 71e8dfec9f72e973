"""The arrays that the tracker's kernels work on; which column is what says layout_kernels.

T: tracks that fit, S: sensors, P: plots, M models.  "Frame" is the tracker's Cartesian frame,
earth-centred or flat.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.association import work_sizes
from jointsky.tracking.measurement_kernels import ROWS
from jointsky.tracking.merging_kernels import MOST_TOGETHER

Array = npt.NDArray[Any]
BUCKETS = 1 << 16  # few cells of ten thousand tracks share one


class Prepared(NamedTuple):
    """Plots as the kernels want them."""

    floats: Array  # (P, PLOT_FLOATS)
    ints: Array  # (P, PLOT_INTS)


class Book(NamedTuple):
    """All tracks, dead or alive, and what goes on between calls."""

    floats: Array  # (T, TRACK_FLOATS)
    ints: Array  # (T, TRACK_INTS)
    looks: Array  # (T, S, LOOK_FLOATS)
    bodies: Array  # (T, M, BODY)
    links: Array  # (T, LINKS) int32
    heads: Array  # (BUCKETS,) int32: first track of each bucket of the grid
    counters: Array  # (COUNTERS,)
    clocks: Array  # (CLOCKS,)


class World(NamedTuple):
    """What the kernels read: sensors (and what is estimated of them), models, settings, map."""

    sensors: Array  # (S, SENSOR_FLOATS)
    cells: Array  # (S, CELL_FLOATS, CELLS)
    models: Array  # (M, MODEL_COLUMNS)
    settings: Array  # (SETTINGS,)
    usual: Array  # (M,) share of time that a target flies by each model
    plane: Array  # (4, 3): centre of the index's map; its east, north, up


class Bench(NamedTuple):
    """Room to work in, made once for each call."""

    slot_of: Array  # (T,) int64: slot of a track, -1: none
    slot_track: Array  # (K,) int64
    slot_time: Array  # (K,) to which it is predicted
    slot_alive: Array  # (K,) its probability of existence by then
    slot_best: Array  # (K,) int64: its likeliest model
    slot_first: Array  # (K,) int64: its last pair; the others by pair_next
    slot_body: Array  # (K, M, BODY)
    pair_plot: Array  # (N,) int64: place in the batch
    pair_slot: Array  # (N,) int64
    pair_next: Array  # (N,) int64
    pair_body: Array  # (N, M, BODY)
    likely: Array  # (N, M): probability of each model, if the pair is true
    wild: Array  # (N,) bool
    gain: Array  # (N,)
    beta: Array  # (N,)
    share: Array  # (N,)
    alone: Array  # (K,)
    unexplained: Array  # (P,)
    false: Array  # (P,)
    fresh: Array  # (P,)
    work_int: Array
    work_float: Array
    found: Array  # (4096,) int64: tracks near one plot
    common: Array  # (BODY,)
    rows: Array  # (ROWS, 8)
    own_rows: Array  # (ROWS, 8)
    merged: Array  # (M, BODY)
    mean: Array  # (6,)
    packed: Array  # (21,)
    scratch: Array  # (154,)
    matrix: Array  # (7, 3)
    d: Array  # (STATES,)
    track: Array  # (TRACK_FLOATS,)
    looks: Array  # (S, LOOK_FLOATS)
    place: Array  # (3,)
    together: Array  # (8,) int64: pairs that share a plot
    exists: Array  # (8,) probability that their tracks exist
    others: Array  # (8,) int64: slots
    seen_at: Array  # (2, 4)


class Rows(NamedTuple):
    """Results, one row for a track at one time."""

    floats: Array  # (N, ROW_FLOATS)
    ints: Array  # (N, ROW_INTS)
    sensors: Array  # (N, words) uint64


def new_book(rows: int, sensors: int) -> Book:
    """Return a book with room for ``rows`` tracks."""
    counters = np.zeros(layout.COUNTERS, np.int64)
    counters[layout.N_NUMBER] = 1
    counters[layout.N_FREE] = -1
    clocks = np.zeros(layout.CLOCKS)
    clocks[layout.K_HOUSEKEPT] = -np.inf
    heads = np.full(BUCKETS, -1, np.int32)
    return Book(*_track_arrays(rows, sensors), heads, counters, clocks)


def _track_arrays(rows: int, sensors: int) -> tuple[Array, Array, Array, Array, Array]:
    ints = np.full((rows, layout.TRACK_INTS), -1, np.int64)
    ints[:, layout.I_STATUS] = layout.FREE
    return (
        np.zeros((rows, layout.TRACK_FLOATS)),
        ints,
        np.zeros((rows, sensors, layout.LOOK_FLOATS)),
        np.zeros((rows, layout.MODELS, layout.BODY)),
        np.full((rows, layout.LINKS), -1, np.int32),
    )


def grown(book: Book, rows: int) -> Book:
    """Return the same tracks with room for at least ``rows``."""
    had = len(book.ints)
    if had >= rows:
        return book
    bigger = _track_arrays(max(rows, 2 * had), book.looks.shape[1])
    live = int(book.counters[layout.N_LIVE])
    for old, new in zip(book[:5], bigger, strict=True):
        new[:live] = old[:live]
    return Book(*bigger, *book[5:])


def new_bench(tracks: int, sensors: int, slots: int, pairs: int, plots: int) -> Bench:
    """Return a bench for so many rows of tracks, and so many slots, pairs and plots of a batch."""
    m, body = layout.MODELS, layout.BODY
    ints, floats = work_sizes(plots, slots, pairs)
    return Bench(
        slot_of=np.full(tracks, -1, np.int64),
        slot_track=np.empty(slots, np.int64),
        slot_time=np.empty(slots),
        slot_alive=np.empty(slots),
        slot_best=np.empty(slots, np.int64),
        slot_first=np.empty(slots, np.int64),
        slot_body=np.empty((slots, m, body)),
        pair_plot=np.empty(pairs, np.int64),
        pair_slot=np.empty(pairs, np.int64),
        pair_next=np.empty(pairs, np.int64),
        pair_body=np.empty((pairs, m, body)),
        likely=np.empty((pairs, m)),
        wild=np.empty(pairs, np.bool_),
        gain=np.empty(pairs),
        beta=np.empty(pairs),
        share=np.empty(pairs),
        alone=np.empty(slots),
        unexplained=np.empty(plots),
        false=np.empty(plots),
        fresh=np.empty(plots),
        work_int=np.empty(ints, np.int64),
        work_float=np.empty(floats),
        found=np.empty(4096, np.int64),
        common=np.empty(body),
        rows=np.empty((ROWS, 8)),
        own_rows=np.empty((ROWS, 8)),
        merged=np.empty((m, body)),
        mean=np.empty(6),
        packed=np.empty(21),
        scratch=np.empty(154),
        matrix=np.empty((7, 3)),
        d=np.empty(layout.STATES),
        track=np.empty(layout.TRACK_FLOATS),
        looks=np.empty((sensors, layout.LOOK_FLOATS)),
        place=np.empty(3),
        together=np.empty(MOST_TOGETHER, np.int64),
        exists=np.empty(MOST_TOGETHER),
        others=np.empty(MOST_TOGETHER, np.int64),
        seen_at=np.empty((2, 4)),
    )


def empty_rows(rows: int, sensors: int) -> Rows:
    """Return room for ``rows`` results."""
    return Rows(
        floats=np.empty((rows, layout.ROW_FLOATS)),
        ints=np.empty((rows, layout.ROW_INTS), np.int64),
        sensors=np.empty((rows, max((sensors + 63) // 64, 1)), np.uint64),
    )
