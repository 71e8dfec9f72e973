"""A command post in simulation: its picture, its crew, its batteries, and the other nation's word.

Told what happened and when, it answers with what is to be sent, ordered and written down.  It never
sees truth.  People decide what a track is and what is proposed, answered and held; the desk sees to
it that nothing is ordered without the agreement that doctrine asks for.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec
import numpy as np

from jointsky.assess.areas import Areas
from jointsky.assess.threat import threats
from jointsky.decide import effects as desk_effects
from jointsky.decide.declared import Duty, Post
from jointsky.decide.desk import ALONE, JOINT, REINFORCE, Desk
from jointsky.decide.doctrine import Rule
from jointsky.duty.noted import Noted
from jointsky.duty.out import Fact, Out, UnitReport
from jointsky.duty.planning import Planner, Wanted
from jointsky.duty.reinforcing import Need, Reinforcing, pledge_words, request_words
from jointsky.duty.units import Depot, UnitOf
from jointsky.duty.watch import Done, Task, Watch
from jointsky.duty.wire import Said, pack, unpack
from jointsky.errors import RefusedError
from jointsky.records.assessment import Assessment, Identity, Threat
from jointsky.records.decisions import (
    Order,
    Pointed,
    Presence,
    Proposal,
    Ref,
    Report,
    Stock,
    Stocks,
    unit_number,
)
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks, TrackStatus

SPARED: frozenset[Identity] = frozenset({"friend", "assumed-friend", "neutral"})
_DOUBTED = frozenset({"suspect", "hostile"})
_AT_ONCE = 40  # decisions that are told again after one sign of life
_STOCKS_S = 4.0
_AT_ONCE_S = 1e-6  # times of steps are rounded
EARTH_M = 6_371_000.0
_NEAR_M = 3000.0  # a target that the other nation numbers else is ours that is nearest
_CLEARED = 0.3  # the machine's probability below which a target's engagement is held again


class Identifies(Protocol):
    """What says what tracks are: assess.identification.Identifier does."""

    def step(
        self, tracks: Tracks, now_s: float, reports: Reports | None = None
    ) -> dict[int, Assessment]:
        """Return the assessment of every live track."""

    def decide(self, track: int, identity: Identity, by: str, now_s: float, reason: str) -> None:
        """Keep a person's word on a track."""

    def release(self, track: int) -> None:
        """Let the model decide again."""

    def rename(self, old: int, new: int) -> None:
        """Let all that is known of a track go on under another number."""


@dataclasses.dataclass(frozen=True)
class Setup:
    """What a command post is told before it begins; ``units`` are those of both nations."""

    post: Post
    other: str | None
    duty: Duty
    areas: Areas
    units: tuple[UnitOf, ...]
    seed: int


