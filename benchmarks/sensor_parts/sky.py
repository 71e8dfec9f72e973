"""A region with thirty radars, and as many vehicles on routes over it as are asked for."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from jointsky import streams
from jointsky.declare import Faults
from jointsky.earth.motion import pieces_of
from jointsky.earth.terrain import flat_grid
from jointsky.scenario.systems import catalogue
from jointsky.sensors.observe import AnySensor
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Place, Surroundings
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Route, Waypoint

BEGIN_S, HOUR_S = 1_750_000_000.0, 3600.0
SOUTH_DEG, NORTH_DEG, WEST_DEG, EAST_DEG = 50.0, 58.0, 22.0, 36.0  # about 890 by 920 km
RADARS = (
    "long-range-3d", "civil-en-route", "gap-filler", "long-range-3d", "civil-approach",
    "low-altitude",
)  # fmt: skip
ACROSS, UP = 6, 5
MIX = (
    ("airliner-narrow", 0.55, (6_000.0, 11_500.0)),
    ("airliner-regional", 0.15, (4_000.0, 7_500.0)),
    ("light-aircraft", 0.1, (500.0, 2_500.0)),
    ("helicopter", 0.05, (300.0, 1_000.0)),
    ("fighter", 0.05, (1_000.0, 10_000.0)),
    ("one-way-attack-drone", 0.05, (200.0, 1_500.0)),
    ("cruise-missile", 0.05, (100.0, 300.0)),
)


def radars(seed: int) -> list[tuple[AnySensor, Placed, Place, tuple[int, int]]]:
    """Return thirty radars of the catalogue on an even grid."""
    systems, found = catalogue().systems, []
    for number in range(ACROSS * UP):
        column, row = number % ACROSS, number // ACROSS
        sensor = systems[RADARS[(column + row) % len(RADARS)]].sensor
        name = f"radar-{number}"
        place = Place(
            latitude_rad=math.radians(SOUTH_DEG + (NORTH_DEG - SOUTH_DEG) * (row + 0.5) / UP),
            longitude_rad=math.radians(WEST_DEG + (EAST_DEG - WEST_DEG) * (column + 0.5) / ACROSS),
            height_m=150.0,
        )
        key = streams.key(seed, "sensor", name)
        found.append((sensor, Placed(name=name), place, key))
    return found


def sky(vehicles: int, seed: int) -> Surroundings:
    """Return so many vehicles of the mix on random routes of an hour or more."""
    draws = streams.stream(seed, "benchmark", "sky")
    fleet = Fleet(BEGIN_S - 60.0, BEGIN_S + HOUR_S + 60.0, seed, flat_grid())
    systems = catalogue().systems
    names = draws.choice(len(MIX), vehicles, p=[share for _, share, _ in MIX])
    for number, which in enumerate(names.tolist()):
        name, _, (low_m, high_m) = MIX[which]
        kind = msgspec.structs.replace(systems[name].vehicle, name=name)
        faults = Faults()
        while not fleet.add(
            f"v{number}", kind, route(draws, kind.speed_cruise_mps, low_m, high_m), faults,
            mode_s=number + 1, mode_a=number % 4096,
        ):  # fmt: skip
            faults = Faults()  # a route that cannot be flown: draw another
    flown = fleet.flown()
    keys = [streams.key(0, str(name))[0] for name in flown.vehicles.name]
    return Surroundings(
        flown.vehicles,
        np.array(keys, np.uint64),
        flown.signatures,
        pieces_of(flown.motion, vehicles),
        flat_grid(),
    )


def route(draws: np.random.Generator, speed_mps: float, low_m: float, high_m: float) -> Route:
    """Return a route with a bend every 20 minutes or so, an hour and some long."""
    height_m = float(draws.uniform(low_m, high_m))
    latitude = float(draws.uniform(SOUTH_DEG, NORTH_DEG))
    longitude = float(draws.uniform(WEST_DEG, EAST_DEG))
    heading, places = float(draws.uniform(0.0, 2.0 * math.pi)), []
    for _ in range(5):
        places.append((latitude, longitude))
        leg_m = speed_mps * float(draws.uniform(900.0, 1500.0))
        latitude += math.degrees(leg_m * math.cos(heading) / 6.37e6)
        longitude += math.degrees(
            leg_m * math.sin(heading) / (6.37e6 * math.cos(math.radians(latitude)))
        )
        inside = SOUTH_DEG < latitude < NORTH_DEG and WEST_DEG < longitude < EAST_DEG
        heading += float(draws.normal(0.0, 0.6)) + (0.0 if inside else 2.0)
    points = tuple(Waypoint(latitude_deg=a, longitude_deg=b, height_m=height_m) for a, b in places)
    return Route(waypoints=points)
