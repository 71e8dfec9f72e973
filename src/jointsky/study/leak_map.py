"""Where and when what came through came in, beside what the radars see there."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jointsky.assess.areas import Area
from jointsky.errors import InputError, ManyInputErrors
from jointsky.pictures.coverage_outlines import polygons_of
from jointsky.pictures.leakers import Came, Ground, draw_leakers
from jointsky.records.coverage import Coverage
from jointsky.scenario.build import build
from jointsky.scenario.coverage import target_of_type, watches
from jointsky.scenario.loaded import Loaded
from jointsky.sensors.coverage import cover, plain_target, why_not
from jointsky.study.declared import LoadedStudy, Seen
from jointsky.study.summary import Summary

CELL_M = 500.0
MAPPED = 2  # points that have a map: the first, and the one where least come through
TIMED = 24  # points whose times are told


def draw(told: Summary, loaded: Loaded, leakers: pa.Table, paths: Sequence[pathlib.Path]) -> None:
    """Draw where and when hostiles came through, where any did at any point."""
    if not leakers.num_rows:
        return
    came = _came(told, leakers)
    mapped = [came[0]]
    least = min(came[1:], key=lambda one: len(one.time_s), default=None)
    if least is not None and len(least.time_s):
        mapped.append(least)
    ground = _ground(loaded, told.study.seen)
    for path in paths:
        draw_leakers(
            ground, mapped[:MAPPED], came[:TIMED], path, f"{told.study.name}: who came through"
        )


def check_seen(study: LoadedStudy, loaded: Loaded) -> None:
    """Raise ManyInputErrors where the type whose coverage is shown is none."""
    try:
        if study.study.seen.type:
            target_of_type(loaded, study.study.seen.type)
    except InputError as error:
        where = f"{study.path}: seen.type"
        raise ManyInputErrors([InputError(where, error.found, error.wanted, error.hint)]) from None


def _came(told: Summary, leakers: pa.Table) -> list[Came]:
    point = leakers["point"].to_numpy()
    columns = [leakers[name].to_numpy() for name in ("time_s", "longitude_deg", "latitude_deg")]
    runs = (told.answered.asked & ~told.answered.failed).sum(axis=0)
    return [
        Came(
            name=one.name,
            runs=int(runs[k]),
            time_s=columns[0][point == k],
            longitude_rad=np.radians(columns[1][point == k]),
            latitude_rad=np.radians(columns[2][point == k]),
        )
        for k, one in enumerate(told.points)
    ]


def _ground(loaded: Loaded, seen: Seen) -> Ground:
    built = build(loaded)
    target = target_of_type(loaded, seen.type) if seen.type else plain_target(0.0, 1)
    watching = watches(built)
    seen_there: list[list[npt.NDArray[np.float64]]] = []
    if any(not why_not(one, target) for one in watching):
        made = cover(watching, built.surroundings, target, [seen.height_m], cell_m=CELL_M)
        seen_there = _polygons(made)
    return Ground(
        zones=[(area.name, area.rim_rad) for area in built.areas if _is_protected(area)],
        sites=[(site.name, site.latitude_rad, site.longitude_rad) for site in built.sites],
        seen=seen_there,
        seen_words=f"a radar of either sees a {seen.type or 'target of 1 m²'} "
        f"{seen.height_m:g} m above ground in half of its turns",
        end_s=built.end_s - built.begin_s,
    )


def _is_protected(area: Area) -> bool:
    return area.use == "protected"


def _polygons(made: Coverage) -> list[list[npt.NDArray[np.float64]]]:
    polygons = polygons_of(
        np.degrees(made.longitude_rad), np.degrees(made.latitude_rad), made.ranked[0, 0], made.pd
    )
    return [[np.array(ring) for ring in polygon] for polygon in polygons]
