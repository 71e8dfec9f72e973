"""Latency: how late the picture is, from a plot's time to each site's updated track.

A site is late by ``told_s - time_s``: the time at which it told the track minus the time of the
plot that the track was updated by.  What waited for a link to heal counts with all that it
waited.  ``everywhere`` is of plots, not of sites: from the plot to the last site that told it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from jointsky.metrics.paths import Booleans, Floats, Integers
from jointsky.records.columns import Array

PARTS = ("all", "own", "others")
QUANTILES = (50.0, 90.0, 99.0)
EVERYWHERE = "everywhere"


@dataclasses.dataclass(frozen=True)
class Tellings:
    """Tracks as sites told them, one row each, (n,): whose plot updated it, and when it was told.

    ``site`` counts the sites; ``time_s`` is the plot's, ``told_s`` the site's time of telling;
    ``is_own``: the plot came from a sensor of this very site.  ``plot``, where known, is any
    number that is the same for one plot at all sites.
    """

    site: Integers
    time_s: Floats
    told_s: Floats
    is_own: Booleans
    plot: Integers | None = None

    @property
    def latency_s(self) -> Floats:
        """Return how late each row is, in seconds."""
        return np.asarray(self.told_s - self.time_s)


def latency(told: Tellings, sites: Sequence[str]) -> list[dict[str, Any]]:
    """Return for each site how late its tracks are, by whose plots updated them.

    Each has ``site`` and, for "all", "own" and "others", a dictionary of ``n``, ``p50_s``,
    ``p90_s``, ``p99_s``, ``max_s``.  Where plots are named, a last one, of site "everywhere",
    says how late the last site had each plot that all sites told.
    """
    found: list[dict[str, Any]] = []
    late_s = told.latency_s
    for row, name in enumerate(sites):
        mine = told.site == row
        parts = (mine, mine & told.is_own, mine & ~told.is_own)
        figures = {p: _quantiles(late_s[k]) for p, k in zip(PARTS, parts, strict=True)}
        found.append({"site": name, **figures})
    if told.plot is not None:
        _, last_s = everywhere(told, len(sites))
        found.append({"site": EVERYWHERE, "all": _quantiles(last_s)})
    return found


def everywhere(told: Tellings, sites: int) -> tuple[Floats, Floats]:
    """Return time and lateness at the last site of each plot that every site told, (plots,) each.

    A site that told a plot more than once counts with the first time.
    """
    if told.plot is None:
        raise ValueError("the plots are not named")
    order = np.lexsort((told.told_s, told.site, told.plot))
    plot, site, told_s = told.plot[order], told.site[order], told.told_s[order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = (np.diff(plot) != 0) | (np.diff(site) != 0)
    plot, told_s, time_s = plot[is_first], told_s[is_first], told.time_s[order][is_first]
    start = np.flatnonzero(np.diff(plot, prepend=plot[0] - 1 if len(plot) else 0))
    if not len(start):
        return np.zeros(0), np.zeros(0)
    whole = np.diff(np.append(start, len(plot))) == sites
    last_s = np.maximum.reduceat(told_s, start)[whole]
    return time_s[start][whole], last_s - time_s[start][whole]


def latency_over_time(told: Tellings, sites: Sequence[str], edges_s: Floats) -> dict[str, Array]:
    """Return lateness over time, by the plot's time: a row for each bin, site and part.

    ``edges_s`` (bins + 1,) rise.  Columns: ``time_s`` (where a bin begins), ``site``, ``part``,
    ``n``, ``p50_s``, ``p99_s`` (NaN where the bin is empty).
    """
    place = np.searchsorted(edges_s, told.time_s, side="right") - 1
    place[told.time_s == edges_s[-1]] = len(edges_s) - 2
    late_s = told.latency_s
    columns: dict[str, list[Any]] = {
        name: [] for name in ("time_s", "site", "part", "n", "p50_s", "p99_s")
    }
    for row, name in enumerate(sites):
        mine = told.site == row
        parts = (mine, mine & told.is_own, mine & ~told.is_own)
        for part, rows in zip(PARTS, parts, strict=True):
            n, p50, p99 = _binned_quantiles(place[rows], late_s[rows], len(edges_s) - 1)
            columns["time_s"].append(edges_s[:-1])
            columns["site"].append(np.full(len(n), name))
            columns["part"].append(np.full(len(n), part))
            columns["n"].append(n)
            columns["p50_s"].append(p50)
            columns["p99_s"].append(p99)
    return {name: np.concatenate(c) if c else np.zeros(0) for name, c in columns.items()}


def _binned_quantiles(
    place: Integers, late_s: Floats, bins: int
) -> tuple[Integers, Floats, Floats]:
    inside = (place >= 0) & (place < bins)
    order = np.lexsort((late_s[inside], place[inside]))
    place, late_s = place[inside][order], late_s[inside][order]
    start = np.searchsorted(place, np.arange(bins + 1))
    p50, p99 = np.full(bins, np.nan), np.full(bins, np.nan)
    for k in np.flatnonzero(np.diff(start)).tolist():
        p50[k], p99[k] = np.percentile(late_s[start[k] : start[k + 1]], [50.0, 99.0])
    return np.diff(start).astype(np.int64), p50, p99


def _quantiles(late_s: Floats) -> dict[str, float]:
    names = [f"p{level:.0f}_s" for level in QUANTILES]
    if not len(late_s):
        return {"n": 0, **dict.fromkeys([*names, "max_s"], float("nan"))}
    values = np.percentile(late_s, QUANTILES)
    found = {name: float(value) for name, value in zip(names, values, strict=True)}
    return {"n": len(late_s), **found, "max_s": float(late_s.max())}
