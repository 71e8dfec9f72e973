"""Accuracy of ADS-B positions: what a transponder says of itself becomes standard errors.

The categories bound the 95 % radius of the position.  NUCp: RTCA DO-260 table 2-11 (HFOM);
NACp (EPU) and GVA (vertical, 95 %): DO-260B tables 2-71 and 2-72.  Version 0 sends NUCp in the
type code; versions 1 and 2 send NACp.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from jointsky.units import NAUTICAL_MILE_M as NM

_NONE = math.nan
NUCP_RADIUS_M = np.array(
    [_NONE, 10 * NM, 5 * NM, NM, 0.5 * NM, 0.25 * NM, 0.1 * NM, 0.05 * NM, 10.0, 3.0]
)
NACP_RADIUS_M = np.array(
    [_NONE, 10 * NM, 4 * NM, 2 * NM, NM, 0.5 * NM, 0.3 * NM, 0.1 * NM, 0.05 * NM, 30.0, 10.0, 3.0]
    + [_NONE] * 4
)
GVA_HEIGHT_M = np.array([_NONE, 150.0, 45.0, _NONE])

RADIUS_95 = math.sqrt(-2.0 * math.log(0.05))  # 2.448 sigma hold 95 % of a round normal error
NORMAL_95 = 1.959964  # sigma on either side hold 95 % of a normal error


def horizontal_sigma_m(
    version: npt.NDArray[np.int64], nuc: npt.NDArray[np.int64], nac: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the standard error along east or north, (N,) metres; NaN where nothing is said.

    NACp where it was sent, else NUCp of the type code; the integrity limits behind the type
    codes are the same in all versions, so NUCp serves until a version has been heard.
    """
    by_nac = NACP_RADIUS_M[np.maximum(nac, 0)]
    by_nuc = NUCP_RADIUS_M[np.clip(nuc, 0, 9)]
    has_nac = (nac >= 0) & (version != 0)
    radius: npt.NDArray[np.float64] = np.where(has_nac, by_nac, by_nuc)
    return radius / RADIUS_95


def height_sigma_m(gva: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the standard error of the geometric height, (N,) metres; NaN where not said."""
    bound: npt.NDArray[np.float64] = GVA_HEIGHT_M[np.maximum(gva, 0)]
    return bound / NORMAL_95
