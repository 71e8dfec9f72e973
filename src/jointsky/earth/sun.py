"""The sun: how high it stands, for cameras and eyes that need daylight."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CIVIL_TWILIGHT_RAD = np.radians(-6.0)
_J2000_S = 946_728_000.0  # POSIX seconds of 2000-01-01 12:00 UTC


def sun_elevation_rad(
    latitude_rad: npt.ArrayLike, longitude_rad: npt.ArrayLike, time_s: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return the geometric elevation of the sun's centre; arguments broadcast, POSIX seconds.

    Low-precision formulas of the Astronomical Almanac as given by Michalsky (Solar Energy 40,
    1988): within 0.01 degrees from 1950 to 2050.  39.742476° N, 105.1786° W, 2003-10-17 19:30:30
    UTC: 39.872° (Reda and Andreas, NREL/TP-560-34302, with another method).
    """
    days = (np.asarray(time_s, np.float64) - _J2000_S) / 86_400.0
    longitude = np.radians(280.460 + 0.985_647_4 * days)
    anomaly = np.radians(357.528 + 0.985_600_3 * days)
    ecliptic = longitude + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    tilt = np.radians(23.439 - 4e-7 * days)
    ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    # mean sidereal time at Greenwich, 24 h = 360 degrees (Astronomical Almanac, section B)
    sidereal = np.radians(np.mod(280.460_618_37 + 360.985_647_366_29 * days, 360.0))
    hour_angle = sidereal + np.asarray(longitude_rad) - ascension
    latitude = np.asarray(latitude_rad)
    sine = np.sin(latitude) * np.sin(declination)
    sine = sine + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.arcsin(np.clip(sine, -1.0, 1.0)))
