"""A duty on brief pictures: what command posts decide, without the nodes and without any files."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.reports import Reports
from jointsky.scenario.built import Built
from jointsky.sensors.surroundings import Observed
from jointsky.sim.brief import BriefPictures
from jointsky.sim.common import Common
from jointsky.sim.duty import SimulatedDuty
from jointsky.sim.duty_figures import HOSTILE
from jointsky.sim.duty_setup import duty_of
from jointsky.sim.run import Outcome, systems
from jointsky.sim.windows import together
from jointsky.tracking.settings import TrackerSettings

Integers = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]


class BriefCourse:
    """The duty of a run and the pictures that it looks at, going on together."""

    def __init__(
        self, built: Built, duty: SimulatedDuty, settings: TrackerSettings, common: Common
    ) -> None:
        self.built, self.duty = built, duty
        self._pictures = BriefPictures(built, settings, duty.sites, common.windows)
        self._off: list[tuple[float, tuple[int, ...]]] = []  # sensors that see not, from when on
        self._told = Reports.make(0), np.empty(0, np.int32)  # words to come, and of which vehicles

    def advance(self, seen: Observed, begin_s: float, until_s: float) -> None:
        """Let happen all from one time to another, given what would be received in between."""
        assert seen.reports is not None and seen.reported is not None
        words, of = self._told
        self._told = join([words, seen.reports]), np.concatenate([of, seen.reported])
        times_s = _steps(self.built.begin_s, self.duty.duty.step_s, begin_s, until_s)
        self._pictures.begin(seen.plots, seen.vehicle, times_s)
        stops = -1
        for step, time_s in enumerate(times_s):
            self.duty.act(time_s)
            is_new = self._note_off(time_s)
            now = int(np.isfinite(self.duty.matching.stop_s).sum())
            if is_new or now != stops:  # what is gone since is in no picture from now on
                stops = now
                self._pictures.work(self._is_there)
            shown = self._pictures.at(step)
            pictures = dict(zip(self.duty.sites, shown, strict=True))
            self.duty.rename(self._pictures.renamed(step))
            self.duty.end_step(pictures, self._heard(time_s), time_s)
        self._pictures.end()

    def _note_off(self, now_s: float) -> bool:
        """Take down which batteries' own sensors see not from now on; return whether others do."""
        off = tuple(self.duty.moving.sensors_off(now_s))
        if off == (self._off[-1][1] if self._off else ()):
            return False
        self._off.append((now_s - self.duty.duty.step_s, off))
        return True

    def _is_there(self, plots: Plots, vehicle: Integers) -> Booleans:
        """Return which plots there are, of those that would be received if nobody ever acted."""
        gone = self.duty.is_gone(plots, vehicle)
        if self._off:
            since_s = np.array([time_s for time_s, _ in self._off])
            which = np.searchsorted(since_s, plots.time_s, side="right") - 1
            for k, (_, off) in enumerate(self._off):
                gone |= (which == k) & np.isin(plots.sensor, off)
        return ~gone

    def _heard(self, now_s: float) -> Reports | None:
        """Return what people said that came by now, but for words of what was stopped before."""
        words, of = self._told
        if not len(words):
            return None
        came = words.received_s < now_s
        self._told = words.rows(~came), of[~came]
        stop_s = self.duty.matching.stop_s
        is_said = came & ~((of >= 0) & (words.time_s >= stop_s[of]))
        return words.rows(is_said)


def _steps(epoch_s: float, step_s: float, begin_s: float, until_s: float) -> list[float]:
    """Return the even moments after one time up to another."""
    first = math.floor((begin_s - epoch_s) / step_s + 1e-9) + 1
    last = math.floor((until_s - epoch_s) / step_s + 1e-9)
    return [epoch_s + number * step_s for number in range(first, last + 1)]


def brief_course(
    built: Built,
    windows: Iterable[tuple[Observed, float]],
    settings: TrackerSettings,
    is_watched: bool = True,
    common: Common | None = None,
) -> Outcome:
    """Return what is left of a duty on brief pictures, given what would be received in windows.

    Of plots only those of hostile vehicles are kept; there are no tracks and no log, and, where it
    is not ``is_watched``, no alerts and incidents.  ``common``: of runs under this sky.
    """
    common = common or Common()
    duty = duty_of(built, is_watched, common)
    if duty is None:
        raise InputError(built.name, "no duty", "command posts that decide")
    course = BriefCourse(built, duty, settings, common)
    is_hostile = built.surroundings.vehicles.allegiance == HOSTILE
    begin_s, kept = built.begin_s, []
    for seen, until_s in windows:
        course.advance(seen, begin_s, until_s)
        rows = (seen.vehicle >= 0) & is_hostile[seen.vehicle]
        kept.append(
            Observed(
                plots=seen.plots.rows(rows),
                vehicle=seen.vehicle[rows],
                received_s=seen.received_s[rows],
            )
        )
        begin_s = until_s
    return Outcome(
        built=built,
        seen=together(kept),
        tracks={},
        told={},
        systems=systems(built),
        late={},
        traffic=[],
        lacks=[],
        entries=[],
        seal="",
        end_s=begin_s,
        is_whole=True,
        duty=duty.left(begin_s),
    )
