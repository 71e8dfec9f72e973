"""What an incident says in words: its title, and the lines of its timeline."""

from __future__ import annotations

import datetime

from jointsky.records.alerts import Alert
from jointsky.records.reports import Reports


def compact_stamp(time_s: float) -> str:
    """Return POSIX seconds as digits that sort, in UTC: 20260501-101500."""
    return datetime.datetime.fromtimestamp(time_s, datetime.UTC).strftime("%Y%m%d-%H%M%S")


def title_of(alert: Alert, name: str) -> str:
    """Return the title of an incident that an alert opens."""
    if alert.kind == "unknown-drone":
        return f"Unknown drone at {alert.zone}"
    if alert.kind == "emergency":
        return f"Track {name} in distress"
    return f"{alert.kind.replace('-', ' ').capitalize()} at {alert.zone}"


def title_of_report(reports: Reports, row: int, zone: str) -> str:
    """Return the title of an incident that a report opens."""
    claimed = str(reports.claimed[row])
    what = "Person with a drone" if claimed == "person" else "Drone reported"
    return f"{what} near {zone}"


def of_report(reports: Reports, row: int) -> str:
    """Return a report as a line: what was said, and the Remote ID that was read out."""
    said = str(reports.words[row]) or f"{reports.sense[row]} {reports.claimed[row]}".strip()
    remote_id = str(reports.remote_id[row])
    if remote_id and remote_id not in said:
        return f"{said}; Remote ID {remote_id}" if said else f"Remote ID {remote_id}"
    return said or "a report without words"


def of_alert(alert: Alert, before: Alert | None) -> str:
    """Return what has changed of an alert as a line; empty: nothing that people need."""
    head = f"alert {alert.number}"
    if before is None:
        return f"{head} raised: {alert.why}"
    if alert.state == "cleared" and before.state != "cleared":
        return f"{head} cleared: {alert.cleared_why}"
    if alert.acknowledged_s is not None and before.acknowledged_s is None:
        return f"{head} acknowledged"
    return f"{head} raised again: {alert.why}" if alert.reopened > before.reopened else ""
