"""Whether a plot is of one track or of two that a radar does not resolve: by all joint events."""

import math

import numpy as np
from scipy.stats import multivariate_normal, norm

from jointsky.tracking.merging_kernels import MOST_MERGED


def unresolved(gaps, sigmas, cells):
    """Return the probability that two targets lie within one cell, in each of its directions."""
    inside = 1.0
    for gap, sigma, cell in zip(gaps, sigmas, cells, strict=True):
        inside *= norm.cdf(cell, gap, sigma) - norm.cdf(-cell, gap, sigma)
    return MOST_MERGED * inside


def density(residual, h, p, r):
    """Return the density of a plot whose residual (n,) and derivative (n, 7) are of one state."""
    s = h @ p @ h.T + r
    size = np.sqrt(np.diag(s))
    scaled = multivariate_normal(cov=s / np.outer(size, size))
    return math.exp(float(scaled.logpdf(residual / size) - np.log(size).sum()))


def events(existence, together, detection, of_first, of_second, of_both):
    """Return the probability that a plot is of both, and that both exist.

    Each target is there or not, both are resolved or not, each resolved one is detected or not,
    unresolved ones as one.  That the plot was made, by one or both of them, is given.
    """
    total, both, exist = 0.0, 0.0, 0.0
    for a in (False, True):
        for b in (False, True):
            there = (existence[0] if a else 1 - existence[0]) * (
                existence[1] if b else 1 - existence[1]
            )
            ways = {"first": 0.0, "second": 0.0, "both": 0.0}
            if a and b:
                ways["both"] = together * detection * of_both
                resolved = (1 - together) * detection * (1 - detection)
                ways["first"], ways["second"] = resolved * of_first, resolved * of_second
            elif a:
                ways["first"] = detection * of_first
            elif b:
                ways["second"] = detection * of_second
            weight = there * sum(ways.values())
            total += weight
            both += there * ways["both"]
            exist += weight * (a and b)
    return both / total, exist / total
