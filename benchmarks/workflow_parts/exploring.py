"""Explores every interleaving of two real command posts, up to a bound, and checks them all.

Between the two anything may happen: what one decided reaches the other late, never, twice and in
any order; signs of life are lost or overtake each other; either command post dies at any moment,
also before what it decided has left it, and comes back with what it had kept; crews do what they
like.  A partition is that nothing is delivered for a while.

A world is a tuple of small numbers that name its parts.  What a command post in some state does
when something happens is found out once, by the real code on a copy, and looked up from then on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

from jointsky.decide.desk import ALONE, JOINT, REINFORCE, TOO_LATE, Desk
from jointsky.decide.doctrine import Doctrine, Reinforcement, Rule
from jointsky.decide.effects import Act, Ask, Decide, Show
from jointsky.errors import RefusedError
from jointsky.records.decisions import (
    Answer,
    Mode,
    Order,
    Proposal,
    Ref,
    Withdrawal,
    is_unit,
)

NATIONS = ("east", "west")
TICK_S = 1.5  # a sign of life a tick, lost after two without: apart and together again in three
OWNER = {1: "east", 2: "west"}  # whose land each target is over
UNIT = 3  # no target: the other nation's unit is asked for


@dataclasses.dataclass(frozen=True)
class Bounds:
    """How far to look."""

    ticks: int = 4
    crashes: int = 0
    authority: str = "both"
    alone: str = "anywhere"
    proposals: tuple[tuple[int, int], ...] = ((0, 1), (1, 1))  # nation and target, once each
    holds: int = 0
    ceases: int = 0
    signs: int = 1  # newest signs of life of each that may still arrive
    is_fair: bool = False  # what is under way arrives, and crews answer, before time goes on


def doctrine(bounds: Bounds) -> Doctrine:
    """Return a doctrine whose spans are a tick or two."""
    rule = Rule(
        name="rule",
        authority=bounds.authority,
        answer_within_s=2.0,
        object_within_s=1.0,
        order_lasts_s=4.0,
        alone=bounds.alone,
        alone_after_s=2.5,
    )
    terms = Reinforcement(answer_within_s=2.0, lasts_s=4.0)
    return Doctrine(rules=(rule,), reinforcement=terms, presence_interval_s=1.0, lost_after_s=2.5)


class World(NamedTuple):
    """Both command posts, what is under way between them, and what crews may still do."""

    now_s: float
    desks: tuple[int, int]  # which state each is in
    is_up: tuple[bool, bool]
    signs: tuple[tuple[int, ...], tuple[int, ...]]  # sent by each, newest last
    asked: tuple[frozenset[Ref], frozenset[Ref]]  # of each crew, without an answer
    crashes: int
    proposals: tuple[int, ...]  # which are left, by their place in the bounds
    holds: int
    ceases: int


class State(NamedTuple):
    """One state of one command post, and what of it the exploration asks again and again."""

    desk: Desk
    own: dict[int, Ref]  # what it decided, by the decision's name
    has: frozenset[int]  # what it has of the other
    mode: str
    wrong: str  # an invariant that it breaks by itself, whatever the time
    orders: tuple[Order, ...]  # its own that are not over
    is_unanswered: bool  # a proposal had no answer in time
    open_by: tuple[tuple[float, int], ...]  # deadlines and numbers of its own open proposals


@dataclasses.dataclass
class Found:
    """How much was looked at, and the first way to break an invariant, if there is one."""

    worlds: int = 0
    steps: int = 0
    states: int = 0  # of a command post
    ordered: int = 0  # worlds in which an order is in force
    alone: int = 0  # worlds in which a command post is alone
    joint_again: int = 0  # worlds in which both are joined, and one was alone before
    broken: str = ""
    way: tuple[str, ...] = ()


Step = tuple[str, World]


class Explorer:
    """All that has been found out about two command posts under some bounds."""

    def __init__(self, bounds: Bounds, kind: type[Desk] = Desk) -> None:
        self.bounds, self.kind = bounds, kind
        self.doctrine = doctrine(bounds)
        self._names: dict[Any, int] = {}
        self._things: list[Any] = []
        self._ids: dict[Any, int] = {}
        self.states: list[State] = []
        self._done: dict[Any, tuple[int, list[Any]]] = {}
        self._wrong: dict[int, str] = {}  # states that are wrong by how they were come to

    # ---- names ---------------------------------------------------------------------------------

    def _name(self, thing: Any) -> int:
        found = self._names.get(thing)
        if found is None:
            found = self._names[thing] = len(self._things)
            self._things.append(thing)
        return found

    def _state(self, desk: Desk) -> int:
        """Return the name of a desk's state."""
        kept = vars(desk)
        names = frozenset(self._name(one) for one in desk.book)
        rest = ("_contact_s", "_shown_s", "_asked", "_acting", "_joined_with")
        key = (desk.nation, names, kept["_presence"], *(kept[name] for name in rest))
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = len(self.states)
            own = {self._name(one): one.ref for one in desk.book if one.nation == desk.nation}
            mine = [one for one in desk.book.orders() if one.nation == desk.nation]
            self.states.append(
                State(
                    desk=desk,
                    own=own,
                    has=frozenset(names - own.keys()),
                    mode=desk.mode,
                    wrong=wrong_in(desk),
                    orders=tuple(one for one in mine if not desk.book.is_over(one.ref)),
                    is_unanswered=any(
                        isinstance(one, Withdrawal) and one.reason == TOO_LATE for one in desk.book
                    ),
                    open_by=tuple(
                        (one.answer_by_s, one.number)
                        for one in desk.book.open_proposals()
                        if one.nation == desk.nation
                    ),
                )
            )
        return found

    # ---- what happens --------------------------------------------------------------------------

    def _do(self, world: World, k: int, what: str, *given: Any) -> World:
        """Return the world after something happened to a command post."""
        key = (world.desks[k], world.now_s, what, *given)
        found = self._done.get(key)
        if found is None:
            desk = self.states[world.desks[k]].desk.copy()
            if what == "begin":
                known = list(desk.book)
                desk = self.kind(NATIONS[k], NATIONS[1 - k], self.doctrine, world.now_s)
                effects = desk.begin(world.now_s, known)
            else:
                effects = _happen(desk, what, [self._given(one) for one in given], world.now_s)
            found = self._done[key] = self._state(desk), effects
            for effect in effects:
                if isinstance(effect, Act) and desk.book.is_held(effect.order.target):
                    self._wrong[found[0]] = f"3: {desk.nation} orders against what it knows as held"
        state, effects = found
        signs, asked = world.signs[k], world.asked[k]
        for effect in effects:
            if isinstance(effect, Show):
                signs = (*signs, self._name(effect.presence))[-self.bounds.signs :]
            elif isinstance(effect, Ask):
                asked |= {effect.proposal.ref}
        book = self.states[state].desk.book
        if asked:
            asked = frozenset(
                r for r in asked if book.answer(r) is None and book.is_open(book.get(r))
            )
        return world._replace(
            desks=_put(world.desks, k, state),
            signs=_put(world.signs, k, signs),
            asked=_put(world.asked, k, asked),
        )

    def _given(self, one: Any) -> Any:
        return self._things[one[0]] if isinstance(one, tuple) and not isinstance(one, Ref) else one

    def _missing(self, world: World, k: int) -> list[int]:
        """Return the names of the other's decisions that have not reached a command post."""
        mine, others = self.states[world.desks[k]], self.states[world.desks[1 - k]]
        return [name for name in others.own if name not in mine.has]

    def begun(self) -> World:
        """Return two command posts that have joined: whatever happens begins from there."""
        desks = [self.kind(NATIONS[k], NATIONS[1 - k], self.doctrine, 0.0) for k in (0, 1)]
        bounds = self.bounds
        world = World(
            now_s=0.0,
            desks=(self._state(desks[0]), self._state(desks[1])),
            is_up=(True, True),
            signs=((), ()),
            asked=(frozenset(), frozenset()),
            crashes=bounds.crashes,
            proposals=tuple(range(len(bounds.proposals))),
            holds=bounds.holds,
            ceases=bounds.ceases,
        )
        for k in (0, 1):
            world = self._do(world, k, "begin")
        world = self._delivered(self._ticked(self._delivered(world)))
        assert [self.states[one].mode for one in world.desks] == [JOINT, JOINT]
        return world._replace(now_s=world.now_s)

    def _delivered(self, world: World) -> World:
        """Return the world after all that is under way has arrived, and nothing new comes of it."""
        for _ in range(50):
            before = world
            for k in (0, 1):
                for name in self._missing(world, k):
                    world = self._do(world, k, "decision", (name,))
                for name in world.signs[1 - k]:
                    world = self._do(world, k, "sign", (name,))
            if world == before:
                return world
        raise AssertionError("two command posts talk without end")

    def _ticked(self, world: World) -> World:
        world = world._replace(now_s=world.now_s + TICK_S)
        for k in (0, 1):
            if world.is_up[k]:
                world = self._do(world, k, "time")
        return world

    def steps(self, world: World) -> Iterator[Step]:
        """Yield all worlds that may be next, each with what happens."""
        for k in (0, 1):
            if not world.is_up[k]:
                back = world._replace(is_up=_put(world.is_up, k, True))
                yield f"{NATIONS[k]} comes back", self._do(back, k, "begin")
                continue
            for name in self._missing(world, k):
                ref = self._things[name].ref
                text = f"{NATIONS[k]} has {ref.nation} {ref.number}"
                yield text, self._do(world, k, "decision", (name,))
            for name in world.signs[1 - k]:
                yield f"{NATIONS[k]} hears", self._do(world, k, "sign", (name,))
            yield from self._crew(world, k)
            if world.crashes:
                yield (
                    f"{NATIONS[k]} dies",
                    world._replace(
                        is_up=_put(world.is_up, k, False),
                        signs=_put(world.signs, k, ()),
                        asked=_put(world.asked, k, frozenset()),
                        crashes=world.crashes - 1,
                    ),
                )
        is_waited_for = self.bounds.is_fair and any(world.asked)
        if world.now_s < (self.bounds.ticks + 1) * TICK_S and not is_waited_for:
            yield "a tick", self._ticked(world)

    def _crew(self, world: World, k: int) -> Iterator[Step]:
        """Yield what comes of what a crew may do."""
        who = NATIONS[k]
        for at in world.proposals:
            nation, target = self.bounds.proposals[at]
            if nation == k:
                left = world._replace(proposals=tuple(x for x in world.proposals if x != at))
                yield f"{who} proposes {target}", self._do(left, k, "propose", target)
        for ref in sorted(world.asked[k]):
            for concurs in (True, False):
                text = f"{who} says {'yes' if concurs else 'no'} to {ref.nation} {ref.number}"
                yield text, self._do(world, k, "answer", ref, concurs)
        if world.holds:
            left = world._replace(holds=world.holds - 1)
            yield f"{who} holds 1", self._do(left, k, "hold", 1)
        if world.ceases:
            left = world._replace(ceases=world.ceases - 1)
            for order in self.states[world.desks[k]].desk.book.orders():
                yield f"{who} ceases", self._do(left, k, "cease", order.ref)

    # ---- the search ----------------------------------------------------------------------------

    def explore(self, most: int = 100_000_000) -> Found:
        """Look at every world that can be reached, each once; stop at the first that is wrong."""
        found = Found()
        first = self.begun()
        seen: dict[World, tuple[World, str] | None] = {first: None}
        todo = [first]
        while todo and found.worlds < most:
            world = todo.pop()
            self._count(world, found)
            found.broken = self.broken(world)
            if found.broken:
                found.way = _way(world, seen)
                break
            for name, stepped in self.steps(world):
                then = self._delivered(stepped) if self.bounds.is_fair else stepped
                found.steps += 1
                if then not in seen:
                    seen[then] = world, name
                    todo.append(then)
        found.states = len(self.states)
        return found

    def _count(self, world: World, found: Found) -> None:
        found.worlds += 1
        states = [self.states[one] for one in world.desks]
        found.ordered += any(
            state.desk.book.is_in_force(order, world.now_s)
            for state in states
            for order in state.orders
        )
        found.alone += any(state.mode == ALONE for state in states)
        if all(state.mode == JOINT for state in states):
            found.joint_again += any(
                isinstance(one, Mode) and one.mode == ALONE
                for state in states
                for one in state.desk.book
            )

    def broken(self, world: World) -> str:
        """Return which invariant a world breaks; empty: none."""
        now_s, states = world.now_s, [self.states[one] for one in world.desks]
        for name, state, is_up in zip(world.desks, states, world.is_up, strict=True):
            if state.wrong or name in self._wrong:
                return state.wrong or self._wrong[name]
            if not is_up:
                continue
            if any(now_s >= by_s for by_s, _ in state.open_by):
                return f"5: a proposal of {state.desk.nation} is open beyond its deadline"
            if self.bounds.is_fair and state.is_unanswered:
                return "5: crews answer and the link works, and a proposal had no answer in time"
            for order in state.orders:
                if now_s < order.until_s and state.desk.book.is_held(order.target):
                    return f"3: an order of {state.desk.nation} on what it knows as held stands"
        if all(world.is_up) and all(state.mode == JOINT for state in states):
            in_force = [
                {one.target for one in state.orders if state.desk.book.is_in_force(one, now_s)}
                for state in states
            ]
            if in_force[0] & in_force[1]:
                return "2: both nations' orders on one target are in force"
        return ""


