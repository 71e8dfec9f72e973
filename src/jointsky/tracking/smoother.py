"""The smoother: tracks once more, each state from all plots of its track, later ones included.

A tracker that was given ``Chains`` tells which plots it took for which track, from the first one
on, when the track was still tentative.  Each track is then filtered and smoothed alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.chains import Chains
from jointsky.tracking.frame import Frame, choose
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.smoothed_rows import Piece, rows_of, telling_of
from jointsky.tracking.smoothing import PathSmoother, new_nodes

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
AT_ONCE = 20_000  # plots whose arrays are made together


class Smoother:
    """Smooths the tracks that a tracker made.

    ``sensors``, ``settings`` and ``origin`` are those of the tracker; ``lag_s`` is how far each
    state may look ahead: infinity is the fixed interval, the whole track.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        settings: TrackerSettings | None = None,
        origin: tuple[float, float, float] | None = None,
        lag_s: float = np.inf,
    ) -> None:
        if not lag_s >= 0.0:
            raise ValueError(f"lag_s is {lag_s}; it must be a number from 0, or infinity")
        self.sensors = list(sensors)
        self.settings = settings or TrackerSettings()
        self.frame: Frame = choose(self.sensors, origin)
        self.lag_s = lag_s

    def smooth(self, plots: Plots, tracks: Tracks, of_plots: Integers, chains: Chains) -> Tracks:
        """Return ``tracks`` smoothed: a row for each time at which a track took plots.

        ``plots`` are all that the tracker was given, in that order; ``of_plots`` (rows of
        ``tracks``) is what ``chains.told`` held with each answer.  What a track was before it was
        confirmed comes with it, as confirmed.  Rows are by time.
        """
        if len(tracks) != len(of_plots):
            raise ValueError(f"of_plots has {len(of_plots)} rows; tracks has {len(tracks)}")
        if len(of_plots) and of_plots.max() >= len(plots):
            raise ValueError(f"plots has {len(plots)} rows; the tracker was given more")
        pieces = list(_pieces(plots.time_s, tracks, of_plots, chains))
        if not pieces:
            return Tracks.make(0)
        first_s = min(plots.time_s[piece.plots[0]] for piece in pieces)
        path = PathSmoother(self.sensors, self.settings, self.frame, float(np.floor(first_s)))
        made = join([self._told(path, plots, tracks, few) for few in _batches(pieces)])
        made = join([made, ends_of(made, tracks)])
        return made.rows(np.lexsort((made.status, made.track_number, made.time_s)))

    def _told(
        self, path: PathSmoother, plots: Plots, tracks: Tracks, pieces: Sequence[Piece]
    ) -> Tracks:
        """Return the smoothed rows of some pieces."""
        mine = plots.rows(np.concatenate([piece.plots for piece in pieces]))
        floats, ints = path.arrays(mine)
        parts = []
        begin = 0
        for piece in pieces:
            span = slice(begin, begin + len(piece.plots))
            begin = span.stop
            nodes = new_nodes(floats[span, layout.P_TIME])
            reach_m = 0.0
            if ints[span.start, layout.P_GEOMETRY] == Geometry.BEARING:
                first_told = int(piece.rows[piece.rows >= 0].min())
                reach_m = path.reach_m(tracks, first_told, int(mine.sensor[span.start]))
            path.filter(floats[span], ints[span], nodes, 0, reach_m)
            state = path.smooth(nodes, 0, len(nodes.times_s), self.lag_s)
            parts.append((telling_of(piece, nodes, plots, tracks), state))
        return rows_of(parts, plots, tracks, path)


def _pieces(time_s: Floats, tracks: Tracks, of_plots: Integers, chains: Chains) -> Iterator[Piece]:
    """Yield the plots of each track; of one that was lost and found again, in pieces.

    Where a track was told again because plots came late, what was told last holds.
    """
    rows = np.flatnonzero(of_plots >= 0)
    rows = rows[np.argsort(tracks.track_number[rows], kind="stable")]
    cuts = np.flatnonzero(np.diff(tracks.track_number[rows])) + 1
    row_of = np.full(len(time_s), -1, np.int64)
    for mine in np.split(rows, cuts):
        left, until_s = mine, np.inf
        while len(left):
            chain = np.array(chains.up_to(int(of_plots[left[-1]])), np.int64)
            chain = chain[np.lexsort((chain, time_s[chain]))]
            row_of[of_plots[left]] = left
            if time_s[chain[-1]] < until_s:
                yield Piece(chain, row_of[chain])
                until_s = float(time_s[chain[0]])
            row_of[of_plots[left]] = -1
            left = left[~np.isin(of_plots[left], chain)]


def _batches(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield pieces in lots of at least ``AT_ONCE`` plots."""
    lot: list[Piece] = []
    plots = 0
    for piece in pieces:
        lot.append(piece)
        plots += len(piece.plots)
        if plots >= AT_ONCE:
            yield lot
            lot, plots = [], 0
    if lot:
        yield lot


def ends_of(made: Tracks, tracks: Tracks) -> Tracks:
    """Return a row for each end that the tracker told: the track's last smoothed state."""
    ended = np.flatnonzero(tracks.status == TrackStatus.ENDED)
    order = np.lexsort((made.time_s, made.track_number))
    after = np.searchsorted(made.track_number[order], tracks.track_number[ended], side="right")
    ended, last = ended[after > 0], order[after[after > 0] - 1]
    same = made.track_number[last] == tracks.track_number[ended]
    ended, last = ended[same], last[same]
    return made.rows(last).replace(
        status=np.full(len(last), TrackStatus.ENDED, np.int8), existence=tracks.existence[ended]
    )
