"""Arguments of every command that reads recordings: what a person knows and the octets do not."""

from __future__ import annotations

import argparse
import datetime
import math

from jointsky.errors import InputError
from jointsky.formats.options import ReadOptions
from jointsky.recording.sniff import FORMATS


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options with which a recording is read."""
    parser.add_argument(
        "--edition",
        action="append",
        default=[],
        metavar="CAT=EDITION",
        help="edition of a category, as 021=0.23, 0/107:021=0.23 or 'port 4001:021=0.23'",
    )
    parser.add_argument(
        "--date", metavar="YYYY-MM-DD", help="UTC date of the first message, where it has none"
    )
    parser.add_argument(
        "--frame-spacing",
        type=float,
        metavar="SECONDS",
        help="time between two Mode S frames of a file without time stamps (AVR)",
    )
    parser.add_argument("--format", metavar="NAME", help="do not guess: " + ", ".join(FORMATS))


def read_options(arguments: argparse.Namespace) -> ReadOptions:
    """Return the reader's options that the arguments give."""
    spacing_s = arguments.frame_spacing
    if spacing_s is not None and not 0 < spacing_s < math.inf:
        raise InputError("--frame-spacing", repr(spacing_s), "seconds, more than 0")
    return ReadOptions(
        date=_date(arguments.date),
        editions=_editions(arguments.edition),
        frame_spacing_s=spacing_s,
    )


def _date(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError("--date", repr(text), "a date as 2016-05-10") from None


def _editions(texts: list[str]) -> dict[str, str]:
    editions = {}
    for text in texts:
        category, _, edition = text.partition("=")
        if not category or not edition:
            raise InputError("--edition", repr(text), "a category and an edition, as 021=0.23")
        editions[category.strip()] = edition.strip()
    return editions
