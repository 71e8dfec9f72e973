"""Kernels behind radar_equation.py and the scans: the strength of one echo."""
# mypy: ignore-errors

import math

from jointsky._jit import kernel


@kernel
def snr_db(scale_range_m, range_m, rcs_dbsm):
    """Return the ratio of one pulse to noise in free space; losses are for the caller to take."""
    return 40.0 * math.log10(scale_range_m / range_m) + rcs_dbsm
