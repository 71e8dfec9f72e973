"""Cells: targets at moments, and which of them count as common to two sites or to all.

A cell is a target at a moment that anyone holds.  The counts, each a part of those before it:
``either`` (held by one of the sites at least), ``both`` (by all that are asked about), ``number``
(under one number), ``told`` (one of them tells who it is), ``identity`` (all tell the same),
``conflict`` (two tell otherwise), ``common`` (one number, and one identity if any is told).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from jointsky.metrics.holdings import Holdings
from jointsky.metrics.paths import Booleans, Floats, Integers, distinct

COUNTS = ("either", "both", "number", "told", "identity", "conflict", "common")


@dataclasses.dataclass(frozen=True)
class Cells:
    """Targets at moments that anyone holds: ``row`` (sites, cells) of the holdings, -1 for none.

    Cells are sorted by moment; ``start`` (moments + 1,).
    """

    row: Integers
    start: Integers


def cells_of(holdings: Holdings) -> Cells:
    """Return the cells of holdings; ValueError where a site holds one target twice at a moment."""
    width = int(holdings.target.max()) + 1 if len(holdings) else 1
    key = holdings.moment * width + holdings.target
    keys = distinct(key)
    row = np.full((holdings.sites, len(keys)), -1, np.int64)
    row[holdings.site, np.searchsorted(keys, key)] = np.arange(len(holdings))
    if int((row >= 0).sum()) != len(holdings):
        raise ValueError("a site holds one target twice at one moment")
    start = np.searchsorted(keys // width, np.arange(len(holdings.time_s) + 1))
    return Cells(row, start.astype(np.int64))


def of_pair(holdings: Holdings, cells: Cells, a: int, b: int) -> tuple[list[Booleans], Floats]:
    """Return which cells count as each of COUNTS for two sites, and the distances where both."""
    row_a, row_b = cells.row[a], cells.row[b]
    both = (row_a >= 0) & (row_b >= 0)
    at = np.flatnonzero(both)
    i, j = row_a[at], row_b[at]
    number = np.zeros_like(both)
    number[at] = holdings.number[i] == holdings.number[j]
    told, same, conflict = np.zeros_like(both), np.zeros_like(both), np.zeros_like(both)
    told[at], same[at], conflict[at] = _identities(holdings, i, j)
    common = number & (~told | same)
    dx, dy, dz = (holdings.position_m[i] - holdings.position_m[j]).T
    apart_m = np.sqrt(dx * dx + dy * dy + dz * dz)
    either = (row_a >= 0) | (row_b >= 0)
    return [either, both, number, told, same, conflict, common], apart_m


def _identities(
    holdings: Holdings, i: Integers, j: Integers
) -> tuple[Booleans, Booleans, Booleans]:
    """Return where one of two rows tells who it is, where both say the same, where they differ."""
    told, agree, differ = (np.zeros(len(i), bool) for _ in range(3))
    for code in (holdings.mode_s, holdings.call_sign):
        known_i, known_j = code[i] >= 0, code[j] >= 0
        told |= known_i | known_j
        agree |= known_i & known_j & (code[i] == code[j])
        differ |= known_i & known_j & (code[i] != code[j])
    return told, agree & ~differ, differ


def of_all(holdings: Holdings, cells: Cells) -> list[Booleans]:
    """Return which cells count as each of COUNTS for all sites at once."""
    is_held = cells.row >= 0
    everyone = np.asarray(is_held.all(axis=0))
    told, agree, differ = (np.zeros(cells.row.shape[1], bool) for _ in range(3))
    number, _ = one_value(holdings.number, cells.row, np.ones(len(holdings), bool))
    for code in (holdings.mode_s, holdings.call_sign):
        one, count = one_value(code, cells.row, code >= 0)
        told |= count > 0
        agree |= one & (count == len(cells.row))
        differ |= ~one
    told, same, conflict = everyone & told, everyone & agree & ~differ, everyone & differ
    number = everyone & number
    common = number & (~told | same)
    either = np.asarray(is_held.any(axis=0))
    return [either, everyone, number, told, same, conflict, common]


def one_value(code: Integers, row: Integers, known: Booleans) -> tuple[Booleans, Integers]:
    """Return which cells have one value only among their known ones, and how many are known."""
    low = np.full(row.shape[1], np.iinfo(np.int64).max)
    high = np.full(row.shape[1], np.iinfo(np.int64).min)
    count = np.zeros(row.shape[1], np.int64)
    for mine in row:
        at = np.flatnonzero(mine >= 0)
        at = at[known[mine[at]]]
        value = code[mine[at]]
        low[at] = np.minimum(low[at], value)
        high[at] = np.maximum(high[at], value)
        count[at] += 1
    return (count == 0) | (low == high), count


def by_moment(flags: Sequence[Booleans], cells: Cells) -> Integers:
    """Return how many cells of each moment are flagged, (flags, moments)."""
    sums = np.zeros((len(flags), len(flags[0]) + 1), np.int64)
    for k, flag in enumerate(flags):
        np.cumsum(flag, out=sums[k, 1:])
    return np.asarray(np.diff(sums[:, cells.start], axis=1))
