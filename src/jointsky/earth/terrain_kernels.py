"""Kernels behind terrain.py and the sensors: heights of the ground, and what it hides.

Refraction is a 4/3 earth: over a ground distance s the earth falls away by s² / (2 radius), and
rays are straight (as earth/horizon.py).  Ways over the ground are great circles on a sphere.
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel

EFFECTIVE_RADIUS_M = 4.0 / 3.0 * 6_358_050.0
MEAN_RADIUS_M = 6_371_008.8
_NODE_M = 20_000.0  # between nodes latitude and longitude are linear: 20 m off the great circle
_NO_GROUND = -1e30


@kernel
def height_at(grid, latitude_rad, longitude_rad):
    """Return the height of the ground, bilinear between points; outside, that of the rim."""
    rows, columns = grid.heights_m.shape
    if rows < 2 or columns < 2:
        return 0.0
    y = (latitude_rad - grid.latitude_rad) / grid.latitude_step_rad
    east = longitude_rad - grid.longitude_rad
    if east < -math.pi:
        east += 2.0 * math.pi
    elif east > math.pi:
        east -= 2.0 * math.pi
    x = east / grid.longitude_step_rad
    y, x = min(max(y, 0.0), rows - 1.0), min(max(x, 0.0), columns - 1.0)
    i, j = min(int(y), rows - 2), min(int(x), columns - 2)
    y, x = y - i, x - j
    heights = grid.heights_m
    south = (1.0 - x) * heights[i, j] + x * heights[i, j + 1]
    north = (1.0 - x) * heights[i + 1, j] + x * heights[i + 1, j + 1]
    return (1.0 - y) * south + y * north


@inner
def _ahead(latitude_rad, longitude_rad, azimuth_rad, distance_m):
    """Return latitude and longitude at a distance on a great circle (Snyder 1987, eqs. 5-5, 5-6).

    On the sphere; the ellipsoid's difference is below 0.3 % of the distance.
    """
    c = distance_m / MEAN_RADIUS_M
    sin_lat, cos_lat = math.sin(latitude_rad), math.cos(latitude_rad)
    sine = sin_lat * math.cos(c) + cos_lat * math.sin(c) * math.cos(azimuth_rad)
    y = math.sin(c) * math.sin(azimuth_rad)
    x = cos_lat * math.cos(c) - sin_lat * math.sin(c) * math.cos(azimuth_rad)
    return math.asin(min(max(sine, -1.0), 1.0)), longitude_rad + math.atan2(y, x)


@inner
def _between(lat, lon, other_lat, other_lon, angle, part):
    """Return latitude and longitude at a part of the great circle between two places."""
    if angle < 1e-9:
        return lat, lon
    a, b = math.sin((1.0 - part) * angle), math.sin(part * angle)
    cos_a, cos_b = a * math.cos(lat), b * math.cos(other_lat)
    x = cos_a * math.cos(lon) + cos_b * math.cos(other_lon)
    y = cos_a * math.sin(lon) + cos_b * math.sin(other_lon)
    z = a * math.sin(lat) + b * math.sin(other_lat)
    found = math.atan2(y, x)
    # keep the turn of the first place, so that differences along the way are small
    found += 2.0 * math.pi * math.floor((lon - found) / (2.0 * math.pi) + 0.5)
    return math.atan2(z, math.hypot(x, y)), found


@inner
def angle_between(lat, lon, other_lat, other_lon):
    """Return the angle between two verticals (haversine; Sinnott 1984)."""
    a = math.sin(0.5 * (other_lat - lat)) ** 2
    a += math.cos(lat) * math.cos(other_lat) * math.sin(0.5 * (other_lon - lon)) ** 2
    return 2.0 * math.asin(min(math.sqrt(a), 1.0))


@inner
def ground_on_way(grid, nodes, at_m, way_m, ends, angle):
    """Return the height of the ground at a distance on a way; ``nodes`` is kept between calls.

    ``ends`` are latitude and longitude of both ends; nodes: distance of the first, length,
    latitude and longitude of both.
    """
    first_m, length_m, lat0, lon0, lat1, lon1 = nodes
    if at_m > first_m + length_m or at_m < first_m:
        length_m = min(_NODE_M, way_m)
        first_m = math.floor(at_m / length_m) * length_m
        last_m = min(first_m + length_m, way_m)
        length_m = max(last_m - first_m, 1e-3)
        lat0, lon0 = _between(ends[0], ends[1], ends[2], ends[3], angle, first_m / way_m)
        lat1, lon1 = _between(ends[0], ends[1], ends[2], ends[3], angle, last_m / way_m)
        nodes = (first_m, length_m, lat0, lon0, lat1, lon1)
    part = (at_m - first_m) / length_m
    return height_at(grid, lat0 + part * (lat1 - lat0), lon0 + part * (lon1 - lon0)), nodes


@kernel
def is_in_sight(grid, lat, lon, height_m, other_lat, other_lon, other_height_m, step_m, highest_m):
    """Return whether no ground stands between two places.

    It looks from the lower end to where the ray is above the highest ground.
    """
    if height_m > other_height_m:
        lat, lon, height_m, other_lat, other_lon, other_height_m = (
            other_lat, other_lon, other_height_m, lat, lon, height_m,
        )  # fmt: skip
    ends = (lat, lon, other_lat, other_lon)
    angle = angle_between(lat, lon, other_lat, other_lon)
    way_m = angle * MEAN_RADIUS_M
    if way_m <= step_m:
        return True
    bend = 0.5 / EFFECTIVE_RADIUS_M
    slope = (other_height_m - height_m) / way_m
    nodes = (-1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    count = math.ceil(way_m / step_m)
    for k in range(1, count):
        at_m = way_m * k / count
        ray_m = height_m + slope * at_m - bend * at_m * (way_m - at_m)
        if ray_m > highest_m:
            if slope - bend * (way_m - 2.0 * at_m) > 0.0:
                return True  # it only rises from here
            continue
        ground_m, nodes = ground_on_way(grid, nodes, at_m, way_m, ends, angle)
        if ground_m > ray_m:
            return False
    return True


@kernel
def clearance(grid, lat, lon, height_m, other_lat, other_lon, other_height_m, wavelength_m, step_m):
    """Return the parameter nu of the edge that matters most, and the steepest slope's excess.

    Bullington's construction (ITU-R P.526-15, 4.5.1, eqs. 47 to 53): in sight, the point with the
    largest nu; out of sight, the crossing of the two horizon rays.  The second number is above 0
    where the path is hidden.
    """
    ends = (lat, lon, other_lat, other_lon)
    angle = angle_between(lat, lon, other_lat, other_lon)
    way_m = angle * MEAN_RADIUS_M
    if way_m <= step_m:
        return -math.inf, -math.inf
    bend = 0.5 / EFFECTIVE_RADIUS_M
    straight = (other_height_m - height_m) / way_m
    nodes = (-1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    count = math.ceil(way_m / step_m)
    steepest, back, largest = -math.inf, -math.inf, -math.inf
    for k in range(1, count):
        at_m = way_m * k / count
        rest_m = way_m - at_m
        ground_m, nodes = ground_on_way(grid, nodes, at_m, way_m, ends, angle)
        raised_m = ground_m + bend * at_m * rest_m
        steepest = max(steepest, (raised_m - height_m) / at_m)
        back = max(back, (raised_m - other_height_m) / rest_m)
        above_m = raised_m - (height_m + straight * at_m)
        largest = max(largest, above_m * math.sqrt(2.0 * way_m / (wavelength_m * at_m * rest_m)))
    if steepest <= straight:
        return largest, steepest - straight
    at_m = (other_height_m - height_m + back * way_m) / (steepest + back)
    rest_m = way_m - at_m
    above_m = (steepest - straight) * at_m
    nu = above_m * math.sqrt(2.0 * way_m / (wavelength_m * at_m * rest_m))
    return nu, steepest - straight


@kernel
def fill_skyline(grid, latitude_rad, longitude_rad, height_m, step_m, looks, tangent, edge_m):
    """Fill tangent and edge_m (A, S) with the steepest slope to the ground up to each distance.

    The ground is looked at ``looks`` times in each step.
    """
    azimuths, steps = tangent.shape
    bend = 0.5 / EFFECTIVE_RADIUS_M
    per_node = max(int(_NODE_M / step_m), 1)
    for a in range(azimuths):
        azimuth_rad = 2.0 * math.pi * a / azimuths
        steepest, edge = _NO_GROUND, 0.0
        tangent[a, 0], edge_m[a, 0] = steepest, edge
        lat0, lon0 = latitude_rad, longitude_rad
        for first in range(0, steps - 1, per_node):
            lat1, lon1 = _ahead(
                latitude_rad, longitude_rad, azimuth_rad, (first + per_node) * step_m
            )
            for k in range(1, per_node + 1):
                s = first + k
                if s >= steps:
                    break
                for look in range(looks - 1, -1, -1):
                    at_m = s * step_m - look * step_m / looks
                    part = at_m / (per_node * step_m) - first / per_node
                    ground_m = height_at(
                        grid, lat0 + part * (lat1 - lat0), lon0 + part * (lon1 - lon0)
                    )
                    slope = (ground_m - height_m) / at_m - bend * at_m
                    if slope > steepest:
                        steepest, edge = slope, at_m
                tangent[a, s], edge_m[a, s] = steepest, edge
            lat0, lon0 = lat1, lon1


@kernel
def above_skyline(skyline, azimuth_rad, ground_m, target_height_m):
    """Return how far a target's slope is above the skyline's, and the distance of the edge there.

    Below 0 the target is hidden.  The skyline is linear between azimuths, and of the last step
    before the target.  Without ground: the smooth earth's horizon.
    """
    bend = 0.5 / EFFECTIVE_RADIUS_M
    if ground_m <= 0.0:
        return math.inf, 0.0
    slope = (target_height_m - skyline.height_m) / ground_m - bend * ground_m
    azimuths, steps = skyline.tangent.shape
    if steps == 0:
        # slope to the smooth earth is steepest at the antenna's own horizon
        horizon_m = math.sqrt(2.0 * EFFECTIVE_RADIUS_M * max(skyline.height_m, 0.0))
        if ground_m <= horizon_m:
            return math.inf, 0.0
        return slope + horizon_m / EFFECTIVE_RADIUS_M, horizon_m
    step = min(int(ground_m / skyline.step_m), steps - 1)
    at = azimuth_rad / (2.0 * math.pi) * azimuths
    low = math.floor(at)
    part = at - low
    low, high = low % azimuths, (low + 1) % azimuths
    if skyline.tangent[low, step] <= _NO_GROUND or skyline.tangent[high, step] <= _NO_GROUND:
        return math.inf, 0.0
    limit = (1.0 - part) * skyline.tangent[low, step] + part * skyline.tangent[high, step]
    edge_m = skyline.edge_m[low, step] if part < 0.5 else skyline.edge_m[high, step]
    return slope - limit, edge_m


@kernel
def skyline_nu(skyline, azimuth_rad, ground_m, target_height_m, wavelength_m):
    """Return the clearance parameter of the edge that stands highest as seen from the antenna.

    ``nu = h sqrt(2 d / (lambda d1 d2))`` (ITU-R P.526-15, eq. 26); minus infinity without an edge.
    """
    above, edge_m = above_skyline(skyline, azimuth_rad, ground_m, target_height_m)
    rest_m = ground_m - edge_m
    if edge_m <= 0.0 or rest_m <= 0.0:
        return -math.inf
    return -above * edge_m * math.sqrt(2.0 * ground_m / (wavelength_m * edge_m * rest_m))


@kernel
def each_height_at(grid, latitude_rad, longitude_rad, out):
    for i in range(latitude_rad.shape[0]):
        out[i] = height_at(grid, latitude_rad[i], longitude_rad[i])


@kernel
def each_in_sight(grid, antenna, targets, step_m, highest_m, out):
    for i in range(targets.shape[0]):
        out[i] = is_in_sight(
            grid, antenna[0], antenna[1], antenna[2],
            targets[i, 0], targets[i, 1], targets[i, 2], step_m, highest_m,
        )  # fmt: skip


@kernel
def each_clearance(grid, antenna, targets, wavelength_m, step_m, out, free):
    for i in range(targets.shape[0]):
        nu, excess = clearance(
            grid, antenna[0], antenna[1], antenna[2],
            targets[i, 0], targets[i, 1], targets[i, 2], wavelength_m, step_m,
        )  # fmt: skip
        out[i], free[i] = nu, excess <= 0.0


@kernel
def each_above_skyline(skyline, azimuth_rad, ground_m, target_height_m, out):
    for i in range(ground_m.shape[0]):
        out[i], _ = above_skyline(skyline, azimuth_rad[i], ground_m[i], target_height_m[i])
