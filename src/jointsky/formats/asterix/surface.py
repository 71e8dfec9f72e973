"""CAT010 (surface movement) and CAT020 (multilateration) become local or geodetic plots."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.batch import MISSING, Batch, Bools, Floats
from jointsky.formats.asterix.targets import (
    Targets,
    flag_bits,
    flags_by_value,
    mode_a,
    mode_c,
    off_the_globe,
    polar_velocity,
    targets,
)
from jointsky.records.plots import Geometry, PlotFlag

LOCAL_RANGE_MAX_M = 1_000_000.0
_TARGET_REPORT = 1
_CAT010_TYPE = {
    0: PlotFlag.SECONDARY,
    1: PlotFlag.MODE_S,
    2: PlotFlag.COOPERATIVE,
    3: PlotFlag.PRIMARY,
}
_GROUND_VEHICLE = 2


def read_cat010(batch: Batch) -> Targets:
    """Return target reports of CAT010; other messages of it are no plots."""
    code, flags = mode_a(batch, "060")
    altitude_m, more = mode_c(batch, "090", "FL")
    flags |= more | flags_by_value(batch.number("020", "TYP"), _CAT010_TYPE)
    vehicle = (batch.number("020", "TOT") == _GROUND_VEHICLE) | (batch.number("300") > 0)
    flags |= _surface_flags(batch, vehicle)
    columns, keep, doubt = _position(batch)
    has_polar = batch.has("040")
    polar_only = has_polar & ~keep
    columns["geometry"][polar_only] = Geometry.POLAR
    ve_mps, vn_mps = polar_velocity(batch, "200", "GSP", "TRA")
    east_mps, north_mps = batch.quantity("202", "VX"), batch.quantity("202", "VY")
    is_cartesian = ~np.isnan(east_mps)
    covariance = _signed_square(batch.quantity("500", "COVXY"))
    sigma_e, sigma_n = batch.quantity("500", "DEVX"), batch.quantity("500", "DEVY")
    columns |= {
        "range_m": batch.quantity("040", "RHO"),
        "azimuth_rad": batch.quantity("040", "TH"),
        "pressure_altitude_m": altitude_m,
        "ve_mps": np.where(is_cartesian, east_mps, ve_mps),
        "vn_mps": np.where(is_cartesian, north_mps, vn_mps),
        **_accuracy(sigma_e, sigma_n, covariance / (sigma_e * sigma_n)),
        "mode_a": code,
        "track_number": batch.number("161", "TRK"),
        "flags": flags,
    }
    message = batch.number("000")
    is_report = (message == _TARGET_REPORT) | (message == -1)
    return targets(batch, columns, (keep | polar_only) & is_report, doubt)


def read_cat020(batch: Batch) -> Targets:
    """Return target reports of CAT020; WGS-84 position if sent, else about the reference point."""
    code, flags = mode_a(batch, "070")
    altitude_m, more = mode_c(batch, "090", "FL")
    flags |= more | flag_bits(~batch.has("220"), PlotFlag.SECONDARY)
    flags |= flag_bits(batch.has("220"), PlotFlag.MODE_S)
    flags |= _surface_flags(batch, batch.number("300") > 0)
    columns, keep, doubt = _position(batch)
    sigma_e, sigma_n = batch.quantity("500/SDP", "X"), batch.quantity("500/SDP", "Y")
    height_sigma_m = batch.quantity("500/SDH")
    columns |= {
        "height_m": batch.quantity("105"),
        "pressure_altitude_m": altitude_m,
        "ve_mps": batch.quantity("202", "VX"),
        "vn_mps": batch.quantity("202", "VY"),
        **_accuracy(sigma_e, sigma_n, _correlation(batch)),
        "height_sigma_m": np.where(height_sigma_m > 0.0, height_sigma_m, np.nan),
        "mode_a": code,
        "track_number": batch.number("161", "TRN"),
        "flags": flags,
    }
    return targets(batch, columns, keep, doubt)


def _position(batch: Batch) -> tuple[dict[str, npt.NDArray[Any]], Bools, Bools]:
    """Return the columns that both categories share, where a position is, where it cannot be."""
    latitude_rad, longitude_rad = batch.quantity("041", "LAT"), batch.quantity("041", "LON")
    east_m, north_m = batch.quantity("042", "X"), batch.quantity("042", "Y")
    is_geodetic, is_local = ~np.isnan(latitude_rad), ~np.isnan(east_m)
    doubt = off_the_globe(latitude_rad, longitude_rad)
    doubt |= np.hypot(east_m, north_m) > LOCAL_RANGE_MAX_M
    columns: dict[str, npt.NDArray[Any]] = {
        "time_s": batch.quantity("140"),
        "geometry": np.where(is_geodetic, np.int8(Geometry.GEODETIC), np.int8(Geometry.LOCAL)),
        "east_m": east_m,
        "north_m": north_m,
        "latitude_rad": latitude_rad,
        "longitude_rad": longitude_rad,
        "mode_s": batch.number("220"),
        "call_sign": batch.text("245", "CHR"),
    }
    return columns, is_geodetic | is_local, doubt


def _surface_flags(batch: Batch, vehicle: Bools) -> npt.NDArray[np.uint32]:
    test = batch.flag("020", "RAB") | batch.flag("020", "TST")
    flags = flag_bits(vehicle, PlotFlag.VEHICLE) | flag_bits(test, PlotFlag.TEST)
    flags |= flag_bits(batch.flag("020", "GBS"), PlotFlag.ON_GROUND)
    flags |= flag_bits(batch.flag("020", "SIM"), PlotFlag.SIMULATED)
    flags |= flag_bits(batch.flag("020", "SPI"), PlotFlag.IDENT)
    flags |= flag_bits(batch.flag("310", "TRB"), PlotFlag.EMERGENCY)
    return flags | flag_bits(batch.flag("170", "CST"), PlotFlag.COASTED)


def _accuracy(sigma_e: Floats, sigma_n: Floats, correlation: Floats) -> dict[str, Floats]:
    """Return standard errors; 0 says "not known" on the wire, not "exact"."""
    known = (sigma_e > 0.0) & (sigma_n > 0.0)
    return {
        "east_sigma_m": np.where(known, sigma_e, np.nan),
        "north_sigma_m": np.where(known, sigma_n, np.nan),
        "east_north_correlation": np.where(
            known & (np.abs(correlation) < 1.0), correlation, np.nan
        ),
    }


def _signed_square(root: Floats) -> Floats:
    """Return a covariance from the signed root in which I010/500 sends it."""
    return np.sign(root) * root**2


def _correlation(batch: Batch) -> Floats:
    """Return I020/500 SDP XY: sent in steps of 0.25, as a two's complement of 16 bits."""
    raw = batch.integer("500/SDP", "XY")
    value = ((raw + 0x8000) % 0x10000 - 0x8000) * 0.25
    return np.where(raw == MISSING, np.nan, value)
