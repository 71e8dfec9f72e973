"""A site's journal: log entries, messages and numbers of tracks, in SQLite, for after a restart.

Written ahead (WAL), so that readers never wait and a killed process loses only what it had not
handed over.  Entries keep their seals; when old ones are removed, the seal of the last one removed
stays, so that the rest can be checked as before.
"""

from __future__ import annotations

import os
import pathlib
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from jointsky.errors import InputError
from jointsky.records.exchange import Message
from jointsky.records.log import Entry
from jointsky.store.log import FIRST_SEAL, sealed

VERSION = 1
NAME = "journal.sqlite"
_FORM = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
  number INTEGER PRIMARY KEY, time_s REAL NOT NULL, kind TEXT NOT NULL, site TEXT NOT NULL,
  facts TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
  origin TEXT NOT NULL, life INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
  time_s REAL NOT NULL, body BLOB NOT NULL, PRIMARY KEY (origin, life, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS messages_time ON messages (time_s);
CREATE TABLE IF NOT EXISTS tracks (
  number TEXT PRIMARY KEY, label TEXT NOT NULL, first_s REAL NOT NULL, last_s REAL NOT NULL,
  mode_s TEXT, call_sign TEXT) WITHOUT ROWID;
"""


class Shown(NamedTuple):
    """A track as the picture shows it: its number, as text and as label, and whose it is."""

    number: str
    label: str
    time_s: float
    mode_s: str | None  # 6 hexadecimal digits
    call_sign: str | None


class Journal:
    """An open journal.  Each ``write`` is one transaction: all of it stands, or nothing.

    May be used by one thread at a time.  ``most_pages`` (4,096 octets each) bounds its size; a
    write beyond it fails like one to a full disk.
    """

    def __init__(self, folder: str | os.PathLike[str], most_pages: int | None = None) -> None:
        self.path = pathlib.Path(folder) / NAME
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            if most_pages is not None:
                self._base.execute(f"PRAGMA max_page_count = {int(most_pages)}")
            self._base.executescript(_FORM)
            self._base.execute("INSERT OR IGNORE INTO facts VALUES ('version', ?)", (str(VERSION),))
        except sqlite3.Error:
            self._base.close()
            raise
        self._check_version()

    def _check_version(self) -> None:
        found = self._fact("version")
        if found != str(VERSION):
            self._base.close()
            raise InputError(str(self.path), f"a journal of version {found}", f"version {VERSION}")

    def _fact(self, name: str) -> str | None:
        row = self._base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def write(
        self,
        entries: Iterable[Entry] = (),
        messages: Iterable[Message] = (),
        shown: Iterable[Shown] = (),
    ) -> None:
        """Write it all, or raise sqlite3.Error and write nothing.  A message stands once."""
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            base.executemany(
                "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)",
                [(e.number, e.time_s, e.kind, e.site, _text(e.facts), e.seal) for e in entries],
            )
            base.executemany(
                "INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?, ?)",
                [(m.origin, m.life, m.number, m.kind, m.time_s, m.body) for m in messages],
            )
            base.executemany(
                "INSERT INTO tracks VALUES (?1, ?2, ?3, ?3, ?4, ?5) ON CONFLICT (number) DO UPDATE "
                "SET last_s = ?3, mode_s = coalesce(?4, mode_s), "
                "call_sign = coalesce(?5, call_sign)",
                list(shown),
            )
            base.execute("COMMIT")
        except sqlite3.Error:
            if base.in_transaction:
                base.execute("ROLLBACK")
            raise

    def forget(self, messages_before_s: float, log_before_s: float) -> None:
        """Remove what is older; its room is used again."""
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            base.execute("DELETE FROM messages WHERE time_s < ?", (messages_before_s,))
            base.execute("DELETE FROM tracks WHERE last_s < ?", (log_before_s,))
            newer = "SELECT min(number) FROM log WHERE time_s >= ?"
            first = base.execute(newer, (log_before_s,)).fetchone()[0]
            last = base.execute("SELECT max(number) FROM log").fetchone()[0]
            cut = first if first is not None else last  # the last entry always stays
            if cut is not None and cut > 0:
                row = base.execute("SELECT seal FROM log WHERE number = ?", (cut - 1,)).fetchone()
                if row is not None:
                    base.execute("INSERT OR REPLACE INTO facts VALUES ('first_seal', ?)", row)
                    base.execute("DELETE FROM log WHERE number < ?", (cut,))
            base.execute("COMMIT")
        except sqlite3.Error:
            if base.in_transaction:
                base.execute("ROLLBACK")
            raise

    def last_entry(self) -> tuple[int, str]:
        """Return the number that the next entry has, and the seal that it goes on from."""
        row = self._base.execute(
            "SELECT number, seal FROM log ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return 0, FIRST_SEAL
        return int(row[0]) + 1, str(row[1])

    def entries(self) -> list[Entry]:
        """Return the log, every seal checked; InputError names the first entry that is bad."""
        rows = self._base.execute(
            "SELECT number, time_s, kind, site, facts, seal FROM log ORDER BY number"
        ).fetchall()
        seal = self._fact("first_seal") or FIRST_SEAL
        expected = rows[0][0] if rows and self._fact("first_seal") else 0
        made = []
        for number, time_s, kind, site, facts, own_seal in rows:
            place = f"{self.path}: entry {number}"
            if number != expected:
                raise InputError(place, f"entry {number}", f"entry {expected}", "one is lost")
            entry = Entry(
                number=number,
                time_s=time_s,
                kind=kind,
                site=site,
                facts=msgspec.json.decode(facts),
                seal=own_seal,
            )
            if sealed(entry, seal).seal != own_seal:
                hint = "it was changed after it was told"
                raise InputError(place, "an entry that its seal does not fit", hint=hint)
            made.append(entry)
            seal, expected = own_seal, expected + 1
        return made

    def messages(self) -> list[Message]:
        """Return the messages, each site's own in their order."""
        rows = self._base.execute(
            "SELECT origin, life, number, kind, time_s, body FROM messages "
            "ORDER BY origin, life, number"
        )
        return [Message(*row) for row in rows]

    def shown(self) -> Sequence[tuple[str, str, float, float, str | None, str | None]]:
        """Return number, label, first and last time, address and call sign of every track."""
        return self._base.execute("SELECT * FROM tracks ORDER BY first_s, number").fetchall()

    def close(self) -> None:
        """Close it; what was written stands."""
        self._base.close()


def _text(facts: object) -> str:
    return msgspec.json.encode(facts, order="sorted").decode()
