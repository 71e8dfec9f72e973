"""Recorded reports become smooth motion: outliers refused, gaps left as gaps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.motion import Motion, Piece
from jointsky.world import replay_kernels as kernels
from jointsky.world.flights import Replay

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
STIFFNESSES = tuple(10.0**k for k in np.arange(-7.0, 2.5, 0.5))  # m²/s³ for an error of 1 m
WORST = 10.0  # times the declared standard error: what is noisier is refused
FEWEST = 3
REFUSED_SIGMAS = 5.0
ROUNDS = 30
NEIGHBOURS = 5
TWO_OF_TWO = 6.0  # slack of a distance between two reports, in their standard errors


class Reports(NamedTuple):
    """Reports of one flight in any order: POSIX seconds, radians, metres; no height is NaN."""

    time_s: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    height_m: Floats


class Replayed(NamedTuple):
    """The motion of one flight, and which reports it goes by: others were refused or alone."""

    motion: Motion
    used: Bools


def replayed(reports: Reports, settings: Replay, vehicle: int, shift_s: float = 0.0) -> Replayed:
    """Return the motion of a vehicle through its reports, moved in time by ``shift_s``.

    Each stretch without a longer gap than declared is the cubic smoothing spline of its reports,
    its stiffness the most likely one; reports more than five standard errors off are refused one
    after another.  Heights that no report gives are between those that do.
    """
    order = np.argsort(reports.time_s, kind="stable")
    time, heights = reports.time_s[order], reports.height_m[order]
    used = np.zeros(len(time), bool)
    known = np.flatnonzero(np.isfinite(heights))
    if not len(known):
        return Replayed(Motion.make(0), used)
    upright = np.zeros((len(known), 3))
    upright[:, 0] = heights[known]
    slack_m = TWO_OF_TWO * settings.height_sigma_m
    known = known[_chain(time[known], upright, settings.climb_max_mps, slack_m)]
    filled = np.interp(time, time[known], heights[known])
    surface = geodesy.geodetic_to_ecef(
        reports.latitude_rad[order], reports.longitude_rad[order], 0.0
    )
    slack_m = TWO_OF_TWO * settings.position_sigma_m
    rows = _chain(time, surface, settings.speed_max_mps, slack_m)
    fits = [
        fit
        for part in _stretches(time, rows, settings.gap_s)
        for fit in _fits(part, time, surface, filled, settings)
        if time[fit.rows[-1]] - time[fit.rows[0]] >= settings.shortest_s
    ]
    for fit in fits:
        used[order[fit.rows]] = True
    return Replayed(_motion(fits, time + shift_s, vehicle), used)


class _Fit(NamedTuple):
    """The smooth path through some rows: its state at each of them, earth-centred."""

    rows: npt.NDArray[np.int64]
    positions_m: Floats
    velocities_mps: Floats


def _chain(
    time: Floats, places_m: Floats, speed_mps: float, slack_m: float
) -> npt.NDArray[np.int64]:
    """Return the rows of the longest chain of reports each reachable from the one before."""
    score, before = np.empty(len(time), np.int64), np.empty(len(time), np.int64)
    row = kernels.longest_chain(time, places_m, speed_mps, slack_m, score, before)
    rows = []
    while row >= 0:
        rows.append(row)
        row = int(before[row])
    return np.array(rows[::-1], np.int64)


def _stretches(
    time: Floats, rows: npt.NDArray[np.int64], gap_s: float
) -> list[npt.NDArray[np.int64]]:
    """Return rows cut at gaps; parts of few rows are left out."""
    cuts = np.flatnonzero(np.diff(time[rows]) > gap_s) + 1
    return [part for part in np.split(rows, cuts) if len(part) >= FEWEST]


def _fits(
    rows: npt.NDArray[np.int64], time: Floats, surface: Floats, heights: Floats, settings: Replay
) -> list[_Fit]:
    """Return the smooth paths through a stretch, without the reports that do not fit."""
    for _ in range(ROUNDS):
        wrong = _wrong(_splines(rows, time, surface, settings.position_sigma_m)[1])
        wrong |= _wrong(_splines(rows, time, heights[:, None], settings.height_sigma_m)[1])
        if not wrong.any() or len(rows) - wrong.sum() < FEWEST:
            break
        rows = rows[~wrong]
    return [
        _fit(part, time, surface, heights, settings)
        for part in _stretches(time, rows, settings.gap_s)
    ]


def _fit(
    rows: npt.NDArray[np.int64], time: Floats, surface: Floats, heights: Floats, settings: Replay
) -> _Fit:
    ground, _ = _splines(rows, time, surface, settings.position_sigma_m)
    climb, _ = _splines(rows, time, heights[:, None], settings.height_sigma_m)
    height, rate = climb[:, 0, 0], climb[:, 0, 1]
    latitude, longitude, below = geodesy.ecef_to_geodetic(ground[:, :, 0])
    across = np.cos(latitude)
    up = np.stack(
        [across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)], axis=1
    )
    radius = geodesy.mean_radius_of_curvature_m(float(latitude.mean()))
    return _Fit(
        rows,
        geodesy.geodetic_to_ecef(latitude, longitude, height + below),
        ground[:, :, 1] * (1.0 + height / radius)[:, None] + rate[:, None] * up,
    )


def _splines(
    rows: npt.NDArray[np.int64], time: Floats, values: Floats, sigma: float
) -> tuple[Floats, Floats]:
    """Return states (n, k, 2) of the likeliest smooth columns, and how far each row is off.

    How far: in standard errors of a report that is left out (n,).
    """
    times, columns = time[rows] - time[rows[0]], np.ascontiguousarray(values[rows])
    centre = columns.mean(axis=0)
    columns -= centre
    states, covariances = np.empty((*columns.shape, 2)), np.empty((len(rows), 3))
    sigma, density = _likeliest(times, columns, sigma)
    kernels.smooth(times, columns, sigma**2, density, states, covariances)
    off = np.linalg.norm(columns - states[:, :, 0], axis=1)
    spread = np.maximum(sigma**2 - covariances[:, 0], 1e-6 * sigma**2)
    states[:, :, 0] += centre
    return states, off / np.sqrt(spread)


def _likeliest(times: Floats, columns: Floats, least: float) -> tuple[float, float]:
    """Return the likeliest standard error, at least that declared, and density of acceleration.

    Clocks that tick in seconds make aircraft noisier than their receivers were.
    """
    best, count = (-np.inf, least, 0.0), max(columns.size - 2 * columns.shape[1], 1)
    for stiffness in STIFFNESSES:
        squares, logs = kernels.surprise(times, columns, stiffness)
        sigma = min(max(float(np.sqrt(squares / count)), least), WORST * least)
        likely = -0.5 * (squares / sigma**2 + logs) - count * np.log(sigma)
        best = max(best, (likely, sigma, stiffness * sigma**2))
    return best[1], best[2]


def _wrong(off_sigmas: Floats) -> Bools:
    """Return which rows are too far off; of neighbours the farthest alone: it bends the others."""
    padded = np.pad(off_sigmas, NEIGHBOURS, constant_values=-1.0)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1).max(axis=1)
    return np.asarray((off_sigmas > REFUSED_SIGMAS) & (off_sigmas == around), bool)


def _motion(fits: list[_Fit], time: Floats, vehicle: int) -> Motion:
    """Return fits as cubic pieces between their rows."""
    begins, ends, terms = [], [], []
    for fit in fits:
        part = np.empty((len(fit.rows) - 1, 4, 3))
        kernels.cubics(time[fit.rows], fit.positions_m, fit.velocities_mps, part)
        begins.append(time[fit.rows[:-1]])
        ends.append(time[fit.rows[1:]])
        terms.append(part)
    if not fits:
        return Motion.make(0)
    begin = np.concatenate(begins)
    return Motion.make(
        len(begin),
        vehicle=np.full(len(begin), vehicle, np.int32),
        piece=np.full(len(begin), Piece.CUBIC, np.int8),
        begin_s=begin,
        end_s=np.concatenate(ends),
        terms=np.concatenate(terms),
    )
