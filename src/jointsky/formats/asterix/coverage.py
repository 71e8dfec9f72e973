"""Positions that one ground station cannot have received are found among those that it has."""

from __future__ import annotations

import numpy as np

from jointsky.formats.asterix.batch import Bools
from jointsky.records.plots import Geometry, Plots

FAR_M = 1_100_000.0
"""Twice the radio horizon of a target at 50,000 ft (4/3 earth, 508 km), and some more."""
FAR_SHARE_MAX = 0.02  # with more it is a network that sees half the globe
PLOTS_MIN = 50
_EARTH_RADIUS_M = 6_371_008.8


def far_positions(plots: Plots) -> Bools:
    """Return which geodetic plots lie beyond the horizon of a station in the midst of the others.

    Such positions come from ambiguous CPR decoding in the station, or from wrong bits.  A source
    with more than a few of them covers more than one station can, so that nothing is said of it.
    """
    far = np.zeros(len(plots), np.bool_)
    geodetic = plots.geometry == Geometry.GEODETIC
    for sensor in np.unique(plots.sensor[geodetic]):
        rows = np.flatnonzero(geodetic & (plots.sensor == sensor))
        if len(rows) < PLOTS_MIN:
            continue
        latitude, longitude = plots.latitude_rad[rows], plots.longitude_rad[rows]
        directions = np.stack(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ],
            axis=1,
        )
        centre = np.median(directions, axis=0)
        cosine = directions @ (centre / np.linalg.norm(centre))
        mine = np.arccos(np.clip(cosine, -1.0, 1.0)) * _EARTH_RADIUS_M > FAR_M
        if np.count_nonzero(mine) <= FAR_SHARE_MAX * len(rows):
            far[rows] = mine
    return far
