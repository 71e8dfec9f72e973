"""A sky for the tests of sensors: a site, and vehicles that fly straight about it."""

import dataclasses

import numpy as np

from jointsky import streams
from jointsky.earth import geodesy
from jointsky.earth.motion import Pieces, states
from jointsky.earth.terrain import flat_grid
from jointsky.records.signatures import Signature
from jointsky.records.vehicles import Transponder, Vehicles
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Air, Place, Surroundings

LATITUDE, LONGITUDE, HEIGHT_M = 0.93, 0.48, 20.0
SITE = Place(latitude_rad=LATITUDE, longitude_rad=LONGITUDE, height_m=HEIGHT_M)
NOON_S = 1_750_330_800.0  # 2025-06-19 11:00 UTC: high day over 0.48 rad east
KEY = streams.key(7, "sensor", "one")
PLACED = Placed(name="one", phase=0.0)
ALL_BITS = int(Transponder.ADSB | Transponder.REMOTE_ID | Transponder.MODE_S)


@dataclasses.dataclass(frozen=True)
class Flyer:
    """One vehicle: where it is at NOON_S, in metres about the site, and how it flies."""

    name: str = "a"
    east_m: float = 0.0
    north_m: float = 1000.0
    height_m: float = 300.0
    course_rad: float = 0.0
    speed_mps: float = 0.0
    climb_mps: float = 0.0
    begin_s: float = NOON_S - 7200.0
    end_s: float = NOON_S + 7200.0
    domain: str = "drone"
    type: str = "small-quadcopter"
    count: int = 1
    transponder: int = ALL_BITS
    signature: Signature = Signature(size_m=0.5, sound_db=80.0, emits_dbw=-10.0)


def _row(flyer):
    """Return one arc that is at its place at NOON_S."""
    local = np.array([[flyer.east_m, flyer.north_m, 0.0]])
    ecef = geodesy.enu_to_ecef(local, LATITUDE, LONGITUDE, 0.0)
    latitude, longitude, _ = (float(x[0]) for x in geodesy.ecef_to_geodetic(ecef))
    east, north, up = geodesy.enu_rotation(latitude, longitude)
    ahead = np.sin(flyer.course_rad) * east + np.cos(flyer.course_rad) * north
    radius = geodesy.mean_radius_of_curvature_m(latitude) + flyer.height_m
    rate = flyer.speed_mps / radius
    angle = rate * (flyer.begin_s - NOON_S)
    terms = np.zeros((4, 3))
    terms[1] = np.cos(angle) * up + np.sin(angle) * ahead
    terms[2] = np.cos(angle) * ahead - np.sin(angle) * up
    height = flyer.height_m + flyer.climb_mps * (flyer.begin_s - NOON_S)
    return flyer.begin_s, flyer.end_s, terms, rate, height, flyer.climb_mps


def sky(*flyers, seed=1, rain=(), air=None, terrain=None):
    """Return surroundings with these vehicles."""
    rows = [_row(flyer) for flyer in flyers]
    count = len(flyers)
    begin, end, terms, rate, height, climb = (np.array(x, float) for x in zip(*rows, strict=True))
    pieces = Pieces(
        np.arange(count + 1),
        np.zeros(count, np.int8),
        begin,
        end,
        terms,
        rate,
        np.zeros(count),
        height,
        climb,
        np.zeros(count),
    )
    vehicles = Vehicles.make(
        count,
        name=np.array([f.name for f in flyers]),
        type=np.array([f.type for f in flyers]),
        domain=np.array([f.domain for f in flyers]),
        signature=np.arange(count),
        count=np.array([f.count for f in flyers]),
        transponder=np.array([f.transponder for f in flyers]),
        mode_s=np.arange(count) + 1000,
        call_sign=np.array([f"C{i}" for i in range(count)]),
    )
    return Surroundings(
        vehicles=vehicles,
        vehicle_keys=np.array([streams.key(0, f.name)[0] for f in flyers], np.uint64),
        signatures=[f.signature for f in flyers],
        pieces=pieces,
        terrain=flat_grid() if terrain is None else terrain,
        rain=rain,
        air=air or Air(),
        key=streams.key(seed, "sky"),
    )


def local_of(surroundings, vehicle, time_s, place=SITE):
    """Return true east, north, up (n, 3) about a place of vehicles (n,) at times (n,)."""
    position, _ = states(surroundings.pieces, vehicle, time_s)
    return geodesy.ecef_to_enu(position, place.latitude_rad, place.longitude_rad, place.height_m)


def polar_of(surroundings, vehicle, time_s, place=SITE):
    """Return true range, azimuth, elevation of vehicles (n,) at times (n,)."""
    return geodesy.enu_to_polar(local_of(surroundings, vehicle, time_s, place))


def wrapped(angle_rad):
    """Return angles in [-pi, pi)."""
    return (np.asarray(angle_rad) + np.pi) % (2.0 * np.pi) - np.pi
