"""Where tracks have been: the picture of every few seconds, kept for a while, thin."""

from __future__ import annotations

import collections
from collections.abc import Collection

import numpy as np

from jointsky.records.columns import Array, join
from jointsky.records.tracks import Tracks, TrackStatus

KEPT = (
    *("time_s", "track_number", "latitude_rad", "longitude_rad", "height_m", "ve_mps", "vn_mps"),
    *("vu_mps", "status", "mode_s", "mode_a", "call_sign", "flags"),
)


class History:
    """Takes the picture now and again; of some tracks it keeps all, of others the newest.

    ``every_s`` apart, ``keep_s`` back: 0.1 MB for 1,000 tracks each time.
    """

    def __init__(self, every_s: float = 5.0, keep_s: float = 600.0) -> None:
        self._every_s, self._keep_s = every_s, keep_s
        self._taken: collections.deque[tuple[float, dict[str, Array]]] = collections.deque()
        self._old: list[dict[str, Array]] = []  # of tracks whose all is kept
        self._newest_s = -np.inf

    def take(self, tracks: Tracks, now_s: float, whole: Collection[int] = ()) -> None:
        """Take the picture of now, unless the last was taken just before.

        Of the tracks ``whole`` nothing is let go.
        """
        if now_s < self._newest_s + self._every_s:
            return
        self._newest_s = now_s
        shown = tracks.rows(np.isin(tracks.status, (TrackStatus.CONFIRMED, TrackStatus.COASTED)))
        self._taken.append((now_s, {name: getattr(shown, name) for name in KEPT}))
        while self._taken[0][0] < now_s - self._keep_s:
            columns = self._taken.popleft()[1]
            rows = np.flatnonzero(np.isin(columns["track_number"], list(whole)))
            if len(rows):
                self._old.append({name: column[rows] for name, column in columns.items()})

    def restore(self, tracks: Tracks) -> None:
        """Know again where tracks have been, before anything else is taken."""
        self._old.append({name: getattr(tracks, name) for name in KEPT})

    def of(self, numbers: Collection[int]) -> Tracks:
        """Return what is kept of some tracks, in order of time."""
        made = [Tracks.make(0)]
        for columns in [*self._old, *(taken for _, taken in self._taken)]:
            rows = np.flatnonzero(np.isin(columns["track_number"], list(numbers)))
            if len(rows):
                given = {name: column[rows] for name, column in columns.items()}
                made.append(Tracks.make(len(rows), **given))
        return join(made)

    def rename(self, old: int, new: int) -> None:
        """Let what is kept of a track be that of its new number."""
        for columns in [*self._old, *(taken for _, taken in self._taken)]:
            numbers = columns["track_number"]
            columns["track_number"] = np.where(numbers == old, new, numbers)
