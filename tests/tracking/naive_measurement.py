"""A textbook's update of one model by one plot: all that it measures at once, by matrices.

What a plot measures is said by the functions of earth, about the true shape of things; derivatives
are differences.  What a plot measures comes in blocks: height, place, velocity sent.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.linalg import block_diag
from scipy.stats import multivariate_normal

from jointsky.earth import geodesy
from jointsky.records.plots import Geometry
from jointsky.tracking.measurement_kernels import ANY_HEIGHT_M, ANY_SPEED_MPS, WILD_SIGMAS2
from tracking.naive import derivative
from tracking.skies import flat_m

SENT_VELOCITY_SIGMA_MPS = 4.0
COLUMNS = (
    *("geometry", "pressure_altitude_m", "latitude_rad", "longitude_rad", "ve_mps", "vn_mps"),
    *("range_m", "azimuth_rad", "elevation_rad", "doppler_mps", "east_m", "north_m"),
    *("range_sigma_m", "azimuth_sigma_rad", "elevation_sigma_rad", "doppler_sigma_mps"),
    *("east_sigma_m", "north_sigma_m", "east_north_correlation"),
)


class Block(NamedTuple):
    """Some of what a plot measures: what is left of it given a state (6,), and its errors."""

    name: str
    residual: Callable
    errors: np.ndarray


class Looked(NamedTuple):
    """What a plot says of a state: the kernel's rows, as matrices."""

    x: np.ndarray
    residual: np.ndarray
    h: np.ndarray
    r: np.ndarray
    wild: bool


class Updated(NamedTuple):
    """A model after a plot, and how well it foresaw it."""

    x: np.ndarray
    p: np.ndarray
    distance2: float
    log_density: float


def turned_by(angle):
    """Return an angle between -pi and pi."""
    return (angle + math.pi) % (2.0 * math.pi) - math.pi


def blocks_of(plot, sensor, sky, dt, mode_c_sigma_m):
    """Return the blocks of a record of one plot, of a state ``dt`` seconds before it."""
    value = {name: getattr(plot, name)[0] for name in COLUMNS}

    def later(x):
        return np.concatenate([x[:3] + dt * x[3:6], x[3:6]])

    def own(x):
        """The state in the sensor's east, north, up."""
        state = later(x)
        if sky.is_flat:
            return state - np.array([*sensor.flat_enu_m, 0.0, 0.0, 0.0])
        site = sensor.latitude_rad, sensor.longitude_rad, sensor.height_m
        turn = geodesy.enu_rotation(*site[:2])
        return np.concatenate([geodesy.ecef_to_enu(state[None, :3], *site)[0], turn @ state[3:]])

    def height(x):
        at = later(x)[None, :3]
        return at[0, 2] if sky.is_flat else geodesy.ecef_to_geodetic(at)[2][0]

    out = []
    if np.isfinite(value["pressure_altitude_m"]):
        told = value["pressure_altitude_m"]
        errors = np.array([[mode_c_sigma_m**2]])
        out.append(Block("height", lambda x: np.array([told - height(x)]), errors))
    if value["geometry"] in (Geometry.POLAR, Geometry.BEARING):
        return out + _polar(value, own)
    return out + _plane(value, plot, sky, own, later)


def _polar(value, own):
    parts, sigmas = [], []

    def add(name, sigma, part):
        if np.isfinite(value[name]):
            parts.append(part)
            sigmas.append(sigma)

    def slant(s):
        return np.linalg.norm(s[:3])

    is_ranged = value["geometry"] == Geometry.POLAR
    if is_ranged:
        add("range_m", value["range_sigma_m"], lambda s: value["range_m"] - slant(s))
    add(
        "azimuth_rad",
        value["azimuth_sigma_rad"],
        lambda s: turned_by(value["azimuth_rad"] - math.atan2(s[0], s[1])),
    )
    add(
        "elevation_rad",
        value["elevation_sigma_rad"],
        lambda s: value["elevation_rad"] - math.asin(s[2] / slant(s)),
    )
    if is_ranged:
        add(
            "doppler_mps",
            value["doppler_sigma_mps"],
            lambda s: value["doppler_mps"] - s[:3] @ s[3:] / slant(s),
        )
    name = "ranged" if is_ranged else "bearing"

    def residual(x):
        return np.array([part(own(x)) for part in parts])

    return [Block(name, residual, np.diag(np.square(sigmas)))]


