"""The picture of what matters: the share of a response's variance that each factor explains."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from jointsky.pictures import canvas
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import Dot, words

ROW_PX, PANEL_PX, HEAD_PX, WIDTH_PX, COLUMNS = 56, 120, 84, 1800, 2
NAMES_PX, VALUE_PX = 190, 330
ALONE, TOTAL = "#0072B2", "#E69F00"


class Share(NamedTuple):
    """What one factor explains: alone, and together with all others."""

    name: str
    alone: Dot
    total: Dot


def draw_indices(
    responses: Sequence[tuple[str, Sequence[Share]]],
    path: str | pathlib.Path,
    title: str,
    beneath: str,
) -> None:
    """Write a panel for each response as PNG, or as SVG by the name of the file."""
    panel_px = PANEL_PX + ROW_PX * max(len(shares) for _, shares in responses)
    height_px = HEAD_PX + panel_px * math.ceil(len(responses) / COLUMNS)
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    for k, (name, shares) in enumerate(responses):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (row + 1) * panel_px - 70) / height_px
        left = (column * WIDTH_PX / COLUMNS + NAMES_PX) / WIDTH_PX
        wide = (WIDTH_PX / COLUMNS - NAMES_PX - VALUE_PX) / WIDTH_PX
        axes = made.axes(left, bottom, wide, ROW_PX * len(shares) / height_px)
        _panel(axes, made, name, shares)
    canvas.save(made, path)


def _panel(axes: Any, made: Sheet, title: str, shares: Sequence[Share]) -> None:
    canvas.plain(axes, made, title)
    axes.grid(False, axis="y")
    for k, share in enumerate(shares):
        y = len(shares) - 1 - k
        for offset, dot, tint, said in (
            (0.17, share.alone, ALONE, "alone"),
            (-0.17, share.total, TOTAL, "in all"),
        ):
            axes.barh([y + offset], [dot.value], height=0.3, color=tint)
            axes.plot([dot.low, dot.high], [y + offset] * 2, color=made.palette.ink, linewidth=1.4)
            axes.annotate(
                f"{said} {words(dot)}", (1.0, y + offset), xycoords=("axes fraction", "data"),
                xytext=(10, 0), textcoords="offset points", va="center", color=made.palette.ink,
                fontproperties=made.font(9), annotation_clip=False,
            )  # fmt: skip
    axes.axvline(0.0, color=made.palette.quiet, linewidth=1.0)
    axes.set_xlim(min(axes.get_xlim()[0], 0.0), max(axes.get_xlim()[1], 1.0))
    axes.set_ylim(-0.6, len(shares) - 0.4)
    axes.set_yticks(range(len(shares)))
    axes.set_yticklabels([share.name for share in reversed(shares)])
    canvas.counted(axes.xaxis)
    canvas.relabel(axes, made)
