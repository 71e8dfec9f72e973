"""Plots become the arrays of the kernels: once for each plot, never for each pair."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import Prepared
from jointsky.tracking.frame import MEAN_RADIUS_M, Frame, MapPlane
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.world import TYPICAL_ERRORS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

UNUSED_FLAGS = PlotFlag.TEST | PlotFlag.COASTED
"""Plots that no target made: field monitors, and predictions of the sensor's own tracker."""

FARTHEST_M = 2e6  # no radar of aircraft sees farther: such a range is damage
_GEOMETRIC_AS_PRESSURE_SIGMA_M = 120.0  # between the two heights of one aircraft, from day to day
_GROUND_HEIGHT_SIGMA_M = 30.0
_SENT_VELOCITY_SIGMA_MPS = 4.0
# Spread of false plots in what is measured beside the place
_ELEVATIONS_RAD, _HEIGHTS_M, _RATES_MPS = 0.26, 12_000.0, 800.0
_ABOVE_CEILING = 1e-3  # share of targets up there, as dense as below
_CEILING_SOFT_M = 500.0
_LEAST_LOOKS = 1e-3
_ANY_HEIGHT_M = 1e6
_ALONG_BEARING_M = 10_000.0  # a place on a bearing, to point along it


def usable(plots: Plots, sensors: Sequence[Sensor]) -> npt.NDArray[np.bool_]:
    """Return which plots a tracker can take: a time, a place, a known site, a real target."""
    placed = np.array([sensor.has_position for sensor in sensors] or [False])
    polar = (plots.range_m >= 0.0) & (plots.range_m < FARTHEST_M) & np.isfinite(plots.azimuth_rad)
    local = np.isfinite(plots.east_m) & np.isfinite(plots.north_m)
    geodetic = np.isfinite(plots.latitude_rad) & np.isfinite(plots.longitude_rad)
    bearing = np.isfinite(plots.azimuth_rad)
    has_place = np.choose(plots.geometry, [polar, local, geodetic, bearing])
    has_place &= (plots.geometry == Geometry.GEODETIC) | placed[plots.sensor]
    wanted = (plots.flags & UNUSED_FLAGS) == 0
    return np.asarray(has_place & np.isfinite(plots.time_s) & wanted)


def plot_arrays(
    plots: Plots,
    sensors: Sequence[Sensor],
    frame: Frame,
    plane: MapPlane,
    rows: Floats,
    settings: TrackerSettings,
    epoch_s: float,
    call_sign: npt.NDArray[np.int32],
) -> Prepared:
    """Return usable plots as the kernels' arrays; ``rows`` are the sensors (S, SENSOR_FLOATS)."""
    made = np.zeros((layout.PLOT_FLOATS, len(plots))).T  # columns lie together while they are made
    by_angle = (plots.geometry == Geometry.POLAR) | (plots.geometry == Geometry.BEARING)
    made[:, layout.P_TIME] = plots.time_s - epoch_s
    height, height_sigma = _heights(plots, sensors, frame, settings)
    made[:, layout.P_VAR_HEIGHT] = height_sigma**2
    made[:, layout.P_PRESSURE] = plots.pressure_altitude_m
    _errors(plots, sensors, by_angle, made)
    _angles(plots, by_angle, made)
    guess = np.where(height_sigma > 0, height, settings.unseen_height_m)
    _places(plots, sensors, frame, rows, guess, made)
    made[:, layout.P_MAP : layout.P_MAP + 3] = plane.place(made[:, layout.P_X : layout.P_X + 3])
    _bounds(plots, by_angle, height_sigma, made)
    _velocities(plots, made)
    _densities(plots, by_angle, height_sigma, rows, settings, made)
    return Prepared(np.ascontiguousarray(made), _identities(plots, rows, call_sign, made))


def merged(held: Prepared, fresh: Prepared) -> Prepared:
    """Return plots of two calls in order of time; of one time by what they are."""
    floats = np.concatenate([held.floats, fresh.floats])
    ints = np.concatenate([held.ints, fresh.ints])
    keys = [floats[:, k] for k in (layout.P_SIN_AZ, layout.P_RANGE)]
    order = np.lexsort((*keys, ints[:, layout.P_SENSOR], floats[:, layout.P_TIME]))
    return Prepared(floats[order], ints[order])


