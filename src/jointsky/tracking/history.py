"""What a tracker remembers so that late plots are taken in their place.

Two states are kept, a lag apart, with the plots that came since the older: a late plot puts the
tracker back to the newer state before it, and all plots since run again in order.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.admission import Ordered
from jointsky.tracking.arrays import Book, Prepared, World
from jointsky.tracking.kept import KeptBook, kept


@dataclasses.dataclass(frozen=True)
class State:
    """A tracker at one time: all that its next plots would find."""

    time_s: float  # no plot after this one has been taken
    pieces: int  # of plots that had been taken: others may have the very same time
    book: KeptBook
    world: World
    held: Prepared | None
    used: int


class History:
    """States and plots of the last ``lag_s`` seconds."""

    def __init__(self, lag_s: float) -> None:
        self.lag_s = lag_s
        self.newest_s = -np.inf
        self._states: list[State] = []
        self._plots: list[tuple[int, Ordered]] = []  # by their place in the order of taking
        self._pieces = 0

    @property
    def is_due(self) -> bool:
        """Return whether the newest state kept is old enough for another: never without a lag."""
        if self.lag_s == 0.0:
            return False
        return not self._states or self.newest_s - self._states[-1].time_s >= self.lag_s

    def oldest_s(self) -> float:
        """Return the time after which a plot can still be taken in its place."""
        return self.newest_s - self.lag_s

    def keep(self, book: Book, world: World, held: Prepared | None, used: int) -> None:
        """Keep a copy of a tracker's state."""
        frozen = world._replace(sensors=world.sensors.copy(), cells=world.cells.copy())
        copy = kept(book, world.sensors[:, layout.S_PERIOD])
        self._states.append(State(self.newest_s, self._pieces, copy, frozen, held, used))
        self._plots = [(piece, plots.alone()) for piece, plots in self._plots]

    def add(self, plots: Ordered) -> None:
        """Remember plots that were taken, none of them older than those before.

        Forgets what no plot within the lag can need.
        """
        if len(plots) == 0:
            return
        self.newest_s = max(self.newest_s, float(plots.time_s[-1]))
        if self.lag_s == 0.0:
            return
        self._pieces += 1
        self._plots.append((self._pieces, plots))
        while len(self._states) > 1 and self._states[1].time_s < self.oldest_s():
            del self._states[0]
            self._plots = [part for part in self._plots if part[0] > self._states[0].pieces]

    def back_to(self, time_s: float) -> tuple[State, list[Ordered]] | None:
        """Return the newest state before ``time_s`` and the plots since; forget both after it."""
        while self._states and self._states[-1].time_s >= time_s:
            del self._states[-1]
        if not self._states:
            return None
        state = self._states[-1]
        again = [plots for piece, plots in self._plots if piece > state.pieces]
        self._plots = [part for part in self._plots if part[0] <= state.pieces]
        self.newest_s = state.time_s
        return state, again
