"""The map under every picture, from the package itself: land, borders, lakes, names.

Natural Earth (public domain) and the ICAO codes of airports; made by design/basemap.  Land is cut
in tiles of ten degrees that overlap a little: ``Curves.tile`` names the south-west corner.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.resources
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

UNITS_PER_DEGREE = 1000
TILE_DEG = 10

Level = Literal["fine", "coarse"]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]


@dataclasses.dataclass(frozen=True)
class Curves:
    """Rings or lines: ``points_deg`` (n, 2) longitude, latitude; ``starts`` (k + 1,) into it."""

    points_deg: Floats
    starts: npt.NDArray[np.int64]
    boxes_deg: Floats  # (k, 4) west, south, east, north
    tile: npt.NDArray[np.int16] | None  # (k, 2) west and south of the tile, for land

    def inside(self, west: float, south: float, east: float, north: float) -> list[int]:
        """Return which curves touch a box in degrees (no wrap)."""
        w, s, e, n = self.boxes_deg.T
        return [
            int(k) for k in np.flatnonzero((w <= east) & (e >= west) & (s <= north) & (n >= south))
        ]

    def curve(self, k: int) -> Floats:
        """Return the points (n, 2) of curve ``k``: longitude, latitude in degrees."""
        return self.points_deg[self.starts[k] : self.starts[k + 1]]

    def tile_of(self, k: int) -> tuple[int, int]:
        """Return the west and south edge in degrees of the tile of land ring ``k``."""
        if self.tile is None:
            raise ValueError("only land is cut in tiles")
        return int(self.tile[k, 0]), int(self.tile[k, 1])

    def is_shore(self, k: int) -> npt.NDArray[np.bool_]:
        """Return which steps of land ring ``k`` are coast and not the edge of its tile."""
        units = np.round(self.curve(k) * UNITS_PER_DEGREE).astype(np.int32)
        pad = 20
        west, south = (v * UNITS_PER_DEGREE for v in self.tile_of(k))
        size = TILE_DEG * UNITS_PER_DEGREE
        shore = np.ones(len(units) - 1, bool)
        for axis, low, end in ((0, west, 180_000), (1, south, 90_000)):
            for edge in (max(low - pad, -end), min(low + size + pad, end)):
                on_edge = units[:, axis] == edge
                shore &= ~(on_edge[1:] & on_edge[:-1])
        return shore


@dataclasses.dataclass(frozen=True)
class Places:
    """Named points, the most important first."""

    names: list[str]
    latitude_deg: Floats
    longitude_deg: Floats


@functools.cache
def _file() -> dict[str, npt.NDArray[Any]]:
    path = importlib.resources.files("jointsky.pictures") / "basemap" / "earth.npz"
    with path.open("rb") as stream, np.load(stream) as archive:
        return {name: archive[name] for name in archive.files}


@functools.cache
def curves(layer: Literal["land", "borders", "lakes"], level: Level = "fine") -> Curves:
    """Return one layer of the map: ``fine`` errs by 200 m, ``coarse`` by 5 km."""
    data, name = _file(), f"{level}_{layer}"
    octets = data[f"{name}_steps"].astype(np.uint16)
    steps = (octets[:, 0] | (octets[:, 1] << 8)).astype(np.int16).astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(data[f"{name}_size"])]).astype(np.int64)
    units = np.zeros((starts[-1], 2), np.int64)
    later = np.ones(starts[-1], bool)
    later[starts[:-1]] = False
    units[later] = steps.T
    first = data[f"{name}_first"].astype(np.int64)
    summed = np.cumsum(units, axis=0)
    units = summed - np.repeat(summed[starts[:-1]] - first, data[f"{name}_size"], axis=0)
    points = units / UNITS_PER_DEGREE
    low = np.minimum.reduceat(points, starts[:-1])
    high = np.maximum.reduceat(points, starts[:-1])
    tile = data.get(f"{name}_tile")
    return Curves(points, starts, np.column_stack([low, high]), tile)


@functools.cache
def places(kind: Literal["cities", "countries", "airports"]) -> Places:
    """Return cities (7,342) and countries, the largest first, or airports in no order."""
    data = _file()
    latitude, longitude = data[f"{kind}_deg4"] / 1e4
    return Places(data[f"{kind}_names"].tobytes().decode().split("\n"), latitude, longitude)
