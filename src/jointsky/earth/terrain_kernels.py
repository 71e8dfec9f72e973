"""Kernels behind terrain.py: the height of the ground, and what it hides."""
# mypy: ignore-errors

from typing import NamedTuple

import numpy as np


class HeightGrid(NamedTuple):
    """Heights of the ground above WGS-84 on a grid of latitude and longitude; 0 by 0: sea level.

    ``heights_m[i, j]`` stands at ``latitude_rad + i latitude_step_rad``,
    ``longitude_rad + j longitude_step_rad``; both steps are positive.
    """

    latitude_rad: float
    longitude_rad: float
    latitude_step_rad: float
    longitude_step_rad: float
    heights_m: np.ndarray  # (rows, columns) float32
