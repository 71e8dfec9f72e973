"""CAT001 and CAT048 (target reports of radars) become polar plots."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.batch import Batch, Bools
from jointsky.formats.asterix.targets import (
    Targets,
    flag_bits,
    flags_by_value,
    mode_a,
    mode_c,
    polar_velocity,
    targets,
)
from jointsky.records.plots import Geometry, PlotFlag

_P, _S, _M = PlotFlag.PRIMARY, PlotFlag.SECONDARY, PlotFlag.MODE_S
_CAT048_TYPE = {0: PlotFlag.COASTED, 1: _P, 2: _S, 3: _P | _S, 4: _M, 5: _M, 6: _P | _M, 7: _P | _M}
_CAT001_TYPE = {0: PlotFlag.COASTED, 1: _P, 2: _S, 3: _P | _S}
_ON_GROUND, _IDENT = (1, 3), (4, 5)  # I048/230 STAT


def read_cat048(batch: Batch) -> Targets:
    """Return plots of CAT048; no accuracy is sent, so the radar's declared one holds.

    A report without a detection (TYP 0) holds the radar's own prediction: flagged coasted.
    """
    code, flags = mode_a(batch, "070")
    altitude_m, more = mode_c(batch, "090", "FL")
    flags |= more | flags_by_value(batch.number("020", "TYP"), _CAT048_TYPE)
    status = batch.number("230", "STAT")
    ident = batch.flag("020", "SPI") | np.isin(status, _IDENT)
    test = batch.flag("020", "RAB") | batch.flag("020", "TST")
    flags |= flag_bits(np.isin(status, _ON_GROUND), PlotFlag.ON_GROUND)
    flags |= _common_flags(batch, ident, test)
    doppler_mps = batch.quantity("120/CAL", "CAL")
    doubtful = batch.flag("120/CAL", "D")
    columns, keep = _position(batch, "GSP", "HDG")
    columns |= {
        "time_s": batch.quantity("140"),
        "doppler_mps": np.where(doubtful, np.nan, doppler_mps),
        "height_m": batch.quantity("110", "3DH"),
        "pressure_altitude_m": altitude_m,
        "mode_s": batch.number("220"),
        "mode_a": code,
        "call_sign": batch.text("240"),
        "track_number": batch.number("161", "TRN"),
        "flags": flags,
    }
    return targets(batch, columns, keep, np.zeros(batch.records, np.bool_))


def read_cat001(batch: Batch) -> Targets:
    """Return plots and tracks of CAT001; their time is what is left of it after full 512 s."""
    code, flags = mode_a(batch, "070")
    altitude_m, more = mode_c(batch, "090", "HGT")
    flags |= more | flags_by_value(batch.number("020", "SSRPSR"), _CAT001_TYPE)
    test = batch.flag("020", "RAB") | batch.flag("020", "TST")
    flags |= flag_bits(batch.flag("020", "DS1DS2"), PlotFlag.EMERGENCY)
    flags |= _common_flags(batch, batch.flag("020", "SPI"), test)
    columns, keep = _position(batch, "GSP", "HDG")
    columns |= {
        "time_s": batch.quantity("141"),
        "doppler_mps": batch.quantity("120"),
        "pressure_altitude_m": altitude_m,
        "mode_a": code,
        "track_number": batch.number("161"),
        "flags": flags,
    }
    return targets(batch, columns, keep, np.zeros(batch.records, np.bool_))


def _common_flags(batch: Batch, ident: Bools, test: Bools) -> npt.NDArray[np.uint32]:
    flags = flag_bits(ident, PlotFlag.IDENT) | flag_bits(test, PlotFlag.TEST)
    flags |= flag_bits(batch.flag("020", "SIM"), PlotFlag.SIMULATED)
    flags |= flag_bits(batch.flag("020", "ME"), PlotFlag.EMERGENCY | PlotFlag.MILITARY)
    return flags | flag_bits(batch.flag("020", "MI"), PlotFlag.MILITARY)


def _position(batch: Batch, speed: str, heading: str) -> tuple[dict[str, npt.NDArray[Any]], Bools]:
    """Return measured polar positions, or where there is none the calculated Cartesian one."""
    range_m, azimuth_rad = batch.quantity("040", "RHO"), batch.quantity("040", "THETA")
    east_m, north_m = batch.quantity("042", "X"), batch.quantity("042", "Y")
    is_polar = range_m > 0.0
    is_local = ~is_polar & ~np.isnan(east_m)
    ve_mps, vn_mps = polar_velocity(batch, "200", speed, heading)
    columns: dict[str, npt.NDArray[Any]] = {
        "geometry": np.where(is_local, np.int8(Geometry.LOCAL), np.int8(Geometry.POLAR)),
        "range_m": np.where(is_polar, range_m, np.nan),
        "azimuth_rad": np.where(is_polar, azimuth_rad, np.nan),
        "east_m": east_m,
        "north_m": north_m,
        "ve_mps": ve_mps,
        "vn_mps": vn_mps,
    }
    return columns, is_polar | is_local
