"""track: plots of one or many recordings become tracks.

Sources that send plots relative to themselves need a place: it is taken from the recording where
it is sent (CAT034, CAT063, CAT010), else from --site or --sites.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import resource
import sys
import time
from typing import Any

import numpy as np
from rich.table import Table

from jointsky.cli import console
from jointsky.cli.reading import add_reading_arguments, read_options
from jointsky.cli.track_registration import registration_table
from jointsky.errors import InputError
from jointsky.recording import outputs, sites
from jointsky.recording.read import read_all
from jointsky.recording.register import register
from jointsky.recording.track import Tracked, prepare, track
from jointsky.records.reading import Reading

WARM_PLOTS = 300
COMPILING = "compiling (first run only)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("files", nargs="+", metavar="RECORDING", help="files, or a scene folder")
    parser.add_argument(
        "--site",
        action="append",
        default=[],
        metavar="SOURCE=LAT,LON,HEIGHT",
        help="where a source stands, degrees and metres: 0/7=41.2956,2.0951,30",
    )
    parser.add_argument("--sites", metavar="FILE", help="the same for many sources, as YAML")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="SOURCE",
        help="use plots of this source (SAC/SIC, name) or kind (radar, adsb, ...) only",
    )
    parser.add_argument(
        "--smooth",
        action="store_true",
        help="reconstruct: each state from all plots of its track, later ones included",
    )
    parser.add_argument(
        "--register",
        nargs="?",
        const="live",
        choices=("live", "whole"),
        metavar="live|whole",
        help="estimate the errors of the radars and take off what was known by then (live, as "
        "told alone), or what is known when the recording ends (whole)",
    )
    add_reading_arguments(parser)
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Track recordings, write the folder, show the figures; return the exit code."""
    folder = arguments.out or pathlib.Path("out") / pathlib.Path(arguments.files[0]).stem
    _make_folder(folder)
    places = sites.read_sites(arguments.sites) if arguments.sites else {}
    places |= dict(sites.parse_site(text) for text in arguments.site)
    where = ", ".join(arguments.files)
    started_s = time.perf_counter()
    with console.progress(arguments.quiet) as step:
        reading = read_all(arguments.files, read_options(arguments), step, arguments.format)
        reading = prepare(reading, where, places, arguments.only)
        registered = None
        if arguments.register:
            step("registering", 0.0)
            registered = register(reading, arguments.register)
            reading = registered.reading
            step("registering", 1.0)
        step(COMPILING, 0.0)
        compile_s = _warm(reading, arguments.smooth)
        step(COMPILING, 1.0)
        cpu_s = time.process_time()
        made = track(reading, None, step, arguments.smooth)
        cpu_s = time.process_time() - cpu_s
        title = " + ".join(pathlib.Path(name).name for name in arguments.files)
        outputs.write(made, folder, title, reading.date_known, step)
        outputs.write_registration(registered, folder, title)
    figures = {
        "files": arguments.files,
        "out": str(folder),
        **outputs.figures(made, reading),
        "registration": registered.figures() if registered else None,
        "seconds": time.perf_counter() - started_s,
        "cpu_s": cpu_s,
        "compile_s": compile_s,
        "plots_per_cpu_s": len(made.plots) / max(cpu_s, 1e-9),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        / (1024.0 if sys.platform != "darwin" else 1024.0**2),
    }
    text = json.dumps(console.plain(figures), indent=1, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    if arguments.json:
        console.print_json(figures)
    elif not arguments.quiet:
        _show(figures, made)
        if registered:
            console.results.print(registration_table(registered))
    return console.OK


def _make_folder(folder: pathlib.Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(folder), found, "a folder to write to") from None


def _warm(reading: Reading, smooth: bool) -> float:
    """Run the tracker over a few plots, so that compiling is not counted as tracking."""
    began_s = time.process_time()
    few = reading.plots.rows(np.arange(min(WARM_PLOTS, len(reading.plots))))
    track(
        Reading(
            format=reading.format,
            plots=few,
            tracks=reading.tracks,
            sensors=reading.sensors,
            contents=reading.contents,
        ),
        smooth=smooth,
    )
    return time.process_time() - began_s


def _show(figures: dict[str, Any], made: Tracked) -> None:
    """Print what a person wants to know first."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    used = figures["plots_used"] / max(figures["plots"], 1)
    table.add_row("time", f"{figures['begin']} to {figures['end']}")
    table.add_row(
        "plots", f"{figures['plots']:,} of {len(made.sensors)} sources, {used:.0%} found a track"
    )
    if figures["plots_refused"]:
        table.add_row("", f"{figures['plots_refused']:,} set aside (test, predicted, no place)")
    table.add_row(
        "tracks", f"{figures['tracks']:,}, {figures['tracks_with_mode_s']:,} with Mode S address"
    )
    if figures["update_interval_median_s"] is not None:
        table.add_row(
            "updates",
            f"every {figures['update_interval_median_s']:.2f} s (median), "
            f"95 % within {figures['update_interval_p95_s']:.2f} s",
        )
        error = f"{figures['position_sigma_median_m']:.0f} m, as the tracker sees it"
        if figures["smoothed"]:
            error += f"; {figures['filtered_sigma_median_m']:.0f} m before it was smoothed"
        table.add_row("error", error)
    faults = sum(figures["faults"].values())
    if faults:
        table.add_row("faults", f"{faults:,} places in the files (jointsky inspect tells more)")
    for fault in figures["first_faults"]:
        count = figures["faults"].get(fault["kind"], 1)
        table.add_row("", f"{count:,} {fault['kind']}, first at octet {fault['offset']:,}")
    table.add_row(
        "speed",
        f"{figures['plots_per_cpu_s']:,.0f} plots a second of processor time, "
        f"{figures['seconds']:.1f} s in all, {figures['peak_memory_mb']:.0f} MB",
    )
    console.results.print(table)
    for warning in figures["warnings"]:
        console.results.print(f"[bold yellow]warning[/] {warning}")
    console.results.print(f"wrote {figures['out']}: picture.png, picture.html, tracks.parquet, ...")
