"""OSPA and GOSPA: how far two sets of points are apart, at every moment.

OSPA: Schuhmacher, Vo, Vo, IEEE TSP 56(8), 2008.  GOSPA with alpha = 2 (the only one that falls
into localisation, missed and false): Rahmathullah, García-Fernández, Svensson, FUSION 2017,
arXiv 1601.05585, Proposition 1.  With n reference points, m tracks, cutoff c, order p and the
best assignment of k pairs that are closer than c:

    OSPA  = ((sum d^p + c^p (max(n, m) - k)) / max(n, m))^(1/p)
    GOSPA = (sum d^p + c^p / 2 ((n - k) + (m - k)))^(1/p)

One assignment serves both: a pair is worth c^p - d^p against leaving both alone.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from jointsky.metrics import gospa_kernels as kernels
from jointsky.metrics.pairs import Pairs
from jointsky.metrics.paths import Floats, Integers
from jointsky.metrics.sampling import Moments


@dataclasses.dataclass(frozen=True)
class Gospa:
    """One value for each moment that has a target or a track, shape (moments,).

    ``localisation`` is the sum of d^p over the ``assigned`` pairs, in metres to the power p.
    """

    time_s: Floats
    ospa_m: Floats
    gospa_m: Floats
    localisation: Floats
    targets: Integers
    tracks: Integers
    assigned: Integers
    cutoff_m: float
    order: float

    @property
    def missed(self) -> Integers:
        """Targets without a track, (moments,)."""
        return self.targets - self.assigned

    @property
    def false(self) -> Integers:
        """Tracks without a target, (moments,)."""
        return self.tracks - self.assigned

    def figures(self) -> dict[str, float]:
        """Return the means over time; ``rms_m`` is the p-mean distance of all assigned pairs."""
        if not len(self.time_s):
            nan = float("nan")
            return dict.fromkeys(("ospa_m", "gospa_m", "rms_m", "missed", "false"), nan)
        pairs = max(int(self.assigned.sum()), 1)
        return {
            "ospa_m": float(self.ospa_m.mean()),
            "gospa_m": float(self.gospa_m.mean()),
            "rms_m": float((self.localisation.sum() / pairs) ** (1.0 / self.order)),
            "missed": float(self.missed.mean()),
            "false": float(self.false.mean()),
        }


def gospa(moments: Moments, pairs: Pairs, order: float = 2.0) -> tuple[Gospa, Integers]:
    """Return OSPA and GOSPA of every moment, and the track sample of each reference sample.

    The second has shape (reference samples,); -1: missed.  The cutoff is that of the pairs.
    """
    if not order >= 1.0:
        raise ValueError(f"order is {order}; it must be at least 1")
    a, b = moments.reference, moments.tracks
    n = len(moments.time_s)
    partner = np.empty(len(a), np.int64)
    assigned, cost = np.empty(n, np.int64), np.empty(n)
    kernels.match_moments(
        a.start,
        b.start,
        pairs.start,
        pairs.reference,
        pairs.track,
        pairs.distance_m,
        pairs.cutoff_m,
        float(order),
        partner,
        assigned,
        cost,
    )
    targets, tracks = np.diff(a.start), np.diff(b.start)
    most = np.maximum(targets, tracks)
    top = pairs.cutoff_m**order
    some = most > 0
    ospa = (cost + top * (most - assigned)) / np.maximum(most, 1)
    total = cost + top / 2.0 * (targets + tracks - 2 * assigned)
    return (
        Gospa(
            moments.time_s[some],
            ospa[some] ** (1.0 / order),
            total[some] ** (1.0 / order),
            cost[some],
            targets[some],
            tracks[some],
            assigned[some],
            pairs.cutoff_m,
            float(order),
        ),
        partner,
    )
