"""Radars on the WGS-84 earth look at flights: plots at the time at which the beam passes."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from jointsky.api import Plots, Sensor
from jointsky.earth.geodesy import enu_rotation, geodetic_to_ecef
from jointsky.earth.horizon import is_above_horizon
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag
from jointsky.streams import stream
from jointsky.units import FOOT_M
from tracker_parts.flights import Flights

NEAREST_M, STEEPEST_RAD = 1_000.0, math.radians(45.0)  # blanked range and cone of silence
FALSE_HEIGHT_M = 12_000.0
FIRST_ADDRESS = 0x400000


@dataclasses.dataclass(frozen=True)
class Radar:
    """A turning radar: its sensor as told to the tracker, its phase, what it asks a target for."""

    sensor: Sensor
    offset_s: float = 0.0
    identity: str = "mode_a"  # "mode_s", "mode_a", "none"
    altitude_step_m: float = 25.0 * FOOT_M  # NaN: no Mode C


def mode_a_of(flight: np.ndarray) -> np.ndarray:
    """Return a discrete Mode A code of each flight; 4,095 flights have codes of their own."""
    return 1 + (flight * 5 + 0o2001) % 4095


def observe(flights: Flights, radars: list[Radar], duration_s: float, seed: int) -> Plots:
    """Return the plots of all radars in order of time, targets' and false ones."""
    parts = [one_radar(flights, radar, row, duration_s, seed) for row, radar in enumerate(radars)]
    plots = join(parts)
    return plots.rows(np.lexsort((plots.azimuth_rad, plots.sensor, plots.time_s)))


def one_radar(flights: Flights, radar: Radar, row: int, duration_s: float, seed: int) -> Plots:
    """Return the plots of one radar, which is sensor number ``row``."""
    sensor = radar.sensor
    rng = stream(seed, "plots", sensor.name)
    flight, time_s, polar = _meetings(flights, radar, duration_s)
    found = rng.random(len(flight)) < (sensor.detection_probability or 1.0)
    noise = rng.normal(size=(3, len(flight)))
    errors = (sensor.range_sigma_m, sensor.azimuth_sigma_rad, sensor.elevation_sigma_rad or 0.0)
    seen = polar + noise * np.array(errors, float)[:, None]
    flight, time_s, seen = flight[found], time_s[found], seen[:, found]
    height_m = flights.at(flight, time_s).height_m
    real = _plots(radar, row, time_s, seen, height_m)
    real = real.replace(flags=_flags(radar, len(flight)), **_codes(radar, flight))
    return join([real, _false(radar, row, duration_s, seed)])


def look(
    flights: Flights, sensor: Sensor, flight: np.ndarray, time_s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return range, azimuth, elevation (3, n), and whether the radar can see the target."""
    site = sensor.latitude_rad or 0.0, sensor.longitude_rad or 0.0, sensor.height_m or 0.0
    state = flights.at(flight, time_s)
    enu = (state.ecef_m - geodetic_to_ecef(*site)[0]) @ enu_rotation(*site[:2]).T
    ground = np.hypot(enu[:, 0], enu[:, 1])
    polar = np.stack(
        [
            np.hypot(ground, enu[:, 2]),
            np.arctan2(enu[:, 0], enu[:, 1]) % (2 * np.pi),
            np.arctan2(enu[:, 2], ground),
        ]
    )
    is_seen = is_above_horizon(ground, site[2], state.height_m) & (polar[0] > NEAREST_M)
    is_seen &= (polar[0] < (sensor.range_max_m or np.inf)) & (polar[2] < STEEPEST_RAD)
    return polar, is_seen


def _meetings(
    flights: Flights, radar: Radar, duration_s: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return flight, time and polar place (3, n) of each passing of the beam over a target."""
    sensor = radar.sensor
    period_s = float(sensor.rotation_period_s or 0.0)
    turns = np.arange(-1, math.ceil(duration_s / period_s) + 1)
    flight = np.tile(np.arange(len(flights)), len(turns))
    start_s = radar.offset_s + np.repeat(turns, len(flights)) * period_s
    last_s = flights.dead_s[flight] - 1e-6
    time_s = np.clip(start_s, flights.born_s[flight], last_s)
    for _ in range(4):
        azimuth = look(flights, sensor, flight, time_s)[0][1]
        beam_s = start_s + period_s * azimuth / (2 * np.pi)
        time_s = np.clip(beam_s, flights.born_s[flight], last_s)
    polar, is_seen = look(flights, sensor, flight, time_s)
    met = (beam_s == time_s) & (time_s >= 0.0) & (time_s < duration_s) & is_seen
    return flight[met], time_s[met], polar[:, met]


def _plots(
    radar: Radar, row: int, time_s: np.ndarray, seen: np.ndarray, height_m: np.ndarray
) -> Plots:
    step = radar.altitude_step_m
    elevation = seen[2] if radar.sensor.elevation_sigma_rad else np.full(len(time_s), np.nan)
    return Plots.make(
        len(time_s),
        time_s=time_s,
        sensor=np.full(len(time_s), row),
        geometry=np.full(len(time_s), Geometry.POLAR),
        range_m=seen[0],
        azimuth_rad=seen[1] % (2 * np.pi),
        elevation_rad=elevation,
        pressure_altitude_m=np.round(height_m / step) * step,
    )


def _flags(radar: Radar, n: int) -> np.ndarray:
    flags = {
        "none": PlotFlag.PRIMARY,
        "mode_a": PlotFlag.SECONDARY,
        "mode_s": PlotFlag.SECONDARY | PlotFlag.MODE_S,
    }
    return np.full(n, int(flags[radar.identity]))


def _codes(radar: Radar, flight: np.ndarray) -> dict[str, np.ndarray]:
    codes = {}
    if radar.identity != "none":
        codes["mode_a"] = mode_a_of(flight)
    if radar.identity == "mode_s":
        codes["mode_s"] = FIRST_ADDRESS + flight
    return codes


def _false(radar: Radar, row: int, duration_s: float, seed: int) -> Plots:
    """Return false plots: uniform in range and azimuth, with random codes where codes are asked."""
    sensor, rng = radar.sensor, stream(seed, "false plots", radar.sensor.name)
    period_s = float(sensor.rotation_period_s or 0.0)
    n = rng.poisson((sensor.false_plots_per_turn or 0.0) * duration_s / period_s)
    time_s = rng.uniform(0.0, duration_s, n)
    azimuth = 2 * np.pi * ((time_s - radar.offset_s) / period_s % 1.0)
    reach_m = sensor.range_max_m or 0.0
    seen = np.stack(
        [rng.uniform(NEAREST_M, reach_m, n), azimuth, rng.uniform(0.0, math.radians(15.0), n)]
    )
    plots = _plots(radar, row, time_s, seen, rng.uniform(0.0, FALSE_HEIGHT_M, n))
    codes = {"mode_a": rng.integers(1, 4096, n)} if radar.identity != "none" else {}
    return plots.replace(flags=_flags(radar, n), **codes)
