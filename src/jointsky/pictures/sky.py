"""The picture of a simulated sky: who flew where, which sites looked, how much of it they saw.

Colours of Okabe and Ito (2008), told apart with any colour vision, near those of APP-6: friends
blue, hostile red, civil and neutral green.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import patheffects
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform

from jointsky.pictures import basemap_draw, canvas, colours, overtime, projection, scene
from jointsky.pictures.basemap_draw import View
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.labels import Page
from jointsky.pictures.projection import Projection
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.vehicles import Vehicles

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

ALLEGIANCES = {
    "civil": "#009E73",
    "neutral": "#56B4E9",
    "friend": "#0072B2",
    "hostile": "#D55E00",
    "nature": "#8C7A00",
}
OTHER = "#7F7F7F"
NATIONS = ("#0b63ce", "#9b2c8a", "#00707a", "#7a5200")
SMALL = ("drone", "missile", "bomb")  # drawn in broken lines
TYPES_SHOWN = 14
MAP = (0.028, 0.045, 0.655, 0.855)  # left, bottom, width, height in parts of the sheet


@dataclasses.dataclass(frozen=True)
class SiteMark:
    """One site on the map; longitude and latitude in radians."""

    name: str
    nation: str
    xy: tuple[float, float]


@dataclasses.dataclass(frozen=True)
class ZoneMark:
    """One zone on the map: a closed line (n, 2), longitude and latitude in radians."""

    name: str
    kind: str
    xy: Floats


@dataclasses.dataclass(frozen=True)
class Sky:
    """Truth as the pictures of a run show it, and who had it in view.

    ``xy`` (n, 2) are longitude and latitude in radians of ``vehicle`` (n,) at ``time_s`` (n,),
    sorted by vehicle and time; ``views`` (n,) say for each nation whether it had that in view.
    """

    vehicles: Vehicles
    vehicle: npt.NDArray[np.int32]
    time_s: Floats
    xy: Floats
    views: Mapping[str, Booleans]
    sites: Sequence[SiteMark]
    zones: Sequence[ZoneMark] = ()

    @property
    def seen(self) -> Booleans:
        """Return whether any nation had it in view, (n,)."""
        out = np.zeros(len(self.vehicle), bool)
        for view in self.views.values():
            out |= view
        return out


def draw_sky(
    sky: Sky, plots: Plots, sensors: list[Sensor], path_png: str | pathlib.Path, title: str
) -> None:
    """Write the picture of a run: the map of what flew, what it was, how much was in view."""
    made = canvas.sheet(colours.LIGHT, 1800, 1125)
    width, height = MAP[2:]
    axes = made.axes(*MAP)
    plane, view = frame(sky, width * made.width_px / (height * made.height_px))
    _heading(made, sky, plots, title)
    ground(axes, made, plane, view)
    _zones(axes, made, sky, plane)
    _paths(axes, made, sky, plane)
    page = Page(int(axes.bbox.width), int(axes.bbox.height))
    page.set_ink(axes.transData.transform(plane.forward(sky.xy)) - axes.bbox.p0)
    page.take((0, 0, 0.3 * page.width_px, 0.07 * page.height_px))
    page.take((0.95 * page.width_px, 0.91 * page.height_px, page.width_px, page.height_px))
    mark_sites(axes, made, sky, plane, page)
    basemap_draw.draw_places(axes, made, plane, view, page)
    basemap_draw.draw_scale(axes, made, view)
    _types(made.axes(0.80, 0.60, 0.18, 0.27), made, sky)
    _in_view(made.axes(0.722, 0.365, 0.258, 0.155), made, sky)
    begin_s, end_s = _span(sky)
    rates = made.axes(0.722, 0.115, 0.258, 0.155)
    if len(sensors) <= overtime.NAMED_SENSORS:
        overtime.rates(rates, made, plots, sensors, begin_s, end_s)
    else:
        title = "Plots a second, by kind of sensor"
        overtime.rates(rates, made, *_by_kind(plots, sensors), begin_s, end_s, title)
    canvas.save(made, path_png)


def map_png(sky: Sky, width_px: int, height_px: int) -> bytes:
    """Return a small map as PNG: who flies where, the zones, the sites by their names."""
    made = canvas.sheet(colours.LIGHT, width_px, height_px)
    edge = 26 * made.unit  # for the degrees
    axes = made.axes(
        edge / width_px, edge / height_px, 1 - 1.5 * edge / width_px, 1 - 1.5 * edge / height_px
    )
    plane, view = frame(sky, (width_px - 1.5 * edge) / (height_px - 1.5 * edge))
    ground(axes, made, plane, view)
    _zones(axes, made, sky, plane)
    _paths(axes, made, sky, plane)
    page = Page(int(axes.bbox.width), int(axes.bbox.height))
    page.take((0, 0, 0.35 * page.width_px, 0.09 * page.height_px))
    mark_sites(axes, made, sky, plane, page)
    basemap_draw.draw_places(axes, made, plane, view, page)
    basemap_draw.draw_scale(axes, made, view)
    return canvas.png(made)


def _by_kind(plots: Plots, sensors: list[Sensor]) -> tuple[Plots, list[Sensor]]:
    """Return the plots with kinds in the place of sensors: those can be too many to name."""
    kinds = sorted({sensor.kind for sensor in sensors})
    row_of = np.array([kinds.index(sensor.kind) for sensor in sensors], np.int32)
    one_each = [Sensor(name=kind, kind=kind) for kind in kinds]
    return dataclasses.replace(plots, sensor=row_of[plots.sensor]), one_each


def frame(sky: Sky, aspect: float) -> tuple[Projection, View]:
    """Return the projection and the extent of a map of all that flew near the sites.

    A flight that leads far away does not make the map small: the sites and what was in view do.
    """
    marks = np.array([site.xy for site in sky.sites]).reshape(-1, 2)
    kept = sky.xy[sky.seen] if sky.seen.any() else sky.xy
    points = np.concatenate([marks, kept]) if len(kept) else marks
    plane = projection.about(points)
    flat = plane.forward(points)
    low, high = np.percentile(flat, [0.5, 99.5], axis=0)
    here = plane.forward(marks)
    if len(here):
        low, high = np.minimum(low, here.min(axis=0)), np.maximum(high, here.max(axis=0))
    return plane, scene.fit(low, high, aspect, margin=0.05)


def ground(axes: Any, made: Sheet, plane: Projection, view: View) -> None:
    """Draw the map that all else lies on, and fix the axes to its extent."""
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


def colour_of(allegiance: str) -> str:
    """Return the colour of an allegiance."""
    return ALLEGIANCES.get(allegiance, OTHER)


def nation_colours(sky: Sky) -> dict[str, str]:
    """Return a colour for each nation that has a site, in the order of the sites."""
    names = list(dict.fromkeys(site.nation for site in sky.sites))
    return {name: NATIONS[k % len(NATIONS)] for k, name in enumerate(names)}


def broken(vehicle: npt.NDArray[np.int32], xy: Floats, keep: Booleans) -> Floats:
    """Return paths (m, 2) of the kept points, NaN where one vehicle or stretch ends."""
    rows = np.flatnonzero(keep)
    if len(rows) == 0:
        return np.empty((0, 2))
    cut = np.flatnonzero((np.diff(rows) != 1) | (np.diff(vehicle[rows]) != 0)) + 1
    return np.insert(xy[rows], cut, np.nan, axis=0)


def _heading(made: Sheet, sky: Sky, plots: Plots, title: str) -> None:
    made.write(MAP[0], 0.972, title, 17, bold=True, va="top")
    parts = [
        scene.span_text(*_span(sky)),
        f"{len(sky.vehicles):,} vehicles",
        f"{len(sky.sites):,} sites of {len(sky.views):,} nations",
        f"{len(plots):,} plots",
        "simulated",
    ]
    quiet = made.palette.quiet
    made.write(MAP[0], 0.932, "   ·   ".join(parts), 10.5, color=quiet, va="top")
    made.write(0.985, 0.015, "Map: Natural Earth   ·   jointsky", 8, color=quiet, ha="right")


def _span(sky: Sky) -> tuple[float, float]:
    return (float(sky.time_s.min()), float(sky.time_s.max())) if len(sky.time_s) else (0.0, 1.0)


def _zones(axes: Any, made: Sheet, sky: Sky, plane: Projection) -> None:
    for zone in sky.zones:
        line = plane.forward(zone.xy)
        axes.fill(*line.T, facecolor=made.palette.accent, alpha=0.06, zorder=0.8)
        axes.plot(
            *np.vstack([line, line[:1]]).T,
            color=made.palette.accent,
            linewidth=0.9 * made.unit,
            linestyle=(0, (6, 3)),
            alpha=0.7,
            zorder=0.9,
        )


def _paths(axes: Any, made: Sheet, sky: Sky, plane: Projection) -> None:
    points = plane.forward(sky.xy)
    allegiance, domain = sky.vehicles.allegiance[sky.vehicle], sky.vehicles.domain[sky.vehicle]
    is_small = np.isin(domain, SMALL)
    crowd = len(sky.vehicles) > 300
    for name in [*ALLEGIANCES, ""]:
        is_of = allegiance == name if name else ~np.isin(allegiance, list(ALLEGIANCES))
        for small in (False, True):
            line = broken(sky.vehicle, points, is_of & (is_small == small))
            axes.plot(
                *line.T,
                color=colour_of(name),
                linewidth=(0.7 if crowd else 1.2) * made.unit * (1.3 if small else 1.0),
                linestyle=(0, (3.0, 1.2)) if small else "-",
                alpha=0.8,
                zorder=2.2 if name == "hostile" else 2.0,
                rasterized=True,
            )
    is_last = np.append(np.diff(sky.vehicle) != 0, True)[: len(points)]
    last = np.flatnonzero(is_last)
    colour = [colour_of(name) for name in allegiance[last]]
    axes.scatter(
        *points[last].T,
        c=colour,
        s=(5 if crowd else 11) * made.unit**2,
        linewidths=0.4,
        edgecolors=made.palette.halo,
        zorder=2.5,
    )


def mark_sites(
    axes: Any,
    made: Sheet,
    sky: Sky,
    plane: Projection,
    page: Page | None = None,
    only: SiteMark | None = None,
) -> None:
    """Draw sites in the colour of their nation; with their names where there is room on a page."""
    colour = nation_colours(sky)
    size = 8.0
    font = made.font(9, bold=True)
    halo = [patheffects.withStroke(linewidth=2.4 * made.unit, foreground=made.palette.halo)]
    for site in sky.sites if only is None else [only]:
        ((east, north),) = plane.forward([site.xy])
        axes.plot(
            east,
            north,
            "s",
            color=colour[site.nation],
            markeredgecolor=made.palette.halo,
            markersize=size * made.unit,
            markeredgewidth=1.1 * made.unit,
            zorder=5,
        )
        if page is None:
            continue
        x, y = axes.transData.transform((east, north)) - axes.bbox.p0
        half = 0.5 * size * made.unit * canvas.DPI / 72
        page.take((x - half, y - half, x + half, y + half))
        corner = page.place(
            (x, y), made.text_size_px(site.name, font), (9.0 * made.unit, 20.0 * made.unit)
        )
        if corner is not None:
            axes.text(
                *(np.array(corner) + axes.bbox.p0),
                site.name,
                va="bottom",
                transform=IdentityTransform(),
                color=colour[site.nation],
                fontproperties=font,
                path_effects=halo,
                zorder=6,
            )


def _types(axes: Any, made: Sheet, sky: Sky) -> None:
    """Draw how many of each type flew, in the colours of the map: its legend too."""
    canvas.plain(axes, made, "What flew")
    kinds, counts = np.unique(
        np.stack([sky.vehicles.type, sky.vehicles.allegiance], axis=1), axis=0, return_counts=True
    )
    order = np.lexsort((kinds[:, 0], -counts))[:TYPES_SHOWN]
    places = np.arange(len(order))[::-1]
    axes.barh(
        places, counts[order], color=[colour_of(kinds[k, 1]) for k in order], height=0.72, zorder=2
    )
    for place, k in zip(places, order, strict=True):
        axes.text(
            counts[k],
            place,
            f" {counts[k]:,} {kinds[k, 1]}",
            va="center",
            color=made.palette.quiet,
            fontproperties=made.font(8),
        )
    axes.set_yticks(places, [kinds[k, 0].replace("-", " ") for k in order])
    axes.set_ylim(min(len(order) - 8.5, -0.6), len(order) - 0.4)
    axes.set_xlim(0, 1.45 * max(counts[order], default=1))
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(False, axis="y")
    words = "broken lines on the map: drones, missiles, bombs"
    axes.set_xlabel(words, color=made.palette.quiet, fontproperties=made.font(8.5), loc="right")
    canvas.relabel(axes, made)


def _in_view(axes: Any, made: Sheet, sky: Sky) -> None:
    """Draw how many were in the air, and in the view of each nation and of both."""
    canvas.plain(axes, made, "In the air, and in view")
    begin_s, end_s = _span(sky)
    times, place = np.unique(sky.time_s, return_inverse=True)
    lines = [("in the air", np.ones(len(place), bool), made.palette.quiet, "-")]
    lines += [("seen by any", sky.seen, made.palette.ink, "-")]
    colour = nation_colours(sky)
    lines += [(f"by {name}", view, colour[name], "-") for name, view in sky.views.items()]
    for name, keep, tint, style in lines:
        count = np.bincount(place[keep], minlength=len(times))
        width = 1.5 * made.unit
        axes.plot(times, count, color=tint, linewidth=width, linestyle=style, label=name)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    overtime.time_axis(axes, made, begin_s, end_s)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, -0.33),
        prop=made.font(8.5),
        frameon=False,
        ncols=4,
        borderpad=0.1,
        handlelength=1.2,
        columnspacing=1.2,
        labelcolor=made.palette.ink,
    )
