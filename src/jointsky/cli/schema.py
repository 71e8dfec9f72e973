"""schema: the JSON Schema of scenario files, or of those of studies or live networks, for editors.

An editor with the YAML language server completes and checks a file whose first line is
# yaml-language-server: $schema=scenario.schema.json
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from jointsky.cli import console
from jointsky.errors import InputError
from jointsky.live.load import schema as live_schema
from jointsky.scenario.schema import schema
from jointsky.study.examined import schema as study_schema

FILES = {
    "scenario.schema.json": schema,
    "part.schema.json": lambda: schema(is_part=True),
    "study.schema.json": study_schema,
    "live.schema.json": live_schema,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--part", action="store_true", help="of a file that a scenario includes: no section needed"
    )
    which.add_argument("--study", action="store_true", help="of the file of a study")
    which.add_argument("--live", action="store_true", help="of the file of a live network")
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the schema, or write all of them to a folder; return the exit code."""
    folder = arguments.out
    if folder is None:
        console.print_json(_wanted(arguments))
        return console.OK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, made in FILES.items():
            text = json.dumps(made(), indent=1, allow_nan=False) + "\n"
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(folder), found, "a folder to write to") from None
    if arguments.json:
        console.print_json({"out": str(folder), "files": list(FILES)})
    elif not arguments.quiet:
        console.results.print(f"wrote {folder}: {', '.join(FILES)}", markup=False)
    return console.OK


def _wanted(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the schema that was asked for."""
    if arguments.study:
        return study_schema()
    return live_schema() if arguments.live else schema(arguments.part)
