"""Several recordings become one Reading: one list of sensors, one order of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.reading import Contents, Fault, Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.units import DAY_S

FAULTS_KEPT = 1000
_RADAR_KINDS = ("unknown", "ssr", "radar")  # a radar is named by what it has sent so far


def joined(readings: Sequence[Reading], names: Sequence[str]) -> Reading:
    """Return several readings as one; ``names`` are their files."""
    _check_dates(readings, names)
    sensors, rows = merged_sensors([reading.sensors for reading in readings])
    shifts_s = _day_shifts_s(readings, rows)
    plots, tracks = [], []
    for reading, row, shift_s in zip(readings, rows, shifts_s, strict=True):
        plots.append(
            reading.plots.replace(
                sensor=_renumbered(reading.plots.sensor, row),
                time_s=reading.plots.time_s + shift_s,
            )
        )
        tracks.append(
            reading.tracks.replace(
                source=_renumbered(reading.tracks.source, row),
                time_s=reading.tracks.time_s + shift_s,
                sensors=_moved_bits(reading.tracks.sensors, row, len(sensors)),
            )
        )
    all_plots: Plots = join(plots)
    all_tracks: Tracks = join(tracks)
    counts: dict[str, int] = {}
    for reading in readings:
        for kind, count in reading.fault_counts.items():
            counts[kind] = counts.get(kind, 0) + count
    return Reading(
        format=" + ".join(dict.fromkeys(reading.format for reading in readings)),
        plots=all_plots.rows(np.argsort(all_plots.time_s, kind="stable")),
        tracks=all_tracks.rows(np.argsort(all_tracks.time_s, kind="stable")),
        sensors=sensors,
        contents=_contents(readings, names),
        faults=_faults(readings, names),
        fault_counts=counts,
        date_known=all(reading.date_known for reading in readings),
    )


def merged_sensors(
    lists: Sequence[Sequence[Sensor]],
) -> tuple[list[Sensor], list[npt.NDArray[np.int32]]]:
    """Return all different sensors, and for each list the new row of each of its sensors."""
    made: list[Sensor] = []
    row_of: dict[Any, int] = {}
    rows = []
    for sensors in lists:
        mine = []
        for sensor in sensors:
            key = _identity(sensor)
            if key in row_of:
                made[row_of[key]] = _completed(made[row_of[key]], sensor)
            else:
                row_of[key] = len(made)
                made.append(sensor)
            mine.append(row_of[key])
        rows.append(np.array(mine, np.int32))
    return made, rows


def _identity(sensor: Sensor) -> tuple[Any, ...]:
    """Return what makes two sensors one: SAC/SIC and sort, else name, sort and place."""
    kind = "radar" if sensor.kind in _RADAR_KINDS else sensor.kind
    if sensor.sac >= 0 and sensor.sic >= 0:
        return sensor.sac, sensor.sic, kind
    place = sensor.flat_enu_m or (sensor.latitude_rad, sensor.longitude_rad)
    return sensor.name, kind, place


def _completed(first: Sensor, second: Sensor) -> Sensor:
    """Return the first sensor, with what only the second knows."""
    values = {name: getattr(first, name) for name in first.__struct_fields__}
    for name, value in values.items():
        if value is None:
            values[name] = getattr(second, name)
    if first.kind in _RADAR_KINDS and second.kind in _RADAR_KINDS:
        values["kind"] = max(first.kind, second.kind, key=_RADAR_KINDS.index)
    return Sensor(**values)


def _renumbered(column: npt.NDArray[np.int32], row: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    if not len(row):
        return column
    return np.where(column >= 0, row[np.maximum(column, 0)], column).astype(np.int32)


def _moved_bits(
    bits: npt.NDArray[np.uint64], row: npt.NDArray[np.int32], count: int
) -> npt.NDArray[np.uint64]:
    """Return sensor bits (n, words) with bit k moved to bit ``row[k]``."""
    out = np.zeros((len(bits), max((count + 63) // 64, 1)), np.uint64)
    one = np.uint64(1)
    for old, new in enumerate(row.tolist()):
        if old // 64 >= bits.shape[1]:
            break
        is_set = (bits[:, old // 64] >> np.uint64(old % 64)) & one
        out[:, new // 64] |= is_set << np.uint64(new % 64)
    return out


def _check_dates(readings: Sequence[Reading], names: Sequence[str]) -> None:
    timed = [k for k, r in enumerate(readings) if len(r.plots) + len(r.tracks)]
    with_date = [k for k in timed if readings[k].date_known]
    without = [k for k in timed if not readings[k].date_known]
    if with_date and without:
        raise InputError(
            names[without[0]],
            f"times of day without a date, together with {names[with_date[0]]}, which has one",
            "one kind of time in all files",
            "give the date as --date YYYY-MM-DD",
        )


def _day_shifts_s(
    readings: Sequence[Reading], rows: Sequence[npt.NDArray[np.int32]]
) -> list[float]:
    """Return the seconds to add to each reading, so that files cut at midnight follow each other.

    A file that gives a time of day only, and begins more than half a day before the end of an
    earlier file that heard the same source, belongs to a later day.
    """
    ends_s: dict[int, float] = {}
    shifts = []
    for reading, row in zip(readings, rows, strict=True):
        mine = _first_and_last_s(reading, row)
        shift_s = 0.0
        if _has_time_of_day(reading):
            for source, (first_s, _) in mine.items():
                behind_s = ends_s.get(source, -np.inf) - first_s
                if behind_s > DAY_S / 2:
                    shift_s = max(shift_s, DAY_S * np.ceil((behind_s - DAY_S / 2) / DAY_S))
        for source, (_, last_s) in mine.items():
            ends_s[source] = max(ends_s.get(source, -np.inf), last_s + shift_s)
        shifts.append(shift_s)
    return shifts


def _has_time_of_day(reading: Reading) -> bool:
    is_asterix = reading.format.startswith("asterix/")
    return is_asterix and not reading.format.startswith("asterix/pcap")


def _first_and_last_s(
    reading: Reading, row: npt.NDArray[np.int32]
) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = {}
    for times, which in (
        (reading.plots.time_s, reading.plots.sensor),
        (reading.tracks.time_s, reading.tracks.source),
    ):
        for old in np.unique(which[which >= 0]).tolist():
            mine = times[which == old]
            first_s, last_s = found.get(int(row[old]), (np.inf, -np.inf))
            span = min(first_s, float(mine.min())), max(last_s, float(mine.max()))
            found[int(row[old])] = span
    return found


def _contents(readings: Sequence[Reading], names: Sequence[str]) -> Contents:
    if len(readings) == 1:
        return readings[0].contents
    records: dict[str, int] = {}
    editions: dict[str, str] = {}
    items: dict[str, dict[str, int]] = {}
    for reading in readings:
        for name, count in reading.contents.records.items():
            records[name] = records.get(name, 0) + count
        for name, edition in reading.contents.editions.items():
            said = editions.get(name, edition)
            editions[name] = said if edition in said.split(" | ") else f"{said} | {edition}"
        for name, counts in reading.contents.items.items():
            mine = items.setdefault(name, {})
            for item, count in counts.items():
                mine[item] = mine.get(item, 0) + count
    values = {
        name: reading.contents.values
        for name, reading in zip(names, readings, strict=True)
        if reading.contents.values
    }
    return Contents(records=records, editions=editions, items=items, values=values)


def _faults(readings: Sequence[Reading], names: Sequence[str]) -> list[Fault]:
    if len(readings) == 1:
        return readings[0].faults
    share = max(FAULTS_KEPT // len(readings), 1)
    return [
        msgspec.structs.replace(fault, text=f"{name}: {fault.text}")
        for name, reading in zip(names, readings, strict=True)
        for fault in reading.faults[:share]
    ][:FAULTS_KEPT]
