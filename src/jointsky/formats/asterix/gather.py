"""Data blocks become pieces: the plots or tracks of some thousand records, not yet in time."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.batch import Batch, Bools, Floats
from jointsky.formats.asterix.blocks import Blocks
from jointsky.formats.asterix.categories import READERS, TRACK_CATEGORIES, time_of_day
from jointsky.formats.asterix.clock import sound_receipts
from jointsky.formats.asterix.editions import TOLD, Choice, Wanted, choose
from jointsky.formats.asterix.faults import FaultLog
from jointsky.formats.asterix.service import note
from jointsky.formats.asterix.sources import GROUPS, SourceBook
from jointsky.formats.asterix.specification import Edition
from jointsky.formats.asterix.targets import Targets
from jointsky.formats.asterix.walker import FAULTS, Integers, Octets, Walked, plan, walk
from jointsky.formats.frames import Frames
from jointsky.records.columns import Columns
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks

HEADER_OCTETS = 3
PORTS = 1 << 32  # more than any port: source * PORTS + port + 1 is a key of both
BLOCK_STRIDE = 1 << 16  # octets of a block at most: block * stride + octet orders the records


class Piece(NamedTuple):
    """Records of one batch: R rows for all, and P of them as plots or tracks."""

    category: int
    order: Integers  # (R,)
    offset: Integers  # (R,) octet in the file
    source: npt.NDArray[np.int32]  # (R,) row in the SourceBook, -1: none
    time_of_day_s: Floats  # (R,)
    receipt_time_s: Floats  # (R,)
    north_mark: Bools  # (R,)
    doubt: Bools  # (R,)
    rows: Integers  # (P,) which records the targets are
    targets: Columns | None  # P rows, their time_s still the time of day


class Gathered:
    """Everything that the blocks of one file hold."""

    def __init__(self, frames: Frames, data: Octets, blocks: Blocks, faults: FaultLog) -> None:
        self.frames, self.data, self.blocks, self.faults = frames, data, blocks, faults
        self.receipt_time_s = sound_receipts(frames.receipt_time_s)
        self.book = SourceBook()
        self.pieces: list[Piece] = []
        self.records: Counter[int] = Counter()
        self.items: dict[int, Counter[str]] = {}
        self.values: dict[str, Any] = {}
        self.choices: dict[int, dict[int, Choice]] = {}  # by category and source code
        self.walk_faults: Counter[tuple[int, int]] = Counter()  # by category and source code

    def add_category(self, category: int, wanted: Wanted) -> None:
        """Choose editions for the sources of a category, and read its blocks."""
        mine = np.flatnonzero(self.blocks.category == category)
        for edition, numbers in self._by_edition(category, mine, wanted):
            extent = self._extent(numbers)
            for walked in walk(self.data, extent, plan(edition)):
                self._add(Batch(plan(edition), self.data, walked), numbers)

    def guess_edition(self, category: int, code: int) -> Choice:
        """Return the edition that would be taken for a source if nobody had told one."""
        mine = (self.blocks.category == category) & (self.blocks.source == code)
        return choose(self.data, self._extent(np.flatnonzero(mine)), category)

    def _extent(self, numbers: Integers) -> Integers:
        start = self.blocks.start[numbers]
        return np.stack([start + HEADER_OCTETS, start + self.blocks.length[numbers]], axis=1)

    def _by_edition(
        self, category: int, mine: Integers, wanted: Wanted
    ) -> list[tuple[Edition, Integers]]:
        """Return the blocks of each edition, in order; choices are made by source and port."""
        source = self.blocks.source[mine]
        port = self.frames.port[self.blocks.frame[mine]].astype(np.int64)
        keys = source * PORTS + port + 1
        distinct, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        by_edition: dict[str, list[Integers]] = {}
        held: dict[str, Edition] = {}
        for k in np.argsort(first):
            numbers = mine[inverse == k]
            code, number = divmod(int(distinct[k]), PORTS)
            number -= 1
            told = wanted.find(category, code, number)
            if told is None:
                choice = choose(self.data, self._extent(numbers), category)
            else:
                choice = Choice(told, TOLD)
            self.choices.setdefault(category, {})[code] = choice
            by_edition.setdefault(choice.edition.name, []).append(numbers)
            held[choice.edition.name] = choice.edition
        return [(held[name], np.sort(np.concatenate(all_))) for name, all_ in by_edition.items()]

    def _add(self, batch: Batch, numbers: Integers) -> None:
        category = batch.category
        walked = batch.walked
        self._add_faults(category, walked, numbers)
        if walked.records == 0:
            return
        self.records[category] += walked.records
        self.items.setdefault(category, Counter()).update(batch.item_counts())
        begin, block = walked.where[: walked.records, 0], numbers[walked.where[: walked.records, 2]]
        frame = self.blocks.frame[block]
        offset = self.faults.offsets(frame, begin)
        codes = self._source_codes(batch, block)
        self.faults.add_all(
            "no-source", offset[codes < 0], f"a record of CAT{category:03d} without its source"
        )
        source = self.book.rows(GROUPS[category], codes)
        note(batch, source, self.book, self.values)
        reader = READERS.get(category)
        found = reader(batch) if reader else None
        time_s = found.columns["time_s"] if found else time_of_day(batch)
        rows, made = self._targets(batch, found, source, offset)
        self.pieces.append(
            Piece(
                category,
                block * BLOCK_STRIDE + begin - self.blocks.start[block],
                offset,
                source,
                time_s,
                self.receipt_time_s[frame],
                batch.number("000") == 1,
                found.doubt if found else np.zeros(batch.records, np.bool_),
                rows,
                made,
            )
        )

    def _add_faults(self, category: int, walked: Walked, numbers: Integers) -> None:
        for code in np.unique(walked.faults[:, 2]).tolist():
            mine = walked.faults[walked.faults[:, 2] == code]
            block = numbers[mine[:, 0]]
            kind, text = FAULTS[code]
            end = self.blocks.start[block] + self.blocks.length[block]
            offsets = self.faults.offsets(self.blocks.frame[block], mine[:, 1])
            self.faults.add_all(kind, offsets, f"CAT{category:03d}: {text}", end - mine[:, 1])
        codes, counts = np.unique(
            self.blocks.source[numbers[walked.faults[:, 0]]], return_counts=True
        )
        for source, count in zip(codes.tolist(), counts.tolist(), strict=True):
            self.walk_faults[(category, source)] += count

    def _source_codes(self, batch: Batch, block: Integers) -> Integers:
        """Return SAC * 256 + SIC of each record; one without takes that of its block."""
        sac, sic = batch.number("010", "SAC"), batch.number("010", "SIC")
        return np.where(sac >= 0, sac << 8 | sic, self.blocks.source[block])

    def _targets(
        self,
        batch: Batch,
        found: Targets | None,
        source: npt.NDArray[np.int32],
        offset: Integers,
    ) -> tuple[Integers, Columns | None]:
        """Return the records that are good targets, and them as plots or tracks."""
        if found is None:
            return np.empty(0, np.int64), None
        name = f"CAT{batch.category:03d}"
        self._count_without_position(batch, found)
        refuse = found.keep & (found.doubt | found.suspect)
        text = f"a record of {name} says a position or time that cannot be"
        self.faults.add_all("implausible-record", offset[found.keep & found.doubt], text)
        text = f"the source of this {name} record says that its position is wrong"
        suspect = found.keep & found.suspect & ~found.doubt
        self.faults.add_all("suspect-position", offset[suspect], text)
        for value, where in found.blanked.items():
            text = f"a {value} that cannot be was left out of a {name} record"
            self.faults.add_all(f"implausible-{value}", offset[where & found.keep & ~refuse], text)
        rows = np.flatnonzero(found.keep & ~refuse & (source >= 0))
        columns = {name: column[rows] for name, column in found.columns.items()}
        columns["offset"] = offset[rows]
        if batch.category in TRACK_CATEGORIES:
            return rows, Tracks.make(len(rows), source=source[rows], **columns)
        category = np.full(len(rows), batch.category, np.int16)
        return rows, Plots.make(len(rows), sensor=source[rows], category=category, **columns)

    def _count_without_position(self, batch: Batch, found: Targets) -> None:
        """Count target reports that are no plots because they say no (usable) position."""
        without = ~found.keep & ~(batch.number("000") > 1)
        name = f"CAT{batch.category:03d}"
        in_plane = without & batch.has("100") if batch.category in TRACK_CATEGORIES else None
        counts = {name: int(np.count_nonzero(without))}
        if in_plane is not None:
            counts[f"{name} in the system plane only"] = int(np.count_nonzero(in_plane))
        told = self.values.setdefault("records without a position", {})
        for key, number in counts.items():
            if number:
                told[key] = told.get(key, 0) + number
        if not told:
            del self.values["records without a position"]