def _happen(desk: Desk, what: str, given: list[Any], now_s: float) -> list[Any]:
    """Tell a command post; return its effects."""
    crew = f"{desk.nation} crew"
    try:
        match what:
            case "time":
                return desk.on_time(now_s)
            case "decision":
                made = desk.on_decision(given[0], now_s)
                assert not any(isinstance(x, Decide) for x in desk.on_decision(given[0], now_s))
                return made
            case "sign":
                return desk.on_presence(given[0], now_s)
            case "propose" if given[0] == UNIT:
                return desk.request("unit", "place", crew, now_s, ("e",))
            case "propose":
                owner = OWNER[given[0]]
                return desk.propose(given[0], "rule", "unit", owner, crew, now_s, evidence=("e",))
            case "answer":
                return desk.answer(given[0], given[1], crew, now_s)
            case "hold":
                return desk.hold(given[0], crew, now_s, "civil")
            case "cease":
                return desk.cease(given[0], crew, now_s, "enough")
    except RefusedError:
        return []
    raise AssertionError(what)


def _put(pair: tuple[Any, ...], k: int, value: Any) -> Any:
    return (*pair[:k], value, *pair[k + 1 :])


def _way(world: World, seen: dict[World, tuple[World, str] | None]) -> tuple[str, ...]:
    names: list[str] = []
    while (before := seen[world]) is not None:
        world, name = before
        names.append(name)
    return tuple(reversed(names))


