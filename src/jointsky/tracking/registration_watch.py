"""What each sensor alone follows: plots of one radar become tracks of its own, with its errors.

Radars are tracked as they are, nothing taken off: a correction that changes would tear a track.
Aircraft that send their own position are known by their address and need no tracker.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking.chains import Chains
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.tracker import Tracker

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
KEPT_S = 45.0  # a track that was not updated for so long pairs with nothing
SENT_EVERY_S = 2.0  # of what an aircraft sends, one report in so long is taken
SENDERS = -1  # stands for all receivers of what aircraft send of themselves
REFERENCE_KINDS = ("adsb",)
RADAR_KINDS = ("radar", "ssr", "unknown")


@dataclasses.dataclass
class Heard:
    """The plots of one window, in order of time, and whose each is.

    ``serial`` counts a radar's plots; ``owner`` is the track of its radar, or the address of an
    aircraft that sent it (``sensor`` is then SENDERS); -1: nobody's.  ``manoeuvre`` is how likely
    that track manoeuvred then.
    """

    end_s: float
    plots: Plots
    sensor: Integers
    serial: Integers
    owner: Integers
    manoeuvre: Floats


class Watch:
    """Trackers of radars, each alone, and the newest state of all that they follow."""

    def __init__(
        self, sensors: Sequence[Sensor], origin: tuple[float, float, float] | None
    ) -> None:
        self._sensors = list(sensors)
        self._origin = origin
        self._settings = TrackerSettings(late_s=0.0)
        self._trackers: dict[int, Tracker] = {}
        self._given: dict[int, int] = {}
        self._newest: dict[int, Tracks] = {}
        self._sent = Plots.make(0)

    def radars(self) -> list[int]:
        """Return the rows of sensors whose errors can be estimated."""
        return [
            row
            for row, sensor in enumerate(self._sensors)
            if sensor.has_position and sensor.kind in RADAR_KINDS
        ]

    def references(self) -> list[int]:
        """Return the rows of sensors that only hear what aircraft send of themselves."""
        return [row for row, s in enumerate(self._sensors) if s.kind in REFERENCE_KINDS]

    def window(self, plots: Plots, end_s: float, past: Sequence[Heard]) -> Heard:
        """Take the plots of one window, in order of time; return whose they are.

        Plots of ``past`` windows get their owner where their track was not confirmed before.
        """
        n = len(plots)
        nobodys = np.full(n, -1)
        heard = Heard(
            end_s, plots, plots.sensor.astype(np.int64), nobodys.copy(), nobodys, np.zeros(n)
        )
        for row in self.radars():
            of = np.flatnonzero(plots.sensor == row)
            if len(of):
                self._of_radar(row, heard, of, past)
        self._of_senders(heard)
        for row, newest in self._newest.items():
            fresh = newest.time_s > end_s - KEPT_S
            if not fresh.all():
                self._newest[row] = newest.rows(fresh)
        fresh = self._sent.time_s > end_s - KEPT_S
        if not fresh.all():
            self._sent = self._sent.rows(fresh)
        return heard

    def newest(self) -> tuple[list[tuple[int, Tracks]], Plots]:
        """Return each radar's tracks as last told, and the last report of each address."""
        return sorted(self._newest.items(), key=lambda item: item[0]), self._sent

    def _of_radar(self, row: int, heard: Heard, of: Integers, past: Sequence[Heard]) -> None:
        if row not in self._trackers:
            tracker = Tracker([self._sensors[row]], self._settings, self._origin)
            tracker.chains = Chains()
            self._trackers[row], self._given[row] = tracker, 0
            self._newest[row] = Tracks.make(0)
        tracker, first = self._trackers[row], self._given[row]
        assert tracker.chains is not None
        told = [tracker.update(heard.plots.rows(of).replace(sensor=0))]
        by = [tracker.chains.told]
        told.append(tracker.flush())
        by.append(tracker.chains.told)
        tracks, serials = join(told), np.concatenate(by)
        heard.serial[of] = first + np.arange(len(of))
        self._given[row] += len(of)
        used = (serials >= first) & (tracks.status != TrackStatus.ENDED)
        tracks, serials = tracks.rows(used), serials[used]
        times = np.bincount(serials - first, minlength=len(of))
        alone = times[serials - first] == 1
        heard.owner[of[serials[alone] - first]] = tracks.track_number[alone]
        heard.manoeuvre[of[serials[alone] - first]] = tracks.manoeuvre[alone]
        self._own_past(row, tracks, serials, [*past, heard])
        self._newest[row] = _last([self._newest[row], tracks])
        oldest = past[0].serial[past[0].sensor == row] if past else heard.serial[of]
        if len(oldest):
            tracker.chains.forget(int(oldest[0]))

    def _own_past(
        self, row: int, tracks: Tracks, serials: Integers, windows: Sequence[Heard]
    ) -> None:
        """Give tracks that are new the plots that they were made from."""
        chains = self._trackers[row].chains
        assert chains is not None
        numbers, firsts = np.unique(tracks.track_number, return_index=True)
        new = ~np.isin(numbers, self._newest[row].track_number)
        owner_of = {
            serial: number
            for number, first in zip(numbers[new].tolist(), firsts[new].tolist(), strict=True)
            for serial in chains.up_to(int(serials[first]))
        }
        if not owner_of:
            return
        owned = np.array(sorted(owner_of), np.int64)
        owners = np.array([owner_of[serial] for serial in owned.tolist()], np.int64)
        for window in windows:
            mine = np.flatnonzero((window.sensor == row) & (window.owner < 0))
            at = np.searchsorted(owned, window.serial[mine])
            known = at < len(owned)
            known[known] = owned[at[known]] == window.serial[mine[known]]
            window.owner[mine[known]] = owners[at[known]]

    def _of_senders(self, heard: Heard) -> None:
        """Take one report of each address in each span of SENT_EVERY_S, whoever heard it."""
        plots = heard.plots
        sent = np.isin(plots.sensor, self.references()) & (plots.geometry == Geometry.GEODETIC)
        heard.sensor[np.isin(plots.sensor, self.references())] = SENDERS
        sent &= (plots.mode_s >= 0) & np.isfinite(plots.latitude_rad + plots.longitude_rad)
        sent &= (plots.flags & (PlotFlag.ON_GROUND | PlotFlag.TEST | PlotFlag.COASTED)) == 0
        rows = np.flatnonzero(sent)
        span = np.floor(plots.time_s[rows] / SENT_EVERY_S)
        order = np.lexsort((plots.sensor[rows], plots.time_s[rows], span, plots.mode_s[rows]))
        rows, span = rows[order], span[order]
        new = (np.diff(plots.mode_s[rows], prepend=-2) != 0) | (np.diff(span, prepend=-1) != 0)
        rows = np.sort(rows[new])
        heard.owner[rows] = plots.mode_s[rows]
        both = join([self._sent, plots.rows(rows)])
        order = np.lexsort((np.arange(len(both)), both.mode_s))
        last = np.append(np.diff(both.mode_s[order]) != 0, True)[: len(order)]
        self._sent = both.rows(order[last])


def _last(parts: list[Tracks]) -> Tracks:
    """Return the newest row of each track."""
    tracks = join(parts)
    if len(tracks) == 0:
        return tracks
    order = np.lexsort((np.arange(len(tracks)), tracks.track_number))
    last = np.append(np.diff(tracks.track_number[order]) != 0, True)
    return tracks.rows(order[last])
