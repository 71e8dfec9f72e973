"""How fast the tracker is: beside peers, as targets grow, in memory, at its start, at its limit.

    python benchmarks/tracker_speed.py [--peer-python PYTHON] [--peer-minutes 2]
    python benchmarks/tracker_speed.py region growth      some parts only

Process CPU time of tracking alone, on one core, compiling apart.  A peer's clock is off while it
gives pictures, so ours is too in the ratio; the speed with a picture every second stands beside.
Peers are run in this very run where a Python with them is found and the minutes allow.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Callable
from typing import Any

from tracker_parts import ours, rates, tables
from tracker_parts.peers import Peers, find_python
from tracker_parts.pictures_speed import draw, grouped
from tracker_parts.scenes import KEPT, KINDS, TOOLS, scene_folder
from tracker_parts.tables import number, verdict

SCENES = ("small", "small_rot", "crossing", "dense")
TIMES, TIMES_OTHER = 1_000.0, 300.0  # Stone Soup's fastest, nrl-tracker's
REGION_HZ, TWO_CORES = 250_000.0, 1.7
GROWS, KB_EACH = 1.5, 4.0
WARM_S, COLD_S = 2.0, 20.0


def beside_peers(given: argparse.Namespace, peers: Peers) -> dict[str, Any]:
    """Print the speeds on each scene and their ratios; return what is to be kept."""
    rows: list[list[str]] = []
    kept: dict[str, Any] = {}
    for name in SCENES:
        folder = scene_folder(KINDS[name], given.seed, given.tools)
        mine = rates.rate(ours.load(folder))
        others = peers.speeds(KINDS[name], given.seed, folder)
        kept[name] = {"plots_hz": mine.alone_hz, "with_pictures_hz": mine.pictures_hz, "met": {}}
        head = [name, number(mine.alone_hz, 0), number(mine.pictures_hz, 0)]
        if not others:
            rows.append([*head, "no peer", "", "", "", ""])
        for other in others:
            wanted = TIMES_OTHER if other.tracker.startswith("nrl") else TIMES
            ratio = mine.alone_hz / other.plots_per_cpu_s
            kept[name][other.tracker] = {"plots_hz": other.plots_per_cpu_s, "ratio": ratio}
            kept[name]["met"][other.tracker] = ratio >= wanted
            cells = [other.tracker, number(other.plots_per_cpu_s, 0), other.source]
            rows.append([*head, *cells, f"x {ratio:,.0f}", verdict(ratio >= wanted)])
            head = ["", "", ""]
    print("\nBeside the peers, plots a CPU second (asked: 1,000 times Stone Soup's fastest "
          "configuration, 300 times nrl-tracker)")  # fmt: skip
    names = ("scene", "ours", "with pictures", "peer", "peer's", "run", "ratio", "asked")
    print(tables.table(names, rows), flush=True)
    return kept


def region(given: argparse.Namespace, peers: Peers) -> dict[str, Any]:
    """Print the speed on 2,000 targets and thirty radars; return what is to be kept."""
    reading = ours.load(scene_folder(KINDS["region"], given.seed, given.tools))
    mine = rates.rate(reading, runs=2)
    one, two = (rates.on_threads(reading, threads) for threads in (1, 2))
    met = {"one core": mine.alone_hz >= REGION_HZ}
    print(f"\nregion: {mine.alone_hz:,.0f} plots/CPU-s on one core, {mine.pictures_hz:,.0f} with a "
          f"picture every second; asked {REGION_HZ:,.0f}: {verdict(met['one core'])}")  # fmt: skip
    if one and two:
        met["two cores"] = two >= TWO_CORES * one
        print(f"  two threads: {two:,.0f} plots/s, x {two / one:.2f}: {verdict(met['two cores'])}")
    else:
        print("  two threads: the tracker has no choice of threads")
    steps_hz = mine.plots / mine.alone_s * rates.steps_per_plot(reading)
    limit = rates.limit(given.tools)
    if limit:
        print(f"  filter steps, every model and candidate: {steps_hz / 1e6:.2f} million a CPU "
              f"second; bare predict and update of one model: {limit['scalar'] / 1e6:.1f} "
              f"million one by one (ours {steps_hz / limit['scalar']:.0%}), "
              f"{limit['block32'] / 1e6:.1f} in blocks of 32 "
              f"({steps_hz / limit['block32']:.0%})")  # fmt: skip
    else:
        print("  the limit is not measured: bench_kernel.py is not here")
    return {
        "plots_hz": mine.alone_hz,
        "with_pictures_hz": mine.pictures_hz,
        "two_threads": two / one if one and two else None,
        "steps_hz": steps_hz,
        "limit": limit,
        "met": met,
    }


def growth(given: argparse.Namespace, peers: Peers) -> dict[str, Any]:
    """Print the cost of a plot as targets grow; return what is to be kept."""
    found = rates.growth(given.seed)
    ratio = found[-1]["per_plot_us"] / found[0]["per_plot_us"]
    print("\nAs targets grow, over the same thirty radars (false plots in proportion)")
    rows = [
        [f"{row['targets']:,}", f"{row['plots']:,}", number(row["per_plot_us"], 2)] for row in found
    ]
    print(tables.table(("targets", "plots", "us a plot"), rows))
    print(f"  most to fewest: x {ratio:.2f}, asked at most {GROWS}: {verdict(ratio <= GROWS)}")
    return {"rows": found, "ratio": ratio, "met": {"cost of a plot": ratio <= GROWS}}


def memory(given: argparse.Namespace, peers: Peers) -> dict[str, Any]:
    """Print the memory of a track and plot in flight; return what is to be kept."""
    found = rates.memory(given.seed)
    few, many = found["runs"]
    is_met = found["kb_each"] <= KB_EACH
    print(f"\nMemory: {few['tracks']:,} tracks and {few['in_flight']:,} plots in flight "
          f"{few['grew_kb'] / 1024:,.0f} MB, {many['tracks']:,} and {many['in_flight']:,} "
          f"{many['grew_kb'] / 1024:,.0f} MB: {found['kb_each']:.1f} kB each, asked at most "
          f"{KB_EACH:g}: {verdict(is_met)}")  # fmt: skip
    return {**found, "met": {"kB a track and plot": is_met}}


def start_up(given: argparse.Namespace, peers: Peers) -> dict[str, Any]:
    """Print what a first picture takes in a new process; return what is to be kept."""
    found = rates.start_up()
    cold, warm = found["cold"], found["warm"]
    met = {"warm": warm["whole_s"] <= WARM_S, "cold": cold["compile_s"] <= COLD_S}
    print(f"\nA new process to its first picture: {warm['whole_s']:.2f} s with kernels in the "
          f"cache ({warm['import_s']:.2f} s of it imports), asked {WARM_S:g}: "
          f"{verdict(met['warm'])}; compiling all of them {cold['compile_s']:.1f} s, asked "
          f"{COLD_S:g}: {verdict(met['cold'])}")  # fmt: skip
    return {**found, "met": met}


def profile(given: argparse.Namespace, peers: Peers) -> dict[str, Any]:
    """Print and draw where the time goes; return what is to be kept."""
    groups = grouped(rates.profile(given.seed))
    python = rates.python_profile(given.seed)
    print("\nWhere the time goes (2,000 targets, thirty primary radars)")
    if groups:
        rows = [[name, f"{share:.1%}"] for name, share in groups.items() if share >= 0.01]
        print(tables.table(("by kind of work, samples", ""), rows))
    else:
        print("  by kind of work: not measured, perf is not here or may not look")
    rows = [[name, f"{share:.1%}"] for name, share in python.items() if share >= 0.01]
    print(tables.table(("by function, with the NumPy that it calls", ""), rows))
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    draw(groups, python, given.picture)
    print(f"Picture: {given.picture}")
    return {"groups": groups, "functions": python}


PARTS: dict[str, Callable[[argparse.Namespace, Peers], dict[str, Any]]] = {
    "peers": beside_peers,
    "region": region,
    "growth": growth,
    "memory": memory,
    "start-up": start_up,
    "profile": profile,
}


def main() -> None:
    """Measure everything, print it, keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peer-python", type=pathlib.Path, help="a Python with Stone Soup")
    parser.add_argument("--other-python", type=pathlib.Path, help="a Python with nrl-tracker")
    parser.add_argument("--peer-minutes", type=float, default=2.0)
    parser.add_argument("--tools", type=pathlib.Path, default=TOOLS)
    parser.add_argument("--picture", type=pathlib.Path, default=KEPT / "tracker-speed.png")
    given = parser.parse_args()
    for name in given.parts:
        if name not in PARTS:
            parser.error(f"{name}: no such part; there are {', '.join(PARTS)}")
    peers = Peers(
        stone_soup=find_python(given.peer_python, ".venv-peers"),
        other=find_python(given.other_python, ".venv-peers-other"),
        seconds_left=60.0 * given.peer_minutes,
        is_fresh=True,
        tools=given.tools,
    )
    found = tables.kept().get("speed", {})
    for name in given.parts or PARTS:
        if name in ("peers", "region") and not (given.tools / "generate.py").is_file():
            print(f"skipped {name}: {given.tools}/generate.py is not here")
            continue
        found[name] = PARTS[name](given, peers)
    tables.keep("speed", found)


if __name__ == "__main__":
    main()
