"""trace_full of tar1090 (readsb): one aircraft, a row for each position of a day.

A row: seconds after ``timestamp``, latitude, longitude, altitude (ft, "ground" or null), ground
speed (kt), track, flags (1: first after a gap, 2: new leg, 4: vertical rate is geometric,
8: altitude is geometric), vertical rate (ft/min), details or null, kind of message, geometric
altitude (ft), geometric vertical rate, indicated air speed, roll.  Source: readsb README-json.md.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.faults import FaultList
from jointsky.formats.readsb import elements
from jointsky.formats.readsb.reports import Reports, column
from jointsky.formats.readsb.sources import source_of
from jointsky.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS

_Number = float | None
_GEOMETRIC_ALTITUDE = 8


class Details(msgspec.Struct):
    """What a row says now and then beside its position."""

    flight: str | None = None
    squawk: str | None = None
    emergency: str | None = None
    nac_p: int | None = None
    gva: int | None = None
    version: int | None = None
    spi: int | bool | None = None


class Row(msgspec.Struct, array_like=True):
    """One position."""

    after_s: float
    latitude: _Number
    longitude: _Number
    altitude: float | str | None = None
    speed: _Number = None
    track: _Number = None
    flags: int | None = None
    rate: _Number = None
    details: Details | None = None
    kind: str | None = None
    height: _Number = None
    height_rate: _Number = None


class _File(msgspec.Struct):
    timestamp: float
    trace: list[Row]
    icao: str | None = None


def read(
    data: bytes, faults: FaultList
) -> tuple[str | None, float, list[Row], npt.NDArray[np.int64]]:
    """Return address, start time, rows and their offsets."""
    start = elements.array_start(data, "trace")
    whole: _File | None = elements.decode(data, _File)
    if whole is not None:
        places = elements.offsets(data, start, len(whole.trace))
        return whole.icao, whole.timestamp, whole.trace, places
    begin_s = elements.member(data, "timestamp")
    if start < 0 or begin_s is None:
        raise InputError(
            "byte 0", "no trace file", '{"icao": "...", "timestamp": seconds, "trace": [[...]]}'
        )
    rows, places = elements.recover(data, start, "[", Row, "after_s", faults)
    named = re.search(rb'"icao"\s*:\s*"([^"]{1,8})"', data)
    icao = named.group(1).decode("latin-1") if named else None
    return icao, begin_s, rows, places


def as_reports(
    icao: str | None, begin_s: float, rows: list[Row], places: npt.NDArray[np.int64]
) -> Reports:
    """Return the rows as columns; what the details say holds until they say otherwise."""
    newest = Details()
    known: list[Details] = []
    for row in rows:
        newest = row.details or newest
        known.append(newest)
    grounds = [row.altitude == "ground" for row in rows]
    geometric = [bool((row.flags or 0) & _GEOMETRIC_ALTITUDE) for row in rows]
    feet = [None if isinstance(row.altitude, str) else row.altitude for row in rows]
    pairs = list(zip(rows, feet, geometric, strict=True))
    return Reports(
        time_s=[begin_s + row.after_s for row in rows],
        latitude_deg=[row.latitude for row in rows],
        longitude_deg=[row.longitude for row in rows],
        offset=places,
        address=[icao] * len(rows),
        source=[source_of(row.kind) for row in rows],
        call_sign=[detail.flight for detail in known],
        squawk=[detail.squawk for detail in known],
        on_ground=grounds,
        pressure_m=column([None if above else ft for _, ft, above in pairs], FOOT_M),
        height_m=column(
            [ft if above and row.height is None else row.height for row, ft, above in pairs], FOOT_M
        ),
        speed_mps=column([row.speed for row in rows], KNOT_MPS),
        track_deg=column([row.track for row in rows]),
        climb_mps=column([row.rate for row in rows], FOOT_PER_MINUTE_MPS),
        nac=_categories([detail.nac_p for detail in known]),
        gva=_categories([detail.gva for detail in known]),
        version=_categories([detail.version for detail in known]),
        emergency=[detail.emergency not in (None, "none", "reserved") for detail in known],
        ident=[bool(detail.spi) for detail in known],
    )


def _categories(values: list[Any]) -> list[int]:
    return [-1 if value is None else value for value in values]
