"""Paths: the points of many targets or tracks in one Cartesian frame, ready to be compared.

Two frames.  *Flat*: east, north, up of a scene that is given so.  *Earth*: earth-centred
coordinates.  For horizontal figures (``dims=2``) an earth position is taken at its foot on the
ellipsoid, so that a missing, barometric or geometric height can neither add to a horizontal
distance nor tilt it (two points 10 km apart in height above one place, 150 km from a tangent
plane's origin, would lie 235 m apart in that plane); a flat position then loses its third
coordinate.  Distances at height are read 0.16 % too short per 10 km of height by this.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.earth.geodesy import geodetic_to_ecef

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Paths:
    """Points sorted by number, then time, at most one at a time.  NaN or -1: not known.

    ``position_m`` and ``velocity_mps`` have shape (n, 3) and lie in the common frame; the rest
    has shape (n,).  ``visible`` is False where no sensor could see a truth; ``ended`` is True
    where a track says that it is no more; ``updated`` is False where it was only moved on.
    ``told_number`` is the number that others know, where ``number`` parts its several owners.
    """

    time_s: Floats
    number: Integers
    told_number: Integers
    position_m: Floats
    velocity_mps: Floats
    climb_mps: Floats
    height_m: Floats
    pressure_altitude_m: Floats
    pressure_age_s: Floats
    mode_s: Integers
    mode_a: Integers
    call_sign: Integers  # as text_codes tells it
    visible: Booleans
    ended: Booleans
    updated: Booleans
    flat: bool
    repeated: int = 0  # points left out: the same number at the same time again
    unplaced: int = 0  # points left out: without a time or a position

    def __len__(self) -> int:
        return len(self.time_s)

    @functools.cached_property
    def names(self) -> Integers:
        """The numbers of the paths, rising, shape (paths,)."""
        return distinct(self.number)

    @functools.cached_property
    def start(self) -> Integers:
        """First row of each path and the end of the last, shape (paths + 1,)."""
        return np.append(np.searchsorted(self.number, self.names), len(self)).astype(np.int64)

    @functools.cached_property
    def path(self) -> Integers:
        """Which path each row belongs to, counted from 0, shape (n,)."""
        return np.searchsorted(self.names, self.number).astype(np.int64)

    @functools.cached_property
    def usual_mode_s(self) -> Integers:
        """The address that each path tells most often, -1 where it tells none, (paths,)."""
        usual = np.full(len(self.names), -1, np.int64)
        known = np.flatnonzero(self.mode_s >= 0)
        if not len(known):
            return usual
        told = np.stack([self.path[known], self.mode_s[known]])
        key, count = np.unique(told, axis=1, return_counts=True)
        order = np.argsort(count, kind="stable")
        usual[key[0][order]] = key[1][order]
        return usual

    def rows(self, keep: npt.NDArray[np.bool_]) -> Paths:
        """Return the rows for which ``keep`` (n,) is True."""
        return dataclasses.replace(self, **{name: getattr(self, name)[keep] for name in COLUMNS})

    def median_interval_s(self) -> float:
        """Return the median time between the points of one path; NaN where no path has two."""
        gaps = np.diff(self.time_s)[np.diff(self.number) == 0]
        return float(np.median(gaps)) if len(gaps) else float("nan")


def distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return each value once, rising; on long columns several times faster than np.unique."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def text_codes(text: npt.ArrayLike) -> Integers:
    """Return an integer for each text (n,) of up to 8 characters of ASCII, -1 for an empty one.

    Equal texts, but for blanks about them, have equal integers wherever they were made; of longer
    ones the first 8 characters count.
    """
    words = np.char.strip(np.asarray(text, dtype=np.str_)).astype("<U8")
    letters = np.ascontiguousarray(words).view(np.uint32).reshape(len(words), 8).astype(np.int64)
    weights = np.int64(128) ** np.arange(7, -1, -1, dtype=np.int64)
    code = (letters & 127) @ weights
    return np.where(words == "", -1, code).astype(np.int64)


COLUMNS = tuple(
    field.name
    for field in dataclasses.fields(Paths)
    if field.name not in ("flat", "repeated", "unplaced")
)


def make_paths(
    time_s: npt.ArrayLike,
    number: npt.ArrayLike,
    position_m: npt.ArrayLike,
    velocity_mps: npt.ArrayLike | None = None,
    *,
    flat: bool = True,
    dims: int = 3,
    **columns: Any,
) -> Paths:
    """Return paths of points (n, 3) in a flat (or, with ``flat=False``, earth-centred) frame.

    Rows may come in any order; of several at one time of one number the last is kept.  With
    ``dims=2`` a flat position loses its height.  ``columns``: any other column of Paths.
    """
    time = np.asarray(time_s, np.float64)
    position = np.array(position_m, np.float64)
    if time.ndim != 1 or position.shape != (len(time), 3):
        raise ValueError(
            f"position_m has shape {position.shape}; it must be ({time.shape[0]}, 3) as time_s"
        )
    n = len(time)
    velocity = (
        np.full((n, 3), np.nan) if velocity_mps is None else np.array(velocity_mps, np.float64)
    )
    climb = columns.get("climb_mps", velocity[:, 2] if flat else np.full(n, np.nan))
    height = columns.get("height_m", position[:, 2] if flat else np.full(n, np.nan))
    given = {**columns, "climb_mps": np.array(climb), "height_m": np.array(height)}
    if flat and dims == 2:
        position[:, 2] = 0.0
        velocity[:, 2] = np.where(np.isfinite(velocity[:, 0]), 0.0, np.nan)
    whole: dict[str, npt.NDArray[np.generic]] = {
        "time_s": time,
        "number": np.asarray(number).astype(np.int64),
        "position_m": position,
        "velocity_mps": velocity,
    }
    for name in ("climb_mps", "height_m", "pressure_altitude_m", "pressure_age_s"):
        whole[name] = np.asarray(given.pop(name, np.full(n, np.nan)), np.float64)
    for name in ("mode_s", "mode_a", "call_sign"):
        whole[name] = np.asarray(given.pop(name, np.full(n, -1))).astype(np.int64)
    whole["told_number"] = np.asarray(given.pop("told_number", number)).astype(np.int64)
    whole["visible"] = np.asarray(given.pop("visible", np.ones(n, bool))).astype(bool)
    whole["ended"] = np.asarray(given.pop("ended", np.zeros(n, bool))).astype(bool)
    whole["updated"] = np.asarray(given.pop("updated", np.ones(n, bool))).astype(bool)
    if given:
        raise ValueError(f"Paths has no column {next(iter(given))!r}")
    return _sorted(whole, flat)


def _sorted(columns: dict[str, npt.NDArray[np.generic]], flat: bool) -> Paths:
    """Leave out what has no time or place, sort, and keep the last of repeated points."""
    time = columns["time_s"].astype(np.float64)
    placed = np.isfinite(time) & np.isfinite(columns["position_m"].astype(np.float64)).all(axis=1)
    rows = np.flatnonzero(placed)
    rows = rows[np.lexsort((rows, time[rows], columns["number"][rows]))]
    number = columns["number"][rows]
    last = np.ones(len(rows), bool)
    last[:-1] = (np.diff(number) != 0) | (np.diff(time[rows]) != 0)
    kept = rows[last]
    ordered = {name: np.ascontiguousarray(value[kept]) for name, value in columns.items()}
    return Paths(
        **ordered,
        flat=flat,
        repeated=int((~last).sum()),
        unplaced=int((~placed).sum()),
    )


def geodetic_paths(
    time_s: npt.ArrayLike,
    number: npt.ArrayLike,
    latitude_rad: npt.ArrayLike,
    longitude_rad: npt.ArrayLike,
    *,
    height_m: npt.ArrayLike | None = None,
    velocity_enu_mps: npt.ArrayLike | None = None,
    dims: int = 2,
    **columns: Any,
) -> Paths:
    """Return earth paths of geodetic points (WGS-84, radians, metres).

    ``velocity_enu_mps`` (n, 3) is east, north, up at each point.  With ``dims=2`` positions are
    feet on the ellipsoid and velocities horizontal; with 3 a point without a height is left out.
    """
    latitude = np.asarray(latitude_rad, np.float64)
    longitude = np.asarray(longitude_rad, np.float64)
    n = len(latitude)
    height = np.full(n, np.nan) if height_m is None else np.asarray(height_m, np.float64)
    enu = (
        np.full((n, 3), np.nan)
        if velocity_enu_mps is None
        else np.array(velocity_enu_mps, np.float64)
    )
    climb = enu[:, 2].copy()
    if dims == 2:
        enu[:, 2] = 0.0
        position = geodetic_to_ecef(latitude, longitude, np.zeros(n))
    else:
        position = geodetic_to_ecef(latitude, longitude, height)
    return make_paths(
        time_s,
        number,
        position,
        _enu_directions_to_ecef(enu, latitude, longitude),
        flat=False,
        height_m=height,
        climb_mps=climb,
        **columns,
    )


def _enu_directions_to_ecef(enu: Floats, latitude: Floats, longitude: Floats) -> Floats:
    """Return vectors (n, 3) given east, north, up at each place in earth-centred directions."""
    sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
    sin_lon, cos_lon = np.sin(longitude), np.cos(longitude)
    outward = cos_lat * enu[:, 2] - sin_lat * enu[:, 1]
    return np.stack(
        [
            outward * cos_lon - sin_lon * enu[:, 0],
            outward * sin_lon + cos_lon * enu[:, 0],
            sin_lat * enu[:, 2] + cos_lat * enu[:, 1],
        ],
        axis=1,
    )
