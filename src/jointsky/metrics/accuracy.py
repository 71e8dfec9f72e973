"""Accuracy: how far each point of a track is from its target, at the point's own time.

The target is interpolated to the point's time (as in sampling.py).  Errors are horizontal, in the
local horizontal plane of the target, split along and across its flight; ground speed; heading
(targets of 5 m/s and more); height; pressure altitude; climb.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.metrics import accuracy_kernels as kernels
from jointsky.metrics.flight import PHASES
from jointsky.metrics.paths import Floats, Integers, Paths
from jointsky.metrics.sampling import Moments
from jointsky.metrics.siap import Spans

ERRORS = (
    "horizontal_m",
    "along_m",
    "across_m",
    "speed_mps",
    "heading_rad",
    "height_m",
    "pressure_altitude_m",
    "climb_mps",
)


class Columns(NamedTuple):
    """What the kernel reads of Paths; ``start`` (paths + 1,)."""

    time: Floats
    position: Floats
    velocity: Floats
    height: Floats
    altitude: Floats
    climb: Floats
    start: Integers


@dataclasses.dataclass(frozen=True)
class PointErrors:
    """One row for each track point: its target path (-1: none), errors, the target's phase.

    ``errors`` (n, 8) has the columns ``ERRORS``; NaN where either side does not know.
    ``target_climb_mps`` (n,) is how fast the target climbs.
    """

    truth: Integers
    errors: Floats
    phase: npt.NDArray[np.int8]
    target_climb_mps: Floats

    def column(self, name: str) -> Floats:
        """Return one kind of error, (n,)."""
        return self.errors[:, ERRORS.index(name)]


def columns(paths: Paths) -> Columns:
    """Return the columns that kernels read."""
    return Columns(
        paths.time_s,
        paths.position_m,
        paths.velocity_mps,
        paths.height_m,
        paths.pressure_altitude_m,
        paths.climb_mps,
        paths.start,
    )


def label_points(moments: Moments, spans: Spans, tracks: Paths, truth_of_hull: bool) -> Integers:
    """Return the target path of each track point inside a span (-1: none), (track points,).

    Between moments a span reaches half a step to either side.  ``truth_of_hull`` joins the spans
    of one track on one target, so that points that went astray in between count too.
    """
    track, truth, begin, end = spans.track, spans.truth, spans.begin, spans.end
    if truth_of_hull and len(spans):
        key = track * (int(truth.max()) + 1) + truth
        _, group = np.unique(key, return_inverse=True)
        first = np.full(group.max() + 1, np.iinfo(np.int64).max)
        last = np.full(group.max() + 1, -1)
        np.minimum.at(first, group, begin)
        np.maximum.at(last, group, end)
        begin, end = first[group], last[group]
    margin = moments.step_s / 2.0 if moments.kind == "grid" else 0.0
    out, began = np.empty(len(tracks), np.int64), np.empty(len(tracks))
    kernels.label_points(
        track,
        truth,
        moments.time_s[begin] - margin,
        moments.time_s[end] + margin,
        tracks.start,
        tracks.time_s,
        out,
        began,
    )
    return out


def assigned_points(moments: Moments, assigned: Integers, tracks: Paths) -> Integers:
    """Return the target that each track point's track was assigned to then (-1: none), (points,).

    ``assigned`` (track samples,).  It is that of the nearest moment, or of the next where the
    track was not there yet.
    """
    samples, last = moments.tracks, len(moments.time_s) - 1
    out = np.full(len(tracks), -1, np.int64)
    if not len(samples):
        return out
    key = samples.path * (last + 2) + samples.moment
    order = np.argsort(key)
    key, assigned = key[order], assigned[order]
    after = np.searchsorted(moments.time_s, tracks.time_s).clip(0, last)
    before = (after - 1).clip(0)
    is_after = moments.time_s[after] - tracks.time_s <= tracks.time_s - moments.time_s[before]
    for moment in (after, np.where(is_after, after, before)):
        wanted = tracks.path * (last + 2) + moment
        place = np.searchsorted(key, wanted).clip(0, len(key) - 1)
        out = np.where(key[place] == wanted, assigned[place], out)
    return out


def point_errors(
    tracks: Paths,
    reference: Paths,
    phase: npt.NDArray[np.int8],
    truth: Integers,
    max_gap_s: float,
) -> PointErrors:
    """Return the errors of each track point against its target path ``truth`` (-1: none)."""
    n = len(tracks)
    out, out_phase = np.empty((n, 9)), np.empty(n, np.int8)
    kernels.point_errors(
        columns(tracks),
        truth,
        columns(reference),
        phase,
        reference.flat,
        max_gap_s,
        out,
        out_phase,
    )
    return PointErrors(truth, out[:, :8].copy(), out_phase, out[:, 8].copy())


def summary(values: Floats) -> dict[str, float]:
    """Return count, root mean square, mean and the 50th, 95th, 99th percentile of |values|."""
    known = values[np.isfinite(values)]
    if not len(known):
        nan = float("nan")
        return {"n": 0, "rms": nan, "mean": nan, "p50": nan, "p95": nan, "p99": nan}
    p50, p95, p99 = np.percentile(np.abs(known), [50.0, 95.0, 99.0])
    return {
        "n": len(known),
        "rms": float(np.sqrt(np.mean(known**2))),
        "mean": float(known.mean()),
        "p50": float(p50),
        "p95": float(p95),
        "p99": float(p99),
    }


def by_phase(points: PointErrors) -> dict[str, dict[str, dict[str, float]]]:
    """Return the summary of each kind of error in all flight and in each phase of it."""
    placed = points.truth >= 0
    chosen = {"all": placed} | {
        name: placed & (points.phase == code) for code, name in enumerate(PHASES)
    }
    return {
        phase: {name: summary(points.column(name)[rows]) for name in ERRORS}
        for phase, rows in chosen.items()
    }


def altitude_lag_s(points: PointErrors) -> float:
    """Return how old the tracks' pressure altitudes are, from how far they trail in climbs.

    Least squares of -error = lag x climb over targets that climb or descend at 2.54 m/s or more.
    NaN with fewer than 20 such points.
    """
    error, climb = points.column("pressure_altitude_m"), points.target_climb_mps
    moving = np.isfinite(error) & (np.abs(climb) >= 2.54)
    if moving.sum() < 20:
        return float("nan")
    return float(-(error[moving] * climb[moving]).sum() / (climb[moving] ** 2).sum())
