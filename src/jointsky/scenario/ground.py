"""The ground of a scenario: its heights, and whether sites stand on it."""

from __future__ import annotations

import math
import pathlib

import numpy as np

from jointsky.declare import Faults
from jointsky.earth.terrain import HeightGrid
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.sites import Site
from jointsky.world.ground import height_of_ground_m


def height_grid(loaded: Loaded, faults: Faults) -> HeightGrid:
    """Return the heights of the ground; sea level where none are declared."""
    return HeightGrid(0.0, 0.0, 1.0, 1.0, np.zeros((0, 0), np.float32))


def ground_m(site: Site, terrain: HeightGrid) -> float:
    """Return the height of a site's ground above the ellipsoid: as declared, or of the terrain."""
    if site.height_m is not None:
        return site.height_m
    return height_of_ground_m(
        terrain, math.radians(site.latitude_deg), math.radians(site.longitude_deg)
    )


def check_sites(loaded: Loaded, terrain: HeightGrid, faults: Faults) -> None:
    """Tell sites that the grid does not cover, and sensors under the ground."""


def files_of(loaded: Loaded) -> list[pathlib.Path]:
    """Return the files besides YAML that a scenario is made of: terrain and recordings."""
    return []
