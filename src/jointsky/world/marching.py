"""Batteries move: packed, on the road, deployed again.

A road is longer than the straight line by a factor; along it a column keeps its mean speed.
"""

from __future__ import annotations

import dataclasses
import math

from jointsky.world.sphere import course_and_distance, onward

PACKING, MARCHING, DEPLOYING, READY = "packing", "marching", "deploying", "ready"


@dataclasses.dataclass(frozen=True)
class Spot:
    """A place on the ground: radians, metres above the ellipsoid."""

    latitude_rad: float
    longitude_rad: float
    height_m: float


@dataclasses.dataclass(frozen=True)
class Pace:
    """How a unit moves; ``road_factor`` is the length of its road to that of the straight line."""

    pack_s: float
    speed_mps: float
    deploy_s: float
    road_factor: float = 1.0


@dataclasses.dataclass(frozen=True)
class March:
    """A unit on its way from one place to another.  All times are POSIX seconds, UTC."""

    begin: Spot
    end: Spot
    begin_s: float
    leaves_s: float
    arrives_s: float
    ready_s: float

    def phase(self, now_s: float) -> str:
        """Return packing, marching, deploying or ready."""
        if now_s < self.leaves_s:
            return PACKING
        if now_s < self.arrives_s:
            return MARCHING
        return DEPLOYING if now_s < self.ready_s else READY

    def spot(self, now_s: float) -> Spot:
        """Return where the unit is: along the straight line, as far as it has come on the road."""
        if now_s <= self.leaves_s:
            return self.begin
        if now_s >= self.arrives_s:
            return self.end
        share = (now_s - self.leaves_s) / (self.arrives_s - self.leaves_s)
        course, away_m = course_and_distance(_place(self.begin), _place(self.end))
        latitude, longitude = onward(*_place(self.begin), course, share * away_m)
        height_m = self.begin.height_m + share * (self.end.height_m - self.begin.height_m)
        return Spot(latitude, longitude, height_m)


def march(begin: Spot, end: Spot, begin_s: float, pace: Pace) -> March:
    """Return a march that begins at a time; with a speed of 0 it never leaves."""
    leaves_s = begin_s + pace.pack_s
    _, away_m = course_and_distance(_place(begin), _place(end))
    road_s = 0.0
    if away_m > 0.0:
        road_s = pace.road_factor * away_m / pace.speed_mps if pace.speed_mps > 0.0 else math.inf
    arrives_s = leaves_s + road_s
    return March(begin, end, begin_s, leaves_s, arrives_s, arrives_s + pace.deploy_s)


def turned(one: March, end: Spot, now_s: float, pace: Pace) -> March:
    """Return the march of a unit that is told to go elsewhere while it is under way.

    Who is on the road turns there; who packs goes on packing, or stays if it is to stay.
    """
    spot, phase = one.spot(now_s), one.phase(now_s)
    left_s = {PACKING: max(one.leaves_s - now_s, 0.0), MARCHING: 0.0}.get(phase, pace.pack_s)
    if phase == PACKING and _place(spot) == _place(end):
        left_s = 0.0
    return march(spot, end, now_s, dataclasses.replace(pace, pack_s=left_s))


def _place(spot: Spot) -> tuple[float, float]:
    return spot.latitude_rad, spot.longitude_rad
