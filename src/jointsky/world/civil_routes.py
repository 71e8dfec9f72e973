"""Routes of civil flights: how an airliner leaves, crosses and comes to a region."""

from __future__ import annotations

import math

import numpy as np

from jointsky.world.civil_profile import LIMIT_MPS, Pace, Place, Point, profiled
from jointsky.world.flights import Route, Runway, Waypoint
from jointsky.world.planning import FINAL_S, GLIDE_RAD, climb_out, slow_mps
from jointsky.world.sphere import course_and_distance, onward
from jointsky.world.traffic import Airport, Gate
from jointsky.world.types import VehicleType

TURN_AT_MOST_RAD = math.radians(80.0)
MANOEUVRE_S = 110.0  # between the turns of a departure or an approach
LOWER_TRIES = 8
THOUSAND_FEET_M = 304.8
BESIDE_ENDS = 0.15  # share of the way that keeps straight at each end


def runway_of(airport: Airport) -> Runway:
    """Return the runway in use."""
    return Runway(
        latitude_deg=airport.latitude_deg,
        longitude_deg=airport.longitude_deg,
        heading_deg=airport.runway_heading_deg,
        height_m=airport.height_m,
    )


def place_of(thing: Airport | Gate) -> Place:
    """Return latitude and longitude in radians of an airport or a gate."""
    return math.radians(thing.latitude_deg), math.radians(thing.longitude_deg)


def bends(begin: Place, course_rad: float, target: Place, step_m: float) -> list[Place]:
    """Return places that lead from a course to a target by turns of at most 80 degrees."""
    places: list[Place] = []
    place, course = begin, course_rad
    for _ in range(4):
        wanted, _ = course_and_distance(place, target)
        turn = math.remainder(wanted - course, 2.0 * math.pi)
        if abs(turn) <= TURN_AT_MOST_RAD:
            break
        course += math.copysign(TURN_AT_MOST_RAD, turn)
        place = onward(*place, course, step_m)
        places.append(place)
    return places


def wandering(begin: Place, end: Place, spread_m: float, draws: np.random.Generator) -> list[Place]:
    """Return places between two, off the straight line as airways and controllers lead."""
    course, distance = course_and_distance(begin, end)
    count = min(int(distance // 120e3), 3)
    sides = draws.standard_normal(3)[:count] * spread_m
    places = []
    for number, side in enumerate(sides):
        share = BESIDE_ENDS + (1.0 - 2.0 * BESIDE_ENDS) * (number + 0.5) / count
        on_way = onward(*begin, course, share * distance)
        most = 0.15 * distance / count  # turns stay below about 35 degrees
        places.append(onward(*on_way, course + 0.5 * math.pi, max(-most, min(most, side))))
    return places


def outward(
    airport: Airport, kind: VehicleType, way: list[Place], pace: Pace, height_m: float, comes: bool
) -> list[Point]:
    """Return the points from an airport's last straight along a way, low to high, outward.

    The first is where the climb straight ahead ends, or where the final approach begins: it is
    left out.  For a flight that ``comes`` the caller turns them round.  At the end of the way
    the height is ``height_m`` or what is reached up to there.
    """
    slow, runway = slow_mps(kind), math.radians(airport.runway_heading_deg)
    if comes:
        runway, straight_m = runway + math.pi, FINAL_S * slow
        base_m, speed = straight_m * math.tan(GLIDE_RAD), 1.4 * slow
    else:
        run_m, out_m, _ = climb_out(kind, pace.cruise_mps)
        straight_m, base_m, speed = run_m + out_m, 0.0, 1.6 * slow
    base_m += airport.height_m or 0.0
    speed = min(speed, LIMIT_MPS, pace.cruise_mps)
    begin = onward(*place_of(airport), runway, straight_m)
    turns = bends(begin, runway, way[0], MANOEUVRE_S * speed)
    points = [Point(begin, speed), *(Point(place, speed) for place in turns)]
    points += [Point(place, pace.cruise_mps) for place in way]
    return profiled(points, kind, pace, (base_m, height_m), comes)[1:]


def airline_route(
    begin: Airport | Gate,
    end: Airport | Gate,
    kind: VehicleType,
    pace: Pace,
    height_m: float,
    spread_m: float,
    draws: np.random.Generator,
) -> Route:
    """Return the route of a flight by instruments between two airports or gates."""
    a, b = place_of(begin), place_of(end)
    takeoff = begin if isinstance(begin, Airport) else None
    landing = end if isinstance(end, Airport) else None
    way = wandering(a, b, spread_m, draws)
    if takeoff and landing:
        middle = way[len(way) // 2] if way else onward(*a, *_halves(a, b))
        for _ in range(LOWER_TRIES):
            out = outward(takeoff, kind, [middle], pace, height_m, False)
            back = outward(landing, kind, [middle], pace, height_m, True)
            reached_m = min(out[-1].height_m or 0.0, back[-1].height_m or 0.0)
            if reached_m >= height_m:
                break
            height_m = math.floor(reached_m / THOUSAND_FEET_M) * THOUSAND_FEET_M
        slower_mps = min(out[-1].speed_mps, back[-1].speed_mps)
        points = [*out[:-1], out[-1]._replace(speed_mps=slower_mps), *back[:-1][::-1]]
    elif takeoff:
        points = outward(takeoff, kind, [*way, b], pace, height_m, False)
    elif landing:
        points = outward(landing, kind, [*way[::-1], a], pace, height_m, True)[::-1]
    else:
        points = [Point(place, pace.cruise_mps) for place in (a, *way, b)]
        points[0] = points[0]._replace(height_m=height_m)
    return route_of(points, takeoff, landing, pace.cruise_mps)


def _halves(a: Place, b: Place) -> tuple[float, float]:
    course, distance = course_and_distance(a, b)
    return course, 0.5 * distance


def route_of(
    points: list[Point], takeoff: Airport | None, landing: Airport | None, first_mps: float
) -> Route:
    """Return points as a declared route."""
    return Route(
        waypoints=tuple(
            Waypoint(
                latitude_deg=math.degrees(p.place[0]),
                longitude_deg=math.degrees(p.place[1]),
                height_m=p.height_m,
                speed_mps=p.speed_mps,
                climb_mps=p.climb_mps,
            )
            for p in points
        ),
        speed_mps=first_mps,
        takeoff=runway_of(takeoff) if takeoff else None,
        landing=runway_of(landing) if landing else None,
    )
