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
