"""What runs tell of a figure: its value, and an interval that holds the truth as often as said.

One value a run, runs independent of each other; what happens within a run may hang together as it
likes.  How often each interval holds the truth is measured in docs/why/study-statistics.md.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from jointsky.study import checks

Sides = Literal["both", "upper", "lower"]


@dataclasses.dataclass(frozen=True)
class Interval:
    """A value with the bounds between which the truth lies with probability ``level``.

    ``sides`` says which bounds were estimated: with "upper" the runs give no lower bound but the
    least that can be (none of 300 runs: ``low`` is 0), with "lower" no upper one.
    """

    value: float
    low: float
    high: float
    level: float = 0.95
    sides: Sides = "both"

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.high - self.low) / 2.0

    @property
    def margin(self) -> float:
        """Distance from the value to the farther bound; the half-width where both are as far."""
        return max(self.high - self.value, self.value - self.low)

    def holds(self, truth: float) -> bool:
        """Return whether ``truth`` lies between the bounds or on one."""
        return self.low <= truth <= self.high


class Paired(NamedTuple):
    """A difference between two arms that met the same random numbers, and what that was worth.

    ``gain`` is the variance that the difference would have with independent runs over the one it
    has: so many times as many runs would be needed.  Below 1 the pairing did harm; it is infinite
    where every pair differs by the same.
    """

    difference: Interval
    gain: float


def mean(values: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Return the mean of ``values`` (n,) with Student's interval, in their unit; n is 2 or more.

    Exact for normal values.  Long tails cost coverage: of 95 % some 94 are left with 50 exponential
    ones.  Where all values are equal it has no width: that says nothing about values
    that did not come up; the share of runs in which they do is what ``proportion`` bounds.
    """
    found = checks.sample(values, "values", least=2)
    average = float(found.mean())
    error = float(found.std(ddof=1)) / math.sqrt(len(found))
    reach = _student(len(found) - 1, level) * error
    return Interval(average, average - reach, average + reach, level)


def proportion(hits: int, runs: int, level: float = 0.95) -> Interval:
    """Return the probability of what happened in ``hits`` of ``runs`` runs, with mid-p bounds.

    Mid-p (Lancaster 1961; Berry and Armitage 1995) turns the exact test of Clopper and Pearson
    round with half of the probability of what was seen: near ``level`` on average, where theirs
    is above it always.  None of n: the upper bound alone, 1 - (1 - level)^(1/n), which is the exact
    one-sided bound ("rule of three": 3/n at 95 %) and the upper bound of mid-p as well, so that
    nothing jumps between no hit and one; all of n: the lower alone.
    """
    n = checks.count(runs, "runs", least=1)
    k = checks.count(hits, "hits", least=0)
    tail = (1.0 - checks.fraction(level, "level")) / 2.0
    if k > n:
        raise ValueError(f"hits is {k}, of {n} runs; it must not be above runs")
    if k == 0:
        return Interval(0.0, 0.0, _bound_of_none(n, level), level, "upper")  # 3 in 1,000: 0.003
    if k == n:
        return Interval(1.0, 1.0 - _bound_of_none(n, level), 1.0, level, "lower")

    def above(p: float) -> float:
        """How likely more hits come than were seen, half of as many counted, less the tail."""
        return float(special.bdtrc(k, n, p) + special.bdtrc(k - 1, n, p)) / 2.0 - tail

    def below(p: float) -> float:
        return float(special.bdtr(k, n, p) + special.bdtr(k - 1, n, p)) / 2.0 - tail

    low = optimize.brentq(above, 0.0, k / n, xtol=1e-14)
    high = optimize.brentq(below, k / n, 1.0, xtol=1e-14)
    return Interval(k / n, float(low), float(high), level)


