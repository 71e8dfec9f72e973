"""Heights, sight and skylines over made ground, against plain loops and against the horizon."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import terrain, terrain_kernels
from jointsky.earth.horizon import EFFECTIVE_RADIUS_M, horizon_distance_m
from jointsky.earth.terrain import HeightGrid
from jointsky.streams import stream

SOUTH, WEST = math.radians(53.0), math.radians(26.0)
STEP = math.radians(0.01)  # 1.1 km


def hills(seed=1, rows=120, columns=160, rms_m=120.0):
    """Return smooth random ground."""
    draw = stream(seed, "hills")
    rough = draw.standard_normal((rows // 8 + 2, columns // 8 + 2))
    y, x = np.arange(rows) / 8, np.arange(columns) / 8
    i, j = y.astype(int), x.astype(int)
    fy, fx = (y - i)[:, None], (x - j)[None, :]
    heights = (1 - fy) * ((1 - fx) * rough[np.ix_(i, j)] + fx * rough[np.ix_(i, j + 1)])
    heights += fy * ((1 - fx) * rough[np.ix_(i + 1, j)] + fx * rough[np.ix_(i + 1, j + 1)])
    return HeightGrid(SOUTH, WEST, STEP, STEP, (150 + rms_m * heights).astype(np.float32))


def ahead(latitude, longitude, azimuth, distance_m):
    """Return where a great circle leads, by the plain Python of the kernel."""
    kernel = getattr(terrain_kernels._ahead, "py_func", terrain_kernels._ahead)
    return kernel(latitude, longitude, azimuth, distance_m)


GROUND = hills()
SEA = terrain.flat_grid()
MIDDLE = (SOUTH + 60 * STEP, WEST + 80 * STEP)


def naive_height(grid, latitude, longitude):
    """Return the bilinear height by four weighted corners."""
    rows, columns = grid.heights_m.shape
    y = (latitude - grid.latitude_rad) / grid.latitude_step_rad
    x = math.remainder(longitude - grid.longitude_rad, 2 * math.pi) / grid.longitude_step_rad
    y, x = min(max(y, 0), rows - 1), min(max(x, 0), columns - 1)
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            wy, wx = max(1 - abs(y - i), 0), max(1 - abs(x - j), 0)
            total += wy * wx * float(grid.heights_m[i, j]) if wy * wx else 0.0
    return total


@settings(max_examples=40)
@given(st.floats(-0.1, 1.1), st.floats(-0.1, 1.1), st.sampled_from([0, 2 * math.pi, -2 * math.pi]))
def test_heights_are_bilinear(y, x, turn):
    grid = hills(rows=9, columns=7)
    latitude, longitude = SOUTH + y * 8 * STEP, WEST + x * 6 * STEP + turn
    found = float(terrain.height_at(grid, latitude, longitude))
    assert found == pytest.approx(naive_height(grid, latitude, longitude), abs=1e-3)


def test_the_sea_is_at_zero_everywhere():
    assert np.all(terrain.height_at(SEA, [0.0, 1.0], [0.0, -3.0]) == 0.0)
    assert terrain.covers(SEA, -1.5, -3.0, 1.5, 3.0)


def test_a_grid_covers_what_lies_in_it():
    east, north = WEST + 159 * STEP, SOUTH + 119 * STEP
    assert terrain.covers(GROUND, SOUTH, WEST, north, east)
    assert terrain.covers(GROUND, SOUTH, WEST + 2 * math.pi, north, east + 2 * math.pi)
    assert not terrain.covers(GROUND, SOUTH - STEP, WEST, north, east)
    assert not terrain.covers(GROUND, SOUTH, WEST - STEP, north, east)
    assert not terrain.covers(GROUND, SOUTH, WEST, north + STEP, east)
    assert not terrain.covers(GROUND, SOUTH, WEST, north, east + STEP)


def naive_profile(grid, one, other, count):
    """Return distances and heights along the geodesic of geographiclib."""
    line = Geodesic.WGS84.InverseLine(*(math.degrees(x) for x in (*one[:2], *other[:2])))
    parts = np.arange(1, count) / count
    at = [line.Position(part * line.s13) for part in parts]
    latitude, longitude = (np.radians([x[name] for x in at]) for name in ("lat2", "lon2"))
    return line.s13, parts * line.s13, terrain.height_at(grid, latitude, longitude)


def naive_excess_m(grid, one, other):
    """Return how far the ground stands above the ray at the worst point, in metres."""
    way, at, ground = naive_profile(grid, one, other, 200)
    ray = one[2] + (other[2] - one[2]) * at / way - at * (way - at) / (2 * EFFECTIVE_RADIUS_M)
    return float(np.max(ground - ray))


PLACES = st.tuples(st.floats(2, 118), st.floats(2, 158), st.floats(2, 600))


@settings(max_examples=40)
@given(PLACES, PLACES)
def test_sight_is_what_a_profile_along_the_geodesic_tells(one, other):
    ends = []
    for y, x, above in (one, other):
        latitude, longitude = SOUTH + y * STEP, WEST + x * STEP
        ground = float(terrain.height_at(GROUND, latitude, longitude))
        ends.append((latitude, longitude, ground + above))
    if one[:2] == other[:2]:
        return
    excess_m = naive_excess_m(GROUND, *ends)
    if abs(excess_m) < 8.0:  # steps of 1 km, a sphere for an ellipsoid
        return
    seen = bool(terrain.is_in_sight(GROUND, ends[0], [ends[1]])[0])
    back = bool(terrain.is_in_sight(GROUND, ends[1], [ends[0]])[0])
    nu, free = terrain.clearances(GROUND, ends[0], [ends[1]])
    assert seen == back == (excess_m < 0)
    assert bool(free[0]) == seen
    assert (nu[0] > 0) == (not seen)


@pytest.mark.parametrize("target_m", [50.0, 300.0, 3000.0])
def test_over_the_sea_sight_ends_at_the_horizon(target_m):
    """The sphere of the way is 6,371 km and the ray is a parabola: 0.2 % of the distance."""
    limit_m = float(horizon_distance_m(20.0, target_m))
    for part, wanted in ((0.99, True), (1.01, False)):
        at = (MIDDLE[0] + part * limit_m / terrain_kernels.MEAN_RADIUS_M, MIDDLE[1], target_m)
        assert bool(terrain.is_in_sight(SEA, (*MIDDLE, 20.0), [at])[0]) is wanted
    line = terrain.skyline(SEA, *MIDDLE, 20.0, 300e3)
    for part, sign in ((0.99, 1), (1.01, -1)):
        out = np.empty(1)
        terrain_kernels.each_above_skyline(
            line, np.array([0.3]), np.array([part * limit_m]), np.array([target_m]), out
        )
        assert np.sign(out[0]) == sign


def test_a_ridge_hides_what_is_behind_it_and_below():
    heights = np.zeros((120, 160), np.float32)
    heights[:, 100] = 300.0
    grid = HeightGrid(SOUTH, WEST, STEP, STEP, heights)
    antenna = (*MIDDLE, 30.0)
    targets = [(MIDDLE[0], WEST + 120 * STEP, h) for h in (200.0, 560.0, 620.0)]
    targets.append((MIDDLE[0], WEST + 90 * STEP, 100.0))
    # 270 m up in 20 steps, so 540 m up in 40, and 10 m of the earth's fall between
    assert terrain.is_in_sight(grid, antenna, targets).tolist() == [False, False, True, True]
    nu, free = terrain.clearances(grid, antenna, targets, wavelength_m=0.1)
    assert free.tolist() == [False, False, True, True]
    way = 40 * STEP * math.cos(MIDDLE[0]) * terrain_kernels.MEAN_RADIUS_M
    above = 300 - (30 + 200) / 2 + way**2 / 4 / (2 * EFFECTIVE_RADIUS_M)
    assert nu[0] == pytest.approx(above * math.sqrt(2 * way / (0.1 * (way / 2) ** 2)), rel=0.01)


@settings(max_examples=6)
@given(st.integers(0, 1000), st.floats(5, 60))
def test_the_skyline_tells_what_single_ways_tell(seed, above_m):
    antenna = (*MIDDLE, float(terrain.height_at(GROUND, *MIDDLE)) + above_m)
    line = terrain.skyline(GROUND, *antenna, 60e3)
    draw = stream(seed, "targets")
    azimuth, distance = draw.uniform(0, 2 * math.pi, 300), draw.uniform(2e3, 50e3, 300)
    targets, free = [], []
    for a, s in zip(azimuth, distance, strict=True):
        at = ahead(antenna[0], antenna[1], a, s)
        ground = float(terrain.height_at(GROUND, *at))
        targets.append((*at, ground + draw.uniform(10, 500)))
    out = np.empty(300)
    heights = np.array([t[2] for t in targets])
    terrain_kernels.each_above_skyline(line, azimuth, distance, heights, out)
    free = terrain.is_in_sight(GROUND, antenna, targets)
    doubtful = np.abs(out) * distance < 12.0  # metres at the target: steps and quarter degrees
    assert np.all((out > 0) == free, where=~doubtful)
    assert doubtful.mean() < 0.2


def naive_skyline(grid, antenna, azimuth, count, step_m):
    """Return the steepest slope to the ground in so many steps, in a plain loop."""
    slopes = []
    for s in np.arange(1, count + 1) * step_m:
        at = ahead(antenna[0], antenna[1], azimuth, s)
        ground = float(terrain.height_at(grid, *at))
        slopes.append((ground - antenna[2] - s * s / (2 * EFFECTIVE_RADIUS_M)) / s)
    return max(slopes)


def test_the_skyline_is_the_steepest_slope_so_far():
    antenna = (*MIDDLE, 400.0)
    line = terrain.skyline(GROUND, *antenna, 60e3)
    for a in (0, 333, 720, 1439):
        for s in (5, 20, 45):
            wanted = naive_skyline(GROUND, antenna, a * 2 * math.pi / 1440, s, line.step_m)
            # between nodes the kernel's way is up to 20 m off the great circle
            assert line.tangent[a, s] == pytest.approx(wanted, abs=3e-4)
            assert line.edge_m[a, s] <= s * line.step_m
    assert np.all(np.diff(line.tangent[:, 1:], axis=1) >= 0)


def test_a_skyline_in_long_steps_misses_no_ground_between_them():
    """Far reach on a fine grid: several looks at the ground in a step."""
    fine = HeightGrid(SOUTH, WEST, STEP / 20, STEP / 20, hills(rows=600, columns=800).heights_m)
    place = (SOUTH + 300 * STEP / 20, WEST + 400 * STEP / 20, 400.0)
    near, far = (terrain.skyline(fine, *place, reach) for reach in (20e3, 200e3))
    assert near.step_m == pytest.approx(terrain.spacing_m(fine))
    looks = round(far.step_m / near.step_m)
    assert looks > 3
    for step in (3, 20, 60):
        # the same looks at the same ground, but for where the ways between nodes bend
        wanted = near.tangent[:, step * looks]
        assert np.abs(far.tangent[:, step] - wanted).max() < 2e-4
        assert np.all(far.edge_m[:, step] <= step * far.step_m + 1e-3)


def test_both_radii_are_one():
    assert terrain_kernels.EFFECTIVE_RADIUS_M == EFFECTIVE_RADIUS_M
