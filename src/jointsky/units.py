"""Units of the field in SI: multiply by the name to come to metres, seconds, radians.

Used at the edges only (declarations, formats, console); inside everything is SI and radians.
Values: International System of Units (BIPM 2019, table 8); foot and knot as in ICAO Annex 5.
"""

import math

FOOT_M = 0.3048
NAUTICAL_MILE_M = 1852.0
KNOT_MPS = NAUTICAL_MILE_M / 3600.0  # 0.514444
FOOT_PER_MINUTE_MPS = FOOT_M / 60.0
FLIGHT_LEVEL_M = 100.0 * FOOT_M  # 30.48
DEGREE_RAD = math.pi / 180.0
DAY_S = 86400.0
STANDARD_GRAVITY_MPS2 = 9.80665

SUFFIXES = {
    "_s": "s",
    "_min": "min",
    "_m": "m",
    "_km": "km",
    "_rad": "rad",
    "_mrad": "mrad",
    "_deg": "°",
    "_arcmin": "arcmin",
    "_mps": "m/s",
    "_mps2": "m/s²",
    "_kmph": "km/h",
    "_mmph": "mm/h",
    "_hz": "Hz",
    "_mhz": "MHz",
    "_db": "dB",
    "_dbi": "dBi",
    "_dbsm": "dBsm",
    "_dbw": "dBW",
    "_kw": "kW",
    "_k": "K",
    "_us": "µs",
    "_kg": "kg",
    "_usd": "US$",
    "_ppm": "ppm",
    "_px": "pixels",
    "_mb": "MB",
    "_kbps": "kbit/s",
    "_per_km": "1/km",
    "_per_s": "1/s",
    "_per_hour": "1/h",
    "_per_day": "1/day",
}
"""The unit that a name ends in, by its suffix."""


def unit_of(name: str) -> str:
    """Return the unit that a name ends in, or an empty text; the longest suffix that fits."""
    fits = [suffix for suffix in SUFFIXES if name.endswith(suffix)]
    return SUFFIXES[max(fits, key=len)] if fits else ""
