"""Columns of whole numbers become bits, each column as wide as its numbers differ.

A column is absent (nothing in it is known), one value, or a bit field for each row: how far it is
above the column's least ("frame of reference"; Lemire & Boytsov 2015, "Decoding billions of
integers per second through vectorization", section 2.4), from 1 where 0 says "not known".
"""

from __future__ import annotations

import numpy as np

from jointsky.exchange.octets import Octets, zigzag
from jointsky.records.columns import Array

MOST_ROWS = 1 << 12
_HAS_GAPS = 0x80
_WORD = 64


def packed(values: Array, known: Array) -> bytes:
    """Return the octets of columns (C, n) of int64, of which ``known`` (C, n) tells the known."""
    some = known.any(axis=1)
    marks = np.packbits(some).tobytes()
    if not known.shape[1] or not marks.strip(b"\0"):
        return marks
    values, known = values[some], known[some]
    gaps = ~np.asarray(known.all(axis=1))
    limits = np.iinfo(np.int64)
    base = values.min(axis=1, where=known, initial=limits.max)
    top = values.max(axis=1, where=known, initial=limits.min)
    codes = (values - base[:, None]).view(np.uint64)
    codes += gaps[:, None]
    codes[~known] = 0
    head, fields, wide = [marks], [], []
    spans = zip(base.tolist(), top.tolist(), gaps.tolist(), strict=True)
    for k, (low, high, has_gaps) in enumerate(spans):
        width = (high - low + has_gaps).bit_length()
        head.append(bytes((width | _HAS_GAPS * has_gaps,)) + zigzag(low))
        if width:
            wide.append(k)
            fields.append(width)
    return b"".join(head) + _field_octets(codes[wide], fields)


def _field_octets(codes: Array, widths: list[int]) -> bytes:
    """Return columns of uint64 as bit fields, column after column, filled up with zeros."""
    if not widths:
        return b""
    octets = codes.astype(">u8").view(np.uint8)
    bits = np.unpackbits(octets, axis=1).reshape(len(widths), -1, _WORD)
    fields = [bits[k, :, _WORD - width :].ravel() for k, width in enumerate(widths)]
    return np.packbits(np.concatenate(fields)).tobytes()


def unpacked(octets: Octets, columns: int, rows: int) -> tuple[Array, Array]:
    """Return what `packed` was given, columns (C, n) and which are known; reads to the end."""
    marks = np.frombuffer(octets.take((columns + 7) // 8), np.uint8)
    some = np.unpackbits(marks)[:columns].astype(bool)
    values = np.zeros((columns, rows), np.int64)
    known = np.zeros((columns, rows), bool)
    if not rows:
        octets.end()
        return values, known
    known[some] = True
    wide, widths, lows, gaps = [], [], [], []
    for k in np.flatnonzero(some).tolist():
        mark = octets.octet()
        width, has_gaps = mark & ~_HAS_GAPS, bool(mark & _HAS_GAPS)
        low = octets.zigzag()
        if width > _WORD or (has_gaps and not width):
            raise octets.fault(f"a column of {width} bits", f"at most {_WORD}, with gaps 1")
        values[k] = low
        if width:
            wide.append(k)
            widths.append(width)
            lows.append(low)
            gaps.append(has_gaps)
    size = (rows * sum(widths) + 7) // 8
    if octets.left != size:
        raise octets.fault(f"{octets.left} octets of {rows} rows", f"{size}")
    if wide:
        codes = _field_codes(octets.take(size), widths, rows)
        least, has = np.array(lows)[:, None], np.array(gaps, np.uint64)[:, None]
        is_known = (codes >= has) | (has == 0)
        sums = (codes - has).view(np.int64) + least
        if np.any(is_known & (sums < least)):
            raise octets.fault("a number beyond 64 bits")
        known[wide], values[wide] = is_known, sums
    return values, known


def _field_codes(data: bytes, widths: list[int], rows: int) -> Array:
    """Return the bit fields as columns of uint64."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=rows * sum(widths))
    words = np.zeros((len(widths), rows, _WORD), np.uint8)
    at = 0
    for k, width in enumerate(widths):
        end = at + rows * width
        words[k, :, _WORD - width :] = bits[at:end].reshape(rows, width)
        at = end
    return np.packbits(words.reshape(len(widths), -1), axis=1).view(">u8").astype(np.uint64)
