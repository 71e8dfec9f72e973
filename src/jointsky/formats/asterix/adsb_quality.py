"""Quality indicators of ADS-B as standard errors.

An indicator bounds the radius around the reported position that holds the target with 95 %: the
estimated position uncertainty of NACp (RTCA DO-242A table 3.2.11a, DO-260B table 2-71, ICAO Doc
9871 table B-2-101), the 95 % containment radius of NUCp (RTCA DO-260 / EUROCAE ED-102 table 2-11).
With equal, independent errors east and north that radius is 2.448 standard errors (Rayleigh); with
one error (height) the bound is 1.960.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky import units
from jointsky.formats.asterix.batch import Floats

RADIUS_95_SIGMAS = 2.4477  # sqrt(-2 ln 0.05)
LINE_95_SIGMAS = 1.9600
_NM = units.NAUTICAL_MILE_M

NACP_RADIUS_M = (
    np.nan,  # 0: 10 NM or more, or not known
    10 * _NM,
    4 * _NM,
    2 * _NM,
    1 * _NM,
    0.5 * _NM,
    0.3 * _NM,
    0.1 * _NM,
    0.05 * _NM,
    30.0,
    10.0,
    3.0,  # 11
)
NUCP_RADIUS_M = (
    np.nan,  # 0: not known
    10 * _NM,
    5 * _NM,
    1 * _NM,
    0.5 * _NM,
    0.25 * _NM,
    0.1 * _NM,
    0.05 * _NM,
    10.0,
    3.0,  # 9
)
GVA_HEIGHT_M = (np.nan, 150.0, 45.0, np.nan)  # DO-260B table 2-75, 95 %
NUCP_HEIGHT_M = (*(np.nan,) * 8, 15.0, 4.0)


def horizontal_sigma(indicator: npt.NDArray[np.int64], radius_m: tuple[float, ...]) -> Floats:
    """Return the standard error east (and north) in metres; NaN where it is not known."""
    return _looked_up(indicator, radius_m) / RADIUS_95_SIGMAS


def height_sigma(indicator: npt.NDArray[np.int64], height_m: tuple[float, ...]) -> Floats:
    """Return the standard error of the geometric height in metres; NaN where it is not known."""
    return _looked_up(indicator, height_m) / LINE_95_SIGMAS


def _looked_up(indicator: npt.NDArray[np.int64], table: tuple[float, ...]) -> Floats:
    values = np.array([*table, np.nan])
    known = (indicator >= 0) & (indicator < len(table))
    found: Floats = values[np.where(known, indicator, len(table))]
    return found
