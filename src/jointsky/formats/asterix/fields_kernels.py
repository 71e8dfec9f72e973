"""Kernels behind batch.py: one field of many records as numbers or characters."""
# mypy: ignore-errors
# Shapes: R records, S slots, as in walker_kernels.

import numpy as np

from jointsky._jit import kernel

MISSING = -(1 << 63)


@kernel
def read_bits(data, where, marks, slot, skip, bit, size, signed, out):
    """Fill ``out`` (R,) int64 with ``size`` bits from bit ``bit`` after ``skip`` octets of a slot.

    A record without the item, or with an item too short for the field, gets MISSING.  63 bits at
    most, in 8 octets at most.
    """
    first = skip + (bit >> 3)
    last = skip + (bit + size + 7 >> 3)
    down = 8 * (last - skip) - bit - size
    mask = (np.uint64(1) << np.uint64(size)) - np.uint64(1)
    half = np.int64(1) << (size - 1)
    for r in range(out.shape[0]):
        if marks[0, slot, r] == 0 or marks[1, slot, r] < last:
            out[r] = MISSING
            continue
        at = where[r, 0] + np.int64(marks[0, slot, r])
        raw = np.uint64(0)
        for p in range(at + first, at + last):
            raw = raw << np.uint64(8) | np.uint64(data[p])
        value = np.int64(raw >> np.uint64(down) & mask)
        if signed and value & half:
            value -= half << 1
        out[r] = value


@kernel
def read_characters(data, where, marks, slot, first, count, is_icao, out):
    """Fill ``out`` (R, 8) uint32 with code points; 0 after the last character that is no space.

    ``count`` characters from octet ``first`` of the slot: 6 bits each as in ICAO Annex 10 volume
    III table 3-9, or 8 bits each (latin-1).  Controls and codes without a character become "?";
    a text of nothing else is none.
    """
    for r in range(out.shape[0]):
        if marks[0, slot, r] == 0:
            continue
        at = where[r, 0] + np.int64(marks[0, slot, r]) + first
        n = 0
        used = 0
        readable = 0
        for k in range(count):
            if is_icao:
                bit = 6 * k
                pair = np.int64(data[at + (bit >> 3)]) << 8
                if bit & 7 > 2:
                    pair |= np.int64(data[at + (bit >> 3) + 1])
                code = pair >> (10 - (bit & 7)) & 63
                if 1 <= code <= 26:
                    code += 64
                elif code == 0:
                    code = 32
                elif code != 32 and (code < 48 or code > 57):
                    code = 63
            else:
                code = np.int64(data[at + k])
                if code == 0:
                    code = 32
                elif code < 32 or 127 <= code < 160:
                    code = 63
            if (code == 32 and n == 0) or n == out.shape[1]:
                continue
            out[r, n] = code
            n += 1
            if code != 32:
                used = n
            if code not in (32, 63):
                readable += 1
        if readable == 0:
            used = 0
        for k in range(used, n):
            out[r, k] = 0
