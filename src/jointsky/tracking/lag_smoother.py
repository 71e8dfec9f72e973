"""The smoother beside a running tracker: each state a fixed time late, and the better for it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.chains import Chains
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.smoothed_rows import Piece, Telling, rows_of, telling_of
from jointsky.tracking.smoothing import Estimates, Nodes, PathSmoother, continued, new_nodes
from jointsky.tracking.tracker import Tracker

Integers = npt.NDArray[np.int64]
Part = tuple[Telling, Estimates]
KEPT_S = 120.0  # beyond the lag: of a track confirmed later than this, older plots are left out


@dataclasses.dataclass
class _Path:
    """What is still needed of one track: its plots and nodes, and up to when it has been told."""

    chain: list[int]  # numbers of its plots as the track took them
    plots: Integers  # the same by time
    nodes: Nodes
    is_cut: bool = False  # what came before its first node is forgotten
    told_s: float = -math.inf
    ended: float = math.nan  # existence with which the tracker ended it
    is_old: bool = False  # the track was lost, and found again as another path


class LagSmoother:
    """Tells each track's states ``lag_s`` late, from the plots up to ``lag_s`` after each.

    Give it plots by ``update`` as you would a ``Tracker``, which it holds as ``tracker``, and
    close with ``flush``.  An infinite lag tells all at ``flush``: the fixed interval.  Plots that
    come late count for states that are not told yet.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        settings: TrackerSettings | None = None,
        origin: tuple[float, float, float] | None = None,
        lag_s: float = 30.0,
    ) -> None:
        if not lag_s >= 0.0:
            raise ValueError(f"lag_s is {lag_s}; it must be a number from 0, or infinity")
        self.lag_s = lag_s
        self.tracker = Tracker(sensors, settings, origin)
        self.tracker.chains = self._chains = Chains()
        self._smoother: PathSmoother | None = None
        self._paths: dict[int, _Path] = {}
        self._old: list[_Path] = []
        self._plots = Plots.make(0)  # those still needed
        self._first = 0  # number of the first of them
        self._tracks = Tracks.make(0)  # what was told of them
        self._of_plots: Integers = np.empty(0, np.int64)

    def update(self, plots: Plots) -> Tracks:
        """Take plots in; return the states that are ``lag_s`` old by now, by time."""
        self._plots = join([self._plots, plots])
        return self._take(self.tracker.update(plots), False)

    def flush(self) -> Tracks:
        """Work off what is held back and return all states not told yet."""
        return self._take(self.tracker.flush(), True)

    def _take(self, told: Tracks, is_last: bool) -> Tracks:
        """Follow the tracks that were told of; return the states that are due."""
        if self._smoother is None:
            if len(told) == 0:
                return told
            tracker, epoch_s = self.tracker, math.floor(np.nanmin(self._plots.time_s))
            self._smoother = PathSmoother(
                tracker.sensors, tracker.settings, tracker.frame, float(epoch_s)
            )
        of_plots = self._chains.told
        rows = np.flatnonzero(of_plots >= self._first)
        if len(rows):
            self._tracks = join([self._tracks, told.rows(rows)])
            self._of_plots = np.append(self._of_plots, of_plots[rows])
        numbers = told.track_number[rows].tolist()
        self._follow(self._smoother, dict(zip(numbers, of_plots[rows].tolist(), strict=True)))
        for row in np.flatnonzero(told.status == TrackStatus.ENDED):
            path = self._paths.get(int(told.track_number[row]))
            if path is not None:
                path.ended = float(told.existence[row])
        done_s = math.inf if is_last else self.tracker.done_s()
        made = self._due(self._smoother, done_s - self._smoother.epoch_s)
        self._forget(self._smoother, done_s - self._smoother.epoch_s - self.lag_s - KEPT_S)
        return made.rows(np.lexsort((made.status, made.track_number, made.time_s)))

    def _follow(self, smoother: PathSmoother, newest: dict[int, int]) -> None:
        """Filter tracks, by number, on to the plots that they took last."""
        work = []
        for number, plot in newest.items():
            old = self._paths.get(number)
            known = set(old.chain) if old else set()
            chain = self._chains.up_to(plot, known)
            if old and chain and chain[0] in known:
                chain = old.chain[: old.chain.index(chain[0])] + chain
            elif old:
                old.is_old = True
                self._old.append(old)
                old = None
            if chain:
                path, begin_at = self._grown(smoother, old, chain)
                self._paths[number] = path
                if begin_at < len(path.nodes.times_s):
                    row = int(np.flatnonzero(self._tracks.track_number == number)[0])
                    work.append((path, begin_at, row))
        if not work:
            return
        wanted = [path.plots[path.nodes.first[begin_at] :] for path, begin_at, _ in work]
        mine = self._plots.rows(np.concatenate(wanted) - self._first)
        floats, ints = smoother.arrays(mine)
        begin = 0
        for (path, begin_at, row), plots in zip(work, wanted, strict=True):
            span = slice(begin, begin + len(plots))
            reach_m = 0.0
            if ints[begin, layout.P_GEOMETRY] == Geometry.BEARING:
                reach_m = smoother.reach_m(self._tracks, row, int(mine.sensor[begin]))
            nodes = path.nodes._replace(first=path.nodes.first - path.nodes.first[begin_at])
            smoother.filter(floats[span], ints[span], nodes, begin_at, reach_m)
            begin = span.stop

    def _grown(
        self, smoother: PathSmoother, old: _Path | None, chain: list[int]
    ) -> tuple[_Path, int]:
        """Return a path of the plots of ``chain``, and from which node on it is to be filtered."""
        plots = np.array(chain, np.int64)
        time_s = self._plots.time_s[plots - self._first] - smoother.epoch_s
        order = np.lexsort((plots, time_s))
        plots, time_s = plots[order], time_s[order]
        if old is None:
            return _Path(chain, plots, new_nodes(time_s)), 0
        n = min(len(plots), len(old.plots))
        same = np.append(plots[:n] == old.plots[:n], False)
        change = int(np.argmin(same))
        begin_at = int(np.searchsorted(old.nodes.first, change, side="right")) - 1
        if change < len(plots):
            begin_at = min(begin_at, int(np.searchsorted(old.nodes.times_s, time_s[change])))
        if old.is_cut and begin_at == 0:
            return old, len(old.nodes.times_s)  # too late for what is forgotten
        path = dataclasses.replace(old, chain=chain, plots=plots)
        path.nodes = continued(old.nodes, new_nodes(time_s), begin_at)
        return path, begin_at

    def _due(self, smoother: PathSmoother, done_s: float) -> Tracks:
        """Return the states whose plots up to the lag have all come, and the ends of tracks."""
        row_of = np.full(len(self._plots), -1, np.int64)
        row_of[self._of_plots - self._first] = np.arange(len(self._of_plots))
        parts: list[Part] = []
        ends: list[Part] = []
        gone: list[float] = []
        for path in [*self._old, *self._paths.values()]:
            times_s = path.nodes.times_s
            first = int(np.searchsorted(times_s, path.told_s, side="right"))
            until_s = math.inf if done_s == math.inf or path.is_old else done_s - self.lag_s
            last = int(np.searchsorted(times_s, until_s))
            is_end = last == len(times_s) and not math.isnan(path.ended)
            if last <= first and not is_end:
                continue
            piece = Piece(path.plots - self._first, row_of[path.plots - self._first])
            telling = telling_of(piece, path.nodes, self._plots, self._tracks)
            for begin, into in ((first, parts), (last - 1, ends)):
                if begin < last and (into is parts or is_end):
                    state = smoother.smooth(path.nodes, begin, last, self.lag_s)
                    into.append((Telling(*(c[begin:last] for c in telling)), state))
            if is_end:
                gone.append(path.ended)
            path.told_s = max(path.told_s, float(times_s[last - 1]))
        self._old = []
        self._paths = {
            n: p
            for n, p in self._paths.items()
            if math.isnan(p.ended) or p.told_s < p.nodes.times_s[-1]
        }
        made = [rows_of(parts, self._plots, self._tracks, smoother)] if parts else []
        if ends:
            last_rows = rows_of(ends, self._plots, self._tracks, smoother)
            status = np.full(len(gone), TrackStatus.ENDED, np.int8)
            made.append(last_rows.replace(status=status, existence=np.array(gone)))
        return join(made) if made else Tracks.make(0)

    def _forget(self, smoother: PathSmoother, before_s: float) -> None:
        """Let go of plots that are older than ``before_s``, once they are most of all."""
        if not math.isfinite(before_s) or len(self._plots) == 0:
            return
        recent = self._plots.time_s >= before_s + smoother.epoch_s
        count = int(np.argmax(recent)) if recent.any() else len(recent)
        if count <= len(self._plots) // 2:
            return
        self._first += count
        self._plots = self._plots.rows(slice(count, None))
        kept = self._of_plots >= self._first
        self._tracks, self._of_plots = self._tracks.rows(kept), self._of_plots[kept]
        self._chains.forget(self._first)
        self._paths = dict(self._shortened())

    def _shortened(self) -> Iterator[tuple[int, _Path]]:
        """Yield the paths without the nodes of forgotten plots; those of nothing else are gone."""
        for number, path in self._paths.items():
            is_gone = np.maximum.reduceat(path.plots < self._first, path.nodes.first[:-1])
            cut = int(np.flatnonzero(is_gone)[-1]) + 1 if is_gone.any() else 0
            if cut == 0:
                yield number, path
            elif cut < len(is_gone):
                start = int(path.nodes.first[cut])
                plots = path.plots[start:]
                left = set(plots.tolist())
                nodes = Nodes(*(column[cut:] for column in path.nodes))
                nodes = nodes._replace(first=nodes.first - start)
                chain = [plot for plot in path.chain if plot in left]
                yield (
                    number,
                    dataclasses.replace(path, chain=chain, plots=plots, nodes=nodes, is_cut=True),
                )
