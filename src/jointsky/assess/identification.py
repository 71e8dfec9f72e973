"""Tracks become identities: one declared model weighs all that is known of each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Areas
from jointsky.assess.identities import Known, identities
from jointsky.assess.memory import Memory
from jointsky.assess.model_arrays import ModelArrays
from jointsky.assess.model_declared import IdentificationModel
from jointsky.assess.planned import Friends, Plans
from jointsky.assess.readings import Evidences, Reader
from jointsky.assess.reported import Places, claims_of
from jointsky.assess.wording import Decision, Told, assessment
from jointsky.records.assessment import IDENTITIES, Assessment, Identity
from jointsky.records.plans import FlightPlan, KnownFriend
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NOTICED = 0.02  # a change of a probability by more makes a new assessment
FORGET_AFTER_S = 300.0  # without word of a track


class _State(NamedTuple):
    """What was told of a track last."""

    assessment: Assessment
    probabilities: Floats
    mark: tuple[object, ...]  # what evidence there was
    identity: int  # by the machine


class Identifier:
    """Assesses tracks, and remembers of each what it has shown so far.

    ``sensors`` are those that the tracks' bits name, in order; ``plans`` and ``friends`` are what
    is known beforehand.  ``areas`` may be exchanged at any time.  Not ``is_worded``: assessments
    are told without evidence, which nobody reads.
    """

    def __init__(
        self,
        model: IdentificationModel,
        areas: Areas,
        sensors: Sequence[Sensor],
        plans: Sequence[FlightPlan] = (),
        friends: Sequence[KnownFriend] = (),
        is_worded: bool = True,
    ) -> None:
        self.model, self._is_worded = model, is_worded
        self._sensors = tuple(sensors)
        self._arrays = ModelArrays(model)
        self._memory = Memory(model.reading, areas, sensors)
        self._reader = Reader(self._arrays, self._memory, Plans(plans), Friends(friends))
        self._states: dict[int, _State] = {}
        self._decisions: dict[int, Decision] = {}

    @property
    def areas(self) -> Areas:
        """Return the areas that hold now."""
        return self._memory.areas

    @areas.setter
    def areas(self, areas: Areas) -> None:
        self._memory.areas = areas

    def set_plans(self, plans: Sequence[FlightPlan], friends: Sequence[KnownFriend]) -> None:
        """Take other flight plans and a list of own; they hold from the next step on."""
        self._reader.set_plans(Plans(plans), Friends(friends))

    def step(
        self, tracks: Tracks, now_s: float, reports: Reports | None = None
    ) -> dict[int, Assessment]:
        """Return the assessment of every confirmed or coasted one of the tracks told now.

        ``now_s`` never goes back.  ``reports``: those that came in since the last step.  While
        nothing that matters changes the same assessment (the same object) is returned.  A number
        told twice is taken once, as it was told last.
        """
        is_live = (tracks.status == TrackStatus.CONFIRMED) | (tracks.status == TrackStatus.COASTED)
        live = tracks if is_live.all() else tracks.rows(is_live)
        _, last = np.unique(live.track_number[::-1], return_index=True)
        if len(last) < len(live):
            live = live.rows(np.sort(len(live) - 1 - last))
        for number in tracks.track_number[tracks.status == TrackStatus.ENDED].tolist():
            self._forget(number)
        rows = self._memory.take(live, now_s)
        if reports is not None and len(reports) and len(rows):
            self._hear(reports, rows, now_s)
        self._forget_old(now_s)
        return self._assess(rows, now_s) if len(rows) else {}

    def decide(self, track: int, identity: Identity, by: str, now_s: float, reason: str) -> None:
        """Let a person say what a track is: it stays so until they or another release it."""
        if identity not in IDENTITIES:
            raise ValueError(f"identity is {identity!r}; it must be one of {', '.join(IDENTITIES)}")
        if not by:
            raise ValueError("by is empty; it must name the person who decides")
        self._decisions[track] = Decision(identity, by, now_s, reason)

    def release(self, track: int) -> None:
        """Let the machine say again what a track is."""
        self._decisions.pop(track, None)

    def decided(self, track: int) -> Decision | None:
        """Return what a person decided of a track, if anyone did."""
        return self._decisions.get(track)

    def decisions(self) -> dict[int, Decision]:
        """Return what people decided, by track."""
        return dict(self._decisions)

    def rename(self, old: int, new: int) -> None:
        """Let a track go on under another number, with all that is known of it."""
        if old == new:
            return
        self._memory.rename(old, new)
        self._reader.rename(old, new)
        state = self._states.pop(old, None) or self._states.get(new)
        if state is not None:  # what was told names the old number: it is told anew
            self._states[new] = state._replace(mark=())
        decision = self._decisions.pop(old, None)
        if decision is not None:
            self._decisions.setdefault(new, decision)

    def _hear(self, reports: Reports, rows: Integers, now_s: float) -> None:
        memory = self._memory
        names = ("latitude", "longitude", "ve", "vn", "place_sigma")
        places = Places(*(memory.floats(name, rows) for name in names))
        claims = claims_of(reports, places, now_s, self._sensors, self.model)
        numbers = memory.column("number")[rows]
        for (place, reporter), claim in claims.items():
            self._reader.claim(int(numbers[place]), reporter, claim)

    def _assess(self, rows: Integers, now_s: float) -> dict[int, Assessment]:
        found = self._reader.read(rows, now_s)
        probabilities = found.weighed.probabilities
        numbers = self._memory.column("number")[rows].tolist()
        states = [self._states.get(number) for number in numbers]
        of = self._arrays.of_allegiance(probabilities)
        known = self._known(found, of, rows, now_s)
        hostile, civil = of["hostile"].tolist(), (of["civil"] + of["neutral"]).tolist()
        former = np.array([-1 if s is None else s.identity for s in states], np.int64)
        decided = identities(self.model.rules, known, former).tolist()
        told_before = [
            probabilities[k] if s is None else s.probabilities for k, s in enumerate(states)
        ]
        moved = np.abs(probabilities - np.stack(told_before)).max(axis=1).tolist()
        made: dict[int, Assessment] = {}
        for place, number in enumerate(numbers):
            decision, state = self._decisions.get(number), states[place]
            mark = found.marks[place], decided[place], decision
            if state is None or state.mark != mark or moved[place] > NOTICED:
                told = Told(
                    number,
                    place,
                    now_s,
                    identity=IDENTITIES[decided[place]],
                    decision=decision,
                    hostile=hostile[place],
                    civil=civil[place],
                )
                one = assessment(told, found, self._reader, self._arrays, self._is_worded)
                state = _State(one, probabilities[place], mark, decided[place])
                self._states[number] = state
            made[number] = state.assessment
        return made

    def _known(
        self, found: Evidences, of: Mapping[str, Floats], rows: Integers, now_s: float
    ) -> Known:
        return Known(
            friend=of["friend"],
            neutral=of["neutral"] + of["nature"] + np.where(found.is_open, of["civil"], 0.0),
            hostile=of["hostile"],
            is_open=found.is_open,
            is_positive=found.is_positive,
            is_civil_flight=found.is_civil_flight,
            is_emergency=found.is_emergency,
            age_s=now_s - self._memory.floats("first_s", rows),
            plots=self._memory.column("plots")[rows].astype(np.int64),
            beside_motion=found.weighed.beside,
        )

    def _forget_old(self, now_s: float) -> None:
        for number in self._memory.older_than(now_s - FORGET_AFTER_S):
            self._forget(number)

    def _forget(self, number: int) -> None:
        self._memory.forget(number)
        self._reader.forget(number)
        self._states.pop(number, None)
        self._decisions.pop(number, None)
