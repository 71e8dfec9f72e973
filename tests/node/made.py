"""Made networks and skies for the tests of a node."""

import numpy as np

from jointsky.node.setup import LinkOf, Network, SiteOf
from tracking.skies import Flight, Sky, clutter, in_time, scans, straight

T0_S = 1_800_000_000.0  # 2027: the numbers of tracks count from 2020

EARTH = Sky()
FLIGHTS = [
    Flight(straight((20e3, 40e3, 9000), (150, -80, 0)), mode_s=0x400001),
    Flight(straight((-30e3, 10e3, 6000), (-40, 210, 0))),
    Flight(straight((60e3, -20e3, 3000), (-120, 10, 0)), mode_a=0o1234),
]


def a_sky(sites=1, end_s=60.0, seed=0, per_turn=1.0):
    """Return sensors, a radar for each site, and all plots of the flights and of nothing."""
    rng = np.random.default_rng(np.random.Philox(seed))
    sensors = [EARTH.radar(40e3 * k, -25e3 * (k % 2), name=f"radar-{k}") for k in range(sites)]
    parts = [scans(rng, EARTH, s, row, FLIGHTS, end_s) for row, s in enumerate(sensors)]
    parts += [clutter(rng, s, row, per_turn, end_s) for row, s in enumerate(sensors)]
    plots = in_time(*parts)
    return sensors, plots.replace(time_s=plots.time_s + T0_S)


def a_network(sensors, sensor_site, sites=1, links=(), share="plots", **given):
    """Return a network of two nations, half the sites each; links: pairs of rows, with share."""
    return Network(
        name="test",
        sites=[SiteOf(f"site-{k}", "a" if 2 * k < sites else "b") for k in range(sites)],
        sensors=sensors,
        sensor_site=sensor_site,
        links=[
            LinkOf(f"link-{pair[0]}-{pair[1]}", pair[:2], *(pair[2:] or (share,))) for pair in links
        ],
        **given,
    )
