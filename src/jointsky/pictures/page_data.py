"""What the page knows: facts as JSON, and columns of whole numbers in one deflated block.

A column is 32-bit integers; stored are differences (modulo 2^32), least octets of all first, then
the next, so that deflate finds little to store.  ``facts["columns"]`` names them in their order.
"""

from __future__ import annotations

import itertools
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.pictures import basemap_draw, colours, mapdata, scene, summaries
from jointsky.pictures.options import PictureOptions
from jointsky.pictures.scene import Scene
from jointsky.records.sensors import Sensor, names_told_apart
from jointsky.units import FOOT_M

Floats = npt.NDArray[np.float64]

TRACK_ROWS_MOST = 500_000
PLOTS_MOST = 250_000
UNKNOWN = -99_999
LARGEST_CITIES = 700
COLUMN_LIMIT = 2**31 - 1
THEME_COLOURS = (
    "paper", "water", "land", "coast", "border", "grid", "ink", "quiet", "place", "plot", "halo",
    "unknown", "accent",
)  # fmt: skip


def collect(seen: Scene, title: str, options: PictureOptions) -> tuple[dict[str, Any], bytes]:
    """Return the facts of a page and its packed columns."""
    rows = _kept_rows(seen)
    stride = -(-len(seen.plots) // PLOTS_MOST) if len(seen.plots) else 1
    columns = _track_columns(seen, rows) | _plot_columns(seen, stride)
    middle = 0.0
    ground: dict[str, Any] = {}
    if not seen.flat:
        ground, map_columns, middle = _ground(seen, options)
        columns |= map_columns
    low, high = colours.height_limits_m(seen.height_m())
    facts = {
        "title": title,
        "flat": seen.flat,
        "begin": seen.begin_s,
        "duration": seen.end_s - seen.begin_s,
        "dateKnown": scene.when(seen.begin_s).year != 1970,
        "extent": _extent(seen, options),
        "middleLongitude": middle,
        "sensors": [
            _sensor(sensor, name, xy, seen.flat)
            for sensor, name, xy in zip(
                seen.sensors, names_told_apart(seen.sensors), seen.sensor_xy, strict=True
            )
        ],
        "tracks": _track_facts(seen),
        "counts": {
            "tracks": len(seen.starts) - 1,
            "rows": len(seen.tracks),
            "plots": len(seen.plots) + seen.unplaced_plots,
            "unplaced": seen.unplaced_plots,
        },
        "notes": _notes(seen, len(rows), stride),
        "heights": [low, high],
        "palettes": _palettes(),
        "theme": options.theme if options.theme == "dark" else "auto",
        "show": {"labels": options.labels, "plots": options.plots},
        "ground": ground,
        "columns": [[name, len(values)] for name, values in columns.items()],
    }
    return facts, pack(list(columns.values()))


def pack(columns: list[npt.NDArray[np.int32]]) -> bytes:
    """Return columns as differences in octet planes, deflated."""
    planes = []
    for values in columns:
        steps = np.diff(values.astype(np.int64), prepend=0).astype(np.uint32)
        planes.append(steps.astype("<u4").view(np.uint8).reshape(-1, 4).T.tobytes())
    return zlib.compress(b"".join(planes), 6)  # level 9: five times the time, 3 % less


def whole(values: npt.ArrayLike, scale: float = 1.0) -> npt.NDArray[np.int32]:
    """Return values times ``scale`` as whole numbers; what is not finite becomes ``UNKNOWN``."""
    scaled = np.round(np.asarray(values, np.float64) * scale)
    scaled = np.where(np.isfinite(scaled), scaled, UNKNOWN)
    return np.clip(scaled, -COLUMN_LIMIT, COLUMN_LIMIT).astype(np.int32)


def _places(xy: Floats, flat: bool) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return x and y in millionths of a degree, or in decimetres of a flat scene."""
    units = xy * 10.0 if flat else np.degrees(xy) * 1e6
    return whole(units[:, 0]), whole(units[:, 1])


def _kept_rows(seen: Scene) -> npt.NDArray[np.int64]:
    """Return the track rows that go into the page: all, or every n-th and each track's ends."""
    n = len(seen.tracks)
    keep = np.ones(n, bool)
    stride = -(-n // TRACK_ROWS_MOST) if n else 1
    if stride > 1:
        keep = np.arange(n) % stride == 0
        first, last = seen.pieces()
        keep[first] = keep[last] = True
    return np.flatnonzero(keep)


def _track_columns(seen: Scene, rows: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.int32]]:
    tracks = seen.tracks.rows(rows)
    joined = np.concatenate([seen.is_joined(), [False]])[: len(seen.tracks)]
    broken = np.cumsum(~joined)  # a row is joined to the next kept one where no break lies between
    same = np.zeros(len(rows), np.int32)
    if len(rows) > 1:
        same[:-1] = (broken[rows[1:] - 1] - np.where(rows[:-1] > 0, broken[rows[:-1] - 1], 0)) == 0
    x, y = _places(seen.track_xy[rows], seen.flat)
    speed = np.hypot(tracks.ve_mps, tracks.vn_mps)
    course = np.degrees(np.arctan2(tracks.ve_mps, tracks.vn_mps)) % 360.0
    return {
        "start": np.searchsorted(rows, seen.starts).astype(np.int32),
        "time": whole(tracks.time_s - seen.begin_s, 100.0),
        "x": x,
        "y": y,
        "height": whole(seen.height_m()[rows]),
        "level": whole(tracks.pressure_altitude_m / FOOT_M),
        "speed": whole(speed, 10.0),
        "course": whole(np.where(speed > 0.5, course, np.nan), 10.0),
        "climb": whole(tracks.vu_mps, 10.0),
        "squawk": tracks.mode_a.astype(np.int32),
        "joined": same,
    }


def _plot_columns(seen: Scene, stride: int) -> dict[str, npt.NDArray[np.int32]]:
    order = np.argsort(seen.plots.time_s[::stride], kind="stable")
    x, y = _places(seen.plot_xy[::stride][order], seen.flat)
    return {
        "plotTime": whole(seen.plots.time_s[::stride][order] - seen.begin_s, 100.0),
        "plotX": x,
        "plotY": y,
        "plotSensor": seen.plots.sensor[::stride][order].astype(np.int32),
    }


def _track_facts(seen: Scene) -> dict[str, list[Any]]:
    tracks, starts = seen.tracks, seen.starts
    calls, modes, codes = (
        summaries.last_known(c, starts) for c in (tracks.call_sign, tracks.mode_s, tracks.mode_a)
    )
    told = tracks.sensors
    by = []
    for first, end in itertools.pairwise(starts):
        words = np.bitwise_or.reduce(told[first:end], axis=0)
        numbers = [
            64 * w + b for w, word in enumerate(words.tolist()) for b in range(64) if word >> b & 1
        ]
        by.append([n for n in numbers if n < len(seen.sensors)])
    return {
        "number": tracks.track_number[starts[:-1]].tolist(),
        "name": summaries.identities(seen),
        "call": [str(call).strip() for call in calls],
        "modeS": modes,
        "modeA": codes,
        "sensors": by,
        "plots": np.maximum.reduceat(tracks.plots, starts[:-1]).tolist() if len(tracks) else [],
        "weight": [round(float(w), 4) for w in summaries.importance(seen)],
    }


def _sensor(sensor: Sensor, name: str, xy: Floats, flat: bool) -> dict[str, Any]:
    code = f"{sensor.sac}/{sensor.sic}" if sensor.sac >= 0 else ""
    known = bool(np.isfinite(xy).all())
    place = (xy if flat else np.degrees(xy)).round(6).tolist() if known else None
    range_m = sensor.range_max_m
    return {
        "name": name,
        "kind": sensor.kind,
        "code": code,
        "place": place,
        "range": range_m,
    }


def _extent(seen: Scene, options: PictureOptions) -> list[float]:
    """Return west, south, east, north of the first view, in degrees or metres."""
    plane = scene.projection_of(seen, options)
    west, south, east, north = scene.extent_m(seen, plane, options, 1.3)
    if seen.flat:
        return [west, south, east, north]
    middles = plane.inverse(
        [[west, 0.5 * (south + north)], [east, 0.5 * (south + north)], [0, south], [0, north]]
    )
    lonlat = np.degrees(middles)
    return [float(v) for v in (lonlat[0, 0], lonlat[2, 1], lonlat[1, 0], lonlat[3, 1])]


def _notes(seen: Scene, kept: int, stride: int) -> list[str]:
    notes = []
    if kept < len(seen.tracks):
        notes.append(
            f"This page holds {kept:,} of {len(seen.tracks):,} track points: about every "
            f"{round(len(seen.tracks) / kept)}th; ends of tracks are kept."
        )
    if stride > 1:
        notes.append(f"One plot in {stride} is drawn ({-(-len(seen.plots) // stride):,}).")
    if seen.unplaced_plots:
        notes.append(
            f"{seen.unplaced_plots:,} plots have no place on the map: their sensor's site, or "
            "their range or bearing, is not known."
        )
    return notes


def _palettes() -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for name, palette in colours.PALETTES.items():
        made[name] = {colour: getattr(palette, colour) for colour in THEME_COLOURS}
        made[name]["height"] = colours.height_hex(palette)
    return made


def _ground(
    seen: Scene, options: PictureOptions
) -> tuple[dict[str, Any], dict[str, npt.NDArray[np.int32]], float]:
    """Return names, columns and the middle longitude of the page's map.

    Fine curves where the recording is and as far again on each side, coarse ones elsewhere.
    """
    plane = scene.projection_of(seen, options)
    west, south, east, north = scene.extent_m(seen, plane, options, 1.3)
    wide, high = east - west, north - south
    view = (west - wide, south - high, east + wide, north + high)
    boxes = basemap_draw.boxes_deg(plane, view)
    fine = max(wide, high) < basemap_draw.COARSE_FROM_M
    columns: dict[str, npt.NDArray[np.int32]] = {}
    for layer in ("land", "borders", "lakes"):
        chosen, shores = _curves(layer, boxes if fine else [])
        columns |= _curve_columns(layer, chosen)
        if layer == "land":
            columns |= _curve_columns("shore", shores)
    names: dict[str, Any] = {}
    for kind in ("countries", "cities", "airports"):
        places = mapdata.places(kind)
        lon, lat = places.longitude_deg, places.latitude_deg
        near = np.zeros(len(lon), bool)
        for w, s, e, n in boxes:
            near |= (lon >= w) & (lon <= e) & (lat >= s) & (lat <= n)
        if kind == "countries":
            near[:] = np.arange(len(near)) < basemap_draw.COUNTRIES_NAMED
        if kind == "cities":
            near[:LARGEST_CITIES] = True
        rows = np.flatnonzero(near)
        names[kind] = [places.names[i] for i in rows]
        columns[f"{kind}X"] = whole(lon[rows], 1e4)
        columns[f"{kind}Y"] = whole(lat[rows], 1e4)
    return {"names": names}, columns, float(np.degrees(plane.longitude_rad))


def _curves(layer: Any, boxes: list[basemap_draw.View]) -> tuple[list[Floats], list[Floats]]:
    """Return fine curves in the boxes and coarse ones elsewhere; for land the shores as well."""
    fine, coarse = mapdata.curves(layer, "fine"), mapdata.curves(layer, "coarse")
    near = {k for box in boxes for k in fine.inside(*box)}
    if fine.tile is not None and coarse.tile is not None:
        tiles = {fine.tile_of(k) for k in near}
        near = {k for k in range(len(fine.tile)) if fine.tile_of(k) in tiles}
        far = [k for k in range(len(coarse.tile)) if coarse.tile_of(k) not in tiles]
    else:
        covered = {k for box in boxes for k in coarse.inside(*box)}
        far = [k for k in range(len(coarse.boxes_deg)) if k not in covered]
    picked = [(fine, k) for k in sorted(near)] + [(coarse, k) for k in far]
    shores = []
    if fine.tile is not None:
        for source, k in picked:
            shores += basemap_draw.runs(source.curve(k), source.is_shore(k))
    return [source.curve(k) for source, k in picked], shores


def _curve_columns(name: str, curves: list[Floats]) -> dict[str, npt.NDArray[np.int32]]:
    points = np.concatenate(curves) if curves else np.zeros((0, 2))
    return {
        f"{name}Size": np.array([len(c) for c in curves], np.int32),
        f"{name}X": whole(points[:, 0], mapdata.UNITS_PER_DEGREE),
        f"{name}Y": whole(points[:, 1], mapdata.UNITS_PER_DEGREE),
    }
