"""Service messages (CAT002, 010, 019, 034, 063, 065) tell of sources: place, rotation, biases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky import units
from jointsky.formats.asterix.batch import Batch, Floats
from jointsky.formats.asterix.sources import SourceBook

Rows = npt.NDArray[np.int32]
Values = dict[str, Any]

TIME_ITEMS = {2: "030", 19: "140", 34: "030", 63: "030", 65: "030"}
"""The item that holds the time of day of each service category."""

NORTH_MARK = 1
_MESSAGES = {
    2: {1: "north marker", 2: "sector crossing", 3: "south marker"},
    10: {
        1: "target report",
        2: "start of update cycle",
        3: "periodic status",
        4: "event status",
    },
    19: {1: "start of update cycle", 2: "periodic status", 3: "event status"},
    34: {
        1: "north marker",
        2: "sector crossing",
        3: "geographical filtering",
        4: "jamming strobe",
        5: "solar storm",
        6: "SSR jamming strobe",
        7: "Mode S jamming strobe",
    },
    65: {1: "SDPS status", 2: "end of batch", 3: "service status"},
}
_BIASES = {
    "time_s": ("070", "", 1.0),
    "ssr_range_gain": ("080", "SRG", 1.0),
    "ssr_range_m": ("080", "SRB", 1.0),
    "ssr_azimuth_deg": ("081", "", 1.0 / units.DEGREE_RAD),
    "psr_range_gain": ("090", "PRG", 1.0),
    "psr_range_m": ("090", "PRB", 1.0),
    "psr_azimuth_deg": ("091", "", 1.0 / units.DEGREE_RAD),
    "psr_elevation_deg": ("092", "", 1.0 / units.DEGREE_RAD),
}
_EARTH_HEIGHT_MAX_M = 9_000.0


def note(batch: Batch, rows: Rows, book: SourceBook, values: Values) -> None:
    """Enter into ``book`` and ``values`` what a batch tells of its sources, one row each."""
    _count_messages(batch, rows, book, values)
    noted = _NOTERS.get(batch.category)
    if noted is not None:
        noted(batch, rows, book, values)


def _count_messages(batch: Batch, rows: Rows, book: SourceBook, values: Values) -> None:
    names = _MESSAGES.get(batch.category)
    if names is None:
        return
    messages = batch.number("000")
    for row in np.unique(rows[rows >= 0]):
        key = f"CAT{batch.category:03d} {book.sources[row].name}"
        counts = values.setdefault("messages", {}).setdefault(key, {})
        kinds, numbers = np.unique(messages[rows == row], return_counts=True)
        for kind, number in zip(kinds.tolist(), numbers.tolist(), strict=True):
            name = names.get(kind, "no type" if kind < 0 else f"type {kind}")
            counts[name] = counts.get(name, 0) + number


def _note_radar(batch: Batch, rows: Rows, book: SourceBook, values: Values) -> None:
    latitude_rad, longitude_rad = batch.quantity("120", "LAT"), batch.quantity("120", "LON")
    _note_positions(rows, book, latitude_rad, longitude_rad, batch.quantity("120", "HGT"))
    period_s = batch.quantity("041")
    for row in np.unique(rows[(rows >= 0) & (period_s > 0.0)]):
        mine = period_s[(rows == row) & (period_s > 0.0)]
        book.sources[row].rotation_period_s = float(np.median(mine))


def _note_multilateration(batch: Batch, rows: Rows, book: SourceBook, values: Values) -> None:
    latitude_rad, longitude_rad = batch.quantity("600", "LAT"), batch.quantity("600", "LON")
    undulation_m = np.nan_to_num(batch.quantity("620"))
    height_m = np.nan_to_num(batch.quantity("610")) + undulation_m
    _note_positions(rows, book, latitude_rad, longitude_rad, height_m)


def _note_positions(
    rows: Rows, book: SourceBook, latitude_rad: Floats, longitude_rad: Floats, height_m: Floats
) -> None:
    """Keep the position that each source tells most often, if it can be one."""
    possible = (rows >= 0) & (np.abs(latitude_rad) <= np.pi / 2) & (np.abs(longitude_rad) <= np.pi)
    possible &= (np.abs(height_m) < _EARTH_HEIGHT_MAX_M) & (latitude_rad != 0.0)
    for row in np.unique(rows[possible]):
        mine = possible & (rows == row)
        told = np.stack([latitude_rad[mine], longitude_rad[mine], height_m[mine]], axis=1)
        distinct, counts = np.unique(told, axis=0, return_counts=True)
        latitude, longitude, height = distinct[np.argmax(counts)].tolist()
        book.sources[row].position = (latitude, longitude, height)


def _note_biases(batch: Batch, rows: Rows, book: SourceBook, values: Values) -> None:
    """Enter the sensors of a tracker and the newest biases that it tells of each."""
    sac, sic = batch.number("050", "SAC"), batch.number("050", "SIC")
    codes = np.where(sac >= 0, sac << 8 | sic, -1)
    numbers = {
        name: batch.quantity(item, field) * scale for name, (item, field, scale) in _BIASES.items()
    }
    for code in np.unique(codes[codes >= 0]).tolist():
        source = book.sources[book.row("radar", code)]
        newest = {
            name: float(number[(codes == code) & ~np.isnan(number)][-1])
            for name, number in numbers.items()
            if np.any((codes == code) & ~np.isnan(number))
        }
        if newest:
            values.setdefault("biases", {}).setdefault(source.name, {}).update(newest)


_NOTERS: dict[int, Callable[[Batch, Rows, SourceBook, Values], None]] = {
    2: _note_radar,
    19: _note_multilateration,
    34: _note_radar,
    63: _note_biases,
}
