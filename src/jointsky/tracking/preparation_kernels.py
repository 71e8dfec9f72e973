"""Kernels behind preparation.py: one plot after the other becomes a row of what the loop reads.

Radians, metres, seconds; which column is what says layout_kernels; nothing is checked here.
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare, bare_kernel
from jointsky.earth.geodesy_kernels import (
    ECCENTRICITY2,
    SEMI_MAJOR_M,
    latitude_tangent,
)
from jointsky.tracking.admission_kernels import order_keys
from jointsky.tracking.layout_kernels import (
    BEARING,
    CELLS_ACROSS,
    GEODETIC,
    LOCAL,
    P_AXES,
    P_CALL_SIGN,
    P_CELL,
    P_COS_AZ,
    P_COS_EL,
    P_FLAGS,
    P_GEOMETRY,
    P_GROUND,
    P_IDENTIFIED,
    P_LOOKS,
    P_MAP,
    P_MODE_A,
    P_MODE_S,
    P_ORDER,
    P_OTHER,
    P_PRESSURE,
    P_RANGE,
    P_RATE,
    P_RISE,
    P_SENSOR,
    P_SHARE,
    P_SIGMA,
    P_SIGMA_UP,
    P_SIN_AZ,
    P_SIN_EL,
    P_SLACK,
    P_SLOPE,
    P_TARGET,
    P_TIME,
    P_VAR_1,
    P_VAR_2,
    P_VAR_3,
    P_VAR_HEIGHT,
    P_VAR_RATE,
    P_VAR_VELOCITY,
    P_VE,
    P_X,
    POLAR,
    S_AXES,
    S_CELL,
    S_MAP,
    S_ORIGIN,
    S_PERIOD,
    S_REACH,
)
from jointsky.tracking.lifecycle_kernels import EQUATOR_M, FLATTENING

# What is read of a sensor only here, float64 (S, TRAITS); NaN: not declared
(
    D_RANGE_SIGMA,
    D_AZIMUTH_SIGMA,
    D_ELEVATION_SIGMA,
    D_RATE_SIGMA,
    D_TYPICAL_FIRST,
    D_TYPICAL_SECOND,
    D_STANDS_M,  # height of its site; NaN: not known
    D_SITE_M,  # the same for its own geometry, 0 where not known
    D_ON_SURFACE,
    D_EARTH_M,  # radius of the earth under it; infinite: flat
) = range(10)
TRAITS = 10

# What is the same for all plots, float64 (COMMON,)
K_EPOCH_S, K_MODE_C_SIGMA, K_UNSEEN_M, K_CEILING_M, K_SPEED_SIGMA, K_FLAT = range(6)
COMMON = 6

ON_GROUND, COOPERATIVE, MODE_A_UNSURE, MODE_C_UNSURE = 16, 8, 512, 1024  # of records.plots.PlotFlag

GEOMETRIC_AS_PRESSURE_SIGMA_M = 120.0  # between the two heights of one aircraft, from day to day
HEIGHT_SIGMA_M = 30.0  # of a height that tells none, and of the ground
ELEVATION_SIGMA_RAD, RATE_SIGMA_MPS = 0.005, 3.0  # where neither plot nor sensor tells any
SENT_VELOCITY_SIGMA_MPS = 4.0
STEEPEST = 0.99  # correlation of two errors
# Spread of false plots in what is measured beside the place
ELEVATIONS_RAD, HEIGHTS_M, RATES_MPS = 0.26, 12_000.0, 800.0
ABOVE_CEILING = 1e-3  # share of targets up there, as dense as below
CEILING_SOFT_M = 500.0
LEAST_LOOKS = 1e-3
ANY_HEIGHT_M = 1e6
ALONG_BEARING_M = 10_000.0  # a place on a bearing, to point along it
NEAR_M = 1000.0  # closer than this an error of angle is taken as wide as here
MOST_SLACK_M = 6000.0
MEAN_RADIUS_M = 6_371_000.0


@bare
def known_or(first, second, last):
    """Return the first choice that is a positive number."""
    if first > 0.0:
        return first
    return second if second > 0.0 else last


@bare
def finite_or_0(x):
    """Return ``x``, or 0 where it is not measured."""
    return x if math.isfinite(x) else 0.0


@bare
def height_of(pressure_m, height_m, own_sigma_m, flags, trait, common):
    """Return the height that a plot gives and its standard error, 0 where it gives none.

    Pressure altitude comes first, because every sensor of a sky measures the same one; geometric
    height stands in with the scatter between the two.  A plot on the ground is at its sensor.
    """
    if math.isfinite(pressure_m) and (flags & MODE_C_UNSURE) == 0:
        return pressure_m, common[K_MODE_C_SIGMA]
    if math.isfinite(height_m):
        own = known_or(own_sigma_m, HEIGHT_SIGMA_M, HEIGHT_SIGMA_M)
        if common[K_FLAT] == 0.0:
            own = math.hypot(own, GEOMETRIC_AS_PRESSURE_SIGMA_M)
        return height_m, own
    on_ground = (flags & ON_GROUND) != 0 or trait[D_ON_SURFACE] > 0.0
    if on_ground and math.isfinite(trait[D_STANDS_M]):
        return trait[D_STANDS_M], HEIGHT_SIGMA_M
    return math.nan, 0.0


@bare
def fill_errors(q, by_angle, first, second, correlation, trait):
    """Fill the variances of a place: those of the plot, else of its sensor, else typical ones."""
    first = known_or(first, trait[D_RANGE_SIGMA], trait[D_TYPICAL_FIRST])
    typical = trait[D_TYPICAL_SECOND]
    slope = 0.0
    if by_angle:
        second = known_or(second, trait[D_AZIMUTH_SIGMA], typical)
    else:
        second = known_or(second, math.nan, typical if typical > 1.0 else first)
        if not math.isnan(correlation):
            slope = min(max(correlation, -STEEPEST), STEEPEST)
    q[P_VAR_1] = first * first
    q[P_VAR_2] = second * second * (1.0 - slope * slope)
    q[P_SLOPE] = slope * second / first


@bare
def elevation_of(range_m, height_m, trait):
    """Return the elevation at which a height stands at a range (geodesy.elevation_of_height)."""
    if not range_m > 0.0:
        return 0.0
    site_m, earth_m = trait[D_SITE_M], trait[D_EARTH_M]
    if math.isinf(earth_m):
        sine = (height_m - site_m) / range_m
    else:
        a, b = earth_m + site_m, earth_m + height_m
        sine = ((b - a) * (b + a) - range_m * range_m) / (2.0 * a * range_m)
    return math.asin(min(max(sine, -1.0), 1.0))


@bare
def place_relative(q, geometry, elevation_rad, east_m, north_m, height_m, sensor, trait):
    """Fill the position of a polar or local plot, or of a bearing, at a height."""
    if geometry == LOCAL:
        drop = 0.0
        if not math.isinf(trait[D_EARTH_M]):
            drop = (east_m * east_m + north_m * north_m) / (2.0 * MEAN_RADIUS_M)
        up_m = height_m - trait[D_SITE_M] - drop
    else:
        reach = ALONG_BEARING_M if geometry == BEARING else q[P_RANGE]
        sine, cosine = q[P_SIN_EL], q[P_COS_EL]
        if not math.isfinite(elevation_rad):
            elevation = elevation_of(reach, height_m, trait)
            sine, cosine = math.sin(elevation), math.cos(elevation)
        east_m = reach * cosine * q[P_SIN_AZ]
        north_m = reach * cosine * q[P_COS_AZ]
        up_m = reach * sine
    for k in range(3):
        a = S_AXES + k
        along = east_m * sensor[a] + north_m * sensor[a + 3] + up_m * sensor[a + 6]
        q[P_X + k] = along + sensor[S_ORIGIN + k]


@bare
def place_geodetic(q, latitude_rad, longitude_rad, height_m):
    """Fill the earth-centred position of a geodetic plot (Torge 2001, eq. 4.33)."""
    sin_lat, cos_lat = math.sin(latitude_rad), math.cos(latitude_rad)
    normal_m = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY2 * sin_lat * sin_lat)
    across_m = (normal_m + height_m) * cos_lat
    q[P_X] = across_m * math.cos(longitude_rad)
    q[P_X + 1] = across_m * math.sin(longitude_rad)
    q[P_X + 2] = (normal_m * (1.0 - ECCENTRICITY2) + height_m) * sin_lat


@bare
def fill_axes(q, is_flat, is_local, sensor):
    """Fill the directions that the rows of a place look along: east, north, up; return its height.

    Height by Bowring (1985): p cos + z sin - a sqrt(1 - e2 sin2) of the geodetic latitude.
    """
    height = q[P_X + 2]
    if is_flat:
        for k in range(9):
            q[P_AXES + k] = 1.0 if k % 4 == 0 else 0.0
    else:
        x, y, z = q[P_X], q[P_X + 1], q[P_X + 2]
        across = math.sqrt(x * x + y * y)
        cos_lon, sin_lon, cos_lat, sin_lat = 1.0, 0.0, 0.0, math.copysign(1.0, z)
        if across >= 1e-9:
            tangent = latitude_tangent(across, z)
            cos_lat = 1.0 / math.sqrt(1.0 + tangent * tangent)
            sin_lat = tangent * cos_lat
            cos_lon, sin_lon = x / across, y / across
        height = across * cos_lat + z * sin_lat
        height -= SEMI_MAJOR_M * math.sqrt(1.0 - ECCENTRICITY2 * sin_lat * sin_lat)
        a = P_AXES
        q[a], q[a + 1], q[a + 2] = -sin_lon, cos_lon, 0.0
        q[a + 3], q[a + 4], q[a + 5] = -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat
        q[a + 6], q[a + 7], q[a + 8] = cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
    if is_local:
        for k in range(6):
            q[P_AXES + k] = sensor[S_AXES + k]
    return height


@bare
def fill_map(q, plane, is_flat):
    """Fill the place on the index's map: east, north, and height to some 30 m."""
    x, y, z = q[P_X], q[P_X + 1], q[P_X + 2]
    dx, dy, dz = x - plane[0, 0], y - plane[0, 1], z - plane[0, 2]
    q[P_MAP] = dx * plane[1, 0] + dy * plane[1, 1] + dz * plane[1, 2]
    q[P_MAP + 1] = dx * plane[2, 0] + dy * plane[2, 1] + dz * plane[2, 2]
    q[P_MAP + 2] = z
    if not is_flat:
        radius = math.sqrt(x * x + y * y + z * z)
        sine = z / max(radius, 1.0)
        q[P_MAP + 2] = radius - EQUATOR_M * (1.0 - FLATTENING * sine * sine)


