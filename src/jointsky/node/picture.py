"""One site's picture: what it and the other sites see becomes tracks that all number alike.

Told what happened and when, it answers with effects.  It has no input or output of its own, reads
no clock, and never sees truth.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from jointsky.node.effects import Effect, Keep, Log, Send, Told, Wake
from jointsky.node.flooding import Flooding, pack_plots, unpack_plots
from jointsky.node.plain_feed import PlainFeed
from jointsky.node.setup import Network
from jointsky.records.columns import join
from jointsky.records.exchange import PLOTS, Message
from jointsky.records.plots import Plots
from jointsky.records.status import NodeStatus, SensorStatus
from jointsky.records.tracks import Tracks


class PictureNode:
    """The brain of one site's picture.

    ``site`` is its row among the sites of the network; ``begun_s`` is when this life of it began.
    All times are POSIX seconds, UTC.  ``on_time`` may be called at any moment, and should be where
    a ``Wake`` asked for it.
    """

    def __init__(self, network: Network, site: int, begun_s: float) -> None:
        self.network = network
        self.site = site
        self.begun_s = begun_s
        self._own = np.array(network.sensor_site) == site
        self._exchange = Flooding(network, site, begun_s)
        self._feed = PlainFeed(network, site)
        self._to_tell: list[Plots] = []
        self._tell_at_s = math.inf
        self._woken_s = math.inf
        self._plots = 0
        self._messages = 0
        self._of_sensor = np.zeros(len(network.sensors), np.int64)
        self._newest_s = np.full(len(network.sensors), np.nan)

    def on_plots(self, plots: Plots, now_s: float) -> list[Effect]:
        """Take plots of the site's own sensors, by their rows in the network."""
        if len(plots):
            np.add.at(self._of_sensor, plots.sensor, 1)
            np.fmax.at(self._newest_s, plots.sensor, plots.time_s)
            self._plots += len(plots)
            self._feed.take(plots, now_s)
            self._to_tell.append(plots)
            self._tell_at_s = min(self._tell_at_s, now_s + self.network.settings.share_interval_s)
        return self._go_on(now_s, [])

    def on_record(self, link: str, packet: bytes, now_s: float) -> list[Effect]:
        """Take a packet that came over a link from the site at its other end."""
        heard = self._exchange.on_packet(link, packet, now_s)
        effects: list[Effect] = [
            Log("packet-refused", {"link": link, "why": fault}) for fault in heard.faults
        ]
        for message in heard.messages:
            effects.append(Keep(message))
            self._hear(message, now_s)
        return self._go_on(now_s, effects)

    def on_time(self, now_s: float) -> list[Effect]:
        """Do what is due."""
        return self._go_on(now_s, [])

    def restore(self, messages: Sequence[Message], now_s: float) -> list[Effect]:
        """Know again what was kept, the site's own and others'; before anything else is told."""
        self._exchange.restore(list(messages))
        for message in messages:
            self._hear(message, now_s)
        return self._go_on(now_s, [])

    def picture(self, time_s: float) -> Tracks:
        """Return the site's picture as expected at a time, without changing it."""
        return self._as_ours(self._feed.picture(time_s))

    def status(self, now_s: float) -> NodeStatus:
        """Return how the node, its sensors and its links are doing."""
        site = self.network.sites[self.site]
        since_s = max(now_s - self.begun_s, 1.0)
        return NodeStatus(
            site=site.name,
            nation=site.nation,
            time_s=now_s,
            begun_s=self.begun_s,
            tracks=len(self._feed.picture(now_s)),
            plots=self._plots,
            refused=self._feed.refused,
            too_late=self._feed.too_late,
            messages=self._messages,
            sensors=tuple(
                SensorStatus(
                    name=self.network.sensors[row].name,
                    row=row,
                    plots=int(self._of_sensor[row]),
                    rate_per_s=float(self._of_sensor[row] / since_s),
                    last_plot_s=_known(self._newest_s[row]),
                )
                for row in np.flatnonzero(self._own).tolist()
            ),
        )

    def _hear(self, message: Message, now_s: float) -> None:
        self._messages += 1
        if message.kind == PLOTS:
            plots = unpack_plots(message.body)
            self._plots += len(plots)
            self._feed.take(plots, now_s)

    def _go_on(self, now_s: float, effects: list[Effect]) -> list[Effect]:
        """Do what is due after anything that happened; return it all."""
        if now_s >= self._tell_at_s:
            body = pack_plots(join(self._to_tell))
            effects.append(Keep(self._exchange.tell(PLOTS, body, now_s)))
            self._to_tell, self._tell_at_s = [], math.inf
        effects += [Send(link, packet) for link, packet in self._exchange.on_time(now_s)]
        tracks = self._feed.advance(now_s, now_s)
        if len(tracks):
            effects.append(Told(self._as_ours(tracks)))
        if self._tell_at_s < math.inf and not now_s < self._woken_s <= self._tell_at_s:
            effects.append(Wake(self._tell_at_s))
            self._woken_s = self._tell_at_s
        return effects

    def _as_ours(self, tracks: Tracks) -> Tracks:
        return dataclasses.replace(tracks, source=np.full(len(tracks), self.site, np.int32))


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
