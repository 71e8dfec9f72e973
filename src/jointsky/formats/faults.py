"""Fault lists of readers: every fault is counted by kind, the first thousand are kept whole."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.records.reading import Fault

FAULTS_KEPT = 1000


@dataclasses.dataclass
class FaultList:
    """What went wrong in one file so far; ``found`` and ``counts`` go into its Reading."""

    found: list[Fault] = dataclasses.field(default_factory=list)
    counts: dict[str, int] = dataclasses.field(default_factory=dict)

    def add(self, offset: int, kind: str, text: str, octets: int = 0) -> None:
        """Count one fault, and keep it while there are fewer than a thousand."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if len(self.found) < FAULTS_KEPT:
            self.found.append(Fault(offset=int(offset), kind=kind, text=text, octets=int(octets)))

    def add_many(
        self, offsets: npt.NDArray[np.int64], kind: str, text: str, octets: npt.NDArray[np.int64]
    ) -> None:
        """Count many faults of one kind, at ``offsets`` and over ``octets``, both (n,)."""
        if not len(offsets):
            return
        self.counts[kind] = self.counts.get(kind, 0) + len(offsets)
        room = max(FAULTS_KEPT - len(self.found), 0)
        for offset, size in zip(offsets[:room].tolist(), octets[:room].tolist(), strict=True):
            self.found.append(Fault(offset=offset, kind=kind, text=text, octets=size))

    def in_order(self) -> list[Fault]:
        """Return the kept faults by offset."""
        return sorted(self.found, key=lambda fault: fault.offset)