@bare
def fill_bounds(q, geometry, has_height):
    """Fill generous bounds of a plot's errors for the coarse gate."""
    by_angle = geometry in (POLAR, BEARING)
    reach = max(q[P_RANGE], NEAR_M)
    first = math.sqrt(q[P_VAR_1])
    if by_angle:
        q[P_SIGMA] = max(first, reach * math.sqrt(q[P_VAR_2]))
    else:  # the longer axis of the ellipse
        shared = q[P_SLOPE] * q[P_VAR_1]
        other = q[P_VAR_2] + q[P_SLOPE] * shared
        q[P_SIGMA] = math.sqrt(
            0.5 * (q[P_VAR_1] + other) + math.hypot(0.5 * (q[P_VAR_1] - other), shared)
        )
    elevated = q[P_VAR_3] > 0.0
    low = by_angle and not elevated and not has_height
    q[P_SLACK] = min(HEIGHTS_M * HEIGHTS_M / (2.0 * reach), MOST_SLACK_M) if low else 0.0
    # a garbled height must not keep a plot from its track: it counts only with an elevation
    q[P_SIGMA_UP] = reach * math.sqrt(q[P_VAR_3]) + 0.1 * first if elevated else ANY_HEIGHT_M
    if geometry == BEARING:
        q[P_SLACK] = math.inf
        q[P_SIGMA_UP] = ANY_HEIGHT_M


