"""Which vehicle is really behind a track: for the simulation, never for a command post."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.earth.motion import states_on_grid
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
GROUND_SLACK_M, HEIGHT_SLACK_M, SPEED_SLACK_MPS = 500.0, 300.0, 30.0  # errors of usual size
GATE = 6.0  # slacks: a track farther from every vehicle is a track of nothing
MUCH_NEARER = 0.1  # another vehicle must weigh less than this share of the one of a moment ago
NOTHING = -1


class Matching:
    """Where all vehicles are now, and which of them a track means."""

    def __init__(self, built: Built) -> None:
        self._pieces = built.surroundings.pieces
        self.stop_s: Floats = np.full(len(built.surroundings.vehicles), np.inf)
        self._now_s = -np.inf
        self._ecef_m: Floats = np.empty((0, 3))
        self._speed_mps: Floats = np.empty((0, 3))
        self._former: dict[int, int] = {}  # by track number, of all posts

    def at(self, now_s: float) -> Floats:
        """Return where vehicles are, (V, 3), earth-centred; NaN: not in the air, or stopped."""
        if now_s != self._now_s:
            grid = states_on_grid(self._pieces, np.array([now_s]))
            self._ecef_m = np.ascontiguousarray(grid[:3, :, 0].T)
            self._speed_mps = np.ascontiguousarray(grid[3:, :, 0].T)
            self._ecef_m[self.stop_s <= now_s] = np.nan
            self._now_s = now_s
        return self._ecef_m

    def behind(self, tracks: Tracks, now_s: float) -> tuple[Array, Floats]:
        """Return the vehicle that each track means, (n,), NOTHING for none, and how far off it is.

        It is the nearest in place and speed, heights counted by how badly they are known, within
        ``GATE`` slacks; that of a moment ago unless another is much nearer.  The distance is that
        over the ground.
        """
        places = self.at(now_s)
        there = np.flatnonzero(np.isfinite(places[:, 0]))
        if not len(tracks) or not len(there):
            return np.full(len(tracks), NOTHING), np.full(len(tracks), np.inf)
        latitude, longitude, height_m = geodesy.ecef_to_geodetic(places[there])
        north = tracks.latitude_rad[:, None] - latitude
        east = np.remainder(tracks.longitude_rad[:, None] - longitude + np.pi, 2 * np.pi) - np.pi
        east = east * np.cos(tracks.latitude_rad)[:, None]
        away_m = geodesy.mean_radius_of_curvature_m(float(latitude[0])) * np.hypot(north, east)
        sigma_m = np.sqrt(np.nan_to_num(tracks.covariance[:, 2, 2], nan=1e8)) + HEIGHT_SLACK_M
        above = np.nan_to_num((tracks.height_m[:, None] - height_m) / sigma_m[:, None])
        speed_mps = np.linalg.norm(self._speed_mps[there], axis=1)
        faster = np.hypot(tracks.ve_mps, tracks.vn_mps)[:, None] - speed_mps
        cost = (away_m / GROUND_SLACK_M) ** 2 + above**2
        cost += (np.nan_to_num(faster) / SPEED_SLACK_MPS) ** 2
        is_near = cost <= GATE**2
        numbers = tracks.track_number.tolist()
        column = {vehicle: k for k, vehicle in enumerate(there.tolist())}
        for row, number in enumerate(numbers):
            former = column.get(self._former.get(number, NOTHING))
            if former is not None:
                cost[row, former] *= MUCH_NEARER
        nearest = cost.argmin(axis=1)
        off_m = away_m[np.arange(len(tracks)), nearest]
        near = is_near[np.arange(len(tracks)), nearest]
        vehicle = np.where(near, there[nearest], NOTHING)
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
