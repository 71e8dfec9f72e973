"""What a site's tracker costs and how late it tells, fed by two nations' radars on one core.

    python benchmarks/network_feed.py [--targets 4000] [--radars 30] [--seconds 150] [--outage 120]

Thirty radars of two nations send 5,000 plots a second of 4,000 targets.  Those of the own nation
come as they are seen; those of the other in packets, 30 to 90 ms later.  Every 20 ms the feed takes
what came and goes on to where both are complete.  Work is measured in CPU seconds, as of a core
that nobody else uses: where that of one tick takes longer than a tick, the next begins late.  Then
plots that come 0.2 s late, those of one radar; then an outage, after which all that the other
nation saw comes at once and is caught up with beside the tracks that go on.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import time

import numpy as np
from tracker_parts import airspace, tables
from tracker_parts.radars import observe

from jointsky.exchange.declared import NodeSettings
from jointsky.node.feeding import Feed
from jointsky.node.setup import LinkOf, Network, SiteOf
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor

SIDE_M = 600e3
TICK_S, PACKET_S, TRANSIT_S = 0.02, 0.06, 0.03
WARM_S = 60.0  # in which all tracks begin
POOLED_S = 0.3  # late plots wait no longer for more
EPOCH_S = 1_767_225_600.0  # 2026


@dataclasses.dataclass
class Arrivals:
    """Plots in order of arrival, and up to when those of the other nation are complete."""

    plots: Plots
    at_s: np.ndarray

    def between(self, first_s: float, last_s: float) -> Plots:
        """Return the plots that came after ``first_s``, up to ``last_s``."""
        first, last = np.searchsorted(self.at_s, [first_s, last_s], side="right")
        return self.plots.rows(slice(int(first), int(last)))


def arriving(plots: Plots, is_other: np.ndarray) -> Arrivals:
    """Return when plots arrive: the other nation's when their packet has been closed and sent."""
    packet_s = (np.floor((plots.time_s - EPOCH_S) / PACKET_S) + 1.0) * PACKET_S
    at_s = np.where(is_other, EPOCH_S + packet_s + TRANSIT_S, plots.time_s)
    order = np.argsort(at_s, kind="stable")
    return Arrivals(plots.rows(order), at_s[order])


def complete_s(now_s: float) -> float:
    """Return up to when the packets that have arrived by now tell of everything."""
    return EPOCH_S + np.floor((now_s - TRANSIT_S - EPOCH_S) / PACKET_S) * PACKET_S


def network(sensors: list[Sensor]) -> Network:
    """Return two sites, each with every other radar."""
    return Network(
        name="two nations",
        sites=[SiteOf(name="a", nation="A"), SiteOf(name="b", nation="B")],
        sensors=sensors,
        sensor_site=[row % 2 for row in range(len(sensors))],
        links=[LinkOf(name="a-b", ends=(0, 1))],
        epoch_s=EPOCH_S,
        settings=NodeSettings(late_s=300.0),
    )


@dataclasses.dataclass
class Run:
    """What was measured of one run of ticks."""

    cpu_s: float
    lasted_s: float
    delays_s: np.ndarray  # from a plot's time to the row that tells it
    ticks_s: np.ndarray  # work of each tick


def run(feed: Feed, arrivals: Arrivals, begin_s: float, end_s: float) -> Run:
    """Feed what arrives between two times, tick by tick."""
    ticks_s, delays, free_s = [], [], begin_s
    cpu_s = time.process_time()
    for now_s in np.arange(begin_s + TICK_S, end_s, TICK_S).tolist():
        begun_s = time.process_time()
        feed.take(arrivals.between(now_s - TICK_S, now_s), now_s)
        rows = feed.advance(now_s, complete_s(now_s))
        spent_s = time.process_time() - begun_s
        free_s = max(free_s, now_s) + spent_s
        ticks_s.append(spent_s)
        delays.append(free_s - rows.time_s[rows.status != 3])
    spent_s = time.process_time() - cpu_s
    return Run(spent_s, end_s - begin_s, np.concatenate(delays), np.array(ticks_s))


def a_little_late(feed: Feed, plots: Plots, now_s: float, times: int) -> np.ndarray:
    """Return how long it takes to put in plots that come 0.2 s late, each time one radar's."""
    spent = []
    for k in range(times):
        until_s = now_s + 0.5 * (k + 1)
        mine = plots.sensor == k % (plots.sensor.max() + 1)
        recent = (plots.time_s > until_s - 0.5) & (plots.time_s <= until_s)
        late = mine & recent & (plots.time_s > until_s - 0.2)
        feed.take(plots.rows(recent & ~late), until_s)
        feed.advance(until_s, until_s)
        feed.take(plots.rows(late), until_s)
        begun_s = time.process_time()
        feed.advance(until_s + POOLED_S, until_s)
        spent.append(time.process_time() - begun_s)
    return np.array(spent)


