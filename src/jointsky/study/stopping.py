"""When are the runs enough: looks at the ends of batches until an interval is as narrow as wanted.

Stopping by the width that the same runs show favours runs that happen to agree, so that intervals
hold the truth less often than they say (Chow and Robbins 1965 is right only for narrow ones; Glynn
and Whitt 1992).  What cures it is a least number of runs before the first look: with 50 it does
not show any more in normal values (docs/why/study-statistics.md).
"""

from __future__ import annotations

import dataclasses
import math

from jointsky.study import checks
from jointsky.study.intervals import Interval

LEAST_RUNS = 50
MOST_GROWTH = 4  # a look foresees at most so many times the runs that it has


@dataclasses.dataclass(frozen=True)
class Precision:
    """The precision that is wanted: a half-width in the figure's unit, or relative to its value.

    A relative one is kept against the true value, not only against the estimate (Law 2015, 9.4.1).
    """

    half_width: float
    is_relative: bool = False
    least_runs: int = LEAST_RUNS

    def __post_init__(self) -> None:
        checks.positive(self.half_width, "half_width")
        checks.count(self.least_runs, "least_runs", least=2)

    def limit(self, value: float) -> float:
        """Return the half-width that is wanted of an interval about a value, in its unit."""
        if not self.is_relative:
            return self.half_width
        return self.half_width * abs(value) / (1.0 + self.half_width)


@dataclasses.dataclass(frozen=True)
class Look:
    """What one look said: whether the runs are enough, and about how many more are wanted."""

    is_enough: bool
    more_runs: int


def look(interval: Interval, runs: int, wanted: Precision) -> Look:
    """Return whether ``runs`` runs, which gave ``interval``, are as precise as ``wanted``.

    Any interval of intervals.py will do; the one that counts is its distance to the farther bound.
    ``more_runs`` takes the square-root law for granted, at most ``MOST_GROWTH`` times what there
    is, as a first guess is a bad one.  Look at the ends of batches; each look may stop.  Runs
    that all gave the same value are enough once there are ``least_runs``: where others may come,
    however seldom, look at their ``proportion`` instead.
    """
    n = checks.count(runs, "runs", least=1)
    limit = wanted.limit(interval.value)
    if interval.margin <= limit and n >= wanted.least_runs:
        return Look(True, 0)
    most = MOST_GROWTH * n
    squared = (interval.margin / limit) ** 2 if limit else math.inf
    foreseen = math.ceil(min(n * squared, most))
    return Look(False, max(foreseen, n + 1, wanted.least_runs) - n)
