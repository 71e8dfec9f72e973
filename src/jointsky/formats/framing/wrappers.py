"""Files in which each message is wrapped: FINAL, ORADIS, GPS recorder, .rply.

Layouts, checked on real files:

- FINAL: u16 length of all, u8 board, u8 line, u8 recording day, u24 time of day in 10 ms, blocks,
  then A5 A5 A5 A5.  The time is the recorder's own: within 1.2 s of the messages in one file,
  hours away in others, and without a date; so it is not used.
- ORADIS: u16 length of all, u32 counter in 10 ms, blocks.
- GPS recorder: 2,200 octets of file header, then one block and 10 octets (time) in turn.
- .rply: u32 length of the blocks, u32 milliseconds since the start, both little-endian, blocks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.formats.frames import Frames
from jointsky.formats.framing import wrappers_kernels as kernels
from jointsky.formats.framing.noting import Notes

KINDS = {
    "final": kernels.FINAL,
    "oradis": kernels.ORADIS,
    "gps-recorder": kernels.GPS,
    "rply": kernels.RPLY,
}
GPS_HEADER_OCTETS = 2200
_BREAKS_ROOM = 64
_SMALLEST_UNIT = {"final": 12, "oradis": 10, "gps-recorder": 14, "rply": 12}
_WANTED = {
    "final": "a FINAL frame (u16 length ... A5A5A5A5)",
    "oradis": "an ORADIS frame (u16 length, 4 octets, ASTERIX blocks)",
    "gps-recorder": "an ASTERIX block and 10 octets",
    "rply": "a u32 length, u32 milliseconds and ASTERIX blocks",
}


def split(
    data: bytes, container: str, notes: Notes, first: int = 0, end: int | None = None
) -> npt.NDArray[np.int64]:
    """Return the payloads of a wrapped file, shape (U, 2): first octet and octets."""
    octets = np.frombuffer(data, np.uint8)
    kind = KINDS[container]
    last = len(data) if end is None else end
    if container == "gps-recorder":
        notes.overhead_octets += min(GPS_HEADER_OCTETS, last - first)
        first = min(first + GPS_HEADER_OCTETS, last)
    units = np.zeros(((last - first) // _SMALLEST_UNIT[container] + 2, 2), np.int64)
    breaks = np.zeros((_BREAKS_ROOM, 3), np.int64)
    count, broken = kernels.split(octets, first, last, kind, units, breaks)
    if count > len(units) or broken > len(breaks):
        units = np.zeros((max(count, 1), 2), np.int64)
        breaks = np.zeros((max(broken, 1), 3), np.int64)
        count, broken = kernels.split(octets, first, last, kind, units, breaks)
    kept = 0
    for begin, stop, saved in breaks[:broken].tolist():
        found = data[begin : begin + 8].hex(" ")
        text = f"found {found}; wanted {_WANTED[container]}"
        if saved:
            text += f"; {saved} octets of whole blocks in it were kept"
        notes.fault(begin, "broken-frame", text, stop - begin - saved)
        kept += int(saved > 0)
    around = int(kernels.head_octets(kind) + kernels.tail_octets(kind))
    notes.overhead_octets += (count - kept) * around
    return units[:count]


def open_wrapped(data: bytes, container: str) -> Frames:
    """Return the frames of a FINAL, ORADIS, GPS-recorder or .rply file."""
    notes = Notes()
    units = split(data, container, notes)
    count = len(units)
    return Frames(
        container=container,
        data=data,
        start=np.ascontiguousarray(units[:, 0]),
        length=np.ascontiguousarray(units[:, 1]),
        offset=np.ascontiguousarray(units[:, 0]),
        receipt_time_s=np.full(count, np.nan),
        port=np.full(count, -1, np.int32),
        faults=notes.faults,
        fault_counts=notes.fault_counts,
        skipped=notes.skipped,
        overhead_octets=notes.overhead_octets,
        fault_octets=notes.fault_octets,
    )
