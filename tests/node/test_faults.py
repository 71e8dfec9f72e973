"""A node among others when things go wrong: outages, kills, garbage, duplicates, delays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.loop import Loop
from node.made import FLIGHTS, T0_S, a_network, a_sky

PAIR = [(0, 1)]
FIVE = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]


def agree(loop, at_s, sites):
    """Assert that all sites show the same tracks under the same numbers at a time."""
    first = loop.picture(0, at_s)
    for site in range(1, sites):
        other = loop.picture(site, at_s)
        np.testing.assert_array_equal(other.track_number, first.track_number)
        np.testing.assert_array_equal(other.latitude_rad, first.latitude_rad)
        np.testing.assert_array_equal(other.longitude_rad, first.longitude_rad)
    return first


@settings(max_examples=6)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(2, PAIR), (5, FIVE)]))
def test_delays_duplicates_and_another_order_give_the_same_picture(seed, shape):
    sites, links = shape
    rng = np.random.Generator(np.random.Philox(seed))
    sensors, plots = a_sky(sites, 30.0)
    network = a_network(sensors, list(range(sites)), sites, links)
    calm = Loop(network)
    calm.feed(plots)
    calm.run(T0_S + 34.0)
    wild = Loop(
        network, delay_s=lambda link, k, now_s: rng.choice([0.01, 0.3, 2.0]), again=rng.random
    )
    wild.feed(plots)
    wild.run(T0_S + 44.0)
    expected, found = (agree(loop, T0_S + 30.0, sites) for loop in (calm, wild))
    assert len(expected) == len(FLIGHTS)
    np.testing.assert_array_equal(found.track_number, expected.track_number)
    np.testing.assert_array_equal(found.latitude_rad, expected.latitude_rad)


def test_a_node_that_was_killed_comes_back_with_its_numbers():
    sensors, plots = a_sky(1, 90.0)
    loop = Loop(a_network(sensors, [0]))
    loop.feed(plots)
    loop.run(T0_S + 60.0)
    before = loop.picture(0)
    loop.kill(0, T0_S + 60.1, 5.0)
    loop.run(T0_S + 80.0)
    after = loop.picture(0)
    assert len(before) == len(after) == len(FLIGHTS)
    np.testing.assert_array_equal(after.track_number, before.track_number)
    assert "node-restored" in loop.kinds(0)


@settings(max_examples=30)
@given(st.binary(max_size=200), st.booleans())
def test_garbage_from_a_peer_is_refused_and_told(garbage, is_known_link):
    node = Loop(a_network(a_sky(2)[0], [0, 1], 2, PAIR)).nodes[0]
    link = "link-0-1" if is_known_link else "no-such-link"
    effects = node.on_record(link, garbage, T0_S + 1.0)
    again = node.on_record(link, garbage, T0_S + 1.5)
    told = [e for e in effects + again if getattr(e, "kind", "") == "link-fault-begins"]
    assert len(told) == 1
    assert told[0].facts["link"] == link


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_packets_cut_short_or_changed_are_refused(part):
    sensors, plots = a_sky(2, 5.0)
    loop = Loop(a_network(sensors, [0, 1], 2, PAIR))
    sent = []
    loop.watch = lambda site, effect: sent.append(effect.packet)
    loop.feed(plots)
    loop.run(T0_S + 6.0)
    node = Loop(loop.network).nodes[1]
    for packet in sent:
        cut = packet[: int(part * len(packet))]
        place = int(part * len(packet))
        changed = packet[:place] + bytes([packet[place] ^ 0xFF]) + packet[place + 1 :]
        for bad in (cut, changed):
            node.on_record("link-0-1", bad, T0_S + 6.0)
    assert node.status(T0_S + 6.0).plots == 0


def test_a_site_whose_clock_is_ahead_is_not_believed():
    sensors, plots = a_sky(2, 30.0)
    loop = Loop(a_network(sensors, [0, 1], 2, PAIR))
    ahead = plots.rows(plots.sensor == 1)
    loop.feed(plots.rows(plots.sensor == 0))
    loop.skew_s[1] = 3.0
    loop.feed(ahead)
    loop.run(T0_S + 30.0)
    assert "site-fault-begins" in loop.kinds(0)
    (peer,) = loop.nodes[0].status(loop.now_s).peers
    assert peer.faults == ("future",)
    assert peer.refused > 10
