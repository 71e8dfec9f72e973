"""Kernels behind sounds.py: what is heard of a source, and where it was when it was loud."""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel
from jointsky.earth.motion_kernels import row_at, state
from jointsky.sensors.array_kernels import thermal_sigma, with_floor
from jointsky.sensors.drawing_kernels import normals, uniform
from jointsky.sensors.sight_kernels import direction, distance, is_clear

HEARING, BEARING_ERROR = 16, 17
_MOST_ROUNDS = 200


@kernel
def left_at(pieces, vehicle, site, time_s, sound_mps):
    """Return when the sound left that arrives at a time; NaN where there is no such moment.

    Solves t = time - |p(t) - site| / c by repeated substitution, a contraction for what flies
    slower than sound; what flies faster is not heard before its shock and is left out.
    """
    row = row_at(pieces, vehicle, time_s)
    if row < 0:
        return math.nan
    x_m, y_m, z_m, _, _, _ = state(pieces, row, time_s)
    left_s = time_s - distance(site, x_m, y_m, z_m) / sound_mps
    for _ in range(_MOST_ROUNDS):
        row = row_at(pieces, vehicle, left_s)
        if row < 0:
            return math.nan
        x_m, y_m, z_m, _, _, _ = state(pieces, row, left_s)
        better_s = time_s - distance(site, x_m, y_m, z_m) / sound_mps
        if abs(better_s - left_s) < 1e-6:
            return better_s
        left_s = better_s
    return math.nan


@kernel
def level_db(source_db, range_m, absorption_dbpm):
    """Return the sound pressure level of a point source: spherical spreading and absorption.

    ISO 9613-2:1996, eq. 4, 7 and 8, with the source's level at 1 m; 90 dB, 1 km, 0.005 dB/m: 25 dB.
    """
    return source_db - 20.0 * math.log10(max(range_m, 1.0)) - absorption_dbpm * range_m


@kernel
def hearing_probability(snr, false_alarm):
    """Return the chance that a source of fluctuating power is heard beyond what noise alone does.

    Sound scattered by turbulence has exponentially distributed power (Wilson, Pettit, Ostashev,
    "Sound propagation in the atmospheric boundary layer", Acoustics Today 11 (2015)), so that the
    threshold is passed with pfa^(1 / (1 + snr)), the law of Swerling's first case with one look;
    the part of noise is taken off, (p - pfa) / (1 - pfa): false bearings are drawn apart.
    snr 10, pfa 1e-3: 0.5332.
    """
    return (false_alarm ** (1.0 / (1.0 + snr)) - false_alarm) / (1.0 - false_alarm)


@kernel
def hear(vehicles, frames, numbers, times_s, pieces, site, keys, source_db, ears, key, ground, out):
    """Fill out (n, 4): azimuth, its standard error, elevation, its standard error; NaN: unheard.

    ``vehicles`` and ``frames`` (n,) are candidates; ``source_db`` (V,); ``ears`` an Ears.
    """
    for i in range(vehicles.shape[0]):
        vehicle, frame = vehicles[i], frames[i]
        for k in range(4):
            out[i, k] = np.nan
        left_s = left_at(pieces, vehicle, site, times_s[frame], ears.sound_mps)
        row = row_at(pieces, vehicle, left_s)
        if row < 0:
            continue
        x_m, y_m, z_m, _, _, _ = state(pieces, row, left_s)
        range_m, azimuth_rad, elevation_rad = direction(site, x_m, y_m, z_m)
        if range_m > ears.reach_m:
            continue
        heard_db = level_db(source_db[vehicle], range_m, ears.absorption_dbpm)
        snr = 10.0 ** (0.1 * (heard_db - ears.ambient_db))
        whose, number = keys[vehicle], numbers[frame]
        chance = hearing_probability(ears.elements * snr, ears.false_alarm)
        if uniform(key, whose, number, HEARING) >= chance:
            continue
        if not is_clear(ground, site, x_m, y_m, z_m, ears.radius_m):
            continue
        thermal = thermal_sigma(snr, ears.elements, ears.snapshots, ears.wavenumber_radius)
        across, up = normals(key, whose, number, BEARING_ERROR)
        out[i, 1] = with_floor(thermal, ears.floor_rad, math.cos(elevation_rad))
        out[i, 0] = azimuth_rad + out[i, 1] * across
        if ears.elevation_floor_rad > 0.0:
            out[i, 3] = with_floor(thermal, ears.elevation_floor_rad, math.sin(elevation_rad))
            out[i, 2] = elevation_rad + out[i, 3] * up
