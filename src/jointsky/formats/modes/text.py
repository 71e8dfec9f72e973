"""Text recordings of Mode S: AVR lines, plain hex, or CSV with a frame and perhaps a time."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import math
import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.faults import FaultList
from jointsky.formats.modes import clock, text_kernels
from jointsky.formats.modes.frames import ModeSFrames, frame_columns, rows_of
from jointsky.formats.options import ReadOptions

_SAMPLE_LINES = 200
_SAMPLE_OCTETS = 1 << 16
_FRAME = re.compile(r"[*@%<:]?[0-9A-Fa-f]{14}(?:[0-9A-Fa-f]{14})?(?:[0-9A-Fa-f]{12,14})?;?")
_TIME_NAME = re.compile(r"time|epoch|^ts$|date", re.IGNORECASE)
_KINDS = {
    text_kernels.NOT_A_FRAME: ("not-a-frame", "not hexadecimal digits of a Mode S frame"),
    text_kernels.NOT_ENDED: ("not-ended", "an AVR message without its closing ;"),
    text_kernels.LENGTH: ("frame-length", "a frame must have 4, 14 or 28 hexadecimal digits"),
}


class Lines(NamedTuple):
    """What ``text_kernels.read_lines`` finds, one row a message or line."""

    status: npt.NDArray[Any]
    offset: npt.NDArray[Any]
    size: npt.NDArray[Any]
    octets: npt.NDArray[Any]  # (rows, 14)
    lengths: npt.NDArray[Any]
    ticks: npt.NDArray[Any]  # AVR stamps; 0 where there is none
    time: npt.NDArray[Any]  # as written
    time_start: npt.NDArray[Any]
    time_stop: npt.NDArray[Any]


@dataclasses.dataclass(frozen=True)
class Layout:
    """Where the fields of a line stand: columns from 0, -1 for no time."""

    separator: str
    frame_column: int
    time_column: int
    has_header: bool

    @property
    def name(self) -> str:
        """Return the format's name for Reading.format."""
        return "modes/csv" if self.time_column >= 0 else "modes/hex"


def _sample(data: bytes) -> list[str]:
    text = data[:_SAMPLE_OCTETS].decode("latin-1").removeprefix("\xef\xbb\xbf")
    lines = text.splitlines()
    if len(data) > _SAMPLE_OCTETS:
        lines = lines[:-1] or lines
    return [line for line in lines if line.strip() and line[0] != "#"][:_SAMPLE_LINES]


def guess_layout(data: bytes) -> Layout:
    """Return how the lines of a text recording are laid out; raise InputError if they are not."""
    lines = _sample(data)
    if not lines:
        raise InputError("byte 0", "an empty file", "lines of AVR, hexadecimal or CSV frames")
    best: tuple[int, Layout] | None = None
    for separator in ",;\t| ":
        rows = [[field.strip() for field in row] for row in csv.reader(lines, delimiter=separator)]
        for column in range(min(max(map(len, rows)), 64)):
            cells = [row[column] if column < len(row) else "" for row in rows]
            count = sum(bool(_FRAME.fullmatch(cell)) for cell in cells)
            if count and (best is None or count > best[0]):
                has_header = not _FRAME.fullmatch(cells[0]) and len(rows[0]) == len(rows[-1])
                time_column = _guess_time(rows, column, has_header)
                best = count, Layout(separator, column, time_column, has_header)
    if best is None:
        if any(_FRAME.match(line.strip()) or line.strip()[0] in "*@%<:" for line in lines):
            return Layout(",", 0, -1, False)
        raise InputError(
            "byte 0",
            f"no line of the first {len(lines)} holds a Mode S frame",
            "14 or 28 hexadecimal digits in a line, as AVR (*...;), bare, or a field of CSV",
        )
    return best[1]


def _guess_time(rows: list[list[str]], frame_column: int, has_header: bool) -> int:
    """Return the column that is most like a time, or -1."""
    best, best_score = -1, 0
    for column in range(min(max(map(len, rows)), 64)):
        if column == frame_column:
            continue
        cells = [row[column] for row in rows[has_header:] if column < len(row)]
        values = np.array([_seconds(cell) for cell in cells])
        good = np.isfinite(values)
        if good.sum() < 0.9 * len(rows[has_header:]) or not good.any():
            continue
        values = values[good]
        named = has_header and column < len(rows[0]) and _TIME_NAME.search(rows[0][column])
        score = 4 * bool(named) + 2 * bool(np.median(values) > 1e8)
        steps = np.diff(values)
        score += bool(len(steps) and (steps >= 0).mean() > 0.95 and (steps > 0).any())
        if score > best_score:
            best, best_score = column, score
    return best


