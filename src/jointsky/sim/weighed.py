"""Command posts that were told the same make the same of it: it is weighed once.

What a weigher makes of a look hangs on all that it was told so far.  A ``Tree`` keeps that as its
branches: every node is a look, and below it are those that followed it in some run.  Who is told
what is there already takes what was made of it; who leaves the branch has what is known there made
anew, from the last node that kept it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from jointsky.assess.weighing import Weigher, Weighing
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks

EVERY = 10  # looks between two at which all that is known is kept
Renamed = tuple[tuple[int, int], ...]


class _Look(NamedTuple):
    """What a weigher is told at a look."""

    renamed: Renamed
    tracks: Tracks
    now_s: float
    reports: Reports | None

    def key(self) -> tuple[Any, ...]:
        """Return what tells it from others as long as they are kept."""
        return self.renamed, id(self.tracks), self.now_s, _digest(self.reports)

    def tell(self, weigher: Weigher) -> Weighing:
        """Tell a weigher."""
        for old, new in self.renamed:
            weigher.rename(old, new)
        return weigher.step(self.tracks, self.now_s, self.reports)


@dataclasses.dataclass(slots=True, eq=False)
class _Node:
    """A look, what was made of it, and what followed; at some all that was known by then."""

    before: _Node | None
    depth: int
    look: _Look | None
    weighing: Weighing | None
    known: Weigher | None
    then: dict[tuple[Any, ...], _Node] = dataclasses.field(default_factory=dict)


class Tree:
    """What weighers that began alike made of what they were told; at most ``room`` looks."""

    def __init__(self, room: int = 4000) -> None:
        self.room = room
        self.roots: dict[str, _Node] = {}

    def weigher(self, key: str, begin: Callable[[], Weigher]) -> SharedWeigher:
        """Return one that shares with all of that key, who are to begin alike."""
        if key not in self.roots:
            self.roots[key] = _Node(None, 0, None, None, begin())
        return SharedWeigher(self, self.roots[key])


class SharedWeigher:
    """A weigher that takes what others made of the same; without what words are made of."""

    def __init__(self, tree: Tree, root: _Node) -> None:
        self._tree = tree
        self._node = root
        self._own: Weigher | None = None  # that knows what is known at the node
        self._is_alone = False  # there is no more room to share
        self._renamed: list[tuple[int, int]] = []  # since the last look

    def rename(self, old: int, new: int) -> None:
        """Let a track go on under another number, with all that is known of it."""
        self._renamed.append((old, new))

    def step(self, tracks: Tracks, now_s: float, reports: Reports | None = None) -> Weighing:
        """Return what is made of tracks, as a weigher does."""
        look = _Look(tuple(self._renamed), tracks, now_s, reports)
        self._renamed.clear()
        if self._is_alone:
            assert self._own is not None
            return look.tell(self._own)
        key = look.key()
        found = self._node.then.get(key)
        if found is None:
            self._own = self._own or _known_at(self._node)
            weighing = dataclasses.replace(look.tell(self._own), found=None)
            if self._tree.room <= 0:
                self._is_alone = True
                return weighing
            self._tree.room -= 1
            depth = self._node.depth + 1
            known = None if depth % EVERY else self._own.copy()
            found = self._node.then[key] = _Node(self._node, depth, look, weighing, known)
        else:
            self._own = None
        self._node = found
        assert found.weighing is not None
        return found.weighing


def _known_at(node: _Node) -> Weigher:
    """Return a weigher of its own that knows what is known at a node."""
    looks = []
    while node.known is None:
        assert node.look is not None and node.before is not None
        looks.append(node.look)
        node = node.before
    made = node.known.copy()
    for look in reversed(looks):
        look.tell(made)
    return made


def _digest(reports: Reports | None) -> bytes:
    if reports is None or not len(reports):
        return b""
    made = hashlib.blake2b(digest_size=16)
    for name in reports.schema():
        made.update(getattr(reports, name).tobytes())
    return made.digest()
