"""The scene of a published evaluation (ECAC, 1993): flights that never stop turning for long.

Five secondary radars of 5 to 12 s a turn, 65 m and 0.14 degrees, 98 % detection, Mode A and C;
sixteen flights, each of another speed (240 to 600 kt) or bank (15 to 60 degrees), that fly 20 NM
straight and turn by 175 degrees, over and over.  Pictures are compared every 4.8 s.  Where those
radars stood is not published: here they stand 45 NM from the middle of the flights, so that a plot
of one radar errs by 0.1 NM on the average, a little less than the published track of one radar.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from jointsky.api import Plots, Sensor, Tracks
from jointsky.earth.geodesy import ecef_to_geodetic, enu_to_ecef, geodetic_to_ecef
from jointsky.streams import stream
from jointsky.units import DEGREE_RAD, FOOT_M, KNOT_MPS, NAUTICAL_MILE_M, STANDARD_GRAVITY_MPS2
from tracker_parts.flights import Flights, Leg, Start, fly
from tracker_parts.radars import Radar, mode_a_of, observe

CENTRE_RAD = (54.0 * DEGREE_RAD, 27.0 * DEGREE_RAD)
SPEEDS_KT, BANKS_DEG = (240.0, 360.0, 480.0, 600.0), (15.0, 30.0, 45.0, 60.0)
STRAIGHT_M, TURN_RAD = 20.0 * NAUTICAL_MILE_M, 175.0 * DEGREE_RAD
PERIODS_S = (5.0, 6.0, 8.0, 10.0, 12.0)
STEP_S, FROM_S = 4.8, 120.0
SITES_NM, REACH_M = 45.0, 200.0 * NAUTICAL_MILE_M


@dataclasses.dataclass(frozen=True)
class Errors:
    """Errors of every track of a flight at every picture, and what the flight did then, (n,)."""

    time_s: np.ndarray
    flight: np.ndarray
    position_m: np.ndarray
    speed_mps: np.ndarray
    heading_rad: np.ndarray
    is_turning: np.ndarray
    tracked: float  # share of flights and pictures with a track of the flight's own code
    double: float  # tracks beyond the first there, as a share
    numbers: float  # track numbers a flight

    def rows(self, chosen: np.ndarray) -> Errors:
        """Return the rows for which ``chosen`` (n,) is True; the shares stay."""
        names = ("time_s", "flight", "position_m", "speed_mps", "heading_rad", "is_turning")
        return dataclasses.replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def summary(self) -> dict[str, float]:
        """Return means and standard deviations in the units of the published evaluation."""
        speed_kt, heading_deg = self.speed_mps / KNOT_MPS, self.heading_rad / DEGREE_RAD
        return {
            "position_mean_nm": float(self.position_m.mean() / NAUTICAL_MILE_M),
            "position_sd_nm": float(self.position_m.std() / NAUTICAL_MILE_M),
            "speed_mean_kt": float(speed_kt.mean()),
            "speed_sd_kt": float(speed_kt.std()),
            "heading_sd_deg": float(heading_deg.std()),
            "tracked": self.tracked,
            "double": self.double,
            "numbers": self.numbers,
        }


def together(singles: list[Errors]) -> Errors:
    """Return the errors of several runs as one, their shares as means."""

    def rows(name: str) -> np.ndarray:
        return np.concatenate([getattr(one, name) for one in singles])

    def share(name: str) -> float:
        return float(np.mean([getattr(one, name) for one in singles]))

    return Errors(
        time_s=rows("time_s"),
        flight=rows("flight"),
        position_m=rows("position_m"),
        speed_mps=rows("speed_mps"),
        heading_rad=rows("heading_rad"),
        is_turning=rows("is_turning"),
        tracked=share("tracked"),
        double=share("double"),
        numbers=share("numbers"),
    )


def radars(altitude_step_ft: float = 25.0, sites_nm: float = SITES_NM) -> list[Radar]:
    """Return the five radars, on a circle about the flights."""
    made = []
    for k, period_s in enumerate(PERIODS_S):
        angle = 2 * math.pi * k / len(PERIODS_S)
        latitude, longitude = _place(sites_nm * NAUTICAL_MILE_M, angle)
        sensor = Sensor(
            name=f"ssr {k + 1}",
            kind="ssr",
            latitude_rad=latitude,
            longitude_rad=longitude,
            height_m=200.0,
            rotation_period_s=period_s,
            range_max_m=REACH_M,
            range_sigma_m=65.0,
            azimuth_sigma_rad=0.14 * DEGREE_RAD,
            detection_probability=0.98,
            false_plots_per_turn=1.0,
        )
        made.append(Radar(sensor, 0.37 * period_s * k, "mode_a", altitude_step_ft * FOOT_M))
    return made


def flights(duration_s: float, seed: int) -> Flights:
    """Return a flight of each speed and bank; half of them turn left."""
    rng = stream(seed, "racetracks")
    starts: list[Start] = []
    for speed_kt in SPEEDS_KT:
        for bank_deg in BANKS_DEG:
            speed = speed_kt * KNOT_MPS
            rate = STANDARD_GRAVITY_MPS2 * math.tan(bank_deg * DEGREE_RAD) / speed
            side = 1.0 if len(starts) % 2 else -1.0
            lap = [Leg(STRAIGHT_M / speed), Leg(TURN_RAD / rate, side * rate)]
            laps = math.ceil(duration_s / sum(leg.seconds for leg in lap)) + 1
            first = Leg(lap[0].seconds * rng.uniform(0.2, 1.0))
            place = _place(rng.uniform(0.0, 40.0) * NAUTICAL_MILE_M, rng.uniform(0, 2 * math.pi))
            starts.append(
                Start(
                    *place,
                    height_m=rng.uniform(3_000.0, 12_000.0),
                    speed_mps=speed,
                    heading_rad=rng.uniform(0, 2 * math.pi),
                    legs=[first, lap[1], *(lap * laps)],
                )
            )
    return fly(starts, duration_s)


def plots(moving: Flights, seen_by: list[Radar], duration_s: float, seed: int) -> Plots:
    """Return the plots of these radars."""
    return observe(moving, seen_by, duration_s, seed)


def compare(moving: Flights, pictures: Tracks, times_s: np.ndarray) -> Errors:
    """Return the errors of all tracks that say a flight's Mode A code, at times from FROM_S on."""
    code = mode_a_of(np.arange(len(moving)))
    flight_of = np.full(4096, -1)
    flight_of[code] = np.arange(len(moving))
    judged = pictures.rows(pictures.time_s >= FROM_S)
    flight = np.where(judged.mode_a >= 0, flight_of[np.clip(judged.mode_a, 0, 4095)], -1)
    judged, flight = judged.rows(flight >= 0), flight[flight >= 0]
    truth = moving.at(flight, judged.time_s)
    here = geodetic_to_ecef(judged.latitude_rad, judged.longitude_rad, 0.0)
    there = geodetic_to_ecef(truth.latitude_rad, truth.longitude_rad, 0.0)
    heading = np.arctan2(judged.ve_mps, judged.vn_mps) - truth.heading_rad
    wanted = len(moving) * int((times_s >= FROM_S).sum())
    cell = np.unique(np.column_stack([flight, np.round(judged.time_s * 10)]), axis=0)
    names = np.unique(np.column_stack([flight, judged.track_number]), axis=0)
    return Errors(
        time_s=judged.time_s,
        flight=flight,
        position_m=np.linalg.norm(here - there, axis=1),
        speed_mps=np.hypot(judged.ve_mps, judged.vn_mps) - truth.speed_mps,
        heading_rad=(heading + np.pi) % (2 * np.pi) - np.pi,
        is_turning=truth.turn_radps != 0.0,
        tracked=len(cell) / wanted,
        double=(len(flight) - len(cell)) / wanted,
        numbers=len(names) / len(moving),
    )


def _place(distance_m: float, angle_rad: float) -> tuple[float, float]:
    enu = np.array([[distance_m * math.sin(angle_rad), distance_m * math.cos(angle_rad), 0.0]])
    latitude, longitude, _ = ecef_to_geodetic(enu_to_ecef(enu, *CENTRE_RAD, 0.0))
    return float(latitude[0]), float(longitude[0])
