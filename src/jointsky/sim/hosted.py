"""One site of a simulated network: its node, what is to come to it, what it told and kept."""

from __future__ import annotations

import array
import math

import numpy as np
import numpy.typing as npt

from jointsky.node.effects import Effect, Keep, Log, Send, Told, Wake
from jointsky.node.picture import NO_PLOTS, PictureNode
from jointsky.node.setup import Network
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.sim.agenda import Agenda, Packet
from jointsky.sim.holding import Holding
from jointsky.tracking.numbers import label

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_MANY = 100_000
_LOOKS = 10.0  # a site looks at what came so often in each interval at which plots are shared
_SLOWEST_S = 2.0


class Hosted:
    """A node of the network as the simulation drives it; ``row`` is its site's."""

    def __init__(self, network: Network, row: int, begin_s: float) -> None:
        self.row = row
        self._tick_s = tick_of(network)
        self.name = network.sites[row].name
        self.node = PictureNode(network, row, begin_s, looks_s=self._tick_s)
        self.agenda = Agenda()
        self.holding = Holding()
        self.told = Tellings()
        self._begin_s = begin_s
        self._alive: set[int] = set()
        self.agenda.wake(begin_s)

    def work(self) -> list[Send | Log]:
        """Do all that happens at the site's next moment; return what goes out of the site."""
        now_s, happenings = self.agenda.take()
        plots = [one for one in happenings if isinstance(one, Plots)]
        packets = [(one.link, one.octets) for one in happenings if isinstance(one, Packet)]
        if not plots and not packets:
            due_s = self.node.next_s()
            if due_s > now_s:  # what it wanted to be woken for has been done meanwhile
                if due_s < math.inf:
                    self.agenda.wake(moment_s(self._begin_s, self._tick_s, due_s, now_s))
                return []
            return self._done(self.node.on_time(now_s), now_s)
        together = join(plots) if plots else NO_PLOTS
        return self._done(self.node.on_all(together, packets, now_s), now_s)

    def _done(self, effects: list[Effect], now_s: float) -> list[Send | Log]:
        """Do what effects ask for inside the site; return the others."""
        out: list[Send | Log] = []
        for effect in effects:
            if isinstance(effect, Wake):
                self.agenda.wake(moment_s(self._begin_s, self._tick_s, effect.at_s, now_s))
            elif isinstance(effect, Keep):
                self.holding.keep(effect.message)
            elif isinstance(effect, Told):
                self.told.keep(effect.tracks, now_s)
                out += self._begun_and_ended(effect.tracks)
            else:
                out.append(effect)
        return out

    def _begun_and_ended(self, tracks: Tracks) -> list[Log]:
        """Return what the log says of rows: which tracks are new, which are gone by the last."""
        told = np.flatnonzero(tracks.status != TrackStatus.TENTATIVE)
        order = told[np.lexsort((told, tracks.time_s[told], tracks.track_number[told]))]
        numbers = tracks.track_number[order]
        last = np.append(np.diff(numbers) != 0, True)[: len(numbers)]
        is_gone = tracks.status[order][last] == TrackStatus.ENDED
        made = []
        for number, gone in zip(numbers[last].tolist(), is_gone.tolist(), strict=True):
            if gone == (number in self._alive):
                self._alive ^= {number}
                kind = "track-ends" if gone else "track-begins"
                made.append(Log(kind, {"track": str(number), "label": label(number)}))
        return made


def tick_of(network: Network) -> float:
    """Return how often sites look at their clocks and at what came."""
    return min(network.settings.share_interval_s / _LOOKS, _SLOWEST_S)


def moment_s(begin_s: float, tick_s: float, time_s: float, after_s: float) -> float:
    """Return when sites next look, at or after a time and after ``after_s``."""
    tick = math.ceil((max(time_s, after_s) - begin_s) / tick_s - 1e-6)
    moment = begin_s + tick_s * tick
    return moment if moment > after_s else begin_s + tick_s * (tick + 1)


class Tellings:
    """Every track that a site told as updated: its number, its plot's time, when it was told."""

    def __init__(self) -> None:
        self._number, self._time_s = array.array("q"), array.array("d")
        self._told_s = array.array("d")
        self._tidy = 0  # rows that are known to be first tellings

    def keep(self, tracks: Tracks, now_s: float) -> None:
        """Take note of rows told now; a track that only ended was not updated."""
        shown = tracks.status != TrackStatus.ENDED
        self._put(tracks.track_number[shown], tracks.time_s[shown], np.full(shown.sum(), now_s))
        if len(self._number) > 2 * self._tidy + _MANY:
            first = self.first()
            self._number = array.array("q")
            self._time_s, self._told_s = array.array("d"), array.array("d")
            self._put(*first)
            self._tidy = len(self._number)

    def first(self) -> tuple[Integers, Floats, Floats]:
        """Return number, plot's time and time of telling, (n,) each, of each row's first telling.

        What is told anew, because something late came in, was told before.
        """
        number = np.array(self._number, np.int64)
        time_s, told_s = np.array(self._time_s), np.array(self._told_s)
        order = np.lexsort((told_s, time_s, number))
        number, time_s, told_s = number[order], time_s[order], told_s[order]
        is_first = np.ones(len(order), bool)
        is_first[1:] = (np.diff(number) != 0) | (np.diff(time_s) != 0)
        return number[is_first], time_s[is_first], told_s[is_first]

    def _put(self, number: Integers, time_s: Floats, told_s: Floats) -> None:
        self._number.frombytes(np.ascontiguousarray(number, np.int64).tobytes())
        self._time_s.frombytes(np.ascontiguousarray(time_s, np.float64).tobytes())
        self._told_s.frombytes(np.ascontiguousarray(told_s, np.float64).tobytes())
