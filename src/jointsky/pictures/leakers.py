"""The picture of leakers: where and when what came through came in, beside what the radars see.

It shows the defended side's gaps: places are those at which protected zones were entered.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import Normalize
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from jointsky.pictures import basemap_draw, canvas, projection, scene, sky
from jointsky.pictures.basemap_draw import View
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.dots import short
from jointsky.pictures.hills import draw_hill
from jointsky.pictures.projection import Projection

Floats = npt.NDArray[np.float64]
WIDTH_PX, MAP_PX, ROW_PX, HEAD_PX, SIDE_PX, NAMES_PX = 1800, 800, 46, 90, 36, 330
INSET_PX = 200
SEEN = "#009E73"
MAP = "viridis"
TIMES = "#0b63ce"
ROOM_M = 1500.0
MOST_BINS = 120
HIGHEST = 0.8  # of a row
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
    """Write maps of one or two points, and below when those of each point come in.

    The maps reach about zones and sites; the small one in the first about all that is seen.
    """
    time_px = 120 + ROW_PX * len(timed)
    height_px = HEAD_PX + MAP_PX + time_px
    beneath = (
        "Each dot: one that came through, where it came into a protected zone, by its minute. "
        f"Shaded: {ground.seen_words}; small map: as far as they see."
    )
    made = canvas.titled(WIDTH_PX, height_px, title, beneath)
    scale = _scale([*mapped, *timed])
    wide = (WIDTH_PX - SIDE_PX * (len(mapped) + 1) - 90) / len(mapped)
    bottom, high = 1.0 - (HEAD_PX + MAP_PX - 20) / height_px, (MAP_PX - 60) / height_px
    plane, extent = _frame(ground, mapped, wide / (MAP_PX - 60))
    for k, came in enumerate(mapped):
        left = SIDE_PX + k * (wide + SIDE_PX)
        axes = made.axes(left / WIDTH_PX, bottom, wide / WIDTH_PX, high)
        _map(axes, made, (plane, extent), ground, came, scale)
        if k == 0 and ground.seen:
            x_px, y_px = _free_corner(axes, plane, ground, came)
            corner = (left + x_px) / WIDTH_PX, bottom + y_px / height_px
            inset = made.axes(*corner, INSET_PX / WIDTH_PX, INSET_PX / height_px, zorder=5)
            _inset(inset, made, plane, extent, ground)
    bar = made.axes((WIDTH_PX - 96) / WIDTH_PX, bottom, 18 / WIDTH_PX, high)
    _bar(bar, made, scale)
    low = made.axes(
        NAMES_PX / WIDTH_PX, 62 / height_px, (WIDTH_PX - NAMES_PX - 180) / WIDTH_PX,
        ROW_PX * len(timed) / height_px,
    )  # fmt: skip
    _times(low, made, timed, ground.end_s)
    canvas.save(made, path)


def _free_corner(axes: Any, plane: Projection, ground: Ground, came: Came) -> tuple[float, float]:
    """Return which corner of a map hides least under a small one: its south-west, in pixels."""
    marks = plane.forward(np.concatenate(_marks(ground, [came])))
    pixels = axes.transData.transform(marks) - axes.bbox.p0
    wide, high = axes.bbox.size
    last_x, last_y = wide - INSET_PX - 8.0, high - INSET_PX - 8.0
    corners = [(last_x, 8.0), (8.0, last_y), (8.0, 60.0), (last_x - 60.0, last_y)]
    room_px = 24.0  # for names

    def hidden(corner: tuple[float, float]) -> int:
        apart = pixels - corner
        return int(((apart > -room_px) & (apart < INSET_PX + room_px)).all(axis=1).sum())

    return min(corners, key=hidden)


def _marks(ground: Ground, mapped: Sequence[Came]) -> list[Floats]:
    """Return longitudes and latitudes (n, 2) of all that a map shows but what is seen."""
    return [
        *(rim[:, ::-1] for _, rim in ground.zones),
        *(np.array([[lon, lat]]) for _, lat, lon in ground.sites),
        *(np.column_stack([one.longitude_rad, one.latitude_rad]) for one in mapped),
    ]


def _scale(shown: Sequence[Came]) -> Normalize:
    """Return the scale of colours from the first to the last minute in which anybody came."""
    minutes = np.concatenate([came.time_s for came in shown]) / 60.0
    first, last = float(np.floor(minutes.min())), float(np.ceil(minutes.max()))
    return Normalize(first, max(last, first + 1.0))


def _frame(ground: Ground, mapped: Sequence[Came], aspect: float) -> tuple[Projection, View]:
    whole = np.concatenate(_marks(ground, mapped))
    plane = projection.about(whole)
    flat = plane.forward(whole)
    low, high = flat.min(axis=0), flat.max(axis=0)
    room_m = max(ROOM_M, 0.12 * float((high - low).max()))
    return plane, scene.fit(low - room_m, high + room_m, aspect, margin=0.03)


def _seen(axes: Any, plane: Projection, ground: Ground) -> None:
    for polygon in ground.seen:
        shape = Path.make_compound_path(
            *(Path(plane.forward(np.radians(ring)), closed=True) for ring in polygon)
        )
        axes.add_patch(
            PathPatch(shape, facecolor=SEEN, edgecolor=SEEN, alpha=0.14, linewidth=2.0, zorder=0.7)
        )


def _inset(axes: Any, made: Sheet, plane: Projection, extent: View, ground: Ground) -> None:
    """Draw all that is seen in small, and where the maps lie in it."""
    rims = [plane.forward(np.radians(polygon[0])) for polygon in ground.seen]
    corners = np.array([extent[:2], extent[2:]])
    whole = np.concatenate([*rims, corners])
    view = scene.fit(whole.min(axis=0), whole.max(axis=0), 1.0, margin=0.04)
    sky.ground(axes, made, plane, view)
    for text in list(axes.texts):
        text.remove()  # its degrees: it is too small for them
    _seen(axes, plane, ground)
    (west, south), (east, north) = corners
    x, y = (west, east, east, west, west), (south, south, north, north, south)
    axes.plot(x, y, color=made.palette.ink, linewidth=1.4, zorder=4)
    basemap_draw.draw_scale(axes, made, view)


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
    _seen(axes, plane, ground)
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
            *flat.T, c=came.time_s[:MOST] / 60.0, cmap=MAP, norm=scale, s=42, alpha=0.9,
            linewidths=0.5, edgecolors=made.palette.ink, zorder=3,
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
    """Draw for each point how many come in over time, all points by one scale."""
    canvas.plain(axes, made, "")
    axes.grid(False, axis="y")
    step_s = max(60.0, 60.0 * math.ceil(end_s / 60.0 / MOST_BINS))
    edges = np.arange(0.0, end_s + step_s, step_s)
    rates = [np.histogram(came.time_s, edges)[0] / max(came.runs, 1) for came in timed]
    most = max(float(rate.max()) for rate in rates)
    for k, (came, rate) in enumerate(zip(timed, rates, strict=True)):
        y = float(len(timed) - 1 - k)
        axes.axhline(y, color=made.palette.grid, linewidth=0.8, zorder=1)
        if len(came.time_s):
            draw_hill(axes, edges / 60.0, HIGHEST * rate / most, y, TIMES)
        axes.annotate(
            f"{len(came.time_s) / max(came.runs, 1):.2f} a run", (1.0, y),
            xycoords=("axes fraction", "data"), xytext=(10, 5), textcoords="offset points",
            va="center", color=made.palette.ink, fontproperties=made.font(9.5),
            annotation_clip=False,
        )  # fmt: skip
    span = "a minute" if step_s == 60.0 else f"{step_s / 60.0:g} minutes"
    title = f"When they came in: the highest hill is {short(most)} in {span} of one run"
    axes.set_title(title, loc="left", color=made.palette.ink, fontproperties=made.font(10, True))
    axes.set_xlabel(
        "minutes from the begin", color=made.palette.quiet, fontproperties=made.font(9.5)
    )
    axes.set_xlim(0.0, end_s / 60.0)
    axes.set_ylim(-0.2, len(timed) - 0.15)
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.set_yticks(range(len(timed)))
    axes.set_yticklabels([came.name for came in reversed(timed)])
    canvas.relabel(axes, made)
