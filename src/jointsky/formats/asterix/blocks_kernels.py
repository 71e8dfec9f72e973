"""Kernels behind blocks.py: where the data blocks of a payload lie, also after a fault."""
# mypy: ignore-errors
# Shapes: F frames, B blocks, G gaps.  A block: category (1 octet), length (2 octets), records.

import numpy as np

from jointsky._jit import kernel

LOST, WRONG_LENGTH, TRUNCATED = 0, 1, 2


@kernel
def claimed_length(data, at):
    """Return the length that the head of a block says."""
    return np.int64(data[at + 1]) << 8 | np.int64(data[at + 2])


@kernel
def length_at(data, at, stop):
    """Return the length of the block at ``at``, or 0 if no whole block can lie there."""
    if at + 3 > stop or data[at] == 0:
        return 0
    length = claimed_length(data, at)
    if length < 3 or at + length > stop:
        return 0
    return length


@kernel
def likely_length(data, at, stop, known):
    """Return the length if a block of a known category with a source lies there, else 0.

    Every category names its source in its first item, so the first bit of the FSPEC is set; old
    CAT001 may leave it out.  Text has no such bit, so it is never taken for blocks.
    """
    length = length_at(data, at, stop)
    if length < 5 or not known[data[at]]:
        return 0
    if data[at] != 1 and data[at + 3] & 0x80 == 0:
        return 0
    return length


@kernel
def source_at(data, at, stop):
    """Return SAC * 256 + SIC of the first record of a block, or -1."""
    p = at + 3
    if p >= stop or data[p] & 0x80 == 0:
        return -1
    while p < stop and data[p] & 1:
        p += 1
    if p + 3 > stop:
        return -1
    return np.int64(data[p + 1]) << 8 | np.int64(data[p + 2])


@kernel
def is_chain(data, at, stop, known, source):
    """Return whether what stands here is surely a chain of blocks.

    Three likely blocks in a row, or likely blocks up to the end of the payload; the source of the
    first must be ``source`` (that of the block before) or appear again within six.  Chance alone
    makes links without that too often, as records hold many small numbers.
    """
    if likely_length(data, at, stop, known) == 0:
        return False
    first = source_at(data, at, stop)
    is_sure = first == source
    for step in range(6):
        length = likely_length(data, at, stop, known)
        if length == 0:
            return False
        is_sure = is_sure or (step > 0 and source_at(data, at, at + length) == first)
        at += length
        if at == stop or (is_sure and step >= 2):
            return is_sure
    return False


@kernel
def next_chain(data, at, stop, known, source):
    """Return where the next chain of likely blocks begins, or the end."""
    while at < stop:
        if known[data[at]] and is_chain(data, at, stop, known, source):
            break
        at += 1
    return at


@kernel
def is_whole(data, at, stop):
    """Return whether blocks fill the octets to the last one."""
    while at < stop:
        length = length_at(data, at, stop)
        if length == 0:
            return False
        at += length
    return True


@kernel
def find_blocks(data, extent, known, blocks, gaps):
    """Fill ``blocks`` (B, 4) with frame, first octet, length, source, and ``gaps`` (G, 4) with
    frame, first octet, octets, what it is.

    ``extent`` (F, 2) are the octets of each frame.  Returns (blocks, gaps), which are counted
    even where the arrays are too short to hold them.
    """
    n = 0
    n_gaps = 0
    for frame in range(extent.shape[0]):
        at = extent[frame, 0]
        stop = extent[frame, 1]
        whole = is_whole(data, at, stop)
        last_source = np.int64(-1)
        while at < stop:
            length = length_at(data, at, stop)
            after = at + length
            gap = -1
            if not whole:
                source = last_source if last_source >= 0 else source_at(data, at, stop)
                if length > 0 and after < stop and not is_chain(data, after, stop, known, source):
                    # What follows is no chain: this length is wrong, or the fault is further on.
                    chain = next_chain(data, at + 3, stop, known, source)
                    likely = likely_length(data, at, stop, known) > 0
                    if chain < after and likely:
                        gap = WRONG_LENGTH
                        length = chain - at
                    elif not likely:
                        gap = LOST
                        length = 0
                        after = chain
                elif length == 0:
                    after = next_chain(data, at + 1, stop, known, source)
                    gap = LOST
                    if at + 5 <= stop and known[data[at]] and data[at + 3] & 0x80:
                        gap = TRUNCATED if claimed_length(data, at) >= 3 else WRONG_LENGTH
                        length = after - at
            if gap >= 0:
                if n_gaps < gaps.shape[0]:
                    gaps[n_gaps, 0] = frame
                    gaps[n_gaps, 1] = at
                    gaps[n_gaps, 2] = after - at if gap == LOST else 0
                    gaps[n_gaps, 3] = gap
                n_gaps += 1
            if length == 0:
                at = after
                continue
            last_source = source_at(data, at, at + length)
            if n < blocks.shape[0]:
                blocks[n, 0] = frame
                blocks[n, 1] = at
                blocks[n, 2] = length
                blocks[n, 3] = last_source
            n += 1
            at += length
    return n, n_gaps
