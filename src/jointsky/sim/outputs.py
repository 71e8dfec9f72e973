"""What a run leaves behind: tables, the log, figures, pictures, the report."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.pictures.html import write_html
from jointsky.pictures.incident import write_incident
from jointsky.pictures.site_views import SiteView, draw_site_views
from jointsky.pictures.sky import SiteMark, Sky, ZoneMark, draw_sky
from jointsky.records.columns import join
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks
from jointsky.sim.duty_report import write_duty_picture
from jointsky.sim.figures import figures, nation_views
from jointsky.sim.judging import Judged, judge, truth_of
from jointsky.sim.network_picture import write_network_picture
from jointsky.sim.report import write_report
from jointsky.sim.run import Outcome
from jointsky.sim.ways_report import write_ways_pictures
from jointsky.store.log import write_log
from jointsky.store.tables import write_record
from jointsky.world.truth import truth_columns

Step = Callable[[str, float], None]
Array = npt.NDArray[Any]
_WORD = 64
MOST_PAGES = 40  # incidents of a site that get pages of their own; all are in the log
SCORING, WRITING = "scoring every site", "writing"


def write(
    outcome: Outcome,
    folder: pathlib.Path,
    step: Step,
    compared: Sequence[Mapping[str, Any]] | None = None,
    alone: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write everything that a run left into a folder; return its figures.

    truth.parquet, plots.parquet (with the vehicle behind each plot), tracks.parquet (of every
    site), reports.parquet, log.jsonl, summary.json, picture.png, sites.png, a page for each site
    in pages/, and report.html that shows it all.  ``compared``: the figures of ways to share.
    ``alone``: those of the duty where each nation is for itself.
    """
    step(WRITING, 0.0)
    built = outcome.built
    truth = truth_of(outcome, built.truth_interval_s)
    columns = truth_columns(built.surroundings.vehicles, truth)
    table = pa.table({name: pa.array(c) for name, c in columns.items()})
    pq.write_table(table, folder / "truth.parquet", compression="zstd")
    _write_plots(outcome, folder)
    told = [sensor.told for sensor in built.sensors]
    empty = Tracks.make(0, sensors=np.zeros((0, bit_words(len(told))), np.uint64))
    tracks = join([empty, *outcome.tracks.values()])
    write_record(tracks, folder / "tracks.parquet", outcome.systems)
    reports = Reports.make(0) if outcome.seen.reports is None else outcome.seen.reports
    write_record(reports, folder / "reports.parquet", told)
    write_log(outcome.entries, folder / "log.jsonl")
    step(WRITING, 0.3)
    step(SCORING, 0.0)
    judged = judge(outcome)
    found = figures(judged)
    step(SCORING, 1.0)
    _pictures(judged, truth, found, folder, step)
    if outcome.duty is not None:
        _write_duty(outcome, judged, found["duty"], folder, alone)
    if compared is not None:
        found["ways"] = list(compared)
        write_ways_pictures(judged, compared, folder)
    write_report(found, folder)
    text = json.dumps(found, indent=1, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    step(WRITING, 1.0)
    return found


def _write_duty(
    outcome: Outcome,
    judged: Judged,
    found: dict[str, Any],
    folder: pathlib.Path,
    alone: Mapping[str, Any] | None,
) -> None:
    """Write the incidents and the pictures of a duty; add to its figures what belongs there."""
    built, until_s = outcome.built, outcome.end_s - outcome.built.begin_s
    assert outcome.duty is not None and built.duty is not None
    found["incident_pages"] = []
    for post, alerted in zip(built.duty.posts, outcome.duty.alerted, strict=True):
        for view in alerted.incidents[:MOST_PAGES]:
            found["incident_pages"].append(f"{post.site}-{view.incident.id}")
            write_incident(view, folder / "incidents" / found["incident_pages"][-1])
    failed = [
        (begin_s - built.begin_s, end_s - built.begin_s, name)
        for name, outages_s in (
            *((link.name, link.outages_s) for link in built.links),
            *((sensor.name, sensor.outages_s) for sensor in built.sensors),
        )
        for begin_s, end_s in outages_s
    ]
    when = built.begin_s, failed
    if alone is not None:
        found["apart"] = alone
        title = f"{built.name}: the same, each nation for itself"
        path = folder / "duty-apart.png"
        write_duty_picture(alone, [(0.0, until_s)], until_s, path, title, *when)
    nations = [site.nation for site in built.sites]
    across = {one.name for one in built.links if len({nations[k] for k in one.ends}) > 1}
    silent = [
        (outage.begin_s - built.begin_s, outage.end_s - built.begin_s)
        for outage in judged.outages
        if not across.isdisjoint(outage.links)
    ]
    title = f"{built.name}: who came, and what became of it"
    write_duty_picture(found, silent, until_s, folder / "duty.png", title, *when)


def _write_plots(outcome: Outcome, folder: pathlib.Path) -> None:
    """Write the plots, and beside each whose it was (null: a false plot) and when it came in."""
    told = [sensor.told for sensor in outcome.built.sensors]
    names = pa.array(outcome.built.surroundings.vehicles.name.tolist(), pa.string())
    behind = pa.array(outcome.seen.vehicle, mask=outcome.seen.vehicle < 0)
    beside = {"truth_id": names.take(behind), "received_s": pa.array(outcome.seen.received_s)}
    write_record(outcome.seen.plots, folder / "plots.parquet", told, None, beside)


def _pictures(
    judged: Judged,
    truth: Mapping[str, Array],
    found: Mapping[str, Any],
    folder: pathlib.Path,
    step: Step,
) -> None:
    outcome = judged.outcome
    built = outcome.built
    told = [sensor.told for sensor in built.sensors]
    sky = _sky(outcome, truth)
    draw_sky(sky, outcome.seen.plots, told, folder / "picture.png", built.name)
    step(WRITING, 0.5)
    views = [
        SiteView(site, outcome.tracks[site], judged.views[site], _words(found["sites"][site]))
        for site in outcome.tracks
    ]
    what = "what each site shows" if built.links else "each site alone"
    draw_site_views(
        _sky(outcome, judged.truth), views, folder / "sites.png", f"{built.name}: {what}"
    )
    if built.links and judged.common is not None:
        write_network_picture(judged, folder / "network.png")
    step(WRITING, 0.7)
    (folder / "pages").mkdir(exist_ok=True)
    for k, site in enumerate(outcome.tracks):
        _page(outcome, site, folder / "pages")
        step(WRITING, 0.7 + 0.25 * (k + 1) / len(outcome.tracks))


def _sky(outcome: Outcome, truth: Mapping[str, Array]) -> Sky:
    """Return what flew and who saw it, for pictures."""
    built = outcome.built
    return Sky(
        vehicles=built.surroundings.vehicles,
        **_positions(truth),
        views=nation_views(outcome, truth),
        sites=[
            SiteMark(site.name, site.nation, (site.longitude_rad, site.latitude_rad))
            for site in built.sites
        ],
        zones=[ZoneMark(zone.name, zone.use, zone.rim_rad[:, ::-1]) for zone in built.areas],
    )


def _positions(truth: Mapping[str, Array]) -> dict[str, Any]:
    return {
        "vehicle": truth["vehicle"],
        "time_s": truth["time_s"],
        "xy": np.column_stack([truth["longitude_rad"], truth["latitude_rad"]]),
    }


def _page(outcome: Outcome, site: int, folder: pathlib.Path) -> None:
    """Write the page of one site: its own sensors, their plots, what it showed."""
    built = outcome.built
    mine = [row for row, sensor in enumerate(built.sensors) if sensor.site == site]
    local = np.full(len(built.sensors), -1, np.int32)
    local[mine] = np.arange(len(mine))
    plots = outcome.seen.plots.rows(np.isin(outcome.seen.plots.sensor, mine))
    plots = dataclasses.replace(plots, sensor=local[plots.sensor])
    # a page tells which of its sensors saw a track: its own first, then those of other sites
    tracks = outcome.tracks[site]
    others = [row for row in range(len(built.sensors)) if row not in mine]
    tracks = dataclasses.replace(tracks, sensors=gathered(tracks.sensors, [*mine, *others]))
    told = [built.sensors[row].told for row in [*mine, *others]]
    name = built.sites[site].name
    title = f"{built.name}: {name}" if built.links else f"{built.name}: {name} alone"
    write_html(plots, tracks, told, folder / f"{name}.html", title)


def bit_words(sensors: int) -> int:
    """Return how many 64-bit words hold a bit for each sensor."""
    return max(-(-sensors // _WORD), 1)


def gathered(bits: npt.NDArray[np.uint64], rows: Sequence[int]) -> npt.NDArray[np.uint64]:
    """Return bits (n, words) that count all sensors as bits that count those of ``rows``."""
    out = np.zeros((len(bits), bit_words(len(rows))), np.uint64)
    one = np.uint64(1)
    for local, row in enumerate(rows):
        bit = (bits[:, row // _WORD] >> np.uint64(row % _WORD)) & one
        out[:, local // _WORD] |= bit << np.uint64(local % _WORD)
    return out


def _words(site: Mapping[str, Any]) -> str:
    """Return a line about one site's picture."""
    text = f"{site['tracks']:,} tracks; own view {site['view_share']:.0%}"
    if site.get("completeness") is not None:
        whose = "of that" if site["joint_view_share"] == site["view_share"] else "of all in view"
        text += f"; held {site['completeness']:.0%} {whose}"
    return text