def _seconds(cell: str) -> float:
    """Return a number, or the POSIX seconds of an ISO 8601 time (UTC if it has no zone)."""
    try:
        value = float(cell)
    except ValueError:
        try:
            moment = datetime.datetime.fromisoformat(cell)
        except ValueError:
            return math.nan
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return moment.timestamp()
    return value if math.isfinite(value) else math.nan


def read_lines(
    data: bytes, options: ReadOptions, faults: FaultList
) -> tuple[str, ModeSFrames, clock.Clock]:
    """Return the format's name, the frames and what is known of their times."""
    layout = guess_layout(data)
    lines = _split(data, layout)
    if layout.has_header and len(lines.status):
        lines.status[0] = text_kernels.EMPTY
    for code, (kind, text) in _KINDS.items():
        bad = lines.status == code
        faults.add_many(lines.offset[bad], kind, text, lines.size[bad])
    lines = rows_of(lines, lines.status == text_kernels.FRAME)
    if (lines.ticks > 0).any():
        times = clock.from_ticks(lines.ticks, options.date)
        name, restarts = "modes/avr", "counter" in times.text
    elif layout.time_column >= 0:
        times, restarts = _written_times(data, lines, options, faults), False
        name = layout.name
    else:
        times, restarts = _nominal_times(len(lines.status), options), False
        starred = len(lines.offset) and data[lines.offset[0] : lines.offset[0] + 1] in b"*:"
        name = "modes/avr" if starred else layout.name
    time_s = clock.without_outliers(times.time_s, lines.offset, lines.size, faults, restarts)
    keep = np.isfinite(time_s) | ~np.isfinite(times.time_s)
    frames = ModeSFrames(lines.octets, lines.lengths, time_s, lines.offset).rows(keep)
    return name, frames, dataclasses.replace(times, time_s=time_s[keep])


def _split(data: bytes, layout: Layout) -> Lines:
    octets = np.frombuffer(data, np.uint8)
    rows = int(text_kernels.count_rows(octets))
    lines = Lines(
        **frame_columns(rows),
        time=np.full(rows, np.nan),
        time_start=np.zeros(rows, np.int64),
        time_stop=np.zeros(rows, np.int64),
    )
    used = text_kernels.read_lines(
        octets, ord(layout.separator), layout.time_column, layout.frame_column, lines
    )
    return rows_of(lines, slice(used))


def _nominal_times(size: int, options: ReadOptions) -> clock.Clock:
    """Return no times or, if the user gave a spacing, evenly spaced ones."""
    spacing_s = options.frame_spacing_s
    if spacing_s is None:
        return clock.Clock(np.full(size, np.nan), "no time stamps", False)
    time_s = np.arange(size, dtype=np.float64) * spacing_s + clock.day_start_s(options.date)
    text = f"no time stamps: {spacing_s:g} s between frames as told"
    return clock.Clock(time_s, text, options.date is not None)


def _written_times(
    data: bytes, lines: Lines, options: ReadOptions, faults: FaultList
) -> clock.Clock:
    """Return the times of a CSV column: POSIX seconds to nanoseconds, ISO 8601, or relative."""
    time = lines.time
    rest = np.flatnonzero(np.isnan(time))
    for row in rest.tolist():
        cell = data[lines.time_start[row] : lines.time_stop[row]].decode("latin-1")
        time[row] = _seconds(cell)
    bad = np.isnan(time)
    faults.add_many(lines.offset[bad], "time", "a time that is not one", lines.size[bad])
    good = time[~bad]
    middle = float(np.median(np.abs(good))) if len(good) else 0.0
    for above, unit_s, name in ((1e17, 1e-9, "ns"), (1e14, 1e-6, "us"), (1e11, 1e-3, "ms")):
        if middle > above:
            return clock.Clock(time * unit_s, f"POSIX {name}", True)
    if middle > 1e8:
        return clock.Clock(time, "POSIX s", True)
    return clock.Clock(
        time + clock.day_start_s(options.date),
        "seconds from an unknown start",
        options.date is not None,
    )
