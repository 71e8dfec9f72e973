"""A run's log, replayed: its decisions and its batteries go through once more, from the log alone.

The seals say that no entry was altered; this says that what the log tells of batteries follows
from what it tells of orders: the same shots, hits and misses, at the same times, to the last bit.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np

from jointsky.decide.book import Book
from jointsky.errors import InputError
from jointsky.records.decisions import AnyDecision, Order, Ref
from jointsky.records.log import Entry
from jointsky.sim.duty import CEASE_FIRE, ENGAGE, SUPPLY, UNIT, UNITS
from jointsky.world.engagement import Arm, Engagement, Target, Unit

_KINDS: dict[str, Any] = {
    str(kind.__struct_config__.tag): kind for kind in typing.get_args(AnyDecision)
}
_OF_LOG = {"no target", "cannot", "not deployed"}  # that no engagement came of


@dataclasses.dataclass(frozen=True)
class Replayed:
    """What came of a log that was replayed.

    ``differences``: what does not follow, in words, each with the number of its entry.
    """

    entries: int
    decisions: int
    orders: int
    engagements: int
    shots: int
    stopped: tuple[int, ...]  # rows of vehicles
    differences: tuple[str, ...]


def replayed(entries: Iterable[Entry], where: str) -> Replayed:
    """Replay a run's log; InputError where what is needed for that is not in it."""
    made = _Replay(where)
    count = 0
    for entry in entries:
        made.take(entry)
        count += 1
    made.finish()
    engagement = made.engagement
    stop_s = np.empty(0) if engagement is None else engagement.stop_s
    return Replayed(
        entries=count,
        decisions=len(made.book),
        orders=len(made.book.orders()),
        engagements=len(made.engaged),
        shots=made.shots,
        stopped=tuple(np.flatnonzero(np.isfinite(stop_s)).tolist()),
        differences=tuple(made.differences),
    )


class _Replay:
    def __init__(self, where: str) -> None:
        self.where = where
        self.book = Book()
        self.engagement: Engagement | None = None
        self.engaged: dict[Ref, int] = {}
        self.shots = 0
        self.differences: list[str] = []
        self._told: list[tuple[int, dict[str, Any]]] = []  # what units did, by the log
        self._did: list[dict[str, Any]] = []  # what they did this time
        self._orders: dict[int, Ref] = {}

    def take(self, entry: Entry) -> None:
        """Take one entry."""
        place = f"{self.where}: entry {entry.number}"
        try:
            if entry.kind == UNITS:
                self._units(entry.facts)
            elif entry.kind == ENGAGE:
                self._engage(entry)
            elif entry.kind == CEASE_FIRE:
                self._advance(entry.time_s)
                engaged = self.engaged[Ref(*entry.facts["order"])]
                assert self.engagement is not None
                self.engagement.cease(engaged, entry.time_s)
            elif entry.kind == SUPPLY:
                self._supply(entry)
            elif entry.kind == UNIT and entry.facts["state"] not in _OF_LOG:
                self._told.append((entry.number, self._facts(entry.time_s, entry.facts)))
            elif entry.kind in _KINDS:
                self._decide(entry)
        except (KeyError, TypeError, ValueError, AssertionError) as error:
            raise InputError(
                place, f"{entry.kind}: {error!r}", "an entry that a run wrote"
            ) from None

    def finish(self) -> None:
        """Let all go on to the last thing told, and compare."""
        if self._told:
            self._advance(max(facts["time_s"] for _, facts in self._told))
        for (number, told), did in zip(self._told, self._did, strict=False):
            if told != did:
                self.differences.append(f"entry {number}: the log says {told}, replayed {did}")
        if len(self._told) != len(self._did):
            found = f"the log tells {len(self._told)} things of units, replayed {len(self._did)}"
            self.differences.append(found)

    def _units(self, facts: dict[str, Any]) -> None:
        units = [
            Unit(
                name=unit["name"],
                channels=unit["channels"],
                reaction_s=unit["reaction_s"],
                arms=tuple(
                    Arm(**{**arm, "speed_mps": arm["speed_mps"] or math.inf})
                    for arm in unit["arms"]
                ),
            )
            for unit in facts["units"]
        ]
        self.engagement = Engagement(units, facts["vehicles"] + 1, facts["seed"], facts["begin_s"])

    def _supply(self, entry: Entry) -> None:
        assert self.engagement is not None
        self._advance(entry.time_s)
        facts = entry.facts
        row = self.engagement.weapon(facts["unit"], facts["weapon"])
        self.engagement.supply(row, facts["shots"], entry.time_s)

    def _engage(self, entry: Entry) -> None:
        facts = entry.facts
        assert self.engagement is not None
        self._advance(entry.time_s)
        away_m = [math.nan if one is None else one for one in facts["distance_m"]]
        target = Target(facts["vehicle_row"], away_m, facts["begin_s"], facts["step_s"])
        engaged = self.engagement.order(
            self.engagement.weapon(facts["unit"], facts["weapon"]),
            target,
            facts["chance"],
            entry.time_s,
            until_s=facts["until_s"],
        )
        ref = Ref(*facts["order"])
        self.engaged[ref], self._orders[engaged] = engaged, ref
        order = self.book.get(ref)
        if not isinstance(order, Order) or order.unit != facts["unit"]:
            self.differences.append(f"entry {entry.number}: {facts['unit']} engages without order")

    def _decide(self, entry: Entry) -> None:
        facts = {"kind": entry.kind, **entry.facts}
        decision: AnyDecision = msgspec.convert(facts, _KINDS[entry.kind])
        if not self.book.add(decision):
            self.differences.append(f"entry {entry.number}: decided twice")

    def _advance(self, until_s: float) -> None:
        if self.engagement is None:
            return
        for one in self.engagement.advance(until_s):
            self.shots += one.shots if one.kind == "fired" else 0
            ref = self._orders[one.engagement]
            self._did.append(
                {
                    "time_s": one.time_s,
                    "order": list(ref),
                    "state": one.kind,
                    "shots": one.shots,
                }
            )

    @staticmethod
    def _facts(time_s: float, facts: dict[str, Any]) -> dict[str, Any]:
        return {"time_s": time_s, **{name: facts[name] for name in ("order", "state", "shots")}}
