"""A site's plots, its own and others', reach its tracker in order, or are put in their place.

Plots of other sites come later than one's own.  They are waited for until their origins have told
up to when they are complete, but no longer than ``hold_s``; what comes later still puts the
tracker back, many plots at once where many come.  So the tracks depend on which plots came, not on
their order: sites of a domain that have the same plots have the same tracks and numbers.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from jointsky.node.catching_up import CatchingUp
from jointsky.node.domains import domain_of, sensors_of, spread
from jointsky.node.setup import Network
from jointsky.records.columns import join, parted
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.tracking.telling import NO_TRACKS
from jointsky.tracking.tracker import Tracker

STEP_S = 0.25  # between the newest states kept: a plot that is a little late costs little
SECTOR_S = 0.03  # neighbours in a sweep are waited for at most so long
AHEAD_S = 60.0  # a plot from so far in the future is damage
SOONEST_S, SHARE_OF_DEPTH, LATEST_S = 0.1, 0.05, 10.0
GATHERED = 0.2  # part of share_interval_s: the tracker goes on at most so often, with all by then,
LEAST_GATHERED_S = 0.015  # and no oftener than this: a step costs as much as many plots
AGAIN_HZ = 5_000.0  # late ones wait as long as it takes to see so many a second since them
MOMENT_S = 1e-6  # more than times of day are rounded by
CATCH_UP_HZ, MOST_CATCH_UP_HZ = 15_000.0, 70_000.0  # plots a second that are taken once more,
CATCH_UP_S, TICK_S = 5.0, 0.02  # as many as are done within so long; and how often


class Feed:
    """The tracker of a site's domain and what waits for it.

    ``plots.sensor`` and the bits of ``tracks.sensors`` count the sensors of the whole network;
    tracks are numbered after the plots that began them.  Late plots that put the tracker back by
    more than ``most_at_once`` plots are worked off beside it.  All times are POSIX seconds, UTC.
    """

    def __init__(self, network: Network, site: int, most_at_once: int = 4_000) -> None:
        self.rows = sensors_of(network, domain_of(network, site))
        self.late = 0  # plots that came after the tracker had gone on
        self.too_late = 0  # plots older than late_s when they came: lost to the tracks
        self._refused = 0
        self.replays = 0  # how often late plots put the tracker back
        self._site = site
        self._count = len(network.sensors)
        self._local = np.full(self._count, -1, np.int32)
        self._local[self.rows] = np.arange(len(self.rows))
        self._hold_s = network.settings.hold_s
        self._late_s = network.settings.late_s
        settings = msgspec.structs.replace(
            network.tracker,
            late_s=self._late_s + self._hold_s + 3.0 * LATEST_S,
            sector_s=min(network.tracker.sector_s, SECTOR_S),
        )
        sensors = [network.sensors[row] for row in self.rows.tolist()]
        step_s = max(STEP_S, 0.5 * network.settings.share_interval_s)
        self._tracker = Tracker(
            sensors, settings, epoch_s=network.epoch_s, numbers="birth", step_s=step_s
        )
        self.frontier_s = -math.inf  # the tracker has gone on to here
        self._waiting: list[Plots] = []  # newer than that
        self._pool: list[Plots] = []  # late ones, that are to put the tracker back together
        self._pooled_s = -math.inf  # when the first of them came
        self._oldest_s = math.inf  # time of the oldest of them
        self._worth_s = 0.0  # the work to put the tracker back to it is worth waiting so long
        self._replayed_s = -math.inf
        self._most = most_at_once
        self._catching_up: CatchingUp | None = None
        self._now_s = -math.inf  # of the last call of advance
        self._gather_s = max(GATHERED * network.settings.share_interval_s, LEAST_GATHERED_S)
        self._gathering = False  # there is something to do, and more may come soon
        self._went_on_s = -math.inf

    @property
    def replayed(self) -> int:
        """Return how many plots the tracker has taken again because others came late."""
        return self._tracker.again

    @property
    def refused(self) -> int:
        """Return how many plots had no time, place or sensor of the domain, or a time to come."""
        return self._refused + self._tracker.refused

    @property
    def is_behind(self) -> bool:
        """Return whether late plots wait that the tracks do not show yet."""
        return bool(self._pool) or self._catching_up is not None

    @property
    def used(self) -> int:
        """Return how many plots found a track."""
        return self._tracker.used

    def take(self, plots: Plots, now_s: float) -> None:
        """Take plots of any origin, quantised as they are shared; ``advance`` works them off."""
        if len(plots) == 0:
            return
        known = (plots.sensor >= 0) & (plots.sensor < self._count)
        local = np.where(known, self._local[np.where(known, plots.sensor, 0)], -1).astype(np.int32)
        with np.errstate(invalid="ignore"):
            is_good = (local >= 0) & (plots.time_s <= now_s + AHEAD_S)
            in_time = is_good & (plots.time_s >= now_s - self._late_s)
            is_late = in_time & (plots.time_s <= self.frontier_s)
        good = int(np.count_nonzero(is_good))
        taken, late = int(np.count_nonzero(in_time)), int(np.count_nonzero(is_late))
        self._refused += len(plots) - good
        self.too_late += good - taken
        self.late += late
        plots = plots.replace(sensor=local)
        if late:
            pooled = plots.rows(is_late)
            self._pooled_s = self._pooled_s if self._pool else now_s
            self._pool.append(pooled)
            if pooled.time_s.min() < self._oldest_s:
                self._oldest_s = float(pooled.time_s.min())
                self._worth_s = self._tracker.plots_since(self._oldest_s) / AGAIN_HZ
        if taken > late:
            is_new = in_time & ~is_late
            self._waiting.append(plots if is_new.all() else plots.rows(is_new))

    def kept_bytes(self) -> int:
        """Return how much is remembered for plots that may come late."""
        return self._tracker.kept_bytes()

    def advance(self, now_s: float, complete_s: float) -> Tracks:
        """Work off plots up to ``complete_s``, when all have come, or to ``hold_s`` before now.

        Returns a row for each update of a track; where late plots put the tracker back, of each
        track only the newest.
        """
        until_s = min(max(complete_s, now_s - self._hold_s), now_s)
        since_s, self._now_s = now_s - self._now_s, now_s
        is_replay = self._catching_up is None and bool(self._pool)
        is_replay = is_replay and now_s >= self._replay_at_s()
        if until_s <= self.frontier_s and not is_replay and self._catching_up is None:
            return NO_TRACKS
        self._gathering = now_s < self._went_on_s + self._gather_s
        if self._gathering and not is_replay and self._catching_up is None:
            return NO_TRACKS
        self._gathering, self._went_on_s = False, now_s
        self.frontier_s = max(self.frontier_s, until_s)
        due = self._due()
        late = self._late_ones(now_s) if is_replay else Plots.make(0)
        if len(late) and self._tracker.plots_since(float(late.time_s.min())) > self._most:
            behind = self._tracker.behind(late)
            self._catching_up = None if behind is None else CatchingUp(*behind)
        elif len(late):
            return self._told(self._tracker.advance(join([due, late]), self.frontier_s, True))
        tracks = self._tracker.advance(due, self.frontier_s)
        if self._catching_up is None:
            return self._told(tracks)
        self._catching_up.add(due)
        wanted_hz = max(CATCH_UP_HZ, self._catching_up.left / CATCH_UP_S)
        most_hz = min(wanted_hz, MOST_CATCH_UP_HZ)
        most = max(self._most // 5, int(most_hz * min(since_s, 5.0 * TICK_S)), 1)
        caught_up = self._catching_up.step(most, self.frontier_s)
        if caught_up is None:
            return self._told(tracks)
        self._tracker, self._catching_up = self._catching_up.tracker, None
        return self._told(caught_up)

    def _due(self) -> Plots:
        """Return the plots that waited, up to the frontier; the others wait on."""
        is_due = [plots.time_s <= self.frontier_s for plots in self._waiting]
        parts, self._waiting = parted(self._waiting, is_due)
        return join(parts) if parts else Plots.make(0)

    def _late_ones(self, now_s: float) -> Plots:
        """Return the pooled plots, which are to be worked off now."""
        late = join(self._pool)
        self._pool, self._oldest_s, self._replayed_s = [], math.inf, now_s
        self.replays += 1
        return late

    def next_s(self) -> float:
        """Return when ``advance`` has something to do though nothing comes; inf: never."""
        if self._catching_up is not None:
            return self._now_s + TICK_S
        waiting_s = min((float(plots.time_s.min()) for plots in self._waiting), default=math.inf)
        due_s = min(waiting_s, self._tracker.closes_s()) + self._hold_s + MOMENT_S
        gathered_s = self._went_on_s + self._gather_s
        due_s = gathered_s if self._gathering else max(due_s, gathered_s)
        return min(due_s, self._replay_at_s()) if self._pool else due_s

    def picture(self, time_s: float) -> Tracks:
        """Return all confirmed tracks as expected at one time."""
        return self._told(self._tracker.picture(time_s))

    def _replay_at_s(self) -> float:
        """Return when pooled plots are to be worked off: the further back, the rarer."""
        depth_s = max(self._pooled_s - self._oldest_s, 0.0)
        wait_s = min(max(SHARE_OF_DEPTH * depth_s, self._worth_s, SOONEST_S), LATEST_S)
        return max(self._pooled_s, self._replayed_s) + wait_s

    def _told(self, tracks: Tracks) -> Tracks:
        return tracks.replace(
            sensors=spread(tracks.sensors, self.rows, self._count),
            source=np.full(len(tracks), self._site, np.int32),
        )
