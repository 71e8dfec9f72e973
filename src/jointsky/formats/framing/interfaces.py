"""Interfaces of a capture: link type, snap length and clock of each, from its declarations."""

from __future__ import annotations

import dataclasses
import struct

import numpy as np
import numpy.typing as npt

from jointsky.formats.framing.noting import Notes

SECTION, INTERFACE = 0x0A0D0D0A, 1
_OPTION_END, _OPTION_TSRESOL, _OPTION_TSOFFSET = 0, 9, 14


@dataclasses.dataclass(frozen=True)
class Interface:
    """One interface: ``ticks_per_s`` is 10 or 2 to a power, ``offset_s`` is added to its times."""

    link: int
    snap: int
    ticks_per_s: int = 1_000_000
    offset_s: int = 0


def declared(data: bytes, at: int, total: int, big: bool, notes: Notes) -> Interface:
    """Return what the interface block at ``at`` says (draft-ietf-opsawg-pcapng, 4.2)."""
    order = ">" if big else "<"
    if total < 20:
        notes.fault(at, "broken-interface", f"an interface block of {total} octets; wanted 20")
        return Interface(link=-1, snap=0)
    link, _, snap = struct.unpack_from(order + "HHI", data, at + 8)
    ticks, offset_s = 1_000_000, 0
    place, end = at + 16, at + total - 4
    while place + 4 <= end:
        code, size = struct.unpack_from(order + "HH", data, place)
        if code == _OPTION_END or place + 4 + size > end:
            break
        value = data[place + 4 : place + 4 + size]
        if code == _OPTION_TSRESOL and size == 1:
            ticks = 2 ** (value[0] & 127) if value[0] & 128 else 10 ** value[0]
        if code == _OPTION_TSOFFSET and size == 8:
            offset_s = struct.unpack(order + "q", value)[0]
        place += 4 + (size + 3) // 4 * 4
    if ticks > 10**19:
        notes.fault(at, "unusable-clock", f"a clock of {ticks:.3g} ticks a second; times not used")
        ticks = 0
    return Interface(link=link, snap=snap, ticks_per_s=ticks, offset_s=offset_s)


def in_sections(
    data: bytes, blocks: npt.NDArray[np.int64], notes: Notes
) -> tuple[list[Interface], npt.NDArray[np.int64]]:
    """Return all interfaces, and for each block the row of the first one of its section."""
    interfaces: list[Interface] = []
    first_of_section = np.zeros(len(blocks), np.int64)
    rows = np.flatnonzero((blocks[:, 0] == SECTION) | (blocks[:, 0] == INTERFACE))
    for row in rows.tolist():
        kind, at, total, big = blocks[row].tolist()
        if kind == SECTION:
            first_of_section[row:] = len(interfaces)
        else:
            interfaces.append(declared(data, at, total, bool(big), notes))
    return interfaces, first_of_section


def times_s(
    high: npt.NDArray[np.int64],
    low: npt.NDArray[np.int64],
    which: npt.NDArray[np.int64],
    interfaces: list[Interface],
) -> npt.NDArray[np.float64]:
    """Return POSIX seconds of packets whose clocks read ``high`` and ``low`` (32 bits each)."""
    out = np.full(len(high), np.nan)
    ticks = (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)
    for row, interface in enumerate(interfaces):
        mine = (which == row) & (high >= 0)
        if interface.ticks_per_s == 0 or not mine.any():
            continue
        per_s = np.uint64(interface.ticks_per_s)
        whole, part = np.divmod(ticks[mine], per_s)
        seconds = whole.astype(np.float64) + part / np.float64(per_s)
        out[mine] = seconds + float(interface.offset_s)
    return out
