"""Registration: how wrong each radar is, found from common targets while the beams pass."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join, parted
from jointsky.records.plots import Geometry, Plots
from jointsky.records.registration import (
    COMPONENTS,
    BiasEstimate,
    Correction,
    RegistrationEvent,
)
from jointsky.records.sensors import Sensor
from jointsky.tracking import registration_kernels as kernels
from jointsky.tracking.registration_applied import Applied
from jointsky.tracking.registration_errors import Errors, Known
from jointsky.tracking.registration_settings import RegistrationSettings
from jointsky.tracking.registration_window import Done, Windows

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
OBSERVED, UNOBSERVED = 0.5, 0.7  # of the prior: below, and above again
UNSEEN_AFTER_S = 120.0  # a radar says by then whether it can be registered
WRONG, STILL_WRONG = 5.0, 3.0  # standard errors by which a clock is wrong for sure
USUAL = 100.0, 0.003, 0.01  # standard errors of plots of radars that declare none: m, rad, rad
CLOCK = 3
WORTH_TAKING = 0.2  # of a standard error: a smaller change is not taken off
FUTURE_S = 600.0
GATHERED = 16  # records of plots that wait are joined, so many at a time
ENOUGH = 50  # plots of common targets
KEPT_S = 3600.0


class Aside(Protocol):
    """What works windows off beside everything else, one after another."""

    def begin(self, make: Callable[[], Windows]) -> None:
        """Get ready, with windows that ``make`` makes."""

    def work(
        self, plots: Plots, end_s: float, span_s: float, elevated: set[int]
    ) -> Future[tuple[Done, Known]]:
        """Begin what ``Windows.work`` does, and return what will have come of it."""


@dataclasses.dataclass
class _Known:
    """What a radar was last said to be."""

    since_s: float  # begin of its plots, or newest step
    evidence: int = 0  # plots, of which so many in windows that are done with:
    settled: int = 0
    observable: list[bool] = dataclasses.field(default_factory=lambda: [False] * 4)
    is_told: bool = False
    has_elevation: bool = False


@dataclasses.dataclass
class Trace:
    """Estimates after each window, for whoever wants to see how they came about."""

    time_s: list[float] = dataclasses.field(default_factory=list)
    estimate: list[Floats] = dataclasses.field(default_factory=list)  # (R, 4) each
    sigma: list[Floats] = dataclasses.field(default_factory=list)
    relative: list[Floats] = dataclasses.field(default_factory=list)  # to the mean of all radars


class Registration:
    """Estimates the errors of radars, and takes those of a site's own off their plots.

    ``owned_rows`` are the rows of ``sensors`` whose plots come as they were measured and are
    corrected here.  Plots of other sensors come as their owners share them; ``told`` says what
    those took off.  ``origin`` (latitude, longitude in radians, height): where a flat scene lies.
    ``trace``: give one to learn the estimates after each window.  ``aside``: what runs the work of
    a window beside everything else; by default it is done at once.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        owned_rows: Sequence[int],
        settings: RegistrationSettings | None = None,
        epoch_s: float = 0.0,
        origin: tuple[float, float, float] | None = None,
        aside: Aside | None = None,
    ) -> None:
        self.sensors = list(sensors)
        self.owned = sorted(owned_rows)
        self.settings = settings or RegistrationSettings()
        self.epoch_s = epoch_s
        self.late = 0  # plots that came after their window was worked off
        self.trace: Trace | None = None
        self.kept_s = KEPT_S  # what was taken off longer ago is forgotten
        self._applied = Applied.nothing()
        self._foreign = Applied.nothing()
        make = functools.partial(Windows, self.sensors, self.settings, epoch_s, origin)
        self._windows = make()
        self.errors: Errors = self._windows.errors
        if aside is not None:
            aside.begin(make)
        self._known: dict[int, _Known] = {}
        self._wrong: set[int] = set()  # radars whose clocks are wrong for sure
        self._spans: list[tuple[int, float, Floats]] = []  # radar, until when, errors until then
        self._aside = aside
        self._under_way: tuple[Future[tuple[Done, Known]], float] | None = None  # and its end
        self._waiting: list[Plots] = []
        self._gathered = 0  # how many of them are large
        self._earliest_s = math.inf  # of those that wait, by their true clock
        self._clock = np.zeros(len(self.sensors))  # clock errors that are known now
        self._done_s = -math.inf  # windows up to here are worked off
        self._is_used = np.zeros(len(self.sensors), np.bool_)
        self._is_used[[*self.errors.at, *self._windows.watch.references()]] = True
        self._is_radar = np.zeros(len(self.sensors), np.bool_)
        self._is_radar[list(self.errors.at)] = True

    def take(self, plots: Plots, now_s: float) -> None:
        """Take plots: own ones as measured, others' as shared; their order does not matter."""
        if len(plots) == 0:
            return
        used = self._is_used[plots.sensor] & np.isfinite(plots.time_s)
        used &= np.where(
            self._is_radar[plots.sensor],
            (plots.geometry == Geometry.POLAR) & np.isfinite(plots.range_m + plots.azimuth_rad),
            plots.geometry == Geometry.GEODETIC,
        )
        used &= plots.time_s < now_s + FUTURE_S
        mine = self._foreign.undo(plots.rows(used))
        times = self._by_true_clock(mine)
        late = times < self._done_s
        self.late += int(late.sum())
        if not late.all():
            self._waiting.append(mine.rows(~late) if late.any() else mine)
            if len(self._waiting) - self._gathered >= GATHERED:  # many small ones cost more
                self._waiting[self._gathered :] = [join(self._waiting[self._gathered :])]
                self._gathered += 1
            self._earliest_s = min(self._earliest_s, float(times[~late].min()))

    def advance(self, now_s: float) -> list[RegistrationEvent]:
        """Work off the windows that are complete by now; return what a person should know."""
        events: list[RegistrationEvent] = []
        window_s = self.settings.window_s
        if self._under_way is not None:
            work, end_s = self._under_way
            if not work.done():
                return []
            self._under_way = None
            failure = work.exception()
            if failure is not None:
                return [self._failed(failure, now_s)]
            done, self.errors.now = work.result()
            events += self._worked(done, end_s, now_s)
        while self._waiting:
            first = math.floor((self._earliest_s - self.epoch_s) / window_s)
            begin_s = max(self.epoch_s + first * window_s, self._done_s)
            end_s = begin_s + window_s
            if end_s + self.settings.lag_s > now_s:
                break
            arguments = self._prepared(self._until(end_s), end_s)
            if self._aside is not None:
                self._under_way = self._aside.work(*arguments), end_s
                break
            done = self._windows.work(*arguments)
            events += self._worked(done, end_s, end_s + self.settings.lag_s)
        return events

    @property
    def is_busy(self) -> bool:
        """Return whether a window is being worked off aside."""
        return self._under_way is not None

    def correct(self, plots: Plots) -> Plots:
        """Return plots with the current errors of own sensors taken off; others as they are."""
        return self._applied.correct(plots)

    def correct_afterwards(self, plots: Plots) -> Plots:
        """Return plots with errors taken off as known by now, hindsight included.

        Between two steps of a radar the errors are those known when the second was noticed.
        """
        applied = Applied.nothing()
        for row in self.owned:
            first = self.errors.at.get(row)
            if first is None or row not in self._known:
                continue
            begin_s = -np.inf
            for radar, until_s, values in self._spans:
                if radar == row:
                    applied = applied.and_also([row], begin_s, values)
                    begin_s = until_s + values[3]
            applied = applied.and_also([row], begin_s, self.errors.mean[first : first + 4])
        return applied.correct(plots)

    def told(self, corrections: Sequence[Correction]) -> None:
        """Take note of what other sites take off the plots of sensors of theirs."""
        rows = {sensor.name: row for row, sensor in enumerate(self.sensors)}
        own = set(self.owned)
        known = set(zip(self._foreign.sensor.tolist(), self._foreign.from_s.tolist(), strict=True))
        for one in corrections:
            row = rows.get(one.sensor)
            if row is None or row in own or (row, one.from_s) in known:
                continue
            values = np.array([one.range_m, one.azimuth_rad, one.elevation_rad, one.clock_s])
            self._foreign = self._foreign.and_also([row], one.from_s, values)
            known.add((row, one.from_s))

    def corrections(self, since_s: float = -np.inf) -> list[Correction]:
        """Return what is taken off plots of own sensors, told to others so that they know."""
        return self._applied.since(since_s).told([sensor.name for sensor in self.sensors])

    def estimates(self) -> list[BiasEstimate]:
        """Return each radar's errors with their uncertainty, by row and component."""
        sigma = np.sqrt(np.diag(self.errors.cov))
        relative = self.errors.relative_sigmas(self._compared())
        made = []
        for row, first in self.errors.at.items():
            known = self._known.get(row) or _Known(self.epoch_s)
            for k, component in enumerate(COMPONENTS):
                if not self._is_estimated(row, k):
                    continue
                made.append(
                    BiasEstimate(
                        sensor=self.sensors[row].name,
                        row=row,
                        component=component,
                        estimate=float(self.errors.mean[first + k]),
                        sigma=float(sigma[first + k]),
                        relative_sigma=float(relative[first + k]),
                        prior_sigma=float(self.errors.prior[k]),
                        observable=known.observable[k],
                        since_s=known.since_s,
                        evidence=known.evidence,
                    )
                )
        return made

    def left(self) -> list[BiasEstimate]:
        """Return the estimates less what is taken off: here of own plots, as told of others'."""
        taken = np.zeros((len(self.sensors), 4))
        for applied in (self._applied, self._foreign):
            rows = np.unique(applied.sensor).astype(np.int32)
            taken[rows] = applied.at(rows, np.full(len(rows), np.inf))
        return [
            msgspec.structs.replace(
                one,
                estimate=one.estimate - float(taken[one.row, COMPONENTS.index(one.component)]),
            )
            for one in self.estimates()
        ]

    def _compared(self) -> list[int]:
        """Return the radars that something is known of, to compare each one with."""
        return [row for row, known in sorted(self._known.items()) if known.evidence >= ENOUGH]

    def _is_estimated(self, row: int, k: int) -> bool:
        declared = (
            self.settings.range_prior_m,
            self.settings.azimuth_prior_deg,
            self.settings.elevation_prior_deg,
            self.settings.clock_prior_s,
        )
        known = self._known.get(row)
        elevated = self.sensors[row].elevation_sigma_rad is not None
        elevated = elevated or (known is not None and known.has_elevation)
        return declared[k] > 0.0 and (COMPONENTS[k] != "elevation" or elevated)

    def _by_true_clock(self, plots: Plots) -> Floats:
        """Return the times of plots with the clock errors taken off that are known now."""
        times: Floats = plots.time_s - self._clock[plots.sensor]
        return times

    def _until(self, end_s: float) -> Plots:
        """Return the plots that wait and are from before a time; the others wait on."""
        inside = [self._by_true_clock(part) < end_s for part in self._waiting]
        parts, self._waiting = parted(self._waiting, inside)
        self._gathered = len(self._waiting)
        self._note_earliest()
        return join(parts)

    def _note_earliest(self) -> None:
        times = [float(self._by_true_clock(part).min()) for part in self._waiting]
        self._earliest_s = min(times, default=math.inf)

    def _failed(self, failure: BaseException, now_s: float) -> RegistrationEvent:
        """Take no more plots: what is taken off stays as it is."""
        self._is_used[:] = False
        self._waiting, self._earliest_s = [], math.inf
        facts = {"why": f"{type(failure).__name__}: {failure}"}
        return RegistrationEvent(time_s=now_s, kind="registration-failed", sensor="", facts=facts)

    def _prepared(self, plots: Plots, end_s: float) -> tuple[Plots, float, float, set[int]]:
        """Return what the work of a window needs, and take it for done."""
        span_s = min(end_s - self._done_s, 3600.0) if math.isfinite(self._done_s) else 0.0
        count = np.bincount(plots.sensor, minlength=len(self.sensors))
        raised = np.bincount(plots.sensor[np.isfinite(plots.elevation_rad)], minlength=len(count))
        for row in sorted(set(np.flatnonzero(count).tolist()) & set(self.errors.at)):
            known = self._known.setdefault(row, _Known(end_s - self.settings.window_s))
            known.has_elevation = known.has_elevation or bool(raised[row])
        elevated = {row for row, known in self._known.items() if known.has_elevation}
        self._done_s = end_s
        return plots, end_s, span_s, elevated

    def _worked(self, done: Done, end_s: float, from_s: float) -> list[RegistrationEvent]:
        """Take what came of a window, off plots from ``from_s`` on; return what to tell."""
        for row, at in self.errors.at.items():
            self._clock[row] = self.errors.mean[at + 3]
        self._note_earliest()
        for row, known in self._known.items():
            known.settled += done.evidence.get(row, 0)
            known.evidence = known.settled + done.still_open.get(row, 0)
        events = []
        for step in done.steps:
            known = self._known[step.radar]
            first = self.errors.at[step.radar]
            self._spans.append((step.radar, step.since_s, self.errors.mean[first : first + 4]))
            known.since_s, known.evidence, known.settled = step.since_s, 0, 0
            events.append(
                RegistrationEvent(
                    time_s=end_s,
                    kind="bias-step",
                    sensor=self.sensors[step.radar].name,
                    facts=step.facts,
                )
            )
        events += self._observed(end_s)
        self._apply(from_s)
        if self.trace is not None:
            mean = self.errors.mean[kernels.SHARED :].reshape(-1, 4)
            self.trace.time_s.append(end_s)
            self.trace.estimate.append(mean.copy())
            relative = self.errors.relative_sigmas(self._compared())[kernels.SHARED :]
            self.trace.relative.append(relative.reshape(-1, 4))
            self.trace.sigma.append(
                np.sqrt(np.diag(self.errors.cov)[kernels.SHARED :]).reshape(-1, 4)
            )
        return events

    def _observed(self, now_s: float) -> list[RegistrationEvent]:
        """Note which errors what was seen determines; tell where that changed."""
        events = []
        alone = np.sqrt(np.diag(self.errors.now.wide))
        for row, known in sorted(self._known.items()):
            first = self.errors.at[row]
            share = alone[first : first + 4] / self.errors.prior
            before = known.observable
            known.observable = [
                bool(s < (UNOBSERVED if was else OBSERVED))
                for s, was in zip(share, before, strict=True)
            ]
            asked = [k for k in range(4) if self._is_estimated(row, k)]
            gained = [COMPONENTS[k] for k in asked if known.observable[k] and not before[k]]
            lost = [COMPONENTS[k] for k in asked if before[k] and not known.observable[k]]
            if not known.is_told and now_s - known.since_s >= UNSEEN_AFTER_S:
                known.is_told = True
                lost = [COMPONENTS[k] for k in asked if not known.observable[k]]
            name = self.sensors[row].name
            if gained:
                facts = {"components": list(gained)}
                events.append(
                    RegistrationEvent(
                        time_s=now_s, kind="bias-observable", sensor=name, facts=facts
                    )
                )
            if lost:
                facts = {"components": list(lost)}
                events.append(
                    RegistrationEvent(
                        time_s=now_s, kind="bias-unobservable", sensor=name, facts=facts
                    )
                )
        return events

    def _sure(self) -> Floats:
        """Return the errors (G,) as far as they are known well enough to be taken off plots; or 0.

        Those of places: better than one plot is.  Clocks are right unless they are wrong for sure,
        against the others where no reference tells: a time that is moved by a guess moves all that
        is concluded from it.
        """
        compared = self._compared()
        relative = self.errors.relative_sigmas(compared)
        sure = np.zeros(len(self.errors.mean))
        clocks = [self.errors.at[row] + CLOCK for row in compared]
        usual_s = float(np.median(self.errors.mean[clocks])) if clocks else 0.0
        sigma_s = np.sqrt(np.diag(self.errors.cov)[clocks])
        if clocks and abs(usual_s) > WRONG * float(np.median(sigma_s)):
            usual_s = 0.0  # all are wrong, as references tell
        for row in compared:
            first, sensor = self.errors.at[row], self.sensors[row]
            declared = sensor.range_sigma_m, sensor.azimuth_sigma_rad, sensor.elevation_sigma_rad
            for k, (own, usual) in enumerate(zip(declared, USUAL, strict=True), first):
                if relative[k] < (own or usual):
                    sure[k] = self.errors.mean[k]
            off_s = self.errors.mean[first + CLOCK] - usual_s
            if (
                abs(off_s)
                > (STILL_WRONG if row in self._wrong else WRONG) * relative[first + CLOCK]
            ):
                sure[first + CLOCK] = off_s
        self._wrong = {row for row in compared if sure[self.errors.at[row] + CLOCK]}
        return sure

    def _apply(self, from_s: float) -> None:
        """Take off from now on what is known now, where it differs from what is taken off."""
        sigma = np.sqrt(np.diag(self.errors.cov))
        sure = self._sure()
        rows, values = [], []
        current = self._applied.at(np.array(self.owned, np.int32), np.full(len(self.owned), from_s))
        for row, had in zip(self.owned, current, strict=True):
            first = self.errors.at.get(row)
            if first is None or row not in self._known:
                continue
            off = sure[first : first + 4]
            if (np.abs(off - had) > WORTH_TAKING * sigma[first : first + 4]).any():
                rows.append(row)
                values.append(off)
        if rows:
            kept = self._applied.since(from_s - self.kept_s)
            self._applied = kept.and_also(rows, from_s, np.array(values))
            self._foreign = self._foreign.since(from_s - self.kept_s)
