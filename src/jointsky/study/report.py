"""The report of a study: one page that needs nothing else, to be read on a screen or printed."""

from __future__ import annotations

import importlib.metadata
import pathlib
import platform
from collections.abc import Sequence
from typing import Any

from jointsky.pictures.dots import words
from jointsky.pictures.report import Report
from jointsky.study.drawing import MOST_DRAWN, Drawn, dot
from jointsky.study.summary import Summary
from jointsky.study.words import headline, rare_rows, rows

ROW_HEADS = ("point", "value", "difference from the first", "times the runs, if not paired")
RARE_HEADS = ("what", "point", "how likely", "once in", "runs", "plain runs that tell as much")
LIBRARIES = ("jointsky", "numpy", "numba", "scipy")


def write_report(told: Summary, folder: pathlib.Path, command: str, drawn: Sequence[Drawn]) -> None:
    """Write report.html into a folder, with the pictures that lie there."""
    study = told.study
    page = Report(study.name)
    if study.description:
        page.words(study.description)
    page.words(
        "Everything here is simulated: places are illustrative, figures of systems public and "
        "approximate.",
        quiet=True,
    )
    page.heading("In short")
    for line in headline(told):
        page.words(line)
    for picture in drawn:
        page.heading(picture.words)
        page.picture(folder / f"{picture.name}.png", picture.words)
    if len(told.points) <= MOST_DRAWN:
        for response in (one for one in study.responses if _varies(told, one.name)):
            page.heading(f"Point by point: {response.name}")
            page.table(ROW_HEADS, rows(told, response.name))
    if told.rare:
        page.heading("What hardly ever happens")
        page.table(RARE_HEADS, rare_rows(told))
    page.heading("Values")
    heads = ["point", *(factor.name for factor in study.factors)]
    values = []
    for k, point in enumerate(told.points):
        found = [one for one in told.estimates if one.point == k]
        values.append(
            [str(k), *map(_level, point.levels.values()), *(words(dot(o.interval)) for o in found)]
        )
    page.table([*heads, *(one.name for one in study.responses)], values, words=len(heads))
    if told.faults:
        page.heading("Runs that failed")
        page.table(
            ("sky", "point", "what"),
            [[str(f.sky), str(f.point), f.fault.strip().rsplit("\n", 1)[-1]] for f in told.faults],
            words=3,
        )
    page.heading("To have the same again")
    page.command(command, "the same study, to the byte, with any number of workers")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    page.words(
        f"Scenario {study.scenario}, digest {told.digest}; skies from seed {study.seed}; pictures "
        f"{study.pictures}. Made with {versions}, Python {platform.python_version()}. runs.parquet "
        "and runs.csv hold every run with its seed, effects.parquet and effects.csv values with "
        "intervals, leakers.parquet and leakers.csv who came through; study.json all figures of "
        "this page."
    )
    page.write(folder / "report.html")


def _varies(told: Summary, response: str) -> bool:
    """Return whether a response was not the same in every run of every point."""
    known = [one.interval for one in told.of(response) if one.interval is not None]
    return len({(one.value, one.half_width) for one in known}) > 1 or any(
        one.half_width > 0.0 for one in known
    )


def _level(level: Any) -> str:
    return f"{level:.4g}" if isinstance(level, float) else str(level)
