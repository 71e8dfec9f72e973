"""Kernels behind antenna.py: losses off the axis of a beam."""
# mypy: ignore-errors

import math

from jointsky._jit import kernel

HALF_POWER_DB = 3.010299956639812  # 10 log10 2


@kernel
def one_way_loss_db(pattern, elevation_rad):
    """Return the one-way loss at an elevation, at most that of the side lobes.

    A lobe is Gaussian in angle, half power at its half width (Barton, Radar Equations for Modern
    Radar, 2013, 1.3).  The cosecant part is ``G = G0 csc²(e) / csc²(e0)`` (Skolnik, Introduction
    to Radar Systems, 3rd ed., 2.11), with G0 half power at e0.
    """
    if pattern.low_rad <= elevation_rad <= pattern.high_rad:
        return 0.0
    if elevation_rad <= pattern.cosecant_rad or pattern.top_rad <= pattern.cosecant_rad:
        end = pattern.low_rad if elevation_rad < pattern.low_rad else pattern.high_rad
        off = (elevation_rad - end) / pattern.edge_rad
        return min(HALF_POWER_DB * off * off, pattern.side_lobes_db)
    inside = min(elevation_rad, pattern.top_rad)
    loss_db = HALF_POWER_DB + 20.0 * math.log10(math.sin(inside) / math.sin(pattern.cosecant_rad))
    off = max(elevation_rad - pattern.top_rad, 0.0) / pattern.edge_rad
    return min(loss_db + HALF_POWER_DB * off * off, pattern.side_lobes_db)


@kernel
def vertical_loss_db(pattern, elevation_rad):
    """Return the two-way loss at an elevation."""
    return 2.0 * one_way_loss_db(pattern, elevation_rad)


@kernel
def lobe_loss_db(off_rad, width_rad, side_lobes_db):
    """Return the one-way loss sideways: a Gaussian main lobe on a plain of side lobes."""
    off = 2.0 * off_rad / width_rad
    return min(HALF_POWER_DB * off * off, side_lobes_db)


@kernel
def each_vertical_loss_db(pattern, elevation_rad, out):
    for i in range(elevation_rad.shape[0]):
        out[i] = vertical_loss_db(pattern, elevation_rad[i])
