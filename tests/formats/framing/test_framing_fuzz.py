"""Damaged containers: nothing but InputError, all octets accounted for, cost linear in size."""

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.framing import made
from jointsky.errors import InputError
from jointsky.formats.framing.opening import CONTAINERS, open_frames

BLOCKS = [made.block(48, bytes([255, k, *range(1, 9)])) for k in range(12)]
BIG = made.block(62, bytes([255, 1]) + bytes(range(1, 200)) * 5)
PACKETS = [made.ethernet(made.ipv4(made.udp(one)), tags=[(0x8100, 3)]) for one in BLOCKS]
PACKETS += [made.ethernet(part) for part in made.ipv4_fragments(made.udp(BIG), 400)]
PACKETS += [made.ethernet(part, 0x86DD) for part in made.ipv6_fragments(made.udp(BIG), 400)]
SEEDS = {
    "raw": b"".join(BLOCKS),
    "final": b"".join(made.final(one) for one in BLOCKS),
    "oradis": b"".join(made.oradis(one) for one in BLOCKS),
    "rply": b"".join(made.rply(one) for one in BLOCKS),
    "gps-recorder": made.gps(BLOCKS),
    "pcap": made.pcap([(k, 0, packet) for k, packet in enumerate(PACKETS)]),
    "pcap/oradis": made.pcap(
        [
            (k, 0, made.ethernet(made.ipv4(made.udp(made.oradis(b) * 2))))
            for k, b in enumerate(BLOCKS)
        ]
    ),
    "pcapng": made.section()
    + made.interface(options=[(9, b"\x09"), (14, bytes(8))])
    + b"".join(made.enhanced(packet, k) for k, packet in enumerate(PACKETS))
    + made.simple(PACKETS[0])
    + made.obsolete(PACKETS[0], 5),
}


def account(data, container=None):
    """Open, or refuse with InputError; check that every octet is read, overhead or a fault."""
    try:
        frames = open_frames(data, "fuzz", container)
    except InputError:
        return
    outside = frames.start >= len(data)
    assert int(frames.length.sum()) + frames.overhead_octets + frames.fault_octets == len(data)
    assert (frames.length >= 0).all() and (frames.start >= 0).all()
    assert (frames.start + frames.length <= len(frames.data)).all()
    assert ((frames.offset >= 0) & (frames.offset <= len(data))).all()
    assert (frames.offset == frames.start)[~outside].all()
    assert sum(frames.fault_counts.values()) >= len(frames.faults)
    assert all(0 <= fault.offset <= len(data) for fault in frames.faults)


@st.composite
def damaged(draw):
    """A good file after up to four of: truncation, bit flip, insertion, removal, repetition."""
    data = bytearray(SEEDS[draw(st.sampled_from(sorted(SEEDS)))])
    for _ in range(draw(st.integers(0, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        what = draw(st.sampled_from(["cut", "flip", "insert", "remove", "repeat", "ones"]))
        if what == "cut":
            del data[at:]
        elif what == "flip":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif what == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=40))
        elif what == "remove":
            del data[at : at + draw(st.integers(1, 40))]
        elif what == "repeat":
            data[at:at] = data[at : at + draw(st.integers(1, 200))]
        else:
            data[at : at + 4] = b"\xff" * 4
    return bytes(data)


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_damaged_files_are_read_or_refused_and_every_octet_is_accounted_for(data):
    account(data)


@settings(max_examples=150, deadline=None)
@given(damaged(), st.sampled_from(CONTAINERS))
def test_a_file_opened_as_something_else_is_read_or_refused(data, container):
    account(data, container)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "pcap", "pcapng"]))
def test_random_octets_are_read_or_refused(noise, head):
    start = {"": b"", "pcap": SEEDS["pcap"][:24], "pcapng": SEEDS["pcapng"][:76]}[head]
    account(start + noise)


def test_cost_is_linear_in_the_size_of_the_worst_files():
    rng = np.random.default_rng(1)
    worst = {
        "noise in pcap": lambda n: SEEDS["pcap"][:24] + rng.bytes(n),
        "noise in pcapng": lambda n: SEEDS["pcapng"][:76] + rng.bytes(n),
        "zeros in pcap": lambda n: SEEDS["pcap"][:24] + bytes(n),
        "lengths that almost fit": lambda n: b"\x30\x00\x04\x01" * (n // 4) + b"\x30",
        "smallest blocks": lambda n: b"\x01\x00\x04\xff" * (n // 4),
        "end marks": lambda n: b"\xa5" * n,
        "category 30s": lambda n: b"\x1e" * n,
    }
    account(SEEDS["raw"])
    for name, make in worst.items():
        seconds = []
        for size in (200_000, 1_600_000):
            data = make(size)
            begun = time.process_time()
            account(data)
            seconds.append(time.process_time() - begun)
        # eight times the octets: linear is 8, quadratic 64; below 50 ms noise rules
        assert seconds[1] < max(24 * seconds[0], 0.4), f"{name}: {seconds}"
