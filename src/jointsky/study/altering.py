"""A value at a path of a scenario is exchanged for another, before the scenario is checked."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from jointsky.declare import Faults
from jointsky.declare_check import checked
from jointsky.declare_include import read_joined
from jointsky.errors import InputError, ManyInputErrors, did_you_mean
from jointsky.scenario.load import examine
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.resolve import resolve
from jointsky.scenario.scenario import Scenario

_STEP = re.compile(r"([^.\[\]]+)|\[([^\[\]]*)\]")


class Alterable:
    """A scenario's file, read once, with other values in it as often as wanted."""

    def __init__(self, path: Any) -> None:
        self.path = path
        examined = examine(path)
        if examined.errors:
            raise ManyInputErrors(examined.errors)
        self._tree = read_joined(path)

    def with_values(self, values: Mapping[str, Any], where: str = "") -> Loaded:
        """Return the scenario with values by path; None takes away what is there.

        ``where`` names who asks for it in errors.  Raises ManyInputErrors where it is no sound
        scenario then.
        """
        tree = copy.copy(self._tree)
        tree.content, tree.errors = copy.deepcopy(self._tree.content), []
        for path, value in values.items():
            put(tree.content, path, value, where)
        faults = Faults()
        scenario = checked(tree.content, Scenario, faults)
        loaded = Loaded(scenario, tree)
        resolve(loaded, scenario.seed, faults)
        if faults.kept:
            changed = ", ".join(f"{path}: {value!r}" for path, value in values.items())
            raise ManyInputErrors(
                [
                    InputError(f"{where} ({changed}): {one.where}", one.found, one.wanted, one.hint)
                    for one in tree.all_errors(faults.kept)
                ]
            )
        return loaded


def put(content: Any, path: str, value: Any, where: str = "") -> None:
    """Put a value where a path leads, in place; None takes away what is there.

    Steps of a path are names, and items of lists by their name or number, or all of them:
    ``sites[minsk].batteries[*].count``.  What is left out in the file may be named.  InputError
    where it leads nowhere.
    """
    steps = list(_steps(path, where))
    places = [content]
    for step in steps[:-1]:
        places = [one for place in places for one in _entered(place, step, path, where)]
    for place in places:
        _put_last(place, steps[-1], value, path, where)


def _steps(path: str, where: str) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is an item of a list, name) of each step."""
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            raise InputError(where or path, f"{path!r} is no path", "one as `links[joint].outages`")
        yield found.group(1) is None, found.group(1) or found.group(2)
        at = found.end()
        if at < len(path) and path[at] == ".":
            at += 1
    if not path:
        raise InputError(where, "an empty path", "one as `links[joint].outages`")


def _entered(place: Any, step: tuple[bool, str], path: str, where: str) -> list[Any]:
    is_item, name = step
    if is_item:
        return [place[row] for row in _rows(place, name, path, where)]
    if not isinstance(place, dict):
        raise _nowhere(name, {}, path, where)
    return [place.setdefault(name, {})]  # whether there may be one is asked of the whole


def _put_last(place: Any, step: tuple[bool, str], value: Any, path: str, where: str) -> None:
    is_item, name = step
    if not is_item:
        if not isinstance(place, dict):
            raise _nowhere(name, {}, path, where)
        if value is None:
            place.pop(name, None)
        else:
            place[name] = copy.deepcopy(value)
        return
    rows = _rows(place, name, path, where)
    if value is None:
        for row in reversed(rows):
            del place[row]
        return
    for row in rows:
        place[row] = copy.deepcopy(value)


def _rows(place: Any, name: str, path: str, where: str) -> list[int]:
    if not isinstance(place, list):
        raise _nowhere(f"[{name}]", {}, path, where)
    if name == "*":
        return list(range(len(place)))
    names = [one.get("name", one.get("nation")) for one in place if isinstance(one, dict)]
    rows = [row for row, one in enumerate(names) if one == name]
    if not rows and name.isdigit() and int(name) < len(place):
        return [int(name)]
    if not rows:
        raise _nowhere(name, dict.fromkeys(str(one) for one in names), path, where)
    return rows


def _nowhere(name: str, known: Mapping[str, Any], path: str, where: str) -> InputError:
    wanted = f"one of {', '.join(sorted(known)[:24])}" if known else "a path of the scenario"
    found = f"{path!r} leads nowhere: there is no {name!r}"
    return InputError(where or path, found, wanted, did_you_mean(name, known))
