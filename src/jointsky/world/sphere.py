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


def course_and_distance(
    from_rad: tuple[float, float], to_rad: tuple[float, float]
) -> tuple[float, float]:
    """Return the first course (radians) and the metres of the great circle between two places.

    ``from_rad`` and ``to_rad`` are latitude and longitude; haversine, Sinnott (1984).
    """  # 52° N: a degree of longitude is 68.6 km
    latitude, longitude = from_rad
    other, east = to_rad[0], to_rad[1] - longitude
    course = math.atan2(
        math.sin(east) * math.cos(other),
        math.cos(latitude) * math.sin(other)
        - math.sin(latitude) * math.cos(other) * math.cos(east),
    )
    haversine = (
        math.sin(0.5 * (other - latitude)) ** 2
        + math.cos(latitude) * math.cos(other) * math.sin(0.5 * east) ** 2
    )
    angle = 2.0 * math.asin(min(1.0, math.sqrt(haversine)))
    return course % (2.0 * math.pi), angle * radius_m(0.5 * (latitude + other))
