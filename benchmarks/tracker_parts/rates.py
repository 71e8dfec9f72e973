"""How fast the tracker is: process CPU seconds of tracking, the clock off while kernels compile."""

from __future__ import annotations

import collections
import cProfile
import dataclasses
import functools
import inspect
import json
import os
import pathlib
import pickle
import pstats
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np

from jointsky.api import Plots, Reading, Sensor, Tracker
from jointsky.tracking import layout_kernels
from tracker_parts import airspace, ours
from tracker_parts.radars import observe
from tracker_parts.scenes import TOOLS

HERE = pathlib.Path(__file__).parent
SIDE_M, RADARS = 1_130e3, 30
GROWTH = ((100, 600.0), (1_000, 120.0), (10_000, 40.0))  # targets, seconds
MEMORY_S, PROFILED = 40.0, (2_000, 60.0)  # seconds; targets and seconds
FALSE_SHARE = 0.025  # false plots of a turn of one radar, as a share of the targets


@dataclasses.dataclass(frozen=True)
class Rate:
    """Plots a second of process CPU time, the best of some runs."""

    plots: int
    alone_s: float  # update and flush
    pictures_s: float  # with a picture every second

    @property
    def alone_hz(self) -> float:
        """Return plots a second of tracking alone, as the peers' clocks run."""
        return self.plots / self.alone_s

    @property
    def pictures_hz(self) -> float:
        """Return plots a second with the pictures that are scored."""
        return self.plots / self.pictures_s


def rate(reading: Reading, runs: int = 3) -> Rate:
    """Return how fast a reading is tracked."""
    ours.warm_up(reading)
    times_s = ours.whole_seconds(reading)
    alone_s = [cpu_of(ours.new_tracker(reading), reading.plots) for _ in range(runs)]
    pictures_s = [ours.timed(reading, times_s).cpu_s for _ in range(runs)]
    return Rate(len(reading.plots), min(alone_s), min(pictures_s))


def cpu_of(tracker: Tracker, plots: Plots) -> float:
    """Return the CPU seconds of tracking plots in one call."""
    begin_s = time.process_time()
    tracker.update(plots)
    tracker.flush()
    return time.process_time() - begin_s


def on_threads(reading: Reading, threads: int) -> float | None:
    """Return plots a wall second on so many threads; None where the tracker has no such choice."""
    if "threads" not in inspect.signature(Tracker.__init__).parameters:
        return None
    best_s = np.inf
    for _ in range(2):
        tracker = ours.new_tracker(reading, threads=threads)
        begin_s = time.perf_counter()
        tracker.update(reading.plots)
        tracker.flush()
        best_s = min(best_s, time.perf_counter() - begin_s)
    return len(reading.plots) / best_s


def steps_per_plot(reading: Reading) -> float:
    """Return how often a model of a track is filtered with a candidate plot, a plot."""
    tracker = ours.new_tracker(reading)
    tracker.update(reading.plots)
    return float(tracker._book.counters[layout_kernels.N_STEPS]) / len(reading.plots)


def growth(seed: int) -> list[dict[str, float]]:
    """Return the cost of a plot at each number of targets, over the same thirty radars.

    Primary radars with elevation and no identity; false plots in proportion to the targets, so
    that only the number, and with it the density, differs.
    """
    found = []
    for targets, duration_s in GROWTH:
        plots, sensors = crowd(targets, duration_s, seed)
        cpu_of(Tracker(sensors), plots.rows(slice(0, ours.FIRST)))
        best_s = min(cpu_of(Tracker(sensors), plots) for _ in range(2))
        per_plot_us = 1e6 * best_s / len(plots)
        found.append({"targets": targets, "plots": len(plots), "per_plot_us": per_plot_us})
    return found


@functools.lru_cache(maxsize=1)
def crowd(targets: int, duration_s: float, seed: int) -> tuple[Plots, list[Sensor]]:
    """Return plots of so many targets by thirty primary radars, and the radars."""
    false = FALSE_SHARE * targets
    radars = airspace.radars(RADARS, SIDE_M, seed, identity="none", false_per_turn=false)
    moving = airspace.flights(targets, SIDE_M, duration_s, seed)
    plots = observe(moving, radars, duration_s, seed)
    return plots, [radar.sensor for radar in radars]


