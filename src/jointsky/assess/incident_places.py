"""Where things are that may be one incident: places with their errors, zones near, tracks near."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from jointsky.assess.areas import Areas
from jointsky.assess.incident_settings import IncidentSettings
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks, TrackStatus

EARTH_M = 6_371_008.8
SLOW_MPS = 60.0  # a track that a person on the ground may well mean


class Place(NamedTuple):
    """A place, WGS-84 radians, and its standard error; NaN: it is not known."""

    latitude_rad: float
    longitude_rad: float
    sigma_m: float = 0.0

    @classmethod
    def of_track(cls, tracks: Tracks, number: int) -> Place | None:
        """Return where a track is; None: it is not among the tracks."""
        rows = np.flatnonzero(tracks.track_number == number)
        if not len(rows):
            return None
        row = rows[0]
        variance = float(tracks.covariance[row, :2, :2].trace())
        sigma_m = math.sqrt(max(variance, 0.0)) if math.isfinite(variance) else 0.0
        return cls(float(tracks.latitude_rad[row]), float(tracks.longitude_rad[row]), sigma_m)

    @classmethod
    def of_report(cls, reports: Reports, row: int) -> Place:
        """Return the place that a report means."""
        sigma_m = float(reports.place_sigma_m[row])
        return cls(
            float(reports.latitude_rad[row]),
            float(reports.longitude_rad[row]),
            sigma_m if math.isfinite(sigma_m) else 0.0,
        )

    @property
    def is_known(self) -> bool:
        """Return whether it is anywhere."""
        return math.isfinite(self.latitude_rad) and math.isfinite(self.longitude_rad)

    def distance_m(self, other: Place) -> float:
        """Return how far another place is, good to 1 % within 500 km; infinite: not known."""
        if not (self.is_known and other.is_known):
            return math.inf
        halfway = math.cos(0.5 * (self.latitude_rad + other.latitude_rad))
        east = math.remainder(other.longitude_rad - self.longitude_rad, 2 * math.pi) * halfway
        return EARTH_M * math.hypot(other.latitude_rad - self.latitude_rad, east)


NOWHERE = Place(math.nan, math.nan)


class Places:
    """What is near a place."""

    def __init__(self, areas: Areas, settings: IncidentSettings) -> None:
        self._areas, self._settings = areas, settings
        self._rows = areas.of_use(*settings.near)

    def zone_near(self, place: Place, time_s: float) -> str | None:
        """Return the zone that a place is in or near; None: none.

        A border is near at its rim, deep inside the land is not.  The place's error counts twice.
        """
        if not place.is_known or not self._rows:
            return None
        at = np.array([place.latitude_rad]), np.array([place.longitude_rad])
        away_m = self._areas.rim_distance_m(*at)[0]
        best = math.inf, ""
        for row in self._rows:
            area = self._areas.areas[row]
            near_m = abs(away_m[row]) if area.use == "border" else max(away_m[row], 0.0)
            near_m = max(near_m - 2.0 * place.sigma_m, 0.0)
            if near_m <= self._settings.near_m and area.is_active(time_s):
                best = min(best, (near_m, area.name))
        return best[1] or None

    def tracks_near(self, place: Place, tracks: Tracks) -> list[int]:
        """Return the tracks that a report of a place may mean: slow, without answers, near it."""
        if not place.is_known:
            return []
        answers = (tracks.mode_s >= 0) | (tracks.mode_a >= 0)
        speed_mps = np.hypot(tracks.ve_mps, tracks.vn_mps)
        is_told = np.isin(tracks.status, (TrackStatus.CONFIRMED, TrackStatus.COASTED))
        found = []
        for row in np.flatnonzero(is_told & ~answers & (speed_mps < SLOW_MPS)).tolist():
            number = int(tracks.track_number[row])
            there = Place.of_track(tracks.rows([row]), number)
            if there is not None:
                room_m = self._settings.join_m + 2.0 * math.hypot(place.sigma_m, there.sigma_m)
                if place.distance_m(there) <= room_m:
                    found.append(number)
        return found
