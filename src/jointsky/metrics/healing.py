"""Healing: how long after an outage the pictures agree again.

Agreement is a share over time, such as ``common`` between the sites that the outage parted.  Its
``before`` is the mean over ``before_s`` seconds before the outage began, over ``FEW`` moments at
least, without those of other outages; where nothing was common then, nobody can say when it was
so again.  The pictures agree again at the first moment, from the outage's end on, from which the
share stays at or above ``level`` times ``before`` for ``steady_s`` seconds (or up to the next
outage, or the end of what was recorded, where that comes first).  A relative level, because a
share that was never whole cannot be asked to become so, and because it wavers by single targets.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from jointsky.metrics.paths import Floats

FEW = 5


@dataclasses.dataclass(frozen=True)
class Healing:
    """One outage and what became of the agreement; NaN where nothing is known.

    ``agreed_after_s`` counts from the outage's end; infinite where they did not agree again as
    long as was recorded (or before the next outage began).
    """

    begin_s: float
    end_s: float
    before: float
    lowest: float
    goal: float
    agreed_after_s: float


def healings(
    time_s: Floats,
    share: Floats,
    outages_s: Sequence[tuple[float, float]],
    *,
    level: float = 0.95,
    before_s: float = 60.0,
    steady_s: float = 30.0,
) -> list[Healing]:
    """Return what became of a share (moments,) at rising times in each outage (begin, end).

    Moments at which the share is NaN are left out.
    """
    known = np.isfinite(share)
    time_s, share = np.asarray(time_s)[known], np.asarray(share)[known]
    windows = sorted(outages_s)
    found = []
    for k, (begin_s, end_s) in enumerate(windows):
        next_s = min((one[0] for one in windows[k + 1 :] if one[0] >= end_s), default=np.inf)
        is_whole = time_s < begin_s
        for other_begin_s, other_end_s in windows[:k]:
            is_whole &= (time_s < other_begin_s) | (time_s >= other_end_s)
        since_s = min([begin_s - before_s, *time_s[is_whole][-FEW:].tolist()])
        earlier = share[is_whole & (time_s >= since_s)]
        during = share[(time_s >= begin_s) & (time_s < max(end_s, begin_s))]
        before = float(earlier.mean()) if len(earlier) else float("nan")
        lowest = float(during.min()) if len(during) else float("nan")
        goal = level * before
        later = (time_s >= end_s) & (time_s < next_s)
        agreed_s = _steady_from(time_s[later], share[later] >= goal, steady_s)
        after_s = agreed_s - end_s if goal > 0.0 and later.any() else float("nan")
        found.append(Healing(begin_s, end_s, before, lowest, goal, after_s))
    return found


def _steady_from(time_s: Floats, is_good: np.ndarray, steady_s: float) -> float:
    """Return the first time from which all is good for ``steady_s``; infinite for never."""
    bad_s = time_s[~is_good]
    for start_s in time_s[is_good].tolist():
        next_bad = np.searchsorted(bad_s, start_s)
        if next_bad == len(bad_s) or bad_s[next_bad] > start_s + steady_s:
            return float(start_s)
    return float("inf")
