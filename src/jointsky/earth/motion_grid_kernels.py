"""Kernels behind motion.py: states of many vehicles at many common times, eight at once.

The same formulas as motion_kernels.state.  Sine and cosine are written out, without branches, so
that the compiler makes vector instructions of a piece's loop: a call of the library would keep it
from that.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inlined, kernel
from jointsky.earth.geodesy_kernels import ECCENTRICITY2, SEMI_MAJOR_M

_TO_WHOLE = 6755399441055744.0  # 1.5 * 2^52: added and taken away, it rounds to a whole number
_QUARTERS = 0.63661977236758134308  # 2 / pi
_QUARTER_HIGH, _QUARTER_LOW = 1.57079632673412561417e00, 6.07710050650619224932e-11  # pi / 2
LARGEST_RAD = 1.6e6  # the higher part times a whole number of 20 bits is exact


@inlined
def _sine(x):
    """Return the sine on [-pi/4, pi/4]: fdlibm's kernel (Sun Microsystems 1993), below 1 ulp."""
    z = x * x
    rest = 2.75573137070700676789e-06 + z * (
        -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
    )
    rest = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * rest)
    return x + x * z * (-1.66666666666666324348e-01 + z * rest)


@inlined
def _cosine(x):
    """Return the cosine on [-pi/4, pi/4], as _sine."""
    z = x * x
    rest = -2.75573143513906633035e-07 + z * (
        2.08757232129817482790e-09 - z * 1.13596475577881948265e-11
    )
    rest = -1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * rest)
    return 1.0 - (0.5 * z - z * z * (4.16666666666666019037e-02 + z * rest))


@inlined
def _floor_of_half(n):
    """Return the greatest whole number not above half of a whole number."""
    return (n * 0.5 - 0.25 + _TO_WHOLE) - _TO_WHOLE


@inlined
def sine_and_cosine(angle):
    """Return both, of an angle up to LARGEST_RAD (Cody and Waite 1980, ch. 8)."""
    quarters = (angle * _QUARTERS + _TO_WHOLE) - _TO_WHOLE
    x = (angle - quarters * _QUARTER_HIGH) - quarters * _QUARTER_LOW
    halves = _floor_of_half(quarters)
    is_odd = quarters - 2.0 * halves > 0.5
    sign = 1.0 - 2.0 * (halves - 2.0 * _floor_of_half(halves))
    s, c = _sine(x), _cosine(x)
    return sign * (c if is_odd else s), sign * (-s if is_odd else c)


@kernel
def each_sine_and_cosine(angle, sines, cosines):
    for i in range(angle.shape[0]):
        sines[i], cosines[i] = sine_and_cosine(angle[i])


@kernel
def _along_arc(pieces, row, time_s, x, y, z, vx, vy, vz):
    """Fill columns with the states on an arc at times; see motion_kernels.state."""
    t0 = pieces.terms[row]
    a0, a1, a2 = t0[0, 0], t0[0, 1], t0[0, 2]
    b0, b1, b2 = t0[1, 0], t0[1, 1], t0[1, 2]
    c0, c1, c2 = t0[2, 0], t0[2, 1], t0[2, 2]
    begin, rate0, change = (
        pieces.begin_s[row],
        pieces.rate_radps[row],
        pieces.acceleration_radps2[row],
    )
    height0, climb0, climbs = (
        pieces.height_m[row],
        pieces.climb_mps[row],
        pieces.climb_acceleration_mps2[row],
    )
    for i in range(time_s.shape[0]):
        t = time_s[i] - begin
        sine, cosine = sine_and_cosine(t * (rate0 + 0.5 * t * change))
        rate, climb_mps = rate0 + t * change, climb0 + t * climbs
        height_m = height0 + t * (climb0 + 0.5 * t * climbs)
        nx, ny = a0 + cosine * b0 + sine * c0, a1 + cosine * b1 + sine * c1
        nz = a2 + cosine * b2 + sine * c2
        dx, dy = rate * (cosine * c0 - sine * b0), rate * (cosine * c1 - sine * b1)
        dz = rate * (cosine * c2 - sine * b2)
        inverse2 = 1.0 / (1.0 - ECCENTRICITY2 * nz * nz)
        normal_m = SEMI_MAJOR_M * math.sqrt(inverse2)
        lengthens_mps = normal_m * ECCENTRICITY2 * nz * dz * inverse2
        across_m, up_m = normal_m + height_m, normal_m * (1.0 - ECCENTRICITY2) + height_m
        across_mps = lengthens_mps + climb_mps
        up_mps = lengthens_mps * (1.0 - ECCENTRICITY2) + climb_mps
        x[i], y[i], z[i] = across_m * nx, across_m * ny, up_m * nz
        vx[i], vy[i] = across_m * dx + across_mps * nx, across_m * dy + across_mps * ny
        vz[i] = up_m * dz + up_mps * nz


@kernel
def _along_cubic(pieces, row, time_s, x, y, z, vx, vy, vz):
    """Fill columns with the states on a cubic at times."""
    begin = pieces.begin_s[row]
    for k in range(3):
        place, speed = (x, vx) if k == 0 else (y, vy) if k == 1 else (z, vz)
        a, b = pieces.terms[row, 0, k], pieces.terms[row, 1, k]
        c, d = pieces.terms[row, 2, k], pieces.terms[row, 3, k]
        for i in range(time_s.shape[0]):
            t = time_s[i] - begin
            place[i] = a + t * (b + t * (c + t * d))
            speed[i] = b + t * (2.0 * c + t * 3.0 * d)


@kernel
def on_grid(pieces, vehicles, time_s, out):
    """Fill out (6, n, T) with states of vehicles (n,) at increasing times (T,); NaN where none.

    A time at which one piece ends and the next begins is the next one's, as in motion_kernels.
    """
    for v in range(vehicles.shape[0]):
        done = 0
        for row in range(pieces.first[vehicles[v]], pieces.first[vehicles[v] + 1]):
            low = np.searchsorted(time_s, pieces.begin_s[row])
            high = np.searchsorted(time_s, pieces.end_s[row], side="right")
            if high <= low:
                continue
            for k in range(6):
                out[k, v, done:low] = np.nan
            x, y, z = out[0, v, low:high], out[1, v, low:high], out[2, v, low:high]
            vx, vy, vz = out[3, v, low:high], out[4, v, low:high], out[5, v, low:high]
            if pieces.piece[row] == 1:
                _along_cubic(pieces, row, time_s[low:high], x, y, z, vx, vy, vz)
            else:
                _along_arc(pieces, row, time_s[low:high], x, y, z, vx, vy, vz)
            done = high
        for k in range(6):
            out[k, v, done:] = np.nan
