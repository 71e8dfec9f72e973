"""Which battery is to engage which target: options from the picture, then the assignment."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Areas
from jointsky.decide.assignment import Plan, Problem, assign_fast
from jointsky.decide.doctrine import Rule
from jointsky.decide.windows import Weapons, is_clear, predicted, reached, windows
from jointsky.duty.units import Depot, UnitOf, WeaponOf
from jointsky.earth import geodesy
from jointsky.records.assessment import Assessment, Threat
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
SALVO_COST = 0.02  # worth of a salvo, beside a sure threat's 1: nobody shoots at what is stopped
STEP_S = 3.0  # between two looks along a path
UNKNOWN_M = 3000.0  # a height that nobody has measured
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


class Options(NamedTuple):
    """What each weapon could do about each target, (W, T)."""

    chance: Floats  # that a salvo stops it; 0: it cannot, or may not
    earliest_s: Floats  # when first; NaN: never


class Planner:
    """Chooses batteries, step by step, without changing its mind for little."""

    def __init__(self, areas: Areas, units: tuple[UnitOf, ...], ahead_s: float) -> None:
        self._ahead_s = ahead_s
        self.know(units)
        self._protected = Areas([areas.areas[row] for row in areas.of_use("protected")])
        self._before: dict[tuple[int, int], int] = {}  # salvos, by weapon's row and target

    def know(self, units: tuple[UnitOf, ...]) -> None:
        """Know where units stand and whose they are; they are the same ones in the same order."""
        self._rows = [(unit, weapon) for unit in units for weapon in unit.weapons]
        self._weapons = _weapons_of(self._rows)

    def rename(self, old: int, new: int) -> None:
        """Let what was planned for a target go on under its new number."""
        self._before = {
            (row, new if target == old else target): salvos
            for (row, target), salvos in self._before.items()
        }

    def plan(
        self,
        wanted: list[Wanted],
        picture: Tracks,
        rows: dict[int, int],
        depot: Depot,
        promised: Mapping[str, int],
        now_s: float,
    ) -> list[Choice]:
        """Return the battery chosen for each target that one is chosen for.

        ``promised``: for how many targets each unit is proposed already; what it needs for those
        is not given away again.
        """
        if not wanted or not self._rows:
            self._before = {}
            return []
        tracks = picture.rows(np.array([rows[one.target] for one in wanted]))
        options = self._options(wanted, tracks, now_s)
        chance = options.chance
        problem = Problem(
            value=np.array([max(one.threat.level, 0.05) for one in wanted]),
            chance=chance,
            shots=self._free(depot.salvos, promised),
            targets=self._free(depot.channels, promised),
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
                in_s = float(options.earliest_s[row, column]) - now_s
                words = (
                    f"{unit.name} ({weapon.name}) can reach it in {in_s:.0f} s, "
                    f"chance {chance[row, column]:.0%}"
                )
                made.append(Choice(want.target, unit, want.rule, want.owner, want.threat, (words,)))
        return made

    def _free(self, of: Callable[[int], int], promised: Mapping[str, int]) -> npt.NDArray[np.int64]:
        """Return what of each weapon is left beside what is promised."""
        left = [of(row) - promised.get(unit.name, 0) for row, (unit, _) in enumerate(self._rows)]
        return np.maximum(np.array(left, np.int64), 0)

    def _options(self, wanted: list[Wanted], tracks: Tracks, now_s: float) -> Options:
        """Return what each weapon could do about each target, as it flies."""
        ecef_m = geodesy.geodetic_to_ecef(
            tracks.latitude_rad, tracks.longitude_rad, np.nan_to_num(tracks.height_m, nan=UNKNOWN_M)
        )
        velocity = np.stack([tracks.ve_mps, tracks.vn_mps, np.nan_to_num(tracks.vu_mps)], axis=1)
        places = zip(tracks.latitude_rad.tolist(), tracks.longitude_rad.tolist(), strict=True)
        turns = np.array([geodesy.enu_rotation(*place) for place in places])
        turned = np.einsum("tik,ti->tk", turns, velocity)
        covariance = np.nan_to_num(tracks.covariance, nan=0.0)
        paths = predicted(ecef_m, turned, covariance, now_s, self._ahead_s, STEP_S)
        reach = reached(self._weapons, paths)
        anywhere = windows(reach)
        clear = anywhere
        if self._protected.areas and reach.is_in.any():
            in_reach = np.asarray(reach.is_in.any(axis=0))
            rims = self._protected.rim_distance_m
            clear = windows(reach, is_clear(paths, rims, asked=in_reach))
        chance, earliest_s = np.zeros((len(self._rows), len(wanted))), anywhere.earliest_s.copy()
        for row, (unit, weapon) in enumerate(self._rows):
            for column, want in enumerate(wanted):
                is_free = want.rule.over_protected or not weapon.debris_falls
                at_s = (anywhere if is_free else clear).earliest_s[row, column]
                in_time_s = want.rule.order_lasts_s - want.rule.answer_within_s
                earliest_s[row, column] = at_s
                # NaN, never, is not below it either
                if unit.nation in want.nations and at_s - now_s < in_time_s:
                    chance[row, column] = weapon.salvo_chance(want.assessment.domain)
        return Options(chance, earliest_s)

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


def _weapons_of(rows: list[tuple[UnitOf, WeaponOf]]) -> Weapons:
    """Return weapons with where they stand and what they reach."""

    def column(values: list[float]) -> Floats:
        return np.array(values, np.float64)

    latitude, longitude, height_m = (
        column([getattr(unit, name) for unit, _ in rows])
        for name in ("latitude_rad", "longitude_rad", "height_m")
    )
    return Weapons(
        ecef_m=geodesy.geodetic_to_ecef(latitude, longitude, height_m),
        range_min_m=column([weapon.range_min_m for _, weapon in rows]),
        range_max_m=column([weapon.range_max_m for _, weapon in rows]),
        height_min_m=column([weapon.height_min_m for _, weapon in rows]),
        height_max_m=column([weapon.height_max_m for _, weapon in rows]),
        target_speed_max_mps=column([weapon.target_speed_max_mps for _, weapon in rows]),
        speed_mps=column([weapon.mean_speed_mps for _, weapon in rows]),
        reaction_s=column([unit.reaction_s for unit, _ in rows]),
        antenna_m=column([unit.antenna_m for unit, _ in rows]),
    )
