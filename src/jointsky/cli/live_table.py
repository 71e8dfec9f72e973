"""The status of live nodes as tables on a terminal, one column for each site."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

MOST_FAULTS = 6
MOST_LOG = 6
MOST_ALERTS = 6


def table(sites: Sequence[dict[str, Any]]) -> RenderableType:
    """Return what a person wants to see of one node, or of several side by side."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    made.add_column("")
    for told in sites:
        made.add_column(f"{told['site']} ({told['nation']})", min_width=26)
    for name, say in _ROWS:
        words = [say(told) for told in sites]
        if any(words):
            made.add_row(name, *words)
    return Group(made, *(line for told in sites for line in _remarks(told, len(sites) > 1)))


def _clock(told: dict[str, Any]) -> str:
    moment = datetime.datetime.fromtimestamp(told["time_s"], datetime.UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _delay(told: dict[str, Any]) -> str:
    if told["delay_p50_s"] is None:
        return "-"
    return f"{told['delay_p50_s']:.2f} s, 99 % within {told['delay_p99_s']:.2f} s"


def _feeds(told: dict[str, Any]) -> str:
    return "\n".join(
        f"{escape(feed['name'])}: {feed['plots_per_s']:,.0f}/s, {escape(feed['state'])}"
        for feed in told["feeds"]
    )


def _links(told: dict[str, Any]) -> str:
    made = []
    for link in told["transport"]:
        state = "[green]up[/]" if link["is_matched"] else "[red]down[/]"
        made.append(
            f"{escape(link['link'])}: {state}, {link['sent_kbps']:,.0f} out, "
            f"{link['heard_kbps']:,.0f} in kbit/s"
        )
    return "\n".join(made)


def _store(told: dict[str, Any]) -> str:
    store = told["store"]
    if store["is_well"]:
        return f"{store['written']:,} written"
    return f"[red]{store['waiting']:,} wait in memory[/]"


def _alerts(told: dict[str, Any]) -> str:
    """Say how many alerts are active, and the first of them: those that nobody has noted yet."""
    active = told["alerts"]
    if not active:
        return ""
    new = sum(alert["state"] == "raised" for alert in active)
    lines = [f"[bold]{len(active)}[/] active, {new} that nobody has acknowledged"]
    for alert in active[:MOST_ALERTS]:
        tint = "red" if alert["state"] == "raised" else "yellow"
        where = f", {alert['zone']}" if alert["zone"] else ""
        words = f"{alert['number']} {alert['kind']}: {alert['track']}{where}"
        lines.append(f"[{tint}]{escape(words)}[/]")
    if len(active) > MOST_ALERTS:
        lines.append(f"and {len(active) - MOST_ALERTS} more")
    return "\n".join(lines)


def _incidents(told: dict[str, Any]) -> str:
    return "\n".join(
        escape(f"{one['id']}: {one['title']}, {one['state']}") for one in told["incidents"]
    )


_ROWS = (
    ("time (UTC)", _clock),
    ("tracks", lambda told: f"[bold]{told['tracks']:,}[/]"),
    ("plots", lambda told: f"{told['plots_per_s']:,.0f}/s own, {told['plots']:,} in all"),
    ("updates", lambda told: f"{told['updates_per_s']:,.0f}/s"),
    ("delay", _delay),
    ("busy", lambda told: f"{told['busy']:.0%} of a processor"),
    ("feeds", _feeds),
    ("links", _links),
    ("store", _store),
    ("alerts", _alerts),
    ("incidents", _incidents),
)


def _remarks(told: dict[str, Any], with_site: bool) -> list[str]:
    """Return faults and the newest lines of the log."""
    who = f"{escape(told['site'])}: " if with_site else ""
    lines = [f"[yellow]{who}{escape(fault)}[/]" for fault in told["faults"][:MOST_FAULTS]]
    if len(told["faults"]) > MOST_FAULTS:
        lines.append(f"[yellow]{who}and {len(told['faults']) - MOST_FAULTS} more[/]")
    for entry in told["log"][-MOST_LOG:]:
        at = datetime.datetime.fromtimestamp(entry["time_s"], datetime.UTC).strftime("%H:%M:%S")
        facts = ", ".join(f"{name} {value}" for name, value in entry["facts"].items())
        lines.append(f"[dim]{at} {who}{escape(entry['kind'])} {escape(facts)}[/]")
    return lines
