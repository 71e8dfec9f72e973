"""Kernels behind pcap.py and pcapng.py: walk the records of a capture, and resume after faults.

uint8 in; int64 tables out.  Linear in the octets: a look at one place reads at most two headers.
A table that is too short is counted on but not written: call again with a longer one.
"""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel


@kernel
def u16(data, at, big):
    """Return the unsigned 16-bit number at ``at``."""
    first = np.int64(data[at])
    second = np.int64(data[at + 1])
    return (first << 8) | second if big else (second << 8) | first


@kernel
def u32(data, at, big):
    """Return the unsigned 32-bit number at ``at``, as int64."""
    first = u16(data, at, big)
    second = u16(data, at + 2, big)
    return (first << 16) | second if big else (second << 16) | first


@kernel
def pcap_octets(data, at, big, ticks):
    """Return the captured octets of the pcap record at ``at``; -1 where none can begin.

    Its fraction of a second must be below one, it cannot hold more than was on the wire, nor more
    than Wireshark takes as one packet (262,144 octets).
    """
    end = data.shape[0]
    if end - at < 16:
        return -1
    captured = u32(data, at + 8, big)
    original = u32(data, at + 12, big)
    if u32(data, at + 4, big) >= ticks or captured > original:
        return -1
    if captured > 262144 or captured > end - at - 16:
        return -1
    return captured


@kernel
def pcap_can_resume(data, at, big, ticks, last_s):
    """Return whether a record stands at ``at`` within a day of ``last_s``, followed by another."""
    captured = pcap_octets(data, at, big, ticks)
    if captured < 14:
        return False
    if abs(u32(data, at, big) - last_s) > 86400:
        return False
    after = at + 16 + captured
    return after == data.shape[0] or pcap_octets(data, after, big, ticks) >= 0


@kernel
def walk_pcap(data, at, big, ticks, packets, breaks):
    """Fill ``packets`` (P, 5) and ``breaks`` (B, 2: begin, end); return both counts.

    A packet: first octet, octets captured, octets on the wire, seconds, ticks of the second.
    """
    end = data.shape[0]
    count = 0
    broken = 0
    last_s = u32(data, at, big) if end - at >= 16 else 0
    known = False
    while at < end:
        captured = pcap_octets(data, at, big, ticks)
        if captured >= 0:
            last_s = u32(data, at, big)
            known = True
            if count < packets.shape[0]:
                packets[count, 0] = at + 16
                packets[count, 1] = captured
                packets[count, 2] = u32(data, at + 12, big)
                packets[count, 3] = last_s
                packets[count, 4] = u32(data, at + 4, big)
            count += 1
            at += 16 + captured
            continue
        begin = at
        at += 1
        while at < end:
            near_s = last_s if known or end - at < 16 else u32(data, at, big)
            if pcap_can_resume(data, at, big, ticks, near_s):
                break
            at += 1
        if broken < breaks.shape[0]:
            breaks[broken, 0] = begin
            breaks[broken, 1] = at
        broken += 1
    return count, broken


@kernel
def section_order(data, at):
    """Return 1 where a big-endian section begins at ``at``, 0 for little-endian, -1 for none."""
    if data.shape[0] - at < 28:
        return -1
    if not (data[at] == 10 and data[at + 1] == 13 and data[at + 2] == 13 and data[at + 3] == 10):
        return -1
    if u32(data, at + 8, True) == 0x1A2B3C4D:
        return 1
    if u32(data, at + 8, False) == 0x1A2B3C4D:
        return 0
    return -1


@kernel
def block_octets(data, at, big):
    """Return the length of the pcapng block at ``at``: both its lengths agree; 0 for none."""
    end = data.shape[0]
    if end - at < 12:
        return 0
    total = u32(data, at + 4, big)
    if total < 12 or total % 4 != 0 or total > end - at:
        return 0
    if u32(data, at + total - 4, big) != total:
        return 0
    return total


@kernel
def walk_pcapng(data, blocks, breaks):
    """Fill ``blocks`` (N, 4: type, first octet, octets, big-endian) and ``breaks`` (B, 2)."""
    end = data.shape[0]
    at = 0
    big = False
    count = 0
    broken = 0
    while at < end:
        order = section_order(data, at)
        if order >= 0:
            big = order == 1
        total = block_octets(data, at, big)
        if total > 0:
            if count < blocks.shape[0]:
                blocks[count, 0] = u32(data, at, big)
                blocks[count, 1] = at
                blocks[count, 2] = total
                blocks[count, 3] = big
            count += 1
            at += total
            continue
        begin = at
        at += 1
        while at < end:
            if section_order(data, at) >= 0:
                break
            if block_octets(data, at, big) > 0 and 1 <= u32(data, at, big) <= 6:
                break
            at += 1
        if broken < breaks.shape[0]:
            breaks[broken, 0] = begin
            breaks[broken, 1] = at
        broken += 1
    return count, broken


@kernel
def packets_of_blocks(data, blocks, interface_of_section, snap, packets):
    """Fill ``packets`` (P, 6) from the packet blocks among ``blocks``; return how many.

    ``interface_of_section[n]`` is the first row, in the table of all interfaces, of the section
    that block n lies in, and ``snap`` their snap lengths.  A packet: first octet, octets captured,
    octets on the wire, time high and low word, interface.  A block whose own numbers do not fit
    into it has captured -1; time high -1 means that it has no time.
    """
    count = 0
    for n in range(blocks.shape[0]):
        kind = blocks[n, 0]
        if kind not in (2, 3, 6):
            continue
        at = blocks[n, 1]
        total = blocks[n, 2]
        big = blocks[n, 3] == 1
        base = interface_of_section[n]
        if kind == 3:
            head = 12
            interface = base
            high = -1
            low = 0
            original = u32(data, at + 8, big) if total >= 16 else 0
            captured = min(original, total - 16)
            if base < snap.shape[0] and snap[base] > 0:
                captured = min(captured, snap[base])
        else:
            head = 28
            if total < 32:
                captured = -1
                original = 0
                high = -1
                low = 0
                interface = base
            else:
                interface = base + (u32(data, at + 8, big) if kind == 6 else u16(data, at + 8, big))
                high = u32(data, at + 12, big)
                low = u32(data, at + 16, big)
                captured = u32(data, at + 20, big)
                original = u32(data, at + 24, big)
        if captured < 0 or captured > total - head - 4:
            captured = -1
        packets[count, 0] = at + head
        packets[count, 1] = captured
        packets[count, 2] = original
        packets[count, 3] = high
        packets[count, 4] = low
        packets[count, 5] = interface
        count += 1
    return count
