"""inspect: what is in this recording.

Formats are recognised by content: ASTERIX (raw, FINAL, ORADIS, GPS recorder, .rply, pcap, pcapng),
Mode S and ADS-B (AVR, hexadecimal, CSV, Beast), SBS, aircraft.json, trace_full, state vectors,
scene folders; all also as gzip.  Exit code 0: something was read; 2: nothing could be.
"""

from __future__ import annotations

import argparse
import json
import pathlib
from typing import Any

from jointsky.cli import console
from jointsky.cli.inspect_text import show
from jointsky.cli.reading import add_reading_arguments, read_options
from jointsky.errors import InputError
from jointsky.recording.read import read
from jointsky.recording.summary import summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="recordings, or scene folders")
    add_reading_arguments(parser)
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell what is in each file; return the exit code."""
    options = read_options(arguments)
    found: list[dict[str, Any]] = []
    was_read = False
    for number, name in enumerate(arguments.files):
        try:
            reading = read(name, options, arguments.format)
        except InputError as error:
            found.append({"file": name, "was_read": False, "error": str(error)})
            if len(arguments.files) == 1 and not arguments.json:
                raise
            if not arguments.json:
                console.messages.print("[bold red]error[/] ", end="")
                console.messages.print(str(error), markup=False, soft_wrap=True)
            continue
        figures = summary(reading, name, _octets(pathlib.Path(name)))
        was_read |= figures["was_read"]
        found.append(figures)
        if not arguments.json:
            if number:
                console.results.print()
            show(figures, reading)
    answer = {"files": found}
    if arguments.json:
        console.print_json(answer)
    if arguments.out:
        _write(answer, arguments.out)
    return console.OK if was_read else console.BAD_INPUT


def _octets(path: pathlib.Path) -> int:
    if path.is_dir():
        return sum(part.stat().st_size for part in path.iterdir() if part.is_file())
    return path.stat().st_size


def _write(answer: dict[str, Any], folder: pathlib.Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(console.plain(answer), indent=1, allow_nan=False)
        (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(folder), found, "a folder to write to") from None
