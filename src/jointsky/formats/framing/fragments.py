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
_UNIT_OCTETS = 8


@dataclasses.dataclass
class _Parts:
    """The fragments of one packet, as far as they have come; octets go in units of 8."""

    first_time_s: float
    first_at: int  # octet in the file of the fragment that lies foremost in the packet
    first_place: int
    content: bytearray = dataclasses.field(default_factory=bytearray)
    known: bytearray = dataclasses.field(default_factory=bytearray)  # 1 for each unit that is here
    count: int = 0
    octets: int = 0  # of all fragments, those that came twice counted twice
    units: int = 0  # units that are here
    total: int | None = None  # octets of the whole packet, once its last fragment is here
    problem: str = ""  # why it will never be whole

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is missing any more."""
        return self.total is not None and self.units == -(-self.total // _UNIT_OCTETS)


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
    waiting: dict[_Key, _Parts] = {}
    done: dict[_Key, tuple[float, bytes]] = {}
    made = []
    for row in rows.tolist():
        _, at, size, place, more, head, protocol, mark = dissected[row].tolist()
        key = _key(data, head, mark, protocol)
        now_s = float(time_s[row])
        if _came_before(done.get(key), now_s, place, data[at : at + size]):
            notes.skip("fragments that came again")
            notes.overhead_octets += size
            continue
        parts = waiting.get(key)
        if parts is not None and abs(now_s - parts.first_time_s) > LIFETIME_S:
            _give_up(waiting.pop(key), notes, "the others did not come within 30 s")
            parts = None
        if parts is None:
            parts = waiting[key] = _Parts(first_time_s=now_s, first_at=at, first_place=place)
        parts.problem = parts.problem or _put(parts, place, data[at : at + size], bool(more))
        parts.count += 1
        parts.octets += size
        if place <= parts.first_place:
            parts.first_place, parts.first_at = place, at
        if parts.is_whole and not parts.problem:
            content = bytes(waiting.pop(key).content)
            notes.overhead_octets += parts.octets - len(content)
            done[key] = now_s, content
            made.append(Whole(content=content, protocol=protocol, offset=parts.first_at, row=row))
    for parts in waiting.values():
        _give_up(parts, notes, "some are missing")
    return made


_Key = tuple[bytes, bytes, int]


def _key(data: bytes, head: int, mark: int, protocol: int) -> _Key:
    """Return addresses, identification and (IPv4) protocol, which name one packet."""
    if mark:
        return data[head + 8 : head + 40], data[mark : mark + 4], -1
    return data[head + 12 : head + 20], data[head + 4 : head + 6], protocol


def _came_before(done: tuple[float, bytes] | None, now_s: float, place: int, piece: bytes) -> bool:
    """Return whether a piece belongs to a packet that is whole already (a second copy of it)."""
    if done is None or abs(now_s - done[0]) > LIFETIME_S:
        return False
    return done[1][place : place + len(piece)] == piece


def _put(parts: _Parts, place: int, piece: bytes, more: bool) -> str:
    """Put a piece into its packet; return what is wrong, or an empty text."""
    end = place + len(piece)
    if end > _MOST_OCTETS:
        return "they reach beyond 65,535 octets"
    if more and (not piece or len(piece) % _UNIT_OCTETS):
        return f"one that others follow has {len(piece)} octets, not a multiple of 8"
    if not more:
        if parts.total is not None and parts.total != end:
            return "two of them disagree on the length"
        parts.total = end
    if parts.total is not None and max(end, len(parts.content)) > parts.total:
        return "one reaches beyond the end"
    if end > len(parts.content):
        parts.content.extend(bytes(end - len(parts.content)))
        parts.known.extend(bytes(-(-end // _UNIT_OCTETS) - len(parts.known)))
    first, last = place // _UNIT_OCTETS, -(-end // _UNIT_OCTETS)
    for unit in range(first, last) if any(parts.known[first:last]) else ():
        here = slice(unit * _UNIT_OCTETS, min((unit + 1) * _UNIT_OCTETS, end))
        there = slice(here.start - place, here.stop - place)
        if parts.known[unit] and parts.content[here] != piece[there]:
            return "two of them disagree"
    parts.content[place:end] = piece
    parts.units += last - first - sum(parts.known[first:last])
    parts.known[first:last] = b"\1" * (last - first)
    return ""


def _give_up(parts: _Parts, notes: Notes, why: str) -> None:
    noun = "fragment" if parts.count == 1 else "fragments"
    text = (
        f"{parts.count} {noun} of an IP packet that cannot be put together: {parts.problem or why}"
    )
    notes.fault(parts.first_at, "broken-fragments", text, parts.octets)