class CommandPost:
    """One nation's command post.  All times are POSIX seconds, UTC."""

    def __init__(self, setup: Setup, identifier: Identifies, begun_s: float) -> None:
        self.setup, self.nation = setup, setup.post.nation
        self.desk = Desk(self.nation, setup.other, setup.duty.doctrine, begun_s)
        self.watch = Watch(setup.post.crew, self.nation, setup.seed, begun_s)
        self.depot = Depot(setup.units)
        self.assessed: Mapping[int, Assessment] = {}
        self.threats: list[Threat] = []
        self._identifier = identifier
        self._planner = Planner(setup.areas, setup.units, setup.duty.ahead_s)
        self._units = setup.units
        terms = setup.duty.doctrine.reinforcement
        reserves = setup.duty.reserves if setup.other is not None else ()
        self._reinforcing = Reinforcing(self.nation, terms, reserves, setup.units)
        self._land = {area.name: area.nation for area in setup.areas.areas}
        self._others = {one.nation for one in setup.duty.posts} - {self.nation}
        self._rows: dict[int, int] = {}  # of the picture, by target
        self._picture = Tracks.make(0)
        self._inside = np.zeros((0, 0), np.bool_)
        self._placed: dict[int, tuple[frozenset[str], str]] = {}  # zones and owner, by row
        self._noted = Noted()
        self._stocks_s = self._looked_s = -np.inf
        self._begun_s = begun_s
        self._has_begun = False

    def step(
        self,
        now_s: float,
        picture: Tracks,
        heard: Sequence[bytes] = (),
        units: Sequence[UnitReport] = (),
        stocks: Sequence[Stock] = (),
        reports: Reports | None = None,
        renamed: Sequence[tuple[int, int]] = (),
    ) -> Out:
        """Take what came by now, look at the picture, decide what is due.

        ``renamed``: tracks that go on under another number since the last step, old and new.
        Between two looks at the picture, as ``looks`` tells, it goes by the last one; ``stocks``
        are wanted at looks, and where it tells them.
        """
        out, is_look = Out(), self.looks(now_s)
        if not self._has_begun:
            self._has_begun = True
            self._do(self.desk.begin(now_s), out)
        # who gives a sign of life is not silent: it is heard before anything is judged by silence
        for said in sorted(map(unpack, heard), key=lambda one: not isinstance(one, Presence)):
            self._hear(said, now_s, out)
        for report in units:
            self._report(report, now_s, out)
        self.depot.take(tuple(stocks))
        self._reinforcing.begin(self.depot)
        for old, new in renamed:
            self._rename(old, new, now_s, out)
        if is_look:
            self._looked_s = now_s
            self._look(picture, now_s, reports, out)
        self._spare(now_s, out)
        for done in self.watch.done(now_s):
            self._work(done, now_s, out)
        if is_look:
            self._know_units(now_s)
            self._identify(now_s)
            self._ask_for_more(now_s)
            self._plan(now_s, out)
        self._do(self.desk.on_time(now_s), out)
        if self.tells_stocks(now_s):
            self._stocks_s = now_s
            told = Stocks(nation=self.nation, time_s=now_s, stocks=tuple(stocks))
            out.packets.append(pack(told))
        return out

    def looks(self, now_s: float) -> bool:
        """Return whether it looks at its picture, and at what people report, at a step."""
        return now_s >= self._looked_s + self.setup.duty.look_s - _AT_ONCE_S

    def tells_stocks(self, now_s: float) -> bool:
        """Return whether it tells the other nation at a step what its batteries have."""
        return self.setup.other is not None and now_s >= self._stocks_s + _STOCKS_S

    # ---- what comes from outside ---------------------------------------------------------------

    def _hear(self, said: Said, now_s: float, out: Out) -> None:
        if isinstance(said, Stocks):
            self.depot.take(said.stocks)
        elif isinstance(said, Pointed):
            self._point(said, now_s, out)
        elif isinstance(said, Presence):
            self._do(self.desk.on_presence(said, now_s), out)
            known = self.desk.book.count(self.nation)
            for number in range(said.has, min(known, said.has + _AT_ONCE)):
                decision = self.desk.book.get(Ref(self.nation, number))
                if decision is not None:
                    out.packets.append(pack(decision))
        else:
            if isinstance(said, Proposal):
                self._match(said.target, said.latitude_deg, said.longitude_deg, now_s, out)
            self._do(self.desk.on_decision(said, now_s), out)
            if isinstance(said, Report) and said.state == "stopped":
                order = self.desk.book.get(said.order)
                if isinstance(order, Order):
                    self._noted.closed.update(self.desk.book.numbers(order.target))

    def _match(
        self,
        target: int,
        latitude_deg: float | None,
        longitude_deg: float | None,
        now_s: float,
        out: Out,
    ) -> None:
        """Take down which own track is meant by a target that the other numbers otherwise."""
        known = {target, *self.desk.book.numbers(target)} & self._rows.keys()
        if known or latitude_deg is None or longitude_deg is None:
            return
        north = self._picture.latitude_rad - np.radians(latitude_deg)
        east = self._picture.longitude_rad - np.radians(longitude_deg)
        away_m = EARTH_M * np.hypot(north, east * np.cos(np.radians(latitude_deg)))
        numbers = self._picture.track_number.tolist()
        meant = [
            (float(away_m[row]), number)
            for row, number in enumerate(numbers)
            if away_m[row] <= _NEAR_M and self.assessed[number].identity not in SPARED
        ]
        if meant:
            self._do(self.desk.same(target, min(meant)[1], now_s), out)

    def _point(self, said: Pointed, now_s: float, out: Out) -> None:
        """Have the crew look at once at what the other nation's crew takes for hostile."""
        self._match(said.target, said.latitude_deg, said.longitude_deg, now_s, out)
        found = self._own(said.target)
        if found is not None and not found.decided_by:
            self._noted.pointed.add(found.track)
            self.watch.ask(Task("identify", found.track), now_s)

    def _report(self, report: UnitReport, now_s: float, out: Out) -> None:
        order = self.desk.book.get(report.order)
        if isinstance(order, Order) and report.state == "stopped":
            self._noted.closed.update(self.desk.book.numbers(order.target))
        unit = order.unit if isinstance(order, Order) else ""
        self._do(self.desk.report(report.order, report.state, report.is_end, unit, now_s), out)

    def _rename(self, old: int, new: int, now_s: float, out: Out) -> None:
        """Let all that is known and decided of a track go on under its new number."""
        self._identifier.rename(old, new)
        self._noted.rename(old, new)
        self._planner.rename(old, new)
        self.watch.rename(old, new)
        if self.desk.book.proposals_on(old) or self.desk.book.holds_on(old):
            self._do(self.desk.same(old, new, now_s), out)

    def _do(self, effects: Sequence[desk_effects.Effect], out: Out) -> None:
        """Do what the desk wants done."""
        for effect in effects:
            match effect:
                case desk_effects.Decide(decision):
                    facts = msgspec.to_builtins(decision)
                    out.facts.append(Fact(facts.pop("kind"), facts))
                    if self.setup.other is not None:
                        out.packets.append(pack(decision))
                case desk_effects.Show(presence):
                    out.packets.append(pack(presence))
                case desk_effects.Ask(proposal):
                    is_move = proposal.action == REINFORCE
                    task = Task("pledge" if is_move else "answer", proposal.number)
                    self.watch.ask(task, proposal.time_s)
                case desk_effects.Act(order):
                    out.acts.append(order)
                case desk_effects.Stop(order):
                    out.stops.append(order)

    def _try(self, what: Callable[[], Sequence[desk_effects.Effect]], about: str, out: Out) -> bool:
        """Do something that the desk may refuse; what it refuses is written down."""
        try:
            self._do(what(), out)
        except RefusedError as error:
            out.facts.append(Fact("refused", {"what": about, "reason": str(error)}))
            return False
        return True

    # ---- what it sees --------------------------------------------------------------------------

    def _look(self, picture: Tracks, now_s: float, reports: Reports | None, out: Out) -> None:
        """Assess every live track, and note whom the model has doubts about."""
        live = (picture.status == TrackStatus.CONFIRMED) | (picture.status == TrackStatus.COASTED)
        self._picture = picture if live.all() else picture.rows(live)
        numbers = self._picture.track_number.tolist()
        self._rows = {number: row for row, number in enumerate(numbers)}
        before = self.assessed
        self.assessed = self._identifier.step(self._picture, now_s, reports)
        for target, found in self.assessed.items():
            was = before.get(target)
            if found is was:
                continue
            told = found.identity, found.decided_by
            if was is None or (was.identity, was.decided_by) != told:
                out.facts.append(
                    Fact(
                        "identified",
                        {
                            "target": target,
                            "identity": found.identity,
                            "hostile": round(found.hostile, 4),
                            "type": found.type,
                            "by": found.decided_by,
                            "evidence": [one.words for one in found.evidence[:6]],
                        },
                    )
                )
        seen, areas = self._picture, self.setup.areas
        self._inside = areas.inside(seen.latitude_rad, seen.longitude_rad, seen.height_m, now_s)
        self._placed = {}
        self.threats = threats(seen, self.assessed, areas, now_s)

    def _zones(self, target: int) -> tuple[frozenset[str], str]:
        """Return the zones that a target is in, and the nation whose land it is over."""
        row = self._rows.get(target)
        if row is None:
            return frozenset(), ""
        if row not in self._placed:
            inside = [self.setup.areas.areas[k] for k in np.flatnonzero(self._inside[row]).tolist()]
            owner = next((area.nation for area in inside if area.use == "border"), "")
            self._placed[row] = frozenset(area.name for area in inside), owner
        return self._placed[row]

    def _own(self, target: int) -> Assessment | None:
        """Return what this post takes a target for, under any of its numbers."""
        for number in self.desk.book.numbers(target):
            if number in self.assessed:
                return self.assessed[number]
        return None

    # ---- what its crew does --------------------------------------------------------------------

    def _spare(self, now_s: float, out: Out) -> None:
        """Hold what is proposed or ordered, by either, and here is taken for friend or civil."""
        book = self.desk.book
        meant = {one.target for one in book.open_proposals()}
        meant |= {one.target for one in book.running() if book.is_in_force(one, now_s)}
        for target in sorted(meant):
            found = self._own(target)
            if found is None or book.is_held(target):
                continue
            if found.identity in SPARED:
                why = found.evidence[0].words if found.evidence else found.identity
                self._do(self.desk.hold(target, self._seat, now_s, f"{found.identity}: {why}"), out)
            elif found.decided_by and found.hostile < _CLEARED:
                self._identifier.release(found.track)
                why = f"hostile at {found.hostile:.0%} only, on second thoughts"
                self._do(self.desk.hold(target, self._seat, now_s, why), out)
        for hold in sorted(book.holds(), key=lambda one: one.ref):
            found = self._own(hold.target)
            is_own = hold.nation == self.nation and hold in book.holds_on(hold.target)
            if is_own and found is not None and found.identity == "hostile":
                reason = f"hostile at {found.hostile:.0%} by now"
                self._do(self.desk.lift(hold.ref, self._seat, now_s, reason), out)

    @property
    def _seat(self) -> str:
        return f"{self.nation} crew"

    def _identify(self, now_s: float) -> None:
        """Have the crew look at what is doubtful and might come to something protected."""
        again_s = self.setup.post.crew.again_s
        for threat in self.threats:
            found = self.assessed.get(threat.track)
            if found is None or found.decided_by or found.identity not in _DOUBTED:
                continue
            if threat.track in self._noted.closed or self._rule(threat, "hostile") is None:
                continue
            if now_s >= self._noted.looked_s.get(threat.track, -np.inf) + again_s:
                self.watch.ask(Task("identify", threat.track), now_s)

    def _rule(self, threat: Threat, identity: str = "") -> Rule | None:
        """Return the rule that a target falls under; with ``identity``, if it had that one."""
        found = self._own(threat.track)
        if found is None:
            return None
        meant = self._zones(threat.track)[0] | {threat.zone}
        doctrine, told = self.setup.duty.doctrine, identity or found.identity
        return doctrine.fitting(meant, told, found.domain, threat.level)

    def _work(self, done: Done, now_s: float, out: Out) -> None:
        """Take down what somebody of the crew has decided."""
        if done.task.kind == "identify":
            self._confirm(done.task.about, done.luck / done.tired, now_s, out)
        elif done.task.kind == "propose":
            self._propose(done.task.about, self._seat, now_s, out)
        elif done.task.kind == "request":
            self._request(done.task.about, now_s, out)
        elif done.task.kind == "pledge":
            self._pledge(done.task.about, done.luck / done.tired, now_s, out)
        else:
            self._answer(done.task.about, done.luck / done.tired, now_s, out)

    def _confirm(self, target: int, luck: float, now_s: float, out: Out) -> None:
        found, crew = self.assessed.get(target), self.setup.post.crew
        self._noted.looked_s[target] = now_s
        if found is None or found.decided_by:
            return
        # what the other crew is sure of needs no more than to be likelier hostile than not here
        bound = min(crew.confirms_at, 0.5) if target in self._noted.pointed else crew.confirms_at
        is_likely = found.identity in _DOUBTED and found.hostile >= bound
        if (is_likely and luck >= crew.overlooks) or (not is_likely and luck < crew.wrongs):
            reason = found.evidence[0].words if found.evidence else "as the model says"
            self._identifier.decide(target, "hostile", self._seat, now_s, reason)
            self._show_to_other(target, now_s, out)
        elif found.identity in _DOUBTED:
            facts = {"target": target, "by": self._seat, "hostile": round(found.hostile, 4)}
            out.facts.append(Fact("watched-on", facts))

    def _show_to_other(self, target: int, now_s: float, out: Out) -> None:
        row = self._rows.get(target)
        if self.setup.other is None or row is None:
            return
        said = Pointed(
            nation=self.nation,
            time_s=now_s,
            target=target,
            latitude_deg=round(float(np.degrees(self._picture.latitude_rad[row])), 5),
            longitude_deg=round(float(np.degrees(self._picture.longitude_rad[row])), 5),
        )
        out.packets.append(pack(said))

    def _answer(self, number: int, luck: float, now_s: float, out: Out) -> None:
        ref = Ref(self.setup.other or "", number)
        proposal = self.desk.book.get(ref)
        if not isinstance(proposal, Proposal) or not self.desk.book.is_open(proposal):
            return
        found = self._own(proposal.target)
        concurs, reason = True, "as we see it"
        if found is None:
            reason = "not in our picture; on your word"
        elif found.identity in SPARED:
            why = found.evidence[0].words if found.evidence else "in our picture"
            concurs, reason = False, f"{found.identity}: {why}"
        elif luck < self.setup.post.crew.refuses:
            concurs, reason = False, "not convinced"
        self._try(
            lambda: self.desk.answer(ref, concurs, self._seat, now_s, reason),
            f"answer to {number}",
            out,
        )

    # ---- reinforcement -------------------------------------------------------------------------

    def place_of(self, order: Order) -> str:
        """Return the site that an order to move names, by its proposal; empty: it names none."""
        proposal = self.desk.book.get(order.proposal)
        return proposal.place if isinstance(proposal, Proposal) else ""

    def _know_units(self, now_s: float) -> None:
        """Take down where batteries stand by now, and who commands them."""
        units = self._reinforcing.units(self.desk.book, self.depot, now_s)
        if units != self._units:
            self._units = units
            self._planner.know(units)

    def _need(self) -> Need:
        """Return what presses the nation: hostiles to its zones, salvos that are left."""
        zones: dict[int, str] = {}  # that a target threatens most
        for threat in self.threats:
            zones.setdefault(threat.track, threat.zone)
        coming = [
            track
            for track, zone in zones.items()
            if self._land.get(zone) == self.nation
            and self.assessed[track].identity == "hostile"
            and track not in self._noted.closed
        ]
        return self._reinforcing.need(len(coming), self.depot)

    def _ask_for_more(self, now_s: float) -> None:
        """Have the crew ask the other nation for batteries, where it is pressed."""
        if not self._reinforcing.reserves or self.desk.mode != JOINT:
            return
        for reserve in self._reinforcing.due(self.desk.book, self._need(), now_s):
            self.watch.ask(Task("request", unit_number(reserve.battery)), now_s)

    def _request(self, about: int, now_s: float, out: Out) -> None:
        need, terms = self._need(), self._reinforcing.terms
        for reserve in self._reinforcing.due(self.desk.book, need, now_s):
            if unit_number(reserve.battery) != about or terms is None:
                continue
            self._reinforcing.asked(reserve.battery, now_s)
            unit, place = reserve.battery, reserve.place
            words = request_words(need, terms)
            self._try(
                lambda unit=unit, place=place, words=words: self.desk.request(  # type: ignore[misc]
                    unit, place, self._seat, now_s, words
                ),
                f"request for {unit}",
                out,
            )

    def _pledge(self, number: int, luck: float, now_s: float, out: Out) -> None:
        """Give the crew's word on a request: what is needed here is not given away."""
        ref = Ref(self.setup.other or "", number)
        proposal = self.desk.book.get(ref)
        if not isinstance(proposal, Proposal) or not self.desk.book.is_open(proposal):
            return
        need = self._need()
        is_pressed = self._reinforcing.is_pressed(need)
        concurs = not is_pressed and luck >= self.setup.post.crew.refuses
        reason = pledge_words(need, self._reinforcing.terms, proposal, is_pressed)
        if not concurs and not is_pressed:
            reason = "not convinced"
        self._try(
            lambda: self.desk.answer(ref, concurs, self._seat, now_s, reason),
            f"answer to {number}",
            out,
        )

    # ---- who shoots at what --------------------------------------------------------------------

    def _plan(self, now_s: float, out: Out) -> None:
        """Choose batteries for what may be engaged, and have proposals made up for the own ones."""
        wanted = self._wanted(now_s)
        is_joint = self.desk.mode == JOINT
        choices = self._planner.plan(
            wanted, self._picture, self._rows, self.depot, self._promised(), now_s
        )
        chosen = {choice.target: choice for choice in choices}
        for target in [one for one in self._noted.choices if one not in chosen]:
            self.watch.drop(Task("propose", target))
            del self._noted.choices[target]
        for want in wanted:
            choice = chosen.get(want.target)
            if choice is None or choice.unit.nation != self.nation:
                if choice is not None and is_joint:
                    self._noted.left_s.setdefault(want.target, now_s)
                continue
            self._noted.choices[want.target] = choice
            if want.rule.is_delegated:
                self._propose(want.target, choice.unit.name, now_s, out)
            else:
                self.watch.ask(Task("propose", want.target), now_s)

    def _promised(self) -> Counter[str]:
        """Return for how many targets each unit is proposed that wait for an answer."""
        return Counter(one.unit for one in self.desk.book.open_proposals() if one.unit)

    def _wanted(self, now_s: float) -> list[Wanted]:
        """Return the targets that may be engaged now, the most threatening first."""
        made: list[Wanted] = []
        seen: set[int] = set()
        book = self.desk.book
        for threat in self.threats:
            target = threat.track
            if target in seen:
                continue
            found = self.assessed[target]
            rule = self._rule(threat)
            if rule is None or not (found.decided_by or rule.is_delegated):
                continue
            seen.add(target)
            zones, owner = self._zones(target)
            is_busy = any(book.is_open(one) for one in book.proposals_on(target)) or book.orders_on(
                target, now_s
            )
            if is_busy or book.is_held(target) or target in self._noted.closed:
                continue
            nations = self._nations(rule, owner, target, now_s)
            if nations:
                made.append(Wanted(target, threat, found, rule, owner, zones, nations))
        return made

    def _nations(self, rule: Rule, owner: str, target: int, now_s: float) -> frozenset[str]:
        """Return whose batteries may be proposed against a target, as this post sees it."""
        nations = {self.nation}
        if self.desk.mode == JOINT and self.setup.other is not None:
            left_s = self._noted.left_s.get(target, now_s)
            if now_s - left_s < self.setup.duty.yield_s:
                nations.add(self.setup.other)
        if rule.authority == "own" and owner:
            nations &= {owner}
        if self.setup.other is None and rule.alone != "anywhere" and owner in self._others:
            return frozenset()  # who decides for itself does so over its own land
        if self.desk.mode == ALONE and self.setup.other is not None:
            is_allowed = rule.alone == "anywhere" or (
                rule.alone == "own-land" and owner == self.nation
            )
            nations = nations & {self.nation} if is_allowed else set()
        return frozenset(nations)

    def _propose(self, target: int, by: str, now_s: float, out: Out) -> None:
        choice = self._noted.choices.pop(target, None)
        row, found = self._rows.get(target), self.assessed.get(target)
        if choice is None or row is None or found is None:
            return
        if found.identity in SPARED or target in self._noted.closed:
            return
        evidence = tuple(one.words for one in found.evidence[:6])
        evidence += (*choice.threat.words, *choice.words)
        self._try(
            lambda: self.desk.propose(
                target,
                choice.rule.name,
                choice.unit.name,
                choice.owner,
                by,
                now_s,
                identity=found.identity,
                zone=choice.threat.zone,
                evidence=evidence,
                latitude_deg=round(float(np.degrees(self._picture.latitude_rad[row])), 5),
                longitude_deg=round(float(np.degrees(self._picture.longitude_rad[row])), 5),
            ),
            f"proposal on {target}",
            out,
        )
        self._noted.left_s.pop(target, None)
