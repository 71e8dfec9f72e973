"""What hardly ever happens in a run: splitting over the parts of a run's seed, by the workers.

A run draws by name, each name under one of ``PARTS`` seeds.  With some of these exchanged, part of
the run's luck is another and the rest is the same: a shot that hit, a task that took long, a drone
that came late.  So runs that came near to the event lead to others that come nearer.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import os
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.streams import Mixed, stream
from jointsky.study.answers import Answer
from jointsky.study.declared import Rare, Study
from jointsky.study.intervals import Interval, mean
from jointsky.study.points import Point
from jointsky.study.splitting import Parts, Rarity, rare_probability
from jointsky.study.workers import Stops, Workers

Floats = npt.NDArray[np.float64]
PARTS = 64
LEDGER = "rare.jsonl"
GUESS = 3  # levels of a splitting, before any is known


class HaltedError(Exception):
    """It was asked to stop before a splitting was done."""


@dataclasses.dataclass(frozen=True)
class Rarely:
    """How likely something rare is at a point; ``faults``: runs that failed, which came nowhere."""

    rare: Rare
    point: int
    found: Rarity
    faults: tuple[str, ...]

    @property
    def brute_runs(self) -> float:
        """Return how many plain runs tell it as surely; NaN where it never happened."""
        p, error = self.found.probability.value, self.found.coefficient_of_variation
        return (1.0 - p) / (p * error**2) if p and error else math.nan

    def reached(self) -> list[tuple[float, Interval]]:
        """Return how likely each level of the course is reached, in the figure's unit."""
        levels, level = self.found.course.levels, self.found.probability.level
        shares = np.zeros((len(self.found.descents), len(levels)))
        for row, one in zip(shares, self.found.descents, strict=True):
            row[: len(one.shares)] = np.cumprod(one.shares)
        made = [mean(column, level) for column in shares.T[:-1]]
        return [
            (self.rare.sign * at, interval)
            for at, interval in zip(levels, [*made, self.found.probability], strict=True)
        ]


class Ledger:
    """What single runs of splittings came to, by splitting and number, on disk as they come."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._path = folder / LEDGER
        self._known: dict[tuple[int, int], tuple[float, str]] = {}
        whole = 0
        for line in self._lines():
            if not line.endswith(b"\n"):
                break
            which, run, value, fault = json.loads(line)
            self._known[which, run] = (-math.inf if value is None else value), fault
            whole += len(line)
        if self._path.is_file():
            os.truncate(self._path, whole)

    def get(self, which: int, run: int) -> tuple[float, str] | None:
        """Return what a run came to, and its fault, if it is known."""
        return self._known.get((which, run))

    def known(self, which: int, runs: Sequence[int]) -> int:
        """Return how many of some runs of a splitting are known."""
        return sum((which, run) in self._known for run in runs)

    def put(self, which: int, run: int, value: float, fault: str) -> None:
        """Keep what a run came to: -inf where it had nothing to tell."""
        self._known[which, run] = value, fault
        told = [which, run, value if math.isfinite(value) else None, fault]
        with self._path.open("ab") as file:
            file.write(json.dumps(told).encode() + b"\n")

    def _lines(self) -> Iterator[bytes]:
        if self._path.is_file():
            with self._path.open("rb") as file:
                yield from file


def rarely(
    study: Study,
    points: Sequence[Point],
    workers: Workers,
    folder: pathlib.Path,
    tells: Callable[[int, int], None],
    should_stop: Stops,
) -> list[Rarely]:
    """Return how likely each rare thing of a study is; go on from what its folder holds.

    ``tells`` is told how many runs of splittings are done, and how many it will be as it looks.
    Raises HaltedError where ``should_stop`` says so before all are done.
    """
    ledger, made = Ledger(folder), list[Rarely]()
    for which, rare in enumerate(study.rare):
        point = point_of(points, rare)
        before = sum(one.found.runs for one in made)
        expected = before + sum(map(_foreseen, study.rare[which:]))
        told = functools.partial(_tell, tells, before, expected)
        runs = _Runs(ledger, which, rare, point, workers, told, should_stop)
        found = rare_probability(
            runs,
            Parts(PARTS),
            rare.sign * rare.bound,
            stream(study.seed, "rare", rare.name),
            population=rare.population,
            splittings=rare.splittings,
            level=study.level,
        )
        made.append(Rarely(rare, point, found, tuple(runs.faults)))
    return made


def point_of(points: Sequence[Point], rare: Rare) -> int:
    """Return the first point with the levels that an event is asked at."""
    return next(
        k
        for k, one in enumerate(points)
        if all(one.levels[name] == level for name, level in rare.at.items())
    )


def plain_rarely(found: Sequence[Rarely]) -> dict[str, Any]:
    """Return what is told of rare things as plain numbers, for JSON."""
    return {"rare": [_plain(one) for one in found]} if found else {}


class _Runs:
    """A performance of splitting: runs of one point by the workers, as far as none is known yet."""

    def __init__(
        self,
        ledger: Ledger,
        which: int,
        rare: Rare,
        point: int,
        workers: Workers,
        tells: Callable[[int], None],
        should_stop: Stops,
    ) -> None:
        self._ledger, self._which, self._rare, self._point = ledger, which, rare, point
        self._workers, self._tells, self._should_stop = workers, tells, should_stop
        self._begun = 0
        self.faults: list[str] = []

    def __call__(self, inputs: npt.NDArray[np.int64]) -> Floats:
        """Return what runs made of parts of seeds (n, PARTS) come to; larger is nearer."""
        numbers = range(self._begun, self._begun + len(inputs))
        self._begun += len(inputs)
        seeds: dict[int, int] = {
            Mixed(row): number
            for number, row in zip(numbers, inputs.tolist(), strict=True)
            if self._ledger.get(self._which, number) is None
        }
        for (answer,) in self._workers.answers(list(seeds), [self._point], self._should_stop):
            value = self._rare.sign * answer.figures.get(self._rare.figure, math.nan)
            value = -math.inf if math.isnan(value) else value
            number = seeds[answer.sky]
            self._ledger.put(self._which, number, value, _last_line(answer))
            self._tells(numbers.start + self._ledger.known(self._which, numbers))
        known = [self._ledger.get(self._which, number) for number in numbers]
        if any(one is None for one in known):
            raise HaltedError
        self.faults += [fault for _, fault in filter(None, known) if fault]
        return np.array([value for value, _ in filter(None, known)])


def _foreseen(rare: Rare) -> int:
    return rare.population * GUESS * (rare.splittings + 1)


def _tell(tells: Callable[[int, int], None], before: int, expected: int, done: int) -> None:
    tells(before + done, max(expected, before + done))


def _last_line(answer: Answer) -> str:
    return answer.fault.strip().rsplit("\n", 1)[-1]


def _plain(one: Rarely) -> dict[str, Any]:
    found, brute = one.found, one.brute_runs
    return {
        "name": one.rare.name,
        "figure": one.rare.figure,
        "at_least": one.rare.at_least,
        "at_most": one.rare.at_most,
        "point": one.point,
        "probability": found.probability.value,
        "low": found.probability.low,
        "high": found.probability.high,
        "runs": found.runs,
        "plain_runs": brute if math.isfinite(brute) else None,
        "failed": len(one.faults),
        "reached": [
            {"figure": at, "probability": i.value, "low": i.low, "high": i.high}
            for at, i in one.reached()
        ],
    }
