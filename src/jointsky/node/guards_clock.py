"""Clocks of sensors: plots from the future, and times that jump against when the plots arrive.

The delay of a plot is from its time to its arrival.  A sensor's delays lie in a band that its
newest plots tell.  Plots beside the band are put aside until it is clear why: the tracks decide
whether their times are right (they were on the way for longer) or the clock has jumped.  A jump
is taken off the times from then on, so that the sensor is not lost to the picture.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.node.guards_bouts import Bouts
from jointsky.node.nearness import Nearness
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
TracksAt = Callable[[float], Tracks]

FUTURE_S = 0.25  # clocks of hosts that keep time agree far better
BESIDE_S = 0.5  # a delay so far outside the band is not of it
BLOCKS = 4  # the band is of so many blocks of a turn, or of two seconds
ENOUGH = 8  # plots that are asked about a clock
WAITS_TURNS = 2.0  # so long at most they wait for that
SURE = 12.0  # difference of log likelihoods that decides: odds of 160,000 to 1
SILENT_BLOCKS = 3.0  # a sensor that has sent nothing for so long is not waited for
STRAGGLES_S = 1.0  # one or two late plots wait so long for others that tell more
MOST_HELD = 4000
FARTHEST_S = 30.0  # tracks do not tell where targets were longer ago
CLOCK, LATE, FUTURE = "clock", "late", "future"


@dataclasses.dataclass
class Band:
    """The delays of one sensor, of late."""

    block_s: float
    began_s: float = -np.inf
    low_s: list[float] = dataclasses.field(default_factory=list)  # by block, the newest last
    high_s: list[float] = dataclasses.field(default_factory=list)
    middle_s: float | None = None  # mean, slowly followed
    held: list[tuple[Plots, float]] = dataclasses.field(default_factory=list)  # and their arrival

    def learn(self, delay_s: Floats, now_s: float) -> None:
        """Take delays into the band."""
        if now_s - self.began_s >= self.block_s:
            self.began_s = now_s
            self.low_s = [*self.low_s[1 - BLOCKS :], np.inf]
            self.high_s = [*self.high_s[1 - BLOCKS :], -np.inf]
        self.low_s[-1] = min(self.low_s[-1], float(delay_s.min()))
        self.high_s[-1] = max(self.high_s[-1], float(delay_s.max()))
        mean_s = float(delay_s.mean())
        weight = min(0.02 * len(delay_s), 0.5)
        if self.middle_s is None:
            self.middle_s = mean_s
        self.middle_s += weight * (mean_s - self.middle_s)

    def begin_anew(self) -> None:
        """Forget the band: delays have changed for good."""
        self.began_s, self.low_s, self.high_s, self.middle_s = -np.inf, [], [], None


class Clocks:
    """Watches the clocks of a site's sensors by when their plots arrive.

    ``offsets_s`` (S,) is by how much each sensor's clock is ahead, and taken off its times.
    """

    def __init__(self, sensors: Sequence[Sensor], bouts: Bouts) -> None:
        self._names = [sensor.name for sensor in sensors]
        self._bands = [Band(max(sensor.rotation_period_s or 2.0, 2.0)) for sensor in sensors]
        self._bouts = bouts
        self._nearness = Nearness(sensors)
        self.offsets_s = np.zeros(len(sensors))
        self.refused = np.zeros(len(sensors), np.int64)

    def check(self, plots: Plots, now_s: float, tracks_at: TracksAt) -> Plots:
        """Return plots whose times can be believed, corrected; others wait or are refused."""
        if self.offsets_s.any():
            plots = plots.replace(time_s=plots.time_s - self.offsets_s[plots.sensor])
        passed = np.ones(len(plots), np.bool_)
        delay_s = now_s - plots.time_s
        for sensor, rows in by_sensor(plots.sensor):
            band = self._bands[sensor]
            beside = self._beside(band, delay_s[rows])
            if not beside.any() and not band.held:
                band.learn(delay_s[rows], now_s)
                continue
            if _is_suspect(band, beside):  # then none of its plots is believed
                beside[:] = True
            elif not beside.all():
                band.learn(delay_s[rows][~beside], now_s)
            if beside.any():
                passed[rows[beside]] = False
                band.held.append((plots.rows(rows[beside]), now_s))
        fresh = plots if passed.all() else plots.rows(passed)
        released = self.advance(now_s, tracks_at)
        return join([fresh, *released]) if released else fresh

    def advance(self, now_s: float, tracks_at: TracksAt) -> list[Plots]:
        """Decide about plots that wait, where that can be; return those that are believed."""
        released = []
        for sensor, band in enumerate(self._bands):
            if band.held:
                plots = self._decide(sensor, band, now_s, tracks_at)
                if plots is not None:
                    band.held = []
                    released.append(plots)
        return released

    def next_s(self) -> float:
        """Return when plots that wait will have waited long enough."""
        waits = [_until_s(band) for band in self._bands if band.held]
        return min(waits, default=np.inf)

    def delay_s(self, sensor: int) -> float | None:
        """Return the usual delay of a sensor's plots."""
        return self._bands[sensor].middle_s

    def longest_delay_s(self, now_s: float) -> float:
        """Return the longest delay that plots of sensors that send have had of late."""
        return max(
            (
                max(band.high_s)
                for band in self._bands
                if band.high_s and now_s - band.began_s < SILENT_BLOCKS * band.block_s
            ),
            default=0.0,
        )

    def _beside(self, band: Band, delay_s: Floats) -> npt.NDArray[np.bool_]:
        earliest_s = max(min(band.low_s, default=-np.inf) - BESIDE_S, -FUTURE_S)
        return (delay_s < earliest_s) | (delay_s > max(band.high_s, default=np.inf) + BESIDE_S)

    def _decide(self, sensor: int, band: Band, now_s: float, tracks_at: TracksAt) -> Plots | None:
        """Return the plots that waited as they are to be taken; None: they have to wait on."""
        plots = join([part for part, _ in band.held])
        arrived_s = np.concatenate([np.full(len(part), at_s) for part, at_s in band.held])
        delay_s = arrived_s - plots.time_s
        is_over = now_s >= _until_s(band) or len(plots) >= MOST_HELD
        spread_s = max(band.high_s, default=0.0) - min(band.low_s, default=0.0)
        is_whole_turn = spread_s < 1.0 or arrived_s[-1] - arrived_s[0] >= band.block_s
        if not is_over and not (len(plots) >= ENOUGH and is_whole_turn):
            return None
        if not is_steady(delay_s, spread_s):  # a feed that stood still catches up
            return self._without_future(sensor, plots, delay_s, now_s)
        jump_s = self._usual_s(band) - float(delay_s.mean())  # of the clock, ahead, if it jumped
        says = 0.0
        if BESIDE_S < abs(jump_s) < FARTHEST_S:
            says = self._says_jump(plots, jump_s, tracks_at(now_s))
        is_enough = len(plots) >= ENOUGH
        is_future = is_enough and float(np.median(delay_s)) < -FUTURE_S
        undoes = is_enough and abs(float(self.offsets_s[sensor]) + jump_s) < BESIDE_S
        undoes = undoes and self.offsets_s[sensor] != 0.0 and says > -SURE
        if says > SURE or is_future or undoes:
            return self._jump(sensor, band, plots, jump_s, now_s)
        if not is_over and says >= -SURE:
            return None
        return self._believe(sensor, band, plots, delay_s, now_s)

    def _usual_s(self, band: Band) -> float:
        """Return the usual delay of a sensor, or where nothing is known of it, of the others."""
        if band.middle_s is not None:
            return band.middle_s
        others = [one.middle_s for one in self._bands if one.middle_s is not None]
        return float(np.median(others)) if others else 0.0

    def _says_jump(self, plots: Plots, jump_s: float, tracks: Tracks) -> float:
        """Return the log likelihood of a jump of the clock against times that are right."""
        part = plots.rows(slice(-200, None))
        part = part.rows(part.geometry == part.geometry[-1])
        as_told = self._nearness.squared(part, tracks)
        as_jumped = self._nearness.squared(part, tracks, -jump_s)
        return float((as_told - as_jumped).sum()) / 2.0

    def _jump(self, sensor: int, band: Band, plots: Plots, jump_s: float, now_s: float) -> Plots:
        """Take a jump of a clock off its times, those of the plots that waited too."""
        name = self._names[sensor]
        offset_s = float(self.offsets_s[sensor]) + jump_s
        if abs(offset_s) < BESIDE_S:  # it is right again
            jump_s, offset_s = jump_s - offset_s, 0.0
            self._bouts.end(name, CLOCK, now_s)
            band.begin_anew()
        else:
            self._bouts.seen(name, CLOCK, now_s, len(plots), offset_s=round(offset_s, 3))
        self.offsets_s[sensor] = offset_s
        return plots.replace(time_s=plots.time_s - jump_s)

    def _believe(
        self, sensor: int, band: Band, plots: Plots, delay_s: Floats, now_s: float
    ) -> Plots:
        """Take plots with the times that they have; the sensor's delays are other ones now."""
        if len(plots) >= ENOUGH and delay_s.min() >= -FUTURE_S:
            middle_s = float(delay_s.mean())
            if middle_s > max(band.high_s, default=np.inf) + BESIDE_S:
                name = self._names[sensor]
                told_s = round(middle_s, 3)
                self._bouts.seen(name, LATE, now_s, len(plots), quiet_s=30.0, delay_s=told_s)
            band.begin_anew()
            band.learn(delay_s, now_s)
        return self._without_future(sensor, plots, delay_s, now_s)

    def _without_future(self, sensor: int, plots: Plots, delay_s: Floats, now_s: float) -> Plots:
        future = delay_s < -FUTURE_S
        if not future.any():
            return plots
        count = int(future.sum())
        self.refused[sensor] += count
        self._bouts.seen(self._names[sensor], FUTURE, now_s, count, quiet_s=30.0)
        return plots.rows(~future)


def is_steady(delay_s: Floats, spread_s: float) -> bool:
    """Return whether delays scatter as they use to, so that their change may be a clock's."""
    return float(delay_s.std()) < 0.3 + spread_s


def by_sensor(sensor: npt.NDArray[np.int32]) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """Return (sensor, rows of it) for each sensor that is there, in order of the rows."""
    order = np.argsort(sensor, kind="stable")
    ranked = sensor[order]
    cuts = np.flatnonzero(np.diff(ranked)) + 1
    return [(int(sensor[rows[0]]), rows) for rows in np.split(order, cuts) if len(rows)]


def _is_suspect(band: Band, beside: npt.NDArray[np.bool_]) -> bool:
    waiting = sum(len(part) for part, _ in band.held)
    return waiting + int(beside.sum()) >= 3


def _until_s(band: Band) -> float:
    """Return until when plots wait: a few stragglers shortly, what may be a jump for longer."""
    waiting = sum(len(part) for part, _ in band.held)
    return band.held[0][1] + (STRAGGLES_S if waiting < 3 else WAITS_TURNS * band.block_s)
