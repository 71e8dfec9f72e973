"""The ground: its height on a grid, what it hides, and from where it can be seen."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import terrain_kernels as kernels

Floats = npt.NDArray[np.float64]

SKYLINE_AZIMUTHS = 1440
_SKYLINE_STEPS_MOST = 1000


class HeightGrid(NamedTuple):
    """Heights of the ground above WGS-84 on a grid of latitude and longitude; 0 by 0: sea level.

    ``heights_m[i, j]`` stands at ``latitude_rad + i latitude_step_rad``,
    ``longitude_rad + j longitude_step_rad``; both steps are positive.
    """

    latitude_rad: float
    longitude_rad: float
    latitude_step_rad: float
    longitude_step_rad: float
    heights_m: npt.NDArray[np.float32]  # (rows, columns) float32


class Skyline(NamedTuple):
    """What hides the sky from one antenna: A azimuths, S steps of distance.

    ``tangent[a, s]`` is the steepest slope to the ground up to step s (distance ``s step_m``), in
    the frame in which rays over a 4/3 earth are straight; ``edge_m`` the distance of that ground.
    No steps: a smooth earth at sea level.
    """

    height_m: float  # of the antenna
    step_m: float
    tangent: npt.NDArray[Any]  # (A, S) float32
    edge_m: npt.NDArray[Any]  # (A, S) float32


def flat_grid() -> HeightGrid:
    """Return the grid of an earth that is at sea level everywhere."""
    return HeightGrid(0.0, 0.0, 1.0, 1.0, np.zeros((0, 0), np.float32))


def height_at(
    grid: HeightGrid, latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike
) -> Floats:
    """Return heights of the ground in metres, bilinear; outside the grid, those of its rim."""
    places = np.broadcast_arrays(
        np.asarray(latitude_rad, np.float64), np.asarray(longitude_rad, np.float64)
    )
    out = np.empty(places[0].size)
    kernels.each_height_at(grid, places[0].ravel(), places[1].ravel(), out)
    return out.reshape(places[0].shape)


def covers(
    grid: HeightGrid,
    south_rad: float,
    west_rad: float,
    north_rad: float,
    east_rad: float,
) -> bool:
    """Return whether a grid has heights for all of a region; sea level everywhere has."""
    rows, columns = grid.heights_m.shape
    if rows == 0:
        return True
    slack = 1e-9
    north_end = grid.latitude_rad + (rows - 1) * grid.latitude_step_rad
    from_west = math.remainder(west_rad - grid.longitude_rad, 2.0 * math.pi)
    return bool(
        south_rad >= grid.latitude_rad - slack
        and north_rad <= north_end + slack
        and from_west >= -slack
        and from_west + east_rad - west_rad <= (columns - 1) * grid.longitude_step_rad + slack
    )


def spacing_m(grid: HeightGrid) -> float:
    """Return how far points of a grid are apart, the smaller way at its middle, in metres."""
    middle = grid.latitude_rad + 0.5 * grid.heights_m.shape[0] * grid.latitude_step_rad
    steps = (grid.latitude_step_rad, grid.longitude_step_rad * math.cos(middle))
    return float(kernels.MEAN_RADIUS_M * min(steps))


def clearances(
    grid: HeightGrid, antenna: npt.ArrayLike, targets: npt.ArrayLike, wavelength_m: float = 0.1
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the clearance parameter of each path (n,), and whether its line of sight is free.

    ``antenna`` is latitude, longitude (radians) and height (metres), ``targets`` (n, 3) likewise.
    The parameter nu is that of Bullington's point, ITU-R P.526-15, 4.5.1: above 0 the path is
    hidden, below -0.78 nothing is lost.
    """
    points = np.ascontiguousarray(np.asarray(targets, np.float64))
    own = np.ascontiguousarray(np.asarray(antenna, np.float64))
    out, free = np.empty(len(points)), np.empty(len(points), np.bool_)
    kernels.each_clearance(grid, own, points, wavelength_m, _step_m(grid), out, free)
    return out, free


def is_in_sight(grid: HeightGrid, antenna: npt.ArrayLike, targets: npt.ArrayLike) -> Any:
    """Return whether no ground stands between an antenna and each target, over a 4/3 earth.

    Places as in ``clearances``; (n,) bool.  Quicker: it stops at the first ground in the way.
    """
    points = np.ascontiguousarray(np.asarray(targets, np.float64))
    own = np.ascontiguousarray(np.asarray(antenna, np.float64))
    highest_m = float(grid.heights_m.max()) if grid.heights_m.size else 0.0
    out = np.empty(len(points), np.bool_)
    kernels.each_in_sight(grid, own, points, _step_m(grid), max(highest_m, 0.0), out)
    return out


def _step_m(grid: HeightGrid) -> float:
    return 1000.0 if grid.heights_m.size == 0 else max(spacing_m(grid), 1.0)


def skyline(
    grid: HeightGrid, latitude_rad: float, longitude_rad: float, height_m: float, reach_m: float
) -> Skyline:
    """Return what hides the sky from an antenna, out to a distance: once for each site.

    Looking up a target then costs the same on any grid.  Azimuths are a quarter of a degree
    apart; along each the ground is looked at as densely as the grid's points, and what was found
    is kept in at most 1,000 steps (12 MB).
    """
    if grid.heights_m.size == 0:
        nothing = np.zeros((SKYLINE_AZIMUTHS, 0), np.float32)
        return Skyline(height_m, 1.0, nothing, nothing)
    looks = max(math.ceil(reach_m / _SKYLINE_STEPS_MOST / _step_m(grid)), 1)
    step_m = looks * _step_m(grid)
    steps = math.ceil(reach_m / step_m) + 1
    tangent = np.empty((SKYLINE_AZIMUTHS, steps), np.float32)
    edge_m = np.empty((SKYLINE_AZIMUTHS, steps), np.float32)
    kernels.fill_skyline(
        grid, latitude_rad, longitude_rad, height_m, step_m, looks, tangent, edge_m
    )
    return Skyline(height_m, step_m, tangent, edge_m)
