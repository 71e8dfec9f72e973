"""Motion: where every vehicle is at any time, as exact pieces."""

from __future__ import annotations

import dataclasses
import enum
from typing import ClassVar

from jointsky.records.columns import Array, Columns, floats, integers


class Piece(enum.IntEnum):
    """How the terms of one piece of motion are read."""

    ARC = 0  # over the ground on a great or small circle, height beside it
    CUBIC = 1  # a cubic in earth-centred coordinates (replayed recordings)


@dataclasses.dataclass(frozen=True)
class Motion(Columns):
    """One row for each piece, sorted by vehicle and time; pieces of one vehicle do not overlap.

    With t seconds since ``begin_s``: an ARC turns the unit vector of the geodetic vertical,
    ``n(t) = terms[0] + terms[1] cos(a) + terms[2] sin(a)``, ``a = rate t + acceleration t²/2``
    (a great circle has ``terms[0] = 0``), at height ``height + climb t + climb_acceleration t²/2``
    above WGS-84.  A CUBIC is ``terms[0] + terms[1] t + terms[2] t² + terms[3] t³``, earth-centred
    metres.  A vehicle is nowhere before its first piece, after its last and between two.
    """

    TAG: ClassVar[str] = "motion"
    VERSION: ClassVar[int] = 1

    vehicle: Array = integers("int32", "row of the vehicle in the Vehicles that go along")
    piece: Array = integers("int8", "0 arc, 1 cubic", 0)
    begin_s: Array = floats("POSIX seconds, UTC, from which this piece holds")
    end_s: Array = floats("POSIX seconds, UTC, up to which it holds")
    terms: Array = floats("see above: unit vectors of an arc, metres of a cubic", 0.0, cell=(4, 3))
    rate_radps: Array = floats("arc: angle turned a second at the beginning", 0.0)
    acceleration_radps2: Array = floats("arc: angular acceleration", 0.0)
    height_m: Array = floats("arc: height above the WGS-84 ellipsoid at the beginning", 0.0)
    climb_mps: Array = floats("arc: rate of climb at the beginning", 0.0)
    climb_acceleration_mps2: Array = floats("arc: change of the rate of climb", 0.0)
