"""Frames equal the UDP payloads that tshark finds: same octets, same port, same time."""

import shutil
import subprocess

import pytest

from formats.framing import made
from jointsky.formats.framing.opening import open_frames
from shared_data import shared

pytestmark = pytest.mark.skipif(
    shutil.which("tshark") is None, reason="tshark is not installed: it is the second reader here"
)


def by_tshark(path):
    """Return (time, port, payload) of every UDP packet, by tshark."""
    fields = ["frame.time_epoch", "udp.dstport", "udp.payload"]
    command = ["tshark", "-r", str(path), "-Y", "udp", "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split("\t") for line in lines]
    return [(float(t), int(port), payload) for t, port, payload in rows]


def agree(path):
    frames = open_frames(path.read_bytes(), str(path), None)
    ours = [
        (time_s, port, frames.data[at : at + size].hex())
        for time_s, port, at, size in zip(
            frames.receipt_time_s.tolist(),
            frames.port.tolist(),
            frames.start.tolist(),
            frames.length.tolist(),
            strict=True,
        )
    ]
    theirs = by_tshark(path)
    assert len(ours) == len(theirs)
    assert [row[1:] for row in ours] == [row[1:] for row in theirs]
    # float64 resolves 0.24 us of POSIX time
    assert [row[0] for row in ours] == pytest.approx([row[0] for row in theirs], abs=5e-7)
    return len(ours)


@pytest.mark.parametrize(
    "name", ["ar_260429", "ar_fds260429", "ccl_asterix", "ccl_cat_034_048", "ccl_cat_062_065"]
)
def test_real_captures_give_the_payloads_of_tshark(name):
    assert agree(shared(f"data/asterix/{name}.pcap")) > 0


BLOCKS = [made.block(62, bytes([255, k]) + bytes(range(1, 250)) * (k % 9)) for k in range(24)]


def packets(k, block):
    """Return the packets of one block, in a form that depends on ``k``."""
    content = made.udp(block, port=4000 + k % 4)
    if k % 6 == 0:
        return [made.ethernet(made.ipv4(content))]
    if k % 6 == 1:
        return [made.ethernet(made.ipv4(content), tags=[(0x8100, k)])]
    if k % 6 == 2:
        return [made.ethernet(made.ipv4(content), tags=[(0x88A8, k), (0x8100, 1)])]
    if k % 6 == 3:
        parts = made.ipv4_fragments(content, 480, ident=k)
        return [made.ethernet(part) for part in parts]
    if k % 6 == 4:
        parts = made.ipv6_fragments(content, 480, ident=k)
        return [made.ethernet(part, 0x86DD) for part in parts]
    hop = b"\x11\0\1\4\0\0\0\0"
    return [made.ethernet(made.ipv6(content, following=0, extensions=hop), 0x86DD)]


ALL = [packet for k, block in enumerate(BLOCKS) for packet in packets(k, block)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_made_pcap_with_vlan_fragments_and_ipv6_gives_the_payloads_of_tshark(tmp_path, order, nano):
    path = tmp_path / "made.pcap"
    ticks = 1_000_000_000 if nano else 1_000_000
    rows = [(1_700_000_000, k * ticks // 1000, packet) for k, packet in enumerate(ALL)]
    path.write_bytes(made.pcap(rows, order, nano))
    assert agree(path) == len(BLOCKS)


@pytest.mark.parametrize("order", ["<", ">"])
def test_made_pcapng_gives_the_payloads_of_tshark(tmp_path, order):
    path = tmp_path / "made.pcapng"
    out = (
        made.section(order) + made.interface(order) + made.interface(order, options=[(9, b"\x09")])
    )
    for k, packet in enumerate(ALL):
        ticks = 1_700_000_000_000_000 + k * 1000
        out += made.enhanced(packet, ticks * (1000 if k % 2 else 1), k % 2, order)
    path.write_bytes(out)
    assert agree(path) == len(BLOCKS)


@pytest.mark.parametrize(
    "link, head", [(101, b""), (113, bytes(14) + b"\x08\0"), (276, b"\x08\0" + bytes(18))]
)
def test_other_link_types_give_the_payloads_of_tshark(tmp_path, link, head):
    path = tmp_path / "made.pcap"
    rows = [(k, 0, head + made.ipv4(made.udp(block))) for k, block in enumerate(BLOCKS)]
    path.write_bytes(made.pcap(rows, link=link))
    assert agree(path) == len(BLOCKS)
