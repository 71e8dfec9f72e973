"""A nation's command post in the joint workflow: propose, agree or refuse, order, hold, cease.

Told what happened and when, it answers with effects.  It reads no clock and draws nothing at
random.  Clocks of the two command posts are taken to agree to well under a second.

How two nations' orders never meet on one target while the two are joined: a nation orders only
what the other has agreed to, and who has agreed keeps off the target until the proposal has ended
or its time is up (a lease, Gray and Cheriton 1989), link or no link.  A machine gives that word at
once where doctrine asks no crew.  Who goes alone may have ordered unseen; so before it counts as
joined again each must have all that the other decided, and know that the other has all of its own,
and of two orders on one target the later has been ceased.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jointsky.decide.book import Book
from jointsky.decide.doctrine import Doctrine
from jointsky.decide.effects import Act, Ask, Decide, Effect, Show, Stop
from jointsky.errors import RefusedError
from jointsky.records.decisions import (
    Alias,
    Answer,
    AnyDecision,
    Cease,
    Hold,
    Lift,
    Mode,
    Order,
    Presence,
    Proposal,
    Ref,
    Report,
    Withdrawal,
    is_unit,
    unit_number,
)

ALONE, MERGING, JOINT = "alone", "merging", "joint"
NODE = "node"
TOO_LATE = "no agreement in time"
REINFORCE = "reinforce"


class Desk:
    """The command post of one nation; ``other`` is the nation that it decides with, if any.

    All times are POSIX seconds, UTC.  ``on_time`` should be called at ``next_s``.
    """

    def __init__(self, nation: str, other: str | None, doctrine: Doctrine, begun_s: float) -> None:
        self.nation, self.other, self.doctrine = nation, other, doctrine
        self.book = Book()
        self._presence: Presence | None = None  # the other's newest
        self._contact_s = begun_s  # until when both surely heard each other
        self._shown_s = -float("inf")
        self._asked: frozenset[Ref] = frozenset()
        self._acting: frozenset[Ref] = frozenset()
        self._joined_with = -1  # the other's mode when this life joined it, by number

    def copy(self) -> Desk:
        """Return an equal desk that goes its own way: to try what may happen."""
        made = type(self).__new__(type(self))
        vars(made).update(vars(self))
        made.book = self.book.copy()
        return made

    # ---- what it knows -------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """Return alone, merging or joint; a desk without another is alone."""
        newest = self.book.mode(self.nation)
        return ALONE if newest is None else newest.mode

    def silent_s(self, now_s: float) -> float:
        """Return for how long it is not known that both nations heard each other."""
        return max(now_s - self._contact_s, 0.0)

    def next_s(self, now_s: float) -> float:
        """Return when ``on_time`` is due though nothing happens."""
        due = [self._shown_s + self.doctrine.presence_interval_s] if self.other else []
        for one in self.book.open_proposals():
            due.append(one.answer_by_s)
            rule = self.doctrine.rule(one.rule)
            if rule is not None and one.nation == self.other:
                due.append(one.time_s + rule.object_within_s)
        due += [order.until_s for order in self._orders_acting()]
        return min((time_s for time_s in due if time_s > now_s), default=float("inf"))

    # ---- what happens to it --------------------------------------------------------------------

    def begin(self, now_s: float, known: Iterable[AnyDecision] = ()) -> list[Effect]:
        """Begin a life of the command post, with all that was kept from those before."""
        for decision in sorted(known, key=lambda one: one.ref):
            self.book.add(decision)
        effects: list[Effect] = []
        if self.other is not None:
            self._decide(effects, Mode, now_s, mode=MERGING, reason="begins")
        for order in self.book.orders():
            is_own = order.nation == self.nation and not is_unit(order.target)
            if is_own and self.book.is_in_force(order, now_s):
                self._acting |= {order.ref}
                effects.append(Act(order))
        return self._advance(now_s, effects)

    def on_decision(self, decision: AnyDecision, now_s: float) -> list[Effect]:
        """Take a decision of the other nation.  ValueError: it contradicts one that is known."""
        if decision.nation != self.other:
            raise ValueError(f"a decision of {decision.nation!r}; wanted one of {self.other!r}")
        return self._advance(now_s, []) if self.book.add(decision) else []

    def on_presence(self, presence: Presence, now_s: float) -> list[Effect]:
        """Take a sign of life of the other nation's command post."""
        if presence.nation != self.other:
            raise ValueError(f"a sign of life of {presence.nation!r}; wanted {self.other!r}'s")
        if self._presence is None or _age(presence) > _age(self._presence):
            self._presence = presence
            self._contact_s = max(self._contact_s, min(presence.time_s, presence.heard_s))
        return self._advance(now_s, [])

    def on_time(self, now_s: float) -> list[Effect]:
        """Do what is due."""
        return self._advance(now_s, [])

    # ---- what its crew does --------------------------------------------------------------------

    def propose(
        self, target: int, rule: str, unit: str, owner: str, by: str, now_s: float, **more: Any
    ) -> list[Effect]:
        """Propose that a unit engages a target; RefusedError says why it may not be.

        ``owner`` is the nation whose land it is over, ``more`` are fields of ``Proposal``:
        ``identity``, ``zone``, ``evidence``, ``action``.
        """
        found = self.doctrine.rule(rule)
        if found is None or found.authority == "never":
            raise RefusedError(f"{rule!r} is no rule of the doctrine by which anybody may engage")
        if not more.get("evidence"):
            raise RefusedError("a proposal without evidence: nothing would say why")
        if found.authority == "own" and owner not in {"", self.nation}:
            raise RefusedError(f"{rule} leaves it to {owner}, whose land the target is over")
        own = [one for one in self.book.proposals_on(target) if one.nation == self.nation]
        if any(self.book.is_open(one) for one in own):
            raise RefusedError(f"target {target} is proposed already")
        reason = self._in_the_way(target, now_s)
        if reason:
            raise RefusedError(reason)
        effects: list[Effect] = []
        self._decide(
            effects,
            Proposal,
            now_s,
            by=by,
            target=target,
            rule=rule,
            authority=found.authority,
            unit=unit,
            owner=owner,
            answer_by_s=now_s + found.answer_within_s,
            until_s=now_s + found.order_lasts_s,
            **more,
        )
        return self._advance(now_s, effects)

    def request(
        self, unit: str, place: str, by: str, now_s: float, evidence: tuple[str, ...]
    ) -> list[Effect]:
        """Ask the other nation to move a unit of its own to a place of this one's, on its pledge.

        It is a proposal like others; RefusedError says why it may not be made.
        """
        terms, target = self.doctrine.reinforcement, unit_number(unit)
        if terms is None or self.other is None:
            raise RefusedError("the doctrine lets nobody ask for reinforcement")
        if not evidence:
            raise RefusedError("a request without evidence: nothing would say why")
        if any(self.book.is_open(one) for one in self.book.proposals_on(target)):
            raise RefusedError(f"{unit} is asked for already")
        if self.book.orders_on(target, now_s):
            raise RefusedError(f"{unit} is pledged already")
        effects: list[Effect] = []
        self._decide(
            effects,
            Proposal,
            now_s,
            by=by,
            target=target,
            rule=REINFORCE,
            authority="both",
            unit=unit,
            owner=self.nation,
            answer_by_s=now_s + terms.answer_within_s,
            until_s=now_s + terms.lasts_s,
            action=REINFORCE,
            place=place,
            evidence=evidence,
        )
        return self._advance(now_s, effects)

    def answer(
        self, proposal: Ref, concurs: bool, by: str, now_s: float, reason: str = ""
    ) -> list[Effect]:
        """Give the crew's word on a proposal of the other nation; RefusedError: it cannot count."""
        found = self.book.get(proposal)
        if not isinstance(found, Proposal) or found.nation != self.other:
            raise RefusedError(f"{proposal} is no proposal of the other nation")
        if self.book.answer(proposal) is not None or not self.book.is_open(found):
            raise RefusedError(f"{proposal} has its answer already")
        if now_s >= found.answer_by_s:
            raise RefusedError(f"{proposal} wanted its answer by {found.answer_by_s:g}")
        if self.mode != JOINT:
            raise RefusedError(f"an answer counts while joined; this command post is {self.mode}")
        objection = self._objection(found, now_s) if concurs else ""
        if objection:
            raise RefusedError(objection)
        effects: list[Effect] = []
        self._decide(
            effects, Answer, now_s, by=by, proposal=proposal, concurs=concurs, reason=reason
        )
        return self._advance(now_s, effects)

    def withdraw(self, proposal: Ref, by: str, now_s: float, reason: str) -> list[Effect]:
        """Take an own proposal back."""
        found = self.book.get(proposal)
        if not isinstance(found, Proposal) or found.nation != self.nation:
            raise RefusedError(f"{proposal} is no proposal of {self.nation}")
        if not self.book.is_open(found):
            raise RefusedError(f"{proposal} has ended already")
        effects: list[Effect] = []
        self._decide(effects, Withdrawal, now_s, by=by, proposal=proposal, reason=reason)
        return self._advance(now_s, effects)

    def hold(self, target: int, by: str, now_s: float, reason: str) -> list[Effect]:
        """Keep a target, or with -1 all, from being engaged by either nation."""
        effects: list[Effect] = []
        self._decide(effects, Hold, now_s, by=by, target=target, reason=reason)
        return self._advance(now_s, effects)

    def lift(self, hold: Ref, by: str, now_s: float, reason: str = "") -> list[Effect]:
        """End an own hold."""
        found = self.book.get(hold)
        if not isinstance(found, Hold) or found.nation != self.nation:
            raise RefusedError(f"{hold} is no hold of {self.nation}")
        effects: list[Effect] = []
        self._decide(effects, Lift, now_s, by=by, hold=hold, reason=reason)
        return self._advance(now_s, effects)

    def cease(self, order: Ref, by: str, now_s: float, reason: str) -> list[Effect]:
        """End an order of either nation."""
        if not isinstance(self.book.get(order), Order):
            raise RefusedError(f"{order} is no order")
        effects: list[Effect] = []
        self._decide(effects, Cease, now_s, by=by, order=order, reason=reason)
        return self._advance(now_s, effects)

    def report(self, order: Ref, state: str, is_end: bool, by: str, now_s: float) -> list[Effect]:
        """Take down what an own unit says became of an order."""
        found = self.book.get(order)
        if not isinstance(found, Order) or not self._carries_out(found):
            raise RefusedError(f"{order} is no order to a unit of {self.nation}")
        effects: list[Effect] = []
        self._decide(effects, Report, now_s, by=by, order=order, state=state, is_end=is_end)
        return self._advance(now_s, effects)

    def same(self, target: int, same_as: int, now_s: float) -> list[Effect]:
        """Take down that two numbers are one target's."""
        effects: list[Effect] = []
        if self.book.lowest(target) != self.book.lowest(same_as):
            self._decide(effects, Alias, now_s, target=target, same_as=same_as)
        return self._advance(now_s, effects)

    # ---- what follows --------------------------------------------------------------------------

    def _decide(
        self, effects: list[Effect], kind: Any, now_s: float, by: str = NODE, **fields: Any
    ) -> None:
        """Take a decision of the nation's own."""
        number = self.book.count(self.nation)
        made = kind(nation=self.nation, number=number, time_s=now_s, by=by, **fields)
        self.book.add(made)
        effects.append(Decide(made))

    def _advance(self, now_s: float, effects: list[Effect]) -> list[Effect]:
        """Do all that follows from what is known by now."""
        before = -1
        while len(self.book) != before:
            before = len(self.book)
            self._end_conflicts(now_s, effects)
            self._conclude(now_s, effects)
            if self.other is not None:
                self._change_mode(now_s, effects)
            if self.mode == JOINT:
                self._answer_others(now_s, effects)
        for order in self.book.moves(now_s):
            if order.ref not in self._acting and self._carries_out(order):
                self._acting |= {order.ref}
                effects.append(Act(order))
        for order in self._orders_acting():
            if not self.book.is_in_force(order, now_s):
                self._acting -= {order.ref}
                effects.append(Stop(order))
        is_due = now_s - self._shown_s >= self.doctrine.presence_interval_s
        if self.other is not None and (is_due or _is_mode(effects)):
            self._shown_s = now_s
            effects.append(Show(self._sign(now_s)))
        return effects

    def _sign(self, now_s: float) -> Presence:
        assert self.other is not None
        return Presence(
            nation=self.nation,
            time_s=now_s,
            mode=self.mode,
            told=self.book.count(self.nation),
            has=self.book.count(self.other),
            heard_s=0.0 if self._presence is None else self._presence.time_s,
        )

    def _orders_acting(self) -> list[Order]:
        found = [self.book.get(ref) for ref in sorted(self._acting)]
        return [order for order in found if isinstance(order, Order)]

    def _carries_out(self, order: Order) -> bool:
        """Return whether units of this nation do what an order says.

        Its own orders on targets; and those of the other to move, which it has pledged itself.
        """
        if not is_unit(order.target):
            return order.nation == self.nation
        word = self.book.answer(order.proposal)
        return word is not None and word.nation == self.nation and word.concurs

    def _in_the_way(self, target: int, now_s: float) -> str:
        """Return why the nation may not order anything against a target; empty: nothing."""
        if self.book.is_held(target):
            return f"target {target} is held: {self.book.holds_on(target)[0].reason}"
        promise = self.book.promise(self.nation, target, now_s)
        if promise is not None:
            return f"{self.nation} agreed to {promise.nation}'s proposal {promise.number}"
        for order in self.book.orders_on(target, now_s):
            return f"{order.nation}'s order {order.number} on target {target} is in force"
        return ""

    def _end_conflicts(self, now_s: float, effects: list[Effect]) -> None:
        """Cease own orders on what is held, and the later of two nations' orders on one target."""
        for order in self.book.running():
            if order.nation != self.nation:
                continue
            if now_s >= order.until_s:
                continue
            if self.book.is_held(order.target):
                reason = f"held: {self.book.holds_on(order.target)[0].reason}"
                self._decide(effects, Cease, now_s, order=order.ref, reason=reason)
                continue
            for theirs in self.book.orders_on(order.target, now_s):
                if theirs.nation != self.nation and _before(theirs) < _before(order):
                    reason = f"conflict with {theirs.nation}'s order {theirs.number}"
                    self._decide(effects, Cease, now_s, order=order.ref, reason=reason)
                    break

    def _conclude(self, now_s: float, effects: list[Effect]) -> None:
        """Bring own open proposals to an order or to their end, where it is time."""
        for proposal in self.book.open_proposals():
            if proposal.nation != self.nation:
                continue
            reason = self._in_the_way(proposal.target, now_s) or self._overtaken(proposal)
            word = self.book.answer(proposal.ref)
            if reason:
                self._withdraw(effects, proposal, now_s, reason)
            elif now_s >= proposal.answer_by_s:
                self._withdraw(effects, proposal, now_s, TOO_LATE)
            elif word is not None and not word.concurs:
                self._withdraw(effects, proposal, now_s, f"refused: {word.reason}")
            elif word is not None or self.other is None:
                self._order(effects, proposal, now_s, None if word is None else word.ref, 0.0)
            elif self._may_go_alone(proposal, now_s):
                self._order(effects, proposal, now_s, None, self.silent_s(now_s))

    def _withdraw(
        self, effects: list[Effect], proposal: Proposal, now_s: float, reason: str
    ) -> None:
        self._decide(effects, Withdrawal, now_s, proposal=proposal.ref, reason=reason)

    def _order(
        self,
        effects: list[Effect],
        proposal: Proposal,
        now_s: float,
        answer: Ref | None,
        silent_s: float,
    ) -> None:
        self._decide(
            effects,
            Order,
            now_s,
            by=proposal.by,
            proposal=proposal.ref,
            target=proposal.target,
            unit=proposal.unit,
            until_s=proposal.until_s,
            answer=answer,
            silent_s=silent_s,
        )
        order = self.book.order_of(proposal.ref)
        assert order is not None
        if self._carries_out(order):
            self._acting |= {order.ref}
            effects.append(Act(order))

    def _overtaken(self, proposal: Proposal) -> str:
        """Return why an own proposal must give way to one of the other nation on its target."""
        for theirs in self.book.proposals_on(proposal.target):
            is_theirs = theirs.nation != self.nation and self.book.is_open(theirs)
            if is_theirs and _first(theirs) < _first(proposal):
                return f"{theirs.nation}'s proposal {theirs.number} came first"
        return ""

    def _may_go_alone(self, proposal: Proposal, now_s: float) -> bool:
        rule = self.doctrine.rule(proposal.rule)
        if rule is None or self.mode != ALONE or self.silent_s(now_s) < rule.alone_after_s:
            return False
        return rule.alone == "anywhere" or (
            rule.alone == "own-land" and proposal.owner == self.nation
        )

    def _objection(self, proposal: Proposal, now_s: float) -> str:
        """Return why the nation cannot agree to a proposal of the other; empty: it can."""
        if self.book.is_held(proposal.target):
            return f"target {proposal.target} is held"
        for order in self.book.orders_on(proposal.target, now_s):
            if order.nation == self.nation:
                return f"{self.nation}'s order {order.number} is in force"
        for own in self.book.proposals_on(proposal.target):
            if own.nation == self.nation and self.book.is_open(own):
                return f"{self.nation}'s proposal {own.number} came first"
        return ""

    def _answer_others(self, now_s: float, effects: list[Effect]) -> None:
        """Answer proposals of the other nation that no crew is asked about, ask about the rest."""
        for proposal in self.book.open_proposals():
            is_waiting = proposal.nation == self.other and now_s < proposal.answer_by_s
            if not is_waiting or self.book.answer(proposal.ref) is not None:
                continue
            reason = self._objection(proposal, now_s)
            if reason:
                self._say(effects, proposal, now_s, False, reason)
                continue
            word = self._word_of_the_rule(proposal, now_s)
            if word:
                self._say(effects, proposal, now_s, True, word)
            elif proposal.ref not in self._asked:
                self._asked |= {proposal.ref}
                effects.append(Ask(proposal))

    def _word_of_the_rule(self, proposal: Proposal, now_s: float) -> str:
        """Return why doctrine agrees to a proposal without a crew's word; empty: it does not."""
        rule = self.doctrine.rule(proposal.rule)
        if rule is None or rule.authority != proposal.authority:  # the two doctrines differ
            return ""
        if rule.authority in {"own", "either"}:
            return f"doctrine: {rule.authority}"
        if rule.authority == "inform" and now_s >= proposal.time_s + rule.object_within_s:
            return "doctrine: no objection"
        return ""

    def _say(
        self, effects: list[Effect], proposal: Proposal, now_s: float, concurs: bool, reason: str
    ) -> None:
        self._decide(effects, Answer, now_s, proposal=proposal.ref, concurs=concurs, reason=reason)

    def _change_mode(self, now_s: float, effects: list[Effect]) -> None:
        """Go alone, come back to merge, or join, as what is known of the other says."""
        is_lost = self.silent_s(now_s) >= self.doctrine.lost_after_s
        if self.mode != ALONE and is_lost:
            reason = f"nothing heard both ways for {self.silent_s(now_s):g} s"
            self._decide(effects, Mode, now_s, mode=ALONE, reason=reason)
        elif self.mode == ALONE and not is_lost:
            self._decide(effects, Mode, now_s, mode=MERGING, reason="heard both ways again")
        elif self.mode == MERGING and self._is_merged():
            self._joined_with = self._others_mode()
            self._decide(effects, Mode, now_s, mode=JOINT, reason="each has all of the other's")
        elif self.mode == JOINT and self._has_left():
            self._decide(effects, Mode, now_s, mode=MERGING, reason="the other had left")

    def _others_mode(self) -> int:
        """Return the number of the other nation's newest mode, -1: none is known."""
        newest = self.book.mode(self.other or "")
        return -1 if newest is None else newest.number

    def _is_merged(self) -> bool:
        """Return whether each has all that the other decided up to its coming back."""
        sign, own = self._presence, self.book.mode(self.nation)
        if sign is None or own is None or sign.mode == ALONE:
            return False
        return sign.told <= self.book.count(sign.nation) and sign.has > own.number

    def _has_left(self) -> bool:
        """Return whether the other went alone, or began anew, since this desk joined it."""
        newest = self.book.mode(self.other or "")
        return newest is not None and newest.number > self._joined_with and newest.mode != JOINT


def _age(presence: Presence) -> tuple[float, int, int]:
    return presence.time_s, presence.told, presence.has


def _first(proposal: Proposal) -> tuple[float, str]:
    """Return what of two nations' proposals on one target says which came first."""
    return proposal.time_s, proposal.nation


def _before(order: Order) -> tuple[bool, float, str]:
    """Return what of two nations' orders on one target says which stays: agreed ones do."""
    return order.answer is None, order.time_s, order.nation


def _is_mode(effects: list[Effect]) -> bool:
    return any(isinstance(one, Decide) and isinstance(one.decision, Mode) for one in effects)
