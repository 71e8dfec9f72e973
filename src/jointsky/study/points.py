"""The points of a study: each factor at a level, and the scenario that this makes."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError, ManyInputErrors
from jointsky.scenario.loaded import Loaded
from jointsky.streams import stream
from jointsky.study import designs, sensitivity
from jointsky.study.altering import Alterable
from jointsky.study.declared import Factor, LoadedStudy, Study
from jointsky.study.designs import Range


@dataclasses.dataclass(frozen=True)
class Point:
    """One point: the level of each factor by its name, and what that puts into the scenario."""

    levels: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Return the levels in one line: ``sharing none, seats 4``; of one factor its level."""
        if len(self.levels) == 1:
            return _shown(next(iter(self.levels.values())))
        return ", ".join(f"{name} {_shown(level)}" for name, level in self.levels.items())


def points_of(study: Study) -> list[Point]:
    """Return the points of a study, in order; the same study has the same points."""
    factors = study.factors
    if study.design.kind == "factorial":
        chosen = itertools.product(*(range(len(_choices(one))) for one in factors))
        return [_point(factors, [_level(f, k) for f, k in zip(factors, row, strict=True)])
                for row in chosen]  # fmt: skip
    rng = stream(study.seed, "design", study.design.kind)
    where = _filled(study, rng)
    return [
        _point(factors, [_at(f, float(u)) for f, u in zip(factors, row, strict=True)])
        for row in where
    ]


def checked_points(loaded: LoadedStudy) -> list[Point]:
    """Return the points of a study whose scenarios are all sound; ManyInputErrors with what is not.

    Of each factor every level is tried by itself, a range at both ends.
    """
    study, base = loaded.study, Alterable(loaded.scenario)
    errors = []
    for number, factor in enumerate(study.factors):
        ends = factor.range if factor.range is not None else range(len(_choices(factor)))
        for end in ends:
            level = float(end) if factor.range is not None else _level(factor, int(end))
            try:
                scenario_at(base, _point([factor], [level]), f"{loaded.path}: factors[{number}]")
            except ManyInputErrors as error:
                errors += error.errors
            except InputError as error:
                errors.append(error)
    if errors:
        raise ManyInputErrors(errors)
    return points_of(study)


def scenario_at(base: Alterable, point: Point, where: str) -> Loaded:
    """Return the scenario of a point."""
    return base.with_values(point.values, where)


def _choices(factor: Factor) -> Sequence[Any]:
    return tuple(factor.alternatives) if factor.alternatives else factor.levels


def _level(factor: Factor, number: int) -> Any:
    return _choices(factor)[number]


def _at(factor: Factor, share: float) -> Any:
    """Return the level of a factor at a share of its way, 0 to 1."""
    if factor.range is not None:
        low, high = factor.range
        return low + share * (high - low)
    choices = _choices(factor)
    return choices[min(int(share * len(choices)), len(choices) - 1)]


def _point(factors: Sequence[Factor], levels: Sequence[Any]) -> Point:
    values: dict[str, Any] = {}
    for factor, level in zip(factors, levels, strict=True):
        if factor.alternatives:
            values |= factor.alternatives[level]
        else:
            values |= dict.fromkeys(factor.paths, level)
    named = {factor.name: level for factor, level in zip(factors, levels, strict=True)}
    return Point(named, values)


def _filled(study: Study, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the points (n, d) of a design that fills the space, each factor from 0 to 1."""
    kind, factors, points = study.design.kind, len(study.factors), study.design.points
    if kind == "saltelli":
        unit = {one.name: Range(0.0, 1.0) for one in study.factors}
        return sensitivity.points(unit, points // (factors + 2), rng)
    if kind == "nearly-orthogonal":
        return designs.nearly_orthogonal(points, factors, rng).points
    made = {"latin-hypercube": designs.latin_hypercube, "sobol": designs.sobol_points}[kind]
    return made(points, factors, rng)


def _shown(level: Any) -> str:
    return f"{level:.4g}" if isinstance(level, float) else str(level)
