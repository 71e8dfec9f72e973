"""One site's picture: what it and the other sites see becomes tracks that all number alike.

Told what happened and when, it answers with effects.  It has no input or output of its own, reads
no clock, and never sees truth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.exchange.exchange import Exchange, Heard
from jointsky.exchange.wire import unpack_reports
from jointsky.node.biases import Biases
from jointsky.node.effects import Effect, Keep, Log, Send, Told, Wake
from jointsky.node.feeding import Feed
from jointsky.node.guards import Guards
from jointsky.node.guards_peers import Peers
from jointsky.node.naming import Naming
from jointsky.node.outgoing import Outgoing
from jointsky.node.setup import Network
from jointsky.records.columns import join
from jointsky.records.exchange import PLOTS, STATUS, Message
from jointsky.records.plots import Plots
from jointsky.records.status import NodeStatus
from jointsky.records.tracks import Tracks
from jointsky.tracking.registration import Aside

Floats = npt.NDArray[np.float64]

SOONEST_S = 0.001  # a node does not ask to be woken at once
NO_PLOTS = Plots.make(0)
COUNTED_S = 5.5  # a count of tracks in the status is no older
RESTORED_PLOTS = 200_000  # the newest of what was kept begin the tracks anew


class PictureNode:
    """The brain of one site's picture.

    ``site`` is its row among the sites of the network; ``begun_s`` is when this life of it began.
    All times are POSIX seconds, UTC.  ``on_time`` may be called at any moment, and should be where
    a ``Wake`` asked for it.  ``aside`` runs what of registration takes long; by default it
    is done at once.  A host that looks only every ``looks_s`` is told at once of packets that would
    be due before it looks again.
    """

    def __init__(
        self,
        network: Network,
        site: int,
        begun_s: float,
        aside: Aside | None = None,
        looks_s: float = 0.0,
    ) -> None:
        self.network = network
        self.site = site
        self.begun_s = begun_s
        self._rows = {one.name: row for row, one in enumerate(network.sites)}
        self._links = {link.name for link in network.links if site in link.ends}
        self._exchange = Exchange(network, site, begun_s, looks_s)
        self._feed = Feed(network, site)
        self._naming = Naming(network, site, begun_s)
        self._guards = Guards(network, site)
        self._peers = Peers(network, site)
        self._biases = Biases(network, site, aside)
        still_s = network.settings.lost_after_s if len(self._exchange.domain) > 1 else 0.0
        self._outgoing = Outgoing(network.settings.share_interval_s, still_s)
        self._pictured = -math.inf, 0  # when a picture was asked for last, and its tracks
        self._woken_s = -math.inf
        self._plots = 0
        self._messages = 0
        self._octets_kept = 0

    def on_plots(self, plots: Plots, now_s: float, came_s: Floats | None = None) -> list[Effect]:
        """Take plots of the site's own sensors, by their rows in the network.

        ``came_s`` (n,): when each came, where a host that was busy tells of it only now.
        """
        return self.on_all(plots, (), now_s, came_s)

    def on_record(self, link: str, packet: bytes, now_s: float) -> list[Effect]:
        """Take a packet that came over a link from the site at its other end."""
        return self.on_all(NO_PLOTS, [(link, packet)], now_s)

    def on_all(
        self,
        plots: Plots,
        packets: Sequence[tuple[str, bytes]],
        now_s: float,
        came_s: Floats | None = None,
    ) -> list[Effect]:
        """Take all that came by now, packets with their links: quicker than one by one."""
        if len(plots):
            self._take_own(self._guards.check(plots, now_s, self._feed.picture, came_s), now_s)
        effects: list[Effect] = []
        for link, packet in packets:
            heard = Heard(faults=(f"{link!r} is no link of this site",))
            if link in self._links:
                heard = self._exchange.on_packet(link, packet, now_s)
            for fault in heard.faults:
                self._peers.bad_packet(link, fault, now_s)
            effects += [self._keep(message) for message in heard.messages]
            for message in heard.messages:
                self._messages += 1
                self._hear(message, now_s)
        return self._go_on(now_s, effects)

    def on_time(self, now_s: float) -> list[Effect]:
        """Do what is due."""
        return self._go_on(now_s, [])

    def restore(self, messages: Sequence[Message], now_s: float) -> list[Effect]:
        """Know again what was kept, the site's own and others'; before anything else is told."""
        self._exchange.restore(messages)
        oldest_s = now_s - self.network.settings.late_s
        parts: list[Plots] = []
        for message in messages:
            self._octets_kept += len(message.body)
            if message.kind != PLOTS:
                self._hear(message, now_s)
            elif message.time_s >= oldest_s and message.origin in self._rows:
                parts.append(self._peers.plots(message, now_s))
        if parts:
            plots = join(parts)
            newest = np.argsort(plots.time_s, kind="stable")[-RESTORED_PLOTS:]
            self._feed.take(plots.rows(newest), now_s)
        facts = {"messages": len(messages), "plots": sum(len(part) for part in parts)}
        return self._go_on(now_s, [Log("node-restored", facts)])

    def picture(self, time_s: float) -> Tracks:
        """Return the site's picture as expected at a time, without changing it."""
        made = self._naming.joint.picture(time_s, self._feed.picture(time_s))
        self._pictured = time_s, len(made)
        return made

    def status(self, now_s: float) -> NodeStatus:
        """Return how the node, its sensors and its links are doing."""
        site = self.network.sites[self.site]
        if not 0.0 <= now_s - self._pictured[0] < COUNTED_S:
            self.picture(now_s)
        return NodeStatus(
            site=site.name,
            nation=site.nation,
            time_s=now_s,
            begun_s=self.begun_s,
            life=self._exchange.life,
            tracks=self._pictured[1],
            plots=self._plots,
            used=self._feed.used,
            late=self._feed.late,
            too_late=self._feed.too_late,
            refused=self._feed.refused + self._guards.not_ours + self._outgoing.unsendable,
            replays=self._feed.replays,
            messages=self._messages,
            octets_kept=self._octets_kept,
            sensors=self._guards.status(),
            peers=self._peers.status(),
            links=tuple(self._exchange.links(now_s)),
            biases=tuple(self._biases.estimates()),
        )

    def _take_own(self, plots: Plots, now_s: float) -> None:
        """Take plots that the guards let pass: register, round, keep for the others, track."""
        if len(plots) == 0:
            return
        self._plots += len(plots)
        shared = self._outgoing.take(self._biases.correct(plots), now_s)
        self._feed.take(shared, now_s)

    def _hear(self, message: Message, now_s: float) -> None:
        """Take another site's message, or one that was kept."""
        origin = self._rows.get(message.origin)
        if origin is None:
            return
        if message.kind == PLOTS:
            plots = self._peers.plots(message, now_s)
            self._plots += len(plots)
            self._biases.take_others(plots)
            self._feed.take(self._biases.without_wrong_clocks(plots), now_s)
        elif message.kind == STATUS:
            fault = self._biases.hear(message, origin == self.site)
            if fault:
                self._peers.garbage(message.origin, fault, now_s)
        else:
            try:
                reports = unpack_reports(message.body)
            except InputError as error:
                self._peers.garbage(message.origin, str(error), now_s)
            else:
                self._naming.take(origin, reports, now_s, message.life)

    def _tell(self, kind: str, body: bytes, now_s: float) -> Keep:
        message = self._exchange.tell(kind, body, now_s)
        if kind not in (PLOTS, STATUS):  # what it says itself is a claim to numbers like others'
            self._naming.take(self.site, unpack_reports(body), now_s, message.life)
        return self._keep(message)

    def _keep(self, message: Message) -> Keep:
        self._octets_kept += len(message.body)
        return Keep(message)

    def _go_on(self, now_s: float, effects: list[Effect]) -> list[Effect]:
        """Do what is due after anything that happened; return it all."""
        self._take_own(self._guards.on_time(now_s, self._feed.picture), now_s)
        own_s = self._guards.complete_s(now_s)
        tell = [(PLOTS, body) for body in self._outgoing.bodies(now_s, own_s)]
        logs: list[Log] = []
        noted, body = self._biases.advance(now_s)
        logs += noted
        tell += [(STATUS, body)] if body else []
        tracks = self._feed.advance(now_s, min(own_s, self._exchange.complete_s(now_s)))
        if len(tracks):
            effects.append(Told(self._naming.joint.shown(tracks)))
        if self._naming.is_due(now_s):
            said = self._naming.step(now_s, self._feed.picture(now_s))
            tell += said.bodies
            logs += said.logs
            effects += [Told(said.others)] if len(said.others) else []
        effects += [self._tell(kind, body, now_s) for kind, body in tell]
        effects += [Send(link, packet) for link, packet in self._exchange.on_time(now_s)]
        for event in self._exchange.events():
            logs.append(Log(event.kind, {"link": event.link, **event.facts}))
            if event.kind == "link-up":
                self._naming.healed(now_s)
        effects += logs
        effects += self._guards.logs(now_s)
        effects += self._peers.logs(now_s)
        return effects + self._wake(now_s)

    def next_s(self) -> float:
        """Return when something is due if nothing comes before; infinity: never."""
        return min(
            self._outgoing.due_s,
            self._exchange.next_s(),
            self._feed.next_s(),
            self._naming.next_s(),
            self._guards.next_s(),
            self._peers.next_s(),
        )

    def _wake(self, now_s: float) -> list[Effect]:
        """Return when the node next wants to be called, unless that has been said."""
        next_s = max(self.next_s(), now_s + SOONEST_S)
        if next_s == math.inf or now_s < self._woken_s <= next_s:
            return []
        self._woken_s = next_s
        return [Wake(next_s)]
