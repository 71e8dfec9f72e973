"""What a site tells and hears: a set of messages that all sites come to have alike.

New messages are pushed along the links; who gets them twice says so, and is told of them instead
("epidemic broadcast trees", Leitão, Pereira & Rodrigues 2007): one copy goes over each link that
needs it, and the others stand by.  What is lacking, lost or missed in an outage, is asked for.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

from jointsky.errors import InputError
from jointsky.exchange import packets, release, rules, shelves, wire
from jointsky.exchange.neighbour import Neighbour
from jointsky.exchange.packets import Ack, Carried, Frame, Have, Key, Prune, Void, Want
from jointsky.exchange.rules import NetworkFacts
from jointsky.exchange.shelves import Shelves
from jointsky.exchange.wanting import Wanting
from jointsky.records.exchange import Message
from jointsky.records.links import LinkEvent, LinkStatus

_AHEAD_S = 3600.0  # clocks may differ by so much
_TIDY_S = 1.0
_MOST_OCTETS = 256 << 20


@dataclasses.dataclass(frozen=True)
class Heard:
    """What was in a packet: messages that are new here, and what could not be believed."""

    messages: tuple[Message, ...] = ()
    faults: tuple[str, ...] = ()


class Exchange:
    """The exchange of one site, told what happened and when; it reads no clock and no socket.

    ``site`` is the site's row in the network, ``begun_s`` when this life of it began.  A host that
    looks only every ``looks_s`` gets at once what would be due before it looks again.
    """

    def __init__(
        self, network: NetworkFacts, site: int, begun_s: float, looks_s: float = 0.0
    ) -> None:
        self.network, self.site = network, site
        self.life = max(round(begun_s * 1000), 0)
        self.domain = rules.domain(network, site)
        self._names = [facts.name for facts in network.sites]
        self._rows = {name: row for row, name in enumerate(self._names)}
        self._digest = rules.digest(network)
        self._shelves = Shelves()
        given = release.filter_of(network, network.sites[site].nation)
        self._neighbours = {
            link.name: Neighbour(network, link, site, self._shelves, given, looks_s)
            for link in network.links
            if site in link.ends
        }
        for neighbour in self._neighbours.values():
            neighbour.since_s = begun_s
        self._wanting = Wanting(self._shelves, list(self._neighbours.values()))
        self._events: list[LinkEvent] = []
        self._next = 0
        self._tidy_s = -math.inf
        self._now_s = begun_s

    def tell(self, kind: str, body: bytes, now_s: float) -> Message:
        """Return the site's next message, which goes to all who may have it."""
        if kind not in rules.KINDS:
            raise ValueError(f"{kind!r} is no kind of message: {', '.join(rules.KINDS)}")
        if len(body) > packets.MOST_BODY:
            raise ValueError(f"{len(body)} octets in one body; at most {packets.MOST_BODY} fit")
        wire.check(kind, body, "tell")
        message = Message(self._names[self.site], self.life, self._next, kind, now_s, body)
        self._next += 1
        self._put((self.site, self.life), message, "", False, now_s)
        return message

    def restore(self, messages: Iterable[Message]) -> None:
        """Take messages that were kept from a former life, before anything is told.

        Messages of sites that the network does not know, and bodies that cannot be read, are
        passed over: what was kept may be of another network, or damaged.
        """
        for message in messages:
            origin = self._rows.get(message.origin)
            if origin is None or message.kind not in rules.KINDS:
                continue
            try:
                wire.check(message.kind, message.body, "kept")
            except InputError:
                continue
            if origin == self.site and self._next == 0:
                self.life = max(self.life, message.life + 1)
            shelf = self._shelves[origin, message.life]
            if message.number not in shelf.held and message.number >= shelf.floor:
                shelf.put(message, "")

    def on_packet(self, link: str, packet: bytes, now_s: float) -> Heard:
        """Take a packet that came over a link; garbage is told as a fault and nothing more."""
        neighbour = self._neighbours.get(link)
        if neighbour is None:
            raise ValueError(f"{self._names[self.site]} has no link {link!r}")
        neighbour.counts.packets_in += 1
        neighbour.counts.octets_in += len(packet)
        try:
            came = packets.unpacked(packet, self._digest, self._names, f"link {link}")
            self._require_neighbour(neighbour, came, now_s)
        except InputError as fault:
            neighbour.counts.refused += 1
            return Heard(faults=(str(fault),))
        if not self._is_of_this_life(neighbour, came.life, now_s):
            return Heard()
        elicits = any(not isinstance(frame, Ack) for frame in came.frames)
        if not neighbour.courier.came(came.number, elicits, now_s):
            neighbour.counts.duplicate += 1
            return Heard()
        neighbour.heard_s = now_s
        if elicits and not neighbour.is_up:
            neighbour.have_due_s = -math.inf
        messages, faults = [], []
        for frame in came.frames:
            try:
                new = self._take(neighbour, frame, now_s)
            except InputError as fault:
                neighbour.counts.refused += 1
                faults.append(str(fault))
                continue
            if new is not None:
                messages.append(new)
        self._look(neighbour, now_s)
        return Heard(tuple(messages), tuple(faults))

    def on_time(self, now_s: float) -> list[tuple[str, bytes]]:
        """Return the packets that are due, each with its link."""
        self._now_s = now_s
        if now_s >= self._tidy_s:
            self._tidy(now_s)
        for neighbour in self._neighbours.values():
            self._look(neighbour, now_s)
        self._wanting.ask(now_s)
        return [
            (name, packet)
            for name, neighbour in self._neighbours.items()
            for packet in neighbour.packets(self.life, now_s)
        ]

    def next_s(self) -> float:
        """Return when ``on_time`` has something to do, unless something happens before."""
        times = [neighbour.next_s(self._now_s) for neighbour in self._neighbours.values()]
        return min(self._wanting.next_s(), *times) if times else math.inf

    def events(self) -> list[LinkEvent]:
        """Return what happened to the links since this was asked last."""
        events, self._events = self._events, []
        return events

    def links(self, now_s: float) -> list[LinkStatus]:
        """Return how the site's links are doing."""
        return [neighbour.status() for neighbour in self._neighbours.values()]

    def complete_s(self, now_s: float) -> float:
        """Return until when the plots of all other sites of the domain are complete here.

        The least over those that told plots of late; infinity where there is none: nobody waits
        for a site that has no plots to tell.
        """
        since_s = now_s - self.network.settings.lost_after_s
        newest: dict[int, shelves.Shelf] = {}
        for (origin, _), shelf in self._shelves:
            if origin not in newest or shelf.newest_s >= newest[origin].newest_s:
                newest[origin] = shelf
        heard = [
            newest[row].complete_s
            for row in self.domain
            if row != self.site and row in newest
            if newest[row].newest_plots_s >= since_s
        ]
        return min(heard, default=math.inf)

    # what comes

    def _require_neighbour(self, neighbour: Neighbour, came: packets.Packet, now_s: float) -> None:
        where = f"link {neighbour.link.name}"
        if came.sender != neighbour.row:
            raise InputError(where, f"a packet of {self._names[came.sender]}", neighbour.name)
        if came.life > (now_s + _AHEAD_S) * 1000.0:
            raise InputError(where, "a packet of a life that begins an hour from now, or later")

    def _is_of_this_life(self, neighbour: Neighbour, life: int, now_s: float) -> bool:
        """Begin again with a neighbour that did; False: the packet is of a former life."""
        if life == neighbour.life:
            return True
        is_silent = now_s - neighbour.heard_s > self.network.settings.lost_after_s
        if life < neighbour.life and not is_silent:
            return False
        if neighbour.life >= 0:
            self._tell_event("neighbour-restarted", neighbour, now_s, {"life": life})
        neighbour.life = life
        neighbour.begin_again()
        return True

    def _take(self, neighbour: Neighbour, frame: Frame, now_s: float) -> Message | None:
        if isinstance(frame, Carried):
            return self._take_message(neighbour, frame, now_s)
        if isinstance(frame, Ack):
            arrived, lost = neighbour.courier.acknowledged(frame, now_s)
            for cargo in arrived:
                neighbour.arrived(cargo)
            for cargo in lost:
                neighbour.repair(cargo, now_s)
        elif isinstance(frame, Have):
            self._take_have(neighbour, frame, now_s)
        elif isinstance(frame, Want):
            neighbour.take_want(frame)
        elif isinstance(frame, Void):
            self._take_void(neighbour, frame, now_s)
        elif isinstance(frame, Prune):
            neighbour.take_prune(frame.origin)
        return None

    def _take_message(self, neighbour: Neighbour, frame: Carried, now_s: float) -> Message | None:
        message, key = frame.message, (frame.origin, frame.message.life)
        where = f"link {neighbour.link.name}: message {message.number} of {message.origin}"
        number = message.number
        if not neighbour.gives(frame.origin, message.kind):
            raise InputError(where, f"{message.kind} of {message.origin}", "what may pass")
        self._require_sane(message, key, where, now_s)
        neighbour.has[key].add(number, number + 1)
        if number in neighbour.asked[key]:  # what comes unasked does not tell that the rest will
            neighbour.asked[key].remove(number, number + 1)
            neighbour.asked_s = now_s
        shelf = self._shelves[key]
        if frame.voids:
            neighbour.take_void(key, [(number - frame.voids, number)])
            shelf.settle([(number - frame.voids, number)])
        if number in shelf.held:
            neighbour.counts.duplicate += 1
            if frame.is_pushed:
                self._consider_pruning(neighbour, frame.origin, shelf.came_by[number])
            return None
        if number < shelf.floor or message.time_s < now_s - self.network.settings.keep_s:
            self._miss(neighbour, key, shelf.unknown(number, number + 1), now_s)
            return None
        if frame.is_pushed:
            self._wanting.came(frame.origin)
        neighbour.counts.messages_in += 1
        self._put(key, message, neighbour.link.name, frame.is_old, now_s)
        return message

    def _require_sane(self, message: Message, key: Key, where: str, now_s: float) -> None:
        wire.check(message.kind, message.body, where)
        if not math.isfinite(message.time_s) or message.time_s > now_s + _AHEAD_S:
            raise InputError(where, f"told at {message.time_s} s", f"at most {now_s + _AHEAD_S}")
        if key == (self.site, self.life) and message.number >= self._next:
            raise InputError(where, "a message that this site never told")
        if key not in self._shelves:
            lives = self._shelves.lives(key[0])
            if len(lives) >= shelves.MOST_LIVES:
                raise InputError(where, f"one more life of {message.origin}", f"{len(lives)}")

    def _consider_pruning(self, neighbour: Neighbour, origin: int, came_by: str) -> None:
        """Ask a neighbour to push no more of an origin whose messages come sooner from another."""
        if came_by == neighbour.link.name:
            return
        first = self._neighbours.get(came_by)
        if first is None and origin != self.site:
            return
        if first is not None and (origin in first.pruned or not first.is_up):
            return
        neighbour.pruned.add(origin)
        neighbour.replies.append(Prune(origin))

    def _take_have(self, neighbour: Neighbour, have: Have, now_s: float) -> None:
        key = have.key
        offered = neighbour.take_have(have)
        if key == (self.site, self.life) or not neighbour.gives(key[0]):
            return
        is_new = key not in self._shelves
        if is_new and len(self._shelves.lives(key[0])) >= shelves.MOST_LIVES:
            return
        self._wanting.notice(key, offered, now_s)
        shelf = self._shelves[key]
        if have.is_all and have.floor > shelf.settled_to:
            self._miss(neighbour, key, shelf.unknown(shelf.settled_to, have.floor), now_s)

    def _take_void(self, neighbour: Neighbour, void: Void, now_s: float) -> None:
        neighbour.take_void(void.key, void.runs)
        neighbour.asked_s = now_s
        if void.key not in self._shelves:
            return
        shelf = self._shelves[void.key]
        if not void.is_gone:
            shelf.settle(list(void.runs))
            return
        unknown = [run for told in void.runs for run in shelf.unknown(*told)]
        self._miss(neighbour, void.key, unknown, now_s)

    def _miss(
        self, neighbour: Neighbour, key: Key, runs: list[tuple[int, int]], now_s: float
    ) -> None:
        """Give up numbers that a neighbour no longer keeps, unless another has them."""
        runs = [run for run in runs if not self._wanting.is_offered(key, *run, neighbour)]
        if runs:
            self._shelves[key].settle(runs)
            count = sum(end - first for first, end in runs)
            self._tell_missed(neighbour, key, runs[0][0], runs[-1][1], count, now_s)

    def _put(self, key: Key, message: Message, came_by: str, is_old: bool, now_s: float) -> None:
        self._shelves[key].put(message, came_by)
        for name, neighbour in self._neighbours.items():
            if name != came_by:
                neighbour.offer(key, message, is_old, now_s)

    # what time brings

    def _look(self, neighbour: Neighbour, now_s: float) -> None:
        """Notice that a link is up, or no longer."""
        since_s = now_s - self.network.settings.lost_after_s
        is_up = min(neighbour.heard_s, neighbour.courier.acked_s) > since_s
        if is_up == neighbour.is_up:
            return
        lasted_s = now_s - neighbour.since_s
        neighbour.is_up, neighbour.since_s = is_up, now_s
        if is_up:
            neighbour.have_due_s = -math.inf
        else:
            neighbour.go_down()
        kind = "link-up" if is_up else "link-down"
        self._tell_event(kind, neighbour, now_s, {"after_s": round(lasted_s, 3)})

    def _tidy(self, now_s: float) -> None:
        """Forget what is older than it is to be kept; and the oldest where it is too much."""
        keep_s = self.network.settings.keep_s
        self._tidy_s = now_s + _TIDY_S
        while True:
            self._forget(now_s - keep_s, now_s)
            if self._shelves.octets <= _MOST_OCTETS:
                return
            keep_s *= 0.9

    def _forget(self, before_s: float, now_s: float) -> None:
        for key, shelf in list(self._shelves):
            floor = shelf.stale_to(before_s)
            if floor > shelf.floor:
                first, unknown = shelf.floor, shelf.raise_floor(floor)
                if unknown:
                    self._tell_missed(None, key, first, floor, unknown, now_s)
            is_old = not shelf.messages and key != (self.site, self.life)
            if is_old and key[1] != self._shelves.lives(key[0])[-1]:
                self._shelves.drop(key)

    def _tell_missed(
        self,
        neighbour: Neighbour | None,
        key: Key,
        first: int,
        end: int,
        count: int,
        now_s: float,
    ) -> None:
        origin = self._names[key[0]]
        facts = {"origin": origin, "life": key[1], "first": first, "last": end - 1, "count": count}
        self._tell_event("messages-missed", neighbour, now_s, facts)

    def _tell_event(
        self, kind: str, neighbour: Neighbour | None, now_s: float, facts: dict[str, Any]
    ) -> None:
        link = ""
        if neighbour is not None:
            link, facts = neighbour.link.name, {"neighbour": neighbour.name, **facts}
        self._events.append(LinkEvent(kind=kind, link=link, time_s=now_s, facts=facts))
