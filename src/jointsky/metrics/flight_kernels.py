"""Kernels behind flight.py: velocity and acceleration of a path about each of its points.

Rows of path p are start[p] to start[p + 1], times rising; position, velocity (n, 3); NaN: unknown.
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel


@kernel
def slope(time, value, low, high, at):
    """Return the least-squares slope of the finite values in rows [low, high], or NaN."""
    n, st, sv, stt, stv = 0, 0.0, 0.0, 0.0, 0.0
    for row in range(low, high + 1):
        v = value[row]
        if math.isfinite(v):
            t = time[row] - at
            n += 1
            st += t
            sv += v
            stt += t * t
            stv += t * v
    spread = n * stt - st * st
    if n < 2 or spread <= 0.0:
        return math.nan
    return (n * stv - st * sv) / spread


@kernel
def _quadratic(time, value, low, high, at):
    """Return slope and bend at ``at`` of the least-squares parabola, or NaN twice."""
    n, s1, s2, s3, s4 = 0, 0.0, 0.0, 0.0, 0.0
    v0, v1, v2 = 0.0, 0.0, 0.0
    base = value[low]
    for row in range(low, high + 1):
        t = time[row] - at
        v = value[row] - base
        n += 1
        s1 += t
        s2 += t * t
        s3 += t * t * t
        s4 += t * t * t * t
        v0 += v
        v1 += t * v
        v2 += t * t * v
    c0, c1, c2 = s2 * s4 - s3 * s3, s2 * s3 - s1 * s4, s1 * s3 - s2 * s2
    whole = n * c0 + s1 * c1 + s2 * c2
    if n < 3 or abs(whole) < 1e-9 * max(n * s2 * s4, 1e-300):
        return math.nan, math.nan
    first = (c1 * v0 + (n * s4 - s2 * s2) * v1 + (s1 * s2 - n * s3) * v2) / whole
    bend = (c2 * v0 + (s1 * s2 - n * s3) * v1 + (n * s2 - s1 * s1) * v2) / whole
    return first, 2.0 * bend


@kernel
def motion(time, position, velocity, start, half_window, max_gap, out_velocity, out_acceleration):
    """Fill velocity (as given, else fitted) and acceleration from the points about each row.

    The window is half_window seconds to both sides and stops at gaps longer than max_gap.
    """
    for p in range(len(start) - 1):
        for row in range(start[p], start[p + 1]):
            low, high = row, row
            while (
                low > start[p]
                and time[row] - time[low - 1] <= half_window
                and time[low] - time[low - 1] <= max_gap
            ):
                low -= 1
            while (
                high + 1 < start[p + 1]
                and time[high + 1] - time[row] <= half_window
                and time[high + 1] - time[high] <= max_gap
            ):
                high += 1
            if low == high and row + 1 < start[p + 1] and time[row + 1] - time[row] <= max_gap:
                high = row + 1
            if low == row and row > start[p] and time[row] - time[row - 1] <= max_gap:
                low = row - 1
            known = math.isfinite(velocity[row, 0])
            for axis in range(3):
                if known:
                    out_velocity[row, axis] = velocity[row, axis]
                    bend = slope(time, velocity[:, axis], low, high, time[row])
                else:
                    first, bend = _quadratic(time, position[:, axis], low, high, time[row])
                    if math.isnan(first):
                        first = slope(time, position[:, axis], low, high, time[row])
                    out_velocity[row, axis] = first
                out_acceleration[row, axis] = bend


@kernel
def slopes(time, value, start, half_window, out):
    """Fill the slope of a column about each row, half_window seconds to both sides."""
    for p in range(len(start) - 1):
        low, high = start[p], start[p]
        for row in range(start[p], start[p + 1]):
            while time[row] - time[low] > half_window:
                low += 1
            high = max(high, row)
            while high + 1 < start[p + 1] and time[high + 1] - time[row] <= half_window:
                high += 1
            out[row] = slope(time, value, low, high, time[row])


@kernel
def vertical(position, flat):
    """Return the direction straight up at a point: of the scene, or of the ellipsoid.

    The normal of the ellipsoid through a point on it is along (x, y, z a^2 / b^2); at 12 km it is
    wrong by less than 1e-6 rad.
    """
    if flat:
        return 0.0, 0.0, 1.0
    x, y, z = position[0], position[1], position[2] * 1.0067394967422764  # (a / b)^2, WGS-84
    length = math.sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


@kernel
def split(position, vector, velocity, flat):
    """Return a vector's parts along a velocity's horizontal part, to its right, and up.

    Without a horizontal velocity the first two are NaN.
    """
    ux, uy, uz = vertical(position, flat)
    up = vector[0] * ux + vector[1] * uy + vector[2] * uz
    v_up = velocity[0] * ux + velocity[1] * uy + velocity[2] * uz
    vx, vy, vz = velocity[0] - v_up * ux, velocity[1] - v_up * uy, velocity[2] - v_up * uz
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    if not speed > 0.0:
        return math.nan, math.nan, up
    vx, vy, vz = vx / speed, vy / speed, vz / speed
    along = vector[0] * vx + vector[1] * vy + vector[2] * vz
    rx, ry, rz = vy * uz - vz * uy, vz * ux - vx * uz, vx * uy - vy * ux
    return along, vector[0] * rx + vector[1] * ry + vector[2] * rz, up


@kernel
def phases(
    position,
    velocity,
    acceleration,
    climb,
    flat,
    turn_rate,
    lateral,
    along_limit,
    climb_limit,
    out,
):
    """Fill the phase of each row: 0 straight, 1 turning, 2 accelerating, 3 climbing, -1 unknown."""
    for row in range(len(out)):
        v_along, _, _ = split(position[row], velocity[row], velocity[row], flat)
        a_along, a_right, _ = split(position[row], acceleration[row], velocity[row], flat)
        if math.isnan(a_along) or math.isnan(v_along):
            out[row] = -1
        elif abs(a_right) >= lateral and abs(a_right) >= turn_rate * v_along:
            out[row] = 1
        elif abs(a_along) >= along_limit:
            out[row] = 2
        elif abs(climb[row]) >= climb_limit:
            out[row] = 3
        else:
            out[row] = 0
