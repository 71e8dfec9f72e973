"""Own plots on their way out: rounded as others will have them, gathered, told together."""

from __future__ import annotations

import math

import numpy as np

from jointsky.exchange import wire
from jointsky.records.columns import join
from jointsky.records.plots import Plots

MOST_ROWS = 4096  # of one message, which is sent again as a whole where it is lost
STILL_S = 0.25  # where none wait, others are told so often that they lack none


class Outgoing:
    """Plots of a site's own sensors that wait to be told, at most ``interval_s``.

    For ``still_s`` after the last plots it is told that there are no others: nobody is to wait.
    """

    def __init__(self, interval_s: float, still_s: float = 0.0) -> None:
        self._interval_s, self._still_s = interval_s, still_s
        self._came_s = -math.inf
        self._waiting: list[Plots] = []
        self._body = b""  # of what waits, where that came all at once
        self.due_s = math.inf
        self.unsendable = 0  # plots with values that no plot has

    def take(self, plots: Plots, now_s: float) -> Plots:
        """Return plots as every site will have them, and keep them to be told."""
        shared, body = self._shared(plots)
        if len(shared):
            self._body = b"" if self._waiting else body
            self._came_s = now_s
            self.due_s = min(self.due_s if self._waiting else math.inf, now_s + self._interval_s)
            self._waiting.append(shared)
        return shared

    def bodies(self, now_s: float, complete_s: float) -> list[bytes]:
        """Return what is to be told now; ``complete_s``: all plots from before it are told."""
        if now_s < self.due_s:
            return []
        plots, body = join(self._waiting or [Plots.make(0)]), self._body
        self._waiting, self._body = [], b""
        again_s = now_s + max(STILL_S, self._interval_s)
        self.due_s = again_s if again_s <= self._came_s + self._still_s else math.inf
        if body:
            return [wire.completed(body, complete_s)]
        cuts = range(MOST_ROWS, len(plots), MOST_ROWS)
        parts = [plots.rows(rows) for rows in np.split(np.arange(len(plots)), list(cuts))]
        until_s = [math.nan] * (len(parts) - 1) + [complete_s]
        return [wire.pack_plots(part, s) for part, s in zip(parts, until_s, strict=True)]

    def _shared(self, plots: Plots) -> tuple[Plots, bytes]:
        """Return plots rounded, and as octets if they fit into one body.

        What cannot be told at all is found by halves and left out.
        """
        try:
            if len(plots) <= MOST_ROWS:
                body = wire.pack_plots(plots)
                return wire.unpack_plots(body), body
        except ValueError:  # a value in it that no plot has
            if len(plots) == 1:
                self.unsendable += 1
                return Plots.make(0), b""
        middle = len(plots) // 2
        halves = plots.rows(slice(0, middle)), plots.rows(slice(middle, None))
        return join([self._shared(half)[0] for half in halves]), b""
