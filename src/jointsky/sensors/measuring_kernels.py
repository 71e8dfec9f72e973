"""Kernels of measuring: places become what a radar says of them, with its errors and biases.

``rows`` and ``marks`` are those of scan_kernels, ``echoes`` and ``replies`` (n, 5) the centres of
resolution_kernels; ``errors`` is measuring.Errors.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare_kernel, inlined
from jointsky.numeric.random_kernels import two_normals, unit
from jointsky.sensors.resolution_kernels import M_AZIMUTH, M_ELEVATION, M_POWER, M_RANGE, M_TIME
from jointsky.sensors.scan_kernels import (
    F_HEIGHT,
    F_RATE,
    I_PASS,
    I_TURN,
    I_VEHICLE,
    MILITARY,
    MODE_A,
    MODE_C,
    MODE_S,
    PURPOSE_ECHO,
    PURPOSE_REPLY,
    drawn,
)

PURPOSE_ECHO_MORE, PURPOSE_REPLY_MORE, PURPOSE_ALTIMETER = 5, 6, 7
P_TIME, P_RANGE, P_AZIMUTH, P_ELEVATION, P_RATE, P_ALTITUDE = 0, 1, 2, 3, 4, 5
P_RANGE_SIGMA, P_AZIMUTH_SIGMA, P_ELEVATION_SIGMA, P_RATE_SIGMA = 6, 7, 8, 9
Q_VEHICLE, Q_MODE_A, Q_FLAGS = 0, 1, 2
PLOT_FLOATS, PLOT_INTS = 10, 3
PRIMARY, SECONDARY, BY_MODE_S, SIMULATED = 1, 2, 4, 64  # as in records.plots.PlotFlag
A_UNSURE, C_UNSURE, IS_MILITARY = 512, 1024, 2048
_TURN = 2.0 * math.pi
_FOOT_M = 0.3048
NEAREST_M = 1.0


@inlined
def whole(angle_rad):
    """Return an angle in [0, 2 pi)."""
    angle_rad -= _TURN * math.floor(angle_rad / _TURN)
    return 0.0 if angle_rad >= _TURN else angle_rad


@inlined
def spread(errors, ratio_db):
    """Return by what to multiply the declared standard errors at a signal-to-noise ratio.

    What passed the threshold looks no weaker than noise that just passes it.
    """
    if math.isnan(errors.at_ratio_db):
        return 1.0
    floor2 = errors.floor * errors.floor
    below_db = errors.at_ratio_db - max(ratio_db, errors.noise_ratio_db)
    return math.sqrt(floor2 + (1.0 - floor2) * 10.0 ** (0.1 * below_db))


@inlined
def pressure_altitude(height_m, step_ft, error_m):
    """Return an altitude as a transponder tells it: with its altimeter's error, in whole steps."""
    step_m = step_ft * _FOOT_M
    return step_m * math.floor((height_m + error_m) / step_m + 0.5)


@inlined
def measure_echo(errors, centre, rate_mps, key, at, out):
    """Write what an echo tells; ``at`` is the key of its vehicle, turn and pass."""
    bits = drawn(key[0], key[1], at[0], at[1], PURPOSE_ECHO, at[2])
    along, across = two_normals(bits[2], bits[3])
    more = drawn(key[0], key[1], at[0], at[1], PURPOSE_ECHO_MORE, at[2])
    upwards, rate = two_normals(more[0], more[1])
    wider = spread(errors, 10.0 * math.log10(centre[M_POWER]))
    sigma = wider * errors.range_m
    out[P_RANGE_SIGMA] = sigma
    out[P_RANGE] = max(centre[M_RANGE] + errors.range_bias_m + sigma * along, NEAREST_M)
    sigma = wider * errors.azimuth_rad
    out[P_AZIMUTH_SIGMA] = sigma
    out[P_AZIMUTH] = whole(centre[M_AZIMUTH] + errors.azimuth_bias_rad + sigma * across)
    sigma = wider * errors.elevation_rad  # NaN: not measured
    out[P_ELEVATION_SIGMA] = sigma
    out[P_ELEVATION] = centre[M_ELEVATION] + errors.elevation_bias_rad + sigma * upwards
    sigma = wider * errors.rate_mps
    out[P_RATE_SIGMA] = sigma
    out[P_RATE] = rate_mps + sigma * rate


