"""The picture of a duty: a line for each one that came, from its coming to its end, stage by stage.

Reads from left to right: when it came, when sensors saw it, when a command post had a track, when
people were sure, when it was proposed and agreed, fired at, stopped, or came through.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.ticker import MaxNLocator

from jointsky.pictures import canvas, colours
from jointsky.pictures.canvas import Sheet

ROW_PX, HEAD_PX, FOOT_PX, WIDTH_PX = 26, 118, 62, 1800
STAGES = (  # from a stage to the next, what is waited for, its colour (Okabe and Ito 2008)
    ("came", "seen by nobody", "#c9ced3"),
    ("plotted", "seen, no track", "#E69F00"),
    ("tracked", "tracked, not sure", "#56B4E9"),
    ("confirmed", "hostile, not proposed", "#0072B2"),
    ("proposed", "waits for agreement", "#CC79A7"),
    ("ordered", "ordered, in flight", "#009E73"),
)
STOPPED, LEAKED, FLYING, SILENT = "#009E73", "#D55E00", "#7F7F7F", "#f0e0c8"


@dataclasses.dataclass(frozen=True)
class Story:
    """One that came: its stages in seconds from the begin of the run, None where never, its end."""

    name: str
    times_s: Mapping[str, float | None]
    end: str  # words: stopped by X, came into Y, still flying
    end_s: float
    outcome: str  # stopped, leaked or flying


def draw_duty(
    stories: Sequence[Story],
    silent: Sequence[tuple[float, float]],
    until_s: float,
    path_png: str | pathlib.Path,
    title: str,
    summary: str,
) -> None:
    """Write the picture as PNG; ``silent`` are spans in which the nations did not hear each other.

    All times are seconds from the begin of the run.
    """
    rows = max(len(stories), 1)
    height_px = HEAD_PX + rows * ROW_PX + FOOT_PX
    made = canvas.sheet(colours.LIGHT, WIDTH_PX, height_px)
    made.unit = 1.0
    made.write(0.02, 1.0 - 18 / height_px, title, 17, bold=True, va="top")
    made.write(0.02, 1.0 - 54 / height_px, summary, 10.5, color=made.palette.quiet, va="top")
    _legend(made, height_px)
    axes = made.axes(0.13, FOOT_PX / height_px, 0.68, rows * ROW_PX / height_px)
    canvas.plain(axes, made, "")
    axes.grid(False, axis="y")
    for begin_s, end_s in silent:
        axes.axvspan(begin_s / 60.0, end_s / 60.0, color=SILENT, zorder=0)
    for k, story in enumerate(stories):
        _line(axes, made, story, len(stories) - 1 - k)
    axes.set_xlim(0.0, max(until_s / 60.0, 0.1))
    axes.set_ylim(-0.6, rows - 0.4)
    axes.set_yticks([len(stories) - 1 - k for k in range(len(stories))], [s.name for s in stories])
    axes.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 5, 10]))
    axes.set_xlabel("minutes", color=made.palette.quiet, fontproperties=made.font(8.5))
    canvas.relabel(axes, made)
    for label in axes.get_yticklabels():
        label.set_color(made.palette.ink)
    canvas.save(made, path_png)


def _line(axes: Any, made: Sheet, story: Story, y: float) -> None:
    """Draw the stages of one story, and its end in words."""
    known = [
        (float(time_s), colour)
        for name, _, colour in STAGES
        if (time_s := story.times_s.get(name)) is not None and time_s <= story.end_s
    ]
    ends = [time_s for time_s, _ in known[1:]] + [story.end_s]
    for (begin_s, colour), end_s in zip(known, ends, strict=True):
        width = max(end_s - begin_s, 0.0) / 60.0
        axes.barh(y, width, 0.56, left=begin_s / 60.0, color=colour, linewidth=0)
    tint = {"stopped": STOPPED, "leaked": LEAKED}.get(story.outcome, FLYING)
    shape = {"stopped": "o", "leaked": "X"}.get(story.outcome, ">")
    axes.plot(
        [story.end_s / 60.0],
        [y],
        shape,
        color=tint,
        markersize=9,
        zorder=4,
        clip_on=False,
        markeredgecolor="#ffffff",
    )
    axes.annotate(
        story.end,
        (1.0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(12, 0),
        textcoords="offset points",
        va="center",
        color=tint if story.outcome != "flying" else made.palette.quiet,
        fontproperties=made.font(8.5),
        annotation_clip=False,
    )


def _legend(made: Sheet, height_px: int) -> None:
    """Write what the colours mean, on one line."""
    x, y = 0.02, 1.0 - 88 / height_px
    font = made.font(9)
    marks = [(colour, "s", words) for _, words, colour in STAGES]
    marks.append((SILENT, "s", "no link"))
    marks += [(STOPPED, "o", "stopped"), (LEAKED, "X", "came through"), (FLYING, ">", "flies on")]
    axes = made.axes(0.0, 0.0, 1.0, 1.0)
    axes.set_axis_off()
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    for colour, shape, words in marks:
        axes.plot([x], [y], shape, color=colour, markersize=8)
        axes.text(x + 0.007, y, words, va="center", fontproperties=font, color=made.palette.ink)
        x += 0.026 + made.text_size_px(words, font)[0] / WIDTH_PX
