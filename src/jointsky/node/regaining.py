"""After a restart: which of the tracks that begin anew are those that were known before.

A restarted tracker may number anew what it had; what people did about the old number must not be
lost, and must not go to a stranger.  A track is taken for a known one that flew about straight on
meanwhile, a minute at most, or by the address that it answers with.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from jointsky.assess.memory import distances_m
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.records.tracks import Tracks, TrackStatus

Floats = npt.NDArray[np.float64]

NEAR_M, FAR_M = 300.0, 1_000.0  # how far from where it should be: at once, and at most
APART_MPS = 20.0
TURNS_MPS2 = 1.0  # how a track may have changed its way meanwhile: a slow turn
CLOSE = 0.5  # of that, where a person's decision would go over with it


class Regaining:
    """Known tracks that may come back under other numbers until a time, POSIX seconds.

    ``known`` is where they were last, one row for each; ``decided`` are those that a person has
    decided on: of those none is taken for one that is near by chance.
    """

    def __init__(self, known: Tracks, decided: Collection[int], until_s: float) -> None:
        self._known, self._decided, self.until_s = known, set(decided), until_s
        self._old = set(known.track_number.tolist())
        self._lost = set(decided)

    def lost(self) -> list[int]:
        """Return the numbers of decided tracks that did not come back."""
        return sorted(self._lost)

    def find(self, tracks: Tracks, now_s: float) -> list[tuple[int, int]]:
        """Return (old number, new number) of those that come back with the picture of now."""
        there = set(tracks.track_number.tolist())
        self._lost -= there
        self._known = self._known.rows(
            np.array([n not in there for n in self._known.track_number.tolist()], np.bool_)
        )
        live = np.isin(tracks.status, (TrackStatus.CONFIRMED, TrackStatus.COASTED))
        live &= ~np.isin(tracks.track_number, list(self._old))
        new = tracks.rows(live)
        if not len(self._known) or not len(new) or now_s > self.until_s:
            return []
        cost = self._cost(new, now_s)
        found, taken = [], np.zeros(len(self._known), np.bool_)
        for flat in np.argsort(cost, axis=None, kind="stable").tolist():
            row, column = divmod(flat, len(new))
            if cost[row, column] > 1.0:
                break
            cost[row, :], cost[:, column] = np.inf, np.inf
            taken[row] = True
            pair = int(self._known.track_number[row]), int(new.track_number[column])
            found.append(pair)
            self._old.add(pair[1])
            self._lost.discard(pair[0])
        self._known = self._known.rows(~taken)
        return sorted(found)

    def _cost(self, new: Tracks, now_s: float) -> Floats:
        """Return how unlikely each known track (K) is each new one (T): 1 is just likely enough."""
        known = self._known
        dt = np.maximum(now_s - known.time_s, 0.0)
        radius_m = mean_radius_of_curvature_m(float(known.latitude_rad.mean()))
        ve, vn = np.nan_to_num(known.ve_mps), np.nan_to_num(known.vn_mps)
        latitude = known.latitude_rad + vn * dt / radius_m
        longitude = known.longitude_rad + ve * dt / (radius_m * np.cos(known.latitude_rad))
        away_m = distances_m(latitude, longitude, new.latitude_rad, new.longitude_rad)
        apart = np.hypot(ve[:, None] - new.ve_mps, vn[:, None] - new.vn_mps)
        may_m = np.minimum(NEAR_M + 0.5 * TURNS_MPS2 * dt**2, FAR_M)[:, None]
        may_mps = APART_MPS + TURNS_MPS2 * np.minimum(dt, 20.0)[:, None]
        cost = np.maximum(away_m / may_m, apart / may_mps)
        is_decided = np.isin(known.track_number, list(self._decided))
        cost = np.where(is_decided[:, None], cost / CLOSE, cost)
        for name in ("mode_s", "mode_a"):
            one, other = getattr(known, name)[:, None], getattr(new, name)[None, :]
            says = (one >= 0) & (other >= 0)
            cost = np.where(says & (one != other), np.inf, cost)
            if name == "mode_s":  # of one address there is one; of one code there are many
                cost = np.where(says & (one == other), 0.0, cost)
        return np.asarray(cost)
