"""Tracks become identities: one declared model weighs all that is known of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Areas
from jointsky.assess.model_arrays import ModelArrays
from jointsky.assess.model_declared import IdentificationModel
from jointsky.assess.weighing import Weigher, Weighing
from jointsky.assess.wording import Decision, Told, assessment, evidence_of
from jointsky.records.assessment import IDENTITIES, Assessment, Identity
from jointsky.records.plans import FlightPlan, KnownFriend
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]

NOTICED = 0.02  # a change of a probability by more makes a new assessment


class Weighs(Protocol):
    """What says how likely tracks are what: assess.weighing.Weigher does."""

    def step(self, tracks: Tracks, now_s: float, reports: Reports | None = None) -> Weighing:
        """Return what is made of tracks."""

    def rename(self, old: int, new: int) -> None:
        """Let a track go on under another number."""


class _State(NamedTuple):
    """What was told of a track last."""

    assessment: Assessment
    probabilities: Floats
    mark: tuple[object, ...]  # what evidence there was


class Identifying:
    """Says what tracks are by what is weighed of them, and by what people decide.

    Assessments come without evidence in words.
    """

    def __init__(self, arrays: ModelArrays, weigher: Weighs) -> None:
        self._arrays, self._weighs = arrays, weigher
        self._states: dict[int, _State] = {}
        self._decisions: dict[int, Decision] = {}

    def step(
        self, tracks: Tracks, now_s: float, reports: Reports | None = None
    ) -> dict[int, Assessment]:
        """Return the assessment of every confirmed or coasted one of the tracks told now.

        ``now_s`` never goes back.  ``reports``: those that came in since the last step.  While
        nothing that matters changes the same assessment (the same object) is returned.  A number
        told twice is taken once, as it was told last.
        """
        weighing = self._weighs.step(tracks, now_s, reports)
        for number in weighing.forgotten:
            self._states.pop(number, None)
            self._decisions.pop(number, None)
        return self._assess(weighing, now_s) if weighing.numbers else {}

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
        self._weighs.rename(old, new)
        state = self._states.pop(old, None) or self._states.get(new)
        if state is not None:  # what was told names the old number: it is told anew
            self._states[new] = state._replace(mark=())
        decision = self._decisions.pop(old, None)
        if decision is not None:
            self._decisions.setdefault(new, decision)

    def _assess(self, found: Weighing, now_s: float) -> dict[int, Assessment]:
        states = [self._states.get(number) for number in found.numbers]
        probabilities = found.probabilities
        told_before = [
            probabilities[k] if s is None else s.probabilities for k, s in enumerate(states)
        ]
        moved = np.abs(probabilities - np.stack(told_before)).max(axis=1).tolist()
        made: dict[int, Assessment] = {}
        for place, number in enumerate(found.numbers):
            decision, state = self._decisions.get(number), states[place]
            mark = found.marks[place], found.identities[place], decision
            if state is None or state.mark != mark or moved[place] > NOTICED:
                told = Told(
                    number,
                    place,
                    now_s,
                    identity=IDENTITIES[found.identities[place]],
                    decision=decision,
                    probabilities=probabilities[place],
                    hostile=found.hostile[place],
                    civil=found.civil[place],
                )
                state = _State(self._told(told, found), probabilities[place], mark)
                self._states[number] = state
            made[number] = state.assessment
        return made

    def _told(self, told: Told, found: Weighing) -> Assessment:
        if told.decision is not None:
            return assessment(told, self._arrays)
        if told.place not in found.told:
            found.told[told.place] = assessment(told, self._arrays)
        return found.told[told.place]


class Identifier(Identifying):
    """Assesses tracks, and remembers of each what it has shown so far; its words tell why.

    ``sensors`` are those that the tracks' bits name, in order; ``plans`` and ``friends`` are what
    is known beforehand.  ``areas`` may be exchanged at any time.
    """

    def __init__(
        self,
        model: IdentificationModel,
        areas: Areas,
        sensors: Sequence[Sensor],
        plans: Sequence[FlightPlan] = (),
        friends: Sequence[KnownFriend] = (),
    ) -> None:
        self.model = model
        arrays = ModelArrays(model)
        self._weigher = Weigher(arrays, areas, sensors, plans, friends)
        super().__init__(arrays, self._weigher)

    @property
    def areas(self) -> Areas:
        """Return the areas that hold now."""
        return self._weigher.areas

    @areas.setter
    def areas(self, areas: Areas) -> None:
        self._weigher.areas = areas

    def set_plans(self, plans: Sequence[FlightPlan], friends: Sequence[KnownFriend]) -> None:
        """Take other flight plans and a list of own; they hold from the next step on."""
        self._weigher.set_plans(plans, friends)

    def _told(self, told: Told, found: Weighing) -> Assessment:
        assert found.found is not None
        evidence = evidence_of(told, found.found, self._weigher.reader, self._arrays)
        return assessment(told, self._arrays, evidence)
