"""Updates: how often a target's track is renewed, and how long it is silent.

A target's time is cut into intervals of the length that a standard asks for; the probability of
update is the share of intervals in which a track of this target was updated (a point that was
only moved on is no update).  Long gaps: the share of intervals without an update that lie in a
silence longer than the standard allows.  (EUROCONTROL-SPEC-147; EUROCAE ED-142 3.3.)
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.metrics import accuracy_kernels as kernels
from jointsky.metrics.paths import Floats, Integers, Paths


@dataclasses.dataclass(frozen=True)
class UpdateCounts:
    """Counts for each target path, (paths,): intervals, those with an update, those in long gaps.

    ``gaps`` counts the silences that were too long.
    """

    interval_s: float
    long_gap_s: float
    expected: Integers
    updated: Integers
    in_long_gaps: Integers
    gaps: Integers

    def probability(self) -> float:
        """Return the probability of update over all targets."""
        total = int(self.expected.sum())
        return float(self.updated.sum()) / total if total else float("nan")

    def long_gap_share(self) -> float:
        """Return the share of intervals that were missed in long gaps."""
        total = int(self.expected.sum())
        return float(self.in_long_gaps.sum()) / total if total else float("nan")

    def targets_reaching(self, probability: float) -> tuple[int, int]:
        """Return how many targets reach this probability of update, of how many."""
        some = self.expected > 0
        reached = self.updated[some] >= probability * self.expected[some] - 1e-9
        return int(reached.sum()), int(some.sum())


@dataclasses.dataclass(frozen=True)
class Updates:
    """Times at which each target was updated: those of path p are start[p] to start[p + 1]."""

    time_s: Floats
    start: Integers


def updates_of(
    reference: Paths, tracks: Paths, truth: Integers, good: npt.NDArray[np.bool_]
) -> Updates:
    """Return the update times of each target, by the tracks that are assigned to it.

    ``truth`` (track points,) is each point's target path; only ``good`` points count.
    """
    rows = np.flatnonzero((truth >= 0) & tracks.updated & ~tracks.ended & good)
    rows = rows[np.lexsort((tracks.time_s[rows], truth[rows]))]
    start = np.searchsorted(truth[rows], np.arange(len(reference.names) + 1))
    return Updates(tracks.time_s[rows], start.astype(np.int64))


def count_updates(
    reference: Paths,
    updates: Updates,
    interval_s: float,
    long_gap_s: float,
    *,
    max_gap_s: float,
    within: Updates | None,
) -> UpdateCounts:
    """Count expected intervals and what came of them.

    With ``within`` a target is expected to be tracked from the first to the last of these updates
    (where nobody knows what the sensors could see), else as long as the reference sees it.
    """
    n = len(reference.names)
    first, last = np.full(n, -np.inf), np.full(n, np.inf)
    if within is not None:
        some = np.diff(within.start) > 0
        first, last = np.full(n, np.inf), np.full(n, -np.inf)
        first[some] = within.time_s[within.start[:-1][some]]
        last[some] = within.time_s[within.start[1:][some] - 1]
    counts = [np.empty(n, np.int64) for _ in range(4)]
    kernels.expected_updates(
        reference.time_s,
        reference.start,
        max_gap_s,
        first,
        last,
        updates.start,
        updates.time_s,
        interval_s,
        long_gap_s,
        *counts,
    )
    return UpdateCounts(interval_s, long_gap_s, *counts)


def update_intervals(updates: Updates) -> Floats:
    """Return the times between successive updates of one target, in seconds."""
    gap = np.diff(updates.time_s)
    within = np.ones(len(gap), bool)
    bounds = updates.start[1:-1]
    within[bounds[(bounds > 0) & (bounds <= len(gap))] - 1] = False
    return gap[within]
