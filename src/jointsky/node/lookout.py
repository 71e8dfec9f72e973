"""The lookout of one site: its picture becomes alerts and incidents, told as entries of the log.

It is told what the picture is and when, and what people report and do; it ends at an alert, an
incident and a hand-over to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from jointsky.assess.alert_settings import AlertSettings
from jointsky.assess.alerts import Alerts
from jointsky.assess.areas import Areas
from jointsky.assess.history import KEPT as KEPT_COLUMNS
from jointsky.assess.history import History
from jointsky.assess.incident_settings import IncidentSettings
from jointsky.assess.incidents import Incidents
from jointsky.assess.wording import Decision
from jointsky.node.effects import Log
from jointsky.pictures.incident_view import IncidentView, ZoneShape
from jointsky.records.alerts import Alert, Incident
from jointsky.records.assessment import Assessment
from jointsky.records.columns import lists_of, of_lists
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.records.watch import KeptDecision, KeptWatch
from jointsky.tracking.numbers import label

NEVER = "never"  # the state of an incident that was not written
WRITE_EVERY_S = 60.0  # what has grown without a change of its state is written anew so often


class Lookout:
    """Alerts and incidents of one site's picture; each call returns what the log should say."""

    def __init__(
        self,
        areas: Areas,
        sensors: Sequence[Sensor] = (),
        site: str = "",
        alerts: AlertSettings | None = None,
        incidents: IncidentSettings | None = None,
        is_simulated: bool = False,
    ) -> None:
        self._areas, self._site, self._is_simulated = areas, site, is_simulated
        self.alerts = Alerts(areas, alerts, sensors)
        self.incidents = Incidents(areas, incidents, sensors, label)
        self._history = History()
        self._tracks = Tracks.make(0)
        self._reporters: dict[str, list[str]] = {}
        self._sensors = [sensor.name for sensor in sensors]
        self._lines: dict[str, int] = {}  # of each incident's timeline, those that were logged
        self._known: dict[int, Alert] = {}
        self._written: dict[str, tuple[str, int, float]] = {}  # state, lines, when

    def look(
        self, tracks: Tracks, assessments: Mapping[int, Assessment], now_s: float
    ) -> list[Log]:
        """Take the picture of now, one row for each track."""
        self._tracks = tracks
        changed = self.alerts.step(tracks, assessments, now_s)
        remembered = self.alerts.numbers()
        self._known = {n: one for n, one in self._known.items() if n in remembered}
        grown = self.incidents.on_alerts(changed, tracks, now_s)
        grown += self.incidents.step(tracks, now_s)
        whole = {number for one in self.incidents.active() for number in one.tracks}
        self._history.take(tracks, now_s, whole)
        return self._logs(changed, grown)

    def rename(self, old: int, new: int, now_s: float) -> list[Log]:
        """Let all that is known of a track go on under its new number."""
        self._history.rename(old, new)
        changed = self.alerts.rename(old, new, now_s)
        grown = self.incidents.rename(old, new, now_s)
        grown += self.incidents.on_alerts(changed, self._tracks, now_s)
        return self._logs(changed, grown)

    def on_reports(self, reports: Reports, now_s: float, by: Sequence[str] = ()) -> list[Log]:
        """Take reports of people; ``by`` names who made each, where it is no sensor."""
        logs: list[Log] = []
        for row in range(len(reports)):
            one, who = reports.rows([row]), by[row] if by else self._sensor(reports, row)
            facts = {"by": who, "claimed": str(one.claimed[0]), "words": str(one.words[0])}
            logs.append(Log("report-came", facts | {"remote_id": str(one.remote_id[0])}))
            grown = self.incidents.on_reports(one, self._tracks, now_s, [who])
            for incident in grown:
                self._reporters.setdefault(incident.id, []).append(who)
            logs += self._logs((), grown)
        return logs

    def acknowledge(self, number: int, by: str, now_s: float) -> list[Log]:
        """Take down that a person has taken note of an alert; InputError: there is none."""
        alert = self.alerts.acknowledge(number, by, now_s)
        return self._logs([alert], self.incidents.on_alerts([alert], self._tracks, now_s))

    def open(
        self,
        title: str,
        by: str,
        now_s: float,
        place_rad: tuple[float, float] = (np.nan, np.nan),
        tracks: Sequence[int] = (),
    ) -> list[Log]:
        """Open an incident by a person's word."""
        return self._logs((), [self.incidents.open(title, by, now_s, *place_rad, tracks)])

    def add(
        self, id: str, note: str, by: str, now_s: float, tracks: Sequence[int] = ()
    ) -> list[Log]:
        """Add a person's words and tracks to an incident; InputError: there is none, or closed."""
        return self._logs((), [self.incidents.add(id, note, by, now_s, tracks)])

    def hand_over(self, id: str, to: str, by: str, now_s: float) -> list[Log]:
        """Hand an incident over to others; InputError: there is none, or it is closed."""
        return self._logs((), [self.incidents.hand_over(id, to, by, now_s)])

    def close(self, id: str, by: str, now_s: float, why: str = "") -> list[Log]:
        """Close an incident; InputError: there is none, or it is closed."""
        return self._logs((), [self.incidents.close(id, by, now_s, why)])

    def to_write(self, now_s: float, is_last: bool = False) -> list[IncidentView]:
        """Return the incidents of which the files should be written now.

        Those whose state has changed; those that have only grown now and then, and at last.
        """
        made, there = [], set(self._tracks.track_number.tolist())
        for id, lines in self._lines.items():
            one = self.incidents.incident(id)
            state, had, at_s = self._written.get(id, (NEVER, 0, -np.inf))
            is_time = is_last or now_s - at_s >= WRITE_EVERY_S
            is_other = one.state != state and (state != NEVER or is_time)
            has_moved = is_last and one.state != "closed" and bool(there & set(one.tracks))
            if is_other or has_moved or (lines > had and is_time):
                self._written[id] = one.state, lines, now_s
                made.append(self.view(id))
        return made

    def not_written(self, id: str, now_s: float) -> None:
        """Have an incident's files written again after a while: it could not be done."""
        self._written[id] = NEVER, 0, now_s

    def kept(
        self,
        now_s: float,
        decisions: Mapping[int, Decision] | None = None,
        people: tuple[str, int] | None = None,
    ) -> KeptWatch:
        """Return what has to be known again after a restart, people's decisions on tracks too.

        ``people``: their file, and how many octets of it have been taken.
        """
        decided = decisions or {}
        incidents = self.incidents.kept()
        numbers = {one.track for one in self.alerts.active()} | set(decided)
        numbers |= {number for one in incidents.incidents for number in one.tracks}
        return KeptWatch(
            time_s=now_s,
            alerts=self.alerts.kept(),
            incidents=incidents,
            reporters={
                one.id: tuple(self._reporters.get(one.id, ())) for one in incidents.incidents
            },
            tracks=lists_of(self._history.of(numbers), KEPT_COLUMNS),
            decisions=tuple(
                KeptDecision(
                    track=track, identity=one.identity, by=one.by, time_s=one.time_s,
                    reason=one.reason,
                )
                for track, one in sorted(decided.items())
            ),
            people=people[0] if people else "",
            people_read=people[1] if people else 0,
        )  # fmt: skip

    def restore(self, kept: KeptWatch, now_s: float, grace_s: float) -> list[Log]:
        """Know again what was kept, before the first look; return what the log should say.

        For ``grace_s`` the tracks of open alerts may come back.
        """
        self._history.restore(of_lists(Tracks, kept.tracks))
        self.incidents.restore(kept.incidents)
        self._reporters = {id: list(who) for id, who in kept.reporters.items()}
        self._lines = {one.id: len(one.timeline) for one in kept.incidents.incidents}
        self._known = {one.number: one for one in kept.alerts.alerts}
        changed = self.alerts.restore(kept.alerts, now_s, grace_s)
        active = self.alerts.active(), self.incidents.active()
        facts = {"alerts": len(active[0]), "incidents": len(active[1]), "kept_s": kept.time_s}
        grown = self.incidents.on_alerts(changed, self._tracks, now_s)
        return [Log("watch-restored", facts), *self._logs(changed, grown)]

    def waits(self) -> bool:
        """Return whether files of an incident could not be written."""
        return any(state == NEVER for state, _, _ in self._written.values())

    def view(self, id: str) -> IncidentView:
        """Return an incident with all that belongs to it, as its files show it."""
        one = self.incidents.incident(id)
        alerts = self.incidents.alerts_of(id)
        wanted = {one.zone, *(alert.zone for alert in alerts)}
        return IncidentView(
            incident=one,
            tracks=self._history.of(one.tracks),
            alerts=alerts,
            reports=self.incidents.reports_of(id),
            reporters=self._reporters.get(id, []),
            zones=[
                ZoneShape(area.name, area.use, area.rim_rad)
                for area in self._areas.areas
                if area.name in wanted
            ],
            names={number: label(number) for number in one.tracks},
            site=self._site,
            is_simulated=self._is_simulated,
        )

    def status(self) -> dict[str, Any]:
        """Return what is active: alerts that nobody has taken note of first, and incidents."""
        active = sorted(self.alerts.active(), key=lambda one: (one.state, one.number))
        active.sort(key=lambda one: one.state != "raised")
        return {
            "alerts": [
                {
                    "number": one.number,
                    "kind": one.kind,
                    "state": one.state,
                    "track": label(one.track),
                    "zone": one.zone,
                    "since_s": one.raised_s,
                    "why": one.why,
                }
                for one in active
            ],
            "incidents": [
                {
                    "id": one.id,
                    "title": one.title,
                    "state": one.state,
                    "tracks": [label(number) for number in one.tracks],
                }
                for one in self.incidents.active()
            ],
        }

    def _sensor(self, reports: Reports, row: int) -> str:
        sensor = int(reports.sensor[row])
        return self._sensors[sensor] if 0 <= sensor < len(self._sensors) else ""

    def _logs(self, alerts: Iterable[Alert], incidents: Iterable[Incident]) -> list[Log]:
        """Return entries of what has changed; of incidents the new lines of their timelines."""
        made = []
        for alert in alerts:
            before, self._known[alert.number] = self._known.get(alert.number), alert
            made += _of_alert(alert, before)
        for one in incidents:
            had = self._lines.get(one.id, 0)
            self._lines[one.id] = max(len(one.timeline), had)
            for line in one.timeline[had:]:
                facts = {"incident": one.id, "words": line.words}
                facts |= {"by": line.by} if line.by else {}
                made.append(Log(f"incident-{line.kind.replace(' ', '-')}", facts))
        return made


def _of_alert(alert: Alert, before: Alert | None) -> list[Log]:
    """Return what the log says of an alert that is new or has changed."""
    facts: dict[str, Any] = {"alert": alert.number, "of": alert.kind}
    facts |= {"track": str(alert.track), "label": label(alert.track), "zone": alert.zone}
    made = []
    if alert.state != "cleared" and (before is None or alert.reopened > before.reopened):
        kind = "alert-reopened" if alert.reopened else "alert-raised"
        made.append(Log(kind, {**facts, "why": alert.why}))
    if alert.acknowledged_s is not None and (before is None or before.acknowledged_s is None):
        made.append(Log("alert-acknowledged", {**facts, "by": alert.acknowledged_by}))
    if alert.state == "cleared" and (before is None or before.state != "cleared"):
        made.append(Log("alert-cleared", {**facts, "why": alert.cleared_why}))
    return made
