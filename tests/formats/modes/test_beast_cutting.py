"""Beast streams are cut between messages, wherever the octets of a message are parted."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.formats.modes.beast import split, whole_messages


def message(body):
    return b"\x1a3" + body.replace(b"\x1a", b"\x1a\x1a")


@given(
    st.lists(st.binary(min_size=21, max_size=21), min_size=1, max_size=6),
    st.lists(st.integers(1, 40), max_size=12),
)
@settings(max_examples=80)
def test_messages_come_out_whole_in_whatever_pieces_they_come(bodies, sizes):
    data = b"".join(map(message, bodies))
    rest, found, at = b"", 0, 0
    for size in [*sizes, len(data)]:
        rest += data[at : at + size]
        at += size
        end = whole_messages(rest)
        pieces = split(rest[:end])
        assert (pieces.status == 1).all()
        found += len(pieces.status)
        rest = rest[end:]
        assert len(rest) <= 46
    assert found == len(bodies)
    assert rest == b""


def test_a_message_that_ends_in_an_escape_waits_for_its_second_half():
    whole = message(b"\x00" * 20 + b"\x1a")
    assert whole_messages(whole) == len(whole)
    assert whole_messages(whole[:-1]) == 0
