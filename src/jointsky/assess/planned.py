"""Tracks against flight plans: who is where and when it said that it would be.

Shapes: T tracks, P plans.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.assess import planned_kernels as kernels
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.records.plans import FlightPlan, KnownFriend

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

CIVIL, CIVIL_PLACE, FRIEND, FRIEND_PLACE, OFF, NONE = range(6)
_SPEED_OVER_S = 240.0  # before and after now: over less, rounded points of a plan make it jump
_SPEED_APART_MPS, _SPEED_APART = 30.0, 0.3  # so far a silent track's speed may be from it
_SAMPLES = 9  # moments between early and late at which a plan's place is looked up


@dataclasses.dataclass(frozen=True)
class Answering:
    """Where tracks are and what they answer; -1 or an empty text: nothing."""

    latitude_rad: Floats
    longitude_rad: Floats
    height_m: Floats
    speed_mps: Floats
    speed_sigma_mps: Floats
    mode_s: Integers
    mode_a: Integers
    call_sign: npt.NDArray[np.str_]
    kept: Integers  # plan that a silent track kept to until a moment ago, or -1


@dataclasses.dataclass(frozen=True)
class Matched:
    """What each track is to the plans: category (T,), plan (T,) or -1, metres from its route.

    ``is_whole`` (T,): it keeps to its plan in every way, its speed included.
    """

    category: Integers
    plan: Integers
    off_m: Floats
    is_whole: Booleans


class _Flown(NamedTuple):
    """What of A active plans, by their rows, is flown about now; P plans in all."""

    active: Integers
    way_of: Integers  # (P,) row of a plan's way, -1: it is not active
    way: Floats  # (A, moments, 3) latitude, longitude, height
    way_mps: Floats
    radius_m: float  # of the earth there


class Plans:
    """All flight plans, made ready to be looked up."""

    def __init__(self, plans: Sequence[FlightPlan]) -> None:
        self.plans = tuple(plan for plan in plans if plan.points)
        ordered = [sorted(plan.points, key=lambda point: point.time_s) for plan in self.plans]
        points = [point for one in ordered for point in one]
        self._begin = np.cumsum([0, *(len(one) for one in ordered)])
        self._time = np.array([point.time_s for point in points], np.float64)
        self._where = np.array(
            [[point.latitude_rad, point.longitude_rad, point.height_m] for point in points]
        ).reshape(-1, 3)
        self._first = self._time[self._begin[:-1]] if points else np.empty(0)
        self._last = self._time[self._begin[1:] - 1] if points else np.empty(0)
        self._tolerance = np.array([p.early_late_s for p in self.plans], np.float64)
        self._lateral = np.array([p.lateral_m for p in self.plans], np.float64)
        self._vertical = np.array([p.vertical_m for p in self.plans], np.float64)
        self._is_friend = np.array([p.allegiance == "friend" for p in self.plans], np.bool_)
        self._by_address = _lookup([plan.mode_s for plan in self.plans], -1)
        self._by_call = _lookup([plan.call_sign.strip() for plan in self.plans], "")
        self._by_code = _lookup([plan.mode_a for plan in self.plans], -1)

    @property
    def missing(self) -> tuple[bool, bool]:
        """Return whether there is no civil plan, and no plan of a friend."""
        return not (~self._is_friend).any(), not self._is_friend.any()

    def match(self, tracks: Answering, now_s: float) -> Matched:
        """Return what tracks are to the plans at a time."""
        count = len(tracks.latitude_rad)
        category = np.full(count, NONE, np.int64)
        plan, off_m = np.full(count, -1, np.int64), np.full(count, np.nan)
        made = Matched(category, plan, off_m, np.zeros(count, np.bool_))
        if not self.plans or not count:
            return made
        active = np.flatnonzero(
            (self._first - self._tolerance <= now_s) & (now_s <= self._last + self._tolerance)
        )
        flown = self._flown(active, now_s, float(tracks.latitude_rad.mean()))
        self._match_answers(tracks, flown, made)
        self._match_places(tracks, flown, made)
        return made

    def _flown(self, active: Integers, now_s: float, latitude_rad: float) -> _Flown:
        """Return what of the active plans is flown about now."""
        way, way_mps = np.empty((len(active), _SAMPLES, 3)), np.empty(len(active))
        kernels.ways(
            self._begin,
            self._time,
            self._where,
            self._tolerance,
            _SPEED_OVER_S,
            now_s,
            active,
            way,
            way_mps,
        )
        way_of = np.full(len(self.plans), -1, np.int64)
        way_of[active] = np.arange(len(active))
        return _Flown(active, way_of, way, way_mps, mean_radius_of_curvature_m(latitude_rad))

    def _match_answers(self, tracks: Answering, flown: _Flown, out: Matched) -> None:
        """Match tracks by address, call sign or code; an address or call sign elsewhere is off."""
        places, rows = [], []
        count = len(tracks.latitude_rad)
        is_sure = np.zeros(count, np.bool_)
        is_active = (flown.way_of >= 0).tolist()
        for place, (address, call, code) in enumerate(
            zip(tracks.mode_s.tolist(), tracks.call_sign.tolist(), tracks.mode_a.tolist(),
                strict=True)
        ):  # fmt: skip
            sure = self._by_address.get(address, []) or self._by_call.get(call.strip(), [])
            is_sure[place] = bool(sure)
            for row in sure or self._by_code.get(code, []):
                if is_active[row]:
                    places.append(place)
                    rows.append(row)
        if not places:
            return
        best, off_m, is_near = _nothing(count)
        kernels.answering(
            np.array(places, np.int64),
            np.array(rows, np.int64),
            flown.way_of,
            flown.way,
            tracks.latitude_rad,
            tracks.longitude_rad,
            tracks.height_m,
            self._lateral,
            self._vertical,
            flown.radius_m,
            best,
            off_m,
            is_near,
        )
        told = (best >= 0) & (is_near | is_sure)
        kind = np.where(self._is_friend[best], FRIEND, CIVIL)
        out.category[told] = np.where(is_near, kind, OFF)[told]
        out.plan[told], out.off_m[told] = best[told], off_m[told]
        out.is_whole[told] = is_near[told]

    def _match_places(self, tracks: Answering, flown: _Flown, out: Matched) -> None:
        """Match tracks that say nothing of who they are with plans that nobody else is on.

        Who kept to a plan until a moment ago, and is where it should be, keeps to it though its
        speed is another: that of a track is wrong for some seconds after a wrong plot.  Two
        standard errors of a track's speed do not count, up to as much as is allowed anyway.
        """
        is_silent = (tracks.mode_s < 0) & (tracks.mode_a < 0) & (tracks.call_sign == "")
        taken = np.zeros(len(self.plans), np.bool_)
        taken[out.plan[(out.category == CIVIL) | (out.category == FRIEND)]] = True
        best, off_m, is_whole = _nothing(len(is_silent))
        kernels.keeping(
            np.flatnonzero(is_silent),
            flown.active[~taken[flown.active]],
            flown.way_of,
            flown.way,
            flown.way_mps,
            tracks.latitude_rad,
            tracks.longitude_rad,
            tracks.height_m,
            tracks.speed_mps,
            2.0 * np.nan_to_num(tracks.speed_sigma_mps),
            tracks.kept,
            self._lateral,
            self._vertical,
            flown.radius_m,
            _SPEED_APART_MPS,
            _SPEED_APART,
            best,
            off_m,
            is_whole,
        )
        told = best >= 0
        out.category[told] = np.where(self._is_friend[best], FRIEND_PLACE, CIVIL_PLACE)[told]
        out.plan[told], out.off_m[told], out.is_whole[told] = (
            best[told],
            off_m[told],
            is_whole[told],
        )


class Friends:
    """Those of ours that are known by how they answer."""

    def __init__(self, friends: Sequence[KnownFriend]) -> None:
        self.friends = tuple(friends)
        self._by_address = {f.mode_s: k for k, f in enumerate(friends) if f.mode_s >= 0}
        self._by_code = {f.mode_a: k for k, f in enumerate(friends) if f.mode_a >= 0}

    def match(self, mode_s: Integers, mode_a: Integers) -> Integers:
        """Return which friend answers so, (T,); -1: none.

        A friend with an address is known by that alone, where the track answers with one.
        """
        made = np.full(len(mode_s), -1, np.int64)
        for k, (address, code) in enumerate(zip(mode_s.tolist(), mode_a.tolist(), strict=True)):
            made[k] = self._by_address.get(address, self._by_code.get(code, -1))
            found = int(made[k])
            if found >= 0 and address >= 0 and self.friends[found].mode_s not in (-1, address):
                made[k] = -1
        return made


def _lookup(keys: Sequence[object], empty: object) -> dict[object, list[int]]:
    made: dict[object, list[int]] = {}
    for row, key in enumerate(keys):
        if key != empty:
            made.setdefault(key, []).append(row)
    return made


def _nothing(count: int) -> tuple[Integers, Floats, Booleans]:
    """Return a plan for each track, how far off, and whether: none yet."""
    return np.full(count, -1, np.int64), np.full(count, np.nan), np.zeros(count, np.bool_)
