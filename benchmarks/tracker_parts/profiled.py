"""A process that samples itself while it tracks: prints where its time goes, as JSON.

Samples are taken by perf (Linux), a thousand a second, and named by jit_symbols.py.  Needs the
kernels in the cache: run the tracker once before.
"""

import collections
import json
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from tracker_parts import jit_symbols

jit_symbols.watch()

from jointsky.api import Tracker  # noqa: E402

SAMPLES_HZ, LASTS_S, SETTLES_S = 997, 6.0, 0.7


def samples(file: pathlib.Path) -> collections.Counter[str]:
    """Return how many samples fell into each function, by "module.function" or symbol."""
    known = jit_symbols.ranges()
    command = ["perf", "script", "-i", str(file), "-F", "ip,sym,dso"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: collections.Counter[str] = collections.Counter()
    for line in told.splitlines():
        words = line.split()
        if len(words) < 2:
            continue
        name = jit_symbols.name_at(int(words[0], 16), known)
        found[name or f"{pathlib.Path(words[-1].strip('()')).name}: {words[1]}"] += 1
    return found


def main() -> None:
    """Track a scene over and over under perf; print the samples."""
    sensors, plots = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
    first = Tracker(sensors)
    first.update(plots)
    first.flush()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "perf.data"
        command = ["perf", "record", "-F", str(SAMPLES_HZ), "-e", "cpu-clock", "-o", str(file)]
        perf = subprocess.Popen(
            [*command, "-p", str(os.getpid())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(SETTLES_S)
        begin_s, tracked = time.perf_counter(), 0
        while time.perf_counter() - begin_s < LASTS_S:
            tracker = Tracker(sensors)
            tracker.update(plots)
            tracker.flush()
            tracked += len(plots)
        perf.send_signal(signal.SIGINT)
        perf.wait()
        print(json.dumps({"plots": tracked, "samples": samples(file)}))


if __name__ == "__main__":
    main()
