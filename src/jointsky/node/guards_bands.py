"""How long the plots of each sensor have been on their way, of late: a band of delays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.sensors import Sensor

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BLOCKS = 4  # a band is of so many blocks of a turn, or of two seconds
LEAST_BLOCK_S = 2.0
SILENT_BLOCKS = 3.0  # a sensor that has sent nothing for so long is not waited for
FOLLOWS, MOST_FOLLOWS = 0.02, 0.5  # by what share each plot, and each batch, moves the mean


class Bands:
    """The delays of the sensors (S,), by blocks of time, and their mean, slowly followed."""

    def __init__(self, sensors: Sequence[Sensor]) -> None:
        n = len(sensors)
        periods = [sensor.rotation_period_s or LEAST_BLOCK_S for sensor in sensors]
        self.block_s: Floats = np.maximum(np.array(periods, np.float64), LEAST_BLOCK_S)
        self.low_s = np.full(n, np.inf)
        self.high_s = np.full(n, -np.inf)
        self.middle_s = np.full(n, np.nan)
        self.learnt = np.zeros(n, np.int64)  # plots that told it
        self._began_s = np.full(n, -np.inf)
        self._lows_s = np.full((n, BLOCKS), np.inf)  # the newest block last
        self._highs_s = np.full((n, BLOCKS), -np.inf)

    def learn(self, sensor: npt.NDArray[np.int32], delay_s: Floats, now_s: float) -> None:
        """Take delays of plots (n,) into the bands of their sensors."""
        count = np.bincount(sensor, minlength=len(self.block_s))
        here = count > 0
        rolls = here & (now_s - self._began_s >= self.block_s)
        if rolls.any():
            self._began_s[rolls] = now_s
            self._lows_s[rolls] = np.roll(self._lows_s[rolls], -1, axis=1)
            self._highs_s[rolls] = np.roll(self._highs_s[rolls], -1, axis=1)
            self._lows_s[rolls, -1], self._highs_s[rolls, -1] = np.inf, -np.inf
        np.minimum.at(self._lows_s[:, -1], sensor, delay_s)
        np.maximum.at(self._highs_s[:, -1], sensor, delay_s)
        self.low_s = self._lows_s.min(axis=1)
        self.high_s = self._highs_s.max(axis=1)
        mean_s = np.bincount(sensor, delay_s, len(count))[here] / count[here]
        weight = np.minimum(FOLLOWS * count[here], MOST_FOLLOWS)
        before_s = np.where(np.isnan(self.middle_s[here]), mean_s, self.middle_s[here])
        self.middle_s[here] = before_s + weight * (mean_s - before_s)
        self.learnt += count

    def forget(self, sensor: int) -> None:
        """Forget the band of a sensor: its delays have changed for good."""
        self._began_s[sensor], self.middle_s[sensor] = -np.inf, np.nan
        self.learnt[sensor] = 0
        self._lows_s[sensor], self._highs_s[sensor] = np.inf, -np.inf
        self.low_s[sensor], self.high_s[sensor] = np.inf, -np.inf

    def spread_s(self, sensor: int) -> float:
        """Return how wide the band of a sensor is; 0: not known."""
        return max(float(self.high_s[sensor] - self.low_s[sensor]), 0.0)

    def usual_s(self, sensor: int) -> float:
        """Return the usual delay of a sensor, or where nothing is known of it, of the others."""
        if np.isfinite(self.middle_s[sensor]):
            return float(self.middle_s[sensor])
        known = self.middle_s[np.isfinite(self.middle_s)]
        return float(np.median(known)) if len(known) else 0.0

    def slow(self, least: int, most_s: float, beyond_s: float) -> Bools:
        """Return which sensors (S,), of those that ``least`` plots told of, always send late.

        By more than ``most_s``; or than ``beyond_s``, and that much later than the others use to.
        """
        known = (self.learnt >= least) & np.isfinite(self.middle_s)
        out: Bools = known & (self.middle_s > most_s)
        for row in np.flatnonzero(known & ~out & (self.middle_s > beyond_s)).tolist():
            others = known.copy()
            others[row] = False
            usual_s = float(np.median(self.middle_s[others])) if others.any() else np.inf
            out[row] = self.middle_s[row] > usual_s + beyond_s
        return out

    def longest_s(self, now_s: float, most_s: float) -> float:
        """Return the longest delay of late of plots of those sensors that send.

        The longest block of each is passed over: one that stopped short is not waited for again.
        So are sensors beyond ``most_s``, as people who call: their plots come too late to wait for.
        """
        sends = now_s - self._began_s < SILENT_BLOCKS * self.block_s
        ranked_s = np.sort(self._highs_s[sends], axis=1)
        usual_s = np.where(np.isfinite(ranked_s[:, -2]), ranked_s[:, -2], ranked_s[:, -1])
        return float(usual_s[usual_s <= most_s].max(initial=0.0))
