"""Where the time of the radars goes: samples by perf (Linux) of a process of its own."""

from __future__ import annotations

import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SAMPLES_HZ, SETTLES_S = 997, 0.7


def shares(seed: int) -> dict[str, float]:
    """Return the share of samples of each function, most first; nothing where perf cannot look."""
    if shutil.which("perf") is None:
        return {}
    command = [sys.executable, __file__, str(seed)]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    if told.returncode != 0 or not told.stdout.strip():
        return {}
    samples = json.loads(told.stdout.splitlines()[-1])
    whole = sum(samples.values())
    ordered = sorted(samples.items(), key=lambda item: (-item[1], item[0]))
    return {name: count / whole for name, count in ordered} if whole else {}


def _samples(file: pathlib.Path) -> collections.Counter[str]:
    """Return how many samples fell into each function."""
    known = jit_symbols.ranges()
    command = ["perf", "script", "-i", str(file), "-F", "ip,sym,dso"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: collections.Counter[str] = collections.Counter()
    for line in told.splitlines():
        words = line.split()
        if len(words) < 2:
            continue
        name = jit_symbols.name_at(int(words[0], 16), known)
        library = pathlib.Path(words[-1].strip("()")).name.split(".")[0]
        found[name or f"{library}: {words[1].split('<')[0]}"] += 1
    return found


def _main() -> None:
    """Observe an hour under perf; print the samples."""
    seed = int(sys.argv[1])
    surroundings, network = sky.sky(1_000, seed), sky.radars(seed)

    def hour() -> None:
        for row, (sensor, placed, place, key) in enumerate(network):
            observe.observe(sensor, placed, place, row, surroundings, sky.BEGIN_S,
                            sky.BEGIN_S + sky.HOUR_S, key)  # fmt: skip

    hour()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "perf.data"
        command = ["perf", "record", "-F", str(SAMPLES_HZ), "-e", "cpu-clock", "-o", str(file)]
        perf = subprocess.Popen(
            [*command, "-p", str(os.getpid())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(SETTLES_S)
        hour()
        perf.send_signal(signal.SIGINT)
        perf.wait()
        print(json.dumps(_samples(file)))


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    from tracker_parts import jit_symbols

    jit_symbols.watch()
    from jointsky.sensors import observe
    from sensor_parts import sky

    _main()
