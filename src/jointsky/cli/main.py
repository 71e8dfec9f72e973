"""``jointsky COMMAND ...``: finds the command, runs it, turns errors into words and exit codes."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterable

from jointsky.cli import console
from jointsky.errors import JointskyError

COMMANDS = {
    "inspect": "what is in this recording",
    "track": "plots of one or many recordings become tracks",
    "score": "how good tracks are, against truth, another system's tracks or ADS-B",
    "coverage": "what the radars of a scenario see, as a map for each height",
    "systems": "the catalogue: types of vehicles, sensors and batteries, and their sources",
    "live": "one site on the wall clock: feeds and links become the shared picture",
    "run": "a scenario is simulated: truth, plots, every site's tracks, a report",
    "study": "many runs of a scenario: effects of what is varied, with intervals",
    "replay": "the log of a run: told as a story, its seals and its end checked",
    "check": "every fault of a scenario or a study in one go, or what is in it",
    "schema": "the JSON Schema of scenario files and studies, for editors",
}


def parser(commands: Iterable[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """Return the parser, with the options of ``commands``: only what is asked for is imported."""
    top = argparse.ArgumentParser(
        prog="jointsky",
        description="Two nations, one sky: recordings and simulated sensors become an air picture.",
        epilog="jointsky COMMAND --help tells the options of a command.",
    )
    choices = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        sub = choices.add_parser(name, help=summary)
        if name in commands:
            module = importlib.import_module(f"jointsky.cli.{name}")
            sub.description = module.__doc__
            sub.formatter_class = argparse.RawDescriptionHelpFormatter
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad input."""
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(words[:1]).parse_args(words)
    try:
        return int(arguments.run(arguments))
    except JointskyError as error:
        console.messages.print("[bold red]error[/] ", end="")
        console.messages.print(str(error), markup=False, soft_wrap=True)
        return console.BAD_INPUT
