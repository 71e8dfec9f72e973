"""Kernels of measurement: one model of a track takes one plot, row by scalar row.

A plot is at most seven scalar measurements with independent errors; a Kalman filter takes them
one after another (Bar-Shalom et al. 2001, 5.4).  Derivatives are taken at the predicted place
(extended Kalman filter); a range row knows how far the target may lie off the beam's axis, which
bends its mean and widens it (second-order terms, 10.3 there).  No sine or arc tangent is taken for
a pair: those of the plot's angles come with the plot.  Metres, radians, seconds.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare
from jointsky.tracking.layout_kernels import (
    BEARING,
    GEODETIC,
    P_AXES,
    P_COS_AZ,
    P_COS_EL,
    P_RANGE,
    P_RATE,
    P_SIN_AZ,
    P_SIN_EL,
    P_SLOPE,
    P_VAR_1,
    P_VAR_2,
    P_VAR_3,
    P_VAR_HEIGHT,
    P_VAR_RATE,
    P_VAR_VELOCITY,
    P_VE,
    P_X,
    POLAR,
    S_AXES,
    S_ORIGIN,
    STATES,
)

TWO_PI = 2.0 * math.pi
WILD_SIGMAS2 = 36.0
ANY_HEIGHT_M, ANY_SPEED_MPS = 10000.0, 300.0
SMALL_ANGLE = 0.05


@bare
def small_atan2(y, x):
    """Return atan2(y, x); by its series where that is exact to 1e-11 rad."""
    if x > 0.0 and abs(y) < SMALL_ANGLE * x:
        t = y / x
        t2 = t * t
        return t * (1.0 - t2 * (1.0 / 3.0 - t2 * (0.2 - t2 / 7.0)))
    return math.atan2(y, x)


@bare
def take_place(b, d, h0, h1, h2, residual, variance, turns):
    """Take one row that looks at the position only; return its variance and what was left.

    ``b`` is the model's row, whose covariance shrinks; ``d`` (7,) gathers the state's change.
    """
    g0 = b[8] * h0 + b[9] * h1 + b[11] * h2
    g1 = b[9] * h0 + b[10] * h1 + b[12] * h2
    g2 = b[11] * h0 + b[12] * h1 + b[13] * h2
    g3 = b[14] * h0 + b[15] * h1 + b[16] * h2
    g4 = b[18] * h0 + b[19] * h1 + b[20] * h2
    g5 = b[23] * h0 + b[24] * h1 + b[25] * h2
    g6 = 0.0
    if turns:
        g6 = b[29] * h0 + b[30] * h1 + b[31] * h2
    s = variance + h0 * g0 + h1 * g1 + h2 * g2
    left = residual - h0 * d[0] - h1 * d[1] - h2 * d[2]
    shrink(b, d, g0, g1, g2, g3, g4, g5, g6, s, left, turns)
    return s, left


@bare
def take_all(b, d, h0, h1, h2, h3, h4, h5, residual, variance, turns):
    """Take one row that looks at position and velocity; as take_place."""
    g0 = b[8] * h0 + b[9] * h1 + b[11] * h2 + b[14] * h3 + b[18] * h4 + b[23] * h5
    g1 = b[9] * h0 + b[10] * h1 + b[12] * h2 + b[15] * h3 + b[19] * h4 + b[24] * h5
    g2 = b[11] * h0 + b[12] * h1 + b[13] * h2 + b[16] * h3 + b[20] * h4 + b[25] * h5
    g3 = b[14] * h0 + b[15] * h1 + b[16] * h2 + b[17] * h3 + b[21] * h4 + b[26] * h5
    g4 = b[18] * h0 + b[19] * h1 + b[20] * h2 + b[21] * h3 + b[22] * h4 + b[27] * h5
    g5 = b[23] * h0 + b[24] * h1 + b[25] * h2 + b[26] * h3 + b[27] * h4 + b[28] * h5
    g6 = 0.0
    if turns:
        g6 = b[29] * h0 + b[30] * h1 + b[31] * h2 + b[32] * h3 + b[33] * h4 + b[34] * h5
    s = variance + h0 * g0 + h1 * g1 + h2 * g2 + h3 * g3 + h4 * g4 + h5 * g5
    moved = h0 * d[0] + h1 * d[1] + h2 * d[2] + h3 * d[3] + h4 * d[4] + h5 * d[5]
    left = residual - moved
    shrink(b, d, g0, g1, g2, g3, g4, g5, g6, s, left, turns)
    return s, left


@bare
def shrink(b, d, g0, g1, g2, g3, g4, g5, g6, s, left, turns):
    """Move the state by gain g/s and take g g'/s off the covariance."""
    inverse = 1.0 / s
    e = left * inverse
    d[0] += g0 * e
    d[1] += g1 * e
    d[2] += g2 * e
    d[3] += g3 * e
    d[4] += g4 * e
    d[5] += g5 * e
    u = g0 * inverse
    b[8] -= u * g0
    b[9] -= u * g1
    b[11] -= u * g2
    b[14] -= u * g3
    b[18] -= u * g4
    b[23] -= u * g5
    u = g1 * inverse
    b[10] -= u * g1
    b[12] -= u * g2
    b[15] -= u * g3
    b[19] -= u * g4
    b[24] -= u * g5
    u = g2 * inverse
    b[13] -= u * g2
    b[16] -= u * g3
    b[20] -= u * g4
    b[25] -= u * g5
    u = g3 * inverse
    b[17] -= u * g3
    b[21] -= u * g4
    b[26] -= u * g5
    u = g4 * inverse
    b[22] -= u * g4
    b[27] -= u * g5
    b[28] -= g5 * inverse * g5
    if turns:
        d[6] += g6 * e
        u = g6 * inverse
        b[29] -= u * g0
        b[30] -= u * g1
        b[31] -= u * g2
        b[32] -= u * g3
        b[33] -= u * g4
        b[34] -= u * g5
        b[35] -= u * g6


