"""After a restart: which new numbers are those of tracks that were known."""

import pytest

from assess.alert_tracks import tracks
from jointsky.node.regaining import Regaining

KNOWN = (7, 0.0, 0.0, 100.0, 0.0)


def regained(*now, after_s=20.0, known=(KNOWN,), known_says=None, now_says=None, decided=()):
    made = Regaining(tracks(*known, **(known_says or {})), decided, until_s=60.0)
    return made.find(tracks(*now, time_s=after_s, **(now_says or {})), after_s), made


def test_what_flew_straight_on_is_known_again():
    assert regained((90, 2000.0, 50.0, 100.0, 2.0))[0] == [(7, 90)]


@pytest.mark.parametrize(
    "row",
    [
        (90, 6000.0, 0.0, 100.0, 0.0),  # too far from where it should be
        (90, 2000.0, 0.0, -100.0, 0.0),  # flies the other way
        (7, 6000.0, 0.0, 100.0, 0.0),  # its own number, wherever it is
    ],
)
def test_what_cannot_be_it_is_not(row):
    assert regained(row)[0] == []


def test_who_is_there_under_its_own_number_is_waited_for_no_longer():
    again = tracks((90, 2000.0, 0.0, 100.0, 0.0), time_s=20.0)
    assert regained((7, 2000.0, 0.0, 100.0, 0.0))[1].find(again, 20.0) == []
    assert regained((90, 6000.0, 0.0, 100.0, 0.0))[1].find(again, 20.0) == [(7, 90)]


def test_each_is_taken_once_and_the_nearest_pairs_first():
    known = ((7, 0.0, 0.0, 100.0, 0.0), (8, 0.0, 600.0, 100.0, 0.0))
    now = ((90, 2000.0, 550.0, 100.0, 0.0), (91, 2000.0, 100.0, 100.0, 0.0))
    assert regained(*now, known=known)[0] == [(7, 91), (8, 90)]
    assert regained(now[0], known=known)[0] == [(8, 90)]


def test_an_address_decides_whatever_the_way():
    says = {"mode_s": 0x4CA123}
    far = (90, 30_000.0, 0.0, -100.0, 0.0)
    assert regained(far, known_says=says, now_says=says)[0] == [(7, 90)]
    near = (90, 2000.0, 0.0, 100.0, 0.0)
    assert regained(near, known_says=says, now_says={"mode_s": 0x4CA124})[0] == []
    assert regained(near, known_says=says)[0] == [(7, 90)], "it has not answered yet"


def test_after_the_time_nothing_is_known_again():
    assert regained((90, 7000.0, 0.0, 100.0, 0.0), after_s=70.0)[0] == []


def test_what_a_person_decided_goes_over_to_a_close_match_only():
    beside = (90, 2000.0, 400.0, 100.0, 0.0)
    assert regained(beside)[0] == [(7, 90)]
    found, made = regained(beside, decided={7})
    assert found == [] and made.lost() == [7]
    found, made = regained((90, 2000.0, 100.0, 100.0, 0.0), decided={7})
    assert found == [(7, 90)] and made.lost() == []
    assert regained((7, 2000.0, 100.0, 100.0, 0.0), decided={7})[1].lost() == []


def test_a_minute_later_it_is_not_anywhere_near():
    stranger = (90, 8000.0, 0.0, 60.0, 0.0)
    assert regained(stranger, known=((7, 0.0, 0.0, 0.0, 0.0),), after_s=59.0)[0] == []


def test_no_tracks_are_no_fault():
    assert regained(known=())[0] == []
    assert regained()[0] == []
