"""The sides of many rims and lines at once: how near, on which side, when a straight way crosses.

Each pair of a place and an area is looked at on a plane about the place, east and north in metres,
of the scale there: distances are good to 1 % within 500 km at 60 degrees of latitude.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.earth.geodesy import mean_radius_of_curvature_m

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Seen:
    """Sides as they are seen from m places: s sides in all, those of each place together.

    (s,) metres east and north of the place of where each side begins, and to where it ends.
    """

    east_m: Floats
    north_m: Floats
    along_east_m: Floats
    along_north_m: Floats
    starts: Integers  # (m,) where the sides of each place begin
    counts: Integers  # (m,)

    def nearest(self) -> tuple[Floats, Integers]:
        """Return the nearest point (m, 2), east and north of each place, and its side (m,)."""
        length2 = np.maximum(self.along_east_m**2 + self.along_north_m**2, 1e-6)
        part = -(self.east_m * self.along_east_m + self.north_m * self.along_north_m) / length2
        part = np.minimum(np.maximum(part, 0.0), 1.0)
        east = self.east_m + part * self.along_east_m
        north = self.north_m + part * self.along_north_m
        far2 = east**2 + north**2
        least = np.repeat(np.minimum.reduceat(far2, self.starts), self.counts)
        best = np.flatnonzero(far2 == least)
        pair = np.repeat(np.arange(len(self.starts)), self.counts)[best]
        first = best[np.searchsorted(pair, np.arange(len(self.starts)))]
        return np.column_stack([east[first], north[first]]), first

    def is_around(self) -> Booleans:
        """Return which places (m,) the sides go round (Haines 1994, Graphics Gems IV)."""
        end_m = self.north_m + self.along_north_m
        spans = (self.north_m > 0.0) != (end_m > 0.0)
        rise_m = np.where(spans, self.along_north_m, 1.0)
        is_east = self.east_m - self.north_m * self.along_east_m / rise_m > 0.0
        return np.asarray(np.add.reduceat((spans & is_east).astype(np.int64), self.starts) % 2 == 1)

    def crossed_s(self, ve_mps: Floats, vn_mps: Floats) -> tuple[Floats, Floats]:
        """Return when a straight way from each place crosses its sides, first and next, (m,).

        Infinite: never.
        """
        e, n = np.repeat(ve_mps, self.counts), np.repeat(vn_mps, self.counts)
        turn = e * self.along_north_m - n * self.along_east_m
        side = e * self.north_m - n * self.east_m
        has = (side > 0.0) != (side + turn > 0.0)
        over = self.east_m * self.along_north_m - self.north_m * self.along_east_m
        at_s = np.where(has, over / np.where(has, turn, 1.0), np.inf)
        at_s[at_s <= 0.0] = np.inf
        first_s = np.minimum.reduceat(at_s, self.starts)
        at_s[at_s <= np.repeat(first_s, self.counts)] = np.inf
        return first_s, np.minimum.reduceat(at_s, self.starts)


class Sides:
    """The sides of some lines (k, 2), latitude and longitude in radians, each closed or not."""

    def __init__(self, lines_rad: Sequence[Floats], is_closed: bool = True) -> None:
        ends = [np.vstack([line, line[:1]]) if is_closed else line for line in lines_rad]
        self._latitude = _joined([line[:-1, 0] for line in ends])
        self._longitude = _joined([line[:-1, 1] for line in ends])
        self._north = _joined([np.diff(line[:, 0]) for line in ends])
        self._east = _wrapped(_joined([np.diff(line[:, 1]) for line in ends]))
        halves = 0.5 * np.stack([self._latitude, self._latitude + self._north])
        self._half_cosine, self._half_sine = np.cos(halves), np.sin(halves)
        self._counts = np.array([len(line) - 1 for line in ends], np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        self._radius_m = np.array(
            [mean_radius_of_curvature_m(float(line[:, 0].mean())) for line in lines_rad]
        )

    def seen(self, latitude_rad: Floats, longitude_rad: Floats, line: Integers) -> Seen:
        """Return the sides of lines (m,), by their rows, as seen from places (m,)."""
        counts = self._counts[line]
        starts = np.cumsum(counts) - counts
        size = int(counts.sum())
        side = np.repeat(self._starts[line] - starts, counts) + np.arange(size)
        latitude = np.repeat(latitude_rad, counts)
        radius_m = np.repeat(self._radius_m[line], counts)
        begin = self._latitude[side] - latitude
        end = begin + self._north[side]
        aside = _wrapped(self._longitude[side] - np.repeat(longitude_rad, counts))
        beyond = aside + self._east[side]
        # the cosine of the latitude halfway to a corner: cos(a / 2 + b / 2)
        cosine = np.repeat(np.cos(0.5 * latitude_rad), counts)
        sine = np.repeat(np.sin(0.5 * latitude_rad), counts)
        halfway = [
            self._half_cosine[k, side] * cosine - self._half_sine[k, side] * sine for k in (0, 1)
        ]
        east_m = aside * halfway[0] * radius_m
        end_m = beyond * halfway[1] * radius_m
        north_m = begin * radius_m
        return Seen(
            east_m=east_m,
            north_m=north_m,
            along_east_m=end_m - east_m,
            along_north_m=end * radius_m - north_m,
            starts=starts,
            counts=counts,
        )


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)


def _wrapped(angle: Floats) -> Floats:
    return np.asarray(angle - 2.0 * np.pi * np.round(angle / (2.0 * np.pi)))