@inlined
def measure_reply(errors, centre, key, at, out):
    """Write the place of an answer in place of that of an echo."""
    bits = drawn(key[0], key[1], at[0], at[1], PURPOSE_REPLY, at[2])
    along, across = two_normals(bits[2], bits[3])
    out[P_RANGE_SIGMA] = errors.reply_range_m
    out[P_RANGE] = max(
        centre[M_RANGE] + errors.range_bias_m + errors.reply_range_m * along, NEAREST_M
    )
    out[P_AZIMUTH_SIGMA] = errors.reply_azimuth_rad
    out[P_AZIMUTH] = whole(
        centre[M_AZIMUTH] + errors.azimuth_bias_rad + errors.reply_azimuth_rad * across
    )


@inlined
def read_codes(errors, answers, told_a, height_m, is_garbled, keys, at, out, out_ints):
    """Write code and altitude that an answer tells, and return its flags.

    Garbled answers lose both with a declared probability; a code that is read wrong has one bit
    turned over and is marked unsure.  An altitude that is read wrong is off by 100 to 800 feet.
    ``keys`` are those of the radar and of the sky, from which altimeters err for all radars alike.
    """
    key, sky = keys
    more = drawn(key[0], key[1], at[0], at[1], PURPOSE_REPLY_MORE, at[2])
    flags = SECONDARY | SIMULATED
    is_selective = errors.is_mode_s and answers & MODE_S != 0
    if is_selective:
        flags |= BY_MODE_S
    if is_garbled and unit(more[0]) < errors.garbled_probability:
        return flags | A_UNSURE | C_UNSURE
    if answers & MILITARY != 0:
        flags |= IS_MILITARY
    error_m = two_normals(*drawn(sky[0], sky[1], at[0], 0, PURPOSE_ALTIMETER, 0)[:2])[0]
    error_m *= errors.altimeter_m
    if answers & (MODE_A | MODE_S) != 0 and told_a >= 0:
        out_ints[Q_MODE_A] = told_a
        if not is_selective and unit(more[1]) < errors.wrong_code_probability:
            out_ints[Q_MODE_A] = told_a ^ (1 << int(more[3] % np.uint64(12)))
            flags |= A_UNSURE
    if answers & (MODE_C | MODE_S) != 0:
        step_ft = 25.0 if is_selective else 100.0
        out[P_ALTITUDE] = pressure_altitude(height_m, step_ft, error_m)
        if not is_selective and unit(more[2]) < errors.wrong_code_probability:
            wrong = 1 << int((more[3] >> np.uint64(8)) % np.uint64(4))
            out[P_ALTITUDE] += wrong * 100.0 * _FOOT_M
            flags |= C_UNSURE
    return flags


@bare_kernel
def measure(rows, marks, echoes, replies, garbled, targets, mode_a, errors, keys, out, out_ints):
    """Write a plot for each row that leads echoes or answers; return how many.

    What one vehicle gives of both in one look is one combined plot, placed by the answer.
    ``keys`` are those of the radar and of the sky.
    """
    key = keys[0]
    n = 0
    for i in range(rows.shape[0]):
        has_echo, has_reply = echoes[i, M_POWER] > 0.0, replies[i, M_POWER] > 0.0
        if not has_echo and not has_reply:
            continue
        for k in range(PLOT_FLOATS):
            out[n, k] = np.nan
        vehicle = marks[i, I_VEHICLE]
        at = (targets.key[vehicle], marks[i, I_TURN], marks[i, I_PASS])
        out_ints[n, Q_VEHICLE], out_ints[n, Q_MODE_A] = vehicle, -1
        flags = SIMULATED
        time_s = replies[i, M_TIME] if has_reply else echoes[i, M_TIME]
        if has_echo:
            flags |= PRIMARY
            measure_echo(errors, echoes[i], rows[i, F_RATE], key, at, out[n])
        if has_reply:
            measure_reply(errors, replies[i], key, at, out[n])
            flags |= read_codes(
                errors, targets.answers[vehicle], mode_a[vehicle], rows[i, F_HEIGHT],
                garbled[i] != 0, keys, at, out[n], out_ints[n],
            )  # fmt: skip
        out[n, P_TIME] = time_s
        out_ints[n, Q_FLAGS] = flags
        n += 1
    return n
