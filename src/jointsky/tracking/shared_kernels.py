"""Kernels behind shared.py: the part of a track's error that other trackers' errors may share.

State: east, north, ve, vn.  P is the covariance a tracker tells, D the part of it that comes from
the target's own unforeseen motion (and from what was known at first): P - D is of measurements
that no other tracker has.
"""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import bare, kernel
from jointsky.tracking.small_kernels import eigen, factor, solve_lower

N = 4


@bare
def carry(cov, dt_s, psd):
    """Carry a covariance on by a time and add the noise of a nearly constant velocity.

    Bar-Shalom, Li, Kirubarajan 2001, 6.2.2: psd times (dt³/3, dt²/2, dt).
    """
    for i in range(2):
        for j in range(2):
            cov[i, j] += dt_s * (cov[i, j + 2] + cov[i + 2, j] + dt_s * cov[i + 2, j + 2])
    for i in range(2):
        for j in range(2):
            cov[i, j + 2] += dt_s * cov[i + 2, j + 2]
            cov[j + 2, i] = cov[i, j + 2]
    for i in range(2):
        cov[i, i] += psd * dt_s * dt_s * dt_s / 3.0
        cov[i, i + 2] += 0.5 * psd * dt_s * dt_s
        cov[i + 2, i] = cov[i, i + 2]
        cov[i + 2, i + 2] += psd * dt_s


@bare
def white(lower, matrix):
    """Turn a symmetric matrix into units of a Cholesky factor: inv(L) matrix inv(L)'."""
    for _ in range(2):
        solve_lower(lower, N, matrix, N)
        for i in range(N):
            for j in range(i):
                matrix[i, j], matrix[j, i] = matrix[j, i], matrix[i, j]
    for i in range(N):
        for j in range(i):
            matrix[i, j] = 0.5 * (matrix[i, j] + matrix[j, i])
            matrix[j, i] = matrix[i, j]


@bare
def sandwich(left, matrix, work):
    """Replace a symmetric matrix by left matrix left'; ``work`` is (4, 4)."""
    for i in range(N):
        for j in range(N):
            total = 0.0
            for k in range(N):
                total += left[i, k] * matrix[k, j]
            work[i, j] = total
    for i in range(N):
        for j in range(i + 1):
            total = 0.0
            for k in range(N):
                total += work[i, k] * left[j, k]
            matrix[i, j] = total
            matrix[j, i] = total


@bare
def filter_part(before, now, part, work):
    """Replace ``part`` of a predicted covariance ``before`` by what is left of it in ``now``.

    With A = now inv(before), which is I - K H of any filter: A part A'.  Directions in which the
    tracker knows less now than predicted had more noise than was taken for: it is added.
    """
    lower, ratios, vectors, scratch = work
    for i in range(N):
        for j in range(N):
            lower[i, j] = before[i, j]
            ratios[i, j] = now[i, j]
    if not factor(lower, N):
        return False
    white(lower, ratios)
    white(lower, part)
    eigen(ratios, N, vectors)
    for i in range(N):
        for j in range(i):
            lower[j, i] = 0.0
            vectors[i, j], vectors[j, i] = vectors[j, i], vectors[i, j]
    sandwich(vectors, part, scratch)
    for i in range(N):
        for j in range(N):
            part[i, j] *= min(ratios[i, i], 1.0) * min(ratios[j, j], 1.0)
    for i in range(N):
        part[i, i] += max(ratios[i, i] - 1.0, 0.0)
    for i in range(N):
        for j in range(i):
            vectors[i, j], vectors[j, i] = vectors[j, i], vectors[i, j]
    sandwich(vectors, part, scratch)
    sandwich(lower, part, scratch)
    return True


@bare
def largest_share(whole, part, work):
    """Return the least s, at most 1, with which s times ``whole`` is nowhere below ``part``."""
    lower, ratios, vectors, _ = work
    for i in range(N):
        for j in range(N):
            lower[i, j] = whole[i, j]
            ratios[i, j] = part[i, j]
    if not factor(lower, N):
        return 1.0
    white(lower, ratios)
    eigen(ratios, N, vectors)
    most = 0.0
    for i in range(N):
        most = max(most, ratios[i, i])
    return min(most, 1.0)


@bare
def predicted_part(was, now, dt_s, part, scratch):
    """Replace ``part`` of ``was`` by that of ``now``, which is only predicted from it.

    What is of measurements is carried on and grows by no noise; the rest is of the noise.
    """
    for i in range(N):
        for j in range(N):
            scratch[i, j] = was[i, j] - part[i, j]
    carry(scratch, dt_s, 0.0)
    for i in range(N):
        for j in range(N):
            part[i, j] = now[i, j] - scratch[i, j]


@kernel
def follow_each(was, now, part, dt_s, psd, plots, through_height, out):
    """Bring ``part`` (N, 4, 4) from covariances ``was`` to ``now``; fill ``out`` with shares.

    ``plots``: how many each took since.  One: the noise came before it.  More: some came after
    the last, so all counts as after.  ``through_height`` (N, 4, 4): error that comes from the
    height's; it is common as heights are.
    """
    work = (np.empty((N, N)), np.empty((N, N)), np.empty((N, N)), np.empty((N, N)))
    before = np.empty((N, N))
    whole = np.empty((N, N))
    for row in range(len(was)):
        d = part[row]
        if plots[row] <= 0:
            predicted_part(was[row], now[row], dt_s[row], d, whole)
        else:
            before[:] = was[row]
            carry(before, dt_s[row], psd[row])
            carry(d, dt_s[row], psd[row] if plots[row] == 1 else 0.0)
            if not filter_part(before, now[row], d, work):
                d[:] = now[row]
            if plots[row] > 1:
                whole[:] = 0.0
                carry(whole, dt_s[row], psd[row])
                for i in range(N):
                    for j in range(N):
                        d[i, j] += whole[i, j]
        for i in range(N):
            for j in range(N):
                whole[i, j] = d[i, j] + through_height[row, i, j]
        out[row] = largest_share(now[row], whole, work)
