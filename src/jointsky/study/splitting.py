"""How likely is what hardly ever happens: subset simulation, on normals or on parts of a seed.

A rare event is reached by steps that are not rare (Au and Beck 2001, Probabilistic Engineering
Mechanics 16:4): of a population the best go on, each as the start of a chain that stays above the
level they reached, and the probability is the product of the shares that went on.  The chains move
as Papaioannou, Betz, Zwirglmaier and Straub (2015, same journal, 41) have it: every candidate keeps
a part of its normals and draws the rest (preconditioned Crank-Nicolson), how much by what is
accepted.  Where a run is made of parts of a seed (``streams.Mixed``), a candidate keeps some parts
and draws the others (Gibbs moves of splitting: Botev and Kroese 2012, Statistics and Computing
22:1).  A count has many equal values: a level there takes in all that are equal and always
rises, so that the share that goes on may be other than asked for (Walter 2015, ESAIM: P&S 19).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from jointsky.study import checks
from jointsky.study.intervals import Interval, mean, proportion

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
Performance = Callable[[Array], npt.ArrayLike]
"""From inputs (n, d) to (n,): larger is nearer to the event; same inputs, same answer."""

GOING_ON = 0.1  # share of a population that goes on
WANTED_ACCEPTANCE = 0.44  # of candidates; Papaioannou and others 2015
FIRST_STEP = 0.6  # share of what is new in a candidate
LEAST_POPULATION = 50
MOST_LEVELS = 60
PART_BITS = 53


class Inputs(Protocol):
    """What runs are made of, and how a chain moves in it."""

    @property
    def dimension(self) -> int:
        """Return how many numbers an input has."""

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Return independent inputs (count, dimension)."""

    def moved(self, inputs: Array, step: float, rng: np.random.Generator) -> Array:
        """Return candidates beside inputs: of all that may come, as likely from one to the other.

        ``step``, above 0 to 1: how much of them is new.
        """


@dataclasses.dataclass(frozen=True)
class Normals:
    """Independent standard normals; a step is the share of new ones, as a standard deviation."""

    dimension: int

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Return independent normals (count, dimension)."""
        return rng.standard_normal((count, self.dimension))

    def moved(self, inputs: Array, step: float, rng: np.random.Generator) -> Array:
        """Return candidates that keep a part of each normal."""
        kept = math.sqrt(1.0 - step * step)
        return np.asarray(kept * inputs + step * rng.standard_normal(inputs.shape))


@dataclasses.dataclass(frozen=True)
class Parts:
    """Seeds of 53 bits, the parts of a mixed one; a step is how likely each part is new.

    One at least is.
    """

    dimension: int

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Return independent seeds (count, dimension), int64."""
        return rng.integers(0, 1 << PART_BITS, (count, self.dimension))

    def moved(self, inputs: Array, step: float, rng: np.random.Generator) -> Array:
        """Return candidates that keep some of the parts."""
        is_new = rng.random(inputs.shape) < step
        is_new[np.arange(len(inputs)), rng.integers(0, self.dimension, len(inputs))] = True
        return np.where(is_new, self.draw(len(inputs), rng), inputs)


