"""One contract for all stores of the log: what goes in comes out, in order and sealed."""

import sqlite3

import msgspec
import pytest

from jointsky.errors import InputError
from jointsky.records.log import Entry
from jointsky.store.journal import Journal
from jointsky.store.log import FIRST_SEAL, Log, read_log, sealed, write_log

FACTS = ({}, {"why": "näher", "count": 3}, {"deep": {"b": [1, None, "x"], "a": 2.5}})


def entries(count, number=0, seal=FIRST_SEAL):
    made = []
    for k in range(number, number + count):
        bare = Entry(
            number=k, time_s=1e9 + k, kind=f"kind-{k % 3}", site="hill", facts=FACTS[k % 3]
        )
        made.append(sealed(bare, seal))
        seal = made[-1].seal
    return made


class Files:
    """The log as a file, written whole."""

    def __init__(self, folder):
        self.path = folder / "log.jsonl"

    def write(self, made):
        write_log([*self.read(), *made] if self.path.exists() else made, self.path)

    def read(self):
        return read_log(self.path) if self.path.exists() else []

    def change(self, number, **given):
        lines = self.path.read_bytes().splitlines()
        entry = msgspec.json.decode(lines[number], type=Entry)
        lines[number] = msgspec.json.encode(msgspec.structs.replace(entry, **given))
        self.path.write_bytes(b"\n".join(lines) + b"\n")

    def remove(self, number):
        lines = self.path.read_bytes().splitlines()
        self.path.write_bytes(b"\n".join([*lines[:number], *lines[number + 1 :]]) + b"\n")


class Journals:
    """The log in SQLite, opened anew for each step, as after a restart."""

    def __init__(self, folder):
        self.folder = folder

    def _open(self):
        return Journal(self.folder)

    def write(self, made):
        journal = self._open()
        journal.write(made)
        journal.close()

    def read(self):
        journal = self._open()
        try:
            return journal.entries()
        finally:
            journal.close()

    def change(self, number, **given):
        base = sqlite3.connect(self.folder / "journal.sqlite")
        for name, value in given.items():
            cell = msgspec.json.encode(value).decode() if name == "facts" else value
            base.execute(f"UPDATE log SET {name} = ? WHERE number = ?", (cell, number))
        base.commit()
        base.close()

    def remove(self, number):
        base = sqlite3.connect(self.folder / "journal.sqlite")
        base.execute("DELETE FROM log WHERE number = ?", (number,))
        base.commit()
        base.close()


@pytest.fixture(params=[Files, Journals])
def store(request, tmp_path):
    return request.param(tmp_path)


def test_what_goes_in_comes_out_in_order(store):
    made = entries(50)
    store.write(made)
    assert store.read() == made


def test_it_goes_on_where_it_was_after_it_was_closed(store):
    first = entries(7)
    store.write(first)
    second = entries(5, number=7, seal=first[-1].seal)
    store.write(second)
    assert store.read() == first + second


def test_an_empty_log_is_no_fault(store):
    store.write([])
    assert store.read() == []


@pytest.mark.parametrize(
    "given", [{"time_s": 5.0}, {"kind": "other"}, {"site": "shore"}, {"facts": {"why": "else"}}]
)
def test_an_entry_that_was_changed_is_found(store, given):
    store.write(entries(6))
    store.change(3, **given)
    with pytest.raises(InputError, match="seal does not fit"):
        store.read()


@pytest.mark.parametrize("number", [0, 3])
def test_an_entry_that_was_removed_is_found(store, number):
    store.write(entries(6))
    store.remove(number)
    with pytest.raises(InputError):
        store.read()


def test_the_seals_are_those_of_a_log_in_memory(store):
    log = Log()
    for entry in entries(5):
        log.add(entry.time_s, entry.kind, entry.site, **entry.facts)
    store.write(log.entries)
    assert store.read()[-1].seal == log.seal == entries(5)[-1].seal
