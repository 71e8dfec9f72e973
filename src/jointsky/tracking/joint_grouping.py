"""Which tracks of several sites are one target.

Sites are gone through in their order: the tracks of each are assigned to the targets found so far,
one to one, by the likelihood of their distance in place and velocity and by identity; those left
over are targets of their own.  Tracks that were one target before stay so unless their mean
distance over some looks, or a much better partner, speaks against it (a sliding window instead of
single looks: Tian and Bar-Shalom 2008).
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

from jointsky.numeric.assignment import assign_pairs
from jointsky.tracking import joint_kernels as kernels
from jointsky.tracking.joint_settings import JointSettings
from jointsky.tracking.joint_table import Integers

Floats = npt.NDArray[np.float64]
MEMORY_S = 8.0  # over which distances are means
FEWEST_PAIRS = 1024


def grouped(
    slot: Integers,
    brought: Floats,
    idents: Integers,
    means: Floats,
    is_told: npt.NDArray[np.bool_],
    settings: JointSettings,
) -> tuple[Integers, Floats]:
    """Return each member's target (n,), 0 to G - 1, and its mean distances from it (n, 2).

    Members are in the order of sites, then of numbers; ``slot`` (n,) counts their sites and lives
    in that order.  ``brought`` and ``idents``: joint_kernels' columns; ``is_told``: with a
    covariance, so that others are compared with it rather than with those without.
    """
    n = len(slot)
    target = np.empty(n, np.int64)
    after = np.zeros((n, 2))
    stand_in = np.empty(0, np.int64)
    bounds = [*np.flatnonzero(np.append(True, slot[1:] != slot[:-1])[:n]).tolist(), n]
    forget = 1.0 - math.exp(-settings.step_s / MEMORY_S)
    size = brought[:, kernels.B_SIZE]
    for begin, end in itertools.pairwise(bounds):
        members = np.arange(begin, end)
        taken = np.full(end - begin, -1, np.int64)
        if len(stand_in):
            found = _pairs(members, stand_in, brought, idents, means, forget, settings)
            rows, columns, gains, grounds, heights = found
            taken = assign_pairs(end - begin, len(stand_in), rows, columns, gains)
            is_chosen = taken[rows] == columns
            after[members[rows[is_chosen]], 0] = grounds[is_chosen]
            after[members[rows[is_chosen]], 1] = heights[is_chosen]
        alone = members[taken < 0]
        target[alone] = len(stand_in) + np.arange(len(alone))
        joined, groups = members[taken >= 0], taken[taken >= 0]
        target[joined] = groups
        now = stand_in[groups]
        is_better = (is_told[joined] > is_told[now]) | (
            (is_told[joined] == is_told[now]) & (size[joined] < size[now])
        )
        stand_in[groups[is_better]] = joined[is_better]
        stand_in = np.append(stand_in, alone)
    return target, after


def _pairs(
    members: Integers,
    targets: Integers,
    brought: Floats,
    idents: Integers,
    means: Floats,
    forget: float,
    settings: JointSettings,
) -> tuple[Integers, Integers, Floats, Floats, Floats]:
    """Return members (from 0) and targets that may be one, the gain, and both distances."""
    cells = 1 << max(len(targets), 16).bit_length()
    table = (np.empty(cells, np.int64), *np.empty((3, len(targets)), np.int64))
    room = 4 * len(members) + FEWEST_PAIRS
    while True:
        out = (
            np.empty(room, np.int64),
            np.empty(room, np.int64),
            np.empty(room),
            np.empty(room),
            np.empty(room),
        )
        found = kernels.candidates(
            members,
            targets,
            brought,
            idents,
            means,
            forget,
            (settings.residual_sigma_m, settings.residual_sigma_mps),
            table,
            out,
        )
        if found != kernels.FULL:
            return out[0][:found], out[1][:found], out[2][:found], out[3][:found], out[4][:found]
        room *= 4
