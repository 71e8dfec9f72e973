"""Kernels of small matrices: packed and full, solved by Cholesky and by Gauss, nothing allocated.

Matrices are at most 7 by 7 in arrays that may be larger; ``n`` says how much of them counts.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare
from jointsky.tracking.layout_kernels import COV, STATES


@bare
def unpack(b, out):
    """Fill ``out`` (7, 7) with the covariance of a model's row."""
    n = COV
    for a in range(STATES):
        for c in range(a + 1):
            out[a, c] = b[n]
            out[c, a] = b[n]
            n += 1


@bare
def factor(a, n):
    """Replace a symmetric matrix's lower triangle by its Cholesky factor; False: it has none."""
    for j in range(n):
        total = a[j, j]
        for k in range(j):
            total -= a[j, k] * a[j, k]
        if not total > 0.0:
            return False
        pivot = math.sqrt(total)
        a[j, j] = pivot
        for i in range(j + 1, n):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            a[i, j] = total / pivot
    return True


@bare
def solve_lower(lower, n, columns, count):
    """Replace the ``count`` columns of ``columns`` (n, count) by the solution for each."""
    for c in range(count):
        for i in range(n):
            total = columns[i, c]
            for k in range(i):
                total -= lower[i, k] * columns[k, c]
            columns[i, c] = total / lower[i, i]


@bare
def solve(a, n, columns, count):
    """Solve a general system in place, with partial pivoting; return the determinant.

    ``a`` (n, n) is used up, ``columns`` (n, count) becomes the solution; 0.0: there is none.
    """
    determinant = 1.0
    for j in range(n):
        best = j
        for i in range(j + 1, n):
            if abs(a[i, j]) > abs(a[best, j]):
                best = i
        if not abs(a[best, j]) > 0.0:
            return 0.0
        if best != j:
            determinant = -determinant
            for k in range(j, n):
                a[j, k], a[best, k] = a[best, k], a[j, k]
            for c in range(count):
                columns[j, c], columns[best, c] = columns[best, c], columns[j, c]
        determinant *= a[j, j]
        inverse = 1.0 / a[j, j]
        for i in range(j + 1, n):
            ratio = a[i, j] * inverse
            if ratio == 0.0:
                continue
            for k in range(j + 1, n):
                a[i, k] -= ratio * a[j, k]
            for c in range(count):
                columns[i, c] -= ratio * columns[j, c]
    for back in range(n):
        i = n - 1 - back
        for c in range(count):
            total = columns[i, c]
            for k in range(i + 1, n):
                total -= a[i, k] * columns[k, c]
            columns[i, c] = total / a[i, i]
    return determinant


@bare
def eigen(a, n, vectors):
    """Turn a symmetric matrix into its eigenvalues on the diagonal; fill ``vectors`` (columns).

    Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5), until nothing is left.
    """
    for i in range(n):
        for j in range(n):
            vectors[i, j] = 1.0 if i == j else 0.0
    for _ in range(12):
        off = 0.0
        whole = 0.0
        for i in range(n):
            whole += a[i, i] * a[i, i]
            for j in range(i):
                off += a[i, j] * a[i, j]
        if off <= 1e-24 * whole:
            return
        for p in range(n - 1):
            for q in range(p + 1, n):
                if a[p, q] == 0.0:
                    continue
                theta = 0.5 * (a[q, q] - a[p, p]) / a[p, q]
                t = 1.0 / (abs(theta) + math.sqrt(theta * theta + 1.0))
                if theta < 0.0:
                    t = -t
                c = 1.0 / math.sqrt(t * t + 1.0)
                s = t * c
                for k in range(n):
                    akp = a[k, p]
                    akq = a[k, q]
                    a[k, p] = c * akp - s * akq
                    a[k, q] = s * akp + c * akq
                for k in range(n):
                    apk = a[p, k]
                    aqk = a[q, k]
                    a[p, k] = c * apk - s * aqk
                    a[q, k] = s * apk + c * aqk
                for k in range(n):
                    vkp = vectors[k, p]
                    vkq = vectors[k, q]
                    vectors[k, p] = c * vkp - s * vkq
                    vectors[k, q] = s * vkp + c * vkq
