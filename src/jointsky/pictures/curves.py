"""The picture of curves: values over a number with bands, each named at its right end."""

from __future__ import annotations

import dataclasses
import math
import pathlib
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from jointsky.pictures import canvas, colours
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import NOTHING, Dot, words

WIDTH_PX, PANEL_PX, HEAD_PX, COLUMNS = 1800, 470, 84, 2
LINES = ("-", "--", "-.", ":")
NAME_LETTERS = 22  # in a line
MOST_TICKS = 8  # levels that each have a tick
LINE = 0.062  # of a panel's height, a line of a name


@dataclasses.dataclass(frozen=True)
class Curve:
    """One line: its name, where it has values, and these; where it crosses nought, if it does."""

    name: str
    at: Sequence[float]
    values: Sequence[Dot]
    crosses: Dot = NOTHING


@dataclasses.dataclass(frozen=True)
class Panel:
    """Some curves over one number; ``points``: values that they go between, and where these are.

    ``is_log``: each step upwards is ten times as much; values are above nought.
    """

    title: str
    over: str
    curves: Sequence[Curve]
    has_nought: bool = False
    points: Sequence[tuple[float, Dot]] = ()
    is_log: bool = False


def draw_curves(
    panels: Sequence[Panel], path: str | pathlib.Path, title: str, beneath: str
) -> None:
    """Write panels, two beside each other, as PNG, or as SVG by the name of the file."""
    rows = math.ceil(len(panels) / COLUMNS)
    height_px = HEAD_PX + PANEL_PX * rows
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    for k, panel in enumerate(panels):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (row + 1) * PANEL_PX - 80) / height_px
        left = (column * WIDTH_PX / COLUMNS + 80) / WIDTH_PX
        wide = (WIDTH_PX / COLUMNS - 270) / WIDTH_PX
        axes = made.axes(left, bottom, wide, (PANEL_PX - 140) / height_px)
        _panel(axes, made, panel)
    canvas.save(made, path)


def _panel(axes: Any, made: Sheet, panel: Panel) -> None:
    canvas.plain(axes, made, panel.title)
    if panel.is_log:
        axes.set_yscale("log")
    if panel.has_nought:
        axes.axhline(0.0, color=made.palette.quiet, linewidth=1.2)
    for x, dot in panel.points:
        axes.plot([x, x], [dot.low, dot.high], color=made.palette.grid, linewidth=1.6, zorder=1)
        axes.plot([x], [dot.value], "o", color=made.palette.quiet, markersize=4.5, zorder=1.5)
    levels = sorted({at for curve in panel.curves for at in curve.at})
    marker = "o" if len(levels) <= MOST_TICKS else None
    ends = []
    for k, curve in enumerate(panel.curves):
        tint, line = colours.SENSORS[k % len(colours.SENSORS)], LINES[k % len(LINES)]
        known = [n for n, dot in enumerate(curve.values) if dot.is_known]
        if not known:
            continue
        at = np.array([curve.at[n] for n in known])
        value, low, high = (
            np.array([getattr(curve.values[n], name) for n in known])
            for name in ("value", "low", "high")
        )
        axes.fill_between(at, low, high, color=tint, alpha=0.18, linewidth=0)
        axes.plot(at, value, line, color=tint, linewidth=2.0, marker=marker, markersize=5.5)
        name = textwrap.fill(curve.name, NAME_LETTERS)
        if curve.crosses.is_known:
            name += "\n" + textwrap.fill(f"nought at {_cross(axes, curve, tint)}", NAME_LETTERS)
        ends.append((float(value[-1]), name, tint))
    axes.margins(x=0.02)
    axes.set_xlabel(panel.over, color=made.palette.quiet, fontproperties=made.font(9.5))
    if len(levels) <= MOST_TICKS and not panel.points:
        axes.set_xticks(levels, [f"{at:g}" for at in levels])
    else:
        canvas.counted(axes.xaxis)
    if panel.is_log:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.minorticks_off()
    else:
        canvas.counted(axes.yaxis)
    canvas.relabel(axes, made)
    _name(axes, made, ends)


def _cross(axes: Any, curve: Curve, tint: str) -> str:
    """Mark where a curve crosses nought, with its interval; return that in words."""
    crosses = curve.crosses
    until = crosses.high if math.isfinite(crosses.high) else curve.at[-1]
    axes.plot([crosses.low, until], [0.0, 0.0], color=tint, linewidth=5.0, alpha=0.5)
    axes.plot([crosses.value], [0.0], "D", color=tint, markersize=8, zorder=4)
    return words(crosses) if math.isfinite(crosses.high) else f"{crosses.value:.3g} or beyond"


def _name(axes: Any, made: Sheet, ends: list[tuple[float, str, str]]) -> None:
    """Write the name of each curve at its right end, no two in one place."""
    taken = -math.inf
    for value, name, tint in sorted(ends):
        half = 0.5 * LINE * (name.count("\n") + 1)
        x = axes.get_xlim()[1]
        own = axes.transAxes.inverted().transform(axes.transData.transform((x, value)))[1]
        place = max(own, taken + half)
        taken = place + half
        axes.annotate(
            name, (1.0, place), xycoords="axes fraction", xytext=(8, 0),
            textcoords="offset points", va="center", color=colours.for_words(tint),
            fontproperties=made.font(9.5, bold=True), annotation_clip=False,
        )  # fmt: skip
