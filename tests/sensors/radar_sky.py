"""Skies for the radar tests: vehicles on great circles about one radar."""

import math

import numpy as np

from jointsky import streams
from jointsky.earth.motion import Pieces
from jointsky.earth.terrain import flat_grid
from jointsky.records.signatures import CrossSection, Signature
from jointsky.records.vehicles import Vehicles
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import SearchRadar
from jointsky.sensors.surroundings import Place, Surroundings

BEGIN_S = 1_700_000_000.0
EARTH_M = 6_371_000.0
PLACE = Place(latitude_rad=math.radians(54.0), longitude_rad=math.radians(27.0), height_m=100.0)
PLACED = Placed(name="radar", phase=0.0)
KEY = streams.key(1, "sensor", "radar")


def great_circle(azimuth_rad, distance_m, heading_rad, speed_mps, place=PLACE):
    """Return terms (4, 3) and rate of one that begins at azimuth and distance from a place."""
    lat, lon, c = place.latitude_rad, place.longitude_rad, distance_m / EARTH_M
    sine = math.sin(lat) * math.cos(c) + math.cos(lat) * math.sin(c) * math.cos(azimuth_rad)
    y = math.sin(c) * math.sin(azimuth_rad)
    x = math.cos(lat) * math.cos(c) - math.sin(lat) * math.sin(c) * math.cos(azimuth_rad)
    lat, lon = math.asin(sine), lon + math.atan2(y, x)
    up = [math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)]
    north = [-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)]
    east = [-math.sin(lon), math.cos(lon), 0.0]
    ahead = math.cos(heading_rad) * np.array(north) + math.sin(heading_rad) * np.array(east)
    return np.array([[0, 0, 0], up, ahead, [0, 0, 0]], float), speed_mps / EARTH_M


def sky(flights, signatures=None, begin_s=BEGIN_S - 60.0, end_s=BEGIN_S + 86_400.0, **given):
    """Return surroundings of flights: azimuth, distance, heading, speed, height (and climb)."""
    n = len(flights)
    made = [great_circle(*flight[:4]) for flight in flights]
    names = given.pop("name", [f"v{i}" for i in range(n)])
    columns = {"signature": 0, "transponder": 0, "mode_a": 0o1234, **given}
    vehicles = Vehicles.make(n, name=names, **columns)
    pieces = Pieces(
        np.arange(n + 1),
        np.zeros(n, np.int8),
        np.full(n, begin_s),
        np.full(n, end_s),
        np.array([terms for terms, _ in made]).reshape(n, 4, 3),
        np.array([rate for _, rate in made], float),
        np.zeros(n),
        np.array([flight[4] for flight in flights], float),
        np.array([flight[5] if len(flight) > 5 else 0.0 for flight in flights], float),
        np.zeros(n),
    )
    keys = np.array([streams.key(0, str(name))[0] for name in names], np.uint64)
    signatures = signatures or [Signature(radar=(CrossSection(nose_dbsm=10.0, swerling=1),))]
    return Surroundings(vehicles, keys, signatures, pieces, flat_grid())


def some_flights(count, seed=0, reach_m=200e3):
    """Return flights all around, at all heights."""
    rng = np.random.default_rng(seed)
    return [
        (rng.uniform(0, 6.28), reach_m * math.sqrt(rng.uniform()), rng.uniform(0, 6.28),
         rng.uniform(20, 280), rng.uniform(500, 11_000))
        for _ in range(count)
    ]  # fmt: skip


def radar(kind=SearchRadar, **given):
    """Return a plain radar with some fields of its own."""
    plain = {
        "frequency_mhz": 1300.0,
        "half_seen_range_km": 200.0,
        "max_range_km": 250.0,
        "range_sigma_m": 50.0,
        "azimuth_sigma_deg": 0.1,
        "false_plots_per_turn": 0.0,
    }
    if kind is SearchRadar:
        plain["rotation_period_s"] = 5.0
    return kind(**{**plain, **given})
