"""What the readers of all target categories share: their result, identity, flags, plausibility."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.batch import Batch, Bools, Floats
from jointsky.records.plots import PlotFlag

PRESSURE_ALTITUDE_M = (-460.0, 38_700.0)  # what Mode C can say: -1,500 to 127,000 ft
HEIGHT_M = (-1_000.0, 40_000.0)
SPEED_MAX_MPS = 2_500.0
CLIMB_MAX_MPS = 500.0
_EMERGENCY_CODES = (0o7500, 0o7600, 0o7700)


class Targets(NamedTuple):
    """Records of one batch as columns of plots (or tracks), and which of them are any good.

    ``columns`` has one row for each record of the batch, ``time_s`` in it is the time of day.
    ``keep``: the record is a target report with a position.  ``doubt``: it says what cannot be
    (a latitude of 120 degrees), so that its edition may be wrong.  ``suspect``: the source itself
    says that the position is wrong.  ``blanked`` counts values that were left out, by name.
    """

    columns: dict[str, npt.NDArray[Any]]
    keep: Bools
    doubt: Bools
    suspect: Bools
    blanked: dict[str, Bools]


def targets(
    batch: Batch,
    columns: dict[str, npt.NDArray[Any]],
    keep: Bools,
    doubt: Bools,
    suspect: Bools | None = None,
) -> Targets:
    """Return the columns with impossible values left out and impossible records marked."""
    time_s = columns["time_s"]
    doubt = doubt | (time_s >= 86_400.0)
    blanked: dict[str, Bools] = {}
    limits = {"pressure_altitude_m": PRESSURE_ALTITUDE_M, "height_m": HEIGHT_M}
    for name, (low, high) in limits.items():
        if name in columns:
            value = columns[name]
            outside = (value < low) | (value > high)
            blanked["height"] = blanked["height"] | outside if "height" in blanked else outside
            columns[name] = np.where(outside, np.nan, value)
    if "ve_mps" in columns:
        fast = np.hypot(columns["ve_mps"], columns["vn_mps"]) > SPEED_MAX_MPS
        blanked["speed"] = fast
        for name in ("ve_mps", "vn_mps"):
            columns[name] = np.where(fast, np.nan, columns[name])
    if "vu_mps" in columns:
        fast = np.abs(columns["vu_mps"]) > CLIMB_MAX_MPS
        blanked["climb-rate"] = fast
        columns["vu_mps"] = np.where(fast, np.nan, columns["vu_mps"])
    if suspect is None:
        suspect = np.zeros(batch.records, np.bool_)
    return Targets(columns, keep, doubt, suspect, blanked)


def off_the_globe(latitude_rad: Floats, longitude_rad: Floats) -> Bools:
    """Return where a position is beyond a pole or a half turn, or exactly 0, 0 (never sent)."""
    outside: Bools = (np.abs(latitude_rad) > np.pi / 2) | (np.abs(longitude_rad) > np.pi)
    outside |= (latitude_rad == 0.0) & (longitude_rad == 0.0)
    return outside


def mode_a(batch: Batch, slot: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """Return Mode A codes (-1 where not sent) and their flags: unsure, emergency."""
    code = batch.number(slot, "MODE3A")
    unsure = batch.flag(slot, "V") | batch.flag(slot, "G")
    flags = flag_bits(unsure & (code >= 0), PlotFlag.MODE_A_UNSURE)
    flags |= flag_bits(np.isin(code, _EMERGENCY_CODES) & ~unsure, PlotFlag.EMERGENCY)
    return code, flags


def mode_c(batch: Batch, slot: str, name: str) -> tuple[Floats, npt.NDArray[np.uint32]]:
    """Return pressure altitudes in metres and the flag of those not validated or garbled."""
    altitude_m = batch.quantity(slot, name)
    unsure = batch.flag(slot, "V") | batch.flag(slot, "G")
    return altitude_m, flag_bits(unsure & ~np.isnan(altitude_m), PlotFlag.MODE_C_UNSURE)


def flag_bits(mask: Bools, flag: PlotFlag) -> npt.NDArray[np.uint32]:
    """Return the bit of ``flag`` where ``mask`` holds, else 0."""
    return np.where(mask, np.uint32(flag), np.uint32(0))


def flags_by_value(raw: npt.NDArray[np.int64], table: Mapping[int, int]) -> npt.NDArray[np.uint32]:
    """Return the flags that ``table`` gives for each value, 0 for any other."""
    lookup = np.zeros(256, np.uint32)
    for value, flags in table.items():
        lookup[value] = flags
    return np.where((raw >= 0) & (raw < 256), lookup[np.clip(raw, 0, 255)], np.uint32(0))


def polar_velocity(batch: Batch, slot: str, speed: str, direction: str) -> tuple[Floats, Floats]:
    """Return velocity east and north, in metres a second, from a speed and a track angle."""
    speed_mps, angle_rad = batch.quantity(slot, speed), batch.quantity(slot, direction)
    return speed_mps * np.sin(angle_rad), speed_mps * np.cos(angle_rad)
