"""Result rows of the kernels become tracks: geodetic, velocity and covariance east, north, up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.tracks import Tracks
from jointsky.tracking import telling_kernels as kernels
from jointsky.tracking.arrays import Rows
from jointsky.tracking.frame import Frame

HEIGHT_UNKNOWN_M = 400.0  # a standard error above this: nobody has measured the height
NO_TRACKS = Tracks.make(0)
_CALL_SIGN = "U8"


def told(parts: Sequence[Rows], frame: Frame, epoch_s: float, call_signs: dict[str, int]) -> Tracks:
    """Return result rows as tracks; call signs are given by their numbers in ``call_signs``."""
    parts = [rows for rows in parts if len(rows.floats)]
    if not parts:
        return NO_TRACKS
    n = sum(len(rows.floats) for rows in parts)
    columns = np.empty((kernels.COLUMNS, n))
    covariances = np.empty((n, 6, 6))
    number, status, plots, mode_s, mode_a, sign, flags = numbers = (
        np.empty(n, np.int64),
        np.empty(n, np.int8),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int16),
        np.empty(n, np.int32),
        np.empty(n, np.uint32),
    )
    axes, work = np.empty((3, 3)), np.empty((6, 6))
    limit = HEIGHT_UNKNOWN_M**2
    first = 0
    for rows in parts:
        pair = rows.floats, rows.ints
        kernels.tell(
            pair, frame.earth, epoch_s, limit, columns, covariances, numbers, first, axes, work
        )
        first += len(rows.floats)
    words = np.zeros(n, _CALL_SIGN)
    if call_signs:
        words = np.array([*call_signs, ""], _CALL_SIGN)[sign]
    sensors = [rows.sensors for rows in parts]
    return Tracks(
        time_s=columns[kernels.TIME_S],
        track_number=number,
        source=np.full(n, -1, np.int32),
        latitude_rad=columns[kernels.LATITUDE_RAD],
        longitude_rad=columns[kernels.LONGITUDE_RAD],
        height_m=columns[kernels.HEIGHT_M],
        pressure_altitude_m=columns[kernels.PRESSURE_ALTITUDE_M],
        ve_mps=columns[kernels.VE_MPS],
        vn_mps=columns[kernels.VN_MPS],
        vu_mps=columns[kernels.VU_MPS],
        covariance=covariances,
        manoeuvre=columns[kernels.MANOEUVRE],
        existence=columns[kernels.EXISTENCE],
        status=status,
        plots=plots,
        sensors=sensors[0] if len(parts) == 1 else np.concatenate(sensors),
        mode_s=mode_s,
        mode_a=mode_a,
        call_sign=words,
        flags=flags,
        offset=np.full(n, -1, np.int64),
    )


def call_signs_of(
    call_sign: npt.NDArray[np.str_], numbers: dict[str, int]
) -> npt.NDArray[np.int32]:
    """Return each call sign's number in ``numbers``, which takes up new ones; -1: an empty one."""
    out = np.full(len(call_sign), -1, np.int32)
    characters = np.ascontiguousarray(call_sign).view(np.uint32).reshape(-1, 8)
    named = np.flatnonzero(characters[:, 0])
    if len(named):
        words = call_sign[named].tolist()
        for word in sorted(set(words).difference(numbers)):
            numbers[word] = len(numbers)
        out[named] = [numbers[word] for word in words]
    return out
