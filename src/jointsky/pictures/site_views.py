"""What each site had of the sky: a small map for every site, its tracks over the truth."""

from __future__ import annotations

import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.pictures import canvas, colours
from jointsky.pictures.projection import Projection
from jointsky.pictures.sky import Sky, broken, frame, ground, mark_sites, nation_colours
from jointsky.records.tracks import Tracks, TrackStatus

GAP_S = 30.0  # a track's line is broken where it was not told for so long
ROW_PX, COLUMNS = 400, 5


@dataclasses.dataclass(frozen=True)
class SiteView:
    """One site's picture: its tracks, which part of the truth was in view, and a line of words."""

    site: int  # row of sky.sites
    tracks: Tracks
    view: npt.NDArray[np.bool_]  # (n,) as the rows of the sky
    words: str


def draw_site_views(
    sky: Sky, views: Sequence[SiteView], path_png: str | pathlib.Path, title: str
) -> None:
    """Write a picture with a map for each site: truth, what it had in view, its tracks."""
    columns = min(COLUMNS, max(len(views), 1))
    rows = math.ceil(len(views) / columns)
    height_px = 150 + ROW_PX * max(rows, 1)
    made = canvas.sheet(colours.LIGHT, 1800, height_px)
    made.unit = 1.0
    top = 1.0 - 110 / height_px
    made.write(0.02, 1.0 - 22 / height_px, title, 17, bold=True, va="top")
    words = "grey: what flew   ·   light: in view of the site's own sensors   ·   dark: its tracks"
    quiet = made.palette.quiet
    made.write(0.02, 1.0 - 62 / height_px, words, 10.5, color=quiet, va="top")
    for k, one in enumerate(views):
        row, column = divmod(k, columns)
        width, height = 0.96 / columns, (ROW_PX - 70) / height_px
        place = (0.02 + column * width, top - (row + 1) * ROW_PX / height_px + 40 / height_px)
        axes = made.axes(*place, width - 0.012, height)
        _one(axes, made, sky, one, (width - 0.012) * 1800 / (height * height_px))
    canvas.save(made, path_png)


def _one(axes: Any, made: canvas.Sheet, sky: Sky, one: SiteView, aspect: float) -> None:
    site = sky.sites[one.site]
    plane, extent = frame(sky, aspect)
    ground(axes, made, plane, extent)
    tint = nation_colours(sky)[site.nation]
    points = plane.forward(sky.xy)
    for keep, colour, width, alpha in (
        (np.ones(len(points), bool), made.palette.quiet, 0.5, 0.35),
        (one.view, tint, 3.0, 0.25),
    ):
        line = broken(sky.vehicle, points, keep)
        axes.plot(*line.T, color=colour, linewidth=width, alpha=alpha, zorder=2, rasterized=True)
    axes.plot(*_lines(one.tracks, plane).T, color=tint, linewidth=0.9, zorder=3, rasterized=True)
    mark_sites(axes, made, sky, plane, only=site)
    axes.set_title(
        f"{site.name}, {site.nation}", loc="left", color=tint, fontproperties=made.font(10, True)
    )
    axes.set_xlabel(one.words, color=made.palette.quiet, fontproperties=made.font(8.5), labelpad=14)


def _lines(tracks: Tracks, plane: Projection) -> npt.NDArray[np.float64]:
    """Return the confirmed tracks as lines (m, 2) on the plane, broken where none was told."""
    shown = tracks.rows(tracks.status == TrackStatus.CONFIRMED)
    shown = shown.rows(np.lexsort((shown.time_s, shown.track_number)))
    points = plane.forward(np.column_stack([shown.longitude_rad, shown.latitude_rad]))
    is_other = np.diff(shown.track_number) != 0
    cut = np.flatnonzero(is_other | (np.diff(shown.time_s) > GAP_S)) + 1
    return np.asarray(np.insert(points, cut, np.nan, axis=0)) if len(points) else points
