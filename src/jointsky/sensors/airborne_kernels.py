"""Kernels behind airborne.py: polar measurements from a moving platform as places on earth."""
# mypy: ignore-errors

import math

from jointsky._jit import kernel
from jointsky.earth.geodesy_kernels import east_north_up, ecef_to_geodetic, polar_to_enu


@kernel
def to_geodetic(site, range_m, azimuth_rad, elevation_rad, errors, own_m):
    """Return latitude, longitude, height, their sigmas (east, north), correlation, height sigma.

    ``site`` (SITE,) is where the platform takes itself to be; ``errors`` are standard errors of
    range, azimuth and elevation; ``own_m`` those of its own place: horizontal and height.  First
    order: J diag(errors²) Jᵀ in the platform's east, north, up, turned to the target's.
    """
    east_m, north_m, up_m = polar_to_enu(range_m, azimuth_rad, elevation_rad)
    x_m = site[0] + site[3] * east_m + site[6] * north_m + site[9] * up_m
    y_m = site[1] + site[4] * east_m + site[7] * north_m + site[10] * up_m
    z_m = site[2] + site[5] * east_m + site[8] * north_m + site[11] * up_m
    latitude_rad, longitude_rad, height_m = ecef_to_geodetic(x_m, y_m, z_m)
    axes = east_north_up(latitude_rad, longitude_rad)
    sine, cosine = math.sin(azimuth_rad), math.cos(azimuth_rad)
    low, high = math.cos(elevation_rad), math.sin(elevation_rad)
    # the three directions of error in the platform's axes, as long as their standard errors
    along = (sine * low * errors[0], cosine * low * errors[0], high * errors[0])
    across_m = range_m * low * errors[1]
    over_m = range_m * errors[2]
    turning = (cosine * across_m, -sine * across_m, 0.0)
    lifting = (-sine * high * over_m, -cosine * high * over_m, low * over_m)
    ee, nn, uu, en = own_m[0] ** 2, own_m[0] ** 2, own_m[1] ** 2, 0.0
    for part in (along, turning, lifting):
        dx = site[3] * part[0] + site[6] * part[1] + site[9] * part[2]
        dy = site[4] * part[0] + site[7] * part[1] + site[10] * part[2]
        dz = site[5] * part[0] + site[8] * part[1] + site[11] * part[2]
        e = axes[0][0] * dx + axes[0][1] * dy + axes[0][2] * dz
        n = axes[1][0] * dx + axes[1][1] * dy + axes[1][2] * dz
        u = axes[2][0] * dx + axes[2][1] * dy + axes[2][2] * dz
        ee, nn, uu, en = ee + e * e, nn + n * n, uu + u * u, en + e * n
    east_sigma, north_sigma = math.sqrt(ee), math.sqrt(nn)
    correlation = en / (east_sigma * north_sigma)
    return (
        latitude_rad,
        longitude_rad,
        height_m,
        east_sigma,
        north_sigma,
        correlation,
        math.sqrt(uu),
    )


@kernel
def each_to_geodetic(sites, ranges_m, azimuths_rad, elevations_rad, errors, own_m, out):
    """Fill out (n, 7) from measurements (n,) taken at ``sites`` (n, SITE) with errors (n, 3)."""
    for i in range(ranges_m.shape[0]):
        (
            out[i, 0],
            out[i, 1],
            out[i, 2],
            out[i, 3],
            out[i, 4],
            out[i, 5],
            out[i, 6],
        ) = to_geodetic(
            sites[i],
            ranges_m[i],
            azimuths_rad[i],
            elevations_rad[i],
            (errors[i, 0], errors[i, 1], errors[i, 2]),
            own_m,
        )
