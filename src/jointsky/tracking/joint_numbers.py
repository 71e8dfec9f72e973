"""Which number a target is shown under: the smallest that any of its tracks is known by.

Every track has a number of its own, and may have taken over another's: the one under which its
target was shown when the track it was named after ended, or under which its site shows it.  A
number that tracks of two targets claim belongs to the oldest of them, and so to the track that was
born with it as long as that lives.  So numbers survive handover, and come apart again when two
targets were taken for one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
CONTENT = (1 << 30) - 1  # the bits of a number that are not of time


def agreed(
    target: Integers,
    number: Integers,
    name: Integers,
    claim: Integers,
    is_foreign: npt.NDArray[np.bool_],
    site: Integers,
) -> Integers:
    """Return the number (n,) under which the target of each track is shown.

    ``target`` (n,): 0 to G - 1, which one each track is of; tracks are in an order that all sites
    agree on.  ``number``: its own; ``name``: its last; ``claim``: what its own site shows it by,
    -1: not known.  Of two tracks born with one number, one that others know too keeps it, else
    ours (``is_foreign``), else the first.
    """
    n = len(target)
    if n == 0:
        return np.empty(0, np.int64)
    place = np.arange(n)
    renamed = np.flatnonzero((name != number) & (name >= 0))
    claimed = np.flatnonzero((claim >= 0) & (claim != number) & (claim != name))
    who = np.concatenate([place, renamed, claimed])
    wanted = np.concatenate([number, name[renamed], claim[claimed]])
    is_alone = np.bincount(target)[target] == 1
    after = np.where(is_alone, 1 + is_foreign, 0)
    order = np.lexsort((who, after[who], number[who], wanted))
    is_first = np.append(True, wanted[order][1:] != wanted[order][:-1])
    winners = order[is_first]
    groups = int(target.max()) + 1
    none = np.iinfo(np.int64).max
    shown = np.full(groups, none)
    np.minimum.at(shown, target[who[winners]], wanted[winners])
    empty = np.flatnonzero(shown == none)
    if len(empty):
        first = np.full(groups, n)
        np.minimum.at(first, target, place)
        shown[empty] = _made_up(number[first[empty]], site[first[empty]])
    return shown[target]


def _made_up(number: Integers, site: Integers) -> Integers:
    """Return numbers for tracks whose own another target holds: as old, of other content."""
    turned = (number * 5 + (site + 1) * 0x2545F491) & CONTENT
    return (number & ~np.int64(CONTENT)) | turned
