"""GeoTIFF written by rasterio comes back as the same ground, in any projection."""

import importlib
import math

import numpy as np
import pytest

from jointsky.earth import terrain, terrain_files
from jointsky.earth.terrain import HeightGrid
from jointsky.earth.terrain_files import read_height_grid, write_height_grid
from jointsky.errors import InputError, NotInstalledError


def a_grid():
    y, x = np.mgrid[0:40, 0:50]
    heights = 100 + 2.0 * y + 3.0 * x
    return HeightGrid(
        *np.radians([53.0, 27.0, 0.01, 0.015]).tolist(), np.asarray(heights, np.float32)
    )


def write_geotiff(path, crs="EPSG:4326", nodata=None, heights=None, transform=None):
    rasterio = pytest.importorskip("rasterio", reason="rasterio is an extra")
    grid = a_grid()
    data = grid.heights_m[::-1] if heights is None else heights
    if transform is None:
        north = 53.0 + 39.5 * 0.01
        transform = rasterio.Affine(0.015, 0, 27.0 - 0.0075, 0, -0.01, north)
    with rasterio.open(
        path, "w", driver="GTiff", width=data.shape[1], height=data.shape[0], count=1,
        dtype="float32", crs=crs, transform=transform, nodata=nodata,
    ) as file:  # fmt: skip
        file.write(data.astype(np.float32), 1)
    return path


def test_a_geotiff_in_degrees_comes_back_point_for_point(tmp_path):
    found = read_height_grid(write_geotiff(tmp_path / "a.tif"), geoid_height_m=22.0)
    assert found[:4] == pytest.approx(a_grid()[:4], abs=1e-12)
    assert np.array_equal(found.heights_m, a_grid().heights_m + np.float32(22.0))


def test_a_projected_geotiff_has_the_same_heights_at_the_same_places(tmp_path):
    rasterio = pytest.importorskip("rasterio", reason="rasterio is an extra")
    pyproj = importlib.import_module("pyproj")
    y, x = np.mgrid[0:80, 0:90]
    data = 50 + 0.5 * y + 0.25 * x
    transform = rasterio.Affine(500, 0, 500e3, 0, -500, 5_960e3)
    path = write_geotiff(tmp_path / "utm.tif", "EPSG:32635", heights=data, transform=transform)
    found = read_height_grid(path)
    to_degrees = pyproj.Transformer.from_crs(32635, 4326, always_xy=True)
    for row, column in ((10, 12), (40, 45), (60, 70)):
        east, north = 500e3 + 500 * (column + 0.5), 5_960e3 - 500 * (row + 0.5)
        longitude, latitude = to_degrees.transform(east, north)
        height = terrain.height_at(found, math.radians(latitude), math.radians(longitude))
        assert height == pytest.approx(data[row, column], abs=0.3)  # half a step of the slope


def test_what_is_missing_is_sea_level(tmp_path):
    data = a_grid().heights_m[::-1].copy()
    data[0, 0] = -32768
    found = read_height_grid(write_geotiff(tmp_path / "a.tif", nodata=-32768, heights=data))
    assert found.heights_m[-1, 0] == 0.0
    assert found.heights_m.min() >= 0.0


def test_npz_comes_back(tmp_path):
    write_height_grid(tmp_path / "a.npz", a_grid())
    found = read_height_grid(tmp_path / "a.npz")
    assert found[:4] == pytest.approx(a_grid()[:4])
    assert np.array_equal(found.heights_m, a_grid().heights_m)


@pytest.mark.parametrize("name", ["a.tif", "a.npz"])
def test_what_is_no_grid_is_told(tmp_path, name):
    if name.endswith("tif"):
        pytest.importorskip("rasterio", reason="rasterio is an extra")
    (tmp_path / name).write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match=name):
        read_height_grid(tmp_path / name)
    with pytest.raises(InputError, match=r"none\.tif: no such file; wanted a GeoTIFF"):
        read_height_grid(tmp_path / "none.tif")


def test_faults_of_files_name_what_is_wrong(tmp_path):
    np.savez(tmp_path / "a.npz", heights_m=np.zeros((3, 3)))
    with pytest.raises(InputError, match="latitude_deg"):
        read_height_grid(tmp_path / "a.npz")
    grid = a_grid()
    write_height_grid(tmp_path / "b.npz", grid._replace(heights_m=np.zeros((1, 5), np.float32)))
    with pytest.raises(InputError, match=r"shape \(1, 5\).*at least 2 by 2"):
        read_height_grid(tmp_path / "b.npz")
    write_height_grid(
        tmp_path / "c.npz", grid._replace(heights_m=np.full((2, 2), np.nan, np.float32))
    )
    with pytest.raises(InputError, match="heights that are no numbers"):
        read_height_grid(tmp_path / "c.npz")


@pytest.mark.filterwarnings("ignore::UserWarning")  # rasterio's own, of a file without a place
def test_a_picture_without_a_place_is_no_terrain(tmp_path):
    with pytest.raises(InputError, match="no coordinate reference system"):
        read_height_grid(write_geotiff(tmp_path / "a.tif", crs=None))


def test_without_rasterio_it_says_what_to_install(tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(terrain_files.importlib, "import_module", missing)
    (tmp_path / "a.tif").write_bytes(b"")
    with pytest.raises(NotInstalledError, match=r"pip install 'jointsky\[terrain\]'"):
        read_height_grid(tmp_path / "a.tif")
