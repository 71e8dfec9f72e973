"""check: every fault of a scenario, a study or a live network's file in one go, or what is in it.

Each fault is one line: file, line, path, what was found, what was wanted and, if it is known, what
was meant.  Of a study every level of each factor is tried, with its scenario.  Nothing is run and
nothing is written.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Callable
from typing import Any

from rich.table import Table

from jointsky.cli import console
from jointsky.declare import Faults
from jointsky.errors import DeclaredError
from jointsky.live import load
from jointsky.scenario.contents import contents
from jointsky.scenario.load import Examined, examine
from jointsky.scenario.resolve import resolve
from jointsky.study import examined

_Shows = Callable[[dict[str, Any]], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("scenario", metavar="SCENARIO", type=pathlib.Path, help="a YAML file")
    console.add_common(parser, out=False)


def run(arguments: argparse.Namespace) -> int:
    """Check a file, show its faults or what is in it; return the exit code."""
    errors, contents, show = _examined(arguments.scenario)
    figures: dict[str, Any] = {
        "scenario": str(arguments.scenario),
        "faults": [_parts(error) for error in errors],
        "contents": contents,
    }
    if arguments.json:
        console.print_json(figures)
    elif errors:
        for error in errors:
            console.results.print(str(error), markup=False, soft_wrap=True)
        if not arguments.quiet:
            count = len(errors)
            console.messages.print(f"[bold red]{count} fault{'s' if count > 1 else ''}[/]")
    elif not arguments.quiet:
        show(figures["contents"])
    return console.BAD_INPUT if errors else console.OK


def _examined(path: pathlib.Path) -> tuple[list[DeclaredError], dict[str, Any] | None, _Shows]:
    """Return the faults of a file, what is in it where it has none, and what shows that."""
    if load.is_configuration(path):
        live = load.examine(path)
        return live.errors, _live_contents(live), _show_live
    if examined.is_study(path):
        study = examined.examine(path)
        return study.errors, examined.contents(study), _show_study
    scenario = examine(path)
    return scenario.errors, _contents(scenario), _show


def _parts(error: DeclaredError) -> dict[str, Any]:
    names = ("file", "line", "path", "found", "wanted", "hint")
    return {name: getattr(error, name) for name in names}


def _contents(examined: Examined) -> dict[str, Any] | None:
    """Return what is in a scenario without faults."""
    loaded = examined.loaded
    if examined.errors or loaded is None:
        return None
    return contents(loaded, resolve(loaded, loaded.scenario.seed, Faults()))


def _live_contents(examined: load.Examined) -> dict[str, Any] | None:
    """Return what is in the file of a live network without faults."""
    config = examined.config
    if examined.errors or config is None:
        return None
    return {
        "network": config.network,
        "nations": [nation.name for nation in config.nations],
        "sites": {
            site.name: {
                "nation": site.nation,
                "sensors": [sensor.name for sensor in site.sensors],
                "feeds": [feed.name for feed in site.feeds],
            }
            for site in config.sites
        },
        "links": {link.name: {"ends": link.ends, "share": link.share} for link in config.links},
        "zones": {zone.name: zone.use for zone in config.zones},
    }


def _show_live(figures: dict[str, Any]) -> None:
    """Print what is in the file of a live network."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row("network", figures["network"])
    table.add_row("nations", ", ".join(figures["nations"]))
    for name, site in figures["sites"].items():
        sensors, feeds = ", ".join(site["sensors"]), ", ".join(site["feeds"])
        words = f"{name} ({site['nation']}): sensors {sensors or 'none'}; feeds {feeds or 'none'}"
        table.add_row("site", words)
    for name, link in figures["links"].items():
        table.add_row("link", f"{name}: {' - '.join(link['ends'])}, shares {link['share']}")
    if figures["zones"]:
        words = ", ".join(f"{name} ({use})" for name, use in figures["zones"].items())
        table.add_row("zones", words)
    console.results.print(table)
    console.results.print("no faults")


def _show_study(figures: dict[str, Any]) -> None:
    """Print what is in the file of a study."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row("study", figures["study"])
    table.add_row("scenario", figures["scenario"])
    for name, levels in figures["factors"].items():
        table.add_row("factor", f"{name}: {'; '.join(map(str, levels))}")
    table.add_row("points", f"{figures['points']:,} ({figures['design']})")
    table.add_row("responses", ", ".join(figures["responses"]))
    table.add_row("runs", f"{figures['least_runs']:,} to {figures['most_runs']:,}")
    console.results.print(table)
    console.results.print("no faults")


def _show(figures: dict[str, Any]) -> None:
    """Print what a person wants to know first."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row("scenario", figures["name"])
    begin, end = figures["begin"], figures["end"]
    table.add_row("time", f"{begin} to {end}, {figures['duration_s']:g} s")
    sites = figures["nations"].items()
    words = [f"{name} ({count} site{'s' if count != 1 else ''})" for name, count in sites]
    table.add_row("nations", ", ".join(words))
    for name in ("sensors", "batteries", "zones", "vehicles"):
        counted = figures[name]
        if counted:
            kinds = ", ".join(f"{count} {kind}" for kind, count in counted.items())
            table.add_row(name, f"{sum(counted.values()):,}: {kinds}")
    for name in ("links", "rain_cells", "terrain_points"):
        if figures[name]:
            table.add_row(name.replace("_", " "), f"{figures[name]:,}")
    console.results.print(table)
    console.results.print("no faults")
