"""Payloads become data blocks: category, place, source; what is no block is reported."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix import blocks_kernels as kernels
from jointsky.formats.asterix.faults import FaultLog
from jointsky.formats.frames import Frames

ASSIGNED = (*range(1, 33), 34, 48, *range(62, 66), 129, 150, 204, 205, *range(238, 241), 247)
"""Categories that EUROCONTROL has given out, for finding the next block after a fault."""

_KINDS = {
    kernels.LOST: ("lost-octets", "these octets are no ASTERIX data block"),
    kernels.WRONG_LENGTH: (
        "bad-block-length",
        "the block is not as long as it says: it was taken to end where the next begins",
    ),
    kernels.TRUNCATED: ("truncated-block", "the block says that it is longer than what is left"),
}


class Blocks(NamedTuple):
    """Data blocks in the order of the frames, one row each."""

    frame: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]  # octet in ``Frames.data``, of the header
    length: npt.NDArray[np.int64]
    source: npt.NDArray[np.int64]  # SAC * 256 + SIC of the first record; -1: not sent
    category: npt.NDArray[np.int64]


def find_blocks(frames: Frames, data: npt.NDArray[np.uint8], faults: FaultLog) -> Blocks:
    """Return the data blocks of all frames.

    Where the chain of blocks breaks, what follows is searched for the next sure one (see
    ``blocks_kernels.is_chain``); the octets between are counted as lost.
    """
    extent = np.stack([frames.start, frames.start + frames.length], axis=1).astype(np.int64)
    known = np.zeros(256, np.bool_)
    known[list(ASSIGNED)] = True
    n, n_gaps = len(data) // 16 + 64, len(data) // 64 + 64  # more is seldom, and asks again
    blocks, gaps = np.empty((0, 4), np.int64), np.empty((0, 4), np.int64)
    while n > len(blocks) or n_gaps > len(gaps):
        blocks, gaps = np.empty((n, 4), np.int64), np.empty((n_gaps, 4), np.int64)
        n, n_gaps = kernels.find_blocks(data, extent, known, blocks, gaps)
    blocks, gaps = blocks[:n].copy(), gaps[:n_gaps].copy()
    for code, (kind, text) in _KINDS.items():
        rows = gaps[gaps[:, 3] == code]
        faults.add_all(kind, faults.offsets(rows[:, 0], rows[:, 1]), text, rows[:, 2])
    frame, start, length, source = blocks.T
    return Blocks(frame, start, length, source, data[start].astype(np.int64))
