"""What a study found: each response at each point, and how far points lie from the first one."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.study import intervals
from jointsky.study.answers import Answer, Answered
from jointsky.study.declared import Response, Study
from jointsky.study.intervals import Interval, Paired
from jointsky.study.points import Point
from jointsky.study.rare import Rarely
from jointsky.study.stopping import Look, Precision, look

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Estimate:
    """One response at one point, and its paired difference from the first point.

    ``runs`` are those that had the figure to tell; ``interval`` is None where too few had.
    ``difference`` is None at the first point, and where there is no interval.
    """

    response: str
    point: int
    runs: int
    interval: Interval | None
    difference: Paired | None
    look: Look | None  # None: no precision was wanted


@dataclasses.dataclass(frozen=True, eq=False)
class Summary:
    """What a study found in ``skies`` skies, seen by every point that did not rest by then.

    ``faults`` are the runs that failed, with seed and traceback; a sky in which any run failed
    counts for none of the points.
    """

    study: Study
    points: list[Point]
    skies: int
    estimates: list[Estimate]
    answered: Answered
    digest: str
    rare: Sequence[Rarely] = ()

    @property
    def faults(self) -> list[Answer]:
        """Return the runs that failed."""
        return self.answered.faults

    @property
    def is_enough(self) -> bool:
        """Return whether every response is as precise as was wanted, at every point."""
        return all(one.look is None or one.look.is_enough for one in self.estimates)

    @property
    def more_skies(self) -> int:
        """Return about how many more skies it takes until all are as precise as was wanted."""
        return max((one.look.more_runs for one in self.estimates if one.look), default=0)

    @property
    def runs(self) -> int:
        """Return how many runs were made."""
        return int(self.answered.asked.sum())

    @property
    def awake(self) -> list[int]:
        """Return the points that are to see more skies, in order.

        Where points rest, those with an interval that is not as narrow as was wanted, and the
        first, from which differences are told.
        """
        if not self.study.runs.rests:
            return list(range(len(self.points)))
        short = {one.point for one in self.estimates if one.look and not one.look.is_enough}
        return sorted(short | {0})

    def of(self, response: str) -> list[Estimate]:
        """Return the estimates of one response, in order of points."""
        return [one for one in self.estimates if one.response == response]


def summary(study: Study, points: list[Point], answered: Answered, digest: str) -> Summary:
    """Return what the answers under some skies come to."""
    estimates = [
        one for response in study.responses for one in _estimates(study, response, answered, points)
    ]
    return Summary(
        study=study,
        points=points,
        skies=len(answered.values),
        estimates=estimates,
        answered=answered,
        digest=digest,
    )


def _estimates(
    study: Study, response: Response, answered: Answered, points: Sequence[Point]
) -> list[Estimate]:
    columns = [columns_of(response, answered, k) for k in range(len(points))]
    made = []
    for k, (parts, wholes) in enumerate(columns):
        known = np.isfinite(parts) & np.isfinite(wholes)
        interval = interval_of(response, parts[known], wholes[known], study.level)
        apart = None
        if k and interval is not None:
            apart = difference(columns[0], (parts, wholes), study.level)
        runs = int(known.sum())
        seen = _looked(study, response, interval, apart, runs)
        made.append(Estimate(response.name, k, runs, interval, apart, seen))
    return made


def _looked(
    study: Study, response: Response, interval: Interval | None, apart: Paired | None, runs: int
) -> Look | None:
    """Return whether a value, and its difference from the first point, are as narrow as wanted.

    A difference is wanted as narrow as the value of its point; None: no precision is wanted.
    """
    if response.half_width is None and response.relative is None:
        return None
    if interval is None:
        return Look(False, study.runs.batch)
    wanted = Precision(
        half_width=response.half_width or response.relative or 0.0,
        is_relative=response.half_width is None,
        least_runs=study.runs.least,
    )
    seen = look(interval, runs, wanted)
    if not response.effects or apart is None:
        return seen
    limit = wanted.limit(interval.value)
    if not limit:
        return Look(False, study.runs.batch)
    other = look(
        apart.difference, runs, dataclasses.replace(wanted, half_width=limit, is_relative=False)
    )
    is_enough = seen.is_enough and other.is_enough
    return Look(is_enough, max(seen.more_runs, other.more_runs))


def columns_of(response: Response, answered: Answered, point: int) -> tuple[Floats, Floats]:
    """Return parts and wholes (n,) of a response in all skies in which no run failed.

    Wholes are 1 where it is no share.
    """
    sound = answered.is_sound
    parts = answered.column(response.figure, point)[sound]
    if not response.of:
        return parts, np.ones(len(parts))
    return parts, answered.column(response.of, point)[sound]


def interval_of(response: Response, parts: Floats, wholes: Floats, level: float) -> Interval | None:
    """Return the interval of a response from its columns, None where they bound it not at all."""
    if len(parts) < 2:
        return None
    if not response.of:
        return intervals.mean(parts, level)
    if not wholes.any():
        return None
    found = intervals.ratio(parts, wholes, level)
    return found if math.isfinite(found.high - found.low) else None


def difference(
    first: tuple[Floats, Floats], other: tuple[Floats, Floats], level: float
) -> Paired | None:
    """Return how far a point's columns lie from others, run by run under the same skies."""
    known = np.isfinite(np.stack([*first, *other])).all(axis=0)
    if known.sum() < 2 or not first[1][known].any() or not other[1][known].any():
        return None
    ours, theirs = (_linear(parts[known], wholes[known]) for parts, wholes in (other, first))
    return intervals.paired(ours, theirs, level)


def _linear(parts: Floats, wholes: Floats) -> Floats:
    """Return a value for each run (n,), whose mean is the ratio and whose scatter is that of it.

    Linearisation of a ratio (Cochran 1977, 6.3): ``R + (x - R y) / mean(y)``.
    """
    value = parts.sum() / wholes.sum()
    return np.asarray(value + (parts - value * wholes) / wholes.mean())


def plain(told: Summary) -> dict[str, Any]:
    """Return a summary as plain numbers, for JSON."""
    study = told.study
    return {
        "study": study.name,
        "scenario": study.scenario,
        "digest": told.digest,
        "seed": study.seed,
        "level": study.level,
        "pictures": study.pictures,
        "skies": told.skies,
        "runs": told.runs,
        "is_enough": told.is_enough,
        "faults": [{"sky": one.sky, "point": one.point, "what": one.fault} for one in told.faults],
        "points": [
            {
                "point": k,
                "levels": dict(point.levels),
                "responses": {
                    one.response: _plain(one) for one in told.estimates if one.point == k
                },
            }
            for k, point in enumerate(told.points)
        ],
    }


def _plain(one: Estimate) -> dict[str, Any]:
    made: dict[str, Any] = {"runs": one.runs, **_bounds(one.interval)}
    if one.difference is not None:
        gain = one.difference.gain
        made["difference"] = {
            **_bounds(one.difference.difference),
            "gain": gain if np.isfinite(gain) else None,
        }
    return made


def _bounds(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {"value": None, "low": None, "high": None}
    told = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: value if np.isfinite(value) else None for name, value in told.items()}
