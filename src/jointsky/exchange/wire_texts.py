"""Texts become a dictionary of those that differ, six bits a character where they allow it.

The six-bit characters are those of aircraft identifications (ICAO Annex 10 Vol. IV, table 3-9):
space, A to Z and 0 to 9.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jointsky.exchange.octets import Octets, varint
from jointsky.records.columns import Array

_WIDTH = 8
_MOST_OCTETS = 4 * _WIDTH
_SIX_BITS, _UTF_8 = 1, 0
_ALPHABET = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ     \x20               0123456789      "
_MOST_TEXTS = 1 << 16


def _tables() -> tuple[Array, Array]:
    """Return the code of each character below 128 (255: none), and the character of each code."""
    codes = np.full(128, 255, np.uint8)
    characters = np.zeros(64, np.uint32)
    for code, character in enumerate(_ALPHABET[:64]):
        if character not in " \0" or code in (0, 32):
            codes[ord(character)] = code
            characters[code] = ord(character)
    return codes, characters


_CODES, _CHARACTERS = _tables()


def packed_texts(columns: Sequence[Array]) -> tuple[bytes, Array]:
    """Return dictionaries of columns of texts, and each row's place in them, (C, n); 0: empty."""
    out, places = [], []
    for column in columns:
        wide = np.ascontiguousarray(column, f"U{_WIDTH}")
        letters = wide.view(np.uint32).reshape(len(wide), _WIDTH)
        if not letters.any():
            out.append(varint(0))
            places.append(np.zeros(len(wide), np.int64))
            continue
        words, index = np.unique(wide, return_inverse=True)
        has_empty = int(words[0] == "")
        places.append(index.astype(np.int64) + 1 - has_empty)
        out.append(varint(len(words) - has_empty) + _dictionary(words[has_empty:]))
    return b"".join(out), np.array(places, np.int64).reshape(len(columns), -1)


def _dictionary(words: Array) -> bytes:
    letters = words.view(np.uint32).reshape(len(words), _WIDTH)
    codes = _CODES[np.minimum(letters, 127)]
    codes[letters > 127] = 255
    if codes.max() < 64:
        bits = np.unpackbits(codes[:, :, None], axis=2)[:, :, 2:]
        return bytes((_SIX_BITS,)) + np.packbits(bits.reshape(len(words), -1), axis=1).tobytes()
    encoded = [word.encode("utf-8", "replace") for word in words.tolist()]
    return bytes((_UTF_8,)) + b"".join(varint(len(word)) + word for word in encoded)


def unpacked_texts(octets: Octets, columns: int) -> list[Array]:
    """Return the dictionaries; the first text of each is the empty one."""
    return [_read_dictionary(octets) for _ in range(columns)]


def _read_dictionary(octets: Octets) -> Array:
    size = octets.varint(_MOST_TEXTS)
    words = np.zeros(size + 1, f"U{_WIDTH}") if size <= octets.left else None
    if words is None:
        raise octets.fault(f"{size} texts in {octets.left} octets", "fewer")
    if not size:
        return words
    form = octets.octet()
    if form == _SIX_BITS:
        packed = np.frombuffer(octets.take(6 * size), np.uint8).reshape(size, 6)
        bits = np.zeros((size, _WIDTH, 8), np.uint8)
        bits[:, :, 2:] = np.unpackbits(packed, axis=1).reshape(size, _WIDTH, 6)
        letters = _CHARACTERS[np.packbits(bits, axis=2)[..., 0]]
        words[1:] = letters.view(f"U{_WIDTH}")[:, 0]
        return words
    if form != _UTF_8:
        raise octets.fault(f"texts of form {form}", f"{_UTF_8} or {_SIX_BITS}")
    for k in range(size):
        word = octets.text(_MOST_OCTETS)
        if len(word) > _WIDTH:
            raise octets.fault(f"a text of {len(word)} characters", f"at most {_WIDTH}")
        words[k + 1] = word
    return words
