"""What all points of a study answered under each sky, kept as numbers: 8 octets a figure a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
ROOM = 64  # skies at first
_FILLS = {"_values": np.nan, "_failed": False, "_asked": False, "_has": False}


@dataclasses.dataclass(frozen=True)
class Leaker:
    """A hostile that came through: seconds from the begin, degrees, its name, the zone's."""

    time_s: float
    latitude_deg: float
    longitude_deg: float
    vehicle: str
    zone: str


@dataclasses.dataclass(frozen=True)
class Answer:
    """What one run answered: figure by figure and who came through, or what went wrong.

    A figure that a run had none to tell of is left out.
    """

    sky: int
    point: int
    figures: Mapping[str, float]
    fault: str = ""
    leakers: tuple[Leaker, ...] = ()


class Answers:
    """Figures by sky, point and name, as many skies as came; gaps are told.

    A run takes 8 octets a figure and two more, up to half as much again where there is room for
    more skies, and 2.5 times that while it is made.  Words are kept of what failed only.
    """

    def __init__(self, points: int, figures: Sequence[str]) -> None:
        self.points, self.figures = points, tuple(figures)
        self._values = np.full((ROOM, points, len(self.figures)), np.nan)
        self._failed = np.zeros((ROOM, points), np.bool_)
        self._asked = np.zeros((ROOM, points), np.bool_)
        self._has = np.zeros(ROOM, np.bool_)
        self._count = self._runs = 0
        self._faults: dict[tuple[int, int], Answer] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def runs(self) -> int:
        """Return how many runs were answered."""
        return self._runs

    def put(self, answers: Sequence[Answer]) -> None:
        """Take what points answered under one sky: all that were asked."""
        sky = answers[0].sky
        self._make_room(sky + 1)
        for one in answers:
            row = [one.figures.get(name, np.nan) for name in self.figures]
            self._values[sky, one.point] = row
            self._failed[sky, one.point] = bool(one.fault)
            self._runs += not self._asked[sky, one.point]
            self._asked[sky, one.point] = True
            if one.fault:
                self._faults[sky, one.point] = dataclasses.replace(one, leakers=())
        self._count += not self._has[sky]
        self._has[sky] = True

    def missing(self, most: int) -> list[int]:
        """Return which of the first ``most`` skies there are not, in order."""
        self._make_room(most)
        return [int(sky) for sky in np.flatnonzero(~self._has[:most])]

    def until_a_gap(self, most: int) -> int:
        """Return how many of the first ``most`` skies there are without one that is missing."""
        missing = np.flatnonzero(~self._has[:most])
        return int(missing[0]) if len(missing) else min(most, len(self._has))

    def of(self, skies: int) -> Answered:
        """Return the answers under the first skies."""
        return Answered(
            self.figures,
            self._values[:skies],
            self._failed[:skies],
            self._asked[:skies],
            [fault for (sky, _), fault in sorted(self._faults.items()) if sky < skies],
        )

    def _make_room(self, skies: int) -> None:
        have = len(self._has)
        if skies <= have:
            return
        room = max(skies, have + have // 2)
        for name, fill in _FILLS.items():
            old = getattr(self, name)
            new = np.full((room, *old.shape[1:]), fill, old.dtype)
            new[:have] = old
            setattr(self, name, new)


@dataclasses.dataclass(frozen=True)
class Answered:
    """The figures under n skies: (n, P, F) values, NaN where a run had none to tell or failed.

    ``failed`` (n, P): which runs did; ``faults`` their seeds and tracebacks.  ``asked`` (n, P):
    which runs were made; a point that rests is not asked, and its values are NaN.
    """

    figures: tuple[str, ...]
    values: Floats
    failed: Booleans
    asked: Booleans
    faults: list[Answer]

    @property
    def is_sound(self) -> Booleans:
        """Return under which skies (n,) no run failed: the others count for no point."""
        return np.asarray(~self.failed.any(axis=1))

    def column(self, figure: str, point: int) -> Floats:
        """Return a figure of a point (n,), of all skies."""
        return self.values[:, point, self.figures.index(figure)]
