"""Floods: a sensor that sends many times more than it uses to is cut back to a bounded rate.

What is taken then are plots that lie at tracks, and of the others an even share from all around,
so that neither the tracks nor one part of the sky pay for it.  Plots are counted against the time
that they are of, not the time of their arrival: a feed that catches up is no flood.  The usual
rate is learned while there is no flood, and slowly: a sensor that is to send ten times the plots
for good needs its node begun anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.node.guards_bouts import Bouts
from jointsky.node.guards_clock import by_sensor
from jointsky.node.nearness import FAR, Nearness
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

TIMES_USUAL = 3.0  # a sensor may send so many times its usual rate
LEAST_PER_S = 20.0  # and so much in any case
LEARNS_BLOCKS = 3  # turns from which the usual rate is first known
MEMORY_BLOCKS = 30.0  # turns over which it is followed
SECTORS = 64
STRIDE = 39  # sectors that follow each other are far apart: 64 times the golden section
FLOOD = "flood"


class Floods:
    """Cuts what sensors send back to a few times what they usually send."""

    def __init__(self, sensors: Sequence[Sensor], bouts: Bouts) -> None:
        n = len(sensors)
        self._names = [sensor.name for sensor in sensors]
        self._bouts = bouts
        self._nearness = Nearness(sensors)
        self._block_s = np.array([max(s.rotation_period_s or 2.0, 2.0) for s in sensors])
        self._began_s = np.full(n, np.nan)
        self._counted = np.zeros(n)
        self._blocks = np.zeros(n, np.int64)
        self._is_flooded = np.zeros(n, np.bool_)  # in this block
        self._tokens = np.full(n, np.nan)
        self._newest_s = np.full(n, np.nan)  # time of the newest plot
        self.usual_per_s = np.zeros(n)
        self.rate_per_s = np.zeros(n)  # of the newest whole block
        self.shed = np.zeros(n, np.int64)

    def check(self, plots: Plots, now_s: float, tracks_at: Callable[[float], Tracks]) -> Plots:
        """Return the plots that are taken."""
        self.advance(now_s)
        count = np.bincount(plots.sensor, minlength=len(self._counted))
        here = count > 0
        self._began_s[here & np.isnan(self._began_s)] = now_s
        self._counted += count
        known = self._blocks >= LEARNS_BLOCKS
        allowed_per_s = np.maximum(TIMES_USUAL * self.usual_per_s, LEAST_PER_S)
        most = allowed_per_s * self._block_s
        newest_s = self._newest_s.copy()
        np.fmax.at(newest_s, plots.sensor, plots.time_s)
        passed_s = np.nan_to_num(newest_s - self._newest_s)
        self._newest_s = newest_s
        filled = np.where(np.isnan(self._tokens), most, self._tokens + allowed_per_s * passed_s)
        over = known & (count > filled)
        self._tokens = np.where(known, np.clip(filled - count, 0.0, most), np.nan)
        if not over.any():
            return plots
        taken = np.ones(len(plots), np.bool_)
        tracks = tracks_at(now_s)
        for sensor, rows in by_sensor(plots.sensor):
            if over[sensor]:
                room = int(filled[sensor])
                chosen = self._choose(plots.rows(rows), room, tracks, int(self.shed[sensor]))
                taken[rows] = False
                taken[rows[chosen]] = True
                self._tokens[sensor] = filled[sensor] - room
                self._flooded(sensor, len(rows) - room, now_s)
        return plots.rows(taken)

    def advance(self, now_s: float) -> None:
        """Close blocks that are over and learn their rates."""
        since_s = now_s - self._began_s
        for sensor in np.flatnonzero(since_s >= self._block_s).tolist():
            rate = self._counted[sensor] / since_s[sensor]
            self.rate_per_s[sensor] = rate
            if not self._is_flooded[sensor]:
                self._blocks[sensor] += 1
                weight = max(1.0 / self._blocks[sensor], 1.0 / MEMORY_BLOCKS)
                self.usual_per_s[sensor] += weight * (rate - self.usual_per_s[sensor])
            self._is_flooded[sensor] = False
            self._counted[sensor] = 0.0
            self._began_s[sensor] = now_s

    def _flooded(self, sensor: int, count: int, now_s: float) -> None:
        self._is_flooded[sensor] = True
        self.shed[sensor] += count
        self._bouts.seen(
            self._names[sensor],
            FLOOD,
            now_s,
            count,
            quiet_s=2.0 * float(self._block_s[sensor]),
            usual_per_s=round(float(self.usual_per_s[sensor]), 1),
        )

    def _choose(self, plots: Plots, room: int, tracks: Tracks, start: int) -> Integers:
        """Return ``room`` rows: those at tracks first, the others evenly from all sectors.

        ``start`` says with which sector to begin: never for long with the same.
        """
        near = np.zeros(len(plots), np.bool_)
        for geometry in np.unique(plots.geometry):
            part = plots.geometry == geometry
            near[part] = self._nearness.squared(plots.rows(part), tracks) < FAR
        sector = _sectors(plots)
        order = np.lexsort((plots.time_s, sector, ~near))
        first_of = np.empty(len(plots), np.bool_)
        first_of[:1] = True
        first_of[1:] = (np.diff(sector[order]) != 0) | (np.diff(near[order].astype(int)) != 0)
        begins = np.maximum.accumulate(np.where(first_of, np.arange(len(plots)), 0))
        turn = np.empty(len(plots), np.int64)
        turn[order] = np.arange(len(plots)) - begins  # how many of its sector come before it
        chosen = np.lexsort(((sector * STRIDE + start) % SECTORS, turn, ~near))[:room]
        return np.sort(chosen)


def _sectors(plots: Plots) -> Integers:
    """Return in which sector around its sensor, or strip of the ground, each plot lies (n,)."""
    angle = np.where(plots.geometry == Geometry.LOCAL, 0.0, plots.azimuth_rad)
    local = np.arctan2(plots.east_m, plots.north_m)
    angle = np.where(plots.geometry == Geometry.LOCAL, local, angle)
    angle = np.where(plots.geometry == Geometry.GEODETIC, plots.longitude_rad * 60.0, angle)
    turns = np.nan_to_num(angle) / (2.0 * np.pi) % 1.0
    return np.minimum((turns * SECTORS).astype(np.int64), SECTORS - 1)
