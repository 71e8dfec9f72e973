"""Figures of a run: what flew, what each sensor plotted, how good each site's picture is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.scenario.built import BuiltSensor
from jointsky.sim.duty_figures import duty_figures, leaked_of
from jointsky.sim.duty_setup import areas_of
from jointsky.sim.judging import Judged, shown_tracks, view_of
from jointsky.sim.network_figures import network_figures
from jointsky.sim.run import Outcome

Array = npt.NDArray[Any]


def figures(judged: Judged) -> dict[str, Any]:
    """Return the figures of a run, for ``summary.json``: nothing of the clock on the wall."""
    outcome = judged.outcome
    built = outcome.built
    told = {
        "scenario": built.name,
        "description": built.description,
        "digest": built.digest,
        "seed": built.seed,
        "begin_s": built.begin_s,
        "end_s": outcome.end_s,
        "planned_end_s": built.end_s,
        "is_whole": outcome.is_whole,
        "vehicles": _counts(built.surroundings.vehicles.allegiance),
        "types": _counts(built.surroundings.vehicles.type),
        "plots": len(outcome.seen.plots),
        "false_plots": int((outcome.seen.vehicle < 0).sum()),
        "reports": 0 if outcome.seen.reports is None else len(outcome.seen.reports),
        "view_share": _part(judged.seen),
        "nations": _nations(judged),
        "sites": [_site(judged, site) for site in range(len(built.sites))],
        "sensors": [_sensor(outcome, row) for row in range(len(built.sensors))],
        "network": network_figures(judged),
        "log_entries": len(outcome.entries),
        "log_seal": outcome.seal,
    }
    if outcome.duty is not None:
        told["duty"] = duty_figures(outcome, leaked_of(outcome, areas_of(built)))
    return told


def nation_views(outcome: Outcome, truth: Mapping[str, Array]) -> dict[str, npt.NDArray[np.bool_]]:
    """Return what each nation had in the view of any of its sites, (n,) as the rows of truth."""
    out: dict[str, npt.NDArray[np.bool_]] = {}
    for row, site in enumerate(outcome.built.sites):
        view = view_of(outcome, truth, [row])
        out[site.nation] = view | out.get(site.nation, np.zeros_like(view))
    return out


def _nations(judged: Judged) -> list[dict[str, Any]]:
    sites = judged.outcome.built.sites
    return [
        {
            "name": name,
            "sites": sum(site.nation == name for site in sites),
            "view_share": _part(view),
        }
        for name, view in nation_views(judged.outcome, judged.truth).items()
    ]


def _site(judged: Judged, row: int) -> dict[str, Any]:
    outcome = judged.outcome
    site = outcome.built.sites[row]
    mine = [k for k, sensor in enumerate(outcome.built.sensors) if sensor.site == row]
    told: dict[str, Any] = {
        "name": site.name,
        "nation": site.nation,
        "sensors": len(mine),
        "plots": int(np.isin(outcome.seen.plots.sensor, mine).sum()),
    }
    if row not in outcome.tracks:
        return told
    told["tracks"] = shown_tracks(judged, row)
    told["plots_too_late"] = outcome.late[row]
    told["view_share"] = _part(judged.views[row])
    told["joint_view_share"] = _part(judged.joint_views[row])
    result = judged.scores[row]
    if result is None:
        return told
    told["completeness"] = result.siap["completeness"]
    told["held_share"] = told["joint_view_share"] * result.siap["completeness"]
    told["ambiguity"] = result.siap["ambiguity"]
    told["spuriousness"] = result.siap["spuriousness"]
    told["gospa_m"] = result.picture["gospa_m"]
    told["horizontal_rms_m"] = result.errors["all"]["horizontal_m"]["rms"]
    told["one_number_share"] = result.tracks["one_number_share"]
    told["number_changes_hz"] = result.siap["track_number_change_rate_hz"]
    told["longest_segment"] = result.siap["longest_segment"]
    return {name: _finite(value) for name, value in told.items()}


def _sensor(outcome: Outcome, row: int) -> dict[str, Any]:
    sensor = outcome.built.sensors[row]
    mine = outcome.seen.plots.sensor == row
    behind = outcome.seen.vehicle[mine]
    reports = outcome.seen.reports
    return {
        "name": sensor.name,
        "site": outcome.built.sites[sensor.site].name,
        "kind": _kind(sensor),
        "plots": int(mine.sum()),
        "false_plots": int((behind < 0).sum()),
        "vehicles": len(np.unique(behind[behind >= 0])),
        "reports": 0 if reports is None else int((reports.sensor == row).sum()),
    }


def _kind(sensor: BuiltSensor) -> str:
    """Return the kind that a sensor is declared as: search-radar, observer, ..."""
    if not isinstance(sensor.declared, msgspec.Struct):
        return sensor.told.kind
    return str(sensor.declared.__struct_config__.tag)


def _counts(words: npt.NDArray[np.str_]) -> dict[str, int]:
    names, counts = np.unique(words, return_counts=True)
    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}


def _part(flags: npt.NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
