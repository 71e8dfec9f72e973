"""The report of a run: what was asked, pictures, figures of each site and each sensor."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

from jointsky.pictures.report import Report
from jointsky.pictures.scene import span_text
from jointsky.sim.duty_report import write_duty
from jointsky.sim.network_report import write_network
from jointsky.sim.ways_report import write_ways

SITE_HEADS = (
    "site",
    "nation",
    "sensors",
    "plots",
    "tracks",
    "own view of the sky",
    "joint view",
    "of that held",
    "false track time",
    "position error RMS",
    "GOSPA",
    "one number for life",
)


def write_report(found: Mapping[str, Any], folder: pathlib.Path) -> None:
    """Write report.html beside the pictures and tables of a run; ``found`` are its figures."""
    page = Report(found["scenario"])
    if found["description"]:
        page.words(found["description"])
    page.words(
        f"{span_text(found['begin_s'], found['end_s'])}, seed {found['seed']}. Everything here is "
        "simulated: places are illustrative, figures of systems public and approximate.",
        quiet=True,
    )
    if not found["is_whole"]:
        page.words("This run was interrupted: it holds what was recorded by then.")
    if "duty" in found:
        write_duty(page, found["duty"], folder)
    page.picture(folder / "picture.png", "What flew, who looked, and how much was in view")
    is_linked = bool(found["network"]["links"])
    page.heading("The picture of each site" if is_linked else "Each site alone")
    page.words(
        "A target is in a site's view between two plots of its sensors at most 30 s apart. "
        + (
            "The joint view is that of all sites that links join with it; the picture that the "
            "site shows is scored on that, as it was at the time."
            if is_linked
            else "There are no links: a site tracks what its own sensors plot, and its picture is "
            "scored on what they had in view."
        )
    )
    page.table(SITE_HEADS, site_rows(found), words=2)
    page.table(("together", "sites", "view of the sky"), nation_rows(found))
    page.picture(folder / "sites.png", "The picture of each site over what flew")
    page.words("Each picture to move through in time, to measure in and to search:")
    page.links([(s["name"], f"pages/{s['name']}.html") for s in found["sites"] if "tracks" in s])
    if is_linked:
        write_network(page, found, folder)
    if "ways" in found:
        write_ways(page, found["ways"], folder)
    page.heading("Sensors")
    page.table(SENSOR_HEADS, _sensor_rows(found), words=3)
    page.heading("The tables")
    page.words(
        "truth.parquet, plots.parquet, tracks.parquet and reports.parquet open in pandas, Polars "
        "and DuckDB as they lie; log.jsonl is the sealed log, summary.json holds all figures. "
        f"The last seal of the log is {found['log_seal']}: who has the same had the same run."
    )
    page.write(folder / "report.html")


SENSOR_HEADS = ("sensor", "site", "kind", "plots", "false plots", "vehicles seen", "reports")


def site_rows(found: Mapping[str, Any]) -> list[list[str]]:
    """Return a row of words and figures for each site."""
    return [
        [
            site["name"],
            site["nation"],
            f"{site['sensors']:,}",
            f"{site['plots']:,}",
            _count(site.get("tracks")),
            _share(site.get("view_share")),
            _share(site.get("joint_view_share")),
            _share(site.get("completeness")),
            _share(site.get("spuriousness")),
            _metres(site.get("horizontal_rms_m")),
            _metres(site.get("gospa_m")),
            _share(site.get("one_number_share")),
        ]
        for site in found["sites"]
    ]


def nation_rows(found: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each nation and one for all sites together."""
    rows = [
        [nation["name"], f"{nation['sites']:,}", _share(nation["view_share"])]
        for nation in found["nations"]
    ]
    everyone = ["all sites", f"{len(found['sites']):,}", _share(found["view_share"])]
    return [*rows, everyone]


def _sensor_rows(found: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            sensor["name"],
            sensor["site"],
            sensor["kind"],
            *(f"{sensor[name]:,}" for name in ("plots", "false_plots", "vehicles", "reports")),
        ]
        for sensor in found["sensors"]
    ]


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _metres(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} m"
