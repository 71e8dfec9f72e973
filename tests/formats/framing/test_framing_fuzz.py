"""Damaged containers: nothing but InputError, all octets accounted for, cost linear in size."""

import json
import os
import pathlib
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from formats.framing import made
from jointsky.errors import InputError
from jointsky.formats.framing.opening import CONTAINERS, open_frames

TESTS = pathlib.Path(__file__).parents[2]
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
    found = subprocess.run(
        [sys.executable, "-m", "formats.framing.worst_files"],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = json.loads(found.stdout)
    assert len(lines) == 7
    for name, (small, large) in lines.items():
        # eight times the octets: linear is 8, quadratic 64
        assert 2_000 < large < 10 * small, f"{name}: {small} lines run, then {large}"
