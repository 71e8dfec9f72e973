"""The sites of a scenario and the links between them, in simulated time.

A site looks at its clock and at what came over its links at even moments, ten to each interval at
which plots are shared.  What is sent at one moment is looked at at a later one, however short the
link, so all sites do what is due at a moment on their own, in any order or at once, and then what
they sent is given to the links in order of site: the outcome hangs on neither threads nor their
turns (conservative synchronisation, Chandy and Misra 1979).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from jointsky.node.effects import Log, Send
from jointsky.node.setup import LinkOf, Network, SiteOf
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built
from jointsky.sensors.surroundings import Observed
from jointsky.sim.agenda import Packet
from jointsky.sim.channels import Channel, Traffic
from jointsky.sim.hosted import Hosted
from jointsky.sim.shown import Shown
from jointsky.tracking.settings import TrackerSettings

HANDED_S = 0.25  # a sensor hands its plots over so often, a sector of a turn,
_OF_INTERVAL = 0.25  # or in this part of the interval at which plots are shared, if that is longer

Apply = Callable[..., Iterable[Any]]
"""``map``, or that of a pool: results come in the order of the arguments."""

Happened = tuple[float, str, Log]
"""What a site logged: when, its name, what."""


class SimulatedNetwork:
    """All nodes of a scenario, on one agenda; a site without sensors and links has none."""

    def __init__(
        self, built: Built, tracker: TrackerSettings, with_covariance: bool = True
    ) -> None:
        self.built = built
        self.network = network_of(built, tracker)
        linked = {row for link in built.links for row in link.ends}
        equipped = {sensor.site for sensor in built.sensors}
        self.hosted = {
            row: Hosted(self.network, row, built.begin_s)
            for row in range(len(built.sites))
            if row in linked or row in equipped
        }
        source = len(built.sensors)
        self.shown = {row: Shown(source + row, with_covariance) for row in self.hosted}
        self._channels = {
            (link.name, link.ends[way]): Channel(link, way, built.begin_s, built.seed)
            for link in built.links
            for way in (0, 1)
        }
        self._site_of = np.array([sensor.site for sensor in built.sensors], np.int32)
        self._samples = 0

    @property
    def traffic(self) -> list[Traffic]:
        """Return what went over each way of each link."""
        return [channel.traffic for channel in self._channels.values()]

    def advance(self, seen: Observed, until_s: float, apply: Apply = map) -> list[Happened]:
        """Let happen all up to a time, with what the sensors gave by then; return what was logged.

        ``seen`` was received since the last call, before ``until_s``.
        """
        self._hand_over(seen, until_s)
        logged: list[Happened] = []
        while True:
            next_s = min((host.agenda.next_s for host in self.hosted.values()), default=math.inf)
            sample_s = self._next_sample_s()
            if min(next_s, sample_s) > until_s:
                return logged
            if sample_s < next_s:
                self._sample(sample_s, apply)
                continue
            busy = [host for host in self.hosted.values() if host.agenda.next_s == next_s]
            done = list(map(_work, busy) if len(busy) == 1 else apply(_work, busy))
            logged += self._deliver(next_s, busy, done)

    def _hand_over(self, seen: Observed, until_s: float) -> None:
        """Put plots into the agendas of their sites, at the moments at which they have them."""
        begin_s = self.built.begin_s
        every_s = max(HANDED_S, _OF_INTERVAL * self.built.exchange.share_interval_s)
        turn = np.floor((seen.received_s - begin_s) / every_s).astype(np.int64) + 1
        site = self._site_of[seen.plots.sensor] if len(seen.plots) else np.empty(0, np.int32)
        for row, host in self.hosted.items():
            mine = np.flatnonzero(site == row)
            mine = mine[np.argsort(turn[mine], kind="stable")]
            cuts = np.flatnonzero(np.diff(turn[mine])) + 1
            for rows in np.split(mine, cuts) if len(mine) else []:
                handed_s = begin_s + every_s * int(turn[rows[0]])
                time_s = min(host.moment_s(handed_s, begin_s), until_s)
                host.agenda.plots(time_s, seen.plots.rows(rows))

    def _deliver(
        self, now_s: float, busy: Sequence[Hosted], done: Sequence[list[Send | Log]]
    ) -> list[Happened]:
        """Give what sites sent now to the links, in order of sites; return what they logged."""
        logged: list[Happened] = []
        for host, effects in zip(busy, done, strict=True):
            for effect in effects:
                if isinstance(effect, Log):
                    logged.append((now_s, host.name, effect))
                    continue
                channel = self._channels[effect.link, host.row]
                arrives_s = channel.send(now_s, len(effect.packet))
                if arrives_s is not None:
                    to = self.hosted[channel.traffic.ends[1]]
                    moment_s = to.moment_s(arrives_s, now_s)
                    to.agenda.packet(moment_s, Packet(effect.link, effect.packet))
        return logged

    def _next_sample_s(self) -> float:
        return self.built.begin_s + self._samples * self.built.picture_interval_s

    def _sample(self, time_s: float, apply: Apply) -> None:
        """Keep the picture that each site shows at a moment, all before it done."""
        hosts = list(self.hosted.values())
        pictures: Iterable[Tracks] = apply(_picture, hosts, [time_s] * len(hosts))
        for host, picture in zip(hosts, pictures, strict=True):
            self.shown[host.row].keep(time_s, picture)
        self._samples += 1


def network_of(built: Built, tracker: TrackerSettings) -> Network:
    """Return what all nodes of a scenario know of it: no truth, and nobody's errors."""
    return Network(
        name=built.name,
        sites=[SiteOf(site.name, site.nation) for site in built.sites],
        sensors=[sensor.told for sensor in built.sensors],
        sensor_site=[sensor.site for sensor in built.sensors],
        links=[
            LinkOf(link.name, link.ends, link.share, link.bandwidth_kbps) for link in built.links
        ],
        releases=built.releases,
        epoch_s=built.begin_s,
        settings=built.exchange,
        tracker=tracker,
    )


def _work(host: Hosted) -> list[Send | Log]:
    return host.work()


def _picture(host: Hosted, time_s: float) -> Tracks:
    return host.node.picture(time_s)
