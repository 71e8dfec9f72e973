"""Where the plots and tracks of a Reading lie, as points in metres for a small map.

What has a place on the earth (or in a flat scene) is one map; a source of polar or local plots
whose site nobody told has a map of its own, about itself.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.pictures.positions import is_flat, plot_positions, sensor_positions
from jointsky.records.plots import Geometry
from jointsky.records.reading import Reading

EARTH_RADIUS_M = 6_371_009.0  # mean radius, IUGG

_Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Sketch:
    """Points (n, 2) east and north in metres; ``origin_deg`` (latitude, longitude) if on earth."""

    title: str
    points_m: _Floats
    marks_m: _Floats
    origin_deg: tuple[float, float] | None = None


def sketches(reading: Reading) -> list[Sketch]:
    """Return the maps of a reading, the one with most points first."""
    plots, sensors = reading.plots, reading.sensors
    flat = is_flat(sensors)
    places = plot_positions(plots, sensors, flat)
    stations = sensor_positions(sensors, flat)
    tracks = np.column_stack([reading.tracks.longitude_rad, reading.tracks.latitude_rad])
    known = [places[np.isfinite(places).all(axis=1)]]
    if not flat:
        known.append(tracks[np.isfinite(tracks).all(axis=1)])
    points = np.concatenate(known)
    made = []
    if len(points) and flat:
        made.append(Sketch("flat scene", points, stations))
    elif len(points):
        made.append(_on_earth(points, stations[np.isfinite(stations).all(axis=1)]))
    for row, sensor in enumerate(sensors):
        mine = (plots.sensor == row) & (plots.geometry != Geometry.GEODETIC)
        if sensor.has_position or not mine.any():
            continue
        polar = plots.geometry[mine] == Geometry.POLAR
        reach_m, azimuth_rad = plots.range_m[mine], plots.azimuth_rad[mine]
        east_m = np.where(polar, reach_m * np.sin(azimuth_rad), plots.east_m[mine])
        north_m = np.where(polar, reach_m * np.cos(azimuth_rad), plots.north_m[mine])
        own = np.column_stack([east_m, north_m])
        own = own[np.isfinite(own).all(axis=1)]
        if len(own):
            made.append(Sketch(f"about {sensor.name}", own, np.zeros((1, 2))))
    return sorted(made, key=lambda sketch: -len(sketch.points_m))


def _on_earth(points: _Floats, stations: _Floats) -> Sketch:
    """Return points and stations (longitude, latitude in radians) about their own middle."""
    # the middle of the directions, so that a picture across 180 degrees does not break
    turns = points[:, 0]
    middle_lon = float(np.arctan2(np.sin(turns).mean(), np.cos(turns).mean()))
    middle_lat = float(np.median(points[:, 1]))

    def metres(places: _Floats) -> _Floats:
        away = (places[:, 0] - middle_lon + np.pi) % (2.0 * np.pi) - np.pi
        east_m = EARTH_RADIUS_M * np.cos(middle_lat) * away
        return np.column_stack([east_m, EARTH_RADIUS_M * (places[:, 1] - middle_lat)])

    origin = float(np.degrees(middle_lat)), float(np.degrees(middle_lon))
    return Sketch("map", metres(points), metres(stations), origin)


def place_deg(sketch: Sketch, east_m: float, north_m: float) -> tuple[float, float] | None:
    """Return latitude and longitude of a point of a sketch on the earth, else None."""
    if sketch.origin_deg is None:
        return None
    latitude, longitude = sketch.origin_deg
    turn = np.degrees(east_m / (EARTH_RADIUS_M * np.cos(np.radians(latitude))))
    return (
        latitude + float(np.degrees(north_m / EARTH_RADIUS_M)),
        (longitude + float(turn) + 180.0) % 360.0 - 180.0,
    )
