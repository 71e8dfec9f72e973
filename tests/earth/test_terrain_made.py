import math

import msgspec
import numpy as np
import pytest

from jointsky.earth import terrain
from jointsky.earth.terrain_declared import (
    MOST_CELLS,
    MadeTerrain,
    Ridge,
    Terrain,
    TerrainFile,
    grid_of,
)
from jointsky.earth.terrain_files import write_height_grid

REGION = {"south_deg": 53.0, "west_deg": 27.0, "north_deg": 54.0, "east_deg": 29.0}


def test_a_made_grid_covers_its_region_at_its_spacing():
    grid = grid_of(MadeTerrain(**REGION, spacing_m=2000.0, mean_height_m=180.0))
    assert terrain.covers(grid, *(math.radians(x) for x in (53.0, 27.0, 54.0, 29.0)))
    assert terrain.spacing_m(grid) == pytest.approx(2000.0, rel=0.05)
    assert np.all(grid.heights_m == 180.0)


def test_hills_have_the_size_that_was_asked_for():
    """Mean and standard deviation over 40 seeds; both within 4 standard errors."""
    means, variances = [], []
    for seed in range(40):
        made = MadeTerrain(**REGION, hills_m=100.0, hills_km=5.0, seed=seed, mean_height_m=200.0)
        heights = grid_of(made).heights_m
        means.append(heights.mean())
        variances.append(np.mean((heights - 200.0) ** 2))
    for found, wanted in ((means, 200.0), (variances, 100.0**2)):
        error = np.std(found) / math.sqrt(len(found))
        assert abs(np.mean(found) - wanted) < 4 * error


def test_hills_have_the_spectrum_that_is_cited():
    """Structure function at small steps: heights differ by distance to the power H."""
    rough, smooth = (
        grid_of(
            MadeTerrain(**REGION, hills_m=100.0, hills_km=60.0, roughness=h, spacing_m=500.0)
        ).heights_m.astype(float)
        for h in (0.3, 0.9)
    )
    for heights, low, high in ((rough, 0.15, 0.5), (smooth, 0.65, 1.0)):
        near = np.mean((heights[:, 4:] - heights[:, :-4]) ** 2)
        far = np.mean((heights[:, 16:] - heights[:, :-16]) ** 2)
        assert low < 0.5 * math.log(far / near) / math.log(4.0) < high


def test_the_same_seed_makes_the_same_hills_and_another_one_others():
    one, same, other = (
        grid_of(MadeTerrain(**REGION, hills_m=50.0, seed=seed)).heights_m for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)


def test_a_ridge_is_highest_on_its_line():
    ridge = Ridge(
        latitude_deg=53.2, longitude_deg=28.0, end_latitude_deg=53.8, end_longitude_deg=28.0,
        height_m=400.0, width_km=3.0,
    )  # fmt: skip
    grid = grid_of(MadeTerrain(**REGION, mean_height_m=100.0, ridges=(ridge,), spacing_m=500.0))
    off_deg = 3.0 / (math.radians(1) * 6371.0 * math.cos(math.radians(53.5)))
    at = np.radians([[53.5, 28.0], [53.5, 28.0 + off_deg], [53.5, 27.1]])
    found = terrain.height_at(grid, at[:, 0], at[:, 1])
    assert found == pytest.approx([500.0, 100 + 400 * math.exp(-0.5), 100.0], abs=8.0)


def test_declared_ground_is_told_apart_by_kind(tmp_path):
    made = grid_of(MadeTerrain(**REGION))
    write_height_grid(tmp_path / "here.npz", made)
    declared = msgspec.convert({"kind": "file", "path": "here.npz"}, Terrain)
    assert isinstance(declared, TerrainFile)
    assert np.array_equal(grid_of(declared, tmp_path).heights_m, made.heights_m)
    assert isinstance(msgspec.convert({"kind": "made", **REGION}, Terrain), MadeTerrain)


def test_ground_that_cannot_be_made_is_refused():
    with pytest.raises(ValueError, match="south_deg must be below north_deg"):
        MadeTerrain(**(REGION | {"north_deg": 52.0}))
    with pytest.raises(ValueError, match=r"spacing_m must be at least .*, or the region smaller"):
        MadeTerrain(**REGION, spacing_m=10.0)


@pytest.mark.parametrize(("north_deg", "spacing_m"), [(46, 10), (60, 50), (85, 999), (45.2, 12.5)])
def test_a_grid_too_large_says_which_spacing_would_fit(north_deg, spacing_m):
    region = {"south_deg": 45, "west_deg": -170, "north_deg": north_deg, "east_deg": 40}
    with pytest.raises(ValueError, match="points, more than 25,000,000") as caught:
        MadeTerrain(**region, spacing_m=spacing_m)
    told_m = float(str(caught.value).split("at least ")[1].split(",")[0])
    rows, columns = MadeTerrain(**region, spacing_m=told_m).shape()
    assert 0.8 * MOST_CELLS < rows * columns <= MOST_CELLS
