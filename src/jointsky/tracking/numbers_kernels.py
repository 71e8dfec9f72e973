"""Kernels behind numbers.py: what a plot says becomes 62 bits, the same on every machine."""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, bare_kernel

CONTENT_BITS = 30
TIME_BITS = 32
NOT_MEASURED = 0x7FF8000000000000  # of all the ways to write a NaN, one


@bare
def stirred(word):
    """Return 64 bits of which each depends on each of ``word``'s.

    The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, section 3, with the constants
    of Stafford's variant 13): 0x9e3779b97f4a7c15 becomes 0xe220a8397b1dcdaf, what it draws first
    from seed 0.
    """
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@bare_kernel
def number_births(time_s, since_s, ticks_hz, sensor, keys, values, bits, marks, out):
    """Fill ``out`` (n,) with the number of a track that each plot would begin.

    ``keys`` (S,) uint64 stand for the sensors' names; ``values`` and ``bits`` are the measured
    columns as numbers and as the same 64 bits, ``marks`` the whole-number columns.  -1: no time.
    """
    gold = np.uint64(0x9E3779B97F4A7C15)
    low = np.uint64((1 << CONTENT_BITS) - 1)
    for i in range(time_s.shape[0]):
        if not math.isfinite(time_s[i]):
            out[i] = -1
            continue
        word = keys[sensor[i]]
        for k in range(values.shape[0]):
            value = values[k, i]
            part = bits[k, i]
            if math.isnan(value):
                part = np.uint64(NOT_MEASURED)
            elif value == 0.0:
                part = np.uint64(0)  # of either sign
            word = stirred((word ^ part) + gold)
        for k in range(marks.shape[0]):
            word = stirred((word ^ np.uint64(marks[k, i])) + gold)
        tick = math.floor((time_s[i] - since_s) * ticks_hz)
        tick -= math.floor(tick / (1 << TIME_BITS)) * (1 << TIME_BITS)
        out[i] = (np.int64(tick) << CONTENT_BITS) | np.int64(word & low)
