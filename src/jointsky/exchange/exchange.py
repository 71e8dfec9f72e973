"""What a site has been told and tells: a set of messages that all sites come to have alike."""

from __future__ import annotations

import dataclasses
import math
import zlib
from collections.abc import Iterable

from jointsky.errors import InputError
from jointsky.exchange import rules
from jointsky.exchange.octets import Octets, real, varint
from jointsky.exchange.rules import LinkFacts, NetworkFacts
from jointsky.exchange.wire import complete_s
from jointsky.records.exchange import PLOTS, Message
from jointsky.records.links import LinkEvent, LinkStatus

MAGIC, VERSION = b"JS", 1
MOST_BODY = 1 << 20


@dataclasses.dataclass(frozen=True)
class Heard:
    """What was in a packet: messages that are new here, and what could not be believed."""

    messages: tuple[Message, ...] = ()
    faults: tuple[str, ...] = ()


class Exchange:
    """The exchange of one site."""

    def __init__(self, network: NetworkFacts, site: int, begun_s: float) -> None:
        self.network, self.site = network, site
        self.life = round(begun_s * 1000)
        self._digest = rules.digest(network)
        self._rows = {facts.name: row for row, facts in enumerate(network.sites)}
        self._links = {link.name: link for link in network.links if site in link.ends}
        self._next = 0
        self._known: dict[tuple[str, int, int], Message] = {}
        self._waiting: dict[str, list[Message]] = {name: [] for name in self._links}
        self._complete_s = [-math.inf] * len(network.sites)

    def tell(self, kind: str, body: bytes, now_s: float) -> Message:
        """Return the site's next message, which goes to all who may have it."""
        name = self.network.sites[self.site].name
        message = Message(name, self.life, self._next, kind, now_s, body)
        self._next += 1
        self._take(message, "")
        return message

    def restore(self, messages: Iterable[Message]) -> None:
        """Take messages that were kept from a former life, before anything is told."""
        for message in messages:
            self._known[message.origin, message.life, message.number] = message
            if message.origin == self.network.sites[self.site].name:
                self.life = max(self.life, message.life + 1)

    def on_packet(self, link: str, packet: bytes, now_s: float) -> Heard:
        """Take a packet that came over a link; garbage is told as a fault and nothing more."""
        try:
            message = self._read(self._links[link], packet)
        except InputError as fault:
            return Heard(faults=(str(fault),))
        if (message.origin, message.life, message.number) in self._known:
            return Heard()
        self._take(message, link)
        return Heard((message,))

    def on_time(self, now_s: float) -> list[tuple[str, bytes]]:
        """Return the packets that are due, each with its link."""
        out = []
        for name, waiting in self._waiting.items():
            out += [(name, self._packet(message)) for message in waiting]
            waiting.clear()
        return out

    def next_s(self) -> float:
        """Return when ``on_time`` has something to do; infinity: not before something happens."""
        return -math.inf if any(self._waiting.values()) else math.inf

    def events(self) -> list[LinkEvent]:
        """Return what happened to the links since this was asked last."""
        return []

    def links(self, now_s: float) -> list[LinkStatus]:
        """Return how the site's links are doing."""
        return []

    def complete_s(self, now_s: float) -> float:
        """Return until when the plots of all other sites of the domain are complete here.

        The least over the sites that are heard; infinity where there are none.
        """
        others = [s for s in rules.domain(self.network, self.site) if s != self.site]
        return min((self._complete_s[s] for s in others), default=math.inf)

    def _take(self, message: Message, came_by: str) -> None:
        self._known[message.origin, message.life, message.number] = message
        origin = self._rows[message.origin]
        if message.kind == PLOTS:
            self._complete_s[origin] = max(self._complete_s[origin], complete_s(message.body))
        for name, link in self._links.items():
            goes = rules.may_pass(self.network, link, self.site, origin, message.kind)
            if goes and name != came_by and rules.neighbour(link, self.site) != origin:
                self._waiting[name].append(message)

    def _packet(self, message: Message) -> bytes:
        body = b"".join(
            (
                MAGIC + bytes((VERSION,)) + self._digest + varint(self._rows[message.origin]),
                varint(message.life) + varint(message.number),
                bytes((rules.KINDS.index(message.kind),)) + real(message.time_s),
                varint(len(message.body)) + message.body,
            )
        )
        return body + zlib.crc32(body).to_bytes(4, "big")

    def _read(self, link: LinkFacts, packet: bytes) -> Message:
        octets = Octets(packet[:-4], f"link {link.name}")
        if zlib.crc32(octets.data) != int.from_bytes(packet[-4:], "big"):
            raise octets.fault("a wrong check sum")
        if octets.take(3) != MAGIC + bytes((VERSION,)) or octets.take(4) != self._digest:
            raise octets.fault("a packet of another network or version", self.network.name)
        origin = self.network.sites[octets.varint(len(self.network.sites) - 1)].name
        life, number, kind = octets.varint(1 << 50), octets.varint(), octets.octet()
        if kind >= len(rules.KINDS):
            raise octets.fault(f"a message of kind {kind}")
        time_s = octets.real()
        body = octets.take(octets.varint(MOST_BODY))
        octets.end()
        if rules.KINDS[kind] == PLOTS:
            complete_s(body)
        return Message(origin, life, number, rules.KINDS[kind], time_s, body)
