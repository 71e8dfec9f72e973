"""``jointsky COMMAND ...``: finds the command, runs it, turns errors into words and exit codes."""

from __future__ import annotations

import argparse

from jointsky.cli import console, inspect, score, track
from jointsky.errors import JointskyError

COMMANDS = {"inspect": inspect, "track": track, "score": score}


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="jointsky",
        description="Recordings of many sensors become one air picture.",
        epilog="jointsky COMMAND --help tells the options of a command.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").strip().splitlines()[0].split(": ", 1)[-1]
        sub = commands.add_parser(name, help=summary, description=module.__doc__)
        sub.formatter_class = argparse.RawDescriptionHelpFormatter
        module.add_arguments(sub)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad input."""
    arguments = parser().parse_args(argv)
    try:
        return int(COMMANDS[arguments.command].run(arguments))
    except JointskyError as error:
        console.messages.print("[bold red]error[/] ", end="")
        console.messages.print(str(error), markup=False, soft_wrap=True)
        return console.BAD_INPUT