@dataclasses.dataclass(frozen=True)
class Course:
    """The way down to the event: levels that rise to it, and the step of the chains on each.

    A ``step`` is how much of a candidate is new, above 0 to 1.
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
    inputs: Inputs,
    event: float,
    rng: np.random.Generator,
    *,
    population: int = 500,
    splittings: int = 20,
    level: float = 0.95,
) -> Rarity:
    """Return how likely ``performance`` reaches ``event`` (in its unit) or more.

    ``inputs`` is what a run is made of.  A first splitting of ``population`` runs a level finds the
    course and is not counted; then as many as ``splittings`` go that same course: levels that a
    splitting chooses for itself bias it, by the order of 1 / ``population`` (Cerou, Del Moral,
    Furon and Guyader 2012).  The interval is Student's over their estimates: what a single one
    tells of its own error takes its chains for less alike than they are.  An event that is not rare
    is counted in the plain runs of their first populations; where none gets there, the bound is
    that of those runs without a hit.
    """
    count = checks.count(splittings, "splittings", least=2)
    course = find_course(performance, inputs, event, rng, population=population)
    descents = tuple(
        descend(performance, inputs, course, rng, population=population) for _ in range(count)
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
    inputs: Inputs,
    event: float,
    rng: np.random.Generator,
    *,
    population: int = 500,
) -> Course:
    """Return levels that about ``GOING_ON`` of the runs above the one before them pass, and steps.

    Where no run of a population comes any farther, or not there in ``MOST_LEVELS``, the last level
    is the event all the same.
    """
    n = _size(inputs, population)
    if not math.isfinite(event):
        raise ValueError(f"event is {event}; it must be finite")
    states = inputs.draw(n, rng)
    values = _performed(performance, states)
    levels: list[float] = []
    steps, runs = [FIRST_STEP], n
    while len(levels) < MOST_LEVELS:
        levels.append(_next_level(values, levels[-1] if levels else -math.inf, event))
        if levels[-1] >= event:
            return Course(tuple(levels), tuple(steps[1:]), runs)
        starts = rng.permutation(np.flatnonzero(values >= levels[-1]))
        states, values, step = _chains(
            performance, inputs, states[starts], values[starts], levels[-1], n, steps[-1], rng, True
        )
        steps.append(step)
        runs += n - len(starts)
    return Course((*levels, event), tuple(steps[1:]), runs)


def descend(
    performance: Performance,
    inputs: Inputs,
    course: Course,
    rng: np.random.Generator,
    *,
    population: int = 500,
) -> Descent:
    """Return one splitting down ``course``, ``population`` runs a level; 0 if none gets there."""
    n = _size(inputs, population)
    states = inputs.draw(n, rng)
    values = _performed(performance, states)
    shares: list[float] = []
    runs = n
    for reached, step in zip(course.levels, (*course.steps, math.nan), strict=True):
        goes_on = np.flatnonzero(values >= reached)
        shares.append(len(goes_on) / n)
        if not len(goes_on) or reached == course.levels[-1]:
            break
        starts = rng.permutation(goes_on)
        states, values, _ = _chains(
            performance, inputs, states[starts], values[starts], reached, n, step, rng, False
        )
        runs += n - len(starts)
    return Descent(math.prod(shares), tuple(shares), runs)


def _size(inputs: Inputs, population: int) -> int:
    checks.count(inputs.dimension, "dimension", least=1)
    return checks.count(population, "population", least=LEAST_POPULATION)


def _next_level(values: Floats, passed: float, event: float) -> float:
    """Return the level that the best share of ``values`` has, above ``passed``, at most event."""
    best = max(round(GOING_ON * len(values)), 1)
    reached = float(np.partition(values, -best)[-best])
    if reached <= passed:  # equal values: the next that any run has
        reached = float(np.min(values, where=values > passed, initial=math.inf))
    return min(reached, event)


def _chains(
    performance: Performance,
    inputs: Inputs,
    states: Array,
    values: Floats,
    reached: float,
    population: int,
    step: float,
    rng: np.random.Generator,
    adapts: bool,
) -> tuple[Array, Floats, float]:
    """Return a population at or above ``reached``: inputs, values, and the step that suits it.

    ``states``, inputs (m, d), and their values (m,), are part of it and where chains start; all of
    them move at once, and the last move is made by as many as are wanted.
    """
    all_states, all_values = [states], [values]
    wanted = population - len(states)
    moves = 0
    while wanted > 0:
        states, values = states[:wanted], values[:wanted]
        candidates = inputs.moved(states, step, rng)
        performed = _performed(performance, candidates)
        is_taken = performed >= reached
        states = np.where(is_taken[:, None], candidates, states)
        values = np.where(is_taken, performed, values)
        all_states.append(states)
        all_values.append(values)
        wanted -= len(states)
        moves += 1
        if adapts:
            excess = float(is_taken.mean()) - WANTED_ACCEPTANCE
            step = min(step * math.exp(excess / math.sqrt(moves)), 1.0)
    return np.concatenate(all_states), np.concatenate(all_values), step


def _performed(performance: Performance, inputs: Array) -> Floats:
    values = np.asarray(performance(inputs), np.float64)
    if values.shape != (len(inputs),):
        raise ValueError(f"performance gave shape {values.shape}; it must be ({len(inputs)},)")
    if np.isnan(values).any():
        raise ValueError("performance gave NaN; it must say of each run how near it came")
    return values
