"""Kernels behind beast.py: escaped Beast octets become frames.

A message is 1A, its type, and a body in which each 1A is doubled: 6 octets time stamp, 1 octet
signal level, and 2, 7 or 14 octets for types '1', '2', '3'; 14 for the status '4'; 21 in all for
the position '5' of a Radarcape; E3 (readsb) is followed by 8 octets that name a receiver.
Source: Mode-S Beast data output formats (wiki.jetvision.de); readsb net_io.c.
"""
# mypy: ignore-errors

from jointsky._jit import kernel

ESCAPE = 0x1A

FRAME = 1
STATUS = 2  # type '4'
POSITION = 3  # type '5'
RECEIVER = 4  # type E3
GARBAGE = 5  # octets that belong to no message
UNKNOWN = 6  # a type that nobody describes
BROKEN = 7  # the next message begins before this one ends
TRUNCATED = 8  # the file ends first


@kernel
def body_size(kind):
    """Return the octets behind a type, escapes not counted; -1 for an unknown type."""
    if kind == 0x31:
        return 9
    if kind == 0x32:
        return 14
    if kind in (0x33, 0x34, 0x35):
        return 21
    if kind == 0xE3:
        return 8
    return -1


@kernel
def count_rows(data):
    """Return how many rows ``split`` may need: two for each escape and one more."""
    rows = 2
    for c in data:
        rows += 2 * (c == ESCAPE)
    return rows


@kernel
def _begins(data, at):
    """Return whether a message begins at data[at]: an escape that is not doubled."""
    return data[at] == ESCAPE and not (at + 1 < data.shape[0] and data[at + 1] == ESCAPE)


@kernel
def _next_start(data, at):
    """Return where the next message begins at or behind ``at``, or the size of the data."""
    size = data.shape[0]
    while at < size and not _begins(data, at):
        at += 2 if data[at] == ESCAPE else 1
    return min(at, size)


@kernel
def _body(data, at, wanted, buffer):
    """Read ``wanted`` octets behind ``at`` without escapes; return (octets read, next)."""
    size = data.shape[0]
    have = 0
    while have < wanted and at < size:
        if data[at] == ESCAPE:
            if at + 1 >= size or data[at + 1] != ESCAPE:
                break
            at += 1
        buffer[have] = data[at]
        have += 1
        at += 1
    return have, at


@kernel
def _store(kind, buffer, row, out):
    ticks = 0
    for k in range(6):
        ticks = ticks << 8 | buffer[k]
    out.ticks[row] = ticks
    out.level[row] = buffer[6]
    first = 0 if kind == 0x35 else 7
    for k in range(first, body_size(kind)):
        if k - first < 14:
            out.octets[row, k - first] = buffer[k]
    out.lengths[row] = 2 if kind == 0x31 else 7 if kind == 0x32 else 14


@kernel
def split(data, buffer, out):
    """Fill ``out`` (beast.Pieces) from octets ``data``; return the number of rows.

    ``buffer`` (21,) is room to work in.  Every octet belongs to exactly one row.
    """
    row, at, size = 0, 0, data.shape[0]
    while at < size:
        start = at
        if not _begins(data, at):
            at = _next_start(data, at)
            status = GARBAGE
        elif at + 1 >= size:
            at, status = size, TRUNCATED
        else:
            kind = data[at + 1]
            wanted = body_size(kind)
            have, at = _body(data, at + 2, max(wanted, 0), buffer)
            if wanted < 0:
                status = UNKNOWN
                at = _next_start(data, at)
            elif have < wanted:
                cut = at >= size or (at + 1 >= size and data[at] == ESCAPE)
                status = TRUNCATED if cut else BROKEN
                if cut:
                    at = size
            else:
                status = FRAME
                if kind == 0x34:
                    status = STATUS
                elif kind == 0x35:
                    status = POSITION
                elif kind == 0xE3:
                    status = RECEIVER
                if kind != 0xE3:
                    _store(kind, buffer, row, out)
        out.status[row], out.offset[row], out.size[row] = status, start, at - start
        row += 1
    return row