def outage(
    given: Network, arrivals: Arrivals, is_other: np.ndarray, length_s: float
) -> tuple[float, float, float]:
    """Return CPU seconds and time that catching up takes after an outage, and the longest tick."""
    feed, begin_s = Feed(given, 0), EPOCH_S + WARM_S
    cut_s = begin_s + length_s
    gone = is_other & (arrivals.at_s > begin_s) & (arrivals.at_s <= cut_s)
    there = Arrivals(arrivals.plots.rows(~gone), arrivals.at_s[~gone])
    for now_s in np.arange(EPOCH_S, cut_s, 1.0).tolist():
        feed.take(there.between(now_s, now_s + 1.0), now_s + 1.0)
        feed.advance(now_s + 1.0, now_s + 1.0)
    feed.take(arrivals.plots.rows(gone), cut_s)
    now_s, ticks_s = cut_s, []
    while feed.is_behind and len(ticks_s) < 10_000:
        now_s += max(TICK_S, ticks_s[-1] if ticks_s else 0.0)
        begun_s = time.process_time()
        feed.take(there.between(now_s - TICK_S, now_s), now_s)
        feed.advance(now_s, complete_s(now_s))
        ticks_s.append(time.process_time() - begun_s)
    return sum(ticks_s), now_s - cut_s, max(ticks_s)


def main() -> None:
    """Make the scene, run it, print and keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--targets", type=int, default=4_000)
    parser.add_argument("--radars", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--outage", type=float, default=120.0)
    parser.add_argument("--side-km", type=float, default=SIDE_M / 1e3)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    side_m = given.side_km * 1e3
    duration_s = WARM_S + max(given.seconds, given.outage + 25.0)
    radars = airspace.radars(given.radars, side_m, given.seed)
    moving = airspace.flights(given.targets, side_m, duration_s, given.seed)
    plots = observe(moving, radars, duration_s, given.seed)
    plots = plots.replace(time_s=EPOCH_S + plots.time_s)
    whole = network([radar.sensor for radar in radars])
    arrivals = arriving(plots, plots.sensor % 2 == 1)
    run(Feed(whole, 0), arrivals, EPOCH_S, EPOCH_S + 2.0)  # compiles
    feed = Feed(whole, 0)
    middle_s, end_s = EPOCH_S + WARM_S, EPOCH_S + WARM_S + given.seconds - 15.0
    first = run(feed, arrivals, EPOCH_S, middle_s)
    found = run(feed, arrivals, middle_s, end_s)
    delays = np.percentile(found.delays_s * 1e3, [50, 90, 99, 100])
    rate_hz = float(np.mean((plots.time_s > middle_s) & (plots.time_s < end_s)) * len(plots))
    rate_hz /= end_s - middle_s
    shown = feed.picture(end_s)
    print(f"{given.radars} radars, {rate_hz:,.0f} plots/s, {given.targets:,} targets, "
          f"{len(shown):,} tracks; a tick every {TICK_S * 1e3:.0f} ms")  # fmt: skip
    print(f"CPU: {found.cpu_s / found.lasted_s:.1%} of one core (first minute "
          f"{first.cpu_s / first.lasted_s:.1%}); a tick p50 {np.median(found.ticks_s) * 1e3:.1f}, "
          f"p99 {np.percentile(found.ticks_s, 99) * 1e3:.1f}, longest "
          f"{found.ticks_s.max() * 1e3:.1f} ms")  # fmt: skip
    names = ("from a plot to the row that tells it", "p50 ms", "p90 ms", "p99 ms", "longest ms")
    cells = [tables.number(value, 0) for value in delays]
    print(tables.table(names, [["both nations' radars", *cells]]))
    missed = feed.late, feed.too_late, feed.refused
    late = a_little_late(feed, plots, end_s + 0.2, 20) * 1e3
    print(f"plots 0.2 s late: {np.median(late):.1f} ms, at most {late.max():.1f} ms")
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kept_mb = feed.kept_bytes() / 1e6
    print(f"remembered of {end_s - EPOCH_S:.0f} s: {kept_mb:,.0f} MB (process {memory_mb:,.0f} MB "
          "with the scene)")  # fmt: skip
    behind = outage(whole, arrivals, arrivals.plots.sensor % 2 == 1, given.outage)
    print(f"after an outage of {given.outage:.0f} s: caught up {behind[1]:.1f} s later, with "
          f"{behind[0]:.1f} CPU-s, the longest tick {behind[2] * 1e3:.0f} ms")  # fmt: skip
    met = {
        "half a core": found.cpu_s / found.lasted_s < 0.5,
        "p99 under 200 ms, before transport": bool(delays[2] < 200.0),
        "no plot late or lost": missed == (0, 0, 0),
        "0.2 s late under 10 ms": bool(np.median(late) < 10.0),
        "no tick over 250 ms while catching up": behind[2] < 0.25,
    }
    for name, is_met in met.items():
        print(f"{tables.verdict(is_met)}: {name}")
    tables.keep(
        "network feed",
        {
            "plots_hz": rate_hz,
            "tracks": len(shown),
            "cpu_share": found.cpu_s / found.lasted_s,
            "delay_ms": dict(zip(("p50", "p90", "p99", "max"), delays.tolist(), strict=True)),
            "tick_ms_p99": float(np.percentile(found.ticks_s, 99) * 1e3),
            "late_02_ms": float(np.median(late)),
            "outage_s": given.outage,
            "catch_up": dict(zip(("cpu_s", "after_s", "longest_tick_s"), behind, strict=True)),
            "kept_mb": kept_mb,
            "met": met,
        },
    )


if __name__ == "__main__":
    main()
