"""Kernels behind walker.py: where the records of a block lie, and the items of each record."""
# mypy: ignore-errors
# Shapes: B blocks, R records, S slots (items and subitems of one edition).
#   table (S, 6): kind, size a, size b, first of its entries in lists, how many, ends with FX
#   lists: parts of extended items, children of compound items, orders of items
#   uaps (U, 3): first entry in lists, how many, longest FSPEC
#   marks (2, S, R): octet of an item from its record's start (0: absent), and its length
# Few arrays on purpose: each costs a count of references in every call.
# Source: EUROCONTROL SUR.ET1.ST05.2000-STD-01-01 (Part 1), sections 4 and 5.

import numpy as np

from jointsky._jit import kernel

FIXED, EXTENDED, REPETITIVE, REPETITIVE_FX, EXPLICIT, COMPOUND = 0, 1, 2, 3, 4, 5
SPARE, RFS = -1, -2

OVERRUN = -1  # the block ends inside the record
FSPEC_TOO_LONG = -2
UNKNOWN_ITEM = -3  # FSPEC bit of an item that the edition does not have
UNKNOWN_SUBITEM = -4
EMPTY_EXPLICIT = -5  # an explicit item whose length says 0
ENDLESS_EXTENSION = -6  # FX set in the last part that the edition has
UNKNOWN_RFS = -7
EMPTY_RECORD = -8


@kernel
def item_end(data, at, end, slot, table, lists):
    """Return the octet after a simple item at ``at``, or a negative fault."""
    kind = table[slot, 0]
    if kind == FIXED:
        at += table[slot, 1]
    elif kind == EXTENDED:
        first = table[slot, 3]
        last = first + table[slot, 4] - 1
        for part in range(first, last + 1):
            at += lists[part]
            if at > end:
                return OVERRUN
            if part == last and table[slot, 5] == 0:
                break
            if data[at - 1] & 1 == 0:
                break
            if part == last:
                return ENDLESS_EXTENSION
    elif kind == REPETITIVE:
        times = np.int64(0)
        for _ in range(table[slot, 1]):
            if at >= end:
                return OVERRUN
            times = times << 8 | np.int64(data[at])
            at += 1
        at += times * table[slot, 2]
    elif kind == REPETITIVE_FX:
        while True:
            at += table[slot, 1]
            if at > end:
                return OVERRUN
            if data[at - 1] & 1 == 0:
                break
    else:
        if at >= end:
            return OVERRUN
        if data[at] == 0:
            return EMPTY_EXPLICIT
        at += np.int64(data[at])
    if at > end:
        return OVERRUN
    return at


@kernel
def fspec_end(data, at, end, octets_max):
    """Return the octet after a field specification, or a negative fault."""
    begin = at
    while True:
        if at >= end:
            return OVERRUN
        at += 1
        if data[at - 1] & 1 == 0:
            break
    if at - begin > octets_max:
        return FSPEC_TOO_LONG
    return at


@kernel
def any_item_end(data, at, end, begin, row, slot, table, lists, marks):
    """Return the octet after any item; it and its subitems go into ``marks``."""
    is_compound = table[slot, 0] == COMPOUND
    p = at
    bits = 1
    if is_compound:
        p = fspec_end(data, at, end, table[slot, 1])
        if p < 0:
            return p
        bits = (p - at) * 8
    child = table[slot, 3]
    last = child + table[slot, 4]
    for bit in range(bits):
        inner = slot
        if is_compound:
            if bit & 7 == 7:  # the FX bit
                continue
            child += 1
            if np.int64(data[at + (bit >> 3)]) >> (7 - (bit & 7)) & 1 == 0:
                continue
            if child > last or lists[child - 1] == SPARE:
                return UNKNOWN_SUBITEM
            inner = lists[child - 1]
        q = item_end(data, p, end, inner, table, lists)
        if q < 0:
            return q
        marks[0, inner, row] = p - begin
        marks[1, inner, row] = q - p
        p = q
    if is_compound:
        marks[0, slot, row] = at - begin
        marks[1, slot, row] = p - at
    return p


@kernel
def choose_uap(data, at, after, end, table, lists, uaps):
    """Return which order of items a record has: bit 1 of its second item (CAT001 I020/TYP)."""
    if uaps.shape[0] == 1 or data[at] & 0x40 == 0:
        return 0
    p = after
    if data[at] & 0x80:
        p = item_end(data, p, end, lists[uaps[0, 0]], table, lists)
    if p < 0 or p >= end:
        return 0
    return np.int64(data[p]) >> 7


@kernel
def record_end(data, begin, end, row, table, lists, uaps, marks, uap_of):
    """Return the octet after the record at ``begin``, or a negative fault; fill row ``row``."""
    after = fspec_end(data, begin, end, 255)
    if after < 0:
        return after
    uap = choose_uap(data, begin, after, end, table, lists, uaps)
    if after - begin > uaps[uap, 2]:
        return FSPEC_TOO_LONG
    uap_of[row] = uap
    p = after
    number = uaps[uap, 0] - 1
    last = number + uaps[uap, 1]
    found = 0
    for bit in range((after - begin) * 8):
        if bit & 7 == 7:  # the FX bit
            continue
        number += 1
        if np.int64(data[begin + (bit >> 3)]) >> (7 - (bit & 7)) & 1 == 0:
            continue
        found += 1
        slot = SPARE
        if number <= last:
            slot = lists[number]
        times = np.int64(1)
        if slot == RFS:  # a counter, then number and content of each item
            if p >= end:
                return OVERRUN
            times = np.int64(data[p])
            p += 1
        elif slot == SPARE:
            return UNKNOWN_ITEM
        for _ in range(times):
            inner = slot
            if slot == RFS:
                if p >= end:
                    return OVERRUN
                entry = np.int64(data[p]) - 1
                p += 1
                if entry < 0 or entry >= uaps[uap, 1] or lists[uaps[uap, 0] + entry] < 0:
                    return UNKNOWN_RFS
                inner = lists[uaps[uap, 0] + entry]
            p = any_item_end(data, p, end, begin, row, inner, table, lists, marks)
            if p < 0:
                return p
    if found == 0:
        return EMPTY_RECORD
    return p


@kernel
def walk_blocks(data, extent, block, at, table, lists, uaps, marks, uap_of, where, faults):
    """Fill ``marks``, ``uap_of``, ``where`` with records from octet ``at`` of ``block`` on.

    ``extent`` (B, 2): octets at which the records of each block begin and end.  ``where`` (R, 3):
    a record's first octet, its length, its block.  ``faults`` takes one entry at most for a block:
    its number, the octet of the faulty record, the fault.  Returns (records, faults, block, at):
    where to go on when the rows are used up; the end is reached when block is B.
    """
    row = np.int64(0)  # a plain 0 would compile everything below once more for it
    bad = 0
    rows = where.shape[0]
    while block < extent.shape[0]:
        while at < extent[block, 1]:
            if row == rows:
                return row, bad, block, at
            p = record_end(data, at, extent[block, 1], row, table, lists, uaps, marks, uap_of)
            if p < 0:
                for slot in range(marks.shape[1]):
                    marks[0, slot, row] = 0
                    marks[1, slot, row] = 0
                faults[bad, 0] = block
                faults[bad, 1] = at
                faults[bad, 2] = p
                bad += 1
                break
            where[row, 0] = at
            where[row, 1] = p - at
            where[row, 2] = block
            row += 1
            at = p
        block += 1
        if block < extent.shape[0]:
            at = extent[block, 0]
    return row, bad, block, at
