"""Streams of ASTERIX are cut into whole blocks: what can be read, and what waits for the rest."""

from __future__ import annotations

import numpy as np

from jointsky.formats.framing import blocks_kernels

MOST_UNSURE_OCTETS = 2048  # few blocks are longer: from here on it may be damage that waits


def whole_blocks(data: bytes) -> int:
    """Return how many of the first octets of a stream are whole blocks, or damage among them.

    What follows is the begin of a block that has not come whole; it is at most 65,535 octets, so
    that damage cannot make a stream wait for ever.
    """
    return int(blocks_kernels.whole_end(np.frombuffer(data, np.uint8), MOST_UNSURE_OCTETS))
