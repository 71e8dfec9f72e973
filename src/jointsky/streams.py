"""Randomness by name: each consumer has its own generator, so that nobody disturbs another."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Sequence
from typing import Any, Self

import numpy as np


class Mixed(int):
    """A seed put together of several: each name draws under the one that falls to it.

    With one of them exchanged, a part of all names draws anew and the others draw the same.  As a
    number it is one of 53 bits that tells it from others.
    """

    parts: tuple[int, ...]

    def __new__(cls, parts: Sequence[int]) -> Self:
        """Return the seed of some seeds, at least one."""
        if not parts:
            raise ValueError("parts is empty; a mixed seed needs at least one")
        made = super().__new__(cls, key(0, "mixed", *parts)[0] >> 11)
        made.parts = tuple(map(operator.index, parts))
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Return what it is made of, for pickle."""
        return (self.parts,)

    def part(self, names: Sequence[str | int]) -> int:
        """Return the seed that falls to a name."""
        return self.parts[key(0, "part", *names)[0] % len(self.parts)]


def key(seed: int, *names: str | int) -> tuple[int, int]:
    """Return the two 64-bit words of the Philox key that belongs to ``names`` under ``seed``.

    BLAKE2b of the seed and the names; kernels draw from it by counter (numeric.random_kernels).
    """
    if isinstance(seed, Mixed):
        seed = seed.part(names)
    digest = hashlib.blake2b(digest_size=16)
    for part in (seed, *names):
        text = (f"str:{part}" if isinstance(part, str) else f"int:{operator.index(part)}").encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    number = int.from_bytes(digest.digest(), "big")
    return number & 0xFFFFFFFFFFFFFFFF, number >> 64


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator that belongs to ``names`` under ``seed``.

    The same seed and names give the same numbers on every machine and in any order of creation;
    other names give independent ones (7 and "7" are other names).  Counter-based (Philox 4x64,
    Salmon et al. 2011), under ``key(seed, *names)``.
    """
    low, high = key(seed, *names)
    return np.random.Generator(np.random.Philox(key=low | high << 64))
