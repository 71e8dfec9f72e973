"""Clocks of receivers: counters and time stamps become POSIX seconds, jumps are noted."""

from __future__ import annotations

import calendar
import dataclasses
import datetime

import numpy as np
import numpy.typing as npt

from jointsky.formats.faults import FaultList
from jointsky.units import DAY_S

COUNTER_HZ = 12e6
MLAT_TICKS = 0xFF004D4C4154  # "MLAT": put in by dump1090 and readsb where there was no clock
UAT_TICKS = 0xFF004D4C4155
JUMP_S = 3600.0

_GPS_LOW = (1 << 30) - 1
_GPS_MESSAGES = 100

_Ticks = npt.NDArray[np.int64]
_Seconds = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Clock:
    """The times of N messages, (N,) POSIX seconds, NaN where not known, and what they are.

    ``date_known`` is True where the file or a person says the date, even if a counter or nominal
    times can only be put at the start of that day.
    """

    time_s: _Seconds
    text: str
    date_known: bool


def day_start_s(date: datetime.date | None) -> float:
    """Return the POSIX time at which a UTC day begins; no date gives 1970-01-01."""
    return float(calendar.timegm(date.timetuple())) if date is not None else 0.0


def has_no_time(ticks: _Ticks) -> npt.NDArray[np.bool_]:
    """Return where the counter was not set by a receiver: nought or the MLAT marks."""
    unset: npt.NDArray[np.bool_] = (ticks <= 0) | (ticks == MLAT_TICKS) | (ticks == UAT_TICKS)
    return unset


def looks_like_gps(ticks: _Ticks) -> bool:
    """Return whether 48-bit stamps are a Radarcape's: seconds of day << 30 | nanoseconds.

    A 12 MHz counter spends 7 % of its time with its low 30 bits above 10^9, which nanoseconds
    never reach; so a hundred messages over several turns of those bits tell.
    """
    if len(ticks) < _GPS_MESSAGES:
        return False
    seconds, nanoseconds = ticks >> 30, ticks & _GPS_LOW
    fits = bool((nanoseconds < 1_000_000_000).all() and (seconds < DAY_S).all())
    return fits and len(np.unique(seconds)) >= 3


def from_ticks(ticks: _Ticks, date: datetime.date | None, gps: bool | None = None) -> Clock:
    """Return the times behind Beast or AVR stamps; ``gps`` says what they are, if known.

    GPS stamps give the time of day, unwrapped across midnight.  A counter begins anywhere: the
    first message is put at the start of the day, and only differences mean something.
    """
    known = ~has_no_time(ticks)
    time_s = np.full(len(ticks), np.nan)
    start_s = day_start_s(date)
    if not known.any():
        return Clock(time_s, "no time stamps", False)
    good = ticks[known]
    if gps or (gps is None and looks_like_gps(good)):
        seconds = (good >> 30) + (good & _GPS_LOW) * 1e-9
        turns = np.round(np.diff(seconds, prepend=seconds[:1]) / DAY_S)
        time_s[known] = start_s + seconds - DAY_S * np.cumsum(turns)
        return Clock(time_s, "GPS seconds of day", date is not None)
    time_s[known] = start_s + (good - good[0]) / COUNTER_HZ
    return Clock(time_s, "12 MHz counter, first message at 0 s", date is not None)


def without_outliers(
    time_s: _Seconds, offset: _Ticks, size: _Ticks, faults: FaultList, restarts: bool
) -> _Seconds:
    """Return times without single wrong ones (NaN instead), every jump of an hour noted.

    A message whose time is over an hour from both its neighbours', while those agree, has a
    wrong time.  Where the clock itself jumps back (``restarts``: a counter began anew), all
    later times are moved so that it goes on where it stood.
    """
    index = np.flatnonzero(np.isfinite(time_s))
    if len(index) < 3:
        return time_s
    out = time_s.copy()
    times = time_s[index]
    before, after = np.abs(np.diff(times[:-1])), np.abs(np.diff(times[1:]))
    around = np.abs(times[2:] - times[:-2])
    wrong = np.zeros(len(times), bool)
    wrong[1:-1] = (before > JUMP_S) & (after > JUMP_S) & (around <= JUMP_S)
    wrong[0] = before[0] > JUMP_S and after[0] <= JUMP_S and len(times) > 3 and times[0] > times[1]
    wrong[-1] = after[-1] > JUMP_S and before[-1] <= JUMP_S
    rows = index[wrong]
    out[rows] = np.nan
    faults.add_many(offset[rows], "time-outlier", "a time far from its neighbours'", size[rows])
    index, times = index[~wrong], times[~wrong]
    steps = np.diff(times)
    jumps = np.flatnonzero(np.abs(steps) > JUMP_S)
    for k in jumps.tolist():
        row = index[k + 1]
        faults.add(int(offset[row]), "time-jump", f"the clock jumps by {steps[k]:.3f} s")
    back = np.where(steps < -JUMP_S, steps, 0.0)
    if restarts and back.any():
        out[index[1:]] = times[1:] - np.cumsum(back)
    return out
