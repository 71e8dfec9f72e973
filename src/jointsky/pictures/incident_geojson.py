"""An incident as GeoJSON (RFC 7946): places of reports and alerts, lines of tracks, zones."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.pictures.incident_view import IncidentView, ZoneShape, moment
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
Point = list[float]
DIGITS = 6  # of degrees: a tenth of a metre


def geojson(view: IncidentView) -> dict[str, Any]:
    """Return a FeatureCollection; times are RFC 3339 in UTC, heights metres above the ellipsoid.

    Rings follow the right-hand rule, and what crosses the 180th meridian is cut there (sections
    3.1.6 and 3.1.9).
    """
    one = view.incident
    features = []
    if view.has_place():
        point = _point(one.latitude_rad, one.longitude_rad)
        features.append(_feature("Point", point, _incident_facts(view)))
    features += [_zone(zone) for zone in view.zones]
    features += [_track(view, n) for n in one.tracks if len(view.history(n))]
    for alert in view.alerts:
        told = {
            "kind": "alert",
            "number": alert.number,
            "alert": alert.kind,
            "state": alert.state,
            "track": view.name(alert.track),
            "zone": alert.zone,
            "words": alert.why,
            "raised": stamp(alert.raised_s),
            "acknowledged": stamp(alert.acknowledged_s),
            "acknowledged_by": alert.acknowledged_by,
            "cleared": stamp(alert.cleared_s),
            "cleared_why": alert.cleared_why,
        }
        place = _point(alert.latitude_rad, alert.longitude_rad)
        features.append(_feature("Point", place, told))
    features += _reports(view)
    return {"type": "FeatureCollection", "features": features}


def stamp(time_s: float | None) -> str | None:
    """Return POSIX seconds as RFC 3339 in UTC, to a millisecond."""
    if time_s is None:
        return None
    return moment(time_s).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _incident_facts(view: IncidentView) -> dict[str, Any]:
    one = view.incident
    return {
        "kind": "incident",
        "id": one.id,
        "title": one.title,
        "state": one.state,
        "begin": stamp(one.begin_s),
        "end": stamp(one.end_s),
        "zone": one.zone,
        "place_sigma_m": round(one.place_sigma_m, 1),
        "tracks": [view.name(number) for number in one.tracks],
        "sensors": list(one.sensors),
        "remote_ids": list(one.remote_ids),
        "handed_to": one.handed_to,
        "site": view.site,
        "is_simulated": view.is_simulated,
        "timeline": [
            {"time": stamp(x.time_s), "kind": x.kind, "words": x.words, "by": x.by}
            for x in one.timeline
        ],
    }


def _track(view: IncidentView, number: int) -> dict[str, Any]:
    """Return a track as a line, in parts where it crosses the 180th meridian."""
    past = view.history(number)
    points = _with_heights(past)
    told = {
        "kind": "track",
        "track": view.name(number),
        "number": str(number),
        "begin": stamp(float(past.time_s[0])),
        "end": stamp(float(past.time_s[-1])),
        "times": [stamp(float(time_s)) for time_s in past.time_s],
        "mode_s": f"{int(past.mode_s[-1]):06X}" if past.mode_s[-1] >= 0 else None,
        "call_sign": str(past.call_sign[-1]) or None,
    }
    if len(points) == 1:
        return _feature("Point", points[0], told)
    lines = _cut_line(points)
    if len(lines) == 1:
        return _feature("LineString", lines[0], told)
    return _feature("MultiLineString", lines, told)


def _with_heights(past: Tracks) -> list[Point]:
    """Return points of a track, with heights where every one of them is known."""
    lat, lon = past.latitude_rad, past.longitude_rad
    points = [_point(a, b) for a, b in zip(lat.tolist(), lon.tolist(), strict=True)]
    if not np.isfinite(past.height_m).all():
        return points
    heights = past.height_m.tolist()
    return [[*point, round(high, 1)] for point, high in zip(points, heights, strict=True)]


def _reports(view: IncidentView) -> list[dict[str, Any]]:
    one, made = view.reports, []
    for row in range(len(one)):
        place = float(one.latitude_rad[row]), float(one.longitude_rad[row])
        sigma_m = float(one.place_sigma_m[row])
        told = {
            "kind": "report",
            "time": stamp(float(one.time_s[row])),
            "by": view.reporters[row] if row < len(view.reporters) else "",
            "claimed": str(one.claimed[row]),
            "words": str(one.words[row]),
            "remote_id": str(one.remote_id[row]) or None,
            "place_sigma_m": round(sigma_m, 1) if math.isfinite(sigma_m) else None,
        }
        is_known = all(map(math.isfinite, place))
        made.append(_feature("Point", _point(*place) if is_known else None, told))
    return made


def _zone(zone: ZoneShape) -> dict[str, Any]:
    told = {"kind": "zone", "zone": zone.name, "use": zone.use}
    parts = _cut_ring(zone.rim_rad)
    if len(parts) == 1:
        return _feature("Polygon", parts[0], told)
    return _feature("MultiPolygon", parts, told)


def _feature(kind: str, coordinates: Any, told: dict[str, Any]) -> dict[str, Any]:
    geometry = None if coordinates is None else {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": told}


def _point(latitude_rad: float, longitude_rad: float) -> Point:
    longitude = math.degrees(math.remainder(longitude_rad, 2.0 * math.pi))
    return [round(longitude, DIGITS), round(math.degrees(latitude_rad), DIGITS)]


def _cut_line(points: list[Point]) -> list[list[Point]]:
    """Return a line in parts that do not cross the 180th meridian."""
    parts = [[points[0]]]
    for one, other in itertools.pairwise(points):
        if abs(other[0] - one[0]) > 180.0:
            side = math.copysign(180.0, one[0])
            there = other[0] + 2.0 * side  # without the jump
            part = (side - one[0]) / (there - one[0])
            middle = [
                round(a + part * (b - a), DIGITS) for a, b in zip(one[1:], other[1:], strict=True)
            ]
            parts[-1].append([side, *middle])
            parts.append([[-side, *middle]])
        parts[-1].append(other)
    return parts


def _cut_ring(rim_rad: Floats) -> list[list[list[Point]]]:
    """Return a rim as polygons of one ring each, cut at the 180th meridian."""
    lat = np.degrees(rim_rad[:, 0])
    lon = np.degrees(np.unwrap(rim_rad[:, 1]))
    lon -= 360.0 * np.round(0.5 * (lon.min() + lon.max()) / 360.0)
    ring = np.column_stack([lon, lat])
    made = []
    for shift in (-360.0, 0.0, 360.0):
        moved = ring + np.array([shift, 0.0])
        if moved[:, 0].max() <= -180.0 or moved[:, 0].min() >= 180.0:
            continue
        kept = _clipped(_clipped(moved, -180.0, 1.0), 180.0, -1.0)
        if len(kept) >= 3:
            made.append([_ring(kept)])
    return made


def _clipped(ring: Floats, at: float, side: float) -> Floats:
    """Return the part of a ring on one side of a meridian (Sutherland and Hodgman 1974)."""
    made = []
    for one, other in zip(np.roll(ring, 1, axis=0), ring, strict=True):
        is_in, was_in = side * (other[0] - at) >= 0.0, side * (one[0] - at) >= 0.0
        if is_in != was_in:
            made.append(one + (at - one[0]) / (other[0] - one[0]) * (other - one))
        if is_in:
            made.append(other)
    return np.array(made).reshape(-1, 2)


def _ring(points: Floats) -> list[Point]:
    """Return a ring that is closed and runs anticlockwise, as outer rings do."""
    x, y = points.T
    area = float(np.sum(np.roll(x, 1) * y - x * np.roll(y, 1)))
    turned = points if area > 0.0 else points[::-1]
    ring = [[round(float(a), DIGITS), round(float(b), DIGITS)] for a, b in turned]
    return [*ring, ring[0]]
