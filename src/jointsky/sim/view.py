"""What was in a site's view: the stretches of truth between plots that its own sensors made."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.metrics.view import HOLD_S, between_plots
from jointsky.records.plots import Geometry
from jointsky.sensors.surroundings import Observed

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
    whose = seen.vehicle[mine].astype(np.int64)
    return between_plots(whose, seen.plots.time_s[mine], vehicle.astype(np.int64), time_s, hold_s)
