"""What a study leaves: figures, the runs as tables, pictures, a report that says it in words."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import math
import pathlib
import platform
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from jointsky.pictures.effects import NOTHING, Dot, Effect, draw_effects, number, words
from jointsky.pictures.report import Report
from jointsky.study.answers import Answer, Leaker
from jointsky.study.engine import seed_of
from jointsky.study.intervals import Interval
from jointsky.study.summary import Estimate, Summary, plain

MOST_DRAWN = 24  # points
LIBRARIES = ("jointsky", "numpy", "numba", "scipy")


def write(
    told: Summary, folder: pathlib.Path, command: str, lines: Iterable[Sequence[Answer]]
) -> None:
    """Write study.json, the tables of runs, pictures and report.html into a folder.

    ``lines`` is what was answered under each sky, in any order.
    """
    facts = plain(told)
    text = json.dumps(facts, indent=1, allow_nan=False) + "\n"
    (folder / "study.json").write_text(text, encoding="utf-8")
    leakers = leakers_table(lines)
    for name, table in (("runs", runs_table(told)), ("leakers", leakers)):
        parquet.write_table(table, folder / f"{name}.parquet")
        csv.write_csv(table, folder / f"{name}.csv")
    if len(told.points) <= MOST_DRAWN:
        names = [point.name for point in told.points]
        for kind in ("png", "svg"):
            draw_effects(
                names, effects(told), folder / f"effects.{kind}", told.study.name, _beneath(told)
            )
    _write_report(told, folder, command)


def runs_table(told: Summary) -> pa.Table:
    """Return a row for each run: sky, seed, point, its factors, its figures; gaps: it failed."""
    answered, points = told.answered, len(told.points)
    skies = range(told.skies)
    columns: dict[str, Any] = {
        "sky": np.repeat(np.array(skies, np.int64), points),
        "seed": np.repeat(np.array([seed_of(told.study, sky) for sky in skies], np.int64), points),
        "point": np.tile(np.arange(points), told.skies),
    }
    for factor in told.study.factors:
        levels = [point.levels[factor.name] for point in told.points]
        is_number = all(isinstance(level, int | float) for level in levels)
        columns[factor.name] = (levels if is_number else list(map(str, levels))) * told.skies
    for column, name in enumerate(answered.figures):
        values = answered.values[:, :, column].ravel()
        columns[name] = pa.array(values, mask=np.isnan(values))
    faults = {(one.sky, one.point): _last_line(one.fault) for one in told.faults}
    columns["fault"] = [faults.get((sky, k), "") for sky in skies for k in range(points)]
    return pa.table(columns)


def leakers_table(lines: Iterable[Sequence[Answer]]) -> pa.Table:
    """Return a row for each hostile that came through in any run, in order of sky and point."""
    rows = sorted(
        (one.sky, one.point, *dataclasses.astuple(leaker))
        for answers in lines
        for one in answers
        for leaker in one.leakers
    )
    names = ("sky", "point", *(field.name for field in dataclasses.fields(Leaker)))
    kinds = (pa.int64(), pa.int64(), *[pa.float64()] * 3, pa.string(), pa.string())
    return pa.table(
        {
            name: pa.array([row[k] for row in rows], kind)
            for k, (name, kind) in enumerate(zip(names, kinds, strict=True))
        }
    )


def _last_line(fault: str) -> str:
    return fault.strip().rsplit("\n", 1)[-1]


def effects(told: Summary) -> list[Effect]:
    """Return what is drawn of each response."""
    return [
        Effect(
            response.name,
            [_dot(one.interval) for one in told.of(response.name)],
            [
                NOTHING if one.difference is None else _dot(one.difference.difference)
                for one in told.of(response.name)
            ],
        )
        for response in told.study.responses
    ]


def lines(told: Summary) -> list[str]:
    """Return what was found, in sentences made of the figures."""
    made = []
    names = [point.name for point in told.points]
    for response in told.study.responses:
        found = told.of(response.name)
        first = found[0]
        if first.interval is None:
            made.append(f"{response.name}: no run had it to tell at {names[0]}.")
            continue
        made.append(f"{response.name}: {_words(first.interval)} at {names[0]}.")
        made += [_line(one, names[one.point]) for one in found[1:] if one.difference is not None]
    return made


def _line(one: Estimate, name: str) -> str:
    assert one.interval is not None and one.difference is not None
    difference, gain = one.difference
    half = difference.half_width
    if half == 0.0:
        told = "the same in every run" if difference.value == 0.0 else "so much off in every run"
    elif difference.low <= 0.0 <= difference.high:
        most = max(abs(difference.low), abs(difference.high))
        told = f"no difference seen, none above {number(most, half)}"
    else:
        side = "more" if difference.value > 0.0 else "less"
        told = f"{number(abs(difference.value), half)} {side} (± {number(half, half)})"
    worth = ""
    if math.isfinite(gain) and half > 0.0:
        worth = f"; to see that under skies of their own takes {gain:,.1f} times the runs"
    return f"    {name}: {_words(one.interval)}, {told}{worth}."


def _words(interval: Interval) -> str:
    return words(_dot(interval))


def _dot(interval: Interval | None) -> Dot:
    if interval is None:
        return NOTHING
    is_one_sided = interval.sides != "both"
    return Dot(interval.value, interval.low, interval.high, is_one_sided)


def _beneath(told: Summary) -> str:
    return (
        f"{told.skies:,} skies, each seen by all {len(told.points)} points; bars hold the truth in "
        f"{told.study.level:.0%} of such studies. Blue: differs from nothing; grey: may not."
    )


def _write_report(told: Summary, folder: pathlib.Path, command: str) -> None:
    study = told.study
    page = Report(study.name)
    if study.description:
        page.words(study.description)
    page.words(
        "Everything here is simulated: places are illustrative, figures of systems public and "
        "approximate.",
        quiet=True,
    )
    page.heading("What was found")
    for line in lines(told):
        page.words(line.strip())
    if not told.is_enough:
        page.words("Not all intervals are as narrow as was wanted: the runs ended before.")
    if (folder / "effects.png").is_file():
        page.picture(folder / "effects.png", "Values and paired differences, with intervals")
    page.heading("Values")
    heads = ["point", *(factor.name for factor in study.factors)]
    rows = []
    for k, point in enumerate(told.points):
        found = [one for one in told.estimates if one.point == k]
        rows.append(
            [str(k), *map(_level, point.levels.values()), *(words(_dot(o.interval)) for o in found)]
        )
    page.table([*heads, *(one.name for one in study.responses)], rows, words=len(heads))
    if told.faults:
        page.heading("Runs that failed")
        page.table(
            ("sky", "point", "what"),
            [[str(f.sky), str(f.point), _last_line(f.fault)] for f in told.faults],
            words=3,
        )
    page.heading("To have the same again")
    page.command(command, "the same study, to the byte, with any number of workers")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    page.words(
        f"Scenario {study.scenario}, digest {told.digest}; skies from seed {study.seed}; pictures "
        f"{study.pictures}. Made with {versions}, Python {platform.python_version()}. runs.parquet "
        "and runs.csv hold every run with its seed; study.json all figures of this page."
    )
    page.write(folder / "report.html")


def _level(level: Any) -> str:
    return f"{level:.4g}" if isinstance(level, float) else str(level)
