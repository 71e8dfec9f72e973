"""Microphones: bearings of engines and rotors, late by the time that sound takes.

Level at the array: spherical spreading and absorption by air of the declared state; against the
noise of the place it gives the chance to be heard and, with array_kernels.py, the error.  Not
modelled: wind, refraction, the ground's own echo, diffraction over hills (what the ground hides is
not heard), and shift of pitch.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from jointsky.earth.horizon import EARTH_RADIUS_M
from jointsky.records.sensors import Sensor
from jointsky.sensors import sounds_kernels as kernels
from jointsky.sensors.bearings import as_plots, draw_false
from jointsky.sensors.frames import Floats, frames, ground_of, near, sites, words
from jointsky.sensors.passive import AcousticArray
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Air, Observed, Place, Surroundings

_REFERENCE_K, _TRIPLE_POINT_K, _REFERENCE_PA = 293.15, 273.16, 101_325.0


class Ears(NamedTuple):
    """An acoustic array as kernels take it."""

    sound_mps: float
    absorption_dbpm: float
    ambient_db: float
    false_alarm: float
    elements: float
    snapshots: float
    wavenumber_radius: float
    floor_rad: float
    elevation_floor_rad: float
    reach_m: float
    radius_m: float


def sound_speed_mps(air: Air) -> float:
    """Return the speed of sound, 343.2 m/s at 20 °C (ISO 9613-1:1993, annex A)."""
    return 343.2 * math.sqrt(air.temperature_k / _REFERENCE_K)


def absorption_dbpm(frequency_hz: float, air: Air) -> float:
    """Return the absorption of a pure tone by air, dB a metre (ISO 9613-1:1993, eq. 3 to 5, B.2).

    1 kHz, 20 °C, 70 %: 4.98 dB/km; 8 kHz, 10 °C, 70 %: 117 dB/km (its table 1).
    """
    warmth = air.temperature_k / _REFERENCE_K
    pressure = air.pressure_pa / _REFERENCE_PA
    exponent = -6.8346 * (_TRIPLE_POINT_K / air.temperature_k) ** 1.261 + 4.6151
    water = 100.0 * air.relative_humidity * 10.0**exponent / pressure  # molar, in percent
    oxygen_hz = pressure * (24.0 + 4.04e4 * water * (0.02 + water) / (0.391 + water))
    nitrogen_hz = pressure / math.sqrt(warmth)
    nitrogen_hz *= 9.0 + 280.0 * water * math.exp(-4.170 * (warmth ** (-1.0 / 3.0) - 1.0))
    square = frequency_hz * frequency_hz
    oxygen = 0.01275 * math.exp(-2239.1 / air.temperature_k) / (oxygen_hz + square / oxygen_hz)
    nitrogen = 0.1068 * math.exp(-3352.0 / air.temperature_k)
    nitrogen /= nitrogen_hz + square / nitrogen_hz
    classical = 1.84e-11 / pressure * math.sqrt(warmth)
    return float(8.686 * square * (classical + warmth**-2.5 * (oxygen + nitrogen)))


def ears(sensor: AcousticArray, air: Air) -> Ears:
    """Return a declared array in the air of a scenario as kernels take it."""
    speed = sound_speed_mps(air)
    floor = sensor.elevation_floor_deg
    return Ears(
        sound_mps=speed,
        absorption_dbpm=absorption_dbpm(sensor.frequency_hz, air),
        ambient_db=sensor.ambient_db,
        false_alarm=false_alarm_probability(sensor),
        elements=float(sensor.elements),
        snapshots=float(sensor.snapshots),
        wavenumber_radius=2.0 * math.pi * sensor.frequency_hz / speed * sensor.array_radius_m,
        floor_rad=math.radians(sensor.bearing_floor_deg),
        elevation_floor_rad=0.0 if floor is None else math.radians(floor),
        reach_m=sensor.range_max_km * 1000.0,
        radius_m=EARTH_RADIUS_M,
    )


def false_alarm_probability(sensor: AcousticArray) -> float:
    """Return the chance of a false bearing in one interval, which sets the threshold."""
    return min(sensor.false_bearings_per_hour * sensor.interval_s / 3600.0, 0.5)


def source_levels_db(surroundings: Surroundings) -> Floats:
    """Return each vehicle's sound pressure level at 1 m (V,); NaN where it is silent.

    A flock or swarm of n sounds 10 log10(n) louder than one of it.
    """
    each = [np.nan if s.sound_db is None else s.sound_db for s in surroundings.signatures]
    levels = np.array(each, np.float64)[surroundings.vehicles.signature]
    return np.asarray(levels + 10.0 * np.log10(np.maximum(surroundings.vehicles.count, 1)))


def observe(
    sensor: AcousticArray,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return the bearings of sounds that arrive in the frames that begin in a window."""
    seen = frames(sensor.interval_s, placed, begin_s, end_s, key)
    at, _ = sites(place, surroundings, seen.time_s)
    levels = source_levels_db(surroundings)
    listening = ears(sensor, surroundings.air)
    # a subsonic source has gone on by less than the sound's own way
    found = near(surroundings, np.isfinite(levels), seen, at, 0.0, 2.0 * listening.reach_m)
    out = np.empty((len(found.vehicle), 4))
    kernels.hear(
        found.vehicle,
        found.frame,
        seen.number,
        seen.time_s,
        surroundings.pieces,
        at[0],
        surroundings.vehicle_keys,
        levels,
        listening,
        words(key),
        ground_of(surroundings),
        out,
    )
    is_heard = np.isfinite(out[:, 0])
    false = draw_false(seen, sensor.false_bearings_per_hour, (0.0, math.pi / 3.0), key)
    made = np.full((len(false.frame), 4), np.nan)
    made[:, 0], made[:, 1] = false.azimuth_rad, listening.floor_rad
    if sensor.elevation_floor_deg is not None:
        made[:, 2], made[:, 3] = false.elevation_rad, listening.elevation_floor_rad
    rows = np.concatenate([out[is_heard], made])
    return as_plots(
        placed,
        row,
        seen.time_s[np.concatenate([found.frame[is_heard], false.frame])],
        np.concatenate([found.vehicle[is_heard], np.full(len(made), -1)]),
        *(rows[:, k].copy() for k in range(4)),
    )


def describe(sensor: AcousticArray, name: str, place: Place) -> Sensor:
    """Return what a tracker is told of an acoustic array."""
    floor = sensor.elevation_floor_deg
    return Sensor(
        name=name,
        kind="bearing",
        latitude_rad=place.latitude_rad,
        longitude_rad=place.longitude_rad,
        height_m=place.height_m,
        rotation_period_s=sensor.interval_s,
        range_max_m=sensor.range_max_km * 1000.0,
        azimuth_sigma_rad=math.radians(sensor.bearing_floor_deg),
        elevation_sigma_rad=None if floor is None else math.radians(floor),
        false_plots_per_turn=sensor.false_bearings_per_hour * sensor.interval_s / 3600.0,
        senses=("sound",),
    )
