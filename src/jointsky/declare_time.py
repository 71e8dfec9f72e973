"""Declared times: seconds after the start, a clock's reading, or a stamp in UTC; and their sense.

A file may say ``90``, ``"+5min"``, ``"1h30min"``, ``"00:12:30"`` (hours, minutes, seconds after
the start) or ``"2026-05-01T10:00:00Z"``; inside everything is POSIX seconds, UTC.
"""

from __future__ import annotations

import datetime
import re
from typing import Annotated

import msgspec
from msgspec import Meta

WANTED_MOMENT = (
    "seconds after the start (90), '+5min', '1h30min', '00:12:30' "
    "or a stamp in UTC ('2026-05-01T10:00:00Z')"
)
WANTED_STAMP = "a stamp in UTC: '2026-05-01T10:00:00Z'"
LONGEST_AFTER_S = 10.0 * 366.0 * 86400.0

_UNITS_S = {"h": 3600.0, "min": 60.0, "s": 1.0}
_PART = r"(?:(\d+(?:\.\d+)?)\s*{}\s*)?"
_SPAN = re.compile(r"\+?\s*" + "".join(_PART.format(unit) for unit in _UNITS_S))
_CLOCK = re.compile(r"\+?(\d{1,4}):([0-5]\d):([0-5]\d(?:\.\d+)?)")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|z|[+-]\d\d:?\d\d)?")


def stamp_s(text: str) -> float:
    """Return the POSIX seconds of an ISO 8601 stamp; raise ValueError with what is wrong."""
    if not _STAMP.fullmatch(text.strip()):
        raise ValueError("is no stamp")
    made = datetime.datetime.fromisoformat(text.strip().upper())  # 2026-02-30: says what is wrong
    if made.tzinfo is None:
        raise ValueError("has no zone: end it with Z for UTC")
    return made.timestamp()


def moment_s(value: float | str, start_s: float) -> float:
    """Return the POSIX seconds of a declared moment of a scenario that starts at ``start_s``.

    Raises ValueError with what is wrong with it.
    """
    if isinstance(value, str) and is_stamp(value):
        return stamp_s(value)
    return start_s + after_s(value)


def is_stamp(value: float | str) -> bool:
    """Return whether a declared moment is a stamp, and not seconds after the start."""
    return isinstance(value, str) and bool(re.match(r"\s*\d{4}-", value))


def after_s(value: float | str) -> float:
    """Return the seconds after the start that a relative moment means, or raise ValueError."""
    if isinstance(value, str):
        value = _spoken_s(value.strip())
    if not abs(value) <= LONGEST_AFTER_S:
        raise ValueError("is more than ten years after the start")
    return float(value)


def _spoken_s(text: str) -> float:
    clock, span = _CLOCK.fullmatch(text), _SPAN.fullmatch(text)
    if clock:
        return int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + float(clock[3])
    if span and any(span.groups()):
        parts = zip(span.groups(), _UNITS_S.values(), strict=True)
        return sum(float(number) * unit_s for number, unit_s in parts if number)
    if re.fullmatch(r"\+?\d+:\d\d", text):
        raise ValueError("may be hours and minutes or minutes and seconds: give all three")
    try:
        return float(text)
    except ValueError:
        raise ValueError("is no time") from None


def _check_moment(value: float | str) -> None:
    moment_s(value, 0.0)


Moment = Annotated[
    float | str, Meta(extra={"wanted": WANTED_MOMENT, "check": _check_moment}, extra_json_schema={})
]
"""A time in a file; add a Meta with its description.  ``moment_s`` gives its sense."""

Stamp = Annotated[str, Meta(extra={"wanted": WANTED_STAMP, "check": stamp_s})]
"""A time in UTC in a file."""


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span of time."""

    begin: Annotated[Moment, Meta(description="From this moment")] = 0.0
    end: Annotated[
        Annotated[Moment, Meta()] | None,
        Meta(description="To this moment; none: to the end"),
    ] = None
