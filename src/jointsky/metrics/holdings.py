"""Holdings: which site shows which target at which moment, under which number, and where.

With truth, a target is a reference path in view, and a site holds it by the track that the best
one-to-one assignment of the moment gives to it (the one of GOSPA: pairs farther apart than the
cutoff are never made).  Without truth, tracks of several sites are one target where assignment
says so: site by site, in the order in which they are given, each site's tracks are assigned to
the middles of what the sites before it show; whoever finds no partner within the cutoff is a
target of its own.  So for two sites it is the best assignment of one picture to the other.

Place alone decides; numbers and identities are what is asked about afterwards.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from jointsky.metrics.gospa import gospa
from jointsky.metrics.pairs import near_pairs, without_unseen
from jointsky.metrics.paths import Floats, Integers, Paths, distinct
from jointsky.metrics.sampling import (
    Moments,
    Samples,
    at_shared_times,
    held_at,
    on_grid,
    said_at,
    samples_of,
    speak_together,
    usual_age_s,
)

_Part = tuple[Integers, Integers, Integers, Integers, Floats, Integers, Integers]


@dataclasses.dataclass(frozen=True)
class Holdings:
    """One row for each target that a site holds at a moment, at most one for each of the three.

    ``moment`` counts ``time_s`` (moments,); ``site`` counts the sites; ``target`` is any number
    that is the same for all sites at that moment; ``number`` is the track number that the site
    shows; ``mode_s`` and ``call_sign`` (a code, ``paths.text_codes``) are -1 where not known.
    ``view`` (moments,): how many targets were in anyone's view then; None where nobody knows.
    """

    time_s: Floats
    moment: Integers
    site: Integers
    target: Integers
    number: Integers
    position_m: Floats
    mode_s: Integers
    call_sign: Integers
    sites: int
    view: Integers | None = None

    def __len__(self) -> int:
        return len(self.moment)


@dataclasses.dataclass(frozen=True)
class HoldOptions:
    """How pictures are brought to common moments, as in ``compare.CompareOptions``."""

    cutoff_m: float = 1000.0
    order: float = 2.0
    step_s: float = 1.0
    max_gap_s: float = 20.0
    max_age_s: float | None = None
    sampling: str = "auto"


def held_of_truth(
    reference: Paths, pictures: Sequence[Paths], options: HoldOptions | None = None
) -> Holdings:
    """Return who holds which reference path in view; all paths lie in one frame.

    Moments are those of the reference where all speak at its times, else a grid.
    """
    options = options or HoldOptions()
    _same_frame([reference, *pictures])
    if not reference.ended.all():
        reference = reference.rows(~reference.ended)
    kind = options.sampling
    if kind == "auto":
        together = all(speak_together(reference, one) for one in pictures if len(one))
        kind = "shared" if together else "grid"
    parts, view, times = [], np.zeros(0, np.int64), np.zeros(0)
    for site, tracks in enumerate(pictures):
        whole = _sampled(reference, tracks, kind, options)
        moments, _ = without_unseen(whole, reference, options.cutoff_m)
        pairs = near_pairs(moments.reference, moments.tracks, options.cutoff_m)
        _, partner = gospa(moments, pairs, options.order)
        found = np.flatnonzero(partner >= 0)
        target = moments.reference.path[found]
        parts.append(_part(site, target, moments.tracks, partner[found], tracks))
        view, times = np.diff(moments.reference.start), moments.time_s
    return _joined(parts, times, len(pictures), view)


def held_together(pictures: Sequence[Paths], options: HoldOptions | None = None) -> Holdings:
    """Return who holds which target, told from the pictures alone, at common moments.

    Moments are those of the first picture where all speak at the same times, else a grid from
    the first to the last word of anyone.
    """
    options = options or HoldOptions()
    _same_frame(pictures)
    some = [one for one in pictures if len(one)]
    if not some:
        return _joined([], np.zeros(0), len(pictures), None)
    kind = options.sampling
    if kind == "auto":
        is_shared = all(speak_together(some[0], one) for one in some)
        kind = "shared" if is_shared else "grid"
    times = _times(some, kind, options)
    sampled = [_picture_at(one, times, kind, options) for one in pictures]
    groups = _Groups(times, options)
    parts = []
    for site, (tracks, samples) in enumerate(zip(pictures, sampled, strict=True)):
        target = groups.take(samples)
        parts.append(_part(site, target, samples, np.arange(len(samples)), tracks))
    return _joined(parts, times, len(pictures), None)


class _Groups:
    """The targets that several sites' samples make, told site by site."""

    def __init__(self, times: Floats, options: HoldOptions) -> None:
        self._times, self._options = times, options
        self._moment = np.zeros(0, np.int64)
        self._sum_m = np.zeros((0, 3))
        self._count = np.zeros(0, np.int64)

    def take(self, samples: Samples) -> Integers:
        """Return the group of each sample, (n,); samples that fit to none begin their own."""
        n_groups = len(self._moment)
        middle = self._sum_m / np.maximum(self._count, 1)[:, None]
        known = samples_of(len(self._times), self._moment, np.arange(n_groups), middle)
        moments = Moments(self._times, known, samples, "grid", self._options.step_s)
        pairs = near_pairs(known, samples, self._options.cutoff_m)
        _, partner = gospa(moments, pairs, self._options.order)
        found = np.flatnonzero(partner >= 0)
        group = np.full(len(samples), -1, np.int64)
        group[partner[found]] = known.path[found]
        alone = np.flatnonzero(group < 0)
        group[alone] = n_groups + np.arange(len(alone))
        self._moment = np.append(self._moment, samples.moment[alone])
        self._sum_m = np.concatenate([self._sum_m, np.zeros((len(alone), 3))])
        self._count = np.append(self._count, np.zeros(len(alone), np.int64))
        self._sum_m[group] += samples.position_m  # one sample a group: assignment is one to one
        self._count[group] += 1
        return group


