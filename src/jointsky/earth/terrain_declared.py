"""Ground as a user declares it: a file of heights, or hills and ridges that are made."""

from __future__ import annotations

import functools
import math
import pathlib
from typing import Annotated

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from jointsky.earth.terrain import HeightGrid
from jointsky.earth.terrain_files import read_height_grid
from jointsky.earth.terrain_kernels import MEAN_RADIUS_M
from jointsky.streams import stream

Latitude = Annotated[float, Meta(ge=-85, le=85)]
Longitude = Annotated[float, Meta(ge=-180, le=360)]
Floats = npt.NDArray[np.float64]
MOST_CELLS = 25_000_000


class TerrainFile(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind",
    tag="file",
):  # fmt: skip
    """Heights of the ground from a file: GeoTIFF in any projection, or .npz of jointsky."""

    path: Annotated[
        str, Meta(min_length=1, description="The file; from the scenario's folder if not absolute")
    ]
    geoid_height_m: Annotated[
        float,
        Meta(
            ge=-110,
            le=90,
            description="Sea level above the WGS-84 ellipsoid there, where the file's heights are "
            "above sea level; 0: they are above the ellipsoid",
        ),
    ] = 0.0


class Ridge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ridge between two places, highest along its line and falling off like a bell."""

    latitude_deg: Annotated[Latitude, Meta(description="Of one end")]
    longitude_deg: Annotated[Longitude, Meta(description="Of one end")]
    end_latitude_deg: Annotated[Latitude, Meta(description="Of the other end")]
    end_longitude_deg: Annotated[Longitude, Meta(description="Of the other end")]
    height_m: Annotated[float, Meta(gt=0, le=9000, description="Above the ground around it")]
    width_km: Annotated[
        float, Meta(gt=0, le=200, description="Standard deviation of the bell across it")
    ] = 2.0


class MadeTerrain(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind",
    tag="made",
):  # fmt: skip
    """Ground that is made: random hills, the same for the same seed, and ridges."""

    south_deg: Annotated[Latitude, Meta(description="Southern end of the grid")]
    west_deg: Annotated[Longitude, Meta(description="Western end")]
    north_deg: Annotated[Latitude, Meta(description="Northern end")]
    east_deg: Annotated[Longitude, Meta(description="Eastern end")]
    spacing_m: Annotated[
        float, Meta(ge=10, le=20_000, description="Between points of the grid")
    ] = 1000.0
    mean_height_m: Annotated[
        float, Meta(ge=-400, le=8000, description="Mean height above the ellipsoid")
    ] = 150.0
    hills_m: Annotated[
        float, Meta(ge=0, le=3000, description="Standard deviation of the heights of the hills")
    ] = 0.0
    hills_km: Annotated[float, Meta(gt=0, le=500, description="Size of the largest hills")] = 20.0
    roughness: Annotated[
        float, Meta(gt=0, lt=1, description="Hurst exponent: near 1 smooth, near 0 rugged")
    ] = 0.8
    seed: Annotated[int, Meta(ge=0, lt=2**53, description="Other hills for another one")] = 1
    ridges: Annotated[tuple[Ridge, ...], Meta(description="Ridges on top of the hills")] = ()

    def __post_init__(self) -> None:
        """Refuse a region that is turned round or that no memory holds."""
        if self.south_deg >= self.north_deg or self.west_deg >= self.east_deg:
            raise ValueError("south_deg must be below north_deg and west_deg below east_deg")
        rows, columns = self.shape()
        if rows * columns > MOST_CELLS:
            raise ValueError(
                f"the grid has {rows:,} x {columns:,} points, more than {MOST_CELLS:,}: "
                f"spacing_m must be at least {self.finest_m():g}, or the region smaller"
            )

    def finest_m(self) -> float:
        """Return a spacing whose grid is not too large: the least, up to 1 %, to two digits."""
        rows, columns = self.shape()
        finest_m = 1.001 * self.spacing_m * math.sqrt(rows * columns / MOST_CELLS)
        unit = 10.0 ** (math.floor(math.log10(finest_m)) - 1)
        return math.ceil(finest_m / unit) * unit

    def shape(self) -> tuple[int, int]:
        """Return how many rows and columns the grid has, at least 2 each."""
        metres = math.radians(1.0) * MEAN_RADIUS_M
        shrink = math.cos(math.radians(0.5 * (self.south_deg + self.north_deg)))
        rows = (self.north_deg - self.south_deg) * metres / self.spacing_m
        columns = (self.east_deg - self.west_deg) * metres * shrink / self.spacing_m
        return max(math.ceil(rows), 1) + 1, max(math.ceil(columns), 1) + 1


Terrain = TerrainFile | MadeTerrain


def grid_of(terrain: Terrain, folder: str | pathlib.Path = ".") -> HeightGrid:
    """Return the heights of declared ground; a file's path counts from ``folder``.

    Raises InputError where the file cannot be read, NotInstalledError without rasterio.
    """
    if isinstance(terrain, TerrainFile):
        return read_height_grid(pathlib.Path(folder) / terrain.path, terrain.geoid_height_m)
    return made_grid(terrain)


@functools.lru_cache(maxsize=4)  # the ground is the same under every sky
def made_grid(made: MadeTerrain) -> HeightGrid:
    """Return the grid of made ground; its heights are not to be written to."""
    rows, columns = made.shape()
    south, west, north, east = (
        math.radians(x) for x in (made.south_deg, made.west_deg, made.north_deg, made.east_deg)
    )
    steps = ((north - south) / (rows - 1), (east - west) / (columns - 1))
    heights: Floats = np.full((rows, columns), made.mean_height_m, np.float64)
    if made.hills_m > 0.0:
        heights += made.hills_m * _hills(made, rows, columns)
    latitude: Floats = south + steps[0] * np.arange(rows, dtype=np.float64)[:, None]
    longitude: Floats = west + steps[1] * np.arange(columns, dtype=np.float64)[None, :]
    for ridge in made.ridges:
        heights += _ridge_m(ridge, latitude, longitude)
    kept_m = heights.astype(np.float32)
    kept_m.flags.writeable = False
    return HeightGrid(south, west, *steps, kept_m)


def _hills(made: MadeTerrain, rows: int, columns: int) -> Floats:
    """Return random heights of mean 0 and variance 1 (in the mean over seeds).

    White noise through the von Karman spectrum ``(1 + (k a)²)^-(H + 1)`` that Goff and Jordan
    ("Stochastic modeling of seafloor morphology", J. Geophys. Res. 93, 1988) fit to real ground,
    on a torus twice as large, so that opposite ends do not meet.
    """
    size = (2 * rows, 2 * columns)
    noise = stream(made.seed, "hills").standard_normal(size)
    ky = 2.0 * math.pi * np.fft.fftfreq(size[0])[:, None]
    kx = 2.0 * math.pi * np.fft.rfftfreq(size[1])[None, :]
    reach = made.hills_km * 1000.0 / made.spacing_m / math.pi
    amplitude = (1.0 + (ky**2 + kx**2) * reach**2) ** (-0.5 * (made.roughness + 1.0))
    amplitude[0, 0] = 0.0
    both = np.concatenate([amplitude, amplitude[:, 1 : (size[1] + 1) // 2]], axis=1)
    power = float(np.sum(both**2)) / (size[0] * size[1])
    made_m = np.fft.irfft2(np.fft.rfft2(noise) * amplitude, size)
    return np.asarray(made_m[:rows, :columns] / math.sqrt(power))


def _ridge_m(ridge: Ridge, latitude: Floats, longitude: Floats) -> Floats:
    """Return what a ridge adds: a bell over the distance from its line, on a local plane."""
    lat0, lon0, lat1, lon1 = (
        math.radians(x)
        for x in (
            ridge.latitude_deg,
            ridge.longitude_deg,
            ridge.end_latitude_deg,
            ridge.end_longitude_deg,
        )
    )
    shrink = math.cos(0.5 * (lat0 + lat1))
    y, x = latitude - lat0, (longitude - lon0) * shrink
    dy, dx = lat1 - lat0, (lon1 - lon0) * shrink
    length2 = dy * dy + dx * dx
    part = np.clip((y * dy + x * dx) / length2, 0.0, 1.0) if length2 > 0.0 else np.zeros_like(y * x)
    off_m = np.hypot(y - part * dy, x - part * dx) * MEAN_RADIUS_M
    return np.asarray(ridge.height_m * np.exp(-0.5 * (off_m / (1000.0 * ridge.width_km)) ** 2))
