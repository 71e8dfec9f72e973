"""The picture of what sharing is worth: ways to share side by side, over good links and bad ones.

One panel a figure, one line a way to share; a full dot for each way over good links, a ring over
bad ones, joined by a line: how much the links cost.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from jointsky.pictures import canvas, colours
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.network import seconds, share

WAYS = {"alone": "#7F7F7F", "plots": "#0072B2", "fused": "#009E73", "responsible": "#E69F00"}
OTHER = "#CC79A7"
COLUMNS, ROW_PX, PANEL_PX, HEAD_PX = 3, 46, 110, 96


@dataclasses.dataclass(frozen=True)
class Panel:
    """One figure to compare: its name among the figures, what it is, and which end is better."""

    name: str
    title: str
    unit: str  # "%" (of shares), "s", "m" or any other, which is written as it is
    is_high_better: bool
    factor: float = 1.0


PANELS = (
    Panel("completeness", "Complete: held, of what was in anyone's view", "%", True),
    Panel("horizontal_rms_m", "Accurate: position error, RMS, metres", "m", False),
    Panel("one_number_share", "Continuous: targets with one number for life", "%", True),
    Panel("common", "Common to two nations: target, number, identity", "%", True),
    Panel("latency_p99_s", "Late: 99 % of updates are not later than", "s", False),
    Panel("octets_hz", "Costly: on all links, kilobits a second", "kbit/s", False, 8.0e-3),
)


@dataclasses.dataclass(frozen=True)
class WayFigures:
    """Figures of one run: how was shared, over which links, and figures by the panels' names.

    ``interval`` has (low, high) of those figures of which it is known.
    """

    way: str
    links: str
    figures: Mapping[str, float]
    interval: Mapping[str, tuple[float, float]] = dataclasses.field(default_factory=dict)


def draw_ways(
    rows: Sequence[WayFigures],
    path_png: str | pathlib.Path,
    title: str,
    panels: Sequence[Panel] = PANELS,
) -> None:
    """Write the comparison as PNG; the first kind of links that is named has the full dots."""
    ways = list(dict.fromkeys(row.way for row in rows))
    kinds = list(dict.fromkeys(row.links for row in rows))
    high_rows = math.ceil(len(panels) / COLUMNS)
    panel_px = PANEL_PX + ROW_PX * len(ways)
    height_px = HEAD_PX + high_rows * panel_px
    made = canvas.sheet(colours.LIGHT, 1800, height_px)
    made.unit = 1.0
    made.write(0.03, 1.0 - 22 / height_px, title, 17, bold=True, va="top")
    signs = ("full dot", "ring", "square", "diamond")
    words = "   ·   ".join(f"{sign}: {kind}" for sign, kind in zip(signs, kinds, strict=False))
    quiet = made.palette.quiet
    made.write(0.03, 1.0 - 62 / height_px, words, 10.5, color=quiet, va="top")
    for k, panel in enumerate(panels):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (row + 1) * panel_px - 62) / height_px
        width = 0.93 / COLUMNS
        height = ROW_PX * len(ways) / height_px
        axes = made.axes(0.085 + column * width, bottom, width - 0.085, height)
        _panel(axes, made, panel, rows, ways, kinds)
    canvas.save(made, path_png)


def _panel(
    axes: Any,
    made: Sheet,
    panel: Panel,
    rows: Sequence[WayFigures],
    ways: Sequence[str],
    kinds: Sequence[str],
) -> None:
    canvas.plain(axes, made, panel.title)
    axes.grid(False, axis="y")
    found = [(row, panel.factor * row.figures.get(panel.name, math.nan)) for row in rows]
    known = [(row, value) for row, value in found if math.isfinite(value)]
    y_of = {way: len(ways) - 1 - k for k, way in enumerate(ways)}
    for way in ways:
        mine = [value for row, value in known if row.way == way]
        tint = WAYS.get(way, OTHER)
        y = y_of[way]
        if len(mine) > 1:
            axes.plot([min(mine), max(mine)], [y, y], color=tint, linewidth=2.0, alpha=0.45)
        if not mine:
            style = {"color": made.palette.quiet, "va": "center"}
            axes.text(0.01, y, "none", transform=axes.get_yaxis_transform(), **style)
    for row, value in known:
        _mark(axes, panel, row, value, y_of[row.way], kinds.index(row.links))
    axes.set_ylim(-0.6, len(ways) - 0.4)
    axes.set_yticks([y_of[way] for way in ways], ways)
    _x_axis(axes, panel, [value for _, value in known])
    axes.tick_params(axis="y", length=0, pad=9)
    canvas.relabel(axes, made)
    for label in axes.get_yticklabels():
        label.set_color(made.palette.ink)
        label.set_fontproperties(made.font(9.5))
    _values(axes, made, panel, known, y_of)
    better = "further right is better" if panel.is_high_better else "further left is better"
    axes.set_xlabel(
        better, color=made.palette.quiet, fontproperties=made.font(8), loc="right", labelpad=2
    )


def _mark(axes: Any, panel: Panel, row: WayFigures, value: float, y: float, kind: int) -> None:
    tint = WAYS.get(row.way, OTHER)
    face = tint if kind == 0 else "#ffffff"
    shape = ("o", "o", "s", "D")[min(kind, 3)]
    if panel.name in row.interval:
        low, high = (panel.factor * end for end in row.interval[panel.name])
        axes.plot([low, high], [y, y], color=tint, linewidth=1.0)
    style = {"markerfacecolor": face, "markeredgecolor": tint, "markeredgewidth": 2.0}
    axes.plot([value], [y], shape, markersize=9, zorder=4 - 0.1 * kind, clip_on=False, **style)


def _x_axis(axes: Any, panel: Panel, values: Sequence[float]) -> None:
    """Begin at nought, or use a logarithm where the figures differ by much more than tenfold."""
    if panel.unit == "%":
        axes.set_xlim(0.0, 1.33)
        axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100.0 * x:g} %"))
        return
    positive = [value for value in values if value > 0.0]
    form = seconds if panel.unit == "s" else _plain
    if positive and max(positive) > 30.0 * min(positive):
        axes.set_xscale("log")
        axes.set_xlim(min(positive) / 2.0, max(positive) * 20.0)
        axes.minorticks_off()
    else:
        axes.set_xlim(0.0, 1.35 * max(positive, default=1.0))
        axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: form(x)))


def _values(
    axes: Any,
    made: Sheet,
    panel: Panel,
    known: Sequence[tuple[WayFigures, float]],
    y_of: Mapping[str, int],
) -> None:
    """Write the figures of each way to the right of its dots, in the order of the links."""
    form = {"%": share, "s": seconds}.get(panel.unit, _plain)
    for way, y in y_of.items():
        mine = [value for row, value in known if row.way == way]
        if not mine:
            continue
        words = "  ".join(dict.fromkeys(form(value) for value in mine))
        axes.annotate(
            words,
            (max(mine), y),
            xytext=(11, 0),
            textcoords="offset points",
            va="center",
            color=made.palette.ink,
            fontproperties=made.font(8.5),
        )


def _plain(value: float) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"
