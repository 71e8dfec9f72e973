"""aircraft.json of readsb, dump1090-fa and the old dump1090: one moment, one row an aircraft."""

from __future__ import annotations

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


class LastPosition(msgspec.Struct):
    """An older position that readsb keeps when there is no new one."""

    lat: _Number = None
    lon: _Number = None
    seen_pos: _Number = None


class Aircraft(msgspec.Struct):
    """One entry; the names are those of readsb, then of the old dump1090."""

    hex: str | None = None
    type: str | None = None
    flight: str | None = None
    squawk: str | None = None
    emergency: str | None = None
    lat: _Number = None
    lon: _Number = None
    seen_pos: _Number = None
    seen: _Number = None
    alt_baro: float | str | None = None
    alt_geom: _Number = None
    gs: _Number = None
    track: _Number = None
    baro_rate: _Number = None
    geom_rate: _Number = None
    nac_p: int | None = None
    gva: int | None = None
    version: int | None = None
    spi: int | bool | None = None
    mlat: list[str] = []
    tisb: list[str] = []
    last_position: LastPosition | None = msgspec.field(default=None, name="lastPosition")
    altitude: float | str | None = None
    speed: _Number = None
    vert_rate: _Number = None
    nucp: int | None = None


class _File(msgspec.Struct):
    now: float
    aircraft: list[Aircraft]


def read(data: bytes, faults: FaultList) -> tuple[float, list[Aircraft], npt.NDArray[np.int64]]:
    """Return the moment of the file, its entries and their offsets."""
    start = elements.array_start(data, "aircraft")
    whole: _File | None = elements.decode(data, _File)
    if whole is not None:
        places = elements.offsets(data, start, len(whole.aircraft))
        return whole.now, whole.aircraft, places
    now_s = elements.member(data, "now")
    if start < 0 or now_s is None:
        raise InputError(
            "byte 0", "no aircraft.json", '{"now": seconds, "aircraft": [{"hex": ...}, ...]}'
        )
    entries, places = elements.recover(data, start, "{", Aircraft, "hex", faults)
    return now_s, entries, places


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _place(entry: Aircraft, now_s: float) -> tuple[_Number, _Number, _Number]:
    """Return time, latitude and longitude; the time is that of the position."""
    age_s, latitude, longitude = _first(entry.seen_pos, entry.seen, 0.0), entry.lat, entry.lon
    if latitude is None and entry.last_position is not None:
        last = entry.last_position
        age_s, latitude, longitude = last.seen_pos, last.lat, last.lon
    return None if age_s is None else now_s - age_s, latitude, longitude


def _feet(altitude: float | str | None) -> _Number:
    return None if isinstance(altitude, str) else altitude


def as_reports(now_s: float, entries: list[Aircraft], places: npt.NDArray[np.int64]) -> Reports:
    """Return the entries as columns, each at the time of its position."""
    where = [_place(entry, now_s) for entry in entries]
    altitudes = [_first(entry.alt_baro, entry.altitude) for entry in entries]
    return Reports(
        time_s=[time_s for time_s, _, _ in where],
        latitude_deg=[latitude for _, latitude, _ in where],
        longitude_deg=[longitude for _, _, longitude in where],
        offset=places,
        address=[entry.hex for entry in entries],
        source=[
            source_of(entry.type, "lat" in entry.mlat, "lat" in entry.tisb) for entry in entries
        ],
        call_sign=[entry.flight for entry in entries],
        squawk=[entry.squawk for entry in entries],
        on_ground=[altitude == "ground" for altitude in altitudes],
        pressure_m=column([_feet(altitude) for altitude in altitudes], FOOT_M),
        height_m=column([entry.alt_geom for entry in entries], FOOT_M),
        speed_mps=column([_first(entry.gs, entry.speed) for entry in entries], KNOT_MPS),
        track_deg=column([entry.track for entry in entries]),
        climb_mps=column(
            [_first(e.geom_rate, e.baro_rate, e.vert_rate) for e in entries], FOOT_PER_MINUTE_MPS
        ),
        nuc=[_first(entry.nucp, -1) for entry in entries],
        nac=[_first(entry.nac_p, -1) for entry in entries],
        gva=[_first(entry.gva, -1) for entry in entries],
        version=[_first(entry.version, -1) for entry in entries],
        emergency=[entry.emergency not in (None, "none", "reserved") for entry in entries],
        ident=[bool(entry.spi) for entry in entries],
    )
