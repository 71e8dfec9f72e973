"""A round earth on a flat picture: azimuthal equidistant about the picture's middle.

Distances and bearings from the middle are true; 750 km away lengths across err by 0.2 %.  Pictures
wider than a hemisphere fall back to plate carree.  A flat scene is its own plane.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the WGS-84 ellipsoid, (2 a + b) / 3
WIDEST_AZIMUTHAL_RAD = 1.2

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Projection:
    """Takes (longitude, latitude) in radians to (east, north) in metres about a centre."""

    longitude_rad: float
    latitude_rad: float
    kind: str  # "azimuthal", "plate carree" or "flat"

    def forward(self, xy: npt.ArrayLike) -> Floats:
        """Return (n, 2) metres of (n, 2) longitude and latitude (Snyder 1987, eqs. 22-4, 25-2)."""
        points = np.asarray(xy, np.float64).reshape(-1, 2)
        if self.kind == "flat":
            return points
        d_lon = np.remainder(points[:, 0] - self.longitude_rad + np.pi, 2 * np.pi) - np.pi
        lat = points[:, 1]
        if self.kind == "plate carree":
            scale = np.cos(self.latitude_rad)
            return EARTH_RADIUS_M * np.column_stack([d_lon * scale, lat - self.latitude_rad])
        sin0, cos0 = np.sin(self.latitude_rad), np.cos(self.latitude_rad)
        cos_c = np.clip(sin0 * np.sin(lat) + cos0 * np.cos(lat) * np.cos(d_lon), -1.0, 1.0)
        c = np.arccos(cos_c)
        k = np.divide(c, np.sin(c), out=np.ones_like(c), where=c > 1e-7)
        east = k * np.cos(lat) * np.sin(d_lon)
        north = k * (cos0 * np.sin(lat) - sin0 * np.cos(lat) * np.cos(d_lon))
        return EARTH_RADIUS_M * np.column_stack([east, north])

    def inverse(self, plane_m: npt.ArrayLike) -> Floats:
        """Return (n, 2) longitude and latitude in radians of points of the plane (Snyder 20-14)."""
        points = np.asarray(plane_m, np.float64).reshape(-1, 2)
        if self.kind == "flat":
            return points
        x, y = points.T / EARTH_RADIUS_M
        if self.kind == "plate carree":
            scale = np.cos(self.latitude_rad)
            return np.column_stack([self.longitude_rad + x / scale, self.latitude_rad + y])
        c = np.hypot(x, y)
        k = np.divide(np.sin(c), c, out=np.ones_like(c), where=c > 1e-9)
        sin0, cos0 = np.sin(self.latitude_rad), np.cos(self.latitude_rad)
        lat = np.arcsin(np.clip(np.cos(c) * sin0 + y * k * cos0, -1.0, 1.0))
        lon = self.longitude_rad + np.arctan2(x * k, cos0 * np.cos(c) - y * k * sin0)
        return np.column_stack([lon, lat])


def middle_longitude_rad(longitude_rad: Floats) -> float:
    """Return a longitude in the middle of all, right across the date line too."""
    if len(longitude_rad) == 0:
        return 0.0
    around = float(np.angle(np.mean(np.exp(1j * longitude_rad))))
    offset = np.remainder(longitude_rad - around + np.pi, 2 * np.pi) - np.pi
    return around + 0.5 * float(offset.min() + offset.max())


def about(xy: Floats) -> Projection:
    """Return the projection about the middle of (n, 2) longitudes and latitudes in radians."""
    if len(xy) == 0:
        return Projection(0.0, 0.0, "plate carree")
    lon = middle_longitude_rad(xy[:, 0])
    lat = 0.5 * float(xy[:, 1].min() + xy[:, 1].max())
    d_lon = np.remainder(xy[:, 0] - lon + np.pi, 2 * np.pi) - np.pi
    cos_c = np.sin(lat) * np.sin(xy[:, 1]) + np.cos(lat) * np.cos(xy[:, 1]) * np.cos(d_lon)
    widest = float(np.arccos(np.clip(cos_c.min(), -1.0, 1.0)))
    return Projection(lon, lat, "azimuthal" if widest < WIDEST_AZIMUTHAL_RAD else "plate carree")
