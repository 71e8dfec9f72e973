"""Result rows of the kernels become tracks: geodetic, velocity and covariance east, north, up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.records.tracks import Tracks
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import Rows
from jointsky.tracking.frame import Frame

HEIGHT_UNKNOWN_M = 400.0  # a standard error above this: nobody has measured the height
_LOWER = [(i, j) for i in range(6) for j in range(i + 1)]
_UNPACK = np.array([[_LOWER.index((max(i, j), min(i, j))) for j in range(6)] for i in range(6)])


def told(rows: Rows, frame: Frame, epoch_s: float, call_signs: list[str]) -> Tracks:
    """Return result rows as tracks; call signs are given by their numbers in ``call_signs``."""
    floats, ints = rows.floats, rows.ints
    mean = floats[:, layout.R_MEAN : layout.R_MEAN + 6]
    latitude, longitude, height = frame.to_geodetic(mean[:, :3])
    velocity = mean[:, 3:]
    covariance = floats[:, layout.R_COV + _UNPACK]
    if not frame.is_flat:
        axes = frame.axes(latitude, longitude)
        velocity = np.einsum("nij,nj->ni", axes, velocity)
        blocks = covariance.reshape(-1, 2, 3, 2, 3)
        covariance = np.einsum("nij,najbk,nlk->naibl", axes, blocks, axes, optimize=True)
        covariance = np.ascontiguousarray(covariance).reshape(-1, 6, 6)
        unknown = covariance[:, 2, 2] > HEIGHT_UNKNOWN_M**2  # a guess is not a height
        height = np.where(unknown, np.nan, height)
    signs = np.array([*call_signs, ""], dtype="U8")
    return Tracks.make(
        len(floats),
        time_s=floats[:, layout.R_TIME] + epoch_s,
        track_number=ints[:, layout.O_NUMBER],
        latitude_rad=latitude,
        longitude_rad=longitude,
        height_m=height,
        pressure_altitude_m=floats[:, layout.R_PRESSURE],
        ve_mps=velocity[:, 0],
        vn_mps=velocity[:, 1],
        vu_mps=velocity[:, 2],
        covariance=covariance,
        manoeuvre=floats[:, layout.R_MANOEUVRE],
        existence=floats[:, layout.R_EXISTENCE],
        status=ints[:, layout.O_STATUS],
        plots=ints[:, layout.O_PLOTS],
        sensors=rows.sensors,
        mode_s=ints[:, layout.O_MODE_S],
        mode_a=ints[:, layout.O_MODE_A],
        call_sign=signs[ints[:, layout.O_CALL_SIGN]],
    )


def call_signs_of(
    call_sign: npt.NDArray[np.str_], numbers: dict[str, int]
) -> npt.NDArray[np.int32]:
    """Return each call sign's number in ``numbers``, which takes up new ones; -1: an empty one."""
    words, inverse = np.unique(call_sign, return_inverse=True)
    codes = np.full(len(words), -1, np.int32)
    for k, word in enumerate(words.tolist()):
        if word:
            codes[k] = numbers.setdefault(word, len(numbers))
    return codes[inverse]
