"""Kernels behind fusion.py: two estimates of one state, of unknown dependence, become one.

Both covariances are brought to diagonal form at once (Golub and Van Loan, Matrix Computations,
8.7): A = M M', B = M diag(ratio) M'.  There the weight is the only unknown of a concave function
of one variable, and all the rest are scalars.
"""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import bare, kernel
from jointsky.tracking.small_kernels import eigen, factor, solve_lower

INDEPENDENT, INTERSECTION, INVERSE, SPLIT = range(4)
LEAST_SHARE = 1e-9
FLAT = 1e-9


@bare
def information(method, weight, ratio, share_a, share_b):
    """Return what both estimates give along one axis where A is 1 and B is ``ratio``.

    Of A, of B (times ratio), their sum, and the sum's first and second derivative by the weight.
    Sources: Julier and Uhlmann 1997, eq. 2 (intersection); Noack, Sijs, Reinhardt and Hanebeck
    2017, eq. 6 and 8 (inverse); Julier and Uhlmann 2001, 12.5 (split).
    """
    if method == INVERSE:
        gamma = weight + (1.0 - weight) * ratio
        of_a = 1.0 - weight / gamma
        of_b = 1.0 - (1.0 - weight) * ratio / gamma
        slope = (1.0 - ratio) / (gamma * gamma)
        bend = -2.0 * slope * (1.0 - ratio) / gamma
        return of_a, of_b, of_a + of_b / ratio, slope, bend
    if method == INDEPENDENT or (method == SPLIT and min(share_a, share_b) < LEAST_SHARE):
        return 1.0, 1.0, 1.0 + 1.0 / ratio, 0.0, 0.0
    if method == INTERSECTION:
        share_a = 1.0
        share_b = 1.0
    rest = 1.0 - weight
    under_a = weight * (1.0 - share_a) + share_a
    under_b = rest * (1.0 - share_b) + share_b
    of_a = weight / under_a
    of_b = rest / under_b
    slope = share_a / (under_a * under_a) - share_b / (under_b * under_b) / ratio
    bend = -2.0 * share_a * (1.0 - share_a) / (under_a * under_a * under_a)
    bend -= 2.0 * share_b * (1.0 - share_b) / (under_b * under_b * under_b) / ratio
    return of_a, of_b, of_a + of_b / ratio, slope, bend


@bare
def slope_at(method, weight, ratios, n, share_a, share_b):
    """Return the slope and the bend of the logarithm of the determinant of the information."""
    slope = 0.0
    bend = 0.0
    for i in range(n):
        _, _, total, first, second = information(method, weight, ratios[i, i], share_a, share_b)
        slope += first / total
        bend += second / total - (first / total) * (first / total)
    return slope, bend


@bare
def best_weight(method, ratios, n, share_a, share_b):
    """Return the weight of A, 0 to 1, that makes the determinant of the covariance least.

    Newton's steps inside a bracket that halves where they leave it: the slope falls all the way.
    """
    at_0 = slope_at(method, 0.0, ratios, n, share_a, share_b)[0]
    at_1 = slope_at(method, 1.0, ratios, n, share_a, share_b)[0]
    if at_0 <= FLAT and at_1 >= -FLAT:
        return 0.5  # both are equal, but for rounding: every weight is as good
    if at_0 <= 0.0:
        return 0.0
    if at_1 >= 0.0:
        return 1.0
    low, high, weight = 0.0, 1.0, 0.5
    for _ in range(60):
        slope, bend = slope_at(method, weight, ratios, n, share_a, share_b)
        if slope > 0.0:
            low = weight
        else:
            high = weight
        step = weight - slope / bend if bend < 0.0 else -1.0
        if not low < step < high:
            step = 0.5 * (low + high)
        if abs(step - weight) < 1e-12:
            return step
        weight = step
    return weight


@bare
def fuse(method, n, a, b, shares, out, work):
    """Fill ``out`` (mean, covariance) with the fusion of ``a`` and ``b``; they may be one place.

    Each is (mean (n,), covariance (n, n)).  ``shares``: how much of each may be common.  ``work``:
    four (n, n) and one (n,).  Returns the weight of a and the share of the result; -1.0: one has
    no covariance.
    """
    mean_a, cov_a = a
    mean_b, cov_b = b
    mean, cov = out
    lower, ratios, vectors, both, steps = work
    share_a, share_b = shares
    for i in range(n):
        for j in range(n):
            lower[i, j] = cov_a[i, j]
            ratios[i, j] = cov_b[i, j]
    if not factor(lower, n):
        return -1.0, 1.0
    solve_lower(lower, n, ratios, n)
    for i in range(n):
        for j in range(i):
            ratios[i, j], ratios[j, i] = ratios[j, i], ratios[i, j]
    solve_lower(lower, n, ratios, n)
    for i in range(n):
        for j in range(i):
            ratios[i, j] = 0.5 * (ratios[i, j] + ratios[j, i])
            ratios[j, i] = ratios[i, j]
    eigen(ratios, n, vectors)
    for i in range(n):
        if not ratios[i, i] > 0.0:
            return -1.0, 1.0
        for j in range(n):
            total = 0.0
            for k in range(i + 1):
                total += lower[i, k] * vectors[k, j]
            both[i, j] = total
    weight = best_weight(method, ratios, n, share_a, share_b)
    apart(n, mean_a, mean_b, lower)
    own = 1.0
    for i in range(n):
        ratio = ratios[i, i]
        of_a, of_b, total, _, _ = information(method, weight, ratio, share_a, share_b)
        off = 0.0
        for k in range(n):
            off += vectors[k, i] * lower[k, k]
        steps[i] = off * of_b / ratio / total  # how far the mean moves from a to b
        alone = of_a * of_a * (1.0 - share_a) + of_b * of_b * (1.0 - share_b) / ratio
        own = min(own, alone / total)
        ratios[i, i] = 1.0 / total
    for i in range(n):
        moved = 0.0
        for k in range(n):
            moved += both[i, k] * steps[k]
        mean[i] = mean_a[i] + moved
        for j in range(i + 1):
            total = 0.0
            for k in range(n):
                total += both[i, k] * ratios[k, k] * both[j, k]
            cov[i, j] = total
            cov[j, i] = total
    if method != SPLIT:
        own = 0.0 if method != INDEPENDENT else 1.0
    return weight, 1.0 - own


@bare
def apart(n, mean_a, mean_b, lower):
    """Write the difference of the means, in units of A's root, over the diagonal of ``lower``."""
    for i in range(n):
        total = mean_b[i] - mean_a[i]
        for k in range(i):
            total -= lower[i, k] * lower[k, k]
        lower[i, i] = total / lower[i, i]


@kernel
def fuse_each(method, a, b, shares, out, told):
    """Fuse N pairs of estimates; return the first row that has no covariance, or -1.

    ``a``, ``b``, ``out``: means (N, n), covariances (N, n, n); ``shares``: (N,) of a and of b;
    ``told`` (N, 2): the weight of a, and how much of the result may be common to others.
    """
    n = a[0].shape[1]
    work = (np.empty((n, n)), np.empty((n, n)), np.empty((n, n)), np.empty((n, n)), np.empty(n))
    for row in range(a[0].shape[0]):
        weight, share = fuse(
            method,
            n,
            (a[0][row], a[1][row]),
            (b[0][row], b[1][row]),
            (shares[0][row], shares[1][row]),
            (out[0][row], out[1][row]),
            work,
        )
        if weight < 0.0:
            return row
        told[row, 0] = weight
        told[row, 1] = share
    return -1
