"""What is in a scenario, counted, for people who check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jointsky.scenario.loaded import Loaded
from jointsky.scenario.resolve import Resolved
from jointsky.scenario.times import stamp


def contents(loaded: Loaded, resolved: Resolved) -> dict[str, Any]:
    """Return the figures of a scenario without faults, each count by type where there are types."""
    scenario, span = loaded.scenario, resolved.span
    vehicles = resolved.flown.vehicles
    return {
        "name": scenario.name,
        "description": scenario.description,
        "begin": stamp(span.begin_s),
        "end": stamp(span.end_s),
        "duration_s": scenario.duration_s,
        "seed": scenario.seed,
        "files": [str(file) for file in loaded.tree.files],
        "nations": {
            nation.name: _counts(site.nation for site in scenario.sites).get(nation.name, 0)
            for nation in scenario.nations
        },
        "sites": len(scenario.sites),
        "sensors": _counts(use.placed.type for use in resolved.sensors),
        "batteries": _counts(b.type for site in scenario.sites for b in site.batteries),
        "links": len(scenario.links),
        "zones": _counts(zone.use for zone in scenario.zones),
        "vehicles": _counts(str(name) for name in vehicles.type),
        "pieces_of_motion": len(resolved.flown.motion),
        "rain_cells": len(scenario.weather.rain),
        "terrain_points": int(resolved.terrain.heights_m.size),
    }


def _counts(names: Iterable[str]) -> dict[str, int]:
    """Return how often each name comes, in order of names."""
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return dict(sorted(counted.items()))
