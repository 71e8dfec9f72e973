"""IP fragments become whole packets again.

Fragments of one packet share addresses, protocol and identification, and come within 30 s of one
another (Linux's ip_frag_time).  Fragments may come in any order and twice; where two disagree on
an octet, the packet is not used (RFC 5722 asks for it), and nothing is guessed for a missing one.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.formats.framing.noting import Notes

LIFETIME_S = 30.0
_MOST_OCTETS = 65535
_PLACE_UNIT_OCTETS = 8


@dataclasses.dataclass
class _Parts:
    """The fragments of one packet, as far as they have come."""

    first_time_s: float
    rows: list[int] = dataclasses.field(default_factory=list)
    pieces: list[tuple[int, int, int]] = dataclasses.field(default_factory=list)
    total: int | None = None  # octets of the whole packet, once its last fragment is here
    have: int = 0  # octets of all pieces, with overlaps counted twice


@dataclasses.dataclass(frozen=True)
class Whole:
    """One packet put together: its octets, its protocol, its first and its last row."""

    content: bytes
    protocol: int
    offset: int  # octet in the file at which its first fragment's payload begins
    row: int  # packet that completed it


def reassemble(
    data: bytes,
    rows: npt.NDArray[np.int64],
    dissected: npt.NDArray[np.int64],
    time_s: npt.NDArray[np.float64],
    notes: Notes,
) -> list[Whole]:
    """Return the packets that the fragments in ``rows`` of ``dissected`` make, in order."""
    waiting: dict[tuple[bytes, bytes, int], _Parts] = {}
    made = []
    for row in rows.tolist():
        _, at, size, place, more, head, protocol, mark = dissected[row].tolist()
        key = _key(data, head, mark, protocol)
        now_s = float(time_s[row])
        parts = waiting.get(key)
        if parts is not None and abs(now_s - parts.first_time_s) > LIFETIME_S:
            _give_up(waiting.pop(key), "some did not come within 30 s", notes)
            parts = None
        if parts is None:
            parts = waiting[key] = _Parts(first_time_s=now_s)
        parts.rows.append(row)
        parts.pieces.append((place, at, size))
        parts.have += size
        problem = _problem(parts, place, size, bool(more))
        if problem:
            _give_up(waiting.pop(key), problem, notes)
            continue
        if parts.total is None or parts.have < parts.total:
            continue
        content, conflict = _join(data, parts)
        if conflict:
            _give_up(waiting.pop(key), "two of them disagree", notes)
        elif content is not None:
            first = min(waiting.pop(key).pieces)
            notes.overhead_octets += parts.have - len(content)
            made.append(Whole(content=content, protocol=protocol, offset=first[1], row=row))
    for parts in waiting.values():
        _give_up(parts, "some are missing", notes)
    return made


def _key(data: bytes, head: int, mark: int, protocol: int) -> tuple[bytes, bytes, int]:
    if mark:
        return data[head + 8 : head + 40], data[mark : mark + 4], -1
    return data[head + 12 : head + 20], data[head + 4 : head + 6], protocol


def _problem(parts: _Parts, place: int, size: int, more: bool) -> str:
    end = place + size
    if end > _MOST_OCTETS:
        return "they reach beyond 65,535 octets"
    if more and (size == 0 or size % _PLACE_UNIT_OCTETS):
        return f"one that others follow has {size} octets, not a multiple of 8"
    if not more:
        if parts.total is not None and parts.total != end:
            return "two of them disagree on the length"
        parts.total = end
    if parts.total is not None and any(p + n > parts.total for p, _, n in parts.pieces):
        return "one reaches beyond the end"
    return ""


def _join(data: bytes, parts: _Parts) -> tuple[bytes | None, bool]:
    """Return the whole packet, or None while octets are missing; and whether pieces disagree."""
    content = bytearray(parts.total or 0)
    filled = 0
    for place, at, size in sorted(parts.pieces):
        if place > filled:
            return None, False
        known = min(filled - place, size)
        if content[place : place + known] != data[at : at + known]:
            return None, True
        content[place + known : place + size] = data[at + known : at + size]
        filled = max(filled, place + size)
    return (bytes(content), False) if filled == parts.total else (None, False)


def _give_up(parts: _Parts, why: str, notes: Notes) -> None:
    first = min(at for _, at, _ in parts.pieces)
    count = len(parts.pieces)
    noun = "fragment" if count == 1 else "fragments"
    text = f"{count} {noun} of an IP packet, from which it cannot be put together: {why}"
    notes.fault(first, "broken-fragments", text, parts.have)
