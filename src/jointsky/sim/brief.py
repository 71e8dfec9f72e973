"""Pictures of command posts without the nodes behind them: for studies of many runs.

The truth, the sensors and the tracker are those of a whole run.  What is left out is how plots are
gathered, packed, sent and waited for: sites that hear each other over links of plots have one
tracker, on all plots that are old enough to have come.  A site that is cut off goes on with a copy
of it; when it is joined again, it has the tracker of all, as if nothing had been lost, a while
later, as nodes fill each other's gaps.

Runs under one sky that differ in what is decided see the same until something is stopped at
another time: a shelf keeps what was made of the same plots, for the next run to take.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.node.domains import spread
from jointsky.numeric.assignment import assign_pairs
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built, BuiltLink
from jointsky.scenario.connecting import groups_of
from jointsky.sim.lines import shortest
from jointsky.sim.shelf import Shelf
from jointsky.tracking.history import State
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.tracker import Tracker

HEALS_S = 20.0  # after a cut, until the others' plots of meanwhile are in one's tracks: as measured
GATHERED = 0.2  # of the interval at which plots are shared: a node's tracker waits so long for more
GATE = 18.4  # of chi-squared with 4 degrees of freedom, 99.9 %: nearer tracks may be one
SLACK_M, SLACK_MPS = 200.0, 20.0  # of what two trackers make of one target
EARTH_M = 6_371_000.0
Group = frozenset[int]
"""Rows of the sites that have the same plots."""
Keeps = Callable[[Plots, npt.NDArray[np.int32]], npt.NDArray[np.bool_]]
"""Which plots there still are, given the vehicles behind them."""


@dataclasses.dataclass(frozen=True)
class Span:
    """A time in which the same sites hear each other: the group of each post."""

    begin_s: float
    groups: tuple[Group, ...]


@dataclasses.dataclass
class Window:
    """What was made of the plots of a window: pictures and new numbers by site, and trackers.

    Each tracker as it was at its end, put away: an empty one to fork, and its state.
    """

    groups: tuple[Group, ...]
    shown: list[list[Tracks]]
    renamed: list[dict[int, list[tuple[int, int]]]]
    trackers: dict[Group, tuple[Tracker, State | None]]


class BriefPictures:
    """The pictures of some sites, ``rows``, window by window and step by step.

    ``shelf`` must be of runs that see the same plots if nothing is stopped, at the same steps.
    """

    def __init__(
        self,
        built: Built,
        settings: TrackerSettings,
        rows: Sequence[int],
        shelf: Shelf[str, Window],
    ) -> None:
        self.lag_s = lag_s(built, rows)
        self._spans = spans(built, rows)
        self._shelf = shelf
        self._key = str((self.lag_s, self._spans, tuple(rows)))  # what all so far hangs on
        whole = frozenset[int]().union(*(group for one in self._spans for group in one.groups))
        site = np.array([sensor.site for sensor in built.sensors], np.int64)
        self._sensors = np.flatnonzero(np.isin(site, sorted(whole))).astype(np.int32)
        self._site = site[self._sensors]
        self._local = np.full(len(site), -1, np.int32)
        self._local[self._sensors] = np.arange(len(self._sensors))
        told = [built.sensors[row].told for row in self._sensors.tolist()]
        self._first = Tracker(
            told,
            msgspec.structs.replace(settings, late_s=0.0),
            epoch_s=built.begin_s,
            numbers="birth",
        )
        self._begun = self._window = Window(self._spans[0].groups, [], [], {})
        self._key_begun = self._key
        self._waiting = Plots.make(0), np.empty(0, np.int32)
        self._times_s: list[float] = []
        self._last = [Tracks.make(0) for _ in rows]  # pictures, before the window

    def begin(self, plots: Plots, vehicle: npt.NDArray[np.int32], times_s: Sequence[float]) -> None:
        """Take the plots received in a window, in whose course there are steps at ``times_s``."""
        local = self._local[plots.sensor]
        is_heard = local >= 0
        plots = plots.replace(sensor=local).rows(is_heard)
        plots = join([self._waiting[0], plots])
        vehicle = np.concatenate([self._waiting[1], vehicle[is_heard]])
        order = np.argsort(plots.time_s, kind="stable")
        self._plots, self._vehicle = plots.rows(order), vehicle[order]
        self._times_s = list(times_s)
        self._begun, self._key_begun = self._window, self._key

    def end(self) -> None:
        """Let go of what was taken in by the last step."""
        until_s = (self._times_s[-1] if self._times_s else -math.inf) - self.lag_s
        later = int(np.searchsorted(self._plots.time_s, until_s, side="right"))
        self._waiting = self._plots.rows(slice(later, None)), self._vehicle[later:]
        for k, shown in enumerate(self._window.shown):
            self._last[k] = shown[-1] if shown else self._last[k]

    def work(self, keeps: Keeps) -> None:
        """Make the pictures of all steps of the window, of the plots that there still are."""
        is_there = keeps(self._plots, self._vehicle)
        gone = hashlib.blake2b(np.packbits(is_there).tobytes(), digest_size=16).hexdigest()
        self._key = f"{self._key_begun} {self._times_s} {len(is_there)} {gone}"
        self._key = hashlib.blake2b(self._key.encode(), digest_size=16).hexdigest()
        window = self._shelf.get(self._key)
        if window is None:
            plots = self._plots if is_there.all() else self._plots.rows(is_there)
            window = self._made(plots)
            self._shelf.put(self._key, window)
        self._window = window

    def _made(self, plots: Plots) -> Window:
        begun = self._begun
        window = Window(begun.groups, [[] for _ in begun.groups], [{} for _ in begun.groups], {})
        trackers = {group: one.fork(state) for group, (one, state) in begun.trackers.items()}
        times_s = np.array(self._times_s)
        first, taken = 0, 0
        while first < len(times_s):
            span = self._span_at(times_s[first])
            last = int(np.searchsorted(times_s, self._ends_s(span)))
            upto = int(np.searchsorted(plots.time_s, times_s[last - 1] - self.lag_s, "right"))
            part = plots.rows(slice(taken, upto))
            trackers = self._go_on(window, trackers, part, times_s[first:last], span)
            first, taken = last, upto
        window.trackers = {group: (one.fork(None), one.state()) for group, one in trackers.items()}
        return window

    def at(self, step: int) -> list[Tracks]:
        """Return the picture of each site at a step of the window."""
        return [shown[step] for shown in self._window.shown]

    def renamed(self, step: int) -> list[list[tuple[int, int]]]:
        """Return for each site which tracks have other numbers from a step on: former and new."""
        return [pairs.get(step, []) for pairs in self._window.renamed]

    def _span_at(self, time_s: float) -> int:
        return sum(one.begin_s <= time_s for one in self._spans[1:])

    def _ends_s(self, span: int) -> float:
        return self._spans[span + 1].begin_s if span + 1 < len(self._spans) else math.inf

    def _go_on(
        self,
        window: Window,
        trackers: dict[Group, Tracker],
        plots: Plots,
        times_s: npt.NDArray[np.float64],
        span: int,
    ) -> dict[Group, Tracker]:
        """Have the trackers of a span take plots, and keep what they show at each time."""
        former, window.groups = window.groups, self._spans[span].groups
        for before, group in zip(former, window.groups, strict=True):
            if group not in trackers:
                known = trackers.get(before)
                state = None if known is None else known.state()
                trackers[group] = (known or self._first).fork(state)
        needed = {group for one in self._spans[span:] for group in one.groups}
        trackers = {group: one for group, one in trackers.items() if group in needed}
        pictures = {
            group: self._pictures(tracker, group, plots, times_s)
            for group, tracker in trackers.items()
        }
        for k, group in enumerate(window.groups):
            now, shown = pictures[group], window.shown[k]
            last = shown[-1] if shown else self._last[k]
            if group != former[k] and now:
                window.renamed[k][len(shown)] = same(last, now[0])
            shown += now
        return trackers

    def _pictures(
        self, tracker: Tracker, group: Group, plots: Plots, times_s: npt.NDArray[np.float64]
    ) -> list[Tracks]:
        is_own = np.isin(self._site, sorted(group))[plots.sensor]
        heard = plots if is_own.all() else plots.rows(is_own)
        made = tracker.pictures(heard, times_s, self.lag_s)
        made = made.replace(sensors=spread(made.sensors, self._sensors, len(self._local)))
        cuts = np.searchsorted(made.time_s, [*(times_s - 1e-3), math.inf])
        return [made.rows(slice(int(a), int(b))) for a, b in itertools.pairwise(cuts)]


def same(before: Tracks, after: Tracks) -> list[tuple[int, int]]:
    """Return which tracks of a picture have another number in the next: former and new."""
    gone = before.rows(~np.isin(before.track_number, after.track_number))
    new = after.rows(~np.isin(after.track_number, before.track_number))
    if not len(gone) or not len(new):
        return []
    north = EARTH_M * (new.latitude_rad[None, :] - gone.latitude_rad[:, None])
    turned = new.longitude_rad[None, :] - gone.longitude_rad[:, None]
    turned = np.remainder(turned + np.pi, 2.0 * np.pi) - np.pi
    east = EARTH_M * turned * np.cos(gone.latitude_rad)[:, None]
    var_m2 = _spread_m2(gone)[:, None] + _spread_m2(new)[None, :]
    off = (north**2 + east**2) / (var_m2 + SLACK_M**2)
    off += ((gone.ve_mps[:, None] - new.ve_mps) ** 2 + (gone.vn_mps[:, None] - new.vn_mps) ** 2) / (
        SLACK_MPS**2
    )
    row, column = np.nonzero(off < GATE)
    partner = assign_pairs(len(gone), len(new), row, column, GATE - off[row, column])
    return [
        (int(gone.track_number[k]), int(new.track_number[partner[k]]))
        for k in np.flatnonzero(partner >= 0).tolist()
    ]


def _spread_m2(tracks: Tracks) -> npt.NDArray[np.float64]:
    return np.asarray(np.trace(tracks.covariance[:, :2, :2], axis1=1, axis2=2) / 2.0)


def spans(built: Built, rows: Sequence[int]) -> list[Span]:
    """Return when which sites hear which of ``rows`` by links of plots; cuts heal a while later."""
    plots = [link for link in built.links if link.share == "plots"]
    edges = {built.begin_s}
    for link in plots:
        for begin_s, end_s in link.outages_s:
            edges |= {max(begin_s, built.begin_s), max(end_s + HEALS_S, built.begin_s)}
    made: list[Span] = []
    for begin_s in sorted(edges):
        up = [link.ends for link in plots if not _is_cut(link, begin_s)]
        found = groups_of(up, len(built.sites))
        groups = tuple(
            frozenset(k for k, one in enumerate(found) if one == found[row]) for row in rows
        )
        if begin_s < built.end_s and (not made or made[-1].groups != groups):
            made.append(Span(begin_s, groups))
    return made


def _is_cut(link: BuiltLink, time_s: float) -> bool:
    return any(begin_s <= time_s < end_s + HEALS_S for begin_s, end_s in link.outages_s)


def lag_s(built: Built, rows: Sequence[int]) -> float:
    """Return how old plots are when they are in the tracks of sites ``rows``.

    Plots wait to be gathered, go the shortest way from the farthest site, and are waited for at
    most for so long as is declared.
    """
    plots = [link for link in built.links if link.share == "plots"]
    ways = [
        shortest(plots, site, row)
        for row in rows
        for site in {sensor.site for sensor in built.sensors}
    ]
    if not any(ways):
        return 0.0
    settings = built.exchange
    on_way_s = max(sum(link.delay_s + link.jitter_s for link in way) for way in ways)
    hops = max(len(way) for way in ways)
    told_s = settings.share_interval_s * (1.0 + 0.1 * hops) + on_way_s
    return min(settings.hold_s, told_s) + GATHERED * settings.share_interval_s
