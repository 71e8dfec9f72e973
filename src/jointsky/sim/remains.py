"""What sensors still see once something was stopped: nothing of it, and nothing from aboard it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots
from jointsky.sensors.surroundings import Observed

Array = npt.NDArray[Any]


def is_gone(
    plots: Plots, vehicle: Array, stop_s: npt.NDArray[np.float64], carrier: Array
) -> npt.NDArray[np.bool_]:
    """Return which plots (n,) are of vehicles, or from aboard, after these were stopped."""
    gone = (vehicle >= 0) & (plots.time_s >= stop_s[vehicle])
    aboard = carrier[plots.sensor]
    return np.asarray(gone | ((aboard >= 0) & (plots.time_s >= stop_s[aboard])))


def without(
    seen: Observed, stop_s: npt.NDArray[np.float64], carrier: Array, off: list[int]
) -> Observed:
    """Return an observation without what was made of vehicles, or aboard, after they were stopped.

    ``carrier`` (S,) is the vehicle that carries each sensor, -1 for none; sensors ``off`` see not.
    """
    gone = is_gone(seen.plots, seen.vehicle, stop_s, carrier)
    if off:
        gone |= np.isin(seen.plots.sensor, off)
    assert seen.reports is not None and seen.reported is not None
    untold = (seen.reported >= 0) & (seen.reports.time_s >= stop_s[seen.reported])
    if not gone.any() and not untold.any():
        return seen
    return Observed(
        plots=seen.plots.rows(~gone),
        vehicle=seen.vehicle[~gone],
        received_s=seen.received_s[~gone],
        reports=seen.reports.rows(~untold),
        reported=seen.reported[~untold],
    )
