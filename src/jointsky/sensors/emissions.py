"""Direction finders: bearings of what sends, found by the power of its link over noise.

Received power is that of the vehicle, less the loss on the way, plus a shadowing that is normal in
decibels and drifts with time.  From ``snr_needed_db`` on the link is found, with the error of
array_kernels.py and a floor for what no strength removes (site, calibration).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth.horizon import EFFECTIVE_RADIUS_M
from jointsky.records.sensors import Sensor
from jointsky.records.signatures import Signature
from jointsky.sensors import emissions_kernels as kernels
from jointsky.sensors.bands import band_of
from jointsky.sensors.bearings import as_plots, draw_false
from jointsky.sensors.frames import frames, ground_of, near, sites, words
from jointsky.sensors.passive import DirectionFinder
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Observed, Place, Surroundings

THERMAL_DBW_HZ = -203.977  # k T0 at 290 K (IEEE Std 686)


class Finder(NamedTuple):
    """A direction finder as kernels take it."""

    frequency_hz: float
    gain_less_noise_dbw: float
    needed_db: float
    floor_rad: float
    wavenumber_radius: float
    elements: float
    snapshots: float
    shadowing_db: float
    memory_s: float
    intercept: float
    is_two_ray: bool
    antenna_m: float
    radius_m: float


def noise_dbw(sensor: DirectionFinder) -> float:
    """Return the noise power in one channel: k T0 B F (10 MHz, 8 dB: -125.98 dBW)."""
    return THERMAL_DBW_HZ + 10.0 * math.log10(sensor.bandwidth_mhz * 1e6) + sensor.noise_figure_db


def power_dbw(sensor: DirectionFinder, signature: Signature) -> float:
    """Return the power that a vehicle radiates into the channel; NaN: none.

    A jammer spreads its power evenly over its bandwidth.
    """
    watts = 0.0 if signature.emits_dbw is None else 10.0 ** (0.1 * signature.emits_dbw)
    jammer = signature.jammer
    is_jammed = jammer is not None and band_of(sensor.frequency_mhz) in jammer.bands
    if sensor.hears_jammers and jammer is not None and is_jammed:
        share = min(sensor.bandwidth_mhz / jammer.bandwidth_mhz, 1.0)
        watts += share * 10.0 ** (0.1 * jammer.radiated_power_dbw)
    return 10.0 * math.log10(watts) if watts > 0.0 else math.nan


def finder(sensor: DirectionFinder) -> Finder:
    """Return a declared direction finder as kernels take it."""
    frequency_hz = sensor.frequency_mhz * 1e6
    return Finder(
        frequency_hz=frequency_hz,
        gain_less_noise_dbw=sensor.gain_dbi - noise_dbw(sensor),
        needed_db=sensor.snr_needed_db,
        floor_rad=math.radians(sensor.bearing_floor_deg),
        wavenumber_radius=2.0 * math.pi * frequency_hz / kernels.LIGHT_MPS * sensor.array_radius_m,
        elements=float(sensor.elements),
        snapshots=float(sensor.snapshots),
        shadowing_db=sensor.shadowing_db,
        memory_s=sensor.shadowing_memory_s,
        intercept=sensor.intercept_probability,
        is_two_ray=sensor.propagation == "two-ray",
        antenna_m=sensor.antenna_above_ground_m,
        radius_m=EFFECTIVE_RADIUS_M,
    )


def observe(
    sensor: DirectionFinder,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return the bearings that a direction finder takes in the frames that begin in a window."""
    seen = frames(sensor.interval_s, placed, begin_s, end_s, key)
    at, _ = sites(place, surroundings, seen.time_s)
    powers: npt.NDArray[np.float64] = np.array(
        [power_dbw(sensor, signature) for signature in surroundings.signatures], np.float64
    )[surroundings.vehicles.signature]
    reach_m = sensor.range_max_km * 1000.0
    found = near(surroundings, np.isfinite(powers), seen, at, 0.0, reach_m)
    out = np.empty((len(found.vehicle), 2))
    kernels.find_links(
        found.vehicle,
        found.frame,
        found.state,
        seen.number,
        seen.time_s,
        at[0],
        surroundings.vehicle_keys,
        powers,
        finder(sensor),
        words(key),
        ground_of(surroundings),
        out,
    )
    is_found = np.isfinite(out[:, 0])
    false = draw_false(seen, sensor.false_bearings_per_hour, (0.0, 0.0), key)
    floor = np.full(len(false.frame), math.radians(sensor.bearing_floor_deg))
    return as_plots(
        placed,
        row,
        seen.time_s[np.concatenate([found.frame[is_found], false.frame])],
        np.concatenate([found.vehicle[is_found], np.full(len(false.frame), -1)]),
        np.concatenate([out[is_found, 0], false.azimuth_rad]),
        np.concatenate([out[is_found, 1], floor]),
    )


def describe(sensor: DirectionFinder, name: str, place: Place) -> Sensor:
    """Return what a tracker is told of a direction finder."""
    return Sensor(
        name=name,
        kind="bearing",
        latitude_rad=place.latitude_rad,
        longitude_rad=place.longitude_rad,
        height_m=place.height_m,
        rotation_period_s=sensor.interval_s,
        range_max_m=sensor.range_max_km * 1000.0,
        azimuth_sigma_rad=math.radians(sensor.bearing_floor_deg),
        false_plots_per_turn=sensor.false_bearings_per_hour * sensor.interval_s / 3600.0,
        senses=("radio",),
    )
