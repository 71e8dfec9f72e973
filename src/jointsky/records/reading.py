"""Readings: what one input file held, good and bad."""

from __future__ import annotations

from typing import Any

import msgspec

from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One place in a file that could not be used, and how much was passed over there."""

    offset: int  # octet at which it begins; in a text file, of the line
    kind: str  # short and stable, to count by: "truncated-block", "unknown-category", ...
    text: str  # what was found and what was wanted
    octets: int = 0  # how many octets were skipped


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a file, counted, for ``inspect``; items in the order of the format."""

    records: dict[str, int]  # "CAT048" -> 2099, "DF17" -> 600
    editions: dict[str, str] = {}  # "CAT048" -> "1.32 (default)"
    items: dict[str, dict[str, int]] = {}  # "CAT048" -> {"010": 2099, ...}
    values: dict[str, Any] = {}  # anything else worth telling


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read from one file.

    ``plots.sensor`` and ``tracks.source`` are rows of ``sensors``.  ``date_known`` is False where
    the file gives a time of day only and nobody said the date (days then start at 1970-01-01).
    ``fault_counts`` counts all faults by kind; ``faults`` holds the first thousand.
    """

    format: str  # "asterix/raw", "asterix/pcap", "beast", "sbs", ...
    plots: Plots
    tracks: Tracks
    sensors: list[Sensor]
    contents: Contents
    faults: list[Fault] = []
    fault_counts: dict[str, int] = {}
    date_known: bool = True
