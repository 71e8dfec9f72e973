"""Reader of BaseStation lines: MSG,1 to MSG,8 become a Reading."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.formats.faults import FaultList
from jointsky.formats.options import ReadOptions
from jointsky.formats.sbs import lines_kernels
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS

_KINDS = {
    lines_kernels.NOT_SBS: ("not-sbs", "not a BaseStation line (MSG,1 to MSG,8)"),
    lines_kernels.FIELDS: ("field-count", "an MSG line with fewer than 22 fields"),
    lines_kernels.ADDRESS: ("address", "an address that is not 1 to 6 hexadecimal digits"),
    lines_kernels.TIME: ("time", "no date and time as YYYY/MM/DD,HH:MM:SS.sss"),
    lines_kernels.NUMBER: ("number", "a field that must be a number and is not"),
    lines_kernels.RANGE: ("position-range", "a latitude or longitude that is not on the earth"),
}
_EMERGENCY_CODES = (0o7500, 0o7600, 0o7700)


class Lines(NamedTuple):
    """What ``lines_kernels.read_lines`` finds, one row a line."""

    status: npt.NDArray[Any]
    offset: npt.NDArray[Any]
    size: npt.NDArray[Any]
    kind: npt.NDArray[Any]  # 1 to 8
    address: npt.NDArray[Any]
    time_s: npt.NDArray[Any]
    call_sign: npt.NDArray[Any]  # (rows, 8) octets
    values: npt.NDArray[Any]  # (rows, 6): ft, kt, track, latitude, longitude, ft/min
    mode_a: npt.NDArray[Any]
    marks: npt.NDArray[Any]  # (rows, 4): alert, emergency, SPI, on ground
    has_ground: npt.NDArray[Any]


class Joined(NamedTuple):
    """For each line the row that says something of its aircraft, (rows,) each; -1 for none."""

    velocity: npt.NDArray[np.int64]
    sign: npt.NDArray[np.int64]
    squawk: npt.NDArray[np.int64]
    ground: npt.NDArray[np.int64]


def read_sbs(data: bytes, options: ReadOptions) -> Reading:
    """Return what BaseStation lines hold; each position with the newest of its aircraft.

    The lines carry a date and time without a zone: BaseStation itself writes local time, dump1090
    and readsb too; they are taken as UTC, and Contents says so.  Raises InputError where no line
    is an MSG line.
    """
    lines = _split(data)
    if not (lines.status == lines_kernels.MESSAGE).any():
        raise InputError("byte 0", "no whole MSG line", "BaseStation lines as MSG,3,...")
    faults = FaultList()
    for code, (kind, text) in _KINDS.items():
        bad = lines.status == code
        faults.add_many(lines.offset[bad], kind, text, lines.size[bad])
    others = int((lines.status == lines_kernels.OTHER).sum())
    good = lines.status == lines_kernels.MESSAGE
    lines = Lines(*(column[good] for column in lines))
    records = {
        f"MSG,{kind}": int(count)
        for kind, count in enumerate(np.bincount(lines.kind, minlength=9))
        if count
    }
    if others:
        records["other records"] = others
    plots = _plots(lines, options)
    return Reading(
        format="sbs",
        plots=plots,
        tracks=Tracks.make(0),
        sensors=[Sensor(name="ADS-B", kind="adsb")],
        contents=Contents(
            records=records,
            values={
                "aircraft": len(np.unique(lines.address)),
                "positions": len(plots),
                "time": "date and time without a zone, taken as UTC",
                "first_time_s": float(lines.time_s.min()),
                "last_time_s": float(lines.time_s.max()),
            },
        ),
        faults=faults.in_order(),
        fault_counts=faults.counts,
    )


def _split(data: bytes) -> Lines:
    octets = np.frombuffer(data, np.uint8)
    if data.startswith(b"\xef\xbb\xbf"):
        octets = octets.copy()
        octets[:3] = ord(" ")
    rows = int(lines_kernels.count_lines(octets))
    lines = Lines(
        status=np.zeros(rows, np.int8),
        offset=np.zeros(rows, np.int64),
        size=np.zeros(rows, np.int64),
        kind=np.zeros(rows, np.int8),
        address=np.full(rows, -1, np.int32),
        time_s=np.full(rows, np.nan),
        call_sign=np.zeros((rows, 8), np.uint8),
        values=np.full((rows, 6), np.nan),
        mode_a=np.full(rows, -1, np.int16),
        marks=np.zeros((rows, 4), np.int8),
        has_ground=np.zeros(rows, np.int8),
    )
    room = np.zeros((2, lines_kernels.FIELD_COUNT), np.int64)
    used = lines_kernels.read_lines(octets, room[0], room[1], lines)
    return Lines(*(column[:used] for column in lines))


def _plots(lines: Lines, options: ReadOptions) -> Plots:
    senders, aircraft = np.unique(lines.address, return_inverse=True)
    joined = Joined(*(np.full(len(aircraft), -1, np.int64) for _ in Joined._fields))
    newest = np.full((3, len(senders)), -1, np.int64)
    ground = np.zeros(len(senders), np.int64)
    lines_kernels.join(aircraft, lines, newest[0], newest[1], newest[2], ground, joined)
    rows = np.flatnonzero(np.isfinite(lines.values[:, 3]) & np.isfinite(lines.values[:, 4]))
    values = lines.values[rows]
    velocity = lines.values[joined.velocity[rows]]
    velocity[joined.velocity[rows] < 0] = np.nan
    speed_mps, track_rad = velocity[:, 1] * KNOT_MPS, np.radians(velocity[:, 2])
    mode_a = np.where(joined.squawk[rows] >= 0, lines.mode_a[joined.squawk[rows]], -1)
    on_ground = joined.ground[rows] == 1
    return Plots.make(
        len(rows),
        time_s=lines.time_s[rows],
        sensor=0,
        geometry=np.int8(Geometry.GEODETIC),
        latitude_rad=np.radians(values[:, 3]),
        longitude_rad=np.radians(values[:, 4]),
        pressure_altitude_m=np.where(on_ground, np.nan, values[:, 0] * FOOT_M),
        ve_mps=speed_mps * np.sin(track_rad),
        vn_mps=speed_mps * np.cos(track_rad),
        vu_mps=velocity[:, 5] * FOOT_PER_MINUTE_MPS,
        mode_s=lines.address[rows],
        mode_a=mode_a,
        call_sign=_call_signs(lines.call_sign, joined.sign[rows]),
        flags=_flags(lines.marks[rows], mode_a, on_ground),
        file=options.file,
        offset=lines.offset[rows],
    )


def _call_signs(octets: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return call signs as text, (n,), of the lines ``rows``; -1 gives an empty one."""
    packed = octets.view(np.int64).ravel()  # 8 octets each
    packed = np.where(rows >= 0, packed[rows], 0)
    used, number = np.unique(packed, return_inverse=True)
    names = [_text(value.tobytes()) for value in used]
    return np.array(names, "U8")[number] if names else np.empty(0, "U8")


def _text(octets: bytes) -> str:
    letters = octets.rstrip(b"\0").decode("latin-1")
    return "".join(c if c.isprintable() else "?" for c in letters).strip(" @")


def _flags(
    marks: npt.NDArray[np.int8], mode_a: npt.NDArray[Any], on_ground: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint32]:
    flags = np.full(len(marks), PlotFlag.MODE_S | PlotFlag.COOPERATIVE, np.uint32)
    for bit, is_set in (
        (PlotFlag.EMERGENCY, (marks[:, 1] != 0) | np.isin(mode_a, _EMERGENCY_CODES)),
        (PlotFlag.IDENT, marks[:, 2] != 0),
        (PlotFlag.ON_GROUND, on_ground),
    ):
        flags |= np.where(is_set, np.uint32(bit), np.uint32(0)).astype(np.uint32)
    return flags
