"""Cameras: bearings of what their pixels resolve, as far as the air lets contrast through.

Detected, recognised (what kind of thing) or identified (its type) by cycles on the target; a
target that is recognised is also told in words, once a ``memory_s``.  Not modelled: glare, clouds,
a background other than sky, tracking by a narrow field of view.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth.horizon import EARTH_RADIUS_M
from jointsky.earth.sun import CIVIL_TWILIGHT_RAD, sun_elevation_rad
from jointsky.records.plots import Geometry, Plots
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.sensors import optics_kernels as kernels
from jointsky.sensors.airborne import geodetic_plots
from jointsky.sensors.bearings import FalseBearings, draw_false
from jointsky.sensors.frames import (
    Floats,
    Frames,
    Near,
    frames,
    ground_of,
    near,
    observed,
    own_speed_mps,
    sites,
    words,
)
from jointsky.sensors.passive import Camera
from jointsky.sensors.placed import Placed
from jointsky.sensors.rain_on_sight import rain_on_sight
from jointsky.sensors.surroundings import Air, Observed, Place, Surroundings

LIGHT_RADIUS_M = EARTH_RADIUS_M * 7.0 / 6.0  # rays of light bend less than those of radio
_PIXEL_SIGMA = 1.0 / math.sqrt(12.0)  # of a place within one pixel
_SENSES = ("", "", "recognised", "identified")


class Eye(NamedTuple):
    """A camera or a person's eye as kernels take it."""

    pixel_rad: float
    contrast: float
    needed: float
    extinction_pm: float
    detect: float
    recognise: float
    identify: float
    half_width_rad: float
    low_rad: float
    high_rad: float
    sigma_rad: float
    range_sigma_m: float
    memory_s: float
    radius_m: float


def extinction_pm(air: Air) -> float:
    """Return the extinction of visible light per metre: contrast is 5 % at the visibility.

    -ln 0.05 / V, the meteorological optical range of WMO-No. 8, chapter 9.  20 km: 1.498e-4.
    """
    return -math.log(0.05) / air.visibility_m


def eye(sensor: Camera, air: Air) -> Eye:
    """Return a declared camera as kernels take it."""
    pixel_rad = sensor.pixel_mrad * 1e-3
    declared = sensor.extinction_per_km
    return Eye(
        pixel_rad=pixel_rad,
        contrast=sensor.contrast,
        needed=sensor.contrast_needed,
        extinction_pm=extinction_pm(air) if declared is None else declared * 1e-3,
        detect=sensor.cycles_to_detect,
        recognise=sensor.cycles_to_recognise,
        identify=sensor.cycles_to_identify,
        half_width_rad=math.radians(sensor.azimuth_width_deg) / 2.0,
        low_rad=math.radians(sensor.elevation_min_deg),
        high_rad=math.radians(sensor.elevation_max_deg),
        sigma_rad=max(math.radians(sensor.bearing_sigma_deg), pixel_rad * _PIXEL_SIGMA),
        range_sigma_m=0.0 if sensor.range_sigma_m is None else sensor.range_sigma_m,
        memory_s=sensor.memory_s,
        radius_m=LIGHT_RADIUS_M,
    )


def sizes_m(surroundings: Surroundings) -> Floats:
    """Return the largest dimension of each vehicle (V,)."""
    each = np.array([signature.size_m for signature in surroundings.signatures], np.float64)
    return np.asarray(each[surroundings.vehicles.signature])


def is_daylight(place: Place, at: Floats, time_s: Floats) -> npt.NDArray[np.bool_]:
    """Return whether the sun is above civil twilight at a sensor at times (F,)."""
    if place.vehicle < 0:
        latitude_rad: Floats | float = place.latitude_rad
        longitude_rad: Floats | float = place.longitude_rad
    else:  # the direction from the earth's centre will do
        latitude_rad = np.arctan2(at[:, 2], np.hypot(at[:, 0], at[:, 1]))
        longitude_rad = np.arctan2(at[:, 1], at[:, 0])
    return np.asarray(sun_elevation_rad(latitude_rad, longitude_rad, time_s) > CIVIL_TWILIGHT_RAD)


