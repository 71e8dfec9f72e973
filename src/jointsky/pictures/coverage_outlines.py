"""Outlines of a coverage as GeoJSON: polygons for each height, number of sensors and group."""

from __future__ import annotations

import itertools
import math
from typing import Any

import contourpy
import numpy as np
import numpy.typing as npt

from jointsky.records.coverage import Coverage

Floats = npt.NDArray[np.float64]
DIGITS = 5  # of degrees: 1 m
_ABOVE_ALL = 2.0  # larger than any probability


def geojson(coverage: Coverage, name: str) -> dict[str, Any]:
    """Return a FeatureCollection (RFC 7946): who sees what at which height.

    A feature for each height and "at least so many sensors", and one for each height and group;
    outlines lie where the chance to be seen is ``pd``, between the middles of cells.  Areas that
    cross the date line are cut there.
    """
    features = []
    for h, figures in enumerate(coverage.figures()):
        basic = {
            "height_m": float(coverage.heights_m[h]),
            "above": coverage.above,
            "probability": coverage.pd,
            "target": coverage.target,
        }
        for k, area_km2 in enumerate(figures["seen_by_at_least_km2"][: coverage.ranked.shape[1]]):
            more = {"sensors_at_least": k + 1, "group": None, "area_km2": round(area_km2, 1)}
            features.append(_feature(coverage, coverage.ranked[h, k], basic | more))
        for g, group in enumerate(coverage.groups):
            area_km2 = figures["seen_by_group_km2"][group]
            more = {"sensors_at_least": 1, "group": group, "area_km2": round(area_km2, 1)}
            features.append(_feature(coverage, coverage.best[h, g], basic | more))
    features += [_site(sensor) for sensor in coverage.sensors]
    kept = [feature for feature in features if feature is not None]
    return {"type": "FeatureCollection", "name": name, "features": kept}


def _site(sensor: Any) -> dict[str, Any]:
    lon = math.degrees(math.remainder(sensor.longitude_rad, 2.0 * math.pi))
    place = [round(lon, DIGITS), round(math.degrees(sensor.latitude_rad), DIGITS)]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {"sensor": sensor.name, "group": sensor.group, "left_out": sensor.why_not},
    }


def _feature(
    coverage: Coverage, field: npt.NDArray[np.float32], properties: dict[str, Any]
) -> dict[str, Any] | None:
    polygons = [
        polygon
        for part, longitude_deg in _cut(np.degrees(coverage.longitude_rad), field)
        for polygon in polygons_of(
            longitude_deg, np.degrees(coverage.latitude_rad), part, coverage.pd
        )
    ]
    if not polygons:
        return None
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _cut(longitude_deg: Floats, field: npt.NDArray[np.float32]) -> list[tuple[Any, Floats]]:
    """Return the field in parts that do not cross the date line, with longitudes in +-180.

    A column is put on the line itself, on either side, between its neighbours.
    """
    turns = np.floor((longitude_deg + 180.0) / 360.0)
    parts = []
    for turn in range(int(turns[0]), int(turns[-1]) + 1):
        inside = np.flatnonzero(turns == turn)
        own, columns = longitude_deg[inside] - 360.0 * turn, field[:, inside]
        if inside[0] > 0:
            rim = _between(longitude_deg, field, 360.0 * turn - 180.0)
            own, columns = np.append(-180.0, own), np.column_stack([rim, columns])
        if inside[-1] < len(longitude_deg) - 1:
            rim = _between(longitude_deg, field, 360.0 * turn + 180.0)
            own, columns = np.append(own, 180.0), np.column_stack([columns, rim])
        keep = np.append(True, np.diff(own) > 1e-9)
        parts.append((columns[:, keep], own[keep]))
    return parts


def _between(longitude_deg: Floats, field: npt.NDArray[np.float32], at_deg: float) -> Floats:
    return np.array([np.interp(at_deg, longitude_deg, row) for row in field])


def polygons_of(
    longitude_deg: Floats, latitude_deg: Floats, field: npt.NDArray[Any], least: float
) -> list[list[list[list[float]]]]:
    """Return polygons (rings of longitude and latitude) of where a field is at least ``least``.

    Outer rings run anticlockwise and holes clockwise (RFC 7946, 3.1.6).  The field counts as 0
    outside of its columns and rows, so that all rings close.
    """
    if len(longitude_deg) < 2 or field.max(initial=0.0) < least:
        return []
    made = contourpy.contour_generator(
        longitude_deg, latitude_deg, field, fill_type=contourpy.FillType.OuterOffset
    )
    filled: Any = made.filled(least, _ABOVE_ALL)
    polygons = []
    for outline, starts in zip(*filled, strict=True):
        rings = [
            _ring(outline[low:high], is_hole=n > 0)
            for n, (low, high) in enumerate(itertools.pairwise(starts))
        ]
        if rings[0] is not None:
            polygons.append([ring for ring in rings if ring is not None])
    return polygons


def _ring(points: Floats, is_hole: bool) -> list[list[float]] | None:
    """Return a closed ring in its right sense, or None where rounding leaves no area."""
    rounded = np.round(points, DIGITS)
    rounded = rounded[np.append(True, np.any(np.diff(rounded, axis=0) != 0.0, axis=1))]
    if np.any(rounded[0] != rounded[-1]):
        rounded = np.vstack([rounded, rounded[:1]])
    x, y = rounded.T
    twice = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    if len(rounded) < 4 or twice == 0.0:
        return None
    if (twice > 0.0) == is_hole:
        rounded = rounded[::-1]
    return [[float(a), float(b)] for a, b in rounded]
