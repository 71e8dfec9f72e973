"""What is known of all errors: mean and covariance, and the same from what was seen alone.

Columns: 3 that all targets share (offset of pressure altitudes, its slope with height, mean age of
the positions that aircraft send), then 4 for each radar (range, azimuth, elevation, clock).
Metres, radians, seconds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammainccinv

from jointsky.tracking import registration_kernels as kernels
from jointsky.tracking.registration_settings import RegistrationSettings

Floats = npt.NDArray[np.float64]
UNTOLD = 100.0  # a prior so many times as wide stands for none
HOUR_S, DAY_S = 3600.0, 86_400.0
PAST = 6  # settled windows that a step may lie back
OPEN = 3  # windows that are looked at again
BEGINS = (1, 2, 3, 4, 6, 9)  # windows back at which a step is looked for
NEARLY = 10.0  # twice the log of how much less likely the step of another radar may be
USUAL_SHARE = 0.05  # of what is usual, learnt from each window
SHARED_DRIFT = (10.0, 0.002, 0.005)  # m, 1, s; in an hour
NO_PRIOR = 1e-9  # share of the usual: "this is right", where a prior of 0 is declared


@dataclasses.dataclass(frozen=True)
class Sums:
    """What windows told of errors, about those that were taken off then."""

    information: Floats  # (G, G)
    vector: Floats  # (G,)


@dataclasses.dataclass(frozen=True)
class Step:
    """A step that was noticed."""

    radar: int
    change: Floats  # (4,) likeliest
    sigma: Floats  # (4,)
    statistic: float


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known at one time."""

    mean: Floats  # (G,)
    cov: Floats  # (G, G)
    wide: Floats  # (G, G): the covariance, had nothing been taken for granted

    def after(self, sums: Sums) -> Known:
        """Return what is known after a window told ``sums`` about ``mean``."""
        cov = _told(self.cov, sums.information)
        return Known(self.mean + cov @ sums.vector, cov, _told(self.wide, sums.information))


@dataclasses.dataclass(frozen=True)
class _Window:
    """What was known before a window, and what that told, about that mean."""

    before: Known
    sums: Sums


