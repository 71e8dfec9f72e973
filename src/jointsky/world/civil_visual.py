"""Flights by sight: light aircraft and helicopters about an aerodrome."""

from __future__ import annotations

import math

import numpy as np

from jointsky.world.civil_profile import Point
from jointsky.world.civil_routes import place_of, runway_of
from jointsky.world.flights import Route, Waypoint
from jointsky.world.sphere import onward
from jointsky.world.traffic import Airport
from jointsky.world.types import VehicleType

LOW_M, HIGH_M = 300.0, 900.0  # above the ground
NEAR_S, FAR_S = 240.0, 900.0  # flight to the turning points of a round
SPACING_M = 500.0


def visual_route(
    airport: Airport, kind: VehicleType, has_terrain: bool, draws: np.random.Generator
) -> Route:
    """Return a round: off the runway, past four places, and back to it.

    Heights follow the ground where there is terrain; else they are above the aerodrome.
    """
    speed = kind.speed_cruise_mps * float(draws.uniform(0.85, 1.0))
    speed = max(speed, 1.2 * kind.speed_min_mps)
    above_m = float(draws.uniform(LOW_M, HIGH_M))
    side = -1.0 if draws.random() < 0.5 else 1.0
    far_s = float(draws.uniform(NEAR_S, FAR_S))
    above_m = min(above_m, 100.0 + 0.3 * far_s * kind.descent_mps)  # to come down on the last leg
    heading = math.radians(airport.runway_heading_deg)
    place = place_of(airport)
    # a round to one side of the runway: bearings ahead, abeam, behind, then a final approach
    bearings = (0.25, 0.5, 0.75) + 0.08 * draws.uniform(-1.0, 1.0, 3)
    stretch = draws.uniform(0.6, 1.0, 3)
    points = [
        Point(onward(*place, heading + side * math.pi * b, far_s * s * speed), speed)
        for b, s in zip(bearings, stretch, strict=True)
    ]
    back = onward(*place, heading + math.pi, 0.5 * far_s * speed)
    turn = onward(*back, heading + side * 0.5 * math.pi, 0.25 * far_s * speed)
    points.append(Point(turn, speed))
    base_m = 0.0 if has_terrain else airport.height_m or 0.0
    runway = runway_of(airport)
    return Route(
        waypoints=tuple(
            Waypoint(
                latitude_deg=math.degrees(p.place[0]),
                longitude_deg=math.degrees(p.place[1]),
                height_m=base_m + above_m,
                speed_mps=p.speed_mps,
            )
            for p in points
        ),
        height_above="ground" if has_terrain else "sea",
        speed_mps=speed,
        takeoff=runway,
        landing=runway,
        terrain_spacing_m=SPACING_M,
    )
