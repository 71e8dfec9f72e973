"""The store of a live node: a disk that takes nothing holds nothing up, and nothing is lost."""

import sqlite3
import threading
import time

import pytest

from jointsky.live.keeper import Keeper
from jointsky.records.exchange import Message
from jointsky.store.journal import Journal, Shown


class Breaking:
    """A journal whose disk is full, or not, as the test says."""

    def __init__(self, folder):
        self.folder, self.is_full = folder, threading.Event()
        self.journal = None

    def open(self):
        if self.is_full.is_set():
            raise sqlite3.OperationalError("unable to open database file")
        self.journal = Journal(self.folder)
        return self

    def write(self, *given):
        if self.is_full.is_set():
            raise sqlite3.OperationalError("database or disk is full")
        self.journal.write(*given)

    def __getattr__(self, name):
        return getattr(self.journal, name)


@pytest.fixture
def breaking(tmp_path):
    return Breaking(tmp_path)


@pytest.fixture
def keep(breaking, monkeypatch):
    monkeypatch.setattr("jointsky.live.keeper.RETRY_S", 0.05)
    return lambda most=1 << 20: Keeper(
        breaking.open, lambda: 1e9, "hill", 0.02, most, keep_s=900.0, log_s=1e6
    )


def message(number, size=1000):
    return Message("hill", 1, number, "plots", 1e9 + number, b"x" * size)


def until(true, seconds=10.0):
    end_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end_s, "it did not come to pass"
        time.sleep(0.01)


def read(folder):
    journal = Journal(folder)
    try:
        return [entry.kind for entry in journal.entries()], journal.messages(), journal.shown()
    finally:
        journal.close()


def test_what_is_kept_is_there_after_a_restart(keep, tmp_path):
    keeper = keep()
    assert keeper.begin() == []
    keeper.log(1e9, "node-begins", {})
    for k in range(20):
        keeper.keep(message(k))
    keeper.show([Shown("12", "00000C", 1e9, None, None)])
    keeper.end()
    again = keep()
    assert again.begin() == [message(k) for k in range(20)]
    again.log(1e9, "node-begins", {})
    again.end()
    kinds, _, shown = read(tmp_path)
    assert kinds == ["node-begins", "node-begins"]
    assert shown[0][0] == "12"


def test_a_full_disk_is_told_and_all_is_written_when_there_is_room_again(keep, breaking, tmp_path):
    keeper = keep()
    keeper.begin()
    breaking.is_full.set()
    for k in range(50):
        keeper.keep(message(k))
    until(lambda: not keeper.status.is_well)
    assert "full" in keeper.status.fault
    assert keeper.status.waiting >= 50
    keeper.log(1e9, "while-full", {})
    breaking.is_full.clear()
    until(lambda: keeper.status.is_well)
    keeper.end()
    kinds, messages, _ = read(tmp_path)
    assert kinds == ["store-fails", "while-full", "store-writes-again"]
    assert messages == [message(k) for k in range(50)]
    assert keeper.status.lost == 0


def test_memory_is_bounded_and_what_it_could_not_hold_is_counted(keep, breaking, tmp_path):
    keeper = keep(1 << 20)
    keeper.begin()
    breaking.is_full.set()
    for k in range(3000):
        keeper.keep(message(k))
        assert keeper.status.waiting_octets <= 1 << 20
    keeper.log(1e9, "kept-to-the-last", {})
    lost = keeper.status.lost
    assert 1500 < lost < 3000
    breaking.is_full.clear()
    until(lambda: keeper.status.is_well and keeper.status.waiting == 0)
    keeper.end()
    kinds, messages, _ = read(tmp_path)
    assert "kept-to-the-last" in kinds
    assert [one.number for one in messages] == list(range(lost, 3000))


def test_a_folder_that_cannot_be_opened_at_first_is_tried_again(keep, breaking, tmp_path):
    before = keep()
    before.begin()
    before.log(1e9, "in-its-first-life", {})
    before.end()
    breaking.is_full.set()
    keeper = keep()
    assert keeper.begin() == []
    keeper.log(1e9, "in-its-second-life", {})
    until(lambda: keeper.status.failed > 1)
    breaking.is_full.clear()
    until(lambda: keeper.status.is_well)
    keeper.end()
    kinds, _, _ = read(tmp_path)  # its seals are checked
    assert kinds[0] == "in-its-first-life"
    assert "in-its-second-life" in kinds


def test_ending_writes_what_waits(keep, tmp_path):
    keeper = keep(1 << 22)
    keeper.begin()
    for k in range(5000):
        keeper.keep(message(k, size=10))
    keeper.end()
    assert len(read(tmp_path)[1]) == 5000
