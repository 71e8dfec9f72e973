"""Routes become rows of planned waypoints: take-off, laps and landing are written out."""

from __future__ import annotations

import math
from typing import NamedTuple

from jointsky.declare import Faults
from jointsky.earth.terrain import HeightGrid, height_at
from jointsky.world.flights import Route, Runway, Waypoint
from jointsky.world.sphere import onward
from jointsky.world.types import VehicleType

MODES = {"auto": 0, "early": 1, "late": 2, "even": 3}
FLIES_SLOWLY = 1.1  # speed of lift-off, approach and touch-down over the slowest in the air
CLIMBS_OUT_S = 40.0  # straight ahead after lift-off, before the first turn
FINAL_S = 120.0  # straight and on the glide path before touch-down
GLIDE_RAD = math.radians(3.0)
VERTICAL_M = 30.0  # height to and from which what hovers rises and sinks on the spot


class Planned(NamedTuple):
    """One waypoint as it will be flown; ``label`` is its path in the declaration."""

    label: str
    latitude_rad: float
    longitude_rad: float
    height_m: float  # NaN: what the climb gives
    speed_mps: float  # 0 at a stop
    leg_speed_mps: float  # on the way here, where both ends are slower
    mode: int = 0
    climb_mps: float = math.nan  # allowed on the way here; NaN: the type's
    wait_s: float = -1.0  # negative: does not stop
    circles: int = 0


def planned(route: Route, kind: VehicleType, terrain: HeightGrid, faults: Faults) -> list[Planned]:
    """Return all waypoints of a route; what is outside the type's limits is a fault."""
    speed = route.speed_mps or kind.speed_cruise_mps
    check_speed(speed, kind, faults, "speed_mps")
    plan: list[Planned] = []
    if route.takeoff is not None:
        plan += _takeoff(route, route.takeoff, kind, terrain, speed)
    for lap in range(route.laps):
        for index, waypoint in enumerate(route.waypoints):
            under = faults.under(f"waypoints[{index}]")
            if lap == 0:
                _check(waypoint, kind, under)
            speed = waypoint.speed_mps or speed
            plan.append(_waypoint(f"waypoints[{index}]", waypoint, speed, kind))
    if route.landing is not None:
        plan += _landing(route, route.landing, kind, terrain, speed)
    if math.isnan(plan[0].height_m):
        faults.add("waypoints[0].height_m", "none", "a height: there is none before to keep")
    return plan


def check_speed(speed_mps: float, kind: VehicleType, faults: Faults, path: str) -> None:
    """Add a fault where a speed is outside what the type can fly."""
    if not kind.speed_min_mps <= speed_mps <= kind.speed_max_mps:
        faults.add(
            path,
            f"{speed_mps:g} m/s",
            f"{kind.speed_min_mps:g} to {kind.speed_max_mps:g} m/s, the speeds of {kind.name}",
        )


def check_height(height_m: float, kind: VehicleType, faults: Faults, path: str) -> None:
    """Add a fault where a height is above the type's ceiling."""
    if height_m > kind.ceiling_m:
        faults.add(
            path, f"{height_m:g} m", f"at most {kind.ceiling_m:g} m, the ceiling of {kind.name}"
        )


def _check(waypoint: Waypoint, kind: VehicleType, faults: Faults) -> None:
    if waypoint.speed_mps is not None:
        check_speed(waypoint.speed_mps, kind, faults, "speed_mps")
    if waypoint.height_m is not None:
        check_height(waypoint.height_m, kind, faults, "height_m")
    if waypoint.wait_s is not None and not kind.hovers:
        faults.add(
            "wait_s", f"{waypoint.wait_s:g} s", f"none: {kind.name} cannot hover", "use circles"
        )
    if waypoint.wait_s is not None and waypoint.circles:
        faults.add("circles", f"{waypoint.circles} circles at a stop", "either of both")
    steepest_mps = max(kind.climb_mps, kind.descent_mps)
    if waypoint.climb_mps is not None and waypoint.climb_mps > steepest_mps:
        faults.add(
            "climb_mps",
            f"{waypoint.climb_mps:g} m/s",
            f"at most {steepest_mps:g} m/s, the rate of {kind.name}",
        )