def ratio(parts: npt.ArrayLike, wholes: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Return the sum of ``parts`` (n,) over that of ``wholes`` (n,), one pair of totals a run.

    For leakers of all that came: what came in one run met the same sky, so the run is the unit,
    not the target.  Interval of Fieller (1954) with Student's t, which allows for the error of the
    wholes too, and for the skewness of what the runs say (Hall 1992, JRSS B 54:221, equation 1.2
    turned round): few runs with many leakers reach farther up than down.  With leakers in a quarter
    of 100 runs it holds the truth 96 times of 100, in one of ten of 30 runs 90.  Where it has no
    upper bound, ``sides`` says so.  Parts that are all 0, or all as large as their wholes, are
    taken for shares (no part above its whole) of wholes that do not hang together with them: then
    the bound is that of ``proportion`` for "in none of n runs", and rather too wide.
    """
    x, y = checks.sample(parts, "parts", least=2), checks.sample(wholes, "wholes", least=2)
    if len(x) != len(y):
        raise ValueError(f"parts and wholes have {len(x)} and {len(y)} values; one of each a run")
    n, t = len(x), _student(len(x) - 1, level)
    whole = float(y.mean())
    if y.min() < 0.0 or whole == 0.0:
        raise ValueError(f"wholes lie in {y.min():g} to {y.max():g}; they must be 0 or above, some")
    if not x.any():
        return Interval(0.0, 0.0, _bound_of_none(n, level), level, "upper")
    if np.array_equal(x, y):
        return Interval(1.0, 1.0 - _bound_of_none(n, level), 1.0, level, "lower")
    value = float(x.mean()) / whole
    (xx, xy), (_, yy) = np.cov(x, y) / (n * whole * whole)
    if t * t * yy >= 1.0:  # squared error of the wholes' mean over that mean, in quantiles of t
        raise ValueError(f"wholes vary so much that {n} runs bound no ratio; make more runs")
    apart = xx * yy - xy * xy
    variance = xx - 2.0 * value * xy + value * value * yy

    def reached(c: float) -> float:
        """Return the ratio at which parts less so many wholes are ``c`` standard errors off 0."""
        if c * c * yy >= 1.0:
            return -math.copysign(math.inf, c)
        root = math.sqrt(max(variance - c * c * apart, 0.0))
        return float((value - c * c * xy - c * root) / (1.0 - c * c * yy))

    least, most = _skewed(_skewness(x - value * y) / math.sqrt(n), t)
    low, high = reached(most), reached(least)
    sides: Sides = "upper" if math.isinf(low) else "lower" if math.isinf(high) else "both"
    return Interval(value, low, high, level, sides)


def _skewed(skew: float, t: float) -> tuple[float, float]:
    """Return between which quantiles a t statistic lies that -t and t bound without skewness.

    ``skew`` is that of the values over the root of their number.  Inverse of Hall's (1992)
    ``T + skew T^2 / 3 + skew^2 T^3 / 27 + skew / 6``, which rises everywhere.
    """
    if abs(skew) < 1e-9:
        return -t, t
    least, most = (3.0 / skew * (np.cbrt(1.0 + skew * (y - skew / 6.0)) - 1.0) for y in (-t, t))
    return float(least), float(most)


def _skewness(values: npt.NDArray[np.float64]) -> float:
    """Return the skewness of values, 0 where all are equal."""
    off = values - values.mean()
    variance = float((off**2).mean())
    return float((off**3).mean()) / variance**1.5 if variance > 0.0 else 0.0


def quantile(values: npt.ArrayLike, q: float, level: float = 0.95) -> Interval:
    """Return the ``q`` quantile of ``values`` (n,), in their unit, between two order statistics.

    Takes nothing for granted of the distribution (Conover 1999, 3.2; SciPy's quantile test), and
    holds the truth at least as often as said.  With too few runs for a bound that bound is
    infinite and ``sides`` says which one is left; with too few for either it is an error.
    The value is the median-unbiased one of Hyndman and Fan (1996, type 8).
    """
    found = checks.sample(values, "values")
    checks.fraction(q, "q")
    tail = (1.0 - checks.fraction(level, "level")) / 2.0
    bounds = stats.quantile_test(found, p=q).confidence_interval(level)
    low, high = float(bounds.low), float(bounds.high)
    if math.isnan(low) and math.isnan(high):
        least = math.ceil(math.log(tail) / math.log(max(q, 1.0 - q)))
        raise ValueError(f"values has {len(found)} values; a bound of q = {q:g} needs {least}")
    sides: Sides = "upper" if math.isnan(low) else "lower" if math.isnan(high) else "both"
    low, high = (-math.inf if math.isnan(low) else low), (math.inf if math.isnan(high) else high)
    value = float(np.quantile(found, q, method="median_unbiased"))
    return Interval(value, low, high, level, sides)


def paired(ours: npt.ArrayLike, theirs: npt.ArrayLike, level: float = 0.95) -> Paired:
    """Return how far ``ours`` (n,) lies above ``theirs`` (n,), run i of both with the same numbers.

    Student's interval of the n differences (Law 2015, 10.2.1), and what common random numbers
    (Law 2015, 11.2) brought against independent runs.
    """
    a, b = checks.sample(ours, "ours", least=2), checks.sample(theirs, "theirs", least=2)
    if len(a) != len(b):
        raise ValueError(f"ours and theirs have {len(a)} and {len(b)} values; runs must be pairs")
    apart = float(a.var(ddof=1) + b.var(ddof=1))
    together = float((a - b).var(ddof=1))
    gain = apart / together if together else math.inf if apart else 1.0
    return Paired(mean(a - b, level), gain)


def _student(freedom: int, level: float) -> float:
    """Return the quantile of Student's t that leaves 1 - level outside on both sides together."""
    # 2.262 at 9 degrees of freedom and 0.95
    return float(special.stdtrit(freedom, (1.0 + checks.fraction(level, "level")) / 2.0))


def _bound_of_none(n: int, level: float) -> float:
    """Return the probability at which n runs pass without a hit once in 1 / (1 - level) times."""
    return -math.expm1(math.log1p(-level) / n)
