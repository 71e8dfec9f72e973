"""Packets come back as they were; damaged and made-up ones are refused, whatever is in them."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.errors import InputError
from jointsky.exchange import packets
from jointsky.exchange.octets import Octets, varint, zigzag
from jointsky.exchange.packets import Ack, Carried, Have, Ping, Prune, Void, Want
from jointsky.records.exchange import Message

SITES = ["west", "mid", "east"]
NETWORK = b"abcd"
keys = st.tuples(st.integers(0, 2), st.integers(0, 2**50))


@st.composite
def runs(draw):
    out, at = [], 0
    for gap, size in draw(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 999)))):
        out.append((at + gap, at + gap + size))
        at += gap + size
    return out


@st.composite
def carried(draw):
    origin, number = draw(st.integers(0, 2)), draw(st.integers(0, 2**40))
    message = Message(
        SITES[origin],
        draw(st.integers(0, 2**50)),
        number,
        draw(st.sampled_from(["plots", "tracks", "names", "status"])),
        draw(st.floats(allow_nan=False)),
        draw(st.binary(max_size=50)),
    )
    voids = draw(st.integers(0, min(number, 1000)))
    return Carried(origin, message, voids, draw(st.booleans()), draw(st.booleans()))


frames = st.one_of(
    st.builds(Ack, st.integers(0, 2**50), st.integers(0, 9999).map(lambda k: k / 4096), runs()),
    st.builds(Have, keys, st.integers(0, 2**40), runs(), st.booleans()),
    carried(),
    st.builds(Want, keys, runs(), st.booleans()),
    st.builds(Void, keys, runs(), st.booleans()),
    st.builds(Prune, st.integers(0, 2)),
    st.builds(Ping, st.text(max_size=50)),
)


def packet_of(given_frames, number=7):
    data = [packets.packed_frame(frame) for frame in given_frames]
    return packets.packed(NETWORK, 1, 1_800_000_000_123, number, data)


def read(packet):
    return packets.unpacked(packet, NETWORK, SITES, "link wm")


@given(st.lists(frames, max_size=6), st.integers(0, 2**40))
@settings(max_examples=100, deadline=None)
def test_what_is_packed_comes_back(given_frames, number):
    packet = read(packet_of(given_frames, number))
    assert (packet.sender, packet.life, packet.number) == (1, 1_800_000_000_123, number)
    assert list(packet.frames) == given_frames


@given(st.lists(frames, min_size=1, max_size=4), st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_or_shortened_packet_is_refused(given_frames, data):
    packet = packet_of(given_frames)
    at = data.draw(st.integers(0, len(packet) - 1))
    flipped = data.draw(st.integers(1, 255))
    damaged = packet[:at] + bytes((packet[at] ^ flipped,)) + packet[at + 1 :]
    for bad in (damaged, packet[:at]):
        with pytest.raises(InputError, match="link wm"):
            read(bad)


@given(st.binary(max_size=120), st.lists(frames, max_size=2), st.integers(0, 200))
@settings(max_examples=200, deadline=None)
def test_garbage_with_a_right_check_sum_is_read_or_refused(data, given_frames, place):
    good = packet_of(given_frames)[:-4]
    for body in (good + data, good[: place % len(good)] + data, data):
        try:
            read(body + zlib.crc32(body).to_bytes(4, "big"))
        except InputError as fault:
            assert fault.where.startswith("link wm")


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        (bytes((3, 9)), "the number 9"),  # a message of a site that is not there
        (bytes((3, 0, 1, 5, 9)), "the number 9"),  # more voids than numbers before it
        (bytes((3, 0, 1, 5, 0, 77)), "kind 77"),
        (bytes((3, 0, 1, 5, 0, 0)) + bytes(8) + varint(1 << 30), "the number 1073741824"),
        (bytes((4, 0, 1)) + varint(1 << 20), "the number 1048576"),
        (bytes((4, 0, 1, 1, 5, 0)), "numbers from 5 to 5"),
        (bytes((79,)), "a frame of kind 15"),
        (b"\xff" * 12, "a frame of kind 191"),
    ],
)
def test_what_cannot_be_is_named(tail, said):
    head = packet_of([])[:-4]
    body = head + tail
    with pytest.raises(InputError, match=said):
        read(body + zlib.crc32(body).to_bytes(4, "big"))


@given(st.integers(0, 2**64 - 1), st.integers(-(2**63), 2**63 - 1))
def test_numbers_of_any_size_come_back(unsigned, signed):
    octets = Octets(varint(unsigned) + zigzag(signed), "here")
    assert (octets.varint(), octets.zigzag()) == (unsigned, signed)
    octets.end()


def test_a_number_takes_the_octets_that_leb128_says():
    assert varint(300).hex() == "ac02"  # the example of Protocol Buffers' encoding page
    assert zigzag(-2).hex() == "03"
    with pytest.raises(ValueError, match="cannot be written in 64 bits"):
        varint(1 << 64)
