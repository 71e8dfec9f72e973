"""Positions in four frames: geodetic (WGS-84), earth-centred, local east-north-up, polar.

Arrays in, arrays out; radians and metres; azimuth from north, clockwise; heights above the
WGS-84 ellipsoid.  Scalars may be given where a column is asked for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy_kernels as kernels

Floats = npt.NDArray[np.float64]


def _columns(*values: npt.ArrayLike) -> list[Floats]:
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, np.float64)) for v in values))
    if arrays[0].ndim != 1:
        raise ValueError(f"columns have shape {arrays[0].shape}; they must be (n,)")
    return [np.array(a) for a in arrays]  # what is broadcast may not be written


def _points(name: str, value: npt.ArrayLike) -> Floats:
    points = np.ascontiguousarray(np.asarray(value, np.float64))
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"{name} has shape {points.shape}; it must be (n, 3)")
    return points


def geodetic_to_ecef(
    latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike, height_m: npt.ArrayLike
) -> Floats:
    """Return earth-centred positions (n, 3) in metres of geodetic ones (Torge 2001, eq. 4.33)."""
    latitude_rad, longitude_rad, height_m = _columns(latitude_rad, longitude_rad, height_m)
    out = np.empty((len(latitude_rad), 3))
    kernels.each_geodetic_to_ecef(latitude_rad, longitude_rad, height_m, out)
    return out


def ecef_to_geodetic(ecef_m: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return latitude, longitude (radians) and height (metres) of points (n, 3) (Bowring 1976)."""
    points = _points("ecef_m", ecef_m)
    out = np.empty_like(points)
    kernels.each_ecef_to_geodetic(points, out)
    return out[:, 0].copy(), out[:, 1].copy(), out[:, 2].copy()


def enu_rotation(latitude_rad: float, longitude_rad: float) -> Floats:
    """Return the rotation (3, 3) from earth-centred to local east, north, up directions."""
    return np.array(kernels.east_north_up(float(latitude_rad), float(longitude_rad)))


def ecef_to_enu(
    ecef_m: npt.ArrayLike, latitude_rad: float, longitude_rad: float, height_m: float
) -> Floats:
    """Return points (n, 3) as east, north, up in metres about a geodetic origin."""
    origin = geodetic_to_ecef(latitude_rad, longitude_rad, height_m)[0]
    rotation = enu_rotation(latitude_rad, longitude_rad)
    return np.asarray((_points("ecef_m", ecef_m) - origin) @ rotation.T)


def enu_to_ecef(
    enu_m: npt.ArrayLike, latitude_rad: float, longitude_rad: float, height_m: float
) -> Floats:
    """Return local points (n, 3) about a geodetic origin as earth-centred ones, in metres."""
    origin = geodetic_to_ecef(latitude_rad, longitude_rad, height_m)[0]
    rotation = enu_rotation(latitude_rad, longitude_rad)
    return np.asarray(_points("enu_m", enu_m) @ rotation + origin)


def enu_to_polar(enu_m: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return slant range (m), azimuth in [0, 2 pi) and elevation (radians) of points (n, 3)."""
    points = _points("enu_m", enu_m)
    out = np.empty_like(points)
    kernels.each_enu_to_polar(points, out)
    return out[:, 0].copy(), out[:, 1].copy(), out[:, 2].copy()


def polar_to_enu(
    range_m: npt.ArrayLike, azimuth_rad: npt.ArrayLike, elevation_rad: npt.ArrayLike
) -> Floats:
    """Return east, north, up (n, 3) in metres of polar positions."""
    range_m, azimuth_rad, elevation_rad = _columns(range_m, azimuth_rad, elevation_rad)
    out = np.empty((len(range_m), 3))
    kernels.each_polar_to_enu(range_m, azimuth_rad, elevation_rad, out)
    return out


def mean_radius_of_curvature_m(latitude_rad: float) -> float:
    """Return the Gaussian mean radius sqrt(M N) of the ellipsoid (Torge 2001, eq. 4.20)."""
    w2 = 1.0 - kernels.ECCENTRICITY2 * np.sin(latitude_rad) ** 2
    return float(kernels.SEMI_MAJOR_M * np.sqrt(1.0 - kernels.ECCENTRICITY2) / w2)


def elevation_of_height(
    range_m: npt.ArrayLike,
    radar_height_m: float,
    target_height_m: npt.ArrayLike,
    earth_radius_m: float | None,
) -> Floats:
    """Return the elevation (radians) at which a target of known height stands at a slant range.

    Law of cosines in the triangle earth's centre, radar, target, on a sphere of the given radius;
    None: a flat earth.  Where the height cannot be reached at this range the target is straight
    above or below; at no range it is level.
    """
    distance = np.asarray(range_m, np.float64)
    target = np.asarray(target_height_m, np.float64)
    safe = np.where(distance > 0.0, distance, np.inf)
    if earth_radius_m is None:
        sine = (target - radar_height_m) / safe
    else:
        a, b = earth_radius_m + radar_height_m, earth_radius_m + target
        sine = ((b - a) * (b + a) - distance**2) / (2.0 * a * safe)
    return np.asarray(np.arcsin(np.clip(sine, -1.0, 1.0)))
