"""Alerts, reports and tracks that belong together become incidents, for people to follow up.

An incident is opened by rule or by a person, gathers what is of the same track, the same Remote ID
or the same place and time, and ends only by a person's word.  Its timeline only grows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from jointsky.assess import incident_words as words
from jointsky.assess.areas import Areas
from jointsky.assess.incident_places import NOWHERE, Place, Places
from jointsky.assess.incident_settings import IncidentSettings
from jointsky.errors import InputError
from jointsky.records.alerts import Alert, Happening, Incident
from jointsky.records.columns import join, lists_of, of_lists
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor, names_told_apart
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.records.watch import KeptIncidents


class Incidents:
    """All incidents of one picture; whoever it is told by hands in the time.

    ``sensors`` are those that ``Tracks.sensors`` and ``Reports.sensor`` count; ``name_of`` says by
    which name people know a track of a number.
    """

    def __init__(
        self,
        areas: Areas,
        settings: IncidentSettings | None = None,
        sensors: Sequence[Sensor] = (),
        name_of: Callable[[int], str] = str,
    ) -> None:
        self.settings = settings or IncidentSettings()
        self._places = Places(areas, self.settings)
        self._sensors, self._name_of = names_told_apart(sensors), name_of
        self._all: dict[str, Incident] = {}
        self._opened = 0
        self._of_alert: dict[int, str] = {}  # number of an alert: incident that it belongs to
        self._alerts: dict[str, dict[int, Alert]] = {}
        self._loose: dict[int, Alert] = {}  # not cleared, and of no incident
        self._reports: dict[str, list[Reports]] = {}
        self._seen_by: dict[str, int] = {}  # bits of the sensors that are in the timeline
        self._ended: set[tuple[str, int]] = set()
        self._gone_s: dict[tuple[str, int], float] = {}  # since when a track is missing

    def active(self) -> list[Incident]:
        """Return the incidents that are not closed, the oldest first."""
        return [one for one in self._all.values() if one.state != "closed"]

    def incident(self, id: str) -> Incident:
        """Return an incident, closed or not; InputError where there is none of that id."""
        if id not in self._all:
            raise InputError(f"incident {id}", "there is no such incident")
        return self._all[id]

    def alerts_of(self, id: str) -> list[Alert]:
        """Return the alerts of an incident as they were told last."""
        return list(self._alerts.get(id, {}).values())

    def reports_of(self, id: str) -> Reports:
        """Return the reports of an incident."""
        return join([Reports.make(0), *self._reports.get(id, [])])

    def on_alerts(self, alerts: Iterable[Alert], tracks: Tracks, now_s: float) -> list[Incident]:
        """Take alerts that were raised or have changed; return the incidents that changed."""
        before = dict(self._all)
        for alert in alerts:
            id = self._of_alert.get(alert.number) or self._fitting(alert, tracks, now_s)
            if id is None and alert.state == "raised" and self._opens(alert):
                place = Place.of_track(tracks, alert.track) or Place(
                    alert.latitude_rad, alert.longitude_rad
                )
                title = words.title_of(alert, self._name_of(alert.track))
                id = self._open(title, place, alert.raised_s, now_s, alert.zone, "")
            if id is None:
                self._loose[alert.number] = alert
                if alert.state == "cleared":
                    del self._loose[alert.number]
            elif id in self._all and self._all[id].state != "closed":
                self._attach(id, alert)
                self._join(id, [alert.track], now_s)
        return self._changed(before)

    def on_reports(
        self, reports: Reports, tracks: Tracks, now_s: float, by: Sequence[str] = ()
    ) -> list[Incident]:
        """Take reports of people; return the incidents that changed.

        ``by`` names who reports, row by row, where it is none of the sensors.
        """
        before = dict(self._all)
        for row in range(len(reports)):
            place = Place.of_report(reports, row)
            remote_id = str(reports.remote_id[row])
            at_s = float(reports.time_s[row])
            near = self._places.tracks_near(place, tracks)
            id = self._of_remote_id(remote_id) or self._near(place, now_s)
            if id is None and str(reports.claimed[row]) != "person":  # no track is on foot
                id = self._of_tracks(near)
            zone = self._places.zone_near(place, at_s)
            if id is None and zone is not None and self._counts(reports, row):
                title = words.title_of_report(reports, row, zone)
                id = self._open(title, place, at_s, now_s, zone, "")
            if id is None:
                continue
            sensor = int(reports.sensor[row])
            known = self._sensors[sensor] if 0 <= sensor < len(self._sensors) else ""
            self._tell(id, "report", words.of_report(reports, row), at_s, by[row] if by else known)
            self._reports.setdefault(id, []).append(reports.rows([row]))
            one = self._all[id]
            ids = {remote_id} - {"", *one.remote_ids}
            self._set(id, reports=one.reports + 1, remote_ids=(*one.remote_ids, *ids))
            self._join(id, near, now_s)
        return self._changed(before)

    def step(self, tracks: Tracks, now_s: float) -> list[Incident]:
        """Take the picture of now: who sees the tracks of incidents, and which have ended."""
        before = dict(self._all)
        live = tracks.rows(tracks.status != TrackStatus.ENDED)
        row_of = {number: row for row, number in enumerate(live.track_number.tolist())}
        for id, one in list(self._all.items()):
            if one.state == "closed":
                continue
            for number in one.tracks:
                row, key = row_of.get(number), (id, number)
                if row is not None:
                    self._gone_s.pop(key, None)
                    if key in self._ended:
                        self._ended.discard(key)
                        line = f"track {self._name_of(number)} is seen again"
                        self._tell(id, "track", line, now_s)
                    self._see(id, live.sensors[row], now_s)
                elif key not in self._ended:
                    gone_s = now_s - self._gone_s.setdefault(key, now_s)
                    if gone_s >= self.settings.gone_after_s:
                        self._ended.add(key)
                        line = f"track {self._name_of(number)} is not seen any more"
                        self._tell(id, "track", line, now_s)
        return self._changed(before)

    def rename(self, old: int, new: int, now_s: float) -> list[Incident]:
        """Let the incidents of a track go on under its new number."""
        before = dict(self._all)
        for id, one in list(self._all.items()):
            if old in one.tracks and one.state != "closed":
                numbers = tuple(dict.fromkeys(new if k == old else k for k in one.tracks))
                line = f"track {self._name_of(old)} is {self._name_of(new)} from now on"
                self._set(id, tracks=numbers)
                self._tell(id, "track", line, now_s)
        for number, alert in self._loose.items():
            if alert.track == old:
                self._loose[number] = msgspec.structs.replace(alert, track=new)
        return self._changed(before)

    def open(
        self,
        title: str,
        by: str,
        now_s: float,
        latitude_rad: float = math.nan,
        longitude_rad: float = math.nan,
        tracks: Sequence[int] = (),
    ) -> Incident:
        """Open an incident by a person's word."""
        place = Place(latitude_rad, longitude_rad)
        zone = self._places.zone_near(place, now_s) or ""
        id = self._open(title, place, now_s, now_s, zone, by)
        self._join(id, tracks, now_s, by)
        return self._all[id]

    def add(
        self, id: str, note: str, by: str, now_s: float, tracks: Sequence[int] = ()
    ) -> Incident:
        """Add a person's words, and tracks that belong to it."""
        self._check_open(id)
        if note:
            self._tell(id, "note", note, now_s, by)
        self._join(id, tracks, now_s, by)
        return self._all[id]

    def hand_over(self, id: str, to: str, by: str, now_s: float) -> Incident:
        """Hand an incident over to others, who follow it up; what is new is still added."""
        self._check_open(id)
        self._set(id, state="handed over", handed_to=to)
        self._tell(id, "handed over", f"to {to}", now_s, by)
        return self._all[id]

    def close(self, id: str, by: str, now_s: float, why: str = "") -> Incident:
        """Close an incident; nothing is added to it after that."""
        self._check_open(id)
        self._tell(id, "closed", why or "closed", now_s, by)
        self._set(id, state="closed", end_s=now_s)
        return self._all[id]

    def kept(self) -> KeptIncidents:
        """Return what has to be known again after a restart: closed ones are in their files."""
        ids = [one.id for one in self.active()]
        return KeptIncidents(
            opened=self._opened,
            incidents=tuple(self._all[id] for id in ids),
            alerts={id: tuple(self.alerts_of(id)) for id in ids},
            loose=tuple(self._loose.values()),
            reports={id: lists_of(self.reports_of(id)) for id in ids if id in self._reports},
            ended=tuple(sorted(key for key in self._ended if key[0] in ids)),
            closed={
                number: id
                for number, id in self._of_alert.items()
                if id not in ids and self._is_open(number, id)
            },
        )

    def _is_open(self, number: int, id: str) -> bool:
        alert = self._alerts.get(id, {}).get(number)
        return alert is None or alert.state != "cleared"

    def restore(self, kept: KeptIncidents) -> None:
        """Know again what was kept, before anything else is told."""
        self._opened = kept.opened
        self._all = {one.id: one for one in kept.incidents}
        for id, alerts in kept.alerts.items():
            self._alerts[id] = {alert.number: alert for alert in alerts}
            self._of_alert |= {alert.number: id for alert in alerts}
        self._of_alert |= kept.closed
        self._loose = {alert.number: alert for alert in kept.loose}
        self._reports = {id: [of_lists(Reports, lists)] for id, lists in kept.reports.items()}
        self._ended = set(kept.ended)

    def _check_open(self, id: str) -> None:
        if self.incident(id).state == "closed":
            raise InputError(f"incident {id}", "it is closed", "an incident that is open")

    def _open(
        self, title: str, place: Place, begin_s: float, now_s: float, zone: str, by: str
    ) -> str:
        self._opened += 1
        id = f"{words.compact_stamp(begin_s)}-{self._opened}"
        self._all[id] = Incident(
            id=id,
            title=title,
            begin_s=begin_s,
            changed_s=now_s,
            latitude_rad=place.latitude_rad,
            longitude_rad=place.longitude_rad,
            place_sigma_m=place.sigma_m,
            zone=zone,
        )
        self._tell(id, "opened", title, now_s, by)
        return id

    def _opens(self, alert: Alert) -> bool:
        settings = self.settings
        if alert.kind == "entry" and alert.use == "border":
            return settings.crossings
        return alert.kind in settings.opens and (not alert.zone or alert.use in settings.opens_in)

    def _counts(self, reports: Reports, row: int) -> bool:
        """Return whether a report is of something that opens an incident."""
        return bool(reports.remote_id[row]) or str(reports.claimed[row]) in self.settings.claims

    def _fitting(self, alert: Alert, tracks: Tracks, now_s: float) -> str | None:
        """Return the open incident that an alert belongs to: by its track, a drone by its place."""
        for one in self.active():
            if alert.track in one.tracks:
                return one.id
        if alert.kind != "unknown-drone":
            return None
        return self._near(Place.of_track(tracks, alert.track) or NOWHERE, now_s)

    def _of_remote_id(self, remote_id: str) -> str | None:
        ids = (one.id for one in self.active() if remote_id and remote_id in one.remote_ids)
        return next(ids, None)

    def _of_tracks(self, numbers: Sequence[int]) -> str | None:
        """Return the newest open incident to which any of some tracks belongs."""
        ids = [one.id for one in self.active() if set(numbers) & set(one.tracks)]
        return next((id for id in reversed(ids) if not self._is_distress(id)), None)

    def _near(self, place: Place, now_s: float) -> str | None:
        """Return the open incident that is nearest to a place, near enough and of late."""
        settings, best = self.settings, (math.inf, "")
        for one in self.active():
            if now_s - one.changed_s > settings.join_s or self._is_distress(one.id):
                continue
            there = Place(one.latitude_rad, one.longitude_rad, one.place_sigma_m)
            away_m = place.distance_m(there)
            if away_m <= settings.join_m + 2.0 * math.hypot(place.sigma_m, there.sigma_m):
                best = min(best, (away_m, one.id))
        return best[1] or None

    def _is_distress(self, id: str) -> bool:
        """Return whether it is of a flight in distress, to which nothing else belongs."""
        return any(one.kind == "emergency" for one in self._alerts.get(id, {}).values())

    def _attach(self, id: str, alert: Alert) -> None:
        """Let an alert, new or changed, belong to an incident."""
        known = self._alerts.setdefault(id, {})
        line = words.of_alert(alert, known.get(alert.number))
        known[alert.number] = alert
        self._of_alert[alert.number] = id
        self._loose.pop(alert.number, None)
        if line:
            self._tell(id, "alert", line, alert.changed_s, alert.acknowledged_by)
        self._set(id, alerts=tuple(known))

    def _join(self, id: str, tracks: Sequence[int], now_s: float, by: str = "") -> None:
        """Let tracks belong to an incident."""
        one = self._all[id]
        for number in [k for k in dict.fromkeys(tracks) if k not in one.tracks]:
            self._set(id, tracks=(*self._all[id].tracks, number))
            line = f"track {self._name_of(number)} belongs to it"
            self._tell(id, "track", line, now_s, by)
            for alert in [a for a in self._loose.values() if a.track == number]:
                self._attach(id, alert)

    def _see(self, id: str, bits: Any, now_s: float) -> None:
        """Take note of the sensors that see a track of an incident."""
        seen = sum(int(word) << (64 * k) for k, word in enumerate(bits))
        new = seen & ~self._seen_by.get(id, 0)
        if not new:
            return
        self._seen_by[id] = self._seen_by.get(id, 0) | new
        names = [name for k, name in enumerate(self._sensors) if new >> k & 1]
        names = [name for name in names if name not in self._all[id].sensors]
        if names:
            self._set(id, sensors=(*self._all[id].sensors, *names))
            self._tell(id, "sensor", f"seen by {', '.join(names)}", now_s)

    def _tell(self, id: str, kind: str, line: str, time_s: float, by: str = "") -> None:
        one = self._all[id]
        happening = Happening(time_s=time_s, kind=kind, words=line, by=by)
        newest_s = max(one.changed_s, time_s)
        self._set(id, timeline=(*one.timeline, happening), changed_s=newest_s)

    def _set(self, id: str, **fields: Any) -> None:
        self._all[id] = msgspec.structs.replace(self._all[id], **fields)

    def _changed(self, before: dict[str, Incident]) -> list[Incident]:
        return [one for id, one in self._all.items() if before.get(id) is not one]
