"""The Cartesian frame a tracker works in: earth-centred for real skies, flat for made scenes."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.errors import MissingSiteError
from jointsky.records.sensors import Sensor
from jointsky.tracking.lifecycle_kernels import EQUATOR_M, FLATTENING

Floats = npt.NDArray[np.float64]
MEAN_RADIUS_M = 6_371_000.0


@dataclasses.dataclass(frozen=True)
class Frame:
    """Earth-centred, or flat about a geodetic origin (latitude, longitude in radians, height)."""

    is_flat: bool
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @functools.cached_property
    def earth(self) -> Floats:
        """Return where a flat scene's origin stands and its east, north, up (4, 3); else (0, 3)."""
        if not self.is_flat:
            return np.empty((0, 3))
        latitude_rad, longitude_rad, height_m = self.origin
        center = geodesy.geodetic_to_ecef(latitude_rad, longitude_rad, height_m)
        return np.concatenate([center, geodesy.enu_rotation(latitude_rad, longitude_rad)])

    def sensor_pose(self, sensor: Sensor) -> tuple[Floats, Floats] | None:
        """Return a sensor's position (3,) and its east, north, up axes (3, 3); None: unknown."""
        if self.is_flat:
            if sensor.flat_enu_m is None:
                return None
            return np.array(sensor.flat_enu_m, np.float64), np.eye(3)
        if sensor.latitude_rad is None or sensor.longitude_rad is None:
            return None
        height_m = sensor.height_m if sensor.height_m is not None else 0.0
        position = geodesy.geodetic_to_ecef(sensor.latitude_rad, sensor.longitude_rad, height_m)[0]
        return position, geodesy.enu_rotation(sensor.latitude_rad, sensor.longitude_rad)

    def from_geodetic(
        self, latitude_rad: Floats, longitude_rad: Floats, height_m: Floats
    ) -> Floats:
        """Return positions (n, 3) in this frame of geodetic ones."""
        if not self.is_flat:
            return geodesy.geodetic_to_ecef(latitude_rad, longitude_rad, height_m)
        places = latitude_rad, longitude_rad
        foot, above = (
            geodesy.ecef_to_enu(geodesy.geodetic_to_ecef(*places, h), *self.origin)
            for h in (0.0, 1.0)
        )
        vertical = above - foot  # it meets the tangent plane where to_geodetic laid the point
        flat = foot - vertical * (foot[:, 2:] / vertical[:, 2:])
        return np.column_stack([flat[:, :2], height_m])

    def to_geodetic(self, points_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return latitude, longitude (radians) and height of points (n, 3) of this frame.

        A flat scene has no earth under it: its east and north are laid on the tangent plane at
        the origin and its up stays the height, so that maps come out right nearby.
        """
        if not self.is_flat:
            return geodesy.ecef_to_geodetic(points_m)
        level = np.column_stack([points_m[:, :2], np.zeros(len(points_m))])
        latitude, longitude, _ = geodesy.ecef_to_geodetic(geodesy.enu_to_ecef(level, *self.origin))
        return latitude, longitude, points_m[:, 2].copy()

    def axes(self, latitude_rad: Floats, longitude_rad: Floats) -> Floats:
        """Return the local east, north, up axes (n, 3, 3) as rows, in this frame."""
        n = len(latitude_rad)
        if self.is_flat:
            return np.broadcast_to(np.eye(3), (n, 3, 3)).copy()
        sin_lat, cos_lat = np.sin(latitude_rad), np.cos(latitude_rad)
        sin_lon, cos_lon = np.sin(longitude_rad), np.cos(longitude_rad)
        zero = np.zeros(n)
        rows = [
            [-sin_lon, cos_lon, zero],
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
        ]
        return np.moveaxis(np.array(rows), 2, 0).copy()


@dataclasses.dataclass(frozen=True)
class MapPlane:
    """The plane map of the spatial index: the frame as seen from above its centre.

    An orthographic map shortens distances far from its centre and lengthens none, so that what is
    within reach in space is within reach on the map.
    """

    rows: Floats  # (4, 3): centre in the frame, east, north, up there
    is_flat: bool

    def place(self, points_m: Floats) -> Floats:
        """Return places (n, 3) on the map: east, north, and height to some 30 m."""
        out = np.empty((len(points_m), 3))
        out[:, :2] = np.einsum("ni,ji->nj", points_m - self.rows[0], self.rows[1:3])
        out[:, 2] = points_m[:, 2]
        if not self.is_flat:
            radius = np.sqrt((points_m**2).sum(axis=1))
            sine = points_m[:, 2] / np.maximum(radius, 1.0)
            out[:, 2] = radius - EQUATOR_M * (1.0 - FLATTENING * sine * sine)
        return out


def map_plane(frame: Frame, latitude_rad: float, longitude_rad: float) -> MapPlane:
    """Return the map about a place; of a flat frame, about its origin."""
    if frame.is_flat:
        return MapPlane(np.vstack([np.zeros(3), np.eye(3)]), True)
    center = geodesy.geodetic_to_ecef(latitude_rad, longitude_rad, 0.0)
    return MapPlane(np.vstack([center, geodesy.enu_rotation(latitude_rad, longitude_rad)]), False)


def choose(sensors: Sequence[Sensor], origin: tuple[float, float, float] | None = None) -> Frame:
    """Return the flat frame where any sensor is declared in one, else the earth-centred one."""
    if any(sensor.flat_enu_m is not None for sensor in sensors):
        return Frame(True, origin or (0.0, 0.0, 0.0))
    return Frame(False)


def require_positions(sensors: Sequence[Sensor], needed: Sequence[int], where: str) -> None:
    """Raise MissingSiteError for the first of the ``needed`` sensors that stands nowhere."""
    for row in needed:
        if not sensors[row].has_position:
            raise MissingSiteError(where, sensors[row].name)
