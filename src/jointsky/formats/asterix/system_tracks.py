"""CAT062 (system tracks) become track records."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.batch import Batch, Floats, first_known
from jointsky.formats.asterix.targets import Targets, mode_a, off_the_globe, targets
from jointsky.records.tracks import TrackStatus

EARTH_RADIUS_M = 6_371_008.8  # mean, IUGG: for errors sent in degrees, good to 0.5 %


def read_cat062(batch: Batch) -> Targets:
    """Return tracks of CAT062 that say their WGS-84 position (I062/105).

    The position in the system plane (I062/100) says nothing without the reference point of that
    plane, which no item sends: such records are counted, not read.
    """
    latitude_rad, longitude_rad = batch.quantity("105", "LAT"), batch.quantity("105", "LON")
    barometric_m = first_known(batch.quantity("135", "CTB"), batch.quantity("136"))
    without_qnh_m = np.where(batch.flag("135", "QNH"), np.nan, batch.quantity("135", "CTB"))
    code, _ = mode_a(batch, "060")
    call_sign = batch.text("380/ID")
    for other in (batch.text("245", "CHR"), batch.text("390/CS")):
        call_sign = np.where(call_sign == "", other, call_sign)
    columns: dict[str, npt.NDArray[Any]] = {
        "time_s": batch.quantity("070"),
        "track_number": batch.number("040"),
        "latitude_rad": latitude_rad,
        "longitude_rad": longitude_rad,
        "height_m": first_known(batch.quantity("130"), barometric_m),
        "pressure_altitude_m": first_known(batch.quantity("136"), without_qnh_m),
        "ve_mps": batch.quantity("185", "VX"),
        "vn_mps": batch.quantity("185", "VY"),
        "vu_mps": batch.quantity("220"),
        "covariance": _covariance(batch, latitude_rad),
        "status": _status(batch),
        "mode_s": batch.number("380/ADR"),
        "mode_a": code,
        "call_sign": call_sign,
    }
    doubt = off_the_globe(latitude_rad, longitude_rad)
    return targets(batch, columns, ~np.isnan(latitude_rad), doubt)


def _status(batch: Batch) -> npt.NDArray[np.int8]:
    """Return the life of each track; its end says more than that it coasts or is tentative."""
    status = np.full(batch.records, TrackStatus.CONFIRMED, np.int8)
    status[batch.flag("080", "CNF")] = TrackStatus.TENTATIVE
    status[batch.flag("080", "CST")] = TrackStatus.COASTED
    status[batch.flag("080", "TSE")] = TrackStatus.ENDED
    return status


def _covariance(batch: Batch, latitude_rad: Floats) -> Floats:
    """Return (R, 6, 6) from I062/500: NaN on the diagonal where no error was sent, else 0 off it.

    The covariance of x and y is sent as its signed root; accuracies of a single 0 are not known.
    """
    north_m = batch.quantity("500/APW", "LAT") * EARTH_RADIUS_M
    east_m = batch.quantity("500/APW", "LON") * EARTH_RADIUS_M * np.cos(latitude_rad)
    barometric_m = batch.quantity("500/ABA")
    errors = (
        first_known(batch.quantity("500/APC", "X"), east_m),
        first_known(batch.quantity("500/APC", "Y"), north_m),
        np.where(batch.has("130"), batch.quantity("500/AGA"), barometric_m),
        batch.quantity("500/ATV", "X"),
        batch.quantity("500/ATV", "Y"),
        batch.quantity("500/ARC"),
    )
    covariance = np.zeros((batch.records, 6, 6))
    for axis, error in enumerate(errors):
        covariance[:, axis, axis] = np.where(error > 0.0, error**2, np.nan)
    root_m = np.nan_to_num(batch.quantity("500/COV"))
    product = np.sign(root_m) * root_m**2
    limit = covariance[:, 0, 0] * covariance[:, 1, 1]
    covariance[:, 0, 1] = covariance[:, 1, 0] = np.where(product**2 < limit, product, 0.0)
    return covariance