def observe(
    sensor: Camera,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return what a camera sees in the frames that begin in a window."""
    seen = frames(sensor.frame_time_s, placed, begin_s, end_s, key)
    at, course_rad = sites(place, surroundings, seen.time_s)
    if sensor.spectrum == "visible":
        seen.is_kept[:] &= is_daylight(place, at, seen.time_s)
    if place.vehicle >= 0:
        seen.is_kept[:] &= np.isfinite(course_rad)
    others = np.arange(len(surroundings.vehicles)) != place.vehicle
    own_mps = own_speed_mps(place, surroundings)
    found = near(surroundings, others, seen, at, own_mps, sensor.range_max_km * 1000.0)
    looking = eye(sensor, surroundings.air)
    middles_rad = course_rad + math.radians(placed.facing_deg)
    out, level = np.empty((len(found.vehicle), 4)), np.empty(len(found.vehicle), np.int64)
    kernels.look(
        found.vehicle,
        found.frame,
        found.state,
        seen.number,
        seen.time_s,
        at,
        middles_rad,
        surroundings.vehicle_keys,
        sizes_m(surroundings),
        rain_on_sight(place, surroundings, at, seen.time_s, found),
        looking,
        words(key),
        ground_of(surroundings),
        out,
        level,
    )
    is_seen = level > kernels.NOT_SEEN
    chosen = Near(found.vehicle[is_seen], found.frame[is_seen], found.state[is_seen])
    edges = looking.low_rad, looking.high_rad
    sides = -looking.half_width_rad, looking.half_width_rad
    false = draw_false(seen, sensor.false_detections_per_hour, edges, key, sides)
    plots, time_s = _plots(
        sensor,
        placed,
        place,
        row,
        surroundings,
        key,
        seen,
        chosen,
        out[is_seen],
        false,
        middles_rad,
    )
    vehicle = np.concatenate([chosen.vehicle, np.full(len(false.frame), -1)])
    reports, reported = _words(
        sensor, placed, row, surroundings, seen, chosen, level[is_seen], plots
    )
    return observed(placed, time_s, vehicle, plots, reports, reported)


def _plots(
    sensor: Camera,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    key: tuple[int, int],
    seen: Frames,
    chosen: Near,
    out: Floats,
    false: FalseBearings,
    middles_rad: Floats,
) -> tuple[Plots, Floats]:
    """Return plots of what was seen, then of nothing, and their true times."""
    frame = np.concatenate([chosen.frame, false.frame])
    time_s = seen.time_s[frame]
    has_range = sensor.range_sigma_m is not None
    reach_m = sensor.range_max_km * 1000.0
    sigma_rad = eye(sensor, surroundings.air).sigma_rad
    false_rad = false.azimuth_rad + middles_rad[false.frame]
    azimuth_rad = np.concatenate([out[:, 1], false_rad]) + math.radians(placed.azimuth_bias_deg)
    elevation_rad = np.concatenate([out[:, 2], false.elevation_rad])
    elevation_rad += math.radians(placed.elevation_bias_deg)
    across_rad = np.concatenate([out[:, 3], sigma_rad / np.cos(false.elevation_rad)])
    range_m = np.concatenate([out[:, 0], reach_m * (0.1 + 0.9 * false.share)])
    range_m = np.maximum(range_m + placed.range_bias_m, 0.0)
    if place.vehicle >= 0:
        plots = geodetic_plots(
            surroundings, place, row, key, time_s, range_m, azimuth_rad, elevation_rad,
            sensor.range_sigma_m or 0.0, across_rad, sigma_rad,
        )  # fmt: skip
        return plots, time_s
    plots = Plots.make(
        len(time_s),
        sensor=row,
        geometry=int(Geometry.POLAR if has_range else Geometry.BEARING),
        azimuth_rad=np.mod(azimuth_rad, 2.0 * math.pi),
        azimuth_sigma_rad=across_rad,
        elevation_rad=elevation_rad,
        elevation_sigma_rad=sigma_rad,
        range_m=range_m if has_range else np.nan,
        range_sigma_m=np.nan if sensor.range_sigma_m is None else sensor.range_sigma_m,
    )
    return plots, time_s


def _words(
    sensor: Camera,
    placed: Placed,
    row: int,
    surroundings: Surroundings,
    seen: Frames,
    chosen: Near,
    level: npt.NDArray[np.int64],
    plots: Plots,
) -> tuple[Reports, npt.NDArray[np.int64]]:
    """Return what was recognised in words, in the first frame of each ``memory_s``."""
    period = np.floor(seen.time_s / sensor.memory_s)
    before = np.floor((seen.time_s - seen.interval_s) / sensor.memory_s)
    said = np.flatnonzero((level >= kernels.RECOGNISED) & (period > before)[chosen.frame])
    said = said[np.lexsort((chosen.vehicle[said], chosen.frame[said]))]
    vehicle = chosen.vehicle[said]
    vehicles = surroundings.vehicles
    is_typed = level[said] == kernels.IDENTIFIED
    claimed = np.where(is_typed, vehicles.type[vehicle], vehicles.domain[vehicle])
    time_s = seen.time_s[chosen.frame[said]]
    reports = Reports.make(
        len(said),
        time_s=time_s,
        received_s=time_s + placed.latency_s,
        sensor=row,
        sense=np.array([_SENSES[k] for k in level[said].tolist()], "U10"),
        azimuth_rad=plots.azimuth_rad[said],
        azimuth_sigma_rad=plots.azimuth_sigma_rad[said],
        latitude_rad=plots.latitude_rad[said],
        longitude_rad=plots.longitude_rad[said],
        place_sigma_m=np.fmax(plots.east_sigma_m[said], plots.north_sigma_m[said]),
        claimed=claimed,
        count=vehicles.count[vehicle],
    )
    return reports, vehicle


def describe(sensor: Camera, name: str, place: Place) -> Sensor:
    """Return what a tracker is told of a camera; one aboard has no position."""
    is_on_ground = place.vehicle < 0
    has_range = sensor.range_sigma_m is not None
    sigma_rad = max(math.radians(sensor.bearing_sigma_deg), sensor.pixel_mrad * 1e-3 * _PIXEL_SIGMA)
    return Sensor(
        name=name,
        kind="radar" if has_range else "bearing",
        latitude_rad=place.latitude_rad if is_on_ground else None,
        longitude_rad=place.longitude_rad if is_on_ground else None,
        height_m=place.height_m if is_on_ground else None,
        rotation_period_s=sensor.frame_time_s,
        range_max_m=sensor.range_max_km * 1000.0,
        range_sigma_m=sensor.range_sigma_m,
        azimuth_sigma_rad=sigma_rad,
        elevation_sigma_rad=sigma_rad,
        false_plots_per_turn=sensor.false_detections_per_hour * sensor.frame_time_s / 3600.0,
        senses=("sight",),
    )
