"""Frames: when a sensor looks, who is in its reach then, and how its plots are handed over."""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.earth.terrain import HeightGrid, spacing_m
from jointsky.records.plots import PlotFlag, Plots
from jointsky.records.reports import Reports
from jointsky.sensors import drawing_kernels as drawing
from jointsky.sensors import sight_kernels as sight
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Observed, Place, Surroundings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Words = tuple[np.uint64, np.uint64]  # a key as kernels take it
PHASE, DROPPED = 1, 2  # purposes; 3 and 4 are false bearings, a sensor's own begin at 16
_LEAST_ROWS = 16_384


def words(key: tuple[int, int]) -> Words:
    """Return a key as kernels take it."""
    return np.uint64(key[0]), np.uint64(key[1])


class Ground(NamedTuple):
    """The ground as kernels of sight take it."""

    grid: HeightGrid
    step_m: float  # between two looks at the ground on a way
    highest_m: float


def ground_of(surroundings: Surroundings) -> Ground:
    """Return the ground of a scenario as kernels take it; looks are half a grid's spacing apart."""
    grid = surroundings.terrain
    if grid.heights_m.size == 0:
        return Ground(grid, 1.0, 0.0)
    return Ground(grid, 0.5 * spacing_m(grid), float(grid.heights_m.max()))


@dataclasses.dataclass(frozen=True)
class Frames:
    """The frames that begin in a window and are not lost: number and time (F,), POSIX seconds."""

    number: Ints
    time_s: Floats
    is_kept: npt.NDArray[np.bool_]
    interval_s: float


def numbers(interval_s: float, phase: float, begin_s: float, end_s: float) -> tuple[int, int]:
    """Return the numbers [first, end) of the frames that begin in [begin_s, end_s).

    Frame k begins at (k + phase) interval_s, POSIX seconds.
    """
    first = math.ceil(begin_s / interval_s - phase)
    return first, max(math.ceil(end_s / interval_s - phase), first)


def frames(
    interval_s: float, placed: Placed, begin_s: float, end_s: float, key: tuple[int, int]
) -> Frames:
    """Return the frames of a sensor in a window; the phase that was not declared is drawn."""
    phase = placed.phase
    if phase is None:
        phase = float(drawing.uniform(words(key), drawing.NOBODY, 0, PHASE))
    number = np.arange(*numbers(interval_s, phase, begin_s, end_s), dtype=np.int64)
    draws = [drawing.uniform(words(key), drawing.NOBODY, k, DROPPED) for k in number.tolist()]
    is_kept = np.asarray(draws, np.float64) >= placed.dropped_turns
    return Frames(
        number, np.asarray((number + phase) * interval_s, np.float64), is_kept, interval_s
    )


def sites(place: Place, surroundings: Surroundings, time_s: Floats) -> tuple[Floats, Floats]:
    """Return where a sensor is, (1, SITE) on the ground or (F, SITE) aboard, and its course (F,).

    NaN where its vehicle is nowhere; on the ground the course is 0, north.
    """
    if place.vehicle < 0:
        out = np.empty((1, sight.SITE))
        at = place.latitude_rad, place.longitude_rad
        out[0, :3] = geodesy.geodetic_to_ecef(*at, place.height_m)[0]
        out[0, 3:12] = geodesy.enu_rotation(*at).ravel()
        out[0, sight.HEIGHT] = place.height_m
        return out, np.zeros(len(time_s))
    out = np.full((len(time_s), sight.SITE), np.nan)
    course_rad = np.empty(len(time_s))
    for i, now_s in enumerate(time_s.tolist()):
        course_rad[i] = sight.place_aboard(surroundings.pieces, place.vehicle, now_s, out[i])
    return out, course_rad


@dataclasses.dataclass(frozen=True)
class Near:
    """Vehicles within reach at the times of frames: rows, frames, earth-centred states (n, 6)."""

    vehicle: Ints
    frame: Ints  # row in Frames
    state: Floats


def near(
    surroundings: Surroundings,
    listed: npt.NDArray[np.bool_],
    seen: Frames,
    at: Floats,
    own_mps: float,
    reach_m: float,
) -> Near:
    """Return the listed vehicles (a mask, (V,)) that are within reach of a sensor in its frames."""
    rows = np.flatnonzero(listed)
    count = len(seen.time_s)
    if count == 0 or len(rows) == 0:
        return Near(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 6)))
    who = np.empty((max(_LEAST_ROWS, 2 * count), 2), np.int64)
    where = np.empty((len(who), 6))
    parts: list[tuple[Ints, Floats]] = []
    start = 0
    while start < len(rows):
        start, filled = sight.within_reach(
            surroundings.pieces, rows, seen.time_s, seen.interval_s, at, own_mps, reach_m, start,
            who, where,
        )  # fmt: skip
        parts.append((who[:filled].copy(), where[:filled].copy()))
    joined, states = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    kept = seen.is_kept[joined[:, 1]]
    return Near(joined[kept, 0].copy(), joined[kept, 1].copy(), states[kept])


def own_speed_mps(place: Place, surroundings: Surroundings) -> float:
    """Return a speed that a sensor does not pass: 0 on the ground."""
    if place.vehicle < 0:
        return 0.0
    first, end = surroundings.pieces.first[place.vehicle : place.vehicle + 2]
    return max((float(sight.fastest(surroundings.pieces, r)) for r in range(first, end)), default=0)


def clock_error_s(placed: Placed, time_s: Floats) -> Floats:
    """Return the sensor's clock minus UTC at times (n,): its offset, and drift since it was set."""
    since_s = np.mod(time_s, placed.clock_set_every_s)
    return np.asarray(placed.clock_offset_s + 1e-6 * placed.clock_drift_ppm * since_s)


def observed(
    placed: Placed,
    time_s: Floats,
    vehicle: Ints,
    plots: Plots,
    reports: Reports | None = None,
    reported: Ints | None = None,
    received_s: Floats | None = None,
) -> Observed:
    """Return plots as their site gets them: timed by its clock, sorted by time of reception.

    ``time_s`` (n,) are true times; received, where not given, after the sensor's latency.  Among
    plots received at one time those of the first vehicle come first.
    """
    if received_s is None:
        received_s = time_s + placed.latency_s
    order = np.lexsort((vehicle, time_s, received_s))
    time_s = time_s[order]
    plots = plots.rows(order).replace(time_s=time_s + clock_error_s(placed, time_s))
    plots = plots.replace(flags=plots.flags | np.uint32(PlotFlag.SIMULATED))
    return Observed(
        plots=plots,
        vehicle=vehicle[order].astype(np.int32),
        received_s=received_s[order],
        reports=reports,
        reported=None if reported is None else reported.astype(np.int32),
    )
