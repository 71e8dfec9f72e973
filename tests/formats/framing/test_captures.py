"""pcap and pcapng, made here: every link type, VLAN, fragments, clocks, faults."""

import math
import struct

import pytest

from formats.framing import made
from jointsky.errors import InputError
from jointsky.formats.framing.opening import open_frames

BLOCK = made.block()
PACKET = made.ethernet(made.ipv4(made.udp(BLOCK)))


def contents(frames):
    spans = zip(frames.start.tolist(), frames.length.tolist(), strict=True)
    return [bytes(frames.data[at : at + size]) for at, size in spans]


def opened(data, container=None):
    frames = open_frames(data, "made.pcap", container)
    total = int(frames.length.sum()) + frames.overhead_octets + frames.fault_octets
    assert total == len(data), "payload, overhead and faults must add up to the file"
    return frames


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nano", [False, True])
def test_all_four_magics_give_time_port_and_offset(order, nano):
    ticks = 123_456_789 if nano else 123_456
    frames = opened(made.pcap([(1_700_000_000, ticks, PACKET)], order, nano))
    assert contents(frames) == [BLOCK]
    assert frames.container == "pcap"
    assert frames.port.tolist() == [4001]
    assert frames.offset.tolist() == [24 + 16 + 14 + 20 + 8]
    assert frames.receipt_time_s[0] == pytest.approx(1_700_000_000.123456, abs=1e-6)


@pytest.mark.parametrize(
    "link, packet",
    [
        (made.LINK_RAW, made.ipv4(made.udp(BLOCK))),
        (made.LINK_RAW, made.ipv6(made.udp(BLOCK))),
        (228, made.ipv4(made.udp(BLOCK))),
        (made.LINK_NULL, struct.pack("<I", 2) + made.ipv4(made.udp(BLOCK))),
        (made.LINK_NULL, struct.pack(">I", 30) + made.ipv6(made.udp(BLOCK))),
        (made.LINK_LOOP, struct.pack(">I", 2) + made.ipv4(made.udp(BLOCK))),
        (made.LINK_SLL, bytes(14) + b"\x08\0" + made.ipv4(made.udp(BLOCK))),
        (made.LINK_SLL2, b"\x86\xdd" + bytes(18) + made.ipv6(made.udp(BLOCK))),
        (1, made.ethernet(made.ipv4(made.udp(BLOCK)), tags=[(0x8100, 5)])),
        (1, made.ethernet(made.ipv4(made.udp(BLOCK)), tags=[(0x88A8, 5), (0x8100, 6)])),
        (1, made.ethernet(made.ipv4(made.udp(BLOCK), options=b"\x94\x04\0\0"))),
        (1, made.ethernet(made.ipv4(made.udp(BLOCK)) + bytes(12))),
        (1, made.ethernet(made.ipv6(made.udp(BLOCK)), kind=0x86DD)),
        (
            1,
            made.ethernet(
                made.ipv6(made.udp(BLOCK), 0, b"\x3c\0\1\4\0\0\0\0" + b"\x11\0\1\4\0\0\0\0"), 0x86DD
            ),
        ),
        (1, made.ethernet(b"\xaa\xaa\3\0\0\0\x08\0" + made.ipv4(made.udp(BLOCK)), kind=36 + 8)),
    ],
)
def test_each_link_type_and_header_leads_to_the_payload(link, packet):
    frames = opened(made.pcap([(1, 2, packet)], link=link))
    assert contents(frames) == [BLOCK]
    assert bytes(frames.data[frames.offset[0] :][: len(BLOCK)]) == BLOCK
    assert frames.fault_counts == {}


def test_other_traffic_is_skipped_and_counted():
    packets = [
        made.ethernet(made.ipv4(b"\0" * 20, protocol=6)),
        made.ethernet(made.ipv4(b"\0" * 20, protocol=1)),
        made.ethernet(b"\0" * 28, kind=0x0806),
        made.ethernet(made.ipv4(made.udp(b"\x12\x34\1\0\0\1\0\0\0\0\0\0", port=53))),
        PACKET,
    ]
    frames = opened(made.pcap([(1, 0, packet) for packet in packets]))
    assert contents(frames) == [BLOCK]
    assert frames.skipped == {
        "TCP packets": 1,
        "IP packets of other protocols": 1,
        "packets that are not IP": 1,
        "UDP packets to port 53, which are not ASTERIX": 1,
    }


def test_unknown_link_type_is_named():
    frames = opened(made.pcap([(1, 0, PACKET)], link=127))
    assert frames.skipped == {"packets of link type 127, which is not supported": 1}


LONG = made.block(62, bytes(range(1, 250)) * 12)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 0, 1, 1, 2, 2]])
def test_fragments_in_any_order_and_twice_are_put_together(order):
    parts = made.ipv4_fragments(made.udp(LONG), 1480)
    packets = [(1, k, made.ethernet(parts[which])) for k, which in enumerate(order)]
    frames = opened(made.pcap([(0, 0, PACKET), *packets, (2, 0, PACKET)]))
    assert contents(frames) == [BLOCK, LONG, BLOCK]
    assert frames.fault_counts == {}
    data_offset = int(frames.offset[1])
    assert bytes(frames.data[data_offset:][:100]) == LONG[:100]


