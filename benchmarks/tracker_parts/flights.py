"""Flights over the WGS-84 ellipsoid: legs of constant turn rate, acceleration and climb.

Straight flight follows a geodesic: its heading changes by sin(heading) tan(latitude) / N a metre
(Torge 2001, eq. 4.9); a turn adds its own rate.  Ground speed is the speed of the target itself,
at its height.  F flights, n nodes ``step_s`` apart.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jointsky.earth.geodesy import geodetic_to_ecef

A_M, E2 = 6_378_137.0, 6.694379990141e-3  # WGS-84


class Leg(NamedTuple):
    """What a flight does for a while; zeros: straight, level and steady."""

    seconds: float
    turn_radps: float = 0.0  # to the right
    speed_up_mps2: float = 0.0
    climb_mps: float = 0.0


@dataclasses.dataclass(frozen=True)
class Start:
    """Where and when a flight begins, and its legs; it ends with the last of them."""

    latitude_rad: float
    longitude_rad: float
    height_m: float
    speed_mps: float
    heading_rad: float
    legs: Sequence[Leg]
    born_s: float = 0.0


class States(NamedTuple):
    """Flights at some times, each (n,): where, how fast, in which direction."""

    latitude_rad: np.ndarray
    longitude_rad: np.ndarray
    height_m: np.ndarray
    speed_mps: np.ndarray
    heading_rad: np.ndarray
    climb_mps: np.ndarray
    turn_radps: np.ndarray

    @property
    def ecef_m(self) -> np.ndarray:
        """Earth-centred positions (n, 3)."""
        return geodetic_to_ecef(self.latitude_rad, self.longitude_rad, self.height_m)

    @property
    def velocity_enu_mps(self) -> np.ndarray:
        """Velocity east, north, up at the target, (n, 3)."""
        east = self.speed_mps * np.sin(self.heading_rad)
        north = self.speed_mps * np.cos(self.heading_rad)
        return np.column_stack([east, north, self.climb_mps])


@dataclasses.dataclass(frozen=True)
class Flights:
    """Nodes of F flights: states (7, F, n), accelerations (F, n), births and ends (F,)."""

    step_s: float
    nodes: np.ndarray
    speed_up_mps2: np.ndarray
    born_s: np.ndarray
    dead_s: np.ndarray

    def __len__(self) -> int:
        return len(self.born_s)

    def at(self, flight: np.ndarray, time_s: np.ndarray) -> States:
        """Return flights ``flight`` (n,) at times ``time_s`` (n,), within their lives."""
        k = np.clip((time_s / self.step_s).astype(int), 0, self.nodes.shape[2] - 1)
        state = self.nodes[:, flight, k]
        return States(*_moved(state, self.speed_up_mps2[flight, k], time_s - k * self.step_s))

    def is_alive(self, flight: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """Return whether each flight is in the air at that time, (n,)."""
        return np.asarray((time_s >= self.born_s[flight]) & (time_s < self.dead_s[flight]))


def fly(starts: Sequence[Start], duration_s: float, step_s: float = 0.5) -> Flights:
    """Return flights from 0 to ``duration_s``; legs and births are rounded to whole steps."""
    n, flights = round(duration_s / step_s) + 1, len(starts)
    turn, speed_up, climb = np.zeros((3, flights, n))
    dead_s = np.empty(flights)
    for row, start in enumerate(starts):
        steps = [max(round(leg.seconds / step_s), 1) for leg in start.legs]
        k = round(start.born_s / step_s)
        for leg, count in zip(start.legs, steps, strict=True):
            turn[row, k : k + count] = leg.turn_radps
            speed_up[row, k : k + count] = leg.speed_up_mps2
            climb[row, k : k + count] = leg.climb_mps
            k += count
        dead_s[row] = min(k, n) * step_s
    nodes = np.empty((7, flights, n))
    nodes[5], nodes[6] = climb, turn
    names = ("latitude_rad", "longitude_rad", "height_m", "speed_mps", "heading_rad")
    nodes[:5, :, 0] = [[getattr(start, name) for start in starts] for name in names]
    born_s = np.array([round(start.born_s / step_s) * step_s for start in starts])
    for k in range(n - 1):
        passed_s = np.where(born_s <= k * step_s, step_s, 0.0)
        nodes[:5, :, k + 1] = _moved(nodes[:, :, k], speed_up[:, k], passed_s)[:5]
    return Flights(step_s, nodes, speed_up, born_s, dead_s)


def _moved(state: np.ndarray, speed_up: np.ndarray, by_s: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return states (7, ...) moved on by a time within one step, by the midpoint rule."""
    latitude, longitude, height, speed, heading, climb, turn = state
    middle_speed = speed + 0.5 * speed_up * by_s
    middle_height = height + 0.5 * climb * by_s
    bend = _geodesic_bend(latitude, heading, middle_height)
    middle_heading = heading + 0.5 * by_s * (turn + bend * middle_speed)
    chord = middle_speed * by_s * np.sinc(0.5 * turn * by_s / np.pi)
    north = chord * np.cos(middle_heading)
    middle = latitude + 0.5 * north / (_radii(latitude)[0] + middle_height)
    meridian, prime = _radii(middle)
    bend = _geodesic_bend(middle, middle_heading, middle_height)
    return (
        latitude + north / (meridian + middle_height),
        longitude + chord * np.sin(middle_heading) / ((prime + middle_height) * np.cos(middle)),
        height + climb * by_s,
        speed + speed_up * by_s,
        heading + by_s * (turn + bend * middle_speed),
        climb,
        turn,
    )


def _radii(latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the radii of curvature along the meridian and across it (Torge 2001, eq. 4.14 f.)."""
    w2 = 1.0 - E2 * np.sin(latitude) ** 2
    prime = A_M / np.sqrt(w2)
    return prime * (1.0 - E2) / w2, prime


def _geodesic_bend(latitude: np.ndarray, heading: np.ndarray, height: np.ndarray) -> np.ndarray:
    return np.asarray(np.sin(heading) * np.tan(latitude) / (_radii(latitude)[1] + height))
