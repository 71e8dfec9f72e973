"""Readers of JSON: aircraft.json, trace files and state vectors become Readings."""

from __future__ import annotations

from jointsky.formats.faults import FaultList
from jointsky.formats.options import ReadOptions
from jointsky.formats.readsb import aircraft, reports, states, trace
from jointsky.formats.readsb.octets import unpacked
from jointsky.records.reading import Reading

_PACKED = {"offsets": "in the unpacked text"}


def read_aircraft_json(data: bytes, options: ReadOptions) -> Reading:
    """Return what an aircraft.json (readsb, dump1090-fa or the old dump1090) holds.

    A position has the time ``now`` less ``seen_pos``.  Raises InputError where there is neither
    ``now`` nor ``aircraft``.
    """
    faults = FaultList()
    text = unpacked(data, faults)
    now_s, entries, places = aircraft.read(text, faults)
    old = any(e.altitude is not None or e.nucp is not None for e in entries)
    name = "aircraft.json/dump1090" if old else "aircraft.json/readsb"
    return reports.reading(
        name,
        {"aircraft": len(entries)},
        aircraft.as_reports(now_s, entries, places),
        options,
        faults,
        {"now_s": now_s, **(_PACKED if text is not data else {})},
    )


def read_trace(data: bytes, options: ReadOptions) -> Reading:
    """Return what a trace_full or trace_recent file of tar1090 holds.

    Raises InputError where there is neither ``timestamp`` nor ``trace``.
    """
    faults = FaultList()
    text = unpacked(data, faults)
    icao, begin_s, rows, places = trace.read(text, faults)
    return reports.reading(
        "trace",
        {"positions": len(rows)},
        trace.as_reports(icao, begin_s, rows, places),
        options,
        faults,
        _PACKED if text is not data else {},
    )


def read_state_vectors(data: bytes, options: ReadOptions) -> Reading:
    """Return what state vectors hold: records of the traffic library, or OpenSky's REST answer.

    Raises InputError where the text is neither.
    """
    faults = FaultList()
    text = unpacked(data, faults)
    dialect, columns, count = states.read(text, faults)
    return reports.reading(
        f"state-vectors/{dialect}",
        {"states": count},
        columns,
        options,
        faults,
        _PACKED if text is not data else {},
    )
