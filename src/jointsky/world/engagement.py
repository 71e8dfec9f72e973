"""Orders become outcomes, in the simulation only: batteries are queues in front of channels.

A battery takes its reaction time, waits for a channel, fires a salvo, looks, and fires again while
the order, the magazine and the envelope let it (shoot, look, shoot).  A shot takes its distance
over a mean speed; a public probability says whether it stops its target.  How a shot finds its
target is nobody's business here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.streams import key
from jointsky.world import engagement_kernels as kernels

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

KINDS = (
    *("fired", "stopped", "missed", "wasted"),
    *("no-channel", "no-shots", "no-reach", "gone"),
)
"""What happens: a salvo is fired, stops its target, misses it, comes to one that is stopped
already; the engagement ends for want of a channel, of shots or of a target in the envelope, or
because the target is gone."""
ROOM = 64  # engagements at first; more is made as it is needed


class Units(NamedTuple):
    """Batteries and their weapons: their queues and magazines now."""

    free_s: Array  # (U, C) when each channel is free; inf: there is none
    weapon_unit: Array  # (W,) the unit of each weapon
    ready: Array  # (W,) shots ready
    reserve: Array  # (W,) shots that must be loaded first
    most: Array  # (W,) shots that can be ready
    load: Array  # (W,) shots that one load makes ready
    load_s: Array  # (W,) time of one load
    loaded_s: Array  # (W,) when a load that goes on is done; inf: none does
    salvo: Array  # (W,) shots before a look
    hold_s: Array  # (W,) time that a channel stays on the target after the shots arrive
    speed_mps: Array  # (W,) mean speed of a shot; inf: at once
    fired: Array  # (W,) shots fired so far


class Engagements(NamedTuple):
    """Orders that units carry out, one row each."""

    weapon: Array  # (E,)
    target: Array  # (E,)
    phase: Array  # (E,) WAITING, FLYING or OVER
    next_s: Array  # (E,) when it goes on; inf: it is over
    patience_s: Array  # (E,) no first shot later than this
    until_s: Array  # (E,) no shot later than this
    looks: Array  # (E,) salvos that are left
    chance: Array  # (E,) that one shot stops the target
    channel: Array  # (E,) the one that it holds; -1: none
    flying: Array  # (E,) shots under way
    shots: Array  # (E,) fired so far
    key: Array  # (E, 2) of its randomness
    begin_s: Array  # (E,) time of the first sample of its distance
    step_s: Array  # (E,) between two samples; 0: the distance stands still
    distance_m: Array  # (E, K) from the unit to the target


class Events(NamedTuple):
    """What happened, in order of time."""

    time_s: Array
    kind: Array
    engagement: Array
    shots: Array  # shots concerned


@dataclasses.dataclass(frozen=True)
class Arm:
    """What a battery fires: shots of one kind.

    It is loaded whenever there is room for a load, one load after the other.
    """

    name: str
    ready: int  # shots
    reserve: int = 0
    most: int = 0  # shots that can be ready; 0: as many as are at first
    load: int = 0  # shots that one load makes ready; 0: as many as can be
    load_s: float = 0.0
    salvo: int = 1
    hold_s: float = 0.0
    speed_mps: float = math.inf


@dataclasses.dataclass(frozen=True)
class Unit:
    """A battery: so many targets at once, so long from an order to the first shot."""

    name: str
    channels: int
    arms: tuple[Arm, ...]
    reaction_s: float = 0.0


@dataclasses.dataclass(frozen=True)
class Target:
    """What an order is against, as the battery will find it.

    ``distance_m`` (K,) from the battery at times ``begin_s + k * step_s``, NaN where the target is
    outside of the envelope; with ``step_s`` 0 it stands still at the first.
    """

    row: int
    distance_m: npt.ArrayLike = (0.0,)
    begin_s: float = 0.0
    step_s: float = 0.0


@dataclasses.dataclass(frozen=True)
class Happened:
    """What happened in an engagement: see ``KINDS``."""

    time_s: float
    kind: str
    engagement: int
    shots: int


class Engagement:
    """All batteries of a run and what they do.  ``targets``: how many there are in all.

    What a shot draws hangs on ``seed``, the target and how many-th shot of which unit's weapon at
    it it is, so that one order more changes nobody else's luck.
    """

    def __init__(
        self, units: Sequence[Unit], targets: int, seed: int, begin_s: float = 0.0
    ) -> None:
        self.units = tuple(units)
        self.seed = seed
        self._arms = [(u, arm) for u, unit in enumerate(units) for arm in unit.arms]
        self._rows = {(units[u].name, arm.name): row for row, (u, arm) in enumerate(self._arms)}
        self.stop_s: Floats = np.full(targets, np.inf)
        self._state = state_of(units, begin_s)
        self._count = 0
        self._engagements = engagements_of(ROOM, 1)
        self._orders: dict[tuple[int, int], int] = {}  # orders so far, by weapon and target

    def weapon(self, unit: str, arm: str) -> int:
        """Return the row of a weapon."""
        row = self._rows.get((unit, arm))
        if row is None:
            raise ValueError(f"no unit {unit!r} with {arm!r}")
        return row

    def order(
        self,
        weapon: int,
        target: Target,
        chance: float,
        now_s: float,
        until_s: float = math.inf,
        patience_s: float = math.inf,
        looks: int = 1_000_000,
    ) -> int:
        """Have a unit engage a target with a weapon; return the row of the engagement.

        ``chance`` is that one shot stops it.  No shot is fired after ``until_s``, no first one
        after ``patience_s``; at most ``looks`` salvos are.
        """
        if not 0.0 <= chance <= 1.0:
            raise ValueError(f"chance is {chance}; it must be from 0 to 1")
        distance = np.atleast_1d(np.asarray(target.distance_m, np.float64))
        self._make_room(len(distance))
        row, kept = self._count, self._engagements
        u, _ = self._arms[weapon]
        turn = self._orders.get((weapon, target.row), 0)
        self._orders[weapon, target.row] = turn + 1
        kept.weapon[row], kept.target[row] = weapon, target.row
        kept.phase[row], kept.channel[row] = kernels.WAITING, -1
        kept.next_s[row] = now_s + self.units[u].reaction_s
        kept.patience_s[row], kept.until_s[row] = patience_s, until_s
        kept.looks[row], kept.chance[row] = looks, chance
        kept.flying[row] = kept.shots[row] = 0
        kept.key[row] = key(self.seed, "shots", self.units[u].name, weapon, target.row, turn)
        kept.begin_s[row], kept.step_s[row] = target.begin_s, target.step_s
        kept.distance_m[row] = np.nan
        kept.distance_m[row, : len(distance)] = distance
        self._count += 1
        return row

    def advance(self, until_s: float) -> list[Happened]:
        """Let happen all up to a time; return it in order."""
        made: list[Happened] = []
        events = events_of(256)
        while True:
            n = kernels.advance(
                self._state, self._engagements, self._count, self.stop_s, events, until_s
            )
            rows = zip(*(column[:n].tolist() for column in events), strict=True)
            made += [Happened(time_s, KINDS[kind], e, shots) for time_s, kind, e, shots in rows]
            if n + 2 <= len(events.time_s):
                return made

    def cease(self, engagement: int, now_s: float) -> bool:
        """Fire no more under an engagement; return whether it went on."""
        return bool(kernels.cease(self._state, self._engagements, engagement, now_s))

    def supply(self, weapon: int, shots: int, now_s: float) -> None:
        """Bring shots to a weapon's reserve; all up to now must have happened."""
        kernels.supply(self._state, weapon, shots, now_s)

    def next_s(self) -> float:
        """Return when something happens next, inf: nothing will."""
        return float(self._engagements.next_s[: self._count].min(initial=np.inf))

    def ready(self, weapon: int) -> tuple[int, int]:
        """Return the shots of a weapon that are ready, and those in reserve."""
        return int(self._state.ready[weapon]), int(self._state.reserve[weapon])

    def free_channels(self, now_s: float) -> dict[str, int]:
        """Return how many more targets units could take on now: orders that wait count too."""
        mine, count = self._engagements, self._count
        waits = (mine.channel[:count] < 0) & (mine.phase[:count] == kernels.WAITING)
        waiting = np.bincount(
            self._state.weapon_unit[mine.weapon[:count][waits]], minlength=len(self.units)
        )
        free = np.maximum((self._state.free_s <= now_s).sum(axis=1) - waiting, 0)
        return {unit.name: left for unit, left in zip(self.units, free.tolist(), strict=True)}

    def fired(self, weapon: int) -> int:
        """Return how many shots of a weapon were fired."""
        return int(self._state.fired[weapon])

    def _make_room(self, samples: int) -> None:
        rows, kept = self._engagements.distance_m.shape
        if self._count < rows and samples <= kept:
            return
        more = engagements_of(2 * rows if self._count == rows else rows, max(samples, kept))
        for old, new in zip(self._engagements, more, strict=True):
            if new.ndim == 2 and new is more.distance_m:
                new[: self._count, :kept] = old[: self._count]
            else:
                new[: self._count] = old[: self._count]
        self._engagements = more


