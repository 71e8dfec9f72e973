"""The flights of the made world: legs of exact coordinated turns, laid on the real earth.

A flight moves in a plane that touches the WGS-84 ellipsoid at ``CENTRE_DEG``; below each point of
the plane lies a point of the ellipsoid, and the flight is at its height above that.
"""

import math
from typing import NamedTuple

import msgspec
import numpy as np

from jointsky.earth import geodesy

CENTRE_DEG = (55.0, 27.0)
GROUND_M = 150.0  # the land is flat here, at this height above the ellipsoid
DURATION_S = 720.0
_CENTRE_RAD = tuple(math.radians(angle) for angle in CENTRE_DEG)


class Leg(NamedTuple):
    """Constant turn rate, acceleration along the path and climb for a while; zeros: straight on."""

    seconds: float
    turn_dps: float = 0.0
    speed_up_mps2: float = 0.0
    climb_mps: float = 0.0


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    """One target: where it begins, what it does, what answers from it."""

    name: str
    kind: str
    start_km: tuple[float, float]  # east and north of the centre
    heading_deg: float
    speed_mps: float
    height_m: float
    legs: tuple[Leg, ...] = ()
    rcs_m2: float
    mode_s: int = -1  # -1: does not answer
    mode_a: int = -1  # -1: has no transponder at all
    call_sign: str = ""
    sends_adsb: bool = False
    from_s: float = 0.0
    to_s: float = DURATION_S


class States(NamedTuple):
    """Where a flight is at some times: shapes (n,) and (n, 3)."""

    latitude_rad: np.ndarray
    longitude_rad: np.ndarray
    height_m: np.ndarray
    ecef_m: np.ndarray


def states(flight: Flight, times_s: np.ndarray) -> States:
    """Return where ``flight`` is at times counted from the start of the recording."""
    plane_m, height_m = _on_plane(flight, np.asarray(times_s, float))
    ecef_m = geodesy.enu_to_ecef(plane_m, *_CENTRE_RAD, 0.0)
    latitude_rad, longitude_rad, _ = geodesy.ecef_to_geodetic(ecef_m)
    return States(
        latitude_rad,
        longitude_rad,
        height_m,
        geodesy.geodetic_to_ecef(latitude_rad, longitude_rad, height_m),
    )


def velocities_mps(flight: Flight, times_s: np.ndarray) -> np.ndarray:
    """Return the velocity east, north, up (n, 3) at the target: differences over 0.02 s."""
    here = states(flight, times_s)
    step_s = 0.01
    before, after = states(flight, times_s - step_s), states(flight, times_s + step_s)
    ecef_mps = (after.ecef_m - before.ecef_m) / (2 * step_s)
    turns = [
        geodesy.enu_rotation(latitude, longitude)
        for latitude, longitude in zip(here.latitude_rad, here.longitude_rad, strict=True)
    ]
    return np.einsum("nij,nj->ni", np.array(turns).reshape(-1, 3, 3), ecef_mps)


