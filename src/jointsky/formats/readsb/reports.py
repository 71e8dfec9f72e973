"""Reports: what all these JSON dialects say of one aircraft, in columns, becomes plots."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.formats import accuracy
from jointsky.formats.faults import FaultList
from jointsky.formats.options import ReadOptions
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

_KINDS = {"ADS-B": "adsb", "ADS-R": "adsb", "TIS-B": "tracker", "MLAT": "multilateration"}
_EMERGENCY_CODES = (0o7500, 0o7600, 0o7700)
_EARLIEST_S, _LATEST_S = 0.0, 4102444800.0  # 1970 to 2100


@dataclasses.dataclass
class Reports:
    """Columns of N reports; None and NaN: not said.  SI units, angles in degrees as sent."""

    time_s: list[float | None]
    latitude_deg: list[float | None]
    longitude_deg: list[float | None]
    offset: npt.NDArray[np.int64]
    address: list[str | None]
    source: list[str]
    call_sign: list[str | None]
    squawk: list[str | None]
    on_ground: list[bool]
    pressure_m: npt.NDArray[np.float64]
    height_m: npt.NDArray[np.float64]
    speed_mps: npt.NDArray[np.float64]
    track_deg: npt.NDArray[np.float64]
    climb_mps: npt.NDArray[np.float64]
    nuc: list[int] | None = None
    nac: list[int] | None = None
    gva: list[int] | None = None
    version: list[int] | None = None
    emergency: list[bool] | None = None
    ident: list[bool] | None = None


def column(values: list[Any], unit: float = 1.0) -> npt.NDArray[np.float64]:
    """Return numbers times ``unit``; None gives NaN, and so does what is not finite."""
    out = np.array([math.nan if value is None else value for value in values], np.float64)
    out[~np.isfinite(out)] = np.nan
    return out * unit


def address_number(text: str | None) -> int:
    """Return a 24-bit address; -1 for none, for one that is not ICAO's (~), or a wrong one."""
    if not text or len(text) > 6:
        return -1
    try:
        return int(text, 16) if text.isalnum() else -1
    except ValueError:
        return -1


def mode_a_number(text: str | None) -> int:
    """Return a Mode A code of four octal digits as a number, or -1."""
    if not text or len(text) > 4 or any(digit not in "01234567" for digit in text):
        return -1
    return int(text, 8)


def _mapped(values: list[Any], make: Any) -> list[Any]:
    table = {value: make(value) for value in set(values)}
    return [table[value] for value in values]


def _call_sign(text: str | None) -> str:
    kept = "".join(c if c.isprintable() else "?" for c in text or "").strip(" @")
    return kept[:8]


def reading(
    name: str,
    records: dict[str, int],
    reports: Reports,
    options: ReadOptions,
    faults: FaultList,
    values: dict[str, Any],
) -> Reading:
    """Return the Reading of ``reports``: a plot for each that says where and when."""
    time_s = column(reports.time_s)
    latitude, longitude = column(reports.latitude_deg), column(reports.longitude_deg)
    said = np.isfinite(latitude) & np.isfinite(longitude)
    in_range = said & (np.abs(latitude) <= 90.0) & (np.abs(longitude) <= 180.0)
    sized = np.zeros(len(said), np.int64)
    off = said & ~in_range
    text = "a latitude or longitude that is not on the earth"
    faults.add_many(reports.offset[off], "position-range", text, sized[off])
    timed = (time_s > _EARLIEST_S) & (time_s < _LATEST_S)
    untimed = in_range & ~timed
    faults.add_many(reports.offset[untimed], "time", "a time that is not one", sized[untimed])
    names = sorted(set(reports.source))
    row_of = {source: row for row, source in enumerate(names)}
    address = np.array(_mapped(reports.address, address_number), np.int64)
    rows = np.flatnonzero(in_range & timed)
    plots = _plots(reports, rows, time_s, latitude, longitude, address, row_of, options)
    sensors = [Sensor(name=source, kind=_KINDS.get(source, "unknown")) for source in names]
    told = {
        "aircraft": len(set(reports.address)),
        "positions": len(plots),
        "reports_without_position": int((~said).sum()),
        "reports_without_icao_address": int((address < 0).sum()),
    }
    if len(plots):
        told["first_time_s"] = float(plots.time_s.min())  # type: ignore[assignment]
        told["last_time_s"] = float(plots.time_s.max())  # type: ignore[assignment]
    counts = {source: reports.source.count(source) for source in names}
    return Reading(
        format=name,
        plots=plots,
        tracks=Tracks.make(0),
        sensors=sensors or [Sensor(name="ADS-B", kind="adsb")],
        contents=Contents(records=records, items={"sources": counts}, values={**values, **told}),
        faults=faults.in_order(),
        fault_counts=faults.counts,
    )


