"""Sampling: reference and tracks, which speak at different times, are brought to common moments.

Two ways.  *Shared*: both speak at the same times (a scene's whole seconds); the moments are those
of the reference and nothing is interpolated.  *Grid*: moments every ``step_s``.  The reference is
interpolated between two of its points that are at most ``max_gap_s`` apart (cubic Hermite where
both have a velocity, else straight).  In longer gaps, up to six times as long, and for
``edge_s`` about its ends, nobody knows whether the target is there: such samples are not *seen*,
and a track on one is neither credited nor punished (``pairs.without_unseen``).  A track is taken
as its watcher has it: its newest point, moved on with its own velocity, until the next point, for
at most ``max_age_s``, and after its last point for one usual interval or until it says that it
ended.  So a track is not helped by points that came later.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from jointsky.metrics import sampling_kernels as kernels
from jointsky.metrics.paths import Booleans, Floats, Integers, Paths, distinct

LONG_GAPS = 6.0  # times max_gap_s: beyond that a silence parts a path in two


@dataclasses.dataclass(frozen=True)
class Samples:
    """Points of many paths at common moments, sorted by moment, then path.

    ``moment`` (n,) counts ``Moments.time_s``; ``path`` (n,) counts the paths; ``source`` (n,) is
    the row of Paths that a sample was made from; positions and velocities are (n, 3); ``seen``
    (n,) is False where the reference does not say whether the target is there.
    """

    moment: Integers
    path: Integers
    source: Integers
    position_m: Floats
    velocity_mps: Floats
    seen: Booleans
    start: Integers  # first sample of each moment and the end of the last, (moments + 1,)

    def __len__(self) -> int:
        return len(self.moment)

    def rows(self, keep: npt.NDArray[np.bool_]) -> Samples:
        """Return the samples for which ``keep`` (n,) is True."""
        return _samples(
            len(self.start) - 1,
            self.moment[keep],
            self.path[keep],
            self.source[keep],
            self.position_m[keep],
            self.velocity_mps[keep],
            self.seen[keep],
        )


@dataclasses.dataclass(frozen=True)
class Moments:
    """Reference and tracks at the same moments; ``time_s`` (moments,) rises."""

    time_s: Floats
    reference: Samples
    tracks: Samples
    kind: str  # "shared" or "grid"
    step_s: float


def samples_of(n_moments: int, moment: Integers, path: Integers, position: Floats) -> Samples:
    """Return samples of bare points (n, 3) at their moments; their source is their own row."""
    rows = np.arange(len(moment), dtype=np.int64)
    still = np.zeros((len(moment), 3))
    return _samples(n_moments, moment, path, rows, position, still, np.ones(len(moment), bool))


def _samples(
    n_moments: int,
    moment: Integers,
    path: Integers,
    source: Integers,
    position: Floats,
    velocity: Floats,
    seen: Booleans,
) -> Samples:
    if len(moment) and np.any(np.diff(moment * (path.max() + 1) + path) < 0):
        order = np.lexsort((path, moment))
        moment, path, source = moment[order], path[order], source[order]
        position, velocity, seen = position[order], velocity[order], seen[order]
    start = np.searchsorted(moment, np.arange(n_moments + 1)).astype(np.int64)
    return Samples(moment, path, source, position, velocity, seen, start)


def speak_together(reference: Paths, tracks: Paths) -> bool:
    """Return whether both speak at the same times: a scene's whole seconds, a tracker's cycle.

    So it is where the times of the whole reference are no denser than those of one path, and nine
    tenths of the track points have exactly one of them.  Tracks that are told more rarely than the
    reference stand until they are told again: they do not speak together.
    """
    times = distinct(reference.time_s)
    if len(times) < 2 or not len(tracks):
        return bool(len(tracks)) and bool(np.isin(tracks.time_s, times).all())
    usual_s = reference.median_interval_s()
    if np.median(np.diff(times)) < 0.5 * usual_s or tracks.median_interval_s() > 1.5 * usual_s:
        return False
    return float(np.isin(tracks.time_s, times).mean()) >= 0.9


def at_shared_times(reference: Paths, tracks: Paths) -> Moments:
    """Return both at the times of the reference; track points at other times are left out."""
    times = distinct(reference.time_s)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    return Moments(times, said_at(reference, times), said_at(tracks, times), "shared", step)


def said_at(paths: Paths, times: Floats) -> Samples:
    """Return the points that lie at exactly these rising times (moments,), as they are."""
    rows = np.flatnonzero(np.isin(paths.time_s, times) & ~paths.ended)
    return _samples(
        len(times),
        np.searchsorted(times, paths.time_s[rows]).astype(np.int64),
        paths.path[rows],
        rows,
        paths.position_m[rows],
        paths.velocity_mps[rows],
        np.ones(len(rows), bool),
    )


def on_grid(
    reference: Paths,
    tracks: Paths,
    *,
    span_s: tuple[float, float],
    step_s: float = 1.0,
    max_gap_s: float = 20.0,
    max_age_s: float = 30.0,
    edge_s: float = 0.0,
) -> Moments:
    """Return both on moments that are whole multiples of ``step_s`` inside a span of time."""
    first, last = span_s
    count = max(int(np.floor(last / step_s) - np.ceil(first / step_s)) + 1, 0)
    times = (np.ceil(first / step_s) + np.arange(count)) * step_s
    return Moments(
        times,
        _interpolated(reference, times, max_gap_s, edge_s),
        held_at(tracks, times, max_age_s),
        "grid",
        step_s,
    )


def _interpolated(paths: Paths, times: Floats, max_gap_s: float, edge_s: float) -> Samples:
    long_gap_s = LONG_GAPS * max_gap_s
    n = kernels.count_interpolated(paths.time_s, paths.start, times, long_gap_s, edge_s)
    moment, source, seen = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.bool_)
    position, velocity = np.empty((n, 3)), np.empty((n, 3))
    kernels.sample_interpolated(
        paths.time_s,
        paths.position_m,
        paths.velocity_mps,
        paths.start,
        times,
        max_gap_s,
        long_gap_s,
        edge_s,
        moment,
        source,
        seen,
        position,
        velocity,
    )
    return _samples(len(times), moment, paths.path[source], source, position, velocity, seen)


def usual_age_s(tracks: Paths, max_age_s: float | None = None) -> float:
    """Return for how long a track's point stands: what is asked, else three usual intervals."""
    if max_age_s is not None:
        return max_age_s
    usual = tracks.median_interval_s()
    return float(np.clip(3.0 * usual, 5.0, 30.0)) if math.isfinite(usual) else 30.0


def held_at(paths: Paths, times: Floats, max_age_s: float) -> Samples:
    """Return tracks as their watcher has them at rising times: newest points, moved on."""
    usual = paths.median_interval_s()
    last_age = min(usual, max_age_s) if np.isfinite(usual) else 0.0
    last_age = max(last_age, 1e-9)  # a lone point stands at its own moment
    until = np.empty(len(paths))
    kernels.valid_until(paths.time_s, paths.ended, paths.start, max_age_s, last_age, until)
    n = kernels.count_held(paths.time_s, until, times)
    moment, source = np.empty(n, np.int64), np.empty(n, np.int64)
    position = np.empty((n, 3))
    kernels.sample_held(
        paths.time_s, paths.position_m, paths.velocity_mps, until, times, moment, source, position
    )
    velocity = paths.velocity_mps[source]
    return _samples(
        len(times), moment, paths.path[source], source, position, velocity, np.ones(n, bool)
    )
