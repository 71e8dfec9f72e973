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

from jointsky.node.guards_bands import Bands
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
SUSPECT = 3  # plots beside its band that make a sensor suspect
ENOUGH = 8  # plots that are asked about a clock
MORE = 1.25  # and are asked again where there are so many times as many
WAITS_TURNS = 2.0  # so long at most they wait for that
SURE = 12.0  # difference of log likelihoods that decides: odds of 160,000 to 1
STRAGGLES_S = 1.0  # one or two late plots wait so long for others that tell more
MOST_HELD = 4000
FARTHEST_S = 30.0  # tracks do not tell where targets were longer ago
SLOW_S, SLOWER_S = 2.0, 1.0  # delays of a sensor that are told, of itself and beside the others
LOOKS_EVERY_S = 1.0
CLOCK, LATE, FUTURE, SLOW = "clock", "late", "future", "slow"


@dataclasses.dataclass
class Held:
    """Plots of one sensor that wait until it is clear why they are beside its band."""

    parts: list[Plots] = dataclasses.field(default_factory=list)
    came_s: list[Floats] = dataclasses.field(default_factory=list)  # of the plots of each part
    count: int = 0
    asked: int = 0  # how many there were when the tracks were last asked

    def add(self, plots: Plots, came_s: Floats) -> None:
        """Let these wait too."""
        self.parts.append(plots)
        self.came_s.append(came_s)
        self.count += len(plots)


