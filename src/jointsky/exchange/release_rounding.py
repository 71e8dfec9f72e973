"""Positions made coarser: to a grid of fixed steps, with standard errors that say so.

Rounding to steps of q adds an error of standard deviation q / sqrt(12), so q is sqrt(12) times
the standard error that is to be reached.  What is coarser than that already stays as it is.  The
same position always goes to the same point of the grid: who sees a target that stands still a
thousand times learns no more than from one plot, which noise from a generator would let him.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from jointsky.records.columns import Array
from jointsky.records.exchange import TrackReports
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor

_STEP_OF_SIGMA = math.sqrt(12.0)
_EARTH_RADIUS_M = 6_371_000.0
_WIDEST_RAD = math.pi / 2
_PLACE_OF = {
    Geometry.POLAR: ("range_m", "azimuth_rad", "elevation_rad"),
    Geometry.LOCAL: ("east_m", "north_m"),
    Geometry.GEODETIC: ("latitude_rad", "longitude_rad"),
    Geometry.BEARING: ("azimuth_rad", "elevation_rad"),
}
"""Columns of the place by geometry.  Formats tell some plots twice: only this one goes out."""


def coarse_plots(plots: Plots, sigma_m: float, sensors: Sequence[Sensor]) -> Plots:
    """Return plots whose positions have at least a standard error, in each axis they measure.

    Bearings stay as they are: without a range they are no position.  So do pressure altitudes,
    which the target itself tells everybody.
    """
    if sigma_m <= 0.0 or not len(plots):
        return plots
    plots = _told_once(plots)
    made: dict[str, Array] = {}
    made |= _coarse_polar(plots, sigma_m, sensors)
    made |= _coarse_map(plots, sigma_m)
    made |= _coarse_height(plots, sigma_m)
    return plots.replace(**made)


def _told_once(plots: Plots) -> Plots:
    """Return plots without the columns of a place that is not of their geometry."""
    made = {}
    for name in {name for names in _PLACE_OF.values() for name in names}:
        own = [geometry for geometry, names in _PLACE_OF.items() if name in names]
        made[name] = np.where(np.isin(plots.geometry, own), getattr(plots, name), np.nan)
    return plots.replace(**made)


def _coarse_polar(plots: Plots, sigma_m: float, sensors: Sequence[Sensor]) -> dict[str, Array]:
    mine = plots.geometry == Geometry.POLAR
    known = _declared(plots.range_sigma_m, plots.sensor, sensors, "range_sigma_m")
    range_m, sigma = _rounded(plots.range_m, plots.range_sigma_m, known, sigma_m, mine)
    made = {"range_m": range_m, "range_sigma_m": sigma}
    far_m = np.maximum(np.nan_to_num(range_m), 1.0)
    angle_rad = np.minimum(sigma_m / far_m, _WIDEST_RAD / _STEP_OF_SIGMA)
    for name in ("azimuth", "elevation"):
        column = f"{name}_sigma_rad"
        own, value = getattr(plots, column), getattr(plots, f"{name}_rad")
        known = _declared(own, plots.sensor, sensors, column)
        made[f"{name}_rad"], made[column] = _rounded(value, own, known, angle_rad, mine)
    return made


def _coarse_map(plots: Plots, sigma_m: float) -> dict[str, Array]:
    """Round local and geodetic positions; their errors' correlation becomes the smaller."""
    local, placed = plots.geometry == Geometry.LOCAL, plots.geometry == Geometry.GEODETIC
    own_east, own_north = plots.east_sigma_m, plots.north_sigma_m
    east, east_sigma = _rounded(plots.east_m, own_east, own_east, sigma_m, local)
    north, north_sigma = _rounded(plots.north_m, own_north, own_north, sigma_m, local)
    latitude, longitude = _rounded_place(plots.latitude_rad, plots.longitude_rad, sigma_m)
    latitude = np.where(placed & _is_finer(own_north, sigma_m), latitude, plots.latitude_rad)
    longitude = np.where(placed & _is_finer(own_east, sigma_m), longitude, plots.longitude_rad)
    east_sigma = np.where(placed, _with(own_east, sigma_m), east_sigma)
    north_sigma = np.where(placed, _with(own_north, sigma_m), north_sigma)
    with np.errstate(divide="ignore", invalid="ignore"):
        less = own_east * own_north / (east_sigma * north_sigma)
    correlation = plots.east_north_correlation * np.where(np.isnan(less), 0.0, less)
    return {
        "east_m": east,
        "north_m": north,
        "latitude_rad": latitude,
        "longitude_rad": longitude,
        "east_sigma_m": east_sigma,
        "north_sigma_m": north_sigma,
        "east_north_correlation": correlation,
    }


