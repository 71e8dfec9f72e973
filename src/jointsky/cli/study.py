"""jointsky study: many runs of a scenario say what its factors do, with intervals.

All points of a study see the same skies, sky after sky, until the intervals are as narrow as was
wanted.  Leaves study.json, the runs as Parquet and CSV, pictures and report.html in a folder.
Ctrl-C or a kill keeps what was answered, and --resume goes on from there to the same end.
"""

from __future__ import annotations

import argparse
import pathlib
import time

from rich import box
from rich.table import Table

from jointsky._jit import has_kernels
from jointsky.cli import console
from jointsky.cli.stopping import INTERRUPTED, stopping, workers
from jointsky.study.running import Ended, run_study
from jointsky.study.summary import plain
from jointsky.study.words import headline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("study", metavar="STUDY", type=pathlib.Path, help="a YAML file")
    parser.add_argument(
        "--workers", type=workers, metavar="N", help="processes (default: one for each core)"
    )
    parser.add_argument(
        "--ray", metavar="ADDRESS", help="a Ray cluster: `auto`, `local` or HOST:PORT"
    )
    left = parser.add_mutually_exclusive_group()
    left.add_argument("--resume", action="store_true", help="go on with a study that did not end")
    left.add_argument("--fresh", action="store_true", help="throw away what one answered")
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the study, show what it found; return the exit code."""
    begun_s = time.perf_counter()
    first = "" if has_kernels() else "kernels compile first: minutes, only once"
    with console.counting(arguments.quiet, "runs", first) as tells, stopping() as should_stop:
        ended = run_study(
            arguments.study,
            arguments.out,
            arguments.workers,
            arguments.resume,
            arguments.fresh,
            tells,
            should_stop,
            arguments.ray,
        )
    seconds = time.perf_counter() - begun_s
    if arguments.json:
        more = {"out": str(ended.folder), "is_whole": ended.is_whole, "seconds": seconds}
        console.print_json(plain(ended.summary) | more)
    elif not arguments.quiet:
        _show(ended, seconds)
    if not ended.is_whole:
        console.messages.print(
            f"interrupted after {ended.summary.skies:,} skies; kept in {ended.folder}; the same "
            "command with --resume goes on",
            soft_wrap=True,
        )
        return INTERRUPTED
    return console.OK


def _show(ended: Ended, seconds: float) -> None:
    """Print what a person wants to know first."""
    told = ended.summary
    runs = told.runs
    console.results.print(
        f"[bold]{told.study.name}[/]: {len(told.points):,} points, {told.skies:,} skies, "
        f"{runs:,} runs, {len(told.faults):,} failed",
        soft_wrap=True,
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("response", "runs", "enough", "about how many more"):
        table.add_column(head, justify="left" if head == "response" else "right")
    for response in told.study.responses:
        looks = [one.look for one in told.of(response.name) if one.look is not None]
        more = max((look.more_runs for look in looks), default=0)
        fewest = min(one.runs for one in told.of(response.name))
        is_enough = "-" if not looks else "yes" if more == 0 else "no"
        table.add_row(response.name, f"{fewest:,}", is_enough, f"{more:,}" if looks else "-")
    console.results.print(table)
    for line in headline(told):
        console.results.print(line, markup=False, soft_wrap=True)
    rate = runs / max(seconds, 1e-9) * 3600.0
    console.results.print(f"{seconds:,.1f} s, {rate:,.0f} runs an hour")
    if ended.is_whole:
        console.results.print(f"wrote {ended.folder}: report.html, pictures, runs.parquet")
