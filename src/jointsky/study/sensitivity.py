"""Which factors matter: Sobol' indices of a figure over the ranges of its factors, by SALib.

First-order: the share of the figure's variance that goes when that factor alone is known.  Total:
the share that stays when all others are known; well above first-order, the factor works together
with others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from SALib.analyze import sobol as analyze_sobol
from SALib.sample import sobol as sample_sobol

from jointsky.study import checks
from jointsky.study.designs import Range, seed_of
from jointsky.study.intervals import Interval

Floats = npt.NDArray[np.float64]
RESAMPLES = 400


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """Sobol' indices of one factor."""

    first: Interval
    total: Interval


def points(factors: Mapping[str, Range], base: int, rng: np.random.Generator) -> Floats:
    """Return the points to run, (base * (d + 2), d), in the units of ``factors``.

    Saltelli's scheme (2002) on scrambled Sobol' points, ``base`` of them: a power of 2.  Keep the
    order: ``indices`` takes it for granted.
    """
    problem = _problem(factors)
    n = checks.count(base, "base", least=2)
    if n & (n - 1):
        raise ValueError(f"base is {n}; it must be a power of 2")
    found: Floats = sample_sobol.sample(problem, n, calc_second_order=False, seed=seed_of(rng))
    return found


def indices(
    factors: Mapping[str, Range],
    outcomes: npt.ArrayLike,
    rng: np.random.Generator,
    level: float = 0.95,
) -> dict[str, Sensitivity]:
    """Return the indices of each factor from the ``outcomes`` (base * (d + 2),) at ``points``.

    Estimators of Saltelli and others (2010); the interval is normal, its width from resampling
    whole rows, which takes the Sobol' points for random ones and is rather too wide.  What chance
    does within a run is of no factor, but counts in every total: use the same random numbers at
    all points, or means of enough runs.
    """
    problem = _problem(factors)
    found = checks.sample(outcomes, "outcomes")
    rows = problem["num_vars"] + 2
    if not len(found) or len(found) % rows:
        raise ValueError(f"outcomes has {len(found)} values; it must be a multiple of {rows}")
    if np.ptp(found) == 0.0:
        raise ValueError(f"outcomes are all {found[0]:g}; where nothing varies no factor matters")
    checks.fraction(level, "level")
    result = analyze_sobol.analyze(
        problem,
        found,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=level,
        seed=seed_of(rng),
    )
    columns = (result["S1"], result["S1_conf"], result["ST"], result["ST_conf"])
    return {
        name: Sensitivity(_interval(s1, reach1, level), _interval(st, reach_t, level))
        for name, s1, reach1, st, reach_t in zip(factors, *columns, strict=True)
    }


def _interval(value: float, reach: float, level: float) -> Interval:
    return Interval(float(value), float(value - reach), float(value + reach), level)


def _problem(factors: Mapping[str, Range]) -> dict[str, Any]:
    if not factors:
        raise ValueError("factors is empty; it must name one factor or more")
    return {
        "num_vars": len(factors),
        "names": list(factors),
        "bounds": [[factor.low, factor.high] for factor in factors.values()],
    }
