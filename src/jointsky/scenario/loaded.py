"""A scenario that was read: the declared thing, and where each part of it stands."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import msgspec

from jointsky.declare_tree import Tree
from jointsky.scenario.scenario import Scenario


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A scenario with the tree that it was read from.

    In a scenario with faults, ``declare_check.BROKEN`` stands for what could not be read.
    ``kept`` holds what it was resolved to, by seed.
    """

    scenario: Scenario
    tree: Tree
    kept: dict[int, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, scenario: Scenario, folder: str | pathlib.Path = ".") -> Loaded:
        """Return a scenario that was made in Python; ``folder`` is where its files are."""
        tree = Tree(pathlib.Path(folder) / "scenario")
        tree.content = msgspec.json.decode(msgspec.json.encode(scenario))
        return cls(scenario, tree)

    def file(self, path: str, name: str) -> pathlib.Path:
        """Return the file ``name`` that the scenario says at ``path``: beside the file it is in."""
        return pathlib.Path(self.tree.mark(path).file).parent / name

    def names(self, section: str) -> dict[str, str]:
        """Return the names in a list of the file, faulty items too, with the path of each."""
        found: dict[str, str] = {}
        for at, item in listed(self.tree.content, section):
            if isinstance(item.get("name"), str):
                found.setdefault(item["name"], at)
        return found


def listed(content: Any, *sections: str, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return (path, item) of every object in a list of plain data, or in a list of its items."""
    if not sections or not isinstance(content, dict):
        return []
    items = content.get(sections[0])
    own = []
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            at = f"{path}.{sections[0]}[{number}]" if path else f"{sections[0]}[{number}]"
            own.append((at, item))
    if len(sections) == 1:
        return own
    return [pair for at, item in own for pair in listed(item, *sections[1:], path=at)]
