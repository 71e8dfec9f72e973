"""Frames of Mode S: what a receiver heard, one row each, before anything is understood."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

FRAME_OCTETS = 14


@dataclasses.dataclass(frozen=True)
class ModeSFrames:
    """N receptions in the order of the file.

    ``octets`` (N, 14) holds each frame from its left, ``lengths`` (N,) how many octets it has
    (2 Mode A/C, 7 or 14); ``time_s`` (N,) is NaN where the file does not say when.
    """

    octets: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.int64]
    time_s: npt.NDArray[np.float64]
    offset: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lengths)

    def rows(self, index: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> ModeSFrames:
        """Return the frames that ``index`` selects."""
        return ModeSFrames(
            self.octets[index], self.lengths[index], self.time_s[index], self.offset[index]
        )


_Table = TypeVar("_Table", bound=tuple[Any, ...])


def rows_of(table: _Table, index: npt.NDArray[np.bool_] | slice) -> _Table:
    """Return the rows of a named tuple of columns that ``index`` selects."""
    made: _Table = cast(Any, type(table))(*(column[index] for column in table))
    return made


def frame_columns(rows: int) -> dict[str, npt.NDArray[Any]]:
    """Return empty columns for what every reader's kernel tells of each message or fault."""
    return {
        "status": np.zeros(rows, np.int8),
        "offset": np.zeros(rows, np.int64),
        "size": np.zeros(rows, np.int64),
        "octets": np.zeros((rows, FRAME_OCTETS), np.uint8),
        "lengths": np.zeros(rows, np.int64),
        "ticks": np.zeros(rows, np.int64),
    }
