"""Which points of the factors' space to run: designs in [0, 1), and what they mean in each factor.

A design is (n, d): n points of d factors.  ``levels_of`` turns it into numbers of a range or into
levels of a list.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from jointsky.study import checks

Floats = npt.NDArray[np.float64]
STARTS = 20  # Latin hypercubes of which the least correlated is kept
SWEEPS = 30  # of taking correlations out, of each
MOST_SWAPS = 400


@dataclasses.dataclass(frozen=True)
class Range:
    """A factor that may have any value from ``low`` to ``high``, in the factor's unit."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not -np.inf < self.low < self.high < np.inf:
            raise ValueError(f"range is {self.low} to {self.high}; it must rise and be finite")


@dataclasses.dataclass(frozen=True)
class Hypercube:
    """A Latin hypercube (n, d) and its largest absolute correlation between two columns."""

    points: Floats
    largest_correlation: float


def levels_of(points: npt.ArrayLike, factors: Sequence[Range | Sequence[Any]]) -> list[list[Any]]:
    """Return what ``points`` (n, d) mean: for each of the n, the value of each of the d factors.

    A ``Range`` is cut in proportion; any other sequence lists the levels, each of which has an
    equal part of [0, 1).
    """
    found = checks.table(points, "points")
    if found.min() < 0.0 or found.max() >= 1.0:
        raise ValueError(
            f"points lie in {found.min():g} to {found.max():g}; they must be in [0, 1)"
        )
    if len(factors) != found.shape[1]:
        raise ValueError(
            f"factors has {len(factors)} entries; points have {found.shape[1]} columns"
        )
    columns = [_values(column, factor) for column, factor in zip(found.T, factors, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def full_factorial(levels: Sequence[int]) -> Floats:
    """Return every combination of ``levels[j]`` levels of factor j, the last changing fastest.

    Each point lies in the middle of its levels' parts of [0, 1).
    """
    if not len(levels):
        raise ValueError("levels is empty; it must say how many levels each factor has")
    counts = [checks.count(each, "levels", least=1) for each in levels]
    middles = [(np.arange(each) + 0.5) / each for each in counts]
    return np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, len(counts))


def latin_hypercube(n: int, d: int, rng: np.random.Generator) -> Floats:
    """Return a Latin hypercube (McKay, Beckman, Conover 1979): each n-th of each factor once."""
    points, factors = _size(n, d)
    hypercube: Floats = qmc.LatinHypercube(factors, rng=seed_of(rng)).random(points)
    return hypercube


def nearly_orthogonal(n: int, d: int, rng: np.random.Generator) -> Hypercube:
    """Return a Latin hypercube of n middles of parts with next to no correlation of its columns.

    What Cioppa and Lucas (2007, Technometrics 49:1) ask of theirs, an absolute correlation of no
    two columns above 0.03, but for any n above d + 1 and found by search: of several random ones
    each has its correlations taken out column by column (Owen 1994, JASA 89:428) and then, as long
    as that lowers the largest correlation, two entries of a column swapped.  Few points of many
    factors may not come down to 0.03: ``largest_correlation`` says what came out.
    """
    points, factors = _size(n, d)
    if points < factors + 2:
        raise ValueError(f"n is {points} for {factors} factors; it must be {factors + 2} or more")
    best, least = np.zeros((points, factors)), np.inf
    for _ in range(STARTS):
        ranks = rng.permuted(np.tile(np.arange(points, dtype=np.float64)[:, None], factors), axis=0)
        ranks = _swapped(_decorrelated(ranks))
        largest = _largest_correlation(ranks)
        if largest < least:
            best, least = ranks, largest
    return Hypercube((best + 0.5) / points, float(least))


def sobol_points(n: int, d: int, rng: np.random.Generator) -> Floats:
    """Return n scrambled Sobol' points (Matousek 1998); n is a power of 2, for balance."""
    points, factors = _size(n, d)
    if points & (points - 1):
        raise ValueError(f"n is {points}; it must be a power of 2")
    sequence: Floats = qmc.Sobol(factors, rng=seed_of(rng)).random(points)
    return np.minimum(sequence, np.nextafter(1.0, 0.0))


def seed_of(rng: np.random.Generator) -> int:
    """Return a seed drawn from ``rng``, for libraries that want to make children of a generator.

    SciPy asks its seed sequence for them, and one made from a key has none; SALib takes 0 for none.
    """
    return int(rng.integers(1, 2**63))


def _size(n: int, d: int) -> tuple[int, int]:
    return checks.count(n, "n", least=1), checks.count(d, "d", least=1)


def _values(column: Floats, factor: Range | Sequence[Any]) -> list[Any]:
    if isinstance(factor, Range):
        return [float(value) for value in factor.low + column * (factor.high - factor.low)]
    if not len(factor):
        raise ValueError("a factor has no levels; it must be a Range or list one level or more")
    return [factor[int(part)] for part in column * len(factor)]


def _correlations(ranks: Floats) -> Floats:
    """Return absolute correlations of the columns, (d, d), with 0 on the diagonal."""
    centred = ranks - ranks.mean(axis=0)
    found = np.abs(centred.T @ centred) / np.square(centred[:, 0]).sum()
    np.fill_diagonal(found, 0.0)
    return np.asarray(found, np.float64)


def _largest_correlation(ranks: Floats) -> float:
    return float(_correlations(ranks).max())


def _decorrelated(ranks: Floats) -> Floats:
    """Return the best of sweeps of Owen's ranked Gram-Schmidt over ``ranks``, back and forth."""
    d = ranks.shape[1]
    best, least = ranks, _largest_correlation(ranks)
    now = ranks.copy()
    for sweep in range(SWEEPS):
        order = range(d) if sweep % 2 else range(d - 1, -1, -1)
        done: list[int] = []
        for j in order:
            if done:
                others = now[:, done] - now[:, done].mean(axis=0)
                mine = now[:, j] - now[:, j].mean()
                rest = mine - others @ np.linalg.lstsq(others, mine, rcond=None)[0]
                now[:, j] = np.argsort(np.argsort(rest, kind="stable"), kind="stable")
            done.append(j)
        largest = _largest_correlation(now)
        if largest < least:
            best, least = now.copy(), largest
    return best


def _swapped(ranks: Floats) -> Floats:
    """Return ``ranks`` after the swaps that lower the largest correlation most, until none does."""
    now: Floats = ranks - ranks.mean(axis=0)
    norm = np.square(now[:, 0]).sum()
    for _ in range(MOST_SWAPS if now.shape[1] > 1 else 0):
        found = _correlations(now)
        pair = np.unravel_index(int(np.argmax(found)), found.shape)
        tries = [_best_swap(now, found, int(column), norm) for column in pair]
        reached, column, first, second = min(tries)
        if reached >= found.max() - 1e-12:
            break
        now[[first, second], column] = now[[second, first], column]
    now -= now.min(axis=0)
    return now


def _best_swap(now: Floats, found: Floats, column: int, norm: float) -> tuple[float, int, int, int]:
    """Return the largest correlation after the best swap in ``column``, which, and of what rows."""
    others = [each for each in range(now.shape[1]) if each != column]
    gaps = now[:, column, None] - now[None, :, column]
    largest = np.zeros_like(gaps)
    for other in others:
        before = now[:, other] @ now[:, column]
        after = before - gaps * (now[:, other, None] - now[None, :, other])
        np.maximum(largest, np.abs(after), out=largest)
    first, second = np.unravel_index(int(np.argmin(largest)), largest.shape)
    rest = found[np.ix_(others, others)].max()
    return max(float(largest[first, second]) / norm, float(rest)), column, int(first), int(second)
