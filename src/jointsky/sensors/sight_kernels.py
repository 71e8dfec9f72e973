"""Kernels of lines of sight: from a place on the ground or aboard a vehicle to a target.

``site`` (SITE,) holds x, y, z earth-centred, the rows of the rotation to east, north, up, and the
height above the ellipsoid.
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel
from jointsky.earth.geodesy_kernels import east_north_up, ecef_to_geodetic, enu_to_polar
from jointsky.earth.motion_kernels import row_at, state
from jointsky.earth.terrain_kernels import height_at, is_in_sight

HEIGHT, SITE = 12, 13


@kernel
def place_aboard(pieces, vehicle, time_s, site):
    """Fill ``site`` with the place of a vehicle and return its course; NaN where it is nowhere."""
    row = row_at(pieces, vehicle, time_s)
    if row < 0:
        return math.nan
    x_m, y_m, z_m, vx_mps, vy_mps, vz_mps = state(pieces, row, time_s)
    latitude_rad, longitude_rad, height_m = ecef_to_geodetic(x_m, y_m, z_m)
    axes = east_north_up(latitude_rad, longitude_rad)
    site[0], site[1], site[2], site[HEIGHT] = x_m, y_m, z_m, height_m
    for k in range(3):
        site[3 + k], site[6 + k], site[9 + k] = axes[0][k], axes[1][k], axes[2][k]
    east_mps = axes[0][0] * vx_mps + axes[0][1] * vy_mps + axes[0][2] * vz_mps
    north_mps = axes[1][0] * vx_mps + axes[1][1] * vy_mps + axes[1][2] * vz_mps
    return math.atan2(east_mps, north_mps)


@kernel
def direction(site, x_m, y_m, z_m):
    """Return slant range, azimuth in [0, 2 pi) and elevation of an earth-centred point."""
    dx, dy, dz = x_m - site[0], y_m - site[1], z_m - site[2]
    return enu_to_polar(
        site[3] * dx + site[4] * dy + site[5] * dz,
        site[6] * dx + site[7] * dy + site[8] * dz,
        site[9] * dx + site[10] * dy + site[11] * dz,
    )


@kernel
def distance(site, x_m, y_m, z_m):
    """Return the slant range of an earth-centred point."""
    dx, dy, dz = x_m - site[0], y_m - site[1], z_m - site[2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@kernel
def is_over_horizon(range_m, height_m, target_height_m, radius_m):
    """Return whether a smooth earth of the effective radius is not in the way.

    Sum of both tangent lengths, as earth.horizon; slant range in place of distance, which differs
    from it by less than 0.1 % where the horizon matters.
    """
    own_m, its_m = max(height_m, 0.0), max(target_height_m, 0.0)
    reach_m = math.sqrt(own_m * (2.0 * radius_m + own_m)) + math.sqrt(
        its_m * (2.0 * radius_m + its_m)
    )
    return range_m <= reach_m


@kernel
def ground_height(ground, latitude_rad, longitude_rad):
    """Return the height of the ground above the ellipsoid; 0 off the grid."""
    return height_at(ground.grid, latitude_rad, longitude_rad)


@kernel
def is_clear(ground, site, x_m, y_m, z_m, radius_m):
    """Return whether neither the bulge of the earth nor the ground hides a point from a site.

    ``radius_m`` is the effective radius of the smooth earth: 4/3 of the true one for radio, 7/6
    for light; over the ground of a grid rays bend as those of radio.  ``ground`` is a Ground.
    """
    latitude_rad, longitude_rad, height_m = ecef_to_geodetic(x_m, y_m, z_m)
    range_m = distance(site, x_m, y_m, z_m)
    if not is_over_horizon(range_m, site[HEIGHT], height_m, radius_m):
        return False
    if ground.grid.heights_m.shape[0] < 2:
        return True
    own_lat, own_lon, own_m = ecef_to_geodetic(site[0], site[1], site[2])
    return is_in_sight(
        ground.grid, own_lat, own_lon, own_m, latitude_rad, longitude_rad, height_m,
        ground.step_m, ground.highest_m,
    )  # fmt: skip


@kernel
def fastest(pieces, row):
    """Return a speed that a vehicle does not pass on one piece."""
    lasts_s = pieces.end_s[row] - pieces.begin_s[row]
    if pieces.piece[row] == 1:
        terms, bound = pieces.terms, 0.0
        for k in range(1, 4):
            x, y, z = terms[row, k, 0], terms[row, k, 1], terms[row, k, 2]
            bound += k * lasts_s ** (k - 1) * math.sqrt(x * x + y * y + z * z)
        return bound
    turns = abs(pieces.rate_radps[row]) + abs(pieces.acceleration_radps2[row]) * lasts_s
    rises = abs(pieces.climb_mps[row]) + abs(pieces.climb_acceleration_mps2[row]) * lasts_s
    # 6.4e6: more than any radius of curvature of the ellipsoid (Torge 2001, 4.1.3)
    return turns * (6.4e6 + abs(pieces.height_m[row]) + rises * lasts_s) + rises


@kernel
def steepest(pieces, row):
    """Return a rate of climb that a vehicle does not pass on one piece."""
    if pieces.piece[row] == 1:
        return fastest(pieces, row)
    lasts_s = pieces.end_s[row] - pieces.begin_s[row]
    return abs(pieces.climb_mps[row]) + abs(pieces.climb_acceleration_mps2[row]) * lasts_s


@kernel
def within_reach(pieces, listed, times_s, step_s, sites, own_mps, reach_m, start, who, where):
    """Fill who (n, 2) with vehicle and frame, where (n, 6) with states, of all within reach.

    ``listed`` are rows of vehicles; ``times_s`` (F,) rise, the k-th within a step of
    ``times_s[0] + k step_s``; ``sites`` are (F, SITE) or (1, SITE); ``own_mps`` is how fast the
    sensor moves.  A vehicle that is out of reach is looked
    at again when it may be in.  Begins with the vehicle ``listed[start]`` and returns the number
    of the one to go on with (its plots may not fit) and the rows filled.
    """
    frames, filled = times_s.shape[0], 0
    for number in range(start, listed.shape[0]):
        if filled + frames > who.shape[0]:
            return number, filled
        vehicle = listed[number]
        first, end = pieces.first[vehicle], pieces.first[vehicle + 1]
        row = max(row_before(pieces, first, end, times_s[0]), first)
        while row < end and pieces.begin_s[row] <= times_s[frames - 1]:
            until_s = pieces.end_s[row]
            after_s = pieces.begin_s[row + 1] if row + 1 < end else math.inf
            reaches_mps = fastest(pieces, row) + own_mps
            frame = max(math.ceil((pieces.begin_s[row] - times_s[0]) / step_s) - 2, 0)
            while frame < frames and times_s[frame] < pieces.begin_s[row]:
                frame += 1
            while frame < frames and times_s[frame] <= until_s and times_s[frame] < after_s:
                now = state(pieces, row, times_s[frame])
                far_m = distance(sites[min(frame, sites.shape[0] - 1)], now[0], now[1], now[2])
                if far_m > reach_m:
                    # frames less than the time to come near: they may be up to two steps apart
                    waits = (far_m - reach_m) / max(reaches_mps, 1e-9) / step_s - 1.01
                    frame += int(min(max(waits, 1.0), frames))
                elif far_m <= reach_m:
                    who[filled, 0], who[filled, 1] = vehicle, frame
                    for k in range(6):
                        where[filled, k] = now[k]
                    filled += 1
                    frame += 1
                else:
                    frame += 1  # the sensor is nowhere
            row += 1
    return listed.shape[0], filled


@kernel
def row_before(pieces, first, end, time_s):
    """Return the last row in [first, end) that has begun at a time, or first - 1."""
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if pieces.begin_s[middle] <= time_s:
            low = middle + 1
        else:
            high = middle
    return low - 1
