"""The picture of one file as it was read: where its plots are, when they came, what they carry."""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from jointsky.pictures import basemap_draw, canvas, colours, overtime, scene
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.labels import Page
from jointsky.pictures.options import PictureOptions
from jointsky.pictures.scene import Scene
from jointsky.records.plots import Geometry
from jointsky.records.reading import Reading
from jointsky.records.sensors import Sensor, names_told_apart
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]

MAP_LEFT, MAP_BOTTOM, MAP_WIDTH, MAP_HEIGHT = 0.035, 0.06, 0.50, 0.80
CELLS_ACROSS = 220
ITEMS_MOST = 28
SOURCES_MOST = 10


def draw_reading(
    reading: Reading, path_png: str | pathlib.Path, options: PictureOptions | None = None
) -> None:
    """Write a small picture of a file: density of its plots, rates by source, items present."""
    options = options or PictureOptions(width_px=1400, height_px=875)
    made = canvas.sheet(colours.PALETTES[options.theme], options.width_px, options.height_px)
    seen = scene.build(reading.plots, reading.tracks, reading.sensors, options)
    _heading(made, reading, seen)
    axes = made.axes(MAP_LEFT, MAP_BOTTOM, MAP_WIDTH, MAP_HEIGHT)
    about = "" if len(seen.plots) + len(seen.tracks) else _busiest(reading)
    if about:
        _density(axes, made, _about_itself(reading, about, options), options, about)
    else:
        _density(axes, made, seen, options)
    left, width = 0.62, 0.365
    _sources(made.axes(left, 0.68, width, 0.17), made, reading)
    rates = made.axes(left, 0.42, width, 0.17)
    if len(reading.plots):
        overtime.rates(rates, made, reading.plots, reading.sensors, seen.begin_s, seen.end_s)
    else:
        _track_rates(rates, made, reading, seen)
    _items(made.axes(left, 0.075, width, 0.22), made, reading)
    canvas.save(made, path_png)


def _heading(made: Sheet, reading: Reading, seen: Scene) -> None:
    records = "   ".join(f"{name} {count:,}" for name, count in reading.contents.records.items())
    made.write(
        MAP_LEFT, 0.968, f"{reading.format}:  {records or 'no records'}", 14, bold=True, va="top"
    )
    faults = sum(reading.fault_counts.values())
    parts = [
        scene.span_text(seen.begin_s, seen.end_s)
        if len(reading.plots) + len(reading.tracks)
        else "",
        f"{len(reading.plots):,} plots",
        f"{len(reading.tracks):,} track reports",
        f"{faults:,} fault{'s' * (faults != 1)}",
        f"{seen.unplaced_plots:,} plots without a place" if seen.unplaced_plots else "",
    ]
    text = "   \u00b7   ".join(part for part in parts if part)
    made.write(MAP_LEFT, 0.918, text, 10, color=made.palette.quiet, va="top")


def _busiest(reading: Reading) -> str:
    """Return the name of the sensor with the most plots in its own frame, or nothing."""
    own = reading.plots.sensor[reading.plots.geometry != Geometry.GEODETIC]
    own = own[(own >= 0) & (own < len(reading.sensors))]
    return reading.sensors[int(np.bincount(own).argmax())].name if len(own) else ""


def _about_itself(reading: Reading, name: str, options: PictureOptions) -> Scene:
    """Return the scene of one sensor in its own plane, for files that do not say where it is."""
    row = next(s for s, sensor in enumerate(reading.sensors) if sensor.name == name)
    mine = reading.plots.rows(reading.plots.sensor == row)
    site = Sensor(name=name, flat_enu_m=(0.0, 0.0, 0.0))
    return scene.build(mine.replace(sensor=0), Tracks.make(0), [site], options)


def _density(axes: Any, made: Sheet, seen: Scene, options: PictureOptions, about: str = "") -> None:
    """Draw how many plots and track reports fell on each small square of the map."""
    xy = np.concatenate([seen.plot_xy, seen.track_xy])
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(made.palette.coast)
    if len(xy) == 0:
        overtime.nothing(axes, made, _why_nowhere(seen))
        return
    plane = scene.projection_of(seen, options)
    aspect = MAP_WIDTH * options.width_px / (MAP_HEIGHT * options.height_px)
    view = scene.extent_m(seen, plane, options, aspect)
    axes.set_xlim(view[0], view[2])
    axes.set_ylim(view[1], view[3])
    axes.set_autoscale_on(False)
    if not seen.flat:
        basemap_draw.draw_ground(axes, made, plane, view)
        basemap_draw.draw_grid(axes, made, plane, view)
    points = plane.forward(xy)
    down = round(CELLS_ACROSS / aspect)
    counts, _, _ = np.histogram2d(
        points[:, 1], points[:, 0], (down, CELLS_ACROSS), ((view[1], view[3]), (view[0], view[2]))
    )
    table = colours.height_map(made.palette, turned=options.theme == "light")
    axes.imshow(
        np.ma.masked_less(counts, 0.5),
        extent=(view[0], view[2], view[1], view[3]),
        origin="lower",
        cmap=table,
        norm=LogNorm(1.0, max(counts.max(), 10.0)),
        interpolation="nearest",
        aspect="auto",
        zorder=2,
    )
    page = Page(int(axes.bbox.width), int(axes.bbox.height))
    page.take((0, 0, 0.4 * page.width_px, 0.08 * page.height_px))
    _site_marks(axes, made, plane.forward(seen.sensor_xy))
    basemap_draw.draw_places(axes, made, plane, view, page)
    basemap_draw.draw_scale(axes, made, view)
    words = "Plots and track reports in each square, few to many"
    if about:
        words = f"Plots about {about}; its site is not in the file"
    made.write(MAP_LEFT, 0.875, words, 9, color=made.palette.quiet)
    bar = made.axes(MAP_LEFT + 0.30, 0.874, 0.12, 0.014)
    bar.imshow(np.arange(64)[None], cmap=table, aspect="auto")
    bar.set_axis_off()


