"""State vectors: JSON records as the traffic library writes them, and OpenSky's REST answer.

traffic: feet, knots, ft/min; ``timestamp`` in milliseconds or ISO 8601.  OpenSky: metres and
metres a second; REST rows by place (opensky-network.org/apidoc), the history base by name.
"""

from __future__ import annotations

import datetime
import math
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.faults import FaultList
from jointsky.formats.readsb import elements
from jointsky.formats.readsb.reports import Reports, column
from jointsky.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS

_Number = float | None
_REST_SOURCES = {0: "ADS-B", 1: "ASTERIX", 2: "MLAT", 3: "FLARM"}


class State(msgspec.Struct):
    """One record; names of traffic first, then those of OpenSky's history base."""

    timestamp: float | str | None = None
    icao24: str | None = None
    callsign: str | None = None
    latitude: _Number = None
    longitude: _Number = None
    altitude: _Number = None
    geoaltitude: _Number = None
    groundspeed: _Number = None
    track: _Number = None
    vertical_rate: _Number = None
    squawk: str | None = None
    onground: bool | None = None
    time: float | str | None = None
    lat: _Number = None
    lon: _Number = None
    baroaltitude: _Number = None
    velocity: _Number = None
    heading: _Number = None
    vertrate: _Number = None


class RestState(msgspec.Struct, array_like=True):
    """One row of the REST answer, by place."""

    icao24: str | None
    callsign: str | None
    origin_country: str | None
    time_position: _Number
    last_contact: _Number
    longitude: _Number
    latitude: _Number
    baro_altitude: _Number = None
    on_ground: bool | None = None
    velocity: _Number = None
    true_track: _Number = None
    vertical_rate: _Number = None
    sensors: list[int] | None = None
    geo_altitude: _Number = None
    squawk: str | None = None
    spi: bool | None = None
    position_source: int | None = None


class _Rest(msgspec.Struct):
    time: float
    states: list[RestState] | None


def read(data: bytes, faults: FaultList) -> tuple[str, Reports, int]:
    """Return the dialect ("traffic" or "rest"), the columns, and how many records there are."""
    start = elements.array_start(data, "")
    if start >= 0:
        states = elements.decode(data[start:], list[State])
        if states is not None:
            places = elements.offsets(data, start, len(states))
        else:
            states, places = elements.recover(data, start, "{", State, "icao24", faults)
        _must_be_states(states)
        return "traffic", _from_states(states, places), len(states)
    rest: _Rest | None = elements.decode(data, _Rest)
    start = elements.array_start(data, "states")
    if rest is not None:
        rows = rest.states or []
        places = elements.offsets(data, start, len(rows))
    elif start >= 0:
        rows, places = elements.recover(data, start, "[", RestState, "icao24", faults)
    else:
        raise InputError(
            "byte 0",
            "no state vectors",
            'a list of records, or {"time": seconds, "states": [[...], ...]}',
        )
    return "rest", _from_rest(rows, places), len(rows)


def _must_be_states(states: list[State]) -> None:
    sound = any(state.icao24 is not None or state.callsign is not None for state in states)
    if states and not sound:
        raise InputError(
            "byte 0",
            f"{len(states)} records, none with icao24 or callsign",
            "records with icao24, latitude, longitude, timestamp",
        )


def _from_states(states: list[State], places: npt.NDArray[np.int64]) -> Reports:
    metric = any(state.lat is not None for state in states)
    foot, knot, rate = (1.0, 1.0, 1.0) if metric else (FOOT_M, KNOT_MPS, FOOT_PER_MINUTE_MPS)
    if metric:
        lat, lon = [s.lat for s in states], [s.lon for s in states]
        altitude, speed = [s.baroaltitude for s in states], [s.velocity for s in states]
        track, climb = [s.heading for s in states], [s.vertrate for s in states]
    else:
        lat, lon = [s.latitude for s in states], [s.longitude for s in states]
        altitude, speed = [s.altitude for s in states], [s.groundspeed for s in states]
        track, climb = [s.track for s in states], [s.vertical_rate for s in states]
    times = [s.time if s.timestamp is None else s.timestamp for s in states]
    return Reports(
        time_s=_posix_s(times),
        latitude_deg=lat,
        longitude_deg=lon,
        offset=places,
        address=[s.icao24 for s in states],
        source=["ADS-B"] * len(states),
        call_sign=[s.callsign for s in states],
        squawk=[s.squawk for s in states],
        on_ground=[bool(s.onground) for s in states],
        pressure_m=column(altitude, foot),
        height_m=column([s.geoaltitude for s in states], foot),
        speed_mps=column(speed, knot),
        track_deg=column(track),
        climb_mps=column(climb, rate),
    )


def _from_rest(rows: list[RestState], places: npt.NDArray[np.int64]) -> Reports:
    return Reports(
        time_s=[r.last_contact if r.time_position is None else r.time_position for r in rows],
        latitude_deg=[r.latitude for r in rows],
        longitude_deg=[r.longitude for r in rows],
        offset=places,
        address=[r.icao24 for r in rows],
        source=[_REST_SOURCES.get(r.position_source or 0, "other") for r in rows],
        call_sign=[r.callsign for r in rows],
        squawk=[r.squawk for r in rows],
        on_ground=[bool(r.on_ground) for r in rows],
        pressure_m=column([r.baro_altitude for r in rows]),
        height_m=column([r.geo_altitude for r in rows]),
        speed_mps=column([r.velocity for r in rows]),
        track_deg=column([r.true_track for r in rows]),
        climb_mps=column([r.vertical_rate for r in rows]),
        ident=[bool(r.spi) for r in rows],
    )


def _posix_s(times: list[Any]) -> list[float | None]:
    """Return POSIX seconds of numbers (s, ms, us or ns, by their size) or ISO 8601 texts."""
    values = [_iso_s(time) if isinstance(time, str) else time for time in times]
    given = [abs(value) for value in values if value is not None and math.isfinite(value)]
    middle = sorted(given)[len(given) // 2] if given else 0.0
    unit_s = next(
        (s for above, s in ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3)) if middle > above), 1
    )
    return [None if value is None else value * unit_s for value in values]


def _iso_s(text: str) -> float | None:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment.timestamp()
