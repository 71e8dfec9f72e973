"""The picture of run-to-run spread: of each response, what single runs at each point came to."""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.pictures import canvas, colours
from jointsky.pictures.canvas import Sheet

Floats = npt.NDArray[np.float64]
ROW_PX, PANEL_PX, HEAD_PX, WIDTH_PX, NAMES_PX = 34, 92, 84, 1800, 330
COLUMNS = 2
MOST_DOTS = 250  # runs of a point that are drawn one by one: the first ones
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclasses.dataclass(frozen=True)
class Spread:
    """One response: the values of single runs at each point."""

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
    made = canvas.sheet(colours.LIGHT, WIDTH_PX, height_px)
    made.unit = 1.0
    made.write(0.02, 1.0 - 18 / height_px, title, 17, bold=True, va="top")
    made.write(0.02, 1.0 - 54 / height_px, beneath, 10.5, color=made.palette.quiet, va="top")
    half_px = (WIDTH_PX - NAMES_PX - 60) / COLUMNS
    for k, spread in enumerate(spreads):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (row + 1) * panel_px - 50) / height_px
        left = (NAMES_PX + column * (half_px + 40)) / WIDTH_PX
        axes = made.axes(left, bottom, (half_px - 40) / WIDTH_PX, ROW_PX * len(names) / height_px)
        _panel(axes, made, spread, names if column == 0 else None)
    canvas.save(made, path)


def _panel(axes: Any, made: Sheet, spread: Spread, names: Sequence[str] | None) -> None:
    canvas.plain(axes, made, spread.title)
    axes.grid(False, axis="y")
    tint = made.palette.accent
    for k, values in enumerate(spread.runs):
        y = len(spread.runs) - 1 - k
        known = values[np.isfinite(values)]
        if not len(known):
            continue
        shown = known[:MOST_DOTS]
        aside = np.modf(np.arange(len(shown)) * 0.618034)[0] - 0.5  # evenly, the same every time
        axes.plot(shown, y + 0.5 * aside, ".", color=made.palette.plot, markersize=2.6, alpha=0.5)
        low, quarter, middle, three, high = np.quantile(known, QUANTILES)
        axes.plot([low, high], [y, y], color=tint, linewidth=1.4)
        axes.plot([quarter, three], [y, y], color=tint, linewidth=6.0, solid_capstyle="butt")
        axes.plot([middle], [y], "|", color=made.palette.paper, markersize=9, markeredgewidth=2.4)
        axes.plot([known.mean()], [y], "D", color=made.palette.ink, markersize=4.5)
    axes.set_ylim(-0.6, len(spread.runs) - 0.4)
    canvas.counted(axes.xaxis)
    axes.set_yticks(range(len(spread.runs)))
    axes.set_yticklabels(list(reversed(names)) if names is not None else [])
    canvas.relabel(axes, made)
