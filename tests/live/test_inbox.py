"""What waits for the node is bounded, the oldest goes first, and what went is counted."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from jointsky.live.inbox import Chunk, Inbox


@given(st.lists(st.tuples(st.integers(0, 1), st.binary(min_size=1, max_size=60)), max_size=60))
def test_what_comes_out_and_what_was_dropped_is_what_came_in(given_):
    inbox = Inbox([200, 100], {})
    for k, (feed, data) in enumerate(given_):
        inbox.put_chunk(Chunk(feed, float(k), data))
        assert all(one.octets <= max(one.most_octets, 60) for one in inbox.feeds)
    taken = inbox.take_chunks()
    for feed, queued in enumerate(inbox.feeds):
        came = [data for which, data in given_ if which == feed]
        mine = [chunk.data for chunk in taken if chunk.feed == feed]
        assert mine == came[len(came) - len(mine) :]
        assert queued.dropped == len(came) - len(mine)
        assert queued.dropped_octets == sum(map(len, came)) - sum(map(len, mine))
        assert queued.octets == 0


def test_one_feed_that_floods_takes_nothing_from_the_others():
    inbox = Inbox([1000, 1000], {"cable": 1000})
    inbox.put_chunk(Chunk(0, 0.0, b"quiet"))
    for k in range(500):
        inbox.put_chunk(Chunk(1, float(k), b"x" * 100))
        inbox.put_packet("cable", b"y" * 100)
    assert [chunk.data for chunk in inbox.take_chunks() if chunk.feed == 0] == [b"quiet"]
    assert inbox.feeds[1].dropped == 490
    assert len(inbox.take_packets()) == 10
    assert inbox.links["cable"].dropped == 490


def test_who_waits_wakes_when_something_comes_and_when_it_is_closed():
    inbox = Inbox([1000], {"cable": 1000})
    for act in (lambda: inbox.put_packet("cable", b"1"), inbox.close):
        threading.Timer(0.05, act).start()
        inbox.wait(30.0, also_chunks=False)
        inbox.take_packets()
