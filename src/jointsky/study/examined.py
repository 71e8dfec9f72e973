"""A study's file before anything runs: all that is wrong with it, and what editors complete by."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

from jointsky import declare
from jointsky.declare_include import read_joined
from jointsky.errors import DeclaredError, InputError, ManyInputErrors
from jointsky.study.altering import Alterable
from jointsky.study.asked import check_figures
from jointsky.study.declared import LoadedStudy, Study, load_study
from jointsky.study.leak_map import check_seen
from jointsky.study.points import Point, checked_points

_OWN = frozenset({"factors", "responses"})  # what only a study says


@dataclasses.dataclass(frozen=True)
class Examined:
    """A study's file as it was found; ``loaded`` is None where anything is wrong with it."""

    loaded: LoadedStudy | None
    points: list[Point]
    errors: list[DeclaredError]


def is_study(path: str | pathlib.Path) -> bool:
    """Return whether a YAML file says what only a study says."""
    content = read_joined(path).content
    return isinstance(content, dict) and bool(_OWN.intersection(content))


def examine(path: str | pathlib.Path) -> Examined:
    """Return a study's file with every fault of it, of its scenario and of its factors' levels."""
    try:
        loaded = load_study(path)
        points = checked_points(loaded)
        base = Alterable(loaded.scenario).with_values({})
        check_seen(loaded, base)
        check_figures(loaded, base)
    except ManyInputErrors as error:
        return Examined(None, [], [_placed(one, str(path)) for one in error.errors])
    return Examined(loaded, points, [])


def contents(examined: Examined) -> dict[str, Any] | None:
    """Return what is in a study without faults: its factors, how many points, what it asks for."""
    if examined.loaded is None:
        return None
    study = examined.loaded.study
    levels = {one.name: list(one.range or one.levels or one.alternatives) for one in study.factors}
    return {
        "study": study.name,
        "description": study.description,
        "scenario": str(examined.loaded.scenario),
        "factors": levels,
        "design": study.design.kind,
        "points": len(examined.points),
        "responses": [one.name for one in study.responses],
        "least_runs": study.runs.least * len(examined.points),
        "most_runs": study.runs.most * len(examined.points),
        "pictures": study.pictures,
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a study's file, for editors."""
    made = declare.schema(Study)
    made["title"] = "jointsky study"
    return made


def _placed(error: InputError, file: str) -> DeclaredError:
    """Return a fault with file, line and path, as those of a file itself have them."""
    if isinstance(error, DeclaredError):
        return error
    path = error.where.removeprefix(f"{file}: ")
    return DeclaredError(file, 0, path, error.found, error.wanted, error.hint)
