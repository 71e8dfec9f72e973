"""SIAP: how complete, clear, accurate and continuous the picture is.

Votruba, Nisley, Rothrock, Zombro: Single Integrated Air Picture (SIAP) Metrics Implementation,
SIAP SE TF TR 2001-001, as Stone Soup 1.9 reads it.  With J target samples, JT of them tracked,
N track samples, NA of them belonging to a target:

    completeness JT / J      ambiguity NA / JT      spuriousness (N - NA) / N

accuracy: mean distance over the NA samples; rate of track-number change: fewest further tracks
that cover each target, over the tracked time; longest segment: time that each target's best
single track held it, over the targets' life.  Identity (Mode S address of track and target),
over tracked target samples: correct where all of their tracks with an address have the right one,
wrong where all have another, ambiguous where some do; complete where any has one at all.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.metrics import siap_kernels as kernels
from jointsky.metrics.paths import Floats, Integers, Paths, distinct
from jointsky.metrics.sampling import Moments, Samples

CONFIRM, MISSES = 3, 2


@dataclasses.dataclass(frozen=True)
class Spans:
    """Which track belongs to which target, from which moment to which (both included).

    Sorted by track, then as they ended; shape (spans,) each.
    """

    track: Integers
    truth: Integers
    begin: Integers
    end: Integers

    def __len__(self) -> int:
        return len(self.track)


@dataclasses.dataclass(frozen=True)
class Held:
    """Samples inside the spans: rows of the reference's and the tracks' samples, (n,) each."""

    reference: Integers
    track: Integers


def _by_path(samples: Samples, n_paths: int) -> tuple[Integers, Integers]:
    """Return the order of samples by path, then moment, and where each path starts in it."""
    order = np.argsort(samples.path, kind="stable").astype(np.int64)
    start = np.searchsorted(samples.path[order], np.arange(n_paths + 1)).astype(np.int64)
    return order, start


def find_spans(
    moments: Moments, near_truth: Integers, n_tracks: int, confirm: int, misses: int
) -> Spans:
    """Return the spans from the nearest target path (-1: none) of each track sample, (n,)."""
    samples = moments.tracks
    order, start = _by_path(samples, n_tracks)
    room = len(samples) + 1
    track, truth, begin, end = (np.empty(room, np.int64) for _ in range(4))
    n = kernels.all_spans(
        start,
        samples.moment[order],
        near_truth[order],
        confirm,
        misses,
        track,
        truth,
        begin,
        end,
    )
    return Spans(track[:n].copy(), truth[:n].copy(), begin[:n].copy(), end[:n].copy())


def held_samples(moments: Moments, spans: Spans, n_truths: int, n_tracks: int) -> Held:
    """Return the pairs of samples of one moment inside the spans, each pair once."""
    a, b = moments.reference, moments.tracks
    a_order, a_start = _by_path(a, n_truths)
    b_order, b_start = _by_path(b, n_tracks)
    b_moment = b.moment[b_order]
    room = kernels.count_held(spans.track, spans.begin, spans.end, b_start, b_moment)
    row_a, row_b = np.empty(room, np.int64), np.empty(room, np.int64)
    n = kernels.held_samples(
        spans.track,
        spans.truth,
        spans.begin,
        spans.end,
        b_start,
        b_moment,
        a_start,
        a.moment[a_order],
        row_a,
        row_b,
    )
    key = distinct(b_order[row_b[:n]] * max(len(a), 1) + a_order[row_a[:n]])
    return Held(key % max(len(a), 1), key // max(len(a), 1))


def siap(
    moments: Moments,
    reference: Paths,
    tracks: Paths,
    near_row: Integers,
    *,
    confirm: int = CONFIRM,
    misses: int = MISSES,
) -> tuple[dict[str, float], Spans, Held]:
    """Return the SIAP figures, the spans and the samples inside them.

    ``near_row`` (track samples,) is the nearest reference sample within the cutoff, -1 for none.
    """
    a, b = moments.reference, moments.tracks
    n_truths, n_tracks = len(reference.names), len(tracks.names)
    near_truth = np.full(len(near_row), -1, np.int64)
    near_truth[near_row >= 0] = a.path[near_row[near_row >= 0]]
    spans = find_spans(moments, near_truth, n_tracks, confirm, misses)
    held = held_samples(moments, spans, n_truths, n_tracks)
    tracked, belonging = len(distinct(held.reference)), len(distinct(held.track))
    changes, longest = _continuity(moments, spans, n_truths)
    figures = {
        "completeness": tracked / max(len(a), 1),
        "ambiguity": belonging / max(tracked, 1),
        "spuriousness": (len(b) - belonging) / max(len(b), 1),
        "position_accuracy_m": _accuracy(a.position_m, b.position_m, held, belonging),
        "velocity_accuracy_mps": _accuracy(a.velocity_mps, b.velocity_mps, held, belonging),
        "track_number_change_rate_hz": changes,
        "longest_segment": longest,
        **_identity(reference.mode_s[a.source], tracks.mode_s[b.source], held),
    }
    return figures, spans, held


def _accuracy(a: Floats, b: Floats, held: Held, belonging: int) -> float:
    """Return the summed distance over the belonging samples; NaN where nothing is known."""
    error = np.linalg.norm(b[held.track] - a[held.reference], axis=1)
    known = np.isfinite(error)
    if not len(error):
        return float("nan")
    if not known.any():
        return float("nan")
    if known.all():
        return float(error.sum() / max(belonging, 1))
    return float(error[known].mean())


def _continuity(moments: Moments, spans: Spans, n_truths: int) -> tuple[float, float]:
    """Return the rate of track-number changes (per second) and the longest segment (share)."""
    order, start = _by_path(moments.reference, n_truths)
    all_times = moments.reference.moment[order]
    seconds = moments.time_s
    by_truth = np.argsort(spans.truth, kind="stable")
    span_start = np.searchsorted(spans.truth[by_truth], np.arange(n_truths + 1))
    changes = tracked = longest = life = 0.0
    for truth in range(n_truths):
        times = all_times[start[truth] : start[truth + 1]]
        if not len(times):
            continue
        life += float(seconds[times[-1]] - seconds[times[0]])
        mine = by_truth[span_start[truth] : span_start[truth + 1]]
        if not len(mine):
            continue
        begin, end, group_start = _grouped(spans, mine)
        held_s = seconds[end] - seconds[begin]
        longest += float(np.add.reduceat(held_s, group_start[:-1]).max())
        tracked += _union_s(seconds, begin, end, times)
        changes += max(kernels.fewest_tracks(times, group_start, begin, end) - 1, 0)
    return changes / tracked if tracked else 0.0, longest / life if life else 0.0


def _grouped(spans: Spans, mine: Integers) -> tuple[Integers, Integers, Integers]:
    """Return one target's spans by track, the track whose last span ends last first."""
    track, begin, end = spans.track[mine], spans.begin[mine], spans.end[mine]
    order = np.lexsort((end, begin, track))
    track, begin, end = track[order], begin[order], end[order]
    first = np.flatnonzero(np.diff(track, prepend=-1))
    bounds = np.append(first, len(track))
    last_end = end[bounds[1:] - 1]
    groups = np.argsort(-last_end, kind="stable")
    rows = np.concatenate([np.arange(bounds[g], bounds[g + 1]) for g in groups])
    sizes = np.diff(bounds)[groups]
    return begin[rows], end[rows], np.append(0, np.cumsum(sizes)).astype(np.int64)


