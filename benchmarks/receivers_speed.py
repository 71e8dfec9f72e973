"""How fast sensors that are no radars see: an hour of 1,000 vehicles under ten of each kind.

    python benchmarks/receivers_speed.py [--seed N]

Process CPU time on one core, compiling and the making of the sky apart.  The sky is that of
sensors_speed.py, over about 890 by 920 km; the sensors are those of the catalogue, at the places of
its first ten radars.  ADS-B reports each aircraft every five seconds.  Asked: an hour of each ten
in 30 s.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import msgspec
from sensor_parts.sky import BEGIN_S, HOUR_S, radars, sky
from tracker_parts import tables
from tracker_parts.tables import number, verdict

from jointsky.scenario.systems import catalogue
from jointsky.sensors.cooperative import AdsbReceiver
from jointsky.sensors.observe import AnySensor, observe
from jointsky.sensors.surroundings import Surroundings

VEHICLES, EACH, WITHIN_S = 1_000, 10, 30.0


def kinds() -> dict[str, AnySensor]:
    """Return the first sensor of each kind in the catalogue that is no radar, by its name."""
    found: dict[type, tuple[str, AnySensor]] = {}
    for name, entry in sorted(catalogue().systems.items()):
        sensor = entry.sensor
        if sensor is None or hasattr(sensor, "ssr") or hasattr(sensor, "half_seen_range_km"):
            continue
        if isinstance(sensor, AdsbReceiver):
            sensor = msgspec.structs.replace(sensor, report_interval_s=5.0)
        found.setdefault(type(sensor), (name, sensor))
    return dict(found.values())


def cost(sensor: AnySensor, surroundings: Surroundings, lasts_s: float, seed: int) -> list[float]:
    """Return plots and CPU seconds of ten sensors."""
    plots, begin_s = 0, time.process_time()
    for row, (_, placed, place, key) in enumerate(radars(seed)[:EACH]):
        window = BEGIN_S, BEGIN_S + lasts_s
        plots += len(observe(sensor, placed, place, row, surroundings, *window, key).plots)
    return [plots, time.process_time() - begin_s]


def main() -> None:
    """Measure every kind, print it, keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    seed = parser.parse_args().seed
    few, many = sky(20, seed), sky(VEHICLES, seed)
    kept: dict[str, Any] = {}
    rows = []
    for name, sensor in kinds().items():
        cost(sensor, few, 30.0, seed)  # compiles, or loads
        plots, cpu_s = cost(sensor, many, HOUR_S, seed)
        kept[name] = {"plots": plots, "cpu_s": cpu_s}
        times = f"{HOUR_S / cpu_s:,.0f}"
        rows.append([name, f"{plots:,}", number(cpu_s, 2), times, verdict(cpu_s <= WITHIN_S)])
    print(f"\nAn hour of {VEHICLES:,} vehicles under ten of each")
    head = ("sensor", "plots", "s of CPU", "times real time", f"in {WITHIN_S:g} s")
    print(tables.table(head, rows))
    tables.keep("receivers", {"sensors": kept})


if __name__ == "__main__":
    main()
