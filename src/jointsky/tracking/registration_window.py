"""Windows of plots, one after another: who follows what, what is common, what that tells.

The newest windows stay open: they are worked off again with each new one, so that plots count
that a track had before it was confirmed, or a target before it was known to be common; and so that
what turns out not to fit has never counted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots
from jointsky.records.registration import COMPONENTS
from jointsky.records.sensors import Sensor
from jointsky.tracking import registration_kernels as kernels
from jointsky.tracking.frame import choose
from jointsky.tracking.registration_errors import NEARLY, OPEN, Errors, Step
from jointsky.tracking.registration_following import Bools, Follower, Work, fitting, summed
from jointsky.tracking.registration_pairing import pairs
from jointsky.tracking.registration_settings import RegistrationSettings
from jointsky.tracking.registration_states import States, of_radar, of_senders, together
from jointsky.tracking.registration_targets import REFUSED_S, Targets
from jointsky.tracking.registration_watch import Heard, Watch

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
FIT_SHARE = 0.5  # of a member's plots, or of a radar's targets
AGAIN = 0.1  # of the prior: errors that moved by more are taken off once more
MOST_AGAIN = 4
FEW_TARGETS, FEW_PLOTS = 3, 6
LONELY_SHARE = 0.25  # of the targets that a radar had in common
REMEMBERED = 0.8  # from window to window


@dataclasses.dataclass(frozen=True)
class Noticed:
    """A step of a radar's errors, noticed in a window."""

    radar: int
    since_s: float
    facts: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Done:
    """What came of a window."""

    evidence: dict[int, int]  # plots of each radar that told something, in the window settled
    still_open: dict[int, int]  # and in those that are still open
    steps: list[Noticed]


