"""Kernels behind replay.py: which reports belong together, and the smooth path among them."""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel

_BACK = 24  # so many reports in a row may be wrong


@kernel
def longest_chain(time_s, places_m, speed_mps, slack_m, score, before):
    """Fill score and before (n,) and return the last of the longest chain of reachable reports.

    Each of a chain can be reached from the one before it at ``speed_mps`` and ``slack_m``; a
    report follows the best of the two dozen before it.  -1 where there are none.
    """
    best = -1
    for j in range(time_s.shape[0]):
        score[j], before[j] = 1, -1
        for i in range(max(0, j - _BACK), j):
            step = time_s[j] - time_s[i]
            far = 0.0
            for k in range(3):
                far += (places_m[j, k] - places_m[i, k]) ** 2
            is_near = step > 0.0 and math.sqrt(far) <= speed_mps * step + slack_m
            if is_near and score[i] + 1 > score[j]:
                score[j], before[j] = score[i] + 1, i
        if best < 0 or score[j] > score[best]:
            best = j
    return best


@inner
def _grown(p00, p01, p11, t, density):
    """Return the covariance after a time of white acceleration (Bar-Shalom 2001, eq. 6.2.2-12)."""
    return (
        p00 + t * (2.0 * p01 + t * p11) + density * t * t * t / 3.0,
        p01 + t * p11 + 0.5 * density * t * t,
        p11 + density * t,
    )


@kernel
def surprise(time_s, values, stiffness):
    """Return the sum of squared innovations of values (n, k), scaled, and of log variances.

    For a standard error of 1 and an acceleration of the density ``stiffness``; the first two
    values of each column set out the line and surprise nobody.  With a standard error s the
    squares are divided by s², the logarithms grow by that of s².
    """
    n, columns = values.shape
    p00, p01, p11 = 1.0, 0.0, 1e6
    place, speed = values[0].copy(), 0.0 * values[0]
    squares, logs = 0.0, 0.0
    for i in range(1, n):
        t = time_s[i] - time_s[i - 1]
        p00, p01, p11 = _grown(p00, p01, p11, t, stiffness)
        spread = p00 + 1.0
        g0, g1 = p00 / spread, p01 / spread
        for k in range(columns):
            x = place[k] + t * speed[k]
            new = values[i, k] - x
            place[k], speed[k] = x + g0 * new, speed[k] + g1 * new
            if i > 1:
                squares += new * new / spread
                logs += math.log(spread)
        p00, p01, p11 = (1.0 - g0) * p00, (1.0 - g0) * p01, p11 - g1 * p01
    return squares, logs


@kernel
def smooth(time_s, values, variance, density, states, covariances):
    """Fill states (n, k, 2) and covariances (n, 3) of k columns of values (n, k).

    Kalman filter and Rauch-Tung-Striebel smoother of white-noise acceleration: its mean is the
    cubic smoothing spline (Wahba 1978), so that a Hermite cubic between two knots is exact.
    """
    n, columns = values.shape
    p00, p01, p11 = variance, 0.0, 1e6 * variance
    for k in range(columns):
        states[0, k, 0], states[0, k, 1] = values[0, k], 0.0
    covariances[0, 0], covariances[0, 1], covariances[0, 2] = p00, p01, p11
    for i in range(1, n):
        t = time_s[i] - time_s[i - 1]
        p00, p01, p11 = _grown(p00, p01, p11, t, density)
        spread = p00 + variance
        g0, g1 = p00 / spread, p01 / spread
        for k in range(columns):
            x = states[i - 1, k, 0] + t * states[i - 1, k, 1]
            new = values[i, k] - x
            states[i, k, 0] = x + g0 * new
            states[i, k, 1] = states[i - 1, k, 1] + g1 * new
        p00, p01, p11 = (1.0 - g0) * p00, (1.0 - g0) * p01, p11 - g1 * p01
        covariances[i, 0], covariances[i, 1], covariances[i, 2] = p00, p01, p11
    for i in range(n - 2, -1, -1):
        _back(time_s, i, columns, density, states, covariances)


@inner
def _back(time_s, i, columns, density, states, covariances):
    """Smooth one row by the next (Rauch, Tung and Striebel 1965, eqs. 3.30 and 3.31)."""
    t = time_s[i + 1] - time_s[i]
    p00, p01, p11 = covariances[i, 0], covariances[i, 1], covariances[i, 2]
    f00, f01, f11 = _grown(p00, p01, p11, t, density)
    a00, a01, a10, a11 = p00 + t * p01, p01, p01 + t * p11, p11  # P F'
    size = f00 * f11 - f01 * f01
    c00, c01 = (a00 * f11 - a01 * f01) / size, (a01 * f00 - a00 * f01) / size
    c10, c11 = (a10 * f11 - a11 * f01) / size, (a11 * f00 - a10 * f01) / size
    for k in range(columns):
        dx = states[i + 1, k, 0] - states[i, k, 0] - t * states[i, k, 1]
        dv = states[i + 1, k, 1] - states[i, k, 1]
        states[i, k, 0] += c00 * dx + c01 * dv
        states[i, k, 1] += c10 * dx + c11 * dv
    d00 = covariances[i + 1, 0] - f00
    d01 = covariances[i + 1, 1] - f01
    d11 = covariances[i + 1, 2] - f11
    e00, e01 = c00 * d00 + c01 * d01, c00 * d01 + c01 * d11
    e10, e11 = c10 * d00 + c11 * d01, c10 * d01 + c11 * d11
    covariances[i, 0] = p00 + e00 * c00 + e01 * c01
    covariances[i, 1] = p01 + e00 * c10 + e01 * c11
    covariances[i, 2] = p11 + e10 * c10 + e11 * c11


@kernel
def cubics(time_s, positions_m, velocities_mps, terms):
    """Fill terms (n - 1, 4, 3) with the Hermite cubics between n positions and velocities."""
    for i in range(time_s.shape[0] - 1):
        t = time_s[i + 1] - time_s[i]
        for k in range(3):
            rise = positions_m[i + 1, k] - positions_m[i, k]
            v, w = velocities_mps[i, k], velocities_mps[i + 1, k]
            terms[i, 0, k], terms[i, 1, k] = positions_m[i, k], v
            terms[i, 2, k] = (3.0 * rise / t - 2.0 * v - w) / t
            terms[i, 3, k] = (v + w - 2.0 * rise / t) / (t * t)
