"""One plot as the tracker reads it, made the slow way: from what is declared, by plain formulas.

Places by the functions of earth, elevations by looking for the one that gives the height, densities
as products of what probability says of each thing measured.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry, PlotFlag
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import preparation_kernels as policy
from jointsky.tracking.world import TYPICAL_ERRORS
from tracking.naive_admission import order_of
from tracking.skies import flat_m

MEAN_RADIUS_M = 6_371_000.0
EQUATOR_M, FLATTENING = 6378137.0, 1.0 / 298.257223563
BY_ANGLE = Geometry.POLAR, Geometry.BEARING
# One number each; places, axes and the like are three or nine.
SINGLE = {
    **{"time": layout.P_TIME, "range": layout.P_RANGE, "rate": layout.P_RATE},
    **{"sin_az": layout.P_SIN_AZ, "cos_az": layout.P_COS_AZ},
    **{"sin_el": layout.P_SIN_EL, "cos_el": layout.P_COS_EL},
    **{"var_1": layout.P_VAR_1, "var_2": layout.P_VAR_2, "slope": layout.P_SLOPE},
    **{"var_elevation": layout.P_VAR_3, "var_rate": layout.P_VAR_RATE},
    **{"var_height": layout.P_VAR_HEIGHT, "var_velocity": layout.P_VAR_VELOCITY},
    **{"ve": layout.P_VE, "vn": layout.P_VN, "pressure": layout.P_PRESSURE},
    **{"sigma_up": layout.P_SIGMA_UP, "slack": layout.P_SLACK, "rise": layout.P_RISE},
    **{"share": layout.P_SHARE, "other": layout.P_OTHER, "target": layout.P_TARGET},
    **{"looks": layout.P_LOOKS, "ground": layout.P_GROUND, "sigma": layout.P_SIGMA},
}
SEVERAL = {
    "x": (layout.P_X, 3),
    "axes": (layout.P_AXES, 9),
    "map": (layout.P_MAP, 3),
    "order": (layout.P_ORDER, 2),
}
WHOLE = {
    **{"sensor": layout.P_SENSOR, "geometry": layout.P_GEOMETRY, "cell": layout.P_CELL},
    **{"mode_s": layout.P_MODE_S, "mode_a": layout.P_MODE_A},
    **{"call_sign": layout.P_CALL_SIGN, "identified": layout.P_IDENTIFIED},
}


class Scene(NamedTuple):
    """What a plot is read against."""

    sky: object
    sensors: list
    reach_m: np.ndarray  # (S,) of each sensor
    period_s: np.ndarray  # (S,)
    settings: object
    epoch_s: float


def known(*choices):
    """Return the first choice that is a positive number."""
    return next(c for c in choices if c is not None and c > 0.0)


def measured(number):
    """Return a number, 0 where there is none."""
    return float(number) if np.isfinite(number) else 0.0


def told_height(plot, sensor, scene):
    """Return the height that a plot tells and its standard error; None where it tells none."""
    unsure = plot["flags"] & PlotFlag.MODE_C_UNSURE
    if np.isfinite(plot["pressure_altitude_m"]) and not unsure:
        return plot["pressure_altitude_m"], scene.settings.mode_c_sigma_m
    if np.isfinite(plot["height_m"]):
        variance = known(plot["height_sigma_m"], policy.HEIGHT_SIGMA_M) ** 2
        if not scene.sky.is_flat:
            variance += policy.GEOMETRIC_AS_PRESSURE_SIGMA_M**2
        return plot["height_m"], math.sqrt(variance)
    stands = sensor.height_m if sensor.flat_enu_m is None else sensor.flat_enu_m[2]
    on_ground = plot["flags"] & PlotFlag.ON_GROUND or sensor.kind == "surface-radar"
    return (stands, policy.HEIGHT_SIGMA_M) if on_ground and stands is not None else None


def errors_of_place(plot, sensor):
    """Return the covariance (2, 2) of range and azimuth, or of east and north."""
    typical = TYPICAL_ERRORS.get(sensor.kind, TYPICAL_ERRORS["radar"])
    if plot["geometry"] in BY_ANGLE:
        first = known(plot["range_sigma_m"], sensor.range_sigma_m, typical[0])
        second = known(plot["azimuth_sigma_rad"], sensor.azimuth_sigma_rad, typical[1])
        return np.diag([first**2, second**2])
    first = known(plot["east_sigma_m"], sensor.range_sigma_m, typical[0])
    in_metres = typical[1] > 1.0
    second = known(plot["north_sigma_m"], typical[1] if in_metres else first)
    shared = np.clip(np.nan_to_num(plot["east_north_correlation"]), -0.99, 0.99) * first * second
    return np.array([[first**2, shared], [shared, second**2]])


def elevation_at(range_m, height_m, site_m, earth_m):
    """Return the elevation at which the end of a range stands at a height above a sphere.

    ``earth_m`` is its radius, infinite for a plane.  Straight up or down where nothing reaches it.
    """

    def too_high(elevation):
        above, along = site_m + range_m * math.sin(elevation), range_m * math.cos(elevation)
        if math.isinf(earth_m):
            return above - height_m
        return math.hypot(earth_m + above, along) - earth_m - height_m

    if range_m == 0.0 or too_high(-math.pi / 2) >= 0.0:
        return 0.0 if range_m == 0.0 else -math.pi / 2
    if too_high(math.pi / 2) <= 0.0:
        return math.pi / 2
    return brentq(too_high, -math.pi / 2, math.pi / 2, xtol=1e-15, rtol=1e-14)


def in_frame(enu_m, sensor, scene):
    """Return a place of a sensor's east, north, up in the tracker's frame."""
    if scene.sky.is_flat:
        return np.array(sensor.flat_enu_m) + enu_m
    site = sensor.latitude_rad, sensor.longitude_rad, sensor.height_m or 0.0
    return geodesy.enu_to_ecef(np.reshape(enu_m, (1, 3)), *site)[0]


def place_of(plot, record, sensor, scene, height_m):
    """Return where a plot lies in the frame, at a height unless it has an elevation."""
    flat = scene.sky.is_flat
    if plot["geometry"] == Geometry.GEODETIC:
        if flat:
            return np.append(flat_m(scene.sky, record)[0], height_m)
        return geodesy.geodetic_to_ecef(plot["latitude_rad"], plot["longitude_rad"], height_m)[0]
    site_m = sensor.flat_enu_m[2] if flat else sensor.height_m or 0.0
    if plot["geometry"] == Geometry.LOCAL:
        east, north = plot["east_m"], plot["north_m"]
        drop = 0.0 if flat else (east**2 + north**2) / (2.0 * MEAN_RADIUS_M)
        return in_frame(np.array([east, north, height_m - site_m - drop]), sensor, scene)
    is_bearing = plot["geometry"] == Geometry.BEARING
    range_m = policy.ALONG_BEARING_M if is_bearing else plot["range_m"]
    elevation = plot["elevation_rad"]
    if not np.isfinite(elevation):
        earth_m = math.inf if flat else geodesy.mean_radius_of_curvature_m(sensor.latitude_rad)
        elevation = elevation_at(range_m, height_m, site_m, earth_m)
    enu = geodesy.polar_to_enu(range_m, plot["azimuth_rad"], elevation)
    return in_frame(enu[0], sensor, scene)


def on_map(x, scene):
    """Return a place's east and north on the map about the sky's origin, and its rough height."""
    if scene.sky.is_flat:
        return np.array(x)
    east, north, _ = geodesy.ecef_to_enu(np.reshape(x, (1, 3)), *scene.sky.origin)[0]
    geocentric = math.atan2(x[2], math.hypot(x[0], x[1]))
    surface_m = EQUATOR_M * (1.0 - FLATTENING * math.sin(geocentric) ** 2)
    return np.array([east, north, np.linalg.norm(x) - surface_m])


def map_of_sensor(sensor, scene):
    """Return where a sensor stands on the map; one that stands nowhere, in its middle."""
    if not sensor.has_position:
        return np.zeros(2)
    return on_map(in_frame(np.zeros(3), sensor, scene), scene)[:2]


def axes_of(plot, x, sensor, scene):
    """Return the directions (3, 3) a place is compared along, and the place's own height."""
    if scene.sky.is_flat:
        return np.eye(3), x[2]
    latitude, longitude, height = (float(v[0]) for v in geodesy.ecef_to_geodetic([x]))
    axes = geodesy.enu_rotation(latitude, longitude)
    if plot["geometry"] == Geometry.LOCAL:
        axes[:2] = geodesy.enu_rotation(sensor.latitude_rad, sensor.longitude_rad)[:2]
    return axes, height


