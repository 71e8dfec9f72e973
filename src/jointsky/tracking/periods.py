"""How often a sensor looks at one target, measured from its own plots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots

LONGEST_S = 30.0
FEWEST = 8


def turn_times_s(plots: Plots, sensors: int) -> npt.NDArray[np.float64]:
    """Return the median time between two plots of one target, for each sensor (S,); NaN: unknown.

    Targets are told apart by Mode S address, else by the sensor's own track number; intervals of
    under 0.1 s (doubled reports) and over 30 s (gaps) do not count.
    """
    out = np.full(sensors, np.nan)
    identity = np.where(plots.mode_s >= 0, plots.mode_s.astype(np.int64), -1)
    own = (identity < 0) & (plots.track_number >= 0)
    identity[own] = plots.track_number[own] + (1 << 25)
    known = np.flatnonzero(identity >= 0)
    order = known[np.lexsort((plots.time_s[known], identity[known], plots.sensor[known]))]
    same = (np.diff(identity[order]) == 0) & (np.diff(plots.sensor[order]) == 0)
    gap_s = np.diff(plots.time_s[order])
    good = same & (gap_s > 0.1) & (gap_s < LONGEST_S)
    sensor = plots.sensor[order][1:]
    for row in range(sensors):
        mine = gap_s[good & (sensor == row)]
        if len(mine) >= FEWEST:
            out[row] = np.median(mine)
    return out
