"""Options of readers: what a person knows of a recording that its octets do not say."""

from __future__ import annotations

import datetime

import msgspec


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What may be told to any reader; each takes what concerns it.

    ``date`` is the UTC date of the first message, for formats that give a time of day only.
    ``editions`` names ASTERIX editions by category (``"021"``), source and category
    (``"0/107:021"``) or UDP port and category (``"port 4001:021"``); the narrower one wins.
    ``reference_deg`` (latitude, longitude) helps to resolve positions that are sent in part
    (Mode S surface positions).  ``frame_spacing_s`` is a nominal time between
    frames for recordings without any time stamp (AVR lines); without it their positions are
    counted only.  ``file`` is the number that plots carry in their ``file`` column.
    """

    date: datetime.date | None = None
    editions: dict[str, str] = {}
    reference_deg: tuple[float, float] | None = None
    frame_spacing_s: float | None = None
    file: int = 0
