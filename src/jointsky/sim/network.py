"""The sites of a scenario and the links between them, in simulated time.

A site looks at its clock and at what came over its links at even moments, ten to each interval at
which plots are shared.  What is sent at one moment is looked at at a later one, however short the
link, so all sites do what is due at a moment on their own, in any order or at once, and then what
they sent is given to the links in order of site: the outcome hangs on neither processes nor their
turns (conservative synchronisation, Chandy and Misra 1979).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import numpy as np

from jointsky.node.effects import Log
from jointsky.node.setup import LinkOf, Network, SiteOf
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built
from jointsky.sensors.surroundings import Observed
from jointsky.sim.agenda import Packet
from jointsky.sim.channels import Channel, Traffic
from jointsky.sim.crews import Arrival, Away, Crew, Here, Left, Went, shared_out
from jointsky.sim.hosted import moment_s, tick_of
from jointsky.tracking.settings import TrackerSettings

HANDED_S = 0.25  # a sensor hands its plots over so often, a sector of a turn,
_OF_INTERVAL = 0.25  # or in this part of the interval at which plots are shared, if that is longer
WORTH_SITE_S = (
    5_000.0  # for fewer seconds times sites a process takes longer to begin than it saves
)

Happened = tuple[float, str, Log]
"""What a site logged: when, its name, what."""


class SimulatedNetwork:
    """All nodes of a scenario, on one agenda; a site without sensors and links has none.

    ``crews``: in so many processes; 1: in this one.  A network in several is closed, or used
    ``with``.
    """

    def __init__(
        self,
        built: Built,
        tracker: TrackerSettings,
        with_covariance: bool = True,
        crews: int = 1,
    ) -> None:
        self.built = built
        self.network = network_of(built, tracker)
        linked = {row for link in built.links for row in link.ends}
        equipped = {sensor.site for sensor in built.sensors}
        self.rows = [k for k in range(len(built.sites)) if k in linked or k in equipped]
        kind = Here if crews == 1 else Away
        self._crews: list[Crew] = [
            kind(self.network, rows, built.begin_s, with_covariance)
            for rows in shared_out(self.rows, crews)
        ]
        self._crew_of = {row: k for k, crew in enumerate(self._crews) for row in crew.rows}
        self._next_s = [math.inf for _ in self._crews]
        self._coming: list[list[Arrival]] = [[] for _ in self._crews]
        self._channels = {
            (link.name, link.ends[way]): Channel(link, way, built.begin_s, built.seed)
            for link in built.links
            for way in (0, 1)
        }
        self._tick_s = tick_of(self.network)
        self._site_of = np.array([sensor.site for sensor in built.sensors], np.int32)
        self._samples = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, if there are any."""
        for crew in self._crews:
            crew.close()

    @property
    def traffic(self) -> list[Traffic]:
        """Return what went over each way of each link."""
        return [channel.traffic for channel in self._channels.values()]

    def left(self) -> dict[int, Left]:
        """Return what each site left by now, by its row."""
        left = [crew.left() for crew in self._crews]
        return {row: left[self._crew_of[row]][row] for row in self.rows}

    def pictures(self, rows: Sequence[int], now_s: float) -> dict[int, Tracks]:
        """Return the pictures of some sites as they expect the sky at a time."""
        made: dict[int, Tracks] = {}
        for k, crew in enumerate(self._crews):
            made |= crew.pictures([row for row in rows if self._crew_of[row] == k], now_s)
        return made

    def advance(self, seen: Observed, until_s: float) -> list[Happened]:
        """Let happen all up to a time, with what the sensors gave by then; return what was logged.

        ``seen`` was received since the last call, before ``until_s``.
        """
        handed = self._handed(seen, until_s)
        for k, crew in enumerate(self._crews):
            self._expect(k, crew.begin([one for one in handed if self._crew_of[one[0]] == k]))
        logged: list[Happened] = []
        while True:
            next_s = min(self._next_s, default=math.inf)
            sample_s = self.built.begin_s + self._samples * self.built.picture_interval_s
            if min(next_s, sample_s) > until_s:
                return logged
            if sample_s < next_s:
                self._samples += 1
                self._work(sample_s, list(range(len(self._crews))), is_sampled=True)
                continue
            busy = [k for k, due_s in enumerate(self._next_s) if due_s == next_s]
            logged += self._deliver(next_s, self._work(next_s, busy))

    def _work(self, now_s: float, busy: Sequence[int], is_sampled: bool = False) -> Went:
        """Have crews do what is due at a moment; return what went out, in order of sites."""
        for k in busy:
            self._crews[k].ask(now_s, self._coming[k], is_sampled)
            self._coming[k] = []
        went: Went = []
        for k in busy:
            more, next_s = self._crews[k].answer()
            went += more
            self._expect(k, next_s)
        return sorted(went, key=lambda one: one[0])

    def _expect(self, crew: int, next_s: float) -> None:
        """Take note of when a crew has something to do, what is on its way to it included."""
        self._next_s[crew] = min([next_s, *(time_s for _, time_s, _ in self._coming[crew])])

    def _handed(self, seen: Observed, until_s: float) -> list[tuple[int, float, Plots]]:
        """Return plots with the row of the site and the moment at which it has them."""
        begin_s = self.built.begin_s
        every_s = max(HANDED_S, _OF_INTERVAL * self.built.exchange.share_interval_s)
        turn = np.floor((seen.received_s - begin_s) / every_s).astype(np.int64) + 1
        site = self._site_of[seen.plots.sensor] if len(seen.plots) else np.empty(0, np.int32)
        handed = []
        for row in self.rows:
            mine = np.flatnonzero(site == row)
            mine = mine[np.argsort(turn[mine], kind="stable")]
            cuts = np.flatnonzero(np.diff(turn[mine])) + 1
            for rows in np.split(mine, cuts) if len(mine) else []:
                handed_s = begin_s + every_s * int(turn[rows[0]])
                time_s = min(moment_s(begin_s, self._tick_s, handed_s, begin_s), until_s)
                handed.append((row, time_s, seen.plots.rows(rows)))
        return handed

    def _deliver(self, now_s: float, went: Went) -> list[Happened]:
        """Give what sites sent now to the links; return what they logged."""
        logged: list[Happened] = []
        for row, effects in went:
            for effect in effects:
                if isinstance(effect, Log):
                    logged.append((now_s, self.built.sites[row].name, effect))
                    continue
                channel = self._channels[effect.link, row]
                arrives_s = channel.send(now_s, len(effect.packet))
                if arrives_s is not None:
                    to = channel.traffic.ends[1]
                    time_s = moment_s(self.built.begin_s, self._tick_s, arrives_s, now_s)
                    crew = self._crew_of[to]
                    self._coming[crew].append((to, time_s, Packet(effect.link, effect.packet)))
                    self._next_s[crew] = min(self._next_s[crew], time_s)
        return logged


def crews_for(built: Built, workers: int) -> int:
    """Return in how many processes the sites of a scenario are best simulated."""
    seconds = (built.end_s - built.begin_s) * len(built.sites)
    return workers if seconds >= WORTH_SITE_S else 1


def network_of(built: Built, tracker: TrackerSettings) -> Network:
    """Return what all nodes of a scenario know of it: no truth, and nobody's errors."""
    return Network(
        name=built.name,
        sites=[SiteOf(site.name, site.nation) for site in built.sites],
        sensors=[sensor.told for sensor in built.sensors],
        sensor_site=[sensor.site for sensor in built.sensors],
        links=[
            LinkOf(link.name, link.ends, link.share, link.bandwidth_kbps)
            for link in built.links
            if link.share != "words"
        ],
        releases=built.releases,
        epoch_s=built.begin_s,
        settings=built.exchange,
        tracker=tracker,
    )
