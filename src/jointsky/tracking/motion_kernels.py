"""Kernels of motion: two near-constant-velocity models, mixed as an IMM.

State: position (3) and velocity (3) in the tracker's Cartesian frame; metres, seconds.  Process
noise is white acceleration, given per axis pair: across the local vertical and along it.
Sources: Bar-Shalom, Li, Kirubarajan (2001), 6.2.2 (noise) and 11.6.6 (interacting models).
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner

MODELS = 2


@inner
def copy_state(x, p, x_out, p_out):
    """Copy one state and covariance."""
    for a in range(6):
        x_out[a] = x[a]
        for b in range(6):
            p_out[a, b] = p[a, b]


@inner
def copy_models(weights, x, p, weights_out, x_out, p_out):
    """Copy the weights, states and covariances of all models."""
    for m in range(MODELS):
        weights_out[m] = weights[m]
        copy_state(x[m], p[m], x_out[m], p_out[m])


@inner
def predict(x, p, dt_s, psd_across, psd_up, up):
    """Carry one state and covariance forward in place by ``dt_s`` >= 0 seconds."""
    for i in range(3):
        x[i] += dt_s * x[i + 3]
    for i in range(3):
        for j in range(3):
            p[i, j] += dt_s * (p[i, j + 3] + p[i + 3, j]) + dt_s * dt_s * p[i + 3, j + 3]
    for i in range(3):
        for j in range(3):
            p[i, j + 3] += dt_s * p[i + 3, j + 3]
            p[j + 3, i] = p[i, j + 3]
    q1 = dt_s
    q2 = 0.5 * dt_s * dt_s
    q3 = dt_s * dt_s * dt_s / 3.0
    for i in range(3):
        for j in range(3):
            q = (psd_up - psd_across) * up[i] * up[j]
            if i == j:
                q += psd_across
            p[i, j] += q * q3
            p[i, j + 3] += q * q2
            p[j + 3, i] = p[i, j + 3]
            p[i + 3, j + 3] += q * q1


@inner
def switch(weights, dt_s, mean_straight_s, mean_manoeuvre_s, out):
    """Fill ``out`` (2, 2) with weights[i] * P(model j after dt | model i before); two-state chain.

    Closed form of the continuous-time chain (Ross, Stochastic Processes, 5.4).
    """
    a = 1.0 / mean_straight_s
    b = 1.0 / mean_manoeuvre_s
    decay = math.exp(-(a + b) * dt_s)
    to_manoeuvre = a / (a + b) * (1.0 - decay)
    to_quiet = b / (a + b) * (1.0 - decay)
    out[0, 0] = weights[0] * (1.0 - to_manoeuvre)
    out[0, 1] = weights[0] * to_manoeuvre
    out[1, 0] = weights[1] * to_quiet
    out[1, 1] = weights[1] * (1.0 - to_quiet)


@inner
def mix(joint, x, p, weights_out, x_out, p_out):
    """Mix the models' states for the next step; joint[i, j] = P(model i before, model j after)."""
    for j in range(MODELS):
        total = joint[0, j] + joint[1, j]
        weights_out[j] = total
        m0 = joint[0, j] / total
        m1 = 1.0 - m0
        for a in range(6):
            x_out[j, a] = m0 * x[0, a] + m1 * x[1, a]
        spread = m0 * m1
        for a in range(6):
            da = x[0, a] - x[1, a]
            for b in range(6):
                p_out[j, a, b] = (
                    m0 * p[0, a, b] + m1 * p[1, a, b] + spread * da * (x[0, b] - x[1, b])
                )


@inner
def combine(weights, x, p, x_out, p_out):
    """Fill the mean and covariance of the mixture of both models."""
    w0 = weights[0]
    w1 = weights[1]
    for a in range(6):
        x_out[a] = w0 * x[0, a] + w1 * x[1, a]
    for a in range(6):
        da = x[0, a] - x[1, a]
        for b in range(6):
            p_out[a, b] = w0 * p[0, a, b] + w1 * p[1, a, b] + w0 * w1 * da * (x[0, b] - x[1, b])
