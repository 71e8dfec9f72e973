"""Alerts and incidents of one simulated site, as its crew would see them."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from jointsky.assess.alerts import Alerts
from jointsky.assess.areas import Areas
from jointsky.assess.incidents import Incidents
from jointsky.node.effects import Log
from jointsky.pictures.incident import write_incident
from jointsky.pictures.incident_view import IncidentView, ZoneShape
from jointsky.records.alerts import Alert, Incident
from jointsky.records.assessment import Assessment
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking.numbers import label


@dataclasses.dataclass(frozen=True)
class Alerted:
    """What a site raised: its alerts as they were at the end, its incidents with all of theirs."""

    alerts: list[Alert]
    incidents: list[tuple[Incident, list[Alert], Reports]]


class Alerting:
    """The alerts and incidents of one site's picture; ``by`` is who takes note of alerts."""

    def __init__(self, areas: Areas, sensors: Sequence[Sensor], by: str) -> None:
        self._alerts = Alerts(areas, sensors=sensors)
        self._incidents = Incidents(areas, sensors=sensors, name_of=label)
        self._by = by
        self._told: dict[int, Alert] = {}
        self._known: list[str] = []

    def step(
        self,
        picture: Tracks,
        assessed: Mapping[int, Assessment],
        reports: Reports | None,
        now_s: float,
    ) -> list[Log]:
        """Take the picture of now and what people reported; return what is new, for the log.

        The crew takes note of an alert with its decision on the track.
        """
        changed = self._alerts.step(picture, assessed, now_s)
        for alert in self._alerts.active():
            found = assessed.get(alert.track)
            if alert.state == "raised" and found is not None and found.decided_by:
                changed.append(self._alerts.acknowledge(alert.number, self._by, now_s))
        incidents = self._incidents.on_alerts(changed, picture, now_s)
        if reports is not None and len(reports):
            incidents += self._incidents.on_reports(reports, picture, now_s)
        incidents += self._incidents.step(picture, now_s)
        logs = []
        for alert in changed:
            self._told[alert.number] = alert
            logs.append(Log("alert", msgspec.to_builtins(alert)))
        for one in incidents:
            if one.id not in self._known:
                self._known.append(one.id)
                facts = {"id": one.id, "title": one.title, "zone": one.zone}
                logs.append(Log("incident", facts))
        return logs

    def left(self) -> Alerted:
        """Return all that was raised."""
        return Alerted(
            alerts=[self._told[number] for number in sorted(self._told)],
            incidents=[
                (
                    self._incidents.incident(id),
                    self._incidents.alerts_of(id),
                    self._incidents.reports_of(id),
                )
                for id in self._known
            ],
        )


def write_incidents(
    alerted: Alerted,
    tracks: Tracks,
    areas: Areas,
    sensors: Sequence[Sensor],
    site: str,
    folder: pathlib.Path,
) -> list[str]:
    """Write each incident of a site into a folder of its own; return their names."""
    shapes = [ZoneShape(area.name, area.use, area.rim_rad) for area in areas.areas]
    names = []
    for incident, alerts, reports in alerted.incidents:
        name = f"{site}-{incident.id}"
        mine = tracks.rows(np.isin(tracks.track_number, incident.tracks))
        zones = {incident.zone, *(alert.zone for alert in alerts)}
        view = IncidentView(
            incident=incident,
            tracks=mine,
            alerts=alerts,
            reports=reports,
            reporters=[sensors[row].name for row in reports.sensor.tolist()],
            zones=[shape for shape in shapes if shape.name in zones],
            names={number: label(number) for number in incident.tracks},
            site=site,
            is_simulated=True,
        )
        write_incident(view, folder / name)
        names.append(name)
    return names
