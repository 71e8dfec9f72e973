"""Kernels behind likelihoods.py and identification.py: what readings say of each class.

float64; no checks and no allocation beyond scratch: their callers do both.
Shapes: T tracks, C classes, K kinds of evidence.
"""

# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inlined, kernel

_FAR = 9.0  # standard errors from which on a ramp is its limit: the rest is below 1e-18


@inlined
def _ramp(u, s):
    """Return the mean of a ramp max(u, 0) over an error s: u Phi(u / s) + s phi(u / s)."""
    z = u / s
    if z > _FAR:
        return u
    if z < -_FAR:
        return 0.0
    below = 0.5 * math.erfc(-z * 0.7071067811865476)
    return u * below + s * math.exp(-0.5 * z * z) * 0.3989422804014327


@kernel
def range_densities(value, sigma, ranges, narrowest, out):
    """Fill out (T, C) with densities of readings whose truth lies in ranges (C, 4), soft-ended."""
    for t in range(len(value)):
        x, s = value[t], max(sigma[t], 1e-9)
        for c in range(len(ranges)):
            low, rises, falls, high = ranges[c, 0], ranges[c, 1], ranges[c, 2], ranges[c, 3]
            side = narrowest * (high - low)
            up, down = max(rises - low, side), max(high - falls, side)
            if (x - high) / s > _FAR or (x - low) / s < -_FAR:
                out[t, c] = 0.0
                continue
            if (x - (low + up)) / s > _FAR and (x - (high - down)) / s < -_FAR:
                out[t, c] = 1.0 / ((high - low) - 0.5 * (up + down))
                continue
            rising = (_ramp(x - low, s) - _ramp(x - (low + up), s)) / up
            falling = (_ramp(x - (high - down), s) - _ramp(x - high, s)) / down
            out[t, c] = max(rising - falling, 0.0) / ((high - low) - 0.5 * (up + down))


@kernel
def add_range_logs(value, sigma, ranges, narrowest, odd_share, odd_density, density, out):
    """Add to out (T, C) the logarithms of readings; NaN says nothing.  ``density``: as scratch."""
    range_densities(value, sigma, ranges, narrowest, density)
    nothing = math.log(odd_density)
    for t in range(len(value)):
        if math.isfinite(value[t]) and math.isfinite(sigma[t]):
            for c in range(len(ranges)):
                share = density[t, c]
                if share > 0.0:
                    out[t, c] += math.log((1.0 - odd_share) * share + odd_density)
                else:
                    out[t, c] += nothing


@kernel
def weighed(prior, logs, is_motion, is_hostile, out_total, out_probability, out_beside, out_has):
    """Weigh all evidence (K, T, C) on the prior (C,), by Bayes' rule.

    ``out_total`` and ``out_probability`` (T, C); ``out_beside`` (T,): by how much all but motion
    (K,) speaks for hostile (C,); ``out_has`` (T, K): whether there is a reading at all.
    """
    kinds, tracks, classes = logs.shape
    without = np.empty(classes)
    for t in range(tracks):
        without[:] = prior
        for c in range(classes):
            out_total[t, c] = prior[c]
        for k in range(kinds):
            has = False
            for c in range(classes):
                one = logs[k, t, c]
                out_total[t, c] += one
                if is_motion[k]:
                    without[c] += one
                has = has or abs(one) > 1e-9
            out_has[t, k] = has
        highest, best = -np.inf, -np.inf
        for c in range(classes):
            highest, best = max(highest, out_total[t, c]), max(best, without[c])
        sums = np.zeros((2, 2))  # with all and with motion alone; not hostile and hostile
        for c in range(classes):
            weight = math.exp(out_total[t, c] - highest)
            out_probability[t, c] = weight
            side = 1 if is_hostile[c] else 0
            sums[0, side] += weight
            sums[1, side] += math.exp(without[c] - best)
        for c in range(classes):
            out_probability[t, c] /= sums[0, 0] + sums[0, 1]
        tiny = 2.2250738585072014e-308
        odds = math.log(max(sums[0, 1], tiny)) - math.log(max(sums[0, 0], tiny))
        by_motion = math.log(max(sums[1, 1], tiny)) - math.log(max(sums[1, 0], tiny))
        out_beside[t] = odds - by_motion