@bare
def take_row(b, d, h0, h1, h2, dt, residual, variance, turns):
    """Take one row that looks at the position ``dt`` seconds after the state's time."""
    if dt == 0.0:
        return take_place(b, d, h0, h1, h2, residual, variance, turns)
    return take_all(b, d, h0, h1, h2, h0 * dt, h1 * dt, h2 * dt, residual, variance, turns)


@bare
def take(b, q, geometry, sensor, dt, bend, turns, d):
    """Update row ``b`` in place with plot ``q``, which is ``dt`` seconds after it.

    ``sensor`` is the sensor's row, ``bend`` 1 / (2 earth radius) or 0 in a flat frame, ``d`` (7,)
    scratch.  Returns squared distance, log density, number of rows (0: the geometry says nothing)
    and whether the height was wild.
    """
    px = b[0] + dt * b[3]
    py = b[1] + dt * b[4]
    pz = b[2] + dt * b[5]
    for k in range(STATES):
        d[k] = 0.0
    distance2 = 0.0
    product = 1.0
    rows = 0
    wild = False
    if q[P_VAR_HEIGHT] > 0.0:
        s, left, wild = _take_height(b, d, q, px, py, pz, dt, bend, turns)
        distance2 += left * left / s
        product *= TWO_PI * s
        rows += 1
    if geometry in (POLAR, BEARING):
        d2, more, n = _take_polar(b, d, q, geometry, sensor, px, py, pz, dt, turns)
        if n == 0:
            return 0.0, 0.0, 0, False
    else:
        d2, more, n = _take_plane(b, d, q, geometry, px, py, pz, dt, turns)
    for k in range(STATES):
        b[k] += d[k]
    distance2 += d2
    return distance2, -0.5 * (math.log(product * more) + distance2), rows + n, wild


@bare
def _take_height(b, d, q, px, py, pz, dt, bend, turns):
    """Take the height that a plot tells, or none of it where it cannot be the target's.

    Mode C is garbled now and then: such a word must neither move the track nor keep the plot's
    good place from it.  Its row gets the spread of all heights in the air.
    """
    ux = q[P_AXES + 6]
    uy = q[P_AXES + 7]
    uz = q[P_AXES + 8]
    dx = q[P_X] - px
    dy = q[P_X + 1] - py
    dz = q[P_X + 2] - pz
    along = ux * dx + uy * dy + uz * dz
    residual = along - bend * (dx * dx + dy * dy + dz * dz - along * along)
    g0 = b[8] * ux + b[9] * uy + b[11] * uz
    g1 = b[9] * ux + b[10] * uy + b[12] * uz
    g2 = b[11] * ux + b[12] * uy + b[13] * uz
    variance = q[P_VAR_HEIGHT]
    s = variance + ux * g0 + uy * g1 + uz * g2
    wild = residual * residual > WILD_SIGMAS2 * s
    if wild:
        variance = ANY_HEIGHT_M * ANY_HEIGHT_M
    s, left = take_row(b, d, ux, uy, uz, dt, residual, variance, turns)
    return s, left, wild


