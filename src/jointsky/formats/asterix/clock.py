"""Times of day become POSIX seconds, source by source, across midnight."""

from __future__ import annotations

import calendar
import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.batch import Bools, Floats
from jointsky.formats.asterix.walker import Integers
from jointsky.units import DAY_S

TRUNCATED_PERIOD_S = 512.0  # I001/141 holds 16 bits of 1/128 s
BACKWARD_JUMP_S = 60.0
FORWARD_JUMP_S = 1800.0
OUTLIER_S = 120.0
RECEIPT_NEIGHBOURS = 5
RECEIPT_OFF_S = 3600.0


class Stamps(NamedTuple):
    """One row for each record of a file, in any order.

    ``order`` grows along the file; ``time_of_day_s`` is NaN where none was sent; where
    ``is_truncated`` it is the rest after whole periods of 512 s; ``tells_full`` marks CAT002.
    """

    order: Integers
    source: npt.NDArray[np.int32]
    time_of_day_s: Floats
    receipt_time_s: Floats
    is_truncated: Bools
    tells_full: Bools


class Times(NamedTuple):
    """POSIX seconds in the rows of the stamps; NaN where no time can be given."""

    time_s: Floats
    is_jump: Bools  # the first record after a step
    is_outlier: Bools  # alone far from its neighbours, which agree


def sound_receipts(receipt_time_s: Floats) -> Floats:
    """Return the receipt times of frames, NaN where one is an hour off its neighbours' median.

    A wrong bit in the head of one packet would otherwise move its records by years.
    """
    known = np.flatnonzero(~np.isnan(receipt_time_s))
    out = receipt_time_s.copy()
    if len(known) >= RECEIPT_NEIGHBOURS:
        half = RECEIPT_NEIGHBOURS // 2
        padded = np.pad(receipt_time_s[known], half, mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, RECEIPT_NEIGHBOURS)
        wrong = np.abs(receipt_time_s[known] - np.median(windows, axis=1)) > RECEIPT_OFF_S
        out[known[wrong]] = np.nan
    return out


def unwrap(stamps: Stamps, date: datetime.date | None) -> Times:
    """Return the time of every record.

    Within a source, a step of more than half a day is a midnight.  The day is that of the receipt
    times where the container has them, else ``date`` for the first record, else 1970-01-01; a
    source that begins later in the file begins on the day of the records before it.
    """
    n = len(stamps.order)
    time_s = np.full(n, np.nan)
    jump, outlier = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    ranked = np.argsort(stamps.order, kind="stable")
    full = ranked[~np.isnan(stamps.time_of_day_s[ranked]) & ~stamps.is_truncated[ranked]]
    start_s = 0.0 if date is None else float(calendar.timegm(date.timetuple()))
    known_order, known_time = np.empty(0, np.int64), np.empty(0)
    for source in _in_order_of_appearance(stamps.source[full]):
        rows = full[stamps.source[full] == source]
        given = stamps.time_of_day_s[rows]
        times = given + DAY_S * np.concatenate([[0.0], np.cumsum(_midnights(np.diff(given)))])
        receipt = stamps.receipt_time_s[rows]
        if date is None and not np.isnan(receipt).all():
            times = _nearest_days(given, times, receipt)
        elif len(known_order) == 0:
            times = times + start_s
        else:
            before = max(int(np.searchsorted(known_order, stamps.order[rows[0]])) - 1, 0)
            times = times + DAY_S * np.round((known_time[before] - times[0]) / DAY_S)
        time_s[rows] = times
        outlier[rows] = _outliers(times)
        jump[rows] = _jumps(times, outlier[rows])
        merged = np.concatenate([known_order, stamps.order[rows]])
        sorting = np.argsort(merged, kind="stable")
        known_order = merged[sorting]
        known_time = np.concatenate([known_time, times])[sorting]
    _complete(stamps, ranked, time_s)
    missing = np.isnan(time_s)
    time_s[missing] = stamps.receipt_time_s[missing]
    return Times(time_s, jump, outlier)


def _in_order_of_appearance(sources: npt.NDArray[np.int32]) -> list[int]:
    distinct, first = np.unique(sources, return_index=True)
    return [int(distinct[k]) for k in np.argsort(first)]


def _midnights(steps_s: Floats) -> Floats:
    return np.where(steps_s < -DAY_S / 2, 1.0, np.where(steps_s > DAY_S / 2, -1.0, 0.0))


def _nearest_days(given: Floats, times: Floats, receipt: Floats) -> Floats:
    """Return the times on the days nearest to the receipt times less their usual offset.

    The offset (a slow link, or a recorder that keeps local time) is taken out first, so that a
    record at midnight is not moved by it; where a receipt time is missing the day goes on.
    """
    delay = receipt - given
    first = delay[~np.isnan(delay)][0]
    about = (delay - first + DAY_S / 2) % DAY_S - DAY_S / 2
    offset = first + np.nanmedian(about)
    offset -= DAY_S * np.round(offset / DAY_S)
    days = np.round((delay - offset) / DAY_S)
    shift = np.nanmedian(days * DAY_S + given - times)
    placed: Floats = np.where(np.isnan(days), times + shift, given + DAY_S * days)
    return placed


def _outliers(times: Floats) -> Bools:
    """Return which record is far from both neighbours while they agree with each other."""
    out = np.zeros(len(times), np.bool_)
    if len(times) < 3:
        return out
    steps = np.abs(np.diff(times))
    across = np.abs(times[2:] - times[:-2])
    out[1:-1] = (steps[1:] > OUTLIER_S) & (steps[:-1] > OUTLIER_S) & (across <= OUTLIER_S)
    if len(times) >= 10:
        out[0] = steps[0] > OUTLIER_S and bool((steps[1:4] <= OUTLIER_S).all())
        out[-1] = steps[-1] > OUTLIER_S and bool((steps[-4:-1] <= OUTLIER_S).all())
    return out


def _jumps(times: Floats, outlier: Bools) -> Bools:
    out = np.zeros(len(times), np.bool_)
    rows = np.flatnonzero(~outlier)
    steps = np.diff(times[rows])
    out[rows[1:]] = (steps < -BACKWARD_JUMP_S) | (steps > FORWARD_JUMP_S)
    return out


def _complete(stamps: Stamps, ranked: Integers, time_s: Floats) -> None:
    """Give plots of CAT001 the time nearest to the last CAT002 of their source.

    Before the first CAT002 the next one serves; a plot without any time of its own gets that of
    the sector in which it was sent.
    """
    tellers = ranked[stamps.tells_full[ranked] & ~np.isnan(time_s[ranked])]
    for source in np.unique(stamps.source[stamps.is_truncated]):
        told = tellers[stamps.source[tellers] == source]
        rows = np.flatnonzero(stamps.is_truncated & (stamps.source == source))
        if len(told) == 0:
            about = stamps.receipt_time_s[rows]
        else:
            before = np.searchsorted(stamps.order[told], stamps.order[rows]) - 1
            about = time_s[told[np.maximum(before, 0)]]
        rest = stamps.time_of_day_s[rows] - about
        half = TRUNCATED_PERIOD_S / 2
        nearest = about + (rest + half) % TRUNCATED_PERIOD_S - half
        time_s[rows] = np.where(np.isnan(nearest), about, nearest)
