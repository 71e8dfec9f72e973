"""Ways to share over time: how much sites hold, and how much two nations hold alike.

One line a way to share, in its colour: over good links whole, over bad ones broken; outages are
shaded.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from jointsky.pictures import canvas, colours, overtime
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.network import OUTAGE
from jointsky.pictures.ways import OTHER, WAYS

_TITLES = {
    "completeness": "Held by a site, of what any sensor of the network had in view",
    "common": "Held alike by two sites of two nations: same target, number and identity",
}


@dataclasses.dataclass(frozen=True)
class Course:
    """Shares over time of one way to share: ``time_s``, ``completeness``, ``common``."""

    way: str
    links: str
    columns: Mapping[str, Sequence[float]]


def draw_ways_time(
    courses: Sequence[Course],
    outages_s: Sequence[tuple[float, float]],
    span_s: tuple[float, float],
    path_png: str | pathlib.Path,
    title: str,
) -> None:
    """Write the picture as PNG; ``outages_s`` are when links that are not ideal were silent."""
    made = canvas.sheet(colours.LIGHT, 1800, 900)
    made.unit = 1.0
    made.write(0.03, 0.975, title, 17, bold=True, va="top")
    words = "whole lines: ideal links, or none   ·   broken: as declared   ·   shaded: links silent"
    made.write(0.03, 0.93, words, 10.5, color=made.palette.quiet, va="top")
    for place, (name, heading) in enumerate(_TITLES.items()):
        axes = made.axes(0.045, 0.535 - 0.435 * place, 0.93, 0.32)
        _panel(axes, made, name, heading, courses, outages_s, span_s)
        if place == 1:
            _legend(axes, made)
    canvas.save(made, path_png)


def _panel(
    axes: Any,
    made: Sheet,
    name: str,
    heading: str,
    courses: Sequence[Course],
    outages_s: Sequence[tuple[float, float]],
    span_s: tuple[float, float],
) -> None:
    canvas.plain(axes, made, heading)
    for begin_s, end_s in outages_s:
        axes.axvspan(begin_s, end_s, color=OUTAGE, alpha=0.13, linewidth=0, zorder=0)
    for course in courses:
        is_broken = course.links == "degraded"
        axes.plot(
            np.asarray(course.columns["time_s"]),
            np.asarray(course.columns[name]),
            color=WAYS.get(course.way, OTHER),
            linewidth=1.7,
            linestyle=(0, (3.0, 1.3)) if is_broken else "-",
            alpha=1.0 if is_broken else 0.75,
            zorder=3 if is_broken else 2,
            label=course.way if not is_broken else None,
        )
    axes.set_ylim(0.0, 1.03)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100.0 * y:g} %"))
    overtime.time_axis(axes, made, *span_s)


def _legend(axes: Any, made: Sheet) -> None:
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(0.0, -0.09),
        prop=made.font(9.5),
        frameon=False,
        ncols=5,
        borderpad=0.1,
        handlelength=1.8,
        columnspacing=1.6,
        labelcolor=made.palette.ink,
    )