@bare
def _take_polar(b, d, q, geometry, sensor, px, py, pz, dt, turns):
    """Take slant range, azimuth, and where measured elevation and range rate."""
    ex = sensor[S_AXES]
    ey = sensor[S_AXES + 1]
    ez = sensor[S_AXES + 2]
    nx = sensor[S_AXES + 3]
    ny = sensor[S_AXES + 4]
    nz = sensor[S_AXES + 5]
    ax = sensor[S_AXES + 6]
    ay = sensor[S_AXES + 7]
    az = sensor[S_AXES + 8]
    dx = px - sensor[S_ORIGIN]
    dy = py - sensor[S_ORIGIN + 1]
    dz = pz - sensor[S_ORIGIN + 2]
    east = ex * dx + ey * dy + ez * dz
    north = nx * dx + ny * dy + nz * dz
    above = ax * dx + ay * dy + az * dz
    ground2 = east * east + north * north
    if ground2 < 1.0:
        return 0.0, 1.0, 0
    slant2 = ground2 + above * above
    slant = math.sqrt(slant2)
    ground = math.sqrt(ground2)
    v3, v4, v5 = b[3], b[4], b[5]
    distance2 = 0.0
    product = 1.0
    rows = 1
    ux = dx / slant
    uy = dy / slant
    uz = dz / slant
    if geometry == POLAR:
        off2 = b[8] + b[10] + b[13]
        off2 -= ux * (b[8] * ux + 2.0 * (b[9] * uy + b[11] * uz))
        off2 -= uy * (b[10] * uy + 2.0 * b[12] * uz) + b[13] * uz * uz
        curve = 0.5 * off2 / slant
        s, left = take_row(
            b,
            d,
            ux,
            uy,
            uz,
            dt,
            q[P_RANGE] - slant - curve,
            q[P_VAR_1] + 2.0 * curve * curve,
            turns,
        )
        distance2 += left * left / s
        product *= TWO_PI * s
        rows += 1
    sin_az = q[P_SIN_AZ]
    cos_az = q[P_COS_AZ]
    turn = small_atan2(sin_az * north - cos_az * east, sin_az * east + cos_az * north)
    ce = north / ground2
    cn = -east / ground2
    h0 = ce * ex + cn * nx
    h1 = ce * ey + cn * ny
    h2 = ce * ez + cn * nz
    s, left = take_row(b, d, h0, h1, h2, dt, turn, q[P_VAR_2], turns)
    distance2 += left * left / s
    product *= TWO_PI * s
    if q[P_VAR_3] > 0.0:
        sin_el = q[P_SIN_EL]
        cos_el = q[P_COS_EL]
        rise = small_atan2(sin_el * ground - cos_el * above, cos_el * ground + sin_el * above)
        ce = -above * east / (slant2 * ground)
        cn = -above * north / (slant2 * ground)
        cu = ground / slant2
        h0 = ce * ex + cn * nx + cu * ax
        h1 = ce * ey + cn * ny + cu * ay
        h2 = ce * ez + cn * nz + cu * az
        s, left = take_row(b, d, h0, h1, h2, dt, rise, q[P_VAR_3], turns)
        distance2 += left * left / s
        product *= TWO_PI * s
        rows += 1
    if q[P_VAR_RATE] > 0.0:
        rate = ux * v3 + uy * v4 + uz * v5
        h0 = (v3 - ux * rate) / slant
        h1 = (v4 - uy * rate) / slant
        h2 = (v5 - uz * rate) / slant
        s, left = take_all(
            b,
            d,
            h0,
            h1,
            h2,
            ux + dt * h0,
            uy + dt * h1,
            uz + dt * h2,
            q[P_RATE] - rate,
            q[P_VAR_RATE],
            turns,
        )
        distance2 += left * left / s
        product *= TWO_PI * s
        rows += 1
    return distance2, product, rows


@bare
def _take_plane(b, d, q, geometry, px, py, pz, dt, turns):
    """Take a position in a plane, and a velocity; correlated errors are made independent."""
    dx = q[P_X] - px
    dy = q[P_X + 1] - py
    dz = q[P_X + 2] - pz
    ex = q[P_AXES]
    ey = q[P_AXES + 1]
    ez = q[P_AXES + 2]
    nx = q[P_AXES + 3]
    ny = q[P_AXES + 4]
    nz = q[P_AXES + 5]
    east = ex * dx + ey * dy + ez * dz
    north = nx * dx + ny * dy + nz * dz
    v3, v4, v5 = b[3], b[4], b[5]
    s, left = take_row(b, d, ex, ey, ez, dt, east, q[P_VAR_1], turns)
    distance2 = left * left / s
    product = TWO_PI * s
    slope = q[P_SLOPE]
    s, left = take_row(
        b,
        d,
        nx - slope * ex,
        ny - slope * ey,
        nz - slope * ez,
        dt,
        north - slope * east,
        q[P_VAR_2],
        turns,
    )
    distance2 += left * left / s
    product *= TWO_PI * s
    rows = 2
    if geometry == GEODETIC and q[P_VAR_VELOCITY] > 0.0:
        rows = 4
        east = q[P_VE] - ex * v3 - ey * v4 - ez * v5
        north = q[P_VE + 1] - nx * v3 - ny * v4 - nz * v5
        variance = q[P_VAR_VELOCITY]
        unsure2 = variance + b[17] + b[22] + b[28]
        if east * east + north * north > WILD_SIGMAS2 * unsure2:
            variance = ANY_SPEED_MPS * ANY_SPEED_MPS  # transponders send velocities long past
        s, left = take_all(b, d, 0.0, 0.0, 0.0, ex, ey, ez, east, variance, turns)
        distance2 += left * left / s
        product *= TWO_PI * s
        s, left = take_all(b, d, 0.0, 0.0, 0.0, nx, ny, nz, north, variance, turns)
        distance2 += left * left / s
        product *= TWO_PI * s
    return distance2, product, rows
