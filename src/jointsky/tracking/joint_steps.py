"""Decisions are taken on the clock, from what was told up to then, whenever it came.

Reports wait in the step of their own time.  One that comes after its step was taken puts the
picture back to before that step, and the steps since are taken again: so any order of arrival
leads to the same decisions, as long as nothing is later than ``late_s``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from jointsky.records.tracks import TrackStatus
from jointsky.tracking import joint_kernels as kernels
from jointsky.tracking import joint_taking_kernels as taking
from jointsky.tracking.joint_settings import JointSettings
from jointsky.tracking.joint_table import Integers, Table, Told

OWN_AFTER = 1.5  # keep-alives after which the site's own tracker is heard instead of its reports


@dataclasses.dataclass(frozen=True)
class Decided:
    """What a step decided, by rows of the table, and what of ``told`` it replaced."""

    lead: Integers
    name: Integers
    means: npt.NDArray[np.float64]
    reports: npt.NDArray[np.bool_]
    rows: Integers
    replaced: Told


class Steps:
    """The steps of the last ``late_s`` seconds: what was told in each, and what it decided."""

    def __init__(self, table: Table, settings: JointSettings, own_slot: int) -> None:
        self.table = table
        self.settings = settings
        self.own_slot = own_slot
        self.depth = max(round(settings.late_s / settings.step_s), 1)
        self.done: int | None = None
        self._dirty: int | None = None
        self._told: dict[int, list[tuple[Integers, Told]]] = {}
        self._decided: dict[int, Decided] = {}

    def of_time(self, time_s: npt.ArrayLike) -> Integers:
        """Return the step in which something of a time counts first."""
        return np.ceil(np.asarray(time_s) / self.settings.step_s).astype(np.int64)

    def add(self, rows: Integers, told: Told, step: int | None = None) -> None:
        """Let what was told wait for the step of its time, or the one given."""
        if len(rows) == 0:
            return
        steps = self.of_time(told.floats[:, kernels.TIME])
        if step is not None:
            steps[:] = step
        if self.done is not None:
            steps = np.maximum(steps, self.done - self.depth + 1)
        first, last = int(steps.min()), int(steps.max())
        for its in [first] if first == last else np.unique(steps).tolist():
            block = (rows, told)
            if first != last:
                chosen = np.flatnonzero(steps == its)
                block = (rows[chosen], told.rows(chosen))
            self._told.setdefault(its, []).append(block)
            if self._dirty is None or its < self._dirty:
                self._dirty = its

    def run(self, until: int, decide: Callable[[float], None]) -> None:
        """Take all steps up to ``until``; ``decide`` is called with the time of each."""
        if self.done is None:
            first = min([*self._told, until])
            self._lay_together(max(first, until - self.depth))
            self.done = max(first, until - self.depth) - 1
        if until - self.done > self.depth:
            self._lay_together(until - self.depth)
            self._decided.clear()
            self.done = until - self.depth - 1
        start = self.done + 1
        if self._dirty is not None and self._dirty < start:
            earliest = min(self._decided, default=start)
            self._lay_together(earliest)
            start = max(self._dirty, earliest)
            self._put_back(start)
        for step in range(start, until + 1):
            self._take(step, decide)
        self.done = until
        self._dirty = min((step for step in self._told if step > until), default=None)
        for kept in (self._decided, self._told):
            for old in [step for step in kept if step <= until - self.depth]:
                del kept[old]

    def remap(self, to: Integers) -> None:
        """Follow the table when it forgot members: ``to`` gives each old row's new one, or -1."""
        for step, blocks in self._told.items():
            self._told[step] = [
                (to[rows[to[rows] >= 0]], told.rows(to[rows] >= 0)) for rows, told in blocks
            ]
        kept = np.flatnonzero(to >= 0)
        for step, old in self._decided.items():
            had = kept[kept < len(old.lead)]
            lead = old.lead[had]
            lead[lead >= 0] = to[lead[lead >= 0]]
            stay = to[old.rows] >= 0
            self._decided[step] = Decided(
                lead,
                old.name[had],
                old.means[had],
                old.reports[had],
                to[old.rows[stay]],
                old.replaced.rows(stay),
            )

    def is_needed(self) -> npt.NDArray[np.bool_]:
        """Return which rows (size,) something waits for or could be put back to."""
        needed = np.zeros(self.table.size, np.bool_)
        for blocks in self._told.values():
            for rows, _ in blocks:
                needed[rows] = True
        for old in self._decided.values():
            needed[old.rows] = True
        return needed

    def _lay_together(self, step: int) -> None:
        """Let all that waits in steps before one wait in that one."""
        for old in sorted(s for s in self._told if s < step):
            self._told.setdefault(step, []).extend(self._told.pop(old))

    def _put_back(self, start: int) -> None:
        table = self.table
        assert self.done is not None
        for step in range(self.done, start - 1, -1):
            old = self._decided.pop(step)
            table.told.floats[old.rows] = old.replaced.floats
            table.told.ints[old.rows] = old.replaced.ints
            n = len(old.lead)
            table.lead[:n], table.lead[n:] = old.lead, -1
            table.name[:n], table.name[n:] = old.name, table.number[n:]
            table.means[:n], table.means[n:] = old.means, 0.0
            table.reports[:n], table.reports[n:] = old.reports, False

    def _take(self, step: int, decide: Callable[[float], None]) -> None:
        table, n = self.table, self.table.size
        lead, name = table.lead[:n].copy(), table.name[:n].copy()
        means, reports = table.means[:n].copy(), table.reports[:n].copy()
        blocks = self._told.get(step, [])
        rows = np.concatenate([np.empty(0, np.int64), *(block[0] for block in blocks)])
        is_touched = np.zeros(n, np.bool_)
        is_touched[rows] = True
        is_touched[self._own_rows()] = True
        touched = np.flatnonzero(is_touched)
        replaced = table.told.rows(touched)
        if len(rows):
            told = Told(
                np.concatenate([block[1].floats for block in blocks]),
                np.concatenate([block[1].ints for block in blocks]),
            )
            self._hear(rows, told)
        self._decided[step] = Decided(lead, name, means, reports, touched, replaced)
        decide(step * self.settings.step_s)

    def _own_rows(self) -> Integers:
        table = self.table
        is_own = (table.slot[: table.size] == self.own_slot) & (
            table.told.ints[: table.size, kernels.KIND] == kernels.OWN
        )
        is_own &= table.told.ints[: table.size, kernels.STATUS] != TrackStatus.ENDED
        return np.flatnonzero(is_own)

    def _hear(self, rows: Integers, told: Told) -> None:
        """Let what was told in one step count: reports before numbers, numbers before our own."""
        known = self.table.told
        settings = self.settings
        self._forget_own(rows[told.ints[:, kernels.KIND] == kernels.OWN])
        best = np.full(self.table.size, -1)
        for kind in taking.ORDER:
            lasts_s = settings.silent_after_s
            if kind == kernels.OWN:
                lasts_s = OWN_AFTER * settings.keep_alive_s
            taking.hear(
                kind,
                rows,
                (told.floats, told.ints),
                (known.floats, known.ints),
                best,
                settings.keep_alive_s,
                lasts_s,
            )

    def _forget_own(self, present: Integers) -> None:
        """End those of our own tracker's tracks that it no longer has, where it told any."""
        if len(present) == 0:
            return
        own = self._own_rows()
        gone = own[~np.isin(own, present)]
        self.table.told.ints[gone, kernels.STATUS] = TrackStatus.ENDED
