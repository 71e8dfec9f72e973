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
        return bool(self.holds(time_s))

    def holds(self, time_s: npt.ArrayLike) -> Booleans:
        """Return whether it holds at times of any shape."""
        when_s = np.asarray(time_s, np.float64)
        holds = np.full(when_s.shape, not self.active_s)
        for begin_s, end_s in self.active_s:
            holds |= (begin_s <= when_s) & (when_s < end_s)
        return holds


class Areas:
    """All areas of a network, with the ground under them; without a grid it is at sea level."""

    def __init__(self, areas: Sequence[Area], ground: HeightGrid | None = None) -> None:
        self.areas = tuple(areas)
        self._ground = ground
        self._rims = _Rims([area.rim_rad for area in self.areas])
        self._floor_m = np.array([area.floor_m for area in self.areas], np.float64)
        self._ceiling_m = np.array([area.ceiling_m for area in self.areas], np.float64)
        self._above_ground = np.array([area.above_ground for area in self.areas], np.bool_)
        self._all = np.ones(len(self.areas), np.bool_)
        self._of_use: dict[tuple[str, ...], list[int]] = {}

    def of_use(self, *uses: str) -> list[int]:
        """Return the rows of areas of some uses."""
        if uses not in self._of_use:
            self._of_use[uses] = [k for k, area in enumerate(self.areas) if area.use in uses]
        return self._of_use[uses]

    def inside(
        self, latitude_rad: Floats, longitude_rad: Floats, height_m: Floats, time_s: npt.ArrayLike
    ) -> Booleans:
        """Return which points (n,) are in which areas that hold then, (n, areas).

        ``time_s`` is one for all, or of each (n,).  A point of unknown height (NaN) counts as
        between floor and ceiling.
        """
        above_m = self.above_ground_m(latitude_rad, longitude_rad, height_m)
        level_m = np.where(self._above_ground, above_m[:, None], np.asarray(height_m)[:, None])
        is_outside = (level_m < self._floor_m) | (level_m > self._ceiling_m)
        made = self._rims.over(latitude_rad, longitude_rad, self._all) & ~is_outside
        for row, area in enumerate(self.areas):
            if area.active_s:
                made[:, row] &= area.holds(time_s)
        return made

    def over(self, latitude_rad: Floats, longitude_rad: Floats, *uses: str) -> Booleans:
        """Return which points (n,) are over which areas of some uses, (n, areas), at any height.

        Whether they hold at the time or not; areas of other uses: never.
        """
        chosen = np.zeros(len(self.areas), np.bool_)
        chosen[self.of_use(*uses)] = True
        return self._rims.over(latitude_rad, longitude_rad, chosen)

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
        corners = [np.asarray(rim, np.float64).reshape(-1, 2) for rim in rims_rad]
        self._west = np.array([rim[0, 1] for rim in corners], np.float64)
        flat = [
            np.column_stack([rim[:, 0], np.remainder(rim[:, 1] - west + np.pi, 2.0 * np.pi)])
            for rim, west in zip(corners, self._west, strict=True)
        ]
        self._rims = np.ascontiguousarray(np.concatenate([np.empty((0, 2)), *flat]))
        self._first = np.cumsum([0, *(len(rim) for rim in corners)])
        ends = [(rim[:, 0].min(), rim[:, 0].max()) for rim in corners]
        self._boxes = np.array(ends, np.float64).reshape(-1, 2)
        self._radius_m = np.array(
            [mean_radius_of_curvature_m(float(rim[:, 0].mean())) for rim in corners], np.float64
        )

    def over(
        self, latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike, chosen: Booleans
    ) -> Booleans:
        """Return which points (n,) each of the chosen rims goes round, (n, rims)."""
        latitude, longitude = _columns(latitude_rad, longitude_rad)
        out = np.empty((len(latitude), len(self._radius_m)), np.bool_)
        kernels.over(
            latitude, longitude, self._rims, self._west, self._first, self._boxes, chosen, out
        )
        return out

    def distance_m(self, latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike) -> Floats:
        """Return how far points (n,) are from each rim, (n, rims), negative inside."""
        latitude, longitude = _columns(latitude_rad, longitude_rad)
        out = np.empty((len(latitude), len(self._radius_m)))
        kernels.rim_distances(
            latitude, longitude, self._rims, self._west, self._first, self._radius_m, out
        )
        return out


def _columns(*given: npt.ArrayLike) -> list[Floats]:
    return [np.ascontiguousarray(np.asarray(one, np.float64)) for one in given]


def unwrapped(longitude_rad: Floats, rim_rad: Floats) -> tuple[Floats, Floats]:
    """Return longitudes of points and of a rim without a jump between them."""
    west = rim_rad[0, 1]
    x = np.remainder(np.asarray(longitude_rad) - west + np.pi, 2 * np.pi)
    return x, np.remainder(rim_rad[:, 1] - west + np.pi, 2 * np.pi)
