"""How much of a core the exchange takes: plots on the wire, and messages from site to site.

python benchmarks/network_exchange.py

5,000 plots a second in 100 batches are packed and unpacked; then two sites, and a full mesh of
five, tell each other 100 messages of 50 plots a second in all, over links without loss in made-up
time.  Seconds of processor time for each second and site.
"""

import time

import numpy as np

from jointsky.exchange import wire
from jointsky.exchange.exchange import Exchange
from jointsky.node.setup import LinkOf, Network, SiteOf
from jointsky.records.plots import Plots
from jointsky.streams import stream

BATCH, BATCHES_PER_S, SECONDS, STEP_S = 50, 100, 10, 0.005


def radar_plots() -> Plots:
    """Return a batch as 30 radars with secondary and Mode S would fill it."""
    rng = stream(1, "exchange benchmark")
    return Plots.make(
        BATCH,
        time_s=1.8e9 + rng.uniform(0, 0.5, BATCH),
        sensor=rng.integers(0, 30, BATCH),
        range_m=rng.uniform(2e3, 4e5, BATCH),
        azimuth_rad=rng.uniform(0, 2 * np.pi, BATCH),
        pressure_altitude_m=rng.integers(0, 1600, BATCH) * 7.62,
        mode_s=rng.integers(0, 1 << 24, BATCH),
        mode_a=rng.integers(0, 4096, BATCH),
        flags=rng.integers(0, 8, BATCH),
        call_sign=[f"BRU{k}" for k in rng.integers(0, 4000, BATCH)],
    )


def wire_share(plots: Plots) -> float:
    """Return the share of a core that packing and unpacking takes."""
    wire.as_shared(plots)
    begun = time.process_time()
    for _ in range(5 * BATCHES_PER_S):
        wire.as_shared(plots)
    return (time.process_time() - begun) / 5


def exchange_share(sites: int, body: bytes) -> float:
    """Return the share of a core that each site's exchange takes, all joined to all."""
    ends = [(a, b) for a in range(sites) for b in range(a + 1, sites)]
    links = {f"{a}-{b}": LinkOf(f"{a}-{b}", (a, b)) for a, b in ends}
    names = [SiteOf(f"s{k}", "a") for k in range(sites)]
    network = Network("sky", names, [], [], list(links.values()))
    nodes = [Exchange(network, k, 0.0) for k in range(sites)]
    begun, now_s, told = time.process_time(), 0.0, 0
    while now_s < SECONDS:
        now_s += STEP_S
        while told < BATCHES_PER_S * now_s:
            nodes[told % sites].tell("plots", body, now_s)
            told += 1
        for k, node in enumerate(nodes):
            for name, packet in node.on_time(now_s):
                a, b = links[name].ends
                nodes[b if a == k else a].on_packet(name, packet, now_s)
    return (time.process_time() - begun) / SECONDS / sites


def main() -> None:
    """Print the shares of a core."""
    plots = radar_plots()
    body = wire.pack_plots(plots, 1.8e9)
    print(f"{len(body) / BATCH:.1f} octets a plot, {BATCH * BATCHES_PER_S} plots a second")
    print(f"  pack and unpack       {100 * wire_share(plots):5.1f} % of a core")
    for sites in (2, 5):
        share = exchange_share(sites, body)
        print(f"  each of {sites} sites       {100 * share:5.1f} % of a core")


if __name__ == "__main__":
    main()
