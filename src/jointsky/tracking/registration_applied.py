"""What is taken off the plots of which sensor from when on, and how to put it back."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Geometry, Plots
from jointsky.records.registration import Correction

Floats = npt.NDArray[np.float64]
FULL_CIRCLE = 2.0 * math.pi


@dataclasses.dataclass(frozen=True)
class Applied:
    """Corrections of sensors: each holds from a time of its sensor's own clock until the next.

    ``from_s`` (N,) rises within a sensor; ``values`` (N, 4): range, azimuth, elevation, clock.
    """

    sensor: npt.NDArray[np.int64]
    from_s: Floats
    values: Floats

    @classmethod
    def nothing(cls) -> Applied:
        """Return corrections of no sensor."""
        return cls(np.empty(0, np.int64), np.empty(0), np.empty((0, 4)))

    def and_also(self, sensor: Sequence[int], from_s: float, values: Floats) -> Applied:
        """Return these and one more of each of some sensors, from one time on."""
        rows = np.concatenate([self.sensor, np.asarray(sensor, np.int64)])
        times = np.concatenate([self.from_s, np.full(len(sensor), from_s)])
        every = np.concatenate([self.values, np.asarray(values).reshape(len(sensor), 4)])
        order = np.lexsort((times, rows))
        return Applied(rows[order], times[order], every[order])

    def since(self, time_s: float) -> Applied:
        """Return the corrections that hold at a time or later."""
        until = np.append(self.from_s[1:], np.inf)
        last = np.append(self.sensor[1:] != self.sensor[:-1], True)[: len(self.sensor)]
        kept = np.where(last, np.inf, until[: len(self.sensor)]) > time_s
        return Applied(self.sensor[kept], self.from_s[kept], self.values[kept])

    def at(self, sensor: npt.NDArray[np.int32], time_s: Floats) -> Floats:
        """Return what is to be taken off plots (P, 4), told at these times by their sensors."""
        if len(self.sensor) == 0:
            return np.zeros((len(sensor), 4))
        times, keys = self._keys
        rank = np.searchsorted(times, time_s, side="right")
        place = np.searchsorted(keys, sensor * (len(times) + 1) + rank, side="right") - 1
        known = (place >= 0) & (self.sensor[place] == sensor)
        return np.where(known[:, None], self.values[place], 0.0)

    @functools.cached_property
    def _keys(self) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return all times in order, and a number of each correction by its sensor and time."""
        times = np.unique(self.from_s)
        rank = np.searchsorted(times, self.from_s) + 1
        return times, self.sensor * (len(times) + 1) + rank

    def correct(self, plots: Plots) -> Plots:
        """Return plots with the corrections taken off; sensors without any stay as they are."""
        if len(self.sensor) == 0 or len(plots) == 0:
            return plots
        return shifted(plots, -self.at(plots.sensor, plots.time_s))

    def undo(self, plots: Plots) -> Plots:
        """Return plots as their sensors told them, from corrected ones."""
        if len(self.sensor) == 0 or len(plots) == 0:
            return plots
        # A correction holds by the sensor's clock: the time that the plot had before.
        off = self.at(plots.sensor, plots.time_s)
        for _ in range(2):
            off = self.at(plots.sensor, plots.time_s + off[:, 3])
        return shifted(plots, off)

    def told(self, names: Sequence[str]) -> list[Correction]:
        """Return the corrections as a record for others."""
        return [
            Correction(
                sensor=names[row],
                from_s=from_s,
                range_m=values[0],
                azimuth_rad=values[1],
                elevation_rad=values[2],
                clock_s=values[3],
            )
            for row, from_s, values in zip(
                self.sensor.tolist(), self.from_s.tolist(), self.values.tolist(), strict=True
            )
        ]


def shifted(plots: Plots, by: Floats) -> Plots:
    """Return plots with range, azimuth, elevation and time moved by the columns of ``by`` (P, 4).

    What is not measured stays so; ranges stay positive; only polar plots and bearings move, and
    the times of all.
    """
    if not by.any():
        return plots
    by_angle = np.isin(plots.geometry, (Geometry.POLAR, Geometry.BEARING))
    range_m = np.where(by_angle, np.maximum(plots.range_m + by[:, 0], 1.0), plots.range_m)
    azimuth = np.where(by_angle, (plots.azimuth_rad + by[:, 1]) % FULL_CIRCLE, plots.azimuth_rad)
    elevation = np.where(by_angle, plots.elevation_rad + by[:, 2], plots.elevation_rad)
    return plots.replace(
        time_s=plots.time_s + by[:, 3],
        range_m=range_m,
        azimuth_rad=azimuth,
        elevation_rad=elevation,
    )
