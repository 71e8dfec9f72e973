"""Kernels that tell whether octets are a chain of ASTERIX blocks (category, u16 length, records).

uint8 in, integers out; no allocation.  Source: EUROCONTROL SPEC-149 part 1, section 4.2.
"""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel


@kernel
def is_category(octet):
    """Return whether a category of this number has been published or is in known private use."""
    if 1 <= octet <= 34 or 62 <= octet <= 65:
        return True
    return octet in (48, 129, 150, 205, 238, 239, 240, 247, 252, 253)


@kernel
def block_length(data, at, end):
    """Return the length of the block at ``at``, or 0 where none can begin that ends by ``end``."""
    if end - at < 4 or not is_category(data[at]):
        return 0
    length = (np.int64(data[at + 1]) << 8) | np.int64(data[at + 2])
    if length < 4 or at + length > end:
        return 0
    if data[at + 3] == 0:
        return 0
    return length


@kernel
def chain_end(data, at, end):
    """Return where the chain of whole blocks that begins at ``at`` ends, at most ``end``."""
    while True:
        length = block_length(data, at, end)
        if length == 0:
            return at
        at += length


@kernel
def starts_with_block(data, at, end):
    """Return whether a block stands at ``at`` and ends at ``end`` or where another could begin."""
    length = block_length(data, at, end)
    if length == 0:
        return False
    after = at + length
    return after == end or is_category(data[after])


@kernel
def octets_in_chains(data, start, length):
    """Return octets of the payloads in blocks, how often a chain breaks, and how many blocks.

    After a break the search goes on octet by octet, and takes a block only if another, or the
    end, follows it: cost is linear, and noise hardly counts.
    """
    total = 0
    breaks = 0
    blocks = 0
    for k in range(start.shape[0]):
        at = start[k]
        end = start[k] + length[k]
        while at < end:
            size = block_length(data, at, end)
            if size > 0:
                total += size
                blocks += 1
                at += size
                continue
            breaks += 1
            at += 1
            while at < end and not starts_with_block(data, at, end):
                at += 1
    return total, breaks, blocks


@kernel
def begin_as_blocks(data, start, length, wire, out):
    """Set out[k] to whether payload k begins as a block that fits into its ``wire`` octets.

    ``length`` is what was captured of it, which may be less.
    """
    for k in range(start.shape[0]):
        at = start[k]
        out[k] = False
        if length[k] >= 4 and is_category(data[at]) and data[at + 3] != 0:
            size = (np.int64(data[at + 1]) << 8) | np.int64(data[at + 2])
            out[k] = 4 <= size <= wire[k]


@kernel
def may_go_on(data, at, end):
    """Return whether a block may begin at ``at`` whose rest has not come yet, or nothing has."""
    if at == end:
        return True
    if not is_category(data[at]):
        return False
    if end - at < 4:
        return True
    length = (np.int64(data[at + 1]) << 8) | np.int64(data[at + 2])
    return length >= 4 and data[at + 3] != 0 and at + length > end


@kernel
def later_chain(data, at, end):
    """Return where, behind ``at``, three blocks begin that lead to the end; ``end``: nowhere."""
    for first in range(at + 1, end):
        if not is_category(data[first]):
            continue
        after = first
        blocks = 0
        while True:
            length = block_length(data, after, end)
            if length == 0:
                break
            after += length
            blocks += 1
        if blocks >= 3 and may_go_on(data, after, end):
            return first
    return end


@kernel
def whole_end(data, most_unsure):
    """Return where the last whole block of a stream ends, what is no block passed over.

    After damage a block is taken where another, or the end, follows it.  A begin of which the rest
    is still to come is waited for, unless more than ``most_unsure`` octets wait and blocks are
    among them: then it was damage that looked like a begin.
    """
    at = 0
    end = data.shape[0]
    while at < end:
        at = chain_end(data, at, end)
        if may_go_on(data, at, end):
            if end - at <= most_unsure:
                return at
            later = later_chain(data, at, end)
            if later == end:
                return at
            at = later
            continue
        at += 1
        while at < end and not starts_with_block(data, at, end):
            if end - at <= most_unsure and may_go_on(data, at, end):
                return at
            at += 1
    return end
