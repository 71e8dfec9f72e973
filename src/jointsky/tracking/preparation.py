"""Plots and sensors become the arrays of the kernels: once for each plot, never for each pair."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking.arrays import PlotArrays, SensorArrays
from jointsky.tracking.frame import MEAN_RADIUS_M, Frame, GridMap
from jointsky.tracking.settings import TrackerSettings

Floats = npt.NDArray[np.float64]

UNUSED_FLAGS = PlotFlag.TEST | PlotFlag.COASTED
"""Plots that no target made: field monitors, and predictions of the sensor's own tracker."""

# (range m, azimuth or cross-position) standard errors for a kind that tells none: en-route radar
# as in EUROCONTROL's SUR.ET1.ST01.1000 (60 m, 0.08 deg; wider for primary), surface radar as in
# ED-116 (7.5 m, 95 %), ADS-B as in DO-260B.
_TYPICAL = {
    "radar": (75.0, math.radians(0.12)),
    "ssr": (60.0, math.radians(0.08)),
    "surface-radar": (4.0, math.radians(0.1)),
    "multilateration": (20.0, 20.0),
    "adsb": (40.0, 40.0),
}
_TYPICAL_PERIOD_S = {"surface-radar": 1.0, "multilateration": 1.0, "adsb": 1.0}
FARTHEST_M = 2e6  # no radar of aircraft sees farther: such a range is damage
_GEOMETRIC_AS_PRESSURE_SIGMA_M = 120.0  # between the two heights of one aircraft, from day to day
_GROUND_HEIGHT_SIGMA_M = 30.0
_WINDOWS_PER_TURN = 32.0
_REPORT_WINDOW_S = 0.25


def sensor_arrays(
    sensors: Sequence[Sensor], frame: Frame, settings: TrackerSettings, periods_s: Floats
) -> SensorArrays:
    """Return the sensors; ``periods_s`` (S,) are measured turn times, NaN where unknown."""
    n = len(sensors)
    origin, axes = np.zeros((n, 3)), np.broadcast_to(np.eye(3), (n, 3, 3)).copy()
    period, window, volume = np.zeros(n), np.zeros(n), np.zeros(n)
    false_rate, known, detection = np.zeros((n, 2)), np.zeros(n, np.bool_), np.zeros(n)
    for i, sensor in enumerate(sensors):
        pose = frame.sensor_pose(sensor)
        if pose is not None:
            origin[i], axes[i] = pose
        measured = periods_s[i] if np.isfinite(periods_s[i]) else None
        typical = _TYPICAL_PERIOD_S.get(sensor.kind, 6.0)
        period[i] = sensor.rotation_period_s or measured or typical
        turns = sensor.kind in ("radar", "ssr", "unknown")
        window[i] = period[i] / _WINDOWS_PER_TURN if turns else min(_REPORT_WINDOW_S, period[i] / 4)
        reach = sensor.range_max_m or (5e3 if sensor.kind == "surface-radar" else 4e5)
        volume[i] = 2 * math.pi * reach if turns else math.pi * reach**2
        detection[i] = sensor.detection_probability or settings.detection_probability
        known[i] = sensor.false_plots_per_turn is not None
        plain = sensor.false_plots_per_turn or settings.false_plots_per_turn
        false_rate[i] = plain, plain if known[i] else 0.02 * plain
    return SensorArrays(
        origin=origin,
        axes=axes,
        period=period,
        window=window,
        detection=np.minimum(detection, 0.995),
        volume=volume,
        false_rate=false_rate,
        false_known=known,
        false_count=np.zeros((n, 2)),
        false_since=np.full(n, np.nan),
    )


def usable(plots: Plots, sensors: Sequence[Sensor]) -> npt.NDArray[np.bool_]:
    """Return which plots a tracker can take: a time, a place, a known site, a real target."""
    placed = np.array([sensor.has_position for sensor in sensors] or [False])
    polar = (plots.range_m >= 0.0) & (plots.range_m < FARTHEST_M) & np.isfinite(plots.azimuth_rad)
    local = np.isfinite(plots.east_m) & np.isfinite(plots.north_m)
    geodetic = np.isfinite(plots.latitude_rad) & np.isfinite(plots.longitude_rad)
    has_place = np.choose(plots.geometry, [polar, local, geodetic])
    has_place &= (plots.geometry == Geometry.GEODETIC) | placed[plots.sensor]
    wanted = (plots.flags & UNUSED_FLAGS) == 0
    return np.asarray(has_place & np.isfinite(plots.time_s) & wanted)


