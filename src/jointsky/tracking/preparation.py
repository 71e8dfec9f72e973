"""Plots become the arrays of the kernels: once for each plot, never for each pair."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import preparation_kernels as kernels
from jointsky.tracking.admission import Ordered, as_columns
from jointsky.tracking.arrays import Prepared
from jointsky.tracking.frame import Frame, MapPlane
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.world import TYPICAL_ERRORS

Floats = npt.NDArray[np.float64]
_NOWHERE = np.empty((0, 3))


def traits(sensors: Sequence[Sensor], frame: Frame) -> Floats:
    """Return what is read of sensors only while plots are prepared (S, TRAITS)."""
    rows = np.empty((len(sensors), kernels.TRAITS))
    for row, sensor in zip(rows, sensors, strict=True):
        errors = (
            sensor.range_sigma_m,
            sensor.azimuth_sigma_rad,
            sensor.elevation_sigma_rad,
            sensor.doppler_sigma_mps,
        )
        row[:4] = [math.nan if error is None else error for error in errors]
        row[4:6] = TYPICAL_ERRORS.get(sensor.kind, TYPICAL_ERRORS["radar"])
        flat = sensor.flat_enu_m
        height_m = sensor.height_m if flat is None else flat[2]
        own_m = flat[2] if flat is not None and frame.is_flat else sensor.height_m
        row[kernels.D_STANDS_M] = math.nan if height_m is None else height_m
        row[kernels.D_SITE_M] = own_m or 0.0
        row[kernels.D_ON_SURFACE] = sensor.kind == "surface-radar"
        radius_m = geodesy.mean_radius_of_curvature_m(sensor.latitude_rad or 0.0)
        row[kernels.D_EARTH_M] = math.inf if frame.is_flat else radius_m
    return rows


def plot_arrays(
    taken: Ordered,
    call_sign: npt.NDArray[np.int32],
    frame: Frame,
    plane: MapPlane,
    rows: tuple[Floats, Floats],
    settings: TrackerSettings,
    epoch_s: float,
) -> Prepared:
    """Return plots as the kernels' arrays.

    ``call_sign`` numbers that of each plot of the record; ``rows`` are the sensors' traits
    (S, TRAITS) and the sensors (S, SENSOR_FLOATS).
    """
    common = np.empty(kernels.COMMON)
    common[kernels.K_EPOCH_S] = epoch_s
    common[kernels.K_MODE_C_SIGMA] = settings.mode_c_sigma_m
    common[kernels.K_UNSEEN_M] = settings.unseen_height_m
    common[kernels.K_CEILING_M] = settings.ceiling_m
    common[kernels.K_SPEED_SIGMA] = settings.speed_sigma_mps
    common[kernels.K_FLAT] = frame.is_flat
    floats = np.empty((len(taken), layout.PLOT_FLOATS))
    ints = np.empty((len(taken), layout.PLOT_INTS), np.int64)
    plots = taken.plots
    kernels.prepare(
        taken.rows,
        _columns(plots),
        as_columns(plots.sensor, plots.geometry, plots.flags, plots.mode_s, plots.mode_a),
        call_sign,
        _laid(plots, frame),
        *rows,
        plane.rows,
        common,
        floats,
        ints,
    )
    ints[:, layout.P_NUMBER] = plots.offset[taken.rows]  # Tracker puts its own numbers there
    ints[:, layout.P_BEFORE] = layout.NOBODYS
    return Prepared(floats, ints)


def merged(held: Prepared, fresh: Prepared) -> Prepared:
    """Return plots of two calls, each in order, in order of time; of one time by what they are."""
    if len(held.ints) == 0 or len(fresh.ints) == 0:
        return held if len(held.ints) else fresh
    floats = np.concatenate([held.floats, fresh.floats])
    ints = np.concatenate([held.ints, fresh.ints])
    last, first = len(held.ints) - 1, len(held.ints)
    if _rank(floats, ints, last) < _rank(floats, ints, first):
        return Prepared(floats, ints)
    keys = [floats[:, k] for k in (layout.P_ORDER + 1, layout.P_ORDER, layout.P_RANGE)]
    sensor, mode_s = ints[:, layout.P_SENSOR], ints[:, layout.P_MODE_S]
    number = ints[:, layout.P_NUMBER]
    order = np.lexsort((number, mode_s, *keys, sensor, floats[:, layout.P_TIME]))
    return Prepared(floats[order], ints[order])


def _rank(floats: Floats, ints: npt.NDArray[np.int64], row: int) -> tuple[float, int, float]:
    time_s, range_m = floats[row, [layout.P_TIME, layout.P_RANGE]].tolist()
    return time_s, int(ints[row, layout.P_SENSOR]), range_m


def _columns(plots: Plots) -> tuple[npt.NDArray[np.generic], ...]:
    return as_columns(
        plots.time_s,
        plots.range_m,
        plots.azimuth_rad,
        plots.elevation_rad,
        plots.doppler_mps,
        plots.east_m,
        plots.north_m,
        plots.latitude_rad,
        plots.longitude_rad,
        plots.height_m,
        plots.pressure_altitude_m,
        plots.ve_mps,
        plots.vn_mps,
        plots.range_sigma_m,
        plots.azimuth_sigma_rad,
        plots.elevation_sigma_rad,
        plots.doppler_sigma_mps,
        plots.east_sigma_m,
        plots.north_sigma_m,
        plots.east_north_correlation,
        plots.height_sigma_m,
    )


def _laid(plots: Plots, frame: Frame) -> Floats:
    """Return where the geodetic plots of a flat scene lie (n, 3); nothing where there are none."""
    if not frame.is_flat:
        return _NOWHERE
    geodetic = plots.geometry == Geometry.GEODETIC
    if not geodetic.any():
        return _NOWHERE
    laid = np.zeros((len(plots), 3))
    places = plots.latitude_rad[geodetic], plots.longitude_rad[geodetic]
    laid[geodetic] = frame.from_geodetic(*places, np.zeros(len(places[0])))
    return laid
