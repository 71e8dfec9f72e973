"""Which plots and reports are in an area that is kept back; what may be in it counts as in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jointsky.earth import geodesy
from jointsky.exchange.declared import Area
from jointsky.records.columns import Array
from jointsky.records.exchange import TrackReports
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor

_FARTHEST_M = 500_000.0
_STEP_M = 500.0
_EFFECTIVE_RADIUS = 4.0 / 3.0  # of the earth's: rays bend down (ITU-R P.834)


def are_reports_inside(reports: TrackReports, areas: Sequence[Area]) -> Array:
    """Return which reports are in any of the areas, (n,) bool."""
    return _inside(reports.latitude_rad, reports.longitude_rad, reports.height_m, areas)


def are_plots_inside(plots: Plots, areas: Sequence[Area], sensors: Sequence[Sensor]) -> Array:
    """Return which plots are in any of the areas, (n,) bool.

    A plot of unknown height may be at any, a bearing anywhere along its line; a plot that nobody
    can place, because its sensor has no geodetic position, may be anywhere.
    """
    out = np.zeros(len(plots), bool)
    placed = (plots.geometry == Geometry.GEODETIC) & ~np.isnan(plots.latitude_rad)
    height_m = np.where(np.isnan(plots.height_m), plots.pressure_altitude_m, plots.height_m)
    rows = np.flatnonzero(placed)
    out[rows] = _inside(plots.latitude_rad[rows], plots.longitude_rad[rows], height_m[rows], areas)
    for row in np.unique(plots.sensor[~placed]).tolist():
        mine = np.flatnonzero(~placed & (plots.sensor == row))
        sensor = sensors[row] if row < len(sensors) else None
        if sensor is None or sensor.latitude_rad is None or sensor.longitude_rad is None:
            out[mine] = True
            continue
        bearings = plots.geometry[mine] == Geometry.BEARING
        out[mine[~bearings]] = _inside_at(sensor, plots.rows(mine[~bearings]), areas)
        for plot in mine[bearings].tolist():
            out[plot] = _line_crosses(sensor, float(plots.azimuth_rad[plot]), areas)
    return out


def _inside_at(sensor: Sensor, plots: Plots, areas: Sequence[Area]) -> Array:
    """Return which polar and local plots of one sensor are in any of the areas."""
    height_m = np.where(np.isnan(plots.height_m), plots.pressure_altitude_m, plots.height_m)
    is_local = plots.geometry == Geometry.LOCAL
    latitude_rad = float(sensor.latitude_rad or 0.0)
    radius_m = geodesy.mean_radius_of_curvature_m(latitude_rad)
    own_m = sensor.height_m or 0.0
    known = np.where(np.isnan(height_m), own_m, height_m)
    of_height = geodesy.elevation_of_height(plots.range_m, own_m, known, radius_m)
    measured = plots.elevation_rad
    bent = measured - (1 - 1 / _EFFECTIVE_RADIUS) * plots.range_m / (2 * radius_m)
    elevation_rad = np.where(np.isnan(measured), of_height, bent)
    enu_m = geodesy.polar_to_enu(plots.range_m, plots.azimuth_rad, elevation_rad)
    local_m = np.stack([plots.east_m, plots.north_m, np.zeros(len(plots))], axis=1)
    latitude, longitude, up_m = _geodetic(sensor, np.where(is_local[:, None], local_m, enu_m))
    height_m = np.where(np.isnan(measured) | is_local, height_m, up_m)
    return _inside(latitude, longitude, height_m, areas) | np.isnan(latitude)


def _line_crosses(sensor: Sensor, azimuth_rad: float, areas: Sequence[Area]) -> bool:
    """Return whether a line from a sensor goes over an area, looked at every half kilometre."""
    along_m = np.arange(0.0, sensor.range_max_m or _FARTHEST_M, _STEP_M)
    east_m, north_m = along_m * np.sin(azimuth_rad), along_m * np.cos(azimuth_rad)
    enu_m = np.stack([east_m, north_m, np.zeros(len(along_m))], axis=1)
    latitude, longitude, _ = _geodetic(sensor, enu_m)
    unknown = np.full(len(along_m), np.nan)
    return bool(np.any(_inside(latitude, longitude, unknown, areas) | np.isnan(latitude)))


def _geodetic(sensor: Sensor, enu_m: Array) -> tuple[Array, Array, Array]:
    latitude, longitude = float(sensor.latitude_rad or 0.0), float(sensor.longitude_rad or 0.0)
    ecef_m = geodesy.enu_to_ecef(enu_m, latitude, longitude, sensor.height_m or 0.0)
    return geodesy.ecef_to_geodetic(ecef_m)


def _inside(latitude: Array, longitude: Array, height_m: Array, areas: Sequence[Area]) -> Array:
    """Return which points are over one of the areas and, if their height is known, between."""
    out = np.zeros(len(latitude), bool)
    for area in areas:
        between = np.isnan(height_m) | ((height_m >= area.bottom_m) & (height_m <= area.top_m))
        out |= between & _is_over(latitude, longitude, np.radians(np.array(area.rim_deg)))
    return out


def _is_over(latitude: Array, longitude: Array, rim_rad: Array) -> Array:
    """Return which points a rim (k, 2) goes round, by crossings to the east.

    Its sides are straight on a map of latitude against longitude; Haines 1994, "Point in polygon
    strategies", Graphics Gems IV.
    """
    west = rim_rad[0, 1]
    x = np.remainder(longitude - west + np.pi, 2 * np.pi)
    rim_x = np.remainder(rim_rad[:, 1] - west + np.pi, 2 * np.pi)
    rim_y = rim_rad[:, 0]
    out = np.zeros(len(latitude), bool)
    for k in range(len(rim_x)):
        y0, y1, x0, x1 = rim_y[k - 1], rim_y[k], rim_x[k - 1], rim_x[k]
        if y0 == y1:
            continue
        spans = (y0 > latitude) != (y1 > latitude)
        out ^= spans & (x < x0 + (latitude - y0) / (y1 - y0) * (x1 - x0))
    return out
