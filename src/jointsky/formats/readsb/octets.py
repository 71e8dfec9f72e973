"""Octets of JSON files: unpacked if they are gzip, as far as they are sound."""

from __future__ import annotations

import zlib

from jointsky.errors import InputError
from jointsky.formats.faults import FaultList

LIMIT_OCTETS = 2 << 30
_GZIP = b"\x1f\x8b"


def unpacked(data: bytes, faults: FaultList) -> bytes:
    """Return the text of a gzip file, or ``data`` itself; a broken end is a fault, not an error."""
    if not data.startswith(_GZIP):
        return data
    parts, size, rest = [], 0, data
    while rest.startswith(_GZIP):
        reader = zlib.decompressobj(wbits=31)
        at = len(data) - len(rest)
        try:
            part = reader.decompress(rest, LIMIT_OCTETS - size)
        except zlib.error as error:
            part, broken = _sound_part(rest, LIMIT_OCTETS - size), str(error)
            faults.add(at, "gzip", f"compressed data is broken: {broken}", len(rest))
            parts.append(part)
            break
        parts.append(part)
        size += len(part)
        if reader.unconsumed_tail:
            raise InputError("byte 0", f"gzip of over {LIMIT_OCTETS} octets", "a smaller file")
        if not reader.eof:
            faults.add(at, "gzip", "compressed data ends too early", len(rest))
            break
        rest = reader.unused_data
    return b"".join(parts)


def _sound_part(data: bytes, limit: int) -> bytes:
    """Return what can be unpacked before the first broken octet, in small steps."""
    reader = zlib.decompressobj(wbits=31)
    parts, size = [], 0
    for first in range(0, len(data), 256):
        try:
            parts.append(reader.decompress(data[first : first + 256], limit - size))
        except zlib.error:
            break
        size += len(parts[-1])
        if size >= limit:
            break
    return b"".join(parts)
