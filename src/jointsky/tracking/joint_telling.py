"""What a site tells of its own tracks: how each is, how much of its error others may share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.records.columns import join
from jointsky.records.exchange import TrackReports
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking.joint_settings import JointSettings
from jointsky.tracking.shared import HORIZONTAL, follow

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
COLUMNS = (
    "time_s",
    "latitude_rad",
    "longitude_rad",
    "height_m",
    "pressure_altitude_m",
    "ve_mps",
    "vn_mps",
    "vu_mps",
    "covariance",
    "manoeuvre",
    "existence",
    "status",
    "plots",
    "sensors",
    "mode_s",
    "mode_a",
    "call_sign",
    "flags",
)
SLACK_S = 1e-3
LEAST_PSD = 0.01  # m²/s³: less than any tracker expects, which is safe


class Telling:
    """The site's own tracks as last told, a row each."""

    def __init__(self, settings: JointSettings) -> None:
        self.settings = settings
        self._rows: dict[int, int] = {}
        self._free: list[int] = []
        self.told_s = np.empty(0)  # with covariance
        self.named_s = np.empty(0)
        self.plots = np.empty(0, np.int64)
        self.shown = np.empty(0, np.int64)
        self.covariance = np.empty((0, 6, 6))
        self.at_s = np.empty(0)  # of the covariance
        self.part = np.empty((0, 4, 4))
        self.part_plots = np.empty(0, np.int64)
        self.share = np.empty(0)
        self._last = TrackReports.make(0)  # what each was told as, to tell its end

    def shares(self, numbers: Integers) -> Floats:
        """Return what part of each track's error others may share, as last told; 1: not known."""
        rows = np.array([self._rows.get(n, -1) for n in numbers.tolist()], np.int64)
        return np.where(rows >= 0, np.append(self.share, 1.0)[rows], 1.0)

    def due(
        self, now_s: float, local: Tracks, shown: Integers, is_reported: Booleans
    ) -> TrackReports:
        """Return what is to be told: of tracks ``is_reported`` (n,) all, of the others numbers.

        ``shown`` (n,): the numbers under which they are shown.  Tracks that were told and are no
        more are told as ended.
        """
        rows = self._rows_of(local.track_number)
        settings = self.settings
        since_s = now_s - self.told_s[rows] + SLACK_S
        got_plots = local.plots != self.plots[rows]
        is_due = is_reported & (
            ((since_s >= settings.report_interval_s) & got_plots)
            | (since_s >= settings.keep_alive_s)
        )
        falls_silent = ~is_reported & (self.told_s[rows] > self.named_s[rows])
        is_named = ~is_reported & (
            (now_s - self.named_s[rows] + SLACK_S >= settings.names_interval_s)
            | (shown != self.shown[rows])
            | falls_silent
        )
        told = np.flatnonzero(is_due)
        named = np.flatnonzero(is_named)
        self._follow(rows[told], local.rows(told))
        self.told_s[rows[told]] = now_s
        self.plots[rows[told]] = local.plots[told]
        self.named_s[rows[named]] = now_s
        both = np.concatenate([told, named])
        self.shown[rows[both]] = shown[both]
        out = _reports(local.rows(both), shown[both])
        out.shared_part[: len(told)] = self.share[rows[told]]
        out.covariance[len(told) :] = np.nan
        return self._with_ends(now_s, local.track_number, out)

    def _rows_of(self, numbers: Integers) -> Integers:
        rows = np.empty(len(numbers), np.int64)
        for k, number in enumerate(numbers.tolist()):
            row = self._rows.get(number, -1)
            if row < 0:
                if not self._free:
                    self._grow()
                row = self._rows[number] = self._free.pop()
            rows[k] = row
        return rows

    def _grow(self) -> None:
        had = len(self.told_s)
        more = max(had, 64)
        for name, fill in (
            ("told_s", -np.inf),
            ("named_s", -np.inf),
            ("plots", -1),
            ("shown", -1),
            ("covariance", np.nan),
            ("at_s", np.nan),
            ("part", np.nan),
            ("part_plots", 0),
            ("share", 1.0),
        ):
            old = getattr(self, name)
            extra = np.full((more, *old.shape[1:]), fill, old.dtype)
            setattr(self, name, np.concatenate([old, extra]))
        self._free.extend(reversed(range(had, had + more)))

    def _follow(self, rows: Integers, tracks: Tracks) -> None:
        """Bring the common parts of tracks that are told now from when they were told last."""
        is_new = ~np.isfinite(self.at_s[rows]) | (tracks.time_s <= self.at_s[rows])
        fresh, old = rows[is_new], rows[~is_new]
        self.part[fresh] = tracks.covariance[is_new][:, HORIZONTAL[:, None], HORIZONTAL]
        self.share[fresh] = 1.0
        goes_on = ~is_new
        if goes_on.any():
            self.part[old], self.share[old] = follow(
                self.covariance[old],
                tracks.covariance[goes_on],
                self.part[old],
                tracks.time_s[goes_on] - self.at_s[old],
                np.full(len(old), LEAST_PSD),
                tracks.plots[goes_on] - self.part_plots[old],
            )
        self.covariance[rows] = tracks.covariance
        self.at_s[rows] = tracks.time_s
        self.part_plots[rows] = tracks.plots

    def _with_ends(self, now_s: float, present: Integers, out: TrackReports) -> TrackReports:
        """Return what is told with the ends of tracks that were told and are not present."""
        gone = np.flatnonzero(~np.isin(self._last.number, present))
        ended = self._last.rows(gone)
        for number in ended.number.tolist():
            self._forget(number)
        stay = ~np.isin(self._last.number, out.number)
        stay[gone] = False
        self._last = join([self._last.rows(stay), out])
        if len(ended) == 0:
            return out
        ended.status[:] = TrackStatus.ENDED
        ended.time_s[:] = now_s
        ended.existence[:] = 0.0
        return join([out, ended])

    def _forget(self, number: int) -> None:
        """Forget a track that ended; should it come again it is begun anew."""
        row = self._rows.pop(number)
        self._free.append(row)
        self.told_s[row] = self.named_s[row] = -np.inf
        self.at_s[row] = np.nan
        self.plots[row] = self.shown[row] = -1


def _reports(tracks: Tracks, shown: Integers) -> TrackReports:
    """Return tracks as reports, under their own numbers and those shown."""
    given = {name: np.array(getattr(tracks, name)) for name in COLUMNS}
    return TrackReports.make(len(tracks), number=tracks.track_number, system_number=shown, **given)


def named(tracks: Tracks, shown: Integers) -> TrackReports:
    """Return the numbers of tracks, with places and identities but without covariances."""
    out = _reports(tracks, shown)
    out.covariance[:] = np.nan
    return out
