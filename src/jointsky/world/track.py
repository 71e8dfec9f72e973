"""The track of a route over the ground: great circles joined by turns, and when it is where."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.declare import Faults
from jointsky.world import climb_kernels, track_kernels
from jointsky.world.planning import Planned
from jointsky.world.sphere import radius_m, vertical
from jointsky.world.types import VehicleType

Floats = npt.NDArray[np.float64]
GRAVITY_MPS2 = 9.80665


class Path(NamedTuple):
    """One flight without a time of day: arcs over the ground and heights, from 0 seconds on.

    Columns of ``arcs`` (n, 13) as numbered in track_kernels, of ``climbs`` (m, 5) in climb_kernels.
    """

    arcs: Floats
    climbs: Floats


def turn_radius_m(speed_mps: float, bank_rad: float) -> float:
    """Return the radius of a coordinated turn, v² / (g tan bank) (Anderson 2016, eq. 6.118)."""
    return speed_mps * speed_mps / (GRAVITY_MPS2 * math.tan(bank_rad))  # 230 m/s, 25°: 11,568 m


def flown(plan: list[Planned], kind: VehicleType, bank_rad: float, faults: Faults) -> Path | None:
    """Return the path through a plan, or None and what is wrong with it."""
    waypoints = _rows(plan, bank_rad)
    count = len(plan)
    legs = np.zeros((count, 6))
    track_kernels.measure(waypoints, legs)
    arcs = np.empty((5 * count, track_kernels.ARC_COLUMNS))
    passes, wrong = np.zeros((count, 2)), np.zeros((count, 3))
    used = track_kernels.fly(
        waypoints, legs, kind.acceleration_mps2, _rises(plan, kind), arcs, passes, wrong
    )
    if wrong[:, 0].any():
        for row in np.flatnonzero(wrong[:, 0]):
            _tell_leg(plan, int(row), wrong[row], legs, waypoints, math.degrees(bank_rad), faults)
        return None
    climbs = _climbs(plan, passes, kind, faults)
    if climbs is None:
        return None
    return Path(arcs[:used].copy(), climbs)


def _rows(plan: list[Planned], bank_rad: float) -> Floats:
    """Return the waypoints as the kernels take them."""
    rows: list[tuple[float, ...]] = []
    height = 0.0
    for at in plan:
        height = height if math.isnan(at.height_m) else at.height_m
        speed = at.speed_mps
        leg = at.leg_speed_mps if speed == 0.0 else speed
        if rows and speed > 0.0:
            leg = max(leg, rows[-1][4])
        elif rows and rows[-1][4] > 0.0:
            leg = rows[-1][4]
        turn = turn_radius_m(speed, bank_rad) if speed > 0.0 else 0.0
        rows.append(
            (
                *vertical(at.latitude_rad, at.longitude_rad),
                radius_m(at.latitude_rad, height),
                speed,
                leg,
                turn,
                at.wait_s,
                float(at.circles),
            )
        )
    return np.array(rows)


def _rate_mps(at: Planned, rise_m: float, kind: VehicleType) -> float:
    """Return the rate allowed for a change of height on the way to a waypoint."""
    limit = kind.climb_mps if rise_m > 0.0 else kind.descent_mps
    return limit if math.isnan(at.climb_mps) else min(at.climb_mps, limit)


def _rises(plan: list[Planned], kind: VehicleType) -> Floats:
    """Return the time that each leg takes if it is flown upright: a change of height alone."""
    rises, rates, height = np.zeros(len(plan)), np.ones(len(plan)), math.nan
    for row, at in enumerate(plan):
        if not math.isnan(at.height_m):
            rises[row] = 0.0 if math.isnan(height) else at.height_m - height
            rates[row] = _rate_mps(at, rises[row], kind)
            height = at.height_m
    out = np.empty(len(plan))
    climb_kernels.times_of_climbs(rises, rates, kind.climb_onset_mps2, out)
    return out


def _climbs(
    plan: list[Planned], passes: Floats, kind: VehicleType, faults: Faults
) -> Floats | None:
    """Return the heights between those that the plan gives; None where a climb does not fit."""
    rows, anchors, height = [], [], 0.0
    for row, at in enumerate(plan):
        if math.isnan(at.height_m):
            continue
        rate = _rate_mps(at, at.height_m - height, kind)
        height = at.height_m
        rows.append(row)
        anchors.append((passes[row, 0], passes[row, 1], height, float(at.mode), rate))
    if not rows:
        return None
    given, wrong = np.array(anchors), np.zeros((len(rows), 3))
    pieces = np.empty((5 * len(rows) + 1, climb_kernels.CLIMB_COLUMNS))
    used = climb_kernels.climb_through(given, kind.climb_onset_mps2, pieces, wrong)
    for index in np.flatnonzero(wrong[:, 0]):
        _tell_climb(plan[rows[index]], given[index - 1 : index + 1], wrong[index], kind, faults)
    if wrong[:, 0].any():
        return None
    if used == 0:  # no time passes: a single place
        pieces[0] = 0.0, 0.0, height, 0.0, 0.0
        used = 1
    return pieces[:used].copy()


def _tell_leg(
    plan: list[Planned],
    row: int,
    wrong: Floats,
    legs: Floats,
    waypoints: Floats,
    bank_deg: float,
    faults: Faults,
) -> None:
    """Say why a leg cannot be flown, with the figures found and wanted."""
    at, before = plan[row], plan[row - 1]
    code, radius = int(wrong[0]), waypoints[row, track_kernels.RADIUS]
    needs_km, has_km = wrong[1] * radius / 1e3, wrong[2] * radius / 1e3
    if code == track_kernels.SAME_PLACE:
        faults.add(
            at.label, f"the same place as {before.label}", "another place, or a stop at both"
        )
    elif code == track_kernels.TOO_FAST:
        faults.add(
            at.label,
            f"{before.speed_mps:g} to {at.speed_mps:g} m/s needs {needs_km:.1f} km, "
            f"the leg has {has_km:.1f} km between its turns",
            "a longer leg or a smaller change of speed",
        )
    elif code == track_kernels.TURNS_BACK:
        faults.add(
            at.label,
            f"turn of {abs(math.degrees(legs[row, 4])):.0f}°, of any radius, cannot be flown "
            "inside of the waypoint",
            "two waypoints for it, or an orbit",
        )
    else:
        turns = [
            f"turn of {abs(math.degrees(legs[k, 4])):.0f}° at {plan[k].speed_mps:g} m/s and "
            f"{bank_deg:g}° of bank needs {legs[k, 5] * radius / 1e3:.1f} km {side}"
            for k, side in ((row - 1, f"after {before.label}"), (row, "before the waypoint"))
            if legs[k, 4] != 0.0
        ]
        length_km = legs[row, 3] * radius / 1e3
        faults.add(
            at.label,
            f"{' and '.join(turns)}, the leg has {length_km:.1f} km",
            "a longer leg, a slower speed, more bank or a smaller turn",
        )


def _tell_climb(
    at: Planned, anchors: Floats, wrong: Floats, kind: VehicleType, faults: Faults
) -> None:
    rise = anchors[1, 2] - anchors[0, 2]
    word = "climb" if rise > 0 else "descent"
    faults.add(
        f"{at.label}.height_m",
        f"{word} from {anchors[0, 2]:g} to {anchors[1, 2]:g} m at {anchors[1, 4]:g} m/s needs "
        f"{wrong[1]:.0f} s, the way there takes {wrong[2]:.0f} s",
        f"less {word}, a longer way or a slower flight",
    )
