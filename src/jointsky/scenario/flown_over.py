"""Whether there are heights of the ground under the flights that sites can see."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.declare import Faults
from jointsky.earth.terrain import HeightGrid
from jointsky.records.motion import Motion, Piece
from jointsky.scenario import flown_over_kernels as kernels
from jointsky.scenario.ground import extent
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.times import Span
from jointsky.sensors.observe import describe
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Place
from jointsky.world.sphere import radius_m, vertical

LOOK_EVERY_M = 2000.0
_SLACK_RAD = 1e-9
Floats = npt.NDArray[np.float64]


def check_flown_over(
    loaded: Loaded,
    terrain: HeightGrid,
    motion: Motion,
    owners: Sequence[str],
    sensors: Iterable[tuple[str, Placed, Any]],
    span: Span,
    faults: Faults,
) -> None:
    """Tell flights that leave the grid of heights within the reach of a site's sensors.

    ``owners`` are the paths that declare each vehicle, by row; ``sensors`` are those that stand at
    sites: (site, how it is placed, its type).  Recordings and random traffic may leave the grid:
    nobody chose their ways.
    """
    watched = _watched(loaded, sensors) if terrain.heights_m.size else []
    arcs = np.flatnonzero(np.asarray(motion.piece) == Piece.ARC) if watched else np.zeros(0, int)
    chosen = np.array(
        [k for k in arcs.tolist() if owners[motion.vehicle[k]].startswith("vehicles[")], np.int64
    )
    outside: dict[str, list[Floats]] = {}
    for number in chosen[_leaves(motion, chosen, span, terrain, watched)].tolist():
        places = _flown(motion, number, span)
        places = places[~_is_over(terrain, places)]
        outside.setdefault(owners[motion.vehicle[number]], []).append(
            places[_is_seen(watched, places)]
        )
    if not outside:
        return
    first, others = next(iter(outside)), len(outside) - 1
    more = f" and {others} other flight{'s' if others > 1 else ''}" if others else ""
    found = f"the grid, {extent(terrain)}, does not cover all of {first}{more}"
    wanted = "heights under every declared flight where a sensor of a site reaches it"
    faults.add(
        "terrain",
        found,
        wanted,
        _hint(np.concatenate([places for seen in outside.values() for places in seen])),
    )


def _watched(
    loaded: Loaded, sensors: Iterable[tuple[str, Placed, Any]]
) -> list[tuple[Floats, float]]:
    """Return the vertical of each site that has sensors, and their longest reach in radians."""
    sites = {site.name: site for site in loaded.scenario.sites}
    reaches_rad: dict[str, float] = {}
    for name, placed, declared in sensors:
        latitude_rad = math.radians(sites[name].latitude_deg)
        place = Place(
            latitude_rad=latitude_rad, longitude_rad=math.radians(sites[name].longitude_deg)
        )
        reach_m = describe(declared, placed.name, place, placed).range_max_m
        reach_m = math.inf if reach_m is None else reach_m
        reaches_rad[name] = max(reaches_rad.get(name, 0.0), reach_m / radius_m(latitude_rad))
    return [
        (
            np.array(
                vertical(
                    math.radians(sites[name].latitude_deg), math.radians(sites[name].longitude_deg)
                )
            ),
            reach_rad,
        )
        for name, reach_rad in reaches_rad.items()
    ]


def _leaves(
    motion: Motion,
    arcs: npt.NDArray[np.int64],
    span: Span,
    grid: HeightGrid,
    watched: list[tuple[Floats, float]],
) -> npt.NDArray[np.bool_]:
    """Return which arcs are somewhere outside of the grid, and in the reach of a site."""
    out = np.zeros(len(arcs), np.bool_)
    if not len(arcs):
        return out
    first_s, last_s, looks = _looks(motion, arcs, span)
    rows, columns = grid.heights_m.shape
    bounds = (
        grid.latitude_rad,
        grid.longitude_rad,
        (rows - 1) * grid.latitude_step_rad,
        (columns - 1) * grid.longitude_step_rad,
    )
    kernels.leaves(
        np.asarray(motion.rate_radps[arcs], np.float64),
        np.asarray(motion.acceleration_radps2[arcs], np.float64),
        np.ascontiguousarray(motion.terms[arcs], np.float64),
        first_s,
        last_s,
        looks,
        bounds,
        np.array([site for site, _ in watched]),
        np.array([math.cos(min(reach_rad, math.pi)) for _, reach_rad in watched]),
        _SLACK_RAD,
        out,
    )
    return out & (last_s > first_s)


def _looks(
    motion: Motion, arcs: npt.NDArray[np.int64], span: Span
) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Return from when to when arcs are flown within the scenario, and in how many steps."""
    begin_s = motion.begin_s[arcs]
    first_s = np.maximum(span.begin_s - begin_s, 0.0)
    last_s = np.minimum(motion.end_s[arcs], span.end_s) - begin_s
    rate, acceleration = motion.rate_radps[arcs], motion.acceleration_radps2[arcs]
    turned = (np.abs(rate) + 0.5 * np.abs(acceleration) * last_s) * (last_s - first_s)
    way_m = turned * np.linalg.norm(motion.terms[arcs, 1], axis=1) * radius_m(0.0)
    looks = np.ceil(np.maximum(way_m, 0.0) / LOOK_EVERY_M).astype(np.int64) + 1
    return np.asarray(first_s), np.asarray(last_s), looks


def _flown(motion: Motion, number: int, span: Span) -> Floats:
    """Return verticals (n, 3) along an arc, as far as it is flown within the scenario."""
    first_s, last_s, looks = _looks(motion, np.array([number]), span)
    terms = motion.terms[number]
    time_s = np.linspace(first_s[0], last_s[0], int(looks[0]) + 1)
    angle = motion.rate_radps[number] * time_s
    angle += 0.5 * motion.acceleration_radps2[number] * time_s**2
    return np.asarray(
        terms[0] + np.cos(angle)[:, None] * terms[1] + np.sin(angle)[:, None] * terms[2]
    )


def _is_over(grid: HeightGrid, places: Floats) -> npt.NDArray[np.bool_]:
    """Return whether the grid has heights under each vertical."""
    rows, columns = grid.heights_m.shape
    latitude = np.arcsin(np.clip(places[:, 2], -1.0, 1.0))
    north = latitude - grid.latitude_rad
    east = np.arctan2(places[:, 1], places[:, 0]) - grid.longitude_rad
    east = (east + _SLACK_RAD) % (2.0 * math.pi) - _SLACK_RAD
    is_north = (north >= -_SLACK_RAD) & (north <= (rows - 1) * grid.latitude_step_rad + _SLACK_RAD)
    return np.asarray(is_north & (east <= (columns - 1) * grid.longitude_step_rad + _SLACK_RAD))


def _is_seen(watched: list[tuple[Floats, float]], places: Floats) -> npt.NDArray[np.bool_]:
    """Return whether a site's sensors reach as far as each vertical."""
    seen = np.zeros(len(places), np.bool_)
    for site, reach_rad in watched:
        seen |= places @ site >= math.cos(min(reach_rad, math.pi))
    return seen


def _hint(places: Floats) -> str:
    """Return how far the grid would have to go."""
    latitude = np.degrees(np.arcsin(np.clip(places[:, 2], -1.0, 1.0)))
    longitude = np.degrees(np.arctan2(places[:, 1], places[:, 0]))
    return (
        f"outside it they fly from {latitude.min():.2f}, {longitude.min():.2f} "
        f"to {latitude.max():.2f}, {longitude.max():.2f} (latitude, longitude)"
    )
