"""One site's node on the wall clock: feeds and links in, picture and log out, until stopped."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import math
import pathlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

from jointsky.errors import InputError
from jointsky.live import network, transport
from jointsky.live.alerting import Alerting, lookout_of
from jointsky.live.beside import Beside
from jointsky.live.brain import Brain
from jointsky.live.clock import Clock
from jointsky.live.decoding import Decoder
from jointsky.live.feeds import ReplayFeed, TailFeed, TcpFeed, UdpFeed
from jointsky.live.inbox import Inbox
from jointsky.live.keeper import Keeper, journal_in
from jointsky.live.load import Loaded
from jointsky.live.outputs import Writer, lines
from jointsky.live.replay import Replay
from jointsky.live.showing import Shower
from jointsky.live.sources import Reader, read_tail, read_tcp, read_udp
from jointsky.live.status import Watch, is_behind
from jointsky.live.warming import warm, warm_readers
from jointsky.node.picture import PictureNode
from jointsky.records.tracks import Tracks
from jointsky.units import DAY_S

STATUS_EVERY_S = 1.0
LOOK_EVERY_S = 1.0
CLOCK_OFF_S = 1.0  # a clock that is off by more is told in the log
SHOW_EVERY_S = 5.0
STOP_S = 10.0
TURNS_S = 0.0002  # a thread that waits for Python's lock gets it after so long

Show = Callable[[dict[str, Any]], None]
OnTold = Callable[[Tracks, float], None]


class Host:
    """Runs the node of one site; ``run`` ends when it is asked to, or after ``most_s`` seconds.

    ``show`` is given the status every second; ``on_told``, in the node's thread, the tracks that
    were updated and the time.
    """

    def __init__(self, loaded: Loaded, row: int, show: Show, on_told: OnTold | None = None) -> None:
        config = loaded.config
        self._loaded, self._site, self._row, self._show = loaded, config.sites[row], row, show
        self._network = network.network_of(config)
        self._others = {
            link.name: self._network.sites[link.ends[1 - link.ends.index(row)]].name
            for link in self._network.links
            if row in link.ends
        }
        self._inbox = Inbox(
            [feed.queue_octets for feed in self._site.feeds],
            dict.fromkeys(self._others, config.transport.queue_octets),
        )
        self._on_told = on_told
        self._readers: dict[int, Reader] = {}
        self._writers: list[Writer] = []
        self._links: transport.Links | None = None
        self._stop = asyncio.Event()
        self._beside = Beside()

    def _build(self) -> None:
        """Make the node and all around it; from here on its clock runs."""
        config = self._loaded.config
        replays = {
            k: Replay(feed, self._path(feed.path))
            for k, feed in enumerate(self._site.feeds)
            if isinstance(feed, ReplayFeed)
        }
        self.clock = Clock(config.clock)
        for replay in replays.values():
            replay.start(self.clock.begin_s)
        keeper = Keeper(
            journal_in(self._path(config.store.folder)),
            self.clock.now_s,
            self._site.name,
            config.store.commit_s,
            config.store.memory_octets,
            config.exchange.keep_s,
            config.store.log_days * DAY_S,
        )
        self.brain = Brain(
            PictureNode(self._network, self._row, self.clock.now_s(), self._beside),
            self.clock,
            self._inbox,
            Decoder(self._site, sum(len(one.sensors) for one in config.sites[: self._row])),
            replays,
            keeper,
            config.gather_s,
        )
        self.brain.on_told = self._on_told
        folder = self._path(config.store.folder) / "incidents"
        people = None if config.people is None else self._path(config.people)
        lookout, identifier = lookout_of(config, self._network, self._row)
        self.alerting = Alerting(self.brain, lookout, folder, people, identifier)
        self._thread = threading.Thread(target=self.brain.run, name="node", daemon=True)

    def _path(self, text: str) -> pathlib.Path:
        return self._loaded.path(text, self._site.name)

    async def run(self, most_s: float | None = None) -> bool:
        """Run the node; return whether it ended well.  Raises InputError before it has begun.

        Each datagram that is read gives up Python's lock once: were it had back only after the
        usual 5 ms of a busy node, 200 could be read in a second.
        """
        sys.setswitchinterval(TURNS_S)
        await asyncio.to_thread(warm, self._network)
        await asyncio.to_thread(warm_readers)
        self._build()
        self.brain.begin(self.brain.keeper.begin())
        self.alerting.begin()
        gc.collect()
        gc.freeze()  # what stays is not looked through again: that would take a tenth of a second
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        tasks: list[asyncio.Task[None]] = []
        try:
            if self._others:
                self._links = await asyncio.to_thread(self._open_links)
                self.brain.links = self._links
            tasks = [asyncio.create_task(one) for one in self._feeds()]
            await asyncio.sleep(0)
            _raise_first(tasks)
            self._thread.start()
            tasks += [asyncio.create_task(one) for one in self._beside_node()]
            await self._until_stopped(tasks, most_s)
        finally:
            await self._end(tasks)
        return self.brain.failure is None

    def _open_links(self) -> transport.Links:
        config, site = self._loaded.config, self._site
        listening = {one.name: one.listen for one in config.sites}
        neighbours = [point for name in self._others.values() for point in listening[name]]
        connect = list(site.connect) or list(dict.fromkeys(neighbours))
        settings = transport.settings(config.transport, site.listen, connect, self._path)
        return transport.Links(
            settings,
            self._network.name,
            site.name,
            self._others,
            self._inbox,
            network.mark(config),
            config.transport.queue_octets,
        )

    def _feeds(self) -> list[Coroutine[Any, Any, None]]:
        made: list[Coroutine[Any, Any, None]] = []
        for row, feed in enumerate(self._site.feeds):
            reader = Reader(row, self._inbox, self.clock, self._say)
            match feed:
                case UdpFeed():
                    made.append(read_udp(reader, feed))
                case TcpFeed():
                    made.append(read_tcp(reader, feed))
                case TailFeed():
                    made.append(read_tail(reader, feed, self._path(feed.path)))
                case ReplayFeed():
                    continue
            self._readers[row] = reader
        return made

    def _say(self, kind: str, feed: int, facts: dict[str, object]) -> None:
        self.brain.log(self.clock.now_s(), kind, {"feed": self._site.feeds[feed].name, **facts})

    async def _until_stopped(self, tasks: list[asyncio.Task[None]], most_s: float | None) -> None:
        """Wait for a signal, the end of the time, or a part that fails."""
        stopped = asyncio.create_task(self._stop.wait())
        done, _ = await asyncio.wait(
            [stopped, *tasks], timeout=most_s, return_when=asyncio.FIRST_COMPLETED
        )
        stopped.cancel()
        _raise_first([one for one in done if one is not stopped])

    async def _watch(self) -> None:
        """Show the status every second; end where the node's thread has ended."""
        watch = Watch(self.brain, self._readers, self._links, self._writers, self.alerting)
        shower = Shower(self.brain)
        was_off = was_behind = False
        shown_s = -math.inf
        while self._thread.is_alive():
            await asyncio.sleep(STATUS_EVERY_S)
            if time.monotonic() >= shown_s + SHOW_EVERY_S:
                shown_s = time.monotonic()
                await asyncio.to_thread(shower.show)
            off_s = self.clock.follow()
            if (abs(off_s) > CLOCK_OFF_S) != was_off:
                was_off = not was_off
                kind = "clock-off" if was_off else "clock-right"
                self.brain.log(self.clock.now_s(), kind, {"off_s": round(off_s, 3)})
            status = await asyncio.to_thread(watch.status, off_s)
            if status["delay_p50_s"] is not None and is_behind(status) != was_behind:
                was_behind = not was_behind
                kind = "node-behind" if was_behind else "node-keeps-up"
                self.brain.log(self.clock.now_s(), kind, {"delay_s": status["delay_p50_s"]})
            self._show(status)

    def _beside_node(self) -> list[Coroutine[Any, Any, None]]:
        return [self._watch(), self._look_out(), *self._outputs()]

    async def _look_out(self) -> None:
        """Look for alerts and incidents every second of the node's clock."""
        while self._thread.is_alive():
            await asyncio.sleep(LOOK_EVERY_S / self.clock.speed)
            await asyncio.to_thread(self.alerting.look)

    def _outputs(self) -> list[Coroutine[Any, Any, None]]:
        for output in self._loaded.config.outputs:
            path = None if output.path is None else self._path(output.path)
            self._writers.append(Writer(output, path))
        return [self._write(writer) for writer in self._writers]

    async def _write(self, writer: Writer) -> None:
        try:
            while True:
                await asyncio.sleep(writer.interval_s / self.clock.speed)
                await asyncio.to_thread(self._write_once, writer)
        finally:
            writer.close()

    def _write_once(self, writer: Writer) -> None:
        with self.brain.held() as node:
            now_s = self.clock.now_s()
            tracks = node.picture(now_s)
        before = writer.fault
        writer.write(lines(tracks, self._site.name, now_s))
        if bool(writer.fault) != bool(before):
            kind = "output-fault-begins" if writer.fault else "output-fault-ends"
            facts = {"to": writer.to, "why": writer.fault or before, "failed": writer.failed}
            self.brain.log(now_s, kind, facts)

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        """Stop listening, let the node finish what has come, send and write what waits."""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.brain.stop()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, STOP_S)
        if self._links is not None:
            await asyncio.to_thread(self._links.end)
        await asyncio.to_thread(self.alerting.end)
        self.brain.log(self.clock.now_s(), "node-ends", {"plots": self.brain.handed})
        await asyncio.to_thread(self.brain.keeper.end)
        await asyncio.to_thread(self._beside.end)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ValueError):
                loop.remove_signal_handler(number)


def _raise_first(tasks: list[asyncio.Task[Any]]) -> None:
    """Raise what a part has failed with, the user's faults first."""
    failed = [one.exception() for one in tasks if one.done() and not one.cancelled()]
    errors = [error for error in failed if error is not None]
    for error in errors:
        if isinstance(error, InputError):
            raise error
    if errors:
        raise errors[0]