def _union_s(seconds: Floats, begin: Integers, end: Integers, times: Integers) -> float:
    """Return the time that the spans cover together, inside the target's life."""
    order = np.lexsort((end, begin))
    reach, covered = -np.inf, 0.0
    for b, e in zip(begin[order], end[order], strict=True):
        low = max(float(seconds[b]), reach, float(seconds[times[0]]))
        high = min(float(seconds[e]), float(seconds[times[-1]]))
        covered += max(high - low, 0.0)
        reach = max(reach, high)
    return covered


def _identity(truth_mode_s: Integers, track_mode_s: Integers, held: Held) -> dict[str, float]:
    """Return the shares of tracked target samples by what their tracks' addresses say."""
    known = truth_mode_s[held.reference] >= 0
    rows, track = held.reference[known], held.track[known]
    names = ("identity_complete", "identity_correct", "identity_wrong", "identity_ambiguous")
    if not len(rows):
        return dict.fromkeys(names, float("nan"))
    n = len(truth_mode_s)
    says = track_mode_s[track] >= 0
    right = says & (track_mode_s[track] == truth_mode_s[rows])
    tracked = _any(rows, np.ones(len(rows), bool), n)
    any_right, any_wrong = _any(rows, right, n), _any(rows, says & ~right, n)
    total = max(int(tracked.sum()), 1)
    shares = (
        any_right | any_wrong,
        any_right & ~any_wrong,
        any_wrong & ~any_right,
        any_right & any_wrong,
    )
    return {name: float(share.sum() / total) for name, share in zip(names, shares, strict=True)}


def _any(rows: Integers, flags: npt.NDArray[np.bool_], n: int) -> npt.NDArray[np.bool_]:
    out = np.zeros(n, bool)
    out[rows[flags]] = True
    return out