@bare
def fill_densities(q, geometry, has_height, reach, common):
    """Fill how densely false plots and targets lie where a plot is, in what it measures."""
    ground = max(q[P_RANGE] * q[P_COS_EL], 1.0)
    if geometry == BEARING:
        q[P_SHARE] = 0.5 / math.pi
        q[P_GROUND] = 0.5 * reach * reach
    elif geometry == POLAR:
        q[P_SHARE] = 0.5 / (math.pi * reach)
        q[P_GROUND] = ground
    else:
        q[P_SHARE] = 1.0 / (math.pi * (reach * reach))
        q[P_GROUND] = 1.0
    above = q[P_MAP + 2]
    outside = max(above - common[K_CEILING_M], -above, 0.0)
    elevated = q[P_VAR_3] > 0.0
    is_placed = elevated and geometry == POLAR
    flown = 1.0
    if outside > 0.0:
        away = outside / ((q[P_SIGMA_UP] if is_placed else 0.0) + CEILING_SOFT_M)
        flown = max(math.exp(-0.5 * (away * away)), ABOVE_CEILING)
    flown /= common[K_CEILING_M]
    false, target = 1.0, 1.0
    if elevated:
        false /= ELEVATIONS_RAD
        seen = flown * ground if is_placed and not has_height else 1.0 / ELEVATIONS_RAD
        target *= seen
    if has_height:
        false /= HEIGHTS_M
        target *= flown
    if q[P_VAR_RATE] > 0.0:
        false /= RATES_MPS
        spread = q[P_RATE] / common[K_SPEED_SIGMA]
        usual = math.exp(-0.5 * (spread * spread))
        usual /= math.sqrt(2.0 * math.pi) * common[K_SPEED_SIGMA]
        target *= max(usual, 0.1 / RATES_MPS)
    if q[P_VAR_VELOCITY] > 0.0:
        false /= RATES_MPS * RATES_MPS
        target /= RATES_MPS * RATES_MPS
    q[P_OTHER] = false
    q[P_TARGET] = target