class Errors:
    """The errors of radars ``radars`` (rows of sensors), as known so far.

    ``settled`` is from windows that are done with; ``now`` from all, those too that are still
    looked at again.
    """

    def __init__(self, radars: list[int], settings: RegistrationSettings) -> None:
        self.at = {row: kernels.SHARED + kernels.PARTS * k for k, row in enumerate(radars)}
        self._settings = settings
        n = len(radars)
        shape = prior_sigmas(settings)
        usual = np.array([500.0, 0.017, 0.017, 2.0])
        self.prior = np.where(shape > 0.0, shape, NO_PRIOR * usual)
        shared = [settings.pressure_offset_m, settings.pressure_slope, settings.age_sigma_s]
        sigma = np.concatenate([shared, np.tile(self.prior, n)])
        drift = [
            settings.range_drift_m,
            np.radians(settings.azimuth_drift_deg),
            np.radians(settings.elevation_drift_deg),
            settings.clock_drift_s,
        ]
        wander = np.concatenate([SHARED_DRIFT, np.tile(np.where(shape > 0.0, drift, 0.0), n)])
        self._drift = np.diag(wander**2) / HOUR_S
        untold = np.concatenate(
            [np.ones(kernels.SHARED), np.tile(np.where(shape > 0.0, UNTOLD, 1.0), n)]
        )
        mean = np.zeros(len(sigma))
        mean[kernels.AGE] = settings.age_s
        self.settled = Known(mean, np.diag(sigma**2), np.diag((untold * sigma) ** 2))
        self.now = self.settled
        self._past: list[_Window] = []
        self._open: list[_Window] = []
        self._usual: dict[int, float] = {}

    @property
    def mean(self) -> Floats:
        """Return the errors as known now (G,)."""
        return self.now.mean

    @property
    def cov(self) -> Floats:
        """Return the covariance of the errors as known now (G, G)."""
        return self.now.cov

    def wander(self, span_s: float) -> None:
        """Let time pass: errors may have changed a little."""
        drift = self._drift * span_s
        self.settled = _widened(self.settled, drift, drift)
        self.now = _widened(self.now, drift, drift)

    def settle(self, sums: Sums) -> None:
        """Take what the oldest open window told, about ``settled.mean``, for good."""
        self._past = [*self._past[1 - PAST :], _Window(self.settled, sums)]
        self.settled = self.settled.after(sums)

    def expected(self, open_sums: Sequence[Sums]) -> Floats:
        """Return the mean with windows that told sums about ``settled.mean``."""
        if not open_sums:
            return self.settled.mean
        total = _total(open_sums)
        inner = np.eye(len(self.mean)) + self.settled.cov @ total.information
        moved = np.linalg.solve(inner, self.settled.cov @ total.vector)
        return np.asarray(self.settled.mean + moved)

    def look(self, open_sums: Sequence[Sums]) -> None:
        """Take what open windows tell, in order, as far as that is known now."""
        self._open = []
        known, about = self.settled, self.settled.mean
        for one in open_sums:
            moved = Sums(one.information, one.vector + one.information @ (about - known.mean))
            self._open.append(_Window(known, moved))
            cov = _told(known.cov, moved.information)
            known = Known(known.mean + cov @ moved.vector, cov, known.wide)
        wide = _told(self.settled.wide, _total(open_sums).information)
        self.now = dataclasses.replace(known, wide=wide)

    def threshold(self, window_s: float) -> float:
        """Return the statistic that chance passes ``false_steps_per_day`` times a day.

        Chi-squared with four degrees of freedom, of all tests of a day at once (Bonferroni).
        """
        tests = DAY_S / window_s * max(len(self.at), 1) * len(BEGINS)
        chance = min(self._settings.false_steps_per_day / tests, 0.01)
        return 2.0 * float(gammainccinv(kernels.PARTS / 2.0, chance))

    def steps(self, threshold: float) -> tuple[int, list[Step]]:
        """Return how many windows ago errors changed at once, and whose; none: (0, []).

        Generalised likelihood ratio of "one radar changed then" over begins and radars (Willsky &
        Jones 1976, IEEE T-AC 21(1)), the change with the prior's spread, over what is usual for
        that radar.  All radars that explain it nearly as well are returned, the best first.
        """
        best: tuple[float, int, list[Step]] = (threshold, 0, [])
        information, vector = np.zeros_like(self.cov), np.zeros_like(self.mean)
        mean = self.mean
        for back, window in enumerate(reversed([*self._past, *self._open]), 1):
            before = window.before
            vector = vector + information @ (mean - before.mean) + window.sums.vector
            information, mean = information + window.sums.information, before.mean
            if back not in BEGINS:
                continue
            found = self._tested(before.cov, Sums(information, vector))
            if back == 1:
                self._note(found)
            found = [self._levelled(step) for step in found]
            top = max(found, key=lambda step: step.statistic, default=None)
            if top is not None and top.statistic > best[0]:
                near = [s for s in found if s.statistic > max(threshold, top.statistic - NEARLY)]
                near.sort(key=lambda step: -step.statistic)
                best = (top.statistic, back, near)
        return best[1], best[2]

    def _note(self, found: Sequence[Step]) -> None:
        """Learn how much larger than chance a radar's statistics usually are."""
        for step in found:
            usual = self._usual.get(step.radar, float(kernels.PARTS))
            # One step must not make the next one look usual.
            fresh = min(step.statistic, 3.0 * usual)
            self._usual[step.radar] = usual + USUAL_SHARE * (fresh - usual)

    def _levelled(self, step: Step) -> Step:
        """Return a step with the statistic that chance alone would have."""
        scale = max(self._usual.get(step.radar, 0.0) / kernels.PARTS, 1.0)
        return dataclasses.replace(step, statistic=step.statistic / scale)

    def newest(self, sums: Sums) -> list[Step]:
        """Return the step of each radar that the newest window alone tells of, however small.

        ``sums`` are those of all its targets, fitting or not, about ``settled.mean``.
        """
        known = self._open[-1].before
        vector = sums.vector + sums.information @ (self.settled.mean - known.mean)
        return self._tested(known.cov, Sums(sums.information, vector))

    def _tested(self, cov: Floats, sums: Sums) -> list[Step]:
        seen = np.flatnonzero(np.diag(sums.information) > 0.0)
        if len(seen) == 0:
            return []
        inner = np.ix_(seen, seen)
        information, prior = sums.information[inner], cov[inner]
        # L (1 + P L)^-1 = (L^-1 + P)^-1: what the windows tell where the past is not sure itself
        solved = np.linalg.solve(np.eye(len(seen)) + prior @ information, np.eye(len(seen)))
        weight = information @ solved
        score = sums.vector[seen] - weight @ (prior @ sums.vector[seen])
        found = []
        for radar, first in self.at.items():
            mine = np.flatnonzero((seen >= first) & (seen < first + kernels.PARTS))
            if len(mine) == 0:
                continue
            scale = self.prior[seen[mine] - first]
            told = weight[np.ix_(mine, mine)] + np.diag(1.0 / scale**2)
            spread = np.linalg.inv(told)
            change, sigma = np.zeros(kernels.PARTS), self.prior.copy()
            change[seen[mine] - first] = spread @ score[mine]
            sigma[seen[mine] - first] = np.sqrt(np.diag(spread))
            found.append(Step(radar, change, sigma, float(score[mine] @ spread @ score[mine])))
        return found

    def reopen(self, radars: Sequence[int], settled_back: int) -> None:
        """Let the errors of radars be anything again; forget so many of the settled windows."""
        if settled_back > 0 and self._past:
            self.settled = self._past[-min(settled_back, len(self._past))].before
        prior2, wide2 = np.zeros(len(self.mean)), np.zeros(len(self.mean))
        for radar in radars:
            columns = slice(self.at[radar], self.at[radar] + kernels.PARTS)
            prior2[columns] = self.prior**2
            wide2[columns] = (UNTOLD * self.prior) ** 2
        self.settled = self.now = _widened(self.settled, np.diag(prior2), np.diag(wide2))
        self._past, self._open = [], []

    def relative_sigmas(self, seen: list[int]) -> Floats:
        """Return each column's standard error against the mean of the radars ``seen``."""
        out = np.sqrt(np.diag(self.cov))
        if len(seen) < 2:
            return out
        for k in range(kernels.PARTS):
            columns = np.array([self.at[row] + k for row in seen])
            block = self.cov[np.ix_(columns, columns)]
            apart = np.eye(len(seen)) - 1.0 / len(seen)
            variance = np.einsum("ij,jk,ik->i", apart, block, apart)
            out[columns] = np.sqrt(np.maximum(variance, 0.0))
        return out


def _total(several: Sequence[Sums]) -> Sums:
    """Return the sum of sums about one mean; there is at least one."""
    information = np.add.reduce([one.information for one in several])
    return Sums(information, np.add.reduce([one.vector for one in several]))


def _widened(known: Known, cov: Floats, wide: Floats) -> Known:
    return Known(known.mean, known.cov + cov, known.wide + wide)


def _told(cov: Floats, information: Floats) -> Floats:
    """Return (cov^-1 + information)^-1, symmetric, without an inverse of ``cov``."""
    made = np.linalg.solve(np.eye(len(cov)) + cov @ information, cov)
    return np.asarray(0.5 * (made + made.T))


def prior_sigmas(settings: RegistrationSettings) -> Floats:
    """Return the standard deviation of each component before anything is seen; m, rad, rad, s."""
    return np.array(
        [
            settings.range_prior_m,
            np.radians(settings.azimuth_prior_deg),
            np.radians(settings.elevation_prior_deg),
            settings.clock_prior_s,
        ]
    )
