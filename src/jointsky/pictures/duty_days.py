"""The picture of a long watch, day by day: who came and was noticed or missed, what else was told.

A row for each day, midnight to midnight UTC: a mark for each that came where it came, by how far
it was noticed; small marks where an incident was opened for others; bars where something failed.
"""

from __future__ import annotations

import datetime
import math
import pathlib
from collections.abc import Sequence
from typing import Any

from jointsky.pictures import canvas, colours

DAY_S = 86_400.0
WIDTH_PX, ROW_PX, ABOVE_PX, BELOW_PX = 1800, 52, 150, 70
CAME = {
    "incident": ("o", "#009E73", "came, an incident was opened"),
    "alerted": ("o", "#0072B2", "came, an alert only"),
    "tracked": ("o", "#E69F00", "came, a track only"),
    "missed": ("X", "#D55E00", "came, missed"),
}
OTHERS = {
    "nature": ("^", "incident of birds"),
    "civil": ("s", "of a civil flight"),
    "friend": ("D", "of a friend"),
    "neutral": ("p", "of a neutral"),
    "a report": ("P", "of a report alone"),
    "nothing": ("v", "of nothing"),
}
FAILED, OUTSIDE = "#f0e0c8", "#f2f4f5"

Came = tuple[str, float, str]
"""Name, seconds from the begin, how far it was noticed: a key of ``CAME``."""


def draw_days(
    came: Sequence[Came],
    opened: Sequence[tuple[float, str]],
    failed: Sequence[tuple[float, float, str]],
    span_s: tuple[float, float],
    path_png: str | pathlib.Path,
    title: str,
    summary: str,
) -> None:
    """Write the picture as PNG.

    ``opened``: incidents, seconds from the begin and of whom, those of who came too; ``failed``:
    from when to when what was out of order.  ``span_s``: POSIX seconds of begin and end.
    """
    first = math.floor(span_s[0] / DAY_S)
    days = math.ceil(span_s[1] / DAY_S) - first
    height_px = ABOVE_PX + BELOW_PX + ROW_PX * days
    made = canvas.sheet(colours.LIGHT, WIDTH_PX, height_px)
    made.unit = 1.0
    made.write(0.03, 1.0 - 28 / height_px, title, 17, bold=True, va="top")
    made.write(0.03, 1.0 - 68 / height_px, summary, 10.5, color=made.palette.quiet, va="top")
    axes = made.axes(0.085, BELOW_PX / height_px, 0.895, ROW_PX * days / height_px)
    canvas.plain(axes, made, "")
    axes.set_xlim(0.0, 24.0)
    axes.set_ylim(days - 0.5, -0.5)
    axes.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    axes.set_yticks(range(days), [_day(first + k) for k in range(days)])
    axes.grid(axis="x", color=made.palette.grid, linewidth=0.8)

    def at(since_s: float) -> tuple[float, int]:
        day = (span_s[0] + since_s) / DAY_S
        return (day - math.floor(day)) * 24.0, math.floor(day) - first

    for outside_s in ((first * DAY_S, span_s[0]), (span_s[1], (first + days) * DAY_S)):
        _bar(axes, (outside_s[0] - span_s[0], outside_s[1] - span_s[0]), at, OUTSIDE)
    for begin_s, end_s, name in failed:
        _bar(axes, (begin_s, end_s), at, FAILED)
        hour, row = at(begin_s)
        words = f"{name} out"
        axes.text(hour + 0.05, row + 0.38, words, fontproperties=made.font(8), va="center",
                  color=made.palette.quiet)  # fmt: skip
    for since_s, of in opened:
        if of in OTHERS:
            hour, row = at(since_s)
            axes.plot([hour], [row + 0.12], OTHERS[of][0], color="none", markersize=7,
                      markeredgecolor=made.palette.quiet, markeredgewidth=1.3)  # fmt: skip
    taken: list[tuple[int, float, float]] = []  # row, and hours from and to: of names that stand
    places = [at(since_s) for _, since_s, _ in came]
    hours_px, font = 24.0 / (0.895 * WIDTH_PX), made.font(8.5)
    for name, since_s, how in sorted(came, key=lambda one: one[1]):
        (hour, row), (marker, colour, _) = at(since_s), CAME[how]
        axes.plot([hour], [row - 0.08], marker, color=colour, markersize=10, markeredgewidth=0,
                  clip_on=False, zorder=3)  # fmt: skip
        wide = hours_px * (made.text_size_px(name, font)[0] + 14)
        left = hour + wide > 24.0
        begin, end = (hour - wide, hour) if left else (hour, hour + wide)
        below = any(r == row and begin < b and a < end for r, a, b in taken)
        above = any(r == row and h != hour and begin < h < end for h, r in places)
        taken.append((row, begin, end))
        axes.annotate(
            name,
            (hour, row - 0.08),
            xytext=(-9 if left else 9, -9 if below else 10 if above else 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            color=colour,
            fontproperties=font,
        )
    axes.set_xlabel("UTC", color=made.palette.quiet, fontproperties=made.font(9))
    canvas.relabel(axes, made)
    _legend(made, {how for _, _, how in came}, {of for _, of in opened}, 1.0 - 112 / height_px)
    canvas.save(made, path_png)


def _bar(axes: Any, span_s: tuple[float, float], at: Any, colour: str) -> None:
    """Draw a span of time as a bar on each of its days."""
    begin_s, end_s = span_s
    while begin_s < end_s:
        hour, row = at(begin_s)
        hours = min((end_s - begin_s) / 3600.0, 24.0 - hour)
        axes.barh([row], [hours], left=[hour], height=1.0, color=colour, linewidth=0, zorder=0)
        begin_s += max(hours * 3600.0, 1.0)


def _day(number: int) -> str:
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=number)
    return f"{date:%a} {date.day} {date:%b}"


def _legend(made: canvas.Sheet, how: set[str], others: set[str], y: float) -> None:
    axes, font = made.axes(0.0, 0.0, 1.0, 1.0), made.font(10)
    axes.set_axis_off()
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    axes.patch.set_alpha(0.0)
    quiet, x = made.palette.quiet, 0.035
    shown = [(marker, colour, colour, words) for key, (marker, colour, words) in CAME.items()
             if key in how]  # fmt: skip
    shown += [(marker, "none", quiet, words) for key, (marker, words) in OTHERS.items()
              if key in others]  # fmt: skip
    for marker, colour, edge, words in shown:
        axes.plot([x], [y], marker, color=colour, markeredgecolor=edge, markersize=9)
        axes.text(x + 0.008, y, words, va="center", fontproperties=font, color=made.palette.ink)
        x += 0.03 + made.text_size_px(words, font)[0] / WIDTH_PX
