"""CAT021 (ADS-B reports of ground stations), editions 0.23 and 2.x, become geodetic plots."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.adsb_quality import (
    GVA_HEIGHT_M,
    NACP_RADIUS_M,
    NUCP_HEIGHT_M,
    NUCP_RADIUS_M,
    height_sigma,
    horizontal_sigma,
)
from jointsky.formats.asterix.batch import Batch, Floats, first_known
from jointsky.formats.asterix.targets import (
    Targets,
    flag_bits,
    mode_a,
    off_the_globe,
    polar_velocity,
    targets,
)
from jointsky.records.plots import Geometry, PlotFlag

_EMERGENCIES = (1, 3, 4, 5, 6)  # general, minimum fuel, no radio, interference, downed
_SURFACE_VEHICLES = (20, 21)
_SPECIAL_POSITION_IDENT = 3


def read_cat021(batch: Batch) -> Targets:
    """Return plots of CAT021: high resolution position if sent, newest time of that position."""
    latitude_rad = first_known(batch.quantity("131", "LAT"), batch.quantity("130", "LAT"))
    longitude_rad = first_known(batch.quantity("131", "LON"), batch.quantity("130", "LON"))
    ve_mps, vn_mps = polar_velocity(batch, "160", "GS", "TA")
    code, flags = mode_a(batch, "070")
    columns: dict[str, npt.NDArray[Any]] = {
        "time_s": _time_of_day(batch),
        "geometry": np.full(batch.records, Geometry.GEODETIC, np.int8),
        "latitude_rad": latitude_rad,
        "longitude_rad": longitude_rad,
        "height_m": batch.quantity("140"),
        "pressure_altitude_m": batch.quantity("145"),
        "ve_mps": ve_mps,
        "vn_mps": vn_mps,
        "vu_mps": first_known(
            batch.quantity("157", "GVR"),
            batch.quantity("157"),
            batch.quantity("155", "BVR"),
            batch.quantity("155"),
        ),
        **_accuracy(batch),
        "mode_s": batch.number("080"),
        "mode_a": code,
        "call_sign": batch.text("170"),
        "track_number": batch.number("161", "TRNUM"),
        "flags": flags | _flags(batch),
    }
    suspect = np.zeros(batch.records, np.bool_)
    for name in ("CPR", "LDPJ", "RCF"):  # the station's own checks of the position failed
        suspect |= batch.flag("040", name)
    doubt = off_the_globe(latitude_rad, longitude_rad)
    return targets(batch, columns, ~np.isnan(latitude_rad), doubt, suspect)


def is_old(batch: Batch) -> bool:
    """Return whether the edition is one of the 0.x, which are another format altogether."""
    return batch.plan.edition.name.startswith("0.")


def _time_of_day(batch: Batch) -> Floats:
    """Return when the position holds: of applicability, else received (to 1 ns), else sent."""
    received_s = batch.quantity("073")
    whole_s = np.floor(received_s) + np.choose(batch.number("074", "FSI") + 1, (0, 0, 1, -1, 0))
    precise_s = whole_s + batch.quantity("074", "TOMRP")
    return first_known(
        batch.quantity("071"),
        np.where(np.abs(precise_s - received_s) < 1.5, precise_s, np.nan),
        received_s,
        batch.quantity("030"),
        batch.quantity("077"),
    )


def _accuracy(batch: Batch) -> dict[str, Floats]:
    """Return standard errors from NACp (DO-260A and later) or NUCp (DO-260), see adsb_quality.

    Edition 0.x sends one "position accuracy" without saying by which table: it is taken for NUCp,
    as aircraft of its time sent it.
    """
    if is_old(batch):
        nucp = batch.number("090", "PA") & 15
        nucp[~batch.has("090")] = -1
        sigma_m = horizontal_sigma(nucp, NUCP_RADIUS_M)
        up_m = height_sigma(nucp, NUCP_HEIGHT_M)
    else:
        is_version_0 = batch.number("210", "VN") == 0
        nucp = np.where(is_version_0, batch.number("090", "NUCPNIC"), -1)
        nacp = np.where(is_version_0, -1, batch.number("090", "NACP"))
        sigma_m = first_known(
            horizontal_sigma(nacp, NACP_RADIUS_M), horizontal_sigma(nucp, NUCP_RADIUS_M)
        )
        up_m = first_known(
            height_sigma(batch.number("090", "GVA"), GVA_HEIGHT_M),
            height_sigma(nucp, NUCP_HEIGHT_M),
        )
    return {"east_sigma_m": sigma_m, "north_sigma_m": sigma_m, "height_sigma_m": up_m}


def _flags(batch: Batch) -> npt.NDArray[np.uint32]:
    if is_old(batch):
        emergency, ident = batch.number("200"), batch.flag("040", "SPI")
    else:
        emergency = batch.number("200", "PS")
        ident = batch.number("200", "SS") == _SPECIAL_POSITION_IDENT
    vehicle = np.isin(batch.number("020"), _SURFACE_VEHICLES) | (batch.number("040", "ATP") == 2)
    test = batch.flag("040", "RAB") | batch.flag("040", "TST")
    flags = np.full(batch.records, PlotFlag.COOPERATIVE | PlotFlag.MODE_S, np.uint32)
    flags |= flag_bits(np.isin(emergency, _EMERGENCIES), PlotFlag.EMERGENCY)
    flags |= flag_bits(batch.flag("200", "ME"), PlotFlag.EMERGENCY | PlotFlag.MILITARY)
    flags |= flag_bits(batch.flag("040", "GBS"), PlotFlag.ON_GROUND)
    flags |= flag_bits(batch.flag("040", "SIM"), PlotFlag.SIMULATED)
    flags |= flag_bits(test, PlotFlag.TEST) | flag_bits(vehicle, PlotFlag.VEHICLE)
    return flags | flag_bits(ident, PlotFlag.IDENT)
