"""How often a sensor looks at one target, measured from its own plots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.tracking.admission import Ordered

LONGEST_S = 30.0
FEWEST = 8


def turn_times_s(taken: Ordered, sensors: int) -> npt.NDArray[np.float64]:
    """Return the median time between two plots of one target, for each sensor (S,); NaN: unknown.

    Targets are told apart by Mode S address, else by the sensor's own track number; intervals of
    under 0.1 s (doubled reports) and over 30 s (gaps) do not count.
    """
    out = np.full(sensors, np.nan)
    plots = taken.plots
    if max(plots.mode_s.max(), plots.track_number.max()) < 0:
        return out
    mode_s, own, sensor_of = (
        column[taken.rows] for column in (plots.mode_s, plots.track_number, plots.sensor)
    )
    identity = np.where(mode_s >= 0, mode_s.astype(np.int64), -1)
    by_own = (identity < 0) & (own >= 0)
    identity[by_own] = own[by_own] + (1 << 25)
    known = np.flatnonzero(identity >= 0)
    order = known[np.lexsort((taken.time_s[known], identity[known], sensor_of[known]))]
    same = (np.diff(identity[order]) == 0) & (np.diff(sensor_of[order]) == 0)
    gap_s = np.diff(taken.time_s[order])
    good = same & (gap_s > 0.1) & (gap_s < LONGEST_S)
    sensor = sensor_of[order][1:]
    for row in range(sensors):
        mine = gap_s[good & (sensor == row)]
        if len(mine) >= FEWEST:
            out[row] = np.median(mine)
    return out
