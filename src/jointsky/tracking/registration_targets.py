"""Common targets: who follows each, and its filter that carries the errors of all who do."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.tracking import registration_kernels as kernels
from jointsky.tracking.registration_pairing import Pairs
from jointsky.tracking.registration_states import States
from jointsky.tracking.registration_watch import SENDERS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
Member = tuple[int, int]  # sensor or SENDERS, its number for the target
SLOWEST_MPS = 30.0  # what is slower is many at one place, and tells nothing of clocks
REFUSED_S = 60.0  # a track that did not fit is left alone for so long


class Filters(NamedTuple):
    """The filters' arrays, a row for each place of a target; as the kernel names them."""

    x: Array  # (T, STATES)
    p: Array  # (T, STATES, STATES)
    v: Array  # (T, STATES, COLUMNS)
    time_s: Array  # (T,)
    anchor: Array  # (T,)
    columns: Array  # (T, COLUMNS): of each column among all errors, -1: none
    velocity: Array  # (T, 3) to begin with

    def rows(self, places: Integers) -> Filters:
        """Return copies of some rows."""
        return Filters(*(column[places] for column in self))


@dataclasses.dataclass
class Target:
    """One common target."""

    place: int  # row of its filter
    born_s: float
    members: dict[int, int]  # sensor: number
    slots: dict[int, int]  # radar: slot


