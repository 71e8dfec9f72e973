"""Which vehicle is really behind a track: for the simulation, never for a command post."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.earth.motion import Pieces, states_on_grid
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built
from jointsky.sim import matching_kernels as kernels
from jointsky.sim.shelf import Shelf

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
GROUND_SLACK_M, HEIGHT_SLACK_M, SPEED_SLACK_MPS = 500.0, 300.0, 30.0  # errors of usual size
GATE = 6.0  # slacks: a track farther from every vehicle is a track of nothing
MUCH_NEARER = 0.1  # another vehicle must weigh less than this share of the one of a moment ago
NOTHING = -1


class Places(NamedTuple):
    """Where all vehicles would be at a time if none were stopped; NaN: not in the air."""

    ecef_m: Floats  # (V, 3), earth-centred
    latitude_rad: Floats
    longitude_rad: Floats
    height_m: Floats
    speed_mps: Floats
    radius_m: float  # of the earth there


def places_of(pieces: Pieces, now_s: float) -> Places:
    """Return where vehicles are at a time."""
    grid = states_on_grid(pieces, np.array([now_s]))
    ecef_m = np.ascontiguousarray(grid[:3, :, 0].T)
    known = np.isfinite(ecef_m[:, 0])
    where = np.full((3, len(ecef_m)), np.nan)
    where[:, known] = geodesy.ecef_to_geodetic(ecef_m[known])
    first_rad = float(where[0, known][0]) if known.any() else 0.0
    speed_mps = np.linalg.norm(grid[3:, :, 0], axis=0)
    latitude, longitude, height = where
    radius_m = geodesy.mean_radius_of_curvature_m(first_rad)
    return Places(ecef_m, latitude, longitude, height, speed_mps, radius_m)


class Matching:
    """Where all vehicles are now, and which of them a track means.

    ``places``: by time, of runs under this sky.
    """

    def __init__(self, built: Built, places: Shelf[float, Places] | None = None) -> None:
        self._pieces = built.surroundings.pieces
        self.stop_s: Floats = np.full(len(built.surroundings.vehicles), np.inf)
        self._places = places or Shelf[float, Places](1)
        self._former: dict[int, int] = {}  # by track number, of all posts

    def at(self, now_s: float) -> Floats:
        """Return where vehicles are, (V, 3), earth-centred; NaN: not in the air, or stopped."""
        made = self._at(now_s).ecef_m.copy()
        made[self.stop_s <= now_s] = np.nan
        return made

    def _at(self, now_s: float) -> Places:
        found = self._places.get(now_s)
        if found is None:
            found = places_of(self._pieces, now_s)
            self._places.put(now_s, found)
        return found

    def behind(self, tracks: Tracks, now_s: float) -> tuple[Array, Floats]:
        """Return the vehicle that each track means, (n,), NOTHING for none, and how far off it is.

        It is the nearest in place and speed, heights counted by how badly they are known, within
        ``GATE`` slacks; that of a moment ago unless another is much nearer.  The distance is that
        over the ground.
        """
        there = self._at(now_s)
        vehicle, off_m = np.full(len(tracks), NOTHING), np.full(len(tracks), np.inf)
        numbers = tracks.track_number.tolist()
        sigma_m = np.sqrt(np.nan_to_num(tracks.covariance[:, 2, 2], nan=1e8))
        kernels.nearest(
            tracks.latitude_rad,
            tracks.longitude_rad,
            tracks.height_m,
            sigma_m + HEIGHT_SLACK_M,
            np.hypot(tracks.ve_mps, tracks.vn_mps),
            np.array([self._former.get(number, NOTHING) for number in numbers], np.int64),
            np.where(self.stop_s <= now_s, np.nan, there.latitude_rad),
            there.longitude_rad,
            there.height_m,
            there.speed_mps,
            there.radius_m,
            GROUND_SLACK_M,
            SPEED_SLACK_MPS,
            GATE**2,
            MUCH_NEARER,
            vehicle,
            off_m,
        )
        self._former.update(zip(numbers, vehicle.tolist(), strict=True))
        return vehicle, off_m


def distances_m(
    built: Built, vehicle: int, site: tuple[float, float, float], times_s: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return ground range, height above the site, and speed of a vehicle at times (n,); NaN: none.

    ``site`` is latitude and longitude (radians) and height.
    """
    grid = states_on_grid(built.surroundings.pieces, times_s, [vehicle])[:, 0]
    ecef_m, speed_mps = grid[:3].T, np.linalg.norm(grid[3:], axis=0)
    known = np.isfinite(ecef_m[:, 0])
    range_m, height_m = np.full(len(times_s), np.nan), np.full(len(times_s), np.nan)
    latitude, longitude, height = geodesy.ecef_to_geodetic(ecef_m[known])
    north = latitude - site[0]
    east = (longitude - site[1]) * np.cos(0.5 * (latitude + site[0]))
    range_m[known] = geodesy.mean_radius_of_curvature_m(site[0]) * np.hypot(north, east)
    height_m[known] = height - site[2]
    return range_m, height_m, speed_mps


def meant(picture: Tracks, target: int, numbers: Iterable[int]) -> npt.NDArray[np.intp]:
    """Return the row of a picture that a target's number means, as an array; empty: none.

    ``numbers`` are all that it has or had: the track may be numbered anew since.
    """
    rows = np.flatnonzero(np.isin(picture.track_number, list(numbers)))
    own = rows[picture.track_number[rows] == target]
    return own if len(own) else rows[:1]