def _coarse_height(plots: Plots, sigma_m: float) -> dict[str, Array]:
    own, known = plots.height_sigma_m, ~np.isnan(plots.height_m)
    height, sigma = _rounded(plots.height_m, own, own, sigma_m, known)
    return {"height_m": height, "height_sigma_m": sigma}


def coarse_reports(reports: TrackReports, sigma_m: float) -> TrackReports:
    """Return reports whose positions have at least a standard error, east, north and up."""
    if sigma_m <= 0.0 or not len(reports):
        return reports
    covariance = reports.covariance.copy()
    variance = np.diagonal(covariance, axis1=1, axis2=2)[:, :3].copy()
    finer = ~(variance >= sigma_m**2)
    for axis in range(3):
        covariance[:, axis, axis] += np.where(finer[:, axis], sigma_m**2, 0.0)
    latitude, longitude = _rounded_place(reports.latitude_rad, reports.longitude_rad, sigma_m)
    height_m = _on_grid(reports.height_m, sigma_m)
    return reports.replace(
        latitude_rad=np.where(finer[:, 1], latitude, reports.latitude_rad),
        longitude_rad=np.where(finer[:, 0], longitude, reports.longitude_rad),
        height_m=np.where(finer[:, 2], height_m, reports.height_m),
        covariance=covariance,
    )


def _rounded_place(latitude: Array, longitude: Array, sigma_m: float) -> tuple[Array, Array]:
    """Return a position on the grid; steps of longitude are those at the rounded latitude."""
    step_rad = sigma_m / _EARTH_RADIUS_M
    rounded = _on_grid(latitude, step_rad)
    wide_rad = np.minimum(step_rad / np.maximum(np.cos(rounded), 1e-3), 0.5)
    return np.clip(rounded, -math.pi / 2, math.pi / 2), _on_grid(longitude, wide_rad)


def _rounded(
    value: Array, own: Array, known: Array, least: Array | float, where: Array
) -> tuple[Array, Array]:
    """Return values on a grid, and standard errors, where the known ones are below the least.

    Elsewhere the plots' own standard errors stay, known or not.
    """
    finer = where & ~np.isnan(value) & _is_finer(known, least)
    rounded = np.where(finer, _on_grid(value, least), value)
    return rounded, np.where(finer, _with(known, least), own)


def _on_grid(value: Array, sigma: Array | float) -> Array:
    step = np.asarray(sigma) * _STEP_OF_SIGMA
    return np.asarray(np.rint(value / step) * step)


def _is_finer(sigma: Array, least: Array | float) -> Array:
    """Return where a standard error is below the least, or not known."""
    return np.asarray(~(sigma >= least))


def _with(sigma: Array, added: Array | float) -> Array:
    """Return a standard error with that of rounding, where it is finer than that."""
    own = np.nan_to_num(sigma)
    return np.where(_is_finer(sigma, added), np.hypot(own, added), sigma)


def _declared(sigma: Array, sensor: Array, sensors: Sequence[Sensor], name: str) -> Array:
    """Return standard errors, their sensor's where a plot has none of its own."""
    own = [getattr(declared, name) for declared in sensors]
    table = np.array([np.nan if value is None else value for value in own] + [np.nan])
    return np.where(np.isnan(sigma), table[np.minimum(sensor, len(own))], sigma)
