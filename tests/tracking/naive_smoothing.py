"""One step back along a path by information: what the future says, as a factor on the present.

Gaussians in their information form, where a product is a sum; nothing in adjoint form as in the
kernels.  A factor that matching moments left indefinite is cut to what is possible.
"""

import math
from typing import NamedTuple

import numpy as np

from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.smoothing_kernels import MOST_SIGMAS, NO_WEIGHT
from tracking import naive


class Factor(NamedTuple):
    """exp(-x' matrix x / 2 + x' vector), a Gaussian factor on a state."""

    matrix: np.ndarray
    vector: np.ndarray


def root(p):
    """Return the symmetric square root of a covariance's inverse."""
    values, axes = np.linalg.eigh(p)
    return axes @ np.diag(values**-0.5) @ axes.T


def told_by_future(ahead, smoothed, f):
    """Return what the plots after a step say, as V (n, n) and v (n,) about where the step set out.

    ``ahead`` and ``smoothed`` are means and covariances of the model at the end of the step, ``f``
    the derivative of its motion.  Where the smoothed state is less sure than the predicted one
    along some axis, nothing is known there; no axis moves by more sigmas than it knows.
    """
    (x, p), (xs, ps) = ahead, smoothed
    size = np.sqrt(np.diag(p))  # metres and radians, in units of their own errors
    p, ps, scale = p / np.outer(size, size), ps / np.outer(size, size), np.diag(1.0 / size)
    white = root(p)
    known, axes = np.linalg.eigh(np.eye(len(p)) - white @ ps @ white)
    along = axes.T @ white @ ((xs - x) / size)
    if known.min() < -1e-7:  # matched moments, not rounding
        known = np.clip(known, 0.0, 1.0)
        bound = MOST_SIGMAS * np.sqrt(known)
        along = np.clip(along, -bound, bound)
    to_axes = axes.T @ white @ scale @ f
    return to_axes.T @ np.diag(known) @ to_axes, to_axes.T @ along


def factor_about(cov, big_v, v):
    """Return the same as a factor, on the state's offset from where the step set out, sure to cov.

    An offset: the earth is a hundred thousand standard errors large, and squares of that are lost.
    """
    after_cov = cov - cov @ big_v @ cov
    matrix = np.linalg.inv(after_cov) - np.linalg.inv(cov)
    return Factor(matrix, np.linalg.solve(after_cov, cov @ v))


def given(now, factor):
    """Return mean and covariance of a state times a factor, and the log of its integral."""
    c, cov = now
    n, size = len(factor.vector), len(c)
    matrix, vector = np.zeros((size, size)), np.zeros(size)
    matrix[:n, :n], vector[:n] = factor
    own = np.linalg.inv(cov)
    after = np.linalg.inv(own + matrix)
    mean = after @ (own @ c + vector)
    log = 0.5 * (np.linalg.slogdet(after)[1] - np.linalg.slogdet(cov)[1])
    log += 0.5 * (mean @ (own + matrix) @ mean - c @ own @ c)
    return mean, after, log


def derivative(m, dt, models, turn):
    """Return the derivative (n, n) of a model's motion; ``turn`` (7, 7) is the turn's."""
    if m == layout.TURN:
        return turn
    memory_s = models[m, layout.MEMORY_S]
    keep = math.exp(-dt / memory_s) if memory_s > 0.0 else 1.0
    reach = memory_s * (1.0 - keep) if memory_s > 0.0 else dt
    one = np.eye(3)
    return np.block([[one, reach * one], [0.0 * one, keep * one]])


def cut_to(state, n):
    return state[0][:n], state[1][:n, :n]


def stepped_back(step, dt, smoothed, world, settings):
    """Return the smoothed rows (M, 36) of the node before a step; ``smoothed`` is the one after.

    ``step`` is filtered rows before, rows as they set out, as they arrived, the turn's derivative.
    """
    now, start, ahead, turn = step
    stay = math.exp(-dt / settings.mean_manoeuvre_s)
    switching = stay * np.eye(layout.MODELS) + (1.0 - stay) * world.usual
    parts = [[] for _ in range(layout.MODELS)]  # of each model now: weight, mean, covariance
    for j in range(layout.MODELS):
        if smoothed[j, layout.WEIGHT] < NO_WEIGHT or ahead[j, layout.WEIGHT] <= 0.0:
            continue
        n = layout.STATES if j == layout.TURN else 6
        f = derivative(j, dt, world.models, turn)
        rows = (cut_to(naive.opened(row[j]), n) for row in (ahead, smoothed))
        about = naive.opened(start[j])
        factor = factor_about(about[1][:n, :n], *told_by_future(*rows, f))
        found = []
        for i in range(layout.MODELS):
            share = now[i, layout.WEIGHT] * switching[i, j]
            if share >= NO_WEIGHT * ahead[j, layout.WEIGHT]:
                c, cov = naive.augmented(now[i], i, settings.turn_acceleration_mps2)
                mean, cov, log = given((c - about[0], cov), factor)
                found.append((i, math.log(share) + log, mean + about[0], cov))
        most = max(log for _, log, _, _ in found)
        total = sum(math.exp(log - most) for _, log, _, _ in found)
        for i, log, mean, cov in found:
            weight = smoothed[j, layout.WEIGHT] * math.exp(log - most) / total
            parts[i].append((weight, mean, cov))
    out = np.zeros((layout.MODELS, layout.BODY))
    for i, mine in enumerate(parts):
        total = sum(weight for weight, _, _ in mine)
        if total > 0.0:
            weights = np.array([weight for weight, _, _ in mine]) / total
            mean, cov = naive.moments(weights, *zip(*(part[1:] for part in mine), strict=True))
            out[i] = naive.body_of(mean, cov, total)
    out[:, layout.WEIGHT] /= out[:, layout.WEIGHT].sum()
    return out
