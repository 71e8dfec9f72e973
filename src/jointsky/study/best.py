"""Which point is best, told with a stated probability from the runs that there are."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from jointsky.study.declared import Best
from jointsky.study.selection import Selection
from jointsky.study.summary import Summary, columns_of


@dataclasses.dataclass(frozen=True)
class BestFound:
    """The points that may still be the best, and after how many skies the others were left out.

    ``is_done``: no more runs tell more; one point is left, or only such as are alike.
    """

    best: Best
    left: tuple[int, ...]
    skies: int
    is_done: bool


@functools.lru_cache(maxsize=1)  # pictures, words and figures ask for it
def best_of(told: Summary) -> BestFound | None:
    """Return the points that may be best in the response that the study asks about; None: none.

    Skies go in one after the other, in batches whose means are taken for normal, until it is done.
    A sky in which any point has nothing to tell goes by.
    """
    best = told.study.best
    if best is None:
        return None
    response = next(one for one in told.study.responses if one.name == best.response)
    columns = [columns_of(response, told.answered, k) for k in range(len(told.points))]
    parts, wholes = (np.stack([one[k] for one in columns]) for k in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        values = parts / wholes
    values = values[:, np.isfinite(values).all(axis=0)]
    values = values if best.is_larger_better else -values
    selection = Selection(len(told.points), best.indifference, best.probability)
    skies = 0
    while not selection.is_done and skies + best.batch <= values.shape[1]:
        batch = values[:, skies : skies + best.batch].mean(axis=1)
        selection.add(batch[list(selection.left)])
        skies += best.batch
    return BestFound(best, selection.left, skies, selection.is_done)
