"""Kernels of measurement: the models of a track take a plot, row by scalar row.

A plot is at most seven scalar measurements with independent errors; a Kalman filter takes them
one after another (Bar-Shalom et al. 2001, 5.4).  Derivatives are taken at the place predicted by
the likeliest model (extended Kalman filter) and serve all models near it; a range row counts what
may lie off its line of sight as error (second-order terms, 10.3 there).  No sine or arc tangent is
taken for a pair: those of the plot's angles come with the plot.  Metres, radians, seconds.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, inlined
from jointsky.tracking.layout_kernels import (
    BEARING,
    GEODETIC,
    P_AXES,
    P_COS_AZ,
    P_COS_EL,
    P_RANGE,
    P_RATE,
    P_RISE,
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
HEADING_SIGMAS2 = 4.0  # a velocity less sure than this has no heading
LEAST_LEAN_RAD = 1e-3
ROWS = 7


@bare
def small_atan2(y, x):
    """Return atan2(y, x); by its series where that is exact to 1e-11 rad."""
    if x > 0.0 and abs(y) < SMALL_ANGLE * x:
        t = y / x
        t2 = t * t
        return t * (1.0 - t2 * (1.0 / 3.0 - t2 * (0.2 - t2 / 7.0)))
    return math.atan2(y, x)


@inlined
def take_place(b, d, h0, h1, h2, residual, variance):
    """Take one row that looks at the position only; return its variance and what was left.

    ``b`` is the model's row, whose covariance shrinks; ``d`` (7,) gathers the state's change.
    """
    g0 = b[8] * h0 + b[9] * h1 + b[11] * h2
    g1 = b[9] * h0 + b[10] * h1 + b[12] * h2
    g2 = b[11] * h0 + b[12] * h1 + b[13] * h2
    g3 = b[14] * h0 + b[15] * h1 + b[16] * h2
    g4 = b[18] * h0 + b[19] * h1 + b[20] * h2
    g5 = b[23] * h0 + b[24] * h1 + b[25] * h2
    g6 = b[29] * h0 + b[30] * h1 + b[31] * h2
    s = variance + h0 * g0 + h1 * g1 + h2 * g2
    left = residual - h0 * d[0] - h1 * d[1] - h2 * d[2]
    shrink(b, d, g0, g1, g2, g3, g4, g5, g6, s, left)
    return s, left


@inlined
def take_all(b, d, h0, h1, h2, h3, h4, h5, residual, variance):
    """Take one row that looks at position and velocity; as take_place."""
    g0 = b[8] * h0 + b[9] * h1 + b[11] * h2 + b[14] * h3 + b[18] * h4 + b[23] * h5
    g1 = b[9] * h0 + b[10] * h1 + b[12] * h2 + b[15] * h3 + b[19] * h4 + b[24] * h5
    g2 = b[11] * h0 + b[12] * h1 + b[13] * h2 + b[16] * h3 + b[20] * h4 + b[25] * h5
    g3 = b[14] * h0 + b[15] * h1 + b[16] * h2 + b[17] * h3 + b[21] * h4 + b[26] * h5
    g4 = b[18] * h0 + b[19] * h1 + b[20] * h2 + b[21] * h3 + b[22] * h4 + b[27] * h5
    g5 = b[23] * h0 + b[24] * h1 + b[25] * h2 + b[26] * h3 + b[27] * h4 + b[28] * h5
    g6 = b[29] * h0 + b[30] * h1 + b[31] * h2 + b[32] * h3 + b[33] * h4 + b[34] * h5
    s = variance + h0 * g0 + h1 * g1 + h2 * g2 + h3 * g3 + h4 * g4 + h5 * g5
    moved = h0 * d[0] + h1 * d[1] + h2 * d[2] + h3 * d[3] + h4 * d[4] + h5 * d[5]
    left = residual - moved
    shrink(b, d, g0, g1, g2, g3, g4, g5, g6, s, left)
    return s, left


@inlined
def shrink(b, d, g0, g1, g2, g3, g4, g5, g6, s, left):
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
def spun(x, y, z, c, s, up):
    """Return a vector turned about ``up`` by an angle of cosine ``c`` and sine ``s``."""
    along = (1.0 - c) * (up[0] * x + up[1] * y + up[2] * z)
    return (
        c * x + s * (up[1] * z - up[2] * y) + along * up[0],
        c * y + s * (up[2] * x - up[0] * z) + along * up[1],
        c * z + s * (up[0] * y - up[1] * x) + along * up[2],
    )


@bare
def spin(b, c, s, up):
    """Turn what a row knows of its velocity, in the covariance, about ``up``."""
    for k in range(3):
        b[14 + k], b[18 + k], b[23 + k] = spun(b[14 + k], b[18 + k], b[23 + k], c, s, up)
    b[32], b[33], b[34] = spun(b[32], b[33], b[34], c, s, up)
    x0, y0, z0 = spun(b[17], b[21], b[26], c, s, up)
    x1, y1, z1 = spun(b[21], b[22], b[27], c, s, up)
    x2, y2, z2 = spun(b[26], b[27], b[28], c, s, up)
    b[17], b[21], b[26] = spun(x0, x1, x2, c, s, up)
    _, b[22], b[27] = spun(y0, y1, y2, c, s, up)
    _, _, b[28] = spun(z0, z1, z2, c, s, up)


@bare
def move(b, d, leans, up):
    """Move a row by ``d``; where it ``leans``, what moves its velocity aside turns it instead.

    A turning flight keeps its speed and changes its heading: the correction is one of speed and
    heading, taken as such (coordinated turns in polar velocity: Roth, Hendeby, Gustafsson 2014).
    A plain sum would make a flight faster with every correction aside.
    """
    if leans:
        climb = up[0] * b[3] + up[1] * b[4] + up[2] * b[5]
        ahead0 = b[3] - climb * up[0]
        ahead1 = b[4] - climb * up[1]
        ahead2 = b[5] - climb * up[2]
        speed2 = ahead0 * ahead0 + ahead1 * ahead1 + ahead2 * ahead2
        if speed2 > HEADING_SIGMAS2 * (b[17] + b[22] + b[28]):
            aside0 = up[1] * ahead2 - up[2] * ahead1
            aside1 = up[2] * ahead0 - up[0] * ahead2
            aside2 = up[0] * ahead1 - up[1] * ahead0
            angle = (d[3] * aside0 + d[4] * aside1 + d[5] * aside2) / speed2
            growth = (d[3] * ahead0 + d[4] * ahead1 + d[5] * ahead2) / speed2
            if abs(angle) > LEAST_LEAN_RAD and growth > -0.5:
                rise = up[0] * d[3] + up[1] * d[4] + up[2] * d[5]
                c = math.cos(angle)
                s = math.sin(angle)
                far = (1.0 + growth) * c - 1.0
                wide = (1.0 + growth) * s
                d[3] = far * ahead0 + wide * aside0 + rise * up[0]
                d[4] = far * ahead1 + wide * aside1 + rise * up[1]
                d[5] = far * ahead2 + wide * aside2 + rise * up[2]
                spin(b, c, s, up)
    for k in range(STATES):
        b[k] += d[k]


@bare
def take_rows(b, rows, n, reference, leans, up, d):
    """Update a model's row ``b`` with ``n`` measurement rows; return distance and log density.

    Rows hold derivative (6), residual at the ``reference`` state, variance; a model elsewhere gets
    its own residual by the derivative.  ``leans``: as in move(); ``d`` (7,) is scratch.
    """
    for k in range(STATES):
        d[k] = 0.0
    a0 = b[0] - reference[0]
    a1 = b[1] - reference[1]
    a2 = b[2] - reference[2]
    a3 = b[3] - reference[3]
    a4 = b[4] - reference[4]
    a5 = b[5] - reference[5]
    distance2 = 0.0
    product = 1.0
    for k in range(n):
        h0, h1, h2 = rows[k, 0], rows[k, 1], rows[k, 2]
        h3, h4, h5 = rows[k, 3], rows[k, 4], rows[k, 5]
        residual = rows[k, 6] - h0 * a0 - h1 * a1 - h2 * a2
        if h3 == 0.0 and h4 == 0.0 and h5 == 0.0:
            s, left = take_place(b, d, h0, h1, h2, residual, rows[k, 7])
        else:
            residual -= h3 * a3 + h4 * a4 + h5 * a5
            s, left = take_all(b, d, h0, h1, h2, h3, h4, h5, residual, rows[k, 7])
        distance2 += left * left / s
        product *= TWO_PI * s
    move(b, d, leans, up)
    return distance2, -0.5 * (math.log(product) + distance2)


@bare
def as_shares(logs, highest):
    """Turn log weights into shares of their sum; return its log.  ``highest`` is the largest."""
    total = 0.0
    for m in range(logs.shape[0]):
        logs[m] = math.exp(logs[m] - highest)
        total += logs[m]
    for m in range(logs.shape[0]):
        logs[m] /= total
    return highest + math.log(total)


@bare
def put(rows, n, h0, h1, h2, dt, residual, variance):
    """Write one row that looks at the position ``dt`` seconds after the state's time."""
    rows[n, 0] = h0
    rows[n, 1] = h1
    rows[n, 2] = h2
    rows[n, 3] = h0 * dt
    rows[n, 4] = h1 * dt
    rows[n, 5] = h2 * dt
    rows[n, 6] = residual
    rows[n, 7] = variance
    return n + 1


