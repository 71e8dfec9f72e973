"""Kernels behind text.py: lines of AVR, hex or CSV become frames.

A line is read as AVR where it begins with one of ``* @ % < :``, else as fields between
separators.  ``status``: 1 frame, 2 nothing (blank, comment, header), 3 not a frame, 4 not ended,
5 a frame of a length that does not exist, 6 a time that is not a number.
"""
# mypy: ignore-errors

from jointsky._jit import kernel
from jointsky.formats.digits_kernels import hex_digit, number

FRAME = 1
EMPTY = 2
NOT_A_FRAME = 3
NOT_ENDED = 4
LENGTH = 5
TIME = 6

STAR, AT, PERCENT, LESS, COLON, SEMICOLON = 42, 64, 37, 60, 58, 59
LINE_FEED, RETURN, SPACE, TAB, QUOTE, HASH = 10, 13, 32, 9, 34, 35


@kernel
def _is_blank(c):
    return c in (SPACE, TAB, RETURN, QUOTE)


@kernel
def _starts_avr(c):
    return c in (STAR, AT, PERCENT, LESS, COLON)


@kernel
def _put_frame(data, start, stop, row, out):
    """Read the hex digits of data[start:stop] into row; return a status."""
    digits = stop - start
    for k in range(start, stop):
        if hex_digit(data[k]) < 0:
            return NOT_A_FRAME
    if digits not in (4, 14, 28):
        return LENGTH
    for k in range(digits // 2):
        high, low = hex_digit(data[start + 2 * k]), hex_digit(data[start + 2 * k + 1])
        out.octets[row, k] = high << 4 | low
    out.lengths[row] = digits // 2
    return FRAME


@kernel
def _put_avr(data, start, end, row, out):
    """Read one AVR message from data[start] on; return its status and where it ends."""
    stop = start + 1
    while stop < end and data[stop] != SEMICOLON and not _starts_avr(data[stop]):
        stop += 1
    if stop == end or data[stop] != SEMICOLON:
        last = stop
        while last > start and (_is_blank(data[last - 1])):
            last -= 1
        return NOT_ENDED, stop
    first = start + 1
    if data[start] in (AT, PERCENT, LESS):
        ticks = 0
        after = first + 12
        if data[start] == LESS:
            after += 2  # signal level
        if after > stop:
            return LENGTH, stop + 1
        for k in range(first, first + 12):
            digit = hex_digit(data[k])
            if digit < 0:
                return NOT_A_FRAME, stop + 1
            ticks = ticks << 4 | digit
        out.ticks[row] = ticks
        first = after
    return _put_frame(data, first, stop, row, out), stop + 1


@kernel
def _put_fields(data, start, end, separator, time_column, frame_column, row, out):
    """Read one line of fields data[start:end] into row; return its status."""
    column, k, status = 0, start, NOT_A_FRAME
    while k <= end:
        first = k
        while k < end and data[k] != separator:
            k += 1
        last = k
        while first < last and _is_blank(data[first]):
            first += 1
        while last > first and _is_blank(data[last - 1]):
            last -= 1
        if column == time_column:
            out.time_start[row], out.time_stop[row] = first, last
            out.time[row] = number(data, first, last)
        if column == frame_column:
            if last > first and _starts_avr(data[first]):
                status, _ = _put_avr(data, first, last, row, out)
            else:
                status = _put_frame(data, first, last, row, out)
        column += 1
        k += 1
    return status


@kernel
def count_rows(data):
    """Return how many rows ``read_lines`` may need: line ends and AVR starts."""
    rows = 1
    for c in data:
        rows += c == LINE_FEED or _starts_avr(c)
    return rows


@kernel
def read_lines(data, separator, time_column, frame_column, out):
    """Fill ``out`` (text.Lines) from octets ``data`` and return the number of rows.

    ``time_column`` and ``frame_column`` count from 0; -1 where there is no time.
    """
    row, start, size = 0, 0, data.shape[0]
    if size >= 3 and data[0] == 0xEF and data[1] == 0xBB and data[2] == 0xBF:
        start = 3
    while start < size:
        end = start
        while end < size and data[end] != LINE_FEED:
            end += 1
        first, last = start, end
        while first < last and _is_blank(data[first]):
            first += 1
        while last > first and _is_blank(data[last - 1]) and data[last - 1] != QUOTE:
            last -= 1
        if first == last or data[first] == HASH:
            out.status[row], out.offset[row], out.size[row] = EMPTY, start, end - start
            row += 1
        elif _starts_avr(data[first]):
            while first < last:
                out.status[row], after = _put_avr(data, first, last, row, out)
                out.offset[row], out.size[row] = first, after - first
                row += 1
                first = after
                while first < last and not _starts_avr(data[first]):
                    first += 1  # what stands between two messages of a line belongs to none
        else:
            out.offset[row], out.size[row] = start, end - start
            out.status[row] = _put_fields(
                data, first, last, separator, time_column, frame_column, row, out
            )
            row += 1
        start = end + 1
    return row
