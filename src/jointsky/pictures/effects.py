"""The picture of effects: responses at each point with intervals, and how far from the first.

One row of panels a response; left its values, right the differences from the first point, run by
run under the same skies.  Every value is written beside its dot.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import Any

from jointsky.pictures import canvas
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import Dot, words

ROW_PX, PANEL_PX, HEAD_PX, WIDTH_PX = 34, 92, 84, 1800
NAMES_PX, VALUE_PX = 330, 150
BETTER, WORSE, LIKE = "#0072B2", "#D55E00", "#56626d"


@dataclasses.dataclass(frozen=True)
class Effect:
    """One response: its values by point, and the differences from the first of them."""

    title: str
    values: Sequence[Dot]
    differences: Sequence[Dot]  # the first of them is NOTHING


def draw_effects(
    names: Sequence[str],
    effects: Sequence[Effect],
    path: str | pathlib.Path,
    title: str,
    beneath: str,
) -> None:
    """Write values and differences of points as PNG, or as SVG by the name of the file."""
    panel_px = PANEL_PX + ROW_PX * len(names)
    height_px = HEAD_PX + panel_px * len(effects)
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    half = (WIDTH_PX - NAMES_PX - 2 * VALUE_PX) / 2
    for k, effect in enumerate(effects):
        bottom = 1.0 - (HEAD_PX + (k + 1) * panel_px - 50) / height_px
        high = ROW_PX * len(names) / height_px
        left = made.axes(NAMES_PX / WIDTH_PX, bottom, half / WIDTH_PX, high)
        _panel(left, made, effect.title, effect.values, names)
        right = made.axes((NAMES_PX + half + VALUE_PX) / WIDTH_PX, bottom, half / WIDTH_PX, high)
        _panel(right, made, f"difference from: {names[0]}", effect.differences, None)
    canvas.save(made, path)


def _panel(
    axes: Any, made: Sheet, title: str, dots: Sequence[Dot], names: Sequence[str] | None
) -> None:
    canvas.plain(axes, made, title)
    axes.grid(False, axis="y")
    is_difference = names is None
    if is_difference:
        axes.axvline(0.0, color=made.palette.quiet, linewidth=1.2)
    ends = [one for dot in dots if dot.is_known for one in (dot.low, dot.high, dot.value)]
    ends = [one for one in ends if math.isfinite(one)]
    for k, dot in enumerate(dots):
        y = len(dots) - 1 - k
        if not dot.is_known:
            continue
        is_sure = not dot.low <= 0.0 <= dot.high
        tint = (BETTER if is_sure else LIKE) if is_difference else made.palette.accent
        low, high = (one if math.isfinite(one) else dot.value for one in (dot.low, dot.high))
        axes.plot([low, high], [y, y], color=tint, linewidth=3.0, solid_capstyle="butt")
        axes.plot([dot.value], [y], "o", color=tint, markersize=7.5)
        axes.annotate(
            words(dot), (1.0, y), xycoords=("axes fraction", "data"), xytext=(8, 0),
            textcoords="offset points", va="center", color=made.palette.ink,
            fontproperties=made.font(9.5), annotation_clip=False,
        )  # fmt: skip
    axes.set_ylim(-0.6, len(dots) - 0.4)
    if ends:
        low, high = min([*ends, 0.0]), max([*ends, 0.0])
        room = 0.04 * (high - low) or 1.0
        axes.set_xlim(low - (room if low < 0.0 else 0.0), high + room)
    canvas.counted(axes.xaxis)
    axes.set_yticks(range(len(dots)))
    axes.set_yticklabels(list(reversed(names)) if names is not None else [])
    canvas.relabel(axes, made)