def bounds_of(plot, errors, has_height, sigma_elevation):
    """Return generous bounds: largest error on the ground, in height, and for want of a height."""
    first, second = np.sqrt(np.diag(errors))
    reach = max(measured(plot["range_m"]), policy.NEAR_M)
    if plot["geometry"] not in BY_ANGLE:
        largest = math.sqrt(np.linalg.eigvalsh(errors)[-1])
        return {"sigma": largest, "sigma_up": policy.ANY_HEIGHT_M, "slack": 0.0}
    out = {"sigma": max(first, reach * second), "sigma_up": policy.ANY_HEIGHT_M, "slack": 0.0}
    if plot["geometry"] == Geometry.BEARING:
        return out | {"slack": math.inf}
    if np.isfinite(plot["elevation_rad"]):
        return out | {"sigma_up": reach * sigma_elevation + 0.1 * first}
    if not has_height:
        # how much shorter the ground range is than the slant range, at most
        out["slack"] = min(policy.HEIGHTS_M**2 / (2.0 * reach), policy.MOST_SLACK_M)
    return out


def flown_at(above_m, sigma_m, settings):
    """Return the density of targets in height: even up to the ceiling, hardly any outside."""
    outside = max(above_m - settings.ceiling_m, -above_m, 0.0)
    falls_off = norm.pdf(outside / (sigma_m + policy.CEILING_SOFT_M)) / norm.pdf(0.0)
    share = 1.0 if outside == 0.0 else max(falls_off, policy.ABOVE_CEILING)
    return share / settings.ceiling_m