class Clocks:
    """Watches the clocks of a site's sensors by when their plots arrive.

    ``offsets_s`` (S,) is by how much each sensor's clock is ahead, and taken off its times;
    ``hold_s`` is how long at most plots are waited for.
    """

    def __init__(self, sensors: Sequence[Sensor], bouts: Bouts, hold_s: float) -> None:
        self._names = [sensor.name for sensor in sensors]
        self._bands = Bands(sensors)
        self._handed = Bands(sensors)  # the same, until the node was given them
        self._came_to_s = -np.inf  # all that came up to here has been given
        self._held: dict[int, Held] = {}
        self._bouts = bouts
        self._looked_s = -np.inf
        self._is_prompt = np.array([sensor.kind != "bearing" for sensor in sensors], bool)
        self._hold_s = hold_s
        self._nearness = Nearness(sensors)
        self.offsets_s = np.zeros(len(sensors))
        self.refused = np.zeros(len(sensors), np.int64)

    def check(self, plots: Plots, came_s: Floats, now_s: float, tracks_at: TracksAt) -> Plots:
        """Return plots whose times can be believed, corrected; others wait or are refused.

        ``came_s`` (n,) is when they came: a node that was busy is given them later.
        """
        if self.offsets_s.any():
            plots = plots.replace(time_s=plots.time_s - self.offsets_s[plots.sensor])
        delay_s = came_s - plots.time_s
        self._came_to_s = max(self._came_to_s, float(came_s.max()))
        bands = self._bands
        earliest_s = np.where(np.isinf(bands.low_s), -FUTURE_S, bands.low_s - BESIDE_S)
        latest_s = np.where(np.isinf(bands.high_s), np.inf, bands.high_s + BESIDE_S)
        beside = delay_s < np.maximum(earliest_s, -FUTURE_S)[plots.sensor]
        beside |= delay_s > latest_s[plots.sensor]
        if not self._held and not beside.any():
            bands.learn(plots.sensor, delay_s, now_s)
            self._handed.learn(plots.sensor, now_s - plots.time_s, now_s)
            return plots
        count = np.bincount(plots.sensor[beside], minlength=len(self._names))
        for sensor, held in self._held.items():
            count[sensor] += held.count
        beside |= (count >= SUSPECT)[plots.sensor]  # then none of its plots is believed
        fresh = plots.rows(~beside)
        bands.learn(fresh.sensor, delay_s[~beside], now_s)
        self._handed.learn(fresh.sensor, now_s - fresh.time_s, now_s)
        for sensor, rows in by_sensor(plots.sensor):
            if beside[rows].any():
                waits = rows[beside[rows]]
                self._held.setdefault(sensor, Held()).add(plots.rows(waits), came_s[waits])
        return join([fresh, *self.advance(now_s, tracks_at)])

    def advance(self, now_s: float, tracks_at: TracksAt) -> list[Plots]:
        """Decide about plots that wait, where that can be; return those that are believed."""
        if now_s >= self._looked_s + LOOKS_EVERY_S:
            self._looked_s = now_s
            self._look_for_slow(now_s)
        released = []
        for sensor in sorted(self._held):
            plots = self._decide(sensor, now_s, tracks_at)
            if plots is not None:
                del self._held[sensor]
                released.append(plots)
        return released

    def next_s(self) -> float:
        """Return when plots that wait will have waited long enough."""
        return min((self._until_s(sensor) for sensor in self._held), default=np.inf)

    def delay_s(self, sensor: int) -> float | None:
        """Return the usual delay of a sensor's plots."""
        middle_s = float(self._bands.middle_s[sensor])
        return middle_s if np.isfinite(middle_s) else None

    def complete_s(self, now_s: float) -> float:
        """Return up to when the plots of all sensors have been given, as they come of late."""
        by_arrival_s = self._came_to_s - self._bands.longest_s(now_s, self._hold_s)
        return max(by_arrival_s, now_s - self._handed.longest_s(now_s, self._hold_s))

    def _look_for_slow(self, now_s: float) -> None:
        """Tell of sensors that always were late: on the way for long, or their clocks are behind.

        From the delays alone nobody can say which; a person has to.
        """
        slow = self._bands.slow(ENOUGH, SLOW_S, SLOWER_S) & self._is_prompt  # who calls takes long
        for sensor in np.flatnonzero(slow).tolist():
            delay_s = round(float(self._bands.middle_s[sensor]), 3)
            self._bouts.seen(self._names[sensor], SLOW, now_s, delay_s=delay_s)
        for name in self._bouts.who(SLOW) - {self._names[row] for row in np.flatnonzero(slow)}:
            self._bouts.end(name, SLOW, now_s)

    def _until_s(self, sensor: int) -> float:
        """Return until when plots wait: a few stragglers shortly, what may be a jump longer."""
        held = self._held[sensor]
        waits_s = WAITS_TURNS * float(self._bands.block_s[sensor])
        return float(held.came_s[0][0]) + (waits_s if held.count >= SUSPECT else STRAGGLES_S)

    def _decide(self, sensor: int, now_s: float, tracks_at: TracksAt) -> Plots | None:
        """Return the plots that waited as they are to be taken; None: they have to wait on."""
        held, bands = self._held[sensor], self._bands
        is_over = now_s >= self._until_s(sensor) or held.count >= MOST_HELD
        spread_s = bands.spread_s(sensor)
        since_s = float(held.came_s[-1][-1] - held.came_s[0][0])
        is_whole_turn = spread_s < 1.0 or since_s >= bands.block_s[sensor]
        is_worth_asking = held.count >= max(ENOUGH, MORE * held.asked) and is_whole_turn
        if not is_over and not is_worth_asking:
            return None
        held.asked = held.count
        plots = join(held.parts)
        delay_s = np.concatenate(held.came_s) - plots.time_s
        if not is_steady(delay_s, spread_s):  # a feed that stood still catches up
            return self._without_future(sensor, plots, delay_s, now_s)
        jump_s = bands.usual_s(sensor) - float(delay_s.mean())  # of the clock, ahead, if it jumped
        says = 0.0
        if BESIDE_S < abs(jump_s) < FARTHEST_S:
            says = self._says_jump(plots, jump_s, tracks_at(now_s))
        is_enough = len(plots) >= ENOUGH
        is_future = is_enough and float(np.median(delay_s)) < -FUTURE_S
        undoes = is_enough and abs(float(self.offsets_s[sensor]) + jump_s) < BESIDE_S
        undoes = undoes and self.offsets_s[sensor] != 0.0 and says > -SURE
        if says > SURE or is_future or undoes:
            return self._jump(sensor, plots, jump_s, now_s)
        if not is_over and says >= -SURE:
            return None
        return self._believe(sensor, plots, delay_s, now_s)

    def _says_jump(self, plots: Plots, jump_s: float, tracks: Tracks) -> float:
        """Return the log likelihood of a jump of the clock against times that are right."""
        part = plots.rows(slice(-200, None))
        part = part.rows(part.geometry == part.geometry[-1])
        as_told = self._nearness.squared(part, tracks)
        as_jumped = self._nearness.squared(part, tracks, -jump_s)
        return float((as_told - as_jumped).sum()) / 2.0

    def _jump(self, sensor: int, plots: Plots, jump_s: float, now_s: float) -> Plots:
        """Take a jump of a clock off its times, those of the plots that waited too."""
        name = self._names[sensor]
        offset_s = float(self.offsets_s[sensor]) + jump_s
        if abs(offset_s) < BESIDE_S:  # it is right again
            jump_s, offset_s = jump_s - offset_s, 0.0
            self._bouts.end(name, CLOCK, now_s)
            self._bands.forget(sensor)
        else:
            self._bouts.seen(name, CLOCK, now_s, len(plots), offset_s=round(offset_s, 3))
        self.offsets_s[sensor] = offset_s
        return plots.replace(time_s=plots.time_s - jump_s)

    def _believe(self, sensor: int, plots: Plots, delay_s: Floats, now_s: float) -> Plots:
        """Take plots with the times that they have; the sensor's delays are other ones now."""
        if len(plots) >= ENOUGH and delay_s.min() >= -FUTURE_S:
            middle_s = float(delay_s.mean())
            if middle_s > self._bands.high_s[sensor] + BESIDE_S > 0.0:
                name = self._names[sensor]
                told_s = round(middle_s, 3)
                self._bouts.seen(name, LATE, now_s, len(plots), quiet_s=30.0, delay_s=told_s)
            self._bands.forget(sensor)
            self._bands.learn(plots.sensor, delay_s, now_s)
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
