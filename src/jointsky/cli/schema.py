"""schema: the JSON Schema of scenario files, for editors.

An editor with the YAML language server completes and checks a file whose first line is
# yaml-language-server: $schema=scenario.schema.json
"""

from __future__ import annotations

import argparse
import json

from jointsky.cli import console
from jointsky.errors import InputError
from jointsky.scenario.schema import schema

FILES = {"scenario.schema.json": False, "part.schema.json": True}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "--part", action="store_true", help="of a file that a scenario includes: no section needed"
    )
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the schema, or write both of them to a folder; return the exit code."""
    folder = arguments.out
    if folder is None:
        console.print_json(schema(arguments.part))
        return console.OK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, is_part in FILES.items():
            text = json.dumps(schema(is_part), indent=1, allow_nan=False) + "\n"
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(folder), found, "a folder to write to") from None
    if arguments.json:
        console.print_json({"out": str(folder), "files": list(FILES)})
    elif not arguments.quiet:
        console.results.print(f"wrote {folder}: {', '.join(FILES)}", markup=False)
    return console.OK
