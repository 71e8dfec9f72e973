"""Kernels behind siap.py: which track belongs to which target from when to when."""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel


@kernel
def spans_of_track(moment, near, confirm, misses, made, truth, begin, end):
    """Write the spans of one track from the nearest target (-1: none) of each of its samples.

    It belongs to a target that was nearest ``confirm`` samples running, until ``misses`` samples
    running were not.  The rules of Stone Soup's TrackToTruth (1.9), including that a candidate's
    count survives a miss that does not end the span.  Returns how many spans there are now.
    """
    current, candidate = -1, -1
    hits, failures = 0, 0
    candidate_begin, first, last = -1, -1, -1
    for s in range(len(moment)):
        t, m = moment[s], near[s]
        if current < 0:
            if m < 0:
                hits, candidate, candidate_begin = 0, -1, -1
            elif candidate != m:
                candidate, hits, candidate_begin = m, 1, t
            else:
                hits += 1
            if hits >= confirm:
                current, first, last = m, candidate_begin, t
                candidate, hits, candidate_begin = -1, 0, -1
        elif m == current:
            failures, last = 0, t
        else:
            failures += 1
            if m >= 0 and m == candidate:
                hits += 1
            else:
                candidate, candidate_begin, hits = m, t, 1
            if failures >= misses:
                truth[made], begin[made], end[made] = current, first, last
                made += 1
                if hits >= confirm:
                    current, first, last = candidate, candidate_begin, t
                else:
                    current = -1
    if current >= 0:
        truth[made], begin[made], end[made] = current, first, last
        made += 1
    return made


@kernel
def all_spans(start, moment, near, confirm, misses, track, truth, begin, end):
    """Write the spans of all tracks; samples of track i are start[i] to start[i + 1]."""
    made = 0
    for i in range(len(start) - 1):
        before = made
        made = spans_of_track(
            moment[start[i] : start[i + 1]],
            near[start[i] : start[i + 1]],
            confirm,
            misses,
            made,
            truth,
            begin,
            end,
        )
        track[before:made] = i
    return made


@kernel
def count_held(track, begin, end, start, moment):
    """Return how many samples lie inside the spans, each counted once for each span."""
    made = 0
    for s in range(len(track)):
        rows = moment[start[track[s]] : start[track[s] + 1]]
        made += np.searchsorted(rows, end[s] + 1) - np.searchsorted(rows, begin[s])
    return made


@kernel
def held_samples(
    track, truth, begin, end, track_start, track_moment, truth_start, truth_moment, row_a, row_b
):
    """Write pairs (target row, track row) of samples of one moment inside each span."""
    made = 0
    for s in range(len(track)):
        b_first, b_end = track_start[track[s]], track_start[track[s] + 1]
        a_first, a_end = truth_start[truth[s]], truth_start[truth[s] + 1]
        b = b_first + np.searchsorted(track_moment[b_first:b_end], begin[s])
        a = a_first + np.searchsorted(truth_moment[a_first:a_end], begin[s])
        while b < b_end and a < a_end and track_moment[b] <= end[s]:
            if truth_moment[a] < track_moment[b]:
                a += 1
            elif truth_moment[a] > track_moment[b]:
                b += 1
            else:
                row_a[made], row_b[made] = a, b
                made += 1
                a += 1
                b += 1
    return made


@kernel
def fewest_tracks(times, group_start, begin, end):
    """Return how many tracks are needed to cover one target, taken greedily.

    Groups (one a track, the one that holds longest first) of spans lie between group_start[g]
    and group_start[g + 1].  At the first moment not yet covered the first group that covers it
    is taken to its span's end.
    """
    k, need = 0, 0
    while k < len(times):
        until, found = 0, False
        for g in range(len(group_start) - 1):
            for s in range(group_start[g], group_start[g + 1]):
                if begin[s] <= times[k] <= end[s]:
                    until, found = end[s], True
                    break
            if found:
                break
        if not found:
            k += 1
            continue
        need += 1
        at = np.searchsorted(times, until)
        if at <= k or at >= len(times) or times[at] != until:
            break
        k = at + 1
    return need
