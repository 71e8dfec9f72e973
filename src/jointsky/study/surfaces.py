"""What a response does over ranges: which factors matter, and a surface that stands in for runs."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from jointsky.streams import stream
from jointsky.study.declared import Study
from jointsky.study.designs import Range, sobol_points
from jointsky.study.metamodel import LEAST_POINTS, Metamodel, best_fit
from jointsky.study.sensitivity import Sensitivity, indices
from jointsky.study.summary import Summary

Floats = npt.NDArray[np.float64]
STEPS = 21  # of a factor's range, at which its surface is looked at
OTHERS = 256  # places of the other factors over which it is averaged
CELLS = 7  # a side of what is foretold over two factors


@dataclasses.dataclass(frozen=True)
class Surface:
    """One response over all factors: a stand-in, and by factor what it foretells in the mean.

    ``over`` by factor: levels (STEPS,) and values (STEPS,).  ``matters``: Sobol' indices by factor,
    where the design is made for them.
    """

    response: str
    model: Metamodel
    over: dict[str, tuple[Floats, Floats]]
    matters: dict[str, Sensitivity]


@functools.lru_cache(maxsize=1)  # pictures, words and figures ask for it
def surfaces_of(told: Summary) -> list[Surface]:
    """Return the surfaces of all responses of a study whose factors are all ranges."""
    study = told.study
    if not _has_ranges(study) or len(told.points) < LEAST_POINTS:
        return []
    places = np.array(
        [
            [(point.levels[one.name] - one.range[0]) / (one.range[1] - one.range[0])
             for one in study.factors if one.range is not None]
            for point in told.points
        ]
    )  # fmt: skip
    made = []
    for response in study.responses:
        found = told.of(response.name)
        values = [one.interval.value for one in found if one.interval is not None]
        if len(values) < len(found) or np.ptp(values) == 0.0:
            continue
        outcomes = np.array(values)
        rng = stream(study.seed, "surface", response.name)
        model = best_fit(places, outcomes, rng)
        matters = {}
        if study.design.kind == "saltelli":
            unit = {one.name: Range(0.0, 1.0) for one in study.factors}
            matters = indices(unit, outcomes, rng, study.level)
        made.append(Surface(response.name, model, _over(study, model), matters))
    return made


def over_two(study: Study, found: Surface, down: str, across: str) -> Floats:
    """Return what a surface foretells over two factors, (CELLS, CELLS), in the mean over others.

    Rows and columns go from the low end of a factor's range to its high one.
    """
    steps = np.linspace(0.0, 1.0, CELLS)
    return _averaged(study, found.model, {down: steps[:, None], across: steps[None, :]})


def strongest_two(found: list[Surface]) -> tuple[str, str]:
    """Return the two factors over which responses change most, each as a share of its own span."""
    strength = dict.fromkeys(found[0].over, 0.0)
    for one in found:
        spans = {name: float(np.ptp(values)) for name, (_, values) in one.over.items()}
        widest = max(spans.values()) or 1.0
        for name, span in spans.items():
            strength[name] += span / widest
    first, second = sorted(strength, key=lambda name: -strength[name])[:2]
    return first, second


def _has_ranges(study: Study) -> bool:
    is_range = all(one.range is not None for one in study.factors)
    return is_range and study.design.kind != "factorial"


def _over(study: Study, model: Metamodel) -> dict[str, tuple[Floats, Floats]]:
    """Return what a surface foretells over each factor, in the mean over all others."""
    steps, made = np.linspace(0.0, 1.0, STEPS), {}
    for factor in study.factors:
        assert factor.range is not None
        low, high = factor.range
        values = _averaged(study, model, {factor.name: steps})
        made[factor.name] = low + steps * (high - low), values
    return made


def _averaged(study: Study, model: Metamodel, at: dict[str, Floats]) -> Floats:
    """Return what a surface foretells at shares of some factors' ranges, over all other factors.

    Of the shape that the shares have together; the same places of the others for each of them.
    """
    names = [one.name for one in study.factors]
    others = sobol_points(OTHERS, len(names), stream(study.seed, "surface", "others"))
    shape = np.broadcast_shapes(*(shares.shape for shares in at.values()))
    places = np.broadcast_to(others, (*shape, *others.shape)).copy()
    for name, shares in at.items():
        places[..., names.index(name)] = shares[..., None]
    values = model.predict(places.reshape(-1, len(names)))
    return np.asarray(values.reshape(*shape, OTHERS).mean(axis=-1), np.float64)
