"""The network's part of a report: links, outages, how common and how late the pictures were."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

from jointsky.pictures.report import Report
from jointsky.pictures.scene import when

LINK_HEADS = (
    "link",
    "from",
    "to",
    "share",
    "mean",
    "busiest 10 s",
    "packets",
    "dropped",
    "lost",
    "cut",
    "longest wait",
)
PAIR_HEADS = (
    "between",
    "held by both",
    "of that one number",
    "identity conflicts",
    "common",
    "common, of all in view",
)
LATE_HEADS = (
    "site",
    "own plots, half",
    "own plots, 99 %",
    "others' plots, half",
    "others' plots, 99 %",
)
OUTAGE_HEADS = ("from", "to", "links", "common before", "lowest", "agreed again after", "two scans")


def write_network(page: Report, found: Mapping[str, Any], folder: pathlib.Path) -> None:
    """Add to a report what its figures say of the network."""
    told = found["network"]
    page.heading("The network")
    if (folder / "network.png").is_file():
        page.picture(folder / "network.png", "What the sites held, how common, how late, how much")
    if told["common"] is not None:
        page.words(
            "Common is what two sites show as one: the same target, the same number, the same "
            "identity. Shares are of what either of the two holds, but for the last."
        )
        page.table(PAIR_HEADS, _pair_rows(told["common"]))
    page.words("How late a track is updated, from the time of the plot that updated it:")
    page.table(LATE_HEADS, _late_rows(told["late"]))
    if told["outages"]:
        page.words(
            "After an outage the pictures agree again where the share of targets that all sites "
            "hold under one number is back at 95 % of what it was in the minute before."
        )
        page.table(OUTAGE_HEADS, _outage_rows(told["outages"]), words=3)
    page.words(
        "What went over the links, without what packets are wrapped in; dropped because too many "
        "waited, lost at random, cut by outages:"
    )
    page.table(LINK_HEADS, _link_rows(told["links"]), words=4)
    page.words(_lacking_words(told["lacking"]))


def network_lines(found: Mapping[str, Any]) -> list[str]:
    """Return a few lines on the network, for a person at a terminal; none without links."""
    told = found["network"]
    if not told["links"]:
        return []
    late = told["late"]["all"]
    lines = [
        f"links: {0.008 * told['octets_hz']:,.0f} kbit/s in all; tracks updated "
        f"{seconds(late['p50_s'])} after the plot (99 %: {seconds(late['p99_s'])})"
    ]
    across = (told["common"] or {}).get("across")
    if across:
        lines.append(
            f"common to both nations: {share(across['common'])} of what either holds, "
            f"{share(across['held'])} held by both"
        )
    lines += [
        f"{name} cut for {outage['end_s'] - outage['begin_s']:.0f} s: " + _agreed_words(outage)
        for outage in told["outages"]
        for name in [", ".join(outage["links"][:2]) + (" ..." if outage["links"][2:] else "")]
    ]
    return lines


def share(value: float | None) -> str:
    """Return a share in per cent."""
    return "-" if value is None else f"{value:.1%}"


def seconds(value: float | None) -> str:
    """Return a time in seconds."""
    return "-" if value is None else f"{value:.2f} s"


def _agreed_words(outage: Mapping[str, Any]) -> str:
    after_s = outage.get("agreed_after_s")
    if not outage.get("common_before"):
        return "nothing was common before, so that nobody can say when it was again"
    if after_s is None:
        return "the pictures did not agree again by the end, or the next cut"
    return f"the pictures agree again {after_s:.0f} s after"


def _pair_rows(common: Mapping[str, Any]) -> list[list[str]]:
    rows = [(f"{row['a']} and {row['b']}", row) for row in common["between_nations"]]
    rows = [(f"within {row['a']}" if row["a"] == row["b"] else name, row) for name, row in rows]
    rows.append(("all sites at once", common["everyone"]))
    return [
        [
            name,
            share(row["held"]),
            share(row["number"]),
            share(row["identity_conflict"]),
            share(row["common"]),
            share(row.get("common_of_view")),
        ]
        for name, row in rows
    ]


def _late_rows(late: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            row["site"],
            *(
                seconds(row[part][level] if part in row else row["all"][level])
                for part in ("own", "others")
                for level in ("p50_s", "p99_s")
            ),
        ]
        for row in late["by_site"]
    ]


def _outage_rows(outages: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [
            when(outage["begin_s"]).strftime("%H:%M:%S"),
            when(outage["end_s"]).strftime("%H:%M:%S"),
            ", ".join(outage["links"]),
            share(outage.get("common_before")),
            share(outage.get("common_lowest")),
            "-" if outage.get("agreed_after_s") is None else f"{outage['agreed_after_s']:.0f} s",
            "-" if outage["two_scans_s"] is None else f"{outage['two_scans_s']:.0f} s",
        ]
        for outage in outages
    ]


def _link_rows(links: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [
            link["name"],
            link["from"],
            link["to"],
            link["share"],
            f"{link['mean_kbps']:,.1f} kbit/s",
            f"{link['peak_kbps']:,.1f} kbit/s",
            *(f"{link[name]:,}" for name in ("packets", "dropped", "lost", "cut")),
            seconds(link["longest_wait_s"]),
        ]
        for link in links
    ]


def _lacking_words(lacking: list[dict[str, Any]]) -> str:
    if not lacking:
        return (
            "Nothing that a site recorded is lost to the others: every site that shares plots "
            "holds every message that another of them told, but for the last half minute."
        )
    count = sum(lack["messages"] for lack in lacking)
    names = ", ".join(sorted({lack["site"] for lack in lacking}))
    return (
        f"{count:,} messages that a site told are lacking at others ({names}): the log says which."
    )
