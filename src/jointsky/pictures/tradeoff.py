"""The picture of trade-offs: one response against another, each point a cross of its intervals."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import patheffects
from matplotlib.transforms import IdentityTransform

from jointsky.pictures import canvas, colours
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import Dot
from jointsky.pictures.labels import Page

WIDTH_PX, PANEL_PX, HEAD_PX, COLUMNS = 1800, 560, 84, 2
RIGHT_PX = 230  # beside a panel, for names
GAPS_PX = (6.0, 14.0, 26.0, 44.0, 66.0, 92.0, 124.0, 160.0)
NEAR_PX = 12.0
STEPS = 120  # along an arm of a cross
Floats = npt.NDArray[np.float64]
Response = tuple[str, Sequence[Dot]]
"""Its name, and what is known of it at each point."""


def draw_tradeoffs(
    names: Sequence[str],
    pairs: Sequence[tuple[Response, Response]],
    path: str | pathlib.Path,
    title: str,
    beneath: str,
) -> None:
    """Write pairs of responses, across and up, as PNG or SVG by the name of the file."""
    rows = math.ceil(len(pairs) / COLUMNS)
    height_px = HEAD_PX + PANEL_PX * rows
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    for k, (across, up) in enumerate(pairs):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_PX + (row + 1) * PANEL_PX - 80) / height_px
        left = (column * WIDTH_PX / COLUMNS + 80) / WIDTH_PX
        wide = (WIDTH_PX / COLUMNS - 340) / WIDTH_PX
        axes = made.axes(left, bottom, wide, (PANEL_PX - 140) / height_px)
        _panel(axes, made, names, across, up)
    canvas.save(made, path)


def _panel(
    axes: Any,
    made: Sheet,
    names: Sequence[str],
    across: Response,
    up: Response,
) -> None:
    canvas.plain(axes, made, up[0])
    places, arms = [], [np.empty((0, 2))]
    for k, (x, y) in enumerate(zip(across[1], up[1], strict=True)):
        if not (x.is_known and y.is_known):
            continue
        tint = colours.SENSORS[k % len(colours.SENSORS)]
        low, high = (v if math.isfinite(v) else x.value for v in (x.low, x.high))
        axes.plot([low, high], [y.value, y.value], color=tint, linewidth=1.6)
        arms.append(np.column_stack([np.linspace(low, high, STEPS), np.full(STEPS, y.value)]))
        low, high = (v if math.isfinite(v) else y.value for v in (y.low, y.high))
        axes.plot([x.value, x.value], [low, high], color=tint, linewidth=1.6)
        arms.append(np.column_stack([np.full(STEPS, x.value), np.linspace(low, high, STEPS)]))
        axes.plot([x.value], [y.value], "o", color=tint, markersize=6)
        places.append((x.value, y.value, names[k], tint))
    axes.set_xlabel(across[0], color=made.palette.quiet, fontproperties=made.font(9.5))
    canvas.counted(axes.xaxis)
    canvas.counted(axes.yaxis)
    canvas.relabel(axes, made)
    _name(axes, made, places, np.concatenate(arms))


def _name(
    axes: Any, made: Sheet, places: list[tuple[float, float, str, str]], arms: Floats
) -> None:
    """Write the points' names near their crosses, where there is room: the most crowded last.

    A thin line leads to a name that is not right beside its cross.
    """
    page = Page(int(axes.bbox.width) + RIGHT_PX, int(axes.bbox.height))
    if not places:
        return
    pixels = axes.transData.transform([place[:2] for place in places]) - axes.bbox.p0
    page.set_ink(axes.transData.transform(arms) - axes.bbox.p0)
    for x, y in pixels:
        page.take((x - 5, y - 5, x + 5, y + 5))
    font, paper = made.font(9), made.palette.paper
    halo = [patheffects.withStroke(linewidth=2.4, foreground=paper, alpha=0.85)]
    apart = np.hypot(*(pixels[:, None] - pixels[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    for row in np.argsort(-apart.min(axis=1, initial=np.inf), kind="stable").tolist():
        _, _, name, tint = places[row]
        size = made.text_size_px(name, font)
        corner = page.place(tuple(pixels[row]), size, GAPS_PX)
        corner = corner or _aside(page, float(pixels[row, 1]), float(axes.bbox.width), size)
        if corner is None:
            continue
        middle = np.clip(pixels[row], corner, np.add(corner, size))
        line = np.array([pixels[row], middle]) + axes.bbox.p0
        if np.hypot(*(middle - pixels[row])) > NEAR_PX:
            axes.plot(
                *line.T, ":", transform=IdentityTransform(), color=made.palette.quiet,
                linewidth=1.0, zorder=1.5, clip_on=False,
            )  # fmt: skip
        at = np.array(corner) + axes.bbox.p0
        axes.text(
            at[0], at[1] + 0.25 * size[1], name, transform=IdentityTransform(),
            color=colours.for_words(tint), fontproperties=font, path_effects=halo, zorder=5,
        )  # fmt: skip


def _aside(
    page: Page, level_px: float, right_px: float, size_px: tuple[float, float]
) -> tuple[float, float] | None:
    """Return the south-west corner of a free box beside the panel, as level as can be."""
    rows = np.arange(4.0, page.height_px - size_px[1] - 4.0, size_px[1])
    for south in rows[np.argsort(np.abs(rows - level_px), kind="stable")].tolist():
        box = (right_px + 14.0, south, right_px + 14.0 + size_px[0], south + size_px[1])
        if page.is_free(box):
            page.take(box)
            return box[0], box[1]
    return None
