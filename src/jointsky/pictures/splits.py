"""The picture of effects taken apart: from one value to another, part by part."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

from jointsky.pictures import canvas
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import Dot, words
from jointsky.pictures.effects import BETTER, LIKE, WORSE

ROW_PX, PANEL_PX, HEAD_PX, WIDTH_PX = 38, 100, 84, 1500
NAMES_PX, VALUE_PX = 330, 330


@dataclasses.dataclass(frozen=True)
class Bars:
    """One response: its value at both ends, and what each part adds."""

    title: str
    first: tuple[str, Dot]
    parts: Sequence[tuple[str, Dot]]
    last: tuple[str, Dot]


def draw_splits(bars: Sequence[Bars], path: str | pathlib.Path, title: str, beneath: str) -> None:
    """Write one panel for each response as PNG, or as SVG by the name of the file."""
    panels_px = [PANEL_PX + ROW_PX * (len(one.parts) + 2) for one in bars]
    height_px = HEAD_PX + sum(panels_px)
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    top_px = HEAD_PX
    for one, panel_px in zip(bars, panels_px, strict=True):
        high = ROW_PX * (len(one.parts) + 2)
        bottom = 1.0 - (top_px + panel_px - 50) / height_px
        wide = (WIDTH_PX - NAMES_PX - VALUE_PX) / WIDTH_PX
        axes = made.axes(NAMES_PX / WIDTH_PX, bottom, wide, high / height_px)
        _panel(axes, made, one)
        top_px += panel_px
    canvas.save(made, path)


def _panel(axes: Any, made: Sheet, bars: Bars) -> None:
    canvas.plain(axes, made, bars.title)
    axes.grid(False, axis="y")
    rows = len(bars.parts) + 2
    names, y = [bars.first[0]], rows - 1
    _bar(axes, y, 0.0, bars.first[1].value, made.palette.quiet)
    _beside(axes, made, y, words(bars.first[1]))
    at = bars.first[1].value
    for name, part in bars.parts:
        y -= 1
        is_sure = not part.low <= 0.0 <= part.high
        tint = LIKE if not is_sure else BETTER if part.value < 0.0 else WORSE
        axes.plot([at, at], [y + 1 - 0.3, y + 0.3], color=made.palette.quiet, linewidth=0.8)
        _bar(axes, y, at, part.value, tint)
        ends = at + part.low, at + part.high
        axes.plot(ends, [y, y], color=made.palette.ink, linewidth=1.6)
        said = f"{words(part)} {'less' if part.value < 0.0 else 'more'}".replace("-", "", 1)
        if not is_sure:
            is_none = part.low == part.high == 0.0
            said = "nothing, in any run" if is_none else f"{words(part)}: may be nothing"
        _beside(axes, made, y, said)
        names.append(name)
        at += part.value
    names.append(bars.last[0])
    axes.plot([at, at], [1 - 0.3, 0.3], color=made.palette.quiet, linewidth=0.8)
    _bar(axes, 0, 0.0, bars.last[1].value, made.palette.quiet)
    _beside(axes, made, 0, words(bars.last[1]))
    axes.set_ylim(-0.6, rows - 0.4)
    axes.set_xlim(left=min(axes.get_xlim()[0], 0.0))
    canvas.counted(axes.xaxis, 7)
    axes.set_yticks(range(rows))
    axes.set_yticklabels(list(reversed(names)))
    canvas.relabel(axes, made)


def _bar(axes: Any, y: float, left: float, width: float, tint: str) -> None:
    axes.barh([y], [width], left=left, height=0.6, color=tint)


def _beside(axes: Any, made: Sheet, y: float, text: str) -> None:
    axes.annotate(
        text, (1.0, y), xycoords=("axes fraction", "data"), xytext=(10, 0),
        textcoords="offset points", va="center", color=made.palette.ink,
        fontproperties=made.font(9.5), annotation_clip=False,
    )  # fmt: skip
