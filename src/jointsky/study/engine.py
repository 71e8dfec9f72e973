"""One sky of a study: what each of its points makes of the same truth, as figures."""

from __future__ import annotations

import math
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from jointsky.scenario.build import build
from jointsky.scenario.built import Built
from jointsky.scenario.loaded import Loaded
from jointsky.sensors.surroundings import Observed
from jointsky.sim.brief_course import brief_course
from jointsky.sim.common import Common
from jointsky.sim.duty_figures import Leak, duty_figures, leaked_of
from jointsky.sim.duty_setup import areas_of
from jointsky.sim.run import RunSettings, outcome_of
from jointsky.sim.windows import parted, see, together, windows
from jointsky.streams import Mixed, key
from jointsky.study.altering import Alterable
from jointsky.study.answers import Answer, Leaker
from jointsky.study.declared import Study, figure_of
from jointsky.study.points import Point, scenario_at
from jointsky.tracking.settings import TrackerSettings

WATCHED = ("alerts", "incidents")  # figures of what nobody's decision hangs on
AT_ONCE = 6  # windows seen
SEED_BITS = 53  # scenarios take no longer ones


def seed_of(study: Study, sky: int) -> int:
    """Return the seed of a sky: the same for all points, so that they differ in nothing else.

    A sky that is a mixed seed is its own.
    """
    if isinstance(sky, Mixed):
        return sky
    return key(study.seed, "sky", sky)[0] >> (64 - SEED_BITS)


class _Sky(NamedTuple):
    """What would be received if nothing were stopped, and what was made of it."""

    windows: list[tuple[Observed, float]]
    common: Common


class Engine:
    """Answers for one sky after the other; scenarios are read once."""

    def __init__(self, study: Study, scenario: str, points: Sequence[Point]) -> None:
        self.study, self._points = study, list(points)
        self._base = Alterable(scenario)
        self._loaded: dict[int, Loaded] = {}
        self._skies: dict[int, bytes] = {}  # by point, what truth and sensors hang on
        self._resolved: tuple[int, bytes, Any] | None = None  # of the last seed and sky
        self._is_watched = any(name.startswith(WATCHED) for name in names_of(study))

    def answer(self, sky: int, points: Sequence[int]) -> list[Answer]:
        """Return what some points answer under one sky, in their order.

        What the sensors see is made once for all points whose truth and sensors are the same.
        A run that fails answers with its seed and traceback.  InputError where a response asks for
        a figure that runs do not have.
        """
        seed, made = seed_of(self.study, sky), []
        seen: dict[bytes, _Sky] = {}
        for point in points:
            try:
                figures, leakers = self._figures(point, seed, seen)
            except Exception:
                fault = f"seed {seed}, {self._points[point].name}\n{traceback.format_exc()}"
                made.append(Answer(sky, point, {}, fault))
                continue
            asked = ((name, figure_of(figures, name, "responses")) for name in names_of(self.study))
            told = {name: value for name, value in asked if math.isfinite(value)}
            made.append(Answer(sky, point, told, leakers=leakers))
        return made

    def _figures(
        self, point: int, seed: int, seen: dict[bytes, _Sky]
    ) -> tuple[dict[str, Any], tuple[Leaker, ...]]:
        if point not in self._loaded:
            self._loaded[point] = scenario_at(self._base, self._points[point], "the study")
        loaded = self._loaded[point]
        sky = self._skies.setdefault(point, _sky_of(loaded))
        if self._resolved is not None and self._resolved[:2] == (seed, sky):
            loaded.kept[seed] = self._resolved[2]
        built = build(loaded, seed)
        self._resolved = seed, sky, loaded.kept.pop(seed)
        if sky not in seen:
            seen.clear()  # no more than one is kept
            seen[sky] = _Sky(list(_received(built)), Common())
        if self.study.pictures == "brief":
            windows, common = seen[sky]
            outcome = brief_course(built, windows, TrackerSettings(), self._is_watched, common)
        else:
            outcome = outcome_of(built, seen[sky].windows, RunSettings())
        leaked = leaked_of(outcome, areas_of(built))
        return duty_figures(outcome, leaked), _leakers(built, leaked)


def names_of(study: Study) -> list[str]:
    """Return the figures that are asked for, by their names in a run's figures."""
    given = [name for one in study.responses for name in (one.figure, one.of) if name]
    return list(dict.fromkeys([*given, *(one.figure for one in study.rare)]))


def _leakers(built: Built, leaked: Sequence[Leak]) -> tuple[Leaker, ...]:
    """Return who came through, where and when."""
    names = built.surroundings.vehicles.name
    return tuple(
        Leaker(
            time_s=one.time_s - built.begin_s,
            latitude_deg=round(math.degrees(one.latitude_rad), 5),
            longitude_deg=round(math.degrees(one.longitude_rad), 5),
            vehicle=str(names[one.vehicle]),
            zone=one.zone,
        )
        for one in leaked
    )


def _sky_of(loaded: Loaded) -> bytes:
    """Return what of a scenario truth and sensors hang on, as octets to compare."""
    scenario = loaded.scenario
    plain = msgspec.structs.replace(scenario, links=(), partitions=(), duty=None, name="same")
    return msgspec.json.encode(plain)


def _received(built: Built) -> Iterator[tuple[Observed, float]]:
    """Yield what sites would receive in each window, and its end.

    Several windows are seen at once: it takes hardly longer than one.
    """
    waiting = together([])
    whole = windows(built)
    for first in range(0, len(whole), AT_ONCE):
        several = whole[first : first + AT_ONCE]
        waiting = together([waiting, see(built, several[0][0], several[-1][1], map)])
        for _, end_s in several:
            now, waiting = parted(waiting, end_s)
            yield now, end_s
