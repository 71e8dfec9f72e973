"""Times of day become POSIX seconds, source by source, across midnight."""

from __future__ import annotations

import calendar
import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.batch import Bools, Floats
from jointsky.formats.asterix.walker import Integers
from jointsky.formats.asterix.wrong_times import wrong_times
from jointsky.units import DAY_S

TRUNCATED_PERIOD_S = 512.0  # I001/141 holds 16 bits of 1/128 s
BACKWARD_JUMP_S = 60.0
FORWARD_JUMP_S = 1800.0
FEW_RECORDS = 10  # a source with fewer, beside one with so many times more, goes by the others
FEW_RATIO = 50
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
    jumped_from_s: Floats  # at the first record after a step: the time before it; else NaN
    is_outlier: Bools  # far from its neighbours, which agree; no other time leans on it

    def rows(self, rows: slice) -> Times:
        """Return the times of some records."""
        return Times(self.time_s[rows], self.jumped_from_s[rows], self.is_outlier[rows])


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

    Within a source, a step of more than half a day is a midnight; wrong times are found first and
    count for nothing there.  The day is that of the receipt times where the container has them,
    else ``date`` for the first record, else 1970-01-01; a source that begins later in the file
    begins on the day of the records before it.
    """
    n = len(stamps.order)
    time_s, jumped_from_s = np.full(n, np.nan), np.full(n, np.nan)
    outlier = np.zeros(n, np.bool_)
    ranked = np.argsort(stamps.order, kind="stable")
    full = ranked[~np.isnan(stamps.time_of_day_s[ranked]) & ~stamps.is_truncated[ranked]]
    start_s = 0.0 if date is None else float(calendar.timegm(date.timetuple()))
    known_order, known_time = np.empty(0, np.int64), np.empty(0)
    busy, few = _busy_and_few(stamps.source[full])
    for source in busy:
        rows = full[stamps.source[full] == source]
        wrong = wrong_times(stamps.time_of_day_s[rows])
        times = _days_counted(stamps.time_of_day_s[rows], wrong)
        first = int(np.flatnonzero(~wrong)[0])
        receipt = stamps.receipt_time_s[rows]
        if date is None and not np.isnan(receipt).all():
            times = _nearest_days(stamps.time_of_day_s[rows], times, receipt)
        elif len(known_order) == 0:
            times = times + start_s
        else:
            about = _before(known_order, known_time, stamps.order[rows[first]])
            times = times + DAY_S * np.round((about - times[first]) / DAY_S)
        time_s[rows], outlier[rows] = times, wrong
        jumped_from_s[rows] = _jumps(times, wrong)
        merged = np.concatenate([known_order, stamps.order[rows[~wrong]]])
        sorting = np.argsort(merged, kind="stable")
        known_order = merged[sorting]
        known_time = np.concatenate([known_time, times[~wrong]])[sorting]
    for source in few:
        rows = full[stamps.source[full] == source]
        given = stamps.time_of_day_s[rows]
        about = _before(known_order, known_time, stamps.order[rows])
        time_s[rows] = given + DAY_S * np.round((about - given) / DAY_S)
        outlier[rows] = np.abs(time_s[rows] - about) > FORWARD_JUMP_S
    _complete(stamps, ranked[~outlier[ranked]], time_s)
    missing = np.isnan(time_s)
    time_s[missing] = stamps.receipt_time_s[missing]
    return Times(time_s, jumped_from_s, outlier)


def near_receipt(stamps: Stamps, date: datetime.date | None) -> Times:
    """Return the time of every record of a feed: the one nearest to its receipt, by our own clock.

    Nothing is to be found out of the records around it, so it costs little and a few records are
    as good as many.  What the clock of a source is worth is for others to judge.
    """
    given, receipt = stamps.time_of_day_s, stamps.receipt_time_s
    period = np.where(stamps.is_truncated, TRUNCATED_PERIOD_S, DAY_S)
    placed = given + period * np.round((receipt - given) / period)
    nothing = np.full(len(given), np.nan)
    time_s = np.where(np.isnan(placed), receipt, placed)
    return Times(time_s, nothing, np.zeros(len(given), np.bool_))


def jump_text(from_s: float, to_s: float) -> str:
    """Return what a step of a clock is: from which time of day to which, and how far."""
    step_s = to_s - from_s
    return (
        f"the time of the source jumps from {_clock(from_s)} to {_clock(to_s)} ({step_s:+,.1f} s)"
    )


def _clock(time_s: float) -> str:
    milliseconds = round(time_s * 1000.0) % round(DAY_S * 1000.0)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest / 1000.0:06.3f}"


def _busy_and_few(sources: npt.NDArray[np.int32]) -> tuple[list[int], list[int]]:
    """Return the sources as they appear, and those of so few records that they may be damage."""
    distinct, first, counts = np.unique(sources, return_index=True, return_counts=True)
    is_few = (counts < FEW_RECORDS) & (counts * FEW_RATIO < counts.max(initial=0))
    ranked = np.argsort(first)
    busy, few = ranked[~is_few[ranked]], ranked[is_few[ranked]]
    return distinct[busy].tolist(), distinct[few].tolist()


def _before(order: Integers, time_s: Floats, at: npt.ArrayLike) -> Floats:
    """Return the time of the last record before each place in the file, or the first there is."""
    return time_s[np.maximum(np.searchsorted(order, at) - 1, 0)]


def _days_counted(given: Floats, wrong: Bools) -> Floats:
    """Return times of day with a day added at each midnight, wrong ones on the nearest day."""
    times = given.copy()
    good = np.flatnonzero(~wrong)
    midnights = _midnights(np.diff(given[good]))
    times[good] += DAY_S * np.concatenate([[0.0], np.cumsum(midnights)])
    bad = np.flatnonzero(wrong)
    beside = times[good[np.maximum(np.searchsorted(good, bad) - 1, 0)]]
    times[bad] += DAY_S * np.round((beside - times[bad]) / DAY_S)
    return times


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


def _jumps(times: Floats, outlier: Bools) -> Floats:
    """Return the time before each step of the clock, in the row of the record after it."""
    out = np.full(len(times), np.nan)
    rows = np.flatnonzero(~outlier)
    steps = np.diff(times[rows])
    is_jump = (steps < -BACKWARD_JUMP_S) | (steps > FORWARD_JUMP_S)
    out[rows[1:][is_jump]] = times[rows[:-1][is_jump]]
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
