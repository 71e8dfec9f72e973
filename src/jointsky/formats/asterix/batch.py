"""Walked records become columns: a field by its name, in SI units, NaN where it was not sent."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky import units
from jointsky.formats.asterix import fields_kernels as kernels
from jointsky.formats.asterix.specification import Field
from jointsky.formats.asterix.walker import Integers, Octets, Plan, Walked

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MISSING = kernels.MISSING
SI = {
    "": 1.0,
    "s": 1.0,
    "ms": 1e-3,
    "m": 1.0,
    "m/s": 1.0,
    "NM": units.NAUTICAL_MILE_M,
    "NM/s": units.NAUTICAL_MILE_M,
    "ft": units.FOOT_M,
    "ft/min": units.FOOT_PER_MINUTE_MPS,
    "FL": units.FLIGHT_LEVEL_M,
    "kt": units.KNOT_MPS,
    "°": units.DEGREE_RAD,
}
"""Units of the specification in SI: multiply."""

_SIGNED_IN_PRACTICE = {("090", "FL"), ("340/HEIGHT", "")}
# I048/090 is unsigned in machine specifications before edition 1.32 (I062/340 before 1.21), but
# -25 ft is sent as a two's complement: it must not become FL 4095.75.


@dataclasses.dataclass(frozen=True)
class Batch:
    """Some thousand records of one category and edition; R of them."""

    plan: Plan
    data: Octets
    walked: Walked

    @property
    def records(self) -> int:
        """Return how many records there are."""
        return self.walked.records

    @property
    def category(self) -> int:
        """Return the category of all records."""
        return self.plan.edition.category

    def has(self, slot: str) -> Bools:
        """Return, of each record, whether it holds the item or part (``"500/APC"``)."""
        number = self.plan.slots.get(slot)
        if number is None:
            return np.zeros(self.records, np.bool_)
        return self.walked.marks[0, number, : self.records] > 0

    def item_counts(self) -> dict[str, int]:
        """Return how many records hold each item, for items that any holds."""
        held = np.count_nonzero(self.walked.marks[0, :, : self.records], axis=1)
        return {
            name: int(held[slot])
            for name, slot in self.plan.slots.items()
            if "/" not in name and held[slot]
        }

    def integer(self, slot: str, name: str = "") -> Integers:
        """Return the field of each record as an integer, MISSING where it was not sent.

        A field of an item that repeats is that of its first element.  A field that the edition
        does not have is missing everywhere.
        """
        out = np.full(self.records, MISSING, np.int64)
        field = self.plan.fields.get((slot, name))
        if field is None:
            return out
        number = self.plan.slots[slot]
        item = self.plan.items[number]
        skip = item.sizes[0] if item.kind == "repetitive" else 0
        signed = field.signed or (slot, name) in _SIGNED_IN_PRACTICE
        kernels.read_bits(
            self.data,
            self.walked.where,
            self.walked.marks,
            number,
            skip,
            field.bit,
            field.size,
            signed,
            out,
        )
        return out

    def number(self, slot: str, name: str = "") -> Integers:
        """Return the field of each record as an integer, -1 where it was not sent."""
        raw = self.integer(slot, name)
        raw[raw == MISSING] = -1
        return raw

    def flag(self, slot: str, name: str) -> Bools:
        """Return of each record whether the field was sent and is not 0."""
        return self.number(slot, name) > 0

    def quantity(self, slot: str, name: str = "") -> Floats:
        """Return the field of each record in SI units, NaN where it was not sent."""
        raw = self.integer(slot, name)
        scale = 1.0
        field = self.plan.fields.get((slot, name))
        if field is not None:
            scale = field.lsb * SI[field.unit]
        return np.where(raw == MISSING, np.nan, raw * scale)

    def text(self, slot: str, name: str = "") -> npt.NDArray[np.str_]:
        """Return the field of each record as text of at most 8 characters, without end spaces."""
        out = np.zeros((self.records, 8), np.uint32)
        field = self.plan.fields.get((slot, name))
        if field is not None:
            self._read_characters(slot, field, out)
        return out.view("U8")[:, 0]

    def _read_characters(self, slot: str, field: Field, out: npt.NDArray[np.uint32]) -> None:
        is_icao = field.coding == "icao"
        kernels.read_characters(
            self.data,
            self.walked.where,
            self.walked.marks,
            self.plan.slots[slot],
            field.bit // 8,
            field.size // (6 if is_icao else 8),
            is_icao,
            out,
        )


def first_known(*choices: Floats) -> Floats:
    """Return of each row the first value that is not NaN."""
    out = choices[0]
    for other in choices[1:]:
        out = np.where(np.isnan(out), other, out)
    return out
