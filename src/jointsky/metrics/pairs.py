"""Pairs: which tracks are within the cutoff of which targets, at every moment."""

from __future__ import annotations

import dataclasses

import numpy as np

from jointsky.metrics import pairs_kernels as kernels
from jointsky.metrics.paths import Booleans, Floats, Integers, Paths
from jointsky.metrics.sampling import Moments, Samples


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Pairs closer than ``cutoff_m``: rows of the reference's and of the tracks' samples.

    Shape (pairs,) each; those of moment k are ``start[k]`` to ``start[k + 1]``.
    """

    reference: Integers
    track: Integers
    distance_m: Floats
    start: Integers
    cutoff_m: float


def near_pairs(reference: Samples, tracks: Samples, cutoff_m: float) -> Pairs:
    """Return all pairs of samples of one moment that are closer than ``cutoff_m``."""
    if not cutoff_m > 0.0:
        raise ValueError(f"cutoff_m is {cutoff_m}; it must be above 0")
    a, b = reference.position_m, tracks.position_m
    spread = np.ptp(a, axis=0) if len(a) else np.zeros(3)
    axis = int(np.argmax(spread))
    room = len(b) + len(b) // 4 + 16
    start = np.empty(len(reference.start), np.int64)
    while True:
        row_a, row_b = np.empty(room, np.int64), np.empty(room, np.int64)
        distance = np.empty(room)
        n = kernels.near_pairs(
            a, reference.start, b, tracks.start, cutoff_m, axis, row_a, row_b, distance, start
        )
        if n <= room:
            return Pairs(row_a[:n], row_b[:n], distance[:n], start, cutoff_m)
        room = n


def fitting_pairs(pairs: Pairs, moments: Moments, reference: Paths, tracks: Paths) -> Pairs:
    """Return the near pairs whose Mode S addresses do not deny that both are one aircraft."""
    fits = _identities_fit(pairs, moments, reference, tracks)
    return pairs if fits.all() else _chosen(pairs, fits)


def _identities_fit(pairs: Pairs, moments: Moments, reference: Paths, tracks: Paths) -> Booleans:
    """Return which pairs may belong together, (pairs,): all where either side has no address.

    A point fits by the address that it tells or by the one that its track tells as a rule, so
    that a wrong address now and then is a wrong identity and no lost track.
    """
    a = moments.reference.source[pairs.reference]
    b = moments.tracks.source[pairs.track]
    wanted, told = reference.mode_s[a], tracks.mode_s[b]
    usual = tracks.usual_mode_s[tracks.path[b]]
    is_known = (wanted >= 0) & ((told >= 0) | (usual >= 0))
    return np.asarray(~is_known | (wanted == told) | (wanted == usual))


def _chosen(pairs: Pairs, keep: Booleans) -> Pairs:
    """Return the pairs for which ``keep`` (pairs,) is True."""
    start = np.append(0, np.cumsum(keep))[pairs.start].astype(np.int64)
    return Pairs(
        pairs.reference[keep], pairs.track[keep], pairs.distance_m[keep], start, pairs.cutoff_m
    )


def one_to_one(moments: Moments, partner: Integers) -> Integers:
    """Return the target path that each track sample was assigned to (-1: none), (samples,).

    ``partner`` (reference samples,) is the track sample assigned to each reference sample.
    """
    out = np.full(len(moments.tracks), -1, np.int64)
    assigned = partner >= 0
    out[partner[assigned]] = moments.reference.path[assigned]
    return out


def nearest_reference(pairs: Pairs, n_tracks: int) -> tuple[Integers, Floats]:
    """Return for each track sample the nearest reference sample (-1: none) and how far it is."""
    row, distance = np.empty(n_tracks, np.int64), np.empty(n_tracks)
    kernels.nearest(pairs.reference, pairs.track, pairs.distance_m, row, distance)
    return row, distance


def without_unseen(moments: Moments, reference: Paths, cutoff_m: float) -> tuple[Moments, Booleans]:
    """Return the moments without targets that nobody sees just then, and the tracks on them.

    A track sample whose nearest target within the cutoff is such a one is neither credited nor
    punished.  Also returns which track samples were kept, (n,).
    """
    seen = reference.visible[moments.reference.source] & moments.reference.seen
    everybody = np.ones(len(moments.tracks), bool)
    if seen.all():
        return moments, everybody
    pairs = near_pairs(moments.reference, moments.tracks, cutoff_m)
    hidden = ~seen[pairs.reference]
    n = len(moments.tracks)
    to_hidden, to_seen = np.empty(n), np.empty(n)
    row = np.empty(n, np.int64)
    for chosen, out in ((hidden, to_hidden), (~hidden, to_seen)):
        kernels.nearest(
            pairs.reference[chosen], pairs.track[chosen], pairs.distance_m[chosen], row, out
        )
    kept = ~((to_hidden < cutoff_m) & (to_hidden < to_seen))
    cut = dataclasses.replace(
        moments, reference=moments.reference.rows(seen), tracks=moments.tracks.rows(kept)
    )
    return cut, kept
