"""Rates: octets and messages a second on each link, from what was sent or from counters."""

from __future__ import annotations

import numpy as np

from jointsky.metrics.paths import Floats, Integers


def rates_of_sendings(
    edges_s: Floats, links: int, link: Integers, time_s: Floats, amount: Floats | Integers
) -> Floats:
    """Return what went over each link a second, (links, bins), from single sendings (n,).

    ``edges_s`` (bins + 1,) rise; ``link`` counts the links; ``amount`` is octets, or 1 for each
    message.  What was sent outside the edges is left out; the last edge belongs to the last bin.
    """
    bins = len(edges_s) - 1
    place = np.searchsorted(edges_s, time_s, side="right") - 1
    place[time_s == edges_s[-1]] = bins - 1
    inside = (place >= 0) & (place < bins)
    key = link[inside] * bins + place[inside]
    sums = np.bincount(key, np.asarray(amount, np.float64)[inside], minlength=links * bins)
    return np.asarray(sums.reshape(links, bins) / np.diff(edges_s))


def rates_of_counters(
    edges_s: Floats, links: int, link: Integers, time_s: Floats, counter: Floats | Integers
) -> Floats:
    """Return what went over each link a second, (links, bins), from readings of counters (n,).

    A counter rises from 0; where it fell its node began anew, and it counts from 0 again.  What
    was counted between two readings is spread evenly over the time between them.
    """
    out = np.zeros((links, len(edges_s) - 1))
    for row in range(links):
        mine = np.flatnonzero(link == row)
        mine = mine[np.argsort(time_s[mine], kind="stable")]
        if len(mine) < 2:
            continue
        read = np.asarray(counter, np.float64)[mine]
        step = np.diff(read)
        step = np.where(step < 0.0, read[1:], step)
        total = np.append(0.0, np.cumsum(step))
        out[row] = np.diff(np.interp(edges_s, time_s[mine], total)) / np.diff(edges_s)
    return out
