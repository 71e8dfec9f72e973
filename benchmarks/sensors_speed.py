"""How fast radars see: an hour of 1,000 vehicles under thirty radars, and as vehicles grow.

    python benchmarks/sensors_speed.py [hour] [growth] [profile]

Process CPU time on one core, compiling and the making of the sky apart.  The sky: routes with
bends, the catalogue's mix of vehicles over about 890 by 920 km; thirty radars of the catalogue
with their secondary radars, clutter and false plots.  Asked: the hour, plots included, in 10 s;
from 100 to 10,000 vehicles the cost of a plot at most 1.5 times.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from sensor_parts import profiled
from sensor_parts.sky import BEGIN_S, HOUR_S, radars, sky
from tracker_parts import tables
from tracker_parts.tables import number, verdict

from jointsky.sensors.observe import observe
from jointsky.sensors.surroundings import Surroundings

WITHIN_S, GROWS = 10.0, 1.5
GROWTH = ((100, HOUR_S), (1_000, HOUR_S / 4), (10_000, HOUR_S / 24))
RUNS = 3


def cost(surroundings: Surroundings, lasts_s: float, seed: int) -> tuple[int, int, float]:
    """Return plots, false ones among them, and the CPU seconds of the quickest of some runs."""
    found, false, best_s = 0, 0, float("inf")
    network = radars(seed)
    for _ in range(RUNS):
        found = false = 0
        begin_s = time.process_time()
        for row, (sensor, placed, place, key) in enumerate(network):
            seen = observe(
                sensor, placed, place, row, surroundings, BEGIN_S, BEGIN_S + lasts_s, key
            )
            found += len(seen.plots)
            false += int((seen.vehicle < 0).sum())
        best_s = min(best_s, time.process_time() - begin_s)
    return found, false, best_s


def warm(seed: int) -> None:
    """Compile, or load, every kernel that the radars use."""
    few = sky(20, seed)
    for row, (sensor, placed, place, key) in enumerate(radars(seed)):
        observe(sensor, placed, place, row, few, BEGIN_S, BEGIN_S + 30.0, key)


def hour(seed: int) -> dict[str, Any]:
    """Print the cost of an hour of 1,000 vehicles; return what is to be kept."""
    plots, false, cpu_s = cost(sky(1_000, seed), HOUR_S, seed)
    print(f"\nAn hour of 1,000 vehicles under 30 radars: {plots:,} plots, {false:,} of them false, "
          f"in {cpu_s:.1f} s of CPU, {1e6 * cpu_s / plots:.2f} us a plot, {HOUR_S / cpu_s:,.0f} "
          f"times as fast as time; asked {WITHIN_S:g} s: {verdict(cpu_s <= WITHIN_S)}")  # fmt: skip
    return {"plots": plots, "false": false, "cpu_s": cpu_s, "met": {"hour": cpu_s <= WITHIN_S}}


def growth(seed: int) -> dict[str, Any]:
    """Print the cost of a plot as vehicles grow; return what is to be kept."""
    kept, rows = [], []
    for vehicles, lasts_s in GROWTH:
        plots, false, cpu_s = cost(sky(vehicles, seed), lasts_s, seed)
        each_us = 1e6 * cpu_s / plots
        kept.append({"vehicles": vehicles, "plots": plots, "false": false, "plot_us": each_us})
        rows.append([f"{vehicles:,}", f"{lasts_s / 60:g} min", f"{plots:,}", number(each_us, 2)])
    ratio = kept[-1]["plot_us"] / kept[0]["plot_us"]
    print("\nAs vehicles grow")
    print(tables.table(("vehicles", "time", "plots", "us a plot"), rows))
    print(f"  most to fewest: x {ratio:.2f}, asked at most {GROWS}: {verdict(ratio <= GROWS)}")
    return {"rows": kept, "ratio": ratio, "met": {"cost of a plot": ratio <= GROWS}}


def profile(seed: int) -> dict[str, Any]:
    """Print where the time goes; return what is to be kept."""
    shares = profiled.shares(seed)
    if not shares:
        print("\nWhere the time goes: not measured, perf is not here or may not look")
        return {}
    print("\nWhere the time goes, samples of an hour of 1,000 vehicles")
    rows = [[name, f"{share:.1%}"] for name, share in shares.items() if share >= 0.01]
    print(tables.table(("function", ""), rows))
    return {"shares": shares}


PARTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "hour": hour,
    "growth": growth,
    "profile": profile,
}


def main() -> None:
    """Measure everything, print it, keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for name in given.parts:
        if name not in PARTS:
            parser.error(f"{name}: no such part; there are {', '.join(PARTS)}")
    warm(given.seed)
    found = tables.kept().get("sensors", {})
    for name in given.parts or PARTS:
        found[name] = PARTS[name](given.seed)
    tables.keep("sensors", found)


if __name__ == "__main__":
    main()