def memory(seed: int, few: int = 2_500, many: int = 10_000) -> dict[str, Any]:
    """Return kilobytes a track and plot in flight: the slope between two numbers of targets."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        scene = pathlib.Path(folder) / "scene.pickle"
        for targets in (few, many):
            plots, sensors = crowd(targets, MEMORY_S, seed)
            scene.write_bytes(pickle.dumps((sensors, plots, MEMORY_S)))
            command = [sys.executable, str(HERE / "memory.py"), str(scene)]
            runs.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    things = [run["tracks"] + run["in_flight"] for run in runs]
    slope = (runs[1]["grew_kb"] - runs[0]["grew_kb"]) / (things[1] - things[0])
    return {"kb_each": slope, "runs": runs}


def start_up() -> dict[str, dict[str, float]]:
    """Return what a process needs for its first picture: cold, then with kernels in the cache."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("cold", "warm"):
            begin_s = time.perf_counter()
            done = subprocess.run(
                [sys.executable, str(HERE / "first_picture.py")],
                check=True,
                capture_output=True,
                env={**os.environ, "JOINTSKY_CACHE": folder},
            )
            process_s = time.perf_counter() - begin_s
            found[name] = {**json.loads(done.stdout), "process_s": process_s}
    return found


def limit(tools: pathlib.Path = TOOLS) -> dict[str, float]:
    """Return bare predict-and-update steps a CPU second of one core, by bench_kernel.py.

    Six states, three-dimensional polar measurement, no association: "scalar" one track at a time,
    "block32" thirty-two side by side.  Empty where the script is not here.
    """
    if not (tools / "bench_kernel.py").is_file():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        script = shutil.copy(tools / "bench_kernel.py", folder)
        done = subprocess.run(
            [sys.executable, script], check=True, capture_output=True, text=True, cwd=folder
        )
    found = {}
    for name in ("scalar", "block32"):
        rates = re.findall(rf"^{name} +([\d,]+) ", done.stdout, re.MULTILINE)
        found[name] = max(float(rate.replace(",", "")) for rate in rates)
    return found


def profile(seed: int) -> dict[str, int]:
    """Return samples by function while 2,000 targets are tracked; empty where perf is not here."""
    if shutil.which("perf") is None:
        return {}
    plots, sensors = crowd(*PROFILED, seed)
    cpu_of(Tracker(sensors), plots.rows(slice(0, ours.FIRST)))  # kernels into the cache
    with tempfile.TemporaryDirectory() as folder:
        scene = pathlib.Path(folder) / "scene.pickle"
        scene.write_bytes(pickle.dumps((sensors, plots)))
        command = [sys.executable, str(HERE / "profiled.py"), str(scene)]
        done = subprocess.run(command, capture_output=True, check=False)
    return dict(json.loads(done.stdout)["samples"]) if done.returncode == 0 else {}


def python_profile(seed: int) -> dict[str, float]:
    """Return the share of time of each of our Python functions, NumPy's work for it included."""
    plots, sensors = crowd(*PROFILED, seed)
    cpu_of(Tracker(sensors), plots.rows(slice(0, ours.FIRST)))
    profiler = cProfile.Profile()
    profiler.enable()
    cpu_of(Tracker(sensors), plots)
    profiler.disable()
    own: collections.Counter[str] = collections.Counter()
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    for function, (_, _, _, spent_s, callers) in stats.items():
        if not _is_ours(function):
            continue
        own[_short(function)] += spent_s
        for caller, (_, _, _, here_s) in callers.items():
            if _is_ours(caller):
                own[_short(caller)] -= here_s
    whole_s = sum(own.values())
    return {name: spent_s / whole_s for name, spent_s in own.most_common() if spent_s > 0.0}


def _is_ours(function: tuple[str, int, str]) -> bool:
    return f"{os.sep}jointsky{os.sep}" in function[0]


def _short(function: tuple[str, int, str]) -> str:
    return f"{pathlib.Path(function[0]).stem}.{function[2]}"
