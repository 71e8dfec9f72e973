"""View: which targets somebody's sensors had in view, told from the plots that they made."""

from __future__ import annotations

import numpy as np

from jointsky.metrics.paths import Booleans, Floats, Integers

HOLD_S = 30.0  # three turns of a slow radar: a target unseen for longer is out of view


def between_plots(
    whose: Integers, when_s: Floats, target: Integers, time_s: Floats, hold_s: float = HOLD_S
) -> Booleans:
    """Return whether each target (n,) was in view at its time (n,): between two of its plots.

    ``whose`` and ``when_s`` are the targets and times of the plots (m,), in any order; ``target``
    is sorted.  The two plots lie at most ``hold_s`` apart.  A target that was never plotted is in
    nobody's view, however near.
    """
    order = np.lexsort((when_s, whose))
    whose, when_s = whose[order], when_s[order]
    out = np.zeros(len(target), bool)
    for one in np.unique(whose).tolist():
        low, high = np.searchsorted(whose, [one, one + 1])
        times = when_s[low:high]
        rows = slice(*np.searchsorted(target, [one, one + 1]).tolist())
        after = np.searchsorted(times, time_s[rows], side="left")
        inner = np.clip(after, 1, len(times) - 1) if len(times) > 1 else np.zeros_like(after)
        gap_s = times[inner] - times[inner - 1]
        between = (time_s[rows] >= times[0]) & (time_s[rows] <= times[-1])
        out[rows] = between & (gap_s <= hold_s) if len(times) > 1 else between
    return out
