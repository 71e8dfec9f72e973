"""Where a radar stands that does not say so: estimated from what it saw of known tracks.

Plots and a system's tracks are paired by Mode A code and time.  The site is where, by least
squares, ranges and azimuths fit; with it come the radar's north offset, its range bias and the
lag of the system's times, because an error in one of them would else move the site.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from agreement_parts.paths import Path, at
from jointsky.earth import geodesy
from jointsky.records.plots import PlotFlag, Plots
from jointsky.streams import stream

Floats = npt.NDArray[np.float64]

RANGE_SIGMA_M, AZIMUTH_SIGMA_RAD = 100.0, np.radians(0.1)
EARTH_M = 6_371_000.0
NAMES = ("north_m", "east_m", "north_offset_deg", "range_bias_m", "time_bias_s")
# latitude and longitude (rad), north offset (rad), range bias (m), time bias (s) to the units above
_TO_SHOWN = np.array([EARTH_M, EARTH_M, np.degrees(1.0), 1.0, 1.0])
_STEP = np.array([1e-4, 1e-4, 1e-3, 100.0, 1.0])
_UNSURE = PlotFlag.MODE_A_UNSURE | PlotFlag.MODE_C_UNSURE | PlotFlag.TEST


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Plots, each with the place of the system track of the same code at the same time."""

    range_m: Floats
    azimuth_rad: Floats
    altitude_m: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    ve_mps: Floats
    vn_mps: Floats
    target: npt.NDArray[np.int64]

    def rows(self, index: npt.NDArray[np.generic]) -> Pairs:
        """Return the rows that a mask or positions select."""
        return Pairs(**{name: value[index] for name, value in vars(self).items()})

    def __len__(self) -> int:
        return len(self.range_m)


@dataclasses.dataclass(frozen=True)
class SiteEstimate:
    """A radar's site and biases, and how well they are determined.

    ``sigmas`` are in the order of NAMES, by drawing whole targets anew (Efron and Tibshirani
    1993, 8.4: the errors of one target's pairs hang together); ``correlations`` likewise.
    """

    latitude_deg: float
    longitude_deg: float
    height_m: float  # taken for granted
    north_offset_deg: float  # to be taken from what the radar says
    range_bias_m: float  # likewise
    time_bias_s: float  # by which the system's tracks lag
    sigmas: Floats
    correlations: Floats
    range_rms_m: float
    azimuth_rms_deg: float
    pairs: int
    used: int
    targets: int