def _why_nowhere(seen: Scene) -> str:
    if seen.unplaced_plots:
        return "no plot of this file can be placed"
    return "no positions in this file"


def _site_marks(axes: Any, made: Sheet, sites: Floats) -> None:
    axes.plot(
        *sites.T,
        "D",
        color=made.palette.accent,
        markeredgecolor=made.palette.halo,
        markersize=7 * made.unit,
        zorder=5,
        linestyle="none",
    )


def _sources(axes: Any, made: Sheet, reading: Reading) -> None:
    """Draw how much each source sent."""
    canvas.plain(axes, made, "Reports by source")
    count = len(reading.sensors)
    sent = np.bincount(reading.plots.sensor[reading.plots.sensor >= 0], minlength=max(count, 1))
    told = np.bincount(reading.tracks.source[reading.tracks.source >= 0], minlength=max(count, 1))
    total = (sent + told)[:count]
    order = np.argsort(-total, kind="stable")[:SOURCES_MOST]
    order = order[total[order] > 0]
    if len(order) == 0:
        overtime.nothing(axes, made, "no reports")
        return
    apart, names = names_told_apart(reading.sensors), []
    for s in order:
        sensor = reading.sensors[s]
        code = f"{sensor.sac}/{sensor.sic}"
        names.append(apart[s] if sensor.sac < 0 or code in apart[s] else f"{apart[s]} ({code})")
    shades = [colours.SENSORS[min(k, len(colours.SENSORS) - 1)] for k in range(len(order))]
    _bars(axes, made, names, [int(total[s]) for s in order], shades)


def _items(axes: Any, made: Sheet, reading: Reading) -> None:
    """Draw how often each item of the category with the most kinds of items is present."""
    items = {k: v for k, v in reading.contents.items.items() if v}
    if not items:
        canvas.plain(axes, made, "Items present")
        overtime.nothing(axes, made, "this format has no items")
        return
    name = max(items, key=lambda k: (len(items[k]), reading.contents.records.get(k, 0)))
    records = max(reading.contents.records.get(name, 0), 1, *items[name].values())
    canvas.plain(axes, made, f"Items of {name}: in what part of its records (%)")
    shown = list(items[name].items())[:ITEMS_MOST]
    parts = [100.0 * count / records for _, count in shown]
    axes.bar(range(len(shown)), parts, color=made.palette.accent, width=0.75)
    axes.set_xticks(range(len(shown)), [item for item, _ in shown], rotation=90)
    axes.set_ylim(0, 104)
    axes.set_xlim(-0.6, max(len(shown), 10) - 0.4)
    axes.grid(False, axis="x")
    canvas.relabel(axes, made)


def _bars(axes: Any, made: Sheet, names: list[str], values: list[int], shades: list[str]) -> None:
    rows = np.arange(len(values))
    axes.barh(rows, values, color=shades, height=0.7)
    axes.set_yticks(rows, names)
    axes.set_ylim(max(len(values), 3) - 0.4, -0.6)
    axes.grid(False, axis="y")
    axes.set_xlim(0, 1.15 * max(values))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    for row, value in zip(rows, values, strict=True):
        axes.annotate(
            f"{value:,}",
            (value, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=made.palette.ink,
            fontproperties=made.font(8.5),
        )
    canvas.relabel(axes, made)


def _track_rates(axes: Any, made: Sheet, reading: Reading, seen: Scene) -> None:
    canvas.plain(axes, made, "Track reports a second")
    times = reading.tracks.time_s[np.isfinite(reading.tracks.time_s)]
    if len(times) == 0:
        overtime.nothing(axes, made, "no reports")
        return
    step_s = 5.0 if seen.end_s - seen.begin_s > 50.0 else 1.0
    edges = overtime.bin_edges_s(seen.begin_s, seen.end_s, step_s)
    rate = np.histogram(times, edges)[0] / (edges[1] - edges[0])
    axes.plot(
        0.5 * (edges[1:] + edges[:-1]),
        rate,
        color=made.palette.accent,
        linewidth=1.5 * made.unit,
        drawstyle="steps-mid",
    )
    axes.set_ylim(bottom=0)
    overtime.time_axis(axes, made, seen.begin_s, seen.end_s)
