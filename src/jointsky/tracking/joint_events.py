"""What is announced of the joint picture: numbers that merged, split or changed, and handovers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.tracking.joint_settings import JointEvent
from jointsky.tracking.joint_table import Table

Integers = npt.NDArray[np.int64]


class Announced:
    """What was last announced of each member, by rows of the table; -1: nothing."""

    def __init__(self) -> None:
        self.name = np.empty(0, np.int64)
        self.lead = np.empty(0, np.int64)
        self.reporter: dict[int, int] = {}  # site by number

    def grow(self, size: int) -> None:
        """Make room for all members."""
        more = np.full(max(size - len(self.name), 0), -1)
        self.name = np.append(self.name, more)
        self.lead = np.append(self.lead, more)

    def remap(self, to: Integers) -> None:
        """Follow the table when it forgot members."""
        kept = np.flatnonzero(to >= 0)
        self.grow(len(to))
        self.name, lead = self.name[kept], self.lead[kept]
        self.lead = np.where(lead >= 0, to[lead], -1)


def happened(
    announced: Announced, table: Table, time_s: float, has_reporters: bool
) -> list[JointEvent]:
    """Return what is new since the last call, each thing once, by numbers; note it as announced."""
    size = table.size
    announced.grow(size)
    lead, name = table.lead[:size], table.name[:size]
    alive = lead >= 0
    changed = np.flatnonzero(alive & (announced.name >= 0) & (announced.name != name))
    events = {}
    for row in changed.tolist():
        new, old = int(name[row]), int(announced.name[row])
        joined = alive & (lead == lead[row]) & (announced.name != old)
        left = alive & (announced.lead == announced.lead[row]) & (lead != lead[row])
        if joined.any():
            event = JointEvent("merged", time_s, new, old)
        elif (left & (name == old)).any():
            event = JointEvent("split", time_s, new, old)
        else:
            event = JointEvent("renumbered", time_s, new, old)
        events[event.kind, new, old] = event
    out = [events[key] for key in sorted(events)]
    if has_reporters:
        out += _handovers(announced, table, time_s)
    announced.name[alive] = name[alive]
    announced.lead[:] = np.where(alive, lead, -1)
    return out


def _handovers(announced: Announced, table: Table, time_s: float) -> list[JointEvent]:
    """Return the targets of which another site reports now; note who does."""
    rows = np.flatnonzero(table.reports[: table.size])
    sites = [table.slots[slot][0] for slot in table.slot[rows].tolist()]
    now = dict(zip(table.name[rows].tolist(), sites, strict=True))
    before = announced.reporter
    there = set(table.name[: table.size][table.lead[: table.size] >= 0].tolist())
    kept = {number: site for number, site in before.items() if number in there}
    announced.reporter = kept | now
    return [
        JointEvent("handover", time_s, number, -1, before[number], now[number])
        for number in sorted(now)
        if number in before and before[number] != now[number]
    ]
