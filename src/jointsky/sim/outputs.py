"""What a run leaves behind: tables, the log, figures, pictures, the report."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.pictures.html import write_html
from jointsky.pictures.site_views import SiteView, draw_site_views
from jointsky.pictures.sky import SiteMark, Sky, ZoneMark, draw_sky
from jointsky.records.columns import join
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks
from jointsky.sim.figures import Judged, figures, judge, nation_views
from jointsky.sim.report import write_report
from jointsky.sim.run import Outcome
from jointsky.sim.site import gathered
from jointsky.sim.site import words as bit_words
from jointsky.store.log import write_log
from jointsky.store.tables import write_record
from jointsky.world.truth import sampled, truth_columns

Step = Callable[[str, float], None]
Array = npt.NDArray[Any]
SCORING, WRITING = "scoring every site", "writing"


def write(outcome: Outcome, folder: pathlib.Path, step: Step) -> dict[str, Any]:
    """Write everything that a run left into a folder; return its figures.

    truth.parquet, plots.parquet (with the vehicle behind each plot), tracks.parquet (of every
    site), reports.parquet, log.jsonl, summary.json, picture.png, sites.png, a page for each site
    in pages/, and report.html that shows it all.
    """
    step(WRITING, 0.0)
    built = outcome.built
    vehicles, pieces = built.surroundings.vehicles, built.surroundings.pieces
    truth = sampled(len(vehicles), pieces, built.begin_s, outcome.end_s, built.truth_interval_s)
    table = pa.table({name: pa.array(c) for name, c in truth_columns(vehicles, truth).items()})
    pq.write_table(table, folder / "truth.parquet", compression="zstd")
    _write_plots(outcome, folder)
    told = [sensor.told for sensor in built.sensors]
    width = bit_words(len(told))
    empty = Tracks.make(0, sensors=np.zeros((0, width), np.uint64))
    tracks = join([empty, *outcome.tracks.values()])
    write_record(tracks, folder / "tracks.parquet", outcome.systems)
    reports = Reports.make(0) if outcome.seen.reports is None else outcome.seen.reports
    write_record(reports, folder / "reports.parquet", told)
    write_log(outcome.entries, folder / "log.jsonl")
    step(WRITING, 0.3)
    step(SCORING, 0.0)
    judged = judge(outcome, truth)
    step(SCORING, 1.0)
    found = figures(judged)
    _pictures(judged, found, folder, step)
    write_report(found, folder)
    text = json.dumps(found, indent=1, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    step(WRITING, 1.0)
    return found


def _write_plots(outcome: Outcome, folder: pathlib.Path) -> None:
    """Write the plots, and beside each whose it was (null: a false plot) and when it came in."""
    told = [sensor.told for sensor in outcome.built.sensors]
    names = pa.array(outcome.built.surroundings.vehicles.name.tolist(), pa.string())
    behind = pa.array(outcome.seen.vehicle, mask=outcome.seen.vehicle < 0)
    beside = {"truth_id": names.take(behind), "received_s": pa.array(outcome.seen.received_s)}
    write_record(outcome.seen.plots, folder / "plots.parquet", told, None, beside)


def _pictures(judged: Judged, found: Mapping[str, Any], folder: pathlib.Path, step: Step) -> None:
    outcome, truth = judged.outcome, judged.truth
    built = outcome.built
    told = [sensor.told for sensor in built.sensors]
    sky = Sky(
        vehicles=built.surroundings.vehicles,
        vehicle=truth["vehicle"],
        time_s=truth["time_s"],
        xy=np.column_stack([truth["longitude_rad"], truth["latitude_rad"]]),
        views=nation_views(judged),
        sites=[
            SiteMark(site.name, site.nation, (site.longitude_rad, site.latitude_rad))
            for site in built.sites
        ],
        zones=[ZoneMark(zone.name, zone.use, zone.rim_rad[:, ::-1]) for zone in built.zones],
    )
    draw_sky(sky, outcome.seen.plots, told, folder / "picture.png", built.name)
    step(WRITING, 0.5)
    views = [
        SiteView(site, outcome.tracks[site], judged.views[site], _words(found["sites"][site]))
        for site in outcome.tracks
    ]
    title = f"{built.name}: each site alone"
    draw_site_views(sky, views, folder / "sites.png", title)
    step(WRITING, 0.7)
    (folder / "pages").mkdir(exist_ok=True)
    for k, site in enumerate(outcome.tracks):
        _page(outcome, site, folder / "pages")
        step(WRITING, 0.7 + 0.25 * (k + 1) / len(outcome.tracks))


def _page(outcome: Outcome, site: int, folder: pathlib.Path) -> None:
    """Write the page of one site: its own sensors, their plots, its tracks."""
    built = outcome.built
    mine = [row for row, sensor in enumerate(built.sensors) if sensor.site == site]
    local = np.full(len(built.sensors), -1, np.int32)
    local[mine] = np.arange(len(mine))
    plots = outcome.seen.plots.rows(np.isin(outcome.seen.plots.sensor, mine))
    plots = dataclasses.replace(plots, sensor=local[plots.sensor])
    tracks = outcome.tracks[site]
    tracks = dataclasses.replace(tracks, sensors=gathered(tracks.sensors, mine))
    told = [built.sensors[row].told for row in mine]
    name = built.sites[site].name
    write_html(plots, tracks, told, folder / f"{name}.html", f"{built.name}: {name} alone")


def _words(site: Mapping[str, Any]) -> str:
    """Return a line about one site's picture."""
    text = f"{site['tracks']:,} tracks; {site['view_share']:.0%} of the sky in view"
    if site.get("completeness") is not None:
        text += f", {site['completeness']:.0%} of that held"
    return text
