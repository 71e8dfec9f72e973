"""Slow, obvious twins of the tracker's kernels of motion: plain matrices, nothing packed."""

import math

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import block_diag, expm
from scipy.spatial.transform import Rotation

from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.measurement_kernels import HEADING_SIGMAS2, LEAST_LEAN_RAD
from jointsky.tracking.motion_kernels import (
    FASTEST_TURN_RADPS,
    SLOW_BELOW_MPS,
    SLOWEST_MPS,
)

LOWER = np.tril_indices(layout.STATES)


def body_of(x, p, weight=1.0):
    """Return a model's row of mean (7,) and covariance (7, 7)."""
    body = np.zeros(layout.BODY)
    body[: layout.STATES] = x
    body[layout.WEIGHT] = weight
    body[layout.COV : layout.COV + layout.PACKED] = np.asarray(p)[LOWER]
    return body


def opened(body):
    """Return mean (7,) and covariance (7, 7) of a model's row."""
    p = np.zeros((layout.STATES, layout.STATES))
    p[LOWER] = body[layout.COV : layout.COV + layout.PACKED]
    return body[: layout.STATES].copy(), p + np.tril(p, -1).T


def unpacked(packed):
    """Return the 6x6 covariance of its packed lower triangle (21,)."""
    p = np.zeros((6, 6))
    p[np.tril_indices(6)] = packed
    return p + np.tril(p, -1).T


def is_positive(p, slack=1e-9):
    """Return whether a covariance, scaled to a unit diagonal, has no negative direction."""
    size = np.sqrt(np.diag(p))
    return np.linalg.eigvalsh(p / np.outer(size, size)).min() > -slack


def drift(memory_s):
    """Return A (6, 6) of dx/dt = A x + noise: velocity is kept, or forgotten with a memory."""
    a = np.zeros((6, 6))
    a[:3, 3:] = np.eye(3)
    if memory_s > 0.0:
        a[3:, 3:] = -np.eye(3) / memory_s
    return a


def noise(a, across, along, up, dt):
    """Return the integral of exp(A s) G S G' exp(A s)' over 0 to dt; S about the vertical.

    By Gauss and Legendre's rule: exact for polynomials of degree 31, and exponentials are near.
    """
    psd = np.zeros((6, 6))
    psd[3:, 3:] = across * (np.eye(3) - np.outer(up, up)) + along * np.outer(up, up)
    nodes, weights = np.polynomial.legendre.leggauss(16)
    grown = expm(a * (0.5 * dt * (nodes + 1.0))[:, None, None])
    return 0.5 * dt * np.einsum("n,nij,jk,nlk->il", weights, grown, psd, grown)


def turned(x, up, dt):
    """Return a state after a turn about ``up`` at its own rate, by integrating its motion."""

    def motion(_, y):
        return np.concatenate([y[3:6], y[6] * np.cross(up, y[3:6]), [0.0]])

    return solve_ivp(motion, (0.0, dt), x, method="DOP853", rtol=1e-12, atol=1e-9).y[:, -1]


def turned_exactly(x, up, dt):
    """Return the same by the circle's geometry: rotation of the velocity, chord of the arc."""
    along = up * (up @ x[3:6])
    level = x[3:6] - along
    side = np.cross(up, level)
    angle = x[6] * dt
    velocity = along + math.cos(angle) * level + math.sin(angle) * side
    half = 0.5 * angle
    chord = dt * np.sinc(half / np.pi)  # of a circle flown at unit speed
    place = x[:3] + along * dt + chord * (math.cos(half) * level + math.sin(half) * side)
    return np.concatenate([place, velocity, x[6:]])


def derivative(function, x, steps):
    """Return the matrix of central differences of ``function`` at x."""
    columns = [
        (function(x + step) - function(x - step)) / (2.0 * step.max()) for step in np.diag(steps)
    ]
    return np.column_stack(columns)


