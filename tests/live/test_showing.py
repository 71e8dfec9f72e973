"""Numbers of the picture are written down when they are new, change or go, and now and then."""

import numpy as np

from jointsky.live.showing import EVERY, ShownBook
from jointsky.records.tracks import Tracks, TrackStatus


def tracks(numbers, call_sign="", status=TrackStatus.CONFIRMED):
    return Tracks.make(
        len(numbers),
        track_number=np.array(numbers, np.int64),
        mode_s=0x3C6444,
        call_sign=call_sign,
        status=int(status),
        sensors=np.zeros((len(numbers), 1), np.uint64),
    )


def numbers(shown):
    return sorted(int(one.number) for one in shown)


def test_what_is_new_is_told_at_once_and_what_is_not_once_in_some_calls():
    book = ShownBook()
    assert numbers(book.news(tracks([7, 8, 9]), 1.0)) == [7, 8, 9]
    told = [one for k in range(EVERY) for one in book.news(tracks([7, 8, 9]), 2.0 + k)]
    assert numbers(told) == [7, 8, 9]


def test_what_changes_and_what_goes_is_told_with_the_time_it_was_there_last():
    book = ShownBook()
    book.news(tracks([7, 8]), 1.0)
    changed = {one.number: one for one in book.news(tracks([7, 8], "DLH1"), 2.0)}
    assert {one.call_sign for one in changed.values()} == {"DLH1"} and set(changed) == {"7", "8"}
    gone = [one for one in book.news(tracks([8], "DLH1"), 3.0) if one.number == "7"]
    assert [(one.time_s, one.mode_s) for one in gone] == [(2.0, "3C6444")]


def test_tentative_tracks_are_not_shown():
    assert ShownBook().news(tracks([7], status=TrackStatus.TENTATIVE), 1.0) == []
