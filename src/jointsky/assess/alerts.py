"""Tracks and areas become alerts, each with its life: raised, acknowledged, cleared.

A cause (kind, track, zone) never has two open alerts, and one that comes back soon reopens the one
it had.  ``Alerts`` is told the time and reads no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from jointsky.assess.alert_causes import Cause, Causes
from jointsky.assess.alert_settings import AlertSettings
from jointsky.assess.areas import Areas
from jointsky.errors import InputError
from jointsky.records.alerts import Alert, AlertKind
from jointsky.records.assessment import Assessment
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.records.watch import KeptAlerts

Key = tuple[AlertKind, int, int]  # kind, track, row of the area
SHOWN = (TrackStatus.CONFIRMED, TrackStatus.COASTED)
REMEMBERED_S = 3600.0  # an alert that nobody took note of may be acknowledged so long after


class Alerts:
    """All alerts of one picture.  ``sensors`` are those that ``Tracks.sensors`` counts."""

    def __init__(
        self,
        areas: Areas,
        settings: AlertSettings | None = None,
        sensors: Sequence[Sensor] = (),
    ) -> None:
        self.areas, self.settings = areas, settings or AlertSettings()
        self._causes = Causes(areas, self.settings, sensors)
        self._alerts: dict[int, Alert] = {}  # by number: open ones, and cleared ones for a while
        self._by_key: dict[Key, int] = {}  # the newest of each cause
        self._since_s: dict[Key, float] = {}  # causes that are sure, and have no open alert yet
        self._last_s: dict[Key, float] = {}  # when the cause of an open alert was there last
        self._raised = 0

    def active(self) -> list[Alert]:
        """Return the alerts that are raised or acknowledged, the oldest first."""
        return [one for one in self._alerts.values() if one.state != "cleared"]

    def numbers(self) -> set[int]:
        """Return the numbers of the alerts that are open or were cleared of late."""
        return set(self._alerts)

    def alert(self, number: int) -> Alert:
        """Return an alert by its number; InputError where there is none, or it is long cleared."""
        if number not in self._alerts:
            raise InputError(f"alert {number}", "is none that is open or was cleared of late")
        return self._alerts[number]

    def step(
        self, tracks: Tracks, assessments: Mapping[int, Assessment], now_s: float
    ) -> list[Alert]:
        """Take the picture of now, one row for each track; return the alerts that have changed."""
        before = dict(self._alerts)
        shown = tracks.rows(np.isin(tracks.status, SHOWN))
        ended = set(tracks.track_number[tracks.status == TrackStatus.ENDED].tolist())
        causes = self._causes.find(shown, assessments, now_s)
        likely = {(one.kind, one.track, one.area): one for one in causes}
        self._open(likely, shown, now_s)
        entered = {
            (one.track, one.area)
            for one in causes
            if one.kind == "entry" and self._is_open(("entry", one.track, one.area))
        }
        self._clear(likely, entered, ended, set(shown.track_number.tolist()), now_s)
        self._forget(now_s)
        return [one for number, one in self._alerts.items() if before.get(number) != one]

    def acknowledge(self, number: int, by: str, now_s: float) -> Alert:
        """Take down that a person has taken note of an alert, be it cleared meanwhile.

        The first who does is kept.  InputError where there is no such alert any more.
        """
        one = self.alert(number)
        if one.acknowledged_s is not None:
            return one
        state = "cleared" if one.state == "cleared" else "acknowledged"
        return self._change(number, now_s, state=state, acknowledged_s=now_s, acknowledged_by=by)

    def rename(self, old: int, new: int, now_s: float) -> list[Alert]:
        """Let the alerts of a track go on under its new number; return those that changed.

        Where both numbers have an alert of one cause, the newer of the two is cleared.
        """
        before = dict(self._alerts)
        self._causes.rename(old, new)
        for kind, track, area in [key for key in self._by_key if key[1] == old]:
            key, into = (kind, track, area), (kind, new, area)
            number, other = self._by_key.pop(key), self._by_key.get(into)
            last_s = self._last_s.pop(key, -np.inf)
            self._change(number, now_s, track=new)
            kept = number
            if other is not None:
                kept = self._one_of(number, other, now_s)
            self._by_key[into] = kept
            if self._alerts[kept].state != "cleared":
                self._last_s[into] = max(last_s, self._last_s.get(into, -np.inf))
        for kind, track, area in [key for key in self._since_s if key[1] == old]:
            since_s = self._since_s.pop((kind, track, area))
            if not self._is_open((kind, new, area)):
                self._since_s.setdefault((kind, new, area), since_s)
        return [one for number, one in self._alerts.items() if before.get(number) != one]

    def kept(self) -> KeptAlerts:
        """Return what has to be known again after a restart."""
        causes = self._causes.kept({one.track for one in self.active()})
        return KeptAlerts(raised=self._raised, alerts=tuple(self._alerts.values()), causes=causes)

    def restore(self, kept: KeptAlerts, now_s: float, grace_s: float) -> list[Alert]:
        """Know again what was kept, before the first step; return the alerts that have changed.

        An open alert whose cause does not come back within ``grace_s``, and the usual time after
        that, is cleared; so is at once what is about a zone that is declared no more.
        """
        before = {one.number: one for one in kept.alerts}
        self._alerts, self._raised = dict(before), kept.raised
        self._causes.restore(kept.causes)
        rows = {area.name: row for row, area in enumerate(self.areas.areas)}
        for number, one in sorted(before.items()):
            if one.zone and one.zone not in rows:
                if one.state != "cleared":
                    self._end(number, f"{one.zone!r} is no zone any more", now_s)
                continue
            key = (one.kind, one.track, rows[one.zone] if one.zone else -1)
            self._by_key[key] = number
            if one.state != "cleared":
                self._last_s[key] = now_s + grace_s
        return [one for number, one in self._alerts.items() if before[number] != one]

    def _one_of(self, one: int, other: int, now_s: float) -> int:
        """Return which of two alerts of one cause stays: an open one, of two such the older."""
        are_open = [n for n in sorted((one, other)) if self._alerts[n].state != "cleared"]
        for number in are_open[1:]:
            self._end(number, f"it is the same as alert {are_open[0]}", now_s)
        return are_open[0] if are_open else max(one, other)

    def _open(self, likely: Mapping[Key, Cause], shown: Tracks, now_s: float) -> None:
        """Raise or reopen alerts of causes that have been sure for long enough."""
        since_s = {
            key: self._since_s.get(key, now_s)
            for key, cause in likely.items()
            if cause.is_sure and not self._is_open(key)
        }
        self._since_s = since_s
        for key in [key for key, at_s in since_s.items() if now_s - at_s >= self.settings.hold_s]:
            del self._since_s[key]
            cause = likely[key]
            why, expected_s = self._causes.why(cause, now_s)
            self._last_s[key] = now_s
            old = self._alerts.get(self._by_key.get(key, 0))
            if old is not None and now_s - (old.cleared_s or 0.0) <= self.settings.again_s:
                self._change(
                    old.number,
                    now_s,
                    state="raised" if old.acknowledged_s is None else "acknowledged",
                    cleared_s=None,
                    cleared_why="",
                    why=why,
                    expected_s=expected_s,
                    reopened=old.reopened + 1,
                )
                continue
            self._raised += 1
            area = self.areas.areas[cause.area] if cause.area >= 0 else None
            self._by_key[key] = self._raised
            self._alerts[self._raised] = Alert(
                number=self._raised,
                kind=cause.kind,
                track=cause.track,
                zone=area.name if area else "",
                use=area.use if area else "",
                why=why,
                raised_s=now_s,
                changed_s=now_s,
                latitude_rad=float(shown.latitude_rad[cause.row]),
                longitude_rad=float(shown.longitude_rad[cause.row]),
                expected_s=expected_s,
            )

    def _clear(
        self,
        likely: Mapping[Key, Cause],
        entered: set[tuple[int, int]],
        ended: set[int],
        shown: set[int],
        now_s: float,
    ) -> None:
        """Clear the alerts whose cause has gone, for long enough or for good."""
        for key in list(self._last_s):
            kind, track, area = key
            number = self._by_key[key]
            if track in shown:  # after a restart it was waited for
                self._last_s[key] = min(self._last_s[key], now_s)
            if kind == "predicted-entry" and (track, area) in entered:
                self._end(number, "it has come in", now_s)
            elif track in ended:
                self._end(number, "the track has ended", now_s)
            elif key in likely:
                self._last_s[key] = now_s
                continue
            elif now_s - self._last_s[key] < self.settings.clear_after_s:
                continue
            else:
                gone = _GONE[kind] if track in shown else "the track has ended"
                self._end(number, gone, now_s)
            del self._last_s[key]

    def _end(self, number: int, why: str, now_s: float) -> None:
        self._change(number, now_s, state="cleared", cleared_s=now_s, cleared_why=why)

    def _change(self, number: int, now_s: float, **fields: Any) -> Alert:
        made = msgspec.structs.replace(self._alerts[number], changed_s=now_s, **fields)
        self._alerts[number] = made
        return made

    def _is_open(self, key: Key) -> bool:
        return key in self._last_s

    def _forget(self, now_s: float) -> None:
        """Let go of alerts that have been cleared for long."""
        oldest_s = now_s - max(self.settings.again_s, REMEMBERED_S)
        gone = {
            number
            for number, one in self._alerts.items()
            if one.cleared_s is not None and one.cleared_s < oldest_s
        }
        if gone:
            self._alerts = {n: one for n, one in self._alerts.items() if n not in gone}
            self._by_key = {key: n for key, n in self._by_key.items() if n not in gone}


_GONE: dict[AlertKind, str] = {
    "entry": "it is out again, or may be there",
    "predicted-entry": "it is not expected there any more",
    "unknown-drone": "it is no longer near, or is known",
    "lost-transponder": "it answers again",
    "leaving": "it is back in a corridor, or past the end",
    "emergency": "it does not say so any more",
}
