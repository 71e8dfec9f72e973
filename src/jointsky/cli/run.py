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
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.table import Table

from jointsky._jit import compile_seconds
from jointsky.cli import console
from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.sim import outputs
from jointsky.sim.folder import RunFolder
from jointsky.sim.report import SITE_HEADS, nation_rows, site_rows
from jointsky.sim.run import RunSettings, simulate

INTERRUPTED = 130
BUILDING = "building (first run compiles)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("scenario", metavar="SCENARIO", type=pathlib.Path, help="a YAML file")
    parser.add_argument("--seed", type=int, metavar="N", help="in place of the scenario's own")
    parser.add_argument(
        "--workers", type=_workers, metavar="N", help="threads (default: one for each core)"
    )
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    console.add_common(parser)


def _workers(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} workers; at least 1")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Simulate, write the folder, show the figures; return the exit code."""
    workers = arguments.workers or os.cpu_count() or 1
    started_s, cpu_s = time.perf_counter(), time.process_time()
    with console.progress(arguments.quiet) as step, _stopping() as should_stop:
        step(BUILDING, 0.0)
        built = build(load(arguments.scenario, arguments.seed), arguments.seed)
        step(BUILDING, 1.0)
        final = arguments.out or pathlib.Path("out") / f"{arguments.scenario.stem}-{built.seed}"
        folder = RunFolder(final)
        done = folder.begin(built, arguments.resume)
        outcome = simulate(built, folder, RunSettings(workers=workers), done, step, should_stop)
        figures = outputs.write(outcome, folder.work, step)
        if outcome.is_whole:
            folder.finish()
        else:
            folder.interrupt()
    place = folder.final if outcome.is_whole else folder.stopped
    told = figures | {
        "out": str(place),
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
    if not outcome.is_whole:
        minutes = (outcome.end_s - built.begin_s) / 60.0
        console.messages.print(
            f"interrupted at {minutes:.1f} of {(built.end_s - built.begin_s) / 60.0:.1f} min; kept "
            f"in {place}; the same command with --resume goes on",
            soft_wrap=True,
        )
        return INTERRUPTED
    return console.OK


@contextmanager
def _stopping() -> Iterator[Any]:
    """Yield what tells whether the run should stop: after Ctrl-C or SIGTERM; a second one ends."""
    asked: list[int] = []

    def ask(number: int, _frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(told: dict[str, Any]) -> None:
    """Print what a person wants to know first."""
    vehicles = ", ".join(f"{count:,} {name}" for name, count in told["vehicles"].items())
    console.results.print(
        f"[bold]{told['scenario']}[/], seed {told['seed']}: {vehicles}; {told['plots']:,} plots "
        f"({told['false_plots']:,} false), {told['reports']:,} reports of people",
        soft_wrap=True,
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for k, name in enumerate(SITE_HEADS):
        table.add_column(name, justify="left" if k < 2 else "right", overflow="fold")
    for row in site_rows(told):
        table.add_row(*row)
    console.results.print(table)
    shares = "; ".join(f"{name} {share}" for name, _, share in nation_rows(told))
    console.results.print(f"sky in view: {shares}", soft_wrap=True)
    console.results.print(
        f"{told['seconds']:.1f} s in all, {told['cpu_s']:.1f} s of processor time of which "
        f"{told['compile_s']:.1f} s compiling, {told['peak_memory_mb']:.0f} MB",
        soft_wrap=True,
    )
    console.results.print(f"wrote {told['out']}: report.html, picture.png, *.parquet, log.jsonl")
