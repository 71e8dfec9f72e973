"""Noise jamming: how much noise jammers add to a radar's own, and what burns through it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from jointsky.sensors import jamming_kernels as kernels
from jointsky.sensors.radar_equation import BOLTZMANN_JPK, LIGHT_MPS, STANDARD_TEMPERATURE_K


def listening_db(
    frequency_hz: float,
    receive_gain_db: float,
    noise_figure_db: float,
    antenna_temperature_k: float = STANDARD_TEMPERATURE_K,
) -> float:
    """Return the ratio of jamming to noise, in dB, of 1 W/Hz radiated 1 m away in the main lobe.

    ``J/N = (P/B) Gr lambda² / ((4 pi R)² k Ts)``: one way, in any bandwidth that the jammer fills
    (Barton, Radar Equations for Modern Radar, 2013, chapter 3).  Gain 0 dB, Ts 290 K, 3 GHz:
    162.0 dB.
    """
    noise_k = antenna_temperature_k + STANDARD_TEMPERATURE_K * (10.0 ** (noise_figure_db / 10) - 1)
    spread = (LIGHT_MPS / frequency_hz / (4.0 * math.pi)) ** 2
    return receive_gain_db + 10.0 * math.log10(spread / (BOLTZMANN_JPK * noise_k))


def radiated_density_db(radiated_power_dbw: float, bandwidth_mhz: float) -> float:
    """Return what a jammer radiates towards the radar in each hertz, in dB of a watt.

    A radar that changes its frequency at random within the jammer's band is jammed no less.
    """
    return radiated_power_dbw - 10.0 * math.log10(bandwidth_mhz * 1e6)


def noise_rise_db(
    listening_db: float,
    densities_db: npt.ArrayLike,
    ranges_m: npt.ArrayLike,
    losses_db: npt.ArrayLike = 0.0,
) -> float:
    """Return by how much jammers (n,) raise a radar's noise, in dB: their powers add.

    ``densities_db`` as of radiated_density_db, ``losses_db`` one way: off the main lobe, in air.
    """
    columns = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, float)) for x in (densities_db, ranges_m, losses_db))
    )
    total = 0.0
    for density_db, range_m, loss_db in zip(*columns, strict=True):
        total += kernels.jam_to_noise(listening_db, density_db, range_m, loss_db)
    return 10.0 * math.log10(1.0 + total)


def burn_through_range_m(
    scale_range_m: float,
    rcs_dbsm: float,
    needed_snr_db: float,
    listening_db: float,
    density_db: float,
) -> float:
    """Return the range within which a target shows through the jammer that it carries itself.

    Echo falls with the fourth power of range and jamming with the second:
    ``(r0/R)⁴ rcs = D (1 + j/R²)``, a quadratic in R² (Barton, 2013, chapter 3; where jamming is far
    above noise ``R² = r0⁴ rcs / (D j)``).
    """
    echo = scale_range_m**4 * 10.0 ** ((rcs_dbsm - needed_snr_db) / 10.0)
    jam_m2 = 10.0 ** ((listening_db + density_db) / 10.0)
    # R⁴ + j R² - echo = 0, its positive root without cancellation
    return math.sqrt(2.0 * echo / (jam_m2 + math.sqrt(jam_m2 * jam_m2 + 4.0 * echo)))


def stand_off_range_m(
    scale_range_m: float, rcs_dbsm: float, needed_snr_db: float, noise_rise_db: float
) -> float:
    """Return the range within which a target shows against jammers that stand elsewhere."""
    exponent = (rcs_dbsm - needed_snr_db - noise_rise_db) / 40.0
    return float(scale_range_m * 10.0**exponent)
