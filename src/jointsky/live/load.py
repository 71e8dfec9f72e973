"""A configuration file becomes a live network that one of its sites can run, or all its faults."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import msgspec

from jointsky import declare
from jointsky.declare import Faults
from jointsky.declare_check import checked
from jointsky.declare_include import INCLUDE, read_joined
from jointsky.declare_words import shown
from jointsky.errors import DeclaredError, InputError, ManyInputErrors, did_you_mean
from jointsky.live.checks import check
from jointsky.live.declared import LiveConfig

FORM = """\
network: border
nations: [{name: north}, {name: south}]
sites:
  - {name: hill, nation: north, listen: [tcp/192.0.2.7:7447], sensors: [...], feeds: [...]}
  - {name: shore, nation: south, sensors: [...], feeds: [...]}
links: [{name: cable, ends: [hill, shore]}]"""
_KNOWN = frozenset(field.encode_name for field in msgspec.structs.fields(LiveConfig))


@dataclasses.dataclass(frozen=True)
class Examined:
    """A configuration file as it was found; ``config`` is None where none could be read."""

    config: LiveConfig | None
    errors: list[DeclaredError]


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A configuration without faults, and the folder that its paths are relative to."""

    config: LiveConfig
    folder: pathlib.Path

    def path(self, text: str, site: str) -> pathlib.Path:
        """Return a declared path of a site as one of this machine."""
        return self.folder / text.replace("{site}", site)

    def site(self, name: str | None) -> int:
        """Return the row of the site to run; ``name`` may be None where there is only one."""
        names = [site.name for site in self.config.sites]
        if name is None and len(names) == 1:
            return 0
        if name in names:
            return names.index(name)
        found = "no site is named" if name is None else f"there is no site {name!r}"
        hint = did_you_mean(name, names) if name else ""
        raise InputError("--site", found, f"one of {', '.join(names)}", hint)


def load(path: str | pathlib.Path) -> Loaded:
    """Return the configuration in a file; raise ManyInputErrors with all that is wrong with it."""
    examined = examine(path)
    if examined.errors or examined.config is None:
        raise ManyInputErrors(examined.errors)
    return Loaded(examined.config, pathlib.Path(path).parent)


def examine(path: str | pathlib.Path) -> Examined:
    """Return a configuration file with every fault of it, by file and line."""
    tree = read_joined(path)
    faults = Faults()
    if tree.content is None and tree.errors:
        return Examined(None, tree.all_errors([]))
    if not isinstance(tree.content, dict) or not _KNOWN.intersection(tree.content):
        tree.add("", f"found {shown(tree.content)}", f"a configuration of this form:\n{FORM}")
        return Examined(None, tree.all_errors([]))
    config = checked(tree.content, LiveConfig, faults)
    if not faults.kept and not tree.errors:
        check(config, faults)
    return Examined(config, tree.all_errors(faults.kept))


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the file of a live network, for editors."""
    made = declare.schema(LiveConfig)
    path = {"type": "string", "minLength": 1, "description": "Path from this file"}
    made["$defs"]["LiveConfig"]["properties"][INCLUDE] = {
        "description": "Files whose sections belong to this one too",
        "anyOf": [path, {"type": "array", "items": path}],
    }
    made["title"] = "jointsky live network"
    return made


def is_configuration(path: str | pathlib.Path) -> bool:
    """Return whether a YAML file says what only a configuration of a live network says."""
    content = read_joined(path).content
    return isinstance(content, dict) and "network" in content
