"""Kernels behind wrappers.py: find the units of FINAL, ORADIS, GPS-recorder and .rply files.

uint8 in; int64 tables of units and faults out.  Cost is linear in the octets: a look at one
place reads a bounded number of octets, and after a fault the search moves on octet by octet.
"""
# mypy: ignore-errors

from jointsky._jit import kernel
from jointsky.formats.framing.blocks_kernels import (
    block_length,
    chain_end,
    is_category,
    starts_with_block,
)
from jointsky.formats.framing.pcap_kernels import u16, u32

FINAL = 1
ORADIS = 2
GPS = 3
RPLY = 4

# columns of a unit: octet where its payload begins, octets of payload


@kernel
def head_octets(kind):
    """Return how many octets stand before the payload of a unit."""
    if kind in (1, 4):
        return 8
    if kind == 2:
        return 6
    return 0


@kernel
def tail_octets(kind):
    """Return how many octets stand behind the payload of a unit."""
    if kind == 1:
        return 4
    if kind == 3:
        return 10
    return 0


@kernel
def unit_octets(data, at, kind, end):
    """Return the length of the unit at ``at`` with head and tail; 0 where there is none."""
    head = head_octets(kind)
    if end - at < head + 4:
        return 0
    if kind == 1:
        total = u16(data, at, True)
        if total < 12 or at + total > end:
            return 0
        for k in range(total - 4, total):
            if data[at + k] != 0xA5:
                return 0
        return total
    if kind == 2:
        total = u16(data, at, True)
        if total < 10 or at + total > end or not starts_with_block(data, at + 6, at + total):
            return 0
        return total
    if kind == 3:
        total = block_length(data, at, end) + 10
        if total == 10 or at + total > end:
            return 0
        if at + total < end and not is_category(data[at + total]):
            return 0
        return total
    size = u32(data, at, False)
    if size < 4 or size > end - at - 8 or not starts_with_block(data, at + 8, at + 8 + size):
        return 0
    return size + 8


@kernel
def can_resume(data, at, kind, end):
    """Return whether reading may go on at ``at`` after a fault: a unit, with a block inside."""
    if unit_octets(data, at, kind, end) == 0:
        return False
    return is_category(data[at + head_octets(kind)])


@kernel
def split(data, at, end, kind, units, breaks):
    """Fill ``units`` (U, 2) and ``breaks`` (B, 3: begin, end, octets kept); return both counts.

    Inside a broken unit the whole blocks that still follow its head are kept as a unit.  A table
    that is too short is counted on but not written: call again with a longer one.
    """
    head = head_octets(kind)
    tail = tail_octets(kind)
    count = 0
    broken = 0
    while at < end:
        total = unit_octets(data, at, kind, end)
        if total > 0:
            if count < units.shape[0]:
                units[count, 0] = at + head
                units[count, 1] = total - head - tail
            count += 1
            at += total
            continue
        begin = at
        at += 1
        while at < end and not can_resume(data, at, kind, end):
            at += 1
        first = min(begin + head, at)
        kept = chain_end(data, first, at) - first
        if kept > 0:
            if count < units.shape[0]:
                units[count, 0] = first
                units[count, 1] = kept
            count += 1
        if broken < breaks.shape[0]:
            breaks[broken, 0] = begin
            breaks[broken, 1] = at
            breaks[broken, 2] = kept
        broken += 1
    return count, broken


@kernel
def hold_unit(data, start, length, kind, out):
    """Set out[k] to whether payload k begins with a unit that has a block inside."""
    for k in range(start.shape[0]):
        out[k] = can_resume(data, start[k], kind, start[k] + length[k])
