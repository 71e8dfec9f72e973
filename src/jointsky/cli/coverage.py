"""coverage: what the radars of a scenario see of one kind of target, as a map for each height.

Seen is where one turn of an antenna shows the target with the given probability, in clear air and
without jamming, behind the earth's curve and the scenario's ground.  Radars aboard vehicles and
sensors that are no radars are left out, and named.
"""

from __future__ import annotations

import argparse
import json
import math
import pathlib
import time
from typing import Any

from rich.table import Table

from jointsky.cli import console
from jointsky.errors import InputError
from jointsky.pictures.coverage import draw_coverage
from jointsky.pictures.coverage_outlines import geojson
from jointsky.records.coverage import Coverage
from jointsky.scenario.build import build
from jointsky.scenario.coverage import target_of_type, watches
from jointsky.scenario.load import load
from jointsky.scenario.loaded import Loaded
from jointsky.sensors.coverage import Target, Watch, cover, plain_target, why_not

HEIGHTS = "50,100,300,1000,3000"
HEIGHTS_MOST = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("scenario", metavar="SCENARIO", type=pathlib.Path, help="a YAML file")
    parser.add_argument(
        "--height", default=HEIGHTS, metavar="M,M,...", help=f"heights in metres ({HEIGHTS})"
    )
    parser.add_argument(
        "--above", choices=("ground", "sea"), default="ground", help="what heights are above"
    )
    parser.add_argument(
        "--rcs-dbsm", type=float, metavar="DB", help="cross section of the target (0: 1 m²)"
    )
    parser.add_argument(
        "--swerling", type=int, choices=range(5), help="fluctuation of that cross section (1)"
    )
    parser.add_argument(
        "--type", metavar="TYPE", help="a vehicle type as the target: see jointsky systems"
    )
    parser.add_argument(
        "--aspect",
        choices=("mean", "nose", "side", "tail"),
        default="mean",
        help="from where that vehicle is seen",
    )
    parser.add_argument(
        "--pd", type=float, default=0.5, metavar="P", help="probability that counts as seen (0.5)"
    )
    parser.add_argument(
        "--cell-km", type=float, metavar="KM", help="size of a cell of the map (chosen to suit)"
    )
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compute a coverage, write picture, outlines and figures, show them; return the exit code."""
    began_s = time.perf_counter()
    heights_m = _heights_m(arguments.height)
    if not 0.0 < arguments.pd < 1.0:
        raise InputError("--pd", f"{arguments.pd:g}", "a probability above 0 and below 1")
    cell_km = arguments.cell_km
    if cell_km is not None and not 0.05 <= cell_km <= 100.0:
        raise InputError("--cell-km", f"{cell_km:g}", "0.05 to 100")
    loaded = load(arguments.scenario)
    target = _target(arguments, loaded)
    folder = arguments.out or pathlib.Path("out") / f"{arguments.scenario.stem}-coverage"
    with console.progress(arguments.quiet) as step:
        step("building", 0.0)
        built = build(loaded)
        step("building", 1.0)
        watching = watches(built)
        _check_any(watching, target, arguments.scenario)
        made = cover(
            watching,
            built.surroundings,
            target,
            heights_m,
            arguments.above,
            arguments.pd,
            None if cell_km is None else 1000.0 * cell_km,
            step,
        )
        figures = _figures(arguments, made, folder)
        step("drawing", 0.0)
        _write(folder, made, built.name, figures)
        step("drawing", 1.0)
    if arguments.json:
        console.print_json(figures | {"seconds": time.perf_counter() - began_s})
    elif not arguments.quiet:
        _show(figures, made)
    return console.OK


def _check_any(watching: list[Watch], target: Target, scenario: pathlib.Path) -> None:
    """Raise InputError where nothing in a scenario can see the target."""
    reasons = dict.fromkeys(why_not(watch, target) for watch in watching)
    if "" not in reasons:
        found = f"none of {len(watching)} sensors counts: {'; '.join(reasons)}"
        raise InputError(str(scenario), found if watching else "no sensors", "a radar at a site")


def _heights_m(text: str) -> list[float]:
    try:
        heights = [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError("--height", repr(text), f"metres, as {HEIGHTS}") from None
    if not all(math.isfinite(h) and 0.0 <= h <= 100_000.0 for h in heights):
        raise InputError("--height", repr(text), "metres from 0 to 100000")
    if len(heights) > HEIGHTS_MOST:
        raise InputError("--height", f"{len(heights)} heights", f"at most {HEIGHTS_MOST}")
    return sorted(dict.fromkeys(heights))


def _target(arguments: argparse.Namespace, loaded: Loaded) -> Target:
    if arguments.type is not None:
        if arguments.rcs_dbsm is not None or arguments.swerling is not None:
            raise InputError("--type", "--rcs-dbsm or --swerling beside it", "one or the other")
        return target_of_type(loaded, arguments.type, arguments.aspect)
    rcs_dbsm = 0.0 if arguments.rcs_dbsm is None else arguments.rcs_dbsm
    if not -80.0 <= rcs_dbsm <= 80.0:
        raise InputError("--rcs-dbsm", f"{rcs_dbsm:g}", "-80 to 80")
    return plain_target(rcs_dbsm, 1 if arguments.swerling is None else arguments.swerling)


def _figures(arguments: argparse.Namespace, made: Coverage, folder: pathlib.Path) -> dict[str, Any]:
    return {
        "scenario": str(arguments.scenario),
        "out": str(folder),
        "target": made.target,
        "probability": made.pd,
        "above": made.above,
        "sensors": [s.name for s in made.sensors if not s.why_not],
        "left_out": {s.name: s.why_not for s in made.sensors if s.why_not},
        "cells": list(made.count.shape[1:]),
        "heights": made.figures(),
    }


def _write(folder: pathlib.Path, made: Coverage, name: str, figures: dict[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draw_coverage(made, folder / "coverage.png", f"{name}: coverage")
        for file, content in (("coverage.geojson", geojson(made, name)), ("summary.json", figures)):
            text = json.dumps(console.plain(content), allow_nan=False, indent=None)
            (folder / file).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(folder), found, "a folder to write to") from None


def _show(figures: dict[str, Any], made: Coverage) -> None:
    """Print how large an area is seen at each height."""
    table = Table(box=None, pad_edge=False)
    table.add_column("height", justify="right")
    for head in ("seen, km²", "by two or more", *(f"by {name}" for name in made.groups)):
        table.add_column(head, justify="right")
    if len(made.groups) > 1:
        table.add_column("by several nations", justify="right")
    for row in figures["heights"]:
        several = row["seen_by_at_least_km2"]
        cells = [row["seen_km2"], several[1] if len(several) > 1 else 0.0]
        cells += [row["seen_by_group_km2"][name] for name in made.groups]
        cells += [row["seen_by_several_groups_km2"]] if len(made.groups) > 1 else []
        table.add_row(f"{row['height_m']:,.0f} m", *(f"{cell:,.0f}" for cell in cells))
    console.results.print(f"{len(figures['sensors'])} radars, {made.target}")
    console.results.print(table)
    if figures["left_out"]:
        reasons: dict[str, int] = {}
        for reason in figures["left_out"].values():
            reasons[reason] = reasons.get(reason, 0) + 1
        words = ", ".join(f"{count} ({reason})" for reason, count in reasons.items())
        console.results.print(f"left out: {words}")
    console.results.print(f"wrote {figures['out']}: coverage.png, coverage.geojson, summary.json")
