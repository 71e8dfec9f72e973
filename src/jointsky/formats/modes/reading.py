"""Frames of Mode S become a Reading: plots, sensors, counts of everything, faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.formats import accuracy
from jointsky.formats.faults import FaultList
from jointsky.formats.modes import commb, fields_kernels, joining_kernels
from jointsky.formats.modes.clock import Clock
from jointsky.formats.modes.fields import Fields, call_sign_text, read_fields
from jointsky.formats.modes.frames import ModeSFrames
from jointsky.formats.modes.joining import Positions, join
from jointsky.formats.options import ReadOptions
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS

_OK, _PARITY, _LENGTH, _FORM, _NOUGHT, _MODE_AC, _CLOSED = 1, 2, 3, 4, 5, 6, 7
_KINDS = {
    _PARITY: ("parity", "the parity of a DF11, DF17 or DF18 is wrong"),
    _LENGTH: ("frame-length", "a frame of a length that its downlink format does not have"),
    _FORM: ("unknown-format", "a downlink format that is not defined"),
    _NOUGHT: ("null-frame", "a frame of noughts"),
}
_REGISTERS = {
    **dict.fromkeys(range(1, 5), "BDS 0,8"),
    **dict.fromkeys(range(5, 9), "BDS 0,6"),
    **dict.fromkeys((*range(9, 19), 20, 21, 22), "BDS 0,5"),
    19: "BDS 0,9",
    28: "BDS 6,1",
    29: "BDS 6,2",
    31: "BDS 6,5",
}
_EMERGENCY_CODES = (0o7500, 0o7600, 0o7700)
_TISB = (2, 5)  # control fields of DF18: made by a ground station, not sent by the target


def make(
    name: str, frames: ModeSFrames, times: Clock, options: ReadOptions, faults: FaultList
) -> Reading:
    """Return the Reading of ``frames``, whose times are ``times``."""
    fields = read_fields(frames)
    for code, (kind, text) in _KINDS.items():
        bad = fields.ok == code
        faults.add_many(frames.offset[bad], kind, text, frames.lengths[bad])
    good = fields.ok == _OK
    timed = np.isfinite(frames.time_s)
    found, reference_deg = join(fields, good & timed, frames.time_s, options.reference_deg)
    plots = _plots(frames, fields, found, options)
    sensors = [Sensor(name="ADS-B", kind="adsb")]
    if (plots.sensor == 1).any():
        sensors.append(Sensor(name="TIS-B", kind="tracker"))
    records, items = _counts(frames, fields)
    values = _values(fields, found, frames, good, times)
    if reference_deg is not None:
        values["surface_reference_deg"] = [round(part, 4) for part in reference_deg]
    return Reading(
        format=name,
        plots=plots,
        tracks=Tracks.make(0),
        sensors=sensors,
        contents=Contents(records=records, items=items, values=values),
        faults=faults.in_order(),
        fault_counts=faults.counts,
        date_known=times.date_known,
    )


def _counts(
    frames: ModeSFrames, fields: Fields
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return the sound frames by downlink format, and what each format carries."""
    records: dict[str, int] = {}
    items: dict[str, dict[str, int]] = {}
    sound = (fields.ok == _OK) | (fields.ok == _CLOSED)
    counts = np.bincount(fields.form[sound & (fields.form >= 0)], minlength=25)
    for form in np.flatnonzero(counts).tolist():
        records[f"DF{form}"] = int(counts[form])
        rows = sound & (fields.form == form)
        if form in (17, 18):
            kinds: dict[str, int] = {}
            codes = np.bincount(np.maximum(fields.type_code[rows], 0), minlength=32)
            for code in np.flatnonzero(codes).tolist():
                label = _REGISTERS.get(code, f"TC {code}")
                kinds[label] = kinds.get(label, 0) + int(codes[code])
            items[f"DF{form}"] = dict(sorted(kinds.items()))
        elif form in (20, 21):
            items[f"DF{form}"], tried = commb.count_registers(frames.octets[rows])
            if tried < counts[form]:
                items[f"DF{form}"]["sample of"] = tried
    ac = int((fields.ok == _MODE_AC).sum())
    if ac:
        records["Mode A/C"] = ac
    return records, items


