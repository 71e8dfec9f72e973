"""How high and how fast along the way: climbs and descents of airliners, band by band.

Indicated speed is held in a climb, so that true speed grows with height; rates of climb fall, and
descents are steepest high up.  Shares are of the type's cruising speed, rate of climb and rate of
descent, such that median figures of a common type are those of real recordings
(docs/how-to/flights.md holds both).
"""

from __future__ import annotations

from typing import NamedTuple

from jointsky.world.sphere import course_and_distance, onward
from jointsky.world.types import VehicleType

Place = tuple[float, float]  # latitude, longitude, radians
TOPS_M = (3048.0, 6096.0, 8839.2)  # flight levels 100, 200, 290: bands end here
LIMIT_MPS = 128.6  # below flight level 100 at most 250 knots
SPEEDS = (0.55, 0.71, 0.87, 0.87)
CLIMBS = (1.0, 0.95, 0.75, 0.45)
DESCENTS = (0.28, 0.42, 0.55, 0.32)
ROOM = 1.05  # of a climb over the least
NEAR_M = 6000.0  # of another waypoint: no turn fits between


class Pace(NamedTuple):
    """How one flight is flown: what differs between two of a type."""

    cruise_mps: float
    climb_mps: float  # the greatest, low down
    descent_mps: float  # what the shares of descents are of


class Point(NamedTuple):
    """A waypoint in the making."""

    place: Place
    speed_mps: float
    height_m: float | None = None
    climb_mps: float | None = None


def band_of(height_m: float) -> int:
    """Return the band that a height is in; a band's top belongs to it."""
    return sum(height_m > top for top in TOPS_M)


def speed_at(height_m: float, pace: Pace) -> float:
    """Return the speed in a climb or a descent through a height."""
    if height_m <= TOPS_M[0]:
        return min(LIMIT_MPS, pace.cruise_mps)
    return max(SPEEDS[band_of(height_m)] * pace.cruise_mps, min(LIMIT_MPS, pace.cruise_mps))


def rate_at(height_m: float, pace: Pace, comes: bool) -> float:
    """Return the rate of climb, or of descent for what comes, in the band of a height."""
    shares, most = (DESCENTS, pace.descent_mps) if comes else (CLIMBS, pace.climb_mps)
    return shares[band_of(height_m)] * most


def lengths_m(points: list[Point]) -> list[float]:
    """Return the distance from the first point along the others to each."""
    sums = [0.0]
    for row in range(1, len(points)):
        sums.append(sums[-1] + course_and_distance(points[row - 1].place, points[row].place)[1])
    return sums


def profiled(
    points: list[Point],
    kind: VehicleType,
    pace: Pace,
    heights_m: tuple[float, float],
    comes: bool,
) -> list[Point]:
    """Return points, low to high, with the heights and speeds of each band put among them.

    ``heights_m`` are those of the first point and of the level; what is not reached by the last
    point is cut there.  Places on the way leave room for the climb: it is flown straight.
    """
    low_m, height_m = heights_m
    steps = [top for top in TOPS_M if low_m < top < height_m - 100.0] + [height_m]
    starts = [low_m, *steps[:-1]]
    rates = [rate_at(0.5 * (a + b), pace, comes) for a, b in zip(starts, steps, strict=True)]
    # the rate on the way to a height: of the band below in a climb, above in a descent
    told = [*rates[1:], rates[-1]] if comes else rates
    along, placed = 0.0, []
    for start_m, step_m, rate, tell in zip(starts, steps, rates, told, strict=True):
        speed = speed_at(step_m, pace)
        onset_s = 2.0 * rate / kind.climb_onset_mps2
        along += ROOM * (abs(step_m - start_m) / rate + onset_s) * speed + NEAR_M
        placed.append((along, Point((0.0, 0.0), speed, step_m, tell)))
    slow = placed[-1][1].speed_mps
    changes_m = (pace.cruise_mps**2 - slow**2) / (2.0 * kind.acceleration_mps2)
    points = _cleared(points, placed[-1][0] + changes_m + 2.0 * NEAR_M)
    total_m = lengths_m(points)[-1]
    inside = [one for one in placed if one[0] < total_m - NEAR_M]
    last = points[-1]
    if len(inside) == len(placed):
        has_room = total_m - placed[-1][0] > changes_m + 2.0 * NEAR_M
        speed = last.speed_mps if has_room else placed[-1][1].speed_mps
        last = last._replace(height_m=height_m, speed_mps=speed)
    else:
        last = _unfinished(last, inside, placed[len(inside)], total_m, low_m)
    return _with_steps([*points[:-1], last], inside)


def _cleared(points: list[Point], to_m: float) -> list[Point]:
    """Return points without those on the way that stand in a climb; slow turns stay."""
    sums, slow = lengths_m(points), points[0].speed_mps
    keeps = [
        row in (0, len(points) - 1) or sums[row] > to_m or points[row].speed_mps == slow
        for row in range(len(points))
    ]
    return [point for point, is_kept in zip(points, keeps, strict=True) if is_kept]


def _unfinished(
    last: Point,
    inside: list[tuple[float, Point]],
    missed: tuple[float, Point],
    total_m: float,
    low_m: float,
) -> Point:
    """Return the last point at the height that is reached there on the way to one missed."""
    from_m, base_m = (inside[-1][0], inside[-1][1].height_m) if inside else (0.0, low_m)
    base_m = base_m or 0.0
    share = 0.85 * max(total_m - from_m - NEAR_M, 0.0) / (missed[0] - from_m)
    height_m = base_m + share * ((missed[1].height_m or 0.0) - base_m)
    return last._replace(
        height_m=height_m, climb_mps=missed[1].climb_mps, speed_mps=missed[1].speed_mps
    )


def _with_steps(points: list[Point], steps: list[tuple[float, Point]]) -> list[Point]:
    """Return points with steps put in at their distances; what is near a turn goes further on."""
    sums = lengths_m(points)
    made, row = [points[0]], 1
    for along, step in steps:
        while row < len(points) - 1 and sums[row] < along:
            made.append(points[row])
            row += 1
        before = max(sums[row - 1], 0.0)
        along_m = max(along, before + (NEAR_M if row > 1 else 0.0))
        if row < len(points) - 1 and sums[row] - along_m < NEAR_M:
            made.append(step._replace(place=points[row].place))
            row += 1
            continue
        course, length = course_and_distance(points[row - 1].place, points[row].place)
        way = min(along_m - before, 0.98 * length)
        made.append(step._replace(place=onward(*points[row - 1].place, course, way)))
    return [*made, *points[row:]]
