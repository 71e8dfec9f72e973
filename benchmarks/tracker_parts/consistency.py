"""Whether covariances are those of the errors: NEES and NIS with their bounds.

The normalised estimation error squared e' P^-1 e has the mean n (its number of components) where P
is the covariance of e given the plots, whatever the distribution; the normalised innovation
squared likewise.  With one Gaussian model each is chi-squared, and an average over N independent
flights lies within chi2_nN / N (Bar-Shalom, Li, Kirubarajan 2001, 5.4.2): the ``chi2`` bounds.  An
IMM's error is a mixture of Gaussians whose tails are longer: its mean is n all the same, but an
average scatters more.  Its bounds are n plus or minus 1.96 standard errors of the flights' own
averages, which are independent of each other whatever happens within a flight.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from scipy.stats import chi2

from jointsky.api import Plots, Sensor, Tracker, TrackerSettings, Tracks
from jointsky.records.columns import join
from jointsky.records.tracks import TrackStatus
from jointsky.streams import stream
from tracker_parts import matched

PARTS = {"position": slice(0, 3), "velocity": slice(3, 6), "state": slice(0, 6)}
MEASURED = 3  # range, azimuth, elevation
FROM_S, END_S, FLIGHTS = 40.0, 160.0, 25


@dataclasses.dataclass(frozen=True)
class Average:
    """An average NEES or NIS over flights, with the bounds that it should lie in."""

    size: int
    mean: float
    low: float
    high: float
    chi2_low: float
    chi2_high: float
    flights: int

    @property
    def is_within(self) -> bool:
        """Return whether the average lies within the bounds for mixtures."""
        return self.low <= self.mean <= self.high


def squared(error: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return e' P^-1 e of errors (m, n) with covariances (m, n, n)."""
    return np.einsum("ni,ni->n", error, np.linalg.solve(covariance, error[:, :, None])[:, :, 0])


def average(values: np.ndarray, flight: np.ndarray, size: int) -> Average:
    """Return the average of ``values`` (m,) over flights, each flight counting once."""
    _, row, count = np.unique(flight, return_inverse=True, return_counts=True)
    each = np.bincount(row, values) / count
    n = len(each)
    spread = 1.96 * float(each.std(ddof=1)) / math.sqrt(n)
    bounds = chi2.ppf([0.025, 0.975], size * n) / n
    return Average(
        size, float(each.mean()), size - spread, size + spread, *map(float, bounds), flights=n
    )


def estimates(tracker: Tracker, tracks: Tracks) -> np.ndarray:
    """Return the states (m, 6) of tracks of a flat scene."""
    place = tracker.flat_positions_m(tracks)
    return np.column_stack([place, tracks.ve_mps, tracks.vn_mps, tracks.vu_mps])


@dataclasses.dataclass(frozen=True)
class Squares:
    """Squared errors of one run, row by row: of which flight, and what the flight did then."""

    flight: np.ndarray
    model: np.ndarray
    values: np.ndarray  # (m, parts)


def nees(
    truth: matched.Truth,
    radars: list[Sensor],
    plots: Plots,
    from_s: float,
    settings: TrackerSettings | None = None,
) -> Squares:
    """Return the NEES of position, velocity and state at every update from ``from_s`` on."""
    tracker = Tracker(radars, settings)
    told = join([tracker.update(plots), tracker.flush()])
    told = told.rows((told.time_s >= from_s) & (told.status == TrackStatus.CONFIRMED))
    flight = told.mode_s - matched.ADDRESS
    error = estimates(tracker, told) - truth.at(flight, told.time_s)
    values = [squared(error[:, part], told.covariance[:, part, part]) for part in PARTS.values()]
    return Squares(flight, _models(truth, flight, told.time_s), np.column_stack(values))


def nis(
    truth: matched.Truth,
    radars: list[Sensor],
    plots: Plots,
    from_s: float,
    settings: TrackerSettings | None = None,
) -> Squares:
    """Return the NIS of every plot of a confirmed track from ``from_s`` on.

    What a tracker expects of a plot is its picture just before it, seen from the plot's radar; the
    covariance of the innovation is that picture's through the measurement's derivative, and the
    plot's own.
    """
    judged = plots.rows(plots.time_s >= from_s)
    before_s = np.nextafter(judged.time_s, -np.inf)
    tracker = Tracker(radars, settings)
    shown = tracker.pictures(plots, before_s)
    plot = np.clip(np.searchsorted(before_s, shown.time_s - 1e-9), 0, len(judged) - 1)
    own = (shown.mode_s == judged.mode_s[plot]) & (np.abs(shown.time_s - before_s[plot]) < 1e-9)
    shown, plot = shown.rows(own), plot[own]
    state = estimates(tracker, shown)
    values = np.empty((len(plot), 1))
    for row, radar in enumerate(radars):
        mine = np.flatnonzero(judged.sensor[plot] == row)
        seen = judged.rows(plot[mine])
        expected, slope = _seen_from(radar, state[mine, :3])
        measured = np.column_stack([seen.range_m, seen.azimuth_rad, seen.elevation_rad])
        left = measured - expected
        left[:, 1] = (left[:, 1] + np.pi) % (2 * np.pi) - np.pi
        sigma = radar.range_sigma_m, radar.azimuth_sigma_rad, radar.elevation_sigma_rad
        spread = slope @ shown.covariance[mine, :3, :3] @ slope.transpose(0, 2, 1)
        values[mine, 0] = squared(left, spread + np.diag(np.square(sigma)))
    flight = shown.mode_s - matched.ADDRESS
    return Squares(flight, _models(truth, flight, shown.time_s), values)


def _seen_from(radar: Sensor, place_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return range, azimuth, elevation (m, 3) of places and their derivatives (m, 3, 3)."""
    east, north, up = (place_m - radar.flat_enu_m).T
    ground2 = east**2 + north**2
    slant, ground = np.sqrt(ground2 + up**2), np.sqrt(ground2)
    polar = np.column_stack([slant, np.arctan2(east, north), np.arctan2(up, ground)])
    slope = np.empty((len(place_m), 3, 3))
    slope[:, 0] = np.column_stack([east, north, up]) / slant[:, None]
    slope[:, 1] = np.column_stack([north / ground2, -east / ground2, np.zeros(len(place_m))])
    rise = np.column_stack([-up * east / ground, -up * north / ground, ground])
    slope[:, 2] = rise / (slant**2)[:, None]
    return polar, slope


def _models(truth: matched.Truth, flight: np.ndarray, time_s: np.ndarray) -> np.ndarray:
    k = np.minimum((time_s / matched.STEP_S).astype(int), truth.models.shape[1] - 1)
    return truth.models[flight, k]


def many(
    kind: Callable[..., Squares],
    runs: int,
    seed: int,
    radars: list[Sensor],
    only: int | None = None,
    settings: TrackerSettings | None = None,
) -> Squares:
    """Return the squares of several runs of matched flights, their flights counted on.

    ``only`` one model, where given; ``settings`` are the tracker's, the flights' are the defaults.
    """
    parts = []
    for run in range(runs):
        rng = stream(seed, "matched", str(only), str(run))
        truth = matched.fly(rng, TrackerSettings(), FLIGHTS, END_S, only)
        found = kind(truth, radars, matched.see(rng, truth, radars), FROM_S, settings)
        parts.append(dataclasses.replace(found, flight=found.flight + run * FLIGHTS))
    columns = [field.name for field in dataclasses.fields(Squares)]
    return Squares(*(np.concatenate([getattr(p, name) for p in parts]) for name in columns))
