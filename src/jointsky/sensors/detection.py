"""How likely a radar is to see an echo: exact statistics of a square-law detector.

N pulses are summed after the square law, in noise of unit mean power; the sum is compared with a
threshold that noise alone passes with probability ``pfa``.  Fluctuation as Swerling ("Probability
of detection for fluctuating targets", IRE Trans. IT-6, 1960): 0 none, 1 and 3 from scan to scan,
2 and 4 from pulse to pulse.  No approximation is made (not Albersheim's, not Shnidman's).
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from jointsky.sensors import detection_kernels as kernels

Floats = npt.NDArray[np.float64]

SWERLING_CASES = (0, 1, 2, 3, 4)
STEPS_PER_DB = 16
_SURE_SIGMAS = 10.0
_SURE_DB = 250.0
_CHUNK = 1 << 21  # terms of the sum held at once: 16 MB


class Curve(NamedTuple):
    """Detection probability over signal-to-noise ratio, as kernels take it.

    ``points[s, i]`` holds probability and slope per dB of Swerling case s at
    ``first_db + i / STEPS_PER_DB``.
    """

    first_db: float
    points: npt.NDArray[Any]  # (5, n, 2)


def threshold(pfa: float, pulses: int) -> float:
    """Return what the sum of ``pulses`` squared envelopes must exceed, in mean noise powers.

    Noise alone gives a gamma distribution of shape N (DiFranco and Rubin 1968, 10.3).  Pfa 1e-4,
    N 10: 26.19.
    """
    _check(pfa, pulses)
    return float(special.gammainccinv(pulses, pfa))


def _check(pfa: float, pulses: int, swerling: int = 0) -> None:
    if not 0.0 < pfa < 1.0:
        raise ValueError(f"pfa is {pfa}; it must lie between 0 and 1")
    if pulses != int(pulses) or pulses < 1:
        raise ValueError(f"pulses is {pulses}; it must be a whole number from 1 on")
    if swerling not in SWERLING_CASES:
        raise ValueError(f"swerling is {swerling}; it must be 0, 1, 2, 3 or 4")


def _shape(swerling: int, pulses: int) -> float:
    """Return the shape of the gamma distribution of an echo's power summed over the pulses."""
    return (math.inf, 1.0, float(pulses), 2.0, 2.0 * pulses)[swerling]


def detection_probability(
    snr_db: npt.ArrayLike, pulses: int, pfa: float, swerling: int
) -> npt.NDArray[np.float64]:
    """Return the probability that an echo passes the threshold.

    ``snr_db`` of any shape is the ratio of mean echo power to mean noise power of one pulse; minus
    infinity gives ``pfa``.  Swerling 0, 13 dB, 1 pulse, Pfa 1e-8: 0.6287.
    """
    _check(pfa, pulses, swerling)
    total = pulses * 10.0 ** (np.minimum(np.asarray(snr_db, np.float64), _SURE_DB) / 10.0)
    value, _ = _mixture(total.ravel(), pulses, threshold(pfa, pulses), _shape(swerling, pulses))
    return np.asarray(value.reshape(total.shape))


