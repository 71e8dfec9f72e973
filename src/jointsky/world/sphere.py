"""Places on the sphere of verticals: from degrees to unit vectors and onward along a course."""

from __future__ import annotations

import math

from jointsky.earth.geodesy import mean_radius_of_curvature_m


def vertical(latitude_rad: float, longitude_rad: float) -> tuple[float, float, float]:
    """Return the unit vector of the geodetic vertical of a place."""
    across = math.cos(latitude_rad)
    return (
        across * math.cos(longitude_rad),
        across * math.sin(longitude_rad),
        math.sin(latitude_rad),
    )


def radius_m(latitude_rad: float, height_m: float = 0.0) -> float:
    """Return metres on the ground, or at a height, to one radian on the sphere of verticals.

    The Gaussian mean radius of the ellipsoid: along a meridian or a parallel the true one is up
    to 0.34 % smaller or greater (at the equator; 0.14 % at 50°), and true speeds with it.
    """  # 6382.6 km at 52°
    return mean_radius_of_curvature_m(latitude_rad) + height_m


def onward(
    latitude_rad: float, longitude_rad: float, course_rad: float, distance_m: float
) -> tuple[float, float]:
    """Return latitude and longitude at a distance along a great circle that begins on a course.

    The direct problem on the sphere, in the form of Sinnott, "Virtues of the haversine" (1984).
    """
    angle = distance_m / radius_m(latitude_rad)
    sine = math.sin(latitude_rad) * math.cos(angle) + math.cos(latitude_rad) * math.sin(
        angle
    ) * math.cos(course_rad)
    latitude = math.asin(max(-1.0, min(1.0, sine)))
    longitude = longitude_rad + math.atan2(
        math.sin(course_rad) * math.sin(angle) * math.cos(latitude_rad),
        math.cos(angle) - math.sin(latitude_rad) * sine,
    )
    return latitude, math.remainder(longitude, 2.0 * math.pi)
