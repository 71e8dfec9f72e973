"""What was in a site's view: the stretches of truth between plots that its own sensors made."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Geometry
from jointsky.sensors.surroundings import Observed

HOLD_S = 30.0  # three turns of a slow radar: a target unseen for longer is out of view

Booleans = npt.NDArray[np.bool_]


def in_view(
    seen: Observed,
    sensors: npt.ArrayLike,
    vehicle: npt.NDArray[np.integer[Any]],
    time_s: npt.NDArray[np.float64],
    hold_s: float = HOLD_S,
) -> Booleans:
    """Return whether each vehicle (n,) was in view at its time (n,): between two of its plots.

    Only plots of ``sensors`` (rows) that tell a place count, no bearings; the two plots lie at
    most ``hold_s`` apart.  A target that was never plotted is in nobody's view, however near.
    The rows are sorted by vehicle.
    """
    mine = np.isin(seen.plots.sensor, np.asarray(sensors)) & (seen.vehicle >= 0)
    mine &= seen.plots.geometry != Geometry.BEARING
    whose, when = seen.vehicle[mine], seen.plots.time_s[mine]
    order = np.lexsort((when, whose))
    whose, when = whose[order].astype(np.int64), when[order]
    out = np.zeros(len(vehicle), bool)
    for one in np.unique(whose).tolist():
        low, high = np.searchsorted(whose, [one, one + 1])
        times = when[low:high]
        rows = slice(*np.searchsorted(vehicle, [one, one + 1]).tolist())
        after = np.searchsorted(times, time_s[rows], side="left")
        inner = np.clip(after, 1, len(times) - 1) if len(times) > 1 else np.zeros_like(after)
        gap_s = times[inner] - times[inner - 1]
        between = (time_s[rows] >= times[0]) & (time_s[rows] <= times[-1])
        out[rows] = between & (gap_s <= hold_s) if len(times) > 1 else between
    return out
