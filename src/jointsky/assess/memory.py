"""What is kept of each track: means and marks of its whole life, not its plots one by one.

A mean over a time constant grows no surer by being told again, and a mark is set or not: so a
track that was told a thousand times is not a thousand times surer than one that was told once.
Shapes: N rows of memory, T tracks, S sensors.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.assess import memory_kernels as kernels
from jointsky.assess.areas import Areas
from jointsky.assess.model_declared import Reading
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.earth.horizon import horizon_distance_m
from jointsky.records.sensors import Sense, Sensor
from jointsky.records.tracks import Tracks, TrackStatus

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

SPEED, CLIMB, HEIGHT = 0, 1, 2
LONGEST_STEP_S = 30.0  # a longer time without word of a track is not time in which it was watched
COURSE_SIGMA_RAD = 0.4  # a course less sure than this says nothing of turns
HEIGHT_SIGMA_MAX_M = 4000.0  # a height less sure than this is not known
ASKED_OF_HORIZON = 0.9  # so near to the horizon of an antenna it counts as in view
USUAL_TURN_S = 10.0
_BY_KIND: dict[str, tuple[Sense, ...]] = {
    "radar": ("echo",),
    "surface-radar": ("echo",),
    "ssr": ("transponder",),
    "adsb": ("transponder",),
    "multilateration": ("transponder",),
}
_NUMBERS: dict[str, tuple[Any, Any]] = {
    **dict.fromkeys(("first_s", "last_s", "latitude", "longitude"), (np.float64, math.nan)),
    **dict.fromkeys(("height", "above", "ve", "vn", "existence"), (np.float64, math.nan)),
    **dict.fromkeys(("looks", "remote_looks", "asked_s", "life_s"), (np.float64, 0.0)),
    **dict.fromkeys(("corridor_s", "radio_s", "sound_s", "course_s"), (np.float64, 0.0)),
    **dict.fromkeys(("course_cos", "course_sin", "course_var", "aim"), (np.float64, 0.0)),
    "place_sigma": (np.float64, math.nan),
    "speed_sigma": (np.float64, math.nan),
    "zone_above": (np.float64, math.nan),
    "planned_s": (np.float64, -math.inf),
    **dict.fromkeys(("flags", "plots", "number"), (np.int64, 0)),
    **dict.fromkeys(("mode_s", "mode_a", "plan"), (np.int64, -1)),
    "call_sign": (np.dtype("U8"), ""),
    "zone": (np.dtype(object), ""),
    "aimed": (np.dtype(object), ""),
}  # fmt: skip


def senses_of(sensor: Sensor) -> tuple[Sense, ...]:
    """Return what a sensor notices: as it says, else as its kind usually does."""
    return sensor.senses or _BY_KIND.get(sensor.kind, ())


class Memory:
    """Rows of features by track number; each column is an attribute of N rows."""

    def __init__(self, reading: Reading, areas: Areas, sensors: Sequence[Sensor]) -> None:
        self.reading = reading
        self.areas = areas
        self._sigmas = np.array(
            [reading.speed_sigma_mps, reading.climb_sigma_mps, reading.height_sigma_m]
        )
        self._rows: dict[int, int] = {}
        self._free: list[int] = []
        self._size = 0
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self.means = np.zeros((0, 3, 2))  # of speed, climb, height: sum of weights, and weighted
        self.heard = np.zeros((0, max((len(sensors) + 63) // 64, 1)), np.uint64)
        self._stations = {
            sense: _Stations([s for s in sensors if sense in senses_of(s)], areas)
            for sense in ("transponder", "remote-id", "radio", "sound")
        }
        self._bits = {
            sense: _bits([sense in senses_of(s) for s in sensors], self.heard.shape[1])
            for sense in self._stations
        }

    @property
    def areas(self) -> Areas:
        """Return the areas that hold now."""
        return self._areas

    @areas.setter
    def areas(self, areas: Areas) -> None:
        self._areas, self._aimed_at = areas, _Aims(areas)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, number: object) -> bool:
        return number in self._rows

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return one column of all rows, to be read or written."""
        return self._columns[name]

    def floats(self, name: str, rows: Integers) -> Floats:
        """Return some rows of a column of numbers."""
        return np.asarray(self._columns[name][rows], np.float64)

    def row(self, number: int) -> int:
        """Return the row of a track that is known."""
        return self._rows[number]

    def copy(self) -> Memory:
        """Return another memory of the same, which goes on by itself."""
        other = copy.copy(self)
        other._rows, other._free = dict(self._rows), list(self._free)
        other._columns = {name: column.copy() for name, column in self._columns.items()}
        other.means, other.heard = self.means.copy(), self.heard.copy()
        return other

    def older_than(self, time_s: float) -> list[int]:
        """Return the numbers of tracks of which nothing was told since a time."""
        last = self._columns["last_s"] if self._rows else ()
        return [number for number, row in self._rows.items() if last[row] < time_s]

    def forget(self, number: int) -> None:
        """Give the row of a track back."""
        row = self._rows.pop(number, None)
        if row is not None:
            self._free.append(row)

    def rename(self, old: int, new: int) -> int | None:
        """Let a track go on under another number; of two that are one the older one's life counts.

        Returns the row that is now the track's, or None if neither is known.
        """
        one, other = self._rows.pop(old, None), self._rows.pop(new, None)
        if one is None or other is None:
            kept = other if one is None else one
        else:
            first = self._columns["first_s"]
            kept, left = (one, other) if first[one] <= first[other] else (other, one)
            self._free.append(left)
        if kept is not None:
            self._rows[new] = kept
            self._columns["number"][kept] = new
        return kept

    def take(self, tracks: Tracks, now_s: float) -> Integers:
        """Take what is told of tracks; return their rows."""
        rows = np.array([self._row_of(int(n)) for n in tracks.track_number], np.int64)
        if not len(rows):
            return rows
        put, is_new = self._columns, np.isnan(self._columns["first_s"][rows])
        dt = np.where(is_new, 0.0, np.clip(now_s - put["last_s"][rows], 0.0, LONGEST_STEP_S))
        put["first_s"][rows] = np.where(is_new, now_s, put["first_s"][rows])
        put["last_s"][rows] = now_s
        put["life_s"][rows] += dt
        above = self.areas.above_ground_m(
            tracks.latitude_rad, tracks.longitude_rad, tracks.height_m
        )
        self._take_plain(rows, tracks, above)
        is_seen = tracks.status != TrackStatus.COASTED
        self._take_motion(rows, tracks, above, np.where(is_seen, dt, 0.0), is_new)
        self._take_watch(rows, tracks, above, dt)
        self._take_areas(rows, tracks, above, dt, now_s)
        return rows

    def noticed(self, sense: str, rows: Integers) -> Booleans:
        """Return whether any sensor of one sense ever contributed to the tracks of rows."""
        return np.asarray((self.heard[rows] & self._bits[sense]).any(axis=1))

    def has(self, sense: str) -> bool:
        """Return whether there is a sensor of that sense."""
        return len(self._stations[sense]) > 0

    def motion(self, which: int, rows: Integers) -> tuple[Floats, Floats]:
        """Return mean and standard error of speed, climb or height; NaN where not known.

        The error is that of a typical reading, however many there were.
        """
        weight, weighted = self.means[rows, which].T
        is_there = weight > 0.0
        safe = np.where(is_there, weight, 1.0)
        mean = np.where(is_there, weighted / safe, np.nan)
        return mean, np.where(is_there, 1.0 / np.sqrt(safe), np.nan)

    def straightness(self, rows: Integers) -> tuple[Floats, Floats]:
        """Return mean resultant length of the course (Mardia 1972) and its standard error."""
        length = np.hypot(self.floats("course_cos", rows), self.floats("course_sin", rows))
        is_old = self.floats("course_s", rows) >= self.reading.course_after_s
        wobble = 0.5 * self.floats("course_var", rows)  # noise shortens it by exp(-var / 2)
        sigma = np.hypot(self.reading.straightness_sigma, wobble)
        return np.where(is_old, length, np.nan), sigma

    def _row_of(self, number: int) -> int:
        row = self._rows.get(number)
        if row is None:
            if not self._free:
                self._grow()
            row = self._rows[number] = self._free.pop()
            for name, (_, empty) in _NUMBERS.items():
                self._columns[name][row] = empty
            self._columns["number"][row] = number
            self.means[row] = 0.0
            self.heard[row] = 0
        return row

    def _grow(self) -> None:
        more = max(64, self._size)
        for name, (kind, empty) in _NUMBERS.items():
            added = np.full(more, empty, kind)
            old = self._columns.get(name)
            self._columns[name] = added if old is None else np.concatenate([old, added])
        self.means = np.concatenate([self.means, np.zeros((more, 3, 2))])
        self.heard = np.concatenate([self.heard, np.zeros((more, self.heard.shape[1]), np.uint64)])
        self._free = list(range(self._size + more - 1, self._size - 1, -1))
        self._size += more

    def _take_plain(self, rows: Integers, tracks: Tracks, above: Floats) -> None:
        put = self._columns
        told = {
            **{"latitude": tracks.latitude_rad, "longitude": tracks.longitude_rad},
            **{"height": tracks.height_m, "above": above, "existence": tracks.existence},
            **{"ve": tracks.ve_mps, "vn": tracks.vn_mps, "plots": tracks.plots},
        }
        for name, value in told.items():
            put[name][rows] = value
        spread = np.trace(tracks.covariance[:, :2, :2], axis1=1, axis2=2) / 2.0
        put["place_sigma"][rows] = np.sqrt(np.maximum(spread, 0.0))
        put["flags"][rows] |= tracks.flags.astype(np.int64)
        for name in ("mode_s", "mode_a"):
            value = getattr(tracks, name).astype(np.int64)
            put[name][rows] = np.where(value >= 0, value, put[name][rows])
        is_said = tracks.call_sign != ""
        put["call_sign"][rows] = np.where(is_said, tracks.call_sign, put["call_sign"][rows])
        words = min(self.heard.shape[1], tracks.sensors.shape[1])
        self.heard[rows, :words] |= tracks.sensors[:, :words]

    def _take_motion(
        self, rows: Integers, tracks: Tracks, above: Floats, dt: Floats, is_new: Booleans
    ) -> None:
        """Move the means of speed, climb, height and course towards what is told now."""
        least = self.reading
        ve, vn = (np.asarray(one, np.float64) for one in (tracks.ve_mps, tracks.vn_mps))
        cov = np.asarray(tracks.covariance, np.float64)
        kernels.motion(
            rows,
            dt,
            is_new,
            ve,
            vn,
            np.asarray(tracks.vu_mps, np.float64),
            np.asarray(above, np.float64),
            cov,
            self._columns["life_s"],
            self._sigmas,
            least.memory_s,
            HEIGHT_SIGMA_MAX_M,
            self._columns["speed_sigma"],
            self.means,
        )
        speed = np.hypot(ve, vn)
        along = np.stack([ve, vn], axis=1) / np.maximum(speed, 1e-9)[:, None]
        e, n = along[:, 0], along[:, 1]
        course_var = n * n * cov[:, 3, 3] - n * e * (cov[:, 3, 4] + cov[:, 4, 3])
        course_var = (course_var + e * e * cov[:, 4, 4]) / np.maximum(speed, 1.0) ** 2
        is_sure = np.isfinite(course_var) & (course_var < COURSE_SIGMA_RAD**2)
        self._take_course(rows, along, np.where(is_sure, course_var, np.nan), dt)

    def _take_course(self, rows: Integers, along: Floats, var: Floats, dt: Floats) -> None:
        put, is_sure = self._columns, np.isfinite(var)
        first = is_sure & (put["course_cos"][rows] == 0.0) & (put["course_sin"][rows] == 0.0)
        put["course_s"][rows] += np.where(is_sure, dt, 0.0)
        part = _share(dt, put["course_s"][rows], self.reading.course_memory_s, first)
        part = np.where(is_sure, part, 0.0)
        aim = self._aims(rows, along)
        told = {"course_cos": along[:, 1], "course_sin": along[:, 0], "course_var": var, "aim": aim}
        for name, value in told.items():
            old = put[name][rows]
            put[name][rows] = old + part * (np.where(is_sure, value, old) - old)

    def _aims(self, rows: Integers, along: Floats) -> Floats:
        """Return which tracks fly straight at a protected zone ahead (1), taken as a circle."""
        put, aims = self._columns, self._aimed_at
        made = np.zeros(len(rows))
        if not aims.names or not len(rows):
            return made
        latitude, longitude = put["latitude"][rows], put["longitude"][rows]
        turned = np.remainder(aims.longitude - longitude[:, None] + np.pi, 2 * np.pi) - np.pi
        east = aims.radius_m * turned * np.cos(0.5 * (latitude[:, None] + aims.latitude))
        north = aims.radius_m * (aims.latitude - latitude[:, None])
        ahead = east * along[:, :1] + north * along[:, 1:]
        across = np.abs(east * along[:, 1:] - north * along[:, :1])
        away = np.hypot(east, north)
        is_at = (ahead > 0.0) & (across <= aims.size_m)
        is_at &= ahead - aims.size_m <= self.reading.aim_reach_m
        is_at &= away > aims.size_m
        for place in np.flatnonzero(is_at.any(axis=1)):
            made[place] = 1.0
            nearest = int(np.argmin(np.where(is_at[place], ahead[place], np.inf)))
            put["aimed"][rows[place]] = aims.names[nearest]
        inside = (away <= aims.size_m).any(axis=1)
        return np.where(inside, put["aim"][rows], made)  # in it, what it aimed at stays

    def _take_watch(self, rows: Integers, tracks: Tracks, above: Floats, dt: Floats) -> None:
        """Count in how much time which sensors would have noticed it."""
        put = self._columns
        sigma = np.sqrt(np.maximum(tracks.covariance[:, 2, 2], 0.0))
        lower = np.nan_to_num(np.maximum(above - sigma, 0.0))  # in view even if it flies lower
        where = tracks.latitude_rad, tracks.longitude_rad, lower
        turns = self._stations["transponder"].turns_in_view(*where)
        most = 1.0 / self.reading.look_every_s
        put["looks"][rows] += dt * np.minimum(turns, most)
        put["asked_s"][rows] += np.where(turns > 0.0, dt, 0.0)
        remote = self._stations["remote-id"].turns_in_view(*where)
        put["remote_looks"][rows] += dt * np.minimum(remote, most)
        for sense in ("radio", "sound"):
            is_near = self._stations[sense].turns_in_view(*where) > 0.0
            put[f"{sense}_s"][rows] += np.where(is_near, dt, 0.0)

    def _take_areas(
        self, rows: Integers, tracks: Tracks, above: Floats, dt: Floats, now_s: float
    ) -> None:
        put, areas = self._columns, self.areas
        if not areas.areas:
            return
        inside = areas.inside(tracks.latitude_rad, tracks.longitude_rad, tracks.height_m, now_s)
        corridors, zones = areas.of_use("corridor"), areas.of_use("prohibited", "restricted")
        put["corridor_s"][rows] += np.where(inside[:, corridors].any(axis=1), dt, 0.0)
        for place in np.flatnonzero(inside[:, zones].any(axis=1)):
            row = rows[place]
            if not put["zone"][row]:
                zone = zones[int(np.argmax(inside[place, zones]))]
                put["zone"][row] = areas.areas[zone].name
                put["zone_above"][row] = above[place]


