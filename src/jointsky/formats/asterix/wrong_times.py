"""Times of day that cannot be, found by the records around them before midnights are counted."""

from __future__ import annotations

import numpy as np

from jointsky.formats.asterix.batch import Bools, Floats
from jointsky.formats.asterix.walker import Integers
from jointsky.units import DAY_S

NEAR_S = 120.0
NEAR_STEPS = 15.0  # so that all records around count as near where a source reports seldom
HALF_WINDOW = 7  # records to either side that may speak for or against a time
AGREE = 2  # so many neighbours of the same opinion make a time believed
EDGE_RECORDS = 10  # fewer tell nothing of a first or last one


def wrong_times(given: Floats) -> Bools:
    """Return which times of day are wrong: alone, or two together, among others that agree.

    Each record is held against the seven before and the seven after it.  It is wrong if fewer
    than two of them are near it while more than half of them are near each other, on both sides;
    near the ends of the file one side is enough.  Nearness knows no midnight.
    """
    out = np.zeros(len(given), np.bool_)
    n, half = len(given), HALF_WINDOW
    if n < 3:
        return out
    near_s = max(NEAR_S, NEAR_STEPS * float(np.median(_apart(given[1:], given[:-1]))))
    support = np.zeros(n, np.int64)
    for k in range(1, min(half, n - 1) + 1):
        is_near = _apart(given[k:], given[:-k]) <= near_s
        support[k:] += is_near
        support[:-k] += is_near
    lonely = np.flatnonzero(support < AGREE)
    slots = lonely[:, None] + np.concatenate([np.arange(-half, 0), np.arange(1, half + 1)])
    exists = (slots >= 0) & (slots < n)
    around = np.where(exists, given[np.clip(slots, 0, n - 1)], np.nan)
    best_left, best_right = np.zeros(len(lonely), np.int64), np.zeros(len(lonely), np.int64)
    for k in range(2 * half):
        agree = _apart(around, around[:, k : k + 1]) <= near_s
        left, right = agree[:, :half].sum(axis=1), agree[:, half:].sum(axis=1)
        better = left + right > best_left + best_right
        best_left, best_right = (
            np.where(better, left, best_left),
            np.where(better, right, best_right),
        )
    enough = 2 * (best_left + best_right) > exists.sum(axis=1)
    spoken = _suffices(best_left, lonely, n) & _suffices(best_right, n - 1 - lonely, n)
    out[lonely] = enough & spoken & (best_left + best_right >= 2)
    return out


def _suffices(agreeing: Integers, available: Integers, records: int) -> Bools:
    """Return whether so many on one side speak against a time, where so many there are."""
    if records < EDGE_RECORDS:
        wanted = np.clip(available, 1, AGREE)
    else:
        wanted = np.where(available > AGREE, AGREE, 0)
    enough: Bools = agreeing >= wanted
    return enough


def _apart(one: Floats, other: Floats) -> Floats:
    """Return how far times of day are apart, at most half a day."""
    apart: Floats = np.abs((one - other + DAY_S / 2) % DAY_S - DAY_S / 2)
    return apart
