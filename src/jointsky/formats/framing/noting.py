"""Noting faults while a container is opened: all are counted, the first thousand are kept."""

from __future__ import annotations

import dataclasses

import msgspec

from jointsky.records.reading import Fault

FAULTS_KEPT = 1000


@dataclasses.dataclass
class Notes:
    """What went wrong (faults), what was passed over on purpose (skipped), and in how many octets.

    ``overhead_octets`` are headers, trailers and packets of other protocols; ``fault_octets``
    belong to nothing that could be read.  With the payloads they add up to the file.
    """

    faults: list[Fault] = dataclasses.field(default_factory=list)
    fault_counts: dict[str, int] = dataclasses.field(default_factory=dict)
    skipped: dict[str, int] = dataclasses.field(default_factory=dict)
    overhead_octets: int = 0
    fault_octets: int = 0

    def fault(self, offset: int, kind: str, text: str, octets: int = 0) -> None:
        """Count one fault, and keep it if it is among the first thousand."""
        self.fault_counts[kind] = self.fault_counts.get(kind, 0) + 1
        self.fault_octets += octets
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(Fault(offset=offset, kind=kind, text=text, octets=octets))

    def skip(self, what: str, count: int = 1) -> None:
        """Count what is sound but not ours."""
        if count:
            self.skipped[what] = self.skipped.get(what, 0) + count

    def add(self, other: Notes, shift: int) -> None:
        """Take over the notes of a part whose octets count from ``shift`` of the file."""
        for kind, count in other.fault_counts.items():
            self.fault_counts[kind] = self.fault_counts.get(kind, 0) + count
        for fault in other.faults[: max(FAULTS_KEPT - len(self.faults), 0)]:
            self.faults.append(msgspec.structs.replace(fault, offset=fault.offset + shift))
        for what, count in other.skipped.items():
            self.skip(what, count)
        self.overhead_octets += other.overhead_octets
        self.fault_octets += other.fault_octets
