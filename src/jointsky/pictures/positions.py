"""Where plots and sensors lie on the map, whatever frame they were measured in.

Good to see, not to track: a polar plot without height and elevation is put at sea level, and a
flat scene's plots stay in its plane.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor

Floats = npt.NDArray[np.float64]


def is_flat(sensors: list[Sensor]) -> bool:
    """Return whether the sensors stand in a flat scene and none on the earth."""
    flat = any(sensor.flat_enu_m is not None for sensor in sensors)
    return flat and all(sensor.latitude_rad is None for sensor in sensors)


def plot_heights_m(plots: Plots) -> Floats:
    """Return the geometric height of each plot, else its pressure altitude, else NaN."""
    return np.where(np.isfinite(plots.height_m), plots.height_m, plots.pressure_altitude_m)


def sensor_positions(sensors: list[Sensor], flat: bool) -> Floats:
    """Return (s, 2) longitude, latitude in radians, or east, north in metres; NaN: unknown."""
    out = np.full((len(sensors), 2), np.nan)
    for s, sensor in enumerate(sensors):
        if flat and sensor.flat_enu_m is not None:
            out[s] = sensor.flat_enu_m[:2]
        elif not flat and sensor.latitude_rad is not None and sensor.longitude_rad is not None:
            out[s] = sensor.longitude_rad, sensor.latitude_rad
    return out


def plot_positions(plots: Plots, sensors: list[Sensor], flat: bool) -> Floats:
    """Return (n, 2) longitude, latitude in radians, or east, north in metres; NaN: unknown."""
    out = np.full((len(plots), 2), np.nan)
    if not flat:
        geodetic = plots.geometry == Geometry.GEODETIC
        out[geodetic, 0] = plots.longitude_rad[geodetic]
        out[geodetic, 1] = plots.latitude_rad[geodetic]
    for s, sensor in enumerate(sensors):
        mine = np.flatnonzero((plots.sensor == s) & (plots.geometry != Geometry.GEODETIC))
        if len(mine) and sensor.has_position:
            out[mine] = _relative(plots.rows(mine), sensor, flat)
    return out


def _relative(plots: Plots, sensor: Sensor, flat: bool) -> Floats:
    polar = plots.geometry == Geometry.POLAR
    radar_up_m = _up_m(sensor, flat)
    height_m = np.nan_to_num(plot_heights_m(plots), nan=radar_up_m if flat else 0.0)
    earth_m = None if flat else geodesy.mean_radius_of_curvature_m(sensor.latitude_rad or 0.0)
    guess = geodesy.elevation_of_height(plots.range_m, radar_up_m, height_m, earth_m)
    elevation = np.where(np.isfinite(plots.elevation_rad), plots.elevation_rad, guess)
    ground_m = plots.range_m * np.cos(elevation)
    east_m = np.where(polar, ground_m * np.sin(plots.azimuth_rad), plots.east_m)
    north_m = np.where(polar, ground_m * np.cos(plots.azimuth_rad), plots.north_m)
    up_m = np.where(polar, plots.range_m * np.sin(elevation), 0.0)
    if flat and sensor.flat_enu_m is not None:
        return np.column_stack([east_m + sensor.flat_enu_m[0], north_m + sensor.flat_enu_m[1]])
    latitude, longitude = float(sensor.latitude_rad or 0.0), float(sensor.longitude_rad or 0.0)
    ecef = geodesy.enu_to_ecef(
        np.column_stack([east_m, north_m, up_m]), latitude, longitude, radar_up_m
    )
    found = np.isfinite(ecef).all(axis=1)
    out = np.full((len(plots), 2), np.nan)
    if found.any():
        lat, lon, _ = geodesy.ecef_to_geodetic(ecef[found])
        out[found] = np.column_stack([lon, lat])
    return out


def _up_m(sensor: Sensor, flat: bool) -> float:
    if flat and sensor.flat_enu_m is not None:
        return sensor.flat_enu_m[2]
    return float(sensor.height_m or 0.0)
