"""Kernels of measurement: what a plot says of a state, as scalar rows that are independent.

A plot becomes at most ``ROWS`` scalar measurements, each a residual, a row of the derivative and
a variance; a Kalman filter takes them one after another (Bar-Shalom et al. 2001, 5.4: sequential
updates equal the joint one when the errors are independent).  Angles are of the sensor's own
local frame.  Metres, radians, seconds.
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner
from jointsky.earth.geodesy_kernels import east_north_up, ecef_to_geodetic

ROWS = 7
POLAR, LOCAL, GEODETIC = 0, 1, 2
TWO_PI = 2.0 * math.pi
WILD_SIGMAS2 = 36.0
ANY_HEIGHT_M, ANY_SPEED_MPS = 10000.0, 300.0


@inner
def height_and_up(is_flat, x, y, z, up):
    """Return the height of a point and fill ``up``, the local vertical there."""
    if is_flat:
        up[0] = 0.0
        up[1] = 0.0
        up[2] = 1.0
        return z
    latitude, longitude, height = ecef_to_geodetic(x, y, z)
    axis = east_north_up(latitude, longitude)[2]
    up[0] = axis[0]
    up[1] = axis[1]
    up[2] = axis[2]
    return height


@inner
def _put(rows, n, dt_s, residual, variance, px, py, pz):
    """Write one row that looks at the position ``dt_s`` after (or before) the state's time."""
    rows[n, 0] = px
    rows[n, 1] = py
    rows[n, 2] = pz
    rows[n, 3] = px * dt_s
    rows[n, 4] = py * dt_s
    rows[n, 5] = pz * dt_s
    rows[n, 6] = residual
    rows[n, 7] = variance
    return n + 1


@inner
def measure(plots, i, sensors, is_flat, x, dt_s, up, rows):
    """Fill ``rows`` (ROWS, 8: derivative 6, residual, variance) of plot ``i`` against ``x``.

    ``x`` holds at ``dt_s`` seconds before the plot.  Returns how many rows there are, or 0 where
    the geometry says nothing (a target on top of its radar).
    """
    s = plots.sensor[i]
    px = x[0] + dt_s * x[3]
    py = x[1] + dt_s * x[4]
    pz = x[2] + dt_s * x[5]
    n = 0
    if plots.height_sigma[i] > 0.0:
        height = height_and_up(is_flat, px, py, pz, up)
        residual = plots.height[i] - height
        n = _put(rows, n, dt_s, residual, plots.height_sigma[i] ** 2, up[0], up[1], up[2])
    geometry = plots.geometry[i]
    axes = sensors.axes[s]
    if geometry == POLAR:
        n = _polar(plots, i, sensors.origin[s], axes, px, py, pz, x, dt_s, rows, n)
    elif geometry == LOCAL:
        dx = px - sensors.origin[s, 0]
        dy = py - sensors.origin[s, 1]
        dz = pz - sensors.origin[s, 2]
        east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
        north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
        n = _plane(plots, i, plots.first[i] - east, plots.second[i] - north, axes, dt_s, rows, n)
    else:
        dx = plots.position[i, 0] - px
        dy = plots.position[i, 1] - py
        dz = plots.position[i, 2] - pz
        axes = plots.axes[i]
        east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
        north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
        n = _plane(plots, i, east, north, axes, dt_s, rows, n)
        if plots.velocity_sigma[i] > 0.0:
            for k in range(2):
                for c in range(3):
                    rows[n, c] = 0.0
                    rows[n, c + 3] = axes[k, c]
                speed = axes[k, 0] * x[3] + axes[k, 1] * x[4] + axes[k, 2] * x[5]
                rows[n, 6] = plots.velocity[i, k] - speed
                rows[n, 7] = plots.velocity_sigma[i] ** 2
                n += 1
    return n


@inner
def _plane(plots, i, east, north, axes, dt_s, rows, n):
    """Rows of a position in a plane; correlated errors are made independent (Cholesky)."""
    se = plots.first_sigma[i]
    sn = plots.second_sigma[i]
    rho = plots.correlation[i]
    n = _put(rows, n, dt_s, east, se * se, axes[0, 0], axes[0, 1], axes[0, 2])
    slope = rho * sn / se
    return _put(
        rows,
        n,
        dt_s,
        north - slope * east,
        sn * sn * (1.0 - rho * rho),
        axes[1, 0] - slope * axes[0, 0],
        axes[1, 1] - slope * axes[0, 1],
        axes[1, 2] - slope * axes[0, 2],
    )


