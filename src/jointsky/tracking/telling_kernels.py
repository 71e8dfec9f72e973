"""Kernels behind telling.py: a result row becomes what a track says, geodetic and east, north, up.

Positions in the tracker's frame in, radians and metres out; covariances packed by rows of the
lower triangle in, whole out.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare, bare_kernel
from jointsky.earth.geodesy_kernels import (
    ECCENTRICITY2,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    latitude_tangent,
)
from jointsky.tracking.layout_kernels import (
    O_CALL_SIGN,
    O_FLAGS,
    O_MODE_A,
    O_MODE_S,
    O_NUMBER,
    O_PLOTS,
    O_STATUS,
    R_COV,
    R_EXISTENCE,
    R_MANOEUVRE,
    R_MEAN,
    R_PRESSURE,
    R_TIME,
)

# Columns of what is told, as rows of one block
(
    TIME_S,
    LATITUDE_RAD,
    LONGITUDE_RAD,
    HEIGHT_M,
    PRESSURE_ALTITUDE_M,
    VE_MPS,
    VN_MPS,
    VU_MPS,
    MANOEUVRE,
    EXISTENCE,
) = range(10)
COLUMNS = 10


@bare
def stand(x, y, z, axes):
    """Fill ``axes`` (3, 3) with east, north, up at an earth-centred place.

    Returns latitude, longitude and height.
    """
    across = math.sqrt(x * x + y * y)
    cos_lon, sin_lon = 1.0, 0.0
    cos_lat, sin_lat = 0.0, math.copysign(1.0, z)
    latitude = math.copysign(math.pi / 2, z)
    height = abs(z) - SEMI_MINOR_M
    if across >= 1e-9:
        tangent = latitude_tangent(across, z)
        latitude = math.atan(tangent)
        cos_lat = 1.0 / math.sqrt(1.0 + tangent * tangent)
        sin_lat = tangent * cos_lat
        cos_lon, sin_lon = x / across, y / across
        normal = math.sqrt(1.0 - ECCENTRICITY2 * sin_lat * sin_lat)
        height = across * cos_lat + z * sin_lat - SEMI_MAJOR_M * normal
    axes[0, 0], axes[0, 1], axes[0, 2] = -sin_lon, cos_lon, 0.0
    axes[1, 0], axes[1, 1], axes[1, 2] = -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat
    axes[2, 0], axes[2, 1], axes[2, 2] = cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
    return latitude, math.atan2(y, x), height


@bare
def unpack(packed, out):
    """Fill a covariance ``out`` (6, 6) from its lower triangle (21,) by rows."""
    k = 0
    for i in range(6):
        for j in range(i + 1):
            out[i, j] = packed[k]
            out[j, i] = packed[k]
            k += 1


@bare
def turn(axes, work, out):
    """Turn a covariance ``out`` (6, 6) into the directions ``axes``; ``work`` is (6, 6)."""
    for i in range(6):
        for b in range(2):
            for j in range(3):
                total = 0.0
                for k in range(3):
                    total += out[i, 3 * b + k] * axes[j, k]
                work[i, 3 * b + j] = total
    for a in range(2):
        for i in range(3):
            for j in range(6):
                total = 0.0
                for k in range(3):
                    total += axes[i, k] * work[3 * a + k, j]
                out[3 * a + i, j] = total


@bare_kernel
def tell(rows, earth, epoch_s, unknown_variance, columns, covariances, numbers, first, axes, work):
    """Fill ``columns`` (10, n), ``covariances`` (n, 6, 6) and ``numbers`` from ``first`` on.

    ``rows`` is (floats, ints); ``earth`` (4, 3): where a flat scene's origin stands and its east,
    north, up, or empty for an earth-centred frame.  Heights on the earth of which the variance is
    above ``unknown_variance`` are a guess: NaN.  ``numbers`` is (track number, status, plots,
    Mode S, Mode A, call sign, flags).
    """
    floats, ints = rows
    for i in range(floats.shape[0]):
        n = first + i
        row = floats[i]
        columns[TIME_S, n] = row[R_TIME] + epoch_s
        columns[PRESSURE_ALTITUDE_M, n] = row[R_PRESSURE]
        columns[MANOEUVRE, n] = row[R_MANOEUVRE]
        columns[EXISTENCE, n] = row[R_EXISTENCE]
        x, y, z = row[R_MEAN], row[R_MEAN + 1], row[R_MEAN + 2]
        vx, vy, vz = row[R_MEAN + 3], row[R_MEAN + 4], row[R_MEAN + 5]
        covariance = covariances[n]
        unpack(row[R_COV:], covariance)
        if earth.shape[0] > 0:
            across = earth[0, 0] + x * earth[1, 0] + y * earth[2, 0]
            along = earth[0, 1] + x * earth[1, 1] + y * earth[2, 1]
            up = earth[0, 2] + x * earth[1, 2] + y * earth[2, 2]
            columns[LATITUDE_RAD, n], columns[LONGITUDE_RAD, n], _ = stand(across, along, up, axes)
            columns[HEIGHT_M, n] = z
            columns[VE_MPS, n], columns[VN_MPS, n], columns[VU_MPS, n] = vx, vy, vz
        else:
            latitude, longitude, height = stand(x, y, z, axes)
            turn(axes, work, covariance)
            columns[LATITUDE_RAD, n], columns[LONGITUDE_RAD, n] = latitude, longitude
            columns[HEIGHT_M, n] = height if covariance[2, 2] <= unknown_variance else math.nan
            columns[VE_MPS, n] = axes[0, 0] * vx + axes[0, 1] * vy + axes[0, 2] * vz
            columns[VN_MPS, n] = axes[1, 0] * vx + axes[1, 1] * vy + axes[1, 2] * vz
            columns[VU_MPS, n] = axes[2, 0] * vx + axes[2, 1] * vy + axes[2, 2] * vz
        numbers[0][n] = ints[i, O_NUMBER]
        numbers[1][n] = ints[i, O_STATUS]
        numbers[2][n] = ints[i, O_PLOTS]
        numbers[3][n] = ints[i, O_MODE_S]
        numbers[4][n] = ints[i, O_MODE_A]
        numbers[5][n] = ints[i, O_CALL_SIGN]
        numbers[6][n] = ints[i, O_FLAGS]
