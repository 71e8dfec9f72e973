"""Smoothed states become rows of tracks: all but the state is as the tracker told it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import Array, Rows
from jointsky.tracking.smoothing import Estimates, Nodes, PathSmoother
from jointsky.tracking.telling import told

Integers = npt.NDArray[np.int64]


class Piece(NamedTuple):
    """Plots that one track took one after another, and what the tracker told of them."""

    plots: Integers  # rows of the plots, by time
    rows: Integers  # (plots,) row of the tracks that tells of each, -1: none


class Telling(NamedTuple):
    """What is told of a track's nodes beside their states."""

    times_s: Array  # (N,) since the epoch
    newest: Array  # (N,) row of the newest plot of each
    like: Array  # (N,) row of the tracks that tells the same of each, else of one soon after
    is_early: Array  # (N,) before the track was confirmed
    plots: Array  # (N,) plots of the piece up to then
    seen: Array  # (N, words) sensors of those plots


def rows_of(
    parts: Sequence[tuple[Telling, Estimates]], plots: Plots, tracks: Tracks, path: PathSmoother
) -> Tracks:
    """Return smoothed nodes as tracks."""
    telling = Telling(*(np.concatenate(c) for c in zip(*(t for t, _ in parts), strict=True)))
    state = Estimates(*(np.concatenate(c) for c in zip(*(e for _, e in parts), strict=True)))
    like, early = telling.like, telling.is_early
    n = len(like)
    floats, ints = np.zeros((n, layout.ROW_FLOATS)), np.zeros((n, layout.ROW_INTS), np.int64)
    floats[:, layout.R_TIME] = telling.times_s
    floats[:, layout.R_MEAN : layout.R_MEAN + 6] = state.means
    floats[:, layout.R_COV : layout.R_COV + 21] = state.packed
    floats[:, layout.R_MANOEUVRE] = state.manoeuvre
    ints[:, layout.O_CALL_SIGN] = -1
    ints[:, layout.O_STATUS] = TrackStatus.CONFIRMED
    made = told([Rows(floats, ints, np.zeros((n, 1), np.uint64))], path.frame, path.epoch_s, {})
    own = plots.pressure_altitude_m[telling.newest]
    pressure = tracks.pressure_altitude_m[like]
    return made.replace(
        track_number=tracks.track_number[like],
        existence=tracks.existence[like],
        mode_s=tracks.mode_s[like],
        mode_a=tracks.mode_a[like],
        call_sign=tracks.call_sign[like],
        flags=tracks.flags[like],
        pressure_altitude_m=np.where(early & np.isfinite(own), own, pressure),
        plots=np.where(early, telling.plots, tracks.plots[like]).astype(np.int32),
        sensors=np.where(early[:, None], telling.seen, tracks.sensors[like]),
    )


def telling_of(piece: Piece, nodes: Nodes, plots: Plots, tracks: Tracks) -> Telling:
    """Return what is told of a piece's nodes; the tracker told of at least one of its plots."""
    own = np.maximum.reduceat(piece.rows, nodes.first[:-1])
    known = np.flatnonzero(own >= 0)
    after = np.minimum(np.searchsorted(known, np.arange(len(own))), len(known) - 1)
    last = nodes.first[1:] - 1
    sensor = plots.sensor[piece.plots].astype(np.uint64)
    bits = np.zeros((len(sensor), tracks.sensors.shape[1]), np.uint64)
    words = (sensor >> np.uint64(6)).astype(np.int64)
    bits[np.arange(len(sensor)), words] = np.uint64(1) << (sensor & np.uint64(63))
    return Telling(
        times_s=nodes.times_s,
        newest=piece.plots[last],
        like=own[known[after]],
        is_early=np.arange(len(own)) < known[0],
        plots=last + 1,
        seen=np.bitwise_or.accumulate(bits, axis=0)[last],
    )
