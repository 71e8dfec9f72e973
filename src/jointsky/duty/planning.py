"""Which battery is to engage which target: options from the picture, then the assignment."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Areas
from jointsky.decide.assignment import Plan, Problem, assign_fast
from jointsky.decide.doctrine import Rule
from jointsky.duty.reach import Reach, reach
from jointsky.duty.units import Depot, UnitOf
from jointsky.records.assessment import Assessment, Threat
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
SALVO_COST = 0.02  # worth of a salvo, beside a sure threat's 1: nobody shoots at what is stopped
KEPT = 0.1  # a plan is changed where that is better by a tenth, not for less


@dataclasses.dataclass(frozen=True)
class Wanted:
    """A target that may be engaged, and by whose batteries."""

    target: int
    threat: Threat
    assessment: Assessment
    rule: Rule
    owner: str
    zones: frozenset[str]
    nations: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Choice:
    """A battery for a target."""

    target: int
    unit: UnitOf
    rule: Rule
    owner: str
    threat: Threat
    words: tuple[str, ...]


class Planner:
    """Chooses batteries, step by step, without changing its mind for little."""

    def __init__(self, areas: Areas, units: tuple[UnitOf, ...], ahead_s: float) -> None:
        self._areas, self._ahead_s = areas, ahead_s
        self._rows = [(unit, weapon) for unit in units for weapon in unit.weapons]
        self._protected = areas.of_use("protected")
        self._before: dict[tuple[int, int], int] = {}  # salvos, by weapon's row and target

    def plan(
        self,
        wanted: list[Wanted],
        picture: Tracks,
        rows: dict[int, int],
        depot: Depot,
        now_s: float,
    ) -> list[Choice]:
        """Return the battery chosen for each target that one is chosen for."""
        if not wanted or not self._rows:
            self._before = {}
            return []
        tracks = picture.rows(np.array([rows[one.target] for one in wanted]))
        window = reach(self._rows, tracks, self._ahead_s)
        chance = self._chances(wanted, window)
        problem = Problem(
            value=np.array([max(one.threat.level, 0.05) for one in wanted]),
            chance=chance,
            shots=np.array([depot.salvos(row) for row in range(len(self._rows))], np.int64),
            targets=np.array([depot.channels(row) for row in range(len(self._rows))], np.int64),
            most=np.ones(len(wanted), np.int64),
            allowed=chance > 0.0,
            promised=np.zeros(chance.shape, np.int64),
            cost=np.full(len(self._rows), SALVO_COST),
        )
        plan = assign_fast(problem, self._former(wanted, chance > 0.0), KEPT)
        self._before = {}
        made = []
        for column, want in enumerate(wanted):
            for row in np.flatnonzero(plan.salvos[:, column]).tolist():
                self._before[row, want.target] = int(plan.salvos[row, column])
                unit, weapon = self._rows[row]
                in_s = float(window.first_s[row, column])
                words = (
                    f"{unit.name} ({weapon.name}) can reach it in {in_s:.0f} s, "
                    f"chance {chance[row, column]:.0%}"
                )
                made.append(Choice(want.target, unit, want.rule, want.owner, want.threat, (words,)))
        return made

    def _chances(self, wanted: list[Wanted], window: Reach) -> Floats:
        """Return the chance of a salvo of each weapon at each target, (W, T); 0: it may not."""
        chance = np.zeros(window.first_s.shape)
        near_m = np.full(chance.shape, np.inf)  # of the debris, to what is protected
        if self._protected:
            flat = self._areas.rim_distance_m(
                window.latitude_rad.ravel(), window.longitude_rad.ravel()
            )
            near_m = flat[:, self._protected].min(axis=1).reshape(chance.shape)
        for row, (unit, weapon) in enumerate(self._rows):
            for column, want in enumerate(wanted):
                in_time_s = want.rule.order_lasts_s - want.rule.answer_within_s
                # NaN, out of reach, is not below it either
                if unit.nation not in want.nations or not window.first_s[row, column] < in_time_s:
                    continue
                falls_on = near_m[row, column] < window.debris_m[row, column]
                if falls_on and weapon.debris_falls and not want.rule.over_protected:
                    continue
                chance[row, column] = weapon.salvo_chance(want.assessment.domain)
        return chance

    def _former(self, wanted: list[Wanted], allowed: npt.NDArray[np.bool_]) -> Plan | None:
        """Return the plan before, by the rows and columns of now."""
        if not self._before:
            return None
        salvos = np.zeros(allowed.shape, np.int64)
        for column, want in enumerate(wanted):
            for row in range(len(self._rows)):
                salvos[row, column] = self._before.get((row, want.target), 0)
        salvos[~allowed] = 0
        return Plan(salvos, left=0.0, spent=0.0, bound=0.0, method="before")