def _mixture(total: Floats, pulses: int, limit: float, shape: float) -> tuple[Floats, Floats]:
    """Return probability and its derivative by the mean total echo, for mean totals (n,).

    The sum of N squared envelopes of an echo is a gamma variable of shape N + J, with J a Poisson
    count of half the noncentrality (Johnson, Kotz, Balakrishnan, Continuous Univariate
    Distributions 2, 29.3).  A gamma-distributed echo power makes J negative binomial.  So the
    probability is a sum of positive terms, which ends where gamma variables of more shape are
    above the limit with certainty: from there on it is the tail of J.  What is left out is below
    1e-20; rounding is below 1e-11 of the value (tests).
    """
    count = int(max(limit + _SURE_SIGMAS * math.sqrt(limit) + 60.0 - pulses, 2.0))
    counts = np.arange(count + 1.0)
    above = special.gammaincc(pulses + counts, limit)
    above[-1] = 1.0
    value, slope = np.empty(len(total)), np.empty(len(total))
    step = max(_CHUNK // count, 1)
    for low in range(0, len(total), step):
        part = total[low : low + step, None]
        chance, tail = _counts(part, counts[:-1], shape)
        value[low : low + step] = np.minimum(chance @ above[:-1] + tail[:, 0], 1.0)
        # Conditional on the power G times its mean the count is Poisson, so that the derivative
        # weighs by G, which adds one to the shape.
        chance, _ = _counts(part, counts[:-1], shape + 1.0, shape)
        slope[low : low + step] = chance @ np.diff(above)
    return value, slope


def _counts(
    mean: Floats, counts: Floats, shape: float, scale_shape: float | None = None
) -> tuple[Floats, Floats]:
    """Return chances of counts (n, k) and of more than the last (n, 1), for means (n, 1).

    Poisson for infinite shape, else negative binomial with ``mean / scale_shape`` as the scale.
    """
    if math.isinf(shape):
        log = special.xlogy(counts, mean) - mean - special.gammaln(counts + 1.0)
        return np.exp(log), special.gammainc(counts[-1] + 1.0, mean)
    scale = mean / (scale_shape or shape)
    log = special.gammaln(shape + counts) - special.gammaln(shape) - special.gammaln(counts + 1.0)
    # counts * log(scale / (1 + scale)) without loss at either end
    with np.errstate(divide="ignore", invalid="ignore"):
        log = log - shape * np.log1p(scale) - np.where(counts > 0, counts * np.log1p(1 / scale), 0)
    return np.exp(log), special.betainc(counts[-1] + 1.0, shape, scale / (1.0 + scale))


def required_snr_db(pd: float, pfa: float, pulses: int, swerling: int) -> float:
    """Return the signal-to-noise ratio of one pulse, in dB, that is seen with probability ``pd``.

    The root of detection_probability, to 1e-9 dB.  Pd 0.9, Pfa 1e-6, N 1: 13.18 dB for Swerling 0,
    21.14 dB for Swerling 1.
    """
    _check(pfa, pulses, swerling)
    if not pfa < pd < 1.0:
        raise ValueError(f"pd is {pd}; it must lie between pfa ({pfa}) and 1")
    limit, shape = threshold(pfa, pulses), _shape(swerling, pulses)

    def beyond(snr_db: float) -> float:
        total = np.array([pulses * 10.0 ** (snr_db / 10.0)])
        return float(_mixture(total, pulses, limit, shape)[0][0]) - pd

    low, high = -10.0, 20.0
    while beyond(low) > 0.0:
        low -= 30.0
    while beyond(high) < 0.0:
        high += 30.0
    return float(optimize.brentq(beyond, low, high, xtol=1e-9, rtol=1e-14))


@functools.lru_cache(maxsize=256)
def curve(pfa: float, pulses: int) -> Curve:
    """Return the curve from which the kernel ``probability`` interpolates, kept for next time.

    It reaches from where an echo changes nothing to where it is sure to be seen, both within
    1e-7; between its points a cubic with exact slopes errs by less than 1e-6 (tests).
    """
    limit = threshold(pfa, pulses)
    first_db = math.floor(-70.0 - 10.0 * math.log10(limit))
    last_db = math.ceil(70.0 + 10.0 * math.log10(limit / pulses + 1.0))
    snr_db = first_db + np.arange((last_db - first_db) * STEPS_PER_DB + 1) / STEPS_PER_DB
    total = pulses * 10.0 ** (snr_db / 10.0)
    points = np.empty((len(SWERLING_CASES), len(snr_db), 2))
    for swerling in SWERLING_CASES:
        value, slope = _mixture(total, pulses, limit, _shape(swerling, pulses))
        points[swerling, :, 0] = value
        points[swerling, :, 1] = slope * total * (math.log(10.0) / 10.0)
    points.flags.writeable = False
    return Curve(float(first_db), points)


def probability(curve: Curve, swerling: int, snr_db: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return detection probabilities by interpolation, for ratios of any shape."""
    given = np.asarray(snr_db, np.float64)
    out = np.empty(given.size)
    kernels.each_probability(curve, swerling, given.ravel(), out)
    return out.reshape(given.shape)
