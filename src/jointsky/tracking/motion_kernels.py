"""Kernels of motion: five models of one target, mixed as an IMM, in any Cartesian frame.

Quiet and noisy near-constant velocity, climb and descent, coordinated turn with its rate as a
seventh state, and slow flight whose velocity dies away (hover).  Turns are about the local
vertical.  A model is a row of 36 numbers (layout_kernels): state, weight, packed covariance.
Sources: Bar-Shalom, Li, Kirubarajan (2001), 6.2.2 (noise), 11.6.6 (interacting models), 11.7
(turns); Yuan et al. (IEEE T-AES 48(1), 2012) for mixing of unequal states; Singer (1970) for
the noise of a velocity that dies away.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare, inlined
from jointsky.tracking.layout_kernels import (
    BODY,
    COV,
    MEMORY_S,
    MODELS,
    PSD_ACROSS,
    PSD_TURN,
    PSD_UP,
    SLOW,
    STATES,
    TURN,
    WEIGHT,
)

SLOWEST_MPS = 20.0  # a turn's rate is sought as if nothing flew slower
FASTEST_TURN_RADPS = 0.3
SLOW_BELOW_MPS = 60.0  # faster targets do not hover: the model rests


@bare
def carry(b, reach_s, keep):
    """Carry state and covariance of a row: position += reach_s * velocity, velocity *= keep."""
    for i in range(3):
        b[i] += reach_s * b[i + 3]
        b[i + 3] *= keep
    a2 = reach_s * reach_s
    b[8] += 2.0 * reach_s * b[14] + a2 * b[17]
    b[9] += reach_s * (b[15] + b[18]) + a2 * b[21]
    b[10] += 2.0 * reach_s * b[19] + a2 * b[22]
    b[11] += reach_s * (b[16] + b[23]) + a2 * b[26]
    b[12] += reach_s * (b[20] + b[24]) + a2 * b[27]
    b[13] += 2.0 * reach_s * b[25] + a2 * b[28]
    v10, v20, v21 = b[21], b[26], b[27]
    b[14] = keep * (b[14] + reach_s * b[17])
    b[15] = keep * (b[15] + reach_s * v10)
    b[16] = keep * (b[16] + reach_s * v20)
    b[18] = keep * (b[18] + reach_s * v10)
    b[19] = keep * (b[19] + reach_s * b[22])
    b[20] = keep * (b[20] + reach_s * v21)
    b[23] = keep * (b[23] + reach_s * v20)
    b[24] = keep * (b[24] + reach_s * v21)
    b[25] = keep * (b[25] + reach_s * b[28])
    keep2 = keep * keep
    b[17] *= keep2
    b[21] *= keep2
    b[22] *= keep2
    b[26] *= keep2
    b[27] *= keep2
    b[28] *= keep2


@bare
def shake(b, across, along, unit_pp, unit_pv, unit_vv, up):
    """Add process noise: spectral densities across and along the vertical, unit covariances."""
    extra = along - across
    u0, u1, u2 = up[0], up[1], up[2]
    n00 = across + extra * u0 * u0
    n10 = extra * u1 * u0
    n11 = across + extra * u1 * u1
    n20 = extra * u2 * u0
    n21 = extra * u2 * u1
    n22 = across + extra * u2 * u2
    b[8] += unit_pp * n00
    b[9] += unit_pp * n10
    b[10] += unit_pp * n11
    b[11] += unit_pp * n20
    b[12] += unit_pp * n21
    b[13] += unit_pp * n22
    b[14] += unit_pv * n00
    b[15] += unit_pv * n10
    b[16] += unit_pv * n20
    b[18] += unit_pv * n10
    b[19] += unit_pv * n11
    b[20] += unit_pv * n21
    b[23] += unit_pv * n20
    b[24] += unit_pv * n21
    b[25] += unit_pv * n22
    b[17] += unit_vv * n00
    b[21] += unit_vv * n10
    b[22] += unit_vv * n11
    b[26] += unit_vv * n20
    b[27] += unit_vv * n21
    b[28] += unit_vv * n22


@bare
def turn_parts(rate, dt):
    """Return sin/w, (1-cos)/w, sin, cos of w dt, and the first two's derivatives by w."""
    angle = rate * dt
    s = math.sin(angle)
    c = math.cos(angle)
    if abs(angle) < 1e-3:
        reach = dt * (1.0 - angle * angle / 6.0)
        aside = dt * (0.5 * angle - angle * angle * angle / 24.0)
        d_reach = -dt * dt * angle / 3.0
        d_aside = dt * dt * (0.5 - angle * angle / 8.0)
    else:
        reach = s / rate
        aside = (1.0 - c) / rate
        d_reach = (dt * c - reach) / rate
        d_aside = (dt * s - aside) / rate
    return reach, aside, s, c, d_reach, d_aside