def _plots(
    reports: Reports,
    rows: npt.NDArray[np.int64],
    time_s: npt.NDArray[np.float64],
    latitude_deg: npt.NDArray[np.float64],
    longitude_deg: npt.NDArray[np.float64],
    address: npt.NDArray[np.int64],
    row_of: dict[str, int],
    options: ReadOptions,
) -> Plots:
    track_rad = np.radians(reports.track_deg[rows])
    speed_mps = reports.speed_mps[rows]
    still = speed_mps == 0.0  # then the track need not be known
    mode_a = np.array(_mapped(reports.squawk, mode_a_number), np.int64)[rows]
    sensor = np.array([row_of[source] for source in reports.source], np.int32)[rows]
    sigma_m, height_sigma_m = _sigmas(reports, len(time_s))
    signs = np.array(_mapped(reports.call_sign, _call_sign), "U8")
    return Plots.make(
        len(rows),
        time_s=time_s[rows],
        sensor=sensor,
        geometry=np.int8(Geometry.GEODETIC),
        latitude_rad=np.radians(latitude_deg[rows]),
        longitude_rad=np.radians(longitude_deg[rows]),
        height_m=reports.height_m[rows],
        pressure_altitude_m=reports.pressure_m[rows],
        ve_mps=np.where(still, 0.0, speed_mps * np.sin(track_rad)),
        vn_mps=np.where(still, 0.0, speed_mps * np.cos(track_rad)),
        vu_mps=reports.climb_mps[rows],
        east_sigma_m=sigma_m[rows],
        north_sigma_m=sigma_m[rows],
        east_north_correlation=np.where(np.isfinite(sigma_m[rows]), 0.0, np.nan),
        height_sigma_m=np.where(np.isfinite(reports.height_m), height_sigma_m, np.nan)[rows],
        mode_s=address[rows],
        mode_a=mode_a,
        call_sign=signs[rows],
        flags=_flags(reports, rows, mode_a),
        file=options.file,
        offset=reports.offset[rows],
    )


def _sigmas(reports: Reports, size: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    nothing = [-1] * size

    def category(values: list[int] | None, most: int) -> npt.NDArray[np.int64]:
        found = np.array(values if values is not None else nothing, np.int64)
        return np.where((found >= 0) & (found <= most), found, -1)

    version = np.where(category(reports.nac, 15) >= 0, -1, category(reports.version, 7))
    horizontal = accuracy.horizontal_sigma_m(
        version, category(reports.nuc, 9), category(reports.nac, 15)
    )
    return horizontal, accuracy.height_sigma_m(category(reports.gva, 3))


def _flags(
    reports: Reports, rows: npt.NDArray[np.int64], mode_a: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint32]:
    def column_of(values: list[bool] | None) -> npt.NDArray[np.bool_]:
        if values is None:
            return np.zeros(len(rows), bool)
        return np.array(values, bool)[rows]

    own = np.array([source in ("ADS-B", "ADS-R") for source in reports.source], bool)[rows]
    flags = np.full(len(rows), PlotFlag.MODE_S, np.uint32)
    for bit, is_set in (
        (PlotFlag.COOPERATIVE, own),
        (PlotFlag.ON_GROUND, column_of(reports.on_ground)),
        (PlotFlag.EMERGENCY, column_of(reports.emergency) | np.isin(mode_a, _EMERGENCY_CODES)),
        (PlotFlag.IDENT, column_of(reports.ident)),
    ):
        flags |= np.where(is_set, np.uint32(bit), np.uint32(0)).astype(np.uint32)
    return flags
