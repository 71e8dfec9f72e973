"""What all commands share: results to standard output, all else to standard error, exit codes."""

from __future__ import annotations

import argparse
import datetime
import json
import math
import pathlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

OK, FAILED, BAD_INPUT = 0, 1, 2


class Results(Console):
    """Standard output; where its reader has gone, the program hears of it and ends quietly."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise what was caught, where rich would end the program with an exit code of its own."""
        raise BrokenPipeError


messages = Console(stderr=True, highlight=False)
results = Results(highlight=False)


def add_common(parser: argparse.ArgumentParser, out: bool = True) -> None:
    """Add the options that every command has."""
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument("--quiet", action="store_true", help="no progress and no messages")
    if out:
        parser.add_argument("--out", type=pathlib.Path, metavar="DIR", help="folder to write to")


def print_json(value: dict[str, Any]) -> None:
    """Print the one JSON object of a command; NaN and infinity become null."""
    sys.stdout.write(json.dumps(plain(value), indent=1, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


Step = Callable[[str, float], None]
"""Tell progress: what is being done, and which share of it is done (0 to 1)."""


@contextmanager
def counting(quiet: bool, what: str, until_first: str = "") -> Iterator[Callable[[int, int], None]]:
    """Show how many of how many there are, how many an hour come, and how long it will take.

    Begins to show when it is told of the first time, with ``until_first`` beside it until there
    are more.  Rate and time left come of the whole time since there first were: neither what was
    there before nor what it takes to begin counts.
    """
    if quiet:
        yield lambda _done, _expected: None
        return
    columns = [
        TextColumn("{task.completed:,.0f} of about {task.total:,.0f} " + what),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    ]
    with Progress(*columns, console=messages) as bars:
        task = bars.add_task(what, total=None, rate="", left="", start=True, visible=False)
        told: list[tuple[int, float]] = []

        def tell(done: int, expected: int) -> None:
            now_s = bars.get_time()
            if len(told) < 2:
                told.append((done, now_s))
            since, took_s = done - told[-1][0], now_s - told[-1][1]
            rate, left = until_first if len(told) < 2 else "", ""
            if since > 0 and took_s > 0.0:
                rate = f"{3600.0 * since / took_s:,.0f} an hour"
                left_s = round(max(expected - done, 0) * took_s / since)
                left = f"about {datetime.timedelta(seconds=left_s)} left"
            bars.update(task, completed=done, total=expected, rate=rate, left=left, visible=True)

        yield tell


@contextmanager
def progress(quiet: bool) -> Iterator[Step]:
    """Show a bar for each step on standard error, where that is a terminal or was asked for."""
    if quiet:
        yield lambda _what, _share: None
        return
    columns = [TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=messages) as bars:
        tasks: dict[str, Any] = {}

        def step(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=1.0)
            bars.update(tasks[what], completed=min(share, 1.0))

        yield step
