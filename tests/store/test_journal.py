"""The journal: messages once, old ones forgotten, all of a write or nothing, full or not."""

import os
import sqlite3
import subprocess
import sys

import pytest

from contracts.test_log_stores import entries
from jointsky.errors import InputError
from jointsky.records.exchange import Message
from jointsky.store.journal import Journal, Shown
from jointsky.store.log import FIRST_SEAL


def message(number, origin="hill", time_s=None, body=b"x" * 100):
    time_s = 1e9 + number if time_s is None else time_s
    return Message(origin, 1_000, number, "plots", time_s, body)


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path)
    yield made
    made.close()


def test_a_message_that_comes_twice_stands_once(journal):
    journal.write(messages=[message(1), message(0), message(1)])
    journal.write(messages=[message(0, body=b"other")])
    assert journal.messages() == [message(0), message(1)]


def test_messages_of_several_sites_come_back_in_their_order(journal):
    made = [message(k, origin) for k in (2, 0, 1) for origin in ("shore", "hill")]
    journal.write(messages=made)
    assert journal.messages() == sorted(made, key=lambda one: (one.origin, one.number))


def test_what_is_old_is_forgotten_and_the_rest_of_the_log_is_still_sealed(journal):
    made = entries(10)
    journal.write(made, [message(k) for k in range(10)])
    journal.forget(messages_before_s=1e9 + 6, log_before_s=1e9 + 4)
    assert [one.number for one in journal.messages()] == [6, 7, 8, 9]
    assert journal.entries() == made[4:]
    journal.forget(messages_before_s=2e9, log_before_s=2e9)
    assert journal.entries() == made[9:]  # the last stays: the next is sealed to it
    assert journal.last_entry() == (10, made[-1].seal)


def test_a_log_cut_in_the_middle_after_forgetting_is_found(journal, tmp_path):
    journal.write(entries(10))
    journal.forget(0.0, 1e9 + 4)
    base = sqlite3.connect(tmp_path / "journal.sqlite")
    base.execute("DELETE FROM log WHERE number = 6")
    base.commit()
    base.close()
    with pytest.raises(InputError, match="entry 7"):
        journal.entries()


def test_a_write_that_fails_leaves_nothing_behind(journal):
    made = entries(4)
    journal.write(made[:2])
    with pytest.raises(sqlite3.IntegrityError):
        journal.write([made[2], made[1]], [message(1)])
    assert journal.entries() == made[:2]
    assert journal.messages() == []


def test_of_a_track_first_and_last_time_stay_and_what_was_known_of_it(journal):
    journal.write(shown=[Shown("7", "00000A", 10.0, "4CA123", None)])
    journal.write(shown=[Shown("7", "00000A", 20.0, None, "RYR12")])
    assert journal.shown() == [("7", "00000A", 10.0, 20.0, "4CA123", "RYR12")]


def test_a_journal_of_another_version_is_refused(tmp_path):
    Journal(tmp_path).close()
    base = sqlite3.connect(tmp_path / "journal.sqlite")
    base.execute("UPDATE facts SET value = '99' WHERE name = 'version'")
    base.commit()
    base.close()
    with pytest.raises(InputError, match="version 99"):
        Journal(tmp_path)


def test_a_full_one_takes_nothing_more_and_loses_nothing(tmp_path):
    journal = Journal(tmp_path, most_pages=40)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        for k in range(1000):
            journal.write(messages=[message(k, body=b"x" * 2000)])
            written = k + 1
    assert [one.number for one in journal.messages()] == list(range(written))
    journal.close()


FILLING = """
import resource, sqlite3, sys
sys.path[:0] = {path!r}
from store.test_journal import message
from jointsky.store.journal import Journal
journal = Journal({folder!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
written = 0
try:
    for k in range(1000):
        journal.write(messages=[message(k, body=b"x" * 2000)])
        written = k + 1
except sqlite3.Error as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    journal.write(messages=[message(written, body=b"y")])
    print(written, len(journal.messages()))
"""


def test_where_the_system_gives_no_more_room_it_goes_on_when_it_does_again(tmp_path):
    code = FILLING.format(path=sys.path, folder=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    written, held = map(int, done.stdout.split())
    assert 10 < written < 1000
    assert held == written + 1


def test_it_begins_with_the_first_seal(journal):
    assert journal.last_entry() == (0, FIRST_SEAL)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises((sqlite3.OperationalError, OSError)):
        Journal(tmp_path / "inside")
