"""Who reports a target where only one site does: the one with the better track.

The rules follow what is publicly told of reporting responsibility in Link 16 (the standard itself
is not public): the unit whose track is best has it; another takes it over by beginning to report
when its own track is better by two steps of quality, when the reporter drops the track, or when
nothing was heard of it for the time after which a track is silent; of two that report at once the
one with the lower quality falls silent, of equals the later in the list of sites.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.tracking import joint_kernels as kernels
from jointsky.tracking.joint_settings import JointSettings

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
STAYS = 1.5  # steps of quality that the reporter is ahead: another needs two
SETTLED = 2.0  # keep-alives after which two reporters no longer count as a handover


def qualities(floats: Floats) -> Integers:
    """Return the quality (n,) of tracks as told: a step for each halving of the area of error.

    Two steps are half the standard error: 100 m is -14, 50 m -12.
    """
    east, north = kernels.COV, kernels.COV + 2
    variance = 0.5 * (floats[:, east] + floats[:, north])
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.floor(-np.log2(variance))
    return np.where(np.isfinite(steps), steps, -1000).astype(np.int64)


def reporters(
    target: Integers,
    floats: Floats,
    was: Booleans,
    site: Integers,
    time_s: float,
    settings: JointSettings,
) -> Booleans:
    """Return which of tracks that are reported (n,) is its target's reporter: one of each target.

    ``target`` (n,), ``floats``: as told, ``was`` (n,): reported it before, ``site`` (n,).
    """
    out = np.zeros(len(target), np.bool_)
    if len(target) == 0:
        return out
    age_s = time_s - floats[:, kernels.TIME]
    spell_s = time_s - floats[:, kernels.SPELL]
    reports_now = (age_s <= settings.keep_alive_s + settings.step_s) & (
        spell_s > SETTLED * settings.keep_alive_s
    )
    count = np.bincount(target[reports_now], minlength=int(target.max()) + 1)
    stays = was & (count[target] < 2)
    score = qualities(floats) + STAYS * stays
    order = np.lexsort((site, -score, target))
    is_first = np.append(True, target[order][1:] != target[order][:-1])
    out[order[is_first]] = True
    return out
