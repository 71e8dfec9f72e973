"""The picture of heat maps: a response over two factors, every value and its error written in."""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Normalize

from jointsky.pictures import canvas
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import Dot, number

WIDTH_PX, HEAD_PX, CELL_PX, PANEL_PX, COLUMNS = 1800, 84, 62, 130, 2
MAP = "cividis"  # the same to any colour vision (Nunez, Anderton and Renslow 2018)


@dataclasses.dataclass(frozen=True)
class Heat:
    """One response: rows by the level of one factor, columns by that of another.

    ``error`` is that of every cell, where cells have none of their own: values end at its digits.
    """

    title: str
    cells: Sequence[Sequence[Dot]]
    error: float = math.nan


def draw_heat(
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    heats: Sequence[Heat],
    path: str | pathlib.Path,
    title: str,
    beneath: str,
) -> None:
    """Write maps, two beside each other; ``rows`` and ``columns``: a factor and its levels."""
    panel_px = PANEL_PX + CELL_PX * len(rows[1])
    height_px = HEAD_PX + panel_px * math.ceil(len(heats) / COLUMNS)
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    for k, heat in enumerate(heats):
        line, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (line + 1) * panel_px - 85) / height_px
        left = (column * WIDTH_PX / COLUMNS + 200) / WIDTH_PX
        wide = (WIDTH_PX / COLUMNS - 250) / WIDTH_PX
        axes = made.axes(left, bottom, wide, CELL_PX * len(rows[1]) / height_px)
        _panel(axes, made, heat, rows, columns)
    canvas.save(made, path)


def _panel(
    axes: Any,
    made: Sheet,
    heat: Heat,
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
) -> None:
    canvas.plain(axes, made, heat.title)
    axes.grid(False)
    values = np.array([[dot.value for dot in line] for line in heat.cells])
    known = values[np.isfinite(values)]
    scale = Normalize(*((known.min(), known.max()) if len(known) else (0.0, 1.0)))
    shown = mpl.colormaps[MAP]
    axes.imshow(values, cmap=shown, norm=scale, aspect="auto", interpolation="nearest")
    for y, line in enumerate(heat.cells):
        for x, dot in enumerate(line):
            if not dot.is_known:
                continue
            half = (dot.high - dot.low) / 2.0
            said = number(dot.value, half if math.isfinite(half) else heat.error)
            if math.isfinite(half) and half > 0.0:
                said += f"\n± {number(half, half)}"
            light = float(np.dot(shown(scale(dot.value))[:3], (0.2126, 0.7152, 0.0722)))
            axes.text(
                x, y, said, ha="center", va="center",
                color="#000000" if light > 0.45 else "#ffffff", fontproperties=made.font(9),
            )  # fmt: skip
    axes.set_xticks(range(len(columns[1])))
    axes.set_xticklabels(columns[1])
    axes.set_yticks(range(len(rows[1])))
    axes.set_yticklabels(rows[1])
    for name, along in ((columns[0], axes.set_xlabel), (rows[0], axes.set_ylabel)):
        along(name, color=made.palette.quiet, fontproperties=made.font(9.5))
    canvas.relabel(axes, made)
