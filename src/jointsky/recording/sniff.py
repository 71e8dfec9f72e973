"""Recognising a recording by its content, never by its name."""

from __future__ import annotations

import json
import re

import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError, did_you_mean
from jointsky.formats.framing.captures import kind_of
from jointsky.formats.framing.opening import CONTAINERS, guess_container

FORMATS = (
    "asterix",
    *(f"asterix/{container}" for container in CONTAINERS),
    "beast",
    "modes",
    "sbs",
    "aircraft-json",
    "trace",
    "state-vectors",
    "scene",
    "plots-table",
    "tracks-table",
)
_WANTED = (
    "ASTERIX (raw, FINAL, ORADIS, GPS recorder, .rply, pcap, pcapng), Mode S text (AVR, "
    "hexadecimal, CSV), Beast, SBS, aircraft.json, trace_full, state vectors, or a scene folder"
)
_HEAD_OCTETS = 1 << 16
_LEAST_SHARE = 0.3
_SBS_LINE = re.compile(rb"(MSG|SEL|ID|AIR|STA|CLK),", re.IGNORECASE)
_FRAME = r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{12})?(?:[0-9A-Fa-f]{28}|[0-9A-Fa-f]{14})(?![0-9A-Fa-f])"
_MODES_LINE = re.compile(_FRAME.encode())
_BEAST_PAYLOAD_OCTETS = {0x31: 9, 0x32: 14, 0x33: 21, 0x34: 21}
_JSON_KEYS = {
    "trace": (rb'"trace"\s*:', rb'"(icao|timestamp)"\s*:'),
    "aircraft-json": (rb'"aircraft"\s*:', rb'"(now|messages|hex)"\s*:'),
    "state-vectors": (rb'"(icao24|states)"\s*:', rb'"(timestamp|time|latitude|callsign)"\s*:'),
}


def known_format(name: str, where: str) -> str:
    """Return ``name`` if it is a format that can be asked for; raise InputError otherwise."""
    if name not in FORMATS:
        hint = did_you_mean(name, FORMATS)
        raise InputError(where, f"format {name!r}", " or ".join(FORMATS), hint)
    return name


def sniff(data: bytes, where: str) -> str:
    """Return the name (of ``FORMATS``) of what the octets of a file are; raise InputError if none.

    ``data`` is already unpacked where the file was gzip.
    """
    if not data:
        raise InputError(where, "an empty file", _WANTED)
    if data[:4] == b"PAR1":
        return _table(data, where)
    if kind_of(data):
        return "asterix"
    head = data[:_HEAD_OCTETS]
    found = _text_format(head) if is_text(head) else None
    if found:
        return found
    if _beast_share(head) >= 0.5:
        return "beast"
    if guess_container(data):
        return "asterix"
    # text in which octets were damaged is still text, and a damaged Beast file still Beast
    found = _text_format(head)
    if found:
        return found
    raise _unknown(head, where)


def is_text(head: bytes) -> bool:
    """Return whether nearly all octets are printable, or UTF-8 letters, or ends of lines."""
    sound = sum(head.count(octet) for octet in (9, 10, 13))
    sound += len(re.findall(rb"[\x20-\x7e]", head))
    return sound >= 0.95 * len(head)


def _text_format(head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        for name, keys in _JSON_KEYS.items():
            if all(re.search(key, head) for key in keys):
                return name
        return None
    lines = [line for line in head.splitlines() if line.strip()]
    if len(head) == _HEAD_OCTETS and len(lines) > 1:
        lines.pop()
    if not lines:
        return None
    shares = {
        "sbs": sum(bool(_SBS_LINE.match(line.lstrip(b"\xef\xbb\xbf"))) for line in lines),
        "modes": sum(bool(_MODES_LINE.search(line)) for line in lines),
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= _LEAST_SHARE * len(lines) else None


def _beast_share(head: bytes) -> float:
    """Return which share of the octets lies in whole Beast messages; inside, 1A is doubled."""
    at, inside, end = head.find(b"\x1a"), 0, len(head)
    while 0 <= at < end - 1:
        size = _BEAST_PAYLOAD_OCTETS.get(head[at + 1])
        place = at + 2
        while size and place < end:
            if head[place] == 0x1A:
                if head[place + 1 : place + 2] != b"\x1a":
                    break
                place += 1
            place += 1
            size -= 1
        if size == 0:
            inside += place - at
            at = place
        else:
            at += 1
        at = head.find(b"\x1a", at)
    return inside / end


def _table(data: bytes, where: str) -> str:
    try:
        notes = pq.read_schema(pa.BufferReader(data)).metadata or {}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(
            where, str(error).splitlines()[0], "a Parquet file that is whole"
        ) from None
    tag = notes.get(b"jointsky.record", b"").decode(errors="replace")
    if tag in ("plots", "tracks"):
        return f"{tag}-table"
    found = f"a Parquet table of {tag!r}" if tag else "a Parquet file that jointsky did not write"
    hint = "a bench scene is given as its folder, with plots.parquet and radars.parquet"
    raise InputError(where, found, "plots or tracks of jointsky", hint)


def _unknown(head: bytes, where: str) -> InputError:
    if is_text(head):
        start = head.lstrip().splitlines()[0][:60] if head.strip() else b""
        shown = json.dumps(start.decode("latin-1"), ensure_ascii=False)
        return InputError(where, f"text in no known format; it begins {shown}", _WANTED)
    found = f"octets in no known format; it begins with {head[:16].hex(' ')}"
    return InputError(where, found, _WANTED, "name it with --format if it is one of them")
