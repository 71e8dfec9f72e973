"""What a canceller of standing echoes leaves of a moving one: blind speeds, staggered pulses.

A canceller combines successive pulses with binomial weights, so that what stands still falls out.
All ratios are power gains against what it does to noise: a mean over all speeds of 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.sensors import doppler_kernels as kernels

MOST_LINES = 3
_MOST_TIMES = 1000
_WHOLE = 1e-6
MOVING_SHARE = 0.1
"""Part of a cross section that rotor or propeller has: an assumption; see docs/models/doppler."""


class Canceller(NamedTuple):
    """A canceller as kernels take it; no lines: none, all pass."""

    lines: int
    intervals_s: npt.NDArray[Any]  # (k,) between pulses, in the order in which they are sent
    wavelength_m: float
    slowest_mps: float
    blind_mps: float  # what is blind at every PRF is a multiple of it; infinite: nothing is


def canceller(
    prfs_hz: Sequence[float], lines: int, wavelength_m: float, slowest_mps: float = 0.0
) -> Canceller:
    """Return a canceller of so many delay lines (1: two pulses) whose PRFs take turns.

    Below ``slowest_mps``, and at the same distance from what is blind at every PRF, a filter
    takes an echo out: half its power is left at that speed.
    """
    if not 0 <= lines <= MOST_LINES:
        raise ValueError(f"lines is {lines}; it must be 0, 1, 2 or 3")
    if lines and (not len(prfs_hz) or min(prfs_hz) <= 0.0):
        raise ValueError(f"prfs_hz is {list(prfs_hz)}; it must hold at least one, all above 0")
    intervals = 1.0 / np.asarray(prfs_hz if lines else [1.0], np.float64)
    blind_mps = 0.5 * wavelength_m * _common_hz(1.0 / intervals)
    return Canceller(lines, intervals, wavelength_m, slowest_mps, blind_mps)


def _common_hz(prfs_hz: npt.NDArray[Any]) -> float:
    """Return the lowest frequency that is a whole multiple of every PRF (k,), or infinity.

    Sought to the thousandfold of the first.  900 and 1,100 Hz: 9,900 Hz.
    """
    counts = np.arange(1.0, _MOST_TIMES + 1.0)
    multiples = counts[:, None] * (prfs_hz[0] / prfs_hz)
    is_whole = np.all(np.abs(multiples - np.rint(multiples)) < _WHOLE, axis=1)
    return float(prfs_hz[0] * counts[is_whole][0]) if is_whole.any() else math.inf


NONE = canceller([], 0, 1.0)
"""No canceller: an echo keeps its power whatever its speed."""


def gain(canceller: Canceller, range_rate_mps: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return power gains at range rates of any shape."""
    given = np.asarray(range_rate_mps, np.float64)
    out = np.empty(given.size)
    kernels.each_gain(canceller, given.ravel(), out)
    return out.reshape(given.shape)


def gain_of_target(
    canceller: Canceller,
    range_rate_mps: npt.ArrayLike,
    moving_parts_mps: float,
    share: float = MOVING_SHARE,
) -> npt.NDArray[np.float64]:
    """Return power gains of a body of which a share spreads evenly over rotor speeds."""
    given = np.asarray(range_rate_mps, np.float64)
    out = np.empty(given.size)
    kernels.each_gain_of_target(canceller, given.ravel(), moving_parts_mps, share, out)
    return out.reshape(given.shape)


def blind_speeds_mps(prf_hz: float, wavelength_m: float, count: int = 3) -> list[float]:
    """Return the first range rates at which one PRF sees nothing: ``n lambda PRF / 2``.

    Skolnik, Introduction to Radar Systems, 3rd ed., 3.2.  0.1 m, 1 kHz: 50, 100, 150 m/s.
    """
    return [n * wavelength_m * prf_hz / 2.0 for n in range(1, count + 1)]


def improvement_factor(
    canceller: Canceller, clutter_spread_mps: float, clutter_mean_mps: float = 0.0
) -> float:
    """Return by how much a canceller betters the ratio of echo to clutter, as a power ratio.

    ``clutter_spread_mps`` is the standard deviation of the clutter's (Gaussian) range rates, so
    that its correlation over a time T is ``exp(-(4 pi s T / lambda)² / 2)`` and its power after the
    canceller a sum over pairs of weights: exact, for staggered pulses too (Skolnik, 3rd ed., 3.7;
    Emerson, RAND R-193, 1954).  One line, narrow clutter: ``2 (lambda PRF / (4 pi s))²``.
    """
    if canceller.lines == 0:
        return 1.0
    weights = np.array([(-1) ** k * math.comb(canceller.lines, k) for k in range(MOST_LINES + 1)])
    weights = weights[: canceller.lines + 1].astype(float)
    count, left = len(canceller.intervals_s), 0.0
    wave = 4.0 * math.pi / canceller.wavelength_m
    for begin in range(count):
        turns = canceller.intervals_s[(begin + np.arange(canceller.lines)) % count]
        time_s = np.concatenate([[0.0], np.cumsum(turns)])
        apart_s = time_s[:, None] - time_s[None, :]
        like = np.exp(-0.5 * (wave * clutter_spread_mps * apart_s) ** 2)
        like *= np.cos(wave * clutter_mean_mps * apart_s)
        left += float(weights @ like @ weights) / float(weights @ weights) / count
    return 1.0 / max(left, 1e-12)
