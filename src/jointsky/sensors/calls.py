"""Observers: what people notice and report, when it comes in, and how wrong it is.

In each interval a person who pays attention reports the one thing that stands out most of what he
or she notices: by eye as optics_kernels.py, by ear as sounds_kernels.py.  The report has a rounded
direction, a guessed distance, a course, a count, a claimed kind, and comes in late.
"""

from __future__ import annotations

import dataclasses
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.earth.horizon import EARTH_RADIUS_M
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.vehicles import Transponder
from jointsky.sensors import calls_kernels as kernels
from jointsky.sensors import drawing_kernels as drawing
from jointsky.sensors.bearings import draw_false
from jointsky.sensors.calls_words import ON_THE_GROUND, claimed_of, points_of, sentence
from jointsky.sensors.frames import (
    Floats,
    Frames,
    Near,
    frames,
    ground_of,
    near,
    observed,
    sites,
    words,
)
from jointsky.sensors.observers import Observer
from jointsky.sensors.optics import LIGHT_RADIUS_M, Eye, extinction_pm, is_daylight, sizes_m
from jointsky.sensors.placed import Placed
from jointsky.sensors.rain_on_sight import rain_on_sight
from jointsky.sensors.sounds import Ears, absorption_dbpm, sound_speed_mps, source_levels_db
from jointsky.sensors.surroundings import Air, Observed, Place, Surroundings

ATTENTION, MOMENT, DIRECTION, DELAY, COURSE, CLAIM = 24, 25, 26, 27, 28, 29  # purposes
_EAR_HZ = 500.0  # middle of what carries far and ears still hear well
_EAR_FALSE_ALARM = 1e-2  # of a person who listens for a moment
_DEAF = 2.0  # a direction that was only heard is so much worse than one that was seen
_READS_WITHIN_M = 500.0


class Person(NamedTuple):
    """What a person takes notice of, as kernels take it."""

    reach_m: float
    above_m: float
    hears: bool


def senses(sensor: Observer, air: Air) -> tuple[Person, Eye, Ears]:
    """Return a declared observer as kernels take it."""
    person = Person(sensor.range_max_km * 1000.0, sensor.height_max_m, sensor.hears)
    eye = Eye(
        pixel_rad=math.radians(sensor.acuity_arcmin / 60.0),
        contrast=sensor.contrast,
        needed=sensor.contrast_needed,
        extinction_pm=extinction_pm(air),
        detect=sensor.cycles_to_notice,
        recognise=sensor.cycles_to_notice,
        identify=sensor.cycles_to_notice,
        half_width_rad=math.pi,
        low_rad=0.0,
        high_rad=math.pi / 2.0,
        sigma_rad=math.radians(sensor.bearing_sigma_deg),
        range_sigma_m=0.0,
        memory_s=1.0,
        radius_m=LIGHT_RADIUS_M,
    )
    ears = Ears(
        sound_mps=sound_speed_mps(air),
        absorption_dbpm=absorption_dbpm(_EAR_HZ, air),
        ambient_db=sensor.ambient_db,
        false_alarm=_EAR_FALSE_ALARM,
        elements=1.0,
        snapshots=1.0,
        wavenumber_radius=1.0,
        floor_rad=0.0,
        elevation_floor_rad=0.0,
        reach_m=person.reach_m,
        radius_m=EARTH_RADIUS_M,
    )
    return person, eye, ears


@dataclasses.dataclass(frozen=True)
class Noticed:
    """What a person noticed and reports, truth still: one row a report; vehicle -1: nothing."""

    vehicle: npt.NDArray[np.int64]
    frame: npt.NDArray[np.int64]
    is_heard: npt.NDArray[np.bool_]
    range_m: Floats
    azimuth_rad: Floats
    course_rad: Floats
    beside: npt.NDArray[np.int64]


