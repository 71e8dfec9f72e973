"""The picture of run-to-run spread: of each response, what single runs at each point came to.

A hill stands on every point's line, as high as runs were many; under it a bar over the middle half
of them, a thin line over nine tenths, a ring at the median, which is also written beside it.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.pictures import canvas
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import short
from jointsky.pictures.hills import draw_hill, edges_of

Floats = npt.NDArray[np.float64]
ROW_PX, PANEL_PX, HEAD_PX, WIDTH_PX = 46, 92, 84, 1800
NAMES_PX, VALUE_PX = 330, 200
COLUMNS = 2
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
HIGHEST, BAR = 0.62, -0.15  # of a row: the highest hill, and where the bar lies


@dataclasses.dataclass(frozen=True)
class Spread:
    """One response: the values of single runs at each point, NaN where one had none to tell."""

    title: str
    runs: Sequence[Floats]


def draw_spread(
    names: Sequence[str],
    spreads: Sequence[Spread],
    path: str | pathlib.Path,
    title: str,
    beneath: str,
) -> None:
    """Write the runs of each response as PNG, or as SVG by the name of the file."""
    panel_px = PANEL_PX + ROW_PX * len(names)
    rows = math.ceil(len(spreads) / COLUMNS)
    height_px = HEAD_PX + panel_px * rows
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    half_px = (WIDTH_PX - NAMES_PX - COLUMNS * VALUE_PX) / COLUMNS
    for k, spread in enumerate(spreads):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (row + 1) * panel_px - 50) / height_px
        left = (NAMES_PX + column * (half_px + VALUE_PX)) / WIDTH_PX
        axes = made.axes(left, bottom, half_px / WIDTH_PX, ROW_PX * len(names) / height_px)
        _panel(axes, made, spread, names if column == 0 else None)
    canvas.save(made, path)


def _panel(axes: Any, made: Sheet, spread: Spread, names: Sequence[str] | None) -> None:
    canvas.plain(axes, made, spread.title)
    axes.grid(False, axis="y")
    runs = [values[np.isfinite(values)] for values in spread.runs]
    edges = edges_of(np.concatenate(runs))
    counts = [np.histogram(values, edges)[0] for values in runs]
    most = max(*(int(each.max(initial=0)) for each in counts), 1)
    for k, (values, each) in enumerate(zip(runs, counts, strict=True)):
        y = float(len(runs) - 1 - k)
        axes.axhline(y, color=made.palette.grid, linewidth=0.8, zorder=1)
        if len(values):
            draw_hill(axes, edges, HIGHEST * each / most, y, made.palette.accent)
            _bar(axes, made, values, y + BAR)
        axes.annotate(
            _words(values), (1.0, y), xycoords=("axes fraction", "data"), xytext=(8, 4),
            textcoords="offset points", va="center", color=made.palette.ink,
            fontproperties=made.font(9.5), annotation_clip=False,
        )  # fmt: skip
    axes.set_ylim(-0.45, len(runs) - 0.25)
    room = 0.02 * float(edges[-1] - edges[0]) or 1.0
    axes.set_xlim(edges[0] - room, edges[-1] + room)
    canvas.counted(axes.xaxis)
    axes.set_yticks(range(len(runs)))
    axes.set_yticklabels(list(reversed(names)) if names is not None else [])
    canvas.relabel(axes, made)


def _bar(axes: Any, made: Sheet, values: Floats, y: float) -> None:
    """Draw nine tenths of the values, their middle half and their median."""
    low, quarter, middle, three, high = np.quantile(values, QUANTILES)
    ink = made.palette.ink
    axes.plot([low, high], [y, y], color=ink, linewidth=1.0, solid_capstyle="butt", zorder=3)
    axes.plot([quarter, three], [y, y], color=ink, linewidth=5.0, solid_capstyle="butt", zorder=3)
    axes.plot(
        [middle], [y], "o", color=made.palette.paper, markeredgecolor=ink, markersize=6.0,
        markeredgewidth=1.4, zorder=4,
    )  # fmt: skip


def _words(values: Floats) -> str:
    """Return the median and the middle half of values in words: ``21 (19 to 22)``."""
    if not len(values):
        return "-"
    quarter, middle, three = np.quantile(values, QUANTILES[1:4])
    middle_words = short(float(middle))
    if quarter == three:
        return middle_words
    return f"{middle_words} ({short(float(quarter))} to {short(float(three))})"
