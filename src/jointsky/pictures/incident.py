"""An incident becomes files for people: a page, a PDF and GeoJSON, the same octets every time."""

from __future__ import annotations

import json
import pathlib

from jointsky.pictures.incident_geojson import geojson
from jointsky.pictures.incident_map import map_png
from jointsky.pictures.incident_pdf import pdf
from jointsky.pictures.incident_view import (
    REPORTS,
    TIMELINE,
    TRACKS,
    IncidentView,
    facts,
    report_rows,
    timeline_rows,
    track_rows,
)
from jointsky.pictures.report import Report

NAMES = ("incident.html", "incident.pdf", "incident.geojson", "map.png")


def write_incident(view: IncidentView, folder: str | pathlib.Path) -> list[pathlib.Path]:
    """Write an incident's files into a folder, which is made; return their paths."""
    place = pathlib.Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    picture = map_png(view)
    text = json.dumps(geojson(view), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    page, document, shapes, png = (place / name for name in NAMES)
    png.write_bytes(picture)
    document.write_bytes(pdf(view, picture))
    shapes.write_text(text, encoding="utf-8", newline="\n")
    _page(view, png).write(page)
    return [page, document, shapes, png]


def _page(view: IncidentView, path_png: pathlib.Path) -> Report:
    """Return the page: facts, map, timeline, tracks, reports."""
    made = Report(view.incident.title)
    if view.is_simulated:
        made.words("Simulated.", quiet=True)
    made.table(("", ""), facts(view), words=2)
    made.picture(path_png, "Where it happened: tracks, alerts, reports and zones")
    made.heading("Timeline")
    made.prose(TIMELINE, timeline_rows(view))
    for title, heads, rows in (
        ("Tracks", TRACKS, track_rows(view)),
        ("Reports", REPORTS, report_rows(view)),
    ):
        if rows:
            made.heading(title)
            made.prose(heads, rows)
    return made
