"""Two live nodes in two processes: which rate they hold, how late the other nation's tracks are.

    python benchmarks/network_live.py [--rates 1000,3000,5000,...] [--seconds 60] [--targets 4000]

30 radars see 4,000 targets, and turn as fast as the rate wants it.

Secondary radars of two nations (half of them each) send CAT048 by UDP, as their beams pass, to two
nodes that share all plots over Zenoh (TCP on this machine).  A delay is from a plot's own time, the
beam on the target, to the moment at which the *other* nation's track was updated with it: the
radar's datagrams of 20 ms, decoding, exchange, waiting for the other nation's plots, tracking.
With ``--cut 60`` the link is cut for a minute: every plot must be known to both at the end.
A rate is held if nothing is dropped anywhere, every plot sent is taken by both nodes, p99 is under
250 ms, and less than one plot in a hundred came when its tracks had gone on without it.  Plots that
look the very same as one before (a beam that finds a target twice while it crosses north) are
counted as repeated, of a million at most ten.  Rows that
are told once more, after such a plot, are not counted again.  ``stolen`` is what the host of a
virtual machine took of its processors meanwhile.  Registration is on.  The feeder is a
third process; its CPU time is told.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

import yaml
from network_parts import picture
from network_parts.feeder import feed
from network_parts.sky import Prepared, prepare, stamp
from network_parts.wire import Proxy
from tracker_parts import tables

SETTLE_S = 20.0  # tracks begin: not measured
MOST_DELAY_S = 0.25
MOST_REPEATED = 1e-5
SITES = ("north", "south")
MARGIN = 1.005  # what is sent is at least the rate asked for
HERE = pathlib.Path(__file__).parent


def config(
    prepared: Prepared, folder: pathlib.Path, port: int, wire_port: int, given: Any
) -> dict[str, Any]:
    """Return the file of the live network."""
    sites = []
    for row, name in enumerate(SITES):
        sensors = []
        for number, radar in enumerate(prepared.radars):
            if number % 2 != row:
                continue
            one = radar.sensor
            sensors.append(
                {
                    "name": one.name,
                    "kind": "ssr",
                    "sac": 1 + row,
                    "sic": 1 + number // 2,
                    "latitude_deg": one.latitude_rad * 57.29577951308232,
                    "longitude_deg": one.longitude_rad * 57.29577951308232,
                    "height_m": one.height_m,
                    "rotation_period_s": one.rotation_period_s,
                    "range_max_m": one.range_max_m,
                    "range_sigma_m": one.range_sigma_m,
                    "azimuth_sigma_deg": one.azimuth_sigma_rad * 57.29577951308232,
                    "detection_probability": one.detection_probability,
                    "false_plots_per_turn": one.false_plots_per_turn,
                }
            )
        feeds = [
            {"name": "radars", "kind": "udp", "port": port + 1 + row, "interface": "127.0.0.1"}
        ]
        sites.append({"name": name, "nation": name, "sensors": sensors, "feeds": feeds})
    sites[0]["listen"] = [f"tcp/127.0.0.1:{port}"]
    if given.cut:
        sites[1]["connect"] = [f"tcp/127.0.0.1:{wire_port}"]
    return {
        "network": "benchmark",
        "nations": [{"name": name} for name in SITES],
        "sites": sites,
        "links": [{"name": "link", "ends": list(SITES), "share": "plots"}],
        "gather_s": given.gather,
        "exchange": {
            "share_interval_s": given.share_interval,
            "hold_s": given.hold,
            "register": not given.no_registration,
        },
        "store": {"folder": str(folder / "{site}")},
    }


def one_rate(rate_hz: float, given: Any, port: int) -> dict[str, Any]:
    """Run both nodes at a rate; return what was found."""
    seconds = SETTLE_S + given.seconds
    prepared = prepare(given.radars, given.targets, MARGIN * rate_hz, seconds)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = folder / "live.yaml"
        wire = Proxy(port)
        path.write_text(yaml.safe_dump(config(prepared, folder, port, wire.port, given)))
        nodes = [_start(path, site) for site in SITES]
        try:
            for node in nodes:
                _wait_ready(node)
            begin_s = time.time() + 1.0  # noqa: TID251
            stamp(prepared, begin_s)
            for node in nodes:
                node.stdin.write(f"{begin_s + SETTLE_S}\n")
                node.stdin.flush()
            outage = threading.Thread(target=_cut, args=(wire, begin_s, given.cut))
            outage.start()
            before = _processor()
            fed = feed(prepared, [port + 1, port + 2], begin_s)
            stolen = _stolen(before, _processor())
            outage.join()
            time.sleep(2.0 + given.after)
        finally:
            for node in nodes:
                node.terminate()
        found = [json.loads(node.communicate(timeout=60)[0].splitlines()[-1]) for node in nodes]
    return _judged(prepared, found, fed) | {"stolen": stolen}


def _processor() -> list[int]:
    """Return the processors' time so far, by what it went on; empty where nobody tells."""
    path = pathlib.Path("/proc/stat")
    return [int(word) for word in path.read_text().split()[1:9]] if path.exists() else []


