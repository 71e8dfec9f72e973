"""Antenna patterns: how much of a beam's strength is left off its axis.

Up and down: a pencil or fan beam, a cosecant-squared one, or beams that cover all elevations
between two evenly.  Sideways: a main lobe on a plain of side lobes, for jammers.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.sensors import antenna_kernels as kernels


class Pattern(NamedTuple):
    """A vertical pattern as kernels take it: full strength from low to high, edges beyond.

    Between ``cosecant_rad`` and ``top_rad`` the fall is that of the cosecant, from the half-power
    point on; where there is none both are the same.
    """

    low_rad: float
    high_rad: float
    edge_rad: float  # from full to half power
    cosecant_rad: float
    top_rad: float
    side_lobes_db: float  # below the main lobe, one way, 0 or more


def gaussian_beam(axis_rad: float, width_rad: float, side_lobes_db: float = 30.0) -> Pattern:
    """Return the pattern of one beam with an axis at an elevation and a half-power width."""
    return Pattern(axis_rad, axis_rad, width_rad / 2.0, axis_rad, axis_rad, abs(side_lobes_db))


def cosecant_beam(
    axis_rad: float, width_rad: float, top_rad: float, side_lobes_db: float = 30.0
) -> Pattern:
    """Return the pattern that covers up to a height: above its nose as the cosecant squared.

    The nose is a Gaussian beam; the cosecant begins at its upper half-power point and ends at
    ``top_rad``, beyond which the nose's own edge ends the pattern.
    """
    begin = axis_rad + width_rad / 2.0
    if not 0.0 < begin < top_rad < math.pi / 2:
        raise ValueError(
            f"the cosecant begins at {math.degrees(begin):g}° and ends at "
            f"{math.degrees(top_rad):g}°; it must begin above 0° and end between that and 90°"
        )
    return Pattern(axis_rad, axis_rad, width_rad / 2.0, begin, top_rad, abs(side_lobes_db))


def even_beams(
    low_rad: float, high_rad: float, edge_rad: float, side_lobes_db: float = 30.0
) -> Pattern:
    """Return the pattern of full strength between two elevations, half power an edge beyond."""
    if low_rad >= high_rad:
        raise ValueError(f"low_rad is {low_rad:g}; it must be below high_rad ({high_rad:g})")
    return Pattern(low_rad, high_rad, edge_rad, high_rad, high_rad, abs(side_lobes_db))


def vertical_loss_db(pattern: Pattern, elevation_rad: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the two-way loss in dB (0 or more) at elevations of any shape."""
    given = np.asarray(elevation_rad, np.float64)
    out = np.empty(given.size)
    kernels.each_vertical_loss_db(pattern, given.ravel(), out)
    return out.reshape(given.shape)
