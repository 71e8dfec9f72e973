"""Slow, obvious twins of fusion: whole matrices, weights by a general search."""

import numpy as np
from scipy.optimize import minimize_scalar

INV = np.linalg.inv


def weight_of_least_determinant(covariance_of):
    """Return the weight for which the covariance's determinant is least, to 1e-10 or so."""
    found = minimize_scalar(
        lambda w: np.linalg.slogdet(covariance_of(w))[1],
        bounds=(0.0, 1.0),
        method="bounded",
        options={"xatol": 1e-12},
    )
    ends = [(np.linalg.slogdet(covariance_of(w))[1], w) for w in (1e-12, 1.0 - 1e-12, found.x)]
    return min(ends)[1]


def intersected(x, a, y, b):
    """Julier and Uhlmann 1997, eq. 2 and 3."""

    def covariance(w):
        return INV(w * INV(a) + (1.0 - w) * INV(b))

    w = weight_of_least_determinant(covariance)
    p = covariance(w)
    return p @ (w * INV(a) @ x + (1.0 - w) * INV(b) @ y), p, w


def inversely_intersected(x, a, y, b):
    """Noack et al. 2017, eq. 6 to 9, as in the authors' ICI.m, by determinant and not trace."""

    def covariance(w):
        return INV(INV(a) + INV(b) - INV(w * a + (1.0 - w) * b))

    w = weight_of_least_determinant(covariance)
    p = covariance(w)
    mixed = INV(w * a + (1.0 - w) * b)
    return p @ ((INV(a) - w * mixed) @ x + (INV(b) - (1.0 - w) * mixed) @ y), p, w


def split(x, a, y, b):
    """Li, Nashashibi and Yang 2013, as in the authors' SplitCIF.m; a and b: (independent, other).

    Returns mean, independent part, dependent part, weight.
    """

    def gained(w):
        first, second = a[1] / w + a[0], b[1] / (1.0 - w) + b[0]
        gain = first @ INV(first + second)
        return gain, (np.eye(len(x)) - gain) @ first

    w = weight_of_least_determinant(lambda w: gained(np.clip(w, 1e-7, 1.0 - 1e-7))[1])
    gain, p = gained(np.clip(w, 1e-7, 1.0 - 1e-7))
    rest = np.eye(len(x)) - gain
    independent = rest @ a[0] @ rest.T + gain @ b[0] @ gain.T
    return x + gain @ (y - x), independent, p - independent, w


def averaged(x, a, y, b):
    """As if the errors were independent."""
    p = INV(INV(a) + INV(b))
    return p @ (INV(a) @ x + INV(b) @ y), p
