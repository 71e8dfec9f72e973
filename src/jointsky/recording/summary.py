"""A Reading becomes figures: what is in a recording, as one plain dictionary."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.records.reading import Reading
from jointsky.records.sensors import Sensor
from jointsky.units import DAY_S, FOOT_M

FAULTS_SHOWN = 3
# records that were taken apart but not believed
_REFUSED = ("implausible-record", "edition-misfit")

_Floats = npt.NDArray[np.float64]


def summary(reading: Reading, name: str, octets: int) -> dict[str, Any]:
    """Return the figures of one reading; angles in degrees, all else in the units of the names.

    ``name`` is the file, ``octets`` its size.
    """
    contents = reading.contents
    records = sum(contents.records.values())
    time = _time(reading)
    return {
        "file": name,
        "octets": octets,
        "format": reading.format,
        "records": records,
        "plots": len(reading.plots),
        "track_reports": len(reading.tracks),
        "was_read": _was_read(reading),
        "time": time,
        "records_per_s": _rate(records, time["span_s"]),
        "categories": _categories(reading),
        "sources": [_source(reading, row, sensor) for row, sensor in enumerate(reading.sensors)],
        "identities": _identities(reading),
        "heights": _heights(reading),
        "faults": _faults(reading),
        "fault_count": sum(reading.fault_counts.values()),
        "values": contents.values,
    }


def all_times_s(reading: Reading) -> _Floats:
    """Return the times of all plots and track reports, in order."""
    return np.sort(np.concatenate([reading.plots.time_s, reading.tracks.time_s]))


def time_text(time_s: float, date_known: bool) -> str:
    """Return a time as ISO 8601 UTC, or as time of day (with the day, if not the first)."""
    if not np.isfinite(time_s):
        return "not known"
    milliseconds = round(time_s * 1000.0)
    if date_known:
        begin = datetime.datetime(1970, 1, 1)
        try:
            moment = begin + datetime.timedelta(milliseconds=milliseconds)
        except OverflowError:
            return f"{time_s:.3f} s"
        return moment.isoformat(timespec="milliseconds") + "Z"
    day, rest = divmod(milliseconds, int(DAY_S) * 1000)
    seconds, thousandths = divmod(rest, 1000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"
    return clock if day == 0 else f"{clock} ({day:+d} d)"


def _was_read(reading: Reading) -> bool:
    """Return whether anything in the file could be used."""
    if len(reading.plots) or len(reading.tracks):
        return True
    refused = sum(reading.fault_counts.get(kind, 0) for kind in _REFUSED)
    return sum(reading.contents.records.values()) > refused


def _time(reading: Reading) -> dict[str, Any]:
    """Return when the messages were: also those without a position, where the reader told it."""
    values = reading.contents.values
    told = [values[name] for name in ("first_time_s", "last_time_s") if name in values]
    times_s = np.sort(np.concatenate([all_times_s(reading), np.array(told, np.float64)]))
    if not len(times_s):
        return {"first_s": None, "last_s": None, "first": None, "last": None, "span_s": None,
                "date_known": reading.date_known}  # fmt: skip
    first_s, last_s = float(times_s[0]), float(times_s[-1])
    return {
        "first_s": first_s,
        "last_s": last_s,
        "first": time_text(first_s, reading.date_known),
        "last": time_text(last_s, reading.date_known),
        "span_s": last_s - first_s,
        "date_known": reading.date_known,
    }


def _rate(count: int, span_s: float | None) -> float | None:
    return count / span_s if span_s and span_s > 0.0 else None


def _categories(reading: Reading) -> list[dict[str, Any]]:
    contents = reading.contents
    made = []
    for name in dict.fromkeys([*contents.records, *contents.items]):
        count = contents.records.get(name)
        items = contents.items.get(name, {})
        shares = {item: n / count for item, n in items.items()} if count else {}
        made.append(
            {
                "name": name,
                "records": count,
                "edition": contents.editions.get(name),
                "items": items,
                "item_shares": shares,
            }
        )
    return made


def _source(reading: Reading, row: int, sensor: Sensor) -> dict[str, Any]:
    plots = reading.plots.sensor == row
    tracks = reading.tracks.source == row
    times_s = np.concatenate([reading.plots.time_s[plots], reading.tracks.time_s[tracks]])
    count = len(times_s)
    span_s = float(times_s.max() - times_s.min()) if count else None
    position = None
    if sensor.latitude_rad is not None and sensor.longitude_rad is not None:
        position = {
            "latitude_deg": float(np.degrees(sensor.latitude_rad)),
            "longitude_deg": float(np.degrees(sensor.longitude_rad)),
            "height_m": sensor.height_m,
        }
    reach = reading.plots.range_m[plots]
    reach = reach[np.isfinite(reach)]
    return {
        "name": sensor.name,
        "kind": sensor.kind,
        "sac": sensor.sac,
        "sic": sensor.sic,
        "position": position,
        "flat_enu_m": sensor.flat_enu_m,
        "rotation_period_s": sensor.rotation_period_s,
        "plots": int(plots.sum()),
        "track_reports": int(tracks.sum()),
        "per_s": _rate(count, span_s),
        "span_s": span_s,
        "farthest_m": float(reach.max()) if len(reach) else None,
    }


def _identities(reading: Reading) -> dict[str, int]:
    plots, tracks = reading.plots, reading.tracks

    def different(name: str) -> int:
        values = np.concatenate([getattr(plots, name), getattr(tracks, name)])
        known = values != "" if values.dtype.kind == "U" else values >= 0
        return len(np.unique(values[known]))

    numbers = 0
    for which, number in ((plots.sensor, plots.track_number), (tracks.source, tracks.track_number)):
        pairs = np.column_stack([which.astype(np.int64), number.astype(np.int64)])
        numbers += len(np.unique(pairs[number >= 0], axis=0))
    return {
        "mode_s_addresses": different("mode_s"),
        "mode_a_codes": different("mode_a"),
        "call_signs": different("call_sign"),
        "track_numbers": numbers,
    }


def _heights(reading: Reading) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in ("pressure_altitude_m", "height_m"):
        values = np.concatenate([getattr(reading.plots, name), getattr(reading.tracks, name)])
        values = values[np.isfinite(values)]
        if len(values):
            lowest, highest = float(values.min()), float(values.max())
            made[name] = {
                "lowest": lowest,
                "highest": highest,
                "lowest_ft": lowest / FOOT_M,
                "highest_ft": highest / FOOT_M,
                "count": len(values),
            }
    return made


def _faults(reading: Reading) -> dict[str, Any]:
    made = {}
    for kind, count in reading.fault_counts.items():
        first = [fault for fault in reading.faults if fault.kind == kind][:FAULTS_SHOWN]
        made[kind] = {
            "count": count,
            "first": [
                {"offset": fault.offset, "octets": fault.octets, "text": fault.text}
                for fault in first
            ],
        }
    return made