def test_overlapping_fragments_that_agree_are_put_together():
    content = made.udp(LONG)
    pieces = [(0, 1480), (1000, 2000), (1600, len(content))]
    packets = [
        made.ipv4(content[a:b], flags=(0x2000 if b < len(content) else 0) | a // 8, ident=3)
        for a, b in pieces
    ]
    frames = opened(made.pcap([(1, 0, made.ethernet(packet)) for packet in packets]))
    assert contents(frames) == [LONG]


def test_overlapping_fragments_that_disagree_are_a_fault():
    content = made.udp(LONG)
    wrong = bytes(octet ^ 255 for octet in content[1000:2000])
    packets = [
        made.ipv4(content[:1480], flags=0x2000),
        made.ipv4(wrong, flags=0x2000 | 125),
        made.ipv4(content[2000:], flags=250),
    ]
    frames = opened(made.pcap([(1, 0, made.ethernet(packet)) for packet in packets]))
    assert contents(frames) == []
    assert frames.fault_counts == {"broken-fragments": 1}
    assert "disagree" in frames.faults[0].text


def test_a_missing_fragment_is_a_fault_and_the_rest_is_read():
    parts = made.ipv4_fragments(made.udp(LONG), 1480)
    frames = opened(
        made.pcap(
            [(1, 0, made.ethernet(parts[0])), (1, 1, made.ethernet(parts[2])), (2, 0, PACKET)]
        )
    )
    assert contents(frames) == [BLOCK]
    assert frames.fault_counts == {"broken-fragments": 1}
    assert frames.faults[0].offset == 24 + 16 + 14 + 20


def test_fragments_of_another_time_with_the_same_number_are_not_mixed():
    old, new = (made.ipv4_fragments(made.udp(part), 1480) for part in (LONG, LONG[::-1]))
    packets = [(100, 0, old[0]), (200, 0, new[1]), (200, 1, new[2])]
    frames = opened(made.pcap([(s, t, made.ethernet(packet)) for s, t, packet in packets]))
    assert contents(frames) == []
    assert frames.fault_counts == {"broken-fragments": 2}


def test_ipv6_fragments_are_put_together():
    parts = made.ipv6_fragments(made.udp(LONG), 1232)
    packets = [(1, k, made.ethernet(part, 0x86DD)) for k, part in enumerate(reversed(parts))]
    assert contents(opened(made.pcap(packets))) == [LONG]


def test_a_packet_cut_by_the_snap_length_is_a_fault_and_its_whole_part_is_kept():
    two = made.ethernet(made.ipv4(made.udp(BLOCK + BLOCK)))
    frames = opened(made.pcap([(1, 0, two)], cut=42 + len(BLOCK) + 3))
    assert contents(frames) == [BLOCK + BLOCK[:3]]
    assert frames.fault_counts == {"cut-packet": 1}
    assert frames.faults[0].offset == 24 + 16 + 42


def test_a_damaged_packet_header_costs_only_that_packet():
    packets = made.pcap([(1_700_000_000 + k, 0, PACKET) for k in range(5)])
    at = 24 + 2 * (16 + len(PACKET)) + 8
    damaged = packets[:at] + b"\xff\xff\xff\x7f" + packets[at + 4 :]
    frames = opened(damaged)
    assert contents(frames) == [BLOCK] * 4
    assert frames.fault_counts == {"broken-packet-header": 1}
    assert frames.faults[0].offset == at - 8
    assert frames.faults[0].octets == 16 + len(PACKET)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_sections_interfaces_and_clocks(order):
    interfaces = [
        made.interface(order),
        made.interface(order, options=[(9, b"\x09")]),
        made.interface(order, options=[(9, b"\x8a"), (14, struct.pack(order + "q", 1000))]),
    ]
    packets = [
        made.enhanced(PACKET, 1_700_000_000_250_000, 0, order),
        made.enhanced(PACKET, 1_700_000_000_250_000_000, 1, order),
        made.enhanced(PACKET, (1_700_000_000 - 1000) * 1024 + 256, 2, order),
        made.obsolete(PACKET, 1_700_000_000_250_000, 0, order),
        made.simple(PACKET, order),
    ]
    one = made.section(order) + b"".join(interfaces + packets)
    other = "<" if order == ">" else ">"
    two = made.section(other) + made.interface(other, link=101)
    two += made.enhanced(made.ipv4(made.udp(BLOCK)), 5_000_000, 0, other)
    frames = opened(one + two)
    assert frames.container == "pcapng"
    assert contents(frames) == [BLOCK] * 6
    assert frames.receipt_time_s[:4] == pytest.approx([1_700_000_000.25] * 4, abs=1e-6)
    assert math.isnan(frames.receipt_time_s[4])
    assert frames.receipt_time_s[5] == 5.0


def test_a_simple_packet_is_cut_at_the_snap_length_of_its_interface():
    two = made.ethernet(made.ipv4(made.udp(BLOCK + BLOCK)))
    snap = 42 + len(BLOCK)
    data = made.section() + made.interface(snap=snap) + made.simple(two[:snap], original=len(two))
    frames = opened(data)
    assert contents(frames) == [BLOCK]
    assert frames.fault_counts == {"cut-packet": 1}


def test_pcapng_faults_are_told_and_passed():
    good = made.enhanced(PACKET, 1)
    strange = made.enhanced(PACKET, 1, which=7)
    damaged = good[:4] + b"\xff\xff\0\0" + good[8:]
    frames = opened(made.section() + made.interface() + good + damaged + strange + good)
    assert contents(frames) == [BLOCK, BLOCK]
    assert frames.fault_counts == {"broken-capture-block": 1, "broken-packet-block": 1}
    assert "interface 7" in frames.faults[1].text


def test_a_pcap_file_without_its_header_is_refused():
    with pytest.raises(InputError, match=r"made.pcap: byte 0: a pcap file of 10 octets"):
        open_frames(b"\xd4\xc3\xb2\xa1" + bytes(6), "made.pcap")


def test_an_empty_file_and_an_unknown_container_are_refused():
    with pytest.raises(InputError, match="an empty file"):
        open_frames(b"", "made.pcap")
    with pytest.raises(InputError, match="did you mean 'pcap'"):
        open_frames(BLOCK, "made.pcap", "pcpa")
