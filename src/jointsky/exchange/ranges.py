"""Sets of whole numbers that are mostly runs: which packets came, which messages are here."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator

Run = tuple[int, int]
"""From the first number to before the second."""

_FEW = 16  # as many runs as are put in one by one in the time that one takes in a pass over all


class Ranges:
    """A set of numbers from 0, as runs that neither touch nor overlap, in order."""

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self._first: list[int] = []
        self._end: list[int] = []
        if isinstance(runs, Ranges):
            self._first, self._end = runs._first.copy(), runs._end.copy()
        else:
            self.update(runs)

    def __iter__(self) -> Iterator[Run]:
        return zip(list(self._first), list(self._end), strict=True)

    def __bool__(self) -> bool:
        return bool(self._first)

    def __len__(self) -> int:
        """Return how many runs there are."""
        return len(self._first)

    def __contains__(self, number: int) -> bool:
        k = bisect.bisect_right(self._first, number) - 1
        return k >= 0 and number < self._end[k]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Ranges({list(self)})"

    @property
    def size(self) -> int:
        """Return how many numbers there are."""
        return sum(self._end) - sum(self._first)

    @property
    def end(self) -> int:
        """Return the number after the last; 0 where there is none."""
        return self._end[-1] if self._end else 0

    def add(self, first: int, end: int) -> None:
        """Put in the numbers from ``first`` to before ``end``."""
        if first >= end:
            return
        if self._end and first == self._end[-1]:  # what comes mostly: the next one
            self._end[-1] = end
            return
        low = bisect.bisect_left(self._end, first)
        high = bisect.bisect_right(self._first, end)
        if low < high:
            first, end = min(first, self._first[low]), max(end, self._end[high - 1])
        self._first[low:high] = [first]
        self._end[low:high] = [end]

    def remove(self, first: int, end: int) -> None:
        """Take out the numbers from ``first`` to before ``end``."""
        low = bisect.bisect_right(self._end, first)
        high = bisect.bisect_left(self._first, end)
        if first >= end or low >= high:
            return
        rest = [(self._first[low], first), (end, self._end[high - 1])]
        rest = [(a, b) for a, b in rest if a < b]
        self._first[low:high] = [a for a, _ in rest]
        self._end[low:high] = [b for _, b in rest]

    def update(self, runs: Iterable[Run]) -> None:
        """Put in all numbers of ``runs``."""
        runs = list(runs)
        if _FEW * len(runs) < len(self._first) + _FEW:
            for first, end in runs:
                self.add(first, end)
            return
        runs = sorted(itertools.chain(self, runs))  # one pass: both are in order, mostly
        self._first, self._end = [], []
        last = -1
        for first, end in runs:
            if first >= end:
                continue
            if first > last:
                self._first.append(first)
                self._end.append(end)
            elif end > last:
                self._end[-1] = end
            else:
                continue
            last = end

    def discard(self, other: Ranges) -> None:
        """Take out all numbers of another set."""
        left = self.minus(other)
        self._first, self._end = [a for a, _ in left], [b for _, b in left]

    def within(self, first: int, end: int) -> list[Run]:
        """Return the runs of numbers from ``first`` to before ``end``."""
        low = bisect.bisect_right(self._end, first)
        high = bisect.bisect_left(self._first, end)
        found = zip(self._first[low:high], self._end[low:high], strict=True)
        return [(max(a, first), min(b, end)) for a, b in found]

    def missing(self, first: int, end: int) -> list[Run]:
        """Return the runs of numbers from ``first`` to before ``end`` that are not in the set."""
        out = []
        for a, b in self.within(first, end):
            if first < a:
                out.append((first, a))
            first = b
        if first < end:
            out.append((first, end))
        return out

    def minus(self, other: Ranges) -> list[Run]:
        """Return the runs of numbers that are here and not in ``other``."""
        out: list[Run] = []
        firsts, ends, count = other._first, other._end, len(other._first)
        k = 0
        for first, end in zip(self._first, self._end, strict=True):
            if k < count and ends[k] <= first:
                k = bisect.bisect_right(ends, first, k)
            at = first
            while k < count and firsts[k] < end:
                if at < firsts[k]:
                    out.append((at, firsts[k]))
                at = ends[k]
                if at >= end:
                    break
                k += 1
            if at < end:
                out.append((at, end))
        return out

    def run_of(self, number: int) -> Run:
        """Return the run that holds a number; an empty one at it where none does."""
        k = bisect.bisect_right(self._first, number) - 1
        if k >= 0 and number < self._end[k]:
            return self._first[k], self._end[k]
        return number, number

    def back_from(self, number: int) -> int:
        """Return where the run begins that holds the number before this one; else this one."""
        k = bisect.bisect_left(self._first, number) - 1
        return self._first[k] if k >= 0 and number <= self._end[k] else number

    def newest(self, most: int) -> list[Run]:
        """Return the ``most`` last runs, in order."""
        return list(zip(self._first[-most:], self._end[-most:], strict=True))