@bare
def swing(b, dt, up, scratch):
    """Carry a row through a turn about ``up`` at its own rate: counter-clockwise from above.

    ``scratch`` (154,): derivative, covariance, their product, new state.
    """
    reach, aside, s, c, d_reach, d_aside = turn_parts(b[6], dt)
    f = scratch[:49]
    g = scratch[49:98]
    p = scratch[98:147]
    new = scratch[147:154]
    n = COV
    for a in range(STATES):
        for col in range(a + 1):
            p[7 * a + col] = b[n]
            p[7 * col + a] = b[n]
            n += 1
    for k in range(49):
        f[k] = 0.0
    along = up[0] * b[3] + up[1] * b[4] + up[2] * b[5]
    for i in range(3):
        j = (i + 1) % 3
        k = (i + 2) % 3
        level = b[3 + i] - along * up[i]
        side = up[j] * b[3 + k] - up[k] * b[3 + j]  # vertical x velocity
        new[i] = b[i] + along * up[i] * dt + reach * level + aside * side
        new[3 + i] = along * up[i] + c * level + s * side
        f[7 * i + i] = 1.0
        f[7 * i + 6] = d_reach * level + d_aside * side
        f[7 * (3 + i) + 6] = dt * (c * side - s * level)
        for a in range(3):
            uu = up[i] * up[a]
            one = 1.0 if a == i else 0.0
            cross = 0.0
            if a == k:
                cross = up[j]
            elif a == j:
                cross = -up[k]
            f[7 * i + 3 + a] = dt * uu + reach * (one - uu) + aside * cross
            f[7 * (3 + i) + 3 + a] = uu + c * (one - uu) + s * cross
    f[48] = 1.0
    new[6] = b[6]
    for a in range(6):  # the position columns of the derivative are those of the unit matrix
        for col in range(STATES):
            total = p[7 * a + col] if a < 3 else 0.0
            for m in range(3, STATES):
                total += f[7 * a + m] * p[7 * m + col]
            g[7 * a + col] = total
    for col in range(STATES):
        g[42 + col] = p[42 + col]
    n = COV
    for a in range(STATES):
        for d in range(a + 1):
            total = g[7 * a + d] if d < 3 else 0.0
            for m in range(3, STATES):
                total += g[7 * a + m] * f[7 * d + m]
            b[n] = total
            n += 1
    for i in range(STATES):
        b[i] = new[i]


@bare
def predict(b, m, dt, models, up, scratch):
    """Carry row ``b`` of model ``m`` forward in place by ``dt`` > 0 seconds."""
    across = models[m, PSD_ACROSS]
    along = models[m, PSD_UP]
    if m == TURN:
        swing(b, dt, up, scratch)
        shake(b, across, along, dt * dt * dt / 3.0, 0.5 * dt * dt, dt, up)
        b[35] += models[m, PSD_TURN] * dt
    elif m == SLOW:
        memory = models[m, MEMORY_S]
        lost = math.exp(-dt / memory)
        fade = 1.0 - lost
        carry(b, memory * fade, lost)
        fade2 = 1.0 - lost * lost
        pp = memory * memory * (dt - 2.0 * memory * fade + 0.5 * memory * fade2)
        shake(b, across, along, pp, 0.5 * memory * memory * fade * fade, 0.5 * memory * fade2, up)
    else:
        carry(b, dt, 1.0)
        shake(b, across, along, dt * dt * dt / 3.0, 0.5 * dt * dt, dt, up)


@inlined
def add_square(b, first, w, x, origin):
    """Add w d d', d = x - origin of six states, to a packed covariance at ``b[first]``."""
    d0 = x[0] - origin[0]
    d1 = x[1] - origin[1]
    d2 = x[2] - origin[2]
    d3 = x[3] - origin[3]
    d4 = x[4] - origin[4]
    d5 = x[5] - origin[5]
    e = w * d0
    b[first] += e * d0
    e = w * d1
    b[first + 1] += e * d0
    b[first + 2] += e * d1
    e = w * d2
    b[first + 3] += e * d0
    b[first + 4] += e * d1
    b[first + 5] += e * d2
    e = w * d3
    b[first + 6] += e * d0
    b[first + 7] += e * d1
    b[first + 8] += e * d2
    b[first + 9] += e * d3
    e = w * d4
    b[first + 10] += e * d0
    b[first + 11] += e * d1
    b[first + 12] += e * d2
    b[first + 13] += e * d3
    b[first + 14] += e * d4
    e = w * d5
    b[first + 15] += e * d0
    b[first + 16] += e * d1
    b[first + 17] += e * d2
    b[first + 18] += e * d3
    b[first + 19] += e * d4
    b[first + 20] += e * d5


