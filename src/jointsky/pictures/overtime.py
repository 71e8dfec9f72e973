"""Pictures of something over time: plots a second, tracks at once, heights."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from jointsky.pictures import canvas, scene
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.colours import SENSORS
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor, names_told_apart

Floats = npt.NDArray[np.float64]

BINS = 120
NAMED_SENSORS = 7
TIME_STEPS_S = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
    86400,
)


def bin_edges_s(begin_s: float, end_s: float, step_s: float = 1.0) -> Floats:
    """Return edges of at most ``BINS`` equal bins, each a whole multiple of ``step_s``.

    A last bin that would hold less than half of its width is left out: its rate would mislead.
    """
    span_s = max(end_s - begin_s, 1.0)
    width_s = step_s * np.ceil(max(span_s / BINS / step_s, 1.0))
    count = max(int(np.floor(span_s / width_s + 0.5)), 1)
    return np.asarray(begin_s + width_s * np.arange(count + 1))


def usual_step_s(plots: Plots, span_s: float) -> float:
    """Return a time in which every sensor reports at least once, as a rule.

    Bins shorter than a turn of an antenna would show the turns and hide the rate.
    """
    longest = 1.0
    for s in np.unique(plots.sensor):
        times = np.unique(plots.time_s[(plots.sensor == s) & np.isfinite(plots.time_s)])
        if len(times) > 20:
            longest = max(longest, float(np.percentile(np.diff(times), 90)))
    return min(longest, max(span_s / 10.0, 1.0))


def time_axis(axes: Any, made: Sheet, begin_s: float, end_s: float) -> None:
    """Label a time axis with hours and minutes, seconds where the span is short."""
    span_s = max(end_s - begin_s, 1.0)
    step = next((s for s in TIME_STEPS_S if span_s / s <= 8), TIME_STEPS_S[-1])
    if span_s / step > 12:
        axes.xaxis.set_major_locator(MaxNLocator(6))
    else:
        axes.xaxis.set_major_locator(MultipleLocator(step))
    form = "%H:%M:%S" if step < 60 else "%H:%M" if span_s < 3 * 86400 else "%m-%d"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda t, _: scene.when(t).strftime(form)))
    axes.set_xlim(begin_s, begin_s + span_s)
    canvas.relabel(axes, made)


def rates(
    axes: Any,
    made: Sheet,
    plots: Plots,
    sensors: list[Sensor],
    begin_s: float,
    end_s: float,
    title: str = "Plots a second, by sensor",
) -> None:
    """Draw plots a second of each sensor; beyond seven sensors the smallest are added up."""
    canvas.plain(axes, made, title)
    edges = bin_edges_s(begin_s, end_s, usual_step_s(plots, end_s - begin_s))
    width_s, middle = edges[1] - edges[0], 0.5 * (edges[1:] + edges[:-1])
    finite = np.isfinite(plots.time_s)
    counts = np.bincount(np.maximum(plots.sensor[finite], 0), minlength=max(len(sensors), 1))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    names = names_told_apart(sensors)
    groups = [([int(s)], names[s] if s < len(names) else "?") for s in order[:NAMED_SENSORS]]
    if len(order) > NAMED_SENSORS:
        rest = [int(s) for s in order[NAMED_SENSORS:]]
        groups.append((rest, f"{len(rest)} others"))
    for k, (members, name) in enumerate(groups):
        mine = plots.time_s[finite & np.isin(plots.sensor, members)]
        rate = np.histogram(mine, edges)[0] / width_s
        axes.plot(
            middle,
            rate,
            color=SENSORS[k],
            linewidth=1.5 * made.unit,
            label=name,
            drawstyle="steps-mid",
        )
    axes.set_ylim(bottom=0)
    time_axis(axes, made, begin_s, end_s)
    if groups:
        legend = axes.legend(
            loc="lower left",
            bbox_to_anchor=(0.0, -0.34),
            prop=made.font(8.5),
            frameon=False,
            ncols=4,
            borderpad=0.1,
            handlelength=1.2,
            columnspacing=1.2,
            labelcolor=made.palette.ink,
        )
        legend.set_zorder(5)
    else:
        nothing(axes, made, "no plots")


def alive(axes: Any, made: Sheet, seen: scene.Scene) -> None:
    """Draw how many tracks are alive at once, the most of each bin."""
    canvas.plain(axes, made, "Tracks at once")
    if len(seen.tracks) == 0:
        nothing(axes, made, "no tracks")
        return
    first, last = seen.pieces()
    begin, end = seen.tracks.time_s[first], seen.tracks.time_s[last]
    edges = bin_edges_s(seen.begin_s, seen.end_s)
    middle = 0.5 * (edges[1:] + edges[:-1])
    count = most_at_once(begin, end, edges)
    axes.fill_between(middle, count, step="mid", color=made.palette.accent, alpha=0.25, linewidth=0)
    axes.plot(
        middle, count, color=made.palette.accent, linewidth=1.5 * made.unit, drawstyle="steps-mid"
    )
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    time_axis(axes, made, seen.begin_s, seen.end_s)


def most_at_once(begin_s: Floats, end_s: Floats, edges_s: Floats) -> npt.NDArray[np.int64]:
    """Return the most spans that hold at one moment of each bin, (bins,).

    Spans include their beginnings and ends; so a span that ends when another begins is there
    together with it.  The number grows at beginnings only: it is counted there and at each
    bin's first edge.
    """
    starts, stops = np.sort(begin_s), np.sort(end_s)
    moments = np.sort(np.concatenate([edges_s[:-1], starts]))
    begun = np.searchsorted(starts, moments, side="right")
    ended = np.searchsorted(stops, moments, side="left")
    most = np.zeros(len(edges_s) - 1, np.int64)
    place = np.searchsorted(edges_s, moments, side="right") - 1
    inside = (place >= 0) & (place < len(most))
    np.maximum.at(most, place[inside], (begun - ended)[inside])
    return most


def nothing(axes: Any, made: Sheet, text: str) -> None:
    """Say that there is nothing to draw."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(
        0.5,
        0.5,
        text,
        transform=axes.transAxes,
        ha="center",
        va="center",
        color=made.palette.quiet,
        fontproperties=made.font(10),
    )