def _stolen(before: list[int], after: list[int]) -> float | None:
    """Return the part of the processors' time that the machine's host gave to others."""
    spent = [b - a for a, b in zip(before, after, strict=True)]
    return spent[7] / max(sum(spent), 1) if spent else None


def _cut(wire: Proxy, begin_s: float, seconds: float) -> None:
    """Cut the wire for so long, as soon as the tracks have begun."""
    if seconds > 0:
        time.sleep(max(begin_s + SETTLE_S - time.time(), 0.0))  # noqa: TID251
        wire.cut()
        time.sleep(seconds)
        wire.heal()


def _start(path: pathlib.Path, site: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "network_parts.site", str(path), site],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )


def _wait_ready(node: subprocess.Popen[str]) -> None:
    if node.stdout is None or node.stdout.readline().strip() != "ready":
        raise SystemExit("a node did not begin")


def _judged(
    prepared: Prepared, found: list[dict[str, Any]], fed: dict[str, float]
) -> dict[str, Any]:
    """Return the figures of one rate, and whether it was held."""
    sent = [int((prepared.nation == k).sum()) for k in range(2)]
    taken = [one["status"]["feeds"][0]["plots"] for one in found]
    known = [one["status"]["plots"] for one in found]
    lost = 0
    for one in found:
        feeds, links = one["status"]["feeds"][0], one["status"]["transport"][0]
        lost += feeds["dropped"] + feeds["lost_in_kernel"]
        lost += links["dropped"] + links["heard_dropped"] + links["failed"] + links["refused"]
    p99 = [one["other_s"]["99"] for one in found]
    late = [one["late"] / max(one["updates_of_other"], 1) for one in found]
    repeated = sum(sensor["repeated"] for one in found for sensor in one["status"]["sensors"])
    is_whole = taken == sent and all(count + repeated == sum(sent) for count in known)
    is_whole = is_whole and repeated <= MOST_REPEATED * sum(sent)
    is_held = lost == 0 and is_whole and all(x is not None and x < MOST_DELAY_S for x in p99)
    is_held = is_held and max(late) < 0.01
    return {
        "rate_hz": prepared.rate_hz,
        "radars": len(prepared.radars),
        "sent": sent,
        "taken": taken,
        "known": known,
        "repeated": repeated,
        "lost": lost,
        "p50_s": [one["other_s"]["50"] for one in found],
        "p90_s": [one["other_s"]["90"] for one in found],
        "p99_s": p99,
        "own_p99_s": [one["own_s"]["99"] for one in found],
        "updates_of_other": [one["updates_of_other"] for one in found],
        "late": late,
        "cpu_share": [one["cpu_share"] for one in found],
        "tracks": [one["status"]["tracks"] for one in found],
        "too_late": [one["status"]["too_late"] for one in found],
        "link_kbps": [one["status"]["transport"][0]["sent_octets"] for one in found],
        "feeder": fed,
        "faults": [one["status"]["faults"] for one in found],
        "held": is_held,
    }


def main() -> None:
    """Run all rates, print the table, keep the figures, draw the curve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rates", default="2000,5000,10000,15000,20000,25000")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--radars", type=int, default=30)
    parser.add_argument("--targets", type=int, default=4_000)
    parser.add_argument("--share-interval", type=float, default=0.005)
    parser.add_argument("--hold", type=float, default=0.2)
    parser.add_argument("--gather", type=float, default=0.06)
    parser.add_argument("--no-registration", action="store_true")
    parser.add_argument("--cut", type=float, default=0.0, help="cut the link for so many seconds")
    parser.add_argument("--after", type=float, default=0.0, help="wait so long at the end")
    parser.add_argument("--port", type=int, default=27440)
    parser.add_argument("--picture", type=pathlib.Path, default=None)
    given = parser.parse_args()
    rows, kept = [], []
    for k, rate in enumerate(float(text) for text in given.rates.split(",")):
        one = one_rate(rate, given, given.port + 10 * k)
        kept.append(one)
        rows.append(_row(one))
        print(json.dumps(one), file=sys.stderr)
    head = (
        "plots/s",
        "radars",
        "tracks",
        "p50 ms",
        "p99 ms",
        "late",
        "lost",
        "CPU of each node",
        "stolen",
        "held",
    )
    print(tables.table(head, rows))
    held = [one["rate_hz"] for one in kept if one["held"]]
    print(f"the highest rate that was held: {max(held, default=0):,.0f} plots/s")
    tables.keep("network_live", {"rates": kept, "targets": given.targets})
    if given.picture is not None:
        picture.draw(kept, MOST_DELAY_S, given.picture)


def _row(one: dict[str, Any]) -> list[str]:
    def worst(name: str) -> str:
        values = [value for value in one[name] if value is not None]
        return tables.number(max(values) * 1e3, 0) if values else tables.UNKNOWN

    return [
        f"{one['rate_hz']:,.0f}",
        str(one["radars"]),
        f"{min(one['tracks']):,}",
        worst("p50_s"),
        worst("p99_s"),
        f"{max(one['late']):.2%}",
        f"{one['lost']:,}",
        " ".join(f"{share:.0%}" for share in one["cpu_share"]),
        tables.UNKNOWN if one["stolen"] is None else f"{one['stolen']:.0%}",
        "yes" if one["held"] else "no",
    ]


if __name__ == "__main__":
    main()
