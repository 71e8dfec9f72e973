"""Kernels behind blocks.py: where the data blocks of a payload lie, also around damage.

A payload is cut into chains of blocks and gaps so that a sum of weights is greatest (dynamic
programming from its end, Viterbi 1967): a block of a source that is heard elsewhere counts for
its place, every break and every new beginning against it.  So damage is found where it is, and
each octet is looked at a fixed number of times.
"""
# mypy: ignore-errors
# Shapes: F frames, B blocks, G gaps, W octets of a window and one more.
# A block: category (1 octet), length (2 octets), records.
# ``worth`` (65537, 256) is what a block counts by SAC * 256 + SIC + 1 (0: none) and category.

import numpy as np

from jointsky._jit import kernel

LOST, WRONG_LENGTH, TRUNCATED = 0, 1, 2
WINDOW_OCTETS = 1 << 20  # this much of a payload is cut at once ...
AHEAD_OCTETS = 1 << 18  # ... with a look ahead of four blocks of the greatest length
MOST_OCTETS = (1 << 16) - 1  # of a block

HEARD = 4  # a block whose source is heard elsewhere in its category
FRESH = 1  # one of a category that is given out, as long as nothing has been heard yet ...
FRESH_PAIR = 3  # ... and the same before one of the same source
STRANGE = -1  # one of a source that is not heard elsewhere
BROKEN_HEARD = 2  # the head of such a block, of which the length is wrong
UNLIKELY = -2  # any other octets that could be a block
BREAK = -3  # a chain ends before the payload does
BEGIN = -4  # a chain begins after a gap: two heard blocks and a break are worth it, one is not
END = 1  # a chain ends with the payload: then one heard block is worth it too


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
def is_head(data, at, stop, worth):
    """Return whether the head of a block of a known category with a source lies there.

    Every category names its source in its first item, so the first bit of the FSPEC is set; old
    CAT001 may leave it out.  Text has no such bit, so it is never taken for blocks.
    """
    if at + 5 > stop or worth[0, data[at]] == UNLIKELY:
        return False
    return data[at] == 1 or data[at + 3] & 0x80 != 0


@kernel
def source_at(data, at, stop):
    """Return SAC * 256 + SIC of the first record of a block, or -1."""
    p = at + 3
    if p >= stop or data[p] & 0x80 == 0:
        return -1
    while p < stop and data[p] & 1:
        p += 1
        if p > at + 16:  # no FSPEC is so long
            return -1
    if p + 3 > stop:
        return -1
    return np.int64(data[p + 1]) << 8 | np.int64(data[p + 2])


@kernel
def is_likely(data, at, length, stop, worth):
    """Return whether a block of that length lies there, of a known category with a source."""
    return length >= 5 and is_head(data, at, stop, worth)


@kernel
def block_weight(data, at, length, stop, worth):
    """Return what a block counts for its place."""
    if not is_likely(data, at, length, stop, worth):
        return UNLIKELY
    after = at + length
    source = source_at(data, at, after)
    weight = np.int64(worth[source + 1, data[at]])
    if weight != FRESH:
        return weight
    follows = length_at(data, after, stop)
    is_pair = is_likely(data, after, follows, stop, worth)
    if is_pair and source_at(data, after, after + follows) == source:
        return FRESH_PAIR
    return weight


@kernel
def is_heard_head(data, at, stop, worth):
    """Return whether the head of a block lies there whose source is heard elsewhere."""
    if not is_head(data, at, stop, worth):
        return False
    return worth[source_at(data, at, stop) + 1, data[at]] == HEARD


@kernel
def break_weight(data, at, stop, worth):
    """Return what it counts that the chain ends here, perhaps with a block of wrong length."""
    return BREAK + BROKEN_HEARD if is_heard_head(data, at, stop, worth) else BREAK


@kernel
def weigh(data, first, last, stop, worth, chain, gap):
    """Fill ``chain`` and ``gap`` (W) with the best sums of weights from each octet to the end.

    ``chain`` holds where a chain has come to this octet, ``gap`` where octets before are lost.
    """
    chain[last - first] = END if last == stop else 0
    gap[last - first] = 0
    for at in range(last - 1, first - 1, -1):
        k = at - first
        is_known = worth[0, data[at]] != UNLIKELY  # most are not: no kernel is called for them
        best = gap[k + 1] + (break_weight(data, at, stop, worth) if is_known else BREAK)
        gap[k] = gap[k + 1]
        length = length_at(data, at, stop)
        if length > 0:
            weight = block_weight(data, at, length, stop, worth) if is_known else UNLIKELY
            total = weight + (chain[k + length] if at + length <= last else 0)
            best = max(best, total)
            if weight != UNLIKELY:
                gap[k] = max(gap[k], total + BEGIN)
        chain[k] = best


