"""Payloads become data blocks: category, place, source; what is no block is reported."""

from __future__ import annotations

import functools
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
SHORT_BLOCKS = 64
"""In a file of fewer blocks, a source is heard that sends one."""

MANY_BLOCKS = 1000
"""In a file of as many, a category of one block among others is taken for damage."""


class Blocks(NamedTuple):
    """Data blocks in the order of the frames, one row each."""

    frame: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]  # octet in ``Frames.data``, of the header
    length: npt.NDArray[np.int64]
    source: npt.NDArray[np.int64]  # SAC * 256 + SIC of the first record; -1: not sent
    category: npt.NDArray[np.int64]


class _Ears(NamedTuple):
    """What the kernels know of the sources of a file before they cut it into blocks."""

    worth: npt.NDArray[np.int8]  # (65537, 256), see the kernels
    taken: npt.NDArray[np.bool_]  # (256,) categories whose blocks are taken from damaged frames


def find_blocks(frames: Frames, data: npt.NDArray[np.uint8], faults: FaultLog) -> Blocks:
    """Return the data blocks of all frames.

    Frames that blocks do not fill are cut twice: first to hear which sources there are, and then,
    knowing them, into chains of blocks and gaps (see ``blocks_kernels``).
    """
    extents = np.stack([frames.start, frames.start + frames.length], axis=1).astype(np.int64)
    ears = _Ears(_unheard(), np.ones(256, np.bool_))
    rows, gaps, damaged = _cut(data, extents, ears)
    if damaged:
        rows, gaps, _ = _cut(data, extents, _listen(data, rows))
    rows = _without_strays(frames, data, rows, faults)
    for code, (kind, text) in _KINDS.items():
        mine = gaps[gaps[:, 3] == code]
        faults.add_all(kind, faults.offsets(mine[:, 0], mine[:, 1]), text, mine[:, 2])
    frame, start, length, source = rows.T
    return Blocks(frame, start, length, source, data[start].astype(np.int64))


_Rows = npt.NDArray[np.int64]


def _cut(data: npt.NDArray[np.uint8], extents: _Rows, ears: _Ears) -> tuple[_Rows, _Rows, int]:
    """Return blocks, gaps (rows of 4, see the kernel) and how many frames are damaged."""
    longest = int(np.max(extents[:, 1] - extents[:, 0], initial=0))
    room = min(longest, kernels.WINDOW_OCTETS + kernels.AHEAD_OCTETS) + 1
    work = np.empty(room, np.int32), np.empty(room, np.int32)
    n, n_gaps, damaged = len(data) // 16 + 64, len(data) // 64 + 64, 0  # more asks again
    blocks, gaps = np.empty((0, 4), np.int64), np.empty((0, 4), np.int64)
    while n > len(blocks) or n_gaps > len(gaps):
        blocks, gaps = np.empty((n, 4), np.int64), np.empty((n_gaps, 4), np.int64)
        n, n_gaps, damaged = kernels.find_blocks(data, extents, ears, blocks, gaps, *work)
    return blocks[:n].copy(), gaps[:n_gaps].copy(), damaged


def _without_strays(
    frames: Frames, data: npt.NDArray[np.uint8], blocks: _Rows, faults: FaultLog
) -> _Rows:
    """Leave out the one block of a category in a long file, unless it is a frame of its own."""
    category = data[blocks[:, 1]].astype(np.int64)
    once = np.bincount(category, minlength=256)[category] == 1
    stray = once & (frames.length[blocks[:, 0]] > blocks[:, 2]) & (len(blocks) >= MANY_BLOCKS)
    at = faults.offsets(blocks[stray, 0], blocks[stray, 1])
    texts = [
        f"the one block of CAT{k:03d} among {len(blocks)} was taken for damage"
        for k in category[stray].tolist()
    ]
    faults.add_all("stray-category", at, texts, blocks[stray, 2])
    kept: _Rows = blocks[~stray]
    return kept


def _worth(weight: int) -> npt.NDArray[np.int8]:
    """Return what blocks count: ``weight`` in all categories that have been given out."""
    one = np.full(256, kernels.UNLIKELY, np.int8)
    one[list(ASSIGNED)] = weight
    worth = np.empty((1 + (1 << 16), 256), np.int8)
    worth[:] = one
    return worth


@functools.cache
def _unheard() -> npt.NDArray[np.int8]:
    """Return what blocks count before anything is heard: 16 MB that short payloads need as well."""
    return _worth(kernels.FRESH)


def _listen(data: npt.NDArray[np.uint8], blocks: _Rows) -> _Ears:
    """Return what a first cut tells: in a long file, once is not heard, as damage makes it too."""
    least = 1 if len(blocks) < SHORT_BLOCKS else 2
    category = data[blocks[:, 1]].astype(np.int64)
    codes, counts = np.unique(category << 17 | (blocks[:, 3] + 1), return_counts=True)
    codes = codes[counts >= least]
    codes = codes[np.isin(codes >> 17, ASSIGNED)]
    worth = _worth(kernels.STRANGE)
    worth[codes & 0x1FFFF, codes >> 17] = kernels.HEARD
    return _Ears(worth, np.bincount(category, minlength=256) >= least)
