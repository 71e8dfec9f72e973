"""Random numbers by counter: what a look draws hangs on its key and counter only, not on others.

Philox 4x64 with ten rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
1, 2, 3", SC 2011), the same numbers as numpy.random.Philox gives for that key and counter.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inner, kernel

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_TO_UNIT = 1.0 / 9007199254740992.0  # 2^-53
_DOWN = np.uint64(11)


@inner
def _high(a, b):
    """Return the upper 64 bits of the product of two 64-bit numbers."""
    a0, a1, b0, b1 = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    middle = a1 * b0 + ((a0 * b0) >> _HALF)
    other = a0 * b1 + (middle & _LOW)
    return a1 * b1 + (middle >> _HALF) + (other >> _HALF)


@kernel
def philox(key0, key1, c0, c1, c2, c3):
    """Return four random 64-bit numbers that belong to a key and a counter."""
    for _ in range(10):
        high0, low0 = _high(_M0, c0), _M0 * c0
        high1, low1 = _high(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ key0, low1, high0 ^ c3 ^ key1, low0
        key0, key1 = key0 + _W0, key1 + _W1
    return c0, c1, c2, c3


@kernel
def unit(bits):
    """Return a number in [0, 1) of 64 random bits."""
    return np.float64(bits >> _DOWN) * _TO_UNIT


@kernel
def two_normals(bits0, bits1):
    """Return two independent standard normal numbers of 128 random bits (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - unit(bits0)))
    angle = 2.0 * math.pi * unit(bits1)
    return radius * math.cos(angle), radius * math.sin(angle)
