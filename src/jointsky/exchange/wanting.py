"""What neighbours have and this site lacks: after a little patience one of them is asked for it.

Patience, because most of it is under way from elsewhere; one, because two would both send it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from jointsky.exchange.neighbour import Neighbour
from jointsky.exchange.packets import Key, Want
from jointsky.exchange.ranges import Ranges, Run
from jointsky.exchange.shelves import Shelves

_PATIENCE_S = 0.2
_GRAFT_AFTER = 2


class Wanting:
    """The messages that this site knows of and has not got."""

    def __init__(self, shelves: Shelves, neighbours: Sequence[Neighbour]) -> None:
        self._shelves, self._neighbours = shelves, neighbours
        self._noticed: dict[Key, Ranges] = {}
        self._due: list[tuple[float, Key, list[Run]]] = []
        self._misses: dict[int, int] = {}

    def notice(self, key: Key, offered: Ranges, now_s: float) -> None:
        """Take note of what a neighbour has for us."""
        lacking = self._shelves[key].lacking(offered) if key in self._shelves else list(offered)
        noticed = self._noticed.setdefault(key, Ranges())
        new = Ranges(lacking).minus(noticed)
        if new:
            noticed.update(new)
            self._due.append((now_s + self._patience_s(), key, new))

    def _patience_s(self) -> float:
        rtts = [n.courier.rtt_s for n in self._neighbours if n.is_up]
        return _PATIENCE_S + 2.0 * max((rtt for rtt in rtts if not math.isnan(rtt)), default=0.0)

    def came(self, origin: int) -> None:
        """Take note that an origin's messages come unasked."""
        self._misses.pop(origin, None)

    def ask(self, now_s: float) -> None:
        """Ask for what is due and still lacking, each message from one neighbour."""
        due = [entry for entry in self._due if entry[0] <= now_s]
        self._due = [entry for entry in self._due if entry[0] > now_s]
        for _, key, runs in due:
            noticed = self._noticed[key]
            noticed.discard(Ranges(runs))
            if not noticed:
                del self._noticed[key]
            self._ask_for(key, runs, now_s)

    def _ask_for(self, key: Key, runs: list[Run], now_s: float) -> None:
        known = Ranges(runs)
        lacking = Ranges(self._shelves[key].lacking(known) if key in self._shelves else runs)
        up = [n for n in self._neighbours if n.is_up]
        for neighbour in up:
            lacking.discard(neighbour.asked[key])
        for neighbour in sorted(up, key=lambda n: (n.courier.rtt_s, n.name)):
            part = [
                run for first, end in lacking for run in neighbour.offers[key].within(first, end)
            ]
            if not part:
                continue
            lacking.discard(Ranges(part))
            is_graft = self._is_graft(neighbour, key, part[-1][1])
            neighbour.replies.append(Want(key, part, is_graft))
            neighbour.asked[key].update(part)
            neighbour.asked_s = now_s

    def _is_graft(self, neighbour: Neighbour, key: Key, end: int) -> bool:
        """Return whether the neighbour is to push an origin's messages: others no longer do.

        So it is when the newest had to be asked for twice, and none came unasked in between.
        """
        origin = key[0]
        if key in self._shelves and end <= self._shelves[key].held.end:
            return False
        self._misses[origin] = self._misses.get(origin, 0) + 1
        if self._misses[origin] < _GRAFT_AFTER:
            return False
        neighbour.pruned.discard(origin)
        self._misses.pop(origin)
        return True

    def is_offered(self, key: Key, first: int, end: int, but: Neighbour) -> bool:
        """Return whether another neighbour that is up has any of some numbers."""
        others = (n for n in self._neighbours if n.is_up and n is not but)
        return any(n.offers[key].within(first, end) for n in others if key in n.offers)

    def next_s(self) -> float:
        """Return when somebody is to be asked."""
        return min((entry[0] for entry in self._due), default=math.inf)
