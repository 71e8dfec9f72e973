"""How plots lie to tracks, seen from where their sensor stands: what tracks say about plots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking.frame import choose
from jointsky.tracking.world import TYPICAL_ERRORS

Floats = npt.NDArray[np.float64]
FAR = 25.0  # squared distance, in standard errors, beyond which a plot is of no known track
NEIGHBOURS = 4


class Nearness:
    """Compares plots of one sensor with tracks in what that sensor measures: range and azimuth."""

    def __init__(self, sensors: Sequence[Sensor]) -> None:
        self._sensors = list(sensors)
        self._frame = choose(sensors)

    def squared(self, plots: Plots, tracks: Tracks, shift_s: float = 0.0) -> Floats:
        """Return each plot's squared Mahalanobis distance (n,) to the track nearest to it.

        ``plots`` are of one sensor and one geometry, or those of others than the first's are of
        no track; tracks are taken on straight to the time of each plot and ``shift_s`` more.  At
        most ``FAR``, which is also what is told of bearings and where there are no tracks.
        """
        out = np.full(len(plots), FAR)
        if len(plots) == 0 or len(tracks) == 0:
            return out
        geometry = int(plots.geometry[0])
        sensor = self._sensors[int(plots.sensor[0])]
        pose = self._frame.sensor_pose(sensor)
        if geometry == Geometry.BEARING or (pose is None and geometry != Geometry.GEODETIC):
            return out
        if pose is None:
            at = float(tracks.latitude_rad[0]), float(tracks.longitude_rad[0]), 0.0
            pose = (
                self._frame.from_geodetic(*(np.array([v]) for v in at))[0],
                self._frame.axes(np.array([at[0]]), np.array([at[1]]))[0],
            )
        places, velocities = self._from(pose, tracks)
        measured = self._measured(plots, pose, geometry)
        time_s = plots.time_s + shift_s
        middle_s = float(np.median(time_s))
        then = places + velocities * (middle_s - tracks.time_s)[:, None]
        k = min(NEIGHBOURS, len(tracks))
        usable = np.isfinite(measured).all(axis=1)
        near = cKDTree(_plane(then, geometry)).query(measured[usable], k=k)[1].reshape(-1, k)
        ahead_s = time_s[usable, None] - tracks.time_s[near]
        there = places[near] + velocities[near] * ahead_s[..., None]
        spread = np.trace(tracks.covariance[near][..., :2, :2], axis1=-2, axis2=-1) / 2.0
        part = plots.rows(usable)
        squared = _squared(part, sensor, measured[usable], _plane(there, geometry), spread)
        out[usable] = np.minimum(squared.min(axis=1), FAR)
        return out

    def _from(self, pose: tuple[Floats, Floats], tracks: Tracks) -> tuple[Floats, Floats]:
        """Return tracks' places and velocities (T, 3) in the sensor's own east, north, up."""
        where = tracks.latitude_rad, tracks.longitude_rad
        height_m = np.nan_to_num(tracks.height_m)
        places = (self._frame.from_geodetic(*where, height_m) - pose[0]) @ pose[1].T
        local = np.column_stack([tracks.ve_mps, tracks.vn_mps, np.nan_to_num(tracks.vu_mps)])
        velocities = np.einsum("ni,nij->nj", local, self._frame.axes(*where)) @ pose[1].T
        return places, velocities

    def _measured(self, plots: Plots, pose: tuple[Floats, Floats], geometry: int) -> Floats:
        """Return where plots lie (n, 2) in the plane of slant ranges, or of the ground."""
        if geometry == Geometry.POLAR:
            east = plots.range_m * np.sin(plots.azimuth_rad)
            return np.column_stack([east, plots.range_m * np.cos(plots.azimuth_rad)])
        if geometry == Geometry.LOCAL:
            return np.column_stack([plots.east_m, plots.north_m])
        height_m = np.where(np.isnan(plots.height_m), plots.pressure_altitude_m, plots.height_m)
        where = plots.latitude_rad, plots.longitude_rad
        points = self._frame.from_geodetic(*where, np.nan_to_num(height_m))
        return np.asarray(((points - pose[0]) @ pose[1].T)[:, :2])


def _plane(places: Floats, geometry: int) -> Floats:
    """Return places (..., 3) in the plane, stretched to slant ranges where those are measured."""
    flat = places[..., :2]
    if geometry != Geometry.POLAR:
        return flat
    ground = np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1.0)
    return np.asarray(flat * (np.linalg.norm(places, axis=-1, keepdims=True) / ground))


def _squared(
    plots: Plots, sensor: Sensor, measured: Floats, there: Floats, spread: Floats
) -> Floats:
    """Return squared distances (n, k) along and across the line of sight."""
    slant = np.maximum(np.linalg.norm(measured, axis=1), 1.0)
    sight = measured / slant[:, None]
    off = there - measured[:, None, :]
    along = np.einsum("nkj,nj->nk", off, sight)
    across = off[..., 0] * sight[:, None, 1] - off[..., 1] * sight[:, None, 0]
    typical = TYPICAL_ERRORS.get(sensor.kind, TYPICAL_ERRORS["radar"])
    range_m = _first_known(plots.range_sigma_m, sensor.range_sigma_m, typical[0])
    azimuth = _first_known(plots.azimuth_sigma_rad, sensor.azimuth_sigma_rad, typical[1])
    if int(plots.geometry[0]) == Geometry.POLAR:
        sigma_along, sigma_across = range_m, azimuth * slant
    else:
        east = _first_known(plots.east_sigma_m, None, 40.0)
        sigma_along = sigma_across = np.maximum(east, _first_known(plots.north_sigma_m, None, 40.0))
    return np.asarray(
        along**2 / (sigma_along[:, None] ** 2 + spread)
        + across**2 / (sigma_across[:, None] ** 2 + spread)
    )


def _first_known(column: Floats, declared: float | None, typical: float) -> Floats:
    return np.where(np.isfinite(column), column, typical if declared is None else declared)
