"""The picture of a long duty: how those that came ended, span by span, and what is left to shoot.

Above, a bar for each span: stopped, came through, neither.  Below, the shots that each nation has
left of each weapon, ready or in reserve, as lines with their names at the end.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from jointsky.pictures import canvas, colours
from jointsky.pictures.duty import LEAKED, SILENT, STOPPED

WIDTH_PX, HEIGHT_PX = 1800, 1000
TINTS = ("#0072B2", "#CC79A7", "#56B4E9", "#E69F00", "#009E73", "#5a5a5a")  # Okabe and Ito 2008


def draw_spans(
    spans: Sequence[Mapping[str, Any]],
    magazines: Sequence[tuple[float, Mapping[str, int]]],
    silent: Sequence[tuple[float, float]],
    path_png: str | pathlib.Path,
    title: str,
    summary: str,
) -> None:
    """Write the picture as PNG.  ``magazines``: shots left of each kind; times from the begin."""
    made = canvas.sheet(colours.LIGHT, WIDTH_PX, HEIGHT_PX)
    made.unit = 1.0
    made.write(0.03, 0.97, title, 17, bold=True, va="top")
    made.write(0.03, 0.925, summary, 10.5, color=made.palette.quiet, va="top")
    above = made.axes(0.06, 0.5, 0.82, 0.33)
    below = made.axes(0.06, 0.09, 0.82, 0.29)
    canvas.plain(above, made, "targets, by when they were stopped or came through")
    canvas.plain(below, made, "shots left, ready or in reserve")
    middle = np.array([0.5 * (one["begin_s"] + one["end_s"]) for one in spans]) / 3600.0
    width = 0.8 * (spans[0]["end_s"] - spans[0]["begin_s"]) / 3600.0
    stopped = np.array([one["stopped"] for one in spans])
    leaked = np.array([one["leaked"] for one in spans])
    above.bar(middle, stopped, width, color=STOPPED, linewidth=0)
    above.bar(middle, leaked, width, bottom=stopped, color=LEAKED, linewidth=0)
    for x, top, count in zip(middle, stopped + leaked, leaked, strict=True):
        if count:
            above.annotate(
                str(count),
                (x, top),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                color=LEAKED,
                fontproperties=made.font(9, bold=True),
            )
    _legend(made)
    hours = np.array([time_s for time_s, _ in magazines]) / 3600.0
    kinds = sorted(magazines[0][1], key=lambda kind: magazines[-1][1][kind])
    apart, named_y = 0.05 * max(max(left.values(), default=1) for _, left in magazines), -np.inf
    for k, kind in enumerate(kinds):
        tint, shots = TINTS[k % len(TINTS)], [left[kind] for _, left in magazines]
        named_y = max(float(shots[-1]), named_y + apart)  # names keep off one another
        below.plot(hours, shots, color=tint, linewidth=1.8, drawstyle="steps-post")
        below.annotate(
            kind,
            (hours[-1], named_y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=tint,
            fontproperties=made.font(10, bold=True),
            annotation_clip=False,
        )
    for axes in (above, below):
        for begin_s, end_s in silent:
            axes.axvspan(begin_s / 3600.0, end_s / 3600.0, color=SILENT, zorder=0)
        axes.set_xlim(0.0, spans[-1]["end_s"] / 3600.0)
        axes.set_ylim(0.0)
        axes.xaxis.set_major_locator(MaxNLocator(12, steps=[1, 2, 3, 6, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    below.set_xlabel("hours", color=made.palette.quiet, fontproperties=made.font(9))
    for axes in (above, below):
        canvas.relabel(axes, made)
    canvas.save(made, path_png)


def _legend(made: canvas.Sheet) -> None:
    x, font = 0.03, made.font(10)
    axes = made.axes(0.0, 0.0, 1.0, 1.0)
    axes.set_axis_off()
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    for colour, words in ((STOPPED, "stopped"), (LEAKED, "came through"), (SILENT, "no link")):
        axes.plot([x], [0.88], "s", color=colour, markersize=9)
        axes.text(x + 0.008, 0.88, words, va="center", fontproperties=font, color=made.palette.ink)
        x += 0.03 + made.text_size_px(words, font)[0] / WIDTH_PX
