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

    def of_use(self, *uses: str) -> list[int]:
        """Return the rows of areas of some uses."""
        return [row for row, area in enumerate(self.areas) if area.use in uses]

    def inside(
        self, latitude_rad: Floats, longitude_rad: Floats, height_m: Floats, time_s: float
    ) -> Booleans:
        """Return which points (n,) are in which areas that hold at a time, (n, areas).

        A point of unknown height (NaN) counts as between floor and ceiling.
        """
        made = np.zeros((len(latitude_rad), len(self.areas)), np.bool_)
        above_m = self.above_ground_m(latitude_rad, longitude_rad, height_m)
        for column, area in enumerate(self.areas):
            if area.is_active(time_s):
                level_m = above_m if area.above_ground else height_m
                is_between = ~((level_m < area.floor_m) | (level_m > area.ceiling_m))
                made[:, column] = is_between & is_over(latitude_rad, longitude_rad, area.rim_rad)
        return made

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
        made = np.empty((len(latitude_rad), len(self.areas)))
        for column, area in enumerate(self.areas):
            to_rim = _distance_m(latitude_rad, longitude_rad, area.rim_rad)
            is_in = is_over(latitude_rad, longitude_rad, area.rim_rad)
            made[:, column] = np.where(is_in, -to_rim, to_rim)
        return made


def is_over(latitude_rad: Floats, longitude_rad: Floats, rim_rad: Floats) -> Booleans:
    """Return which points (n,) a rim (k, 2) goes round (Haines 1994, Graphics Gems IV)."""
    x, rim_x = unwrapped(longitude_rad, rim_rad)
    y, rim_y = np.asarray(latitude_rad)[:, None], rim_rad[:, 0]
    y0, y1, x0, x1 = np.roll(rim_y, 1), rim_y, np.roll(rim_x, 1), rim_x
    spans = (y0 > y) != (y1 > y)
    rise = np.where(y1 == y0, 1.0, y1 - y0)
    crosses = spans & (x[:, None] < x0 + (y - y0) / rise * (x1 - x0))
    return np.asarray(crosses.sum(axis=1) % 2 == 1)


def _distance_m(latitude_rad: Floats, longitude_rad: Floats, rim_rad: Floats) -> Floats:
    """Return the distance of points (n,) from the nearest side of a rim (k, 2)."""
    if not len(latitude_rad):
        return np.empty(0)
    x, rim_x = unwrapped(longitude_rad, rim_rad)
    halfway = 0.5 * (np.asarray(latitude_rad)[:, None] + rim_rad[:, 0])
    radius_m = mean_radius_of_curvature_m(float(rim_rad[:, 0].mean()))
    east_m = (rim_x - x[:, None]) * np.cos(halfway) * radius_m  # of each corner from each point
    north_m = (rim_rad[:, 0] - np.asarray(latitude_rad)[:, None]) * radius_m
    back_e, back_n = np.roll(east_m, 1, axis=1), np.roll(north_m, 1, axis=1)
    side_e, side_n = east_m - back_e, north_m - back_n
    length2 = np.maximum(side_e**2 + side_n**2, 1e-6)
    along = np.clip(-(back_e * side_e + back_n * side_n) / length2, 0.0, 1.0)
    return np.asarray(np.hypot(back_e + along * side_e, back_n + along * side_n).min(axis=1))


def unwrapped(longitude_rad: Floats, rim_rad: Floats) -> tuple[Floats, Floats]:
    """Return longitudes of points and of a rim without a jump between them."""
    west = rim_rad[0, 1]
    x = np.remainder(np.asarray(longitude_rad) - west + np.pi, 2 * np.pi)
    return x, np.remainder(rim_rad[:, 1] - west + np.pi, 2 * np.pi)