def pairs_of(plots: Plots, paths: dict[int, Path], codes: dict[int, int], gap_s: float) -> Pairs:
    """Return every good plot with every path of its code (``codes``: path to Mode A)."""
    good = (plots.flags & _UNSURE) == 0
    plots = plots.rows(good & (plots.mode_a >= 0) & np.isfinite(plots.pressure_altitude_m))
    found = []
    for target, path in paths.items():
        mine = plots.rows(plots.mode_a == codes[target])
        inside, there = at(path, mine.time_s, gap_s)
        rows = (mine.range_m, mine.azimuth_rad, mine.pressure_altitude_m, there.latitude_rad,
                there.longitude_rad, there.ve_mps, there.vn_mps,
                np.full(len(mine), target, np.int64))  # fmt: skip
        found.append([column[inside] for column in rows])
    return Pairs(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _misfits(unknown: Floats, pairs: Pairs, height_m: float) -> tuple[Floats, Floats]:
    """Return range (m) and azimuth (rad) as measured minus as they should be."""
    lag_s = unknown[4]
    parallel_m = EARTH_M * np.cos(pairs.latitude_rad)
    points = geodesy.geodetic_to_ecef(
        pairs.latitude_rad + pairs.vn_mps * lag_s / EARTH_M,
        pairs.longitude_rad + pairs.ve_mps * lag_s / parallel_m,
        pairs.altitude_m,
    )
    enu = geodesy.ecef_to_enu(points, unknown[0], unknown[1], height_m)
    slant_m = np.sqrt((enu**2).sum(axis=1))
    turn = pairs.azimuth_rad - np.arctan2(enu[:, 0], enu[:, 1]) - unknown[2]
    return pairs.range_m - slant_m - unknown[3], (turn + np.pi) % (2.0 * np.pi) - np.pi


def _fitted(start: Floats, pairs: Pairs, height_m: float) -> Floats:
    def weighed(unknown: Floats) -> Floats:
        range_m, azimuth_rad = _misfits(unknown, pairs, height_m)
        return np.concatenate([range_m / RANGE_SIGMA_M, azimuth_rad / AZIMUTH_SIGMA_RAD])

    return np.asarray(least_squares(weighed, start, loss="soft_l1", x_scale=_STEP).x)


def _start(pairs: Pairs, height_m: float) -> Floats:
    """Return the best of a grid of places, a degree apart, about the middle of the traffic."""
    best, best_cost = np.zeros(5), np.inf
    for d_lat in range(-8, 9):
        for d_lon in range(-8, 9):
            place = np.zeros(5)
            place[0] = np.median(pairs.latitude_rad) + np.radians(d_lat)
            place[1] = np.median(pairs.longitude_rad) + np.radians(d_lon)
            range_m, azimuth_rad = _misfits(place, pairs, height_m)
            cost = np.median(np.abs(range_m)) + 300e3 * np.median(np.abs(azimuth_rad))
            if cost < best_cost:
                best, best_cost = place, cost
    return best


def estimate(pairs: Pairs, height_m: float = 100.0, draws: int = 30) -> SiteEstimate:
    """Return the site that makes most pairs fit; pairs beyond five robust sigmas are left out."""
    every = len(pairs)
    unknown = _fitted(_start(pairs, height_m), pairs, height_m)
    for _ in range(3):
        range_m, azimuth_rad = _misfits(unknown, pairs, height_m)
        fits = np.abs(range_m) < 5.0 * 1.4826 * np.median(np.abs(range_m))
        fits &= np.abs(azimuth_rad) < 5.0 * 1.4826 * np.median(np.abs(azimuth_rad))
        unknown = _fitted(unknown, pairs.rows(fits), height_m)
    kept = pairs.rows(fits)
    range_m, azimuth_rad = _misfits(unknown, kept, height_m)
    drawn = np.array([_redrawn(kept, unknown, height_m, draw) for draw in range(draws)])
    shown = drawn * _TO_SHOWN
    shown[:, 1] *= np.cos(unknown[0])
    return SiteEstimate(
        latitude_deg=float(np.degrees(unknown[0])),
        longitude_deg=float(np.degrees(unknown[1])),
        height_m=height_m,
        north_offset_deg=float(np.degrees(unknown[2])),
        range_bias_m=float(unknown[3]),
        time_bias_s=float(unknown[4]),
        sigmas=shown.std(axis=0, ddof=1),
        correlations=np.corrcoef(shown.T),
        range_rms_m=float(np.sqrt(np.mean(range_m**2))),
        azimuth_rms_deg=float(np.degrees(np.sqrt(np.mean(azimuth_rad**2)))),
        pairs=every,
        used=len(kept),
        targets=len(np.unique(kept.target)),
    )


def _redrawn(pairs: Pairs, start: Floats, height_m: float, draw: int) -> Floats:
    """Return the fit to as many targets, drawn with replacement."""
    rng = stream(1, "agreement", "bootstrap", draw)
    names = np.unique(pairs.target)
    rows = [np.flatnonzero(pairs.target == name) for name in rng.choice(names, len(names))]
    return _fitted(start, pairs.rows(np.concatenate(rows)), height_m)


def corrected(plots: Plots, site: SiteEstimate) -> Plots:
    """Return a radar's plots without its north offset and range bias."""
    azimuth = plots.azimuth_rad - np.radians(site.north_offset_deg)
    range_m = plots.range_m - site.range_bias_m
    return plots.replace(range_m=range_m, azimuth_rad=azimuth % (2.0 * np.pi))
