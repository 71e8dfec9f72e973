"""The messages that a site has, by their origins' lives: kept for a while, then forgotten."""

from __future__ import annotations

import math
from collections.abc import Iterator

from jointsky.exchange import wire
from jointsky.exchange.packets import Key
from jointsky.exchange.ranges import Ranges, Run
from jointsky.records.exchange import PLOTS, Message

MOST_LIVES = 16
"""Of one origin; a message of yet another life is refused."""


class Shelf:
    """One life of one origin.

    ``held``: numbers of messages that are here; ``void``: numbers that hold nothing for this site
    or are nowhere any more; ``plots``: which of the held are plots; ``floor``: nothing before it
    is kept.
    """

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.came_by: dict[int, str] = {}
        self.released: dict[int, Message] = {}
        self.held, self.void, self.plots = Ranges(), Ranges(), Ranges()
        self.floor = 0
        self.settled_to = 0
        self.newest_s = -math.inf
        self.complete_s = -math.inf
        self.octets = 0

    @property
    def newest_plots_s(self) -> float:
        """Return when the last plots that are here were told; -infinity: none are."""
        return self.messages[self.plots.end - 1].time_s if self.plots else -math.inf

    def put(self, message: Message, came_by: str) -> None:
        """Put in a message that is new here."""
        number = message.number
        self.messages[number] = message
        self.came_by[number] = came_by
        self.held.add(number, number + 1)
        self.void.remove(number, number + 1)
        if message.kind == PLOTS:
            self.plots.add(number, number + 1)
        self.newest_s = max(self.newest_s, message.time_s)
        self.octets += len(message.body)
        self.settle(())

    def settle(self, voids: tuple[Run, ...] | list[Run]) -> None:
        """Take numbers as holding nothing, and go on to where all before is known."""
        for first, end in voids:
            for a, b in self.held.missing(max(first, self.floor), end):
                self.void.add(a, b)
        start = at = max(self.settled_to, self.floor)
        while True:
            end = max(self.held.run_of(at)[1], self.void.run_of(at)[1])
            if end == at:
                break
            at = end
        self.settled_to = at
        for first, end in self.plots.within(start, at):
            for number in range(first, end):
                until_s = wire.complete_s(self.messages[number].body)
                self.complete_s = max(self.complete_s, until_s)

    def unknown(self, first: int, end: int) -> list[Run]:
        """Return of which numbers it is not known what they hold."""
        runs = self.held.missing(max(first, self.floor), end)
        return [run for gap in runs for run in self.void.missing(*gap)]

    def lacking(self, offered: Ranges) -> list[Run]:
        """Return which of the offered numbers are not here, and would be kept."""
        runs = offered.minus(self.held)
        return [(max(a, self.floor), b) for a, b in runs if b > self.floor]

    def raise_floor(self, floor: int) -> int:
        """Forget all before ``floor``; return how many numbers were never known of."""
        unknown = Ranges(self.unknown(self.floor, floor))
        for first, end in self.held.within(self.floor, floor):
            for number in range(first, end):
                self.octets -= len(self.messages.pop(number).body)
                self.came_by.pop(number)
                self.released.pop(number, None)
        for numbers in (self.held, self.void, self.plots):
            numbers.remove(0, floor)
        self.floor = max(self.floor, floor)
        self.settle(())
        return unknown.size

    def stale_to(self, before_s: float) -> int:
        """Return the number after the oldest messages, all told before a time."""
        number = self.floor
        for first, end in self.held:
            for at in range(first, end):
                if self.messages[at].time_s >= before_s:
                    return number
                number = at + 1
        return number


class Shelves:
    """All messages of a site."""

    def __init__(self) -> None:
        self._shelves: dict[Key, Shelf] = {}

    def __getitem__(self, key: Key) -> Shelf:
        """Return a shelf, an empty one where there was none."""
        if key not in self._shelves:
            self._shelves[key] = Shelf()
        return self._shelves[key]

    def __contains__(self, key: Key) -> bool:
        return key in self._shelves

    def __iter__(self) -> Iterator[tuple[Key, Shelf]]:
        """Return all shelves, by origin and life."""
        return iter(sorted(self._shelves.items()))

    def lives(self, origin: int) -> list[int]:
        """Return the lives of an origin that are known, in order."""
        return sorted(life for row, life in self._shelves if row == origin)

    def drop(self, key: Key) -> None:
        """Forget a shelf."""
        self._shelves.pop(key, None)

    @property
    def octets(self) -> int:
        """Return how many octets all bodies have."""
        return sum(shelf.octets for shelf in self._shelves.values())