def observe(
    sensor: Observer,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return the reports of what a person notices in the intervals that begin in a window."""
    seen = _moments(sensor, frames(sensor.interval_s, placed, begin_s, end_s, key), key)
    at, _ = sites(place, surroundings, seen.time_s)
    noticed = _noticed(sensor, place, surroundings, seen, at, key)
    noticed = _with_false(sensor, noticed, seen, key)
    return _told(sensor, placed, place, row, surroundings, seen, noticed, key)


def _moments(sensor: Observer, seen: Frames, key: tuple[int, int]) -> Frames:
    """Return the intervals with the moment in each at which the person looks up, if at all."""
    drawn = np.array(
        [
            (
                drawing.uniform(words(key), drawing.NOBODY, number, MOMENT),
                drawing.uniform(words(key), drawing.NOBODY, number, ATTENTION),
            )
            for number in seen.number.tolist()
        ]
    ).reshape(-1, 2)
    return Frames(
        seen.number,
        seen.time_s + sensor.interval_s * drawn[:, 0],
        seen.is_kept & (drawn[:, 1] < sensor.attention),
        seen.interval_s,
    )


def _noticed(
    sensor: Observer,
    place: Place,
    surroundings: Surroundings,
    seen: Frames,
    at: Floats,
    key: tuple[int, int],
) -> Noticed:
    """Return what stands out most in each interval."""
    person, eye, ears = senses(sensor, surroundings.air)
    listed = np.ones(len(surroundings.vehicles), bool)
    found: Near = near(surroundings, listed, seen, at, 0.0, 2.0 * person.reach_m)
    count = len(found.vehicle)
    out, sense = np.zeros((count, 4)), np.empty(count, np.int64)
    kernels.notice(
        found.vehicle,
        found.frame,
        found.state,
        seen.number,
        seen.time_s,
        is_daylight(place, at, seen.time_s),
        surroundings.pieces,
        at[0],
        surroundings.vehicle_keys,
        sizes_m(surroundings),
        surroundings.vehicles.count,
        source_levels_db(surroundings),
        rain_on_sight(place, surroundings, at, seen.time_s, found),
        person,
        eye,
        ears,
        words(key),
        ground_of(surroundings),
        out,
        sense,
    )
    rows = np.flatnonzero(sense)
    ties = surroundings.vehicle_keys[found.vehicle[rows]]
    rows = rows[np.lexsort((ties, -out[rows, 3], found.frame[rows]))]
    _, first = np.unique(found.frame[rows], return_index=True)
    rows = rows[first]
    return Noticed(
        found.vehicle[rows],
        found.frame[rows],
        sense[rows] == kernels.HEARD,
        out[rows, 0],
        out[rows, 1],
        out[rows, 2],
        _shown_beside(surroundings, found, at[0])[found.frame[rows]],
    )


def _shown_beside(surroundings: Surroundings, found: Near, site: Floats) -> npt.NDArray[np.int64]:
    """Return by frame the nearest drone that an application shows, -1 where there is none."""
    made = np.full(int(found.frame.max(initial=-1)) + 1, -1, np.int64)
    answers = surroundings.vehicles.transponder[found.vehicle]
    range_m = np.linalg.norm(found.state[:, :3] - site[:3], axis=1)
    shown = (answers & Transponder.REMOTE_ID != 0) & (range_m <= _READS_WITHIN_M)
    rows = np.flatnonzero(shown)
    rows = rows[np.lexsort((found.vehicle[rows], -range_m[rows]))]
    made[found.frame[rows]] = found.vehicle[rows]  # the nearest is written last
    return made


def _with_false(sensor: Observer, noticed: Noticed, seen: Frames, key: tuple[int, int]) -> Noticed:
    """Return what was noticed and, where nothing was, what was not there."""
    false = draw_false(seen, sensor.false_reports_per_day / 24.0, (0.0, 0.0), key)
    free = ~np.isin(false.frame, noticed.frame)
    frame, first = np.unique(false.frame[free], return_index=True)
    share, azimuth = false.share[free][first], false.azimuth_rad[free][first]
    range_m = sensor.range_max_km * 1000.0 * np.sqrt(0.01 + 0.99 * share)
    turned = np.mod(azimuth * 7.0, 2.0 * math.pi)
    return Noticed(
        np.concatenate([noticed.vehicle, np.full(len(frame), -1)]),
        np.concatenate([noticed.frame, frame]),
        np.concatenate([noticed.is_heard, np.zeros(len(frame), bool)]),
        np.concatenate([noticed.range_m, range_m]),
        np.concatenate([noticed.azimuth_rad, azimuth]),
        np.concatenate([noticed.course_rad, turned]),
        np.concatenate([noticed.beside, np.full(len(frame), -1)]),
    )


def _told(
    sensor: Observer,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    seen: Frames,
    noticed: Noticed,
    key: tuple[int, int],
) -> Observed:
    """Return what was noticed as it is told."""
    count = len(noticed.vehicle)
    number = seen.number[noticed.frame].tolist()
    luck = np.array([drawing.normals(words(key), drawing.NOBODY, k, DIRECTION) for k in number])
    late = np.array([drawing.normals(words(key), drawing.NOBODY, k, DELAY) for k in number])
    luck, late = luck.reshape(-1, 2), late.reshape(-1, 2)
    worse = np.where(noticed.is_heard, _DEAF, 1.0)
    own_rad = math.radians(sensor.bearing_sigma_deg) * worse
    azimuth_rad = points_of(noticed.azimuth_rad + own_rad * luck[:, 0], sensor.compass_points)
    step_rad = 2.0 * math.pi / sensor.compass_points
    sigma_rad = np.hypot(own_rad, step_rad / math.sqrt(12.0))
    spread = math.log(sensor.distance_factor)
    range_m = np.maximum(noticed.range_m, 1.0) * np.exp(spread * luck[:, 1])
    has_place = ~noticed.is_heard & (sensor.tells == "place")
    time_s = seen.time_s[noticed.frame]
    delay_s = sensor.delay_median_s * np.exp(math.log(sensor.delay_factor) * late[:, 0])
    received_s = time_s + delay_s + placed.latency_s
    sine, cosine = np.sin(azimuth_rad), np.cos(azimuth_rad)
    along_m, across_m = range_m * spread, range_m * sigma_rad
    east_m = np.hypot(sine * along_m, cosine * across_m)
    north_m = np.hypot(cosine * along_m, sine * across_m)
    shared = sine * cosine * (along_m**2 - across_m**2) / (east_m * north_m)
    local_m = np.stack([range_m * sine, range_m * cosine, np.zeros(count)], axis=1)
    home = place.latitude_rad, place.longitude_rad, place.height_m
    latitude, longitude, _ = geodesy.ecef_to_geodetic(geodesy.enu_to_ecef(local_m, *home))
    plots = Plots.make(
        count,
        sensor=row,
        geometry=np.where(has_place, int(Geometry.GEODETIC), int(Geometry.BEARING)),
        azimuth_rad=np.where(has_place, np.nan, azimuth_rad),
        azimuth_sigma_rad=np.where(has_place, np.nan, sigma_rad),
        latitude_rad=np.where(has_place, latitude, np.nan),
        longitude_rad=np.where(has_place, longitude, np.nan),
        east_sigma_m=np.where(has_place, east_m, np.nan),
        north_sigma_m=np.where(has_place, north_m, np.nan),
        east_north_correlation=np.where(has_place, shared, np.nan),
        flags=int(PlotFlag.SIMULATED),
    )
    reports = _reports(sensor, row, surroundings, noticed, number, key)
    reports = reports.replace(
        time_s=time_s,
        received_s=received_s,
        latitude_rad=plots.latitude_rad,
        longitude_rad=plots.longitude_rad,
        place_sigma_m=np.where(has_place, np.maximum(along_m, across_m), np.nan),
        azimuth_rad=azimuth_rad,
        azimuth_sigma_rad=sigma_rad,
    )
    about_m = np.where(has_place, range_m, np.nan)
    said = [sentence(reports, i, float(about_m[i])) for i in range(count)]
    reports = reports.replace(words=np.array(said, "U160"))
    flies = np.flatnonzero(~np.isin(reports.claimed, ON_THE_GROUND))  # nobody plots a walker
    made = observed(
        placed,
        time_s[flies],
        noticed.vehicle[flies],
        plots.rows(flies),
        received_s=received_s[flies],
    )
    order = np.lexsort((noticed.vehicle, time_s, received_s))
    return dataclasses.replace(
        made,
        reports=reports.rows(order),
        reported=noticed.vehicle[order].astype(np.int32),
    )


def _reports(
    sensor: Observer,
    row: int,
    surroundings: Surroundings,
    noticed: Noticed,
    number: list[int],
    key: tuple[int, int],
) -> Reports:
    """Return what is claimed of each: kind, count, course, identity."""
    vehicles = surroundings.vehicles
    claimed, counts, courses, names = [], [], [], []
    for i, vehicle in enumerate(noticed.vehicle.tolist()):
        kind, many = (
            drawing.uniform(words(key), drawing.NOBODY, number[i], CLAIM + k) for k in (0, 1)
        )
        is_wrong, other = (
            drawing.uniform(words(key), drawing.NOBODY, number[i], CLAIM + k) for k in (2, 3)
        )
        domain = "drone" if vehicle < 0 else str(vehicles.domain[vehicle])
        claimed.append(claimed_of(domain, sensor.confusions, kind))
        true = 1 if vehicle < 0 else int(vehicles.count[vehicle])
        # beyond four, people estimate (Trick and Pylyshyn, Psychological Review 101, 1994)
        counts.append(true if true <= 4 else max(round(true * (0.7 + 0.6 * many)), 2))
        course = noticed.course_rad[i]
        if is_wrong < sensor.wrong_course_share:
            course += math.pi / 2.0 * (1.0 + math.floor(3.0 * other))
        courses.append(course)
        names.append(_name_read(sensor, surroundings, noticed, i))
    return Reports.make(
        len(claimed),
        sensor=row,
        sense=np.where(noticed.is_heard, "heard", "seen"),
        claimed=np.array(claimed, "U32"),
        count=np.array(counts, np.int16),
        course_rad=np.where(
            noticed.is_heard, np.nan, points_of(np.array(courses, float), sensor.compass_points)
        ),
        remote_id=np.array(names, "U24"),
    )


def _name_read(sensor: Observer, surroundings: Surroundings, noticed: Noticed, row: int) -> str:
    """Return the identity that an application shows of a drone near by; empty: none.

    With a person on the ground that of the nearest drone is told: it may be theirs.
    """
    vehicle, range_m = int(noticed.vehicle[row]), noticed.range_m[row]
    if not sensor.reads_remote_id or vehicle < 0 or range_m > _READS_WITHIN_M:
        return ""
    vehicles = surroundings.vehicles
    if vehicles.domain[vehicle] == "person":
        vehicle = int(noticed.beside[row])
    if vehicle < 0 or not vehicles.transponder[vehicle] & Transponder.REMOTE_ID:
        return ""
    return str(vehicles.call_sign[vehicle])


def describe(sensor: Observer, name: str, place: Place) -> Sensor:
    """Return what a tracker is told of an observer."""
    step_rad = 2.0 * math.pi / sensor.compass_points
    own_rad = math.radians(sensor.bearing_sigma_deg)
    return Sensor(
        name=name,
        kind="bearing",
        latitude_rad=place.latitude_rad,
        longitude_rad=place.longitude_rad,
        height_m=place.height_m,
        rotation_period_s=sensor.interval_s,
        range_max_m=sensor.range_max_km * 1000.0,
        azimuth_sigma_rad=math.hypot(own_rad, step_rad / math.sqrt(12.0)),
        false_plots_per_turn=sensor.false_reports_per_day * sensor.interval_s / 86_400.0,
        senses=("people",),
    )
