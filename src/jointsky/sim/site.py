"""One site's picture: the plots of its own sensors become its tracks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.tracker import Tracker

_WORD = 64


class SitePicture:
    """A tracker over the sensors of one site; it never sees truth nor other sites' plots.

    ``rows`` are the site's sensors among all ``sensors`` of the scenario; ``source`` is the row
    that its tracks name as theirs.
    """

    def __init__(
        self,
        name: str,
        source: int,
        rows: Sequence[int],
        sensors: Sequence[Sensor],
        settings: TrackerSettings | None = None,
    ) -> None:
        self.name = name
        self.rows = np.asarray(rows, np.int32)
        self._source = source
        self._all = len(sensors)
        self._local = np.full(len(sensors), -1, np.int32)
        self._local[self.rows] = np.arange(len(self.rows))
        self.tracker = Tracker([sensors[row] for row in rows], settings)
        self._told: list[Tracks] = []

    def on_plots(self, plots: Plots) -> Tracks:
        """Take those plots that are this site's; return the rows of tracks that they brought.

        ``plots.sensor`` and the bits of ``tracks.sensors`` count all sensors of the scenario.
        """
        local = self._local[plots.sensor]
        mine = local >= 0
        own = plots.rows(mine)
        own = Plots(**{**vars(own), "sensor": local[mine]})
        return self._keep(self.tracker.update(own))

    def close(self) -> Tracks:
        """Work off what the tracker still holds back; return the rows that brought."""
        return self._keep(self.tracker.flush())

    def tracks(self) -> Tracks:
        """Return every row told so far, one for each time and track: the last that was told."""
        told = join([Tracks.make(0, sensors=np.zeros((0, words(self._all)))), *self._told])
        order = np.lexsort((np.arange(len(told)), told.time_s, told.status, told.track_number))
        same = np.ones(max(len(told) - 1, 0), bool)
        for name in ("track_number", "time_s", "status"):
            same &= np.diff(getattr(told, name)[order]) == 0
        last = order[np.append(~same, True)] if len(order) else order
        rows = last[np.lexsort((told.track_number[last], told.time_s[last]))]
        return told.rows(rows)

    def _keep(self, tracks: Tracks) -> Tracks:
        sensors = _spread(tracks.sensors, self.rows, self._all)
        columns = {**vars(tracks), "sensors": sensors}
        columns["source"] = np.full(len(tracks), self._source, np.int32)
        kept = Tracks(**columns)
        self._told.append(kept)
        return kept


def words(sensors: int) -> int:
    """Return how many 64-bit words hold a bit for each sensor."""
    return max(-(-sensors // _WORD), 1)


def _spread(
    bits: npt.NDArray[np.uint64], rows: npt.NDArray[np.int32], count: int
) -> npt.NDArray[np.uint64]:
    """Return bits (n, words) that count a site's sensors as bits that count all ``count``."""
    out = np.zeros((len(bits), words(count)), np.uint64)
    one = np.uint64(1)
    for local, row in enumerate(rows.tolist()):
        bit = (bits[:, local // _WORD] >> np.uint64(local % _WORD)) & one
        out[:, row // _WORD] |= bit << np.uint64(row % _WORD)
    return out


def gathered(bits: npt.NDArray[np.uint64], rows: Sequence[int]) -> npt.NDArray[np.uint64]:
    """Return bits (n, words) that count all sensors as bits that count those of ``rows``."""
    out = np.zeros((len(bits), words(len(rows))), np.uint64)
    one = np.uint64(1)
    for local, row in enumerate(rows):
        bit = (bits[:, row // _WORD] >> np.uint64(row % _WORD)) & one
        out[:, local // _WORD] |= bit << np.uint64(local % _WORD)
    return out


def begun_and_ended(tracks: Tracks, known: set[int]) -> list[tuple[float, str, int]]:
    """Return (time, "track-begins" or "track-ends", number) of rows, in order of time.

    ``known`` holds the numbers of tracks that are alive, and is brought up to date.
    """
    events: list[tuple[float, str, int]] = []
    order = np.lexsort((tracks.track_number, tracks.time_s))
    for row in order.tolist():
        number = int(tracks.track_number[row])
        status = tracks.status[row]
        if status == TrackStatus.ENDED:
            if number in known:
                known.discard(number)
                events.append((float(tracks.time_s[row]), "track-ends", number))
        elif status != TrackStatus.TENTATIVE and number not in known:
            known.add(number)
            events.append((float(tracks.time_s[row]), "track-begins", number))
    return events