def _times(some: Sequence[Paths], kind: str, options: HoldOptions) -> Floats:
    if kind == "shared":
        return distinct(np.concatenate([one.time_s for one in some]))
    first = min(float(one.time_s.min()) for one in some)
    last = max(float(one.time_s.max()) for one in some)
    count = max(math.floor(last / options.step_s) - math.ceil(first / options.step_s) + 1, 0)
    return np.asarray((math.ceil(first / options.step_s) + np.arange(count)) * options.step_s)


def _picture_at(tracks: Paths, times: Floats, kind: str, options: HoldOptions) -> Samples:
    if kind == "shared":
        return said_at(tracks, times)
    return held_at(tracks, times, usual_age_s(tracks, options.max_age_s))


def _sampled(reference: Paths, tracks: Paths, kind: str, options: HoldOptions) -> Moments:
    if kind == "shared":
        return at_shared_times(reference, tracks)
    span_s = float(reference.time_s.min()), float(reference.time_s.max())
    return on_grid(
        reference,
        tracks,
        span_s=span_s,
        step_s=options.step_s,
        max_gap_s=options.max_gap_s,
        max_age_s=usual_age_s(tracks, options.max_age_s),
    )


def _same_frame(paths: Sequence[Paths]) -> None:
    if len({one.flat for one in paths}) > 1:
        raise ValueError("the pictures lie in different frames")


def _part(site: int, target: Integers, samples: Samples, rows: Integers, tracks: Paths) -> _Part:
    """Return the columns of one site's holdings: its ``rows`` of samples hold ``target``."""
    source = samples.source[rows]
    return (
        samples.moment[rows],
        np.full(len(rows), site, np.int64),
        target.astype(np.int64),
        tracks.told_number[source],
        samples.position_m[rows],
        tracks.mode_s[source],
        tracks.call_sign[source],
    )


def _joined(parts: Sequence[_Part], times: Floats, sites: int, view: Integers | None) -> Holdings:
    nothing = np.zeros(0, np.int64)
    empty = (nothing, nothing, nothing, nothing, np.zeros((0, 3)), nothing, nothing)
    columns = [np.concatenate(column) for column in zip(empty, *parts, strict=True)]
    moment, site, target, number, position_m, mode_s, call_sign = columns
    return Holdings(times, moment, site, target, number, position_m, mode_s, call_sign, sites, view)
