"""Routes of civil flights: how an airliner leaves, crosses and comes to a region."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np

from jointsky.world.flights import Route, Runway, Waypoint
from jointsky.world.planning import FINAL_S, GLIDE_RAD, climb_out, slow_mps
from jointsky.world.sphere import course_and_distance, onward
from jointsky.world.traffic import Airport, Gate
from jointsky.world.types import VehicleType

Place = tuple[float, float]  # latitude, longitude, radians
LIMIT_M, LIMIT_MPS = 3048.0, 128.6  # below flight level 100 at most 250 knots
TURN_AT_MOST_RAD = math.radians(80.0)
MANOEUVRE_S = 110.0  # between the turns of a departure or an approach
ROOM = 1.15  # of a climb over the least
NEAR_M = 6000.0  # of another waypoint: no turn fits between
BESIDE_ENDS = 0.15  # share of the way that keeps straight at each end


class Pace(NamedTuple):
    """How one flight is flown: what differs between two of a type."""

    cruise_mps: float
    climb_low_mps: float
    climb_high_mps: float
    descent_mps: float


class Point(NamedTuple):
    """A waypoint in the making."""

    place: Place
    speed_mps: float
    height_m: float | None = None
    climb_mps: float | None = None


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


def lengths_m(places: list[Place]) -> list[float]:
    """Return the distance from the first place along the others to each."""
    sums = [0.0]
    for a, b in itertools.pairwise(places):
        sums.append(sums[-1] + course_and_distance(a, b)[1])
    return sums


def climb_m(rise_m: float, rate_mps: float, speed_mps: float, kind: VehicleType) -> float:
    """Return the way that a change of height takes, with room to change speed."""
    return ROOM * (abs(rise_m) / rate_mps + 2.0 * rate_mps / kind.climb_onset_mps2) * speed_mps


def put_at(points: list[Point], along_m: float, new: Point) -> list[Point]:
    """Return points with one more at a distance along; a later one that is near is taken instead.

    What is near an earlier one goes further on, so that the turn there has room.
    """
    sums = lengths_m([p.place for p in points])
    row = next(k for k in range(1, len(points)) if sums[k] >= along_m or k == len(points) - 1)
    along_m = max(along_m, sums[row - 1] + (NEAR_M if row > 1 else 0.0))
    if row < len(points) - 1 and sums[row] - along_m < NEAR_M:
        return [*points[:row], new._replace(place=points[row].place), *points[row + 1 :]]
    course, length = course_and_distance(points[row - 1].place, points[row].place)
    step = min(along_m - sums[row - 1], 0.98 * length)
    place = onward(*points[row - 1].place, course, step)
    return [*points[:row], new._replace(place=place), *points[row:]]


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
        low, high = pace.descent_mps, pace.descent_mps
    else:
        run_m, out_m, _ = climb_out(kind, pace.cruise_mps)
        straight_m, base_m, speed = run_m + out_m, 0.0, 1.6 * slow
        low, high = pace.climb_low_mps, pace.climb_high_mps
    base_m += airport.height_m or 0.0
    speed = min(speed, LIMIT_MPS, pace.cruise_mps)
    begin = onward(*place_of(airport), runway, straight_m)
    turns = bends(begin, runway, way[0], MANOEUVRE_S * speed)
    points = [Point(begin, speed), *(Point(place, speed) for place in turns)]
    points += [Point(place, pace.cruise_mps) for place in way]
    return _profiled(points, kind, pace, (base_m, height_m), (low, high))[1:]


def _profiled(
    points: list[Point],
    kind: VehicleType,
    pace: Pace,
    heights_m: tuple[float, float],
    rates_mps: tuple[float, float],
) -> list[Point]:
    """Return points with the heights of a climb: slow below the limit, then at cruising speed."""
    (base_m, height_m), (low, high) = heights_m, rates_mps
    slow, done_m, low_m = min(LIMIT_MPS, pace.cruise_mps), 0.0, base_m
    total_m = lengths_m([p.place for p in points])[-1]
    if height_m > LIMIT_M > base_m:
        done_m = climb_m(LIMIT_M - base_m, low, slow, kind)
        changes_m = (pace.cruise_mps**2 - slow**2) / (2.0 * kind.acceleration_mps2)
        points = _without(points, done_m - NEAR_M, done_m + changes_m + 2.0 * NEAR_M)
        total_m = lengths_m([p.place for p in points])[-1]
        if done_m < total_m - NEAR_M:
            points = put_at(points, done_m, Point((0.0, 0.0), slow, LIMIT_M, low))
            low_m = LIMIT_M
            done_m += 2.0 * NEAR_M
        else:
            height_m, high = LIMIT_M - 1.0, low
    rate = high if low_m == LIMIT_M else low
    level_m = done_m + climb_m(height_m - low_m, rate, pace.cruise_mps, kind)
    if level_m < total_m - NEAR_M:
        points = put_at(points, level_m, Point((0.0, 0.0), pace.cruise_mps, height_m, rate))
        return [*points[:-1], points[-1]._replace(height_m=height_m, climb_mps=rate)]
    share = max((total_m - done_m) / (level_m - done_m), 0.0) * 0.9
    reached_m = low_m + min(share, 1.0) * (height_m - low_m)
    return [*points[:-1], points[-1]._replace(height_m=reached_m, climb_mps=rate)]


def _without(points: list[Point], from_m: float, to_m: float) -> list[Point]:
    """Return points but those between two distances along, where the speed changes."""
    sums = lengths_m([p.place for p in points])
    last = len(points) - 1
    return [p for row, p in enumerate(points) if row in (0, last) or not from_m < sums[row] < to_m]


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
        out = outward(takeoff, kind, [middle], pace, height_m, False)
        back = outward(landing, kind, [middle], pace, height_m, True)
        top_m = min(out[-1].height_m or 0.0, back[-1].height_m or 0.0)
        out[-1] = out[-1]._replace(height_m=top_m)
        points = [*_capped(out, top_m), *_capped(back[:-1], top_m)[::-1]]
    elif takeoff:
        points = outward(takeoff, kind, [*way, b], pace, height_m, False)
    elif landing:
        points = outward(landing, kind, [*way[::-1], a], pace, height_m, True)[::-1]
    else:
        points = [Point(place, pace.cruise_mps) for place in (a, *way, b)]
        points[0] = points[0]._replace(height_m=height_m)
    return route_of(points, takeoff, landing, pace.cruise_mps)


def _capped(points: list[Point], top_m: float) -> list[Point]:
    """Return points none of which is higher than the top of the flight."""
    return [
        p if p.height_m is None else p._replace(height_m=min(p.height_m, top_m)) for p in points
    ]


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
