"""A declared zone becomes an area: its rim as a closed line over the ground, its times."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Area
from jointsky.assess.zones import Circle, Corridor, Zone
from jointsky.declare_time import moment_s
from jointsky.earth.geodesy import mean_radius_of_curvature_m

Floats = npt.NDArray[np.float64]
CORNERS = 72


def area_of(zone: Zone, begin_s: float) -> Area:
    """Return a declared zone as an area; its times count from ``begin_s``, POSIX seconds.

    A floor at or below the sea or the ground is none: what flies low may be measured below it.
    """
    spans = [(one.begin, one.end) for one in zone.active]
    return Area(
        name=zone.name,
        use=zone.use,
        rim_rad=rim_rad(zone),
        nation=zone.nation,
        floor_m=zone.floor_m if zone.floor_m > 0.0 else -math.inf,
        ceiling_m=math.inf if zone.ceiling_m is None else zone.ceiling_m,
        above_ground=zone.height_above == "ground",
        active_s=tuple(
            (moment_s(begin, begin_s), math.inf if end is None else moment_s(end, begin_s))
            for begin, end in spans
        ),
        line_rad=None
        if zone.corridor is None
        else np.asarray(np.radians(np.array(zone.corridor.line_lat_lon_deg))),
    )


def rim_rad(zone: Zone) -> Floats:
    """Return the rim of a zone, (n, 2) latitude and longitude in radians; it closes by itself."""
    if zone.circle is not None:
        return _circle(zone.circle)
    if zone.corridor is not None:
        return _corridor(zone.corridor)
    return np.asarray(np.radians(np.array(zone.polygon_lat_lon_deg or ()).reshape(-1, 2)))


def _circle(circle: Circle) -> Floats:
    """Return points of a small circle (Snyder 1987, eqs. 5-5 and 5-6 about a centre)."""
    latitude, longitude = math.radians(circle.latitude_deg), math.radians(circle.longitude_deg)
    angle = 1000.0 * circle.radius_km / mean_radius_of_curvature_m(latitude)
    course = np.linspace(0.0, 2.0 * np.pi, CORNERS, endpoint=False)
    level = math.sin(latitude) * math.cos(angle)
    sine = level + math.cos(latitude) * math.sin(angle) * np.cos(course)
    east = np.sin(course) * math.sin(angle) * math.cos(latitude)
    return np.column_stack(
        [np.arcsin(sine), longitude + np.arctan2(east, math.cos(angle) - math.sin(latitude) * sine)]
    )


def _corridor(corridor: Corridor) -> Floats:
    """Return both sides of a line, mitred at its bends; lengths by the scale at each place."""
    line = np.radians(np.array(corridor.line_lat_lon_deg))
    radius_m = mean_radius_of_curvature_m(float(line[:, 0].mean()))
    halfway = 0.5 * (line[1:, 0] + line[:-1, 0])
    ahead = np.diff(line, axis=0) * np.column_stack([np.ones(len(halfway)), np.cos(halfway)])
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    right = ahead[:, ::-1] * [-1.0, 1.0]
    first, last = np.vstack([right[:1], right]), np.vstack([right, right[-1:]])
    bend = 1.0 + np.sum(first * last, axis=1, keepdims=True)
    aside = 500.0 * corridor.width_km / radius_m * (first + last) / np.maximum(bend, 0.2)
    aside[:, 1] /= np.cos(line[:, 0])
    return np.asarray(np.vstack([line + aside, (line - aside)[::-1]]))
