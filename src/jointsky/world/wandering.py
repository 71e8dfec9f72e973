"""Wandering: the way of birds, and of people who look for something, as legs drawn at random."""

from __future__ import annotations

import math

import numpy as np

from jointsky.declare import Faults
from jointsky.streams import stream
from jointsky.world.flights import Flight, Route, Wander, Waypoint
from jointsky.world.planning import check_height, check_speed
from jointsky.world.sphere import course_and_distance, onward
from jointsky.world.track import GRAVITY_MPS2
from jointsky.world.types import VehicleType

SHARPEST_RAD = math.radians(110.0)  # turn at the end of a leg
_BANK_SHARE = 0.7  # of the type's greatest: nothing wanders at its limit
_ROOM = 2.0 * math.tan(SHARPEST_RAD / 2.0) * 1.1  # radii of turn that a leg must have at least
_TRIES = 12


def settled(
    flight: Flight, kind: VehicleType, seed: int, name: str, lasts_s: float, faults: Faults
) -> Flight | None:
    """Return a flight with its wandering drawn as a route; None where faults forbid it."""
    if not isinstance(flight, Wander):
        return flight
    return wandered(flight, kind, seed, name, lasts_s, faults)


def wandered(
    flight: Wander, kind: VehicleType, seed: int, name: str, lasts_s: float, faults: Faults
) -> Route | None:
    """Return the route of something that wanders for a time.

    A correlated random walk (Kareiva and Shigesada, "Analyzing insect movement as a correlated
    random walk", Oecologia 56, 1983): lengths of legs are exponential about ``leg_m`` beyond what
    two turns need, changes of course normal with ``turn_deg``; a leg that would lead out of the
    circle is drawn again, and at last turned towards the centre.  Hangs on seed and name only; a
    longer time makes more legs and changes none.
    """
    known = len(faults.kept)
    speed = flight.speed_mps or kind.speed_cruise_mps
    check_speed(speed, kind, faults, "speed_mps")
    check_height(flight.height_max_m, kind, faults, "height_max_m")
    if flight.height_min_m > flight.height_max_m:
        wanted = f"at most height_max_m ({flight.height_max_m:g})"
        faults.add("height_min_m", f"{flight.height_min_m:g} m", wanted)
    bank = math.radians(kind.bank_max_deg * _BANK_SHARE)
    least_m = _ROOM * speed * speed / (GRAVITY_MPS2 * math.tan(bank))
    if least_m > flight.radius_m / 2.0:
        found = f"{flight.radius_m:g} m at {speed:g} m/s"
        faults.add("radius_m", found, f"at least {2.0 * least_m:.0f} m, for the turns there")
    if len(faults.kept) > known:
        return None
    rng = stream(seed, "wander", name)
    centre = math.radians(flight.latitude_deg), math.radians(flight.longitude_deg)
    bearing, share = 2.0 * math.pi * rng.random(), rng.random()
    at = onward(*centre, bearing, 0.7 * flight.radius_m * math.sqrt(share))
    course = 2.0 * math.pi * rng.random()
    height = flight.height_min_m + (flight.height_max_m - flight.height_min_m) * rng.random()
    waypoints = [_waypoint(at, height)]
    flown_m = 0.0
    while flown_m <= speed * lasts_s * 1.3 + flight.radius_m:  # turns cut the corners
        at, course, leg_m = _leg(flight, rng, at, course, centre, least_m)
        flown_m += leg_m
        drawn = flight.height_min_m + (flight.height_max_m - flight.height_min_m) * rng.random()
        most_m = 0.4 * min(kind.climb_mps, kind.descent_mps) * leg_m / speed
        height += max(-most_m, min(most_m, drawn - height))
        waypoints.append(_waypoint(at, height))
    return Route(
        waypoints=tuple(waypoints),
        height_above=flight.height_above,
        speed_mps=speed,
        bank_deg=kind.bank_max_deg * _BANK_SHARE,
    )


def _waypoint(at: tuple[float, float], height_m: float) -> Waypoint:
    latitude, longitude = (math.degrees(angle) for angle in at)
    return Waypoint(latitude_deg=latitude, longitude_deg=longitude, height_m=height_m, climb="even")


def _leg(
    flight: Wander,
    rng: np.random.Generator,
    at: tuple[float, float],
    course: float,
    centre: tuple[float, float],
    least_m: float,
) -> tuple[tuple[float, float], float, float]:
    """Return the end of the next leg, its course and its length."""
    for attempt in range(_TRIES):
        spread, length = rng.standard_normal(), rng.standard_exponential()
        turn = max(-SHARPEST_RAD, min(SHARPEST_RAD, math.radians(flight.turn_deg) * spread))
        leg_m = least_m + flight.leg_m * length * 0.5 ** (attempt // 4)
        end = onward(*at, course + turn, leg_m)
        if course_and_distance(centre, end)[1] <= flight.radius_m:
            return end, course + turn, leg_m
    home = course_and_distance(at, centre)[0]
    turn = math.remainder(home - course, 2.0 * math.pi)
    turn = max(-SHARPEST_RAD, min(SHARPEST_RAD, turn))
    return onward(*at, course + turn, least_m), course + turn, least_m