def densities_of(plot, scene, reach_m, above_m, bounds, has_height, sends):
    """Return how densely false plots and targets lie, in all that the plot measures."""
    elevation, range_m = plot["elevation_rad"], measured(plot["range_m"])
    is_polar, settings = plot["geometry"] == Geometry.POLAR, scene.settings
    elevated = plot["geometry"] in BY_ANGLE and np.isfinite(elevation)
    flown = flown_at(above_m, bounds["sigma_up"] if elevated and is_polar else 0.0, settings)
    ground = max(range_m * (math.cos(elevation) if elevated else 1.0), 1.0)
    false, target = [1.0], [1.0]
    if elevated:
        false.append(1.0 / policy.ELEVATIONS_RAD)
        # an elevation is a height above so much ground, unless a height is told as well
        by_height = is_polar and not has_height
        target.append(flown * ground if by_height else 1.0 / policy.ELEVATIONS_RAD)
    if has_height:
        false.append(1.0 / policy.HEIGHTS_M)
        target.append(flown)
    if is_polar and np.isfinite(plot["doppler_mps"]):
        false.append(1.0 / policy.RATES_MPS)
        usual = norm.pdf(plot["doppler_mps"], scale=settings.speed_sigma_mps)
        target.append(max(usual, 0.1 / policy.RATES_MPS))
    if sends:
        false.append(1.0 / policy.RATES_MPS**2)
        target.append(1.0 / policy.RATES_MPS**2)
    out = {"other": math.prod(false), "target": math.prod(target)}
    if is_polar:  # range and azimuth: even in both; r dr da is the ground
        return out | {"share": 1.0 / reach_m / (2.0 * math.pi), "ground": ground}
    if plot["geometry"] == Geometry.BEARING:  # a sector of all that the sensor reaches
        return out | {"share": 1.0 / (2.0 * math.pi), "ground": reach_m**2 / 2.0}
    return out | {"share": 1.0 / (math.pi * reach_m**2), "ground": 1.0}


def looks_at(place, scene):
    """Return the looks a second that all sensors take at a place (2,) of the map."""
    looks = 0.0
    for sensor, reach_m, period_s in zip(scene.sensors, scene.reach_m, scene.period_s, strict=True):
        if np.linalg.norm(place - map_of_sensor(sensor, scene)) <= reach_m:
            looks += 1.0 / period_s
    return max(looks, policy.LEAST_LOOKS)


