"""Captures (pcap, pcapng) become tables of packets: where each lies, when it came, on which link.

An own reader, since no library tells the octet at which a fault lies: see docs/why/own-pcap.md.
Sources: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.framing import pcap_kernels as kernels
from jointsky.formats.framing.interfaces import in_sections, times_s
from jointsky.formats.framing.noting import Notes

_PCAP_MAGICS = {
    b"\xa1\xb2\xc3\xd4": (True, 1_000_000),
    b"\xd4\xc3\xb2\xa1": (False, 1_000_000),
    b"\xa1\xb2\x3c\x4d": (True, 1_000_000_000),
    b"\x4d\x3c\xb2\xa1": (False, 1_000_000_000),
}
_PCAPNG_MAGIC = b"\n\r\r\n"
_BROKEN_ROOM = 1024


@dataclasses.dataclass(frozen=True)
class Packets:
    """Captured packets, one row each, in the order of the file."""

    start: npt.NDArray[np.int64]
    captured: npt.NDArray[np.int64]  # octets in the file
    original: npt.NDArray[np.int64]  # octets on the wire
    time_s: npt.NDArray[np.float64]  # POSIX seconds; NaN where the capture has none
    link: npt.NDArray[np.int64]  # link type, tcpdump.org/linktypes.html


def kind_of(data: bytes) -> str | None:
    """Return "pcap" or "pcapng" if a file begins as one, else None."""
    if data[:4] in _PCAP_MAGICS:
        return "pcap"
    if data[:4] == _PCAPNG_MAGIC and data[8:12] in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"):
        return "pcapng"
    return None


def packets_of(data: bytes, where: str, notes: Notes) -> Packets:
    """Return the packets of a pcap or pcapng file; raise InputError where it is neither."""
    kind = kind_of(data)
    if kind == "pcap":
        return _pcap(data, where, notes)
    if kind == "pcapng":
        return _pcapng(data, notes)
    raise InputError(where, f"begins with {data[:4].hex(' ')}", "a pcap or pcapng file")


def _pcap(data: bytes, where: str, notes: Notes) -> Packets:
    if len(data) < 24:
        raise InputError(
            f"{where}: byte 0", f"a pcap file of {len(data)} octets", "its header of 24 octets"
        )
    big, ticks = _PCAP_MAGICS[data[:4]]
    octets = np.frombuffer(data, np.uint8)
    # the upper 4 bits of the link type say whether a frame check sequence is there
    link = int(kernels.u32(octets, 20, big)) & 0x0FFFFFFF
    room = len(data) // 64 + 16
    packets = np.zeros((room, 5), np.int64)
    breaks = np.zeros((_BROKEN_ROOM, 2), np.int64)
    count, broken = kernels.walk_pcap(octets, 24, big, ticks, packets, breaks)
    if count > room or broken > _BROKEN_ROOM:
        packets = np.zeros((max(count, 1), 5), np.int64)
        breaks = np.zeros((max(broken, 1), 2), np.int64)
        count, broken = kernels.walk_pcap(octets, 24, big, ticks, packets, breaks)
    packets = packets[:count]
    for begin, end in breaks[:broken].tolist():
        notes.fault(begin, "broken-packet-header", _header_text(data, begin, big), end - begin)
    notes.overhead_octets += 24 + 16 * count
    return Packets(
        start=packets[:, 0].copy(),
        captured=packets[:, 1].copy(),
        original=packets[:, 2].copy(),
        time_s=packets[:, 3] + packets[:, 4] / ticks,
        link=np.full(count, link & 0xFFFF, np.int64),
    )


def _header_text(data: bytes, at: int, big: bool) -> str:
    left = len(data) - at
    if left < 16:
        return f"{left} octets left; wanted a packet header of 16"
    octets = np.frombuffer(data, np.uint8)
    captured = int(kernels.u32(octets, at + 8, big))
    original = int(kernels.u32(octets, at + 12, big))
    if captured > left - 16:
        return f"a packet of {captured} octets where {left - 16} are left"
    return f"not a packet header: {captured} octets captured of {original}"


def _pcapng(data: bytes, notes: Notes) -> Packets:
    octets = np.frombuffer(data, np.uint8)
    room = len(data) // 64 + 16
    blocks = np.zeros((room, 4), np.int64)
    breaks = np.zeros((_BROKEN_ROOM, 2), np.int64)
    count, broken = kernels.walk_pcapng(octets, blocks, breaks)
    if count > room or broken > _BROKEN_ROOM:
        blocks = np.zeros((max(count, 1), 4), np.int64)
        breaks = np.zeros((max(broken, 1), 2), np.int64)
        count, broken = kernels.walk_pcapng(octets, blocks, breaks)
    blocks = blocks[:count]
    for begin, end in breaks[:broken].tolist():
        text = f"found {data[begin : begin + 8].hex(' ')}; wanted a pcapng block"
        notes.fault(begin, "broken-capture-block", text, end - begin)
    interfaces, first_of_section = in_sections(data, blocks, notes)
    snap = np.array([interface.snap for interface in interfaces], np.int64)
    table = np.zeros((count, 6), np.int64)
    made = kernels.packets_of_blocks(octets, blocks, first_of_section, snap, table)
    start, captured, original, high, low, which = table[:made].T
    notes.overhead_octets += int(blocks[:, 2].sum() - captured[captured > 0].sum())
    good = (captured >= 0) & (which < len(interfaces))
    for row in np.flatnonzero(~good).tolist():
        if captured[row] < 0:
            text = "a packet block that is shorter than the packet it announces"
        else:
            text = f"a packet of interface {which[row]}, which nothing declares"
        notes.fault(int(start[row]), "broken-packet-block", text, max(int(captured[row]), 0))
    links = np.array([interface.link for interface in interfaces] or [0], np.int64)
    return Packets(
        start=start[good].copy(),
        captured=captured[good].copy(),
        original=original[good].copy(),
        time_s=times_s(high[good], low[good], which[good], interfaces),
        link=links[which[good]],
    )