class _Aims:
    """Protected zones as circles: what a track may fly at."""

    def __init__(self, areas: Areas) -> None:
        chosen = [areas.areas[row] for row in areas.of_use("protected")]
        self.names = [area.name for area in chosen]
        middle = np.array([area.rim_rad.mean(axis=0) for area in chosen]).reshape(-1, 2)
        self.latitude, self.longitude = middle.T
        latitude_rad = float(self.latitude.mean()) if chosen else 0.0
        self.radius_m = mean_radius_of_curvature_m(latitude_rad)
        sizes = [_spread_rad(area.rim_rad, at) for area, at in zip(chosen, middle, strict=True)]
        self.size_m = self.radius_m * np.array(sizes, np.float64)


class _Stations:
    """Where sensors of one sense stand, how far they reach, how often they look."""

    def __init__(self, sensors: Sequence[Sensor], areas: Areas) -> None:
        placed = [s for s in sensors if s.latitude_rad is not None]
        self._latitude = np.array([s.latitude_rad for s in placed], np.float64)
        self._longitude = np.array([s.longitude_rad for s in placed], np.float64)
        height = np.array([s.height_m or 0.0 for s in placed], np.float64)
        above = np.maximum(areas.above_ground_m(self._latitude, self._longitude, height), 2.0)
        self._horizon_m = horizon_distance_m(above)
        self._reach = np.array([s.range_max_m or math.inf for s in placed], np.float64)
        self._per_s = np.array(
            [1.0 / max(s.rotation_period_s or USUAL_TURN_S, 1.0) for s in placed], np.float64
        )

    def __len__(self) -> int:
        return len(self._latitude)

    def turns_in_view(self, latitude: Floats, longitude: Floats, above: Floats) -> Floats:
        """Return how often in a second each target (T,) is looked at by any of the stations."""
        if not len(self) or not len(latitude):
            return np.zeros(len(latitude))
        out = np.empty(len(latitude))
        kernels.turns_in_view(
            latitude,
            longitude,
            horizon_distance_m(0.0, above),
            self._latitude,
            self._longitude,
            self._horizon_m,
            self._reach,
            self._per_s,
            mean_radius_of_curvature_m(float(np.mean(latitude))),
            ASKED_OF_HORIZON,
            out,
        )
        return out


