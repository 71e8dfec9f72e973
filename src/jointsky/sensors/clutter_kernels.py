"""Kernels behind clutter.py: echoes of rain and ground in the cell of a target."""
# mypy: ignore-errors

import math

from jointsky._jit import kernel
from jointsky.earth.terrain_kernels import EFFECTIVE_RADIUS_M


@kernel
def beam_cell_m3(range_m, width_rad, height_rad, cell_m):
    """Return the volume of a cell of a Gaussian beam, both ways (Probert-Jones 1962)."""
    return math.pi * width_rad * height_rad * range_m * range_m * cell_m / (8.0 * math.log(2.0))


@kernel
def grazing_rad(antenna_above_ground_m, range_m):
    """Return the angle at which a ray meets a smooth 4/3 earth, 0 beyond the horizon."""
    sine = antenna_above_ground_m / range_m - 0.5 * range_m / EFFECTIVE_RADIUS_M
    return math.asin(min(max(sine, 0.0), 1.0))


@kernel
def ground_echo_db(gamma_db, grazing_angle_rad, range_m, width_rad, cell_m):
    """Return the cross section of a cell of ground: constant gamma."""
    if grazing_angle_rad <= 0.0:
        return -math.inf
    across_m = range_m * width_rad / math.sqrt(2.0)
    along_m = min(cell_m / max(math.cos(grazing_angle_rad), 1e-3), range_m)
    return gamma_db + 10.0 * math.log10(math.sin(grazing_angle_rad) * across_m * along_m)


@kernel
def rain_to_noise_db(scale_range_m, echo_scale_db, range_m, rate_mmph):
    """Return the ratio of the rain in a cell to noise, before losses on the way.

    Its echo grows with the area of the beam: ``R0⁴ / R⁴ · R² · r^1.6`` (Skolnik, 3rd ed., 7.6).
    """
    echo_db = echo_scale_db + 16.0 * math.log10(rate_mmph) + 20.0 * math.log10(range_m)
    return 40.0 * math.log10(scale_range_m / range_m) + echo_db
