"""What happens to one site, in order of time: plots, packets, and what it asked to be woken for.

Ties have an order of their own, so that equal runs are equal: plots before packets before wakes,
and of one kind what was put in first.
"""

from __future__ import annotations

import dataclasses
import heapq
import math

from jointsky.records.plots import Plots

_PLOTS, _PACKET, _WAKE = 0, 1, 2


@dataclasses.dataclass(frozen=True)
class Packet:
    """What came over a link."""

    link: str
    octets: bytes


Happening = Plots | Packet | None
"""Plots of the site's own sensors, a packet, or nothing but that it is time."""


class Agenda:
    """The happenings of one site that are still to come."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, Happening]] = []
        self._put = 0
        self._wakes: set[float] = set()  # only asked whether a time is in it

    @property
    def next_s(self) -> float:
        """Return when the next things happen; infinite where nothing is to come."""
        return self._heap[0][0] if self._heap else math.inf

    def plots(self, time_s: float, plots: Plots) -> None:
        """Put in plots that the site gets at a time."""
        self._push(time_s, _PLOTS, plots)

    def packet(self, time_s: float, packet: Packet) -> None:
        """Put in a packet that arrives at a time."""
        self._push(time_s, _PACKET, packet)

    def wake(self, time_s: float) -> None:
        """Put in that the site is to be woken at a time; asked for twice it is done once."""
        if time_s not in self._wakes:
            self._wakes.add(time_s)
            self._push(time_s, _WAKE, None)

    def take(self) -> tuple[float, list[Happening]]:
        """Take out all that happens at the next moment, and when that is."""
        time_s = self._heap[0][0]
        happenings = []
        while self._heap and self._heap[0][0] == time_s:
            happenings.append(heapq.heappop(self._heap)[3])
        self._wakes.discard(time_s)
        return time_s, happenings

    def _push(self, time_s: float, kind: int, happening: Happening) -> None:
        heapq.heappush(self._heap, (time_s, kind, self._put, happening))
        self._put += 1
