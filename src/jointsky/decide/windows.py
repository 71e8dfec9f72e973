"""When a simulated battery could stop a threat that flies on as it does, and where debris may fall.

A path is straight over the ground at a constant climb.  A weapon has a public envelope: ground
range, height above its own ground, speed of the target; and the horizon of its antenna (4/3
earth).  A shot takes its distance over a mean speed, as in world/engagement.py.  How it finds its
target is nobody's business here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from jointsky.earth.geodesy import ecef_to_geodetic, geodetic_to_ecef
from jointsky.earth.horizon import horizon_distance_m

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

GRAVITY_MPS2 = 9.80665


@dataclasses.dataclass(frozen=True)
class Weapons:
    """What W weapons reach; each column (W,) but the first."""

    ecef_m: Floats  # (W, 3) where they stand
    range_min_m: Floats  # over the ground
    range_max_m: Floats
    height_min_m: Floats  # above the weapon
    height_max_m: Floats
    target_speed_max_mps: Floats
    speed_mps: Floats  # mean, of a shot; inf: it is there at once
    reaction_s: Floats  # from an order to the first shot
    antenna_m: Floats  # height of the weapon's own antenna: below its horizon nothing is in reach

    def __post_init__(self) -> None:
        count = len(self.ecef_m)
        for field in dataclasses.fields(self):
            found = np.shape(getattr(self, field.name))
            wanted = (count, 3) if field.name == "ecef_m" else (count,)
            if found != wanted:
                raise ValueError(f"{field.name} has shape {found}; it must be {wanted}")


@dataclasses.dataclass(frozen=True)
class Paths:
    """Where T threats are expected at K times, if they fly on as they do."""

    time_s: Floats  # (K,) evenly spaced
    latitude_rad: Floats  # (T, K)
    longitude_rad: Floats  # (T, K)
    height_m: Floats  # (T, K)
    sigma_m: Floats  # (T, K) largest standard deviation of the position
    speed_mps: Floats  # (T,)
    level_mps: Floats  # (T,) over the ground
    climb_mps: Floats  # (T,)


@dataclasses.dataclass(frozen=True)
class Windows:
    """When each weapon could stop each threat, (W, T); NaN: never.

    ``distance_m`` (W, T, K) from weapon to threat at ``begin_s + k * step_s``, NaN where it may not
    be stopped: what world/engagement.py takes for a target.
    """

    begin_s: float
    step_s: float
    distance_m: Floats
    earliest_s: Floats  # when a shot that is ordered now can stop it first
    latest_s: Floats  # when one can last
    order_by_s: Floats  # the last moment for the order of that one
    sample: Integers  # of the path: the first not before the earliest moment; -1: never


def predicted(
    ecef_m: npt.ArrayLike,
    velocity_mps: npt.ArrayLike,
    covariance: npt.ArrayLike | None,
    now_s: float,
    horizon_s: float,
    step_s: float,
) -> Paths:
    """Return the paths of threats at (T, 3), earth-centred, with velocities (T, 3).

    ``covariance`` (T, 6, 6) of position and velocity, in any Cartesian frame, None: known exactly.
    """
    points, velocity = np.asarray(ecef_m, np.float64), np.asarray(velocity_mps, np.float64)
    if points.ndim != 2 or points.shape[1:] != (3,) or velocity.shape != points.shape:
        shapes = f"{points.shape} and {velocity.shape}"
        raise ValueError(f"ecef_m and velocity_mps have shapes {shapes}; they must be (n, 3)")
    if not (step_s > 0.0 and horizon_s >= step_s):
        raise ValueError(f"step_s is {step_s}, horizon_s {horizon_s}; 0 < step_s <= horizon_s")
    ahead_s: Floats = np.float64(step_s) * np.arange(int(horizon_s / step_s + 1e-9) + 1)
    count, samples = len(points), len(ahead_s)
    if covariance is None:
        covariance = np.zeros((count, 6, 6))
    latitude, longitude, height_m = ecef_to_geodetic(points)
    up = _upward(latitude, longitude)
    climb_mps = (velocity * up).sum(axis=1)
    level = velocity - climb_mps[:, None] * up
    along = points[:, None, :] + level[:, None, :] * ahead_s[:, None]
    there = ecef_to_geodetic(along.reshape(-1, 3))
    return Paths(
        time_s=now_s + ahead_s,
        latitude_rad=there[0].reshape(count, samples),
        longitude_rad=there[1].reshape(count, samples),
        height_m=height_m[:, None] + climb_mps[:, None] * ahead_s,
        sigma_m=_spread_m(np.asarray(covariance, np.float64), count, ahead_s),
        speed_mps=np.linalg.norm(velocity, axis=1),
        level_mps=np.linalg.norm(level, axis=1),
        climb_mps=climb_mps,
    )


def debris_radius_m(paths: Paths, ground_m: float = 0.0) -> Floats:
    """Return how far from the point below debris may fall, (T, K), from each place of the paths.

    A body that keeps its speed over the ground, and its climb, falls without drag for
    ``(c + sqrt(c^2 + 2 g h)) / g``, c the climb where it is one: ``v sqrt(2 h / g)`` in level
    flight.  Drag shortens that: it is an outer bound.  ``ground_m``: height of the ground there.
    """
    above_m = np.maximum(paths.height_m - ground_m, 0.0)
    climb = np.maximum(paths.climb_mps, 0.0)[:, None]
    fall_s = (climb + np.sqrt(climb**2 + 2.0 * GRAVITY_MPS2 * above_m)) / GRAVITY_MPS2
    return np.asarray(paths.level_mps[:, None] * fall_s)


def is_clear(
    paths: Paths,
    rim_distance_m: Callable[[Floats, Floats], Floats],
    ground_m: float = 0.0,
    sigmas: float = 2.0,
    asked: Booleans | None = None,
) -> Booleans:
    """Return where on the paths (T, K) a threat may be stopped: no debris reaches an area then.

    ``rim_distance_m`` tells of latitudes and longitudes (n,) how far they are from the rim of each
    protected area, (n, areas), negative inside.  So many standard errors of the place are allowed.
    ``asked`` (T, K): where it matters; elsewhere it is not looked at, and told that it is not.
    """
    asked = np.ones(paths.latitude_rad.shape, np.bool_) if asked is None else asked
    rim_m = rim_distance_m(paths.latitude_rad[asked], paths.longitude_rad[asked])
    nearest_m = np.full(asked.shape, -np.inf)
    nearest_m[asked] = rim_m.min(axis=1, initial=np.inf)
    return np.asarray(nearest_m > debris_radius_m(paths, ground_m) + sigmas * paths.sigma_m)


@dataclasses.dataclass(frozen=True)
class Reached:
    """Where on their paths threats are in the envelope of each weapon."""

    weapons: Weapons
    paths: Paths
    away_m: Floats  # (W, T, K) from weapon to threat
    is_in: Booleans  # (W, T, K)


def reached(weapons: Weapons, paths: Paths) -> Reached:
    """Return where on their paths threats are in the envelope of each weapon."""
    away_m, over_m, above_m = _geometry(weapons, paths)
    column = (slice(None), None, None)
    is_in = (
        (over_m >= weapons.range_min_m[column])
        & (over_m <= weapons.range_max_m[column])
        & (above_m >= weapons.height_min_m[column])
        & (above_m <= weapons.height_max_m[column])
        & (paths.speed_mps[:, None] <= weapons.target_speed_max_mps[column])
        & (over_m <= horizon_distance_m(weapons.antenna_m[column], above_m))
    )
    return Reached(weapons, paths, away_m, is_in)


def windows(reach: Reached, clear: Booleans | None = None) -> Windows:
    """Return when each weapon could stop each threat, only where ``clear`` (T, K) if given."""
    weapons, paths, away_m = reach.weapons, reach.paths, reach.away_m
    column = (slice(None), None, None)
    is_in = reach.is_in if clear is None else reach.is_in & clear
    time_s = paths.time_s
    begin_s, step_s = float(time_s[0]), float(time_s[1] - time_s[0])
    fired_s = time_s - away_m / weapons.speed_mps[column]
    ready_s = begin_s + weapons.reaction_s[column]
    is_met = is_in & (fired_s >= ready_s)
    never = ~is_met.any(axis=2)
    first = is_met.argmax(axis=2)
    last = len(time_s) - 1 - is_met[:, :, ::-1].argmax(axis=2)
    earliest_s = _crossing_s(time_s, fired_s - ready_s, is_in, first)
    last_fired_s = np.take_along_axis(fired_s, last[:, :, None], axis=2)[:, :, 0]
    return Windows(
        begin_s=begin_s,
        step_s=step_s,
        distance_m=np.where(is_in, away_m, np.nan),
        earliest_s=np.where(never, np.nan, earliest_s),
        latest_s=np.where(never, np.nan, time_s[last]),
        order_by_s=np.where(never, np.nan, last_fired_s - weapons.reaction_s[:, None]),
        sample=np.where(never, -1, first),
    )


def _geometry(weapons: Weapons, paths: Paths) -> tuple[Floats, Floats, Floats]:
    """Return distances, ground ranges and heights above the weapons, each (W, T, K), in metres."""
    shape = paths.latitude_rad.shape
    latitude, longitude, height_m = ecef_to_geodetic(weapons.ecef_m)
    place = (paths.latitude_rad.ravel(), paths.longitude_rad.ravel())
    points = geodetic_to_ecef(*place, paths.height_m.ravel()).reshape(*shape, 3)
    away = points - weapons.ecef_m[:, None, None, :]
    up = _upward(latitude, longitude)
    square = (away**2).sum(axis=3)
    rise_m = np.einsum("wtkx,wx->wtk", away, up)
    over_m = np.sqrt(np.maximum(square - rise_m**2, 0.0))
    return np.sqrt(square), over_m, paths.height_m - height_m[:, None, None]


def _upward(latitude_rad: Floats, longitude_rad: Floats) -> Floats:
    """Return the directions (n, 3) that are up at places, earth-centred."""
    level = np.cos(latitude_rad)
    x, y = level * np.cos(longitude_rad), level * np.sin(longitude_rad)
    return np.stack([x, y, np.sin(latitude_rad)], axis=1)


def _crossing_s(time_s: Floats, spare_s: Floats, is_in: Booleans, first: Integers) -> Floats:
    """Return when a shot first has time enough: between two samples where both are in reach."""
    before = np.maximum(first - 1, 0)
    late = np.take_along_axis(spare_s, first[:, :, None], axis=2)[:, :, 0]
    early = np.take_along_axis(spare_s, before[:, :, None], axis=2)[:, :, 0]
    was_in = np.take_along_axis(is_in, before[:, :, None], axis=2)[:, :, 0]
    is_between = was_in & (early < 0.0) & (late >= 0.0)
    share = np.where(is_between, -early / np.where(is_between, late - early, 1.0), 1.0)
    return np.asarray(time_s[before] + share * (time_s[first] - time_s[before]))


def _spread_m(covariance: Floats, count: int, ahead_s: Floats) -> Floats:
    """Return the largest standard deviation of positions (T, K) predicted so far ahead."""
    if covariance.shape != (count, 6, 6):
        raise ValueError(f"covariance has shape {covariance.shape}; it must be {(count, 6, 6)}")
    ahead = ahead_s[:, None, None]
    both = covariance[:, :3, 3:] + covariance[:, 3:, :3]
    at = (
        covariance[:, None, :3, :3] + ahead * both[:, None] + ahead**2 * covariance[:, None, 3:, 3:]
    )
    largest = np.linalg.eigvalsh(at)[:, :, -1] if count else np.zeros((0, len(ahead_s)))
    return np.sqrt(np.maximum(largest, 0.0))
