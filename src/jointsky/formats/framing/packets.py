"""Captured packets become frames: UDP payloads, with octet offset, receipt time and port."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.formats.framing import packets_kernels as kernels
from jointsky.formats.framing.captures import Packets
from jointsky.formats.framing.fragments import Whole, reassemble
from jointsky.formats.framing.noting import Notes

_SKIPPED = {
    kernels.NOT_IP: "packets that are not IP",
    kernels.TCP: "TCP packets",
    kernels.OTHER_PROTOCOL: "IP packets of other protocols",
}
_FAULTS = {
    kernels.CUT: ("cut-packet", "{captured} of {original} octets were captured; no payload"),
    kernels.MALFORMED: ("malformed-packet", "its IP or UDP header contradicts itself"),
}
_UDP_PROTOCOL = 17
_UDP_HEAD_OCTETS = 8


@dataclasses.dataclass(frozen=True)
class Payloads:
    """UDP payloads in ``data`` (the file, and behind it what was put together), one row each."""

    data: bytes
    start: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    wire: npt.NDArray[np.int64]  # octets on the wire: more than length where it was cut
    offset: npt.NDArray[np.int64]
    time_s: npt.NDArray[np.float64]
    port: npt.NDArray[np.int32]


def payloads_of(data: bytes, packets: Packets, notes: Notes) -> Payloads:
    """Return the UDP payloads of captured packets; note what else there was."""
    octets = np.frombuffer(data, np.uint8)
    table = np.zeros((len(packets.start), 8), np.int64)
    kernels.dissect(octets, packets.start, packets.captured, packets.link, table)
    kind = table[:, 0]
    for code, what in _SKIPPED.items():
        notes.skip(what, int((kind == code).sum()))
    for link in np.unique(packets.link[kind == kernels.UNKNOWN_LINK]).tolist():
        count = int((packets.link[kind == kernels.UNKNOWN_LINK] == link).sum())
        notes.skip(f"packets of link type {link}, which is not supported", count)
    for code, (name, text) in _FAULTS.items():
        for row in np.flatnonzero(kind == code).tolist():
            captured, original = int(packets.captured[row]), int(packets.original[row])
            said = text.format(captured=captured, original=original)
            notes.fault(int(packets.start[row]), name, said, captured)
    for row in np.flatnonzero(kind == kernels.CUT_UDP).tolist():
        _, at, size, _, wanted, _, _, _ = table[row].tolist()
        text = f"{size} of {wanted} octets of the payload were captured; what is whole is kept"
        notes.fault(at, "cut-packet", text)
    fragments = np.flatnonzero(kind == kernels.FRAGMENT)
    whole = reassemble(data, fragments, table, packets.time_s, notes) if len(fragments) else []
    direct = np.flatnonzero((kind == kernels.UDP) | (kind == kernels.CUT_UDP))
    unread = (kind == kernels.CUT) | (kind == kernels.MALFORMED)
    notes.overhead_octets += int(
        packets.captured[~unread].sum() - table[direct, 2].sum() - table[fragments, 2].sum()
    )
    return _together(data, packets, table, direct, whole, notes)


def _together(
    data: bytes,
    packets: Packets,
    table: npt.NDArray[np.int64],
    direct: npt.NDArray[np.int64],
    whole: list[Whole],
    notes: Notes,
) -> Payloads:
    columns = [[*(table[direct, at] for at in (1, 2, 4, 1, 3)), direct]]
    pieces, used = [data], len(data)
    for packet in whole:
        if packet.protocol != _UDP_PROTOCOL:
            notes.skip("fragmented IP packets of other protocols")
            notes.overhead_octets += len(packet.content)
            continue
        octets = np.frombuffer(packet.content, np.uint8)
        row = np.zeros(8, np.int64)
        kernels.udp_in_buffer(octets, 0, len(octets), row)
        if row[0] != kernels.UDP:
            text = "an IP packet put together from fragments whose UDP header contradicts it"
            notes.fault(packet.offset, "malformed-packet", text, len(packet.content))
            continue
        size = int(row[2])
        notes.overhead_octets += len(packet.content) - size
        offset = packet.offset + _UDP_HEAD_OCTETS
        made = [used + _UDP_HEAD_OCTETS, size, size, offset, int(row[3]), packet.row]
        columns.append([np.array([value], np.int64) for value in made])
        pieces.append(packet.content)
        used += len(packet.content)
    joined = [np.concatenate(parts) for parts in zip(*columns, strict=True)]
    order = np.argsort(joined[3], kind="stable")
    start, length, wire, offsets, port, packet_row = (column[order] for column in joined)
    return Payloads(
        data=data if len(pieces) == 1 else b"".join(pieces),
        start=start,
        length=length,
        wire=wire,
        offset=offsets,
        time_s=packets.time_s[packet_row],
        port=port.astype(np.int32),
    )
