"""Common moments cut into bins of time: the counts of commonality, and who holds how much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from jointsky.metrics.cells import COUNTS, Cells, by_moment
from jointsky.metrics.paths import Floats, Integers
from jointsky.records.columns import Array

BINS = 120


def bins_of(time_s: Floats, bin_s: float | None) -> tuple[Integers, Floats, float]:
    """Return the bin of each moment, where each bin begins, and how long it is."""
    if not len(time_s):
        return np.zeros(0, np.int64), np.zeros(0), bin_s or 1.0
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
    span_s = float(time_s[-1] - time_s[0]) + step_s
    width_s = bin_s or step_s * np.ceil(round(max(span_s / BINS / step_s, 1.0), 9))
    place = np.floor((time_s - time_s[0]) / width_s + 1e-9).astype(np.int64)
    return place, time_s[0] + width_s * np.arange(place[-1] + 1), float(width_s)


def binned(counts: Integers, bins: Integers) -> Integers:
    """Return counts (..., moments) added up over bins."""
    if not len(bins):
        return np.zeros((*counts.shape[:-1], 0), np.int64)
    first = np.searchsorted(bins, np.arange(bins[-1] + 1))
    out = np.add.reduceat(counts, np.minimum(first, len(bins) - 1), axis=-1)
    out[..., np.diff(np.append(first, len(bins))) == 0] = 0  # a bin without a moment
    return np.asarray(out)


def over_time(
    series: Iterable[tuple[str, Integers, int]],
    bins: Integers,
    begin_s: Floats,
    view: Integers | None,
) -> dict[str, Array]:
    """Return the counts over time, one row for each bin and each of the series."""
    made = [(name, binned(counts, bins), pairs) for name, counts, pairs in series]
    out: dict[str, Array] = {
        "time_s": np.tile(begin_s, len(made)),
        "between": np.repeat([name for name, _, _ in made], len(begin_s)),
    }
    for k, name in enumerate(COUNTS):
        out[name] = np.concatenate([counts[k] for _, counts, _ in made])
    if view is not None:
        out["view"] = np.concatenate([pairs * view for _, _, pairs in made])
    return out


def held_over_time(
    cells: Cells,
    sites: Sequence[str],
    nations: Sequence[str],
    bins: Integers,
    begin_s: Floats,
    view: Integers | None,
) -> dict[str, Array]:
    """Return how much each site and each nation holds, one row for each bin and each of them."""
    is_held = cells.row >= 0
    names = [f"site {name}" for name in sites]
    flags = list(is_held)
    for nation in dict.fromkeys(nations):
        names.append(f"nation {nation}")
        flags.append(is_held[[k for k, own in enumerate(nations) if own == nation]].any(axis=0))
    held = binned(by_moment(flags, cells), bins)
    out: dict[str, Array] = {
        "time_s": np.tile(begin_s, len(names)),
        "of": np.repeat(names, len(begin_s)),
        "held": held.ravel(),
    }
    if view is not None:
        out["view"] = np.tile(view, len(names))
    return out
