"""Echoes of what is no target: rain in the cell of a target, and the ground behind it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from jointsky.sensors import clutter_kernels as kernels
from jointsky.sensors.doppler import NONE, Canceller, improvement_factor
from jointsky.sensors.radar_equation import LIGHT_MPS

RAIN_SPREAD_MPS = 4.0
"""Standard deviation of rain's range rates, mostly wind shear (Nathanson, Radar Design
Principles, 2nd ed., 6.6): 2 to 4 m/s at 50 km; the worse is taken."""

MOST_IMPROVEMENT_DB = 50.0

LAND_SPREAD_MPS = 0.2
"""The same of wooded hills in a breeze (Skolnik, 3rd ed., 3.7, after Barlow 1949: 0.04 to 0.32)."""

GROUND_GAMMA_DB = {"sea": -40.0, "flat": -20.0, "farmland": -15.0, "woods": -12.0, "city": -5.0}
"""``sigma0 = gamma sin(grazing angle)``, one value for each kind of ground, microwaves (Barton,
Radar System Analysis and Modeling, 2005, 3.2; Long, Radar Reflectivity, 3rd ed.): within about
5 dB.  Sea: in wind of force 4 at X band."""


def rain_reflectivity_db(frequency_hz: float, rate_mmph: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the cross section of a cubic metre of rain, in dB of m²/m³.

    ``pi⁵ |K|² Z / lambda⁴`` of drops small beside the wavelength, |K|² 0.93, with
    ``Z = 200 r^1.6`` (Marshall and Palmer 1948; Skolnik, 3rd ed., 7.6: 7e-12 f⁴ r^1.6, f in GHz).
    3 GHz, 10 mm/h: -76.4 dB.  No rain: minus infinity.
    """
    per_mm = math.pi**5 * 0.93 * 200e-18 / (LIGHT_MPS / frequency_hz) ** 4
    with np.errstate(divide="ignore"):
        return np.asarray(10 * math.log10(per_mm) + 16.0 * np.log10(np.asarray(rate_mmph, float)))


def rain_echo_db(
    frequency_hz: float,
    rate_mmph: float,
    range_m: float,
    beam_width_rad: float,
    beam_height_rad: float,
    cell_m: float,
    circular_db: float = 0.0,
) -> float:
    """Return the cross section of the rain in a resolution cell, in dBsm.

    The cell is ``pi theta phi R² / (8 ln 2)`` wide (a Gaussian beam, both ways: Probert-Jones
    1962) and ``cell_m`` long (c tau / 2); ``circular_db`` is what circular polarisation takes away
    (15 to 20 dB, of the target's echo some too).
    """
    volume = kernels.beam_cell_m3(range_m, beam_width_rad, beam_height_rad, cell_m)
    echo_db = rain_reflectivity_db(frequency_hz, rate_mmph) + 10.0 * math.log10(volume)
    return float(echo_db) - circular_db


def rain_echo_scale_db(
    frequency_hz: float,
    beam_width_rad: float,
    beam_height_rad: float,
    cell_m: float,
    canceller: Canceller = NONE,
    circular_db: float = 0.0,
) -> float:
    """Return what is left of the echo of 1 mm/h in a cell at 1 m, in dBsm, for the scans' kernels.

    Behind a canceller that follows the mean speed of the rain; a radar's own instability lets no
    canceller take more than 50 dB (Skolnik, 3rd ed., 3.7).
    """
    echo_db = rain_echo_db(
        frequency_hz, 1.0, 1.0, beam_width_rad, beam_height_rad, cell_m, circular_db
    )
    better_db = 10.0 * math.log10(improvement_factor(canceller, RAIN_SPREAD_MPS))
    return echo_db - min(better_db, MOST_IMPROVEMENT_DB)


def ground_echo_db(
    gamma_db: float, grazing_rad: float, range_m: float, beam_width_rad: float, cell_m: float
) -> float:
    """Return the cross section of the ground in a resolution cell, in dBsm.

    ``gamma sin(psi)`` times the cell ``R theta / sqrt(2) cell / cos(psi)`` (beam both ways;
    Skolnik, 3rd ed., 7.2; Barton 2005, 3.2).  Minus infinity where the ground is not seen.
    """
    return float(kernels.ground_echo_db(gamma_db, grazing_rad, range_m, beam_width_rad, cell_m))


def grazing_rad(antenna_above_ground_m: float, range_m: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the angle at which a ray meets the ground of a 4/3 earth, radians; 0 beyond it."""
    distance = np.asarray(range_m, np.float64)
    out = np.empty(distance.size)
    for i, one in enumerate(distance.ravel()):
        out[i] = kernels.grazing_rad(antenna_above_ground_m, one)
    return out.reshape(distance.shape)
