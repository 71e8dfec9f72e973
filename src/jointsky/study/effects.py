"""An effect is taken apart step by step, and where a difference changes its side is looked up.

Both go run by run under the same skies, so that what all points share falls out.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.streams import stream
from jointsky.study.best import best_of
from jointsky.study.declared import Crossing, Response, Split
from jointsky.study.intervals import Interval, Paired
from jointsky.study.summary import Summary, columns_of, difference, interval_of
from jointsky.study.surfaces import surfaces_of

Floats = npt.NDArray[np.float64]
RESAMPLES = 2000
_AT_ONCE = 100  # resamples


@dataclasses.dataclass(frozen=True)
class SplitFound:
    """An effect on one response: the values at both ends, the parts, and the whole."""

    split: Split
    response: str
    first: Interval
    last: Interval
    parts: list[Paired]
    whole: Paired


@dataclasses.dataclass(frozen=True)
class CrossingFound:
    """How far one response lies above another level's, by number, and where that becomes nought.

    ``where`` is the number at which the difference first changes its side, between two levels on a
    straight line; its bounds hold the middle of so many resamples of the skies as the level says.
    NaN, and bounds at infinity: nowhere within the levels.
    """

    crossing: Crossing
    response: str
    at: list[float]
    differences: list[Interval]
    where: Interval


@functools.lru_cache(maxsize=1)  # pictures, words and figures ask for it
def splits_of(told: Summary) -> list[SplitFound]:
    """Return all splits of all responses that have enough runs.

    Of the skies that all levels of a split saw, so that its parts add up to the whole.
    """
    made = []
    for split in told.study.splits:
        rows = [_point(told, split.factor, level) for level in split.levels]
        for response in told.study.responses:
            whole_columns = np.array([columns_of(response, told.answered, row) for row in rows])
            known = np.isfinite(whole_columns).all(axis=(0, 1))
            columns = [(one[0, known], one[1, known]) for one in whole_columns]
            level = told.study.level
            first, last = (interval_of(response, *columns[end], level) for end in (0, -1))
            parts = [
                difference(before, after, level) for before, after in itertools.pairwise(columns)
            ]
            whole = difference(columns[0], columns[-1], level)
            told_parts = [one for one in parts if one is not None]
            if first is None or last is None or whole is None or len(told_parts) < len(parts):
                continue
            made.append(SplitFound(split, response.name, first, last, told_parts, whole))
    return made


@functools.lru_cache(maxsize=1)  # pictures, words and figures ask for it
def crossings_of(told: Summary) -> list[CrossingFound]:
    """Return where all responses that have enough runs change their side."""
    made = []
    for crossing in told.study.crossings:
        rows = [_point(told, crossing.factor, level) for level in crossing.levels]
        against = _point(told, crossing.factor, crossing.against)
        for response in told.study.responses:
            found = _crossing(told, crossing, response, rows, against)
            if found is not None:
                made.append(found)
    return made


def _crossing(
    told: Summary, crossing: Crossing, response: Response, rows: list[int], against: int
) -> CrossingFound | None:
    at = [float(one) for one in crossing.at or crossing.levels]
    columns = [columns_of(response, told.answered, row) for row in (against, *rows)]
    apart = [difference(columns[0], other, told.study.level) for other in columns[1:]]
    known = [one.difference for one in apart if one is not None]
    if len(known) < len(rows):
        return None
    rng = stream(told.study.seed, "crossing", crossing.name, response.name)
    ours, theirs = _known_pairs(columns)
    skies = ours.shape[2]
    found = []
    for _ in range(RESAMPLES // _AT_ONCE):
        weights = rng.multinomial(skies, np.full(skies, 1.0 / skies), _AT_ONCE).T
        values = _ratio(ours @ weights) - _ratio(theirs @ weights)
        found += [crosses_at(at, column) for column in values.T]
    # where it changes its side nowhere it lies beyond all levels
    beyond = np.where(np.isnan(found), np.inf, found)
    tail = (1.0 - told.study.level) / 2.0
    low, high = np.quantile(beyond, [tail, 1.0 - tail], method="inverted_cdf")
    value = crosses_at(at, np.array([one.value for one in known]))
    return CrossingFound(
        crossing,
        response.name,
        at,
        known,
        Interval(value, float(low), float(high), told.study.level),
    )


def _known_pairs(columns: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Return parts and wholes of each level, and of the first one beside it, each (2, levels, n).

    Noughts in skies that one of the two did not see, or had nothing to tell of.
    """
    whole = np.array(columns)  # (1 + levels, 2, n)
    known = np.isfinite(whole[1:]).all(axis=1) & np.isfinite(whole[0]).all(axis=0)
    ours, theirs = (
        np.where(known[:, None], one, 0.0).transpose(1, 0, 2) for one in (whole[1:], whole[:1])
    )
    return ours, theirs


def _ratio(totals: Floats) -> Floats:
    """Return parts over wholes (2, ...), NaN where there is no whole."""
    parts, wholes = totals
    return np.asarray(parts / np.where(wholes > 0.0, wholes, np.nan))


def crosses_at(at: list[float], values: Floats) -> float:
    """Return where values on a straight line from number to number first change their sign.

    NaN: nowhere.  Noughts before the first value that is none are no side.
    """
    sides = np.sign(values)
    begun = np.flatnonzero(sides)
    if not len(begun):
        return math.nan
    others = np.flatnonzero(sides * sides[begun[0]] < 0)
    if not len(others):
        return math.nan
    after = int(others[0])
    a, b = float(values[after - 1]), float(values[after])
    return at[after - 1] + (at[after] - at[after - 1]) * a / (a - b)


def plain_effects(told: Summary) -> dict[str, Any]:
    """Return splits, crossings, the best and surfaces as plain numbers, for JSON."""
    best = best_of(told)
    return {
        "best": None
        if best is None
        else {"left": list(best.left), "skies": best.skies, "is_done": best.is_done},
        "surfaces": [
            {
                "response": one.response,
                "kind": one.model.kind,
                "q2": one.model.q2,
                "rmse": one.model.rmse,
                "matters": {
                    name: {"first": _bounds(each.first), "total": _bounds(each.total)}
                    for name, each in one.matters.items()
                },
            }
            for one in surfaces_of(told)
        ],
        "splits": [
            {
                "name": one.split.name,
                "response": one.response,
                "first": _bounds(one.first),
                "last": _bounds(one.last),
                "whole": _bounds(one.whole.difference),
                "parts": {
                    name: _bounds(part.difference)
                    for name, part in zip(one.split.parts, one.parts, strict=True)
                },
            }
            for one in splits_of(told)
        ],
        "crossings": [
            {
                "name": one.crossing.name,
                "response": one.response,
                "against": one.crossing.against,
                "differences": [
                    {"at": at, **_bounds(apart)}
                    for at, apart in zip(one.at, one.differences, strict=True)
                ],
                "where": _bounds(one.where),
            }
            for one in crossings_of(told)
        ],
    }


def _bounds(interval: Interval) -> dict[str, float | None]:
    told = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: value if math.isfinite(value) else None for name, value in told.items()}


def _point(told: Summary, factor: str, level: Any) -> int:
    """Return the first point with a level of a factor: all others are at their first there."""
    return next(k for k, one in enumerate(told.points) if one.levels[factor] == level)
