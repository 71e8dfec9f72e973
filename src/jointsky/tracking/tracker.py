"""The tracker: plots of any mix of sensors in, tracks out, as the beams pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from jointsky.records.columns import join as _joined
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking import batching_kernels, tracker_kernels
from jointsky.tracking.arrays import (
    Counters,
    KernelSettings,
    SensorArrays,
    UpdateRows,
    bench_for,
    empty_rows,
    empty_tracks,
    grown,
)
from jointsky.tracking.frame import Frame, GridMap, choose
from jointsky.tracking.measurement_kernels import ROWS
from jointsky.tracking.periods import turn_times_s
from jointsky.tracking.preparation import plot_arrays, sensor_arrays, usable
from jointsky.tracking.settings import TrackerSettings

BUCKETS = 1 << 14
CHUNK = 20_000
HEIGHT_UNKNOWN_M = 400.0  # a standard error above this: nobody has measured the height


class Tracker:
    """Turns plots into tracks: feed it with ``update`` in order of time, close with ``flush``.

    ``sensors`` are those that ``plots.sensor`` counts; polar and local plots of a sensor without
    a position cannot be used and are counted in ``refused``.  ``origin`` (latitude, longitude in
    radians, height) is where a flat scene lies.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        settings: TrackerSettings | None = None,
        origin: tuple[float, float, float] | None = None,
    ) -> None:
        self.sensors = list(sensors)
        self.settings = settings or TrackerSettings()
        self.frame: Frame = choose(self.sensors, origin)
        self.used = 0  # plots that found a track
        self.refused = 0  # plots that no tracker could take
        self._tracks = empty_tracks(256, len(self.sensors))
        self._heads = np.full(BUCKETS, -1, np.int64)
        self._counters = Counters(
            live=np.zeros(1, np.int64),
            next_number=np.ones(1, np.int64),
            batch=np.zeros(1, np.int64),
            housekept=np.full(1, -math.inf),
        )
        self._kernel_settings = _kernel_settings(self.settings)
        self._sensor_arrays: SensorArrays | None = None
        self._grid: GridMap | None = None
        self._epoch_s: float | None = None
        self._held: Plots | None = None
        self._call_signs: dict[str, int] = {}
        self._call_sign_list: list[str] = []

    def update(self, plots: Plots) -> Tracks:
        """Take plots in; return a row for each update of a confirmed track that they brought.

        Plots of a sector that may still grow are held back until a later call or ``flush``.
        """
        return self._update(plots, close_all=False)

    def flush(self) -> Tracks:
        """Work off what is held back and return its rows."""
        return self._update(Plots.make(0), close_all=True)

    def picture(self, time_s: float) -> Tracks:
        """Return all confirmed tracks as expected at one time, without changing any."""
        if self._sensor_arrays is None or self._epoch_s is None:
            return Tracks.make(0)
        out = empty_rows(int(self._counters.live[0]), len(self.sensors))
        n = tracker_kernels.picture(
            self._tracks,
            self._counters,
            self._sensor_arrays,
            self._kernel_settings,
            self.frame.is_flat,
            time_s - self._epoch_s,
            out,
        )
        return self._told(out, n)

    def _update(self, plots: Plots, close_all: bool) -> Tracks:
        if len(plots) and (plots.sensor.min() < 0 or plots.sensor.max() >= len(self.sensors)):
            raise ValueError(
                f"plots.sensor holds {plots.sensor.min()} to {plots.sensor.max()}; "
                f"there are {len(self.sensors)} sensors"
            )
        good = usable(plots, self.sensors) if len(plots) else np.zeros(0, np.bool_)
        self.refused += int(len(plots) - good.sum())
        plots = plots.rows(good)
        if self._held is not None:
            plots = _after(self._held, plots)
            self._held = None
        if len(plots) == 0:
            return Tracks.make(0)
        order = np.lexsort((plots.azimuth_rad, plots.range_m, plots.sensor, plots.time_s))
        plots = plots.rows(order)
        if self._epoch_s is None:
            self._begin(plots)
        told = [
            self._run(plots.rows(slice(k, k + CHUNK)), close_all or k + CHUNK < len(plots))
            for k in range(0, len(plots), CHUNK)
        ]
        return told[0] if len(told) == 1 else _joined(told)

    def _begin(self, plots: Plots) -> None:
        self._epoch_s = float(np.floor(plots.time_s[0]))
        periods = turn_times_s(plots, len(self.sensors))
        self._sensor_arrays = sensor_arrays(self.sensors, self.frame, self.settings, periods)
        placed = [s for s in self.sensors if s.latitude_rad is not None]
        if placed:
            center = float(np.mean([s.latitude_rad or 0.0 for s in placed]))
            meridian = placed[0].longitude_rad or 0.0
        else:
            known = np.isfinite(plots.latitude_rad)
            center = float(np.mean(plots.latitude_rad[known])) if known.any() else 0.0
            meridian = float(plots.longitude_rad[known][0]) if known.any() else 0.0
        self._grid = GridMap(self.frame.is_flat, center, meridian)

    def _run(self, plots: Plots, close_all: bool) -> Tracks:
        assert self._grid and self._sensor_arrays and self._epoch_s is not None
        arrays = plot_arrays(
            plots,
            self.sensors,
            self.frame,
            self._grid,
            self.settings,
            self._epoch_s,
            self._codes(plots.call_sign),
        )
        n = len(plots)
        batch_of, close_order = np.empty(n, np.int64), np.empty(n, np.int64)
        batches = batching_kernels.cut(
            arrays.time,
            arrays.sensor,
            arrays.geometry,
            arrays.mode_s,
            self._sensor_arrays.window,
            close_all,
            batch_of,
            close_order,
        )
        order, start = np.empty(n, np.int64), np.empty(batches + 1, np.int64)
        closed = batching_kernels.gather(batch_of, close_order, batches, order, start)
        order, start = order[: start[closed]], start[: closed + 1]
        if len(order) < n:
            self._held = plots.rows(np.flatnonzero(close_order[batch_of] < 0))
        self._tracks = grown(self._tracks, int(self._counters.live[0]) + len(order) + 1)
        out = empty_rows(2 * len(order) + int(self._counters.live[0]), len(self.sensors))
        written, used = tracker_kernels.run(
            arrays,
            order,
            start,
            (self._tracks, self._heads, self._counters),
            self._world(),
            bench_for(self._tracks, int(self._counters.live[0]), len(order)),
            out,
        )
        self.used += used
        return self._told(out, written)

    def _world(self) -> tuple[Any, ...]:
        assert self._grid and self._sensor_arrays
        constants = (self.frame.is_flat, self._grid.constants)
        return (self._sensor_arrays, self._kernel_settings, *constants)

    def _codes(self, call_sign: npt.NDArray[np.str_]) -> npt.NDArray[np.int32]:
        """Return each call sign's row in the tracker's list; -1 for an empty one."""
        words, inverse = np.unique(call_sign, return_inverse=True)
        codes = np.full(len(words), -1, np.int32)
        for k, word in enumerate(words.tolist()):
            if word:
                if word not in self._call_signs:
                    self._call_signs[word] = len(self._call_sign_list)
                    self._call_sign_list.append(word)
                codes[k] = self._call_signs[word]
        return codes[inverse]

    def _told(self, rows: UpdateRows, n: int) -> Tracks:
        """Return result rows as tracks: geodetic, velocity and covariance east, north, up."""
        mean = rows.mean[:n]
        latitude, longitude, height = self.frame.to_geodetic(mean[:, :3])
        axes = self.frame.axes(latitude, longitude)
        velocity = np.einsum("nij,nj->ni", axes, mean[:, 3:])
        turn = np.zeros((n, 6, 6))
        turn[:, :3, :3] = axes
        turn[:, 3:, 3:] = axes
        covariance = turn @ rows.covariance[:n] @ turn.transpose(0, 2, 1)
        if not self.frame.is_flat:  # a guess is not a height
            height = np.where(covariance[:, 2, 2] > HEIGHT_UNKNOWN_M**2, np.nan, height)
        signs = np.array([*self._call_sign_list, ""], dtype="U8")
        return Tracks.make(
            n,
            time_s=rows.time[:n] + (self._epoch_s or 0.0),
            track_number=rows.number[:n],
            latitude_rad=latitude,
            longitude_rad=longitude,
            height_m=height,
            pressure_altitude_m=rows.pressure_altitude[:n],
            ve_mps=velocity[:, 0],
            vn_mps=velocity[:, 1],
            vu_mps=velocity[:, 2],
            covariance=covariance,
            manoeuvre=rows.manoeuvre[:n],
            existence=rows.existence[:n],
            status=rows.status[:n],
            plots=rows.plots[:n],
            sensors=rows.sensors[:n],
            mode_s=rows.mode_s[:n],
            mode_a=rows.mode_a[:n],
            call_sign=signs[rows.call_sign[:n]],
        )

    def flat_positions_m(self, tracks: Tracks) -> npt.NDArray[np.float64]:
        """Return east, north, up (n, 3) of tracks of a flat scene, about the scene's origin."""
        if not self.frame.is_flat:
            raise ValueError("these sensors stand on the earth; only flat scenes have one origin")
        return self.frame.from_geodetic(tracks.latitude_rad, tracks.longitude_rad, tracks.height_m)


def _kernel_settings(settings: TrackerSettings) -> KernelSettings:
    rows = np.arange(1, ROWS + 1)
    gate = np.concatenate([[0.0], chi2.ppf(settings.gate_probability, rows)])
    given = {
        name: float(getattr(settings, name))
        for name in KernelSettings._fields
        if hasattr(settings, name)
    }
    return KernelSettings(**given, gate=gate, gate_sigmas=float(np.sqrt(gate[2])))


def _after(held: Plots, plots: Plots) -> Plots:
    return _joined([held, plots]) if len(plots) else held
