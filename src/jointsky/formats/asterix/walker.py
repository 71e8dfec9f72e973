"""Data blocks become records: for each record, where each of its items lies."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix import walker_kernels as kernels
from jointsky.formats.asterix.specification import Edition, Field, Item

Integers = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

RECORDS_AT_ONCE = 16_384
"""Records that are held as tables at one time: 7 MB for the widest category."""

_KINDS = ("fixed", "extended", "repetitive", "repetitive-fx", "explicit", "compound")
FAULTS = {
    kernels.OVERRUN: ("record-overrun", "the block ends inside a record"),
    kernels.FSPEC_TOO_LONG: ("unknown-item", "the FSPEC is longer than the edition allows"),
    kernels.UNKNOWN_ITEM: ("unknown-item", "the FSPEC names an item that the edition lacks"),
    kernels.UNKNOWN_SUBITEM: ("unknown-item", "an item names a part that the edition lacks"),
    kernels.EMPTY_EXPLICIT: ("bad-item-length", "an SP or RE field says that it has no octets"),
    kernels.ENDLESS_EXTENSION: ("unknown-item", "an item goes on after its last known part"),
    kernels.UNKNOWN_RFS: ("unknown-item", "a random field sequence names an unknown item"),
    kernels.EMPTY_RECORD: ("empty-record", "a record without items"),
}
"""Faults of the walker: kind and text."""


class Plan(NamedTuple):
    """An edition made ready: arrays for the kernels; slots and fields by name (``380/ADR``).

    A slot is an item or a part of a compound item.  ``walker_kernels`` says what is in the arrays.
    """

    edition: Edition
    table: npt.NDArray[np.int64]
    lists: npt.NDArray[np.int64]
    uaps: npt.NDArray[np.int64]
    slots: dict[str, int]
    items: tuple[Item, ...]  # by slot
    fields: dict[tuple[str, str], Field]


class Walked(NamedTuple):
    """Records of one edition and the places of their items, in rows that may not all be used.

    ``marks`` (2, S, R): octet of an item from its record's start, 0 where absent, and its length.
    ``where`` (R, 3): first octet of the record, its length, its block.  ``faults`` (n, 3): block,
    octet of the record that could not be walked, code (see FAULTS).
    """

    marks: npt.NDArray[np.uint16]
    uap: npt.NDArray[np.int8]
    where: Integers
    records: int
    faults: Integers


def walk(
    data: Octets, extent: Integers, given: Plan, at_once: int = RECORDS_AT_ONCE
) -> Iterator[Walked]:
    """Yield the records of blocks of one edition, some thousands at a time, in order.

    ``extent`` (B, 2) are the octets at which the records of each block begin and end.  After a
    fault the rest of its block is passed over.
    """
    block, at = 0, int(extent[0, 0]) if len(extent) else 0
    while block < len(extent):
        octets = int((extent[block:, 1] - extent[block:, 0]).sum())
        rows = max(min(at_once, octets // 4 + 64), 1)
        marks = np.zeros((2, len(given.items), rows), np.uint16)
        uap = np.zeros(rows, np.int8)
        where = np.empty((rows, 3), np.int64)
        faults = np.empty((len(extent) - block, 3), np.int64)
        n, n_bad, block, at = kernels.walk_blocks(
            data, extent, block, at, *given[1:4], marks, uap, where, faults
        )
        yield Walked(marks, uap, where, n, faults[:n_bad])


@functools.cache
def plan(edition: Edition) -> Plan:
    """Return the edition made ready for the kernels."""
    made = _Maker()
    orders = [[made.slot_of(item) for item in uap.items] for uap in edition.uaps]
    uaps = []
    for uap, order in zip(edition.uaps, orders, strict=True):
        uaps.append((len(made.lists), len(order), uap.fspec_octets_max))
        made.lists += order
    fields = {
        (name, field.name): field
        for name, slot in made.slots.items()
        for field in made.items[slot].fields
        if field.coding != "spare"
    }
    return Plan(
        edition,
        np.array(made.table, np.int64),
        np.array(made.lists, np.int64),
        np.array(uaps, np.int64),
        made.slots,
        tuple(made.items),
        fields,
    )


class _Maker:
    """Numbers the slots and writes down how long each is."""

    def __init__(self) -> None:
        self.slots: dict[str, int] = {}
        self.items: list[Item] = []
        self.table: list[tuple[int, ...]] = []
        self.lists: list[int] = []

    def slot_of(self, item: Item | None, parent: str = "") -> int:
        if item is None:
            return kernels.SPARE
        if item.kind == "rfs":
            return kernels.RFS
        name = f"{parent}/{item.name}" if parent else item.name
        if name in self.slots:  # both orders of CAT001 have it
            if self.items[self.slots[name]] != item:
                raise ValueError(f"item {name} has two forms in one edition")
            return self.slots[name]
        slot = self.slots[name] = len(self.items)
        self.items.append(item)
        self.table.append(())
        entries = list(item.sizes) if item.kind == "extended" else []
        if item.kind == "compound":
            entries = [self.slot_of(child, name) for child in item.children]
        size_a, size_b = (*item.sizes, 0, 0)[:2]
        kind = _KINDS.index(item.kind)
        first, count = len(self.lists), len(entries)
        self.table[slot] = (kind, size_a, size_b, first, count, int(item.ends_with_fx))
        self.lists += entries
        return slot