def _plane(value, plot, sky, own, later):
    if value["geometry"] == Geometry.LOCAL:

        def place(x):
            return np.array([value["east_m"], value["north_m"]]) - own(x)[:2]

    else:
        here = float(value["latitude_rad"]), float(value["longitude_rad"])
        axes = np.eye(3) if sky.is_flat else geodesy.enu_rotation(*here)
        if sky.is_flat:
            point = np.append(flat_m(sky, plot)[0], 0.0)
        else:
            point = geodesy.geodetic_to_ecef(*here, 0.0)[0]

        def place(x):
            return (axes @ (point - later(x)[:3]))[:2]

    east, north = value["east_sigma_m"], value["north_sigma_m"]
    shared = value["east_north_correlation"] * east * north
    out = [Block("place", place, np.array([[east**2, shared], [shared, north**2]]))]
    if value["geometry"] == Geometry.GEODETIC and np.isfinite(value["ve_mps"]):
        sent = np.array([value["ve_mps"], value["vn_mps"]])

        def velocity(x):
            return sent - axes[:2] @ x[3:6]

        out.append(Block("velocity", velocity, SENT_VELOCITY_SIGMA_MPS**2 * np.eye(2)))
    return out


def looked(x, p, blocks, slant_m=math.nan):
    """Return what all blocks say of a state: residual, derivative, error covariance, all at once.

    ``slant_m`` is the predicted range: a measured one is longer by what lies off its line of sight,
    x squared over twice the range, whose second moment for x of variance v is 3 (v over that)**2.
    """
    wild = False
    residual, h, r = np.zeros(0), np.zeros((0, len(x))), np.zeros((0, 0))
    for block in blocks:
        more, errors = block.residual(x[:6]), block.errors.copy()
        slopes = np.zeros((len(more), len(x)))
        slopes[:, :6] = -derivative(block.residual, x[:6], [10.0, 10.0, 10.0, 0.1, 0.1, 0.1])
        if block.name == "height":
            wild = bool(more[0] ** 2 > WILD_SIGMAS2 * (slopes @ p @ slopes.T + errors)[0, 0])
            if wild:
                errors[:] = ANY_HEIGHT_M**2
        elif block.name == "velocity":
            unsure2 = errors[0, 0] + np.trace(p[3:6, 3:6])
            if more @ more > WILD_SIGMAS2 * unsure2:
                errors = ANY_SPEED_MPS**2 * np.eye(2)
        elif block.name == "ranged":
            sight = slopes[0, :3]
            across = np.trace(p[:3, :3]) - sight @ p[:3, :3] @ sight
            longer = 0.5 * across / slant_m
            errors[0, 0] += 3.0 * longer**2
        residual = np.concatenate([residual, more])
        h = np.vstack([h, slopes])
        r = block_diag(r, errors)
    return Looked(x, residual, h, r, wild)


def updated(x, p, seen):
    """Return the update of mean and covariance (Kalman 1960) by what was seen from near it."""
    residual = seen.residual - seen.h @ (x - seen.x)
    s = seen.h @ p @ seen.h.T + seen.r
    gain = p @ seen.h.T @ np.linalg.inv(s)
    distance2 = float(residual @ np.linalg.solve(s, residual))
    size = np.sqrt(np.diag(s))  # metres and radians: in units of their own errors
    scaled = multivariate_normal(cov=s / np.outer(size, size))
    log_density = float(scaled.logpdf(residual / size) - np.log(size).sum())
    return Updated(x + gain @ residual, p - gain @ s @ gain.T, distance2, log_density)
