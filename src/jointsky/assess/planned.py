"""Tracks against flight plans: who is where and when it said that it would be.

Shapes: T tracks, P plans, K pairs of a track and a plan.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.records.plans import FlightPlan, KnownFriend

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

CIVIL, CIVIL_PLACE, FRIEND, FRIEND_PLACE, OFF, NONE = range(6)
_EARTH_M = 6_371_000.0
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
        origin = self._time.min() if points else 0.0
        self._origin, self._span = origin, (self._time.max() - origin if points else 0.0) + 1.0
        whose = np.repeat(np.arange(len(ordered)), np.diff(self._begin))
        self._keys = self._key(whose, self._time)
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
        active = (self._first - self._tolerance <= now_s) & (now_s <= self._last + self._tolerance)
        self._match_answers(tracks, now_s, active, made)
        self._match_places(tracks, now_s, active, made)
        return made

    def _match_answers(
        self, tracks: Answering, now_s: float, active: Booleans, out: Matched
    ) -> None:
        """Match tracks by address, call sign or code; an address or call sign elsewhere is off."""
        pairs = []
        for place, (address, call, code) in enumerate(
            zip(tracks.mode_s.tolist(), tracks.call_sign.tolist(), tracks.mode_a.tolist(),
                strict=True)
        ):  # fmt: skip
            sure = self._by_address.get(address, []) or self._by_call.get(call.strip(), [])
            found = sure or self._by_code.get(code, [])
            pairs += [(place, row, bool(sure)) for row in found if active[row]]
        if not pairs:
            return
        places, rows, is_sure = np.array(pairs, np.int64).T
        off, is_near = self._off(tracks, places, rows, now_s)
        order = np.lexsort((off, ~is_near))[::-1]  # the best is written last
        for k in order:
            if is_near[k] or is_sure[k]:
                kind = FRIEND if self._is_friend[rows[k]] else CIVIL
                out.category[places[k]] = kind if is_near[k] else OFF
                out.plan[places[k]], out.off_m[places[k]] = rows[k], off[k]
                out.is_whole[places[k]] = is_near[k]

    def _match_places(
        self, tracks: Answering, now_s: float, active: Booleans, out: Matched
    ) -> None:
        """Match tracks that say nothing of who they are with plans that nobody else is on.

        Who kept to a plan until a moment ago, and is where it should be, keeps to it though its
        speed is another: that of a track is wrong for some seconds after a wrong plot.
        """
        is_silent = (tracks.mode_s < 0) & (tracks.mode_a < 0) & (tracks.call_sign == "")
        taken = np.zeros(len(self.plans), np.bool_)
        taken[out.plan[(out.category == CIVIL) | (out.category == FRIEND)]] = True
        silent, rows = np.flatnonzero(is_silent), np.flatnonzero(active & ~taken)
        if not len(silent) or not len(rows):
            return
        place, row = (one.ravel() for one in np.meshgrid(silent, rows, indexing="ij"))
        off, is_near = self._off(tracks, place, row, now_s)
        has_speed = self._has_speed(tracks, place, row, now_s)
        is_near &= has_speed | (tracks.kept[place] == row)
        for k in np.lexsort((off, ~has_speed))[::-1]:  # the best is written last
            if is_near[k]:
                kind = FRIEND_PLACE if self._is_friend[row[k]] else CIVIL_PLACE
                out.category[place[k]] = kind
                out.plan[place[k]], out.off_m[place[k]] = row[k], off[k]
                out.is_whole[place[k]] = has_speed[k]

    def _off(
        self, tracks: Answering, place: Integers, row: Integers, now_s: float
    ) -> tuple[Floats, Booleans]:
        """Return metres of pairs (K,) from the part of the route flown about now; if near."""
        early_late = np.linspace(-1.0, 1.0, _SAMPLES)[None, :] * self._tolerance[row, None]
        where = self._at(row[:, None], np.clip(now_s + early_late, self._first[row, None],
                                               self._last[row, None]))  # fmt: skip
        lat, lon = tracks.latitude_rad[place, None], tracks.longitude_rad[place, None]
        radius_m = mean_radius_of_curvature_m(float(tracks.latitude_rad.mean()))
        north = (where[..., 0] - lat) * radius_m
        turned = np.remainder(where[..., 1] - lon + np.pi, 2 * np.pi) - np.pi
        east = turned * np.cos(0.5 * (where[..., 0] + lat)) * radius_m
        off = _to_path_m(east, north)
        away_m = np.nanmin(
            np.abs(where[..., 2] - tracks.height_m[place, None]), axis=1, initial=np.inf
        )
        is_known = np.isfinite(away_m)
        is_level = ~is_known | (away_m <= self._vertical[row])
        return off, (off <= self._lateral[row]) & is_level

    def _has_speed(
        self, tracks: Answering, place: Integers, row: Integers, now_s: float
    ) -> Booleans:
        """Return whether tracks are about as fast as their plans are now.

        Along the way: from one side of a turn to the other it is shorter than what is flown.  Two
        standard errors of a track's speed do not count, up to as much as is allowed anyway.
        """
        times_s = np.clip(
            now_s + np.linspace(-1.0, 1.0, _SAMPLES) * _SPEED_OVER_S,
            self._first[row, None],
            self._last[row, None],
        )
        where = self._at(row[:, None], times_s)
        north = np.diff(where[..., 0], axis=1) * _EARTH_M
        east = np.diff(where[..., 1], axis=1) * _EARTH_M * np.cos(where[:, :1, 0])
        flown_s = np.maximum(times_s[:, -1] - times_s[:, 0], 1.0)
        planned = np.hypot(east, north).sum(axis=1) / flown_s
        apart = np.abs(tracks.speed_mps[place] - planned)
        allowed = np.maximum(_SPEED_APART_MPS, _SPEED_APART * planned)
        unsure = 2.0 * np.nan_to_num(tracks.speed_sigma_mps[place])
        return np.asarray(apart <= allowed + np.minimum(unsure, allowed))

    def _key(self, row: Integers, time_s: Floats) -> Floats:
        return np.asarray(row * self._span + (time_s - self._origin))

    def _at(self, row: Integers, time_s: Floats) -> Floats:
        """Return latitude, longitude, height (K, n, 3) of plans (K, 1) at times (K, n) in them."""
        after = np.searchsorted(self._keys, self._key(row, time_s), side="right")
        begin, end = self._begin[row], self._begin[row + 1]
        after = np.clip(after, np.minimum(begin + 1, end - 1), end - 1)
        before = np.maximum(after - 1, begin)
        span = self._time[after] - self._time[before]
        part = np.where(span > 0.0, (time_s - self._time[before]) / np.where(span > 0, span, 1), 0)
        a, b = self._where[before], self._where[after]
        return np.asarray(a + np.clip(part, 0.0, 1.0)[..., None] * (b - a))


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


def _to_path_m(east: Floats, north: Floats) -> Floats:
    """Return the least distance (K,) of nought from paths (K, n) of points."""
    ae, an, be, bn = east[:, :-1], north[:, :-1], east[:, 1:], north[:, 1:]
    se, sn = be - ae, bn - an
    length2 = np.maximum(se**2 + sn**2, 1e-6)
    along = np.clip(-(ae * se + an * sn) / length2, 0.0, 1.0)
    return np.asarray(np.hypot(ae + along * se, an + along * sn).min(axis=1))
