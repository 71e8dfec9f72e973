"""The picture of a recording: ``picture.png`` with tracks over the map and figures over time."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import patheffects
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform

from jointsky.pictures import basemap_draw, canvas, colours, overtime, scene, summaries
from jointsky.pictures.basemap_draw import View
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.labels import Page
from jointsky.pictures.options import PictureOptions
from jointsky.pictures.projection import Projection
from jointsky.pictures.scene import Scene
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor, names_told_apart
from jointsky.records.tracks import Tracks
from jointsky.units import FLIGHT_LEVEL_M

Floats = npt.NDArray[np.float64]

MAP_LEFT, MAP_BOTTOM, MAP_WIDTH, MAP_HEIGHT = 0.028, 0.045, 0.655, 0.855
PLOTS_DRAWN = 400_000
LABELS_TRIED = 800
LABELS_MOST = 80
CROWD = 400  # from here on lines are thinner and labels fewer


def draw_tracks(
    plots: Plots,
    tracks: Tracks,
    sensors: list[Sensor],
    path_png: str | pathlib.Path,
    title: str,
    options: PictureOptions | None = None,
) -> None:
    """Write a picture of tracks, plots and sensors over the map, and of figures over time.

    Flat scenes are drawn in kilometres without a map.  Rows without a position are left out; how
    many plots that were stands in the picture.
    """
    options = options or PictureOptions()
    seen = scene.build(plots, tracks, sensors, options)
    made = canvas.sheet(colours.PALETTES[options.theme], options.width_px, options.height_px)
    _heading(made, seen, title)
    axes = made.axes(MAP_LEFT, MAP_BOTTOM, MAP_WIDTH, MAP_HEIGHT)
    plane = scene.projection_of(seen, options)
    aspect = MAP_WIDTH * options.width_px / (MAP_HEIGHT * options.height_px)
    view = scene.extent_m(seen, plane, options, aspect)
    heights = colours.height_limits_m(seen.height_m())
    _map(axes, made, seen, plane, view, heights, options)
    left, width = 0.722, 0.258
    has_levels = bool(np.isfinite(seen.tracks.pressure_altitude_m).any())
    _height_bar(made, made.axes(left, 0.872, width, 0.018), heights, has_levels)
    _height_over_time(made.axes(left, 0.575, width, 0.225), made, seen, heights)
    overtime.alive(made.axes(left, 0.345, width, 0.165), made, seen)
    below = made.axes(left, 0.12, width, 0.16)
    overtime.rates(below, made, plots, sensors, seen.begin_s, seen.end_s)
    canvas.save(made, path_png)


def _heading(made: Sheet, seen: Scene, title: str) -> None:
    made.write(MAP_LEFT, 0.972, title, 17, bold=True, va="top")
    count = len(seen.starts) - 1
    parts = [
        scene.span_text(seen.begin_s, seen.end_s),
        f"{count:,} track{'s' * (count != 1)}",
        f"{len(seen.plots) + seen.unplaced_plots:,} plots",
        f"{len(seen.sensors):,} sensor{'s' * (len(seen.sensors) != 1)}",
    ]
    if seen.unplaced_plots:
        parts.append(f"{seen.unplaced_plots:,} plots have no place on the map")
    colour = made.palette.quiet
    made.write(MAP_LEFT, 0.932, "   ·   ".join(parts), 10.5, color=colour, va="top")
    source = "Flat scene, kilometres" if seen.flat else "Map: Natural Earth"
    made.write(0.985, 0.015, f"{source}   ·   jointsky", 8, color=colour, ha="right")


def _map(
    axes: Any,
    made: Sheet,
    seen: Scene,
    plane: Projection,
    view: View,
    heights: tuple[float, float],
    options: PictureOptions,
) -> None:
    axes.set_xlim(view[0], view[2])
    axes.set_ylim(view[1], view[3])
    axes.set_autoscale_on(False)
    _frame(axes, made, seen.flat)
    if not seen.flat:
        basemap_draw.draw_ground(axes, made, plane, view)
    basemap_draw.draw_grid(axes, made, plane, view)
    points = plane.forward(seen.track_xy)
    if options.plots and len(seen.plots):
        dots = plane.forward(seen.plot_xy)[:: -(-len(seen.plots) // PLOTS_DRAWN)]
        alone = len(points) == 0
        axes.plot(
            *dots.T,
            linestyle="none",
            marker="." if alone else ",",
            markersize=1.8 * made.unit,
            markeredgewidth=0,
            color=made.palette.plot,
            alpha=0.7 if alone or len(dots) < 50_000 else 0.35,
            zorder=1,
            rasterized=True,
        )
    _lines(axes, made, seen, points, heights)
    _heads(axes, made, seen, points, view)
    page = Page(int(axes.bbox.width), int(axes.bbox.height))
    page.set_ink(_ink_px(axes, seen, points))
    page.take((0, 0, 0.3 * page.width_px, 0.07 * page.height_px))
    page.take((0.95 * page.width_px, 0.91 * page.height_px, page.width_px, page.height_px))
    _sites(axes, made, seen, plane, page)
    if options.labels:
        _labels(axes, made, seen, points, page)
    basemap_draw.draw_places(axes, made, plane, view, page)
    basemap_draw.draw_scale(axes, made, view)


def _frame(axes: Any, made: Sheet, flat: bool) -> None:
    for spine in axes.spines.values():
        spine.set_color(made.palette.coast)
        spine.set_linewidth(0.8 * made.unit)
    if not flat:
        axes.set_xticks([])
        axes.set_yticks([])
        return
    axes.set_facecolor(made.palette.land)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(lambda m, _: f"{m / 1000:g}")
    axes.yaxis.set_major_formatter(lambda m, _: f"{m / 1000:g}")
    axes.tick_params(length=0, pad=2)
    canvas.relabel(axes, made)


def _lines(
    axes: Any, made: Sheet, seen: Scene, points: Floats, heights: tuple[float, float]
) -> None:
    """Draw all tracks, one matplotlib line for each colour: 100,000 points stay fast."""
    if len(points) < 2:
        return
    joined = np.flatnonzero(seen.is_joined())
    height_m = seen.height_m()
    middle_m = np.where(np.isfinite(height_m[joined + 1]), height_m[joined + 1], height_m[joined])
    steps = colours.HEIGHT_STEPS
    part = (middle_m - heights[0]) / (heights[1] - heights[0])
    colour = np.clip(np.floor(np.nan_to_num(part, nan=0.0) * steps), 0, steps - 1).astype(int)
    colour[~np.isfinite(middle_m)] = -1
    table = [*colours.height_hex(made.palette), made.palette.unknown]
    many = len(seen.starts) > CROWD
    width = (1.1 if many else 1.6) * made.unit
    for k in range(-1, steps):
        rows = joined[colour == k]
        if len(rows) == 0:
            continue
        gaps = np.full((len(rows), 2), np.nan)
        path = np.stack([points[rows], points[rows + 1], gaps], axis=1).reshape(-1, 2)
        axes.plot(
            *path.T,
            color=table[k],
            linewidth=width,
            solid_capstyle="round",
            alpha=0.55 if many else 0.9,
            zorder=2 + 0.01 * k,
            rasterized=True,
        )


def _heads(axes: Any, made: Sheet, seen: Scene, points: Floats, view: View) -> None:
    """Draw an arrow head where each track was last, a dot where its course is not known."""
    lasts = seen.lasts
    if len(lasts) == 0:
        return
    metres_per_px = (view[2] - view[0]) / axes.bbox.width
    size_m = (4.0 if len(lasts) > CROWD else 6.0) * made.unit * metres_per_px
    speed = np.hypot(seen.tracks.ve_mps[lasts], seen.tracks.vn_mps[lasts])
    moving = np.isfinite(speed) & (speed > 1.0)
    rows = lasts[moving]
    course = np.arctan2(seen.tracks.ve_mps[rows], seen.tracks.vn_mps[rows])
    ahead = np.column_stack([np.sin(course), np.cos(course)])
    across = ahead[:, ::-1] * [1.0, -1.0]
    here = points[rows]
    wings = [here + size_m * (-0.8 * ahead + side * 0.75 * across) for side in (1.0, -1.0)]
    corners = np.stack([here + 1.3 * size_m * ahead, wings[0], wings[1]], axis=1)
    axes.add_collection(
        PolyCollection(
            list(corners),
            facecolor=made.palette.ink,
            edgecolor=made.palette.halo,
            linewidth=0.5 * made.unit,
            zorder=4,
        )
    )
    axes.plot(
        *points[lasts[~moving]].T,
        "o",
        color=made.palette.ink,
        markeredgecolor=made.palette.halo,
        markersize=3.5 * made.unit,
        zorder=4,
    )


def _ink_px(axes: Any, seen: Scene, points: Floats) -> Floats:
    """Return points along all lines, close enough that no label slips between two of them."""
    if len(points) == 0:
        return np.zeros((0, 2))
    pixels = axes.transData.transform(points) - axes.bbox.p0
    joined = np.flatnonzero(seen.is_joined())
    between = [
        pixels[joined] + part * (pixels[joined + 1] - pixels[joined])
        for part in (0.2, 0.4, 0.6, 0.8)
    ]
    return np.concatenate([pixels, *between])


def _sites(axes: Any, made: Sheet, seen: Scene, plane: Projection, page: Page) -> None:
    font = made.font(9.5, bold=True)
    points = plane.forward(seen.sensor_xy)
    for name, point in zip(names_told_apart(seen.sensors), points, strict=True):
        if not np.isfinite(point).all():
            continue
        x, y = axes.transData.transform(point) - axes.bbox.p0
        if not (0 <= x <= page.width_px and 0 <= y <= page.height_px):
            continue
        axes.plot(
            *point,
            "D",
            color=made.palette.accent,
            markeredgecolor=made.palette.halo,
            markersize=7 * made.unit,
            markeredgewidth=1.2 * made.unit,
            zorder=5,
        )
        half = 7.0 * made.unit
        page.take((x - half, y - half, x + half, y + half))
        size = made.text_size_px(name, font)
        corner = page.place((x, y), size, (9.0 * made.unit, 20.0 * made.unit))
        if corner is not None:
            _text(axes, made, corner, size, name, font, made.palette.accent)


def _labels(axes: Any, made: Sheet, seen: Scene, points: Floats, page: Page) -> None:
    order = np.argsort(-summaries.importance(seen), kind="stable")[:LABELS_TRIED]
    names = summaries.identities(seen)
    font = made.font(8)
    written = 0
    for track in order:
        row = int(seen.lasts[track])
        x, y = axes.transData.transform(points[row]) - axes.bbox.p0
        if not (0 <= x <= page.width_px and 0 <= y <= page.height_px):
            continue
        text = f"{names[track]}\n{summaries.state_text(seen.tracks, row)}".strip()
        size = made.text_size_px(text, font)
        corner = page.place((x, y), size, (8.0 * made.unit, 18.0 * made.unit, 30.0 * made.unit))
        if corner is None:
            continue
        _leader(axes, made, (x, y), corner, size)
        _text(axes, made, corner, size, text, font, made.palette.ink)
        written += 1
        if written == (LABELS_MOST // 2 if len(seen.starts) > CROWD else LABELS_MOST):
            break


def _leader(
    axes: Any,
    made: Sheet,
    point: tuple[float, float],
    corner: tuple[float, float],
    size: tuple[float, float],
) -> None:
    near = np.clip(point, corner, np.add(corner, size))
    if np.hypot(*(near - point)) < 6.0 * made.unit:
        return
    ends = np.array([point, near]) + axes.bbox.p0
    axes.plot(
        *ends.T,
        transform=IdentityTransform(),
        color=made.palette.quiet,
        linewidth=0.7 * made.unit,
        zorder=3.5,
    )


def _text(
    axes: Any,
    made: Sheet,
    corner: tuple[float, float],
    size: tuple[float, float],
    text: str,
    font: Any,
    colour: str,
) -> None:
    x, y = np.array(corner) + axes.bbox.p0
    halo = patheffects.withStroke(
        linewidth=2.4 * made.unit, foreground=made.palette.halo, alpha=0.9
    )
    axes.text(
        x,
        y + size[1],
        text,
        va="top",
        linespacing=1.0,
        transform=IdentityTransform(),
        color=colour,
        fontproperties=font,
        path_effects=[halo],
        zorder=6,
    )


def _height_bar(made: Sheet, axes: Any, heights: tuple[float, float], has_levels: bool) -> None:
    """Draw the colour scale of heights: metres below, flight levels above where any is known."""
    scale = ScalarMappable(Normalize(*heights), colours.height_map(made.palette))
    bar = made.figure.colorbar(scale, cax=axes, orientation="horizontal")
    bar.outline.set_visible(False)
    axes.tick_params(length=0, pad=2)
    _inner_ticks(axes, made, heights, [1, 2, 2.5, 5, 10], lambda m: f"{m:,.0f} m")
    if has_levels and heights[1] - heights[0] >= 1500.0:
        levels = axes.secondary_xaxis(
            "top", functions=(lambda m: m / FLIGHT_LEVEL_M, lambda f: f * FLIGHT_LEVEL_M)
        )
        levels.tick_params(length=0, pad=1)
        levels.spines["top"].set_visible(False)
        limits = (heights[0] / FLIGHT_LEVEL_M, heights[1] / FLIGHT_LEVEL_M)
        _inner_ticks(levels, made, limits, [1, 2, 5, 10], lambda f: f"FL{f:03.0f}")
    x0, y0 = axes.get_position().x0, axes.get_position().y1
    made.write(x0, y0 + 0.028, "Height", 10, bold=True, va="bottom")


def _inner_ticks(
    axes: Any,
    made: Sheet,
    limits: tuple[float, float],
    steps: list[float],
    spell: Callable[[float], str],
) -> None:
    """Label a bar at round values with as many labels as fit; none reaches beyond its ends."""
    room_px = axes.get_position().width * made.width_px
    for count in (4, 3, 2, 1):
        ticks = np.asarray(MaxNLocator(count, steps=steps).tick_values(*limits))
        ticks = ticks[(ticks >= limits[0]) & (ticks <= limits[1])]
        texts = [spell(tick) for tick in ticks]
        widths_px = [made.text_size_px(text, made.font(8.5))[0] for text in texts]
        if sum(widths_px) + 12.0 * made.unit * len(texts) <= room_px:
            break
    axes.set_xticks(ticks, texts)
    canvas.relabel(axes, made)
    middles_px = room_px * (ticks - limits[0]) / (limits[1] - limits[0])
    labels = axes.get_xticklabels()
    for label, middle_px, width_px in zip(labels, middles_px, widths_px, strict=True):
        if middle_px < width_px / 2:
            label.set_horizontalalignment("left")
        elif middle_px > room_px - width_px / 2:
            label.set_horizontalalignment("right")


def _height_over_time(axes: Any, made: Sheet, seen: Scene, heights: tuple[float, float]) -> None:
    canvas.plain(axes, made, "Height over time (km)")
    if len(seen.tracks) == 0 or not np.isfinite(seen.height_m()).any():
        overtime.nothing(axes, made, "no heights known")
        return
    points = np.column_stack([seen.tracks.time_s, seen.height_m()])
    low, high = heights
    pad = 0.04 * (high - low)
    axes.set_ylim(low - pad, high + pad)
    _lines(axes, made, seen, points, heights)
    axes.yaxis.set_major_formatter(lambda m, _: f"{m / 1000:g}")
    overtime.time_axis(axes, made, seen.begin_s, seen.end_s)
