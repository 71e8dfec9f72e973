"""What a tracker remembers so that late plots are taken in their place.

States are kept like the rungs of a ladder, close together for the newest seconds and the wider
apart the older they are, each with the plots that came until the next.  A late plot puts the
tracker back to the newest state before it, and all plots since run again in order: what a plot
costs grows with how late it is, and what is remembered with the logarithm of the lag.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.admission import Ordered
from jointsky.tracking.arrays import Book, Prepared, World
from jointsky.tracking.kept import KeptBook, kept

WIDER = 0.7  # two states so old may lie apart by this share of their age
_MOST_PIECES = 16  # of a state's plots; of more the newest are joined, as many as are small
_SMALL = 8_192  # plots


@dataclasses.dataclass(frozen=True)
class State:
    """A tracker at one time: all that its next plots would find."""

    newest_s: float  # time of the newest plot
    complete_s: float  # what comes of up to this time is late
    book: KeptBook
    world: World
    held: Prepared | None
    used: int

    @property
    def time_s(self) -> float:
        """Return the time up to which all plots have been taken, unless more come."""
        return max(self.newest_s, self.complete_s)


@dataclasses.dataclass
class _Rung:
    """A state and the plots taken between it and the next."""

    state: State
    plots: list[Ordered]


class History:
    """States and plots of the last ``lag_s`` seconds; the newest states lie ``step_s`` apart."""

    def __init__(self, lag_s: float, step_s: float | None = None) -> None:
        self.lag_s = lag_s
        self.step_s = lag_s if step_s is None else min(step_s, lag_s)
        self.newest_s = -np.inf  # time of the newest plot
        self.complete_s = -np.inf  # a plot up to this time is late, though none so new has come
        self._rungs: list[_Rung] = []

    @property
    def is_due(self) -> bool:
        """Return whether the newest state kept is old enough for another: never without a lag."""
        if self.lag_s == 0.0:
            return False
        return not self._rungs or self.reached_s - self._rungs[-1].state.time_s >= self.step_s

    @property
    def reached_s(self) -> float:
        """Return the time up to which plots have been taken."""
        return max(self.newest_s, self.complete_s)

    def is_late(self, time_s: float) -> bool:
        """Return whether a plot of this time is to be taken before others that have been."""
        return time_s < self.newest_s or time_s <= self.complete_s

    def oldest_s(self) -> float:
        """Return the time after which a plot can still be taken in its place."""
        return self.reached_s - self.lag_s

    def marks_s(self, first_s: float, last_s: float) -> list[float]:
        """Return after which times of a long run of plots a state is to be kept, the last aside."""
        if self.lag_s == 0.0:
            return []
        marks: list[float] = []
        ago_s = self.step_s
        while last_s - ago_s > first_s:
            marks.append(last_s - ago_s)
            if ago_s >= self.lag_s:
                break
            ago_s = min(ago_s + self._gap_s(ago_s), self.lag_s)
        return marks[::-1]

    def keep(self, book: Book, world: World, held: Prepared | None, used: int) -> None:
        """Keep a copy of a tracker's state; states that now lie closer than needed are let go."""
        self._rungs.append(_Rung(self.state(book, world, held, used), []))
        for rung in self._rungs[-3:-1]:
            rung.plots[:] = [plots.alone() for plots in rung.plots]
        self._thin()

    def state(self, book: Book, world: World, held: Prepared | None, used: int) -> State:
        """Return a copy of a tracker's state as it is now."""
        frozen = world._replace(sensors=world.sensors.copy(), cells=world.cells.copy())
        copy = kept(book, world.sensors[:, layout.S_PERIOD])
        return State(self.newest_s, self.complete_s, copy, frozen, held, used)

    def add(self, plots: Ordered) -> None:
        """Remember plots that were taken, none of them older than those before.

        Forgets what no plot within the lag can need.
        """
        if len(plots) == 0:
            return
        self.newest_s = max(self.newest_s, float(plots.time_s[-1]))
        if self.lag_s == 0.0 or not self._rungs:
            return
        self._append(self._rungs[-1], [plots])
        self._forget()

    def complete(self, time_s: float) -> None:
        """Note that all plots up to a time have been taken: what comes of before is late."""
        self.complete_s = max(self.complete_s, time_s)
        self._forget()

    def back_to(self, time_s: float) -> tuple[State, list[Ordered]] | None:
        """Return the newest state before ``time_s`` and the plots since; forget both after it."""
        again: list[Ordered] = []
        while self._rungs and self._rungs[-1].state.time_s >= time_s:
            again = self._rungs.pop().plots + again
        if not self._rungs:
            return None
        rung = self._rungs[-1]
        again = rung.plots + again
        rung.plots = []
        self.newest_s, self.complete_s = rung.state.newest_s, rung.state.complete_s
        return rung.state, again

    def since(self, time_s: float) -> int:
        """Return how many plots would run again if one of this time came late."""
        count = 0
        for rung in self._rungs[::-1]:
            count += sum(map(len, rung.plots))
            if rung.state.time_s < time_s:
                break
        return count

    def branch(self, time_s: float) -> tuple[History, State, list[Ordered]] | None:
        """Return what ``back_to`` does, and the history as it would then be; this one stays."""
        other = History(self.lag_s, self.step_s)
        other._rungs = [_Rung(rung.state, list(rung.plots)) for rung in self._rungs]
        found = other.back_to(time_s)
        return None if found is None else (other, *found)

    def kept_bytes(self) -> int:
        """Return how much memory the states and plots take; a view of one value takes one."""
        total = 0
        for rung in self._rungs:
            state = rung.state
            arrays = [*state.book, state.world.sensors, state.world.cells, *(state.held or ())]
            for part in rung.plots:
                arrays += [part.rows, part.time_s, *vars(part.plots).values()]
            total += sum(a.nbytes if a.flags.carray else a.itemsize for a in arrays)
        return total

    def _gap_s(self, age_s: float) -> float:
        return max(self.step_s, WIDER * age_s)

    def _thin(self) -> None:
        """Let go of each state without which its neighbours are still close enough."""
        k = len(self._rungs) - 2
        while k > 0:
            before, this, after = self._rungs[k - 1 : k + 2]
            age_s = self.reached_s - after.state.time_s
            if after.state.time_s - before.state.time_s <= self._gap_s(age_s):
                self._append(before, this.plots)
                del self._rungs[k]
            k -= 1

    def _append(self, rung: _Rung, plots: list[Ordered]) -> None:
        rung.plots += plots
        if len(rung.plots) <= _MOST_PIECES:
            return
        kept: list[Ordered] = []
        small: list[Ordered] = []
        for piece in rung.plots:
            if sum(map(len, small)) + len(piece) > _SMALL and small:
                kept.append(_joined(small))
                small = []
            small.append(piece)
        rung.plots = [*kept, _joined(small)]

    def _forget(self) -> None:
        while len(self._rungs) > 1 and self._rungs[1].state.time_s < self.oldest_s():
            del self._rungs[0]


def _joined(parts: list[Ordered]) -> Ordered:
    """Return pieces as one; columns that say nothing take no room."""
    if len(parts) == 1:
        return parts[0]
    plots = join([part.record() for part in parts])
    columns = {name: _slim(getattr(plots, name)) for name in Plots.schema()}
    time_s = np.concatenate([part.time_s for part in parts])
    return Ordered(Plots(**columns), np.arange(len(plots)), time_s)


def _slim(column: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Return a column, as a view of one value where all rows have the same."""
    bits = column if column.dtype.kind == "U" else column.view(f"u{column.itemsize}")
    if bits[0] != bits[-1] or (bits != bits[0]).any():
        return column
    return np.broadcast_to(column[:1].copy(), column.shape)
