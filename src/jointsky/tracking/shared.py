"""How much of a track's error other trackers of the same target may share.

Two trackers with radars of their own still err alike where the target does what neither foresaw,
and in what both took for granted at first.  That part of a covariance follows from the covariances
themselves, whatever filter made them (Bar-Shalom 1981, the cross-covariance of two trackers, with
both the same): with P the covariance, D the part, F and Q the motion since,

    D = F D F' + Q before a plot,    D = A D A' after it,    A = P(after) inv(P(before)).

It begins as the whole of P: what a track is begun with may be common too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.tracking import shared_kernels as kernels

Floats = npt.NDArray[np.float64]
HORIZONTAL = np.array([0, 1, 3, 4])
VERTICAL = np.array([2, 5])


def through_height(covariance: Floats) -> Floats:
    """Return the part (N, 4, 4) of horizontal errors that comes from those of height and climb.

    ``covariance`` (N, 6, 6) is of east, north, up, ve, vn, vu.  A wrong height moves a slant
    range on the ground: where two sites take one height (Mode C, or a guess), they err alike.
    """
    cross = covariance[:, HORIZONTAL[:, None], VERTICAL]
    own = covariance[:, VERTICAL[:, None], VERTICAL]
    det = own[:, 0, 0] * own[:, 1, 1] - own[:, 0, 1] * own[:, 1, 0]
    inverse = np.empty_like(own)
    inverse[:, 0, 0], inverse[:, 1, 1] = own[:, 1, 1] / det, own[:, 0, 0] / det
    inverse[:, 0, 1] = inverse[:, 1, 0] = -own[:, 0, 1] / det
    return np.asarray(cross @ inverse @ np.swapaxes(cross, 1, 2))


def follow(
    was: Floats,
    now: Floats,
    part: Floats,
    dt_s: Floats,
    psd: Floats,
    plots: npt.NDArray[np.int64],
) -> tuple[Floats, Floats]:
    """Return the part (N, 4, 4) that may be common and its share of the whole (N,), 0 to 1.

    ``was`` and ``now`` (N, 6, 6) are what a tracker told before and tells now, ``part`` (N, 4, 4)
    what was common then; ``dt_s`` (N,) the time between, ``plots`` (N,) how many it took in it,
    ``psd`` (N,) the acceleration noise that the tracker expects, m²/s³.  Where that is not known,
    take too little: the share comes out larger, which is safe, while too much would be unsafe.
    """
    whole = np.ascontiguousarray(now[:, HORIZONTAL[:, None], HORIZONTAL])
    before = np.ascontiguousarray(was[:, HORIZONTAL[:, None], HORIZONTAL])
    made, share = part.copy(), np.empty(len(part))
    kernels.follow_each(before, whole, made, dt_s, psd, plots, through_height(now), share)
    return made, share