def plot_arrays(
    plots: Plots,
    sensors: Sequence[Sensor],
    frame: Frame,
    grid: GridMap,
    settings: TrackerSettings,
    epoch_s: float,
    call_sign: npt.NDArray[np.int32],
) -> PlotArrays:
    """Return usable plots as arrays; their order stays."""
    n = len(plots)
    polar, local = plots.geometry == Geometry.POLAR, plots.geometry == Geometry.LOCAL
    geodetic = plots.geometry == Geometry.GEODETIC
    height, height_sigma = _heights(plots, sensors, frame, settings)
    guess = np.where(height_sigma > 0, height, settings.unseen_height_m)
    first = np.select([polar, local], [plots.range_m, plots.east_m], 0.0)
    second = np.select([polar, local], [plots.azimuth_rad, plots.north_m], 0.0)
    has_elevation = polar & np.isfinite(plots.elevation_rad)
    typical = np.array([_TYPICAL.get(s.kind, _TYPICAL["radar"]) for s in sensors] or [(1.0, 1.0)])
    declared = _declared(sensors)
    first_sigma = np.where(polar, plots.range_sigma_m, plots.east_sigma_m)
    second_sigma = np.where(polar, plots.azimuth_sigma_rad, plots.north_sigma_m)
    first_sigma = _first_known(first_sigma, declared[plots.sensor, 0], typical[plots.sensor, 0])
    cross = np.where(polar, declared[plots.sensor, 1], np.nan)
    across = np.where(polar | (typical[plots.sensor, 1] > 1), typical[plots.sensor, 1], first_sigma)
    second_sigma = _first_known(second_sigma, cross, across)
    third_sigma = _first_known(plots.elevation_sigma_rad, declared[plots.sensor, 2], 0.005)
    doppler_sigma = _first_known(plots.doppler_sigma_mps, declared[plots.sensor, 3], 3.0)
    position = np.zeros((n, 3))
    _place_relative(plots, frame, sensors, guess, position)
    if geodetic.any():
        position[geodetic] = frame.from_geodetic(
            plots.latitude_rad[geodetic], plots.longitude_rad[geodetic], guess[geodetic]
        )
    latitude, longitude, _ = frame.to_geodetic(position)
    low = polar & ~has_elevation & (height_sigma <= 0)
    reach = np.maximum(np.where(low, first, 1.0), 1000.0)
    slack = np.where(low, np.minimum(12_000.0**2 / (2 * reach), 6000.0), 0.0)
    broad = np.where(polar, np.nan_to_num(first) * second_sigma, second_sigma)
    sends_velocity = geodetic & np.isfinite(plots.ve_mps) & np.isfinite(plots.vn_mps)
    sends_velocity &= (plots.flags & PlotFlag.COOPERATIVE) != 0
    sends_velocity &= (plots.flags & PlotFlag.ON_GROUND) == 0
    unsure = (plots.flags & PlotFlag.MODE_A_UNSURE) != 0
    made = PlotArrays(
        time=plots.time_s - epoch_s,
        sensor=plots.sensor.astype(np.int32),
        geometry=plots.geometry,
        first=np.nan_to_num(first),
        second=np.nan_to_num(second),
        third=np.nan_to_num(plots.elevation_rad),
        doppler=np.nan_to_num(plots.doppler_mps),
        first_sigma=first_sigma,
        second_sigma=second_sigma,
        third_sigma=np.where(has_elevation, third_sigma, 0.0),
        doppler_sigma=np.where(polar & np.isfinite(plots.doppler_mps), doppler_sigma, 0.0),
        correlation=np.clip(np.nan_to_num(plots.east_north_correlation), -0.99, 0.99),
        height=np.nan_to_num(height),
        height_sigma=height_sigma,
        position=position,
        axes=frame.axes(latitude, longitude),
        position_sigma=np.maximum(first_sigma, broad),
        slack=slack,
        grid=grid.place(position, latitude, longitude),
        velocity=np.column_stack([np.nan_to_num(plots.ve_mps), np.nan_to_num(plots.vn_mps)]),
        velocity_sigma=np.where(sends_velocity, 4.0, 0.0),
        mode_s=plots.mode_s,
        mode_a=np.where(unsure, -1, plots.mode_a).astype(np.int32),
        call_sign=call_sign,
        pressure_altitude=plots.pressure_altitude_m,
        identified=((plots.mode_s >= 0) | (plots.mode_a >= 0) | (call_sign >= 0)).astype(np.int8),
    )
    return PlotArrays(*(np.ascontiguousarray(column) for column in made))


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
        polar = np.flatnonzero(of_sensor & (plots.geometry == Geometry.POLAR))
        elevation = plots.elevation_rad[polar].copy()
        unknown = ~np.isfinite(elevation)
        elevation[unknown] = geodesy.elevation_of_height(
            plots.range_m[polar][unknown],
            site_m,
            height_m[polar][unknown],
            None if frame.is_flat else earth_m,
        )
        enu = geodesy.polar_to_enu(plots.range_m[polar], plots.azimuth_rad[polar], elevation)
        out[polar] = enu @ axes + origin
        local = np.flatnonzero(of_sensor & (plots.geometry == Geometry.LOCAL))
        plane = np.column_stack([plots.east_m[local], plots.north_m[local]])
        drop = 0.0 if frame.is_flat else (plane**2).sum(1) / (2.0 * MEAN_RADIUS_M)
        out[local] = np.column_stack([plane, height_m[local] - site_m - drop]) @ axes + origin
