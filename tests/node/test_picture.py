"""The picture of one site, alone and with others."""

import subprocess
import sys

import numpy as np
import pytest

from jointsky.tracking.tracker import Tracker
from node.loop import Loop
from node.made import T0_S, a_network
from tracking.skies import Flight, Sky, clutter, in_time, scans, straight

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


def test_alone_its_picture_is_that_of_the_plain_tracker():
    sensors, plots = a_sky()
    loop = Loop(a_network(sensors, [0]))
    loop.feed(plots)
    loop.run(T0_S + 60.7)
    tracker = Tracker(sensors)
    tracker.update(plots)
    plain, ours = tracker.picture(loop.now_s), loop.picture(0)
    assert len(ours) == len(plain) == len(FLIGHTS)
    order = np.argsort(plain.latitude_rad), np.argsort(ours.latitude_rad)
    for name in ("latitude_rad", "longitude_rad", "height_m", "ve_mps", "vn_mps"):
        expected, found = getattr(plain, name)[order[0]], getattr(ours, name)[order[1]]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
    assert (ours.source == 0).all()


@pytest.mark.parametrize("links", [[(0, 1)], [(0, 1), (1, 2)], [(0, 1), (1, 2), (2, 0)]])
def test_sites_that_share_plots_have_one_picture(links):
    sites = 1 + max(max(pair) for pair in links)
    sensors, plots = a_sky(sites)
    loop = Loop(a_network(sensors, list(range(sites)), sites, links))
    loop.feed(plots)
    loop.run(T0_S + 60.7)
    first = loop.picture(0)
    assert len(first) == len(FLIGHTS)
    for site in range(1, sites):
        other = loop.picture(site)
        np.testing.assert_array_equal(other.track_number, first.track_number)
        np.testing.assert_array_equal(other.latitude_rad, first.latitude_rad)
        assert (other.source == site).all()


def test_the_picture_loads_nothing_of_simulation_or_engagement():
    code = (
        "import sys, jointsky.node.picture\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('jointsky.')}\n"
        "print(sorted(rooms & {'world', 'sensors', 'scenario', 'sim', 'decide', 'live', 'cli'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
