"""The pictures of several sites side by side: the same map, each with what that site shows.

Tracks that every site shows under one number are drawn in one colour; those that only some show
stand out.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import patheffects

from jointsky.pictures import basemap_draw, canvas, colours, scene
from jointsky.pictures.basemap_draw import View
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.labels import Page
from jointsky.pictures.options import PictureOptions
from jointsky.pictures.projection import Projection
from jointsky.pictures.scene import Scene
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

SHARED, OWN = "#0b63ce", "#D55E00"
LABELS_MOST = 60
WIDTH_PX, HEIGHT_PX, HEAD_PX = 900, 800, 110


@dataclasses.dataclass(frozen=True)
class Picture:
    """What one site showed: its tracks over time, its own sensors, and a line of words."""

    name: str
    tracks: Tracks
    sensors: Sequence[Sensor]
    words: str


def draw_beside(
    pictures: Sequence[Picture],
    labels: dict[int, str],
    path_png: str | pathlib.Path,
    title: str,
    words: str,
) -> None:
    """Write one map for each site, all of the same extent; ``labels`` are by track number.

    ``words`` stands under the title.
    """
    made = canvas.sheet(colours.LIGHT, WIDTH_PX * len(pictures), HEIGHT_PX + HEAD_PX)
    made.unit = 1.2
    height = HEAD_PX + HEIGHT_PX
    made.write(0.015, 1.0 - 18 / height, title, 16, bold=True, va="top")
    made.write(0.015, 1.0 - 56 / height, words, 10, color=made.palette.quiet, va="top")
    everything = scene.build(
        Plots.make(0),
        join([one.tracks for one in pictures]),
        [sensor for one in pictures for sensor in one.sensors],
    )
    options = PictureOptions()
    plane = scene.projection_of(everything, options)
    width, tall = 0.97 / len(pictures) - 0.012, (HEIGHT_PX - 50) / height
    aspect = width * made.width_px / (tall * height)
    view = scene.extent_m(everything, plane, options, aspect)
    common = _common(pictures)
    for k, one in enumerate(pictures):
        axes = made.axes(0.015 + k * 0.97 / len(pictures), 32 / height, width, tall)
        seen = scene.build(Plots.make(0), one.tracks, list(one.sensors))
        _map(axes, made, seen, plane, view, common, labels)
        axes.set_title(one.name, loc="left", fontproperties=made.font(11, bold=True))
        quiet = made.palette.quiet
        axes.set_title(one.words, loc="right", color=quiet, fontproperties=made.font(9))
    canvas.save(made, path_png)


def _common(pictures: Sequence[Picture]) -> set[int]:
    """Return the numbers that every site shows at the end."""
    held: set[int] | None = None
    for one in pictures:
        numbers = set(np.unique(one.tracks.track_number).tolist())
        held = numbers if held is None else held & numbers
    return held or set()


def _map(
    axes: Any,
    made: Sheet,
    seen: Scene,
    plane: Projection,
    view: View,
    common: set[int],
    labels: dict[int, str],
) -> None:
    axes.set_xlim(view[0], view[2])
    axes.set_ylim(view[1], view[3])
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    basemap_draw.draw_ground(axes, made, plane, view)
    basemap_draw.draw_grid(axes, made, plane, view)
    points = plane.forward(seen.track_xy)
    page = Page(int(axes.bbox.width), int(axes.bbox.height))
    page.take((0, 0, 0.35 * page.width_px, 0.08 * page.height_px))
    scale_px = axes.bbox.width / (view[2] - view[0])
    page.set_ink((points - [view[0], view[1]]) * scale_px)
    for first, last in zip(*seen.pieces(), strict=True):
        tint = SHARED if int(seen.tracks.track_number[first]) in common else OWN
        piece = points[first : last + 1]
        axes.plot(*piece.T, color=tint, linewidth=1.3, alpha=0.8, zorder=3)
    for site in plane.forward(seen.sensor_xy):
        axes.plot(*site, marker="^", markersize=8, color=made.palette.ink, zorder=5)
    for row in seen.lasts[:LABELS_MOST].tolist():
        number = int(seen.tracks.track_number[row])
        tint = SHARED if number in common else OWN
        axes.plot(*points[row], marker="o", markersize=4, color=tint, zorder=4)
        _label(axes, made, page, (points[row] - [view[0], view[1]]) * scale_px, labels, number)
    basemap_draw.draw_scale(axes, made, view)


def _label(
    axes: Any, made: Sheet, page: Page, point_px: Any, labels: dict[int, str], number: int
) -> None:
    text, font = labels.get(number, ""), made.font(8)
    place = page.place(tuple(point_px), made.text_size_px(text, font), (8.0, 16.0, 28.0))
    if not text or place is None:
        return
    halo = [patheffects.withStroke(linewidth=3, foreground=made.palette.halo, alpha=0.9)]
    at = place[0] / page.width_px, place[1] / page.height_px
    axes.text(
        *at,
        text,
        transform=axes.transAxes,
        color=made.palette.ink,
        fontproperties=font,
        path_effects=halo,
        zorder=6,
    )
