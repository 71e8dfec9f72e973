"""The ground: its height on a grid, and what it hides."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


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
