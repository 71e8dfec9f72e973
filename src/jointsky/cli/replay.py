"""Replay the log of a run: whether it is whole, unaltered, and follows from what it tells.

    jointsky replay out/demo --verify

checks every seal (an altered, lost, added or moved entry is named), then has the decisions and the
batteries go through once more from the log alone and compares every shot.
"""

from __future__ import annotations

import argparse
import pathlib
from typing import Any

import msgspec

from jointsky.cli import console
from jointsky.errors import InputError
from jointsky.records.decisions import is_unit
from jointsky.records.log import Entry
from jointsky.sim.duty import ENGAGE, UNIT, UNITS
from jointsky.sim.replaying import Replayed, replayed
from jointsky.store.log import read_log

_QUIET = {ENGAGE, UNITS, "refused"}
_SHOWN = (
    *("of", "label", "target", "zone", "identity", "unit", "rule", "place", "concurs", "mode"),
    *("what", "to", "weapon", "shots", "state", "reason", "why", "link", "words"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "folder", metavar="RUN", type=pathlib.Path, help="folder of a run, or its log.jsonl"
    )
    parser.add_argument(
        "--verify", action="store_true", help="only check the seals and what follows from the log"
    )
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Replay; return 0 if all follows, 1 if not."""
    path = arguments.folder / "log.jsonl" if arguments.folder.is_dir() else arguments.run
    if not path.is_file():
        raise InputError(str(arguments.folder), "no log.jsonl", "the folder of a run")
    entries = read_log(path)
    found = replayed(entries, str(path))
    seal = entries[-1].seal if entries else ""
    told = msgspec.to_builtins(found) | {"log": str(path), "seal": seal}
    if arguments.json:
        console.print_json(told)
    elif not arguments.quiet:
        if not arguments.verify:
            _show_story(entries)
        _show(found, seal)
    return console.FAILED if found.differences else console.OK


def _show(found: Replayed, seal: str) -> None:
    """Print what was checked and what came of it."""
    console.results.print(f"{found.entries:,} entries, every seal fits; the last is {seal}")
    console.results.print(
        f"replayed: {found.decisions:,} decisions, {found.orders:,} orders, "
        f"{found.engagements:,} engagements, {found.shots:,} shots, {len(found.stopped):,} stopped"
    )
    for difference in found.differences:
        console.messages.print(difference, markup=False, soft_wrap=True)
    if not found.differences:
        console.results.print("the same end, to the bit")


def _show_story(entries: list[Entry]) -> None:
    """Print what was decided and done, in order of time."""
    begin_s = entries[0].time_s if entries else 0.0
    for entry in entries:
        line = _line(entry)
        if line:
            time_s = entry.time_s - begin_s
            clock = f"{int(time_s) // 60:3d}:{time_s % 60:04.1f}"
            console.results.print(f"{clock}  {entry.site:14s} {line}", markup=False, soft_wrap=True)


def _line(entry: Entry) -> str:
    """Return what people want to read of an entry; empty: nothing."""
    facts: dict[str, Any] = entry.facts
    if entry.kind in _QUIET or entry.kind.startswith(("track-", "peer-", "sensor-")):
        return ""
    if entry.kind == UNIT:
        shots = f", {facts['shots']} shots" if facts.get("shots") else ""
        return f"{facts['unit']}: {facts['state']}{shots} ({facts.get('vehicle', 'nothing')})"
    if is_unit(facts.get("target", 0)):  # it stands for the unit, which is named too
        facts = {name: value for name, value in facts.items() if name != "target"}
    told = [f"{name} {facts[name]}" for name in _SHOWN if facts.get(name) not in (None, "")]
    return f"{entry.kind}: " + ", ".join(told) if told else entry.kind
