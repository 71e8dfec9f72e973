"""How likely a reading is for each class: ranges with soft ends, and tables.

Shapes: T tracks, C classes.  A reading that is not there (NaN, or the row -1 of a table) says
nothing: its logarithm is 0 for every class.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.assess import likelihoods_kernels as kernels

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

NARROWEST = 1e-6  # a sloping side is no steeper than over this share of the whole range


def range_density(value: Floats, sigma: Floats, ranges: Floats) -> Floats:
    """Return the density (T, C) of readings whose truth lies in a range with soft ends.

    ``ranges`` (C, 4): density rises from the first number to the second, is even to the third and
    falls to the fourth.  It is averaged over a Gaussian error ``sigma`` (T,) of the reading
    ``value`` (T,), in closed form: a trapezoid is four ramps, and the mean of a ramp max(u, 0)
    over an error s is ``u Phi(u/s) + s phi(u/s)`` (expected improvement; Jones et al. 1998,
    eq. 15).  Without an error it is the trapezoid itself.
    """
    out = np.empty((len(value), len(ranges)))
    kernels.range_densities(value, sigma, ranges, NARROWEST, out)
    return out


def range_logs(
    value: Floats, sigma: Floats, ranges: Floats, span: tuple[float, float], odd_share: float
) -> Floats:
    """Return the logarithm (T, C) of readings; ``odd_share`` of them lie anywhere in a span."""
    out = np.zeros((len(value), len(ranges)))
    add_range_logs(value, sigma, ranges, span, odd_share, out)
    return out


def add_range_logs(
    value: Floats,
    sigma: Floats,
    ranges: Floats,
    span: tuple[float, float],
    odd_share: float,
    out: Floats,
) -> None:
    """Add to ``out`` (T, C) the logarithm of readings, as ``range_logs`` tells it."""
    odd = odd_share / (span[1] - span[0])
    density = np.empty((len(value), len(ranges)))
    kernels.add_range_logs(value, sigma, ranges, NARROWEST, odd_share, odd, density, out)


def table_logs(row: Integers, table: Floats, odd_share: float) -> Floats:
    """Return the logarithm (T, C) of readings that are rows of a table of shares (rows, C).

    ``odd_share`` of the readings are any of the rows alike.  Row -1: no reading.
    """
    return looked_up(row, logs_of(table, odd_share))


def logs_of(table: Floats, odd_share: float) -> Floats:
    """Return a table of shares (rows, C) as logarithms; ``odd_share``: any of the rows alike."""
    return np.asarray(np.log((1.0 - odd_share) * table + odd_share / len(table)))


def looked_up(row: Integers, logs: Floats) -> Floats:
    """Return rows (T, C) of a table of logarithms; -1: noughts."""
    return np.where((row >= 0)[:, None], logs[np.maximum(row, 0)], 0.0)


@dataclasses.dataclass(frozen=True)
class Weighed:
    """All evidence on the prior.  ``has`` (T, K): where there is a reading at all."""

    total: Floats  # (T, C) logarithms
    probabilities: Floats  # (T, C)
    beside: Floats  # (T,) by how much what is beside motion speaks for the chosen classes
    has: Booleans


def weighed(prior: Floats, logs: Floats, is_motion: Booleans, chosen: Booleans) -> Weighed:
    """Return what evidence (K, T, C) makes of a prior (C,), by Bayes' rule.

    ``is_motion`` (K,) are the kinds that are not counted beside motion, ``chosen`` (C,) classes.
    """
    kinds, tracks, classes = logs.shape
    made = Weighed(
        np.empty((tracks, classes)),
        np.empty((tracks, classes)),
        np.empty(tracks),
        np.empty((tracks, kinds), np.bool_),
    )
    kernels.weighed(
        prior, logs, is_motion, chosen, made.total, made.probabilities, made.beside, made.has
    )
    return made


def log_odds(logs: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
    """Return the logarithm (..., T) of the odds of the chosen classes against all others."""
    highest = logs.max(axis=-1, keepdims=True)
    weights = np.exp(logs - highest)
    tiny = np.finfo(np.float64).tiny
    yes, no = weights[..., chosen].sum(axis=-1), weights[..., ~chosen].sum(axis=-1)
    return np.asarray(np.log(np.maximum(yes, tiny)) - np.log(np.maximum(no, tiny)))
