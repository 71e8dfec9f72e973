"""Civil traffic about an airport, and five typical radars that see it.

Arrivals come from 80 NM, descend, slow down and are vectored; departures climb
at 1,500 ft/min and gather speed; others pass overhead.  All turn at 25 degrees of bank or, where
that is slower, 3 degrees a second.
"""

from __future__ import annotations

import math

import numpy as np

from jointsky.api import Sensor
from jointsky.earth.geodesy import ecef_to_enu, ecef_to_geodetic, enu_to_ecef
from jointsky.streams import stream
from jointsky.units import (
    DEGREE_RAD,
    FLIGHT_LEVEL_M,
    FOOT_M,
    FOOT_PER_MINUTE_MPS,
    KNOT_MPS,
    NAUTICAL_MILE_M,
    STANDARD_GRAVITY_MPS2,
)
from tracker_parts.flights import Flights, Leg, Start, States, fly
from tracker_parts.radars import FIRST_ADDRESS, Radar, look, mode_a_of

AIRPORT_RAD, FIELD_M = (50.5 * DEGREE_RAD, 12.0 * DEGREE_RAD), 300.0
BANK_RAD, STANDARD_RADPS = 25.0 * DEGREE_RAD, 3.0 * DEGREE_RAD
CLIMB_MPS = 1500.0 * FOOT_PER_MINUTE_MPS
SPEED_UP_MPS2 = 0.6  # a good knot a second
ENTRY_M = 80.0 * NAUTICAL_MILE_M
VOLUME_M = 60.0 * NAUTICAL_MILE_M  # about the airport: where 3 NM separation is served
KINDS = ("an arrival", "a departure", "an arrival", "an overflight")  # in turn
# Place (NM), turn (s), range (NM), standard errors (m, degrees), detection, identity, Mode C (ft).
SITES = (
    ("approach, Mode S", 1.0, 2.0, 4.0, 80.0, 30.0, 0.068, 0.99, "mode_s", 25.0),
    ("approach, A/C", -18.0, 9.0, 5.0, 80.0, 60.0, 0.08, 0.98, "mode_a", 100.0),
    ("en-route, Mode S", 35.0, -28.0, 8.0, 200.0, 50.0, 0.068, 0.99, "mode_s", 25.0),
    ("en-route, A/C", -52.0, -38.0, 10.0, 200.0, 70.0, 0.08, 0.97, "mode_a", 100.0),
    ("en-route, A/C, old", 22.0, 60.0, 12.0, 200.0, 90.0, 0.12, 0.97, "mode_a", 100.0),
)


def radars() -> list[Radar]:
    """Return the five radars."""
    made = []
    for k, (name, east, north, period_s, reach, *errors, found, identity, step) in enumerate(SITES):
        latitude, longitude = place(np.array([east, north]) * NAUTICAL_MILE_M)
        sensor = Sensor(
            name=name,
            kind="ssr",
            latitude_rad=latitude,
            longitude_rad=longitude,
            height_m=FIELD_M + 30.0 + 60.0 * k,
            rotation_period_s=period_s,
            range_max_m=reach * NAUTICAL_MILE_M,
            range_sigma_m=errors[0],
            azimuth_sigma_rad=errors[1] * DEGREE_RAD,
            detection_probability=found,
            false_plots_per_turn=1.0,
        )
        made.append(Radar(sensor, 0.31 * k * period_s, identity, step * FOOT_M))
    return made


def flights(n: int, duration_s: float, seed: int) -> Flights:
    """Return n flights: half arrivals, a quarter departures, a quarter overflights."""
    made = []
    for k in range(n):
        rng = stream(seed, "traffic", k)
        born_s = float(rng.uniform(0.0, 0.5 * duration_s)) * (rng.random() < 0.7)
        made.append(_MAKERS[KINDS[k % 4]](rng, born_s, duration_s))
    return fly(made, duration_s)


def truth(moving: Flights, seen_by: list[Radar], duration_s: float) -> dict[str, np.ndarray]:
    """Return the points of all flights at whole seconds, in the columns of a table to be scored.

    Asked for is what a radar can see within ``VOLUME_M`` of the airport.
    """
    times = np.arange(0.0, duration_s)
    flight = np.repeat(np.arange(len(moving)), len(times))
    time_s = np.tile(times, len(moving))
    alive = moving.is_alive(flight, time_s)
    flight, time_s = flight[alive], time_s[alive]
    state = moving.at(flight, time_s)
    seen = sum(look(moving, radar.sensor, flight, time_s)[1].astype(int) for radar in seen_by)
    return {
        "time_s": time_s,
        "number": flight,
        "latitude_rad": state.latitude_rad,
        "longitude_rad": state.longitude_rad,
        "height_m": state.height_m,
        **dict(zip(("ve_mps", "vn_mps", "vu_mps"), state.velocity_enu_mps.T, strict=True)),
        "pressure_altitude_m": state.height_m,
        "mode_s": FIRST_ADDRESS + flight,
        "mode_a": mode_a_of(flight),
        "visible": (np.asarray(seen) > 0) & _is_served(state),
    }


def _is_served(state: States) -> np.ndarray:
    enu = ecef_to_enu(state.ecef_m, *AIRPORT_RAD, 0.0)
    return np.hypot(enu[:, 0], enu[:, 1]) < VOLUME_M


