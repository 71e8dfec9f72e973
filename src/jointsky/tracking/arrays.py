"""The arrays that the tracker's kernels work on: plots, sensors, tracks, results.

Named tuples of arrays, because numba takes them as they are.  T: tracks that fit, S: sensors,
P: plots, M = 2 models.  "Frame" is the tracker's Cartesian frame, earth-centred or flat.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.tracking.measurement_kernels import ROWS
from jointsky.tracking.motion_kernels import MODELS

Array = npt.NDArray[Any]
FREE, TENTATIVE, CONFIRMED = 0, 1, 2


class PlotArrays(NamedTuple):
    """Plots in time order as the kernels want them; a sigma of 0 says "not measured"."""

    time: Array  # (P,) seconds since the tracker's epoch
    sensor: Array  # (P,) int32
    geometry: Array  # (P,) int8
    first: Array  # (P,) range or east
    second: Array  # (P,) azimuth or north
    third: Array  # (P,) elevation
    doppler: Array  # (P,)
    first_sigma: Array
    second_sigma: Array
    third_sigma: Array
    doppler_sigma: Array
    correlation: Array  # (P,) of first and second, local and geodetic plots
    height: Array  # (P,) Mode C, or geometric where there is none
    height_sigma: Array
    position: Array  # (P, 3) in the frame; with a height taken for granted where none is known
    axes: Array  # (P, 3, 3) east, north, up at the plot's own position, as rows, in the frame
    position_sigma: Array  # (P,) largest horizontal standard error, for the first, coarse gate
    slack: Array  # (P,) metres by which the ground position may be off for want of a height
    grid: Array  # (P, 2) metres on the map of the spatial index
    velocity: Array  # (P, 2) east and north, as the target itself sends it
    velocity_sigma: Array
    mode_s: Array  # (P,) int32
    mode_a: Array  # (P,) int32
    call_sign: Array  # (P,) int32, row in the tracker's list of call signs; -1: none
    pressure_altitude: Array  # (P,)
    identified: Array  # (P,) int8: 1 if it carries any identity


class SensorArrays(NamedTuple):
    """Sensors as the kernels want them."""

    origin: Array  # (S, 3) in the frame
    axes: Array  # (S, 3, 3) east, north, up as rows, in the frame
    period: Array  # (S,) seconds between two looks at one target
    window: Array  # (S,) seconds of plots that are associated together
    detection: Array  # (S,) probability of detection
    volume: Array  # (S,) of its two-dimensional measurement space, m rad or m2
    false_rate: Array  # (S, 2) false plots a turn: plain plots, plots with identity (estimated)
    false_known: Array  # (S,) bool: declared, not estimated
    false_count: Array  # (S, 2) unexplained plots since the last estimate
    false_since: Array  # (S,) time of the last estimate


class KernelSettings(NamedTuple):
    """The settings as the kernels want them; names as in TrackerSettings."""

    quiet_acceleration_psd: float
    manoeuvre_acceleration_psd: float
    quiet_climb_psd: float
    manoeuvre_climb_psd: float
    mean_straight_s: float
    mean_manoeuvre_s: float
    speed_sigma_mps: float
    climb_sigma_mps: float
    unseen_height_m: float
    unseen_height_sigma_m: float
    lost_view_probability: float
    new_targets_per_turn: float
    confirm_existence: float
    drop_existence: float
    coast_s: float
    gate: Array  # (ROWS + 1,) squared distance by number of rows
    gate_sigmas: float  # of the coarse gate


class TrackArrays(NamedTuple):
    """All tracks, dead or alive; ``status`` FREE marks a row that can be used again."""

    status: Array  # (T,) int8
    number: Array  # (T,) int64
    time: Array  # (T,) seconds since the epoch, of the state
    born: Array  # (T,)
    state: Array  # (T, M, 6)
    covariance: Array  # (T, M, 6, 6)
    weights: Array  # (T, M)
    mean: Array  # (T, 6) of the mixture
    up: Array  # (T, 3) local vertical
    grid: Array  # (T, 4) place and velocity on the map of the spatial index
    spread: Array  # (T, 2) standard errors of position and speed, upper bounds
    existence: Array  # (T,)
    first_existence: Array  # (T,)
    plots: Array  # (T,) int32
    mode_s: Array  # (T,) int32
    mode_a: Array  # (T,) int32
    mode_a_votes: Array  # (T,) int32: a code changes only when it is seen again
    call_sign: Array  # (T,) int32
    pressure_altitude: Array  # (T,)
    last_hit: Array  # (T, S) time of the newest plot of each sensor
    last_look: Array  # (T, S) time up to which each sensor's looks are accounted for
    in_view: Array  # (T, S) probability that the sensor can see the target
    every: Array  # (T, S) seconds between two looks: a turn, or how often this target reports
    wild_heights: Array  # (T,) int32: heights in a row that could not be its own
    last_batch: Array  # (T,) int64: batch of the newest plot
    born_by: Array  # (T,) int32: twice the sensor of its first plot, plus 1 if that had identity
    cell: Array  # (T,) int64: bucket of the spatial index; -1: in none
    next_in_cell: Array  # (T,) int64
    previous_in_cell: Array  # (T,) int64


class Counters(NamedTuple):
    """What goes on between calls, as one-element arrays."""

    live: Array  # rows in use lie below this one
    next_number: Array
    batch: Array
    housekept: Array  # time of the last housekeeping


def empty_tracks(rows: int, sensors: int) -> TrackArrays:
    """Return arrays with room for ``rows`` tracks."""
    never = -1e18
    return TrackArrays(
        status=np.zeros(rows, np.int8),
        number=np.full(rows, -1, np.int64),
        time=np.zeros(rows),
        born=np.zeros(rows),
        state=np.zeros((rows, MODELS, 6)),
        covariance=np.zeros((rows, MODELS, 6, 6)),
        weights=np.zeros((rows, MODELS)),
        mean=np.zeros((rows, 6)),
        up=np.zeros((rows, 3)),
        grid=np.zeros((rows, 4)),
        spread=np.zeros((rows, 2)),
        existence=np.zeros(rows),
        first_existence=np.zeros(rows),
        plots=np.zeros(rows, np.int32),
        mode_s=np.full(rows, -1, np.int32),
        mode_a=np.full(rows, -1, np.int32),
        mode_a_votes=np.zeros(rows, np.int32),
        call_sign=np.full(rows, -1, np.int32),
        pressure_altitude=np.full(rows, np.nan),
        last_hit=np.full((rows, sensors), never),
        last_look=np.full((rows, sensors), never),
        in_view=np.zeros((rows, sensors)),
        every=np.ones((rows, sensors)),
        wild_heights=np.zeros(rows, np.int32),
        last_batch=np.full(rows, -1, np.int64),
        born_by=np.zeros(rows, np.int32),
        cell=np.full(rows, -1, np.int64),
        next_in_cell=np.full(rows, -1, np.int64),
        previous_in_cell=np.full(rows, -1, np.int64),
    )


def grown(tracks: TrackArrays, rows: int) -> TrackArrays:
    """Return the same tracks with room for at least ``rows``."""
    had = len(tracks.status)
    if had >= rows:
        return tracks
    bigger = empty_tracks(max(rows, 2 * had), tracks.last_hit.shape[1])
    for old, new in zip(tracks, bigger, strict=True):
        new[:had] = old
    return bigger


class Bench(NamedTuple):
    """Room to work in, made once for each call: slots for the tracks of one batch, and scratch."""

    slot_of: Array  # (T,) int64: slot of a track, -1: none
    track: Array  # (K,) int64
    time: Array  # (K,) to which it is predicted
    weights: Array  # (K, M)
    state: Array  # (K, M, 6)
    covariance: Array  # (K, M, 6, 6)
    slot_of_plot: Array  # (P,) int64
    found: Array  # (4096,) int64: tracks near one plot
    rows: Array  # (ROWS, 8)
    up: Array  # (3,)
    x: Array  # (6,)
    p: Array  # (6, 6)


def bench_for(tracks: TrackArrays, live: int, plots: int) -> Bench:
    """Return a bench for so many live tracks and plots."""
    slots = live + plots + 1
    return Bench(
        slot_of=np.full(len(tracks.status), -1, np.int64),
        track=np.empty(slots, np.int64),
        time=np.empty(slots),
        weights=np.empty((slots, MODELS)),
        state=np.empty((slots, MODELS, 6)),
        covariance=np.empty((slots, MODELS, 6, 6)),
        slot_of_plot=np.empty(plots, np.int64),
        found=np.empty(4096, np.int64),
        rows=np.empty((ROWS, 8)),
        up=np.empty(3),
        x=np.empty(6),
        p=np.empty((6, 6)),
    )


class UpdateRows(NamedTuple):
    """One row for each update of a confirmed track, filled by the kernels."""

    time: Array  # (N,)
    number: Array
    mean: Array  # (N, 6)
    covariance: Array  # (N, 6, 6) of the mixture, in the frame
    manoeuvre: Array
    existence: Array
    status: Array
    plots: Array
    sensors: Array  # (N, words) uint64
    mode_s: Array
    mode_a: Array
    call_sign: Array
    pressure_altitude: Array
    plot: Array  # (N,) int64: row of the plot that made it; -1: a prediction


def empty_rows(rows: int, sensors: int) -> UpdateRows:
    """Return room for ``rows`` results."""
    return UpdateRows(
        time=np.zeros(rows),
        number=np.zeros(rows, np.int64),
        mean=np.zeros((rows, 6)),
        covariance=np.zeros((rows, 6, 6)),
        manoeuvre=np.zeros(rows),
        existence=np.zeros(rows),
        status=np.zeros(rows, np.int8),
        plots=np.zeros(rows, np.int32),
        sensors=np.zeros((rows, max((sensors + 63) // 64, 1)), np.uint64),
        mode_s=np.zeros(rows, np.int32),
        mode_a=np.zeros(rows, np.int32),
        call_sign=np.zeros(rows, np.int32),
        pressure_altitude=np.zeros(rows),
        plot=np.full(rows, -1, np.int64),
    )
