"""The picture of one site, alone and with others."""

import subprocess
import sys

import numpy as np
import pytest

from jointsky.exchange.wire import as_shared
from jointsky.node.feeding import SECTOR_S
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.tracker import Tracker
from node.loop import Loop
from node.made import FLIGHTS, T0_S, a_network, a_sky


def test_alone_its_picture_is_that_of_the_plain_tracker():
    sensors, plots = a_sky()
    loop = Loop(a_network(sensors, [0]))
    loop.feed(plots)
    loop.run(T0_S + 60.7)
    tracker = Tracker(sensors, TrackerSettings(sector_s=SECTOR_S))
    tracker.update(as_shared(plots))
    tracker.flush()
    plain, ours = tracker.picture(loop.now_s), loop.picture(0)
    assert len(ours) == len(plain) == len(FLIGHTS)
    order = np.argsort(plain.latitude_rad), np.argsort(ours.latitude_rad)
    for name in ("latitude_rad", "longitude_rad", "height_m", "ve_mps", "vn_mps"):
        expected, found = getattr(plain, name)[order[0]], getattr(ours, name)[order[1]]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert (ours.source == 0).all()


@pytest.mark.parametrize("links", [[(0, 1)], [(0, 1), (1, 2)], [(0, 1), (1, 2), (2, 0)]])
def test_sites_that_share_plots_have_one_picture(links):
    sites = 1 + max(max(pair) for pair in links)
    sensors, plots = a_sky(sites)
    loop = Loop(a_network(sensors, list(range(sites)), sites, links))
    loop.feed(plots)
    loop.run(T0_S + 62.0)
    first = loop.picture(0, T0_S + 60.0)
    assert len(first) == len(FLIGHTS)
    for site in range(1, sites):
        other = loop.picture(site, T0_S + 60.0)
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
