"""Where tracks stand to areas: how surely inside, how far, and where they will be flying straight.

Everything is (tracks, areas).  Near its rim an area is taken as a half-plane, so the probability
of being in it is that of a normal error across the rim, and of one in height.  What is too far
away to matter is not worked out: a probability of 0 at an infinite distance.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from jointsky.assess.areas import Area, Areas, unwrapped
from jointsky.assess.sides import Seen, Sides
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

EARTH_M = 6_371_008.8  # mean radius
UNKNOWN_SIGMA_M = 300.0  # of a track that does not say how sure its place is
SMALLEST_SIGMA_M = 1.0
FAR_SIGMAS = 6.0
ALONG_SINE = 0.5  # a flight along a corridor is within 30 degrees of it
LOOKS_IN = 5  # places of a straight way through an area that are looked at


@dataclasses.dataclass(frozen=True)
class Standing:
    """What ``stand`` finds, (tracks, areas); distances are over the ground, negative inside.

    ``inside`` is the probability of being in the area, heights and times considered; ``over`` of
    being over its ground, whatever the height.  ``reach`` is the greatest probability of being in
    it at any time up to as far ahead as was asked, if the track flies on straight; ``go_s`` when
    that way comes to the rim (infinite: never, 0: it is in).  ``beside``: nearest to a side of the
    corridor, not to one of its ends; ``along``: flying along it.
    """

    inside: Floats
    over: Floats
    distance_m: Floats
    sigma_m: Floats
    reach: Floats
    go_s: Floats
    gap_m: Floats  # height above the ceiling or below the floor; 0 between them
    beside: Booleans
    along: Booleans


class _Flight(NamedTuple):
    """What is needed of tracks (m,): where, how fast, and variances that grow with time t.

    Each is three columns (m, 3), to be weighed by 1, t and t squared.
    """

    latitude: Floats
    longitude: Floats
    ve: Floats
    vn: Floats
    vu: Floats
    east2: Floats
    both: Floats  # covariance of east and north
    north2: Floats
    up2: Floats

    @classmethod
    def of(cls, tracks: Tracks) -> _Flight:
        lost = np.isnan(tracks.covariance[:, :2, :2]).any(axis=(1, 2))
        c = np.nan_to_num(tracks.covariance)
        c[lost, :2, :2] = np.eye(2) * UNKNOWN_SIGMA_M**2
        ve, vn, vu = (np.nan_to_num(one) for one in (tracks.ve_mps, tracks.vn_mps, tracks.vu_mps))

        def grows(a: int, b: int) -> Floats:
            linear = c[:, a, b + 3] + c[:, a + 3, b]
            return np.column_stack([c[:, a, b], linear, c[:, a + 3, b + 3]])

        variances = grows(0, 0), grows(0, 1), grows(1, 1), grows(2, 2)
        return cls(tracks.latitude_rad, tracks.longitude_rad, ve, vn, vu, *variances)

    def rows(self, index: Integers) -> _Flight:
        return _Flight(*(one[index] for one in self))

    def later(self, at_s: Floats) -> _Flight:
        """Return where it will be after times (m,), flying straight; there, time stands still."""
        power = np.column_stack([np.ones_like(at_s), at_s, at_s**2])

        def then(column: Floats) -> Floats:
            return np.asarray((column * power).sum(axis=1)[:, None])

        return self._replace(
            latitude=self.latitude + self.vn * at_s / EARTH_M,
            longitude=self.longitude + self.ve * at_s / (EARTH_M * np.cos(self.latitude)),
            east2=then(self.east2),
            both=then(self.both),
            north2=then(self.north2),
            up2=then(self.up2),
        )

    def across_m(self, away_m: Floats) -> Floats:
        """Return standard errors (m,) along directions (m, 2); in all where there is none."""
        e, n = away_m.T
        length2 = e**2 + n**2
        east2, both, north2 = self.east2[:, 0], self.both[:, 0], self.north2[:, 0]
        along = e**2 * east2 + 2.0 * e * n * both + n**2 * north2
        is_at = length2 < 1e-6
        variance = np.where(is_at, east2 + north2, along / np.where(is_at, 1.0, length2))
        return np.asarray(np.sqrt(np.maximum(variance, SMALLEST_SIGMA_M**2)))

    def height_sigma_m(self) -> Floats:
        """Return standard errors (m,) of heights."""
        return np.asarray(np.sqrt(np.maximum(self.up2[:, 0], SMALLEST_SIGMA_M**2)))


@dataclasses.dataclass(frozen=True)
class _Bounds:
    """Bounds of areas (areas,), radians and metres; ``longitude`` is of the middle."""

    south: Floats
    north: Floats
    longitude: Floats
    half: Floats
    floor_m: Floats
    ceiling_m: Floats
    above_ground: Booleans


class Stander:
    """Finds where tracks stand to areas; ``margin_m`` is how far from a rim still matters."""

    def __init__(self, areas: Areas, ahead_s: float, margin_m: float) -> None:
        self._areas, self._ahead_s, self._margin_m = areas, ahead_s, margin_m
        self._bounds = _bounds(areas.areas)
        self._rims = Sides([one.rim_rad for one in areas.areas])
        self._line_of = np.full(len(areas.areas), -1)
        lines = [one.line_rad for one in areas.areas if one.line_rad is not None]
        self._line_of[[one.line_rad is not None for one in areas.areas]] = np.arange(len(lines))
        self._lines = Sides(lines, is_closed=False)

    def stand(self, tracks: Tracks, now_s: float) -> Standing:
        """Return where tracks (one row each) stand at a time."""
        shape = len(tracks), len(self._areas.areas)
        made = Standing(
            inside=np.zeros(shape),
            over=np.zeros(shape),
            distance_m=np.full(shape, np.inf),
            sigma_m=np.full(shape, SMALLEST_SIGMA_M),
            reach=np.zeros(shape),
            go_s=np.full(shape, np.inf),
            gap_m=np.zeros(shape),
            beside=np.zeros(shape, np.bool_),
            along=np.zeros(shape, np.bool_),
        )
        if 0 in shape:
            return made
        whole = _Flight.of(tracks)
        holds = np.array([one.is_active(now_s) for one in self._areas.areas])
        row, area = np.nonzero(self._near(whole) & holds)
        if len(row):
            above_m = self._areas.above_ground_m(
                tracks.latitude_rad, tracks.longitude_rad, tracks.height_m
            )
            level_m = np.where(self._bounds.above_ground[area], above_m[row], tracks.height_m[row])
            self._fill(made, (row, area), whole.rows(row), level_m)
        return made

    def _near(self, flight: _Flight) -> Booleans:
        """Return which tracks could matter to which areas, (tracks, areas).

        Those of which the straight way ahead, with room beside it, touches the area's bounds.
        """
        spread = flight.east2[:, 0] + flight.north2[:, 0]
        sigma_m = np.sqrt(np.maximum(spread, 0.0))
        room = ((self._margin_m + FAR_SIGMAS * sigma_m) / EARTH_M)[:, None]
        shrink = np.maximum(np.cos(flight.latitude), 0.01)[:, None]
        north = flight.vn[:, None] * (self._ahead_s / EARTH_M)
        east = flight.ve[:, None] * (self._ahead_s / EARTH_M) / shrink
        box, lat = self._bounds, flight.latitude[:, None]
        turned = np.remainder(flight.longitude[:, None] - box.longitude + np.pi, 2 * np.pi)
        x, room_x = turned - np.pi, room / shrink
        return np.asarray(
            (np.maximum(lat, lat + north) >= box.south - room)
            & (np.minimum(lat, lat + north) <= box.north + room)
            & (np.maximum(x, x + east) >= -box.half - room_x)
            & (np.minimum(x, x + east) <= box.half + room_x)
        )

    def _fill(
        self, made: Standing, at: tuple[Integers, Integers], flight: _Flight, level_m: Floats
    ) -> None:
        """Fill ``made`` for pairs (m,) of a track and an area."""
        area = at[1]
        seen = self._rims.seen(flight.latitude, flight.longitude, area)
        signed_m, sigma_m = _signed(seen, flight)
        over = ndtr(-signed_m / sigma_m)
        made.distance_m[at], made.sigma_m[at], made.over[at] = signed_m, sigma_m, over
        inside = over * self._height(area, level_m, flight.height_sigma_m())
        made.inside[at] = inside
        gap_m = np.maximum(
            level_m - self._bounds.ceiling_m[area], self._bounds.floor_m[area] - level_m
        )
        made.gap_m[at] = np.maximum(np.nan_to_num(gap_m, neginf=0.0), 0.0)
        first_s, next_s = seen.crossed_s(flight.ve, flight.vn)
        is_in = signed_m < 0.0
        begin_s = np.where(is_in, 0.0, first_s)
        made.go_s[at] = begin_s
        ways = np.flatnonzero(begin_s < self._ahead_s)
        if len(ways):
            end_s = np.minimum(np.where(is_in, first_s, next_s), self._ahead_s)
            reach = self._ahead(area, flight, level_m, ways, (begin_s, end_s))
            inside[ways] = np.maximum(inside[ways], reach)
        made.reach[at] = inside
        on = np.flatnonzero(self._line_of[area] >= 0)
        if len(on):
            line = self._line_of[area[on]]
            there = self._lines.seen(flight.latitude[on], flight.longitude[on], line)
            beside, along = _followed(there, flight.rows(on))
            made.beside[at[0][on], area[on]] = beside
            made.along[at[0][on], area[on]] = along

    def _ahead(
        self,
        area: Integers,
        flight: _Flight,
        level_m: Floats,
        ways: Integers,
        span_s: tuple[Floats, Floats],
    ) -> Floats:
        """Return the greatest probabilities of being in areas on straight ways through them."""
        part = np.linspace(0.0, 1.0, LOOKS_IN)[:, None]
        at_s = (span_s[0][ways] + part * (span_s[1] - span_s[0])[ways]).ravel()
        rows = np.tile(ways, LOOKS_IN)
        then = flight.rows(rows).later(at_s)
        seen = self._rims.seen(then.latitude, then.longitude, area[rows])
        signed_m, sigma_m = _signed(seen, then)
        high_m = level_m[rows] + then.vu * at_s
        inside = ndtr(-signed_m / sigma_m) * self._height(area[rows], high_m, then.height_sigma_m())
        return np.asarray(inside.reshape(LOOKS_IN, -1).max(axis=0))

    def _height(self, area: Integers, level_m: Floats, sigma_m: Floats) -> Floats:
        """Return how likely heights (m,) are between floor and ceiling; 1: not known."""
        top, bottom = self._bounds.ceiling_m[area], self._bounds.floor_m[area]
        between = ndtr((top - level_m) / sigma_m) - ndtr((bottom - level_m) / sigma_m)
        return np.asarray(np.where(np.isnan(between), 1.0, between))


def _signed(seen: Seen, flight: _Flight) -> tuple[Floats, Floats]:
    """Return distances (m,) from rims, negative inside, and their standard errors."""
    away_m, _ = seen.nearest()
    far_m = np.hypot(away_m[:, 0], away_m[:, 1])
    return np.where(seen.is_around(), -far_m, far_m), flight.across_m(away_m)


def _followed(lines: Seen, flight: _Flight) -> tuple[Booleans, Booleans]:
    """Return which places (m,) are beside a line, and which of the flights there go along it.

    Beside: nearest to its run, and not to its ends.  Along: in either direction.
    """
    away_m, side = lines.nearest()
    last = lines.starts + lines.counts - 1
    ends = [
        (lines.east_m[lines.starts], lines.north_m[lines.starts]),
        (
            lines.east_m[last] + lines.along_east_m[last],
            lines.north_m[last] + lines.along_north_m[last],
        ),
    ]
    off = [np.hypot(east - away_m[:, 0], north - away_m[:, 1]) for east, north in ends]
    east, north = lines.along_east_m[side], lines.along_north_m[side]
    cross = np.abs(flight.ve * north - flight.vn * east)
    is_along = cross <= ALONG_SINE * np.hypot(flight.ve, flight.vn) * np.hypot(east, north)
    return np.asarray(np.minimum(*off) > 1.0), np.asarray(is_along)


def _bounds(areas: tuple[Area, ...]) -> _Bounds:
    middle, half = [], []
    for area in areas:
        x = unwrapped(area.rim_rad[:, 1], area.rim_rad)[1]
        middle.append(0.5 * (x.min() + x.max()) + area.rim_rad[0, 1] - np.pi)
        half.append(0.5 * (x.max() - x.min()))
    return _Bounds(
        south=np.array([one.rim_rad[:, 0].min() for one in areas]),
        north=np.array([one.rim_rad[:, 0].max() for one in areas]),
        longitude=np.array(middle),
        half=np.array(half),
        floor_m=np.array([one.floor_m for one in areas]),
        ceiling_m=np.array([one.ceiling_m for one in areas]),
        above_ground=np.array([one.above_ground for one in areas], np.bool_),
    )
