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
from jointsky.pictures.inspect import draw_reading
from jointsky.recording.read import read
from jointsky.recording.summary import summary
from jointsky.records.reading import Reading


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="recordings, or scene folders")
    add_reading_arguments(parser)
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell what is in each file; return the exit code."""
    options = read_options(arguments)
    found: list[dict[str, Any]] = []
    readings: dict[str, Reading] = {}
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
        if figures["was_read"]:
            readings[name] = reading
        found.append(figures)
        if not arguments.json:
            if number:
                console.results.print()
            show(figures, reading)
    answer = {"files": found}
    if arguments.json:
        console.print_json(answer)
    if arguments.out:
        _write(answer, readings, arguments.out)
    return console.OK if readings else console.BAD_INPUT


def _octets(path: pathlib.Path) -> int:
    if path.is_dir():
        return sum(part.stat().st_size for part in path.iterdir() if part.is_file())
    return path.stat().st_size


def _write(answer: dict[str, Any], readings: dict[str, Reading], folder: pathlib.Path) -> None:
    """Write the figures of all files and a picture of each that was read."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(console.plain(answer), indent=1, allow_nan=False)
        (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
        for number, (name, reading) in enumerate(readings.items(), 1):
            stem = pathlib.Path(name).stem
            picture = f"{stem}.png" if len(readings) == 1 else f"{number}-{stem}.png"
            draw_reading(reading, folder / picture)
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(folder), found, "a folder to write to") from None
