"""Beast recordings: escaped binary messages with a 48-bit stamp become frames."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.faults import FaultList
from jointsky.formats.modes import beast_kernels, clock
from jointsky.formats.modes.frames import ModeSFrames, frame_columns, rows_of
from jointsky.formats.options import ReadOptions

_KINDS = {
    beast_kernels.GARBAGE: ("garbage", "octets that belong to no Beast message"),
    beast_kernels.UNKNOWN: ("unknown-type", "a Beast message of a type that nobody describes"),
    beast_kernels.BROKEN: ("broken-message", "the next Beast message begins before this one ends"),
    beast_kernels.TRUNCATED: ("truncated", "the file ends inside a Beast message"),
}
_GPS_BIT = 0x10  # of the first octet of a Radarcape's status: GPS time stamps are on


class Pieces(NamedTuple):
    """What ``beast_kernels.split`` finds, one row a message or fault."""

    status: npt.NDArray[Any]
    offset: npt.NDArray[Any]
    size: npt.NDArray[Any]
    octets: npt.NDArray[Any]  # (rows, 14)
    lengths: npt.NDArray[Any]
    ticks: npt.NDArray[Any]
    level: npt.NDArray[Any]


@dataclasses.dataclass(frozen=True)
class Beast:
    """What a Beast recording holds: frames, their clock, and counts of the other messages."""

    frames: ModeSFrames
    clock: clock.Clock
    others: dict[str, int]
    without_time: int  # frames marked as made by multilateration or with no stamp at all


def split(data: bytes) -> Pieces:
    """Return every message and fault of Beast octets, in order; together they cover the file."""
    octets = np.frombuffer(data, np.uint8)
    rows = int(beast_kernels.count_rows(octets))
    pieces = Pieces(**frame_columns(rows), level=np.zeros(rows, np.uint8))
    used = beast_kernels.split(octets, np.zeros(32, np.uint8), pieces)
    return rows_of(pieces, slice(used))


def whole_messages(data: bytes) -> int:
    """Return how many of the first octets of a stream are whole messages, or damage among them.

    What follows is the begin of one message, at most 46 octets.
    """
    pieces = split(data)
    if not len(pieces.status) or pieces.status[-1] != beast_kernels.TRUNCATED:
        return len(data)
    return int(pieces.offset[-1])


def read_pieces(data: bytes, options: ReadOptions, faults: FaultList) -> Beast:
    """Return the frames of a Beast recording; raise InputError if it holds not one message."""
    pieces = split(data)
    found = pieces.status
    if not np.isin(found, (beast_kernels.FRAME, beast_kernels.STATUS)).any():
        raise InputError(
            "byte 0",
            f"{len(data)} octets without one whole Beast message",
            "1A, a type (31, 32, 33) and a message with every 1A doubled",
        )
    for code, (kind, text) in _KINDS.items():
        bad = found == code
        faults.add_many(pieces.offset[bad], kind, text, pieces.size[bad])
    others = {
        name: int((found == code).sum())
        for name, code in (
            ("Radarcape status", beast_kernels.STATUS),
            ("Radarcape position", beast_kernels.POSITION),
            ("receiver name", beast_kernels.RECEIVER),
        )
    }
    status = pieces.octets[found == beast_kernels.STATUS, 0]
    gps = bool((status & _GPS_BIT).any()) if len(status) else None
    frames = rows_of(pieces, found == beast_kernels.FRAME)
    times = clock.from_ticks(frames.ticks, options.date, gps)
    time_s = clock.without_outliers(
        times.time_s, frames.offset, frames.size, faults, "counter" in times.text
    )
    untimed = ~np.isfinite(times.time_s)
    keep = np.isfinite(time_s) | untimed
    made = ModeSFrames(frames.octets, frames.lengths, time_s, frames.offset).rows(keep)
    return Beast(
        frames=made,
        clock=dataclasses.replace(times, time_s=time_s[keep]),
        others={name: count for name, count in others.items() if count},
        without_time=int((untimed & (frames.lengths > 2)).sum()),
    )
