"""Kernels of false plots: noise, answers to others, spots of ground, rain.

Their number in a turn is Poisson, drawn by waiting times: plots come until the sum of exponential
steps is above the mean.  What is drawn hangs on key, turn and number only.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare_kernel, inlined
from jointsky.numeric.random_kernels import two_normals, unit
from jointsky.sensors.beam_kernels import STARE, ahead, nose_rad
from jointsky.sensors.measuring_kernels import (
    NEAREST_M,
    P_ALTITUDE,
    P_AZIMUTH,
    P_AZIMUTH_SIGMA,
    P_ELEVATION,
    P_ELEVATION_SIGMA,
    P_RANGE,
    P_RANGE_SIGMA,
    P_RATE,
    P_RATE_SIGMA,
    P_TIME,
    PLOT_FLOATS,
    PRIMARY,
    Q_FLAGS,
    Q_MODE_A,
    Q_VEHICLE,
    SECONDARY,
    SIMULATED,
    spread,
    whole,
)
from jointsky.sensors.scan_kernels import drawn, is_dropped

PURPOSE_NOISE, PURPOSE_ANSWER, PURPOSE_SPOT, PURPOSE_GROUND, PURPOSE_RAIN = 8, 9, 10, 11, 12
_TURN = 2.0 * math.pi
_EARTH_M = 6_371_000.0  # elevations are told free of refraction
_STEP_M = 30.48  # 100 ft
_HIGHEST_STEPS = 400  # of an altitude that is nobody's: 40,000 ft
_RAIN_SPREAD_MPS = 1.0
_MANY = 1 << 24  # plots of one spot or cell and turn that counters keep apart


@inlined
def since_begin(scan, turn, azimuth_rad):
    """Return how long after its turn began a beam looks at an azimuth of the field (of scan)."""
    if scan.manner == STARE:
        return 0.5 * scan.period_s
    start, way = ahead(scan, turn)
    behind = whole(way * (azimuth_rad - start))
    beam = math.floor(behind / scan.width_rad)
    return (behind / scan.width_rad - beam) * scan.period_s


@inlined
def put_false(scan, turn, range_m, azimuth_rad, sigmas, flags, out, out_ints, n):
    """Write time, place and errors of a false plot into row n; azimuth as of ``scan``."""
    for k in range(PLOT_FLOATS):
        out[n, k] = np.nan
    begin_s = turn * scan.period_s + scan.begin_s
    out[n, P_TIME] = begin_s + since_begin(scan, turn, azimuth_rad)
    out[n, P_RANGE], out[n, P_AZIMUTH] = range_m, azimuth_rad
    out[n, P_RANGE_SIGMA], out[n, P_AZIMUTH_SIGMA] = sigmas
    out_ints[n, Q_VEHICLE], out_ints[n, Q_MODE_A] = -1, -1
    out_ints[n, Q_FLAGS] = flags | SIMULATED


@inlined
def put_echo(errors, elevation_rad, rate_mps, out, n):
    """Write what an echo tells besides its place, as far as the radar measures it."""
    wider = spread(errors, errors.noise_ratio_db)
    out[n, P_RANGE_SIGMA] *= wider
    out[n, P_AZIMUTH_SIGMA] *= wider
    if not math.isnan(errors.elevation_rad):
        out[n, P_ELEVATION], out[n, P_ELEVATION_SIGMA] = elevation_rad, wider * errors.elevation_rad
    if not math.isnan(errors.rate_mps):
        out[n, P_RATE], out[n, P_RATE_SIGMA] = rate_mps, wider * errors.rate_mps


@bare_kernel
def noise(scan, field, errors, ahead_rad, turn, key, out, out_ints, n):
    """Write the noise plots of a turn, even over range, azimuth and elevation; return rows used.

    ``ahead_rad`` is the nose that the beams turn with.
    A number above the room there is means that the turn has to be asked for again.
    """
    waited, number = 0.0, 0
    while True:
        bits = drawn(key[0], key[1], number, turn, PURPOSE_NOISE, 0)
        waited -= math.log(1.0 - unit(bits[0]))
        if waited > field.noise_plots:
            return n
        if n >= out.shape[0]:
            return n + 1
        range_m = field.near_m + unit(bits[1]) * (field.far_m - field.near_m)
        azimuth_rad = whole(field.left_rad + unit(bits[2]) * field.extent_rad)
        sigmas = (errors.range_m, errors.azimuth_rad)
        put_false(scan, turn, range_m, azimuth_rad, sigmas, PRIMARY, out, out_ints, n)
        out[n, P_AZIMUTH] = whole(azimuth_rad + ahead_rad)
        other = drawn(key[0], key[1], number, turn, PURPOSE_NOISE, 1)
        elevation_rad = field.low_rad + unit(bits[3]) * (field.high_rad - field.low_rad)
        put_echo(errors, elevation_rad, (2.0 * unit(other[0]) - 1.0) * field.fastest_mps, out, n)
        n, number = n + 1, number + 1


@bare_kernel
def answers(scan, field, errors, turn, key, out, out_ints, n):
    """Write the false answers of a turn, even over range and azimuth; return rows used.

    Each has a code; half of them an altitude.
    """
    waited, number = 0.0, 0
    while True:
        bits = drawn(key[0], key[1], number, turn, PURPOSE_ANSWER, 0)
        waited -= math.log(1.0 - unit(bits[0]))
        if waited > field.answers:
            return n
        if n >= out.shape[0]:
            return n + 1
        range_m = field.near_m + unit(bits[1]) * (field.reply_far_m - field.near_m)
        azimuth_rad = whole(field.left_rad + unit(bits[2]) * field.extent_rad)
        sigmas = (errors.reply_range_m, errors.reply_azimuth_rad)
        put_false(scan, turn, range_m, azimuth_rad, sigmas, SECONDARY, out, out_ints, n)
        out_ints[n, Q_MODE_A] = int(bits[3] % np.uint64(4096))
        other = drawn(key[0], key[1], number, turn, PURPOSE_ANSWER, 1)
        if unit(other[0]) < 0.5:
            out[n, P_ALTITUDE] = _STEP_M * math.floor(unit(other[1]) * _HIGHEST_STEPS)
        n, number = n + 1, number + 1


@inlined
def put_at(scan, field, errors, turn, east_m, north_m, height_m, rate_mps, out, out_ints, n):
    """Write an echo of what is over the ground, if it is in cover; return the rows used.

    It has the radar's biases, as all that the site measures; no errors are drawn, for where it is
    in its cloud is random already.
    """
    ground_m = math.hypot(east_m, north_m)
    up_m = height_m - scan.height_m - 0.5 * ground_m * ground_m / _EARTH_M
    range_m, elevation_rad = math.hypot(ground_m, up_m), math.atan2(up_m, ground_m)
    azimuth_rad = whole(math.atan2(east_m, north_m))
    off_rad = whole(azimuth_rad - field.left_rad)
    if range_m < field.near_m or range_m > field.far_m or off_rad > field.extent_rad:
        return n
    if elevation_rad < field.low_rad or elevation_rad > field.high_rad:
        return n
    sigmas = (errors.range_m, errors.azimuth_rad)
    put_false(scan, turn, range_m, azimuth_rad, sigmas, PRIMARY, out, out_ints, n)
    put_echo(errors, elevation_rad + errors.elevation_bias_rad, rate_mps, out, n)
    out[n, P_RANGE] = max(range_m + errors.range_bias_m, NEAREST_M)
    out[n, P_AZIMUTH] = whole(azimuth_rad + errors.azimuth_bias_rad)
    return n + 1


@bare_kernel
def ground(scan, field, errors, turn, key, out, out_ints, n):
    """Write the echoes of the spots of a turn: each a normal cloud; return rows used."""
    for spot in range(field.spot_plots.shape[0]):
        waited, number = 0.0, 0
        while True:
            at = spot * _MANY + number
            bits = drawn(key[0], key[1], at, turn, PURPOSE_GROUND, 0)
            waited -= math.log(1.0 - unit(bits[0]))
            if waited > field.spot_plots[spot]:
                break
            if n >= out.shape[0]:
                return n + 1
            off_east, off_north = two_normals(bits[2], bits[3])
            east_m = field.spot_east_m[spot] + field.spot_size_m * off_east
            north_m = field.spot_north_m[spot] + field.spot_size_m * off_north
            height_m = field.spot_height_m[spot]
            n = put_at(scan, field, errors, turn, east_m, north_m, height_m, 0.0, out, out_ints, n)
            number += 1
    return n


@bare_kernel
def rain(scan, field, cells, errors, turn, key, out, out_ints, n):
    """Write the echoes of rain in a turn: even over each cell and its height; return rows used."""
    begin_s = turn * scan.period_s + scan.begin_s
    for c in range(cells.east_m.shape[0]):
        if begin_s < cells.begin_s[c] or begin_s >= cells.end_s[c]:
            continue
        age_s, radius_m = begin_s - cells.begin_s[c], cells.radius_m[c]
        mean = field.rain_plots_m2 * math.pi * radius_m * radius_m * cells.rate_mmph[c] / 10.0
        waited, number = 0.0, 0
        while True:
            at = c * _MANY + number
            bits = drawn(key[0], key[1], at, turn, PURPOSE_RAIN, 0)
            waited -= math.log(1.0 - unit(bits[0]))
            if waited > mean:
                break
            if n >= out.shape[0]:
                return n + 1
            out_m, way = radius_m * math.sqrt(unit(bits[1])), _TURN * unit(bits[2])
            east_m = cells.east_m[c] + age_s * cells.ve_mps[c] + out_m * math.sin(way)
            north_m = cells.north_m[c] + age_s * cells.vn_mps[c] + out_m * math.cos(way)
            away_m = max(math.hypot(east_m, north_m), 1.0)
            rate_mps = (east_m * cells.ve_mps[c] + north_m * cells.vn_mps[c]) / away_m
            other = drawn(key[0], key[1], at, turn, PURPOSE_RAIN, 1)
            rate_mps += _RAIN_SPREAD_MPS * two_normals(other[0], other[1])[0]
            height_m = unit(bits[3]) * cells.top_m[c]
            n = put_at(
                scan, field, errors, turn, east_m, north_m, height_m, rate_mps, out, out_ints, n
            )
            number += 1
    return n


@bare_kernel
def all_false(scan, reach, field, errors, pieces, turns, key, out, out_ints):
    """Write the false plots of turns [first, end); return rows used and the turn to go on with."""
    n = 0
    for turn in range(turns[0], turns[1]):
        begin = n
        if is_dropped(reach, turn, key):
            continue
        if field.noise_plots > 0.0:
            ahead_rad = nose_rad(scan, pieces, turn)
            n = noise(scan, field, errors, ahead_rad, turn, key, out, out_ints, n)
        if n <= out.shape[0] and field.answers > 0.0:
            n = answers(scan, field, errors, turn, key, out, out_ints, n)
        if n <= out.shape[0]:
            n = ground(scan, field, errors, turn, key, out, out_ints, n)
        if n <= out.shape[0] and field.rain_plots_m2 > 0.0:
            n = rain(scan, field, reach.rain, errors, turn, key, out, out_ints, n)
        if n > out.shape[0]:
            return begin, turn
    return n, turns[1]


@bare_kernel
def spot_words(key, spot, attempt, out):
    """Fill out (4,) with even numbers in [0, 1) that belong to a spot."""
    bits = drawn(key[0], key[1], spot, 0, PURPOSE_SPOT, attempt)
    for k in range(4):
        out[k] = unit(bits[k])