def _waypoint(label: str, waypoint: Waypoint, speed_mps: float, kind: VehicleType) -> Planned:
    stops = waypoint.wait_s is not None and kind.hovers
    return Planned(
        label,
        math.radians(waypoint.latitude_deg),
        math.radians(waypoint.longitude_deg),
        math.nan if waypoint.height_m is None else waypoint.height_m,
        0.0 if stops else speed_mps,
        speed_mps,
        MODES[waypoint.climb],
        math.nan if waypoint.climb_mps is None else waypoint.climb_mps,
        waypoint.wait_s if stops and waypoint.wait_s is not None else -1.0,
        0 if stops else waypoint.circles,
    )


def _base_m(route: Route, runway: Runway, terrain: HeightGrid) -> float:
    """Return the height of a runway as the route counts heights."""
    if route.height_above == "ground":
        return 0.0
    if runway.height_m is not None:
        return runway.height_m
    latitude, longitude = math.radians(runway.latitude_deg), math.radians(runway.longitude_deg)
    return float(height_at(terrain, latitude, longitude))


def slow_mps(kind: VehicleType) -> float:
    """Return the speed of lift-off, approach and touch-down."""
    return min(FLIES_SLOWLY * kind.speed_min_mps, kind.speed_max_mps)


def climb_out(kind: VehicleType, cruise_mps: float) -> tuple[float, float, float]:
    """Return metres of the take-off run, of the climb straight ahead, and the speed at its end."""
    slow = slow_mps(kind)
    out_mps = min(1.3 * slow, max(cruise_mps, slow))
    speeds_up_m = (out_mps**2 - slow**2) / kind.acceleration_mps2
    run_m = slow * slow / (2.0 * kind.acceleration_mps2)
    return run_m, CLIMBS_OUT_S * out_mps + 2.0 * speeds_up_m, out_mps


def _takeoff(
    route: Route, runway: Runway, kind: VehicleType, terrain: HeightGrid, cruise_mps: float
) -> list[Planned]:
    """Return the run, the lift-off and the end of the climb straight ahead."""
    latitude, longitude = math.radians(runway.latitude_deg), math.radians(runway.longitude_deg)
    base_m = _base_m(route, runway, terrain)
    start = Planned("takeoff", latitude, longitude, base_m, 0.0, cruise_mps, wait_s=0.0)
    if kind.hovers:
        return [start, start._replace(height_m=base_m + VERTICAL_M)]
    run_m, out_m, out_mps = climb_out(kind, cruise_mps)
    speed = slow_mps(kind)
    heading = math.radians(runway.heading_deg)
    lifts = onward(latitude, longitude, heading, run_m * (1.0 + 1e-6))
    turns = onward(latitude, longitude, heading, run_m + out_m)
    return [
        start,
        Planned("takeoff", *lifts, base_m, speed, speed),
        Planned("takeoff", *turns, math.nan, out_mps, out_mps),
    ]


def _landing(
    route: Route, runway: Runway, kind: VehicleType, terrain: HeightGrid, cruise_mps: float
) -> list[Planned]:
    """Return the point where the final approach begins, touch-down, and the end of the run."""
    latitude, longitude = math.radians(runway.latitude_deg), math.radians(runway.longitude_deg)
    base_m = _base_m(route, runway, terrain)
    if kind.hovers:
        above = Planned(
            "landing", latitude, longitude, base_m + VERTICAL_M, 0.0, cruise_mps, wait_s=0.0
        )
        return [above, above._replace(height_m=base_m)]
    speed = slow_mps(kind)
    heading = math.radians(runway.heading_deg)
    final_m = FINAL_S * speed
    run_m = speed * speed / (2.0 * kind.acceleration_mps2)
    final = onward(latitude, longitude, heading + math.pi, final_m)
    stops = onward(latitude, longitude, heading, run_m * (1.0 + 1e-6))
    height_m = base_m + final_m * math.tan(GLIDE_RAD)
    rates = [w.climb_mps for w in route.waypoints if w.climb_mps is not None]
    descent_mps = rates[-1] if rates else math.nan
    return [
        Planned("landing", *final, height_m, speed, speed, climb_mps=descent_mps),
        Planned("landing", latitude, longitude, base_m, speed, speed, MODES["even"]),
        Planned("landing", *stops, base_m, 0.0, speed, wait_s=0.0),
    ]
