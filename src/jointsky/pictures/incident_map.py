"""The map of an incident: where its tracks flew, what people reported, which zones are there."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import patheffects
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch

from jointsky.pictures import basemap_draw, canvas, colours, projection, scene, sky
from jointsky.pictures.basemap_draw import View
from jointsky.pictures.canvas import Sheet
from jointsky.pictures.incident_view import IncidentView, moment
from jointsky.pictures.labels import Page
from jointsky.pictures.projection import Projection

Floats = npt.NDArray[np.float64]

WIDTH_PX, HEIGHT_PX = 1500, 900
UNIT = 1.3  # letters large enough for half a page of A4
MAP = (0.035, 0.11, 0.955, 0.875)
WIDEST_ZONE_M = 60_000.0  # a larger one does not make the map small
ROOM_M = 3_000.0
ALERT, REPORT = "#D55E00", "#9b2c8a"


def map_png(view: IncidentView) -> bytes:
    """Return the map as PNG: the same octets every time."""
    made = canvas.sheet(colours.LIGHT, WIDTH_PX, HEIGHT_PX)
    made.unit = UNIT
    axes = made.axes(*MAP)
    plane, extent = _frame(view, MAP[2] * WIDTH_PX / (MAP[3] * HEIGHT_PX))
    sky.ground(axes, made, plane, extent)
    page = Page(int(axes.bbox.width), int(axes.bbox.height))
    page.take((0, 0, 0.3 * page.width_px, 0.09 * page.height_px))
    page.take((0.95 * page.width_px, 0.9 * page.height_px, page.width_px, page.height_px))
    page.set_ink(axes.transData.transform(plane.forward(_track_points(view))) - axes.bbox.p0)
    _zones(axes, made, view, plane, extent, page)
    _tracks(axes, made, view, plane, page)
    _reports(axes, made, view, plane, page)
    _alerts(axes, made, view, plane)
    basemap_draw.draw_places(axes, made, plane, extent, page)
    basemap_draw.draw_scale(axes, made, extent)
    _legend(made, view)
    made.write(0.985, 0.022, "Map: Natural Earth", 9, color=made.palette.quiet, ha="right")
    octets = io.BytesIO()
    made.figure.savefig(
        octets, format="png", dpi=canvas.DPI, facecolor=made.palette.paper,
        metadata={"Software": "jointsky"},
    )  # fmt: skip
    return octets.getvalue()


def _track_points(view: IncidentView) -> Floats:
    return np.column_stack([view.tracks.longitude_rad, view.tracks.latitude_rad])


def _frame(view: IncidentView, aspect: float) -> tuple[Projection, View]:
    """Return projection and extent of all that belongs to it, and of zones that are not large."""
    one, reports = view.incident, view.reports
    points = [_track_points(view), np.column_stack([reports.longitude_rad, reports.latitude_rad])]
    points.append(np.array([[a.longitude_rad, a.latitude_rad] for a in view.alerts]).reshape(-1, 2))
    if view.has_place():
        points.append(np.array([[one.longitude_rad, one.latitude_rad]]))
    whole = np.concatenate(points)
    whole = whole[np.isfinite(whole).all(axis=1)]
    plane = projection.about(whole)
    flat = plane.forward(whole) if len(whole) else np.zeros((1, 2))
    low, high = flat.min(axis=0) - ROOM_M, flat.max(axis=0) + ROOM_M
    for zone in view.zones:
        rim = plane.forward(zone.rim_rad[:, ::-1])
        if np.ptp(rim, axis=0).max() <= WIDEST_ZONE_M:
            low, high = np.minimum(low, rim.min(axis=0)), np.maximum(high, rim.max(axis=0))
    return plane, scene.fit(low, high, aspect, margin=0.06)


def _zones(
    axes: Any, made: Sheet, view: IncidentView, plane: Projection, extent: View, page: Page
) -> None:
    for zone in view.zones:
        rim = plane.forward(zone.rim_rad[:, ::-1])
        axes.fill(*rim.T, facecolor=made.palette.accent, alpha=0.06, zorder=0.8)
        axes.plot(
            *np.vstack([rim, rim[:1]]).T, color=made.palette.accent,
            linewidth=1.4 * made.unit, linestyle=(0, (6, 3)), alpha=0.8, zorder=0.9,
        )  # fmt: skip
        west, south, east, north = extent
        seen = rim[
            (rim[:, 0] > west) & (rim[:, 0] < east) & (rim[:, 1] > south) & (rim[:, 1] < north)
        ]
        if len(seen):
            top = seen[np.argmax(seen[:, 1])]
            _label(axes, made, page, top, f"{zone.name} ({zone.use})", made.palette.accent)


def _tracks(axes: Any, made: Sheet, view: IncidentView, plane: Projection, page: Page) -> None:
    for row, number in enumerate(view.incident.tracks):
        past = view.history(number)
        if not len(past):
            continue
        line = plane.forward(np.column_stack([past.longitude_rad, past.latitude_rad]))
        colour = _colour(row)
        axes.plot(*line.T, color=made.palette.halo, linewidth=4.5 * made.unit, zorder=2)
        axes.plot(*line.T, color=colour, linewidth=2.2 * made.unit, zorder=2.1)
        axes.plot(
            *line[0], "o", color=made.palette.halo, markeredgecolor=colour,
            markersize=6 * made.unit, markeredgewidth=1.6 * made.unit, zorder=2.4,
        )  # fmt: skip
        axes.plot(
            *line[-1], "o", color=colour, markeredgecolor=made.palette.halo,
            markersize=9 * made.unit, markeredgewidth=1.2 * made.unit, zorder=2.5,
        )  # fmt: skip
        last = f"{view.name(number)}, {moment(float(past.time_s[-1])):%H:%M:%S}"
        _label(axes, made, page, line[-1], last, colour)


def _reports(axes: Any, made: Sheet, view: IncidentView, plane: Projection, page: Page) -> None:
    one = view.reports
    for row in range(len(one)):
        if not math.isfinite(one.latitude_rad[row] + one.longitude_rad[row]):
            continue
        (at,) = plane.forward([[one.longitude_rad[row], one.latitude_rad[row]]])
        if math.isfinite(one.place_sigma_m[row]):
            ring = Circle(
                tuple(at), float(one.place_sigma_m[row]), fill=False, edgecolor=REPORT,
                linewidth=1.2 * made.unit, linestyle=(0, (3, 2)), zorder=2.6,
            )  # fmt: skip
            axes.add_patch(ring)
        axes.plot(
            *at, "D", color=REPORT, markeredgecolor=made.palette.halo,
            markersize=9 * made.unit, markeredgewidth=1.2 * made.unit, zorder=2.8,
        )  # fmt: skip
        who = view.reporters[row] if row < len(view.reporters) else ""
        words = f"{who or 'report'}, {moment(float(one.time_s[row])):%H:%M:%S}"
        _label(axes, made, page, at, words, REPORT)


def _alerts(axes: Any, made: Sheet, view: IncidentView, plane: Projection) -> None:
    for alert in view.alerts:
        (at,) = plane.forward([[alert.longitude_rad, alert.latitude_rad]])
        axes.plot(
            *at, "^", color=ALERT, markeredgecolor=made.palette.halo,
            markersize=9 * made.unit, markeredgewidth=1.2 * made.unit, zorder=2.7,
        )  # fmt: skip


def _colour(row: int) -> str:
    return sky.NATIONS[row % len(sky.NATIONS)]


def _label(axes: Any, made: Sheet, page: Page, at: Any, words: str, colour: str) -> None:
    """Write beside a point, where there is room."""
    font = made.font(11, bold=True)
    x, y = axes.transData.transform(at) - axes.bbox.p0
    size = made.text_size_px(words, font)
    half = 7.0 * made.unit
    page.take((x - half, y - half, x + half, y + half))
    corner = page.place((x, y), size, (11.0 * made.unit, 26.0 * made.unit, 44.0 * made.unit))
    if corner is None:
        return
    halo = [patheffects.withStroke(linewidth=3 * made.unit, foreground=made.palette.halo)]
    axes.annotate(
        words, np.array(corner) + axes.bbox.p0, xycoords="figure pixels", va="bottom",
        color=colour, fontproperties=font, path_effects=halo, zorder=6,
    )  # fmt: skip


def _legend(made: Sheet, view: IncidentView) -> None:
    accent = made.palette.accent
    entries: list[Any] = [
        Line2D([], [], color=_colour(0), marker="o", label="track, from ○ to ●"),
        Line2D([], [], color=ALERT, marker="^", linestyle="", label="alert raised"),
        Line2D([], [], color=REPORT, marker="D", linestyle="", label="report, its error"),
        Patch(facecolor=accent, edgecolor=accent, alpha=0.25, linestyle="--", label="zone"),
    ]
    is_there = [len(view.tracks) > 0, bool(view.alerts), len(view.reports) > 0, bool(view.zones)]
    made.figure.legend(
        handles=[entry for entry, there in zip(entries, is_there, strict=True) if there],
        loc="lower left", bbox_to_anchor=(0.025, -0.005), ncols=4, frameon=False,
        prop=made.font(11), labelcolor=made.palette.ink, borderpad=0.3, columnspacing=1.6,
    )  # fmt: skip
