"""What one detection says, by its measurement model: columns of a plot, and the sensor it is from.

Stone Soup counts bearings from x, anticlockwise, and elevations up; we count azimuths from north,
clockwise.  A model's range is along the slant, but that of CartesianToBearingRange and of the
models of a plane lies on the ground: where targets have heights, such a plot becomes a place on
the ground, with its error as an ellipse.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.errors import InputError
from jointsky.records.plots import Geometry, PlotFlag
from jointsky.records.sensors import Sensor
from jointsky.stonesoup import peer
from jointsky.stonesoup.space import StateSpace

Floats = npt.NDArray[np.float64]
Row = dict[str, float]

AREA, POLAR = "multilateration", "radar"
PLANE_SIGMA_M = 1.0  # of the height, in a scene that has none
_LARGEST_CORRELATION = 1e-6

_PARTS: dict[type, tuple[str, ...]] = {
    peer.CartesianToElevationBearingRangeRate: ("elevation", "bearing", "range", "rate"),
    peer.CartesianToElevationBearingRange: ("elevation", "bearing", "range"),
    peer.CartesianToElevationBearing: ("elevation", "bearing"),
    peer.CartesianToBearingRangeRate2D: ("bearing", "ground", "rate"),
    peer.CartesianToBearingRangeRate: ("bearing", "range", "rate"),
    peer.CartesianToBearingRange: ("bearing", "ground"),
    peer.Cartesian2DToBearing: ("bearing",),
}
_COLUMNS = {
    "elevation": ("elevation_rad", "elevation_sigma_rad"),
    "bearing": ("azimuth_rad", "azimuth_sigma_rad"),
    "range": ("range_m", "range_sigma_m"),
    "ground": ("range_m", "range_sigma_m"),
    "rate": ("doppler_mps", "doppler_sigma_mps"),
}


@dataclasses.dataclass(frozen=True)
class Reading:
    """How the detections of one measurement model are read.

    ``parts`` names the parts of a polar measurement, and is empty for one of position;
    ``yaw_rad`` is how far the model's axes are turned about the vertical, anticlockwise.
    """

    sensor: Sensor
    parts: tuple[str, ...]
    covariance: Floats
    sigmas: tuple[float, ...]
    yaw_rad: float
    is_planar: bool


def reading_of(model: Any, space: StateSpace) -> Reading:
    """Return how a model's detections are read; InputError for a model that we cannot take."""
    covariance = np.asarray(model.covar(), np.float64)
    sigmas = tuple(np.sqrt(np.diag(covariance)).tolist())
    if isinstance(model, peer.LinearGaussian):
        _check_linear(model, space)
        sensor = Sensor(name="positions", kind=AREA, flat_enu_m=(0.0, 0.0, 0.0))
        return Reading(sensor, (), covariance, sigmas, 0.0, space.is_planar)
    parts = _parts(model)
    _check_independent(covariance, model)
    place = [float(part) for part in np.ravel(model.translation_offset)][: len(space.position)]
    east, north, up = (*place, 0.0)[:3]
    name = f"radar at {east:.10g}, {north:.10g}, {up:.10g}"
    sensor = Sensor(name=name, kind=POLAR, flat_enu_m=(east, north, up))
    return Reading(sensor, parts, covariance, sigmas, _yaw_rad(model), space.is_planar)


def row_of(vector: list[float], reading: Reading) -> Row:
    """Return the columns of Plots, but time and sensor, that one measurement fills."""
    height = {"height_m": 0.0, "height_sigma_m": PLANE_SIGMA_M} if reading.is_planar else {}
    if not reading.parts:
        return _linear(vector, reading.covariance) | height
    row: Row = {}
    for part, value, sigma in zip(reading.parts, vector, reading.sigmas, strict=True):
        name, sigma_name = _COLUMNS[part]
        row[name], row[sigma_name] = value, sigma
    row["azimuth_rad"] = (math.pi / 2 - row["azimuth_rad"] - reading.yaw_rad) % (2 * math.pi)
    if "range_m" not in row:
        return row | height | {"geometry": Geometry.BEARING}
    row["flags"] = PlotFlag.PRIMARY
    if "ground" in reading.parts and not reading.is_planar:
        return _on_the_ground(row)
    return row | height | {"geometry": Geometry.POLAR}


def _name(model: Any) -> str:
    return f"measurement model {type(model).__name__}"


def _parts(model: Any) -> tuple[str, ...]:
    for kind in type(model).__mro__:
        if kind in _PARTS:
            if np.any(np.ravel(getattr(model, "velocity", np.zeros(3))) != 0.0):
                raise InputError(_name(model), "a sensor that moves", "one that stands still")
            return _PARTS[kind]
    known = ", ".join(["LinearGaussian", *sorted(kind.__name__ for kind in _PARTS)])
    raise InputError(_name(model), "no way to read it as a plot", f"one of {known}")


def _yaw_rad(model: Any) -> float:
    turned = np.ravel(getattr(model, "rotation_offset", np.zeros(3))).astype(np.float64)
    if np.any(turned[:2] != 0.0):
        raise InputError(_name(model), "axes that are tilted", "axes turned about the vertical")
    return float(turned[2])


def _check_independent(covariance: Floats, model: Any) -> None:
    sigmas = np.sqrt(np.diag(covariance))
    apart = covariance - np.diag(np.diag(covariance))
    if np.any(np.abs(apart) > _LARGEST_CORRELATION * np.outer(sigmas, sigmas)):
        raise InputError(_name(model), "errors that are correlated", "a diagonal noise_covar")


def _check_linear(model: Any, space: StateSpace) -> None:
    mapping = tuple(model.mapping)
    if mapping not in (space.position, space.position[:2]):
        raise InputError(
            _name(model),
            f"measures parts {mapping} of the state",
            f"position, which is {space.position} here",
        )


def _linear(vector: list[float], covariance: Floats) -> Row:
    sigmas = np.sqrt(np.diag(covariance))
    row: Row = {
        "geometry": Geometry.LOCAL,
        "east_m": vector[0],
        "north_m": vector[1],
        "east_sigma_m": float(sigmas[0]),
        "north_sigma_m": float(sigmas[1]),
        "east_north_correlation": float(covariance[0, 1] / (sigmas[0] * sigmas[1])),
    }
    if len(vector) == 3:
        row |= {"height_m": vector[2], "height_sigma_m": float(sigmas[2])}
    return row


def _on_the_ground(polar: Row) -> Row:
    """Return the place on the ground of a range along it, with its errors east and north."""
    range_m, azimuth = polar["range_m"], polar["azimuth_rad"]
    along, across = polar["range_sigma_m"] ** 2, (range_m * polar["azimuth_sigma_rad"]) ** 2
    sin, cos = math.sin(azimuth), math.cos(azimuth)
    east, north = along * sin**2 + across * cos**2, along * cos**2 + across * sin**2
    return {
        "geometry": Geometry.LOCAL,
        "flags": PlotFlag.PRIMARY,
        "east_m": range_m * sin,
        "north_m": range_m * cos,
        "east_sigma_m": math.sqrt(east),
        "north_sigma_m": math.sqrt(north),
        "east_north_correlation": sin * cos * (along - across) / math.sqrt(east * north),
    }
