"""Kernels behind emissions.py: the power of a link at a direction finder, and its bearing."""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel
from jointsky.earth.geodesy_kernels import ecef_to_geodetic
from jointsky.sensors.array_kernels import thermal_sigma, with_floor
from jointsky.sensors.drawing_kernels import drift, normals, uniform
from jointsky.sensors.sight_kernels import direction, ground_height, is_clear

SHADOWING, SENDING, BEARING_ERROR = 16, 17, 18
LIGHT_MPS = 299_792_458.0


@kernel
def free_space_loss_db(range_m, frequency_hz):
    """Return 20 log10(4 pi d f / c) (Friis 1946; ITU-R P.525-4).  1 km, 2.4 GHz: 100.05 dB."""
    return 20.0 * math.log10(max(4.0 * math.pi * range_m * frequency_hz / LIGHT_MPS, 1.0))


@kernel
def two_ray_loss_db(range_m, frequency_hz, own_m, its_m):
    """Return the loss beside the echo of plane ground, heights above it in metres.

    Beyond where the loss in free space is less than d⁴ / (h1 h2)² the latter holds (Rappaport,
    Wireless Communications, 2nd ed., eq. 4.52).  10 km, 10 m, 2 m: 133.98 dB.
    """
    plane_db = 40.0 * math.log10(range_m) - 20.0 * math.log10(max(own_m * its_m, 1e-9))
    return max(free_space_loss_db(range_m, frequency_hz), plane_db)


@kernel
def find_links(
    vehicles, frames, where, numbers, times_s, site, keys, power_dbw, finder, key, ground, out
):
    """Fill out (n, 2) with azimuth and its standard error; NaN where the link is not found.

    ``vehicles``, ``frames`` (n,) and ``where`` (n, 6) are candidates; ``power_dbw`` (V,);
    ``finder`` a Finder.
    """
    for i in range(vehicles.shape[0]):
        vehicle, frame = vehicles[i], frames[i]
        out[i, 0], out[i, 1] = np.nan, np.nan
        number, whose = numbers[frame], keys[vehicle]
        if uniform(key, whose, number, SENDING) >= finder.intercept:
            continue
        range_m, azimuth_rad, elevation_rad = direction(site, where[i, 0], where[i, 1], where[i, 2])
        latitude_rad, longitude_rad, height_m = ecef_to_geodetic(
            where[i, 0], where[i, 1], where[i, 2]
        )
        if finder.is_two_ray:
            above_m = max(height_m - ground_height(ground, latitude_rad, longitude_rad), 1.0)
            loss_db = two_ray_loss_db(range_m, finder.frequency_hz, finder.antenna_m, above_m)
        else:
            loss_db = free_space_loss_db(range_m, finder.frequency_hz)
        shadow, _ = drift(key, whose, times_s[frame], finder.memory_s, SHADOWING)
        snr_db = power_dbw[vehicle] + finder.gain_less_noise_dbw - loss_db
        snr_db += finder.shadowing_db * shadow
        if snr_db < finder.needed_db:
            continue
        if not is_clear(ground, site, where[i, 0], where[i, 1], where[i, 2], finder.radius_m):
            continue
        thermal = thermal_sigma(
            10.0 ** (0.1 * snr_db), finder.elements, finder.snapshots, finder.wavenumber_radius
        )
        sigma = with_floor(thermal, finder.floor_rad, math.cos(elevation_rad))
        error, _ = normals(key, whose, number, BEARING_ERROR)
        out[i, 0], out[i, 1] = azimuth_rad + sigma * error, sigma
