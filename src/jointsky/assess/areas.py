"""Areas of the sky that mean something: who is in which, how far from the rim, and since when.

The sides of a rim are straight on a map of latitude against longitude; distances are on a plane
of the scale at the point asked about, good to 1 % within 500 km at 60 degrees of latitude.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.assess import areas_kernels as kernels
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.earth.terrain import HeightGrid, height_at

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

USES = ("border", "prohibited", "restricted", "corridor", "protected")


@dataclasses.dataclass(frozen=True)
class Area:
    """One area: what it is for, whose, and its bounds.

    ``rim_rad`` (n, 2) is latitude and longitude, and closes by itself; ``active_s`` are spans of
    POSIX seconds, none: always.  ``above_ground``: floor and ceiling are above the ground below.
    ``line_rad`` (k, 2) is the middle of a corridor, if it is one.
    """

    name: str
    use: str
    rim_rad: Floats
    nation: str = ""
    floor_m: float = -math.inf
    ceiling_m: float = math.inf
    above_ground: bool = False
    active_s: tuple[tuple[float, float], ...] = ()
    line_rad: Floats | None = None

    def is_active(self, time_s: float) -> bool:
        """Return whether it holds at a time."""
        return not self.active_s or any(begin <= time_s < end for begin, end in self.active_s)


class Areas:
    """All areas of a network, with the ground under them; without a grid it is at sea level."""

    def __init__(self, areas: Sequence[Area], ground: HeightGrid | None = None) -> None:
        self.areas = tuple(areas)
        self._ground = ground
        self._rims = _Rims([area.rim_rad for area in self.areas])
        self._floor_m = np.array([area.floor_m for area in self.areas], np.float64)
        self._ceiling_m = np.array([area.ceiling_m for area in self.areas], np.float64)
        self._above_ground = np.array([area.above_ground for area in self.areas], np.bool_)
        self._always = not any(area.active_s for area in self.areas)

    def of_use(self, *uses: str) -> list[int]:
        """Return the rows of areas of some uses."""
        return [row for row, area in enumerate(self.areas) if area.use in uses]

    def inside(
        self, latitude_rad: Floats, longitude_rad: Floats, height_m: Floats, time_s: float
    ) -> Booleans:
        """Return which points (n,) are in which areas that hold at a time, (n, areas).

        A point of unknown height (NaN) counts as between floor and ceiling.
        """
        above_m = self.above_ground_m(latitude_rad, longitude_rad, height_m)
        level_m = np.where(self._above_ground, above_m[:, None], np.asarray(height_m)[:, None])
        is_outside = (level_m < self._floor_m) | (level_m > self._ceiling_m)
        holds = np.ones(len(self.areas), np.bool_)
        if not self._always:
            holds[:] = [area.is_active(time_s) for area in self.areas]
        return self._rims.over(latitude_rad, longitude_rad, holds) & ~is_outside

    def above_ground_m(
        self, latitude_rad: Floats, longitude_rad: Floats, height_m: Floats
    ) -> Floats:
        """Return how high points are above the ground, (n,); without a grid, above the sea."""
        if self._ground is None or not len(latitude_rad):
            return height_m
        return height_m - height_at(self._ground, latitude_rad, longitude_rad)

    def rim_distance_m(self, latitude_rad: Floats, longitude_rad: Floats) -> Floats:
        """Return how far points are from the rim of each area, (n, areas), negative inside.

        Over the ground, whatever the height, whether the area holds at the time or not.
        """
        return self._rims.distance_m(latitude_rad, longitude_rad)


class _Rims:
    """The corners of several rims, one after the other."""

    def __init__(self, rims_rad: Sequence[Floats]) -> None:
        self._rims = np.ascontiguousarray(np.concatenate([np.empty((0, 2)), *rims_rad]))
        self._first = np.cumsum([0, *(len(rim) for rim in rims_rad)])
        self._radius_m = np.array(
            [mean_radius_of_curvature_m(float(rim[:, 0].mean())) for rim in rims_rad], np.float64
        )

    def over(
        self, latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike, chosen: Booleans
    ) -> Booleans:
        """Return which points (n,) each of the chosen rims goes round, (n, rims)."""
        latitude, longitude = _columns(latitude_rad, longitude_rad)
        out = np.empty((len(latitude), len(self._radius_m)), np.bool_)
        kernels.over(latitude, longitude, self._rims, self._first, chosen, out)
        return out

    def distance_m(self, latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike) -> Floats:
        """Return how far points (n,) are from each rim, (n, rims), negative inside."""
        latitude, longitude = _columns(latitude_rad, longitude_rad)
        out = np.empty((len(latitude), len(self._radius_m)))
        kernels.rim_distances(latitude, longitude, self._rims, self._first, self._radius_m, out)
        return out


def _columns(*given: npt.ArrayLike) -> list[Floats]:
    return [np.ascontiguousarray(np.asarray(one, np.float64)) for one in given]


def is_over(latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike, rim_rad: Floats) -> Booleans:
    """Return which points (n,) a rim (k, 2) goes round (Haines 1994, Graphics Gems IV)."""
    latitude, longitude = _columns(latitude_rad, longitude_rad)
    out = np.empty((len(latitude), 1), np.bool_)
    rim = np.ascontiguousarray(rim_rad, np.float64)
    kernels.over(latitude, longitude, rim, np.array([0, len(rim)]), np.ones(1, np.bool_), out)
    return out[:, 0]


def unwrapped(longitude_rad: Floats, rim_rad: Floats) -> tuple[Floats, Floats]:
    """Return longitudes of points and of a rim without a jump between them."""
    west = rim_rad[0, 1]
    x = np.remainder(np.asarray(longitude_rad) - west + np.pi, 2 * np.pi)
    return x, np.remainder(rim_rad[:, 1] - west + np.pi, 2 * np.pi)