def predicted(x, p, m, dt, models, up):
    """Return mean and covariance (7) of model ``m`` after dt; the turn rate only where it has one.

    A model without a turn rate leaves it and its covariance as they are: nobody reads them.
    """
    across, along, psd_turn, memory_s = models[m]
    a = drift(memory_s)
    q = np.zeros((7, 7))
    q[:6, :6] = noise(a, across, along, up, dt)
    if m == layout.TURN:
        q[6, 6] = psd_turn * dt
        f = derivative(lambda y: turned_exactly(y, up, dt), x, [1.0] * 6 + [1e-6])
        return turned_exactly(x, up, dt), f @ p @ f.T + q
    f = np.eye(7)
    f[:6, :6] = expm(a * dt)
    return f @ x, f @ p @ f.T + q


def leaned(x, plain_x, p, up):
    """Return a turn's update from x to ``plain_x`` as of speed and heading, and its covariance.

    As plain where the heading is not known, the change is small, or the speed would be halved.
    """
    velocity, change = x[3:6], plain_x[3:6] - x[3:6]
    level = velocity - up * (up @ velocity)
    speed2 = level @ level
    angle, growth = change @ np.cross(up, level) / speed2, change @ level / speed2
    is_known = speed2 > HEADING_SIGMAS2 * np.trace(p[3:6, 3:6])
    if not is_known or abs(angle) <= LEAST_LEAN_RAD or growth <= -0.5:
        return plain_x, p
    turn = Rotation.from_rotvec(angle * up).as_matrix()
    velocity = (1.0 + growth) * turn @ level + up * (up @ plain_x[3:6])
    spread = block_diag(np.eye(3), turn, 1.0)
    return np.concatenate([plain_x[:3], velocity, plain_x[6:]]), spread @ p @ spread.T


def unknown_turn_rate_variance(velocity, acceleration):
    """Return the variance of v = a / w at this speed, not below nor above what flies."""
    speed = max(np.linalg.norm(velocity), SLOWEST_MPS)
    return min(acceleration / speed, FASTEST_TURN_RADPS) ** 2


def moments(weights, means, covariances):
    """Return mean and covariance of a mixture; weights sum to one."""
    mean = sum(w * x for w, x in zip(weights, means, strict=True))
    spread = sum(
        w * (p + np.outer(x - mean, x - mean))
        for w, x, p in zip(weights, means, covariances, strict=True)
    )
    return mean, spread


def augmented(body, m, acceleration):
    """Return a model's mean and covariance (7) as other models see it: with a turn rate."""
    x, p = opened(body)
    if m != layout.TURN:
        x[6] = 0.0
        p[6, :] = p[:, 6] = 0.0
        p[6, 6] = unknown_turn_rate_variance(x[3:6], acceleration)
    return x, p


def mixed(bodies, switching, acceleration):
    """Return the models' rows after mixing (Bar-Shalom et al. 2001, 11.6.6, steps 1 and 2)."""
    live = [m for m in range(layout.MODELS) if bodies[m, layout.WEIGHT] > 0.0]
    parts = [augmented(bodies[m], m, acceleration) for m in live]
    before = bodies[live, layout.WEIGHT]
    out = np.zeros_like(bodies)
    for j in range(layout.MODELS):
        joint = before * switching[live, j]
        if joint.sum() > 0.0:
            mean, spread = moments(joint / joint.sum(), *zip(*parts, strict=True))
            out[j] = body_of(mean, spread, joint.sum())
    return out


def combined(bodies):
    """Return mean (6,) and covariance (6, 6) of the mixture of all models."""
    live = [b for b in bodies if b[layout.WEIGHT] > 0.0]
    states = [opened(b) for b in live]
    weights = [b[layout.WEIGHT] for b in live]
    return moments(weights, [x[:6] for x, _ in states], [p[:6, :6] for _, p in states])


def without_slow(bodies):
    """Return the rows without the slow model, where its speed is three sigmas past its limit."""
    x, p = opened(bodies[layout.SLOW])
    limit = SLOW_BELOW_MPS + 3.0 * math.sqrt(np.trace(p[3:6, 3:6]))
    out = bodies.copy()
    if np.linalg.norm(x[3:6]) > limit:
        out[layout.SLOW, layout.WEIGHT] = 0.0
        out[:, layout.WEIGHT] /= out[:, layout.WEIGHT].sum()
    return out
