"""Kernels behind diffraction.py: the loss behind one knife edge."""
# mypy: ignore-errors

import math

from jointsky._jit import kernel

LEAST_NU = -0.78  # from here on down nothing is lost (ITU-R P.526-15, 4.1)


@kernel
def knife_edge_loss_db(nu):
    """Return the one-way loss of ITU-R P.526-15, eq. 31, never below 0.  nu = 0: 6.03 dB."""
    if not nu > LEAST_NU:
        return 0.0
    t = nu - 0.1
    return max(6.9 + 20.0 * math.log10(math.sqrt(t * t + 1.0) + t), 0.0)


@kernel
def each_knife_edge_loss_db(nu, out):
    for i in range(nu.shape[0]):
        out[i] = knife_edge_loss_db(nu[i])
