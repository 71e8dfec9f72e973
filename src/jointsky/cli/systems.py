"""jointsky systems: the catalogue of types that scenarios are made of.

Without NAME, all of them in tables.  With NAME, every figure of one: value, unit, where it comes
from, whether it was read there, recalled from memory or is an estimate, and what other sources say.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

import msgspec
from rich.table import Table
from rich.text import Text

from jointsky.cli import console
from jointsky.cli.systems_text import COLUMNS, aligned, cell, row, value_text
from jointsky.errors import InputError, did_you_mean
from jointsky.scenario.sources import Figure, Reference, Source
from jointsky.scenario.systems import KINDS, Catalogue, System, catalogue
from jointsky.units import unit_of

BASES = {"read": "green", "recalled": "yellow", "estimate": "magenta"}
SHORT = ("read", "rec.", "est.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="the one system to show whole")
    parser.add_argument("--kind", choices=KINDS, help="only systems of this kind")
    console.add_common(parser, out=False)


def run(arguments: argparse.Namespace) -> int:
    """Show the catalogue or one system of it; return the exit code."""
    known = catalogue()
    if arguments.name is None:
        chosen = [it for it in known.systems.values() if arguments.kind in (None, it.kind)]
        if arguments.json:
            console.print_json({"systems": [_short(known, it) for it in chosen]})
        else:
            _show_all(known, chosen)
        return console.OK
    if arguments.name not in known.systems:
        hint = did_you_mean(arguments.name, known.systems)
        hint = hint or "`jointsky systems` lists them"
        raise InputError("NAME", f"no system {arguments.name!r}", "one of the catalogue", hint)
    system = known.systems[arguments.name]
    if arguments.kind not in (None, system.kind):
        found = f"{system.name!r} is a {system.kind}"
        raise InputError("--kind", found, f"a {arguments.kind}")
    figures = known.figures(system.name)
    if arguments.json:
        console.print_json(_whole(known, system, figures))
    else:
        _show_one(system, figures)
    return console.OK


def _short(known: Catalogue, system: System) -> dict[str, Any]:
    """Return what the list says of one system."""
    bases = _counted(known.figures(system.name))
    short = {"name": system.name, "kind": system.kind, "title": system.title}
    return {**short, "summary": system.summary, "figures": dict(bases)}


def _counted(figures: list[Figure]) -> Counter[str]:
    """Return how many numbers of an entry were read, recalled or estimated."""
    numbers = [figure for figure in figures if figure.is_number]
    return Counter(figure.source.basis for figure in numbers if figure.source)


def _whole(known: Catalogue, system: System, figures: list[Figure]) -> dict[str, Any]:
    """Return all that is known of one system."""
    told = [
        {
            "path": figure.path,
            "value": figure.value,
            "unit": unit_of(figure.path),
            "is_default": figure.is_default,
            "source": None if figure.source is None else msgspec.to_builtins(figure.source),
        }
        for figure in figures
    ]
    whole = {**_short(known, system), "notes": list(system.notes)}
    return {**whole, "figures": msgspec.to_builtins(told)}


def _show_all(known: Catalogue, chosen: list[System]) -> None:
    """Print a table for each kind."""
    for kind in KINDS:
        of_kind = [system for system in chosen if system.kind == kind]
        if not of_kind:
            continue
        rows = [(kind, *COLUMNS[kind], *SHORT, "")]
        for system in of_kind:
            bases = _counted(known.figures(system.name))
            counts = [str(bases[basis] or "") for basis in BASES]
            rows.append((system.name, *row(system), *counts, system.title))
        for number, line in enumerate(aligned(rows)):
            text = Text(line, style="" if number else "bold")
            if console.results.is_terminal:
                text.truncate(console.results.width, overflow="ellipsis")
            console.results.print(text, soft_wrap=True)
        console.results.print()
    said = "read, rec., est.: how many figures were read in a public source, recalled, estimated."
    console.results.print(said)
    console.results.print("jointsky systems NAME shows one with all its figures and sources.")


def _show_one(system: System, figures: list[Figure]) -> None:
    """Print one system with figures and sources."""
    out = console.results.print
    out(Text.assemble((system.name, "bold"), f"  {system.kind}"))
    for text in (system.title, system.summary, *system.notes):
        if text:
            out(Text(text))
    sources: list[Source] = []
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("figure", no_wrap=True)
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("source")
    for figure in figures:
        if figure.value in (None, ()) or figure.path in ("name", "title"):
            continue
        mark = Text("default" if figure.is_default else "", style="dim")
        if figure.source is not None:
            if figure.source not in sources:
                sources.append(figure.source)
            number = sources.index(figure.source) + 1
            mark = Text(f"{figure.source.basis} [{number}]", style=BASES[figure.source.basis])
        style = "dim" if figure.is_default else ""
        shown = Text(value_text(figure.value), style=style)
        table.add_row(Text(figure.path, style=style), shown, cell(figure), mark)
    out(table)
    for number, source in enumerate(sources, 1):
        _show_source(number, source)


def _show_source(number: int, source: Source) -> None:
    """Print where some of the figures come from."""
    text = Text(f"[{number}] ")
    text.append(source.basis, style=BASES[source.basis])
    if source.basis == "recalled":
        text.append(" (check before use)")
    if source.approximate:
        text.append(", approximate")
    if isinstance(source.reference, Reference):
        text.append(f": {source.reference.words}")
    console.results.print(text)
    if source.note:
        console.results.print(Text(f"    {source.note}"))
    if source.conflict:
        console.results.print(Text.assemble("    ", ("conflict", "red"), f": {source.conflict}"))
    for other in source.also:
        if isinstance(other, Reference):
            console.results.print(Text(f"    see {other.words}"))