def place(plane_m: np.ndarray) -> tuple[float, float]:
    """Return latitude and longitude of a point (2,) of the plane that touches the airport."""
    enu = np.array([[plane_m[0], plane_m[1], 0.0]])
    latitude, longitude, _ = ecef_to_geodetic(enu_to_ecef(enu, *AIRPORT_RAD, 0.0))
    return float(latitude[0]), float(longitude[0])


def _arrival(rng: np.random.Generator, born_s: float, duration_s: float) -> Start:
    """Return a flight from the edge that is vectored: level, down, slower, four vectors, down."""
    bearing = rng.uniform(0.0, 2 * math.pi)
    speed = rng.uniform(380.0, 440.0) * KNOT_MPS
    high, low = rng.uniform(200.0, 320.0) * FLIGHT_LEVEL_M, 3000.0 * FOOT_M + FIELD_M
    slow, last = 250.0 * KNOT_MPS, 170.0 * KNOT_MPS
    legs = [Leg(rng.uniform(30.0, 120.0))]
    legs.append(Leg((high - 3_600.0) / CLIMB_MPS, climb_mps=-CLIMB_MPS))
    legs.append(Leg((speed - slow) / SPEED_UP_MPS2, speed_up_mps2=-SPEED_UP_MPS2))
    side = rng.choice([-1.0, 1.0])
    legs += [_turn(slow, side * rng.uniform(20.0, 60.0)), Leg(rng.uniform(20.0, 60.0))]
    legs.append(Leg((3_600.0 - low) / CLIMB_MPS, climb_mps=-CLIMB_MPS))
    legs += [_turn(slow, -side * rng.uniform(70.0, 110.0)), Leg(rng.uniform(30.0, 90.0))]
    legs.append(Leg((slow - last) / SPEED_UP_MPS2, speed_up_mps2=-SPEED_UP_MPS2))
    legs += [_turn(last, -side * 90.0), Leg(rng.uniform(40.0, 100.0))]
    legs += [_turn(last, -side * rng.uniform(40.0, 90.0)), Leg(150.0, climb_mps=-0.4 * CLIMB_MPS)]
    inward = bearing + math.pi + rng.uniform(-0.3, 0.3)
    return _start(ENTRY_M, bearing, high, speed, inward, legs, born_s)


def _departure(rng: np.random.Generator, born_s: float, duration_s: float) -> Start:
    """Return a flight from the runway's end: up, faster, two turns, up and away."""
    bearing = rng.uniform(0.0, 2 * math.pi)
    speed, fast = 170.0 * KNOT_MPS, rng.uniform(380.0, 440.0) * KNOT_MPS
    clean = 250.0 * KNOT_MPS
    legs = [Leg(40.0, climb_mps=CLIMB_MPS)]
    legs.append(
        Leg((clean - speed) / SPEED_UP_MPS2, speed_up_mps2=SPEED_UP_MPS2, climb_mps=CLIMB_MPS)
    )
    turn = _turn(clean, rng.choice([-1.0, 1.0]) * rng.uniform(40.0, 150.0))
    legs += [turn._replace(climb_mps=CLIMB_MPS), Leg(rng.uniform(60.0, 200.0), climb_mps=CLIMB_MPS)]
    legs.append(
        Leg((fast - clean) / SPEED_UP_MPS2, speed_up_mps2=SPEED_UP_MPS2, climb_mps=CLIMB_MPS)
    )
    legs.append(_turn(fast, rng.uniform(-50.0, 50.0))._replace(climb_mps=CLIMB_MPS))
    legs += [Leg(rng.uniform(300.0, 500.0), climb_mps=CLIMB_MPS), Leg(duration_s)]
    height = 1000.0 * FOOT_M + FIELD_M
    return _start(2.0 * NAUTICAL_MILE_M, bearing, height, speed, bearing, legs, born_s)


def _overflight(rng: np.random.Generator, born_s: float, duration_s: float) -> Start:
    """Return a flight that passes overhead at its level, with two bends of its route."""
    bearing, speed = rng.uniform(0.0, 2 * math.pi), rng.uniform(420.0, 490.0) * KNOT_MPS
    legs = []
    for _ in range(2):
        bend = rng.choice([-1.0, 1.0]) * rng.uniform(10.0, 45.0)
        legs += [Leg(rng.uniform(200.0, 500.0)), _turn(speed, bend)]
    height = rng.uniform(300.0, 390.0) * FLIGHT_LEVEL_M
    inward = bearing + math.pi + rng.uniform(-0.5, 0.5)
    return _start(ENTRY_M, bearing, height, speed, inward, [*legs, Leg(500.0)], born_s)


def _turn(speed_mps: float, by_deg: float) -> Leg:
    """Return a turn by an angle, to the right where it is positive."""
    rate = STANDARD_GRAVITY_MPS2 * math.tan(BANK_RAD) / speed_mps
    rate = min(rate, STANDARD_RADPS)
    return Leg(abs(by_deg) * DEGREE_RAD / rate, math.copysign(rate, by_deg))


def _start(
    distance_m: float,
    bearing: float,
    height_m: float,
    speed_mps: float,
    heading: float,
    legs: list[Leg],
    born_s: float,
) -> Start:
    at = place(distance_m * np.array([math.sin(bearing), math.cos(bearing)]))
    return Start(*at, height_m, speed_mps, heading, legs, born_s)


_MAKERS = {"an arrival": _arrival, "a departure": _departure, "an overflight": _overflight}
