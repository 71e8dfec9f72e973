"""Room left at the published capacity of ARTAS: 30 sensors, 4,000 tracks, in real time on one core.

    python benchmarks/tracker_capacity.py [--targets 4100] [--radars 30] [--seconds 180]

ARTAS (EUROCONTROL) is published as 30 sensors, 2,000 reports a second, 4,000 system tracks.  The
scene: secondary radars of 4 to 12 s on the WGS-84 earth, so placed that together they send about
2,000 reports a second.  Plots are handed over second by second, as a live site would; then the
picture of all tracks is asked for.  One core; the first minute, in which all tracks begin, apart.
"""

from __future__ import annotations

import argparse
import itertools
import time

import numpy as np
from tracker_parts import airspace, tables
from tracker_parts.radars import observe

from jointsky._jit import compile_seconds
from jointsky.api import Plots, Sensor, Tracker

SIDE_M, BEGIN_S = 1_130e3, 60.0
REPORTS_HZ, TRACKS, TARGETS = 2_000.0, 4_000, 4_100  # a few fly out of the radars' sight


def seconds(plots: Plots, duration_s: float) -> list[Plots]:
    """Return the plots of each second."""
    cuts = np.searchsorted(plots.time_s, np.arange(0.0, duration_s + 1.0))
    return [plots.rows(slice(int(a), int(b))) for a, b in itertools.pairwise(cuts)]


def run(sensors: list[Sensor], parts: list[Plots]) -> tuple[np.ndarray, Tracker]:
    """Return wall seconds of update and of picture and CPU seconds of both, (seconds, 3)."""
    tracker = Tracker(sensors)
    spent = np.zeros((len(parts), 3))
    for k, part in enumerate(parts):
        cpu_s, begin_s = time.process_time(), time.perf_counter()
        tracker.update(part)
        middle_s = time.perf_counter()
        tracker.picture(float(k + 1))
        end_s = time.perf_counter()
        spent[k] = middle_s - begin_s, end_s - middle_s, time.process_time() - cpu_s
    return spent, tracker


def main() -> None:
    """Make the scene, run it second by second, print and keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--targets", type=int, default=TARGETS)
    parser.add_argument("--radars", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    radars = airspace.radars(given.radars, SIDE_M, given.seed)
    moving = airspace.flights(given.targets, SIDE_M, given.seconds, given.seed)
    plots = observe(moving, radars, given.seconds, given.seed)
    parts = seconds(plots, given.seconds)
    run([radar.sensor for radar in radars], parts[:2])  # compiles
    spent, tracker = run([radar.sensor for radar in radars], parts)
    later = spent[int(BEGIN_S) :]
    shown = tracker.picture(given.seconds)
    rate_hz = len(plots) / given.seconds
    update, picture = np.percentile(later[:, :2] * 1e3, [50, 99, 100], axis=0).T
    found = {
        "sensors": given.radars,
        "reports_hz": rate_hz,
        "targets": given.targets,
        "tracks": len(shown),
        "cpu_share": later[:, 2].sum() / len(later),
        "times_real_time": len(later) / later[:, 2].sum(),
        "first_minute_cpu_share": spent[: int(BEGIN_S), 2].mean(),
        "update_ms": dict(zip(("p50", "p99", "max"), update, strict=True)),
        "picture_ms": dict(zip(("p50", "p99", "max"), picture, strict=True)),
        "plots_per_cpu_s": sum(map(len, parts[int(BEGIN_S) :])) / later[:, 2].sum(),
        "compile_s": compile_seconds(),
    }
    found["met"] = {
        "in real time": bool(later[:, :2].sum(axis=1).max() < 1.0),
        "reports a second": rate_hz >= REPORTS_HZ,
        "tracks": len(shown) >= TRACKS,
    }
    print(f"{given.radars} radars, {rate_hz:,.0f} reports/s, {given.targets:,} targets, "
          f"{len(shown):,} tracks at the end; {given.seconds:.0f} s, one core")  # fmt: skip
    head = ("one second of plots", "p50 ms", "p99 ms", "longest ms")
    rows = [
        [name, *(tables.number(value, 1) for value in found[key].values())]
        for name, key in (("update", "update_ms"), ("picture of all tracks", "picture_ms"))
    ]
    print(tables.table(head, rows))
    print(f"CPU: {found['cpu_share']:.1%} of one core, {found['times_real_time']:,.1f} times real "
          f"time ({found['plots_per_cpu_s']:,.0f} plots/CPU-s with a picture every second); "
          f"first minute {found['first_minute_cpu_share']:.1%}")  # fmt: skip
    for name, is_met in found["met"].items():
        print(f"{tables.verdict(is_met)}: {name}")
    tables.keep("capacity", found)


if __name__ == "__main__":
    main()