def distances_m(
    latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats
) -> Floats:
    """Return distances (n, m) over the ground, on a plane of the scale between two places."""
    halfway = 0.5 * (latitude[:, None] + other_latitude)
    radius_m = mean_radius_of_curvature_m(float(np.mean(latitude)))
    east = np.remainder(other_longitude - longitude[:, None] + np.pi, 2 * np.pi) - np.pi
    return np.asarray(
        radius_m * np.hypot(east * np.cos(halfway), other_latitude - latitude[:, None])
    )


def _spread_rad(rim_rad: Floats, middle_rad: Floats) -> float:
    """Return the mean distance of a rim from its middle, as an angle."""
    east = (rim_rad[:, 1] - middle_rad[1]) * math.cos(middle_rad[0])
    return float(np.hypot(east, rim_rad[:, 0] - middle_rad[0]).mean())


def _share(dt: Floats, life: Floats, memory_s: float, is_first: Booleans) -> Floats:
    """Return the weight of the newest reading: all time alike at first, forgetting later."""
    even = dt / np.maximum(life, 1e-9)
    return np.where(is_first, 1.0, np.clip(np.maximum(-np.expm1(-dt / memory_s), even), 0.0, 1.0))


def _bits(chosen: Sequence[bool], words: int) -> npt.NDArray[np.uint64]:
    made = np.zeros(words, np.uint64)
    for row, is_chosen in enumerate(chosen):
        if is_chosen:
            made[row // 64] |= np.uint64(1 << (row % 64))
    return made
