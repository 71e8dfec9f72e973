"""How likely is what hardly ever happens: subset simulation, on standard normal inputs.

A rare event is reached by steps that are not rare (Au and Beck 2001, Probabilistic Engineering
Mechanics 16:4): of a population the best go on, each as the start of a chain that stays above the
level they reached, and the probability is the product of the shares that went on.  The chains move
as Papaioannou, Betz, Zwirglmaier and Straub (2015, same journal, 41) have it: every candidate keeps
a part of its normals and draws the rest (preconditioned Crank-Nicolson), how much by what is
accepted.  A count has many equal values: a level there takes in all that are equal and always
rises, so that the share that goes on may be other than asked for (Walter 2015, ESAIM: P&S 19).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from jointsky.study import checks
from jointsky.study.intervals import Interval, mean, proportion

Floats = npt.NDArray[np.float64]
Performance = Callable[[Floats], npt.ArrayLike]
"""From normals (n, d) to (n,): larger is nearer to the event; same normals, same answer."""

GOING_ON = 0.1  # share of a population that goes on
WANTED_ACCEPTANCE = 0.44  # of candidates; Papaioannou and others 2015
FIRST_STEP = 0.6  # share of new normals in a candidate, as a standard deviation
LEAST_POPULATION = 50
MOST_LEVELS = 60


@dataclasses.dataclass(frozen=True)
class Course:
    """The way down to the event: levels that rise to it, and the step of the chains on each.

    A ``step`` is the share of new normals in a candidate, as a standard deviation, above 0 to 1.
    """

    levels: tuple[float, ...]
    steps: tuple[float, ...]
    runs: int
    """Runs it took to find."""


@dataclasses.dataclass(frozen=True)
class Descent:
    """One splitting: its estimate, the share that passed each level, and the runs it took."""

    probability: float
    shares: tuple[float, ...]
    runs: int


@dataclasses.dataclass(frozen=True)
class Rarity:
    """A probability from independent splittings, with the interval that their spread gives."""

    probability: Interval
    course: Course
    descents: tuple[Descent, ...]

    @property
    def runs(self) -> int:
        """Runs of all splittings, and of what found their course."""
        return self.course.runs + sum(descent.runs for descent in self.descents)

    @property
    def coefficient_of_variation(self) -> float:
        """Standard error of the probability over it, from the spread; NaN where it is 0."""
        estimates = np.array([descent.probability for descent in self.descents])
        average = float(estimates.mean())
        error = float(estimates.std(ddof=1)) / math.sqrt(len(estimates))
        return error / average if average else math.nan


def rare_probability(
    performance: Performance,
    dimension: int,
    event: float,
    rng: np.random.Generator,
    *,
    population: int = 500,
    splittings: int = 20,
    level: float = 0.95,
) -> Rarity:
    """Return how likely ``performance`` reaches ``event`` (in its unit) or more.

    ``dimension`` is the number of independent standard normals that a run is made of.  A first
    splitting of ``population`` runs a level finds the course and is not counted; then as many as
    ``splittings`` go that same course: levels that a splitting chooses for itself bias it, by the
    order of 1 / ``population`` (Cerou, Del Moral, Furon and Guyader 2012).  The interval
    is Student's over their estimates: what a single one tells of its own error takes its chains
    for less alike than they are.  An event that is not rare is counted in the plain runs of their
    first populations; where none gets there, the bound is that of those runs without a hit.
    """
    count = checks.count(splittings, "splittings", least=2)
    course = find_course(performance, dimension, event, rng, population=population)
    descents = tuple(
        descend(performance, dimension, course, rng, population=population) for _ in range(count)
    )
    estimates = np.array([descent.probability for descent in descents])
    if len(course.levels) == 1:
        hits = round(population * float(estimates.sum()))
        return Rarity(proportion(hits, count * population, level), course, descents)
    if estimates.any():
        found = mean(estimates, level)
        found = dataclasses.replace(found, low=max(found.low, 0.0), high=min(found.high, 1.0))
        return Rarity(found, course, descents)
    return Rarity(proportion(0, count * population, level), course, descents)


def find_course(
    performance: Performance,
    dimension: int,
    event: float,
    rng: np.random.Generator,
    *,
    population: int = 500,
) -> Course:
    """Return levels that about ``GOING_ON`` of the runs above the one before them pass, and steps.

    Where no run of a population comes any farther, the last level is the event all the same.
    """
    d, n = _size(dimension, population)
    if not math.isfinite(event):
        raise ValueError(f"event is {event}; it must be finite")
    normals = rng.standard_normal((n, d))
    values = _performed(performance, normals)
    levels: list[float] = []
    steps, runs = [FIRST_STEP], n
    while len(levels) < MOST_LEVELS:
        levels.append(_next_level(values, levels[-1] if levels else -math.inf, event))
        if levels[-1] >= event:
            return Course(tuple(levels), tuple(steps[1:]), runs)
        starts = rng.permutation(np.flatnonzero(values >= levels[-1]))
        normals, values, step = _chains(
            performance, (normals[starts], values[starts]), levels[-1], n, steps[-1], rng, True
        )
        steps.append(step)
        runs += n - len(starts)
    raise ValueError(
        f"event {event:g} is not reached in {MOST_LEVELS} levels, up to {levels[-1]:g}"
    )


def descend(
    performance: Performance,
    dimension: int,
    course: Course,
    rng: np.random.Generator,
    *,
    population: int = 500,
) -> Descent:
    """Return one splitting down ``course``, ``population`` runs a level; 0 if none gets there."""
    d, n = _size(dimension, population)
    normals = rng.standard_normal((n, d))
    values = _performed(performance, normals)
    shares: list[float] = []
    runs = n
    for reached, step in zip(course.levels, (*course.steps, math.nan), strict=True):
        goes_on = np.flatnonzero(values >= reached)
        shares.append(len(goes_on) / n)
        if not len(goes_on) or reached == course.levels[-1]:
            break
        starts = rng.permutation(goes_on)
        normals, values, _ = _chains(
            performance, (normals[starts], values[starts]), reached, n, step, rng, False
        )
        runs += n - len(starts)
    return Descent(math.prod(shares), tuple(shares), runs)


def _size(dimension: int, population: int) -> tuple[int, int]:
    d = checks.count(dimension, "dimension", least=1)
    return d, checks.count(population, "population", least=LEAST_POPULATION)


def _next_level(values: Floats, passed: float, event: float) -> float:
    """Return the level that the best share of ``values`` has, above ``passed``, at most event."""
    best = max(round(GOING_ON * len(values)), 1)
    reached = float(np.partition(values, -best)[-best])
    if reached <= passed:  # equal values: the next that any run has
        reached = float(np.min(values, where=values > passed, initial=math.inf))
    return min(reached, event)


def _chains(
    performance: Performance,
    starts: tuple[Floats, Floats],
    reached: float,
    population: int,
    step: float,
    rng: np.random.Generator,
    adapts: bool,
) -> tuple[Floats, Floats, float]:
    """Return a population at or above ``reached``: normals, values, and the step that suits it.

    ``starts``, normals (m, d) and values (m,), are part of it; all chains move at once, and the
    last move is made by as many as are wanted.
    """
    normals, values = starts
    all_normals, all_values = [normals], [values]
    wanted = population - len(normals)
    moves = 0
    while wanted > 0:
        normals, values = normals[:wanted], values[:wanted]
        kept = math.sqrt(1.0 - step * step)
        candidates = kept * normals + step * rng.standard_normal(normals.shape)
        performed = _performed(performance, candidates)
        is_taken = performed >= reached
        normals = np.where(is_taken[:, None], candidates, normals)
        values = np.where(is_taken, performed, values)
        all_normals.append(normals)
        all_values.append(values)
        wanted -= len(normals)
        moves += 1
        if adapts:
            excess = float(is_taken.mean()) - WANTED_ACCEPTANCE
            step = min(step * math.exp(excess / math.sqrt(moves)), 1.0)
    return np.concatenate(all_normals), np.concatenate(all_values), step


def _performed(performance: Performance, normals: Floats) -> Floats:
    values = np.asarray(performance(normals), np.float64)
    if values.shape != (len(normals),):
        raise ValueError(f"performance gave shape {values.shape}; it must be ({len(normals)},)")
    if np.isnan(values).any():
        raise ValueError("performance gave NaN; it must say of each run how near it came")
    return values
