"""The log: entries become lines of a file, each sealed to the one before, and come back checked.

JSON, one entry a line, keys in order: readable as it lies, equal content gives equal bytes.  An
entry that was changed, dropped, inserted or moved breaks every seal from there on.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from jointsky.errors import InputError
from jointsky.records.log import Entry

FIRST_SEAL = "0" * 32
_encoder = msgspec.json.Encoder(order="sorted")


def sealed(entry: Entry, before: str) -> Entry:
    """Return ``entry`` with its seal: BLAKE2b-128 of the seal before and the entry without one."""
    bare = msgspec.structs.replace(entry, seal="")
    digest = hashlib.blake2b(before.encode() + _encoder.encode(bare), digest_size=16)
    return msgspec.structs.replace(entry, seal=digest.hexdigest())


class Log:
    """Entries in the order in which they were told; ``seal`` is that of the last one."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    @property
    def seal(self) -> str:
        """Return the seal of the last entry: two logs with one last seal are equal."""
        return self.entries[-1].seal if self.entries else FIRST_SEAL

    def add(self, time_s: float, kind: str, site: str = "", **facts: Any) -> Entry:
        """Append what happened; return the sealed entry."""
        return self.put(time_s, kind, site, facts)

    def put(self, time_s: float, kind: str, site: str, facts: Mapping[str, Any]) -> Entry:
        """Append what happened, with facts of any names; return the sealed entry."""
        entry = Entry(
            number=len(self.entries), time_s=float(time_s), kind=kind, site=site, facts=dict(facts)
        )
        self.entries.append(sealed(entry, self.seal))
        return self.entries[-1]


def write_log(entries: Iterable[Entry], path: str | os.PathLike[str]) -> None:
    """Write entries as lines of JSON; the file appears whole or not at all."""
    path = pathlib.Path(path)
    part = path.with_name(path.name + ".part")
    part.write_bytes(_encoder.encode_lines(list(entries)))
    os.replace(part, path)


def read_log(path: str | os.PathLike[str]) -> list[Entry]:
    """Return the entries of a log, every seal checked; InputError names the first bad line."""
    where = os.fspath(path)
    try:
        lines = pathlib.Path(path).read_bytes().splitlines()
    except OSError as error:
        raise InputError(where, error.strerror or str(error), "a log that can be read") from None
    entries: list[Entry] = []
    seal = FIRST_SEAL
    for number, line in enumerate(lines):
        place = f"{where}: line {number + 1}"
        try:
            entry = msgspec.json.decode(line, type=Entry)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(place, str(error), "an entry of a log") from None
        if entry.number != number:
            found = f"entry {entry.number}"
            raise InputError(place, found, f"entry {number}", "a line is lost or was put in")
        if sealed(entry, seal).seal != entry.seal:
            raise InputError(
                place,
                "an entry that its seal does not fit",
                hint="it was changed after it was told",
            )
        entries.append(entry)
        seal = entry.seal
    return entries
