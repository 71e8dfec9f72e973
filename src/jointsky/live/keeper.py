"""Writes what is to outlive the node, in a thread of its own: the disk never holds up the picture.

While the disk takes nothing, what is to be written waits in memory, bounded; when it takes things
again, all that waited is written.  What had to be let go is counted and told in the log: messages
first, entries of the log last, the oldest first.  Entries are numbered and sealed as they are
written, so that the log has no gaps.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import itertools
import pathlib
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec

from jointsky.errors import InputError
from jointsky.records.exchange import Message
from jointsky.records.log import Entry
from jointsky.store.journal import Journal, Shown
from jointsky.store.log import FIRST_SEAL, sealed

RETRY_S = 2.0
FORGET_EVERY_S = 30.0
ENTRY_OCTETS = 256  # of one entry in memory, about
MOST_AT_ONCE = 20_000


@dataclasses.dataclass
class Kept:
    """How the store is doing."""

    is_well: bool = True
    fault: str = ""
    written: int = 0  # entries, messages and tracks
    waiting: int = 0
    waiting_octets: int = 0
    lost: int = 0  # messages that memory could not hold either
    lost_entries: int = 0
    failed: int = 0  # times that the store could not be written


class Keeper:
    """Takes from the node's thread, writes from its own.

    ``open_journal`` opens the journal; where that fails too, it is tried again and again.
    ``now_s`` tells the time of the node's clock.
    """

    def __init__(
        self,
        open_journal: Callable[[], Journal],
        now_s: Callable[[], float],
        site: str,
        commit_s: float,
        most_octets: int,
        keep_s: float,
        log_s: float,
    ) -> None:
        self._open, self._now_s, self._site = open_journal, now_s, site
        self._commit_s, self._most_octets = commit_s, most_octets
        self._keep_s, self._log_s = keep_s, log_s
        self.status = Kept()
        self._lock = threading.Condition()
        self._entries: collections.deque[Entry] = collections.deque()  # without number and seal
        self._messages: collections.deque[Message] = collections.deque()
        self._shown: dict[str, Shown] = {}
        self._journal: Journal | None = None
        self._next = 0, FIRST_SEAL
        self._is_ending = False
        self._forgotten_s = -FORGET_EVERY_S
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    def begin(self) -> list[Message]:
        """Open the journal and return the messages in it; go on without one that does not open."""
        messages: list[Message] = []
        try:
            self._journal = self._open()
            self._next = self._journal.last_entry()
            oldest_s = self._now_s() - self._keep_s
            messages = [one for one in self._journal.messages() if one.time_s >= oldest_s]
        except (sqlite3.Error, OSError, InputError) as error:
            self._fail(error)
        self._thread.start()
        return messages

    def log(self, time_s: float, kind: str, facts: dict[str, Any]) -> None:
        """Put an entry of the log to be written."""
        entry = Entry(number=0, time_s=time_s, kind=kind, site=self._site, facts=facts)
        with self._lock:
            self._entries.append(entry)
            self.status.waiting_octets += ENTRY_OCTETS
            self._bound()

    def keep(self, message: Message) -> None:
        """Put a message to be written."""
        with self._lock:
            self._messages.append(message)
            self.status.waiting_octets += len(message.body) + ENTRY_OCTETS
            self._bound()

    def show(self, shown: list[Shown]) -> None:
        """Put tracks of the picture to be written: of each number the newest counts."""
        with self._lock:
            for one in shown:
                self._shown[one.number] = one

    def end(self, most_s: float = 5.0) -> None:
        """Write what waits, and close."""
        with self._lock:
            self._is_ending = True
            self._lock.notify()
        self._thread.join(most_s)

    def _bound(self) -> None:
        """Let go of what memory cannot hold, messages before entries."""
        status = self.status
        while status.waiting_octets > self._most_octets and self._messages:
            status.waiting_octets -= len(self._messages.popleft().body) + ENTRY_OCTETS
            status.lost += 1
        while status.waiting_octets > self._most_octets and len(self._entries) > 1:
            self._entries.popleft()
            status.waiting_octets -= ENTRY_OCTETS
            status.lost_entries += 1
        status.waiting = len(self._entries) + len(self._messages)

    def _run(self) -> None:
        while True:
            with self._lock:
                pause_s = self._commit_s if self.status.is_well else RETRY_S
                self._lock.wait_for(lambda: self._is_ending, pause_s)
                is_ending = self._is_ending
            more = self._write_some()
            while more:
                more = self._write_some()
            if is_ending:
                break
        if self._journal is not None:
            with contextlib.suppress(sqlite3.Error):
                self._journal.close()

    def _write_some(self) -> bool:
        """Write some of what waits; return whether more waits that can be written now."""
        with self._lock:
            entries = list(itertools.islice(self._entries, MOST_AT_ONCE))
            messages = list(itertools.islice(self._messages, MOST_AT_ONCE))
            shown, self._shown = self._shown, {}
        try:
            if self._journal is None:
                self._journal = self._open()
                self._next = self._journal.last_entry()
            made, after = _sealed(entries, *self._next)
            if entries or messages or shown:
                self._journal.write(made, messages, shown.values())
                self._next = after
            self._forget(self._journal)
        except (sqlite3.Error, OSError, InputError) as error:
            self._fail(error)
            with self._lock:
                self._shown = {**shown, **self._shown}
            return False
        with self._lock:
            self._written(entries, messages)
            self.status.written += len(entries) + len(messages) + len(shown)
            more = len(entries) == MOST_AT_ONCE or len(messages) == MOST_AT_ONCE
        self._recover()
        return more

    def _written(self, entries: list[Entry], messages: list[Message]) -> None:
        """Take out of memory what stands on the disk; some may have been let go meanwhile."""
        for entry in entries:
            if self._entries and self._entries[0] is entry:
                self._entries.popleft()
                self.status.waiting_octets -= ENTRY_OCTETS
        for message in messages:
            if self._messages and self._messages[0] is message:
                self._messages.popleft()
                self.status.waiting_octets -= len(message.body) + ENTRY_OCTETS
        self.status.waiting = len(self._entries) + len(self._messages)

    def _forget(self, journal: Journal) -> None:
        counted_s = time.monotonic()
        if counted_s - self._forgotten_s >= FORGET_EVERY_S:
            self._forgotten_s = counted_s
            now_s = self._now_s()
            journal.forget(now_s - self._keep_s, now_s - self._log_s)

    def _fail(self, error: Exception) -> None:
        self.status.failed += 1
        self.status.fault = str(error)
        if self.status.is_well:
            self.status.is_well = False
            self.log(self._now_s(), "store-fails", {"why": str(error)})

    def _recover(self) -> None:
        if not self.status.is_well:
            self.status.is_well, self.status.fault = True, ""
            facts = {"lost_messages": self.status.lost, "lost_entries": self.status.lost_entries}
            self.log(self._now_s(), "store-writes-again", facts)


def _sealed(entries: list[Entry], number: int, seal: str) -> tuple[list[Entry], tuple[int, str]]:
    """Return entries with their numbers and seals, and what the next one goes on from."""
    made = []
    for entry in entries:
        made.append(sealed(msgspec.structs.replace(entry, number=number), seal))
        number, seal = number + 1, made[-1].seal
    return made, (number, seal)


def journal_in(folder: pathlib.Path) -> Callable[[], Journal]:
    """Return what opens the journal of a folder."""
    return lambda: Journal(folder)