class Targets:
    """All common targets that are followed, at most so many."""

    def __init__(self, most: int, radars: dict[int, int]) -> None:
        self.most = most
        self._radars = radars
        self._free = list(range(most))[::-1]
        self.all: list[Target] = []
        self.of: dict[Member, Target] = {}
        self._refused: dict[Member, float] = {}
        n, columns = most, kernels.COLUMNS
        self.base = np.zeros(0)  # errors taken off the plots that the filters took
        self.filters = Filters(
            x=np.zeros((n, kernels.STATES)),
            p=np.zeros((n, kernels.STATES, kernels.STATES)),
            v=np.zeros((n, kernels.STATES, columns)),
            time_s=np.zeros(n),
            anchor=np.full(n, kernels.NOT_BEGUN),
            columns=np.full((n, columns), -1),
            velocity=np.zeros((n, 3)),
        )

    def keep(self, states: States, now_s: float) -> None:
        """Let go of members that are no longer followed, and of targets that one sensor has."""
        alive = set(zip(states.sensor.tolist(), states.number.tolist(), strict=True))
        for target in list(self.all):
            for member in list(target.members.items()):
                if member not in alive and member in self.of:
                    self.remove(target, member[0])
        self._refused = {m: until for m, until in self._refused.items() if until > now_s}

    def pair(self, states: States, pairs: Pairs, now_s: float) -> None:
        """Make and extend targets by pairs, the best first; those of rare radars before others."""
        members = list(zip(states.sensor.tolist(), states.number.tolist(), strict=True))
        speed = np.linalg.norm(states.velocity_mps, axis=1).tolist()
        chosen = [
            (members[i], members[j], i)
            for i, j in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
            if members[i] not in self._refused and members[j] not in self._refused
            if max(speed[i], speed[j]) > SLOWEST_MPS
        ]
        count = self.counts()
        fresh = []
        for a, b, row in chosen:
            target, other = self.of.get(a), self.of.get(b)
            if target is not None and other is None:
                self._join(target, b)
            elif other is not None and target is None:
                self._join(other, a)
            elif target is None and other is None:
                fresh.append((a, b, row))
        fresh.sort(key=lambda pair: min(count.get(pair[0][0], 0), count.get(pair[1][0], 0)))
        for a, b, row in fresh:
            target, other = self.of.get(a), self.of.get(b)
            if target is None and other is None:
                self._begin(a, b, states.velocity_mps[row], now_s)
            elif target is not None and other is None:
                self._join(target, b)
            elif other is not None and target is None:
                self._join(other, a)

    def counts(self) -> dict[int, int]:
        """Return how many targets each sensor has a part in."""
        count: dict[int, int] = {}
        for target in self.all:
            for sensor in target.members:
                count[sensor] = count.get(sensor, 0) + 1
        return count

    def remove(self, target: Target, sensor: int, until_s: float | None = None) -> None:
        """Take a sensor off a target; leave its track alone for a while where it did not fit."""
        number = target.members.pop(sensor)
        self.of.pop((sensor, number), None)
        if until_s is not None:
            self._refused[sensor, number] = until_s
        if len(target.members) < 2 or all(row == SENDERS for row in target.members):
            self.end(target)

    def end(self, target: Target, until_s: float | None = None) -> None:
        """Forget a target; its members are free, or left alone for a while."""
        for member in target.members.items():
            self.of.pop(member, None)
            if until_s is not None:
                self._refused[member] = until_s
        target.members.clear()
        if target in self.all:
            self.all.remove(target)
            self._free.append(target.place)

    def restart(self, sensor: int) -> None:
        """Begin the filters of a sensor's targets anew and take the sensor off them."""
        for target in list(self.all):
            if sensor in target.slots:
                self.filters.anchor[target.place] = kernels.NOT_BEGUN
                if sensor in target.members:
                    self.remove(target, sensor)

    def _begin(self, a: Member, b: Member, velocity: Floats, now_s: float) -> None:
        if not self._free:
            return
        place = self._free.pop()
        target = Target(place, now_s, {}, {})
        self.all.append(target)
        filters = self.filters
        filters.anchor[place] = kernels.NOT_BEGUN
        filters.columns[place] = -1
        filters.columns[place, : kernels.SHARED] = range(kernels.SHARED)
        filters.velocity[place] = velocity
        self._join(target, a)
        self._join(target, b)

    def _join(self, target: Target, member: Member) -> None:
        sensor, number = member
        if sensor in target.members:
            return
        if sensor != SENDERS and sensor not in target.slots:
            if len(target.slots) == kernels.SLOTS:
                return
            slot = len(target.slots)
            target.slots[sensor] = slot
            first = kernels.SHARED + kernels.PARTS * slot
            at = self._radars[sensor]
            self.filters.columns[target.place, first : first + kernels.PARTS] = range(at, at + 4)
            self.filters.v[target.place, :, first : first + kernels.PARTS] = 0.0
        target.members[sensor] = number
        self.of[member] = target

    def theirs(self, sensor: Integers, owner: Integers) -> tuple[Integers, Integers, Integers]:
        """Return which plots are of targets: row of the target in ``all``, slot, row of the plot.

        ``sensor`` and ``owner`` (P,) say whose each plot is; those of nobody are left out.
        """
        members = [
            (_key(row, number), t, target.slots.get(row, kernels.SENDER))
            for t, target in enumerate(self.all)
            for row, number in target.members.items()
        ]
        if not members or len(sensor) == 0:
            return (np.empty(0, np.int64),) * 3
        keys, rows, slots = np.array(sorted(members), np.int64).T
        plots = np.flatnonzero(owner >= 0)
        asked = _key(sensor[plots], owner[plots])
        at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        known = keys[at] == asked
        return rows[at[known]], slots[at[known]], plots[known]

    def rebased(self, base: Floats) -> tuple[Integers, Filters]:
        """Return the places of all targets and their filters, had ``base`` (G,) been taken off."""
        places = np.array([target.place for target in self.all], np.int64)
        filters = self.filters.rows(places)
        moved = base - (self.base if len(self.base) else np.zeros(len(base)))
        known = filters.columns >= 0
        local = np.where(known, moved[filters.columns], 0.0)
        filters.x[:] += np.einsum("tij,tj->ti", filters.v, local)
        begun = np.flatnonzero(filters.anchor != kernels.NOT_BEGUN)  # time is by the anchor's clock
        anchor = filters.anchor[begun]
        first = kernels.SHARED + kernels.PARTS * np.maximum(anchor, 0) + kernels.CLOCK
        clock = local[begun, np.where(anchor == kernels.SENDER, kernels.AGE, first)]
        filters.x[begun, :3] += clock[:, None] * filters.x[begun, 3:6]
        return places, filters

    def put(self, places: Integers, filters: Filters, base: Floats) -> None:
        """Take all filters over into their places, as they are with ``base`` taken off."""
        self.base = base
        for column, fresh in zip(self.filters, filters, strict=True):
            column[places] = fresh


def _key(sensor: Any, number: Any) -> Any:
    """Return one whole number for a member; numbers of tracks and addresses are below 2**40."""
    return (sensor + 1) * (1 << 40) + number
