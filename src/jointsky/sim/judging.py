"""An outcome beside the truth: what was in view, how good each picture is, how common, how late."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.metrics.healing import Healing, healings
from jointsky.metrics.latency import Tellings
from jointsky.recording.common import SitePicture, common
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.score_points import Points, of_tracks
from jointsky.records.commonality import Commonality
from jointsky.records.score import ScoreResult
from jointsky.records.tracks import TrackStatus
from jointsky.scenario.built import Built
from jointsky.scenario.connecting import groups_of
from jointsky.sim.run import Outcome
from jointsky.sim.view import in_view
from jointsky.world.truth import sampled

Array = npt.NDArray[Any]
Booleans = npt.NDArray[np.bool_]
_AT_MOMENTS = ScoreOptions(dims=2, sampling="shared")
_RADARS = ("radar", "ssr")


@dataclasses.dataclass(frozen=True)
class Outage:
    """A span in which links were silent, their names, and what became of the common picture.

    ``healing`` is None where fewer than two sites with pictures are joined by those links.
    """

    begin_s: float
    end_s: float
    links: tuple[str, ...]
    healing: Healing | None


@dataclasses.dataclass(frozen=True)
class Judged:
    """An outcome with its scores.

    ``truth`` has a row for each vehicle and each moment at which pictures were kept; ``views``
    (n,) as its rows say by site what its own sensors had in view, ``joint_views`` what the
    sensors had of all sites that links join with it.  ``scores`` are of each site's picture
    against the latter; None where nothing was in view or no track was shown.
    """

    outcome: Outcome
    truth: Mapping[str, Array]
    views: dict[int, Booleans]
    joint_views: dict[int, Booleans]
    scores: dict[int, ScoreResult | None]
    common: Commonality | None
    told: Tellings
    outages: list[Outage]

    @property
    def seen(self) -> Booleans:
        """Return what any site had in view, (n,)."""
        return _any(self.views.values(), len(self.truth["time_s"]))


def judge(outcome: Outcome, is_of_all: bool = False) -> Judged:
    """Return an outcome with its scores.

    ``is_of_all``: every site is asked for what the sensors of all sites had in view, joined with
    it or not, so that pictures that are shared and pictures that are not can be compared.
    """
    built = outcome.built
    truth = truth_of(outcome, built.picture_interval_s)
    views = {site: view_of(outcome, truth, [site]) for site in range(len(built.sites))}
    joined = [0] * len(views) if is_of_all else groups_of(ends_of(built), len(views))
    joint = {
        site: _any((views[k] for k in views if joined[k] == joined[site]), len(truth["time_s"]))
        for site in outcome.tracks
    }
    points = {
        site: of_tracks(tracks, built.sites[site].name, f"tracks of site {built.sites[site].name}")
        for site, tracks in outcome.tracks.items()
    }
    scores: dict[int, ScoreResult | None] = {}
    for site in outcome.tracks:
        scores[site] = None
        if joint[site].any() and len(points[site]):
            reference = truth_points(outcome, truth, joint[site])
            scores[site] = score(points[site], reference, _AT_MOMENTS)
    everyone = _any(views.values(), len(truth["time_s"]))
    reference = truth_points(outcome, truth, everyone)
    return Judged(
        outcome=outcome,
        truth=truth,
        views={site: views[site] for site in outcome.tracks},
        joint_views=joint,
        scores=scores,
        common=_common(built, list(points), points, reference, None),
        told=tellings(outcome),
        outages=_outages(outcome, points, reference),
    )


def truth_at(built: Built, end_s: float, interval_s: float) -> dict[str, Array]:
    """Return where everything was at even intervals, as ``world.truth.sampled`` does."""
    vehicles, pieces = built.surroundings.vehicles, built.surroundings.pieces
    return sampled(len(vehicles), pieces, built.begin_s, end_s, interval_s)


def truth_of(outcome: Outcome, interval_s: float) -> dict[str, Array]:
    """Return where everything was in a run: what was stopped flies no farther."""
    truth = truth_at(outcome.built, outcome.end_s, interval_s)
    if outcome.duty is None:
        return truth
    flies = truth["time_s"] < outcome.duty.stop_s[truth["vehicle"]]
    return {name: column[flies] for name, column in truth.items()}


def view_of(outcome: Outcome, truth: Mapping[str, Array], sites: Sequence[int]) -> Booleans:
    """Return which rows of truth were in the view of the sensors of some sites."""
    mine = [k for k, sensor in enumerate(outcome.built.sensors) if sensor.site in sites]
    return in_view(outcome.seen, mine, truth["vehicle"], truth["time_s"])


def truth_points(outcome: Outcome, truth: Mapping[str, Array], visible: Booleans) -> Points:
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


def ends_of(built: Built) -> list[tuple[int, int]]:
    """Return the two sites of each link."""
    return [link.ends for link in built.links]


def slowest_scan_s(built: Built) -> float:
    """Return how long the slowest radar takes for a turn; NaN where no sensor turns."""
    turns = [
        sensor.told.rotation_period_s
        for sensor in built.sensors
        if sensor.told.kind in _RADARS and sensor.told.rotation_period_s is not None
    ]
    return max(turns, default=float("nan"))


def tellings(outcome: Outcome) -> Tellings:
    """Return when each site first told each update of a track, and whose plot it was.

    An update is its site's own where a plot of the site's own sensors lies nearest in time:
    estimated errors of clocks move plots by less than others lie apart, as a rule.  Updates of
    one number by one plot's time at several sites are of one plot.
    """
    sites, numbers, times, told, own = [], [], [], [], []
    site_of = np.array([sensor.site for sensor in outcome.built.sensors], np.int64)
    plots = outcome.seen.plots
    whose = site_of[plots.sensor] if len(plots) else np.empty(0, np.int64)
    for site, (number, time_s, told_s) in outcome.told.items():
        to_own, to_others = (
            _nearest_s(np.sort(plots.time_s[rows]), time_s)
            for rows in (whose == site, whose != site)
        )
        sites.append(np.full(len(number), site, np.int64))
        numbers.append(number)
        times.append(time_s)
        told.append(told_s)
        own.append(to_own <= to_others)
    number, time_s = _joined(numbers, np.int64), _joined(times, np.float64)
    order = np.lexsort((time_s, number))
    is_new = np.ones(len(order), bool)
    is_new[1:] = (np.diff(number[order]) != 0) | (np.diff(time_s[order]) != 0)
    plot = np.empty(len(order), np.int64)
    plot[order] = np.cumsum(is_new) - 1
    return Tellings(
        site=_joined(sites, np.int64),
        time_s=time_s,
        told_s=_joined(told, np.float64),
        is_own=_joined(own, np.bool_),
        plot=plot,
    )


def _common(
    built: Built,
    sites: Sequence[int],
    points: Mapping[int, Points],
    reference: Points,
    bin_s: float | None,
) -> Commonality | None:
    """Return how common the pictures of some sites are; None for fewer than two pictures."""
    shown = [site for site in sites if site in points]
    if len(shown) < 2 or not any(len(points[k]) for k in shown) or not len(reference):
        return None
    pictures = [SitePicture(built.sites[k].name, built.sites[k].nation, points[k]) for k in shown]
    return common(pictures, reference, _AT_MOMENTS, bin_s)


def _outages(outcome: Outcome, points: Mapping[int, Points], reference: Points) -> list[Outage]:
    """Return each span in which links were silent, and how soon the pictures agreed again.

    They agree where all sites that the links join hold a target under one number; the share of
    such targets is compared with what it was before.
    """
    built = outcome.built
    joined = groups_of(ends_of(built), len(built.sites))
    spans = sorted({span for link in built.links for span in link.outages_s})
    found = []
    for group in sorted({joined[link.ends[0]] for link in built.links if link.outages_s}):
        sites = [site for site in range(len(built.sites)) if joined[site] == group]
        made = _common(built, sites, points, reference, built.picture_interval_s)
        names = [
            tuple(
                link.name
                for link in built.links
                if span in link.outages_s and joined[link.ends[0]] == group
            )
            for span in spans
        ]
        mine = [
            (span, links)
            for span, links in zip(spans, names, strict=True)
            if links and span[0] < outcome.end_s
        ]
        healed: Sequence[Healing | None] = [None] * len(mine)
        if made is not None:
            healed = healings(*agreement(made), [span for span, _ in mine])
        found += [
            Outage(*span, links, healing)
            for (span, links), healing in zip(mine, healed, strict=True)
        ]
    return found


def agreement(made: Commonality) -> tuple[Array, Array]:
    """Return times, and which share of the targets that any site holds all hold alike."""
    columns = made.over_time
    mine = columns["between"] == "all sites"
    either = columns["either"][mine].astype(float)
    share = np.full(len(either), np.nan)
    np.divide(columns["common"][mine], either, out=share, where=either > 0)
    return columns["time_s"][mine], share


def shown_tracks(judged: Judged, site: int) -> int:
    """Return how many numbers a site showed."""
    tracks = judged.outcome.tracks[site]
    return len(np.unique(tracks.track_number[tracks.status != TrackStatus.TENTATIVE]))


def _nearest_s(sorted_s: Array, time_s: Array) -> Array:
    """Return how far each time (n,) is from the nearest of sorted ones; infinite without any."""
    if not len(sorted_s):
        return np.full(len(time_s), np.inf)
    after = np.searchsorted(sorted_s, time_s)
    low, high = np.maximum(after - 1, 0), np.minimum(after, len(sorted_s) - 1)
    return np.asarray(np.minimum(np.abs(time_s - sorted_s[low]), np.abs(time_s - sorted_s[high])))


def _joined(parts: Sequence[Array], dtype: type) -> Array:
    return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype)


def _any(views: Iterable[Booleans], rows: int) -> Booleans:
    out = np.zeros(rows, bool)
    for view in views:
        out |= view
    return out
