"""A track is numbered after the plot that began it, so that all who have that plot agree on it.

A number has 62 bits: 32 of time, in eighths of a second since 2020 (counted round every 17
years), so that of two tracks the one with the smaller number is the older; and 30 of what the plot
says, which six letters and digits show to a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking import numbers_kernels as kernels
from jointsky.tracking.admission import as_columns

SINCE_S = 1_577_836_800.0  # 2020-01-01, 00:00 UTC
TICKS_HZ = 8.0
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_LABEL, _DIGIT_BITS = 6, 5


def sensor_keys(sensors: Sequence[Sensor]) -> npt.NDArray[np.uint64]:
    """Return 64 bits (S,) for each sensor's kind and name, wherever it stands in a list."""
    words = [f"{len(s.kind)}:{s.kind}{s.name}".encode() for s in sensors]
    digests = [hashlib.blake2b(word, digest_size=8).digest() for word in words]
    return np.array([int.from_bytes(digest, "little") for digest in digests], np.uint64)


def birth_numbers(plots: Plots, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return the number (n,) of the track that each plot would begin; -1: it has no time.

    ``keys`` (S,) are the ``sensor_keys`` of the sensors that ``plots.sensor`` counts.  Plots that
    say the same, of the same sensor and time, have the same number.
    """
    out = np.empty(len(plots), np.int64)
    values = np.stack(
        [
            plots.time_s,
            plots.range_m,
            plots.azimuth_rad,
            plots.elevation_rad,
            plots.doppler_mps,
            plots.east_m,
            plots.north_m,
            plots.latitude_rad,
            plots.longitude_rad,
            plots.height_m,
            plots.pressure_altitude_m,
            plots.ve_mps,
            plots.vn_mps,
        ]
    )
    marks = np.stack([plots.geometry, plots.mode_s, plots.mode_a]).astype(np.int64)
    (sensor,) = as_columns(plots.sensor)
    bits = values.view(np.uint64)
    kernels.number_births(values[0], SINCE_S, TICKS_HZ, sensor, keys, values, bits, marks, out)
    return out


def label(number: int) -> str:
    """Return the six letters and digits by which a person knows a track: "0GQW4T"."""
    return "".join(
        DIGITS[(number >> (_DIGIT_BITS * place)) & (len(DIGITS) - 1)]
        for place in reversed(range(_LABEL))
    )


def born_s(number: Any) -> Any:
    """Return when a track was born, POSIX seconds, to an eighth of a second below.

    Of one number, or of numbers (n,).
    """
    return SINCE_S + (number >> kernels.CONTENT_BITS) / TICKS_HZ
