"""The sites of a network in several processes: a node holds Python's lock but in its kernels.

A crew is some of the sites.  It is told of plots and packets, works at the moments that it is
told, and in the end hands over what its sites left.  Which site is in which crew changes nothing.
"""

from __future__ import annotations

import dataclasses
import math
import multiprocessing
import signal
from collections.abc import Sequence
from typing import Any, Protocol

from jointsky.node.effects import Log, Send
from jointsky.node.setup import Network
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.sim.agenda import Packet
from jointsky.sim.holding import Holding
from jointsky.sim.hosted import Hosted, Tellings
from jointsky.sim.shown import Shown

Went = list[tuple[int, list[Send | Log]]]
"""What went out of each site that had something to do: its row, and what."""
Arrival = tuple[int, float, Packet]
"""A packet that comes to a site: its row, when, what."""


@dataclasses.dataclass(frozen=True)
class Left:
    """What one site left: its pictures, what it told and when, the messages that it holds."""

    shown: Shown
    told: Tellings
    holding: Holding
    too_late: int


class Crew(Protocol):
    """Some of the sites of a network, wherever they are."""

    rows: Sequence[int]

    def begin(self, plots: Sequence[tuple[int, float, Plots]]) -> float:
        """Take the plots of a window, with rows of sites and moments; return the next moment."""

    def ask(self, now_s: float, arrivals: Sequence[Arrival], is_sampled: bool) -> None:
        """Have all done that happens at a moment, or, if it is one, the pictures kept."""

    def answer(self) -> tuple[Went, float]:
        """Return what went out of the sites that worked, and the next moment."""

    def pictures(self, rows: Sequence[int], now_s: float) -> dict[int, Tracks]:
        """Return the pictures of some of the crew's sites as they expect the sky at a time."""

    def left(self) -> dict[int, Left]:
        """Return what the sites left, by row."""

    def close(self) -> None:
        """End what was begun for it."""


class Here:
    """A crew in this process."""

    def __init__(
        self, network: Network, rows: Sequence[int], begin_s: float, with_covariance: bool
    ) -> None:
        self.rows = rows
        self._hosted = {row: Hosted(network, row, begin_s) for row in rows}
        source = len(network.sensors)
        self._shown = {row: Shown(source + row, with_covariance) for row in rows}
        self._now_s = begin_s
        self._answer: tuple[Went, float] = ([], begin_s)

    def begin(self, plots: Sequence[tuple[int, float, Plots]]) -> float:
        """Take the plots of a window, with rows of sites and moments; return the next moment."""
        for row, time_s, part in plots:
            self._hosted[row].agenda.plots(time_s, part)
        return self._next_s()

    def ask(self, now_s: float, arrivals: Sequence[Arrival], is_sampled: bool) -> None:
        """Have all done that happens at a moment, or, if it is one, the pictures kept."""
        self._now_s = now_s
        for row, time_s, packet in arrivals:
            self._hosted[row].agenda.packet(time_s, packet)
        went: Went = []
        for row, host in self._hosted.items():
            if is_sampled:
                self._shown[row].keep(now_s, host.node.picture(now_s))
            elif host.agenda.next_s <= now_s:
                went.append((row, host.work()))
        self._answer = went, self._next_s()

    def answer(self) -> tuple[Went, float]:
        """Return what went out of the sites that worked, and the next moment."""
        return self._answer

    def pictures(self, rows: Sequence[int], now_s: float) -> dict[int, Tracks]:
        """Return the pictures of some of the crew's sites as they expect the sky at a time."""
        return {row: self._hosted[row].node.picture(now_s) for row in rows}

    def left(self) -> dict[int, Left]:
        """Return what the sites left, by row."""
        return {
            row: Left(
                shown=self._shown[row],
                told=host.told,
                holding=host.holding,
                too_late=host.node.status(self._now_s).too_late,
            )
            for row, host in self._hosted.items()
        }

    def close(self) -> None:
        """End what was begun for it: nothing."""

    def _next_s(self) -> float:
        return min((host.agenda.next_s for host in self._hosted.values()), default=math.inf)


class Away:
    """A crew in a process of its own."""

    def __init__(self, *given: Any) -> None:
        self.rows: Sequence[int] = given[1]
        context = multiprocessing.get_context("spawn")  # threads of kernels do not survive a fork
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, given), daemon=True)
        self._process.start()
        other.close()

    def begin(self, plots: Sequence[tuple[int, float, Plots]]) -> float:
        """Take the plots of a window, with rows of sites and moments; return the next moment."""
        next_s: float = self._call("begin", plots)
        return next_s

    def ask(self, now_s: float, arrivals: Sequence[Arrival], is_sampled: bool) -> None:
        """Have all done that happens at a moment, or, if it is one, the pictures kept."""
        self._pipe.send(("ask", now_s, arrivals, is_sampled))

    def answer(self) -> tuple[Went, float]:
        """Return what went out of the sites that worked, and the next moment."""
        told: tuple[Went, float] = self._received()
        return told

    def pictures(self, rows: Sequence[int], now_s: float) -> dict[int, Tracks]:
        """Return the pictures of some of the crew's sites as they expect the sky at a time."""
        told: dict[int, Tracks] = self._call("pictures", rows, now_s)
        return told

    def left(self) -> dict[int, Left]:
        """Return what the sites left, by row."""
        told: dict[int, Left] = self._call("left")
        return told

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.terminate()
        self._process.join()

    def _call(self, *words: Any) -> Any:
        self._pipe.send(words)
        return self._received()

    def _received(self) -> Any:
        told = self._pipe.recv()
        if isinstance(told, BaseException):
            raise told
        return told


def shared_out(rows: Sequence[int], crews: int) -> list[list[int]]:
    """Return rows in so many parts, neighbours apart: sites of one nation work alike."""
    return [list(rows[k::crews]) for k in range(min(crews, max(len(rows), 1)))]


def _serve(pipe: Any, given: tuple[Any, ...]) -> None:
    """Do what the first process asks for, until it has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whether to stop is for the first to say
    crew = Here(*given)
    while True:
        try:
            word, *arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            told = getattr(crew, word)(*arguments)
            pipe.send(crew.answer() if word == "ask" else told)
        except (BrokenPipeError, OSError):
            return
        except BaseException as error:  # for the first process to raise
            pipe.send(error)
            return
