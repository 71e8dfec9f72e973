"""What is shown of one incident: the record itself and all that belongs to it."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.records.alerts import Alert, Incident
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks

Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class ZoneShape:
    """One zone: its rim (n, 2) is latitude and longitude in radians, and closes by itself."""

    name: str
    use: str
    rim_rad: Floats


@dataclasses.dataclass(frozen=True)
class IncidentView:
    """An incident with the history of its tracks, its alerts, its reports and its zones.

    ``names`` are those by which people know the tracks; ``reporters`` who made each report.
    """

    incident: Incident
    tracks: Tracks
    alerts: Sequence[Alert] = ()
    reports: Reports = dataclasses.field(default_factory=lambda: Reports.make(0))
    reporters: Sequence[str] = ()
    zones: Sequence[ZoneShape] = ()
    names: Mapping[int, str] = dataclasses.field(default_factory=dict)
    site: str = ""
    is_simulated: bool = False

    def name(self, number: int) -> str:
        """Return the name of a track."""
        return self.names.get(number, str(number))

    def history(self, number: int) -> Tracks:
        """Return the rows of a track in order of time."""
        rows = np.flatnonzero(self.tracks.track_number == number)
        return self.tracks.rows(rows[np.argsort(self.tracks.time_s[rows], kind="stable")])

    def has_place(self) -> bool:
        """Return whether it is known where the incident is."""
        one = self.incident
        return math.isfinite(one.latitude_rad) and math.isfinite(one.longitude_rad)


def moment(time_s: float) -> datetime.datetime:
    """Return POSIX seconds as a date and time in UTC."""
    return datetime.datetime.fromtimestamp(time_s, datetime.UTC)


def clock(time_s: float | None) -> str:
    """Return POSIX seconds as people read them; a dash where there are none."""
    return "-" if time_s is None else f"{moment(time_s):%Y-%m-%d %H:%M:%S}"


def degrees_text(latitude_rad: float, longitude_rad: float) -> str:
    """Return a place in degrees: 54.01000° N, 27.50000° E."""
    if not (math.isfinite(latitude_rad) and math.isfinite(longitude_rad)):
        return "not known"
    lat, lon = math.degrees(latitude_rad), math.degrees(longitude_rad)
    return f"{abs(lat):.5f}° {'NS'[lat < 0]}, {abs(lon):.5f}° {'EW'[lon < 0]}"


def facts(view: IncidentView) -> list[tuple[str, str]]:
    """Return what heads the page: names and values."""
    one = view.incident
    place = degrees_text(one.latitude_rad, one.longitude_rad)
    if one.place_sigma_m >= 1.0:
        place += f", to {one.place_sigma_m:,.0f} m"
    made = [
        ("Incident", one.id),
        ("State", f"{one.state} to {one.handed_to}" if one.state == "handed over" else one.state),
        ("From", f"{clock(one.begin_s)} UTC"),
        ("To", "not closed" if one.end_s is None else f"{clock(one.end_s)} UTC"),
        ("Place", place),
        ("Zone", one.zone),
        ("Handed over to", one.handed_to if one.state == "closed" else ""),
        ("Tracks", ", ".join(view.name(number) for number in one.tracks)),
        ("Remote ID", ", ".join(one.remote_ids)),
        ("Seen by", ", ".join(one.sensors)),
        ("Site", view.site),
    ]
    return [(name, value) for name, value in made if value]


def track_rows(view: IncidentView) -> list[list[str]]:
    """Return a line for each track: name, first and last time, heights, speeds, identity."""
    made = []
    for number in view.incident.tracks:
        past = view.history(number)
        if not len(past):
            made.append([view.name(number), "-", "-", "-", "-", "-"])
            continue
        mode_s = int(past.mode_s[-1])
        answers = [str(past.call_sign[-1]), f"{mode_s:06X}" if mode_s >= 0 else ""]
        answers += [f"{int(past.mode_a[-1]):04o}" if past.mode_a[-1] >= 0 else ""]
        speed_mps = np.hypot(past.ve_mps, past.vn_mps)
        made.append(
            [
                view.name(number),
                " ".join(word for word in answers if word) or "no answers",
                clock(float(past.time_s[0])),
                clock(float(past.time_s[-1])),
                _span(past.height_m, "m"),
                _span(speed_mps, "m/s"),
            ]
        )
    return made


def _span(values: Floats, unit: str) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "-"
    low, high = f"{known.min():,.0f}", f"{known.max():,.0f}"
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def report_rows(view: IncidentView) -> list[list[str]]:
    """Return a line for each report: when, by whom, where, what."""
    made = []
    for row in range(len(view.reports)):
        one = view.reports
        said = str(one.words[row]) or str(one.claimed[row])
        if one.remote_id[row]:
            said += f" (Remote ID {one.remote_id[row]})"
        made.append(
            [
                clock(float(one.time_s[row])),
                view.reporters[row] if row < len(view.reporters) else "",
                degrees_text(float(one.latitude_rad[row]), float(one.longitude_rad[row])),
                said,
            ]
        )
    return made


def timeline_rows(view: IncidentView) -> list[list[str]]:
    """Return a line for each happening: when, what sort, what, by whom."""
    return [[clock(line.time_s), line.kind, line.words, line.by] for line in view.incident.timeline]


TIMELINE = ("time (UTC)", "", "what happened", "by")
TRACKS = ("track", "says", "first seen", "last seen", "height", "speed")
REPORTS = ("time (UTC)", "by", "place", "report")
