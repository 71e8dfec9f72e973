"""What a ridge takes from a ray that passes over or behind it: the knife edge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from jointsky.earth import diffraction_kernels as kernels


def clearance_parameter(
    above_m: npt.ArrayLike, distance_m: npt.ArrayLike, beyond_m: npt.ArrayLike, wavelength_m: float
) -> npt.NDArray[np.float64]:
    """Return nu of an edge ``above_m`` over the straight ray (below: negative).

    ``nu = h sqrt(2 (1/d1 + 1/d2) / lambda)``, ITU-R P.526-15, eq. 26.
    """
    h, d1, d2 = (np.asarray(x, np.float64) for x in (above_m, distance_m, beyond_m))
    return np.asarray(h * np.sqrt(2.0 / wavelength_m * (1.0 / d1 + 1.0 / d2)))


def knife_edge_loss_db(nu: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the one-way loss by the approximation of ITU-R P.526-15, eq. 31.

    Within 0.1 dB of the exact one from nu = -0.7 on; below -0.78 nothing.  nu = 0: 6.0 dB.
    """
    given = np.asarray(nu, np.float64)
    out = np.empty(given.size)
    kernels.each_knife_edge_loss_db(given.ravel(), out)
    return out.reshape(given.shape)


def exact_knife_edge_loss_db(nu: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the one-way loss by Fresnel integrals, ITU-R P.526-15, eq. 30; it may be below 0.

    nu = 0: 20 log10 2 = 6.0206 dB.
    """
    s, c = special.fresnel(np.asarray(nu, np.float64))
    return np.asarray(-20.0 * np.log10(0.5 * np.hypot(1.0 - c - s, c - s)))
