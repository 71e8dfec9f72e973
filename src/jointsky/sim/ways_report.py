"""The comparison's part of a report: ways to share side by side, as table and pictures."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from jointsky.pictures.network import seconds
from jointsky.pictures.report import Report
from jointsky.pictures.ways import WayFigures, draw_ways
from jointsky.pictures.ways_time import Course, draw_ways_time
from jointsky.sim.judging import Judged

Ways = Sequence[Mapping[str, Any]]

WAY_HEADS = (
    "shared",
    "links",
    "held",
    "error",
    "one number",
    "longest",
    "common",
    "late, half",
    "99 %",
    "kbit/s",
    "agreed again",
)
_SITE_HEADS = ("shared", "links", "site", "nation", "held", "false", "error", "one number")


def write_ways_pictures(judged: Judged, ways: Ways, folder: pathlib.Path) -> None:
    """Write the pictures of a comparison beside the others of its run."""
    outcome = judged.outcome
    name = outcome.built.name
    rows = [
        WayFigures(way["way"], kind, {k: _number(v) for k, v in way["figures"].items()})
        for way in ways
        for kind in (("ideal",) if way["links"] == "none" else (way["links"],))
    ]
    draw_ways(rows, folder / "compare.png", f"{name}: what sharing is worth")
    courses = [
        Course(way["way"], way["links"], {k: list(map(_number, v)) for k, v in told.items()})
        for way in ways
        for told in (way["over_time"],)
        if told
    ]
    draw_ways_time(
        courses,
        [(outage.begin_s, outage.end_s) for outage in judged.outages],
        (outcome.built.begin_s, outcome.end_s),
        folder / "compare-time.png",
        f"{name}: held and common over time",
    )


def write_ways(page: Report, ways: Ways, folder: pathlib.Path) -> None:
    """Add a comparison to a report."""
    page.heading("What sharing is worth")
    page.words(
        "The same plots in several networks: each site alone; all plots shared; tracks shared and "
        "fused; tracks reported by who has the better one. Degraded links are as the scenario "
        "declares them, ideal ones have no delay, loss, limit or outage. Every site is asked for "
        "what any sensor of the whole network had in view; figures of sites are means over all."
    )
    page.picture(folder / "compare.png", "Ways to share side by side")
    page.table(WAY_HEADS, way_rows(ways), words=2)
    page.words(
        "held: completeness; error: horizontal position, RMS; one number: targets that kept one "
        "number for life; longest: the part of a target's life that its best single track held; "
        "common: held by both of two sites of different nations, under one number and identity, "
        "of all in view; late: from a plot's time to the updated track, half and 99 % of updates; "
        "agreed again: after links were silent, at most, until what is common is steadily as it "
        "was before" + _two_scans(ways) + ".",
        quiet=True,
    )
    page.picture(folder / "compare-time.png", "Held and common over time; shaded: links silent")
    page.heading("The same, of each nation and site")
    page.table(_SITE_HEADS, _site_rows(ways), words=4)


def way_rows(ways: Ways) -> list[list[str]]:
    """Return a row of words and figures for each way to share."""
    rows = []
    for way in ways:
        told = way["figures"]
        rows.append(
            [
                way["way"],
                way["links"],
                _share(told["completeness"]),
                _metres(told["horizontal_rms_m"]),
                _share(told["one_number_share"]),
                _share(told["longest_segment"]),
                _share(told["common"]),
                _late(told["latency_p50_s"]),
                _late(told["latency_p99_s"]),
                "-" if told["octets_hz"] is None else f"{0.008 * told['octets_hz']:,.0f}",
                _agreed(way["outages"]),
            ]
        )
    return rows


def _site_rows(ways: Ways) -> list[list[str]]:
    rows = []
    for way in ways:
        parts = [("all its sites", part) for part in way["nations"]]
        parts += [(part["site"], part) for part in way["sites"]]
        for name, part in parts:
            rows.append(
                [
                    way["way"],
                    way["links"],
                    name,
                    part["nation"],
                    _share(part.get("completeness")),
                    _share(part.get("spuriousness")),
                    _metres(part.get("horizontal_rms_m")),
                    _share(part.get("one_number_share")),
                ]
            )
    return rows


def _two_scans(ways: Ways) -> str:
    told = {outage["two_scans_s"] for way in ways for outage in way["outages"]} - {None}
    return f" (two scans are {max(told):.0f} s)" if told else ""


def _agreed(outages: Sequence[Mapping[str, Any]]) -> str:
    """Return how long it took at most after an outage, or how often it did not come to that."""
    healed = [one["agreed_after_s"] for one in outages if one.get("common_before")]
    if not healed:
        return "-"
    never = sum(after_s is None for after_s in healed)
    return f"{never} of {len(healed)} not" if never else f"{max(healed):.0f} s"


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _metres(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} m"


def _late(value: float | None) -> str:
    return "-" if value is None else seconds(value)
