"""Files of heights become grids: GeoTIFF through rasterio, and .npz without it."""

from __future__ import annotations

import contextlib
import importlib
import math
import pathlib
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.earth.terrain import HeightGrid
from jointsky.errors import InputError, NotInstalledError

MOST_CELLS = 200_000_000
_NPZ_NAMES = ("latitude_deg", "longitude_deg", "latitude_step_deg", "longitude_step_deg")
_WANTED = "a GeoTIFF (.tif) or .npz of heights"


def read_height_grid(path: str | pathlib.Path, geoid_height_m: float = 0.0) -> HeightGrid:
    """Return the grid of heights in a file, ``geoid_height_m`` added to each.

    GeoTIFF in any projection, band 1 in metres, needs rasterio (the extra ``terrain``); what is
    marked as missing is taken as sea level.  ``.npz`` is what write_height_grid wrote.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise InputError(str(path), "no such file", _WANTED)
    grid = _read_npz(path) if path.suffix == ".npz" else _read_geotiff(path)
    if not np.isfinite(grid.heights_m).all():
        raise InputError(str(path), "heights that are no numbers", "metres at every point")
    return grid._replace(heights_m=grid.heights_m + np.float32(geoid_height_m))


def write_height_grid(path: str | pathlib.Path, grid: HeightGrid) -> None:
    """Write a grid as .npz: south-west corner and steps in degrees, heights in metres."""
    corner = dict(zip(_NPZ_NAMES, np.degrees(np.array(grid[:4])), strict=True))
    with pathlib.Path(path).open("wb") as file:  # a name without .npz is kept as it is
        np.savez_compressed(file, heights_m=grid.heights_m, **corner)


def _read_npz(path: pathlib.Path) -> HeightGrid:
    try:
        with np.load(path, allow_pickle=False) as data:
            corner = [float(data[name]) for name in _NPZ_NAMES]
            heights = np.ascontiguousarray(data["heights_m"], np.float32)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        wanted = "heights_m, " + ", ".join(_NPZ_NAMES) + " as write_height_grid writes them"
        raise InputError(str(path), str(error), wanted) from None
    if heights.ndim != 2 or min(heights.shape) < 2 or min(corner[2:]) <= 0.0:
        found = f"heights_m of shape {heights.shape}, steps {corner[2:]}"
        raise InputError(str(path), found, "a grid of at least 2 by 2, both steps above 0")
    return _grid(corner, heights)


def _rasterio() -> Any:
    """Return rasterio: imported when a GeoTIFF is read, for it takes 110 MB and many need none."""
    try:
        importlib.import_module("rasterio.vrt")
        return importlib.import_module("rasterio")
    except ModuleNotFoundError as error:
        raise NotInstalledError("reading GeoTIFF", "rasterio", "terrain") from error


def _read_geotiff(path: pathlib.Path) -> HeightGrid:
    rasterio = _rasterio()
    try:
        with contextlib.ExitStack() as stack:
            source = stack.enter_context(rasterio.open(path))
            if source.crs is None:
                raise InputError(
                    str(path), "no coordinate reference system", "a georeferenced file"
                )
            transform = source.transform
            is_north_up = transform.b == 0.0 and transform.d == 0.0 and transform.e < 0.0
            if not (source.crs.is_geographic and is_north_up):
                source = stack.enter_context(
                    rasterio.vrt.WarpedVRT(
                        source, crs="EPSG:4326", resampling=rasterio.enums.Resampling.bilinear
                    )
                )
            return _from_raster(source, path)
    except rasterio.errors.RasterioError as error:
        raise InputError(str(path), str(error), _WANTED) from None


def _from_raster(source: Any, path: pathlib.Path) -> HeightGrid:
    """Return the grid of an opened raster in degrees whose rows run from north to south."""
    if source.width * source.height > MOST_CELLS or min(source.width, source.height) < 2:
        found = f"{source.height:,} x {source.width:,} points"
        raise InputError(
            str(path), found, f"2 x 2 to {MOST_CELLS:,} in all", "cut it or make it coarser"
        )
    heights = source.read(1, masked=True).filled(0.0).astype(np.float32)
    step_lon, step_lat = source.transform.a, -source.transform.e
    west, north = source.transform.c + 0.5 * step_lon, source.transform.f - 0.5 * step_lat
    south = north - (source.height - 1) * step_lat
    return _grid([south, west, step_lat, step_lon], np.ascontiguousarray(heights[::-1]))


def _grid(corner_deg: list[float], heights_m: npt.NDArray[np.float32]) -> HeightGrid:
    south, west, step_lat, step_lon = (math.radians(x) for x in corner_deg)
    return HeightGrid(south, west, step_lat, step_lon, heights_m)
