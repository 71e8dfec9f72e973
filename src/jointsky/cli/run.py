"""jointsky run: a scenario is simulated; every site tracks what its own sensors see.

Leaves a folder with truth, plots and tracks (Parquet), the sealed log, figures, pictures and
report.html.  It appears under its name only when it is whole; Ctrl-C keeps what was recorded in
NAME.interrupted, and --resume goes on from there.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import resource
import sys
import time
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from jointsky._jit import compile_seconds
from jointsky.cli import console
from jointsky.cli.stopping import INTERRUPTED, stopping, workers
from jointsky.errors import InputError
from jointsky.scenario.load import WANTED_SEED, checked_seed
from jointsky.sim import whole
from jointsky.sim.apart import beside_rows
from jointsky.sim.duty_report import TARGET_HEADS, is_many, summary_lines, target_rows
from jointsky.sim.duty_spans import SPAN_HEADS, span_rows
from jointsky.sim.network_report import network_lines
from jointsky.sim.report import SITE_HEADS, nation_rows, site_rows
from jointsky.sim.run import RunSettings
from jointsky.sim.ways_report import WAY_HEADS, way_rows

WAYS_WIDTH = 96
ONLY_WIDE = ("longest", "99 %")  # left out of a narrow terminal; the report has them
DUTY_SHOWN = ("who came", "tracked", "alert", "sure", "ordered", "fired", "shots", "end")
ALWAYS_SHOWN = ("who came", "tracked", "end")  # others where there is something in them
COLUMNS = (  # as they are printed, and as the report names them: 80 characters are enough
    ("site", "site"),
    ("nation", "nation"),
    ("plots", "plots"),
    ("tracks", "tracks"),
    ("view", "own view of the sky"),
    ("joint", "joint view"),
    ("held", "of that held"),
    ("false", "false track time"),
    ("error", "position error RMS"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("scenario", metavar="SCENARIO", type=pathlib.Path, help="a YAML file")
    parser.add_argument("--seed", type=_seed, metavar="N", help="in place of the scenario's own")
    parser.add_argument(
        "--workers", type=workers, metavar="N", help="threads (default: one for each core)"
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="also share the same plots in every way, and not at all; takes several times as long",
    )
    left = parser.add_mutually_exclusive_group()
    left.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    left.add_argument("--fresh", action="store_true", help="throw away what one recorded")
    console.add_common(parser)


def _seed(text: str) -> int:
    try:
        return checked_seed(int(text))
    except (ValueError, InputError):  # no number, too large a one, or one of thousands of digits
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        raise argparse.ArgumentTypeError(f"{shown!r}; wanted {WANTED_SEED}") from None


def run(arguments: argparse.Namespace) -> int:
    """Simulate, write the folder, show the figures; return the exit code."""
    settings = RunSettings(workers=arguments.workers or os.cpu_count() or 1)
    started_s, cpu_s = time.perf_counter(), time.process_time()
    with console.progress(arguments.quiet) as step, stopping() as should_stop:
        made = whole.run(
            arguments.scenario,
            arguments.out,
            arguments.seed,
            settings,
            arguments.resume,
            arguments.fresh,
            arguments.compare,
            step,
            should_stop,
        )
    told = made.figures | {
        "out": made.folder,
        "seconds": time.perf_counter() - started_s,
        "cpu_s": time.process_time() - cpu_s,
        "compile_s": compile_seconds(),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        / (1024.0 if sys.platform != "darwin" else 1024.0**2),
    }
    if arguments.json:
        console.print_json(told)
    elif not arguments.quiet:
        _show(told)
    if not made.is_whole:
        reached_s, wanted_s = (told[name] - told["begin_s"] for name in ("end_s", "planned_end_s"))
        console.messages.print(
            f"interrupted at {reached_s / 60.0:.1f} of {wanted_s / 60.0:.1f} min; kept in "
            f"{made.folder}; the same command with --resume goes on",
            soft_wrap=True,
        )
        return INTERRUPTED
    return console.OK


def _show(told: dict[str, Any]) -> None:
    """Print what a person wants to know first."""
    vehicles = ", ".join(f"{count:,} {name}" for name, count in told["vehicles"].items())
    console.results.print(
        f"[bold]{told['scenario']}[/], seed {told['seed']}: {vehicles}; {told['plots']:,} plots "
        f"({told['false_plots']:,} false), {told['reports']:,} reports of people",
        soft_wrap=True,
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for k, (name, _) in enumerate(COLUMNS):
        table.add_column(name, justify="left" if k < 2 else "right")
    for row in site_rows(told):
        by_head = dict(zip(SITE_HEADS, row, strict=True))
        table.add_row(*(by_head[head] for _, head in COLUMNS))
    console.results.print(table)
    shares = "; ".join(f"{name} {share}" for name, _, share in nation_rows(told))
    console.results.print(f"sky in view: {shares}", soft_wrap=True)
    if "duty" in told:
        _show_duty(told["duty"])
    for line in network_lines(told):
        console.results.print(line, soft_wrap=True)
    if "ways" in told:
        _show_ways(told["ways"])
    console.results.print(
        f"{told['seconds']:.1f} s in all, {told['cpu_s']:.1f} s of processor time of which "
        f"{told['compile_s']:.1f} s compiling, {told['peak_memory_mb']:.0f} MB",
        soft_wrap=True,
    )
    console.results.print(f"wrote {told['out']}: report.html, picture.png, *.parquet, log.jsonl")


def _show_duty(duty: dict[str, Any]) -> None:
    """Print who came and what became of it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    if is_many(duty):
        for k, head in enumerate(SPAN_HEADS):
            table.add_column(head, justify="left" if k == len(SPAN_HEADS) - 1 else "right")
        for row in span_rows(duty["spans"]):
            table.add_row(*row)
    else:
        rows = target_rows(duty)
        shown = [
            k
            for k, head in enumerate(TARGET_HEADS)
            if head in ALWAYS_SHOWN
            or (head in DUTY_SHOWN and any(row[k] not in {"-", "0"} for row in rows))
        ]
        for k in shown:
            is_words = TARGET_HEADS[k] in {"who came", "end"}
            table.add_column(
                TARGET_HEADS[k], justify="left" if is_words else "right", no_wrap=k == 0
            )
        for row in rows:
            table.add_row(*(row[k] for k in shown))
    console.results.print(table)
    for line in summary_lines(duty):
        console.results.print(line, soft_wrap=True)
    if "apart" in duty:
        beside = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for k, head in enumerate(("", "together", "each for itself")):
            beside.add_column(head, justify="right" if k else "left")
        for row in beside_rows(duty):
            beside.add_row(*row)
        console.results.print(beside)


def _show_ways(ways: list[dict[str, Any]]) -> None:
    """Print the ways to share side by side."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    is_wide = console.results.width >= WAYS_WIDTH
    shown = [k for k, head in enumerate(WAY_HEADS) if is_wide or head not in ONLY_WIDE]
    for k in shown:
        table.add_column(WAY_HEADS[k], justify="left" if k < 2 else "right", no_wrap=k < 2)
    for row in way_rows(ways):
        table.add_row(*(Text(row[k], no_wrap=True) for k in shown))
    console.results.print(table)