@bare
def looks_at(east_m, north_m, sensors):
    """Return how many looks a second all sensors take at a place of the map."""
    looks = 0.0
    for s in range(sensors.shape[0]):
        de = east_m - sensors[s, S_MAP]
        dn = north_m - sensors[s, S_MAP + 1]
        if de * de + dn * dn <= sensors[s, S_REACH] * sensors[s, S_REACH]:
            looks += 1.0 / sensors[s, S_PERIOD]
    return max(looks, LEAST_LOOKS)


@bare
def cell_of(away_m, width_m):
    """Return the column or row of a sensor's square map in which a place lies."""
    cell = math.floor(away_m / width_m) + CELLS_ACROSS // 2
    return min(max(cell, 0), CELLS_ACROSS - 1)


@bare
def fill_angles(q, by_angle, range_m, azimuth_rad, elevation_rad):
    """Fill range, azimuth and elevation, 0 where they are not measured."""
    q[P_RANGE] = finite_or_0(range_m)
    q[P_SIN_AZ], q[P_COS_AZ] = 0.0, 1.0
    if by_angle:
        q[P_SIN_AZ], q[P_COS_AZ] = math.sin(azimuth_rad), math.cos(azimuth_rad)
    q[P_SIN_EL], q[P_COS_EL] = 0.0, 1.0
    if math.isfinite(elevation_rad):
        q[P_SIN_EL], q[P_COS_EL] = math.sin(elevation_rad), math.cos(elevation_rad)


@bare
def fill_velocity(q, geometry, ve_mps, vn_mps, flags):
    """Fill the velocity that a target sends of itself; on the ground nobody does it well."""
    sends = geometry == GEODETIC and math.isfinite(ve_mps + vn_mps)
    sends = sends and (flags & COOPERATIVE) != 0 and (flags & ON_GROUND) == 0
    q[P_VE], q[P_VE + 1] = finite_or_0(ve_mps), finite_or_0(vn_mps)
    q[P_VAR_VELOCITY] = SENT_VELOCITY_SIGMA_MPS * SENT_VELOCITY_SIGMA_MPS if sends else 0.0


