"""Kernels of the sensors' random numbers: uniform, normal, drifting, all by counter.

A number hangs on two words of a key, the hash of a vehicle (0: none), a count (turn, frame,
squitter) and a purpose; on nothing else.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel
from jointsky.numeric.random_kernels import philox, two_normals, unit

NOBODY = np.uint64(0)
_MANY = 500.0  # above, the chance of none is near what numbers end at
_NOTHING = 1e-18  # chances that add nothing to what is near 1


@kernel
def bits(key, whose, count, purpose):
    """Return four random 64-bit numbers; ``key`` are two words, ``count`` and ``purpose`` whole."""
    return philox(key[0], key[1], whose, np.uint64(count), np.uint64(purpose), np.uint64(0))


@kernel
def uniform(key, whose, count, purpose):
    """Return a number in [0, 1)."""
    return unit(bits(key, whose, count, purpose)[0])


@kernel
def normals(key, whose, count, purpose):
    """Return two independent standard normal numbers."""
    four = bits(key, whose, count, purpose)
    return two_normals(four[0], four[1])


@kernel
def drift(key, whose, time_s, memory_s, purpose):
    """Return two independent standard normal numbers that change smoothly with time.

    Between numbers drawn at whole multiples of ``memory_s`` they go along a quarter circle, so
    that the variance is 1 at any time: cos(a) x + sin(a) y, a from 0 to pi/2 with zero slope at
    both ends.  What is two memories apart is independent.
    """
    steps = time_s / memory_s
    before = math.floor(steps)
    part = steps - before
    angle = 0.5 * math.pi * part * part * (3.0 - 2.0 * part)
    count = np.int64(before)  # of one type, or all of these are compiled twice
    a0, a1 = normals(key, whose, count, purpose)
    b0, b1 = normals(key, whose, count + 1, purpose)
    cosine, sine = math.cos(angle), math.sin(angle)
    return cosine * a0 + sine * b0, cosine * a1 + sine * b1


@kernel
def below_normal(value):
    """Return the share of standard normal numbers below a value."""
    return 0.5 * math.erfc(-value * math.sqrt(0.5))


@kernel
def _from_the_middle(mean, share):
    """Return the least number whose distribution function is not below a share.

    The sum up to the mean is made of the terms that count, some ten times the root of the mean;
    from there on terms are added or taken.  The logarithm of the gamma function leaves an error of
    1e-9 at a mean of a million.
    """
    number = int(mean)
    middle = math.exp(number * math.log(mean) - mean - math.lgamma(number + 1.0))
    total, probability, below = 0.0, middle, number
    while below >= 0 and probability > _NOTHING:
        total += probability
        probability *= below / mean
        below -= 1
    probability = middle
    while total - probability >= share and probability > _NOTHING:
        total -= probability
        probability *= number / mean
        number -= 1
    while share > total and probability > _NOTHING:
        number += 1
        probability *= mean / number
        total += probability
    return number


@kernel
def poisson(mean, share):
    """Return the Poisson number that a uniform one stands for, by inversion (Devroye 1986, X.3).

    From none on or, of a large mean, from the middle on.
    """
    if mean > _MANY:
        return _from_the_middle(mean, share)
    number = 0
    probability = math.exp(-mean)
    total = probability
    while share > total and (number < mean or probability > _NOTHING):
        number += 1
        probability *= mean / number
        total += probability
    return number
