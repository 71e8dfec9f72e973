"""FINAL, ORADIS, GPS recorder, .rply and raw files, made here and real."""

import pytest

from formats.framing import made
from jointsky.formats.framing.opening import guess_container, open_frames
from jointsky.streams import stream
from shared_data import shared

BLOCKS = [made.block(48, bytes([255, k, 2, 3, 4, 5, 6, 7])) for k in range(40)]
FILES = {
    "raw": b"".join(BLOCKS),
    "final": b"".join(made.final(one, ticks=k) for k, one in enumerate(BLOCKS)),
    "oradis": b"".join(made.oradis(one, k) for k, one in enumerate(BLOCKS)),
    "rply": b"".join(made.rply(one, k) for k, one in enumerate(BLOCKS)),
    "gps-recorder": made.gps(BLOCKS),
}


def contents(frames):
    spans = zip(frames.start.tolist(), frames.length.tolist(), strict=True)
    return [bytes(frames.data[at : at + size]) for at, size in spans]


def opened(data, container=None):
    frames = open_frames(data, "made", container)
    total = int(frames.length.sum()) + frames.overhead_octets + frames.fault_octets
    assert total == len(data)
    return frames


@pytest.mark.parametrize("name", FILES)
def test_each_container_is_recognised_and_gives_its_blocks(name):
    frames = opened(FILES[name])
    assert frames.container == name
    assert contents(frames) == ([FILES["raw"]] if name == "raw" else BLOCKS)
    assert (frames.offset == frames.start).all()


@pytest.mark.parametrize("inner", ["final", "oradis"])
def test_wrapped_payloads_in_a_capture_are_unwrapped(inner):
    wrapped = {"final": made.final, "oradis": made.oradis}[inner]
    pairs = zip(BLOCKS[::2], BLOCKS[1::2], strict=True)
    packets = [made.ethernet(made.ipv4(made.udp(wrapped(a) + wrapped(b)))) for a, b in pairs]
    frames = opened(made.pcap([(k, 0, packet) for k, packet in enumerate(packets)]))
    assert frames.container == f"pcap/{inner}"
    assert contents(frames) == BLOCKS
    assert frames.receipt_time_s.tolist() == [k // 2 for k in range(40)]
    at = int(frames.offset[3])
    assert bytes(frames.data[at : at + len(BLOCKS[3])]) == BLOCKS[3]


@pytest.mark.parametrize("name", ["final", "oradis", "rply", "gps-recorder"])
def test_a_damaged_head_is_a_fault_and_its_block_is_kept(name):
    data = bytearray(FILES[name])
    size = {"final": 12, "oradis": 6, "rply": 8, "gps-recorder": 10}[name] + len(BLOCKS[0])
    first = 2200 if name == "gps-recorder" else 0
    data[first + 10 * size + 1] ^= 0x70
    frames = opened(bytes(data))
    assert frames.container == name
    assert sum(frames.fault_counts.values()) == 1
    assert frames.faults[0].offset == first + 10 * size
    if name != "gps-recorder":
        assert contents(frames) == BLOCKS
    else:
        assert contents(frames) == BLOCKS[:10] + BLOCKS[11:]


@pytest.mark.parametrize("name", ["final", "oradis", "rply", "gps-recorder"])
def test_what_comes_before_a_truncation_is_kept(name):
    frames = opened(FILES[name][:-7], name)
    assert contents(frames)[:39] == BLOCKS[:39]
    assert sum(frames.fault_counts.values()) == 1


def test_several_blocks_in_one_frame_stay_together():
    frames = opened(made.final(BLOCKS[0] + BLOCKS[1]) + made.final(BLOCKS[2]))
    assert contents(frames) == [BLOCKS[0] + BLOCKS[1], BLOCKS[2]]


@pytest.mark.parametrize(
    "name, container, frames",
    [
        ("artas.rply", "rply", 304),
        ("ccl_parsegps.gps", "gps-recorder", 15),
        ("ccl_cat_001_002.pcap", "pcap/oradis", 6),
        ("jade_062_065_30min.ff", "final", 18163),
        ("jade_062_one_packet2.ff", "final", 1),
        ("jade_nats_cat048_tcas.ff", "final", 1),
        ("jahorina.raw", "raw", 1),
        ("cat240-1.bin", "raw", 1),
        ("lebl_160510_smr_cat10.ast", "raw", 1),
        ("ar_260429.pcap", "pcap", 19907),
    ],
)
def test_real_files_are_opened_without_a_fault(name, container, frames):
    data = shared(f"data/asterix/{name}").read_bytes()
    found = opened(data)
    assert (found.container, len(found.start), found.fault_counts) == (container, frames, {})


def test_text_and_noise_are_no_container():
    assert guess_container(b"MSG,4,1,1,406B90,1,2026/11/21,21:00:45.589\n" * 50) is None
    assert guess_container(bytes(k * 37 % 251 for k in range(5000))) is None


@pytest.mark.parametrize("size", [100, 3000, 100_000])
def test_noise_is_hardly_ever_taken_for_a_container(size):
    taken = [guess_container(stream(k, "noise").bytes(size)) for k in range(100)]
    assert sum(name is not None for name in taken) <= 5


@pytest.mark.parametrize("name", FILES)
def test_a_container_is_recognised_with_a_trailer_and_a_damaged_middle(name):
    data = bytearray(FILES[name] + b"\0VENDOR TRAILER\0")
    data[len(data) // 2] ^= 0xFF
    assert open_frames(bytes(data), "made").container == name