def _on_plane(flight: Flight, times_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return positions (n, 3) in the plane and heights (n,)."""
    out_m, height_m = np.zeros((len(times_s), 3)), np.zeros(len(times_s))
    east_m, north_m = (1000.0 * x for x in flight.start_km)
    heading, speed, height = math.radians(flight.heading_deg), flight.speed_mps, flight.height_m
    begins_s = -math.inf
    for leg in (*flight.legs, Leg(math.inf)):
        starts_s = flight.from_s if begins_s == -math.inf else begins_s
        inside = (times_s >= begins_s) & (times_s < starts_s + leg.seconds)
        t = times_s[inside] - starts_s
        along_m, _, _ = _leg(leg, heading, speed, t)
        out_m[inside, :2] = along_m + np.array([east_m, north_m])
        height_m[inside] = height + leg.climb_mps * t
        if math.isinf(leg.seconds):
            break
        end_m, heading, speed = _leg(leg, heading, speed, np.array([leg.seconds]))
        east_m, north_m = east_m + end_m[0, 0], north_m + end_m[0, 1]
        height += leg.climb_mps * leg.seconds
        begins_s = starts_s + leg.seconds
    return out_m, height_m


def _leg(leg: Leg, heading: float, speed: float, t: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return the way (n, 2) since the leg began, and heading and speed at its last time.

    With heading h + w t and speed v + a t both integrals have a closed form.
    """
    w, a = math.radians(leg.turn_dps), leg.speed_up_mps2
    h, v = heading + w * t, speed + a * t
    if w == 0.0:
        way_m = speed * t + 0.5 * a * t * t
        way = np.stack([way_m * math.sin(heading), way_m * math.cos(heading)], axis=1)
    else:
        east = (speed * math.cos(heading) - v * np.cos(h)) / w
        east += a * (np.sin(h) - math.sin(heading)) / w**2
        north = (v * np.sin(h) - speed * math.sin(heading)) / w
        north += a * (np.cos(h) - math.cos(heading)) / w**2
        way = np.stack([east, north], axis=1)
    return way, float(h[-1]) if len(h) else heading, float(v[-1]) if len(v) else speed


def _turn(degrees: float, rate_dps: float) -> Leg:
    return Leg(abs(degrees) / rate_dps, math.copysign(rate_dps, degrees))


def _airliner(number: int, start_km, heading_deg, speed_mps, height_m, *legs, **more) -> Flight:
    return Flight(
        name=f"airliner-{number}",
        kind="airliner",
        start_km=start_km,
        heading_deg=heading_deg,
        speed_mps=speed_mps,
        height_m=height_m,
        legs=legs,
        rcs_m2=20.0,
        mode_s=0xF00100 + number,
        mode_a=0o1100 + number,
        call_sign=f"MADE{number:02d}",
        sends_adsb=more.pop("sends_adsb", True),
        **more,
    )


_HOLD = (Leg(60), Leg(60, 3.0)) * 6
_WEAVE = (_turn(70, 4), Leg(15), _turn(-110, 5), Leg(20, 0, 0, 20), _turn(90, 3), Leg(25))
_TOGETHER = (Leg(150), _turn(95, 2), Leg(170), _turn(-60, 1.5), Leg(400))
_DRONE = {"kind": "drone", "rcs_m2": 0.04}

FLIGHTS = (
    _airliner(1, (-90, 8), 88, 235, 10668),
    _airliner(2, (85, 14), 270, 245, 10973),
    _airliner(3, (6, -85), 2, 238, 11278),
    _airliner(4, (-12, 85), 178, 228, 10058, Leg(260), _turn(42, 1.1)),
    _airliner(5, (-72, -60), 50, 240, 9449, Leg(330), _turn(-35, 1.0)),
    _airliner(6, (-76, 62), 129, 232, 9754),
    _airliner(7, (30, -22), 40, 118, 3048, *_HOLD),
    _airliner(8, (84, -42), 292, 220, 9000, Leg(60), Leg(280, 0, -0.25, -12), _turn(55, 1.8)),
    _airliner(9, (-42, -30), 25, 125, 600, Leg(240, 0, 0.4, 13), _turn(70, 1.2), Leg(300, 0, 0, 8)),
    _airliner(10, (-62, 9), 88, 246, 10363, Leg(420), _turn(-28, 1.0), sends_adsb=False),
    Flight(
        name="business-1", kind="business jet", start_km=(-30, -88), heading_deg=28,
        speed_mps=228, height_m=12497, rcs_m2=4, mode_s=0xF00201, mode_a=0o2101,
        call_sign="TOY1", sends_adsb=True, legs=(Leg(300), _turn(-50, 0.9)),
    ),
    Flight(
        name="business-2", kind="business jet", start_km=(60, 70), heading_deg=215,
        speed_mps=205, height_m=7925, rcs_m2=4, mode_s=0xF00202, mode_a=0o2102,
        call_sign="TOY2", sends_adsb=True, legs=(Leg(180, 0, 0, -7), _turn(60, 1.5)),
    ),
    Flight(
        name="formation-lead", kind="fast jet", start_km=(70, -10), heading_deg=285,
        speed_mps=205, height_m=6096, rcs_m2=3, mode_a=0o4411, legs=_TOGETHER,
    ),
    Flight(
        name="formation-wing", kind="fast jet", start_km=(70.3, -10.9), heading_deg=285,
        speed_mps=205, height_m=6126, rcs_m2=3, mode_a=0o4412, legs=_TOGETHER,
    ),
    Flight(
        name="weaving-jet", kind="fast jet", start_km=(-60, 35), heading_deg=100,
        speed_mps=230, height_m=4500, rcs_m2=3, mode_a=0o4500, legs=(Leg(90), *(_WEAVE * 4)),
    ),
    Flight(
        name="helicopter", kind="helicopter", start_km=(20, 30), heading_deg=75,
        speed_mps=55, height_m=650, rcs_m2=5, mode_s=0xF00301, mode_a=0o3001,
        call_sign="HELI1", sends_adsb=True,
        legs=(Leg(200), Leg(55, 0, -1.0), Leg(120, 3.0), Leg(50, 0, 1.1), _turn(-40, 4)),
    ),
    Flight(
        name="light-1", kind="light aircraft", start_km=(-45, 30), heading_deg=200,
        speed_mps=56, height_m=1050, rcs_m2=2, mode_s=0xF00401, mode_a=0o7000,
        call_sign="LIGHT1", sends_adsb=True, legs=(Leg(240), _turn(80, 2.5)),
    ),
    Flight(
        name="light-2", kind="light aircraft", start_km=(45, -35), heading_deg=350,
        speed_mps=60, height_m=900, rcs_m2=2, mode_a=0o7000, legs=(Leg(300), _turn(-70, 3)),
    ),
    Flight(
        name="light-3", kind="light aircraft", start_km=(62, 38), heading_deg=300,
        speed_mps=45, height_m=180, rcs_m2=2, mode_s=0xF00403, mode_a=0o7000,
        call_sign="LIGHT3", from_s=90, legs=(Leg(250, 0, 0.05, 4), _turn(60, 2.5)),
    ),
    Flight(
        name="glider", kind="glider", start_km=(-25, 45), heading_deg=150,
        speed_mps=32, height_m=1500, rcs_m2=1, legs=(Leg(90), *((_turn(360, 9), Leg(45)) * 7)),
    ),
    Flight(
        name="drone-1", start_km=(58, 40), heading_deg=60, speed_mps=28, height_m=320,
        **_DRONE, legs=(Leg(260), _turn(-90, 5), Leg(150), _turn(120, 6)),
    ),
    Flight(
        name="drone-2", start_km=(86, 62), heading_deg=230, speed_mps=33, height_m=420, **_DRONE,
    ),
    Flight(
        name="drone-3", start_km=(48, -66), heading_deg=35, speed_mps=26, height_m=260,
        **_DRONE, legs=(Leg(330), _turn(75, 4)),
    ),
    Flight(
        name="drone-4", start_km=(-36, 62), heading_deg=265, speed_mps=36, height_m=450,
        **_DRONE, from_s=60, to_s=600,
    ),
)  # fmt: skip
