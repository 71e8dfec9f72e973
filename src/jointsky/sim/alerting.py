"""Alerts and incidents of a command post's picture, as its simulated crew takes note of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from jointsky.assess.areas import Areas
from jointsky.node.effects import Log
from jointsky.node.lookout import Lookout
from jointsky.pictures.incident_view import IncidentView
from jointsky.records.alerts import Alert
from jointsky.records.assessment import Assessment
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks


@dataclasses.dataclass(frozen=True)
class Alerted:
    """What was raised at a command post: alerts as they were last, incidents with all of theirs."""

    alerts: list[Alert]
    incidents: list[IncidentView]


class Alerting:
    """The lookout of one command post; ``by`` is who takes note of alerts there.

    ``news``: alerts raised in the last step, and tracks that came to belong to an incident.
    """

    def __init__(self, areas: Areas, sensors: Sequence[Sensor], site: str, by: str) -> None:
        self._lookout = Lookout(areas, sensors, site, is_simulated=True)
        self._by = by
        self._told: dict[int, Alert] = {}
        self.news: list[tuple[str, int]] = []
        self._joined: set[int] = set()  # tracks that belong to an incident

    def step(
        self,
        picture: Tracks,
        assessed: Mapping[int, Assessment],
        reports: Reports | None,
        now_s: float,
        renamed: Sequence[tuple[int, int]] = (),
    ) -> list[Log]:
        """Take the picture of now and what people reported; return what is new, for the log.

        ``renamed``: tracks that go on under another number since the last step, old and new.  The
        crew takes note of an alert with its decision on the track.
        """
        out = self._lookout
        logs = [log for old, new in renamed for log in out.rename(old, new, now_s)]
        logs += out.look(picture, assessed, now_s)
        for alert in out.alerts.active():
            found = assessed.get(alert.track)
            if alert.state == "raised" and found is not None and found.decided_by:
                logs += out.acknowledge(alert.number, self._by, now_s)
        if reports is not None and len(reports):
            logs += out.on_reports(reports, now_s)
        for number in sorted(out.alerts.numbers()):
            self._told[number] = out.alerts.alert(number)
        self.news = [one for log in logs for one in self._news_of(log)]
        return logs

    def _news_of(self, log: Log) -> list[tuple[str, int]]:
        if log.kind == "alert-raised":
            return [("alert", int(log.facts["track"]))]
        if log.kind not in ("incident-opened", "incident-track"):
            return []
        tracks = set(self._lookout.incidents.incident(log.facts["incident"]).tracks)
        new = tracks - self._joined
        self._joined |= new
        return [("incident", track) for track in sorted(new)]

    def left(self) -> Alerted:
        """Return all that was raised; nobody closes an incident in a simulation."""
        incidents = [self._lookout.view(one.id) for one in self._lookout.incidents.active()]
        return Alerted([self._told[number] for number in sorted(self._told)], incidents)
