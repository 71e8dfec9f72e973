"""Randomness by name: each consumer has its own generator, so that nobody disturbs another."""

from __future__ import annotations

import hashlib
import operator

import numpy as np


def key(seed: int, *names: str | int) -> tuple[int, int]:
    """Return the two 64-bit words of the Philox key that belongs to ``names`` under ``seed``.

    BLAKE2b of the seed and the names; kernels draw from it by counter (numeric.random_kernels).
    """
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
