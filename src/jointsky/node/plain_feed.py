"""A tracker that takes plots as they come."""

from __future__ import annotations

from jointsky.node.setup import Network
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.tracking.tracker import Tracker


class PlainFeed:
    """Plots of any origin in, tracks out."""

    def __init__(self, network: Network, site: int) -> None:
        self._tracker = Tracker(network.sensors, network.tracker)
        self._waiting: list[Plots] = []

    @property
    def refused(self) -> int:
        """Return how many plots no tracker could take."""
        return self._tracker.refused

    @property
    def too_late(self) -> int:
        """Return how many plots came too late."""
        return self._tracker.too_late

    def take(self, plots: Plots, now_s: float) -> None:
        """Keep plots for the next ``advance``."""
        self._waiting.append(plots)

    def advance(self, now_s: float, complete_s: float) -> Tracks:
        """Return the rows of tracks that the plots brought."""
        waiting, self._waiting = self._waiting, []
        return self._tracker.update(join(waiting) if waiting else Plots.make(0))

    def picture(self, time_s: float) -> Tracks:
        """Return the tracks as expected at a time."""
        return self._tracker.picture(time_s)
