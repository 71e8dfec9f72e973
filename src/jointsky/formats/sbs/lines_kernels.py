"""Kernels behind read.py: BaseStation lines become columns, and positions are joined.

Fields of a line, from 0: 4 address, 6 and 7 date and time of the message, 8 and 9 of the log,
10 call sign, 11 altitude (ft), 12 ground speed (kt), 13 track, 14 latitude, 15 longitude,
16 vertical rate (ft/min), 17 squawk, 18 alert, 19 emergency, 20 SPI, 21 on ground.
Source: BaseStation socket data (woodair.net), as dump1090 and readsb write it.
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel
from jointsky.formats.digits_kernels import hex_digit, number

MESSAGE = 1
EMPTY = 2
OTHER = 3  # SEL, ID, AIR, STA, CLK
NOT_SBS = 4
FIELDS = 5
ADDRESS = 6
TIME = 7
NUMBER = 8
RANGE = 9

FIELD_COUNT = 22
COMMA, LINE_FEED, RETURN, SPACE = 44, 10, 13, 32
JOIN_S = 5.0


@kernel
def count_lines(data):
    """Return how many lines the octets may hold."""
    lines = 1
    for c in data:
        lines += c == LINE_FEED
    return lines


@kernel
def _starts_with(data, start, end, a, b, c):
    return end - start >= 3 and data[start] == a and data[start + 1] == b and data[start + 2] == c


@kernel
def _is_other(data, start, end):
    """Return whether a line is another record of BaseStation."""
    if end - start >= 3 and data[start] == 73 and data[start + 1] == 68:  # ID,
        return data[start + 2] == COMMA
    return (
        _starts_with(data, start, end, 83, 69, 76)  # SEL
        or _starts_with(data, start, end, 65, 73, 82)  # AIR
        or _starts_with(data, start, end, 83, 84, 65)  # STA
        or _starts_with(data, start, end, 67, 76, 75)  # CLK
    )


@kernel
def _whole(data, start, stop):
    """Return the whole number in data[start:stop], or -1."""
    value = 0
    if stop <= start or stop - start > 9:
        return -1
    for k in range(start, stop):
        if not 48 <= data[k] <= 57:
            return -1
        value = value * 10 + (data[k] - 48)
    return value


@kernel
def posix_s(data, date_start, date_stop, time_start, time_stop):
    """Return the POSIX seconds of YYYY/MM/DD and HH:MM:SS.sss taken as UTC, or NaN.

    Days by Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
    """
    if date_stop - date_start != 10 or time_stop - time_start < 8:
        return math.nan
    year = _whole(data, date_start, date_start + 4)
    month = _whole(data, date_start + 5, date_start + 7)
    day = _whole(data, date_start + 8, date_stop)
    hour = _whole(data, time_start, time_start + 2)
    minute = _whole(data, time_start + 3, time_start + 5)
    second = number(data, time_start + 6, time_stop)
    if year < 1970 or not 1 <= month <= 12 or not 1 <= day <= 31:
        return math.nan
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0.0 <= second < 61.0):
        return math.nan
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return days * 86400.0 + hour * 3600.0 + minute * 60.0 + second


@kernel
def _is_set(data, start, stop):
    """Return whether a flag stands: any number but nought (BaseStation writes -1, others 1)."""
    return stop > start and not (stop - start == 1 and data[start] == 48)


@kernel
def _numbers(data, starts, stops, row, out):
    """Read fields 11 to 16 into out.values[row]; return whether each is empty or a number."""
    sound = True
    for field in range(11, 17):
        if stops[field] > starts[field]:
            value = number(data, starts[field], stops[field])
            out.values[row, field - 11] = value
            sound = sound and not math.isnan(value)
    return sound


@kernel
def _message(data, starts, stops, row, out):
    """Read the fields of an MSG line into row; return its status."""
    kind = _whole(data, starts[1], stops[1])
    if not 1 <= kind <= 8:
        return NOT_SBS
    out.kind[row] = kind
    address = 0
    size = stops[4] - starts[4]
    if size < 1 or size > 6:
        return ADDRESS
    for k in range(starts[4], stops[4]):
        digit = hex_digit(data[k])
        if digit < 0:
            return ADDRESS
        address = address << 4 | digit
    out.address[row] = address
    time_s = posix_s(data, starts[6], stops[6], starts[7], stops[7])
    if math.isnan(time_s):
        time_s = posix_s(data, starts[8], stops[8], starts[9], stops[9])
    if math.isnan(time_s):
        return TIME
    out.time_s[row] = time_s
    if not _numbers(data, starts, stops, row, out):
        return NUMBER
    if abs(out.values[row, 3]) > 90.0 or abs(out.values[row, 4]) > 180.0:
        return RANGE
    for k in range(min(stops[10] - starts[10], 8)):
        out.call_sign[row, k] = data[starts[10] + k]
    if stops[17] - starts[17] == 4:
        code = 0
        for k in range(starts[17], stops[17]):
            code = code * 8 + (data[k] - 48) if 48 <= data[k] <= 55 and code >= 0 else -1
        out.mode_a[row] = code
    for k in range(4):
        out.marks[row, k] = _is_set(data, starts[18 + k], stops[18 + k])
    out.has_ground[row] = stops[21] > starts[21]
    return MESSAGE


@kernel
def read_lines(data, starts, stops, out):
    """Fill ``out`` (read.Lines) from octets ``data``; return the number of rows.

    ``starts`` and ``stops`` (22,) are room to work in.
    """
    row, at, size = 0, 0, data.shape[0]
    while at < size:
        end = at
        while end < size and data[end] != LINE_FEED:
            end += 1
        first, last = at, end
        while last > first and data[last - 1] in (RETURN, SPACE):
            last -= 1
        out.offset[row], out.size[row] = at, end - at
        if first == last:
            out.status[row] = EMPTY
        elif not _starts_with(data, first, last, 77, 83, 71):
            out.status[row] = OTHER if _is_other(data, first, last) else NOT_SBS
        else:
            field, k = 0, first
            while k <= last and field < FIELD_COUNT:
                starts[field] = k
                while k < last and data[k] != COMMA:
                    k += 1
                stops[field] = k
                while stops[field] > starts[field] and data[stops[field] - 1] == SPACE:
                    stops[field] -= 1
                field += 1
                k += 1
            out.status[row] = FIELDS
            if field == FIELD_COUNT:
                out.status[row] = _message(data, starts, stops, row, out)
        row += 1
        at = end + 1
    return row


@kernel
def join(aircraft, lines, velocity_row, sign_row, squawk_row, ground, out):
    """Fill ``out`` (read.Joined) for every line, in the order of the file.

    ``aircraft`` (N,) numbers the senders; ``velocity_row``, ``sign_row``, ``squawk_row`` (A,)
    start at -1 and ``ground`` (A,) at 0.  Each row gets the row of the newest velocity (5 s old
    at most), call sign and Mode A code of its aircraft, and whether it is on the ground.
    """
    for n in range(aircraft.shape[0]):
        a = aircraft[n]
        if not math.isnan(lines.values[n, 1]):
            velocity_row[a] = n
        if lines.call_sign[n, 0] > SPACE:
            sign_row[a] = n
        if lines.mode_a[n] >= 0:
            squawk_row[a] = n
        if lines.kind[n] == 2:
            ground[a] = 1
        elif lines.has_ground[n]:
            ground[a] = lines.marks[n, 3]
        elif lines.kind[n] == 3:
            ground[a] = 0
        out.sign[n], out.squawk[n], out.ground[n] = sign_row[a], squawk_row[a], ground[a]
        v = velocity_row[a]
        if v >= 0 and abs(lines.time_s[n] - lines.time_s[v]) <= JOIN_S:
            out.velocity[n] = v
