"""Faults are counted by kind, and the first thousand of each are kept with their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.formats.frames import Frames
from jointsky.records.reading import Fault

KEPT = 1000


class FaultLog:
    """Collects the faults of one file; those of its container are in it from the start."""

    def __init__(self, frames: Frames) -> None:
        self._shift = frames.offset - frames.start
        self._kept = list(frames.faults)
        self._counts: Counter[str] = Counter(frames.fault_counts)

    def offsets(self, frame: npt.ArrayLike, at: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return octets of the file for octets ``at`` of the data, given the frame of each."""
        shifted: npt.NDArray[np.int64] = np.asarray(at, np.int64) + self._shift[np.asarray(frame)]
        return shifted

    def add_all(
        self,
        kind: str,
        offsets: npt.NDArray[np.int64],
        text: str | Sequence[str],
        octets: npt.NDArray[np.int64] | int = 0,
    ) -> None:
        """Count one fault at each of ``offsets``; ``octets`` were passed over there.

        ``text`` is one for all, or one for each.
        """
        if len(offsets) == 0:
            return
        self._counts[kind] += len(offsets)
        first = np.argsort(offsets, kind="stable")[:KEPT]
        lengths = np.broadcast_to(octets, len(offsets))
        self._kept += [
            Fault(
                offset=int(offsets[k]),
                kind=kind,
                text=text if isinstance(text, str) else text[k],
                octets=int(lengths[k]),
            )
            for k in first
        ]

    def count(self, kind: str) -> int:
        """Return how many faults of a kind there are so far."""
        return self._counts[kind]

    def kept(self) -> list[Fault]:
        """Return the first thousand in the order of the file."""
        return sorted(self._kept, key=lambda fault: fault.offset)[:KEPT]

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind, in the order of the alphabet."""
        return dict(sorted(self._counts.items()))
