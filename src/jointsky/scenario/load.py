"""A scenario file and what it includes become one declared thing, or a list of all its faults."""

from __future__ import annotations

import dataclasses
import pathlib

import msgspec

from jointsky.declare import Faults
from jointsky.declare_check import checked
from jointsky.declare_include import read_joined
from jointsky.declare_words import shown
from jointsky.errors import DeclaredError, InputError, ManyInputErrors
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.resolve import resolve
from jointsky.scenario.scenario import SEEDS, Scenario

FORM = """\
name: first sky
nations:
  - name: west
sites:
  - {name: hill, nation: west, latitude_deg: 54, longitude_deg: 27, sensors: [...]}
vehicles:
  - {name: airliner, type: airliner-narrow, flight: {kind: route, waypoints: [...]}}"""
WANTED_SEED = f"a whole number from 0 to {SEEDS - 1}"
_KNOWN = frozenset(field.encode_name for field in msgspec.structs.fields(Scenario))


@dataclasses.dataclass(frozen=True)
class Examined:
    """A scenario file as it was found: what was read of it, and all that is wrong with it.

    ``loaded`` is None where nothing of a scenario could be read.
    """

    loaded: Loaded | None
    errors: list[DeclaredError]


def checked_seed(seed: int) -> int:
    """Return a seed that stands in the place of a scenario's own, if a scenario may have it.

    Raises InputError where it may not.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise InputError("seed", shown(seed), WANTED_SEED)
    return seed


def load(path: str | pathlib.Path, seed: int | None = None) -> Loaded:
    """Return the scenario in a file; raise ManyInputErrors with all that is wrong with it."""
    examined = examine(path, seed)
    if examined.errors or examined.loaded is None:
        raise ManyInputErrors(examined.errors)
    return examined.loaded


def examine(path: str | pathlib.Path, seed: int | None = None) -> Examined:
    """Return a scenario file with every fault of it, by file and line.

    ``seed`` stands in the place of the scenario's own; raises InputError where none may be that.
    """
    if seed is not None:
        checked_seed(seed)
    tree = read_joined(path)
    faults = Faults()
    if tree.content is None and tree.errors:
        return Examined(None, tree.all_errors([]))
    if not isinstance(tree.content, dict) or not _KNOWN.intersection(tree.content):
        tree.add("", f"found {_shape(tree.content)}", f"a scenario of this form:\n{FORM}")
        return Examined(None, tree.all_errors([]))
    scenario = checked(tree.content, Scenario, faults)
    loaded = Loaded(scenario, tree)
    resolve(loaded, scenario.seed if seed is None else seed, faults)
    return Examined(loaded, tree.all_errors(faults.kept))


def _shape(content: object) -> str:
    if isinstance(content, dict):
        return "nothing that a scenario has" + (f", but {next(iter(content))!r}" if content else "")
    return shown(content)