@bare
def variance_along(b, h0, h1, h2):
    """Return the variance of a model's position along a direction."""
    g0 = b[8] * h0 + 2.0 * (b[9] * h1 + b[11] * h2)
    return h0 * g0 + h1 * (b[10] * h1 + 2.0 * b[12] * h2) + b[13] * h2 * h2


@bare
def measure(b, q, geometry, sensor, dt, bend, rows):
    """Fill ``rows`` (ROWS, 8) with what plot ``q`` says of a model's row ``b``, ``dt`` s before it.

    ``sensor`` is the sensor's row, ``bend`` 1 / (2 earth radius) or 0 in a flat frame.  Returns
    how many rows there are (0: the geometry says nothing) and whether the height was wild.
    """
    px = b[0] + dt * b[3]
    py = b[1] + dt * b[4]
    pz = b[2] + dt * b[5]
    n = np.int64(0)
    wild = False
    if q[P_VAR_HEIGHT] > 0.0:
        n, wild = _height(b, q, px, py, pz, dt, bend, rows, n)
    if geometry in (POLAR, BEARING):
        n = _polar(b, q, geometry, sensor, px, py, pz, dt, rows, n)
    else:
        n = _plane(b, q, geometry, px, py, pz, dt, rows, n)
    return n, wild


@bare
def _height(b, q, px, py, pz, dt, bend, rows, n):
    """Row of the height that a plot tells, worth nothing where it cannot be the target's.

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
    residual = q[P_RISE] + along - bend * (dx * dx + dy * dy + dz * dz - along * along)
    variance = q[P_VAR_HEIGHT]
    wild = residual * residual > WILD_SIGMAS2 * (variance + variance_along(b, ux, uy, uz))
    if wild:
        variance = ANY_HEIGHT_M * ANY_HEIGHT_M
    return put(rows, n, ux, uy, uz, dt, residual, variance), wild


@bare
def _polar(b, q, geometry, sensor, px, py, pz, dt, rows, n):
    """Rows of slant range, azimuth, and where measured elevation and range rate."""
    ex, ey, ez = sensor[S_AXES], sensor[S_AXES + 1], sensor[S_AXES + 2]
    nx, ny, nz = sensor[S_AXES + 3], sensor[S_AXES + 4], sensor[S_AXES + 5]
    ax, ay, az = sensor[S_AXES + 6], sensor[S_AXES + 7], sensor[S_AXES + 8]
    dx = px - sensor[S_ORIGIN]
    dy = py - sensor[S_ORIGIN + 1]
    dz = pz - sensor[S_ORIGIN + 2]
    east = ex * dx + ey * dy + ez * dz
    north = nx * dx + ny * dy + nz * dz
    above = ax * dx + ay * dy + az * dz
    ground2 = east * east + north * north
    if ground2 < 1.0:
        return np.int64(0)
    slant2 = ground2 + above * above
    slant = math.sqrt(slant2)
    ground = math.sqrt(ground2)
    ux = dx / slant
    uy = dy / slant
    uz = dz / slant
    if geometry == POLAR:
        off2 = b[8] + b[10] + b[13] - variance_along(b, ux, uy, uz)
        curve = 0.5 * off2 / slant
        # The second moment about the line of sight, where theory takes the mean off as well: most
        # of what nobody measures a height of flies low, at the short end of its range.
        variance = q[P_VAR_1] + 3.0 * curve * curve
        n = put(rows, n, ux, uy, uz, dt, q[P_RANGE] - slant, variance)
    sin_az = q[P_SIN_AZ]
    cos_az = q[P_COS_AZ]
    turn = small_atan2(sin_az * north - cos_az * east, sin_az * east + cos_az * north)
    ce = north / ground2
    cn = -east / ground2
    h0 = ce * ex + cn * nx
    h1 = ce * ey + cn * ny
    h2 = ce * ez + cn * nz
    n = put(rows, n, h0, h1, h2, dt, turn, q[P_VAR_2])
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
        n = put(rows, n, h0, h1, h2, dt, rise, q[P_VAR_3])
    if q[P_VAR_RATE] > 0.0:
        rate = ux * b[3] + uy * b[4] + uz * b[5]
        h0 = (b[3] - ux * rate) / slant
        h1 = (b[4] - uy * rate) / slant
        h2 = (b[5] - uz * rate) / slant
        n = put(rows, n, h0, h1, h2, dt, q[P_RATE] - rate, q[P_VAR_RATE])
        rows[n - 1, 3] += ux
        rows[n - 1, 4] += uy
        rows[n - 1, 5] += uz
    return n


@bare
def _plane(b, q, geometry, px, py, pz, dt, rows, n):
    """Rows of a position in a plane, and a velocity; correlated errors are made independent."""
    dx = q[P_X] - px
    dy = q[P_X + 1] - py
    dz = q[P_X + 2] - pz
    ex, ey, ez = q[P_AXES], q[P_AXES + 1], q[P_AXES + 2]
    nx, ny, nz = q[P_AXES + 3], q[P_AXES + 4], q[P_AXES + 5]
    east = ex * dx + ey * dy + ez * dz
    north = nx * dx + ny * dy + nz * dz
    n = put(rows, n, ex, ey, ez, dt, east, q[P_VAR_1])
    k = q[P_SLOPE]
    h0 = nx - k * ex
    h1 = ny - k * ey
    h2 = nz - k * ez
    n = put(rows, n, h0, h1, h2, dt, north - k * east, q[P_VAR_2])
    if geometry == GEODETIC and q[P_VAR_VELOCITY] > 0.0:
        east = q[P_VE] - ex * b[3] - ey * b[4] - ez * b[5]
        north = q[P_VE + 1] - nx * b[3] - ny * b[4] - nz * b[5]
        variance = q[P_VAR_VELOCITY]
        unsure2 = variance + b[17] + b[22] + b[28]
        if east * east + north * north > WILD_SIGMAS2 * unsure2:
            variance = ANY_SPEED_MPS * ANY_SPEED_MPS  # transponders send velocities long past
        n = put(rows, n, 0.0, 0.0, 0.0, 0.0, east, variance)
        n = put(rows, n, 0.0, 0.0, 0.0, 0.0, north, variance)
        for c in range(3):
            rows[n - 2, 3 + c] = q[P_AXES + c]
            rows[n - 1, 3 + c] = q[P_AXES + 3 + c]
    return n
