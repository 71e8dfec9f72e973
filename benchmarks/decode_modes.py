"""Messages a second of the Mode S, SBS and JSON readers, beside pyModeS in the same run.

    python benchmarks/decode_modes.py [--messages N] [--peer-python PYTHON_WITH_PYMODES]

The messages are made here: 200 aircraft over Europe, each sending positions (two in a second),
velocities and call signs, with replies DF4, 5, 11, 20 and 21 between them as in real reception.
Times are of this process (``cpu``) and of the clock on the wall; the best of three.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tests"))

import numpy as np

from formats.modes import modes_encoder as encoder
from jointsky.formats.modes import beast
from jointsky.formats.modes.read import read_beast, read_modes
from jointsky.formats.options import ReadOptions
from jointsky.formats.readsb.read import read_state_vectors
from jointsky.formats.sbs.read import read_sbs
from jointsky.streams import stream

AIRCRAFT = 200
START_S = 1_700_000_000.0
PEER = """
import sys, time, json
from pyModeS import PipeDecoder
rows = [line.split(",") for line in open(sys.argv[1]).read().split()]
best = 1e9
for _ in range(2):
    pipe = PipeDecoder()
    begin = time.process_time()
    found = [pipe.decode(frame, timestamp=float(moment)) for moment, frame in rows]
    best = min(best, time.process_time() - begin)
print(json.dumps([best, sum(1 for message in found if message.get("latitude") is not None)]))
"""


def messages(count: int) -> list[tuple[float, bytes]]:
    """Return ``count`` frames with their times."""
    rng = stream(1, "benchmark", "mode-s")
    lat, lon = rng.uniform(46, 54, AIRCRAFT), rng.uniform(4, 20, AIRCRAFT)
    east, north = rng.integers(-400, 400, AIRCRAFT), rng.integers(-400, 400, AIRCRAFT)
    out = []
    after_s, turn = 0.0, 0
    while len(out) < count:
        for a in range(AIRCRAFT):
            address, now = 0x3C0000 + 7 * a, after_s + a / AIRCRAFT * 0.5
            here = (lat[a] + north[a] * now * 4.6e-6, lon[a] + east[a] * now * 7e-6)
            out.append((now, encoder.squitter(encoder.airborne(*here, turn % 2), address)))
            out.append((now + 0.1, other(turn, a, address, int(east[a]), int(north[a]))))
            out.append((now + 0.2, other(turn + 3, a, address, int(east[a]), int(north[a]))))
        after_s, turn = after_s + 0.5, turn + 1
    return [(START_S + now, frame) for now, frame in sorted(out[:count], key=lambda m: m[0])]


def other(turn: int, a: int, address: int, east: int, north: int) -> bytes:
    """Return one of the messages that stand between positions."""
    field = encoder.identity_field(0o1000 + a)
    if turn % 6 == 0:
        return encoder.squitter(encoder.identity(f"JSK{a:03d}"), address)
    if turn % 6 == 1:
        return encoder.reply(0x28 << 24 | field, 32, address)
    if turn % 6 == 2:
        return encoder.reply(0xA8 << 80 | field << 56 | 0x20 << 48 | 1 << 40, 88, address)
    if turn % 6 == 3:
        return encoder.reply(0x5D << 24 | address, 32, 0)
    return encoder.squitter(encoder.velocity(east, north, 640, 500), address)


def timed(label: str, count: int, function, *arguments) -> float:
    """Print and return the records a CPU second of the best of three runs."""
    function(*arguments)
    walls, cpus = [], []
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        function(*arguments)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    print(f"{label:36s} {count / min(cpus):>12,.0f} /cpu-s {count / min(walls):>12,.0f} /s")
    return count / min(cpus)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--peer-python", help="a Python that has pyModeS 3")
    given = parser.parse_args()
    frames, options = messages(given.messages), ReadOptions()
    count = len(frames)
    csv = "\n".join(f"{now:.6f},{frame.hex().upper()}" for now, frame in frames).encode()
    avr = "\n".join(
        f"@{int((now - START_S + 9) * 12e6):012X}{f.hex()};" for now, f in frames
    ).encode()
    packed = b"".join(encoder.beast(f, int((now - START_S + 9) * 12e6)) for now, f in frames)
    ours = timed("Mode S, CSV with times", count, read_modes, csv, options)
    timed("Mode S, AVR with counter", count, read_modes, avr, options)
    timed("Beast, frames only", count, beast.split, packed)
    timed("Beast, to plots", count, read_beast, packed, options)
    squitters = [m for m in frames if m[1][0] >> 3 == 17]
    only = b"".join(encoder.beast(f, int((now - START_S + 9) * 12e6)) for now, f in squitters)
    timed("Beast, DF17 only, to plots", len(squitters), read_beast, only, options)
    plots = read_modes(csv, options).plots
    others(plots, options)
    if given.peer_python:
        with tempfile.NamedTemporaryFile("wb", suffix=".csv") as file:
            file.write(csv)
            file.flush()
            command = [given.peer_python, "-c", PEER, file.name]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, positions = json.loads(answer)
        print(f"{'pyModeS PipeDecoder, same messages':36s} {count / seconds:>12,.0f} /cpu-s")
        print(f"positions: ours {len(plots):,}, pyModeS {positions:,}; ")
        print(f"ours is {ours * seconds / count:.1f} times as fast")


def others(plots, options: ReadOptions) -> None:
    """Time the SBS and state-vector readers on the same positions."""
    lines, states = [], []
    degrees = np.degrees([plots.latitude_rad, plots.longitude_rad]).T.tolist()
    for (lat, lon), now, address in zip(degrees, plots.time_s, plots.mode_s, strict=True):
        stamp = time.strftime("%Y/%m/%d,%H:%M:%S", time.gmtime(now)) + ".000"
        head = f"MSG,3,1,1,{address:06X},1,{stamp},{stamp}"
        lines.append(f"{head},,36000,,,{lat:.6f},{lon:.6f},,,0,,0,0")
        states.append({"icao24": f"{address:06x}", "timestamp": int(now * 1000), "altitude": 36000})
        states[-1] |= {"latitude": lat, "longitude": lon, "groundspeed": 400.0, "track": 90.0}
    timed("SBS lines", len(lines), read_sbs, "\n".join(lines).encode(), options)
    timed("state vectors", len(states), read_state_vectors, json.dumps(states).encode(), options)


if __name__ == "__main__":
    main()
