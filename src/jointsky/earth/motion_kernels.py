"""Kernels behind motion.py and the sensors: the state of a vehicle at a time, from its pieces.

Earth-centred metres and metres a second; POSIX seconds.  ``Pieces`` holds the columns of
records.Motion with ``first`` (V + 1): the pieces of vehicle v are rows first[v] to first[v + 1].
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare_kernel, inlined
from jointsky.earth.geodesy_kernels import ECCENTRICITY2, SEMI_MAJOR_M


@inlined
def row_at(pieces, vehicle, time_s):
    """Return the row of the piece that holds at a time (its end belongs to it), or -1."""
    low, high = pieces.first[vehicle], pieces.first[vehicle + 1]
    end = low
    while low < high:
        middle = (low + high) // 2
        if pieces.begin_s[middle] <= time_s:
            low = middle + 1
        else:
            high = middle
    row = low - 1
    if row < end or time_s > pieces.end_s[row]:
        return -1
    return row


@inlined
def state(pieces, row, time_s):
    """Return x, y, z, vx, vy, vz, earth-centred, of one piece at a time.

    An arc: Gade, "A non-singular horizontal position representation", J. Navigation 63 (2010),
    for the vertical n as position; its point on the ellipsoid as Torge 2001, eq. 4.33.
    """
    t = time_s - pieces.begin_s[row]
    terms = pieces.terms
    if pieces.piece[row] == 1:
        half, third = 2.0 * t, 3.0 * t * t
        return (
            terms[row, 0, 0]
            + t * (terms[row, 1, 0] + t * (terms[row, 2, 0] + t * terms[row, 3, 0])),
            terms[row, 0, 1]
            + t * (terms[row, 1, 1] + t * (terms[row, 2, 1] + t * terms[row, 3, 1])),
            terms[row, 0, 2]
            + t * (terms[row, 1, 2] + t * (terms[row, 2, 2] + t * terms[row, 3, 2])),
            terms[row, 1, 0] + half * terms[row, 2, 0] + third * terms[row, 3, 0],
            terms[row, 1, 1] + half * terms[row, 2, 1] + third * terms[row, 3, 1],
            terms[row, 1, 2] + half * terms[row, 2, 2] + third * terms[row, 3, 2],
        )
    angle = t * (pieces.rate_radps[row] + 0.5 * t * pieces.acceleration_radps2[row])
    rate = pieces.rate_radps[row] + t * pieces.acceleration_radps2[row]
    height_m = pieces.height_m[row] + t * (
        pieces.climb_mps[row] + 0.5 * t * pieces.climb_acceleration_mps2[row]
    )
    climb_mps = pieces.climb_mps[row] + t * pieces.climb_acceleration_mps2[row]
    cosine, sine = math.cos(angle), math.sin(angle)
    nx = terms[row, 0, 0] + cosine * terms[row, 1, 0] + sine * terms[row, 2, 0]
    ny = terms[row, 0, 1] + cosine * terms[row, 1, 1] + sine * terms[row, 2, 1]
    nz = terms[row, 0, 2] + cosine * terms[row, 1, 2] + sine * terms[row, 2, 2]
    dx = rate * (cosine * terms[row, 2, 0] - sine * terms[row, 1, 0])
    dy = rate * (cosine * terms[row, 2, 1] - sine * terms[row, 1, 1])
    dz = rate * (cosine * terms[row, 2, 2] - sine * terms[row, 1, 2])
    inverse2 = 1.0 / (1.0 - ECCENTRICITY2 * nz * nz)
    normal_m = SEMI_MAJOR_M * math.sqrt(inverse2)
    lengthens_mps = normal_m * ECCENTRICITY2 * nz * dz * inverse2
    across_m, up_m = normal_m + height_m, normal_m * (1.0 - ECCENTRICITY2) + height_m
    across_mps, up_mps = (
        lengthens_mps + climb_mps,
        lengthens_mps * (1.0 - ECCENTRICITY2) + climb_mps,
    )
    return (
        across_m * nx,
        across_m * ny,
        up_m * nz,
        across_m * dx + across_mps * nx,
        across_m * dy + across_mps * ny,
        up_m * dz + up_mps * nz,
    )


@bare_kernel
def each_state(pieces, vehicle, time_s, out):
    """Fill out (n, 6) with the states of vehicles (n,) at times (n,); NaN where one is nowhere."""
    for i in range(time_s.shape[0]):
        row = row_at(pieces, vehicle[i], time_s[i])
        if row < 0:
            for k in range(6):
                out[i, k] = np.nan
        else:
            out[i, 0], out[i, 1], out[i, 2], out[i, 3], out[i, 4], out[i, 5] = state(
                pieces, row, time_s[i]
            )
