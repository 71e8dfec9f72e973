"""Recordings played as the clock of a node runs: plots handed over when their time has come."""

from __future__ import annotations

import pathlib

import numpy as np

from jointsky.declare_time import moment_s
from jointsky.errors import InputError
from jointsky.formats.options import ReadOptions
from jointsky.live.feeds import ReplayFeed
from jointsky.recording.read import read
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.units import DAY_S

PAUSE_S = 1.0  # between the last plot of a recording and the first one when it begins again


class Replay:
    """One recording: ``due`` hands over the plots whose time has come, after ``start``.

    A plot is due at its own time: what a radar saw at 10:00:00 comes when the clock shows that.
    """

    def __init__(self, feed: ReplayFeed, path: pathlib.Path) -> None:
        reading = read(path, ReadOptions(editions=dict(feed.editions)))
        plots = reading.plots.rows(np.isfinite(reading.plots.time_s))
        if not len(plots):
            raise InputError(str(path), "no plots with a time", "a recording of plots")
        plots = plots.rows(np.argsort(plots.time_s, kind="stable"))
        self.sensors: list[Sensor] = reading.sensors
        self.faults = dict(reading.fault_counts)
        self._plots = plots
        self._told_at = feed.at
        self._shift_s = 0.0
        self._turn_s = float(plots.time_s[-1] - plots.time_s[0]) + PAUSE_S
        self._repeats = feed.repeats
        self._at = 0
        self._is_first = True

    def start(self, begin_s: float) -> None:
        """Begin where the clock of the node showed ``begin_s`` at first."""
        if self._told_at is not None:
            day_s = DAY_S * float(np.floor(self._plots.time_s[0] / DAY_S))
            self._shift_s = begin_s - moment_s(self._told_at, day_s)

    @property
    def is_over(self) -> bool:
        """Return whether every plot was handed over."""
        return self._at >= len(self._plots)

    @property
    def end_s(self) -> float:
        """Return when the last plot is due, on the clock of the node."""
        return float(self._plots.time_s[-1]) + self._shift_s

    def due(self, now_s: float) -> Plots:
        """Return the plots that have become due, by rows of ``sensors``.

        What was due before the node began is passed over: it was not there.
        """
        if self._is_first:
            self._is_first = False
            self._skip(now_s)
        until = int(np.searchsorted(self._plots.time_s, now_s - self._shift_s, side="right"))
        plots = self._plots.rows(slice(self._at, max(until, self._at)))
        plots = plots.replace(time_s=plots.time_s + self._shift_s)
        self._at = max(until, self._at)
        if self.is_over and self._repeats:
            self._shift_s += self._turn_s
            self._at = 0
        return plots

    def _skip(self, now_s: float) -> None:
        if self._repeats and now_s > self.end_s:
            turns = np.ceil((now_s - self.end_s) / self._turn_s)
            self._shift_s += float(turns) * self._turn_s
        before_s = now_s - self._shift_s
        self._at = int(np.searchsorted(self._plots.time_s, before_s, side="left"))