def _values(
    fields: Fields,
    found: Positions,
    frames: ModeSFrames,
    good: npt.NDArray[np.bool_],
    times: Clock,
) -> dict[str, Any]:
    """Return what else is worth telling: time, aircraft, what became of positions."""
    timed = frames.time_s[np.isfinite(frames.time_s)]
    is_position = good & np.isin(
        fields.kind, (fields_kernels.KIND_AIRBORNE, fields_kernels.KIND_SURFACE)
    )
    is_sure = good & np.isin(fields.form, (11, 17, 18))
    sure = np.unique(fields.address[is_sure])
    replies = good & ~is_sure
    values: dict[str, Any] = {
        "time": times.text,
        "aircraft": len(sure),
        "positions": int((found.outcome == joining_kernels.FOUND).sum()),
        "positions_waiting_for_a_pair": int((found.outcome == joining_kernels.WAITING).sum()),
        "positions_implausible": int((found.outcome == joining_kernels.IMPLAUSIBLE).sum()),
        "positions_without_reference": int((found.outcome == joining_kernels.NO_REFERENCE).sum()),
        "positions_without_time": int((is_position & ~np.isfinite(frames.time_s)).sum()),
        "frames_without_time": int(len(frames) - len(timed)),
        "replies_of_unconfirmed_address": int((~np.isin(fields.address[replies], sure)).sum()),
    }
    if len(timed):
        values["first_time_s"], values["last_time_s"] = float(timed.min()), float(timed.max())
    versions = np.bincount(fields.version[good & (fields.version >= 0)])
    values["adsb_version_messages"] = {
        str(version): int(versions[version]) for version in np.flatnonzero(versions)
    }
    return {name: value for name, value in values.items() if value not in (0, {})}


def _plots(frames: ModeSFrames, fields: Fields, found: Positions, options: ReadOptions) -> Plots:
    """Return one plot for each position that was found, in the order of the file."""
    rows = np.flatnonzero(found.outcome == joining_kernels.FOUND)
    at = Positions(*(column[rows] for column in found))
    sigma_m = accuracy.horizontal_sigma_m(at.version, fields.nuc[rows].astype(np.int64), at.nac)
    tisb = np.isin(fields.control[rows], _TISB)
    address = fields.address[rows].astype(np.int64)
    packed, number = np.unique(at.call_sign, return_inverse=True)
    names = np.array([call_sign_text(value) for value in packed.tolist()], "U8")
    geometric = np.isfinite(at.height_ft)
    return Plots.make(
        len(rows),
        time_s=frames.time_s[rows],
        sensor=tisb.astype(np.int32),
        geometry=np.int8(Geometry.GEODETIC),
        latitude_rad=np.radians(at.lat_deg),
        longitude_rad=np.radians(at.lon_deg),
        height_m=at.height_ft * FOOT_M,
        pressure_altitude_m=at.pressure_ft * FOOT_M,
        ve_mps=at.ve_kt * KNOT_MPS,
        vn_mps=at.vn_kt * KNOT_MPS,
        vu_mps=at.rate_fpm * FOOT_PER_MINUTE_MPS,
        east_sigma_m=sigma_m,
        north_sigma_m=sigma_m,
        east_north_correlation=np.where(np.isfinite(sigma_m), 0.0, np.nan),
        height_sigma_m=np.where(geometric, accuracy.height_sigma_m(at.gva), np.nan),
        mode_s=np.where(address < fields_kernels.FOREIGN, address, -1),
        mode_a=at.mode_a,
        call_sign=names[number] if len(names) else "",
        flags=_flags(fields, rows, at, tisb),
        file=options.file,
        offset=frames.offset[rows],
    )


def _flags(
    fields: Fields,
    rows: npt.NDArray[np.int64],
    at: Positions,
    tisb: npt.NDArray[np.bool_],
) -> npt.NDArray[np.uint32]:
    in_emergency = (
        ((at.emergency >= 1) & (at.emergency <= 5))
        | (fields.alert[rows] == 1)
        | np.isin(at.mode_a, _EMERGENCY_CODES)
    )
    flags = np.full(len(rows), PlotFlag.MODE_S, np.uint32)
    for bit, is_set in (
        (PlotFlag.COOPERATIVE, ~tisb),
        (PlotFlag.ON_GROUND, fields.kind[rows] == fields_kernels.KIND_SURFACE),
        (PlotFlag.IDENT, at.ident != 0),
        (PlotFlag.EMERGENCY, in_emergency),
        (PlotFlag.VEHICLE, at.vehicle == 1),
        (PlotFlag.DUPLICATE, at.repeats != 0),
    ):
        flags |= np.where(is_set, np.uint32(bit), np.uint32(0)).astype(np.uint32)
    return flags