def _errors(
    plots: Plots, sensors: Sequence[Sensor], by_angle: npt.NDArray[np.bool_], out: Floats
) -> None:
    """Fill the variances: those of the plot, else of its sensor, else typical of its kind."""
    sensor = plots.sensor
    default = TYPICAL_ERRORS["radar"]
    typical = np.array([TYPICAL_ERRORS.get(s.kind, default) for s in sensors] or [default])
    declared = _declared(sensors)[sensor]
    first = np.where(by_angle, plots.range_sigma_m, plots.east_sigma_m)
    second = np.where(by_angle, plots.azimuth_sigma_rad, plots.north_sigma_m)
    first = _first_known(first, declared[:, 0], typical[sensor, 0])
    cross = np.where(by_angle, declared[:, 1], np.nan)
    across = np.where(by_angle | (typical[sensor, 1] > 1), typical[sensor, 1], first)
    second = _first_known(second, cross, across)
    slope = np.clip(np.nan_to_num(plots.east_north_correlation), -0.99, 0.99)
    slope[by_angle] = 0.0
    out[:, layout.P_VAR_1] = first**2
    out[:, layout.P_VAR_2] = second**2 * (1.0 - slope**2)
    out[:, layout.P_SLOPE] = slope * second / first
    third = _first_known(plots.elevation_sigma_rad, declared[:, 2], 0.005)
    rate = _first_known(plots.doppler_sigma_mps, declared[:, 3], 3.0)
    out[:, layout.P_VAR_3] = np.where(by_angle & np.isfinite(plots.elevation_rad), third**2, 0.0)
    ranged = plots.geometry == Geometry.POLAR
    out[:, layout.P_VAR_RATE] = np.where(ranged & np.isfinite(plots.doppler_mps), rate**2, 0.0)


def _angles(plots: Plots, by_angle: npt.NDArray[np.bool_], out: Floats) -> None:
    azimuth = np.where(by_angle, plots.azimuth_rad, 0.0)
    elevation = np.nan_to_num(plots.elevation_rad)
    out[:, layout.P_RANGE] = np.nan_to_num(plots.range_m)
    out[:, layout.P_SIN_AZ] = np.sin(azimuth)
    out[:, layout.P_COS_AZ] = np.cos(azimuth)
    out[:, layout.P_SIN_EL] = np.sin(elevation)
    out[:, layout.P_COS_EL] = np.cos(elevation)
    out[:, layout.P_RATE] = np.nan_to_num(plots.doppler_mps)


def _places(
    plots: Plots,
    sensors: Sequence[Sensor],
    frame: Frame,
    rows: Floats,
    height_m: Floats,
    out: Floats,
) -> None:
    """Fill positions in the frame, and the axes that a place's rows look along."""
    position = np.zeros((len(plots), 3))
    _place_relative(plots, frame, sensors, height_m, position)
    geodetic = plots.geometry == Geometry.GEODETIC
    if geodetic.any():
        position[geodetic] = frame.from_geodetic(
            plots.latitude_rad[geodetic], plots.longitude_rad[geodetic], height_m[geodetic]
        )
    out[:, layout.P_X : layout.P_X + 3] = position
    if frame.is_flat:
        axes = np.broadcast_to(np.eye(3).ravel(), (len(plots), 9))
        own_m = position[:, 2]
    else:
        latitude, longitude, own_m = frame.to_geodetic(position)
        axes = frame.axes(latitude, longitude).reshape(-1, 9)
    out[:, layout.P_RISE] = height_m - own_m  # an elevation may have placed it elsewhere
    out[:, layout.P_AXES : layout.P_AXES + 9] = axes
    local = plots.geometry == Geometry.LOCAL
    if local.any():
        theirs = rows[plots.sensor[local], layout.S_AXES : layout.S_AXES + 6]
        out[local, layout.P_AXES : layout.P_AXES + 6] = theirs


def _bounds(
    plots: Plots, by_angle: npt.NDArray[np.bool_], height_sigma: Floats, out: Floats
) -> None:
    """Fill generous bounds of a plot's errors for the coarse gate."""
    reach = np.maximum(out[:, layout.P_RANGE], 1000.0)
    first = np.sqrt(out[:, layout.P_VAR_1])
    second = np.sqrt(out[:, layout.P_VAR_2])
    out[:, layout.P_SIGMA] = np.maximum(first, np.where(by_angle, reach * second, second))
    elevated = out[:, layout.P_VAR_3] > 0
    low = by_angle & ~elevated & (height_sigma <= 0)
    out[:, layout.P_SLACK] = np.where(low, np.minimum(12_000.0**2 / (2 * reach), 6000.0), 0.0)
    by_elevation = reach * np.sqrt(out[:, layout.P_VAR_3]) + 0.1 * first
    up = np.where(elevated, by_elevation, _ANY_HEIGHT_M)
    # a garbled height must not keep a plot from its track: it counts only with an elevation
    out[:, layout.P_SIGMA_UP] = up
    bearing = plots.geometry == Geometry.BEARING
    out[bearing, layout.P_SLACK] = np.inf
    out[bearing, layout.P_SIGMA_UP] = _ANY_HEIGHT_M


