"""What runs under one sky take from each other: all that the same input makes the same of.

Points of a study that differ in what is decided see the same until something is stopped at another
moment.  What was made of the same input is kept here for the next run to take, as much of it as
there is room for; who finds nothing makes it.
"""

from __future__ import annotations

import collections
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Things by all that they hang on, the last ``room`` that were asked for."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: collections.OrderedDict[K, V] = collections.OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the thing of a key, if it is there."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: K, thing: V) -> None:
        """Keep a thing, and let go of the one not asked for the longest."""
        self._kept[key] = thing
        while len(self._kept) > self._room:
            self._kept.popitem(last=False)
