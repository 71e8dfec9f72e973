"""Plots that a sensor has sent before: the same again, or the same content under a new time.

Noise makes it next to impossible that a radar measures the very same twice; it happens where
what is measured stands still and the radar counts in coarse steps.  So a single plot that looks
like an old one is no fault and stays in, as do two with a whole turn of others between them.  What
is a fault is a run of them: Page's cumulative sum (1954) of the likelihood of a sensor that repeats
itself against one that does not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Geometry, PlotFlag, Plots

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

SLOTS = 1 << 17  # plots remembered; one that falls on another's slot takes its place
CONTENT = (
    *("range_m", "azimuth_rad", "elevation_rad", "doppler_mps", "east_m", "north_m"),
    *("latitude_rad", "longitude_rad", "height_m", "pressure_altitude_m", "ve_mps", "vn_mps"),
)
HEALTHY, REPEATING = 0.02, 0.3  # shares of plots that look like old ones
OF_OLD = math.log(REPEATING / HEALTHY)  # 2.71
OF_NEW = math.log((1.0 - HEALTHY) / (1.0 - REPEATING))  # 0.336
ALARM = math.log(1e6)  # one false alarm in some million plots (Lorden 1971): 13.8
MOST = ALARM + 6.0  # so that some 60 new plots in a row end it
SAME_LAG_S = 0.25
SOON = 30  # plots of a sensor: of a healthy one two look-alikes are hardly ever so near each other


class Repeats:
    """Remembers plots of sensors, and tells those that are not new."""

    def __init__(self, sensors: int) -> None:
        self._whole = np.zeros(SLOTS, np.uint64)
        self._content = np.zeros(SLOTS, np.uint64)
        self._time_s = np.full(SLOTS, np.nan)
        self._newest_content = np.zeros(sensors, np.uint64)
        self._lag_s = np.full(sensors, np.nan)
        self._seen = np.zeros(sensors, np.int64)
        self._newest_at = np.full(sensors, -SOON)  # among the sensor's plots: its newest look-alike
        self.score = np.zeros(sensors)

    def old(self, plots: Plots) -> Mask:
        """Return which plots (n,) are not new, and remember them all."""
        content = _content(plots)
        whole = _mixed(content, plots.time_s.view(np.uint64))
        slot = (whole & np.uint64(SLOTS - 1)).astype(np.int64)
        again: Mask = self._whole[slot] == whole
        again |= _again_inside(whole)
        self._whole[slot] = whole
        old: Mask = again | (self._echoes(plots, content, again) & _drops(plots))
        self._count(plots, old)
        return old

    def _echoes(self, plots: Plots, content: Words, again: Mask) -> Mask:
        """Return which plots have the content of an older one, like another just before them."""
        slot = (content & np.uint64(SLOTS - 1)).astype(np.int64)
        known: Mask = (self._content[slot] == content) & ~again
        lag_s = np.where(known, plots.time_s - self._time_s[slot], np.nan)
        known &= lag_s != 0.0
        fresh = ~again
        self._content[slot[fresh]] = content[fresh]
        self._time_s[slot[fresh]] = plots.time_s[fresh]
        echoes = np.zeros(len(plots), np.bool_)
        for row in np.flatnonzero(known).tolist():  # few, unless the sensor is at fault
            sensor = int(plots.sensor[row])
            at = int(self._seen[sensor] + np.count_nonzero(plots.sensor[:row] == sensor))
            is_alike = abs(lag_s[row] - self._lag_s[sensor]) <= SAME_LAG_S
            is_alike &= at - self._newest_at[sensor] <= SOON
            echoes[row] = is_alike and content[row] != self._newest_content[sensor]
            self._lag_s[sensor] = lag_s[row]
            self._newest_content[sensor] = content[row]
            self._newest_at[sensor] = at
        self._seen += np.bincount(plots.sensor, minlength=len(self._seen))
        return echoes

    def _count(self, plots: Plots, old: Mask) -> None:
        sensors = len(self.score)
        all_ = np.bincount(plots.sensor, minlength=sensors)
        olds = np.bincount(plots.sensor[old], minlength=sensors)
        change = olds * OF_OLD - (all_ - olds) * OF_NEW
        self.score = np.clip(self.score + change, 0.0, MOST)


def _content(plots: Plots) -> Words:
    """Return a number (n,) for what each plot measured, whenever that was."""
    mixed = plots.sensor.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = _mixed(mixed, plots.mode_s.astype(np.uint64))
    for name in CONTENT:
        column = getattr(plots, name)
        mixed = _mixed(mixed, column.view(np.uint64))
    return np.maximum(mixed, np.uint64(1))  # 0 is an empty slot


def _mixed(a: Words, b: npt.NDArray[Any]) -> Words:
    """Return a number for each pair: the finalizer of SplitMix64 (Steele et al. 2014)."""
    z = (a ^ b) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = z ^ (z >> np.uint64(32))
    return mixed


def _again_inside(whole: Words) -> Mask:
    """Return which plots (n,) repeat an earlier one of the same record."""
    again = np.ones(len(whole), np.bool_)
    again[np.unique(whole, return_index=True)[1]] = False
    return again


def _drops(plots: Plots) -> Mask:
    """Return of which plots (n,) a repeated content is no news: not what may be parked or fixed."""
    is_measured = (plots.geometry == Geometry.POLAR) | (plots.geometry == Geometry.BEARING)
    moves = np.hypot(plots.ve_mps, plots.vn_mps) > 5.0  # False where unknown
    is_fixed = (plots.flags & np.uint32(PlotFlag.TEST | PlotFlag.ON_GROUND)) != 0
    mask: Mask = (is_measured | moves) & ~is_fixed
    return mask