def _velocities(plots: Plots, out: Floats) -> None:
    sends = (plots.geometry == Geometry.GEODETIC) & np.isfinite(plots.ve_mps + plots.vn_mps)
    sends &= (plots.flags & PlotFlag.COOPERATIVE) != 0
    sends &= (plots.flags & PlotFlag.ON_GROUND) == 0
    out[:, layout.P_VE] = np.nan_to_num(plots.ve_mps)
    out[:, layout.P_VE + 1] = np.nan_to_num(plots.vn_mps)
    out[:, layout.P_VAR_VELOCITY] = np.where(sends, _SENT_VELOCITY_SIGMA_MPS**2, 0.0)


def _densities(
    plots: Plots,
    by_angle: npt.NDArray[np.bool_],
    height_sigma: Floats,
    rows: Floats,
    settings: TrackerSettings,
    out: Floats,
) -> None:
    """Fill how densely false plots and targets lie where a plot is, in what it measures."""
    reach = rows[plots.sensor, layout.S_REACH]
    bearing = plots.geometry == Geometry.BEARING
    ranged = by_angle & ~bearing
    out[:, layout.P_SHARE] = np.select(
        [bearing, ranged],
        [np.full(len(plots), 0.5 / math.pi), 0.5 / (math.pi * reach)],
        1.0 / (math.pi * reach**2),
    )
    ground = np.maximum(out[:, layout.P_RANGE] * out[:, layout.P_COS_EL], 1.0)
    out[:, layout.P_GROUND] = np.select([bearing, ranged], [0.5 * reach**2, ground], 1.0)
    false, target = np.ones(len(plots)), np.ones(len(plots))
    above = out[:, layout.P_MAP + 2]
    outside = np.maximum(np.maximum(above - settings.ceiling_m, -above), 0.0)
    elevated = (out[:, layout.P_VAR_3] > 0) & ranged
    sigma = np.where(elevated, out[:, layout.P_SIGMA_UP], 0.0) + _CEILING_SOFT_M
    flown = np.maximum(np.exp(-0.5 * (outside / sigma) ** 2), _ABOVE_CEILING) / settings.ceiling_m
    known = height_sigma > 0
    false[elevated] /= _ELEVATIONS_RAD
    only = elevated & ~known
    target[only] *= flown[only] * ground[only]
    both = elevated & known
    target[both] /= _ELEVATIONS_RAD
    false[known] /= _HEIGHTS_M
    target[known] *= flown[known]
    rated = out[:, layout.P_VAR_RATE] > 0
    false[rated] /= _RATES_MPS
    spread = out[rated, layout.P_RATE] / settings.speed_sigma_mps
    usual = np.exp(-0.5 * spread**2) / (math.sqrt(2 * math.pi) * settings.speed_sigma_mps)
    target[rated] *= np.maximum(usual, 0.1 / _RATES_MPS)
    sent = out[:, layout.P_VAR_VELOCITY] > 0
    false[sent] /= _RATES_MPS**2
    target[sent] /= _RATES_MPS**2
    out[:, layout.P_OTHER] = false
    out[:, layout.P_TARGET] = target
    looks = np.zeros(len(plots))
    for row in rows:
        away = out[:, layout.P_MAP : layout.P_MAP + 2] - row[layout.S_MAP : layout.S_MAP + 2]
        inside = (away**2).sum(axis=1) <= row[layout.S_REACH] ** 2
        looks += inside / row[layout.S_PERIOD]
    out[:, layout.P_LOOKS] = np.maximum(looks, _LEAST_LOOKS)


def _identities(
    plots: Plots, rows: Floats, call_sign: npt.NDArray[np.int32], made: Floats
) -> Integers:
    unsure = (plots.flags & PlotFlag.MODE_A_UNSURE) != 0
    out = np.empty((len(plots), layout.PLOT_INTS), np.int64)
    out[:, layout.P_SENSOR] = plots.sensor
    out[:, layout.P_GEOMETRY] = plots.geometry
    out[:, layout.P_MODE_S] = plots.mode_s
    out[:, layout.P_MODE_A] = np.where(unsure, -1, plots.mode_a)
    out[:, layout.P_CALL_SIGN] = call_sign
    out[:, layout.P_IDENTIFIED] = (plots.mode_s >= 0) | (plots.mode_a >= 0) | (call_sign >= 0)
    row = rows[plots.sensor]
    away = made[:, layout.P_MAP : layout.P_MAP + 2] - row[:, layout.S_MAP : layout.S_MAP + 2]
    cell = np.floor(away / row[:, layout.S_CELL, None]).astype(np.int64) + layout.CELLS_ACROSS // 2
    cell = np.clip(cell, 0, layout.CELLS_ACROSS - 1)
    out[:, layout.P_CELL] = cell[:, 0] * layout.CELLS_ACROSS + cell[:, 1]
    return out


