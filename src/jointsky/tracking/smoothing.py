"""One target's plots become its path: the tracker's filter forward, and back along it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import path_kernels, smoothing_kernels
from jointsky.tracking.admission import Ordered
from jointsky.tracking.arrays import Array, Prepared, World
from jointsky.tracking.frame import Frame, map_plane
from jointsky.tracking.measurement_kernels import ROWS
from jointsky.tracking.preparation import plot_arrays, traits
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.world import make_world

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
NEAREST_M = 1000.0


class Nodes(NamedTuple):
    """A track at the times of its plots, as the filter left it."""

    times_s: Array  # (N,) since the epoch
    first: Array  # (N + 1,) first plot of each
    bodies: Array  # (N, M, BODY)
    mixed: Array  # (N, M, BODY) as the models set out from the node before
    ahead: Array  # (N, M, BODY) as they arrived
    turns: Array  # (N, 49) derivative of the turn's motion
    ups: Array  # (N, 3) local vertical
    counts: Array  # (N, COUNTS)


class Bench(NamedTuple):
    """Room for the kernels to work in."""

    common: Array  # (BODY,)
    rows: Array  # (ROWS, 8)
    scratch: Array  # (154,)
    d: Array  # (STATES,)
    matrix: Array  # (7, 3)
    place: Array  # (3,)
    mean: Array  # (6,)
    packed: Array  # (21,)
    ints: Array  # (TRACK_INTS,)
    models: Array  # (3, M, BODY)
    pairs: Array  # (M, M, BODY): model now, model next
    odds: Array  # (M, M)
    logs: Array  # (2, M)
    room: Array  # (MATRICES, 7, 8)


class Estimates(NamedTuple):
    """What a track's nodes come to."""

    means: Array  # (N, 6) in the frame
    packed: Array  # (N, 21)
    manoeuvre: Array  # (N,)


class PathSmoother:
    """Filters and smooths the plots of one target at a time; the same models as the tracker's."""

    def __init__(
        self, sensors: Sequence[Sensor], settings: TrackerSettings, frame: Frame, epoch_s: float
    ) -> None:
        self.sensors = list(sensors)
        self.settings = settings
        self.frame = frame
        self.epoch_s = epoch_s
        placed = [s for s in self.sensors if s.latitude_rad is not None]
        latitude = placed[0].latitude_rad or 0.0 if placed else 0.0
        longitude = placed[0].longitude_rad or 0.0 if placed else 0.0
        self._plane = map_plane(frame, latitude, longitude)
        unknown = np.full(len(self.sensors), np.nan)
        self._world: World = make_world(self.sensors, frame, self._plane, settings, unknown)
        self._traits = traits(self.sensors, frame)
        self._bench = new_bench()

    def arrays(self, plots: Plots) -> Prepared:
        """Return plots as the kernels want them."""
        return plot_arrays(
            Ordered(plots, np.arange(len(plots)), plots.time_s),
            np.full(len(plots), -1, np.int32),
            self.frame,
            self._plane,
            (self._traits, self._world.sensors),
            self.settings,
            self.epoch_s,
        )

    def reach_m(self, tracks: Tracks, row: int, sensor: int) -> float:
        """Return how far from a sensor a row of tracks is; a bearing alone does not tell."""
        place = tracks.rows([row])
        height = np.nan_to_num(place.height_m, nan=self.settings.unseen_height_m)
        at = self.frame.from_geodetic(place.latitude_rad, place.longitude_rad, height)[0]
        origin = self._world.sensors[sensor, layout.S_ORIGIN : layout.S_ORIGIN + 3]
        return max(float(np.linalg.norm(at - origin)), NEAREST_M)

    def filter(
        self, floats: Floats, ints: Integers, nodes: Nodes, begin_at: int = 0, reach_m: float = 0.0
    ) -> None:
        """Fill nodes from ``begin_at`` on by the filter; ``reach_m`` is that of a first bearing."""
        path_kernels.filter_nodes(
            (floats, ints), nodes, begin_at, reach_m, self._world, self._bench
        )

    def smooth(self, nodes: Nodes, first: int, last: int, lag_s: float) -> Estimates:
        """Return nodes ``first`` to before ``last`` from the plots up to ``lag_s`` after each."""
        n = len(nodes.times_s)
        made = Estimates(np.empty((n, 6)), np.empty((n, 21)), np.empty(n))
        smoothing_kernels.smooth_nodes(nodes, first, last, lag_s, self._world, self._bench, *made)
        return Estimates(*(column[first:last] for column in made))


def new_nodes(times_s: Floats) -> Nodes:
    """Return empty nodes for plots at ``times_s``, in order: one node for each time."""
    n = len(times_s)
    new = np.flatnonzero(np.diff(times_s, prepend=-np.inf) > 0)
    shape = len(new), layout.MODELS, layout.BODY
    return Nodes(
        times_s=np.ascontiguousarray(times_s[new]),
        first=np.append(new, n).astype(np.int64),
        bodies=np.empty(shape),
        mixed=np.empty(shape),
        ahead=np.empty(shape),
        turns=np.empty((len(new), layout.STATES**2)),
        ups=np.empty((len(new), 3)),
        counts=np.zeros((len(new), path_kernels.COUNTS), np.int64),
    )


def continued(old: Nodes, new: Nodes, begin_at: int) -> Nodes:
    """Return ``new`` nodes with what ``old`` ones hold before ``begin_at``, where both agree."""
    for had, has in zip(old[2:], new[2:], strict=True):
        has[:begin_at] = had[:begin_at]
    return new


def new_bench() -> Bench:
    """Return room for one track at a time."""
    m, body, n = layout.MODELS, layout.BODY, layout.STATES
    return Bench(
        common=np.empty(body),
        rows=np.empty((ROWS, 8)),
        scratch=np.empty(154),
        d=np.empty(n),
        matrix=np.empty((7, 3)),
        place=np.empty(3),
        mean=np.empty(6),
        packed=np.empty(21),
        ints=np.zeros(layout.TRACK_INTS, np.int64),
        models=np.empty((3, m, body)),
        pairs=np.empty((m, m, body)),
        odds=np.empty((m, m)),
        logs=np.empty((2, m)),
        room=np.empty((smoothing_kernels.MATRICES, n, n + 1)),
    )
