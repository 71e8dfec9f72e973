"""The picture of leakers: where and when what came through came in, beside what the radars see.

It shows the defended side's gaps: places are those at which protected zones were entered.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import Normalize
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from jointsky.pictures import basemap_draw, canvas, colours, projection, scene, sky
from jointsky.pictures.basemap_draw import View
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.curves import LINES
from jointsky.pictures.projection import Projection

Floats = npt.NDArray[np.float64]
WIDTH_PX, MAP_PX, TIME_PX, HEAD_PX, SIDE_PX = 1800, 800, 430, 90, 36
SEEN = "#009E73"
MAP = "viridis"
ROOM_M = 4000.0
BINS = 24
MOST = 5000  # leakers drawn of one point


@dataclasses.dataclass(frozen=True)
class Came:
    """The leakers of one point in ``runs`` runs: seconds from the begin, and places in radians."""

    name: str
    runs: int
    time_s: Floats
    longitude_rad: Floats
    latitude_rad: Floats


@dataclasses.dataclass(frozen=True)
class Ground:
    """What lies there: zones (name, rim of latitude and longitude), sites, what is seen.

    ``seen`` are polygons, each of rings (n, 2) of longitude and latitude in degrees: rim, holes.
    """

    zones: Sequence[tuple[str, Floats]]
    sites: Sequence[tuple[str, float, float]]  # name, latitude, longitude, radians
    seen: Sequence[Sequence[Floats]]
    seen_words: str
    end_s: float


def draw_leakers(
    ground: Ground,
    mapped: Sequence[Came],
    timed: Sequence[Came],
    path: str | pathlib.Path,
    title: str,
) -> None:
    """Write maps of one or two points, and below how many of each point come in over time."""
    height_px = HEAD_PX + MAP_PX + TIME_PX
    made = canvas.sheet(colours.LIGHT, WIDTH_PX, height_px)
    made.unit = 1.0
    made.write(0.02, 1.0 - 18 / height_px, title, 17, bold=True, va="top")
    beneath = (
        "Each dot: one that came through, where it came into a protected zone, by its time. "
        f"Green: {ground.seen_words}."
    )
    made.write(0.02, 1.0 - 54 / height_px, beneath, 10.5, color=made.palette.quiet, va="top")
    scale = Normalize(0.0, ground.end_s / 60.0)
    wide = (WIDTH_PX - SIDE_PX * (len(mapped) + 1) - 90) / len(mapped)
    plane, extent = _frame(ground, mapped, wide / (MAP_PX - 60))
    for k, came in enumerate(mapped):
        left = SIDE_PX + k * (wide + SIDE_PX)
        bottom = 1.0 - (HEAD_PX + MAP_PX - 20) / height_px
        axes = made.axes(left / WIDTH_PX, bottom, wide / WIDTH_PX, (MAP_PX - 60) / height_px)
        _map(axes, made, (plane, extent), ground, came, scale)
    bar = made.axes(
        (WIDTH_PX - 96) / WIDTH_PX, 1.0 - (HEAD_PX + MAP_PX - 20) / height_px, 18 / WIDTH_PX,
        (MAP_PX - 60) / height_px,
    )  # fmt: skip
    _bar(bar, made, scale)
    low = made.axes(90 / WIDTH_PX, 75 / height_px, (WIDTH_PX - 420) / WIDTH_PX,
                    (TIME_PX - 140) / height_px)  # fmt: skip
    _times(low, made, timed, ground.end_s)
    canvas.save(made, path)


def _frame(ground: Ground, mapped: Sequence[Came], aspect: float) -> tuple[Projection, View]:
    points = [rim[:, ::-1] for _, rim in ground.zones]
    points += [np.array([[lon, lat]]) for _, lat, lon in ground.sites]
    points += [np.column_stack([one.longitude_rad, one.latitude_rad]) for one in mapped]
    whole = np.concatenate(points)
    plane = projection.about(whole)
    flat = plane.forward(whole)
    low, high = flat.min(axis=0), flat.max(axis=0)
    room_m = max(ROOM_M, 0.5 * float((high - low).max()))
    return plane, scene.fit(low - room_m, high + room_m, aspect, margin=0.03)


def _map(
    axes: Any,
    made: Sheet,
    frame: tuple[Projection, View],
    ground: Ground,
    came: Came,
    scale: Normalize,
) -> None:
    plane, extent = frame
    sky.ground(axes, made, plane, extent)
    for polygon in ground.seen:
        shape = Path.make_compound_path(
            *(Path(plane.forward(np.radians(ring)), closed=True) for ring in polygon)
        )
        axes.add_patch(
            PathPatch(shape, facecolor=SEEN, edgecolor=SEEN, alpha=0.14, linewidth=2.0, zorder=0.7)
        )
    for name, rim in ground.zones:
        line = plane.forward(np.vstack([rim, rim[:1]])[:, ::-1])
        axes.fill(*line.T, facecolor=made.palette.accent, alpha=0.08, zorder=0.8)
        axes.plot(*line.T, color=made.palette.accent, linewidth=1.4, linestyle="--", zorder=0.95)
        x, y = line[np.argmax(line[:, 1])]
        axes.annotate(
            name, (x, y), xytext=(0, 4), textcoords="offset points", ha="center",
            color=made.palette.accent, fontproperties=made.font(9.5), clip_on=True,
        )  # fmt: skip
    for name, latitude, longitude in ground.sites:
        (at,) = plane.forward([[longitude, latitude]])
        axes.plot(*at, "s", color=made.palette.ink, markersize=6, zorder=2)
        axes.annotate(
            name, tuple(at), xytext=(0, -13), textcoords="offset points", ha="center",
            color=made.palette.ink, fontproperties=made.font(8.5), clip_on=True,
        )  # fmt: skip
    flat = plane.forward(np.column_stack([came.longitude_rad, came.latitude_rad])[:MOST])
    if len(flat):
        axes.scatter(
            *flat.T, c=came.time_s[:MOST] / 60.0, cmap=MAP, norm=scale, s=22, alpha=0.75,
            linewidths=0, zorder=3,
        )  # fmt: skip
    basemap_draw.draw_scale(axes, made, extent)
    said = f"{came.name}: {len(came.time_s) / max(came.runs, 1):.2f} a run"
    axes.set_title(
        said, loc="left", color=made.palette.ink, fontproperties=made.font(11, bold=True)
    )


def _bar(axes: Any, made: Sheet, scale: Normalize) -> None:
    steps = np.linspace(scale.vmin or 0.0, scale.vmax or 1.0, 128)
    axes.imshow(
        steps[:, None], cmap=MAP, norm=scale, aspect="auto", origin="lower",
        extent=(0.0, 1.0, steps[0], steps[-1]),
    )  # fmt: skip
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.tick_params(length=0, pad=4)
    axes.set_title("min", color=made.palette.quiet, fontproperties=made.font(9))
    canvas.relabel(axes, made)


def _times(axes: Any, made: Sheet, timed: Sequence[Came], end_s: float) -> None:
    canvas.plain(axes, made, "Came through in a minute of one run")
    edges = np.linspace(0.0, end_s, BINS + 1)
    step_min = (edges[1] - edges[0]) / 60.0
    ends = []
    for k, came in enumerate(timed):
        tint = colours.SENSORS[k % len(colours.SENSORS)]
        counts = np.histogram(came.time_s, edges)[0] / max(came.runs, 1) / step_min
        axes.plot(
            (edges[:-1] + edges[1:]) / 120.0, counts, LINES[k // len(colours.SENSORS) % len(LINES)],
            color=tint, linewidth=2.0,
        )  # fmt: skip
        ends.append((len(came.time_s) / max(came.runs, 1), came.name, tint))
    axes.set_xlabel("minutes from the begin", color=made.palette.quiet,
                    fontproperties=made.font(9.5))  # fmt: skip
    axes.set_xlim(0.0, end_s / 60.0)
    axes.set_ylim(bottom=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(12))
    canvas.relabel(axes, made)
    for k, (mean, name, tint) in enumerate(sorted(ends, key=lambda one: -one[0])):
        axes.annotate(
            f"{name}: {mean:.2f} a run", (1.0, 0.97 - k * 0.075), xycoords="axes fraction",
            xytext=(12, 0), textcoords="offset points", va="top", color=tint,
            fontproperties=made.font(9.5, bold=True), annotation_clip=False,
        )  # fmt: skip
