"""Draws the map under a picture: land, lakes, borders, a grid with degrees, names of places."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import patheffects
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from jointsky.pictures import mapdata
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.labels import Page
from jointsky.pictures.projection import Projection

Floats = npt.NDArray[np.float64]
View = tuple[float, float, float, float]  # west, south, east, north in metres of the plane

COARSE_FROM_M = 4_000_000.0
AIRPORTS_BELOW_M = 500_000.0
COUNTRIES_FROM_M = 250_000.0
COUNTRIES_NAMED = 175  # the names of smaller ones would hide their own capital
GRID_STEPS_DEG = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)


def draw_ground(axes: Any, made: Sheet, plane: Projection, view: View) -> None:
    """Draw water, land, lakes and borders."""
    palette, unit = made.palette, made.unit
    axes.set_facecolor(palette.water)
    level: mapdata.Level = "coarse" if view[2] - view[0] > COARSE_FROM_M else "fine"
    boxes = boxes_deg(plane, view)
    land = mapdata.curves("land", level)
    fills: dict[tuple[int, int], list[Path]] = {}
    shore: list[Floats] = []
    for k in _touching(land, boxes):
        points = plane.forward(np.radians(land.curve(k)))
        fills.setdefault(land.tile_of(k), []).append(Path(points, closed=True))
        shore += runs(points, land.is_shore(k))
    paths = [Path.make_compound_path(*rings) for rings in fills.values()]
    axes.add_collection(
        PathCollection(
            paths, facecolor=palette.land, edgecolor=palette.land, linewidth=0.4, zorder=0
        )
    )
    lakes = mapdata.curves("lakes", level)
    rings = [Path(plane.forward(np.radians(lakes.curve(k)))) for k in _touching(lakes, boxes)]
    axes.add_collection(
        PathCollection(
            rings,
            facecolor=palette.water,
            edgecolor=palette.coast,
            linewidth=0.5 * unit,
            zorder=0.2,
        )
    )
    borders = mapdata.curves("borders", level)
    lines = [plane.forward(np.radians(borders.curve(k))) for k in _touching(borders, boxes)]
    for zorder, alpha in ((0.3, 1.0), (3.0, 0.45)):  # once more over the tracks, faintly
        style = {"zorder": zorder, "alpha": alpha}
        shores = LineCollection(shore, colors=palette.coast, linewidths=0.8 * unit, **style)
        axes.add_collection(shores)
        axes.add_collection(
            LineCollection(lines, colors=palette.border, linewidths=1.2 * unit, **style)
        )


def boxes_deg(plane: Projection, view: View) -> list[View]:
    """Return boxes (west, south, east, north), degrees, over a view; two at the date line."""
    west, south, east, north = view
    x, y = np.meshgrid(np.linspace(west, east, 21), np.linspace(south, north, 21))
    lonlat = np.degrees(plane.inverse(np.column_stack([x.ravel(), y.ravel()])))
    centre = np.degrees(plane.longitude_rad)
    lon = np.remainder(lonlat[:, 0] - centre + 180.0, 360.0) - 180.0 + centre
    lat = np.clip(lonlat[:, 1], -90.0, 90.0)
    low, high = float(lon.min()), float(lon.max())
    bottom, top = float(lat.min()) - 0.1, float(lat.max()) + 0.1
    if high - low > 300.0 or top > 89.0 or bottom < -89.0:
        return [(-180.0, bottom, 180.0, top)]
    boxes = [(low, bottom, high, top)]
    if low < -180.0:
        boxes = [(-180.0, bottom, high, top), (low + 360.0, bottom, 180.0, top)]
    elif high > 180.0:
        boxes = [(low, bottom, 180.0, top), (-180.0, bottom, high - 360.0, top)]
    return boxes


def _touching(curves: mapdata.Curves, boxes: list[View]) -> list[int]:
    return sorted({k for box in boxes for k in curves.inside(*box)})


def runs(points: Floats, keep: npt.NDArray[np.bool_]) -> list[Floats]:
    """Return the pieces of a curve whose steps are kept."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], keep.astype(np.int8), [0]])))
    return [points[a : b + 1] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def draw_grid(axes: Any, made: Sheet, plane: Projection, view: View) -> None:
    """Draw meridians and parallels, their degrees along the frame."""
    if plane.kind == "flat":
        axes.grid(True, color=made.palette.grid, linewidth=0.6 * made.unit)
        return
    boxes = boxes_deg(plane, view)
    south, north = boxes[0][1], boxes[0][3]
    west, east = boxes[0][0], boxes[0][2]
    if len(boxes) == 2:
        west, east = max(b[0] for b in boxes), min(b[2] for b in boxes) + 360.0
    wanted = max((north - south) / 6.0, 0.01)
    step = next((s for s in GRID_STEPS_DEG if s >= wanted), 30.0)
    lines = []
    for lon in np.arange(np.ceil(west / step) * step, east + 1e-9, step):
        lat = np.linspace(max(south, -89.9), min(north, 89.9), 60)
        line = plane.forward(np.radians(np.column_stack([np.full(60, lon), lat])))
        lines.append(line)
        _edge_text(axes, made, view, line, _degrees_text(lon, "E", "W", step), 1)
    for lat in np.arange(np.ceil(south / step) * step, north + 1e-9, step):
        if abs(lat) >= 90.0:
            continue
        lon = np.linspace(west, east, 60)
        line = plane.forward(np.radians(np.column_stack([lon, np.full(60, lat)])))
        lines.append(line)
        _edge_text(axes, made, view, line, _degrees_text(lat, "N", "S", step), 0)
    axes.add_collection(
        LineCollection(lines, colors=made.palette.grid, linewidths=0.6 * made.unit, zorder=0.5)
    )


def _degrees_text(value: float, plus: str, minus: str, step: float) -> str:
    value = (value + 180.0) % 360.0 - 180.0 if plus == "E" else value
    digits = 0 if step >= 1 else 1 if step >= 0.1 else 2
    letter = "" if abs(value) < 1e-9 else plus if value > 0 else minus
    return f"{abs(value):.{digits}f}°{letter}"


def _edge_text(axes: Any, made: Sheet, view: View, line: Floats, text: str, axis: int) -> None:
    """Write beside the frame where a line of the grid crosses it: below (1) or left (0)."""
    edge = view[axis]
    side = line[:, axis] >= edge
    crossing = np.flatnonzero(np.diff(side.astype(np.int8)))
    if len(crossing) == 0:
        return
    i = int(crossing[0])
    part = (edge - line[i, axis]) / (line[i + 1, axis] - line[i, axis])
    other = line[i, 1 - axis] + part * (line[i + 1, 1 - axis] - line[i, 1 - axis])
    low, high = view[1 - axis], view[3 - axis]
    if not low + 0.03 * (high - low) < other < high - 0.03 * (high - low):
        return
    xy = (other, edge) if axis == 1 else (edge, other)
    axes.annotate(
        text,
        xy,
        xytext=(0, -4 * made.unit) if axis == 1 else (-4 * made.unit, 0),
        textcoords="offset points",
        ha="center" if axis == 1 else "right",
        va="top" if axis == 1 else "center",
        color=made.palette.quiet,
        fontproperties=made.font(8),
        annotation_clip=False,
        rotation=0 if axis == 1 else 90,
    )


def draw_places(axes: Any, made: Sheet, plane: Projection, view: View, page: Page) -> None:
    """Write countries, cities and airports where there is room for them; the largest first."""
    if plane.kind == "flat":
        return
    wide_m = view[2] - view[0]
    if wide_m >= COUNTRIES_FROM_M:
        _names(axes, made, plane, view, page, "countries", 14)
    airports = wide_m <= AIRPORTS_BELOW_M
    if wide_m <= 60_000.0:
        _names(axes, made, plane, view, page, "airports", 14)
        airports = False
    _names(axes, made, plane, view, page, "cities", 40)
    if airports:
        _names(axes, made, plane, view, page, "airports", 14)


def _names(
    axes: Any, made: Sheet, plane: Projection, view: View, page: Page, kind: Any, most: int
) -> None:
    places = mapdata.places(kind)
    inside = np.zeros(len(places.names), bool)
    for west, south, east, north in boxes_deg(plane, view):
        lon, lat = places.longitude_deg, places.latitude_deg
        inside |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if kind == "countries":
        inside[COUNTRIES_NAMED:] = False
    rows = np.flatnonzero(inside)[: 4 * most]
    lonlat = np.column_stack([places.longitude_deg[rows], places.latitude_deg[rows]])
    points = plane.forward(np.radians(lonlat))
    palette, unit = made.palette, made.unit
    font = made.font(10 if kind == "countries" else 8.5, italic=kind == "airports")
    halo = [patheffects.withStroke(linewidth=2.0 * unit, foreground=palette.land, alpha=0.8)]
    drawn = 0
    for row, point in zip(rows, points, strict=True):
        if drawn >= most:
            break
        x, y = axes.transData.transform(point) - axes.bbox.p0
        text = places.names[row]
        if kind == "countries":
            text = " ".join(text.upper())
        size = made.text_size_px(text, font)
        if kind == "countries":
            box = (x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2)
            corner = (box[0], box[1]) if page.is_free(box) else None
            if corner:
                page.take(box)
        else:
            corner = page.place((x, y), size, (4.0 * unit,))
        if corner is None:
            continue
        drawn += 1
        if kind != "countries":
            marker = "o" if kind == "cities" else "P"
            axes.plot(
                *point,
                marker,
                color=palette.place,
                markersize=2.6 * unit,
                markeredgewidth=0,
                zorder=3.2,
            )
        corner_px = np.array(corner) + axes.bbox.p0
        axes.text(
            corner_px[0],
            corner_px[1] + 0.22 * size[1],
            text,
            transform=IdentityTransform(),
            color=palette.place,
            alpha=0.75 if kind == "countries" else 1.0,
            fontproperties=font,
            path_effects=halo,
            zorder=3.3,
        )


def draw_scale(axes: Any, made: Sheet, view: View) -> None:
    """Draw a scale bar (kilometres and nautical miles) and an arrow to the north."""
    palette, unit = made.palette, made.unit
    wide_m = view[2] - view[0]
    power = 10.0 ** np.floor(np.log10(wide_m * 0.25))
    length_m = max(k * power for k in (1.0, 2.0, 5.0) if k * power <= wide_m * 0.25)
    name = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    part, x0, y0 = length_m / wide_m, 0.02, 0.028
    halo = [patheffects.withStroke(linewidth=5 * unit, foreground=palette.halo, alpha=0.8)]
    axes.plot(
        [x0, x0, x0 + part, x0 + part],
        [y0 + 0.008, y0, y0, y0 + 0.008],
        transform=axes.transAxes,
        color=palette.ink,
        linewidth=1.6 * unit,
        path_effects=halo,
        zorder=8,
        solid_joinstyle="miter",
    )
    text_halo = [patheffects.withStroke(linewidth=3 * unit, foreground=palette.halo, alpha=0.9)]
    axes.text(
        x0,
        y0 + 0.012,
        f"{name}   ({length_m / 1852:.3g} NM)",
        transform=axes.transAxes,
        color=palette.ink,
        va="bottom",
        fontproperties=made.font(9),
        path_effects=text_halo,
        zorder=8,
    )
    axes.annotate(
        "N",
        xy=(0.975, 0.975),
        xytext=(0.975, 0.925),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="center",
        color=palette.ink,
        fontproperties=made.font(11, bold=True),
        arrowprops={"arrowstyle": "-|>", "color": palette.ink, "linewidth": 1.6 * unit},
        path_effects=text_halo,
        zorder=8,
    )
