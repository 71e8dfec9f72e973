"""The edition of each source: told by the user, or guessed where that is safe.

No octet of a block says which edition it follows.  The newest is taken unless it fails on the
source's records and an older one does not: it fails on a record that it cannot walk, or that
says what cannot be (a latitude of 120 degrees, a time of day of 30 hours).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError, did_you_mean
from jointsky.formats.asterix.batch import Batch
from jointsky.formats.asterix.categories import doubtful
from jointsky.formats.asterix.specification import CATEGORIES, Edition, editions
from jointsky.formats.asterix.walker import Octets, plan, walk

SAMPLE_BLOCKS = 200
GOOD_ENOUGH = 0.98  # of a source's records: no other edition is tried
CLEARLY_BETTER = 0.10
FITS_AT_LEAST = 0.75  # an older edition is not guessed where it does not fit well itself
BLOCKS_TO_GUESS = 5  # fewer say too little

TOLD = "given"

_KEY = re.compile(r"(?:(port \d{1,5}|\d{1,3}/\d{1,3}):)?(\d{1,3})")


class Choice(NamedTuple):
    """An edition and why it was taken: default, given, or guessed and on what ground."""

    edition: Edition
    why: str

    @property
    def is_told(self) -> bool:
        """Return whether a person told it."""
        return self.why == TOLD


class Wanted:
    """The editions that a person has told, ready to be asked for."""

    def __init__(self, given: dict[str, str]) -> None:
        """Refuse keys and editions that do not exist, naming those that do."""
        self._editions: dict[tuple[str, int], Edition] = {}
        for key, name in given.items():
            found = _KEY.fullmatch(key.strip())
            if found is None:
                raise InputError(
                    f"edition {key}={name}",
                    f"{key!r} names no category",
                    "021, 0/107:021 (source and category) or port 4001:021",
                )
            self._editions[(found[1] or "", int(found[2]))] = _edition(int(found[2]), name, key)

    def find(self, category: int, source: int, port: int) -> Edition | None:
        """Return the edition told for a source, else for its port, else for its category."""
        for whose in (f"{source >> 8}/{source & 255}", f"port {port}", ""):
            if (whose, category) in self._editions:
                return self._editions[(whose, category)]
        return None


def _edition(category: int, name: str, key: str) -> Edition:
    where = f"edition {key}={name}"
    if category not in CATEGORIES:
        known = ", ".join(f"{c:03d}" for c in CATEGORIES)
        raise InputError(where, f"category {category:03d} is not read", f"one of {known}")
    held = {edition.name: edition for edition in editions(category)}
    if name.strip() not in held:
        raise InputError(
            where,
            f"edition {name!r} of category {category:03d} is not known",
            f"one of {', '.join(held)}",
            did_you_mean(name, held),
        )
    return held[name.strip()]


def choose(data: Octets, extent: npt.NDArray[np.int64], category: int) -> Choice:
    """Return the edition that fits the records of one source best.

    ``extent`` (B, 2) are the octets at which the records of its blocks begin and end.
    """
    if len(extent) > SAMPLE_BLOCKS:
        rows = np.linspace(0, len(extent) - 1, SAMPLE_BLOCKS).round().astype(np.int64)
        extent = extent[rows]
    newest, *older = editions(category)[::-1]
    newest_good = share_good(data, extent, newest)
    if newest_good >= GOOD_ENOUGH or len(extent) < BLOCKS_TO_GUESS:
        return Choice(newest, "default")
    best, best_good = newest, newest_good
    for other in older:
        good = share_good(data, extent, other)
        if good > best_good:
            best, best_good = other, good
    if best_good < max(newest_good + CLEARLY_BETTER, FITS_AT_LEAST):
        return Choice(newest, "default")
    lost = 100.0 * (1.0 - newest_good)
    return Choice(best, f"guessed: {newest.name} fails on {lost:.0f} % of the records")


def share_good(data: Octets, extent: npt.NDArray[np.int64], edition: Edition) -> float:
    """Return the share of records that an edition walks and that say nothing impossible."""
    good = bad = 0
    for walked in walk(data, extent, plan(edition)):
        doubts = int(np.count_nonzero(doubtful(Batch(plan(edition), data, walked))))
        good += walked.records - doubts
        bad += len(walked.faults) + doubts
    return good / (good + bad) if good + bad else 1.0
