"""Figures of a run: what flew, what each sensor plotted, how good each site's picture is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.score_points import Points, of_tracks
from jointsky.records.score import ScoreResult
from jointsky.records.tracks import TrackStatus
from jointsky.scenario.built import BuiltSensor
from jointsky.sim.run import Outcome
from jointsky.sim.view import in_view

Array = npt.NDArray[Any]


@dataclasses.dataclass(frozen=True)
class Judged:
    """An outcome beside the truth: who had what in view, and the score of each site's picture.

    ``views`` (n,) as the truth's rows, by site; ``scores`` None where a site had nothing in view
    or no track.
    """

    outcome: Outcome
    truth: Mapping[str, Array]
    views: dict[int, npt.NDArray[np.bool_]]
    scores: dict[int, ScoreResult | None]


def judge(outcome: Outcome, truth: Mapping[str, Array]) -> Judged:
    """Return an outcome with its scores.

    ``truth``: columns (n,) of equal length, sorted by vehicle and time: ``vehicle``, ``time_s``,
    ``latitude_rad``, ``longitude_rad``, ``height_m``, ``ve_mps``, ``vn_mps``, ``vu_mps``.
    Each site is scored on what was in its own view.
    """
    views: dict[int, npt.NDArray[np.bool_]] = {}
    scores: dict[int, ScoreResult | None] = {}
    for site, tracks in outcome.tracks.items():
        mine = [k for k, sensor in enumerate(outcome.built.sensors) if sensor.site == site]
        view = in_view(outcome.seen, mine, truth["vehicle"], truth["time_s"])
        views[site] = view
        is_told = bool((tracks.status != TrackStatus.TENTATIVE).any())
        if not (view.any() and is_told):
            scores[site] = None
            continue
        name = outcome.built.sites[site].name
        found = of_tracks(tracks, name, f"tracks of site {name}")
        scores[site] = score(found, truth_points(outcome, truth, view), ScoreOptions(dims=2))
    return Judged(outcome, truth, views, scores)


def truth_points(
    outcome: Outcome, truth: Mapping[str, Array], visible: npt.NDArray[np.bool_]
) -> Points:
    """Return the truth as points to score against; where it is not visible, nobody is asked."""
    vehicles = outcome.built.surroundings.vehicles
    names = ("latitude_rad", "longitude_rad", "height_m", "ve_mps", "vn_mps", "vu_mps")
    return Points(
        "truth",
        "truth in view",
        {
            "time_s": truth["time_s"],
            "number": truth["vehicle"].astype(np.int64),
            **{name: truth[name] for name in names},
            "mode_s": vehicles.mode_s[truth["vehicle"]].astype(np.int64),
            "visible": visible,
        },
        is_truth=True,
    )


def figures(judged: Judged) -> dict[str, Any]:
    """Return the figures of a run, for ``summary.json``: nothing of the clock on the wall."""
    outcome = judged.outcome
    built = outcome.built
    total = max(len(judged.truth["time_s"]), 1)
    anyone = np.zeros(len(judged.truth["time_s"]), bool)
    for view in judged.views.values():
        anyone |= view
    return {
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
        "view_share": float(anyone.sum() / total),
        "nations": _nations(judged),
        "sites": [_site(judged, site) for site in range(len(built.sites))],
        "sensors": [_sensor(outcome, row) for row in range(len(built.sensors))],
        "log_entries": len(outcome.entries),
        "log_seal": outcome.seal,
    }


def nation_views(judged: Judged) -> dict[str, npt.NDArray[np.bool_]]:
    """Return what each nation had in the view of any of its sites, (n,) as the truth's rows."""
    sites = judged.outcome.built.sites
    nothing = np.zeros(len(judged.truth["time_s"]), bool)
    out = {site.nation: nothing for site in sites}
    for site, view in judged.views.items():
        out[sites[site].nation] = out[sites[site].nation] | view
    return out


def _nations(judged: Judged) -> list[dict[str, Any]]:
    sites = judged.outcome.built.sites
    return [
        {
            "name": name,
            "sites": sum(site.nation == name for site in sites),
            "view_share": float(view.mean()) if len(view) else 0.0,
        }
        for name, view in nation_views(judged).items()
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
    tracks = outcome.tracks[row]
    confirmed = tracks.track_number[tracks.status != TrackStatus.TENTATIVE]
    view = judged.views[row]
    told["tracks"] = len(np.unique(confirmed))
    told["plots_too_late"] = outcome.late[row]
    told["view_share"] = float(view.mean()) if len(view) else 0.0
    result = judged.scores[row]
    if result is None:
        return told
    told["completeness"] = result.siap["completeness"]
    told["held_share"] = told["view_share"] * result.siap["completeness"]
    told["ambiguity"] = result.siap["ambiguity"]
    told["spuriousness"] = result.siap["spuriousness"]
    told["gospa_m"] = result.picture["gospa_m"]
    told["horizontal_rms_m"] = result.errors["all"]["horizontal_m"]["rms"]
    told["one_number_share"] = result.tracks["one_number_share"]
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


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
