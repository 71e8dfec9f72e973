"""The picture of a coverage: a map for each height, and how large the areas are."""

from __future__ import annotations

import pathlib
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from jointsky.pictures import basemap_draw, canvas, colours, projection
from jointsky.pictures.basemap_draw import View
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.labels import Page
from jointsky.pictures.options import PictureOptions
from jointsky.records.coverage import Coverage

Floats = npt.NDArray[np.float64]

LEVELS_MOST = 6
PANELS_WIDE = 3
TOP, BOTTOM, LEFT, RIGHT, GAP = 0.885, 0.075, 0.022, 0.985, 0.018
_EDGE = 1.0001  # above the largest probability
_SHADES, _DARK_SHADES = (0.2, 0.95), (0.9, 0.35)  # parts of YlGnBu
_STEP_MOST = 0.22
_ALPHA = 0.72


def draw_coverage(
    coverage: Coverage,
    path_png: str | pathlib.Path,
    title: str,
    options: PictureOptions | None = None,
) -> None:
    """Write a map for each height: by how many sensors each place is seen, outlines by group.

    A last panel shows how large the areas are.  The map reaches as far as anything is seen.
    """
    options = options or PictureOptions()
    made = canvas.sheet(colours.PALETTES[options.theme], options.width_px, options.height_px)
    count = len(coverage.heights_m)
    wide = min(PANELS_WIDE, count + 1)
    high = -(-(count + 1) // wide)
    _heading(made, coverage, title)
    width = (RIGHT - LEFT - (wide - 1) * GAP) / wide
    height = (TOP - BOTTOM - (high - 1) * 2.4 * GAP) / high
    plane, points = _plane(coverage)
    aspect = width * options.width_px / (height * options.height_px)
    view = _view(coverage, points, aspect)
    for n in range(count + 1):
        row, column = divmod(n, wide)
        left = LEFT + column * (width + GAP)
        bottom = TOP - height - row * (height + 2.4 * GAP)
        if n < count:
            axes = made.axes(left, bottom, width, height)
            _map(axes, made, coverage, n, plane, points, view)
        else:
            axes = made.axes(left + 0.035, bottom + 0.035, width - 0.035, height - 0.05)
            _areas(axes, made, coverage)
    _legend(made, coverage)
    canvas.save(made, path_png)


def _heading(made: Sheet, coverage: Coverage, title: str) -> None:
    made.write(LEFT, 0.978, title, 17, bold=True, va="top")
    counted = sum(not s.why_not for s in coverage.sensors)
    says = [
        f"{counted} of {len(coverage.sensors)} sensors",
        f"target {coverage.target}",
        f"seen: in one turn with a probability of {coverage.pd:g} or more",
        f"heights above {coverage.above}",
    ]
    colour = made.palette.quiet
    made.write(LEFT, 0.94, "   ·   ".join(says), 10.5, color=colour, va="top")
    made.write(RIGHT, 0.012, "Map: Natural Earth   ·   jointsky", 8, color=colour, ha="right")


def _plane(coverage: Coverage) -> tuple[projection.Projection, Floats]:
    """Return the map's projection and the cells' places on it, (R, C, 2)."""
    lon, lat = np.meshgrid(coverage.longitude_rad, coverage.latitude_rad)
    both = np.column_stack([lon.ravel(), lat.ravel()])
    plane = projection.about(both[:: max(len(both) // 2000, 1)])
    return plane, plane.forward(both).reshape(*lon.shape, 2)


def _view(coverage: Coverage, points: Floats, aspect: float) -> View:
    """Return the part of the plane that holds all that is seen at any height, and all sensors."""
    seen = (coverage.count > 0).any(axis=0)
    inside = points[seen] if seen.any() else points.reshape(-1, 2)
    low, high = inside.min(axis=0), inside.max(axis=0)
    middle, size = 0.5 * (low + high), 1.06 * np.maximum(high - low, 1000.0)
    width = max(size[0], size[1] * aspect)
    height = width / aspect
    west, south = middle[0] - width / 2, middle[1] - height / 2
    return float(west), float(south), float(west + width), float(south + height)


def shades(made: Sheet, levels: int) -> list[str]:
    """Return a colour for each number of sensors from 1 on, further from the paper's each time."""
    begin, end = _DARK_SHADES if made.palette is colours.DARK else _SHADES
    step = min(_STEP_MOST, abs(end - begin) / max(levels - 1, 1)) * (1 if end > begin else -1)
    return [to_hex(mpl.colormaps["YlGnBu"](begin + k * step)) for k in range(levels)]


def levels_of(coverage: Coverage) -> int:
    """Return how many numbers of sensors are told apart; the last means so many or more."""
    return int(
        np.clip(coverage.count.max(initial=1), 1, min(coverage.ranked.shape[1], LEVELS_MOST))
    )


def _map(
    axes: Any,
    made: Sheet,
    coverage: Coverage,
    h: int,
    plane: projection.Projection,
    points: Floats,
    view: View,
) -> None:
    axes.set_xlim(view[0], view[2])
    axes.set_ylim(view[1], view[3])
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(made.palette.coast)
        spine.set_linewidth(0.8 * made.unit)
    basemap_draw.draw_ground(axes, made, plane, view)
    basemap_draw.draw_grid(axes, made, plane, view)
    x, y = points[..., 0], points[..., 1]
    tints = shades(made, levels_of(coverage))
    for k, tint in enumerate(tints):
        field = coverage.ranked[h, k]
        if field.max() >= coverage.pd > field.min():
            axes.contourf(
                x, y, field, levels=[coverage.pd, _EDGE], colors=[tint], alpha=_ALPHA, zorder=0.6
            )
    for g in range(len(coverage.groups)):
        field = coverage.best[h, g]
        if field.max() >= coverage.pd > field.min():
            axes.contour(
                x, y, field, levels=[coverage.pd], colors=[_group_colour(g)],
                linewidths=1.3 * made.unit, zorder=2,
            )  # fmt: skip
    page = Page(int(axes.bbox.width), int(axes.bbox.height))
    page.take((0, 0, 0.3 * page.width_px, 0.1 * page.height_px))
    _sites(axes, made, coverage, plane)
    basemap_draw.draw_places(axes, made, plane, view, page)
    basemap_draw.draw_scale(axes, made, view)
    text = f"{coverage.heights_m[h]:,.0f} m above {coverage.above}"
    axes.set_title(text, loc="left", color=made.palette.ink, fontproperties=made.font(10.5, True))


def _group_colour(group: int) -> str:
    order = (5, 0, 3, 1, 4, 2, 6, 7)  # warm and cold beside each other, none of the shades' greens
    return colours.SENSORS[order[group % len(order)]]


def _sites(axes: Any, made: Sheet, coverage: Coverage, plane: projection.Projection) -> None:
    for sensor in coverage.sensors:
        if sensor.why_not:
            continue
        point = plane.forward([[sensor.longitude_rad, sensor.latitude_rad]])[0]
        axes.plot(
            *point, "^", color=_group_colour(coverage.groups.index(sensor.group)),
            markersize=5.5 * made.unit, markeredgecolor=made.palette.halo,
            markeredgewidth=0.8 * made.unit, zorder=4,
        )  # fmt: skip


def _areas(axes: Any, made: Sheet, coverage: Coverage) -> None:
    """Draw for each height how many square kilometres are seen by 1, 2, ... sensors."""
    canvas.plain(axes, made, "Area seen, thousands of km²")
    tints = shades(made, levels_of(coverage))
    rows = np.arange(len(coverage.heights_m))
    figures = coverage.figures()
    for k, tint in enumerate(tints):
        areas = [
            f["seen_by_at_least_km2"][k] / 1e3 if k < len(f["seen_by_at_least_km2"]) else 0.0
            for f in figures
        ]
        axes.barh(rows, areas, color=tint, height=0.72)
    widest = max((f["seen_km2"] / 1e3 for f in figures), default=1.0)
    for row, figure in enumerate(figures):
        both = figure["seen_by_several_groups_km2"] / 1e3
        text = f"{figure['seen_km2'] / 1e3:,.3g}"
        if len(coverage.groups) > 1:
            text += f", shared {both:,.3g}"
        axes.annotate(
            text, (figure["seen_km2"] / 1e3, row), xytext=(5, 0), textcoords="offset points",
            va="center", color=made.palette.ink, fontproperties=made.font(8.5),
        )  # fmt: skip
    axes.set_yticks(rows, [f"{h:,.0f} m" for h in coverage.heights_m])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(1.45 * widest, 1e-3))
    axes.grid(False, axis="y")
    canvas.relabel(axes, made)


def _legend(made: Sheet, coverage: Coverage) -> None:
    tints = shades(made, levels_of(coverage))
    most = int(coverage.count.max(initial=0))
    names = [f"{k + 1}" for k in range(len(tints))]
    if most > len(tints):
        names[-1] += " or more"
    entries: list[Any] = [
        Patch(facecolor=tint, alpha=_ALPHA, label=f"seen by {name}")
        for tint, name in zip(tints, names, strict=True)
    ]
    entries += [
        Line2D(
            [], [], color=_group_colour(g), marker="^", label=f"sensors of {name}, their outline"
        )
        for g, name in enumerate(coverage.groups)
    ]
    made.figure.legend(
        handles=entries, loc="lower left", bbox_to_anchor=(LEFT - 0.008, 0.002),
        ncols=len(entries), frameon=False, prop=made.font(9), labelcolor=made.palette.ink,
        handlelength=1.6, columnspacing=1.4, borderpad=0.2,
    )  # fmt: skip