@inlined
def add_moments(o, w, b, base):
    """Add w times a model's state from ``base``, and its second moment about it, to row ``o``."""
    n = COV
    for a in range(STATES):
        da = b[a] - base[a]
        o[a] += w * da
        for c in range(a + 1):
            o[n] += w * (b[n] + da * (b[c] - base[c]))
            n += 1


@bare
def turn_rate_variance(b, acceleration):
    """Return the variance of a turn rate that nothing is known of, given a row's speed."""
    speed2 = b[3] * b[3] + b[4] * b[4] + b[5] * b[5]
    rate = acceleration / math.sqrt(max(speed2, SLOWEST_MPS * SLOWEST_MPS))
    rate = min(rate, FASTEST_TURN_RADPS)
    return rate * rate


@bare
def mix(before, stay, usual, acceleration, common, out):
    """Fill ``out`` (M, 36) with the mixed start of every model and its predicted weight.

    A target keeps its model with probability ``stay``, else draws one from the ``usual`` shares
    (M,): a Markov chain whose start for model j is a mixture of j's own state and of the mixture
    of all, ``common`` (36,).  A model without a turn rate brings none to it: mean nought and the
    variance of an unknown one, independent of the rest.
    """
    best = 0
    for i in range(MODELS):
        if before[i, WEIGHT] > before[best, WEIGHT]:
            best = i
    base = before[best]
    for k in range(BODY):
        common[k] = 0.0
    for i in range(MODELS):
        for a in range(6):
            common[a] += before[i, WEIGHT] * (before[i, a] - base[a])
    for a in range(6):
        common[a] += base[a]
    common[6] = before[TURN, WEIGHT] * before[TURN, 6]
    for i in range(MODELS):
        w = before[i, WEIGHT]
        if w <= 0.0:
            continue
        b = before[i]
        for n in range(COV, COV + 21):
            common[n] += w * b[n]
        add_square(common, COV, w, b, common)
        rate = (b[6] if i == TURN else 0.0) - common[6]
        for c in range(6):
            common[29 + c] += w * rate * (b[c] - common[c])
        common[35] += w * rate * rate
        if i == TURN:
            for c in range(STATES):
                common[29 + c] += w * b[29 + c]
        else:
            common[35] += w * turn_rate_variance(b, acceleration)
    for j in range(MODELS):
        b = before[j]
        o = out[j]
        own = stay * b[WEIGHT]
        total = own + (1.0 - stay) * usual[j]
        a1 = own / total
        a2 = 1.0 - a1
        for n in range(COV, BODY):
            o[n] = a1 * b[n] + a2 * common[n]
        add_square(o, COV, a1 * a2, b, common)
        for a in range(6):
            o[a] = common[a] + a1 * (b[a] - common[a])
        o[WEIGHT] = total
        if j == TURN:
            for c in range(STATES):
                o[29 + c] += a1 * a2 * (b[6] - common[6]) * (b[c] - common[c])
            o[6] = common[6] + a1 * (b[6] - common[6])
        else:
            no_turn(o)


@bare
def no_turn(b):
    """Give a row without a turn rate one that is nought and independent of all else."""
    b[6] = 0.0
    for c in range(6):
        b[29 + c] = 0.0
    b[35] = 1.0


@bare
def rest_slow(bodies):
    """Take the weight of the slow model away where the target is plainly too fast for it."""
    b = bodies[SLOW]
    if b[WEIGHT] <= 0.0:
        return
    speed2 = b[3] * b[3] + b[4] * b[4] + b[5] * b[5]
    unsure2 = b[17] + b[22] + b[28]
    limit = SLOW_BELOW_MPS + 3.0 * math.sqrt(max(unsure2, 0.0))
    if speed2 > limit * limit:
        left = 1.0 - b[WEIGHT]
        b[WEIGHT] = 0.0
        for m in range(MODELS):
            bodies[m, WEIGHT] /= left


@bare
def combine(bodies, mean, packed):
    """Fill the mean (6,) and packed covariance (21,) of the mixture of all models."""
    best = 0
    for m in range(MODELS):
        if bodies[m, WEIGHT] > bodies[best, WEIGHT]:
            best = m
    base = bodies[best]
    for a in range(6):
        mean[a] = 0.0
    for k in range(21):
        packed[k] = 0.0
    for m in range(MODELS):
        w = bodies[m, WEIGHT]
        if w <= 0.0:
            continue
        b = bodies[m]
        for k in range(21):
            packed[k] += w * b[COV + k]
        if m != best:
            for a in range(6):
                mean[a] += w * (b[a] - base[a])
            add_square(packed, 0, w, b, base)
    for a in range(6):
        mean[a] += base[a]
    add_square(packed, 0, -1.0, mean, base)
