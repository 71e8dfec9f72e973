"""Opening a recording of ASTERIX: which container it is in, and the frames inside."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError, did_you_mean
from jointsky.formats.frames import Frames, whole_file
from jointsky.formats.framing import blocks_kernels, wrappers, wrappers_kernels
from jointsky.formats.framing.captures import kind_of, packets_of
from jointsky.formats.framing.noting import Notes
from jointsky.formats.framing.packets import Payloads, payloads_of

CONTAINERS = ("raw", *wrappers.KINDS, "pcap", "pcapng")
_LOOK_OCTETS = 1 << 20
_LEAST_SHARE = 0.5
_LEAST_SHARE_OF_PORT = 0.25


def open_frames(data: bytes, where: str, container: str | None = None) -> Frames:
    """Return the frames in a file; ``container`` None means that it is guessed from the octets.

    ``where`` names the file in errors.  What cannot be read is in the frames' faults, with the
    octet at which it lies; payload, overhead and fault octets add up to the file.
    """
    if not data:
        raise InputError(where, "an empty file", "a recording")
    kind = container or guess_container(data) or "raw"
    if kind not in CONTAINERS:
        hint = did_you_mean(kind, CONTAINERS)
        raise InputError(where, f"container {kind!r}", " or ".join(CONTAINERS), hint)
    if kind == "raw":
        return whole_file(data)
    if kind in wrappers.KINDS:
        return wrappers.open_wrapped(data, kind)
    return _open_capture(data, where)


def guess_container(data: bytes) -> str | None:
    """Return the container that a file is in, or None where it does not look like ASTERIX at all.

    A capture is told by its first octets.  Of the others, those come into question whose rules
    explain half of the first megabyte; the one is taken that has to begin anew least often.
    """
    capture = kind_of(data)
    if capture:
        return capture
    found = {name: fit for name, fit in _fits(data).items() if fit.is_believable}
    return min(found, key=lambda name: (found[name].breaks, -found[name].share)) if found else None


@dataclasses.dataclass(frozen=True)
class _Fit:
    """How well the rules of one container explain a file."""

    share: float  # of the octets, in whole blocks and what wraps them
    breaks: int
    blocks: int
    is_begun_well: bool  # the first break lies in the last third

    @property
    def is_believable(self) -> bool:
        """Return whether noise would hardly fit so well: there, a break follows each block."""
        return self.share >= _LEAST_SHARE and (self.is_begun_well or self.blocks >= 3 * self.breaks)


def _fits(data: bytes) -> dict[str, _Fit]:
    """Return how well each container but captures explains the first megabyte."""
    part = data[:_LOOK_OCTETS]
    octets = np.frombuffer(part, np.uint8)
    found = {}
    for name in wrappers.KINDS:
        head = wrappers.GPS_HEADER_OCTETS if name == "gps-recorder" else 0
        notes = Notes()
        units = wrappers.split(part, name, notes)
        inside, breaks, blocks = blocks_kernels.octets_in_chains(
            octets, units[:, 0].copy(), units[:, 1].copy()
        )
        two_thirds = (head + 2 * len(part)) // 3
        around = max(notes.overhead_octets - head, 0)
        found[name] = _Fit(
            share=(inside + around) / max(len(part) - head, 1),
            breaks=breaks + sum(notes.fault_counts.values()),
            blocks=blocks,
            is_begun_well=len(units) > 0
            and (not notes.faults or notes.faults[0].offset >= two_thirds),
        )
    whole = np.array([0]), np.array([len(part)])
    inside, breaks, blocks = blocks_kernels.octets_in_chains(octets, *whole)
    begun_well = blocks_kernels.chain_end(octets, 0, len(part)) >= max(2 * len(part) // 3, 1)
    found["raw"] = _Fit(inside / max(len(part), 1), breaks, blocks, begun_well)
    return found


def _open_capture(data: bytes, where: str) -> Frames:
    notes = Notes()
    packets = packets_of(data, where, notes)
    payloads = payloads_of(data, packets, notes)
    wrapped = _wrapping_of_ports(payloads, notes)
    inside = sorted({name for name in wrapped.values() if name in wrappers.KINDS})
    parts = [_plain_rows(payloads, wrapped)]
    parts += [_unwrapped_rows(payloads, wrapped, name, notes) for name in inside]
    start, length, row = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((start, row))
    start, length, row = start[order], length[order], row[order]
    return Frames(
        container="/".join([kind_of(data) or "pcap", *inside]),
        data=payloads.data,
        start=start,
        length=length,
        offset=payloads.offset[row] + start - payloads.start[row],
        receipt_time_s=payloads.time_s[row],
        port=payloads.port[row],
        faults=sorted(notes.faults, key=lambda fault: fault.offset),
        fault_counts=notes.fault_counts,
        skipped=notes.skipped,
        overhead_octets=notes.overhead_octets,
        fault_octets=notes.fault_octets,
    )


def _wrapping_of_ports(payloads: Payloads, notes: Notes) -> dict[int, str]:
    """Return, for each UDP port, in which wrapping ("raw": none) it carries ASTERIX.

    A port of which not one payload in four begins as ASTERIX is passed over and counted.
    """
    octets = np.frombuffer(payloads.data, np.uint8)
    fits = {"raw": np.zeros(len(payloads.start), np.bool_)}
    blocks_kernels.begin_as_blocks(
        octets, payloads.start, payloads.length, payloads.wire, fits["raw"]
    )
    for name in ("final", "oradis"):
        fits[name] = np.zeros(len(payloads.start), np.bool_)
        kind = wrappers.KINDS[name]
        wrappers_kernels.hold_unit(octets, payloads.start, payloads.length, kind, fits[name])
    found = {}
    for port in np.unique(payloads.port).tolist():
        mine = payloads.port == port
        share = {name: float(fit[mine].mean()) for name, fit in fits.items()}
        best = max(share, key=lambda name: share[name])
        if share[best] >= _LEAST_SHARE_OF_PORT:
            found[port] = best
        else:
            notes.skip(f"UDP packets to port {port}, which are not ASTERIX", int(mine.sum()))
            notes.overhead_octets += int(payloads.length[mine].sum())
    return found


_Rows = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


def _plain_rows(payloads: Payloads, wrapped: dict[int, str]) -> _Rows:
    ports = [port for port, name in wrapped.items() if name == "raw"]
    rows = np.flatnonzero(np.isin(payloads.port, ports))
    return payloads.start[rows], payloads.length[rows], rows


def _unwrapped_rows(payloads: Payloads, wrapped: dict[int, str], name: str, notes: Notes) -> _Rows:
    """Return first octet, octets and payload row of the units inside wrapped payloads."""
    ports = [port for port, wrapping in wrapped.items() if wrapping == name]
    starts, lengths, rows = [], [], []
    for row in np.flatnonzero(np.isin(payloads.port, ports)).tolist():
        first = int(payloads.start[row])
        inner = Notes()
        units = wrappers.split(payloads.data, name, inner, first, first + int(payloads.length[row]))
        notes.add(inner, int(payloads.offset[row]) - first)
        starts.append(units[:, 0])
        lengths.append(units[:, 1])
        rows.append(np.full(len(units), row))
    return np.concatenate(starts), np.concatenate(lengths), np.concatenate(rows)
