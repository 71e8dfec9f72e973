"""Coverage: what a network of sensors sees at several heights, cell by cell."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

EARTH_RADIUS_M = 6_371_008.8  # mean radius of WGS-84, for areas


class CoverageSensor(msgspec.Struct, frozen=True, kw_only=True):
    """A sensor of the network; ``why_not`` says why one is left out, empty: it counts."""

    name: str
    group: str  # whose it is
    latitude_rad: float
    longitude_rad: float
    why_not: str = ""


@dataclasses.dataclass(frozen=True)
class Coverage:
    """How likely each cell is seen in one turn: H heights, G groups, K ranks, R rows, C columns.

    ``best[h, g]`` is the probability of the group's best sensor, ``ranked[h, k]`` that of the
    (k + 1)-th best of all, ``count[h]`` how many reach ``pd``.  Probabilities are float32.
    """

    latitude_rad: npt.NDArray[np.float64]  # (R,) middles of cells, rising
    longitude_rad: npt.NDArray[np.float64]  # (C,) rising, past pi across the date line
    heights_m: npt.NDArray[np.float64]  # (H,)
    above: str  # "ground" or "sea"
    target: str  # in words
    pd: float  # a sensor that reaches it sees the cell
    sensors: list[CoverageSensor]
    groups: list[str]
    best: npt.NDArray[np.float32]  # (H, G, R, C)
    ranked: npt.NDArray[np.float32]  # (H, K, R, C)
    count: npt.NDArray[np.int16]  # (H, R, C)

    def cell_areas_m2(self) -> npt.NDArray[np.float64]:
        """Return the area of a cell in each row, (R,), square metres, on a sphere."""
        step_lat = float(np.diff(self.latitude_rad).mean())
        step_lon = float(np.diff(self.longitude_rad).mean())
        north = np.sin(self.latitude_rad + 0.5 * step_lat)
        south = np.sin(self.latitude_rad - 0.5 * step_lat)
        return np.asarray(EARTH_RADIUS_M**2 * step_lon * (north - south))

    def area_km2(self, cells: npt.NDArray[np.bool_]) -> float:
        """Return the area of chosen cells (R, C), in square kilometres."""
        return float(self.cell_areas_m2() @ cells.sum(axis=1)) / 1e6

    def figures(self) -> list[dict[str, Any]]:
        """Return for each height how large an area is seen: by any, by several, by whom."""
        return [self._figures(h) for h in range(len(self.heights_m))]

    def _figures(self, h: int) -> dict[str, Any]:
        seen = self.best[h] >= self.pd
        most = int(self.count[h].max(initial=0))
        areas = [self.area_km2(self.count[h] >= k) for k in range(1, most + 1)]
        by_group = {name: self.area_km2(seen[g]) for g, name in enumerate(self.groups)}
        only = {
            name: self.area_km2(seen[g] & ~np.delete(seen, g, axis=0).any(axis=0))
            for g, name in enumerate(self.groups)
        }
        return {
            "height_m": float(self.heights_m[h]),
            "seen_km2": areas[0] if areas else 0.0,
            "seen_by_at_least_km2": areas,
            "seen_by_group_km2": by_group,
            "seen_by_this_group_only_km2": only,
            "seen_by_several_groups_km2": self.area_km2(seen.sum(axis=0) >= 2),
        }
