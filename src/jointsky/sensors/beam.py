"""Where the beam of a radar is at any time: turns, swings and frames of one placed radar."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.sensors import beam_kernels as kernels
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import AnyRadar, FixedRadar, SectorRadar, azimuth_extent_rad, period_s
from jointsky.sensors.surroundings import Place

_PHASE = 1  # of what is drawn for a sensor as a whole
_FULL_RAD = 2.0 * math.pi


class Scan(NamedTuple):
    """How the beams of one placed radar move, and from where: what kernels take."""

    manner: int  # ROTATING, TO_AND_FRO, RASTER or STARE of beam_kernels
    period_s: float
    begin_s: float  # turn k begins at k period_s + begin_s
    start_rad: float  # azimuth of the first beam when a turn begins
    width_rad: float  # that one beam passes over in a turn
    beams: int  # side by side, each one width from the next
    is_full: bool  # the beams together look all around
    middle_rad: float  # of the field
    half_rad: float  # of the field: nothing farther from the middle is seen
    carrier: int  # vehicle that it is aboard; -1: on the ground
    is_by_nose: bool  # all azimuths are from the carrier's course when a turn begins
    origin_m: npt.NDArray[Any]  # (3,) earth-centred, of one on the ground
    axes: npt.NDArray[Any]  # (3, 3) rows east, north, up, of one on the ground
    height_m: float  # above the ellipsoid, of one on the ground


def scan_of(radar: AnyRadar, placed: Placed, place: Place, key: tuple[int, int]) -> Scan:
    """Return how the beams of a radar move where it stands.

    A rotating antenna points north when a turn begins (away from its sector, where it has one);
    one that swings begins even swings at the left end of its sector, odd ones at the right end.
    Aboard a vehicle a sector and fixed faces turn with its nose, from one turn to the next.
    """
    extent_rad = azimuth_extent_rad(radar)
    middle_rad = math.radians(placed.facing_deg) % _FULL_RAD
    manner, beams, width_rad, start_rad = kernels.ROTATING, 1, _FULL_RAD, 0.0
    if isinstance(radar, SectorRadar):
        start_rad = middle_rad - math.pi
        if radar.sweep == "back-and-forth":
            manner, width_rad = kernels.TO_AND_FRO, extent_rad
            start_rad = middle_rad - extent_rad / 2.0
    elif isinstance(radar, FixedRadar):
        manner = kernels.STARE if radar.look == "stare" else kernels.RASTER
        beams, width_rad = radar.faces, extent_rad / radar.faces
        start_rad = middle_rad - extent_rad / 2.0
    every_s = period_s(radar)
    phase = placed.phase
    if phase is None:
        phase = kernels.phase_drawn(np.uint64(key[0]), np.uint64(key[1]))
    origin_m = geodesy.geodetic_to_ecef(place.latitude_rad, place.longitude_rad, place.height_m)
    axes = geodesy.enu_rotation(place.latitude_rad, place.longitude_rad)
    return Scan(
        manner=manner,
        period_s=every_s,
        begin_s=phase * every_s,
        start_rad=start_rad % _FULL_RAD,
        width_rad=width_rad,
        beams=beams,
        is_full=beams * width_rad > _FULL_RAD - 1e-9,
        middle_rad=middle_rad,
        half_rad=math.inf if extent_rad > _FULL_RAD - 1e-9 else extent_rad / 2.0,
        carrier=place.vehicle,
        is_by_nose=place.vehicle >= 0 and isinstance(radar, SectorRadar | FixedRadar),
        origin_m=np.ascontiguousarray(origin_m, np.float64).reshape(3),
        axes=np.ascontiguousarray(axes, np.float64).reshape(3, 3),
        height_m=place.height_m,
    )


def turns_between(scan: Scan, begin_s: float, end_s: float) -> tuple[int, int]:
    """Return the first turn that begins in [begin_s, end_s), and the one after the last."""
    return _first_turn(scan, begin_s), _first_turn(scan, end_s)


def _first_turn(scan: Scan, time_s: float) -> int:
    """Return the first turn that begins at ``time_s`` or later, by the kernels' own arithmetic."""
    turn = math.ceil((time_s - scan.begin_s) / scan.period_s) - 1
    while turn * scan.period_s + scan.begin_s < time_s:
        turn += 1
    return turn
