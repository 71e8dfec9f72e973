"""Height of the ground under flights."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.earth.terrain import HeightGrid

Floats = npt.NDArray[np.float64]


def heights_of_ground_m(
    terrain: HeightGrid, latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike
) -> Floats:
    """Return the height of the ground above the ellipsoid at places (n,), bilinear in the grid.

    Sea level where there is no grid; outside of one the height of its rim.
    """
    latitude, longitude = np.broadcast_arrays(
        np.atleast_1d(np.asarray(latitude_rad, np.float64)),
        np.atleast_1d(np.asarray(longitude_rad, np.float64)),
    )
    rows, columns = terrain.heights_m.shape
    if rows == 0 or columns == 0:
        return np.zeros(len(latitude))
    i = np.clip((latitude - terrain.latitude_rad) / terrain.latitude_step_rad, 0.0, rows - 1.0)
    j = np.clip(
        (longitude - terrain.longitude_rad) / terrain.longitude_step_rad, 0.0, columns - 1.0
    )
    i0, j0 = (np.minimum(np.floor(x).astype(np.int64), n - 1) for x, n in ((i, rows), (j, columns)))
    i1, j1 = np.minimum(i0 + 1, rows - 1), np.minimum(j0 + 1, columns - 1)
    south = (1.0 - (j - j0)) * terrain.heights_m[i0, j0] + (j - j0) * terrain.heights_m[i0, j1]
    north = (1.0 - (j - j0)) * terrain.heights_m[i1, j0] + (j - j0) * terrain.heights_m[i1, j1]
    return np.asarray((1.0 - (i - i0)) * south + (i - i0) * north, np.float64)


def height_of_ground_m(terrain: HeightGrid, latitude_rad: float, longitude_rad: float) -> float:
    """Return the height of the ground above the ellipsoid at one place."""
    return float(heights_of_ground_m(terrain, latitude_rad, longitude_rad)[0])
