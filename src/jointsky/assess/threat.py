"""Assessments become threats: which track can come into which protected zone, when, how surely.

A track flies on straight, with the errors that its covariance tells.  Seen along and across its
course, a zone is an interval of angles; the chance to fly into that interval is a difference of
two normal distributions.  All is on a plane about the track, good to 1 % within 100 km.
Shapes: T tracks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta
from scipy.special import ndtr

from jointsky.assess import threat_kernels as kernels
from jointsky.assess.areas import Area, Areas
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.records.assessment import Assessment, Threat
from jointsky.records.tracks import Tracks, TrackStatus

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

_SLOWEST_MPS = 0.5
_OURS = ("friend", "assumed-friend", "neutral")


class ThreatSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How threats are weighed and which are told."""

    half_urgent_s: Annotated[
        float, Meta(gt=0, description="What comes in this time is half as urgent as what is there")
    ] = 300.0
    course_weight: Annotated[
        float,
        Meta(ge=0, le=1, description="Weight of where it flies; the rest: where it could turn to"),
    ] = 0.8
    floor: Annotated[float, Meta(ge=0, le=1, description="From this level on a threat is told")] = (
        0.05
    )
    near_s: Annotated[
        float, Meta(ge=0, description="Told as well: what could be there in this time, if it ...")
    ] = 600.0
    near_hostile: Annotated[
        float, Meta(ge=0, le=1, description="... is hostile with at least this probability")
    ] = 0.2


class _Course(NamedTuple):
    """Tracks in straight flight."""

    latitude_rad: Floats
    longitude_rad: Floats
    height_m: Floats
    speed_mps: Floats
    along: Floats  # (T, 2) unit vector east, north
    covariance: Floats  # (T, 6, 6)
    climb_mps: Floats


class _Approach(NamedTuple):
    """How tracks come to one zone, each (T,)."""

    is_inside: Booleans
    reach: Floats
    closest_m: Floats
    closest_sigma_m: Floats
    go_s: Floats
    go_sigma_s: Floats
    soonest_s: Floats
    rim_m: Floats


def threats(
    tracks: Tracks,
    assessments: Mapping[int, Assessment],
    areas: Areas,
    now_s: float,
    settings: ThreatSettings | None = None,
) -> list[Threat]:
    """Return the threats to protected zones that hold now, the highest level first.

    Only tracks that are assessed count; one that a person decided to be a friend or neutral never
    does, and one decided to be hostile counts as that.  ``tracks`` are as expected at ``now_s``.
    Equal levels are in order of zone and track.
    """
    settings = settings or ThreatSettings()
    hostile = np.array(
        [_hostile(assessments.get(number)) for number in tracks.track_number.tolist()], np.float64
    )
    is_live = (tracks.status == TrackStatus.CONFIRMED) | (tracks.status == TrackStatus.COASTED)
    chosen = np.flatnonzero(is_live & (hostile >= min(settings.floor, settings.near_hostile)))
    if not len(chosen):
        return []
    course, hostile = _course(tracks.rows(chosen)), hostile[chosen]
    numbers = tracks.track_number[chosen].tolist()
    made: list[Threat] = []
    is_inside = areas.over(course.latitude_rad, course.longitude_rad, "protected")
    for row in areas.of_use("protected"):
        area = areas.areas[row]
        if not area.is_active(now_s):
            continue
        approach = _approach(course, area, np.ascontiguousarray(is_inside[:, row]))
        vertical = _at_its_heights(course, area, areas, approach.go_s)
        level = _level(approach, hostile, settings)
        is_near = (hostile >= settings.near_hostile) & (approach.soonest_s <= settings.near_s)
        for place in np.flatnonzero((level >= settings.floor) | is_near).tolist():
            one = _threat(place, approach, area, now_s, numbers[place], float(level[place]))
            at = float(vertical[place])
            words = _words(one, approach, place, float(hostile[place]), at)
            made.append(msgspec.structs.replace(one, reach=one.reach * at, words=words))
    return sorted(made, key=lambda one: (-one.level, one.zone, one.track))


def _hostile(assessment: Assessment | None) -> float:
    """Return the probability that counts: a person's word stands above the machine's."""
    if assessment is None:
        return 0.0
    if assessment.decided_by:
        if assessment.identity in _OURS:
            return 0.0
        if assessment.identity == "hostile":
            return 1.0
        if assessment.identity == "suspect":
            return max(assessment.hostile, 0.5)
    return assessment.hostile


def _course(tracks: Tracks) -> _Course:
    speed = np.hypot(tracks.ve_mps, tracks.vn_mps)
    moves = speed > 0.0
    safe = np.where(moves, speed, 1.0)
    return _Course(
        latitude_rad=tracks.latitude_rad,
        longitude_rad=tracks.longitude_rad,
        height_m=tracks.height_m,
        speed_mps=speed,
        along=np.stack([tracks.ve_mps / safe, np.where(moves, tracks.vn_mps / safe, 1.0)], axis=1),
        covariance=np.asarray(tracks.covariance, np.float64),
        climb_mps=tracks.vu_mps,
    )


