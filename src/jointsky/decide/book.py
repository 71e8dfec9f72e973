"""All decisions that a command post knows of, and what is in force by them.

A set: it grows, nothing in it changes, and what follows from it hangs neither on the order in
which decisions came nor on how often.  Holds and ceases therefore win every race: an order that
comes after its cease was never in force.
"""

from __future__ import annotations

from collections.abc import Iterator

from jointsky.records.decisions import (
    ANY_TARGET,
    Alias,
    Answer,
    AnyDecision,
    Cease,
    Hold,
    Lift,
    Mode,
    Order,
    Proposal,
    Ref,
    Report,
    Withdrawal,
    is_unit,
)

ARRIVED = "arrived"


class Book:
    """A set of decisions, looked up by target, proposal and order."""

    def __init__(self) -> None:
        self._all: dict[Ref, AnyDecision] = {}
        self._count: dict[str, int] = {}  # by nation: how many of the first are known without a gap
        self._proposals: dict[int, list[Proposal]] = {}  # by target
        self._orders: dict[int, list[Order]] = {}  # by target
        self._open: dict[Ref, Proposal] = {}  # come neither to an order nor to their end
        self._running: dict[Ref, Order] = {}  # neither ceased nor done
        self._holds: dict[int, list[Hold]] = {}  # by target
        self._answers: dict[Ref, Answer] = {}  # by proposal
        self._ended: dict[Ref, Withdrawal] = {}  # by proposal
        self._carried: dict[Ref, Order] = {}  # by proposal
        self._over: dict[Ref, Cease | Report] = {}  # by order
        self._lifted: set[Ref] = set()  # holds
        self._arrived: set[Ref] = set()  # orders to move whose unit has come
        self._modes: dict[str, Mode] = {}  # by nation: the newest
        self._same: dict[int, int] = {}  # a target's lower number, where it has another
        self._groups: dict[int, tuple[int, ...]] = {}  # all numbers of a target, by the lowest

    def copy(self) -> Book:
        """Return an equal set that goes its own way."""
        made = Book.__new__(Book)
        for name, value in vars(self).items():
            setattr(made, name, value.copy())
        for name in ("_proposals", "_orders", "_holds"):
            setattr(made, name, {k: kept.copy() for k, kept in getattr(self, name).items()})
        return made

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[AnyDecision]:
        return iter(self._all.values())

    def __contains__(self, ref: Ref) -> bool:
        return ref in self._all

    def get(self, ref: Ref) -> AnyDecision | None:
        """Return the decision of a name, if it is known."""
        return self._all.get(ref)

    def count(self, nation: str) -> int:
        """Return how many of a nation's decisions, from its first, are known without a gap."""
        return self._count.get(nation, 0)

    def add(self, decision: AnyDecision) -> bool:
        """Take a decision; return whether it was new.  ValueError: another has its name."""
        ref = decision.ref
        known = self._all.get(ref)
        if known is not None:
            if known != decision:
                raise ValueError(f"{ref.nation} decided otherwise as its number {ref.number}")
            return False
        self._all[ref] = decision
        count = self._count.get(ref.nation, 0)
        while Ref(ref.nation, count) in self._all:
            count += 1
        self._count[ref.nation] = count
        self._index(decision)
        return True

    def _index(self, decision: AnyDecision) -> None:
        match decision:
            case Proposal():
                self._proposals.setdefault(decision.target, []).append(decision)
                if self.is_open(decision):
                    self._open[decision.ref] = decision
            case Order():
                self._orders.setdefault(decision.target, []).append(decision)
                self._carried[decision.proposal] = decision
                self._open.pop(decision.proposal, None)
                if decision.ref not in self._over:
                    self._running[decision.ref] = decision
            case Hold():
                self._holds.setdefault(decision.target, []).append(decision)
            case Answer():
                self._answer(decision)
            case Withdrawal():
                self._ended[decision.proposal] = decision
                self._open.pop(decision.proposal, None)
            case Cease():
                self._over[decision.order] = decision
                self._running.pop(decision.order, None)
            case Report():
                if decision.state == ARRIVED:
                    self._arrived.add(decision.order)
                if decision.is_end:
                    self._over.setdefault(decision.order, decision)
                    self._running.pop(decision.order, None)
            case Lift():
                if decision.hold.nation == decision.nation:
                    self._lifted.add(decision.hold)
            case Mode():
                newest = self._modes.get(decision.nation)
                if newest is None or newest.number < decision.number:
                    self._modes[decision.nation] = decision
            case Alias():
                self._join(decision.target, decision.same_as)

    def _answer(self, answer: Answer) -> None:
        """Keep an answer; of several a refusal counts, then the first."""
        known = self._answers.get(answer.proposal)
        if known is None or (known.concurs, known.number) > (answer.concurs, answer.number):
            self._answers[answer.proposal] = answer

    def _join(self, one: int, other: int) -> None:
        """Two numbers are one target's."""
        low, high = sorted((self.lowest(one), self.lowest(other)))
        if low != high:
            self._same[high] = low
            both = {*self.numbers(low), *self._groups.pop(high, (high,))}
            self._groups[low] = tuple(sorted(both))

    def lowest(self, target: int) -> int:
        """Return the lowest of a target's numbers: two numbers with the same are one target's."""
        while target in self._same:
            target = self._same[target]
        return target

    def numbers(self, target: int) -> tuple[int, ...]:
        """Return all numbers of a target."""
        low = self.lowest(target)
        return self._groups.get(low, (low,))

    def mode(self, nation: str) -> Mode | None:
        """Return the newest mode that a nation's command post took."""
        return self._modes.get(nation)

    def answer(self, proposal: Ref) -> Answer | None:
        """Return the other nation's word on a proposal, a refusal if there was any."""
        return self._answers.get(proposal)

    def order_of(self, proposal: Ref) -> Order | None:
        """Return the order that carries a proposal out."""
        return self._carried.get(proposal)

    def is_open(self, proposal: Proposal) -> bool:
        """Return whether a proposal has come neither to an order nor to its end."""
        return proposal.ref not in self._carried and proposal.ref not in self._ended

    def open_proposals(self) -> list[Proposal]:
        """Return all proposals that are open, by name."""
        return [self._open[ref] for ref in sorted(self._open)]

    def proposals_on(self, target: int) -> list[Proposal]:
        """Return the proposals on a target, under any of its numbers, by name."""
        made = [one for k in self.numbers(target) for one in self._proposals.get(k, ())]
        return sorted(made, key=lambda one: one.ref)

    def holds(self) -> list[Hold]:
        """Return all holds, by target."""
        return [one for kept in self._holds.values() for one in kept]

    def holds_on(self, target: int) -> list[Hold]:
        """Return the holds that keep a target from being engaged, by name."""
        kept = [one for k in self._held_by(target) for one in self._holds.get(k, ())]
        return sorted([one for one in kept if one.ref not in self._lifted], key=lambda one: one.ref)

    def is_held(self, target: int) -> bool:
        """Return whether a hold keeps a target from being engaged."""
        return bool(self._holds) and any(
            one.ref not in self._lifted
            for k in self._held_by(target)
            for one in self._holds.get(k, ())
        )

    def _held_by(self, target: int) -> tuple[int, ...]:
        """Return what a hold may name that keeps a target; a unit may move while fire is held."""
        numbers = self.numbers(target)
        return numbers if is_unit(target) else (ANY_TARGET, *numbers)

    def is_in_force(self, order: Order, now_s: float) -> bool:
        """Return whether an order holds: neither ceased nor done nor out of time, and not held."""
        return (
            now_s < order.until_s and order.ref not in self._over and not self.is_held(order.target)
        )

    def is_over(self, order: Ref) -> bool:
        """Return whether an order was ceased, or reported as done."""
        return order in self._over

    def orders(self) -> list[Order]:
        """Return all orders, by name."""
        made = [one for kept in self._orders.values() for one in kept]
        return sorted(made, key=lambda one: one.ref)

    def running(self) -> list[Order]:
        """Return the orders that are neither ceased nor done, by name."""
        return [self._running[ref] for ref in sorted(self._running)]

    def orders_on(self, target: int, now_s: float) -> list[Order]:
        """Return the orders in force on a target, by name."""
        made = [one for k in self.numbers(target) for one in self._orders.get(k, ())]
        made = [one for one in made if self.is_in_force(one, now_s)]
        return sorted(made, key=lambda one: one.ref)

    def moves(self, now_s: float) -> list[Order]:
        """Return the orders in force by which a unit moves to the other nation, by name."""
        return [
            one for one in self.running() if is_unit(one.target) and self.is_in_force(one, now_s)
        ]

    def has_arrived(self, order: Ref) -> bool:
        """Return whether the unit of an order to move has come to its place."""
        return order in self._arrived

    def promise(self, nation: str, target: int, now_s: float) -> Proposal | None:
        """Return another nation's proposal on a target to which ``nation`` is bound by its word.

        It agreed, and so keeps off the target until the proposal has ended, what was ordered under
        it is over, or its time is up.
        """
        for proposal in self.proposals_on(target):
            if proposal.nation == nation or now_s >= proposal.until_s:
                continue
            word = self._answers.get(proposal.ref)
            if word is None or word.nation != nation or not word.concurs:
                continue
            order = self._carried.get(proposal.ref)
            if proposal.ref not in self._ended and (order is None or order.ref not in self._over):
                return proposal
        return None
