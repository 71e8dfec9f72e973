"""Orbits and hovering as paths: circles, racetracks and standing still."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from jointsky.declare import Faults
from jointsky.world.climb_kernels import CLIMB_COLUMNS
from jointsky.world.flights import Hover, Orbit
from jointsky.world.planning import check_height, check_speed
from jointsky.world.sphere import radius_m, vertical
from jointsky.world.track import GRAVITY_MPS2, Path
from jointsky.world.track_kernels import ARC_COLUMNS
from jointsky.world.types import VehicleType

Floats = npt.NDArray[np.float64]


def _level(height_m: float, lasts_s: float) -> Floats:
    climbs = np.zeros((1, CLIMB_COLUMNS))
    climbs[0, 1:3] = lasts_s, height_m
    return climbs


def _arc(lasts_s: float, centre: Floats, begins: Floats, ahead: Floats, rate: float) -> Floats:
    """Return one arc about a centre from a point, in a direction of unit length."""
    arc = np.zeros(ARC_COLUMNS)
    aside = (begins @ centre) * centre
    arc[1], arc[2:5], arc[5:8] = lasts_s, aside, begins - aside
    arc[8:11], arc[11] = ahead * np.linalg.norm(begins - aside), rate
    return arc


def orbit(flight: Orbit, kind: VehicleType, lasts_s: float, faults: Faults) -> Path | None:
    """Return the path of an orbit; ``lasts_s`` is for one that no number of turns ends.

    What asks for more bank or another speed or height than the type has is a fault.
    """
    speed = flight.speed_mps or kind.speed_cruise_mps
    check_speed(speed, kind, faults, "speed_mps")
    check_height(flight.height_m, kind, faults, "height_m")
    bank_deg = math.degrees(math.atan2(speed * speed, GRAVITY_MPS2 * flight.radius_m))
    if bank_deg > kind.bank_max_deg * (1.0 + 1e-9):
        least_m = speed * speed / (GRAVITY_MPS2 * math.tan(math.radians(kind.bank_max_deg)))
        faults.add(
            "radius_m",
            f"{flight.radius_m:g} m at {speed:g} m/s is {bank_deg:.0f}° of bank",
            f"at least {least_m:.0f} m, {kind.bank_max_deg:g}° of bank",
        )
        return None
    sphere_m = radius_m(math.radians(flight.latitude_deg), flight.height_m)
    if flight.leg_m == 0.0:
        arcs, round_s = _circle(flight, speed / sphere_m, sphere_m)
    else:
        arcs, round_s = _racetrack(flight, speed / sphere_m, sphere_m)
    total = lasts_s if flight.turns is None else flight.turns * round_s
    laps = _repeated(arcs, round_s, total)
    return Path(laps, _level(flight.height_m, total))


def _circle(flight: Orbit, rate: float, sphere_m: float) -> tuple[Floats, float]:
    """Return one whole circle; it begins ``axis_deg`` from the centre, and its time."""
    latitude, longitude = math.radians(flight.latitude_deg), math.radians(flight.longitude_deg)
    centre = np.array(vertical(latitude, longitude))
    side = 1.0 if flight.turning == "right" else -1.0
    radius = flight.radius_m / sphere_m
    bearing = math.radians(flight.axis_deg)
    outward = _course(latitude, longitude, bearing)
    begins = math.cos(radius) * centre + math.sin(radius) * outward
    ahead = side * _course(latitude, longitude, bearing + 0.5 * math.pi)
    turning = rate / math.sin(radius)
    round_s = 2.0 * math.pi / turning
    return _arc(round_s, centre, begins, ahead, turning)[None], round_s


def _racetrack(flight: Orbit, rate: float, sphere_m: float) -> tuple[Floats, float]:
    """Return a round of two great circles that touch two small circles, and its time.

    The pole p of a great circle that passes both centres at the radius r, on one side, has
    p·c = sin r for both: p = sin r (c1 + c2) / (1 + c1·c2) + k (c1 x c2), |p| = 1.
    """
    latitude, longitude = math.radians(flight.latitude_deg), math.radians(flight.longitude_deg)
    axis, half = math.radians(flight.axis_deg), 0.5 * flight.leg_m / sphere_m
    middle, along = np.array(vertical(latitude, longitude)), _course(latitude, longitude, axis)
    centres = [math.cos(half) * middle + s * math.sin(half) * along for s in (-1.0, 1.0)]
    radius = flight.radius_m / sphere_m
    across = np.cross(centres[0], centres[1])
    across /= np.linalg.norm(across)
    shared = math.sin(radius) * (centres[0] + centres[1]) / (1.0 + centres[0] @ centres[1])
    # flying from the first to the second centre the turns are to the right if they lie there
    side = 1.0 if flight.turning == "right" else -1.0
    upright = math.sqrt(max(1.0 - float(shared @ shared), 0.0))
    poles = [-side * shared + upright * across, -side * shared - upright * across]
    arcs, begin = [], 0.0
    for leg, pole in enumerate(poles):
        start, end = (
            (centres[leg] + side * math.sin(radius) * pole) / math.cos(radius),
            (centres[1 - leg] + side * math.sin(radius) * pole) / math.cos(radius),
        )
        length = math.atan2(float(np.linalg.norm(np.cross(start, end))), float(start @ end))
        straight = _arc(length / rate, np.zeros(3), start, np.cross(pole, start), rate)
        centre, ahead = centres[1 - leg], np.cross(pole, end)
        after = (centre + side * math.sin(radius) * poles[1 - leg]) / math.cos(radius)
        turn = _turned(centre, end, ahead, after)
        bend = _arc(turn * math.sin(radius) / rate, centre, end, ahead, rate / math.sin(radius))
        for arc in (straight, bend):
            arc[0] = begin
            begin += arc[1]
            arcs.append(arc)
    return np.array(arcs), begin


def _turned(centre: Floats, begins: Floats, ahead: Floats, ends: Floats) -> float:
    """Return the angle about a centre from one point on a circle on to another, in (0, 2 pi]."""
    out = begins - (begins @ centre) * centre
    size = np.linalg.norm(out)
    angle = math.atan2(float(ends @ ahead) * float(size), float(ends @ out))
    return angle if angle > 0.0 else angle + 2.0 * math.pi


def _repeated(arcs: Floats, round_s: float, total_s: float) -> Floats:
    """Return rounds of arcs one after another, the last one cut at the end."""
    if len(arcs) == 1:
        arcs[0, 1] = total_s
        return arcs
    rounds = max(math.ceil(total_s / round_s - 1e-9), 1)
    laps = np.tile(arcs, (rounds, 1))
    laps[:, 0] += np.repeat(np.arange(rounds) * round_s, len(arcs))
    laps = laps[laps[:, 0] < total_s]
    laps[:, 1] = np.minimum(laps[:, 1], total_s - laps[:, 0])
    return np.ascontiguousarray(laps)


def _course(latitude_rad: float, longitude_rad: float, course_rad: float) -> Floats:
    """Return the horizontal unit vector of a course at a place."""
    north = np.array(vertical(latitude_rad + 0.5 * math.pi, longitude_rad))
    east = np.array([-math.sin(longitude_rad), math.cos(longitude_rad), 0.0])
    return math.cos(course_rad) * north + math.sin(course_rad) * east


def hover(flight: Hover, kind: VehicleType, lasts_s: float, faults: Faults) -> Path | None:
    """Return the path of something that stands at one place."""
    on_ground = flight.height_above == "ground" and flight.height_m <= 0.0
    if not kind.hovers and kind.domain != "ground" and not on_ground:
        faults.add("kind", f"hover, but {kind.name} cannot stand in the air", "an orbit or a route")
        return None
    check_height(flight.height_m, kind, faults, "height_m")
    total = lasts_s if flight.duration_s is None else flight.duration_s
    arc = np.zeros((1, ARC_COLUMNS))
    arc[0, 1] = total
    latitude, longitude = math.radians(flight.latitude_deg), math.radians(flight.longitude_deg)
    arc[0, 2:5] = vertical(latitude, longitude)
    return Path(arc, _level(flight.height_m, total))
