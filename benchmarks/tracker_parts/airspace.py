"""A busy airspace: many flights over a region of many radars, as a centre's tracker has them."""

from __future__ import annotations

import math

import numpy as np

from jointsky.api import Sensor
from jointsky.earth.geodesy import ecef_to_geodetic, enu_to_ecef
from jointsky.streams import stream
from jointsky.units import DEGREE_RAD, FOOT_M, STANDARD_GRAVITY_MPS2
from tracker_parts.flights import Flights, Leg, Start, fly
from tracker_parts.radars import Radar

CENTRE_RAD = (52.0 * DEGREE_RAD, 15.0 * DEGREE_RAD)
FASTEST_TURN_RADPS, BANK_RAD = 3.0 * DEGREE_RAD, 25.0 * DEGREE_RAD
CLIMB_MPS = 1500.0 * FOOT_M / 60.0
PERIODS_S = (4.0, 12.0)


def radars(
    n: int, side_m: float, seed: int, identity: str = "mode_s", false_per_turn: float = 5.0
) -> list[Radar]:
    """Return radars, evenly spread over a square; without identity they measure elevation."""
    rng = stream(seed, "airspace", "radars")
    across = math.ceil(math.sqrt(n))
    cell = np.array([(k % across, k // across) for k in range(n)], float)
    cell += rng.uniform(0.2, 0.8, cell.shape)
    rows = math.ceil(n / across)
    place = (cell / [across, rows] - 0.5) * side_m
    latitude, longitude = places(place)
    periods = np.linspace(*PERIODS_S, n)
    made = []
    for k in range(n):
        sensor = Sensor(
            name=f"radar {k + 1}",
            kind="radar" if identity == "none" else "ssr",
            latitude_rad=latitude[k],
            longitude_rad=longitude[k],
            height_m=float(rng.uniform(50.0, 400.0)),
            rotation_period_s=float(periods[k]),
            range_max_m=250e3,
            range_sigma_m=50.0,
            azimuth_sigma_rad=0.08 * DEGREE_RAD,
            elevation_sigma_rad=0.15 * DEGREE_RAD if identity == "none" else None,
            detection_probability=0.95,
            false_plots_per_turn=false_per_turn,
        )
        offset_s = float(rng.uniform(0.0, periods[k]))
        step_m = math.nan if identity == "none" else 25.0 * FOOT_M
        made.append(Radar(sensor, offset_s, identity, step_m))
    return made


def flights(n: int, side_m: float, duration_s: float, seed: int) -> Flights:
    """Return flights anywhere in a square: straight legs, ordinary turns, now and then a climb."""
    rng = stream(seed, "airspace", "flights")
    latitude, longitude = places(rng.uniform(-side_m / 2, side_m / 2, (n, 2)))
    starts = []
    for k in range(n):
        speed = rng.uniform(120.0, 260.0)
        height = first_height = rng.uniform(3_000.0, 12_000.0)
        rate = min(STANDARD_GRAVITY_MPS2 * math.tan(BANK_RAD) / speed, FASTEST_TURN_RADPS)
        legs: list[Leg] = []
        while sum(leg.seconds for leg in legs) < duration_s:
            lasts_s, climb = rng.uniform(60.0, 300.0), 0.0
            if rng.random() < 0.3:
                climb = CLIMB_MPS if height < 7_500.0 else -CLIMB_MPS
                lasts_s = min(lasts_s, 4_000.0 / CLIMB_MPS)
            height += lasts_s * climb
            turn = rng.choice([-1.0, 1.0]) * rate
            legs += [Leg(lasts_s, climb_mps=climb), Leg(rng.uniform(0.3, 1.6) / rate, turn)]
        heading = rng.uniform(0.0, 2 * math.pi)
        starts.append(Start(latitude[k], longitude[k], first_height, speed, heading, legs))
    return fly(starts, duration_s, 1.0)


def places(plane_m: np.ndarray) -> tuple[list[float], list[float]]:
    """Return latitudes and longitudes of points (n, 2) of the plane that touches the centre."""
    enu = np.column_stack([plane_m, np.zeros(len(plane_m))])
    latitude, longitude, _ = ecef_to_geodetic(enu_to_ecef(enu, *CENTRE_RAD, 0.0))
    return latitude.tolist(), longitude.tolist()
