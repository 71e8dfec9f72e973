"""live: one site's node on the wall clock, its feeds, its links to the other sites.

jointsky live CONFIG --site NAME runs the node of a site until Ctrl-C or SIGTERM.  The same file
serves every site.  jointsky live --demo needs no file: two nations' nodes on this machine, fed by
a recorded sky.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import pathlib
import sys
from typing import Any

from rich.live import Live

from jointsky.cli import console, live_demo
from jointsky.cli.live_table import table
from jointsky.errors import InputError
from jointsky.live.host import Host
from jointsky.live.load import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("config", nargs="?", type=pathlib.Path, metavar="CONFIG", help="YAML file")
    parser.add_argument("--site", metavar="NAME", help="which of its sites this is")
    parser.add_argument(
        "--seconds", type=_seconds, metavar="N", help="end after so long; without it: when stopped"
    )
    parser.add_argument(
        "--demo", action="store_true", help="two nations' nodes on this machine, no file needed"
    )
    parser.add_argument(
        "--speed",
        type=_seconds,
        default=1.0,
        metavar="N",
        help="with --demo: so much faster than it happened",
    )
    console.add_common(parser)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text}: a number above 0")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Run a node, or the demonstration; return the exit code."""
    if arguments.demo:
        if arguments.config is not None or arguments.site is not None:
            raise InputError("--demo", "a configuration as well", "one of the two")
        return live_demo.run(arguments)
    if arguments.config is None:
        raise InputError("jointsky live", "no configuration", "CONFIG, or --demo")
    loaded = load(arguments.config)
    row = loaded.site(arguments.site)
    show = _Show(arguments.json, arguments.quiet)
    with show:
        is_well = asyncio.run(Host(loaded, row, show.status).run(arguments.seconds))
    return console.OK if is_well else console.FAILED


class _Show:
    """Shows the status: lines of JSON, a table that is drawn again and again, or nothing."""

    def __init__(self, as_json: bool, is_quiet: bool) -> None:
        self._as_json = as_json
        self._live: Live | None = None
        if not as_json and not is_quiet:
            self._live = Live(console=console.messages, auto_refresh=False)

    def __enter__(self) -> _Show:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def status(self, told: dict[str, Any]) -> None:
        """Show a status."""
        if self._as_json:
            sys.stdout.write(json.dumps(console.plain(told), allow_nan=False) + "\n")
            sys.stdout.flush()
        elif self._live is not None:
            self._live.update(table([told]), refresh=True)