class Windows:
    """Works windows off, one after another; what is known of errors is ``errors``."""

    def __init__(
        self,
        sensors: Sequence[Sensor],
        settings: RegistrationSettings,
        epoch_s: float,
        origin: tuple[float, float, float] | None,
    ) -> None:
        self._sensors = list(sensors)
        self._settings = settings
        self._frame = choose(self._sensors, origin)
        self.watch = Watch(self._sensors, origin)
        self.errors = Errors(self.watch.radars(), settings)
        self._targets = Targets(settings.most_targets, self.errors.at)
        self._follower = Follower(self._sensors, self._frame, settings, epoch_s, self.errors)
        self._threshold = self.errors.threshold(settings.window_s)
        self._usual: dict[int, float] = {}  # targets that a radar has in common, of late
        self._open: list[Heard] = []
        self._suspects: list[int] = []  # radars that seemed to have stepped a window ago

    def work(self, plots: Plots, end_s: float, span_s: float, elevated: set[int]) -> Done:
        """Work a window off that ends at ``end_s``, ``span_s`` after the one before."""
        self.errors.wander(span_s)
        self._open.append(self.watch.window(plots.rows(_in_order(plots)), end_s, self._open))
        states = self._states(end_s, elevated)
        self._targets.keep(states, end_s)
        self._targets.pair(states, pairs(states, self.errors.cov, self.errors.at), end_s)
        work = self._worked()
        fits = fitting(work, self.errors)
        about = self.errors.settled.mean
        self.errors.look([summed(part, work.base, fits, about) for part in work.parts])
        noticed = self._outside(work) or self._apart(work, fits)
        facts: dict[str, Any] = {"by": "plots outside of what is possible"}
        if not noticed:
            noticed, facts = self._lonely(states), {"by": "lost all common targets"}
        if noticed:
            return Done({}, {}, self._reopened(noticed, 1, [facts] * len(noticed)))
        back, steps = self.errors.steps(self._threshold)
        again = [step for step in steps if step.radar in self._suspects]
        self._suspects = [step.radar for step in steps]
        if again:  # a wrong pair may look like a step, but is found out by the next window
            facts_of = [_facts(step) for step in again]
            return Done({}, {}, self._reopened([step.radar for step in again], back, facts_of))
        self._let_go(work, fits, end_s)
        settled: dict[int, int] = {}
        if len(self._open) > OPEN:
            self._settle(work, fits)
            settled = self._evidence(work, fits, 0, 1)
        return Done(settled, self._evidence(work, fits, len(work.parts) - OPEN, OPEN), [])

    def _states(self, end_s: float, elevated: set[int]) -> States:
        radars, sent = self.watch.newest()
        spread_s = float(np.hypot(self._settings.latency_sigma_s, self._settings.age_sigma_s))
        parts = [of_senders(sent, self._frame, spread_s, end_s + self.errors.mean[kernels.AGE])]
        for row, tracks in radars:
            pose = self._frame.sensor_pose(self._sensors[row])
            if pose is None or len(tracks) == 0:
                continue
            first = self.errors.at[row]
            bias = self.errors.mean[first : first + 4]
            parts.append(of_radar(row, tracks, self._frame, pose, bias, row in elevated, end_s))
        return together(parts)

    def _worked(self) -> Work:
        """Follow all targets over the open windows; again while the errors still move much."""
        base = self.errors.mean
        scale = np.concatenate(
            [[np.inf] * kernels.SHARED, np.tile(self.errors.prior, len(self.errors.at))]
        )
        for again in range(MOST_AGAIN):
            work = self._follower.follow(self._open, self._targets, base)
            fits, about = fitting(work, self.errors), self.errors.settled.mean
            sums = [summed(part, work.base, fits, about) for part in work.parts]
            mean = self.errors.expected(sums)
            if again == MOST_AGAIN - 1 or (np.abs(mean - base) <= AGAIN * scale).all():
                break
            base = mean
        return work

    def _settle(self, work: Work, fits: Bools) -> None:
        """Take the oldest open window for good."""
        part = work.parts[0]
        about = self.errors.settled.mean
        self.errors.settle(summed(part, work.base, fits, about))
        alive = {target.place for target in self._targets.all}
        kept = np.array([place in alive for place in work.places.tolist()], np.bool_)
        self._targets.base = work.base
        self._targets.put(work.places[kept], part.filters.rows(np.flatnonzero(kept)), work.base)
        del self._open[0]

    def _evidence(self, work: Work, fits: Bools, first: int, count: int) -> dict[int, int]:
        """Return how many plots of each radar told something in some of the open windows."""
        totals = dict.fromkeys(self.errors.at, 0)
        for part in work.parts[max(first, 0) : max(first, 0) + count]:
            used = (part.tallies[:, kernels.USED] > 0.0) & fits[part.owner()]
            for row in totals:
                totals[row] += int(np.count_nonzero(used & (part.sensor == row)))
        return {row: n for row, n in totals.items() if n}

    def _let_go(self, work: Work, fits: Bools, end_s: float) -> None:
        """Let go of targets that do not fit, and of members whose plots do not."""
        shares = _gated(work)
        for t, (target, fit) in enumerate(zip(work.targets, fits.tolist(), strict=True)):
            if not fit:
                self._targets.end(target, end_s + REFUSED_S)
                continue
            for row in list(target.members):
                gated, plots = shares.get((t, row), (0, 0))
                if gated >= 2 and gated > FIT_SHARE * plots and row in target.members:
                    self._targets.remove(target, row, end_s + REFUSED_S)

    def _reopened(
        self, radars: list[int], back: int, facts: Sequence[dict[str, Any]]
    ) -> list[Noticed]:
        """Let the errors of radars be anything since so many windows."""
        since_s = self._open[-1].end_s - back * self._settings.window_s
        self.errors.reopen(radars, back - len(self._open))
        for radar in radars:
            self._targets.restart(radar)
            self._usual.pop(radar, None)
        return [Noticed(radar, since_s, fact) for radar, fact in zip(radars, facts, strict=True)]

    def _outside(self, work: Work) -> list[int]:
        """Return the radars most of whose newest plots no target can have made."""
        part = work.parts[-1]
        gated = part.tallies[:, kernels.GATED] > 0.0
        shares: dict[int, float] = {}
        for row in self.errors.at:
            of = part.sensor == row
            many = np.count_nonzero(gated & of) >= FEW_PLOTS
            if many and len(np.unique(part.owner()[gated & of])) >= FEW_TARGETS:
                shares[row] = float(gated[of].mean())
        most = max(shares.values(), default=0.0)
        return [row for row, share in shares.items() if share > max(FIT_SHARE, 0.8 * most)]

    def _apart(self, work: Work, fits: Bools) -> list[int]:
        """Return the radars whose step would best explain why most targets do not fit."""
        suspects = []
        for row in self.errors.at:
            mine = np.array([row in target.members for target in work.targets], np.bool_)
            misfits = np.count_nonzero(mine & ~fits)
            if misfits >= FEW_TARGETS and misfits > FIT_SHARE * np.count_nonzero(mine):
                suspects.append(row)
        if not suspects:
            return []
        everyone = np.ones(len(fits), np.bool_)
        sums = summed(work.parts[-1], work.base, everyone, self.errors.settled.mean)
        found = [step for step in self.errors.newest(sums) if step.radar in suspects]
        best = max((step.statistic for step in found), default=0.0)
        return [step.radar for step in found if step.statistic > best - NEARLY]

    def _lonely(self, states: States) -> list[int]:
        """Return the radars that lost their common targets and had them again if errors stepped."""
        counts = self._targets.counts()
        found = []
        for row, first in self.errors.at.items():
            now, usual = counts.get(row, 0), self._usual.get(row, 0.0)
            self._usual[row] = REMEMBERED * usual + (1.0 - REMEMBERED) * now
            if usual < FEW_TARGETS or now >= LONELY_SHARE * usual:
                continue
            trial = self.errors.cov.copy()
            columns = range(first, first + kernels.PARTS)
            trial[columns, columns] += self.errors.prior**2
            again = pairs(states, trial, self.errors.at)
            both = np.concatenate([again.first, again.second])
            if len(np.unique(both[states.sensor[both] == row])) >= max(FEW_TARGETS, 2 * now + 1):
                found.append(row)
        return found


def _gated(work: Work) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for targets and sensors how many plots did not fit, where any, and how many were."""
    shares: dict[tuple[int, int], tuple[int, int]] = {}
    for part in work.parts:
        owner = part.owner()
        gated = part.tallies[:, kernels.GATED] > 0.0
        for t, row in sorted(
            set(zip(owner[gated].tolist(), part.sensor[gated].tolist(), strict=True))
        ):
            of = (owner == t) & (part.sensor == row)
            had = shares.get((t, row), (0, 0))
            shares[t, row] = had[0] + int((gated & of).sum()), had[1] + int(of.sum())
    return shares


def _facts(step: Step) -> dict[str, Any]:
    facts: dict[str, Any] = {"by": "innovations", "statistic": round(step.statistic, 1)}
    for component, change, sigma in zip(COMPONENTS, step.change, step.sigma, strict=True):
        facts[component] = float(change)
        facts[component + "_sigma"] = float(sigma)
    return facts


def _in_order(plots: Plots) -> Integers:
    """Return the rows of plots in order of time, of one time by what they are."""
    keys = (
        plots.mode_s,
        plots.latitude_rad,
        plots.longitude_rad,
        plots.azimuth_rad,
        plots.range_m,
        plots.sensor,
        plots.time_s,
    )
    return np.lexsort(keys)
