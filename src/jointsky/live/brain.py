"""The node of a site in a thread of its own: told what came and when, its effects carried out.

Sockets are drained by others, whatever the node does; here the inbox is emptied: packets of links
at once, octets of feeds together every ``gather_s``, so that reading them costs little.
"""

from __future__ import annotations

import collections
import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from jointsky.live.clock import Clock
from jointsky.live.decoding import Decoder
from jointsky.live.delays import Delays
from jointsky.live.inbox import Inbox
from jointsky.live.keeper import Keeper
from jointsky.live.replay import Replay
from jointsky.node.effects import RENAMES, Effect, Keep, Log, Send, Told, Wake
from jointsky.node.picture import PictureNode
from jointsky.records.columns import join
from jointsky.records.exchange import Message
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
NO_PLOTS, NO_TIMES = Plots.make(0), np.empty(0)

IDLE_S = 0.5  # the node is asked at least so often, whatever it wanted
LOG_SHOWN = 8


class Sends(Protocol):
    """What carries packets away."""

    def send(self, link: str, packet: bytes) -> None:
        """Give a packet to a link."""


class Brain:
    """Runs a node.  ``begin``, then ``run`` in a thread, then ``stop``."""

    def __init__(
        self,
        node: PictureNode,
        clock: Clock,
        inbox: Inbox,
        decoder: Decoder,
        replays: dict[int, Replay],
        keeper: Keeper,
        gather_s: float,
    ) -> None:
        self.node, self.clock, self.inbox, self.decoder = node, clock, inbox, decoder
        self.replays, self.keeper, self.gather_s = replays, keeper, gather_s
        self.links: Sends | None = None
        self.on_told: Callable[[Tracks, float], None] | None = None
        self.delays = Delays()
        self.updates = 0
        self.handed = 0  # plots given to the node
        self.busy_s = 0.0  # of the wall clock, in the node and what it needs
        self.recent: collections.deque[tuple[float, str, dict[str, Any]]] = collections.deque(
            maxlen=LOG_SHOWN
        )
        self.renamed: collections.deque[tuple[int, int]] = collections.deque(maxlen=10_000)
        self.failure: BaseException | None = None
        self._lock = threading.RLock()  # the node is asked for its status from elsewhere
        self._wake_s = -math.inf
        self._stop = threading.Event()
        self._unknown_told: set[tuple[int, str]] = set()
        self._faults_told: set[tuple[int, str]] = set()

    def begin(self, messages: Sequence[Message]) -> None:
        """Tell the node what was kept from before."""
        now_s = self.clock.now_s()
        self.log(now_s, "node-begins", {"restored": len(messages)})
        with self._lock:
            self._carry_out(self.node.restore(messages, now_s), now_s)

    def run(self) -> None:
        """Go on until stopped; what fails is kept in ``failure``, and told in the log."""
        try:
            self._run()
        except BaseException as error:
            self.failure = error
            self.log(self.clock.now_s(), "node-fails", {"why": f"{type(error).__name__}: {error}"})
            raise

    def stop(self) -> None:
        """Ask ``run`` to end, after what has come."""
        self._stop.set()
        self.inbox.close()

    def log(self, time_s: float, kind: str, facts: dict[str, Any]) -> None:
        """Put an entry into the site's log."""
        self.recent.append((time_s, kind, facts))
        self.keeper.log(time_s, kind, facts)

    @contextlib.contextmanager
    def held(self) -> Any:
        """Hold the node still, to ask it something from another thread."""
        with self._lock:
            yield self.node

    def _run(self) -> None:
        gathered_s = -math.inf
        while True:
            is_last = self._stop.is_set()
            counted_s = time.monotonic()
            due_s = gathered_s + self.gather_s
            packets = self.inbox.take_packets()
            plots, came_s = NO_PLOTS, NO_TIMES
            if counted_s >= due_s or is_last:
                gathered_s, due_s = counted_s, counted_s + self.gather_s
                plots, came_s = self._read()
            is_due = self.clock.now_s() >= self._wake_s
            if is_due:
                self._wake_s = self.clock.now_s() + IDLE_S
            if packets or len(plots):
                self._tell(partial(self.node.on_all, plots, packets, came_s=came_s))
            elif is_due:
                self._tell(self.node.on_time)
            self.busy_s += time.monotonic() - counted_s
            if is_last:
                return
            self._wait(due_s)

    def _wait(self, due_s: float) -> None:
        """Wait for packets, for octets where they may be read already, or for the next wish."""
        wake_s = (self._wake_s - self.clock.now_s()) / self.clock.speed
        until_due_s = due_s - time.monotonic()
        if until_due_s <= 0 and not self.replays:
            self.inbox.wait(wake_s, also_chunks=True)
            return
        has_more = bool(self.replays) or self.inbox.has_chunks()
        most_s = min(wake_s, until_due_s) if has_more else wake_s
        self.inbox.wait(most_s, also_chunks=not has_more)

    def _read(self) -> tuple[Plots, Floats]:
        """Return what feeds and replays have brought, and when each plot came."""
        parts = [self.decoder.plots(self.inbox.take_chunks())]
        for feed, replay in self.replays.items():
            due = replay.due(self.clock.now_s())
            if len(due):
                parts.append(self.decoder.named(feed, due, due.time_s, replay.sensors))
        self._tell_of_feeds()
        plots = join([plots for plots, _ in parts])
        self.handed += len(plots)
        return plots, np.concatenate([came_s for _, came_s in parts])

    def _tell(self, what: Callable[[float], list[Effect]]) -> None:
        with self._lock:
            now_s = self.clock.now_s()
            self._carry_out(what(now_s), now_s)

    def _carry_out(self, effects: Iterable[Effect], now_s: float) -> None:
        for effect in effects:
            match effect:
                case Send(link, packet):
                    if self.links is not None:
                        self.links.send(link, packet)
                case Keep(message):
                    self.keeper.keep(message)
                case Log(kind, facts):
                    self.log(now_s, kind, facts)
                    if kind in RENAMES:
                        self.renamed.append((int(facts["other"]), int(facts["track"])))
                case Wake(at_s):
                    self._wake_s = min(self._wake_s, at_s) if self._wake_s > now_s else at_s
                case Told(tracks):
                    self._told(tracks)

    def _told(self, tracks: Tracks) -> None:
        self.updates += len(tracks)
        now_s = self.clock.now_s()
        self.delays.add(now_s - tracks.time_s)
        if self.on_told is not None:
            self.on_told(tracks, now_s)

    def _tell_of_feeds(self) -> None:
        """Put new sorts of damage, and sources that nobody declared, into the log: once each."""
        now_s = self.clock.now_s()
        for row, feed in enumerate(self.decoder.feeds):
            for name in sorted(feed.unknown):
                if (row, name) not in self._unknown_told:
                    self._unknown_told.add((row, name))
                    facts = {"feed": self.decoder.names[row], "source": name}
                    self.log(now_s, "unknown-source", facts)
            for kind in sorted(feed.faults):
                if (row, kind) not in self._faults_told:
                    self._faults_told.add((row, kind))
                    facts = {"feed": self.decoder.names[row], "fault": kind}
                    self.log(now_s, "feed-damaged", facts | {"first": feed.first_fault})
