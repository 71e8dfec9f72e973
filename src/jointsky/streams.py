"""Randomness by name: each consumer has its own generator, so that nobody disturbs another."""

from __future__ import annotations

import hashlib
import operator

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator that belongs to ``names`` under ``seed``.

    The same seed and names give the same numbers on every machine and in any order of creation;
    other names give independent ones (7 and "7" are other names).  Counter-based (Philox 4x64,
    Salmon et al. 2011), its key the BLAKE2b hash of the seed and the names.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in (seed, *names):
        text = (f"str:{part}" if isinstance(part, str) else f"int:{operator.index(part)}").encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest.digest(), "big")))
