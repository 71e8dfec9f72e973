"""One link of a site: what the other end has, what it is to be given, in which order."""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Callable, Iterable

import numpy as np

from jointsky.errors import InputError
from jointsky.exchange import rules, wire
from jointsky.exchange.courier import Cargo, Courier
from jointsky.exchange.packets import (
    Carried,
    Frame,
    Have,
    Key,
    Ping,
    Void,
    Want,
    packed,
    packed_frame,
)
from jointsky.exchange.ranges import Ranges, Run
from jointsky.exchange.rules import LinkFacts, NetworkFacts
from jointsky.exchange.shelves import Shelf, Shelves
from jointsky.records.columns import Array
from jointsky.records.exchange import STATUS, TRACKS, Message
from jointsky.records.links import LinkStatus

_FRESH_S = 2.0  # what waits longer than this is no longer live: it goes after what is
_NEWS_S = 0.1  # what is here is told together, at most so late
_BACKLOG_SHARE = 0.7  # of what may be under way, and of a declared rate, for what is not live
_STALL_S = 2.0
_LEAST_PACKET, _FIRST_PACKET, _MOST_PACKET, _PACKET_S = 500, 1460, 8000, 0.02
_MOST_RUNS = 1000


@dataclasses.dataclass(slots=True)
class Waiting:
    """A message that waits for its turn."""

    key: Key
    number: int
    since_s: float
    is_pushed: bool
    is_old: bool
    tracks: Array | None = None  # numbers of the tracks that it reports on


@dataclasses.dataclass(slots=True)
class Counts:
    """What a link has seen since the node began."""

    octets_in: int = 0
    octets_out: int = 0
    packets_in: int = 0
    packets_out: int = 0
    messages_in: int = 0
    messages_out: int = 0
    repaired: int = 0
    duplicate: int = 0
    refused: int = 0


Release = Callable[[Message], Message]