# ---- what must hold of one command post, whatever the time ---------------------------------------


def wrong_in(desk: Desk) -> str:
    """Return which invariant a command post breaks by what it decided; empty: none."""
    modes: list[str] = [""]
    own = [one for one in desk.book if one.nation == desk.nation]
    for one in sorted(own, key=lambda one: one.number):
        if isinstance(one, Mode):
            modes.append(one.mode)
        elif isinstance(one, Order):
            wrong = wrong_order(desk, one, modes[-1])
            if wrong:
                return wrong
    for ref in vars(desk)["_acting"]:
        order = desk.book.get(ref)
        if not isinstance(order, Order) or desk.book.is_held(order.target):
            return f"3: a unit of {desk.nation} goes on against what is held"
        word = desk.book.answer(order.proposal)
        if is_unit(order.target) and (word is None or word.nation != desk.nation):
            return f"1: a unit moves as {desk.nation} says, whose it is not"
    return ""


def wrong_order(desk: Desk, order: Order, mode: str) -> str:
    """Return what an order lacks of agreement (1), or of evidence, people and time (4)."""
    proposal = desk.book.get(order.proposal)
    if not isinstance(proposal, Proposal) or proposal.nation != order.nation:
        return "4: an order names no proposal"
    if order.by != proposal.by or not order.by or order.time_s < proposal.time_s:
        return "4: an order does not say who gave it, or when"
    if not proposal.evidence:
        return "4: an order on a proposal without evidence"
    if (order.target, order.unit, order.until_s) != (
        proposal.target,
        proposal.unit,
        proposal.until_s,
    ):
        return "4: an order is for another thing than was proposed"
    rule = desk.doctrine.rule(proposal.rule)
    if rule is None and proposal.rule != REINFORCE:
        return "1: an order by no rule"
    if order.answer is None and rule is None:
        return "1: a unit is taken without a pledge"
    if order.answer is None:
        is_place = rule.alone == "anywhere" or (
            rule.alone == "own-land" and proposal.owner == order.nation
        )
        is_alone = mode == ALONE and order.silent_s >= rule.alone_after_s
        return "" if is_place and is_alone else "1: an order goes alone where it may not"
    answer = desk.book.get(order.answer)
    if not isinstance(answer, Answer) or answer.proposal != order.proposal:
        return "4: an order names no answer to its proposal"
    if answer.nation == order.nation or not answer.concurs:
        return "1: an order without the other's agreement"
    if proposal.authority == "both" and answer.by == "node":
        return "1: a machine agreed where a crew must"
    if order.time_s >= proposal.answer_by_s:
        return "1: an order on an agreement that came too late"
    return ""
