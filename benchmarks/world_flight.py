"""How fast vehicles fly: aircraft-steps a second beside BlueSky, and the cost from 100 to 10,000.

    python benchmarks/world_flight.py [--peer-python PYTHON] [--rounds N]

A step is the position and velocity of one aircraft at one more second.  Ours fly routes with a
turn, a climb and a change of speed; BlueSky's fly straight, without conflict detection.  CPU time
of one thread each, on the same machine in one run; the better of a few rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time
from typing import Any

import numpy as np
from tracker_parts import tables
from tracker_parts.peers import find_python

from jointsky.declare import Faults
from jointsky.earth.motion import Pieces, pieces_of, states, states_on_grid
from jointsky.earth.terrain import flat_grid
from jointsky.records.signatures import Signature
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Route, Waypoint
from jointsky.world.types import VehicleType

COUNTS = (100, 1000, 5000, 10_000)
BESIDE, ASKED = 5000, 20.0  # aircraft beside BlueSky, and how many times its rate is asked
FLAT = 2.0  # the dearest of the counts beside the cheapest: a cost that does not grow
CHUNK, STEPS = 60, 600
PEER_STEPS = 100
RUNNER = pathlib.Path(__file__).parent / "world_parts" / "run_bluesky.py"
JET = VehicleType(
    name="jet",
    domain="fixed-wing",
    signature=Signature(),
    speed_min_mps=65.0,
    speed_cruise_mps=230.0,
    speed_max_mps=250.0,
    climb_mps=12.0,
    descent_mps=15.0,
    ceiling_m=12_000.0,
)


def fleet_of(count: int) -> tuple[Pieces, float]:
    """Return the motion of so many jets, each on a route of its own, and CPU seconds to make it."""
    rng = np.random.default_rng(1)
    fleet, faults = Fleet(0.0, 3600.0, 1, flat_grid()), Faults()
    before = time.process_time()
    for number in range(count):
        latitude, longitude = rng.uniform(46.0, 60.0), rng.uniform(10.0, 40.0)
        north, east = rng.uniform(0.5, 1.0, 2)
        begin, end = rng.uniform(5000.0, 8500.0, 2)
        waypoints = (
            Waypoint(latitude_deg=latitude, longitude_deg=longitude, height_m=begin),
            Waypoint(
                latitude_deg=latitude + north,
                longitude_deg=longitude + east,
                height_m=end,
                speed_mps=rng.uniform(200.0, 245.0),
            ),
            Waypoint(latitude_deg=latitude + 1.0, longitude_deg=longitude + 5.0),
        )
        fleet.add(f"jet-{number}", JET, Route(waypoints=waypoints), faults)
    made = fleet.flown()
    spent = time.process_time() - before
    if faults.kept:
        raise SystemExit(str(faults.kept[0]))
    return pieces_of(made.motion, count), spent


def grid_rate(pieces: Pieces) -> float:
    """Return states a CPU second, all vehicles at every second, a minute at a time."""
    before = time.process_time()
    for begin in range(0, STEPS, CHUNK):
        states_on_grid(pieces, begin + np.arange(float(CHUNK)))
    return (len(pieces.first) - 1) * STEPS / (time.process_time() - before)


def single_rate(pieces: Pieces) -> float:
    """Return states a CPU second where each is asked for by itself, vehicle and time mixed."""
    count = len(pieces.first) - 1
    rng = np.random.default_rng(2)
    size = 200_000
    rows, times = rng.integers(0, count, size), rng.uniform(0.0, STEPS, size)
    before = time.process_time()
    states(pieces, rows, times)
    return size / (time.process_time() - before)


def our_rows(rounds: int) -> list[dict[str, float]]:
    """Return our figures for each count of vehicles."""
    warm, _ = fleet_of(10)
    grid_rate(warm), single_rate(warm)
    rows = []
    for count in COUNTS:
        pieces, made_s = fleet_of(count)
        rows.append(
            {
                "vehicles": count,
                "made_us": 1e6 * made_s / count,
                "steps_per_s": max(grid_rate(pieces) for _ in range(rounds)),
                "single_per_s": max(single_rate(pieces) for _ in range(rounds)),
            }
        )
    return rows


def peer_rate(python: pathlib.Path, rounds: int) -> dict[str, Any]:
    """Return what BlueSky needs for as many aircraft, the better of a few rounds."""
    told = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out.json"
            subprocess.run(
                [python, RUNNER, str(BESIDE), str(PEER_STEPS), out],
                check=True,
                cwd=folder,
                env={**os.environ, "HOME": folder},  # it writes settings and caches there
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            told.append(json.loads(out.read_text()))
    return max(told, key=lambda one: float(one["steps_per_s"]))


def main() -> None:
    """Measure, print the table, keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", type=pathlib.Path, help="a Python with BlueSky")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rows = our_rows(given.rounds)
    head = [
        "aircraft",
        "made, us each",
        "steps a second",
        "ns a step",
        "states one by one a second",
    ]
    lines = [
        [
            f"{row['vehicles']:,.0f}",
            tables.number(row["made_us"], 0),
            tables.number(row["steps_per_s"], 0),
            tables.number(1e9 / row["steps_per_s"], 1),
            tables.number(row["single_per_s"], 0),
        ]
        for row in rows
    ]
    found: dict[str, Any] = {"ours": rows, "peer": None}
    spread = max(r["steps_per_s"] for r in rows) / min(r["steps_per_s"] for r in rows)
    verdicts = [
        f"cost a step, dearest beside cheapest: x {spread:.2f} {tables.verdict(spread < FLAT)}"
    ]
    python = find_python(given.peer_python, ".venv-peers-flight")
    if python is None:
        verdicts.append(
            "BlueSky is not run: no Python with it is given or found (make bench-peers)"
        )
    else:
        peer = peer_rate(python, given.rounds)
        ours = next(row["steps_per_s"] for row in rows if row["vehicles"] == BESIDE)
        ratio = ours / peer["steps_per_s"]
        lines.append(
            [
                f"BlueSky {peer['version']}: {BESIDE:,}",
                tables.number(1e6 * peer["created_s"] / BESIDE, 0),
                tables.number(peer["steps_per_s"], 0),
                tables.number(1e9 / peer["steps_per_s"], 1),
                tables.UNKNOWN,
            ]
        )
        word = tables.verdict(ratio >= ASKED)
        verdicts.append(f"beside BlueSky at {BESIDE:,}: x {ratio:.0f}, asked x {ASKED:.0f}: {word}")
        found |= {"peer": peer, "ratio": ratio, "met": {"ratio": ratio >= ASKED}}
    print(tables.table(head, lines))
    print("\n".join(verdicts))
    tables.keep("world_flight", {**found, "spread": spread})


if __name__ == "__main__":
    main()
