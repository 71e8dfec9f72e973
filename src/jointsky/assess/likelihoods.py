"""How likely a reading is for each class: ranges with soft ends, and tables.

Shapes: T tracks, C classes.  A reading that is not there (NaN, or the row -1 of a table) says
nothing: its logarithm is 0 for every class.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NARROWEST = 1e-6  # a sloping side is no steeper than over this share of the whole range


def range_density(value: Floats, sigma: Floats, ranges: Floats) -> Floats:
    """Return the density (T, C) of readings whose truth lies in a range with soft ends.

    ``ranges`` (C, 4): density rises from the first number to the second, is even to the third and
    falls to the fourth.  It is averaged over a Gaussian error ``sigma`` (T,) of the reading
    ``value`` (T,), in closed form: a trapezoid is four ramps, and the mean of a ramp max(u, 0)
    over an error s is ``u Phi(u/s) + s phi(u/s)`` (expected improvement; Jones et al. 1998,
    eq. 15).  Without an error it is the trapezoid itself.
    """
    low, rises, falls, high = ranges.T
    side = NARROWEST * (high - low)
    up, down = np.maximum(rises - low, side), np.maximum(high - falls, side)
    x, s = value[:, None], np.maximum(sigma, 1e-9)[:, None]
    rising = (_ramp(x - low, s) - _ramp(x - (low + up), s)) / up
    falling = (_ramp(x - (high - down), s) - _ramp(x - high, s)) / down
    area = (high - low) - 0.5 * (up + down)
    return np.asarray(np.maximum(rising - falling, 0.0) / area)


def _ramp(u: Floats, s: Floats) -> Floats:
    z = u / s
    return np.asarray(u * ndtr(z) + s * np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi))


def range_logs(
    value: Floats, sigma: Floats, ranges: Floats, span: tuple[float, float], odd_share: float
) -> Floats:
    """Return the logarithm (T, C) of readings; ``odd_share`` of them lie anywhere in a span."""
    is_there = np.isfinite(value) & np.isfinite(sigma)
    density = range_density(np.where(is_there, value, 0.0), np.where(is_there, sigma, 1.0), ranges)
    made = np.log((1.0 - odd_share) * density + odd_share / (span[1] - span[0]))
    return np.where(is_there[:, None], made, 0.0)


def table_logs(row: Integers, table: Floats, odd_share: float) -> Floats:
    """Return the logarithm (T, C) of readings that are rows of a table of shares (rows, C).

    ``odd_share`` of the readings are any of the rows alike.  Row -1: no reading.
    """
    logs = np.log((1.0 - odd_share) * table + odd_share / len(table))
    return np.where((row >= 0)[:, None], logs[np.maximum(row, 0)], 0.0)


def posterior(logs: Floats) -> Floats:
    """Return probabilities (T, C) of sums of logarithms (Bayes' rule)."""
    shifted = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def log_odds(logs: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
    """Return the logarithm (..., T) of the odds of the chosen classes against all others."""
    highest = logs.max(axis=-1, keepdims=True)
    weights = np.exp(logs - highest)
    tiny = np.finfo(np.float64).tiny
    yes, no = weights[..., chosen].sum(axis=-1), weights[..., ~chosen].sum(axis=-1)
    return np.asarray(np.log(np.maximum(yes, tiny)) - np.log(np.maximum(no, tiny)))
