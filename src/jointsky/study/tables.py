"""The effects of a study as a table."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa

from jointsky.study.intervals import Interval
from jointsky.study.summary import Estimate, Summary

BOUNDS = ("value", "low", "high")


def effects_table(told: Summary) -> pa.Table:
    """Return a row for each response at each point: its value and interval, how far it is off.

    Columns: ``response``, ``point``, one of each factor, ``runs`` that had it to tell, ``value``,
    ``low``, ``high``, ``difference`` from the first point run by run with its bounds, ``gain``
    (what pairing was worth), ``is_enough``.  Null: not known, not wanted, or no bound.
    """
    found = told.estimates
    columns: dict[str, Any] = {
        "response": pa.array([one.response for one in found], pa.string()),
        "point": pa.array([one.point for one in found], pa.int64()),
    }
    values = _values(found)
    for factor in told.study.factors:
        name = factor.name if factor.name not in columns | values else f"factor {factor.name}"
        levels = [told.points[one.point].levels[factor.name] for one in found]
        columns[name] = levels if _are_numbers(levels) else list(map(str, levels))
    return pa.table(columns | values)


def rare_table(told: Summary) -> pa.Table:
    """Return a row for each level on the way to what hardly ever happens, and how likely it is.

    Columns: ``name``, ``figure``, ``point``, ``at`` (what the figure comes to or goes beyond),
    ``probability``, ``low``, ``high``, ``is_event`` (the last of its name), ``runs`` of all its
    splittings and ``plain_runs`` that tell the event as surely (null on the way).
    """
    rows = [
        {
            "name": one.rare.name,
            "figure": one.rare.figure,
            "point": one.point,
            "at": at,
            "probability": interval.value,
            "low": interval.low,
            "high": interval.high,
            "is_event": is_event,
            "runs": one.found.runs if is_event else None,
            "plain_runs": one.brute_runs if is_event and math.isfinite(one.brute_runs) else None,
        }
        for one in told.rare
        for at, interval, is_event in _marked(one.reached())
    ]
    return pa.Table.from_pylist(rows)


def _marked(reached: list[tuple[float, Interval]]) -> list[tuple[float, Interval, bool]]:
    return [(*one, k == len(reached) - 1) for k, one in enumerate(reached)]


def _values(found: list[Estimate]) -> dict[str, pa.Array]:
    apart = [one.difference for one in found]
    off = [None if one is None else one.difference for one in apart]
    gains = [math.nan if one is None else one.gain for one in apart]
    enough = [None if one.look is None else one.look.is_enough for one in found]
    return {
        "runs": pa.array([one.runs for one in found], pa.int64()),
        **{name: _column([one.interval for one in found], name) for name in BOUNDS},
        "difference": _column(off, "value"),
        "difference_low": _column(off, "low"),
        "difference_high": _column(off, "high"),
        "gain": _numbers(gains),
        "is_enough": pa.array(enough, pa.bool_()),
    }


def _column(intervals: list[Interval | None], name: str) -> pa.Array:
    return _numbers([math.nan if one is None else getattr(one, name) for one in intervals])


def _numbers(values: list[float]) -> pa.Array:
    return pa.array([one if math.isfinite(one) else None for one in values], pa.float64())


def _are_numbers(levels: list[Any]) -> bool:
    return all(isinstance(one, int | float) and not isinstance(one, bool) for one in levels)
