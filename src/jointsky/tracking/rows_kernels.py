"""Kernels of results: one row for a track at one time, as the tracker tells it."""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import bare
from jointsky.tracking.layout_kernels import (
    CLIMB,
    I_CALL_SIGN,
    I_FLAGS,
    I_LAST,
    I_MODE_A,
    I_MODE_S,
    I_NUMBER,
    I_PLOTS,
    L_EVERY,
    L_HIT,
    O_CALL_SIGN,
    O_FLAGS,
    O_MODE_A,
    O_MODE_S,
    O_NUMBER,
    O_PLOT,
    O_PLOTS,
    O_STATUS,
    QUIET,
    R_COV,
    R_EXISTENCE,
    R_MANOEUVRE,
    R_MEAN,
    R_PRESSURE,
    R_TIME,
    SLOW,
    T_EXISTENCE,
    T_PRESSURE,
    WEIGHT,
)

RECENT_TURNS = 2.6


@bare
def write(track, ints, looks, time, now, mean, packed, bodies, status, plot, out, n):
    """Write row ``n`` of ``out`` (floats, ints, sensor bits): one track at one time."""
    floats, numbers, bits = out
    row = floats[n]
    row[R_TIME] = time
    row[R_EXISTENCE] = track[T_EXISTENCE]
    row[R_PRESSURE] = track[T_PRESSURE]
    steady = bodies[QUIET, WEIGHT] + bodies[CLIMB, WEIGHT] + bodies[SLOW, WEIGHT]
    row[R_MANOEUVRE] = max(1.0 - steady, 0.0)
    for k in range(6):
        row[R_MEAN + k] = mean[k]
    for k in range(21):
        row[R_COV + k] = packed[k]
    number = numbers[n]
    number[O_NUMBER] = ints[I_NUMBER]
    number[O_STATUS] = status
    number[O_PLOTS] = ints[I_PLOTS]
    number[O_MODE_S] = ints[I_MODE_S]
    number[O_MODE_A] = ints[I_MODE_A]
    number[O_CALL_SIGN] = ints[I_CALL_SIGN]
    number[O_FLAGS] = ints[I_FLAGS]
    number[O_PLOT] = ints[I_LAST] if plot >= 0 else plot  # its number, wherever it lies
    for word in range(bits.shape[1]):
        bits[n, word] = 0
    for s in range(looks.shape[0]):
        if now - looks[s, L_HIT] < RECENT_TURNS * looks[s, L_EVERY]:
            bits[n, s >> 6] |= np.uint64(1) << np.uint64(s & 63)
