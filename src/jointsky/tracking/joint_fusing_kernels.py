"""Kernels behind joint_showing.py: the tracks of one target become one state.

Place and speed on the ground are fused by themselves, and so are height and climb: heights of
different sites come from one altimeter or one guess, so they are taken as wholly dependent.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, kernel
from jointsky.tracking.fusion_kernels import INTERSECTION, fuse
from jointsky.tracking.joint_kernels import (
    B_COV,
    B_HEIGHT,
    B_KNOWS_HEIGHT,
    B_LAT,
    B_LON,
    B_SHARE,
    B_SIZE,
    B_UP,
    B_VE,
    B_VN,
    B_VU,
    radii_m,
)

GROUND = (0, 1, 3, 4)
UPWARD = (2, 5)


@bare
def in_common(mask, other):
    """Return whether two rows of sensor bits have any in common."""
    both = np.uint64(0)
    for k in range(mask.shape[0]):
        both |= mask[k] & other[k]
    return both != 0


@bare
def open_ground(row, lat, lon, mean, cov):
    """Fill mean (4,) and covariance (4, 4) on the ground, east and north from a place."""
    along, across = radii_m(0.5 * (lat + row[B_LAT]))
    turn = row[B_LON] - lon
    if turn > math.pi:
        turn -= 2.0 * math.pi
    elif turn < -math.pi:
        turn += 2.0 * math.pi
    mean[0] = turn * across * math.cos(0.5 * (lat + row[B_LAT]))
    mean[1] = (row[B_LAT] - lat) * along
    mean[2], mean[3] = row[B_VE], row[B_VN]
    k = B_COV
    for i in range(4):
        for j in range(i + 1):
            cov[i, j] = row[k]
            cov[j, i] = row[k]
            k += 1


@bare
def open_up(row, mean, cov):
    """Fill mean (2,) and covariance (2, 2) of height and climb."""
    mean[0], mean[1] = row[B_HEIGHT], row[B_VU]
    cov[0, 0], cov[0, 1], cov[1, 0], cov[1, 1] = (
        row[B_UP],
        row[B_UP + 1],
        row[B_UP + 1],
        row[B_UP + 2],
    )


@bare
def best_first(order, begin, end, brought):
    """Sort a target's members by the error of their place on the ground, least first."""
    for k in range(begin + 1, end):
        row = order[k]
        size = brought[row, B_SIZE]
        at = k
        while at > begin and brought[order[at - 1], B_SIZE] > size:
            order[at] = order[at - 1]
            at -= 1
        order[at] = row


@bare
def write(lat, lon, mean, cov, up, up_cov, knows_height, out, out_cov):
    """Write a fused state: latitude, longitude, height, ve, vn, vu and its covariance (6, 6)."""
    for _ in range(2):
        middle = lat + 0.5 * (out[0] - lat) if out[0] == out[0] else lat
        along, across = radii_m(middle)
        out[0] = lat + mean[1] / along
        out[1] = lon + mean[0] / (across * max(math.cos(middle), 1e-9))
    if out[1] > math.pi:
        out[1] -= 2.0 * math.pi
    elif out[1] < -math.pi:
        out[1] += 2.0 * math.pi
    out[2] = up[0] if knows_height else math.nan
    out[3], out[4], out[5] = mean[2], mean[3], up[1]
    out_cov[:] = 0.0
    for i in range(4):
        for j in range(4):
            out_cov[GROUND[i], GROUND[j]] = cov[i, j]
    for i in range(2):
        for j in range(2):
            out_cov[UPWARD[i], UPWARD[j]] = up_cov[i, j]


@kernel
def fuse_targets(method, most, begin, order, brought, numbers, sensors, out, out_cov):
    """Fuse the members of each target: order[begin[g] : begin[g + 1]], which is put in order.

    At most ``most`` of each, the best; of those with one number, which are one tracker's, one.
    Where sensors are in common nothing counts as independent.
    """
    mean, cov = np.empty(4), np.empty((4, 4))
    other, other_cov = np.empty(4), np.empty((4, 4))
    up, up_cov = np.empty(2), np.empty((2, 2))
    high, high_cov = np.empty(2), np.empty((2, 2))
    work = (np.empty((4, 4)), np.empty((4, 4)), np.empty((4, 4)), np.empty((4, 4)), np.empty(4))
    mask = np.empty(sensors.shape[1], np.uint64)
    for g in range(len(begin) - 1):
        best_first(order, begin[g], begin[g + 1], brought)
        first = order[begin[g]]
        lat, lon = brought[first, B_LAT], brought[first, B_LON]
        open_ground(brought[first], lat, lon, mean, cov)
        open_up(brought[first], up, up_cov)
        knows_height = brought[first, B_KNOWS_HEIGHT] > 0.0
        share = brought[first, B_SHARE]
        mask[:] = sensors[first]
        fused = 1
        for k in range(begin[g] + 1, begin[g + 1]):
            row = order[k]
            is_again = False
            for j in range(begin[g], k):
                is_again = is_again or numbers[order[j]] == numbers[row]
            if is_again or fused >= most:
                continue
            fused += 1
            open_ground(brought[row], lat, lon, other, other_cov)
            shares = (share, brought[row, B_SHARE])
            if in_common(mask, sensors[row]):
                shares = (1.0, 1.0)
            weight, told = fuse(
                method, 4, (mean, cov), (other, other_cov), shares, (mean, cov), work
            )
            share = told if weight >= 0.0 else 1.0
            for j in range(len(mask)):
                mask[j] |= sensors[row, j]
            if brought[row, B_KNOWS_HEIGHT] > 0.0:
                open_up(brought[row], high, high_cov)
                if knows_height:
                    fuse(
                        INTERSECTION,
                        2,
                        (up, up_cov),
                        (high, high_cov),
                        (1.0, 1.0),
                        (up, up_cov),
                        work,
                    )
                else:
                    up[:], up_cov[:, :] = high, high_cov
                    knows_height = True
        out[g, 0] = math.nan
        write(lat, lon, mean, cov, up, up_cov, knows_height, out[g], out_cov[g])
