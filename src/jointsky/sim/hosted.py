"""One site of a simulated network: its node, what is to come to it, what it told and kept."""

from __future__ import annotations

import array
import math

import numpy as np
import numpy.typing as npt

from jointsky.node.effects import Effect, Keep, Log, Send, Told, Wake
from jointsky.node.picture import PictureNode
from jointsky.node.setup import Network
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.sim.agenda import Agenda, Packet
from jointsky.sim.holding import Holding
from jointsky.tracking.numbers import label

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_MANY = 100_000
_WOKEN_S = 0.05  # a node is woken at whole multiples of this, so that near wakes become one


class Hosted:
    """A node of the network as the simulation drives it; ``row`` is its site's."""

    def __init__(self, network: Network, row: int, begin_s: float) -> None:
        self.row = row
        self.name = network.sites[row].name
        self.node = PictureNode(network, row, begin_s)
        self.agenda = Agenda()
        self.holding = Holding()
        self.told = Tellings()
        self._begin_s = begin_s
        self._alive: set[int] = set()
        self.agenda.wake(begin_s)

    def work(self, before_s: float) -> list[tuple[float, Send | Log]]:
        """Do all that happens before a time; return what goes out of the site, and when."""
        out: list[tuple[float, Send | Log]] = []
        while self.agenda.next_s < before_s:
            now_s, happening = self.agenda.take()
            if isinstance(happening, Plots):
                effects = self.node.on_plots(happening, now_s)
            elif isinstance(happening, Packet):
                effects = self.node.on_record(happening.link, happening.octets, now_s)
            else:
                effects = self.node.on_time(now_s)
            out += [(now_s, effect) for effect in self._woken(effects, now_s)]
        return out

    def _woken(self, effects: list[Effect], now_s: float) -> list[Send | Log]:
        """Do what effects ask for inside the site; return the others."""
        out: list[Send | Log] = []
        for effect in effects:
            if isinstance(effect, Wake):
                self.agenda.wake(self._tick_s(effect.at_s, now_s))
            elif isinstance(effect, Keep):
                self.holding.keep(effect.message)
            elif isinstance(effect, Told):
                self.told.keep(effect.tracks, now_s)
                out += self._begun_and_ended(effect.tracks)
            else:
                out.append(effect)
        return out

    def _tick_s(self, at_s: float, now_s: float) -> float:
        """Return the first even moment after now at or after the one that is asked for."""
        tick = math.ceil((max(at_s, now_s) - self._begin_s) / _WOKEN_S - 1e-6)
        time_s = self._begin_s + _WOKEN_S * tick
        return time_s if time_s > now_s else self._begin_s + _WOKEN_S * (tick + 1)

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
