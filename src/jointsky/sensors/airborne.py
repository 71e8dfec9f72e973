"""Sensors aboard: what they measure from a moving vehicle becomes places on earth.

The vehicle knows where it is and which way it points by its own navigation, whose errors drift
with time and are the same for all that it sees; they are part of the standard errors of a plot.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, Plots
from jointsky.sensors import airborne_kernels as kernels
from jointsky.sensors import drawing_kernels as drawing
from jointsky.sensors import sight_kernels as sight
from jointsky.sensors.frames import sites, words
from jointsky.sensors.surroundings import Place, Surroundings

Floats = npt.NDArray[np.float64]

# An inertial system aided by satellite navigation (estimate: the usual class of air vehicles)
OWN_PLACE_SIGMA_M, OWN_HEIGHT_SIGMA_M, OWN_HEADING_SIGMA_RAD = 5.0, 8.0, math.radians(0.1)
MEMORY_S = 300.0
OWN_PLACE, OWN_HEIGHT = 8, 9  # purposes
# Height of what is seen without elevation: as the tracker's guess, wide
UNSEEN_HEIGHT_M, UNSEEN_HEIGHT_SIGMA_M = 5_000.0, 3_000.0


def geodetic_plots(
    surroundings: Surroundings,
    place: Place,
    row: int,
    key: tuple[int, int],
    time_s: Floats,
    range_m: Floats,
    azimuth_rad: Floats,
    elevation_rad: Floats,
    range_sigma_m: npt.ArrayLike,
    azimuth_sigma_rad: npt.ArrayLike,
    elevation_sigma_rad: npt.ArrayLike,
) -> Plots:
    """Return measurements (n,) from aboard ``place.vehicle`` as geodetic plots, in their order.

    Range, azimuth and elevation are as measured, errors included, in the level frame of the
    vehicle at ``time_s``.  An elevation of NaN was not measured: the target is taken to be at
    ``UNSEEN_HEIGHT_M``, the plot has no height, and its errors hold the guess.  The navigation's
    own error is drawn from ``key`` and added here.
    """
    at, _ = sites(place, surroundings, time_s)
    headings = np.empty(len(time_s))
    for i, now_s in enumerate(time_s.tolist()):
        east, north = drawing.drift(words(key), drawing.NOBODY, now_s, MEMORY_S, OWN_PLACE)
        up, turned = drawing.drift(words(key), drawing.NOBODY, now_s, MEMORY_S, OWN_HEIGHT)
        shift = np.array(
            [east * OWN_PLACE_SIGMA_M, north * OWN_PLACE_SIGMA_M, up * OWN_HEIGHT_SIGMA_M]
        )
        at[i, :3] += shift @ at[i, 3:12].reshape(3, 3)
        at[i, sight.HEIGHT] += shift[2]
        headings[i] = turned * OWN_HEADING_SIGMA_RAD
    has_elevation = np.isfinite(elevation_rad)
    guessed, guessed_sigma = _guessed_elevation(at, range_m)
    errors = np.empty((len(time_s), 3))
    errors[:, 0] = range_sigma_m
    errors[:, 1] = np.hypot(azimuth_sigma_rad, OWN_HEADING_SIGMA_RAD)
    errors[:, 2] = np.where(has_elevation, elevation_sigma_rad, guessed_sigma)
    out = np.empty((len(time_s), 7))
    kernels.each_to_geodetic(
        at,
        np.ascontiguousarray(range_m, np.float64),
        np.ascontiguousarray(azimuth_rad + headings, np.float64),
        np.ascontiguousarray(np.where(has_elevation, elevation_rad, guessed), np.float64),
        errors,
        (OWN_PLACE_SIGMA_M, OWN_HEIGHT_SIGMA_M),
        out,
    )
    return Plots.make(
        len(time_s),
        time_s=time_s,
        sensor=row,
        geometry=int(Geometry.GEODETIC),
        latitude_rad=out[:, 0].copy(),
        longitude_rad=out[:, 1].copy(),
        height_m=np.where(has_elevation, out[:, 2], np.nan),
        east_sigma_m=out[:, 3].copy(),
        north_sigma_m=out[:, 4].copy(),
        east_north_correlation=out[:, 5].copy(),
        height_sigma_m=np.where(has_elevation, out[:, 6], np.nan),
    )


def _guessed_elevation(at: Floats, range_m: Floats) -> tuple[Floats, Floats]:
    """Return elevation and its standard error where only a height is guessed, (n,) each."""
    latitude_rad = geodesy.ecef_to_geodetic(at[:, :3])[0] if len(at) else np.zeros(1)
    radius_m = geodesy.mean_radius_of_curvature_m(float(latitude_rad[0]))
    heights_m = (UNSEEN_HEIGHT_M, UNSEEN_HEIGHT_M + UNSEEN_HEIGHT_SIGMA_M)
    middle, above = np.empty(len(range_m)), np.empty(len(range_m))
    for i, own_m in enumerate(at[:, sight.HEIGHT].tolist()):
        middle[i], above[i] = geodesy.elevation_of_height(range_m[i], own_m, heights_m, radius_m)
    return middle, np.maximum(above - middle, 1e-4)
