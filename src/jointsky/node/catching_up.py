"""Many late plots are worked off beside the running tracker, a slice at a time.

To put a busy tracker back by minutes takes seconds, in which a site could tell nothing.  So a
second tracker, as the first was before the late plots, takes all plots since, and stands in for
the first when it has caught up with it.
"""

from __future__ import annotations

import math

import numpy as np

from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.tracking.admission import Ordered, together
from jointsky.tracking.telling import NO_TRACKS
from jointsky.tracking.tracker import Tracker


class CatchingUp:
    """``tracker`` is on its way from before the late plots to where the running one is.

    ``again`` are the plots since then that the running one has taken, in order, ``late`` those that
    belong among them; as ``Tracker.behind`` returns them.
    """

    def __init__(self, tracker: Tracker, again: list[Ordered], late: Ordered) -> None:
        self.tracker = tracker
        self._again = again[::-1]  # the next one last
        self._late = late
        self._newer: list[Plots] = []  # taken by the running tracker since
        self._told: list[Tracks] = []

    @property
    def left(self) -> int:
        """Return how many plots are still to be taken, those aside that the running one takes."""
        return sum(map(len, self._again)) + len(self._late)

    def add(self, plots: Plots) -> None:
        """Note plots that the running tracker takes now."""
        if len(plots):
            self._newer.append(plots)

    def step(self, most: int, complete_s: float) -> Tracks | None:
        """Take about ``most`` plots; return the newest row of each track once all are taken.

        ``complete_s``: up to when the running tracker has all.  None: there is more to do.
        """
        if self._again or len(self._late):
            self._told.append(self.tracker.go_on(self._next(most)))
        if self._again or len(self._late):
            return None
        newer = join(self._newer) if self._newer else Plots.make(0)
        self._newer = []
        if len(newer) > most:
            self._again = [self.tracker.ordered(newer)]
            return None
        self._told.append(self.tracker.advance(newer, complete_s, newest=True))
        return newest(self._told)

    def _next(self, most: int) -> Ordered:
        """Return the next plots of both kinds together, about so many, in order."""
        ends_s = [float(self._late.time_s[most - 1])] if len(self._late) > most else []
        count = 0
        for piece in reversed(self._again):
            if count + len(piece) >= most:
                ends_s.append(float(piece.time_s[most - count - 1]))
                break
            count += len(piece)
        until_s = min(ends_s, default=math.inf)
        parts: list[Ordered] = []
        while self._again and self._again[-1].time_s[0] <= until_s:
            piece = self._again.pop()
            parts.append(piece.until(until_s))
            rest = piece.after(until_s)
            if len(rest):
                self._again.append(rest)
                break
        late, self._late = self._late.until(until_s), self._late.after(until_s)
        return together(parts, late)


def newest(told: list[Tracks]) -> Tracks:
    """Return of each track the last of its rows."""
    told = [tracks for tracks in told if len(tracks)]
    if not told:
        return NO_TRACKS
    tracks = join(told)
    _, last = np.unique(tracks.track_number[::-1], return_index=True)
    return tracks.rows(np.sort(len(tracks) - 1 - last))