class Neighbour:
    """The site at the other end of a link, as this end knows it."""

    def __init__(
        self,
        network: NetworkFacts,
        link: LinkFacts,
        site: int,
        shelves: Shelves,
        release: Release,
        looks_s: float = 0.0,
    ) -> None:
        self._looks_s = looks_s
        self.link, self.row = link, rules.neighbour(link, site)
        self.name = network.sites[self.row].name
        self.life = -1
        self.is_up = False
        self.since_s = self.heard_s = -math.inf
        self.counts = Counts()
        self.has: dict[Key, Ranges] = collections.defaultdict(Ranges)
        self.offers: dict[Key, Ranges] = collections.defaultdict(Ranges)
        self.asked: dict[Key, Ranges] = collections.defaultdict(Ranges)
        self.asked_s = -math.inf
        self.pruned: set[int] = set()  # origins that we asked the neighbour not to push
        self.replies: list[Frame] = []
        self.have_due_s = -math.inf
        self._network, self._site, self._shelves, self._release = network, site, shelves, release
        self._settings = network.settings
        self._digest = rules.digest(network)
        kbps = link.bandwidth_kbps
        self.courier = Courier(kbps * 1000.0 if kbps else None)
        self._lazy: set[int] = set()  # origins that the neighbour asked us not to push
        self._voids: dict[Key, Ranges] = collections.defaultdict(Ranges)
        self._live: collections.deque[Waiting] = collections.deque()
        self._busy: set[tuple[Key, int]] = set()  # messages in _live or under way
        self._backlog: dict[Key, Ranges] = {}
        self._backlog_s = -math.inf
        self._news: dict[Key, Ranges] = {}
        self._news_due_s = math.inf
        self._is_probing = False
        self.begin_again()

    def begin_again(self) -> None:
        """Forget what the other end had: it began a new life."""
        for known in (self.has, self.offers, self.asked, self._voids):
            known.clear()
        self._lazy.clear()
        self.pruned.clear()
        self.courier.forget_receipts()
        self.have_due_s = -math.inf

    def gives(self, origin: int, kind: str = STATUS) -> bool:
        """Return whether the neighbour may give us messages of a kind and an origin."""
        return rules.may_pass(self._network, self.link, self.row, origin, kind)

    def takes(self, origin: int, kind: str = STATUS) -> bool:
        """Return whether the neighbour may get messages of a kind and an origin from us."""
        return rules.may_pass(self._network, self.link, self._site, origin, kind)

    # what the other end says

    def take_have(self, have: Have) -> Ranges:
        """Take what the neighbour says that it has; return what of it may be for us."""
        self.has[have.key].update(have.runs)
        self.has[have.key].add(0, have.floor)
        offered = Ranges()
        if self.gives(have.key[0]):
            offered.update(have.runs)
            offered.discard(self._voids[have.key])
            if have.is_all:
                self.offers[have.key] = Ranges(offered)
            else:
                self.offers[have.key].update(offered)
        return offered

    def take_void(self, key: Key, runs: Iterable[Run]) -> None:
        """Take that the neighbour has nothing for us under some numbers."""
        for first, end in runs:
            self._voids[key].add(first, end)
            self.offers[key].remove(first, end)
            self.asked[key].remove(first, end)

    def take_want(self, want: Want) -> None:
        """Take what the neighbour asks for: it will get it, or hear that it will not."""
        origin = want.key[0]
        if want.is_graft:
            self._lazy.discard(origin)
        if want.key not in self._shelves or not self.takes(origin):
            self.replies.append(Void(want.key, list(want.runs), True))
            return
        shelf = self._shelves[want.key]
        silent, wanted = self._silent(shelf), Ranges()
        gone, nothing = Ranges(), Ranges()
        for first, end in want.runs:
            self.has[want.key].remove(first, end)
            wanted.update(shelf.held.within(first, end))
            nothing.update(silent.within(first, end))
            if first < shelf.floor:
                gone.add(first, min(end, shelf.floor))
        wanted.discard(silent)
        self._without_busy(want.key, wanted)
        if wanted:
            self._backlog.setdefault(want.key, Ranges()).update(wanted)
        for runs, is_gone in ((gone, True), (nothing, False)):
            if runs:
                self.replies.append(Void(want.key, runs.newest(_MOST_RUNS), is_gone))

    def take_prune(self, origin: int) -> None:
        """Take that the neighbour has an origin's messages sooner from others."""
        self._lazy.add(origin)

    def arrived(self, cargo: Cargo) -> None:
        """Take that the neighbour has what a packet held."""
        for key, number in cargo:
            self.has[key].add(number, number + 1)
            self._busy.discard((key, number))

    def repair(self, cargo: Cargo, now_s: float) -> None:
        """Send again what a lost packet held, before all else, unless it came another way."""
        for key, number in reversed(cargo):
            if number not in self.has[key] and self.is_up:
                self._live.appendleft(Waiting(key, number, now_s, False, False))
                self.counts.repaired += 1
            else:
                self._busy.discard((key, number))

    # what is to be given

    def offer(self, key: Key, message: Message, is_old: bool, now_s: float) -> None:
        """Give a message that is new here, or tell of it: if it is old, or that was asked for."""
        if not self.is_up or message.number in self.has[key]:
            return
        if not self.takes(key[0], message.kind):
            return
        if is_old or key[0] in self._lazy:
            self._news.setdefault(key, Ranges()).add(message.number, message.number + 1)
            self._news_due_s = min(self._news_due_s, now_s + _NEWS_S)
            return
        self._live.append(Waiting(key, message.number, now_s, True, False))
        self._busy.add((key, message.number))
        if message.kind == TRACKS and len(self._live) > 1:
            self._set_stale_reports_back()

    def _set_stale_reports_back(self) -> None:
        """Let reports wait longer of whose tracks there are all newer ones waiting."""
        newest: dict[int, set[int]] = {}
        kept: list[Waiting] = []
        for waiting in reversed(self._live):
            message = self._shelves[waiting.key].messages.get(waiting.number)
            if message is None or message.kind != TRACKS:
                kept.append(waiting)
                continue
            if waiting.tracks is None:
                waiting.tracks = _tracks_of(message)
            seen = newest.setdefault(waiting.key[0], set())
            numbers = set(waiting.tracks.tolist())
            if numbers <= seen:
                self._set_back(waiting)
            else:
                kept.append(waiting)
            seen |= numbers
        self._live = collections.deque(reversed(kept))

    def _set_back(self, waiting: Waiting) -> None:
        self._busy.discard((waiting.key, waiting.number))
        self._backlog.setdefault(waiting.key, Ranges()).add(waiting.number, waiting.number + 1)

    def go_down(self) -> None:
        """Drop what waits and what is under way: when the link is back the other end asks."""
        self.courier.give_up()
        self._live.clear()
        self._busy.clear()
        self._backlog.clear()
        self._news.clear()
        self.asked.clear()
        self.replies.clear()
        self._news_due_s = math.inf

    def _silent(self, shelf: Shelf) -> Ranges:
        """Return the numbers that hold nothing for the other end."""
        if self.link.share == "plots":
            return shelf.void
        silent = Ranges(shelf.void)
        silent.update(shelf.plots)
        return silent

    def _without_busy(self, key: Key, numbers: Ranges) -> None:
        for number in sorted(number for busy, number in self._busy if busy == key):
            numbers.remove(number, number + 1)

    def have(self, key: Key, shelf: Shelf) -> Have:
        """Return what we have of an origin's life, as far as it may concern the other end."""
        if self.link.share == "plots":
            runs = Ranges(shelf.held)
        else:
            silent = self._silent(shelf)
            runs = Ranges(shelf.held.minus(silent))
            runs.update(silent.within(0, runs.end))
        self._without_busy(key, runs)
        return Have(key, shelf.floor, runs.newest(_MOST_RUNS), True)

    # packets

    def packets(self, life: int, now_s: float) -> list[bytes]:
        """Return the packets that are due; ``life`` is our own."""
        self.courier.life = life
        self.courier.look(now_s)
        for cargo in self.courier.find_lost(now_s):
            self.repair(cargo, now_s)
        probe = self.courier.probe(now_s)
        if probe is not None:
            self.repair(probe, now_s)
            self._is_probing = True
        if self.asked and now_s >= self._stalls_s():
            self.asked.clear()
        out = []
        while (packet := self._packet(life, now_s)) is not None:
            out.append(packet)
        return out

    def _packet(self, life: int, now_s: float) -> bytes | None:
        frames = self._told(now_s)
        data = [packed_frame(frame) for frame in frames]
        target = self._target()
        size, cargo = sum(map(len, data)), []
        while size < target and (waiting := self._next(target, now_s)) is not None:
            frame = self._carried(waiting)
            data.append(packed_frame(frame))
            size += len(data[-1])
            cargo.append((waiting.key, waiting.number))
            self._is_probing = False
        if self._is_probing and not data:
            data.append(packed_frame(Ping(self._network.name)))
        self._is_probing = False
        is_eliciting = bool(data)
        if not data and now_s + self._looks_s < self.courier.ack_due_s:
            return None
        is_sign = bool(frames) and isinstance(frames[0], Ping)
        ack = self.courier.ack(self.life, is_sign, now_s)
        if ack is not None:
            data.insert(int(is_sign), packed_frame(ack))
        packet = packed(self._digest, self._site, life, self.courier.next_number, data)
        is_limited = not self._live and not self._backlog
        self.courier.sent(len(packet), tuple(cargo), is_eliciting, now_s, is_limited)
        self.counts.packets_out += 1
        self.counts.octets_out += len(packet)
        self.counts.messages_out += len(cargo)
        return packet

    def _target(self) -> int:
        """Return how large packets are to be: some milliseconds of the link.

        At first a third of what may be under way: one alone must not have to wait for all else.
        """
        rate = self.courier.rate
        most = _MOST_PACKET if rate.is_measured else _FIRST_PACKET
        return int(min(max(rate.estimate * _PACKET_S, _LEAST_PACKET), most))

    def _told(self, now_s: float) -> list[Frame]:
        """Return the frames that are due and hold no messages."""
        frames: list[Frame] = []
        if now_s >= self.have_due_s:
            if not self.is_up:
                self.courier.give_up()
            frames.append(Ping(self._network.name))
            frames += [self.have(key, shelf) for key, shelf in self._shelves]
            self.have_due_s = now_s + self._settings.heartbeat_s
            self._news.clear()
        if now_s >= self._news_due_s:
            for key, news in sorted(self._news.items()):
                runs = news.minus(self.has[key])
                if runs:
                    frames.append(Have(key, 0, runs, False))
            self._news.clear()
        if not self._news:
            self._news_due_s = math.inf
        frames += self.replies
        self.replies = []
        return frames

    def _next(self, target: int, now_s: float) -> Waiting | None:
        """Return the next message to go now: what is live, then the newest of the rest."""
        while self._live:
            first = self._live[0]
            if self._is_needless(first.key, first.number):
                self._live.popleft()
                self._busy.discard((first.key, first.number))
            elif now_s - first.since_s > _FRESH_S:
                self._set_back(self._live.popleft())
            elif self._is_probing or self.courier.may_send_s(target, now_s) <= now_s:
                return self._live.popleft()
            else:
                return None
        if not self._backlog or self._backlog_may_s(target, now_s) > now_s:
            return None
        return self._next_of_backlog(now_s)

    def _backlog_may_s(self, target: int, now_s: float) -> float:
        rate = self.courier.rate
        if rate.in_flight and rate.in_flight + target > _BACKLOG_SHARE * rate.window(target, now_s):
            return math.inf
        return max(self.courier.may_send_s(target, now_s), self._backlog_s)

    def _next_of_backlog(self, now_s: float) -> Waiting | None:
        while self._backlog:
            newest, found = -math.inf, None
            for key, numbers in sorted(self._backlog.items()):
                while numbers and self._is_needless(key, numbers.end - 1):
                    numbers.remove(numbers.end - 1, numbers.end)
                if numbers:
                    told_s = self._shelves[key].messages[numbers.end - 1].time_s
                    if told_s > newest:
                        newest, found = told_s, key
            self._backlog = {key: numbers for key, numbers in self._backlog.items() if numbers}
            if found is None:
                break
            number = self._backlog[found].end - 1
            self._backlog[found].remove(number, number + 1)
            if not self._backlog[found]:
                del self._backlog[found]
            size = len(self._shelves[found].messages[number].body)
            start_s = max(self._backlog_s, now_s - self.courier.burst_s)
            self._backlog_s = start_s + size / (_BACKLOG_SHARE * self.courier.rate.most)
            self._busy.add((found, number))
            return Waiting(found, number, now_s, False, True)
        return None

    def _is_needless(self, key: Key, number: int) -> bool:
        return number in self.has[key] or number not in self._shelves[key].messages

    def _carried(self, waiting: Waiting) -> Carried:
        """Return a message as it goes over this link, and how many numbers before are nothing."""
        shelf = self._shelves[waiting.key]
        message = shelf.messages[waiting.number]
        if rules.is_released(self._network, self.link, self._site, waiting.key[0]):
            if waiting.number not in shelf.released:
                shelf.released[waiting.number] = self._release(message)
            message = shelf.released[waiting.number]
        at = waiting.number
        while (start := self._silent_from(shelf, at)) < at:
            at = start
        voids = waiting.number - max(at, shelf.floor)
        return Carried(waiting.key[0], message, voids, waiting.is_pushed, waiting.is_old)

    def _silent_from(self, shelf: Shelf, number: int) -> int:
        """Return from where all numbers before this one hold nothing for the other end."""
        start = shelf.void.back_from(number)
        return start if self.link.share == "plots" else min(start, shelf.plots.back_from(number))

    def _stalls_s(self) -> float:
        rtt_s = self.courier.rtt_s
        return self.asked_s + _STALL_S + (0.0 if math.isnan(rtt_s) else 4.0 * rtt_s)

    def next_s(self, now_s: float) -> float:
        """Return when something is due on this link."""
        if self.replies:
            return -math.inf
        times = [self.courier.next_s(), self.have_due_s, self._news_due_s]
        if self.is_up:
            times.append(min(self.heard_s, self.courier.acked_s) + self._settings.lost_after_s)
        if self.asked:
            times.append(self._stalls_s())
        target = self._target()
        if self._live:
            times.append(self.courier.may_send_s(target, now_s))
        if self._backlog:
            times.append(self._backlog_may_s(target, now_s))
        return min(times)

    def status(self) -> LinkStatus:
        """Return how the link is doing."""
        courier = self.courier
        waiting = sum(numbers.size for numbers in self._backlog.values()) + len(self._live)
        return LinkStatus(
            name=self.link.name,
            neighbour=self.name,
            share=self.link.share,
            is_up=self.is_up,
            since_s=self.since_s,
            heard_s=self.heard_s if math.isfinite(self.heard_s) else None,
            rtt_s=None if math.isnan(courier.rtt_s) else courier.rtt_s,
            rate_bps=None if math.isnan(courier.rtt_s) else 8.0 * courier.rate.estimate,
            lost=courier.lost,
            waiting=waiting,
            in_flight=courier.rate.in_flight,
            **dataclasses.asdict(self.counts),
        )


def _tracks_of(message: Message) -> Array:
    """Return the numbers of the tracks that a message tells of; none where it cannot be read."""
    try:
        return wire.report_numbers(message.body)
    except InputError:
        return np.zeros(0, np.int64)
