"""Commonality: how far several sites show the same picture, by two and two and all together.

SIAP counts commonality among its attributes: the picture is common where participants hold the
same tracks, with the same number and the same identity (Votruba, Nisley, Rothrock, Zombro 2001,
SIAP SE TF TR 2001-001 and 2001-003; Llinas in Hall et al. 2012, ch. 15, counts the "consistent
tactical picture" so: the share of each platform's tracks that match, averaged over time).  Of the
readings that this leaves open we take the one that counts target moments, cells (target, moment):

    either      held by one of the two sites or both
    both        held by both
    number      ... under the same track number
    identity    ... of those where one tells an identity: both tell one, and the same
    common      ... with the same number, and neither a different nor a one-sided identity

``held`` is both / either, ``number`` number / both, ``common`` common / either; with truth also
``*_of_view``, over what was in anyone's view.  Identity is the Mode S address and the call sign:
the same where all that both tell is equal, and they tell at least one in common.  So a site that
does not share has ``held`` 0 where views are apart and ``number`` 0 where they overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jointsky.metrics.cells import COUNTS, Cells, by_moment, cells_of, of_all, of_pair, one_value
from jointsky.metrics.common_time import binned, bins_of, held_over_time, over_time
from jointsky.metrics.holdings import Holdings
from jointsky.metrics.paths import Floats, Integers
from jointsky.records.commonality import Commonality

EVERYONE = "all sites"


def commonality(
    holdings: Holdings,
    sites: Sequence[str],
    nations: Sequence[str],
    bin_s: float | None = None,
    about: dict[str, Any] | None = None,
) -> Commonality:
    """Return how common the pictures of ``sites`` are; ``nations`` (sites,) are theirs.

    ``bin_s``: length of the bins over time; by default a whole number of moments, such that there
    are at most 120.
    """
    if not len(sites) == len(nations) == holdings.sites:
        raise ValueError(f"{holdings.sites} sites have {len(sites)} names, {len(nations)} nations")
    cells = cells_of(holdings)
    bins, begin_s, width_s = bins_of(holdings.time_s, bin_s)
    view = None if holdings.view is None else binned(holdings.view, bins)
    order = list(dict.fromkeys(nations))
    between_sites: list[dict[str, Any]] = []
    sums: dict[tuple[str, str], _Sum] = {}
    for a in range(len(sites)):
        for b in range(a + 1, len(sites)):
            flags, apart_m = of_pair(holdings, cells, a, b)
            counts = by_moment(flags, cells)
            pair = _ordered(nations[a], nations[b], order)
            sums.setdefault(pair, _Sum(len(holdings.time_s))).add(counts, apart_m)
            found = _figures(counts.sum(axis=1), holdings.view, 1)
            between_sites.append({"a": sites[a], "b": sites[b], **found, **_distances(apart_m)})
    keys = sorted(sums, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    every = by_moment(of_all(holdings, cells), cells)
    series = [(f"{a}-{b}", sums[a, b].counts, sums[a, b].pairs) for a, b in keys]
    series.append((EVERYONE, every, 1))
    return Commonality(
        about={**(about or {}), "bin_s": width_s, "moments": len(holdings.time_s)},
        sites=list(sites),
        nations=list(nations),
        between_sites=between_sites,
        between_nations=[{"a": a, "b": b, **sums[a, b].figures(holdings.view)} for a, b in keys],
        everyone=_of_everyone(holdings, cells, every),
        over_time=over_time(series, bins, begin_s, view),
        held_over_time=held_over_time(cells, sites, nations, bins, begin_s, view),
    )


class _Sum:
    """The counts of several pairs of sites, added up."""

    def __init__(self, moments: int) -> None:
        self.counts = np.zeros((len(COUNTS), moments), np.int64)
        self.pairs = 0
        self._n, self._square, self._most = 0, 0.0, float("nan")

    def add(self, counts: Integers, apart_m: Floats) -> None:
        """Add one pair's counts (COUNTS, moments) and distances."""
        self.counts += counts
        self.pairs += 1
        self._n += len(apart_m)
        self._square += float(np.square(apart_m).sum())
        if len(apart_m):
            self._most = float(np.fmax(self._most, apart_m.max()))

    def figures(self, view: Integers | None) -> dict[str, float]:
        """Return the shares, and the distances between the pictures."""
        rms = (self._square / self._n) ** 0.5 if self._n else float("nan")
        found = _figures(self.counts.sum(axis=1), view, self.pairs)
        return {
            "pairs": self.pairs,
            **found,
            "position_difference_rms_m": rms,
            "position_difference_max_m": self._most,
        }


def _figures(counts: Integers, view: Integers | None, pairs: int) -> dict[str, float]:
    """Return the counts by name and the shares that they make."""
    either, both, number, told, identity, conflict, common = (int(n) for n in counts)
    found: dict[str, float] = {"target_moments": either}
    found["held"] = _share(both, either)
    found["number"] = _share(number, both)
    found["identity"] = _share(identity, told)
    found["identity_conflict"] = _share(conflict, told)
    found["common"] = _share(common, either)
    if view is not None:
        total = int(view.sum()) * pairs
        found["held_of_view"] = _share(both, total)
        found["common_of_view"] = _share(common, total)
    return found


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _distances(apart_m: Floats) -> dict[str, float]:
    names = ("rms", "p50", "p95", "max")
    values = [float("nan")] * 4
    if len(apart_m):
        p50, p95 = np.percentile(apart_m, [50.0, 95.0])
        rms = float(np.sqrt(np.mean(apart_m**2)))
        values = [rms, float(p50), float(p95), float(apart_m.max())]
    return {f"position_difference_{name}_m": v for name, v in zip(names, values, strict=True)}


def _of_everyone(holdings: Holdings, cells: Cells, every: Integers) -> dict[str, float]:
    """Return the figures of all sites, with those of targets that two or more of them hold."""
    holders = (cells.row >= 0).sum(axis=0)
    shared = holders >= 2
    one, _ = one_value(holdings.number, cells.row, np.ones(len(holdings), bool))
    return {
        **_figures(every.sum(axis=1), holdings.view, 1),
        "sites_per_target": float(holders.mean()) if len(holders) else float("nan"),
        "held_by_two": _share(int(shared.sum()), len(holders)),
        "one_number_of_two": _share(int((shared & one).sum()), int(shared.sum())),
    }


def _ordered(a: str, b: str, order: Sequence[str]) -> tuple[str, str]:
    return (a, b) if order.index(a) <= order.index(b) else (b, a)
