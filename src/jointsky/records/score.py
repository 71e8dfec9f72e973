"""Scores: how good a picture was, as metrics find it and as pictures and commands show it."""

from __future__ import annotations

import dataclasses
from typing import Any

from jointsky.records.columns import Array


@dataclasses.dataclass(frozen=True)
class Check:
    """One line of a conformity table.

    ``value`` and ``limit`` are plain numbers in ``unit`` ("%" holds shares, 0.97 is 97 %).
    ``verdict``: "pass", "fail", or "not measured" with ``why``.
    """

    standard: str
    label: str
    sense: str
    limit: float
    value: float
    unit: str
    verdict: str
    why: str
    is_mandatory: bool
    provenance: str


@dataclasses.dataclass(frozen=True)
class ScoreResult:
    """All figures of one comparison; metres, seconds, radians; NaN: not measurable here.

    ``picture``, ``siap``, ``tracks``, ``updates``: figures by name.  ``errors``: by phase of
    flight ("all", "straight", ...), kind of error and statistic.  ``over_time``: columns of equal
    length, one row a moment.  ``points``: columns of equal length, one row for each track point
    that belongs to a target.  ``about``: how the comparison was made.
    """

    about: dict[str, Any]
    picture: dict[str, Any]
    siap: dict[str, float]
    tracks: dict[str, float]
    updates: dict[str, Any]
    errors: dict[str, dict[str, dict[str, float]]]
    conformity: list[Check]
    over_time: dict[str, Array]
    points: dict[str, Array]

    def summary(self) -> dict[str, Any]:
        """Return everything but the long columns, as ``score.json`` holds it."""
        return {
            "about": self.about,
            "picture": self.picture,
            "siap": self.siap,
            "tracks": self.tracks,
            "updates": self.updates,
            "errors": self.errors,
            "conformity": [dataclasses.asdict(check) for check in self.conformity],
        }
