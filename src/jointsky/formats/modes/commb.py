"""Comm-B: which registers the replies DF20 and DF21 carry, by the inference of rs1090.

A reply does not say which register it holds; rs1090 (MIT) tries each and keeps those that make
sense.  Nothing here becomes a plot, so in long recordings a sample of the replies is enough.
"""

from __future__ import annotations

import pickle
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
from rs1090 import _rust

SAMPLE = 20_000
_BATCH = 1000
_CHUNK = 20_000


def count_registers(octets: npt.NDArray[np.uint8]) -> tuple[dict[str, int], int]:
    """Return how often each register was recognised in replies (n, 14), and how many were tried.

    A reply that fits two registers is counted as "ambiguous", one that fits none as "unknown".
    """
    step = max(-(-len(octets) // SAMPLE), 1)
    chosen = octets[::step]
    counts: Counter[str] = Counter()
    for first in range(0, len(chosen), _CHUNK):
        rows = chosen[first : first + _CHUNK]
        digits = np.ascontiguousarray(rows).tobytes().hex()
        frames = [digits[k : k + 28] for k in range(0, len(digits), 28)]
        batches = [frames[k : k + _BATCH] for k in range(0, len(frames), _BATCH)]
        for message in pickle.loads(bytes(_rust.decode_1090_vec(batches))):
            counts[_register(message)] += 1
    return dict(sorted(counts.items())), len(chosen)


def _register(message: dict[str, Any] | None) -> str:
    found = []
    for key, content in (message or {}).items():
        if key.startswith("bds") and len(key) == 5:
            # "#" stands for a character that no registration holds
            if key == "bds21" and "#" in str(content.get("registration")):
                continue
            found.append(key[3:].upper())
    if len(found) != 1:
        return "ambiguous" if found else "unknown"
    return f"BDS {found[0][0]},{found[0][1]}"
