"""Kernels behind coverage.py: the chance of every cell of a map to be seen by one radar."""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel
from jointsky.earth.diffraction_kernels import knife_edge_loss_db
from jointsky.earth.geodesy_kernels import enu_to_polar, geodetic_to_ecef
from jointsky.earth.terrain_kernels import skyline_nu
from jointsky.sensors.antenna_kernels import vertical_loss_db
from jointsky.sensors.atmosphere_kernels import air_loss_db
from jointsky.sensors.detection_kernels import credited
from jointsky.sensors.radar_equation_kernels import snr_db
from jointsky.sensors.scan_kernels import is_covered
from jointsky.sensors.strength_kernels import apparent_rad, horizon_m, scan_loss_db

_HIDDEN_DB = 60.0  # so much one way, and nothing is left
_REPLY_MARGIN_DB = 6.1  # as in scan_kernels


@inner
def hidden_db(around, own_m, height_m, polar, ground_m):
    """Return what earth and ground take one way, as the scan has it for a radar on the ground."""
    if not around.has_ground:
        return 0.0 if polar[0] <= horizon_m(own_m) + horizon_m(height_m) else math.inf
    nu = skyline_nu(around.skyline, polar[1], ground_m, height_m, around.wavelength_m)
    return knife_edge_loss_db(nu)


@inner
def chance(scan, reach, around, target, enu_m, height_m):
    """Return the chance to be seen in a turn at a place (east, north, up) and a height."""
    range_m, azimuth_rad, elevation_rad = enu_to_polar(enu_m[0], enu_m[1], enu_m[2])
    rcs_dbsm, swerling, answers = target
    polar = (range_m, azimuth_rad, elevation_rad, 0.0)
    end_m = max(reach.max_range_m, reach.reply_range_m if answers else 0.0)
    if not is_covered(scan, reach, polar, end_m):
        return 0.0
    ground_m = math.hypot(enu_m[0], enu_m[1])
    one_way_db = hidden_db(around, scan.height_m, height_m, polar, ground_m)
    if not one_way_db < _HIDDEN_DB:
        return 0.0
    missed = 1.0
    if range_m <= reach.max_range_m and not math.isnan(rcs_dbsm):
        ratio_db = snr_db(reach.scale_range_m, range_m, rcs_dbsm) - 2.0 * one_way_db
        ratio_db -= vertical_loss_db(reach.pattern, apparent_rad(elevation_rad, range_m))
        ratio_db -= scan_loss_db(scan, reach, azimuth_rad)
        ratio_db -= air_loss_db(reach.air, scan.height_m, height_m, range_m)
        missed *= 1.0 - credited(reach.curve, swerling, ratio_db)
    if answers and range_m <= reach.reply_range_m and one_way_db <= _REPLY_MARGIN_DB:
        missed *= 1.0 - reach.reply_probability
    return (1.0 - missed) * (1.0 - reach.dropped_turns)


@kernel
def each_chance(scan, reach, around, target, latitude_rad, longitude_rad, height_m, out):
    """Fill out (n,) with the chance to be seen in a turn at geodetic places (n,)."""
    origin, axes = scan.origin_m, scan.axes
    for i in range(latitude_rad.shape[0]):
        x, y, z = geodetic_to_ecef(latitude_rad[i], longitude_rad[i], height_m[i])
        dx, dy, dz = x - origin[0], y - origin[1], z - origin[2]
        enu_m = (
            axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz,
            axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz,
            axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz,
        )
        out[i] = chance(scan, reach, around, target, enu_m, height_m[i])


@kernel
def insert(seen, pd, ranked, count):
    """Sort chances (R, C) into the ranked ones (K, R, C), and count those that reach ``pd``."""
    ranks = ranked.shape[0]
    for i in range(seen.shape[0]):
        for j in range(seen.shape[1]):
            value = seen[i, j]
            if value >= pd:
                count[i, j] += 1
            for k in range(ranks):
                if value > ranked[k, i, j]:
                    value, ranked[k, i, j] = ranked[k, i, j], value
