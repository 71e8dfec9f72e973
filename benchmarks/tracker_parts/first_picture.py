"""A process that makes its first tracks: prints what importing, compiling and tracking took.

Run by tracker_speed.py with a fresh and with a filled JOINTSKY_CACHE.  The plots are made of plain
numbers, so that no other kernel than the tracker's is needed for them.
"""

import json
import time

BEGIN_S = time.perf_counter()

import numpy as np  # noqa: E402

from jointsky._jit import compile_seconds  # noqa: E402
from jointsky.api import Plots, Sensor, Tracker  # noqa: E402

TARGETS, TURNS, PERIOD_S = 20, 15, 4.0


def plots() -> Plots:
    """Return targets that fly straight away from a radar, a turn every four seconds."""
    azimuth = np.tile(np.linspace(0.1, 6.0, TARGETS), TURNS)
    turn = np.repeat(np.arange(TURNS), TARGETS)
    time_s = PERIOD_S * (turn + azimuth / (2 * np.pi))
    return Plots.make(
        len(turn),
        time_s=time_s,
        sensor=np.zeros(len(turn)),
        geometry=np.zeros(len(turn)),
        range_m=50e3 + 200.0 * time_s,
        azimuth_rad=azimuth,
        pressure_altitude_m=np.full(len(turn), 9_000.0),
    )


def main() -> None:
    """Track, take a picture, print the seconds."""
    imported_s = time.perf_counter() - BEGIN_S
    sensor = Sensor(
        name="radar",
        kind="ssr",
        latitude_rad=0.9,
        longitude_rad=0.4,
        height_m=100.0,
        rotation_period_s=PERIOD_S,
    )
    given = plots()
    tracker = Tracker([sensor])
    tracker.update(given)
    tracker.flush()
    shown = tracker.picture(float(given.time_s[-1]))
    told = {
        "import_s": imported_s,
        "compile_s": compile_seconds(),
        "whole_s": time.perf_counter() - BEGIN_S,
        "tracks": len(shown),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