@inner
def _polar(plots, i, origin, axes, px, py, pz, x, dt_s, rows, n):
    """Rows of slant range, azimuth, and where measured elevation and range rate."""
    dx = px - origin[0]
    dy = py - origin[1]
    dz = pz - origin[2]
    east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
    north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
    above = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    ground2 = east * east + north * north
    range2 = ground2 + above * above
    if ground2 < 1.0:
        return 0
    ground = math.sqrt(ground2)
    slant = math.sqrt(range2)
    ux = dx / slant
    uy = dy / slant
    uz = dz / slant
    n = _put(rows, n, dt_s, plots.first[i] - slant, plots.first_sigma[i] ** 2, ux, uy, uz)
    turn = plots.second[i] - math.atan2(east, north)
    turn -= TWO_PI * math.floor(turn / TWO_PI + 0.5)
    ce = north / ground2
    cn = -east / ground2
    n = _put(
        rows,
        n,
        dt_s,
        turn,
        plots.second_sigma[i] ** 2,
        ce * axes[0, 0] + cn * axes[1, 0],
        ce * axes[0, 1] + cn * axes[1, 1],
        ce * axes[0, 2] + cn * axes[1, 2],
    )
    if plots.third_sigma[i] > 0.0:
        ce = -above * east / (range2 * ground)
        cn = -above * north / (range2 * ground)
        cu = ground / range2
        n = _put(
            rows,
            n,
            dt_s,
            plots.third[i] - math.atan2(above, ground),
            plots.third_sigma[i] ** 2,
            ce * axes[0, 0] + cn * axes[1, 0] + cu * axes[2, 0],
            ce * axes[0, 1] + cn * axes[1, 1] + cu * axes[2, 1],
            ce * axes[0, 2] + cn * axes[1, 2] + cu * axes[2, 2],
        )
    if plots.doppler_sigma[i] > 0.0:
        rate = ux * x[3] + uy * x[4] + uz * x[5]
        n = _put(
            rows,
            n,
            dt_s,
            plots.doppler[i] - rate,
            plots.doppler_sigma[i] ** 2,
            (x[3] - ux * rate) / slant,
            (x[4] - uy * rate) / slant,
            (x[5] - uz * rate) / slant,
        )
        rows[n - 1, 3] += ux
        rows[n - 1, 4] += uy
        rows[n - 1, 5] += uz
    return n


@inner
def _is_wild(rows, k, p):
    """Return whether one row lies so far off that its measurement is not the target's."""
    variance = rows[k, 7]
    for a in range(6):
        for b in range(6):
            variance += rows[k, a] * rows[k, b] * p[a, b]
    return rows[k, 6] * rows[k, 6] > WILD_SIGMAS2 * variance


@inner
def doubt_own_words(plots, i, rows, n, p):
    """Take a height or velocity that cannot be the target's for a random one.

    Mode C is garbled now and then, and transponders send velocities long past: such a word must
    neither move the track nor keep the plot's good position from it.  Its row gets the spread of
    all heights or speeds in the air.  Returns whether the height was wild.
    """
    tells_velocity = plots.geometry[i] == GEODETIC and plots.velocity_sigma[i] > 0.0
    if tells_velocity and (_is_wild(rows, n - 1, p) or _is_wild(rows, n - 2, p)):
        rows[n - 1, 7] = ANY_SPEED_MPS * ANY_SPEED_MPS
        rows[n - 2, 7] = ANY_SPEED_MPS * ANY_SPEED_MPS
    if plots.height_sigma[i] > 0.0 and _is_wild(rows, 0, p):
        rows[0, 7] = ANY_HEIGHT_M * ANY_HEIGHT_M
        return True
    return False


@inner
def take(rows, n, x, p):
    """Update ``x`` and ``p`` in place with ``n`` rows; return squared distance and log density.

    The residuals were formed at one state; each row's is corrected by what the rows before it
    have moved, so that the result is the joint update at that one point.
    """
    x0 = x[0]
    x1 = x[1]
    x2 = x[2]
    x3 = x[3]
    x4 = x[4]
    x5 = x[5]
    distance2 = 0.0
    log_density = 0.0
    for k in range(n):
        h0 = rows[k, 0]
        h1 = rows[k, 1]
        h2 = rows[k, 2]
        h3 = rows[k, 3]
        h4 = rows[k, 4]
        h5 = rows[k, 5]
        g0 = p[0, 0] * h0 + p[0, 1] * h1 + p[0, 2] * h2 + p[0, 3] * h3 + p[0, 4] * h4 + p[0, 5] * h5
        g1 = p[1, 0] * h0 + p[1, 1] * h1 + p[1, 2] * h2 + p[1, 3] * h3 + p[1, 4] * h4 + p[1, 5] * h5
        g2 = p[2, 0] * h0 + p[2, 1] * h1 + p[2, 2] * h2 + p[2, 3] * h3 + p[2, 4] * h4 + p[2, 5] * h5
        g3 = p[3, 0] * h0 + p[3, 1] * h1 + p[3, 2] * h2 + p[3, 3] * h3 + p[3, 4] * h4 + p[3, 5] * h5
        g4 = p[4, 0] * h0 + p[4, 1] * h1 + p[4, 2] * h2 + p[4, 3] * h3 + p[4, 4] * h4 + p[4, 5] * h5
        g5 = p[5, 0] * h0 + p[5, 1] * h1 + p[5, 2] * h2 + p[5, 3] * h3 + p[5, 4] * h4 + p[5, 5] * h5
        s = rows[k, 7] + h0 * g0 + h1 * g1 + h2 * g2 + h3 * g3 + h4 * g4 + h5 * g5
        moved = (
            h0 * (x[0] - x0)
            + h1 * (x[1] - x1)
            + h2 * (x[2] - x2)
            + h3 * (x[3] - x3)
            + h4 * (x[4] - x4)
            + h5 * (x[5] - x5)
        )
        residual = rows[k, 6] - moved
        distance2 += residual * residual / s
        log_density -= 0.5 * math.log(TWO_PI * s)
        gain = residual / s
        x[0] += g0 * gain
        x[1] += g1 * gain
        x[2] += g2 * gain
        x[3] += g3 * gain
        x[4] += g4 * gain
        x[5] += g5 * gain
        g = (g0, g1, g2, g3, g4, g5)
        for a in range(6):
            for b in range(a, 6):
                p[a, b] -= g[a] * g[b] / s
                p[b, a] = p[a, b]
    return distance2, log_density - 0.5 * distance2
