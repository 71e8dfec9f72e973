"""A process that tracks a scene second by second: prints how far its memory grew.

Run by rates.py with scenes of two numbers of targets, made by another process, so that nothing but
the tracker takes memory; the difference is what tracks and plots in flight cost.
"""

import gc
import itertools
import json
import pathlib
import pickle
import sys

import numpy as np

from jointsky.api import Tracker


def resident_kb() -> float:
    """Return how much memory this process holds now."""
    words = pathlib.Path("/proc/self/status").read_text().splitlines()
    return float(next(line.split()[1] for line in words if line.startswith("VmRSS")))


def main() -> None:
    """Track, second by second; print tracks, most plots in flight and growth."""
    sensors, plots, duration_s = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
    cuts = np.searchsorted(plots.time_s, np.arange(0.0, duration_s + 1.0))
    parts = [plots.rows(slice(int(a), int(b))) for a, b in itertools.pairwise(cuts)]
    warm = Tracker(sensors)
    warm.update(parts[0])
    warm.picture(1.0)
    del warm
    gc.collect()
    before, peak = resident_kb(), 0.0
    tracker = Tracker(sensors)
    for part in parts:
        tracker.update(part)
        peak = max(peak, resident_kb())
    in_flight = sum(map(len, parts[-round(tracker.settings.late_s) :]))  # kept for late plots
    tracks = len(tracker.picture(duration_s))
    print(json.dumps({"tracks": tracks, "in_flight": in_flight, "grew_kb": peak - before}))


if __name__ == "__main__":
    main()
