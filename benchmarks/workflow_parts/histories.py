"""Random long histories of two command posts: more targets, more of everything than exploring."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

import numpy as np

from jointsky.decide.desk import JOINT, Desk
from jointsky.decide.doctrine import Doctrine, Reinforcement, Rule
from jointsky.decide.effects import Act, Ask, Decide, Show, Stop
from jointsky.errors import RefusedError
from jointsky.records.decisions import AnyDecision, Mode, Order, Presence, Ref, is_unit
from jointsky.streams import stream
from workflow_parts.exploring import NATIONS, wrong_order

RULES = tuple(
    Rule(name=name, authority=name, alone=alone, alone_after_s=6.0, answer_within_s=8.0,
         object_within_s=3.0, order_lasts_s=30.0)
    for name, alone in (("both", "own-land"), ("either", "anywhere"), ("inform", "never"),
                        ("own", "own-land"))
)  # fmt: skip
DOCTRINE = Doctrine(rules=RULES, reinforcement=Reinforcement(answer_within_s=8.0, lasts_s=60.0))
TARGETS = 4
SIGNS = 3
WEIGHTS = {
    "deliver": 30, "sign": 24, "time": 22, "propose": 8, "answer": 10, "hold": 1, "lift": 1,
    "request": 2, "arrive": 2, "cease": 1, "same": 0.5, "report": 2, "die": 0.5,
}  # fmt: skip


@dataclasses.dataclass
class Seen:
    """What happened in histories."""

    histories: int = 0
    orders: int = 0
    moves: int = 0  # of these, that a unit of the other nation is to move in
    alone: int = 0
    conflicts: int = 0
    holds: int = 0
    deaths: int = 0

    def __iadd__(self, other: Seen) -> Seen:
        for field in dataclasses.fields(self):
            name = field.name
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


class History:
    """One random history."""

    def __init__(self, rng: np.random.Generator, kind: type[Desk] = Desk) -> None:
        self.now_s, self.kind, self.seen = 0.0, kind, Seen(histories=1)
        self.desks = [kind(NATIONS[k], NATIONS[1 - k], DOCTRINE, 0.0) for k in (0, 1)]
        self.coming: list[list[AnyDecision]] = [[], []]  # to each
        self.signs: list[list[Presence]] = [[], []]  # to each
        self.asked: list[list[Ref]] = [[], []]
        self.acting: list[dict[Ref, Order]] = [{}, {}]
        self.modes = ["", ""]
        self.broken = ""
        self._rng = rng
        for k in (0, 1):
            self._take(k, self.desks[k].begin(0.0))

    def run(self, steps: int) -> str:
        """Let so many things happen; return the first invariant that broke, or nothing."""
        names = list(WEIGHTS)
        shares = np.array(list(WEIGHTS.values()))
        drawn = self._rng.choice(len(names), steps, p=shares / shares.sum())
        numbers = self._rng.integers(0, 1 << 30, (steps, 3)).tolist()
        is_cut = False
        for what, (a, b, c) in zip(drawn.tolist(), numbers, strict=True):
            if a % 61 == 0:
                is_cut = not is_cut
            if is_cut and names[what] in {"deliver", "sign"}:
                continue
            with contextlib.suppress(RefusedError):
                self._happen(names[what], a & 1, b, c)
            if not self.broken:
                self._check()
            if self.broken:
                return self.broken
        return ""

    def _happen(self, what: str, k: int, b: int, c: int) -> None:
        desk, now_s, crew = self.desks[k], self.now_s, f"{NATIONS[k]} crew"
        target = b % TARGETS
        match what:
            case "deliver" if self.coming[k]:
                at = b % len(self.coming[k])
                decision = self.coming[k][at] if c % 5 == 0 else self.coming[k].pop(at)
                self._take(k, desk.on_decision(decision, now_s))
            case "sign" if self.signs[k]:
                self._take(k, desk.on_presence(self.signs[k][-1 - b % len(self.signs[k])], now_s))
            case "time":
                self.now_s += 8.0 if b % 41 == 0 else 0.2 + (b % 4) * 0.2
                for both in (0, 1):
                    self._take(both, self.desks[both].on_time(self.now_s))
                    self._late(self.desks[both])
            case "propose":
                rule = RULES[c % len(RULES)].name
                owner = ("", *NATIONS)[c // 8 % 3]
                self._take(
                    k, desk.propose(target, rule, "unit", owner, crew, now_s, evidence=("seen",))
                )
            case "request":
                unit = f"unit of {NATIONS[1 - k]}"
                self._take(k, desk.request(unit, "place", crew, now_s, ("pressed",)))
            case "arrive":
                for order in [one for one in desk.book.moves(now_s) if one.nation != desk.nation]:
                    self._take(k, desk.report(order.ref, "arrived", False, order.unit, now_s))
            case "answer" if self.asked[k]:
                ref = self.asked[k].pop(b % len(self.asked[k]))
                self._take(k, desk.answer(ref, c % 4 != 0, crew, now_s))
            case "hold":
                self.seen.holds += 1
                self._take(k, desk.hold(target, crew, now_s, "civil"))
            case "lift":
                for hold in desk.book.holds_on(target)[:1]:
                    self._take(k, desk.lift(hold.ref, crew, now_s))
            case "cease" | "report":
                for order in desk.book.orders_on(target, now_s)[:1]:
                    if what == "cease":
                        self._take(k, desk.cease(order.ref, crew, now_s, "enough"))
                    elif order.nation == desk.nation:
                        self._take(k, desk.report(order.ref, "missed", c % 2 == 0, "unit", now_s))
            case "same":
                self._take(k, desk.same(target, c % TARGETS, now_s))
            case "die":
                self.seen.deaths += 1
                self.desks[k] = self.kind(desk.nation, desk.other, DOCTRINE, now_s)
                self.signs[k], self.asked[k], self.acting[k] = [], [], {}
                self._take(k, self.desks[k].begin(now_s, list(desk.book)))

    def _late(self, desk: Desk) -> None:
        """Look for an own proposal that is open beyond its deadline."""
        for one in desk.book.open_proposals():
            if one.nation == desk.nation and self.now_s >= one.answer_by_s:
                self.broken = f"5: a proposal of {desk.nation} is open beyond its deadline"

    def _take(self, k: int, effects: list[Any]) -> None:
        """Take what a command post wants done, and check what it decided."""
        desk = self.desks[k]
        for effect in effects:
            if isinstance(effect, Decide):
                self.coming[1 - k].append(effect.decision)
                if isinstance(effect.decision, Order):
                    self.seen.orders += 1
                    self.seen.moves += is_unit(effect.decision.target)
                    self.seen.alone += effect.decision.answer is None
                    wrong = wrong_order(desk, effect.decision, self.modes[k])
                    self.broken = self.broken or wrong
                elif isinstance(effect.decision, Mode):
                    self.modes[k] = effect.decision.mode
                elif getattr(effect.decision, "reason", "").startswith("conflict"):
                    self.seen.conflicts += 1
            elif isinstance(effect, Show):
                self.signs[1 - k] = [*self.signs[1 - k], effect.presence][-SIGNS:]
            elif isinstance(effect, Ask):
                self.asked[k].append(effect.proposal.ref)
            elif isinstance(effect, Act):
                self.acting[k][effect.order.ref] = effect.order
            elif isinstance(effect, Stop):
                self.acting[k].pop(effect.order.ref, None)

    def _check(self) -> None:
        """Look at what must hold between things that happen."""
        now_s = self.now_s
        in_force: list[set[int]] = []
        for k, desk in enumerate(self.desks):
            in_force.append(set())
            for order in self.acting[k].values():
                if is_unit(order.target):
                    word = desk.book.answer(order.proposal)
                    if word is None or word.nation != desk.nation or not word.concurs:
                        self.broken = f"1: a unit moves as {desk.nation} says, whose it is not"
                elif desk.book.is_held(order.target):
                    self.broken = f"3: a unit of {desk.nation} goes on against what is held"
                elif desk.book.is_in_force(order, now_s):
                    in_force[-1].add(order.target)
        if in_force[0] & in_force[1] and all(desk.mode == JOINT for desk in self.desks):
            self.broken = "2: both nations' orders on one target are in force"


def histories(seed: int, count: int, steps: int, kind: type[Desk] = Desk) -> tuple[Seen, str]:
    """Run so many histories; return what was seen, and the first invariant that broke."""
    rng, seen = stream(seed, "histories"), Seen()
    for _ in range(count):
        one = History(rng, kind)
        broken = one.run(steps)
        seen += one.seen
        if broken:
            return seen, broken
    return seen, ""
