"""A 6 by 6 covariance in some 30 octets, positive definite whatever was rounded.

What goes over the wire is the Cholesky factor L of P = L L': any L with a positive diagonal gives
a covariance.  Its diagonal has a fraction of 7 bits; the rest of row i has 12 bits with sign, in
steps of 2**(e_i - 11), where 2**e_i is the power of two above the row.  So a variance comes
over within 1 %, and a direction within 2.5e-4 of the longest axis.  The diagonal is at least a
thousandth of its row, so that no ellipsoid becomes a plane: that makes it larger, never smaller.

Every step is one addition, product or root of IEEE 754 for each number, in a fixed order: the
same on every machine, which a library's matrix product is not.
"""

from __future__ import annotations

import numpy as np

from jointsky.records.columns import Array

N = 6
COLUMNS = N + (N - 1) + N * (N - 1) // 2
_FRACTION_BITS = 7
_FINE = 11
_THIN = 2.0**-10
_ABOVE = 1 + 2.0**-20  # so that the rounding of a root never moves a row to another power of two
_EXPONENTS = 60  # 2**60 m2 is nobody's covariance
LEAST = np.array([-(_EXPONENTS + 1) << _FRACTION_BITS] * N + [-_EXPONENTS] * 5 + [-2047] * 15)
MOST = np.array([(_EXPONENTS + 1) << _FRACTION_BITS] * N + [_EXPONENTS] * 5 + [2047] * 15)
_BELOW = [(i, j) for i in range(1, N) for j in range(i)]


def _factor(covariance: Array) -> tuple[list[list[Array]], Array]:
    """Return L by rows (Golub & Van Loan 2013, section 4.2.5) and where there is one, (n,)."""
    rows: list[list[Array]] = []
    fits = np.asarray(np.isfinite(covariance).all(axis=(1, 2)))
    for i in range(N):
        fits &= covariance[:, i, i] > 0.0
    safe = np.where(fits[:, None, None], covariance, np.eye(N))
    for i in range(N):
        row: list[Array] = []
        rest = safe[:, i, i].copy()
        for j in range(i):
            dot = 0.5 * (safe[:, i, j] + safe[:, j, i])
            for k in range(j):
                dot = dot - row[k] * rows[j][k]
            row.append(dot / rows[j][j])
            rest -= row[j] * row[j]
        row.append(np.sqrt(np.maximum(rest, safe[:, i, i] * _THIN**2)))
        rows.append(row)
    return rows, fits


def codes_of(covariance: Array) -> tuple[Array, Array]:
    """Return covariances (n, 6, 6) as whole numbers (COLUMNS, n), and where there is one, (n,)."""
    rows, fits = _factor(covariance)
    fractions, powers = np.frexp(np.array([rows[i][i] for i in range(N)]))
    steps = np.rint((2.0 * fractions - 1.0) * 2.0**_FRACTION_BITS).astype(np.int64)
    diagonal = (powers.astype(np.int64) - 1 << _FRACTION_BITS) + steps
    exponents, below = [], []
    for i in range(1, N):
        longest = np.abs(np.array(rows[i][:i])).max(axis=0)
        power = np.where(longest > 0.0, np.frexp(longest * _ABOVE)[1], -_EXPONENTS)
        power = np.maximum(power, -_EXPONENTS).astype(np.int64)
        exponents.append(power)
        below += [np.rint(np.ldexp(value, _FINE - power)) for value in rows[i][:i]]
    entries = np.clip(np.array(below), -2047, 2047).astype(np.int64)
    codes = np.concatenate([diagonal, np.array(exponents), entries])
    fits &= ((codes >= LEAST[:, None]) & (codes <= MOST[:, None])).all(axis=0)
    return codes, fits


def covariance_of(codes: Array) -> Array:
    """Return covariances (n, 6, 6) of whole numbers (COLUMNS, n) within LEAST and MOST."""
    n = codes.shape[1]
    steps = codes[:N] & ((1 << _FRACTION_BITS) - 1)
    diagonal = np.ldexp(1.0 + steps * 2.0**-_FRACTION_BITS, codes[:N] >> _FRACTION_BITS)
    factor = np.zeros((N, N, n))
    for i in range(N):
        factor[i, i] = diagonal[i]
    for k, (i, j) in enumerate(_BELOW):
        factor[i, j] = np.ldexp(codes[2 * N - 1 + k].astype(float), codes[N + i - 1] - _FINE)
    out = np.empty((n, N, N))
    for i in range(N):
        for j in range(i + 1):
            total = factor[i, 0] * factor[j, 0]
            for k in range(1, j + 1):
                total = total + factor[i, k] * factor[j, k]
            out[:, i, j] = out[:, j, i] = total
    return out
