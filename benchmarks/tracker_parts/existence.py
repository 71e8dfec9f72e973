"""How sure a track is against how often it is right: told existence, binned, and its Brier score.

Skies drawn as the tracker expects them: targets as many as declared, each there for a while,
motion by the tracker's models, detection and false plots by chance.  Tracks are shown from an
existence of SHOWN_FROM on, so that the doubtful ones are there to be judged.
"""

from __future__ import annotations

import dataclasses
import math

import msgspec
import numpy as np

from jointsky.api import Plots, Sensor, Tracker, TrackerSettings
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag
from jointsky.streams import stream
from tracker_parts import matched

SHOWN_FROM = 0.05
REACH_M, END_S, STEP_S = 150e3, 300.0, 5.0
EDGES = np.array([0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0])
NEAREST_M, SIGMAS = 500.0, 5.0
HEIGHTS_M, ELEVATIONS_RAD = (1e3, 12e3), (0.0, 0.26)


@dataclasses.dataclass(frozen=True)
class Kind:
    """A sky: how well it is seen, how much of what is seen is false, what the radars declare."""

    name: str
    detection: float = 0.9
    false_per_turn: float = 100.0
    targets: float = 1.0  # as a multiple of the density that the settings expect
    is_declared: bool = True


KINDS = (
    Kind("as expected"),
    Kind("detection 70 %", detection=0.7),
    Kind("400 false plots a turn", false_per_turn=400.0),
    Kind("a fifth of the targets", targets=0.2),
    Kind("nothing declared", is_declared=False),
)


@dataclasses.dataclass(frozen=True)
class Judged:
    """Rows of pictures: existence as told, whether a target is there, seconds since a plot."""

    told: np.ndarray
    is_real: np.ndarray

    @property
    def brier(self) -> float:
        """Return the mean squared difference of told and true: 0 is perfect, 0.25 a coin's."""
        return float(np.mean((self.told - self.is_real) ** 2))


@dataclasses.dataclass(frozen=True)
class Sky:
    """Targets, when each is there, and what two radars tell of them."""

    truth: matched.Truth
    born_s: np.ndarray
    dies_s: np.ndarray
    radars: list[Sensor]
    plots: Plots


def make(kind: Kind, seed: int) -> Sky:
    """Return one sky."""
    rng, settings = stream(seed, "existence", kind.name), TrackerSettings()
    beyond = REACH_M + 40e3  # from where targets fly in
    area = math.pi * beyond**2 / 1e9
    born_later = END_S / settings.mean_flight_s
    expected = kind.targets * settings.targets_per_1000_km2 * area
    there, later = rng.poisson(expected), rng.poisson(expected * born_later)
    n = there + later
    truth = matched.fly(rng, settings, n, END_S)
    away, angle = beyond * np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
    start = [away * np.sin(angle), away * np.cos(angle), rng.uniform(*HEIGHTS_M, n)]
    truth.states[:, :, :3] += (np.column_stack(start) - truth.states[:, 0, :3])[:, None]
    born = np.append(np.zeros(there), rng.uniform(0.0, END_S, later))
    dies = born + rng.exponential(settings.mean_flight_s, n)
    radars, parts = [], []
    for row, place in enumerate(((-30e3, 0.0), (30e3, 20e3))):
        radar = msgspec.structs.replace(
            matched.radar(f"radar {row}", place, 4.0 + row, 50.0),
            range_max_m=REACH_M,
            detection_probability=kind.detection,
            false_plots_per_turn=kind.false_per_turn,
        )
        parts += [_seen(rng, truth, radar, row, born, dies), _false(rng, radar, row)]
        if not kind.is_declared:
            radar = msgspec.structs.replace(
                radar, detection_probability=None, false_plots_per_turn=None
            )
        radars.append(radar)
    plots = join(parts)
    return Sky(truth, born, dies, radars, plots.rows(np.argsort(plots.time_s, kind="stable")))


def _seen(
    rng: np.random.Generator,
    truth: matched.Truth,
    radar: Sensor,
    row: int,
    born_s: np.ndarray,
    dies_s: np.ndarray,
) -> Plots:
    plots = matched.see(rng, truth, [radar])
    flight = plots.mode_s - matched.ADDRESS
    there = (plots.time_s >= born_s[flight]) & (plots.time_s < dies_s[flight])
    plots = plots.rows(there & (plots.range_m < REACH_M))
    nothing = np.full(len(plots), -1)
    return plots.replace(mode_s=nothing, sensor=np.full(len(plots), row))


def _false(rng: np.random.Generator, radar: Sensor, row: int) -> Plots:
    """Return false plots, even in range, azimuth and elevation."""
    period = radar.rotation_period_s or 4.0
    n = rng.poisson((radar.false_plots_per_turn or 0.0) * END_S / period)
    time = rng.uniform(0.0, END_S, n)
    return Plots.make(
        n,
        time_s=time,
        sensor=row,
        geometry=int(Geometry.POLAR),
        range_m=rng.uniform(0.0, REACH_M, n),
        azimuth_rad=2 * np.pi * (time / period % 1.0),
        elevation_rad=rng.uniform(*ELEVATIONS_RAD, n),
        flags=int(PlotFlag.PRIMARY),
    )


def judge(sky: Sky) -> Judged:
    """Return all rows of all pictures of one sky, judged."""
    settings = TrackerSettings(
        confirm_existence=SHOWN_FROM, show_existence=SHOWN_FROM, drop_existence=0.01
    )
    tracker = Tracker(sky.radars, settings)
    times = np.arange(20.0, END_S, STEP_S)
    shown = tracker.pictures(sky.plots, times)
    place = tracker.flat_positions_m(shown)[:, :2]
    sigma = np.sqrt(shown.covariance[:, 0, 0] + shown.covariance[:, 1, 1])
    is_real = np.zeros(len(shown), bool)
    flights = np.arange(len(sky.born_s))
    for time_s in times:
        mine = np.flatnonzero(np.abs(shown.time_s - time_s) < 1e-6)
        there = (sky.born_s <= time_s) & (sky.dies_s > time_s)
        targets = sky.truth.at(flights[there], np.full(there.sum(), time_s))[:, :2]
        away = np.linalg.norm(place[mine, None] - targets, axis=2).min(axis=1, initial=np.inf)
        is_real[mine] = away < np.maximum(SIGMAS * sigma[mine], NEAREST_M)
    return Judged(shown.existence, is_real)


def of_seeds(kind: Kind, seeds: range) -> Judged:
    """Return the rows of several skies of one kind."""
    parts = [judge(make(kind, seed)) for seed in seeds]
    return Judged(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("told", "is_real")))


def bins(judged: Judged) -> list[tuple[float, float, float, int]]:
    """Return (mean told, share real, standard error as if independent, rows) by bin of told."""
    found = []
    place = np.clip(np.searchsorted(EDGES, judged.told, side="right") - 1, 0, len(EDGES) - 2)
    for k in range(len(EDGES) - 1):
        mine = place == k
        n = int(mine.sum())
        if n >= 20:
            share = float(judged.is_real[mine].mean())
            error = math.sqrt(max(share * (1.0 - share), 0.25 / n) / n)
            found.append((float(judged.told[mine].mean()), share, error, n))
    return found
