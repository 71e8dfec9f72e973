"""Simulated links: when a packet arrives, or what became of it.

A channel is one way of a link.  A packet waits until those before it are sent, takes its octets'
time to be sent (bandwidth), then the delay, then an exponential jitter; so packets overtake each
other.  It is dropped where it would have to wait for longer than the queue holds, lost with the
link's probability, and lost where the link is cut at any moment from its sending to its arrival.

What is drawn for a packet hangs on the seed, the link, the way and the packet's place among those
offered, on nothing else (Philox 4x64, Salmon et al. 2011, by streams.stream).
"""

from __future__ import annotations

import bisect
import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from jointsky.scenario.built import BuiltLink
from jointsky.streams import stream

BIN_S = 10.0
_DRAWN = 1024  # packets whose draws are made at once


@dataclasses.dataclass
class Traffic:
    """What went over one way of a link.

    ``octets`` were sent, lost ones included, those of what packets are wrapped in not; ``by_bin``
    are the same in bins of ``BIN_S`` seconds from the begin of the run.
    """

    link: str
    ends: tuple[int, int]  # rows of sites: from, to
    packets: int = 0
    octets: int = 0
    dropped: int = 0  # too many waited
    lost: int = 0  # at random
    cut: int = 0  # in an outage
    longest_wait_s: float = 0.0
    by_bin: list[int] = dataclasses.field(default_factory=list)


class Channel:
    """One way of a link: packets go in in order of time."""

    def __init__(self, link: BuiltLink, way: int, begin_s: float, seed: int) -> None:
        self.link = link
        self.traffic = Traffic(link.name, (link.ends[way], link.ends[1 - way]))
        self._begin_s = begin_s
        self._rng = stream(seed, "link", link.name, way)
        self._draws: Sequence[Sequence[float]] = ()
        self._offered = 0
        self._free_s = -math.inf
        self._octet_s = 0.0 if link.bandwidth_kbps is None else 0.008 / link.bandwidth_kbps
        self._cuts_s = [begin_s for begin_s, _ in link.outages_s]

    def send(self, now_s: float, octets: int) -> float | None:
        """Return when a packet of a length arrives that is given to the link now; None: never."""
        luck, late = self._drawn()
        start_s = max(now_s, self._free_s)
        if start_s - now_s > self.link.queue_s:
            self.traffic.dropped += 1
            return None
        sent_s = start_s + octets * self._octet_s
        self._free_s = sent_s
        self._count(start_s, octets, start_s - now_s)
        arrives_s = sent_s + self.link.delay_s - self.link.jitter_s * math.log1p(-late)
        if self.is_cut(start_s, arrives_s):
            self.traffic.cut += 1
            return None
        if luck < self.link.loss:
            self.traffic.lost += 1
            return None
        return arrives_s

    def is_cut(self, begin_s: float, end_s: float) -> bool:
        """Return whether the link carries nothing at any moment of a span, its ends included."""
        last = bisect.bisect_right(self._cuts_s, end_s) - 1
        return last >= 0 and self.link.outages_s[last][1] > begin_s

    def _drawn(self) -> Sequence[float]:
        """Return two numbers in [0, 1) for the next packet, used or not."""
        place = self._offered % _DRAWN
        if place == 0:
            self._draws = self._rng.random((_DRAWN, 2)).tolist()
        self._offered += 1
        return self._draws[place]

    def _count(self, start_s: float, octets: int, wait_s: float) -> None:
        told = self.traffic
        told.packets += 1
        told.octets += octets
        told.longest_wait_s = max(told.longest_wait_s, wait_s)
        place = int((start_s - self._begin_s) / BIN_S)
        if place >= len(told.by_bin):
            told.by_bin.extend([0] * (place + 1 - len(told.by_bin)))
        told.by_bin[place] += octets


def rate_kbps(traffic: Traffic, seconds: float) -> np.ndarray:
    """Return what went over one way in each bin of ``BIN_S`` of so many seconds, kbit/s, (bins,).

    What was sent after the last bin (it waited) belongs to none.
    """
    bins = max(math.ceil(seconds / BIN_S - 1e-9), 1)
    out = np.zeros(bins)
    out[: len(traffic.by_bin)] = traffic.by_bin[:bins]
    width_s = np.minimum(BIN_S * np.arange(1, bins + 1), seconds) - BIN_S * np.arange(bins)
    return np.asarray(out * 0.008 / np.maximum(width_s, 1e-9))
