"""Whether runs have the figures that a study asks for: told before any is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jointsky.errors import InputError, ManyInputErrors
from jointsky.scenario.build import build
from jointsky.scenario.loaded import Loaded
from jointsky.sim.brief_course import brief_course
from jointsky.sim.duty_figures import duty_figures
from jointsky.study.declared import LoadedStudy, Study, figure_of
from jointsky.tracking.settings import TrackerSettings


def check_figures(loaded: LoadedStudy, base: Loaded) -> None:
    """Raise ManyInputErrors with each figure asked for that a run of no time does not have.

    ``base`` is the scenario as it is declared.  Counts by what happened have nothing to name yet:
    of those only runs can tell.
    """
    figures, errors = duty_figures(brief_course(build(base), [], TrackerSettings()), []), []
    for where, name in _asked(loaded.study):
        try:
            if not _is_open(figures, name):
                figure_of(figures, name, f"{loaded.path}: {where}")
        except InputError as error:
            errors.append(error)
    if errors:
        raise ManyInputErrors(errors)


def _asked(study: Study) -> Iterator[tuple[str, str]]:
    """Yield where in the file each figure is asked for, and its name."""
    for number, one in enumerate(study.responses):
        yield f"responses[{number}].figure", one.figure
        if one.of:
            yield f"responses[{number}].of", one.of
    for number, rare in enumerate(study.rare):
        yield f"rare[{number}].figure", rare.figure


def _is_open(figures: Mapping[str, Any], name: str) -> bool:
    """Return whether a name leads to counts that are empty as yet."""
    value: Any = figures
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return isinstance(value, Mapping) and not value
        value = value[part]
    return False