@bare_kernel
def prepare(rows, columns, marks, call_sign, laid, traits, sensors, plane, common, floats, ints):
    """Fill ``floats`` (P, PLOT_FLOATS) and ``ints`` (P, PLOT_INTS) with the plots at ``rows``.

    ``columns`` and ``marks`` are columns of a record of plots, in the order of preparation.py.
    ``laid`` is where geodetic plots of a flat scene lie, for each plot of the record; ``traits``
    (S, TRAITS) and ``sensors`` (S, SENSOR_FLOATS) are the sensors, ``common`` (COMMON,) the rest.
    """
    time, reach, azimuth, elevation, rate = columns[:5]
    east, north, latitude, longitude, height, pressure, ve, vn = columns[5:13]
    range_sigma, azimuth_sigma, elevation_sigma, rate_sigma = columns[13:17]
    east_sigma, north_sigma, correlation, height_sigma = columns[17:]
    sensor_of, geometry_of, flags_of, mode_s_of, mode_a_of = marks
    is_flat = common[K_FLAT] > 0.0
    for n in range(rows.shape[0]):
        r = rows[n]
        s, geometry, flags = sensor_of[r], geometry_of[r], flags_of[r]
        q, sensor, trait = floats[n], sensors[s], traits[s]
        by_angle = geometry in (POLAR, BEARING)
        q[P_TIME] = time[r] - common[K_EPOCH_S]
        q[P_PRESSURE] = pressure[r]
        own, sigma = height_of(pressure[r], height[r], height_sigma[r], flags, trait, common)
        q[P_VAR_HEIGHT] = sigma * sigma
        has_height = sigma > 0.0
        guess = own if has_height else common[K_UNSEEN_M]
        if by_angle:
            fill_errors(q, True, range_sigma[r], azimuth_sigma[r], 0.0, trait)
        else:
            fill_errors(q, False, east_sigma[r], north_sigma[r], correlation[r], trait)
        third = known_or(elevation_sigma[r], trait[D_ELEVATION_SIGMA], ELEVATION_SIGMA_RAD)
        q[P_VAR_3] = third * third if by_angle and math.isfinite(elevation[r]) else 0.0
        fourth = known_or(rate_sigma[r], trait[D_RATE_SIGMA], RATE_SIGMA_MPS)
        q[P_VAR_RATE] = fourth * fourth if geometry == POLAR and math.isfinite(rate[r]) else 0.0
        q[P_RATE] = finite_or_0(rate[r])
        fill_angles(q, by_angle, reach[r], azimuth[r], elevation[r])
        places = azimuth, east, north, latitude, longitude
        q[P_ORDER], q[P_ORDER + 1] = order_keys(geometry, places, r)
        if geometry != GEODETIC:
            place_relative(q, geometry, elevation[r], east[r], north[r], guess, sensor, trait)
        elif is_flat:
            q[P_X], q[P_X + 1], q[P_X + 2] = laid[r, 0], laid[r, 1], guess
        else:
            place_geodetic(q, latitude[r], longitude[r], guess)
        own_m = fill_axes(q, is_flat, geometry == LOCAL, sensor)
        q[P_RISE] = guess - own_m  # an elevation may have placed it elsewhere
        fill_map(q, plane, is_flat)
        fill_bounds(q, geometry, has_height)
        fill_velocity(q, geometry, ve[r], vn[r], flags)
        fill_densities(q, geometry, has_height, sensor[S_REACH], common)
        q[P_LOOKS] = looks_at(q[P_MAP], q[P_MAP + 1], sensors)
        i = ints[n]
        i[P_SENSOR], i[P_GEOMETRY], i[P_MODE_S] = s, geometry, mode_s_of[r]
        i[P_MODE_A] = -1 if (flags & MODE_A_UNSURE) != 0 else mode_a_of[r]
        i[P_CALL_SIGN] = call_sign[r]
        i[P_FLAGS] = flags
        i[P_IDENTIFIED] = mode_s_of[r] >= 0 or mode_a_of[r] >= 0 or call_sign[r] >= 0
        a = cell_of(q[P_MAP] - sensor[S_MAP], sensor[S_CELL])
        b = cell_of(q[P_MAP + 1] - sensor[S_MAP + 1], sensor[S_CELL])
        i[P_CELL] = a * CELLS_ACROSS + b