def cell_at(place, sensor, reach_m, scene):
    """Return the number of the square of a sensor's own map in which a place (2,) lies.

    Eight by eight squares, from one reach west and south to one reach east and north; what lies
    outside is in the nearest.
    """
    width = reach_m / 4.0
    edges = np.arange(1, 8) * width - reach_m
    column, row = (int((away >= edges).sum()) for away in place - map_of_sensor(sensor, scene))
    return 8 * column + row


def marks_of(plot, call_sign, sensor, reach_m, place, scene):
    """Return the whole numbers of a plot: who it says it is, and where it counts."""
    names = [plot["mode_s"], plot["mode_a"], call_sign]
    unsure = plot["flags"] & PlotFlag.MODE_A_UNSURE
    return {
        "sensor": plot["sensor"],
        "geometry": plot["geometry"],
        "mode_s": plot["mode_s"],
        "mode_a": -1 if unsure else plot["mode_a"],
        "call_sign": call_sign,
        "identified": int(any(name != -1 for name in names)),
        "cell": cell_at(place, sensor, reach_m, scene),
    }


def prepared(record, call_sign, scene):
    """Return what the tracker reads of a record of one plot, by the names above."""
    plot = {name: getattr(record, name)[0] for name in record.schema()}
    sensor, reach_m = scene.sensors[plot["sensor"]], scene.reach_m[plot["sensor"]]
    is_polar, by_angle = plot["geometry"] == Geometry.POLAR, plot["geometry"] in BY_ANGLE
    height = told_height(plot, sensor, scene)
    height_m = scene.settings.unseen_height_m if height is None else height[0]
    errors = errors_of_place(plot, sensor)
    third = known(plot["elevation_sigma_rad"], sensor.elevation_sigma_rad, 0.005)
    fourth = known(plot["doppler_sigma_mps"], sensor.doppler_sigma_mps, 3.0)
    elevation, azimuth = measured(plot["elevation_rad"]), plot["azimuth_rad"] if by_angle else 0.0
    x = place_of(plot, record, sensor, scene, height_m)
    axes, own_m = axes_of(plot, x, sensor, scene)
    place = on_map(x, scene)
    bounds = bounds_of(plot, errors, height is not None, third)
    is_sent = plot["flags"] & PlotFlag.COOPERATIVE and not plot["flags"] & PlotFlag.ON_GROUND
    has_both = np.isfinite(plot["ve_mps"]) and np.isfinite(plot["vn_mps"])
    sends = bool(plot["geometry"] == Geometry.GEODETIC and is_sent and has_both)
    return {
        "time": plot["time_s"] - scene.epoch_s,
        "range": measured(plot["range_m"]),
        "rate": measured(plot["doppler_mps"]),
        "sin_az": math.sin(azimuth),
        "cos_az": math.cos(azimuth),
        "sin_el": math.sin(elevation),
        "cos_el": math.cos(elevation),
        "var_1": errors[0, 0],
        "slope": errors[1, 0] / errors[0, 0],
        "var_2": np.linalg.det(errors) / errors[0, 0],  # of the second where the first is known
        "var_elevation": third**2 if by_angle and np.isfinite(plot["elevation_rad"]) else 0.0,
        "var_rate": fourth**2 if is_polar and np.isfinite(plot["doppler_mps"]) else 0.0,
        "var_height": 0.0 if height is None else height[1] ** 2,
        "var_velocity": policy.SENT_VELOCITY_SIGMA_MPS**2 if sends else 0.0,
        "ve": measured(plot["ve_mps"]),
        "vn": measured(plot["vn_mps"]),
        "pressure": plot["pressure_altitude_m"],
        "x": x,
        "axes": axes,
        "rise": height_m - own_m,
        "map": place,
        "order": order_of(record, 0)[3:5],
        "looks": looks_at(place[:2], scene),
        **bounds,
        **densities_of(plot, scene, reach_m, place[2], bounds, height is not None, sends),
        **marks_of(plot, call_sign, sensor, reach_m, place[:2], scene),
    }