def _declared(sensors: Sequence[Sensor]) -> Floats:
    def value(given: float | None) -> float:
        return math.nan if given is None else given

    rows = [
        (s.range_sigma_m, s.azimuth_sigma_rad, s.elevation_sigma_rad, s.doppler_sigma_mps)
        for s in sensors
    ]
    return np.array([[value(v) for v in row] for row in rows] or [[math.nan] * 4])


def _first_known(*choices: npt.ArrayLike) -> Floats:
    """Return, row by row, the first choice that is a positive number."""
    arrays = np.broadcast_arrays(*(np.asarray(choice, np.float64) for choice in choices))
    return np.asarray(np.select([a > 0 for a in arrays[:-1]], arrays[:-1], arrays[-1]))


def _heights(
    plots: Plots, sensors: Sequence[Sensor], frame: Frame, settings: TrackerSettings
) -> tuple[Floats, Floats]:
    """Return the height that each plot gives and its standard error, 0 where it gives none.

    Pressure altitude comes first, because every sensor of a sky measures the same one; geometric
    height stands in with the scatter between the two.  A plot on the ground is at its sensor.
    """
    unsure = (plots.flags & PlotFlag.MODE_C_UNSURE) != 0
    by_pressure = np.isfinite(plots.pressure_altitude_m) & ~unsure
    by_geometry = np.isfinite(plots.height_m) & ~by_pressure
    sites = np.array([_site_height_m(sensor) for sensor in sensors] or [math.nan])
    surface = np.array([s.kind == "surface-radar" for s in sensors] or [False])
    on_ground = (plots.flags & PlotFlag.ON_GROUND) != 0
    at_site = ~by_pressure & ~by_geometry & (on_ground | surface[plots.sensor])
    at_site &= np.isfinite(sites[plots.sensor])
    own = _first_known(plots.height_sigma_m, 30.0)
    geometric = own if frame.is_flat else np.hypot(own, _GEOMETRIC_AS_PRESSURE_SIGMA_M)
    height = np.select(
        [by_pressure, by_geometry, at_site],
        [plots.pressure_altitude_m, plots.height_m, sites[plots.sensor]],
        np.nan,
    )
    sigma = np.select(
        [by_pressure, by_geometry, at_site],
        [np.full(len(plots), settings.mode_c_sigma_m), geometric, _GROUND_HEIGHT_SIGMA_M],
        0.0,
    )
    return height, sigma


def _site_height_m(sensor: Sensor) -> float:
    """Return how high a sensor stands; NaN for one that stands nowhere or everywhere."""
    if sensor.flat_enu_m is not None:
        return sensor.flat_enu_m[2]
    return math.nan if sensor.height_m is None else sensor.height_m


def _place_relative(
    plots: Plots, frame: Frame, sensors: Sequence[Sensor], height_m: Floats, out: Floats
) -> None:
    """Fill ``out`` (n, 3) with the positions of polar and local plots, at heights ``height_m``."""
    relative = plots.geometry != Geometry.GEODETIC
    for row in np.unique(plots.sensor[relative]):
        sensor = sensors[row]
        pose = frame.sensor_pose(sensor)
        if pose is None:
            continue
        origin, axes = pose
        site_m = float(origin[2]) if frame.is_flat else float(sensor.height_m or 0.0)
        curvature_m = geodesy.mean_radius_of_curvature_m(sensor.latitude_rad or 0.0)
        earth_m = None if frame.is_flat else curvature_m
        of_sensor = relative & (plots.sensor == row)
        bearing = of_sensor & (plots.geometry == Geometry.BEARING)
        polar = np.flatnonzero(of_sensor & (plots.geometry == Geometry.POLAR) | bearing)
        reach_m = np.where(bearing[polar], _ALONG_BEARING_M, plots.range_m[polar])
        elevation = plots.elevation_rad[polar].copy()
        unknown = ~np.isfinite(elevation)
        elevation[unknown] = geodesy.elevation_of_height(
            reach_m[unknown],
            site_m,
            height_m[polar][unknown],
            None if frame.is_flat else earth_m,
        )
        enu = geodesy.polar_to_enu(reach_m, plots.azimuth_rad[polar], elevation)
        out[polar] = np.einsum("ni,ij->nj", enu, axes) + origin
        local = np.flatnonzero(of_sensor & (plots.geometry == Geometry.LOCAL))
        plane = np.column_stack([plots.east_m[local], plots.north_m[local]])
        drop = 0.0 if frame.is_flat else (plane**2).sum(1) / (2.0 * MEAN_RADIUS_M)
        above = np.column_stack([plane, height_m[local] - site_m - drop])
        out[local] = np.einsum("ni,ij->nj", above, axes) + origin
