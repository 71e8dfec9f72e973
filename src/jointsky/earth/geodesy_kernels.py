"""Kernels behind geodesy.py and the tracker: one point at a time, scalars in, tuples out.

WGS-84 (NIMA TR8350.2, 3rd edition); metres and radians; azimuth from north, clockwise.
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel

SEMI_MAJOR_M = 6378137.0
FLATTENING = 1.0 / 298.257223563
SEMI_MINOR_M = SEMI_MAJOR_M * (1.0 - FLATTENING)
ECCENTRICITY2 = FLATTENING * (2.0 - FLATTENING)
SECOND_ECCENTRICITY2 = ECCENTRICITY2 / (1.0 - ECCENTRICITY2)


@kernel
def geodetic_to_ecef(latitude_rad, longitude_rad, height_m):
    """Return earth-centred x, y, z (Torge 2001, eq. 4.33)."""
    sin_lat, cos_lat = math.sin(latitude_rad), math.cos(latitude_rad)
    normal_m = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY2 * sin_lat * sin_lat)
    across_m = (normal_m + height_m) * cos_lat
    return (
        across_m * math.cos(longitude_rad),
        across_m * math.sin(longitude_rad),
        (normal_m * (1.0 - ECCENTRICITY2) + height_m) * sin_lat,
    )


@kernel
def latitude_tangent(across_m, z_m):
    """Return the tangent of the latitude, off the axis: Bowring (1976) with his 1985 height.

    Iterated twice: error below 1e-9 m for heights from -10 km to 40,000 km (tests/earth).
    """
    distance_m = math.sqrt(across_m * across_m + z_m * z_m)
    tan_beta = (
        SEMI_MINOR_M
        * z_m
        / (SEMI_MAJOR_M * across_m)
        * (1.0 + SECOND_ECCENTRICITY2 * SEMI_MINOR_M / distance_m)
    )
    tan_lat = 0.0
    for _ in range(2):
        cos_beta = 1.0 / math.sqrt(1.0 + tan_beta * tan_beta)
        sin_beta = tan_beta * cos_beta
        tan_lat = (z_m + SECOND_ECCENTRICITY2 * SEMI_MINOR_M * sin_beta**3) / (
            across_m - ECCENTRICITY2 * SEMI_MAJOR_M * cos_beta**3
        )
        tan_beta = (1.0 - FLATTENING) * tan_lat
    return tan_lat


@kernel
def ecef_to_geodetic(x_m, y_m, z_m):
    """Return latitude, longitude, height."""
    across_m = math.hypot(x_m, y_m)
    longitude_rad = math.atan2(y_m, x_m)
    if across_m < 1e-9:
        return math.copysign(math.pi / 2, z_m), longitude_rad, abs(z_m) - SEMI_MINOR_M
    latitude_rad = math.atan(latitude_tangent(across_m, z_m))
    sin_lat, cos_lat = math.sin(latitude_rad), math.cos(latitude_rad)
    height_m = (
        across_m * cos_lat
        + z_m * sin_lat
        - SEMI_MAJOR_M * math.sqrt(1.0 - ECCENTRICITY2 * sin_lat * sin_lat)
    )
    return latitude_rad, longitude_rad, height_m


@kernel
def east_north_up(latitude_rad, longitude_rad):
    """Return the rows of the rotation from earth-centred to local east, north, up (9 numbers)."""
    sin_lat, cos_lat = math.sin(latitude_rad), math.cos(latitude_rad)
    sin_lon, cos_lon = math.sin(longitude_rad), math.cos(longitude_rad)
    return (
        (-sin_lon, cos_lon, 0.0),
        (-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
        (cos_lat * cos_lon, cos_lat * sin_lon, sin_lat),
    )


@kernel
def enu_to_polar(east_m, north_m, up_m):
    """Return slant range, azimuth in [0, 2 pi), elevation."""
    ground_m = math.hypot(east_m, north_m)
    azimuth_rad = math.atan2(east_m, north_m)
    if azimuth_rad < 0.0:
        azimuth_rad += 2.0 * math.pi
        if azimuth_rad >= 2.0 * math.pi:
            azimuth_rad = 0.0
    return math.hypot(ground_m, up_m), azimuth_rad, math.atan2(up_m, ground_m)


@kernel
def polar_to_enu(range_m, azimuth_rad, elevation_rad):
    """Return east, north, up."""
    ground_m = range_m * math.cos(elevation_rad)
    return (
        ground_m * math.sin(azimuth_rad),
        ground_m * math.cos(azimuth_rad),
        range_m * math.sin(elevation_rad),
    )


@kernel
def each_geodetic_to_ecef(latitude_rad, longitude_rad, height_m, out):
    for i in range(latitude_rad.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = geodetic_to_ecef(
            latitude_rad[i], longitude_rad[i], height_m[i]
        )


@kernel
def each_ecef_to_geodetic(ecef_m, out):
    for i in range(ecef_m.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = ecef_to_geodetic(ecef_m[i, 0], ecef_m[i, 1], ecef_m[i, 2])


@kernel
def each_enu_to_polar(enu_m, out):
    for i in range(enu_m.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = enu_to_polar(enu_m[i, 0], enu_m[i, 1], enu_m[i, 2])


@kernel
def each_polar_to_enu(range_m, azimuth_rad, elevation_rad, out):
    for i in range(range_m.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = polar_to_enu(range_m[i], azimuth_rad[i], elevation_rad[i])