def state_of(units: Sequence[Unit], begin_s: float = 0.0) -> Units:
    """Return the queues and magazines of units that begin at a time."""
    arms = [(u, arm) for u, unit in enumerate(units) for arm in unit.arms]
    most = [arm.most or arm.ready for _, arm in arms]
    load = [arm.load or full for (_, arm), full in zip(arms, most, strict=True)]
    is_short = [
        arm.reserve > 0 and full - arm.ready >= shots
        for (_, arm), full, shots in zip(arms, most, load, strict=True)
    ]
    free_s = np.full((len(units), max((unit.channels for unit in units), default=1)), np.inf)
    for u, unit in enumerate(units):
        free_s[u, : unit.channels] = -np.inf

    def whole(values: list[int]) -> npt.NDArray[np.int64]:
        return np.array(values, np.int64)

    def real(values: list[float]) -> Floats:
        return np.array(values, np.float64)

    return Units(
        free_s=free_s,
        weapon_unit=whole([u for u, _ in arms]),
        ready=whole([arm.ready for _, arm in arms]),
        reserve=whole([arm.reserve for _, arm in arms]),
        most=whole(most),
        load=whole(load),
        load_s=real([arm.load_s for _, arm in arms]),
        loaded_s=real(
            [
                begin_s + arm.load_s if short else math.inf
                for (_, arm), short in zip(arms, is_short, strict=True)
            ]
        ),
        salvo=whole([arm.salvo for _, arm in arms]),
        hold_s=real([arm.hold_s for _, arm in arms]),
        speed_mps=real([arm.speed_mps for _, arm in arms]),
        fired=np.zeros(len(arms), np.int64),
    )


def events_of(room: int) -> Events:
    """Return room for so many events."""
    return Events(
        np.empty(room), np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    )


def engagements_of(rows: int, samples: int) -> Engagements:
    """Return room for so many engagements, and samples of distance of each."""

    def whole() -> npt.NDArray[np.int64]:
        return np.zeros(rows, np.int64)

    return Engagements(
        weapon=whole(),
        target=whole(),
        phase=whole(),
        next_s=np.full(rows, np.inf),
        patience_s=np.empty(rows),
        until_s=np.empty(rows),
        looks=whole(),
        chance=np.empty(rows),
        channel=whole(),
        flying=whole(),
        shots=whole(),
        key=np.zeros((rows, 2), np.uint64),
        begin_s=np.empty(rows),
        step_s=np.zeros(rows),
        distance_m=np.full((rows, samples), np.nan),
    )