def _level(approach: _Approach, hostile: Floats, settings: ThreatSettings) -> Floats:
    """Return levels (T,): hostile, and there soon by its course or if it turned.

    ``P(hostile) (w reach U(go) + (1 - w) U(soonest))`` with ``U(t) = T / (T + t)``: nought where it
    is not hostile, 1 for a hostile inside, and never less for one that is surer, nearer or faster.
    """
    half, weight = settings.half_urgent_s, settings.course_weight
    by_course = approach.reach * half / (half + approach.go_s)
    by_turning = half / (half + approach.soonest_s)
    level = hostile * (weight * by_course + (1.0 - weight) * by_turning)
    return np.asarray(np.where(approach.is_inside, hostile, level))


def _approach(course: _Course, area: Area, is_inside: Booleans) -> _Approach:
    """Return how tracks come to a zone in straight flight; ``is_inside`` (T,) who is there."""
    out = np.empty((len(course.latitude_rad), 7))
    rim_rad = np.ascontiguousarray(area.rim_rad, np.float64)
    radius_m = mean_radius_of_curvature_m(float(rim_rad[:, 0].mean()))
    kernels.approach(
        course.latitude_rad,
        course.longitude_rad,
        course.along,
        course.speed_mps,
        course.covariance,
        is_inside,
        rim_rad,
        radius_m,
        _SLOWEST_MPS,
        out,
    )
    return _Approach(
        is_inside=is_inside,
        reach=out[:, kernels.REACH],
        closest_m=out[:, kernels.CLOSEST],
        closest_sigma_m=out[:, kernels.CLOSEST_SIGMA],
        go_s=out[:, kernels.GO],
        go_sigma_s=out[:, kernels.GO_SIGMA],
        soonest_s=out[:, kernels.SOONEST],
        rim_m=out[:, kernels.RIM],
    )


def _at_its_heights(course: _Course, area: Area, areas: Areas, go_s: Floats) -> Floats:
    """Return the chance (T,) to be between floor and ceiling after a time; unknown height: 1.

    A zone that begins at the ground has no lower end: nothing flies below it.
    """
    height = course.height_m
    if area.above_ground:
        height = areas.above_ground_m(course.latitude_rad, course.longitude_rad, height)
    p = course.covariance
    variance = p[:, 2, 2] + 2.0 * go_s * p[:, 2, 5] + go_s**2 * p[:, 5, 5]
    sigma = np.sqrt(np.maximum(variance, 1.0))
    then = height + course.climb_mps * go_s
    below = ndtr((area.ceiling_m - then) / sigma)
    above = ndtr((then - area.floor_m) / sigma) if area.floor_m > 0.0 else np.ones(len(then))
    chance = np.maximum(below + above - 1.0, 0.0)
    return np.where(np.isfinite(chance), chance, 1.0)


def _threat(
    place: int, approach: _Approach, area: Area, now_s: float, number: int, level: float
) -> Threat:
    return Threat(
        time_s=now_s,
        track=number,
        zone=area.name,
        level=min(max(level, 0.0), 1.0),
        reach=float(approach.reach[place]),
        closest_m=float(approach.closest_m[place]),
        closest_sigma_m=float(approach.closest_sigma_m[place]),
        go_s=float(approach.go_s[place]),
        go_sigma_s=float(approach.go_sigma_s[place]),
        soonest_s=float(approach.soonest_s[place]),
    )


def _words(
    one: Threat, approach: _Approach, place: int, hostile: float, vertical: float
) -> tuple[str, ...]:
    """Return why a threat ranks so."""
    away = f"{approach.rim_m[place] / 1000.0:.1f} km from its rim"
    go = f"{one.go_s:.0f} s ± {one.go_sigma_s:.0f} s"
    if approach.is_inside[place]:
        where = f"inside {one.zone}"
    elif one.reach >= 0.5:
        where = f"heads for {one.zone}, {away}, there in {go}"
    elif one.go_s > 0.0:
        off = f"{one.closest_m / 1000.0:.1f} ± {one.closest_sigma_m / 1000.0:.1f} km"
        where = f"would pass {one.zone} at {off} in {go}, {away} now"
    else:
        where = f"flies away from {one.zone}, {away}"
    said = [where, f"{100.0 * hostile:.0f} % hostile"]
    if one.soonest_s > 0.0 and one.reach < 0.5:
        said.append(f"could be there in {one.soonest_s:.0f} s")
    if vertical < 0.5:
        said.append("not at its heights as it flies")
    return tuple(said)
