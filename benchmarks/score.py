"""How long scoring takes: one million track points against as many of truth.

python benchmarks/score.py [--points 1000000] [--targets 2000]
"""

import argparse
import resource
import time

import numpy as np

from jointsky._jit import compile_seconds
from jointsky.metrics.compare import CompareOptions, compare
from jointsky.metrics.paths import Paths, make_paths
from jointsky.streams import stream


def scene(targets: int, moments: int, area_m: float, shift_s: float) -> tuple[Paths, Paths]:
    """Return turning targets, and tracks with noise, misses, number changes and false ones."""
    rng = stream(1, "benchmark", targets)
    time_s = np.arange(moments, dtype=float)
    speed = rng.uniform(60.0, 250.0, targets)[:, None]
    turn = np.radians(rng.uniform(-1.0, 1.0, targets))[:, None]
    heading = rng.uniform(0, 2 * np.pi, targets)[:, None] + turn * time_s
    velocity = np.stack([speed * np.sin(heading), speed * np.cos(heading), 0 * heading], axis=2)
    place = rng.uniform(-area_m / 2, area_m / 2, (targets, 1, 3)) * [1, 1, 0]
    place = place + np.array([0.0, 0.0, 5000.0]) + np.cumsum(velocity, axis=1)
    number = np.repeat(np.arange(targets), moments)
    times = np.tile(time_s, targets)
    place, velocity = place.reshape(-1, 3), velocity.reshape(-1, 3)
    truth = make_paths(times, number, place, velocity)
    n = len(times)
    changed = number + targets * np.cumsum(rng.random(n) < 2e-4)
    kept = rng.random(n) > 0.03
    seen = place + shift_s * velocity + rng.normal(0, 60.0, (n, 3))
    tracks = make_paths(
        (times + shift_s)[kept],
        changed[kept],
        seen[kept],
        (velocity + rng.normal(0, 5.0, (n, 3)))[kept],
    )
    return truth, tracks


def timed(truth: Paths, tracks: Paths, options: CompareOptions) -> None:
    """Score once to compile, once for the clock, and say so."""
    start, before = time.perf_counter(), compile_seconds()
    compare(truth, tracks, options)
    first, compiled = time.perf_counter() - start, compile_seconds() - before
    start, cpu = time.perf_counter(), time.process_time()
    found = compare(truth, tracks, options)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.sampling:>7}: {len(tracks):,} track points, {len(truth):,} of truth: "
        f"{wall:.1f} s wall, {cpu:.1f} s CPU ({len(tracks) / cpu:,.0f} points/CPU-s); first call "
        f"{first:.1f} s, {compiled:.1f} s of it compiling; peak {memory:,.0f} MB"
    )
    picture = found.picture
    print(
        f"         GOSPA {picture['gospa_m']:.1f} m, T-GOSPA {picture['t_gospa_m']:.0f} m "
        f"(at least {picture['t_gospa_lower_m']:.0f}), complete {found.siap['completeness']:.4f}"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--targets", type=int, default=2000)
    parser.add_argument("--area-km", type=float, default=1000.0)
    given = parser.parse_args()
    moments = max(given.points // given.targets, 10)
    for shift_s, kind in ((0.0, "shared"), (0.37, "grid")):
        truth, tracks = scene(given.targets, moments, given.area_km * 1000.0, shift_s)
        timed(truth, tracks, CompareOptions(sampling=kind))


if __name__ == "__main__":
    main()
