"""Kernels of circular arrays: how well antennas or microphones on a circle tell a direction.

Cramér-Rao bound of one source in white noise (Stoica and Nehorai, "MUSIC, maximum likelihood, and
Cramér-Rao bound", IEEE T-ASSP 37 (1989), and part II (1990) for the stochastic one), with
N snapshots, M elements, signal over noise s at each element and wavenumber k times radius R::

    var(azimuth)   = (1 + 1/(M s)) / (N M s (k R cos e)²)
    var(elevation) = (1 + 1/(M s)) / (N M s (k R sin e)²)
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel

WIDEST_RAD = 0.5  # beyond, the bound means nothing: the array is ambiguous


@kernel
def thermal_sigma(snr, elements, snapshots, wavenumber_radius):
    """Return the bound's standard error of a level bearing, in radians; ``snr`` is a ratio.

    M = 8, N = 50, k R = 2.77, s = 1: 0.0191 rad.
    """
    whole = elements * snr
    return math.sqrt((1.0 + 1.0 / whole) / (snapshots * whole)) / wavenumber_radius


@kernel
def with_floor(thermal_rad, floor_rad, projection):
    """Return the standard error of an angle whose aperture is seen shortened by ``projection``."""
    if thermal_rad >= WIDEST_RAD * abs(projection):
        return WIDEST_RAD
    return min(math.hypot(thermal_rad / projection, floor_rad), WIDEST_RAD)
