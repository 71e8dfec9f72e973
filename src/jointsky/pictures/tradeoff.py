"""The picture of trade-offs: one response against another, each point a cross of its intervals."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Sequence
from typing import Any

from jointsky.pictures import canvas, colours
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import Dot

WIDTH_PX, PANEL_PX, HEAD_PX, COLUMNS = 1800, 560, 84, 2
_APART = 0.045  # of a panel's height, between names


def draw_tradeoffs(
    names: Sequence[str],
    across: tuple[str, Sequence[Dot]],
    others: Sequence[tuple[str, Sequence[Dot]]],
    path: str | pathlib.Path,
    title: str,
    beneath: str,
) -> None:
    """Write each of some responses against the one across, as PNG or SVG by the file's name."""
    rows = math.ceil(len(others) / COLUMNS)
    height_px = HEAD_PX + PANEL_PX * rows
    made = canvas.sheet(colours.LIGHT, WIDTH_PX, height_px)
    made.unit = 1.0
    made.write(0.02, 1.0 - 18 / height_px, title, 17, bold=True, va="top")
    made.write(0.02, 1.0 - 54 / height_px, beneath, 10.5, color=made.palette.quiet, va="top")
    for k, (name, dots) in enumerate(others):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (row + 1) * PANEL_PX - 80) / height_px
        left = (column * WIDTH_PX / COLUMNS + 80) / WIDTH_PX
        wide = (WIDTH_PX / COLUMNS - 340) / WIDTH_PX
        axes = made.axes(left, bottom, wide, (PANEL_PX - 140) / height_px)
        _panel(axes, made, names, across, name, dots)
    canvas.save(made, path)


def _panel(
    axes: Any,
    made: Sheet,
    names: Sequence[str],
    across: tuple[str, Sequence[Dot]],
    title: str,
    dots: Sequence[Dot],
) -> None:
    canvas.plain(axes, made, title)
    places = []
    for k, (x, y) in enumerate(zip(across[1], dots, strict=True)):
        if not (x.is_known and y.is_known):
            continue
        tint = colours.SENSORS[k % len(colours.SENSORS)]
        low, high = (v if math.isfinite(v) else x.value for v in (x.low, x.high))
        axes.plot([low, high], [y.value, y.value], color=tint, linewidth=1.6)
        low, high = (v if math.isfinite(v) else y.value for v in (y.low, y.high))
        axes.plot([x.value, x.value], [low, high], color=tint, linewidth=1.6)
        axes.plot([x.value], [y.value], "o", color=tint, markersize=6)
        places.append((x.value, y.value, names[k], tint))
    axes.set_xlabel(across[0], color=made.palette.quiet, fontproperties=made.font(9.5))
    canvas.counted(axes.xaxis)
    canvas.counted(axes.yaxis)
    canvas.relabel(axes, made)
    _name(axes, made, places)


def _name(axes: Any, made: Sheet, places: list[tuple[float, float, str, str]]) -> None:
    """Write the points' names in a column at the right, a thin line from each to its cross."""
    low, high = axes.get_ylim()
    ordered = sorted(places, key=lambda one: one[1])
    wanted = [(one[1] - low) / (high - low) for one in ordered]
    put: list[float] = []
    for place in wanted:
        put.append(max(place, put[-1] + _APART) if put else place)
    over = max((put[-1] if put else 0.0) - 1.0, 0.0)
    for k in range(len(put) - 1, -1, -1):  # what does not fit above is pushed down again
        limit = 1.0 - _APART * (len(put) - 1 - k)
        put[k] = min(put[k], limit) if over else put[k]
    for (x, y, name, tint), place in zip(ordered, put, strict=True):
        axes.annotate(
            name, (x, y), xytext=(1.03, place), textcoords="axes fraction", va="center",
            color=tint, fontproperties=made.font(9), annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": made.palette.grid, "linewidth": 0.8},
        )  # fmt: skip