@kernel
def is_taken(data, at, first, last, stop, worth, chain, gap):
    """Return whether the chain that has come to ``at`` goes on with the block there."""
    length = length_at(data, at, stop)
    if length == 0:
        return False
    total = block_weight(data, at, length, stop, worth)
    if at + length <= last:  # behind the window, nothing is known
        total += chain[at + length - first]
    return total >= break_weight(data, at, stop, worth) + gap[at - first + 1]


@kernel
def is_whole(data, at, stop, worth):
    """Return whether blocks fill the octets to the last one, and none hides three others.

    The length of a block may be damaged so that it ends where another does.
    """
    while at < stop:
        length = length_at(data, at, stop)
        if length == 0:
            return False
        for inner in range(at + 3, at + length - 14):
            p = inner
            links = 0
            while links < 3 and p < at + length and worth[0, data[p]] != UNLIKELY:
                size = length_at(data, p, at + length)
                if not is_likely(data, p, size, at + length, worth):
                    break
                links += 1
                p += size
            if links == 3:
                return False
        at += length
    return True


@kernel
def is_kept(data, at, after, begin, stop, ears):
    """Return whether a broken block, which the next chain ends, is worth reading."""
    if after - at > MOST_OCTETS or not is_head(data, at, stop, ears.worth):
        return False
    if after == stop and (at == begin or ears.taken[data[at]]):
        return True
    return is_heard_head(data, at, stop, ears.worth)


@kernel
def add_row(rows, n, frame, at, length, what):
    """Write a row where there is room, and return how many there are now."""
    if n < rows.shape[0]:
        rows[n, 0] = frame
        rows[n, 1] = at
        rows[n, 2] = length
        rows[n, 3] = what
    return n + 1


@kernel
def add_gap(data, frame, at, after, extent, ears, blocks, gaps, n, n_gaps):
    """Note a gap, and as a block what it may hold of one; return how many there are of both."""
    begin, stop = extent
    if not is_kept(data, at, after, begin, stop, ears):
        return n, add_row(gaps, n_gaps, frame, at, after - at, LOST)
    claimed = claimed_length(data, at)
    kind = TRUNCATED if after == stop and at + claimed > stop else WRONG_LENGTH
    n = add_row(blocks, n, frame, at, after - at, source_at(data, at, after))
    return n, add_row(gaps, n_gaps, frame, at, 0, kind)


@kernel
def cut_damaged(data, frame, extent, ears, blocks, gaps, n, n_gaps, chain, gap):
    """Add the blocks and gaps of a frame that blocks do not fill; return how many there are."""
    at, stop = extent
    worth = ears.worth
    broken = np.int64(-1)  # where the gap began in which ``at`` lies
    while at < stop:
        first = at
        last = min(stop, first + WINDOW_OCTETS + AHEAD_OCTETS)
        until = stop if last == stop else first + WINDOW_OCTETS
        weigh(data, first, last, stop, worth, chain, gap)
        while at < until:
            if broken >= 0 and gap[at - first] > gap[at - first + 1]:
                n, n_gaps = add_gap(data, frame, broken, at, extent, ears, blocks, gaps, n, n_gaps)
                broken = -1
            elif broken >= 0:
                at += 1
                continue
            elif not is_taken(data, at, first, last, stop, worth, chain, gap):
                broken = at
                at += 1
                continue
            length = length_at(data, at, stop)
            if ears.taken[data[at]]:
                source = source_at(data, at, at + length)
                n = add_row(blocks, n, frame, at, length, source)
            else:
                n_gaps = add_row(gaps, n_gaps, frame, at, length, LOST)
            at += length
    if broken >= 0:
        n, n_gaps = add_gap(data, frame, broken, stop, extent, ears, blocks, gaps, n, n_gaps)
    return n, n_gaps


@kernel
def find_blocks(data, extents, ears, blocks, gaps, chain, gap):
    """Fill ``blocks`` (B, 4) with frame, first octet, length, source, and ``gaps`` (G, 4) with
    frame, first octet, octets, what it is.

    ``extents`` (F, 2) are the octets of each frame; ``chain`` and ``gap`` (W) are room to work
    in.  Returns (blocks, gaps, damaged frames); blocks and gaps are counted even where the
    arrays are too short to hold them.
    """
    n = 0
    n_gaps = 0
    damaged = 0
    for frame in range(extents.shape[0]):
        at = extents[frame, 0]
        stop = extents[frame, 1]
        if not is_whole(data, at, stop, ears.worth):
            damaged += 1
            n, n_gaps = cut_damaged(
                data, frame, (at, stop), ears, blocks, gaps, n, n_gaps, chain, gap
            )
            continue
        while at < stop:
            length = claimed_length(data, at)
            n = add_row(blocks, n, frame, at, length, source_at(data, at, at + length))
            at += length
    return n, n_gaps, damaged
