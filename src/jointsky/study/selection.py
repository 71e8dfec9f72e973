"""Which of several arms is best, with a stated probability, at no more runs than that takes.

The fully sequential procedure KN of Kim and Nelson (2001, ACM TOMACS 11:3), with c = 1 and
Bonferroni's bound, so that arms may meet the same random numbers: that makes it quicker, not wrong.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.study import checks

Floats = npt.NDArray[np.float64]
LEAST_RUNS = 20


class Selection:
    """Arms that may still be the best; each run of all of them may tell some to leave.

    The best arm is left at the end with probability ``probability`` or more wherever it is better
    than every other by ``indifference`` (in the unit of the values) or more; where others are
    nearer, so that who is best does not matter, one of the good ones is.  Larger is better.
    Values are taken for normal, so feed means of small batches of what is counted or rare.
    """

    def __init__(
        self,
        arms: int,
        indifference: float,
        probability: float = 0.95,
        least_runs: int = LEAST_RUNS,
    ) -> None:
        k = checks.count(arms, "arms", least=2)
        n = checks.count(least_runs, "least_runs", least=2)
        if not 1.0 / k < probability < 1.0:
            raise ValueError(f"probability is {probability}; it must lie between 1/{k} and 1")
        self.indifference = checks.positive(indifference, "indifference")
        self.least_runs = n
        self.runs = 0
        error = (1.0 - probability) / (k - 1)  # of each comparison (Bonferroni)
        eta = ((2.0 * error) ** (-2.0 / (n - 1)) - 1.0) / 2.0
        self._h2 = 2.0 * eta * (n - 1)  # 6.01 for 2 arms, 10 runs and 0.95
        self._first: list[Floats] = []
        self._sums = np.zeros(k)
        self._left = np.arange(k)
        self._variances = np.zeros((k, k))  # of differences; inf: there was no difference

    @property
    def left(self) -> tuple[int, ...]:
        """The arms that may still be the best, rising."""
        return tuple(int(arm) for arm in self._left)

    @property
    def is_done(self) -> bool:
        """Whether more runs tell nothing more: one arm is left, or only arms that are alike.

        Alike are arms of which no run of the first ``least_runs`` told one from the other: they
        may be the same or differ too seldom, and nothing is claimed of a choice among them.
        """
        others = ~np.eye(len(self._left), dtype=bool)
        return bool(np.isinf(self._variances_left()[others]).all())

    @property
    def means(self) -> Floats:
        """Means of the arms that are left, in the order of ``left``; NaN before the first run."""
        return self._sums[self._left] / self.runs if self.runs else np.full(len(self._left), np.nan)

    def add(self, values: npt.ArrayLike) -> tuple[int, ...]:
        """Take one run of each arm of ``left``, in that order, and return the arms then left."""
        found = checks.sample(values, "values")
        if len(found) != len(self._left):
            raise ValueError(
                f"values has {len(found)} values; {len(self._left)} arms are left: {self.left}"
            )
        self._sums[self._left] += found
        self.runs += 1
        if self.runs <= self.least_runs:
            self._first.append(found)
        if self.runs == self.least_runs:
            self._variances = _variances_of_differences(np.array(self._first))
        if self.runs >= self.least_runs:
            self._eliminate()
        return self.left

    def _eliminate(self) -> None:
        """Let arms leave that some other arm of those that were left is ahead of by its bound."""
        d = self.indifference
        bound = np.maximum(self._h2 * self._variances_left() / d - d * self.runs, 0.0) / 2.0
        sums = self._sums[self._left]
        behind = sums[:, None] < sums[None, :] - bound
        self._left = self._left[~behind.any(axis=1)]

    def _variances_left(self) -> Floats:
        return self._variances[np.ix_(self._left, self._left)]


def _variances_of_differences(first: Floats) -> Floats:
    """Return the variance of the differences of each two arms, (k, k), of the ``first`` (n, k).

    Infinite where two arms were the same in every run: that is no knowledge of how they differ.
    """
    apart = first[:, :, None] - first[:, None, :]
    variances: Floats = apart.var(axis=0, ddof=1)
    variances[~apart.any(axis=0)] = np.inf
    return variances
